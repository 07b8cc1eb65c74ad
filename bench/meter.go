package bench

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
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

const (
	// warmupBatches of an interpreter are left out: its caches fill, the heap grows
	// to the workload's size, and pages of memory are touched for the first time. On
	// goja and QuickJS the first one takes 1.0 to 1.5 times as long as the others,
	// the second one 1.0 to 1.1.
	warmupBatches = 2
	// interpreted, collected and compiled are how many batches a process has, with
	// those that are left out: of an interpreter, of one with Go's collector of
	// garbage at work, where it can do without, and of an engine that compiles and
	// needs time for that. More processes tell as much as longer lives.
	interpreted = warmupBatches + 12
	collected   = warmupBatches + 3
	compiled    = 40
	// mostCollected is how many samples of a cell say what the collector costs: as many
	// as an interval needs.
	mostCollected = 6
	// leastBatches is how many a process has even if they are long.
	leastBatches = warmupBatches + 4
)

// warmupOps are what the search for the size of batches begins with.
const warmupOps = 200

// leastSteps is how many steps of the engine's clock a sample must take, so
// that the clock's resolution is an error of at most 0.1%.
const leastSteps = 1000

// A Meter takes samples. Each sample comes from a realm of its own, which is a
// process on engines that run in such. It is not safe for concurrent use.
type Meter struct {
	// Time is about how long the operations of a batch take together.
	Time time.Duration
	// Batches, if not 0, is how many batches of BatchOps operations a sample has,
	// all of them counted from the first one on, as the drivers of many promise
	// benchmarks do. The steady state is not sought then, and Time means nothing.
	Batches, BatchOps int
	// Timeout bounds everything that one sample takes.
	Timeout time.Duration
	// Random decides which batch is run next.
	Random *rand.Rand

	sizes   map[string]BatchSize // by cell name
	counted map[string]bool      // names of cells whose B/op was counted apart
	with    map[string]int       // samples with the collector, by cell name
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

// Measure takes a sample of each cell. Their processes live at the same time and take
// turns batch by batch, in random order: what the machine does meanwhile falls on all
// alike. A cell whose engine can do without Go's collector of garbage has two: its
// sample is from the one without, and the other one says what the collector costs.
func (m *Meter) Measure(ctx context.Context, cells ...Cell) []Outcome {
	var all []*Execution
	samples, withGC := make([]*Execution, len(cells)), make([]*Execution, len(cells))
	for i, c := range cells {
		samples[i], withGC[i] = m.executions(c)
		all = append(all, samples[i])
		if withGC[i] != nil {
			all = append(all, withGC[i])
		}
	}
	for _, i := range m.Random.Perm(len(all)) {
		defer all[i].Close()
		m.open(ctx, all[i])
	}
	TakeTurns(ctx, all, m.Random)
	outcomes := make([]Outcome, len(cells))
	for i, e := range samples {
		m.finish(ctx, e)
		if with := withGC[i]; with != nil {
			with.Warmup = min(warmupBatches, len(with.Batches))
			with.sum(KeptFraction)
			e.Collected = &with.Outcome
			if e.Err == nil {
				e.Err = with.Err
			}
			if m.with == nil {
				m.with = map[string]int{}
			}
			m.with[cells[i].Name()]++
		}
		outcomes[i] = e.Outcome
	}
	return outcomes
}

// executions returns what a sample of a cell is made of: a process, and one with Go's
// collector of garbage at work if that is another one and not known yet. Only in the
// engine's own await does anybody pay for it.
func (m *Meter) executions(c Cell) (sample, with *Execution) {
	sample = &Execution{Outcome: Outcome{Cell: c}, Most: interpreted, Timeout: m.Timeout}
	engine, ok := engines.As[engines.Uncollecting](c.Engine)
	if !ok || m.Batches > 0 {
		return sample, nil
	}
	without, ok := engine.WithoutCollector()
	if !ok {
		return sample, nil
	}
	sample.Cell.Engine = without
	if own, _ := engines.OwnAwait(c.Engine); c.Await != own || m.with[c.Name()] >= mostCollected {
		return sample, nil
	}
	return sample, &Execution{Outcome: Outcome{Cell: c}, Most: collected, Timeout: m.Timeout}
}

// Sample yields a record of each cell: it is Measure as package plan wants it.
func (m *Meter) Sample(ctx context.Context, cells []Cell) iter.Seq[Record] {
	return func(yield func(Record) bool) {
		for _, o := range m.Measure(ctx, cells...) {
			if !yield(o.Record()) {
				return
			}
		}
	}
}

// open starts an execution's process.
func (m *Meter) open(ctx context.Context, e *Execution) {
	e.Ops = max(m.BatchOps, e.Cell.Window)
	if m.Batches > 0 {
		e.Most = m.Batches
	} else {
		if engines.Compiles(e.Cell.Engine) {
			e.Most = compiled
		}
		// A window's worth may take longer than a batch should.
		e.Limit = time.Duration(e.Most) * m.Time * 5 / 4
		e.do(ctx, func(ctx context.Context) error {
			size, err := m.BatchSize(ctx, e.Cell, 1)
			e.Ops = size.Ops
			return err
		})
	}
	e.Counted = e.Ops
	e.Open(ctx, e.Cell.Open)
}

// finish makes a sample of what a process has run.
func (m *Meter) finish(ctx context.Context, e *Execution) {
	kept := KeptFraction
	e.Steady = true
	switch {
	case m.Batches > 0:
		kept = 1
	case engines.Compiles(e.Cell.Engine):
		e.Warmup, e.Steady = e.Batches.SteadyState()
	default:
		e.Warmup = warmupBatches
	}
	e.Finish(ctx, kept, e.Cell.MeanTicks)
	e.Close()
	if engines.Compiles(e.Cell.Engine) && e.Err == nil {
		name := e.Cell.Name()
		if m.counted[name] {
			e.Outcome.Sample.Heap = nil // it would be less exact than the first one
			return
		}
		if m.counted == nil {
			m.counted = map[string]bool{}
		}
		m.counted[name] = true
		e.do(ctx, func(ctx context.Context) error { return e.CountHeap(ctx, e.Ops) })
	}
}

// BatchSize returns the size of a batch of c, the same for all samples that this
// meter takes of it: as many operations as take about m.Time in a realm that has
// warmed up, but enough for the resolution of the engine's clock, and at least a
// window's worth, or the window would never be full; and a multiple of step.
func (m *Meter) BatchSize(ctx context.Context, c Cell, step int) (s BatchSize, err error) {
	if s, known := m.sizes[c.Name()]; known {
		return s, nil
	}
	ctx, cancel := m.bound(ctx)
	defer cancel()
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

// bound ends a context when the meter's time is up.
func (m *Meter) bound(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, m.Timeout, fmt.Errorf("timed out after %v (--timeout)", m.Timeout))
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
