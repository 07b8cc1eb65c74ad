package workloads

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/dop251/goja"
)

// Names become parts of benchmark names and of paths.
func TestNames(t *testing.T) {
	legal := regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`)
	seen := map[string]bool{}
	for _, w := range All() {
		if !legal.MatchString(w.Name) || seen[w.Name] {
			t.Errorf("workload name %q", w.Name)
		}
		seen[w.Name] = true
		if w.About == "" {
			t.Errorf("%s: nothing about it", w.Name)
		}
		if len(w.Variants) == 0 || !slices.Contains(Groups(), w.Group) {
			t.Errorf("%s: %d variants, group %q", w.Name, len(w.Variants), w.Group)
		}
		if !slices.ContainsFunc(Styles(), w.Has) {
			t.Errorf("%s: in no style at all", w.Name)
		}
		for k, v := range w.Variants {
			if k == 0 && v.Name == "" {
				continue // the default
			}
			if !legal.MatchString(v.Name) || v.About == "" {
				t.Errorf("%s: variant name %q, about %q", w.Name, v.Name, v.About)
			}
		}
	}
}

// Nothing in the timed part may cost what is not the pattern under test.
func TestScriptsLeaveOutWhatIsNotMeasured(t *testing.T) {
	for _, w := range All() {
		for _, s := range Styles() {
			if !w.Has(s) {
				continue
			}
			sources, err := w.Sources(w.Variants[0], s)
			if err != nil {
				t.Fatal(err)
			}
			for _, source := range sources {
				for _, banned := range []string{"Date", "Math.random", ".split(", "performance.", "setTimeout", "console."} {
					if strings.Contains(source.Text, banned) {
						t.Errorf("%s uses %s", source.Name, banned)
					}
				}
			}
		}
	}
}

// Scripts of the core load without our driver, beside which the costs of the
// driver itself are measured: they may ask for it only when they run.
func TestCoreLoadsWithoutDriver(t *testing.T) {
	for _, w := range core() {
		for _, s := range Styles() {
			if !w.Has(s) {
				continue
			}
			sources, err := w.Sources(w.Variants[0], s)
			if err != nil {
				t.Fatal(err)
			}
			vm := goja.New()
			for _, source := range sources {
				if _, err := vm.RunScript(source.Name, source.Text); err != nil {
					t.Errorf("%s, style %s: %v", w.Name, s.Name, err)
				}
			}
		}
	}
}

func TestMissingScript(t *testing.T) {
	w := New("toy", "nothing", fstest.MapFS{"common.js": {Data: []byte("")}}, Variant{})
	for _, s := range Styles() {
		_, err := w.Sources(w.Variants[0], s)
		if err == nil || !strings.Contains(err.Error(), "workload toy, style "+s.Name) {
			t.Errorf("%s: %v", s.Name, err)
		}
	}
}

func TestOneUploadInTenFails(t *testing.T) {
	steps := failingSteps()
	used := map[int]int{}
	for block := range slices.Chunk(steps, 10) {
		failing := 0
		for _, s := range block {
			if s != 0 {
				failing++
				used[s]++
			}
		}
		if failing != 1 {
			t.Fatalf("%d of 10 fail: %v", failing, block)
		}
	}
	for s := 1; s <= 8; s++ {
		if used[s] == 0 {
			t.Errorf("step %d never fails", s)
		}
	}
	if !slices.Equal(steps, failingSteps()) {
		t.Error("the failing steps differ between two calls")
	}
}

func TestChecksumWraps(t *testing.T) {
	v := Variant{Result: func(int) int32 { return 1 << 30 }}
	if got := v.Checksum(4); got != 0 {
		t.Errorf("got %d, want 0", got)
	}
}
