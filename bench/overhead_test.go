package bench_test

import (
	"bufio"
	"cmp"
	"flag"
	"fmt"
	"os"
	"runtime"
	"testing"
	"time"

	gojalib "github.com/dop251/goja"

	"promisebench/bench"
	"promisebench/engines/worker"
)

var overhead = flag.Bool("overhead", false, "run BenchmarkOverhead, which takes its own time")

const (
	// bareDriver is the least that runs operations and adds up their results.
	bareDriver = `
function start(ops, window) {
  var started = 0;
  var sum = 0;
  function add(value) {
    sum = (sum + value) | 0;
    if (started < ops) operation(started++).then(add);
  }
  while (started < window) operation(started++).then(add);
  return function () { return sum; };
}`
	// bareKey is set in the environment of a process of BenchmarkOverhead: whether
	// its driver is the bare one.
	bareKey = "PROMISEBENCH_TEST_BARE"
)

// BenchmarkOverhead tells what our driver costs: doxbee runs on goja once through a
// realm and once in a bare program, each in a process of its own with one thread for
// Go code and the collector of garbage off within batches, in pairs. It takes 2 minutes.
//
//	go test ./bench -run '^$' -bench Overhead -overhead -benchtime 1x
func BenchmarkOverhead(b *testing.B) {
	if !*overhead {
		b.Skip("opt in with -overhead")
	}
	c := overheadCell(b)
	self, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	command := func(bare string) worker.Command {
		return worker.Command{
			Path: self, Args: []string{"-test.run=^TestOverheadProcess$"},
			Env: []string{"GOMAXPROCS=1", "GOGC=off", "GOMEMLIMIT=2GiB", bareKey + "=" + bare},
		}
	}
	compare(b, c, cmp.Or(*pairs, 100), life{ops: 700, warm: 1, counted: 20}, startPlain(command("no")), startPlain(command("yes")))
}

// overheadCell returns the cell that BenchmarkOverhead is about.
func overheadCell(t testing.TB) bench.Cell {
	filter := bench.Filter{Workloads: []string{"doxbee"}, Styles: []string{"async"}, Awaits: []string{"optimized"}}
	return cells(t, on("goja"), filter, bench.DefaultWindow)[0]
}

// TestOverheadProcess is a process of BenchmarkOverhead, and no test. As
// testdata/plain.js does, it answers each "OPS WINDOW" by nanoseconds and a sum.
func TestOverheadProcess(t *testing.T) {
	if os.Getenv(bareKey) == "" {
		t.Skip("a process of BenchmarkOverhead")
	}
	batch := ourBatches(t)
	if os.Getenv(bareKey) == "yes" {
		batch = bareBatches(t)
	}
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		var ops, window int
		if _, err := fmt.Sscan(lines.Text(), &ops, &window); err != nil {
			t.Fatal(err)
		}
		runtime.GC() // as our worker does before each batch
		elapsed, sum := batch(ops, window)
		fmt.Println(elapsed.Nanoseconds(), sum)
	}
}

func ourBatches(t *testing.T) func(ops, window int) (time.Duration, int32) {
	c := overheadCell(t)
	realm, err := c.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { realm.Close() })
	return func(ops, _ int) (time.Duration, int32) {
		want := c.Batch(ops)
		s, err := realm.Run(t.Context(), want)
		if err != nil {
			t.Fatal(err)
		}
		return s.Elapsed, want.Checksum
	}
}

func bareBatches(t *testing.T) func(ops, window int) (time.Duration, int32) {
	vm := gojalib.New()
	if _, err := vm.RunString(operationOf(t, overheadCell(t)) + bareDriver); err != nil {
		t.Fatal(err)
	}
	start, ok := gojalib.AssertFunction(vm.Get("start"))
	if !ok {
		t.Fatal("no start")
	}
	return func(ops, window int) (time.Duration, int32) {
		at := time.Now()
		result, err := start(gojalib.Undefined(), vm.ToValue(ops), vm.ToValue(window))
		elapsed := time.Since(at)
		if err != nil {
			t.Fatal(err)
		}
		total, _ := gojalib.AssertFunction(result)
		sum, err := total(gojalib.Undefined())
		if err != nil {
			t.Fatal(err)
		}
		return elapsed, int32(sum.ToInteger())
	}
}
