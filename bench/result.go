package bench

import (
	"errors"

	"golang.org/x/perf/benchfmt"
)

// WithGC is the unit of time of engines on Go's heap with the collector of garbage at
// work; their ns/op are without.
const WithGC = "with-gc-ns/op"

// A Named thing has a name in the output: a [Cell], or a benchmark of another
// kind.
type Named interface{ Name() string }

// A Record is one result of a benchmark: a sample, or why there is none. It is
// what measuring returns, whatever is done with it; [Log.Record] prints it.
type Record struct {
	// Name is the benchmark's, without "Benchmark" in front and GOMAXPROCS
	// behind it.
	Name string
	// Err is a failure, or a skip if it wraps [errors.ErrUnsupported]. Iters and
	// Values mean nothing then.
	Err error
	// Iters is the number of operations that Values are the means of.
	Iters int
	// Values are in the order in which they are to be written.
	Values []benchfmt.Value
	// Batches are the iterations behind Values, for a look at the warm-up; the
	// first Warmup of them are no part of Values. Both may be empty.
	Batches Iterations
	Warmup  int
	// Collected are the same of a process with Go's collector of garbage at work.
	Collected       Iterations
	CollectedWarmup int
}

// Skipped reports whether the benchmark asks for something that its engine
// can't do.
func (r Record) Skipped() bool { return skipped(r.Err) }

func skipped(err error) bool { return errors.Is(err, errors.ErrUnsupported) }
