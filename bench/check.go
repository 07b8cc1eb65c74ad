package bench

import (
	"context"
	"errors"
	"fmt"

	"promisebench/engines"
	"promisebench/workloads"
)

// A Check is what the probes found in one engine under one await mode.
type Check struct {
	Engine engines.Engine
	Await  engines.AwaitMode
	// Order is what the order program logged.
	Order string
	// SkipsTicks says that promises adopt one another in fewer ticks than the
	// specification allows: the Node 8 bug.
	SkipsTicks bool
	// AsyncStack says that errors' stacks show async callers.
	AsyncStack bool
	// Ticks is how long one operation of each workload took in style async.
	Ticks []TickCheck
	// Err tells everything that is wrong, and is nil if all is as it must be.
	// It wraps [errors.ErrUnsupported] if the engine can't offer the mode.
	Err error
}

// A TickCheck compares a tick count with the one worked out by hand.
type TickCheck struct {
	Workload  string
	Got, Want int
}

// CheckedWorkloads returns the workloads whose ticks a [Check] counts: those
// for which the count of style async was worked out.
func (cat Catalog) CheckedWorkloads() []workloads.Workload {
	var list []workloads.Workload
	for _, w := range cat.Workloads {
		if _, ok := w.Variants[0].Ticks["async/"+string(engines.Optimized)]; ok {
			list = append(list, w)
		}
	}
	return list
}

// Check probes e under mode.
func (cat Catalog) Check(ctx context.Context, e engines.Engine, mode engines.AwaitMode) Check {
	c := Check{Engine: e, Await: mode}
	realm, err := e.Open(ctx, engines.Options{Await: mode})
	if err != nil {
		c.Err = err
		return c
	}
	defer realm.Close()
	if c.Order, c.Err = engines.ProbeAwait(ctx, realm); c.Err != nil {
		return c
	}
	if want := engines.AwaitOrder(mode); c.Order != want {
		c.Err = fmt.Errorf("%s: the order program logged %q, want %q for await=%s", e.Name(), c.Order, want, mode)
		return c
	}
	adoption, err := engines.ProbeAdoption(ctx, realm)
	if err != nil {
		c.Err = err
		return c
	}
	c.SkipsTicks = adoption < engines.SpecifiedAdoption
	if known := e.Await(mode) == engines.SkipsTicks; c.SkipsTicks != known {
		c.Err = fmt.Errorf("%s: adopting a promise takes %d ticks, the specification has %d", e.Name(), adoption, engines.SpecifiedAdoption)
	}
	if c.AsyncStack, err = engines.ProbeAsyncStack(ctx, realm); err != nil {
		c.Err = errors.Join(c.Err, err)
	}
	for _, w := range cat.CheckedWorkloads() {
		for _, s := range workloads.Styles() {
			if s.Name != "async" {
				continue
			}
			tick, err := checkTicks(ctx, Cell{w, w.Variants[0], s, mode, e, Setup{Window: DefaultWindow}})
			c.Ticks = append(c.Ticks, tick)
			c.Err = errors.Join(c.Err, err)
		}
	}
	return c
}

// checkTicks counts the ticks of operation 0 of a cell.
func checkTicks(ctx context.Context, c Cell) (TickCheck, error) {
	t := TickCheck{Workload: c.Workload.Name, Want: c.Variant.Ticks[c.Style.Name+"/"+string(c.Await)]}
	realm, err := c.Open(ctx)
	if err != nil {
		return t, fmt.Errorf("%s: %w", c.Name(), err)
	}
	defer realm.Close()
	ticks, err := engines.Ticks(ctx, realm, 1)
	if err != nil {
		return t, fmt.Errorf("%s: %w", c.Name(), err)
	}
	t.Got = ticks[0]
	if t.Got != t.Want && c.Engine.Await(c.Await) != engines.SkipsTicks {
		return t, fmt.Errorf("%s: one operation took %d ticks, want %d", c.Name(), t.Got, t.Want)
	}
	return t, nil
}
