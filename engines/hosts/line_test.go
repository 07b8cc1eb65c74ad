package hosts

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"promisebench/engines"
	"promisebench/engines/hosts/releases"
)

// A version is taken for what its release line is known to be, or else the line before.
func TestLine(t *testing.T) {
	for version, want := range map[string]string{
		"node 7.6.0": "node7", "node 8.0.0": "node8", "node 11.15.0": "node11", "node 12.0.0": "node12.0", "node 12.1.0": "node12",
		"node 12.22.12": "node12", "node 14.21.3": "node12", "node 22.1.0": "node22", "node 23.0.0": "node22", "node 99.0.0": "node24",
		"bun 1.0.0": "bun", "deno 2.1.0": "deno",
	} {
		family, v, _ := strings.Cut(version, " ")
		if got := line(family, v); got.Name != want {
			t.Errorf("%s is taken for %s, want %s", version, got.Name, want)
		}
	}
}

// A real version between those that are known is found out by experiment: Node.js 12.4
// has async generators that end late, as 12.0 has and 12.22 has not.
func TestRelease(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes the network")
	}
	if _, err := exec.LookPath("npm"); err != nil {
		t.Skip("npm is not installed")
	}
	l := Locator{Releases: &releases.Store{Dir: filepath.Join(t.TempDir(), "kept"), Limit: 1 << 30}}
	family, _, _ := releases.Cut("node@12")
	if family.Package == "" {
		t.Skip("npm has none for this machine")
	}
	if _, err := l.Releases.Versions(t.Context(), family); err != nil && os.Getenv("CI") == "" {
		t.Skip("the registry can't be reached:", err)
	}
	list, err := l.Select(t.Context(), "node@12.4.0,node@10.15.3")
	if err != nil {
		t.Fatal(err)
	}
	e, legacy := list[0], list[1]
	if mode, _ := engines.OwnAwait(legacy); mode != engines.Legacy || engines.Deviation(legacy, engines.AsyncGenerators) == "" {
		t.Errorf("%s: await %s, deviation of async generators %q", legacy.Version(), mode, engines.Deviation(legacy, engines.AsyncGenerators))
	}
	if e.Name() != "node12.4.0" || !strings.HasPrefix(e.Version(), "v12.4.0 ") || e.Await(engines.Optimized) != engines.Native {
		t.Errorf("%s %s, optimized await %v", e.Name(), e.Version(), e.Await(engines.Optimized))
	}
	if said := engines.Deviation(e, engines.AsyncGenerators); said == "" {
		t.Error("async generators are not said to deviate")
	}
	if said := engines.Deviation(e, engines.Finally); said != "" {
		t.Errorf("finally is said to deviate: %s", said)
	}
}
