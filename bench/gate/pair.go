package gate

import (
	"context"
	"math/rand/v2"
	"time"

	"promisebench/bench"
	"promisebench/engines"
)

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

// kept is the part of a process's batches, the fastest ones, whose mean is its result:
// RATIONALE.md of package report/gate has what other parts make of recorded pairs.
const kept = 0.4

// injectable is what the number of operations of a batch is a multiple of, so
// that a whole number of operations is one percent of it.
const injectable = 100

// Pair takes one pair of samples of a benchmark, one by [Side]. Each has an error
// of its own.
func (m *PairMeter) Pair(ctx context.Context, b Benchmark) [2]bench.Outcome {
	m.meter.Time, m.meter.Timeout = m.Time, m.Timeout
	size, err := m.meter.BatchSize(ctx, b[Base], injectable)
	if err != nil {
		return [2]bench.Outcome{{Cell: b[Base], Err: err}, {Cell: b[Head]}}
	}
	batches := m.Warmup + max(1, int(m.Life/size.Time))
	slowed := size.Ops + int(float64(size.Ops)*m.Inject+0.5)
	var pair [2]*bench.Execution
	for side, ops := range [2]int{size.Ops, slowed} {
		pair[side] = &bench.Execution{Outcome: bench.Outcome{Cell: b[side], Steady: true}, Ops: ops, Counted: size.Ops, Most: batches, Timeout: m.Timeout}
		defer pair[side].Close()
	}
	failed := func() bool { return pair[Base].Err != nil || pair[Head].Err != nil }
	// The processes are started in random order as well.
	for _, side := range m.Random.Perm(2) {
		if !failed() {
			pair[side].Open(ctx, b[side].OpenUnproven)
		}
	}
	if !failed() {
		bench.TakeTurns(ctx, pair[:], m.Random, nil)
	}
	var outcomes [2]bench.Outcome
	for _, e := range pair {
		if !failed() {
			e.Warmup = m.Warmup
			e.Finish(ctx, kept, unheld)
		}
	}
	for side, e := range pair {
		outcomes[side] = e.Outcome
	}
	m.countHeap(ctx, &outcomes, size.Ops)
	return outcomes
}

// unheld counts ticks that are not held to the specification: how they differ is
// what is asked.
func unheld(ctx context.Context, realm engines.Realm) (float64, error) {
	mean, _, err := bench.CountTicks(ctx, realm)
	return mean, err
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
		o.Err = o.CountHeap(ctx, ops)
	}
}
