// Package check finds out whether engines do with promises and async functions
// what the specification demands. Nothing in it is timed.
//
// Each await mode of an engine is proven by a program whose output depends on
// the meaning of await, and by the ticks of workloads, which were worked out by
// hand. Then the probes run, in the engine's own mode. What was found is data,
// [Results]; JSON, TAP and a document for people are made from it.
package check

import (
	"context"
	"errors"
	"fmt"
	"path"
	"runtime"
	"slices"
	"sync"
	"time"

	"promisebench/bench"
	"promisebench/engines"
	"promisebench/engines/probes"
	"promisebench/workloads"
)

// mostProbeTime is enough for any probe.
const mostProbeTime = 10 * time.Second

// A Checker checks engines.
type Checker struct {
	// Catalog has the engines, and the workloads whose ticks are counted if it
	// is known how many async functions take.
	Catalog bench.Catalog
	Probes  []probes.Probe
	Known   []probes.Defect
	// Timeout is the longest time for one engine and mode, and for one probe
	// unless that is more than 10 seconds.
	Timeout time.Duration
}

// Run checks the engines, as many at a time as there are processors. The
// results are in the engines' order. The only error is the end of ctx.
func (c Checker) Run(ctx context.Context) (Results, error) {
	found := Results{Probes: c.Probes, Engines: make([]Engine, len(c.Catalog.Engines))}
	for _, w := range c.counted() {
		found.Workloads = append(found.Workloads, w.Name)
	}
	var workers sync.WaitGroup
	places := make(chan struct{}, runtime.GOMAXPROCS(0))
	for i, e := range c.Catalog.Engines {
		workers.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			found.Engines[i] = c.engine(ctx, e)
		})
	}
	workers.Wait()
	return found, ctx.Err()
}

// engine checks one engine, until ctx ends.
func (c Checker) engine(ctx context.Context, e engines.Engine) Engine {
	found := Engine{Engine: e}
	e, end := engines.Share(e)
	defer end()
	for _, mode := range engines.AwaitModes() {
		short, cancel := context.WithTimeout(ctx, c.Timeout)
		found.Modes = append(found.Modes, c.Mode(short, e, mode))
		cancel()
	}
	runner := probes.Runner{Known: c.Known, Timeout: min(c.Timeout, mostProbeTime)}
	for _, p := range c.Probes {
		result, err := runner.Run(ctx, e, p)
		if err != nil {
			break // the context's, which Run looks at
		}
		found.Results = append(found.Results, result)
	}
	return found
}

// counted returns the workloads whose ticks are counted.
func (c Checker) counted() []workloads.Workload {
	var list []workloads.Workload
	for _, w := range c.Catalog.Workloads {
		if _, ok := expected(w.Variants[0], engines.Optimized); ok {
			list = append(list, w)
		}
	}
	return list
}

// style is the one whose ticks are counted.
const style = "async"

// expected returns the ticks worked out for one operation of v in that style.
func expected(v workloads.Variant, mode engines.AwaitMode) (int, bool) {
	ticks, ok := v.Ticks[workloads.TickCase{Style: style, Await: string(mode)}]
	return ticks, ok
}

// Mode proves mode in e.
func (c Checker) Mode(ctx context.Context, e engines.Engine, mode engines.AwaitMode) Mode {
	m := Mode{Await: mode, Source: e.Await(mode)}
	m.Err = c.prove(ctx, e, &m)
	switch {
	case errors.Is(m.Err, errors.ErrUnsupported) && m.Source == engines.InertFlag:
		m.Verdict = InertFlag
	case errors.Is(m.Err, errors.ErrUnsupported):
		m.Verdict = NotAvailable
	case m.Err != nil:
		m.Verdict = Wrong
	case m.SkipsTicks:
		m.Verdict = SkipsTicks
	default:
		m.Verdict = OK
	}
	return m
}

// prove fills m in, as far as it comes.
func (c Checker) prove(ctx context.Context, e engines.Engine, m *Mode) error {
	realm, err := e.Open(ctx, engines.Options{Await: m.Await})
	if err != nil {
		return err
	}
	defer realm.Close()
	if m.Order, err = engines.ProbeAwait(ctx, realm); err != nil {
		return err
	}
	if want := engines.AwaitOrder(m.Await); m.Order != want {
		return fmt.Errorf("%s: the order program logged %q, want %q for await=%s", e.Name(), m.Order, want, m.Await)
	}
	adoption, err := engines.ProbeAdoption(ctx, realm)
	if err != nil {
		return err
	}
	m.SkipsTicks = adoption < engines.SpecifiedAdoption
	var wrong error // all that is
	if m.SkipsTicks != (m.Source == engines.SkipsTicks) {
		wrong = fmt.Errorf("%s: adopting a promise takes %d ticks, the specification has %d", e.Name(), adoption, engines.SpecifiedAdoption)
	}
	if m.AsyncStack, err = engines.ProbeAsyncStack(ctx, realm); err != nil {
		wrong = errors.Join(wrong, err)
	}
	for _, w := range c.counted() {
		t, err := count(ctx, w, e, m.Await)
		m.Ticks = append(m.Ticks, t)
		wrong = errors.Join(wrong, err)
	}
	return wrong
}

// count counts the ticks of operation 0 of w.
func count(ctx context.Context, w workloads.Workload, e engines.Engine, mode engines.AwaitMode) (Ticks, error) {
	c := bench.Cell{
		Workload: w, Variant: w.Variants[0], Await: mode, Engine: e,
		Setup: bench.Setup{Window: bench.DefaultWindow},
	}
	for _, s := range workloads.Styles() {
		if s.Name == style {
			c.Style = s
		}
	}
	t := Ticks{Workload: w.Name}
	t.Want, _ = expected(c.Variant, mode)
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
	if t.Got != t.Want && e.Await(mode) != engines.SkipsTicks {
		return t, fmt.Errorf("%s: one operation took %d ticks, want %d", c.Name(), t.Got, t.Want)
	}
	return t, nil
}

// Select returns the probes that match one of the patterns, as of [path.Match],
// or all without any. A pattern that matches none is an error.
func Select(all []probes.Probe, patterns []string) ([]probes.Probe, error) {
	if len(patterns) == 0 {
		return all, nil
	}
	chosen := map[string]bool{}
	for _, pattern := range patterns {
		found := false
		for _, p := range all {
			ok, err := path.Match(pattern, p.Name)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", pattern, err)
			}
			if ok {
				chosen[p.Name], found = true, true
			}
		}
		if !found {
			return nil, fmt.Errorf("unknown probe %q: names look like %s", pattern, all[0].Name)
		}
	}
	return slices.DeleteFunc(slices.Clone(all), func(p probes.Probe) bool { return !chosen[p.Name] }), nil
}
