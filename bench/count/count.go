// Package count counts the instructions that a benchmark executes: user-mode
// instructions of the worker's process, per operation.
//
// Time depends on where the linker puts functions, on what else the machine does
// and on its clock; the number of instructions does not. What it can't see is how
// long an instruction takes: a cache miss, or a page of memory that the kernel
// has to find. So it stands beside time, bytes and allocations, not in their place.
//
// A worker is started under something that counts, and counts a whole process:
// the processor itself where its counters can be had (Linux, perf_event_open(2)),
// and else valgrind's tool cachegrind, which interprets the program. What one
// operation takes is the difference of two fresh processes that run different
// numbers of operations, so that start-up cancels.
//
// README.md in this folder has the noise, and where it comes from.
package count

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"promisebench/bench"
	"promisebench/engines"
	"promisebench/engines/worker"
)

const (
	// enough is about the number of instructions between the two numbers of
	// operations, with start-up counted in, which makes it too large by up to a half.
	// Most of the noise is a few 100,000 instructions a process, whatever it does, so
	// that a count has a standard deviation of 0.1%.
	enough = 600e6
	// injectable is what the number of operations is a multiple of, so that half a
	// percent of it is a whole number.
	injectable = 200
	// warmupOps are run by the shorter of the two processes, or a window's worth if
	// that is more: what happens once is over then.
	warmupOps = 100
	// keptLines is how many of the last lines of a counter are told when it fails.
	keptLines = 12
)

// environment is what Go programs are counted with. Garbage is not collected in
// the course of a batch, which would be done a bit sooner or later each time; the
// limit is for batches that allocate too much for that. Nothing is preempted by
// signals, which come by the clock.
func environment() []string {
	return []string{"GOMAXPROCS=1", "GOGC=off", "GOMEMLIMIT=2GiB", "GODEBUG=asyncpreemptoff=1"}
}

// A Counter counts instructions. It is safe for concurrent use: what runs at the
// same time does not change a count.
type Counter struct {
	how string
	// jit says that it counts what programs compile while they run, too.
	jit bool
	// wrap makes of a command one that does the same and leaves in a file how many
	// instructions that took; read finds the number there.
	wrap func(c worker.Command, file string) worker.Command
	read func(text string) (float64, error)

	mu    sync.Mutex
	sizes map[string]int // see size
}

// How says what counts: "processor", or a version such as "valgrind 3.19.0".
// Numbers that were counted in different ways are not to be compared.
func (c *Counter) How() string { return c.how }

// Find finds a way to count on this machine: the processor's counters, or else
// valgrind on the PATH. self starts a process that calls [Main] with the arguments
// that are added to it. Where there is neither, the error wraps
// [errors.ErrUnsupported] and says why, and how to get the latter.
func Find(ctx context.Context, self worker.Command) (*Counter, error) {
	none := probe(Instructions)
	if none == nil {
		return processor(self), nil
	}
	c, err := findValgrind(ctx)
	if err != nil {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		return nil, engines.Unsupported{Why: fmt.Sprintf("instructions can't be counted: the processor's counters: %v; %v", none, err)}
	}
	return c, nil
}

// processor returns the counter of what the processor tells.
func processor(self worker.Command) *Counter {
	return &Counter{how: "processor", jit: true, read: readCount, wrap: func(c worker.Command, file string) worker.Command {
		c.Args = append(append(append([]string(nil), self.Args...), file, c.Path), c.Args...)
		c.Path = self.Path
		c.Env = append(append([]string(nil), self.Env...), c.Env...)
		return c
	}}
}

// PerOp returns how many instructions one operation of a cell takes. The cell's
// engine must be one that runs in processes of its own, a [worker.Wrapper]. slowdown,
// from 0 to 1, is how many operations are run beyond those that are counted: 0.02 for
// 2% more, to see whether that is found. An error that wraps [errors.ErrUnsupported]
// is a reason to skip.
func (c *Counter) PerOp(ctx context.Context, cell bench.Cell, slowdown float64) (float64, error) {
	if err := c.Counts(cell.Engine); err != nil {
		return 0, err
	}
	engine, _ := engines.As[worker.Wrapper](cell.Engine)
	return c.difference(ctx, cell, engine, 0, slowdown)
}

// Counts returns nil if the instructions of all the engines can be counted, and else
// an error that wraps [errors.ErrUnsupported] and says why not.
func (c *Counter) Counts(list ...engines.Engine) error {
	for _, e := range list {
		why := ""
		if _, ok := engines.As[worker.Wrapper](e); !ok {
			why = "only what runs in a process of its own can be counted"
		} else if jit, ok := engines.As[engines.JustInTime](e); ok && jit.CompilesJustInTime() && !c.jit {
			why = "it compiles while it runs, and " + c.how + " would count what it makes of that"
		}
		if why != "" {
			return &engines.Error{Engine: e.Name(), Err: engines.Unsupported{Why: why}}
		}
	}
	return nil
}

// difference returns the instructions of an operation from two processes, of which
// one runs so many operations more, and what the slowdown adds to these. With 0
// operations it is the cell's size.
func (c *Counter) difference(ctx context.Context, cell bench.Cell, engine worker.Wrapper, ops int, slowdown float64) (float64, error) {
	first := max(warmupOps, cell.Window)
	few, err := c.process(ctx, cell, engine, first)
	if err != nil {
		return 0, err
	}
	if ops == 0 {
		ops = c.size(cell.Name(), few/float64(first))
	}
	many, err := c.process(ctx, cell, engine, first+ops+int(math.Round(slowdown*float64(ops))))
	if err != nil {
		return 0, err
	}
	if many <= few {
		return 0, fmt.Errorf("%s: %s counted %.0f instructions for %d operations and %.0f for %d", cell.Engine.Name(), c.how, few, first, many, first+ops)
	}
	return (many - few) / float64(ops), nil
}

// size returns how many operations more the longer process of a cell runs, the same
// on both sides of a comparison: who asks first says what an operation takes, start-up
// and all.
func (c *Counter) size(name string, each float64) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.sizes == nil {
		c.sizes = map[string]int{}
	}
	if c.sizes[name] == 0 {
		c.sizes[name] = injectable * max(1, int(math.Round(enough/each/injectable)))
	}
	return c.sizes[name]
}

// process counts a process that runs a batch of operations.
func (c *Counter) process(ctx context.Context, cell bench.Cell, engine worker.Wrapper, ops int) (n float64, err error) {
	dir, err := os.MkdirTemp("", "promisebench-count-")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	file := filepath.Join(dir, "count")
	cell.Engine = engine.Wrapped(func(command worker.Command) worker.Command {
		command.Env = append(append([]string(nil), command.Env...), environment()...)
		return c.wrap(command, file)
	})
	err = run(ctx, cell, ops)
	text, missing := os.ReadFile(file)
	if err == nil && missing == nil {
		n, err = c.read(string(text))
	}
	if err == nil && missing != nil {
		err = errors.New("it left no count behind")
	}
	if err == nil {
		return n, nil
	}
	if said := lastLines(string(text)); said != "" {
		return 0, fmt.Errorf("%s: counted by %s: %w; it says:\n%s", cell.Engine.Name(), c.how, err, said)
	}
	return 0, fmt.Errorf("%s: counted by %s: %w", cell.Engine.Name(), c.how, err)
}

// run runs a batch in a process of its own, which has ended then. What await means
// there is proven where time is measured.
func run(ctx context.Context, cell bench.Cell, ops int) error {
	realm, err := cell.OpenUnproven(ctx)
	if err != nil {
		return err
	}
	_, err = cell.Run(ctx, realm, ops)
	return errors.Join(err, realm.Close())
}

// lastLines returns the end of what a counter says.
func lastLines(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.ToValidUTF8(strings.Join(lines[max(0, len(lines)-keptLines):], "\n"), "�")
}
