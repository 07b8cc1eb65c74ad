package bench

import (
	"context"
	"errors"
	"fmt"

	"promisebench/engines"
)

// TickOps is the number of operations, the first ones, over which ticks/op is
// averaged.
const TickOps = 20

// leastSteps is how many steps of the engine's clock a sample must take, so
// that the clock's resolution is an error of at most 0.1%.
const leastSteps = 1000

// Batch returns a batch of the first ops operations with the sum that the
// workload's Go code computes for them.
func (c Cell) Batch(ops int) engines.Batch {
	return engines.Batch{Ops: ops, Window: c.Window, Checksum: c.Variant.Checksum(ops), Rejects: c.Variant.Rejects}
}

// Run runs a batch of ops operations in realm, which c opened. If operations
// are missing afterwards it runs the batch once more, off the clock, with
// handlers for what nobody expected, that one rejects or throws: which one it was,
// and why, says more than how many never settled.
func (c Cell) Run(ctx context.Context, realm engines.Realm, ops int) (engines.Sample, error) {
	b := c.Batch(ops)
	s, err := realm.Run(ctx, b)
	var wrong *engines.OutcomeError
	if errors.As(err, &wrong) && wrong.Outcome.Settled < ops && !b.Rejects {
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
