package bench_test

import (
	"strings"
	"testing"

	"promisebench/bench"
	"promisebench/engines"
	"promisebench/engines/goja"
)

// uncollecting is an engine that says that it can do without Go's collector.
type uncollecting struct{ engines.Engine }

func (e uncollecting) WithoutCollector() (engines.Engine, bool) { return e.Engine, true }

// What the collector costs is measured in six samples of a cell, in the engine's own
// await only, and the text has the batches of both processes.
func TestCollectorApart(t *testing.T) {
	cat := catalog()
	cat.Engines = []engines.Engine{uncollecting{goja.New()}}
	list := cells(t, cat, bench.Filter{Workloads: []string{"parallel"}, Styles: []string{"async"}}, 10)
	list = []bench.Cell{list[0], list[len(list)-1]}
	if list[0].Await != engines.Legacy || list[1].Await != engines.Optimized {
		t.Fatal(names(list))
	}
	m := meter()
	for sample := range 8 {
		for i, o := range m.Measure(t.Context(), list...) {
			if o.Err != nil {
				t.Fatal(o.Err)
			}
			var out strings.Builder
			if err := bench.NewLog(&out, 1).Record(o.Record()); err != nil {
				t.Fatal(err)
			}
			want := i == 1 && sample < 6
			value, life := strings.Contains(out.String(), " with-gc-ns/op "), strings.Contains(out.String(), ", with-gc-ns/op, 2 left out: ")
			if value != want || life != want || (o.Collected != nil) != want {
				t.Errorf("sample %d of %s has the collector apart: %v, want %v:\n%s", sample, o.Cell.Name(), value, want, out.String())
			}
			// Fewer where a batch takes longer than it should, but enough for the mean
			// of the fastest.
			if n := len(o.Batches); n < 6 || n > 14 || o.Warmup != 2 || !strings.Contains(out.String(), ", ns/op, 2 left out: ") {
				t.Errorf("%d batches, %d left out:\n%s", n, o.Warmup, out.String())
			}
		}
	}
}

// Cells that are measured side by side fail one by one.
func TestFailureBeside(t *testing.T) {
	broken := rewritten(t, "parallel", "async", "async function operation() { throw new Error('no'); }")
	cat := catalog()
	cat.Workloads = append(cat.Workloads[:0:0], broken)
	bad := cells(t, cat, bench.Filter{Styles: []string{"async"}}, 10)[0]
	good := cells(t, on("goja"), bench.Filter{Workloads: []string{"parallel"}, Styles: []string{"async"}}, 10)[0]
	list := meter().Measure(t.Context(), good, bad, good)
	if list[0].Err != nil || list[2].Err != nil || list[1].Err == nil {
		t.Errorf("%v, %v, %v", list[0].Err, list[1].Err, list[2].Err)
	}
}
