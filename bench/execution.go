package bench

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"promisebench/bench/quiet"
	"promisebench/engines"
)

// leastBatches is how many batches a process has even if they are long.
const leastBatches = 5

// An Execution is what comes of a cell in one process ("process execution" in E.
// Barrett et al., OOPSLA 2017): several batches, which take turns with those of
// other executions that live at the same time. It is not safe for concurrent use.
type Execution struct {
	// Outcome is what came of it. Its Cell is set before; after an error nothing
	// more is done.
	Outcome
	// Ops is the number of operations of a batch, and Counted as how many they
	// count.
	Ops, Counted int
	// Most is how many batches there are; fewer, but at least leastBatches, if they
	// have run for Limit, unless that is 0.
	Most  int
	Limit time.Duration
	// Timeout bounds what the execution takes itself; the turns of others do not
	// count.
	Timeout time.Duration

	realm   engines.Realm
	cpu     int  // where its process is,
	brought bool // if that was moved
	samples []engines.Sample
	spent   time.Duration // by all of it
	ran     time.Duration // by batches
}

// Open starts the process. open is one of the cell's functions for that.
func (e *Execution) Open(ctx context.Context, open func(context.Context) (engines.Realm, error)) {
	e.do(ctx, func(ctx context.Context) (err error) {
		e.realm, err = open(ctx)
		return err
	})
}

// do calls f, if nothing went wrong before, and keeps its error.
func (e *Execution) do(ctx context.Context, f func(context.Context) error) {
	if e.Err != nil {
		return
	}
	ctx, cancel := context.WithTimeoutCause(ctx, e.Timeout-e.spent, fmt.Errorf("timed out after %v (--timeout)", e.Timeout))
	defer cancel()
	start := time.Now()
	e.Err = f(ctx)
	e.spent += time.Since(start)
}

// batch runs a batch, on a CPU that is quiet if there is one, and keeps its time.
func (e *Execution) batch(ctx context.Context, cpu *quiet.CPU) {
	e.do(ctx, func(context.Context) error { return e.settle(cpu) })
	e.do(ctx, func(ctx context.Context) error {
		s, err := e.Cell.RunTimed(ctx, e.realm, e.Ops)
		if err != nil {
			return err
		}
		e.ran += s.Elapsed
		e.samples = append(e.samples, s)
		e.Batches = append(e.Batches, float64(s.Elapsed.Nanoseconds())/float64(e.Counted))
		return nil
	})
}

// isChild reports whether it runs in a process of its own.
func (e *Execution) isChild() bool {
	_, ok := e.realm.(engines.Child)
	return ok
}

// settle brings the process to where it will be disturbed least.
func (e *Execution) settle(cpu *quiet.CPU) error {
	if cpu == nil || !e.isChild() {
		return nil
	}
	to, err := cpu.Settle()
	if err != nil || e.brought && to == e.cpu {
		return err
	}
	e.cpu, e.brought = to, true
	// Other threads of an engine that compiles help it from elsewhere.
	return quiet.Bring(e.realm.(engines.Child).PID(), to, !engines.Compiles(e.Cell.Engine))
}

// enough reports whether nothing more is to be run.
func (e *Execution) enough() bool {
	n := len(e.Batches)
	return e.Err != nil || n >= e.Most || e.Limit > 0 && n >= leastBatches && e.ran >= e.Limit
}

// TakeTurns runs batches of all executions, each time in another order, until each
// has enough or has failed: partners always one behind the other, so that what the
// machine does falls on all of them. Processes are brought to cpu for their turns, unless
// that is nil.
func TakeTurns(ctx context.Context, list []*Execution, random *rand.Rand, cpu *quiet.CPU) {
	for {
		open := slices.DeleteFunc(slices.Clone(list), (*Execution).enough)
		if len(open) == 0 {
			return
		}
		random.Shuffle(len(open), func(i, j int) { open[i], open[j] = open[j], open[i] })
		first := map[string]int{} // of each group of partners
		for i, e := range slices.Backward(open) {
			first[e.Cell.Partner()] = i
		}
		slices.SortStableFunc(open, func(a, b *Execution) int {
			return first[a.Cell.Partner()] - first[b.Cell.Partner()]
		})
		for _, e := range open {
			e.batch(ctx, cpu)
		}
	}
}

// sum makes the execution's sample of its batches from e.Warmup on, the fastest part
// of them from 0 to 1.
func (e *Execution) sum(fastest float64) {
	if e.Err != nil {
		return
	}
	for _, s := range e.samples[e.Warmup:] {
		e.Sample = e.Sample.Plus(s)
	}
	e.Sample.Elapsed = time.Duration(e.Batches[e.Warmup:].TrimmedMean(fastest) * float64(e.Sample.Ops))
}

// Finish makes the execution's result of its batches from e.Warmup on, the fastest
// part of them from 0 to 1, and counts ticks as the given function does.
func (e *Execution) Finish(ctx context.Context, fastest float64, ticks func(context.Context, engines.Realm) (float64, error)) {
	e.sum(fastest)
	e.do(ctx, func(ctx context.Context) (err error) {
		// Behind the timing, for which it would be a warm-up.
		e.Ticks, err = ticks(ctx, e.realm)
		return err
	})
}

// Close ends the process, if there is one.
func (e *Execution) Close() {
	if e.realm == nil {
		return
	}
	if err := e.realm.Close(); e.Err == nil {
		e.Err = err
	}
	e.realm = nil
}
