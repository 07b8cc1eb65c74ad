package bench

import (
	"math"

	"golang.org/x/perf/benchfmt"

	"promisebench/engines"
)

// An Outcome is what came of measuring a cell: a sample, a skip with its
// reason, or a failure.
type Outcome struct {
	Cell Cell
	// What follows is meaningful if Err is nil. Sample covers what was not left out;
	// its time is that of the fastest part of it.
	Sample engines.Sample
	// Batches are all that were run, of which Warmup were left out, and Steady says
	// whether the rest of an engine that compiles while it runs is a steady state.
	Batches Iterations
	Warmup  int
	Steady  bool
	// Collected, if not nil, is the same with Go's collector of garbage at work, which
	// it was not here. It has no ticks.
	Collected *Outcome
	// Ticks is the mean number of microtask ticks of one operation.
	Ticks float64
	// Err is a failure, or a skip if it wraps [errors.ErrUnsupported].
	Err error
}

// Skipped reports whether the engine can't do what the cell asks.
func (o Outcome) Skipped() bool { return skipped(o.Err) }

// Record returns the outcome in the units of benchmark text.
func (o Outcome) Record() Record {
	r := Record{Name: o.Cell.Name(), Err: o.Err, Batches: o.Batches, Warmup: o.Warmup}
	if c := o.Collected; c != nil {
		r.Collected, r.CollectedWarmup = c.Batches, c.Warmup
	}
	if o.Err == nil {
		r.Iters, r.Values = o.Sample.Ops, o.values()
	}
	return r
}

// values returns what a sample is in benchmark text.
func (o Outcome) values() []benchfmt.Value {
	perOp := func(total int64) float64 {
		// Digits beyond these are noise in every unit.
		return math.Round(1000*float64(total)/float64(o.Sample.Ops)) / 1000
	}
	list := []benchfmt.Value{{Value: perOp(o.Sample.Elapsed.Nanoseconds()), Unit: "ns/op"}}
	if c := o.Collected; c != nil {
		list = append(list, benchfmt.Value{Value: c.values()[0].Value, Unit: WithGC})
	}
	if h := o.Sample.Heap; h != nil {
		list = append(list, benchfmt.Value{Value: perOp(int64(h.Bytes)), Unit: "B/op"})
		if h.Objects != nil {
			list = append(list, benchfmt.Value{Value: perOp(int64(*h.Objects)), Unit: "allocs/op"})
		}
	}
	list = append(list, benchfmt.Value{Value: o.Ticks, Unit: "ticks/op"})
	if len(o.Batches) > 0 && engines.Compiles(o.Cell.Engine) {
		notSteady := 0.0
		if !o.Steady {
			notSteady = 1
		}
		list = append(list,
			benchfmt.Value{Value: math.Round(o.Batches[0]), Unit: "first-ns/op"},
			benchfmt.Value{Value: notSteady, Unit: "not-steady"})
	}
	return list
}
