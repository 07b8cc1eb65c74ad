package bench

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"runtime"
	"time"

	"golang.org/x/perf/benchfmt"

	"promisebench/engines"
)

// TickOps is the number of operations, the first ones, over which ticks/op is
// averaged.
const TickOps = 20

// compileTime is how long an engine that compiles while it runs is given to do
// so before its speed is taken for the size of batches.
const compileTime = 100 * time.Millisecond

// minIterations is the least number of batches of an engine that compiles while it
// runs.
const minIterations = 10

// warmupOps run on an interpreter before the clock starts: caches fill, and the
// Go heap grows to the workload's size.
const warmupOps = 200

// leastSteps is how many steps of the engine's clock a sample must take, so
// that the clock's resolution is an error of at most 0.1%.
const leastSteps = 1000

// A Meter takes samples. Each sample comes from a realm of its own. It is not
// safe for concurrent use.
type Meter struct {
	// Time is about how long the operations of a sample take together.
	Time time.Duration
	// Batches, if not 0, is how many batches of BatchOps operations a sample has
	// on an engine that compiles while it runs, all of them counted from the
	// first one on, as the drivers of many promise benchmarks do. The steady
	// state is not sought then, and Time means nothing.
	Batches, BatchOps int
	// Timeout bounds everything that one sample takes.
	Timeout time.Duration

	sizes map[string]BatchSize // by cell name
}

// A BatchSize is how large the batches of a cell are.
type BatchSize struct {
	Ops  int           // operations, the same in all batches of the cell
	Time time.Duration // about how long they take together
}

// An Outcome is what came of measuring a cell: a sample, a skip with its
// reason, or a failure.
type Outcome struct {
	Cell Cell
	// What follows is meaningful if Err is nil. Sample covers the steady
	// state only, if there are Batches.
	Sample engines.Sample
	// Batches are all of an engine that compiles while it runs, of which Warmup
	// were left out, and Steady says whether the rest is a steady state.
	Batches Iterations
	Warmup  int
	Steady  bool
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
	if h := o.Sample.Heap; h != nil {
		list = append(list, benchfmt.Value{Value: perOp(int64(h.Bytes)), Unit: "B/op"})
		if h.Objects != nil {
			list = append(list, benchfmt.Value{Value: perOp(int64(*h.Objects)), Unit: "allocs/op"})
		}
	}
	list = append(list, benchfmt.Value{Value: o.Ticks, Unit: "ticks/op"})
	if len(o.Batches) > 0 {
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

// Measure takes one sample of c.
func (m *Meter) Measure(ctx context.Context, c Cell) Outcome {
	ctx, cancel := context.WithTimeoutCause(ctx, m.Timeout, fmt.Errorf("timed out after %v (--timeout)", m.Timeout))
	defer cancel()
	o := Outcome{Cell: c}
	o.Err = m.measure(ctx, &o)
	return o
}

// Sample yields one record: it is Measure as [Rounds] wants it.
func (m *Meter) Sample(ctx context.Context, c Cell) iter.Seq[Record] {
	return func(yield func(Record) bool) { yield(m.Measure(ctx, c).Record()) }
}

func (m *Meter) measure(ctx context.Context, o *Outcome) (err error) {
	c := o.Cell
	ops := max(m.BatchOps, c.Window)
	if m.Batches == 0 || !engines.Compiles(c.Engine) {
		size, err := m.BatchSize(ctx, c, 1)
		if err != nil {
			return err
		}
		ops = size.Ops
	}
	realm, err := c.Open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, realm.Close()) }()
	if engines.Compiles(c.Engine) {
		err = m.iterations(ctx, o, realm, ops)
	} else {
		err = m.sample(ctx, o, realm, ops)
	}
	if err != nil {
		return err
	}
	// Behind the timing, for which it would be a warm-up.
	if o.Ticks, err = c.MeanTicks(ctx, realm); err != nil {
		return err
	}
	return o.CountHeap(ctx, ops, 1)
}

// sample takes a sample of an interpreter: one batch behind a short warm-up.
func (m *Meter) sample(ctx context.Context, o *Outcome, realm engines.Realm, ops int) (err error) {
	if _, err := o.Cell.Run(ctx, realm, warmupOps); err != nil {
		return err
	}
	// Every sample starts with an empty heap: else it would pay for the
	// garbage of the cell that happened to run before.
	runtime.GC()
	o.Sample, err = o.Cell.RunTimed(ctx, realm, ops)
	return err
}

// iterations takes a sample of an engine that compiles while it runs: all batches
// of a process, of which the first one and the steady state count.
func (m *Meter) iterations(ctx context.Context, o *Outcome, realm engines.Realm, ops int) error {
	var spent time.Duration
	var samples []engines.Sample
	enough := func() bool {
		if m.Batches > 0 {
			return len(samples) >= m.Batches
		}
		return len(samples) >= minIterations && spent >= minIterations*m.Time || len(samples) >= 3*minIterations
	}
	for !enough() {
		s, err := o.Cell.RunTimed(ctx, realm, ops)
		if err != nil {
			return err
		}
		spent += s.Elapsed
		samples = append(samples, s)
		o.Batches = append(o.Batches, float64(s.Elapsed.Nanoseconds())/float64(ops))
	}
	if o.Steady = true; m.Batches == 0 {
		o.Warmup, o.Steady = o.Batches.SteadyState()
	}
	for _, s := range samples[o.Warmup:] {
		o.Sample = o.Sample.Plus(s)
	}
	return nil
}

// BatchSize returns the size of a batch of c, the same for all samples that this
// meter takes of it: as many operations as take about m.Time in a realm that has
// warmed up, but enough for the resolution of the engine's clock, and at least a
// window's worth, or the window would never be full; and a multiple of step.
func (m *Meter) BatchSize(ctx context.Context, c Cell, step int) (s BatchSize, err error) {
	if s, known := m.sizes[c.Name()]; known {
		return s, nil
	}
	// What await means is proven where it counts.
	realm, err := c.OpenUnproven(ctx)
	if err != nil {
		return s, err
	}
	defer func() { err = errors.Join(err, realm.Close()) }()
	enough := 2 * m.Time
	if engines.Compiles(c.Engine) {
		enough = max(enough, compileTime)
	}
	var spent, each, least time.Duration
	for ops := warmupOps; spent < enough; ops *= 2 {
		s, err := c.Run(ctx, realm, ops)
		if err != nil {
			return BatchSize{}, err
		}
		each = max(1, s.Elapsed/time.Duration(ops))
		// Eight times: it may get faster yet, and with few operations, which
		// leave less garbage, faster still.
		least = 8 * leastSteps * s.Resolution
		spent += s.Elapsed
	}
	s.Ops = max(c.Window, int(max(m.Time, least)/each))
	s.Ops = (s.Ops + step - 1) / step * step
	s.Time = time.Duration(s.Ops) * each
	if m.sizes == nil {
		m.sizes = map[string]BatchSize{}
	}
	m.sizes[c.Name()] = s
	return s, nil
}

// Batch returns a batch of the first ops operations with the sum that the
// workload's Go code computes for them.
func (c Cell) Batch(ops int) engines.Batch {
	return engines.Batch{Ops: ops, Window: c.Window, Checksum: c.Variant.Checksum(ops), Rejects: c.Variant.Rejects}
}

// Run runs a batch of ops operations in realm, which c opened. If operations
// are missing afterwards it runs the batch once more, off the clock, with
// handlers for rejections that nobody expected: the reason of one says more
// than how many never settled.
func (c Cell) Run(ctx context.Context, realm engines.Realm, ops int) (engines.Sample, error) {
	b := c.Batch(ops)
	s, err := realm.Run(ctx, b)
	if errors.Is(err, engines.ErrUnsettled) && !b.Rejects {
		b.Rejects = true
		if _, again := realm.Run(ctx, b); again != nil {
			err = again
		}
	}
	return s, err
}

// RunTimed is Run for a batch whose time counts: it is an error if the batch is
// too short for the engine's clock.
func (c Cell) RunTimed(ctx context.Context, realm engines.Realm, ops int) (engines.Sample, error) {
	s, err := c.Run(ctx, realm, ops)
	if err == nil && s.Elapsed < leastSteps*s.Resolution {
		err = fmt.Errorf("%s: %d operations took %v, too short for its clock, which moves in steps of %v: use a longer --time",
			c.Engine.Name(), s.Ops, s.Elapsed, s.Resolution)
	}
	return s, err
}

// MeanTicks returns the mean ticks of the first [TickOps] operations, which it
// runs in realm one at a time. It is an error if the first one takes other
// ticks than were worked out by hand: a result can be right although somebody
// did not wait for it, but then the ticks are wrong.
func (c Cell) MeanTicks(ctx context.Context, realm engines.Realm) (float64, error) {
	mean, first, err := CountTicks(ctx, realm)
	if want, known := c.WantTicks(); err == nil && known && first != want {
		return 0, fmt.Errorf("%s: operation 0 took %d ticks, by the specification it is %d", c.Engine.Name(), first, want)
	}
	return mean, err
}

// CountTicks returns the mean ticks of the first [TickOps] operations of what is
// loaded in realm, run one at a time, and those of the very first.
func CountTicks(ctx context.Context, realm engines.Realm) (mean float64, first int, err error) {
	ticks, err := engines.Ticks(ctx, realm, TickOps)
	if err != nil {
		return 0, 0, err
	}
	for _, n := range ticks {
		mean += float64(n)
	}
	return mean / TickOps, ticks[0], nil
}
