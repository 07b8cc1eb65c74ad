package gate

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"promisebench/bench"
	"promisebench/engines"
)

// heapProcesses is how many processes of a side count what an engine allocates that
// compiles while it runs: in the first pair only, and their median stands.
const heapProcesses = 3

// A PairMeter measures pairs of processes. The two processes of a pair are
// fresh, live side by side and take turns batch by batch in random order:
// whatever the machine does meanwhile falls on both, and what remains is the luck
// of a process (where its memory lies, how its hash tables are seeded), which
// only more pairs average out. RATIONALE.md of package report/gate has the
// experiment that this design comes from.
//
// It is not safe for concurrent use.
type PairMeter struct {
	// Time is about how long a batch takes.
	Time time.Duration
	// Warmup batches of each process are left out at the beginning.
	Warmup int
	// Life is about how long the others take together.
	Life time.Duration
	// Timeout bounds everything that one pair takes.
	Timeout time.Duration
	// Inject is a known slowdown of head from 0 to 1, 0.02 for 2%, which shows
	// whether it is found: head really does so many more operations than are
	// counted.
	Inject float64
	// Random decides who goes first, pair by pair and batch by batch.
	Random *rand.Rand

	meter   bench.Meter     // for the sizes of batches
	counted map[string]bool // base's cells that have B/op, by name
}

// keptFraction is the part of a process's batches, the fastest ones, whose mean
// is its result. What interrupts a batch makes it slower, never faster, and lasts
// for some batches.
const keptFraction = 0.4

// injectable is what the number of operations of a batch is a multiple of, so
// that a whole number of operations is one percent of it.
const injectable = 100

// Pair takes one pair of samples of a benchmark, one by [Side]. Each has an error
// of its own.
func (m *PairMeter) Pair(ctx context.Context, b Benchmark) [2]bench.Outcome {
	ctx, cancel := context.WithTimeoutCause(ctx, m.Timeout, fmt.Errorf("timed out after %v (--timeout)", m.Timeout))
	defer cancel()
	pair := [2]bench.Outcome{{Cell: b[Base]}, {Cell: b[Head]}}
	m.meter.Time = m.Time
	size, err := m.meter.BatchSize(ctx, b[Base], injectable)
	if err != nil {
		pair[Base].Err = err
		return pair
	}
	batches := max(1, int(m.Life/size.Time))
	slowed := size.Ops + int(float64(size.Ops)*m.Inject+0.5)
	order := []*half{{outcome: &pair[Base], ops: size.Ops, counted: size.Ops}, {outcome: &pair[Head], ops: slowed, counted: size.Ops}}
	failed := func() bool { return pair[Base].Err != nil || pair[Head].Err != nil }
	// The processes are started in random order as well.
	m.shuffle(order)
	for _, h := range order {
		h.realm, h.outcome.Err = h.outcome.Cell.OpenUnproven(ctx)
		if h.outcome.Err != nil {
			break
		}
		defer h.realm.Close()
	}
	for batch := range m.Warmup + batches {
		m.shuffle(order)
		for _, h := range order {
			if !failed() {
				h.outcome.Err = h.run(ctx, batch >= m.Warmup)
			}
		}
	}
	for _, h := range order {
		if !failed() {
			h.outcome.Err = h.finish(ctx, m.Warmup)
		}
	}
	m.countHeap(ctx, &pair, size.Ops)
	return pair
}

// countHeap counts what operations allocate on engines that compile while they run,
// in the first pair. ops is the size of batches. What one side can't tell, the
// other need not: there is nothing to compare it with.
func (m *PairMeter) countHeap(ctx context.Context, pair *[2]bench.Outcome, ops int) {
	if pair[Base].Err != nil || pair[Head].Err != nil {
		return
	}
	if m.counted == nil {
		m.counted = map[string]bool{}
	}
	name := pair[Base].Cell.Name()
	counted := m.counted[name]
	m.counted[name] = true
	both := pair[Base].Sample.Heap != nil && pair[Head].Sample.Heap != nil
	for side := range pair {
		o := &pair[side]
		if !both || engines.Compiles(o.Cell.Engine) && counted {
			o.Sample.Heap = nil
			continue
		}
		o.Err = o.CountHeap(ctx, ops, heapProcesses)
	}
}

func (m *PairMeter) shuffle(order []*half) {
	if m.Random.IntN(2) == 0 {
		order[0], order[1] = order[1], order[0]
	}
}

// A half is one process of a pair.
type half struct {
	outcome *bench.Outcome
	realm   engines.Realm
	ops     int // operations of a batch
	counted int // and as how many they count
}

// run runs a batch and keeps its time. What it allocates is kept if it is no
// warm-up.
func (h *half) run(ctx context.Context, counts bool) error {
	o := h.outcome
	s, err := o.Cell.RunTimed(ctx, h.realm, h.ops)
	if err != nil {
		return err
	}
	o.Batches = append(o.Batches, float64(s.Elapsed.Nanoseconds())/float64(h.counted))
	if !counts {
		return nil
	}
	o.Sample = o.Sample.Plus(s)
	return nil
}

// finish makes the process's result of its batches, and counts ticks. They are
// not held to the specification here: how they differ is what is asked.
func (h *half) finish(ctx context.Context, warmup int) (err error) {
	o := h.outcome
	o.Warmup, o.Steady = warmup, true
	o.Sample.Elapsed = time.Duration(o.Batches[warmup:].TrimmedMean(keptFraction) * float64(o.Sample.Ops))
	o.Ticks, _, err = bench.CountTicks(ctx, h.realm)
	return err
}
