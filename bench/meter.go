package bench

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"promisebench/bench/quiet"
	"promisebench/engines"
)

// compileTime is how long an engine that compiles while it runs is given to do
// so before its speed is taken for the size of batches.
const compileTime = 100 * time.Millisecond

const (
	// warmupBatches of an interpreter are left out: its caches fill, the heap grows
	// to the workload's size, and pages of memory are touched for the first time. On
	// goja and QuickJS the first 20 ms take 1.0 to 1.5 times as long as the others.
	warmupBatches = 1
	// interpreted, collected and compiled are how many batches a process has, with
	// those that are left out: of an interpreter, of one with Go's collector of
	// garbage at work, where it can do without, and of an engine that compiles and
	// needs time for that.
	interpreted = warmupBatches + 6
	collected   = warmupBatches + 2
	compiled    = 20
	// mostCollected is how many samples of a cell say what the collector costs: as many
	// as an interval needs.
	mostCollected = 6
	// kept is the part of a process's batches, the fastest ones, whose mean is its
	// result. What interrupts a batch makes it slower, never faster. METHODOLOGY.md of
	// package report/method has what other parts and lengths of batches make of it.
	kept = 0.5
)

// warmupOps are what the search for the size of batches begins with.
const warmupOps = 200

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

	speeds  map[string]speed // by cell name, as all of these
	sizes   map[string]int   // operations
	counted map[string]bool  // B/op was counted apart
	with    map[string]int   // samples with the collector
}

// A BatchSize is how large the batches of some cells are.
type BatchSize struct {
	Ops  int           // operations, the same in all batches of these cells
	Time time.Duration // about how long they take together in the slowest one
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
	m.size(ctx, samples)
	for i, with := range withGC {
		if with != nil {
			with.Ops, with.Limit, with.Err = samples[i].Ops, time.Duration(with.Most)*m.Time*5/4, samples[i].Err
		}
	}
	for _, i := range m.Random.Perm(len(all)) {
		defer all[i].Close()
		all[i].Counted = all[i].Ops
		all[i].Open(ctx, all[i].Cell.Open)
	}
	m.takeTurns(ctx, all)
	outcomes := make([]Outcome, len(cells))
	for i, e := range samples {
		m.finish(ctx, e)
		if with := withGC[i]; with != nil {
			with.Warmup = min(warmupBatches, len(with.Batches))
			with.sum(kept)
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

// takeTurns has processes take their turns on a CPU that this one shares, or realms of
// this process where they are.
func (m *Meter) takeTurns(ctx context.Context, all []*Execution) {
	var cpu *quiet.CPU
	var err error
	if slices.ContainsFunc(all, (*Execution).isChild) {
		cpu, err = quiet.Take()
	}
	if err == nil {
		TakeTurns(ctx, all, m.Random, cpu)
		err = cpu.Leave()
	}
	for _, e := range all {
		if e.Err == nil {
			e.Err = err
		}
	}
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

// size finds out how many operations the batches of some samples have: the same number
// where the await mode is all that differs, because what is left of one batch costs the
// next one, and a collector of garbage that moves what is alive, as V8's does, takes
// turns that depend on it. Native legacy await of Node.js 11 against itself, 4288 and
// 3661 operations with 1000 in flight: 1.20 in middleware, 1.08 in stack.
func (m *Meter) size(ctx context.Context, samples []*Execution) {
	if m.Batches > 0 {
		for _, e := range samples {
			e.Most, e.Ops = m.Batches, max(m.BatchOps, e.Cell.Window)
		}
		return
	}
	partners := map[string][]speed{}
	for _, e := range samples {
		if engines.Compiles(e.Cell.Engine) {
			e.Most = compiled
		}
		// A window's worth may take longer than a batch should.
		e.Limit = time.Duration(e.Most) * m.Time * 5 / 4
		e.do(ctx, func(ctx context.Context) error {
			s, err := m.speed(ctx, e.Cell)
			if err == nil {
				partners[e.Cell.Partner()] = append(partners[e.Cell.Partner()], s)
			}
			return err
		})
	}
	if m.sizes == nil {
		m.sizes = map[string]int{}
	}
	for _, e := range samples {
		name := e.Cell.Name()
		if m.sizes[name] == 0 && e.Err == nil {
			m.sizes[name] = m.batchSize(e.Cell.Window, 1, partners[e.Cell.Partner()]).Ops
		}
		e.Ops = m.sizes[name]
	}
}

// finish makes a sample of what a process has run.
func (m *Meter) finish(ctx context.Context, e *Execution) {
	part := kept
	e.Steady = true
	switch {
	case m.Batches > 0:
		part = 1
	case engines.Compiles(e.Cell.Engine):
		e.Warmup, e.Steady = e.Batches.SteadyState()
	default:
		e.Warmup = warmupBatches
	}
	e.Finish(ctx, part, e.Cell.MeanTicks)
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

// BatchSize returns the size of a batch of c: as many operations as take about m.Time
// in a realm that has warmed up, but enough for the resolution of the engine's clock,
// and at least a window's worth, or the window would never be full; and a multiple of
// step. It is the same whenever this meter is asked.
func (m *Meter) BatchSize(ctx context.Context, c Cell, step int) (BatchSize, error) {
	ctx, cancel := m.bound(ctx)
	defer cancel()
	s, err := m.speed(ctx, c)
	if err != nil {
		return BatchSize{}, err
	}
	return m.batchSize(c.Window, step, []speed{s}), nil
}

// batchSize is that for several cells together, in which operations have these speeds.
func (m *Meter) batchSize(window, step int, speeds []speed) (b BatchSize) {
	inTime, enough := math.MaxInt, window
	var slowest time.Duration
	for _, s := range speeds {
		inTime = min(inTime, int(m.Time/s.each))
		enough = max(enough, int(s.least/s.fastest))
		slowest = max(slowest, s.each)
	}
	b.Ops = (max(inTime, enough) + step - 1) / step * step
	b.Time = time.Duration(b.Ops) * slowest
	return b
}

// A speed is what must be known of a cell before its batches have a size.
type speed struct {
	each    time.Duration // about how long an operation takes
	fastest time.Duration // what it took in the size of batch in which it took least
	least   time.Duration // how long a batch must take for the resolution of the clock
}

// speed measures the speed of a cell, once.
func (m *Meter) speed(ctx context.Context, c Cell) (s speed, err error) {
	if s, known := m.speeds[c.Name()]; known {
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
	var spent time.Duration
	for ops := warmupOps; spent < enough; ops *= 2 {
		batch, err := c.Run(ctx, realm, ops)
		if err != nil {
			return speed{}, err
		}
		s.each = max(1, batch.Elapsed/time.Duration(ops))
		// Not always the largest size: from some 16,000 rejections in a batch on, Node.js 11
		// takes a hundred times as long for each.
		if s.fastest == 0 || s.each < s.fastest {
			s.fastest = s.each
		}
		// Eight times: it may get faster yet, and with few operations, which
		// leave less garbage, faster still.
		s.least = 8 * leastSteps * batch.Resolution
		spent += batch.Elapsed
	}
	if m.speeds == nil {
		m.speeds = map[string]speed{}
	}
	m.speeds[c.Name()] = s
	return s, nil
}

// bound ends a context when the meter's time is up.
func (m *Meter) bound(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, m.Timeout, fmt.Errorf("timed out after %v (--timeout)", m.Timeout))
}
