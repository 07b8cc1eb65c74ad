package hosts_test

import (
	"errors"
	"io/fs"
	"os"
	"testing"
	"time"

	"promisebench/engines"
	"promisebench/engines/enginetest"
	"promisebench/engines/hosts"
	"promisebench/engines/probes"
)

// installed returns a host's engine. One that is missing is a reason to skip
// for a user and a failure in CI, which installs all.
func installed(t *testing.T, h hosts.Host) engines.Engine {
	t.Helper()
	f := hosts.Find(t.Context(), h, "npm")
	if errors.Is(f.Err, fs.ErrNotExist) && os.Getenv("CI") == "" {
		t.Skip(f.Err, "(make engines installs it)")
	}
	if f.Err != nil {
		t.Fatal(f.Err)
	}
	return f.Engine()
}

// Every host passes the kit.
func TestConformance(t *testing.T) {
	for _, h := range hosts.Known() {
		t.Run(h.Name, func(t *testing.T) {
			enginetest.Run(t, installed(t, h))
		})
	}
}

// The list of defects is exact for the hosts in the versions that package.json
// pins.
func TestProbes(t *testing.T) {
	list, err := probes.All()
	if err != nil {
		t.Fatal(err)
	}
	r := probes.Runner{Known: probes.Defects(), Timeout: time.Minute}
	for _, h := range hosts.Known() {
		t.Run(h.Name, func(t *testing.T) {
			t.Parallel()
			e := installed(t, h)
			for _, p := range list {
				result, err := r.Run(t.Context(), e, p)
				if err != nil {
					t.Fatal(err)
				}
				if result.Verdict == probes.Wrong || result.Verdict == probes.Fixed {
					t.Errorf("%s: %s (%s): logged %q, want %q; %v", p.Name, result.Verdict, result.Why, result.Got, p.Want, result.Err)
				}
			}
		})
	}
}
