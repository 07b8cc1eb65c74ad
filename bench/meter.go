package bench

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"time"

	"promisebench/engines"
)

// TickOps is the number of operations, the first ones, over which ticks/op is
// averaged.
const TickOps = 20

// warmupOps run before the clock starts: caches fill, the Go heap grows to
// the workload's size, and their time says how many operations to measure.
const warmupOps = 200

// leastSteps is how many steps of the engine's clock a sample must take, so
// that the clock's resolution is an error of at most 0.1 %.
const leastSteps = 1000

// A Meter takes samples. Each sample comes from a realm of its own. It is not
// safe for concurrent use.
type Meter struct {
	// Time is about how long the operations of a sample take together.
	Time time.Duration
	// Timeout bounds everything that one sample takes.
	Timeout time.Duration

	ops map[string]int // operations a sample, by cell name
}

// An Outcome is what came of measuring a cell: a sample, a skip with its
// reason, or a failure.
type Outcome struct {
	Cell Cell
	// Sample and Ticks are meaningful if Err is nil.
	Sample engines.Sample
	// Ticks is the mean number of microtask ticks of one operation.
	Ticks float64
	// Err is a failure, or a skip if it wraps [errors.ErrUnsupported].
	Err error
}

// Skipped reports whether the engine can't do what the cell asks.
func (o Outcome) Skipped() bool { return errors.Is(o.Err, errors.ErrUnsupported) }

// Measure takes one sample of c.
func (m *Meter) Measure(ctx context.Context, c Cell) Outcome {
	ctx, cancel := context.WithTimeoutCause(ctx, m.Timeout, fmt.Errorf("no end after %v (--timeout)", m.Timeout))
	defer cancel()
	o := Outcome{Cell: c}
	o.Sample, o.Ticks, o.Err = m.measure(ctx, c)
	return o
}

func (m *Meter) measure(ctx context.Context, c Cell) (s engines.Sample, ticks float64, err error) {
	realm, err := c.Open(ctx)
	if err != nil {
		return s, 0, err
	}
	defer func() { err = errors.Join(err, realm.Close()) }()
	warmup, err := realm.Run(ctx, c.Batch(warmupOps))
	if err != nil {
		return s, 0, err
	}
	if ticks, err = c.MeanTicks(ctx, realm); err != nil {
		return s, 0, err
	}
	ops, known := m.ops[c.Name()]
	if !known {
		// The same for all samples that this meter takes of a cell; at least
		// a window's worth, or the window would never be full.
		ops = max(c.Window, int(math.Ceil(float64(warmup.Ops)*m.Time.Seconds()/warmup.Elapsed.Seconds())))
		if m.ops == nil {
			m.ops = map[string]int{}
		}
		m.ops[c.Name()] = ops
	}
	batch := c.Batch(ops)
	// Every sample starts with an empty heap: else it would pay for the
	// garbage of the cell that happened to run before.
	runtime.GC()
	s, err = realm.Run(ctx, batch)
	if err == nil && s.Elapsed < leastSteps*s.Resolution {
		err = fmt.Errorf("%s: %d operations took %v, too short for its clock, which moves in steps of %v: use a longer --time",
			c.Engine.Name(), ops, s.Elapsed, s.Resolution)
	}
	return s, ticks, err
}

// Batch returns a batch of the first ops operations with the sum that the
// workload's Go code computes for them.
func (c Cell) Batch(ops int) engines.Batch {
	return engines.Batch{Ops: ops, Window: c.Window, Checksum: c.Variant.Checksum(ops)}
}

// MeanTicks returns the mean ticks of the first [TickOps] operations, which it
// runs in realm one at a time. It is an error if the first one takes other
// ticks than were worked out by hand: a result can be right although somebody
// did not wait for it, but then the ticks are wrong.
func (c Cell) MeanTicks(ctx context.Context, realm engines.Realm) (float64, error) {
	ticks, err := engines.Ticks(ctx, realm, TickOps)
	if err != nil {
		return 0, err
	}
	want, known := c.Variant.Ticks[c.Style.Name+"/"+string(c.Await)]
	if known && ticks[0] != want && c.Engine.Await(engines.Optimized) != engines.SkipsTicks {
		return 0, fmt.Errorf("%s: operation 0 took %d ticks, by the specification it is %d", c.Engine.Name(), ticks[0], want)
	}
	sum := 0
	for _, n := range ticks {
		sum += n
	}
	return float64(sum) / TickOps, nil
}
