package hosts_test

import (
	"testing"
	"time"

	"promisebench/engines/enginetest"
	"promisebench/engines/hosts"
	"promisebench/engines/probes"
)

// Every host passes the kit.
func TestConformance(t *testing.T) {
	for _, h := range hosts.Known() {
		t.Run(h.Name, func(t *testing.T) {
			enginetest.Run(t, enginetest.Host(t, "npm", h.Name))
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
			e := enginetest.Host(t, "npm", h.Name)
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
