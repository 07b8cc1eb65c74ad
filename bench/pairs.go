package bench

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"promisebench/engines"
)

// A Pair is what came of measuring one cell on both sides of a comparison at
// the same time. Each side has an outcome of its own.
type Pair struct{ Base, Head Outcome }

// A Duel measures two builds of an engine against each other, in pairs. A pair
// is two fresh processes, one a side, that live side by side and take turns
// batch by batch in random order: whatever the machine does meanwhile falls on
// both, and what remains is the luck of a process (where its memory lies, how
// its hash tables are seeded), which only more pairs average out. RATIONALE.md
// of package report/gate has the experiment that this design comes from.
//
// It is not safe for concurrent use.
type Duel struct {
	// Time is about how long a batch takes.
	Time time.Duration
	// Warmup batches of each process are left out at the beginning.
	Warmup int
	// Life is about how long the others take together.
	Life time.Duration
	// Timeout bounds everything that one pair takes.
	Timeout time.Duration
	// Inject is a known slowdown of head, 0.02 for 2 %, which shows whether it
	// is found: head really does so many more operations than are counted.
	Inject float64
	// Random decides who goes first, pair by pair and batch by batch.
	Random *rand.Rand

	meter Meter // knows how large a batch is
}

// kept is the part of a process's batches, the fastest ones, whose mean is its
// result. What interrupts a batch makes it slower, never faster, and lasts for
// some batches.
const kept = 0.4

// injectable is what the number of operations of a batch is a multiple of, so
// that a whole number of operations is one percent of it.
const injectable = 100

// Pair takes one pair of samples. The two cells differ in nothing but what is
// to be compared, which is behind their engines, and have the same name.
func (d *Duel) Pair(ctx context.Context, base, head Cell) Pair {
	ctx, cancel := context.WithTimeoutCause(ctx, d.Timeout, fmt.Errorf("no end after %v (--timeout)", d.Timeout))
	defer cancel()
	p := Pair{Outcome{Cell: base}, Outcome{Cell: head}}
	d.meter.Time = d.Time
	size, err := d.meter.batchSize(ctx, base, injectable)
	if err != nil {
		p.Base.Err = err
		return p
	}
	batches := max(1, int(d.Life/size.time))
	// The order of births is random as well.
	order := []*lap{{outcome: &p.Base, ops: size.ops, count: size.ops}, {outcome: &p.Head, ops: size.ops, count: size.ops}}
	order[1].ops += int(float64(size.ops)*d.Inject + 0.5)
	d.shuffle(order)
	for _, l := range order {
		l.realm, l.outcome.Err = l.outcome.Cell.open(ctx, false)
		if l.outcome.Err != nil {
			break
		}
		defer l.realm.Close()
	}
	for batch := range d.Warmup + batches {
		d.shuffle(order)
		for _, l := range order {
			if p.Base.Err == nil && p.Head.Err == nil {
				l.outcome.Err = l.run(ctx, batch >= d.Warmup)
			}
		}
	}
	for _, l := range order {
		if p.Base.Err == nil && p.Head.Err == nil {
			l.outcome.Err = l.finish(ctx, d.Warmup)
		}
	}
	return p
}

func (d *Duel) shuffle(order []*lap) {
	if d.Random.IntN(2) == 0 {
		order[0], order[1] = order[1], order[0]
	}
}

// A lap is one side of a pair while it runs.
type lap struct {
	outcome *Outcome
	realm   engines.Realm
	ops     int // operations that a batch has
	count   int // and those that count
}

// run runs a batch and keeps its time. What it allocates is kept if it counts
// already.
func (l *lap) run(ctx context.Context, counts bool) error {
	o := l.outcome
	s, err := o.Cell.Run(ctx, l.realm, l.ops)
	if err == nil {
		err = longEnough(o.Cell, s)
	}
	if err != nil {
		return err
	}
	o.Batches = append(o.Batches, float64(s.Elapsed.Nanoseconds())/float64(l.count))
	if !counts {
		return nil
	}
	o.Sample.Ops += s.Ops
	if s.Heap != nil {
		if o.Sample.Heap == nil {
			o.Sample.Heap = new(engines.Heap)
		}
		o.Sample.Heap.Bytes += s.Heap.Bytes
		o.Sample.Heap.Objects += s.Heap.Objects
	}
	return nil
}

// finish makes the process's result of its batches, and counts ticks. They are
// not held to the specification here: how they differ is what is asked.
func (l *lap) finish(ctx context.Context, warmup int) (err error) {
	o := l.outcome
	o.Warmup, o.Steady = warmup, true
	o.Sample.Elapsed = time.Duration(o.Batches[warmup:].TrimmedMean(kept) * float64(o.Sample.Ops))
	ticks, err := engines.Ticks(ctx, l.realm, TickOps)
	if err != nil {
		return err
	}
	o.Ticks = mean(ticks)
	return nil
}
