package hosts_test

import (
	"testing"
	"time"

	"promisebench/engines/enginetest"
	"promisebench/engines/hosts"
	"promisebench/engines/probes"
)

// What is written down as the output of each probe is what the specification's own text
// gives.
func TestOracleProbes(t *testing.T) {
	enginetest.Slow(t)
	oracle, err := hosts.Oracle(t.Context(), "npm")
	enginetest.Installed(t, err)
	list, err := probes.All()
	if err != nil {
		t.Fatal(err)
	}
	r := probes.Runner{Known: probes.Defects(), Timeout: time.Minute}
	for _, p := range list {
		t.Run(p.Name, func(t *testing.T) {
			result, err := r.Run(t.Context(), oracle, p)
			if err != nil {
				t.Fatal(err)
			}
			t.Log(result.Verdict, result.Why)
			if result.Verdict == probes.Wrong || result.Verdict == probes.Fixed {
				t.Errorf("%s: %s (%s): logged %q, want %q; %v", p.Name, result.Verdict, result.Why, result.Got, p.Want, result.Err)
			}
		})
	}
}
