package bench_test

import (
	"os"
	"strings"
	"testing"

	"promisebench/bench"
	"promisebench/engines/enginetest"
)

// bluebird takes the place of the engines' own promises, and a script that
// does not is found out.
func TestImpl(t *testing.T) {
	bluebird, err := bench.ReadImpl(os.DirFS("../engines/hosts/npm/node_modules"), "bluebird")
	enginetest.Installed(t, err)
	// With rejections that the library would announce, and with what it lacks.
	for _, workload := range []string{"middleware", "errors", "combinators", "finally"} {
		filter := bench.Filter{Workloads: []string{workload}, Awaits: []string{"optimized"}}
		list, err := on("goja").Cells(filter, bench.Setup{Window: 10, Impl: bluebird})
		if err != nil {
			t.Fatal(err)
		}
		for _, cell := range list {
			if o := meter().Measure(t.Context(), cell)[0]; o.Err != nil && !o.Skipped() {
				t.Errorf("%s: %v", cell.Name(), o.Err)
			}
		}
	}
	for name, c := range map[string]struct{ script, want string }{
		"bluebird": {bluebird.Script, ""},
		"sham":     {"module.exports = Promise; Promise.setScheduler = function () {};", "Promise is the engine's own still"},
		"broken":   {"module.exports = ;", "impl=broken: "},
	} {
		filter := bench.Filter{Workloads: []string{"parallel"}, Awaits: []string{"optimized"}}
		cat := catalog()
		if c.want != "" {
			cat, filter.Styles = on("goja"), []string{"promise"}
		}
		list, err := cat.Cells(filter, bench.Setup{Window: 10, Impl: bench.Impl{Name: name, Script: c.script}})
		if err != nil {
			t.Fatal(err)
		}
		for _, cell := range list {
			o := meter().Measure(t.Context(), cell)[0]
			if c.want == "" && o.Err != nil || c.want != "" && (o.Err == nil || !strings.Contains(o.Err.Error(), c.want)) {
				t.Errorf("%s: %v", cell.Name(), o.Err)
			}
			if !strings.Contains(cell.Name(), "/impl="+name) {
				t.Errorf("%s does not say impl=%s", cell.Name(), name)
			}
		}
	}
}
