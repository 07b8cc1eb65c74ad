package bench_test

import (
	"flag"
	"fmt"
	"runtime"
	"slices"
	"testing"
	"time"

	gojalib "github.com/dop251/goja"
	"golang.org/x/perf/benchmath"

	"promisebench/bench"
)

var overhead = flag.Bool("overhead", false, "run BenchmarkOverhead, which takes its own time")

// bareDriver is the least that runs operations and adds up their results.
const bareDriver = `
var sum = 0;
function start(ops) {
  function add(value) { sum = (sum + value) | 0; }
  for (var i = 0; i < ops; i++) operation(i).then(add);
}
function total() { return sum; }`

// BenchmarkOverhead tells what our driver costs: the same doxbee script runs
// on goja once through a realm and once in a bare program, taking turns, 20
// times each, with all operations in flight at once. It prints both medians, their ratio, and the
// median of the paired ratios with its 95 % interval.
//
//	go test ./bench -run '^$' -bench Overhead -overhead
func BenchmarkOverhead(b *testing.B) {
	if !*overhead {
		b.Skip("opt in with -overhead")
	}
	const pairs, ops, batches = 20, 1000, 10
	c := cells(b, catalog(), bench.Filter{
		Workloads: []string{"doxbee"}, Engines: []string{"goja"}, Styles: []string{"async"}, Awaits: []string{"optimized"},
	}, ops)[0]
	want := c.Batch(ops)

	realm := func() time.Duration {
		r, err := c.Open(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		defer r.Close()
		return fastest(batches, func() time.Duration {
			s, err := r.Run(b.Context(), want)
			if err != nil {
				b.Fatal(err)
			}
			return s.Elapsed
		})
	}
	bare := func() time.Duration {
		vm := gojalib.New()
		sources, err := c.Workload.Sources(c.Variant, c.Style)
		if err != nil {
			b.Fatal(err)
		}
		for _, s := range sources {
			if _, err := vm.RunScript(s.Name, s.Text); err != nil {
				b.Fatal(err)
			}
		}
		if _, err := vm.RunString(bareDriver); err != nil {
			b.Fatal(err)
		}
		start, ok := gojalib.AssertFunction(vm.Get("start"))
		if !ok {
			b.Fatal("no start")
		}
		runs := 0
		elapsed := fastest(batches, func() time.Duration {
			at := time.Now()
			_, err := start(gojalib.Undefined(), vm.ToValue(ops))
			elapsed := time.Since(at)
			if err != nil {
				b.Fatal(err)
			}
			runs++
			return elapsed
		})
		if sum, err := vm.RunString("total()"); err != nil || int32(sum.ToInteger()) != want.Checksum*int32(runs) {
			b.Fatalf("the bare program is wrong: %v, %v", sum, err)
		}
		return elapsed
	}

	var ours, theirs, ratios []float64
	for i := range pairs {
		var o, t time.Duration
		if i%2 == 0 {
			o, t = realm(), bare()
		} else {
			t, o = bare(), realm()
		}
		ours, theirs = append(ours, float64(o)), append(theirs, float64(t))
		ratios = append(ratios, float64(o)/float64(t))
	}
	ratio := median(ratios)
	fmt.Printf("doxbee async on goja, %d pairs, fastest of %d batches of %d operations:\n", pairs, batches, ops)
	fmt.Printf("  promisebench %.0f ns/op, bare program %.0f ns/op, ratio of medians %.4f\n",
		median(ours).Center/ops, median(theirs).Center/ops, median(ours).Center/median(theirs).Center)
	fmt.Printf("  median of paired ratios %.4f, 95%% interval [%.4f, %.4f]\n", ratio.Center, ratio.Lo, ratio.Hi)
	b.ReportMetric(0, "ns/op") // the batches above are the measurement
	b.ReportMetric(ratio.Center, "ratio")
}

// median returns the median with its 95 % interval.
func median(values []float64) benchmath.Summary {
	return benchmath.AssumeNothing.Summary(benchmath.NewSample(slices.Clone(values), &benchmath.DefaultThresholds), 0.95)
}

// fastest returns the shortest of n times, each from an empty heap. The
// fastest is the one that the rest of the machine disturbed least.
func fastest(n int, f func() time.Duration) time.Duration {
	best := time.Duration(1<<63 - 1)
	for range n {
		runtime.GC()
		best = min(best, f())
	}
	return best
}
