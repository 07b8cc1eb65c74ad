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
	const pairs, realms, ops, batches = 20, 6, 1000, 8
	c := cells(b, on("goja"), bench.Filter{Workloads: []string{"doxbee"}, Styles: []string{"async"}, Awaits: []string{"optimized"}}, ops)[0]
	want := c.Batch(ops)

	realm := func() (batch func() time.Duration, end func()) {
		r, err := c.Open(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		return func() time.Duration {
			s, err := r.Run(b.Context(), want)
			if err != nil {
				b.Fatal(err)
			}
			return s.Elapsed
		}, func() { r.Close() }
	}
	bare := func() (batch func() time.Duration, end func()) {
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
		runs := int32(0)
		return func() time.Duration {
				at := time.Now()
				_, err := start(gojalib.Undefined(), vm.ToValue(ops))
				elapsed := time.Since(at)
				if err != nil {
					b.Fatal(err)
				}
				runs++
				return elapsed
			}, func() {
				if sum, err := vm.RunString("total()"); err != nil || int32(sum.ToInteger()) != want.Checksum*runs {
					b.Fatalf("the bare program is wrong: %v, %v", sum, err)
				}
			}
	}

	var ours, theirs, ratios []float64
	open := []func() (func() time.Duration, func()){realm, bare}
	for range pairs {
		// Where its memory lies makes one realm some percent slower than the
		// next, whatever runs in it, so each pair goes through several.
		var total [2]time.Duration
		for i := range 2 * realms {
			side := (i + i/2) % 2 // ours, bare, bare, ours, …
			batch, end := open[side]()
			best := time.Duration(1<<63 - 1)
			for range batches {
				runtime.GC()
				best = min(best, batch())
			}
			end()
			total[side] += best
		}
		o, t := float64(total[0])/realms, float64(total[1])/realms
		ours, theirs, ratios = append(ours, o), append(theirs, t), append(ratios, o/t)
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
