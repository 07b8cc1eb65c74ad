package bench_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"promisebench/bench"
	"promisebench/engines"
	"promisebench/engines/all"
	"promisebench/workloads"
)

var window = flag.Int("window", bench.DefaultWindow, "operations in flight; never more than b.N")

// catalog is everything that promisebench measures.
func catalog() bench.Catalog {
	return bench.Catalog{Workloads: workloads.All(), Engines: all.Engines()}
}

// on is the catalog with one engine.
func on(name string) bench.Catalog {
	cat := catalog()
	cat.Engines = slices.DeleteFunc(cat.Engines, func(e engines.Engine) bool { return e.Name() != name })
	return cat
}

// TestMain prints the header of the benchmarks' output. go test prints the
// system, processor and package itself.
func TestMain(m *testing.M) {
	flag.Parse()
	if flag.Lookup("test.bench").Value.String() != "" {
		header := bench.Header{Engines: catalog().Engines, Own: []bench.Condition{
			{Key: bench.KeyGo, Value: runtime.Version()},
			{Key: bench.KeyWindow, Value: strconv.Itoa(*window)},
		}}
		if err := bench.NewLog(os.Stdout, 1).Header(header.Conditions(), bench.UnitMetadata); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

// One function a workload, because go test finds benchmarks by function:
// TestEveryWorkloadIsABenchmark asks for the line of a new one.

func BenchmarkDoxbee(b *testing.B)                { run(b, "doxbee") }
func BenchmarkDoxbeeErrors(b *testing.B)          { run(b, "doxbee-errors") }
func BenchmarkParallel(b *testing.B)              { run(b, "parallel") }
func BenchmarkMiddleware(b *testing.B)            { run(b, "middleware") }
func BenchmarkStream(b *testing.B)                { run(b, "stream") }
func BenchmarkCombinators(b *testing.B)           { run(b, "combinators") }
func BenchmarkSchedule(b *testing.B)              { run(b, "schedule") }
func BenchmarkAsyncIteration(b *testing.B)        { run(b, "async-iteration") }
func BenchmarkErrors(b *testing.B)                { run(b, "errors") }
func BenchmarkAnimations(b *testing.B)            { run(b, "animations") }
func BenchmarkLogInOrder(b *testing.B)            { run(b, "log-in-order") }
func BenchmarkEvents(b *testing.B)                { run(b, "events") }
func BenchmarkPubsub(b *testing.B)                { run(b, "pubsub") }
func BenchmarkStack(b *testing.B)                 { run(b, "stack") }
func BenchmarkChains(b *testing.B)                { run(b, "chains") }
func BenchmarkRejections(b *testing.B)            { run(b, "rejections") }
func BenchmarkAwaitValue(b *testing.B)            { run(b, "await-value") }
func BenchmarkAwaitPromise(b *testing.B)          { run(b, "await-promise") }
func BenchmarkAwaitThenable(b *testing.B)         { run(b, "await-thenable") }
func BenchmarkPromiseTry(b *testing.B)            { run(b, "promise-try") }
func BenchmarkFinally(b *testing.B)               { run(b, "finally") }
func BenchmarkThenableAssimilation(b *testing.B)  { run(b, "thenable-assimilation") }
func BenchmarkPromiseResolvePromise(b *testing.B) { run(b, "promise-resolve-promise") }

// run measures the cells of a workload; with -short only the default variants
// in styles promise and async.
func run(b *testing.B, workload string) {
	filter := bench.Filter{Workloads: []string{workload}}
	if testing.Short() {
		filter.Styles = []string{"promise", "async"}
	}
	cells, err := catalog().Cells(filter, bench.Setup{Window: *window})
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range cells {
		if testing.Short() && c.Variant.Name != "" {
			continue
		}
		_, name, _ := strings.Cut(c.Name(), "/")
		b.Run(name, func(b *testing.B) { measure(b, c) })
	}
}

// measure times one batch of b.N operations. The window is full only while
// b.N is at least as large: with -benchtime 1x a single operation is in flight.
func measure(b *testing.B, c bench.Cell) {
	ctx, cancel := context.WithTimeout(b.Context(), 5*time.Minute)
	defer cancel()
	realm, err := c.Open(ctx)
	if errors.Is(err, errors.ErrUnsupported) {
		b.Skip(err)
	}
	if err != nil {
		b.Fatal(err)
	}
	defer realm.Close()
	ticks, err := c.MeanTicks(ctx, realm)
	if err != nil {
		b.Fatal(err)
	}
	runtime.GC() // of what opening the realm has left
	b.ResetTimer()
	sample, err := c.Run(ctx, realm, b.N)
	b.StopTimer()
	if err != nil {
		b.Fatal(err)
	}
	// The realm's own clock leaves out its checks.
	b.ReportMetric(float64(sample.Elapsed.Nanoseconds())/float64(b.N), "ns/op")
	b.ReportMetric(ticks, "ticks/op")
	if h := sample.Heap; h != nil {
		b.ReportAllocs()
		b.ReportMetric(float64(h.Bytes)/float64(b.N), "B/op")
		if h.Objects != nil {
			b.ReportMetric(float64(*h.Objects)/float64(b.N), "allocs/op")
		}
	}
}

func TestEveryWorkloadIsABenchmark(t *testing.T) {
	source, err := os.ReadFile("bench_test.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range workloads.All() {
		c := bench.Cell{Workload: w, Engine: all.Engines()[0]}
		base, _, _ := strings.Cut(c.Name(), "/")
		line := fmt.Sprintf(`func Benchmark%s\(b \*testing.B\) +\{ run\(b, "%s"\) \}`, base, w.Name)
		if !regexp.MustCompile(line).Match(source) {
			t.Errorf("bench_test.go lacks: func Benchmark%s(b *testing.B) { run(b, %q) }", base, w.Name)
		}
	}
}
