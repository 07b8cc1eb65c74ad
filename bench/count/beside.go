package count

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"sync"
	"time"

	"golang.org/x/perf/benchfmt"

	"promisebench/bench"
	"promisebench/engines"
	"promisebench/engines/worker"
)

// Beside adds instructions to samples that are measured in another way. Each is
// counted when its sample has been taken, so that counting disturbs no timing, and
// stands in the same line.
//
// A nil Beside adds nothing.
type Beside struct {
	counter *Counter
	timeout time.Duration
	notes   io.Writer
	noted   sync.Map // names of engines
}

// Open finds out how to count. self returns promisebench's binary, of which one command
// counts. Timeout bounds what one count takes. Why something has no instructions is
// written to notes, one line for each engine; where nothing can be counted at all, Open
// returns nil.
func Open(ctx context.Context, self func() (string, error), timeout time.Duration, notes io.Writer) (*Beside, error) {
	path, err := self()
	if err != nil {
		return nil, err
	}
	counter, err := Find(ctx, worker.Command{Path: path, Args: []string{"count"}})
	if errors.Is(err, errors.ErrUnsupported) {
		_, err := fmt.Fprintln(notes, "no instructions/op:", engines.Reason(err))
		return nil, err
	}
	if err != nil {
		return nil, err
	}
	return &Beside{counter: counter, timeout: timeout, notes: notes}, nil
}

// Conditions says how it counts.
func (b *Beside) Conditions() []bench.Condition {
	if b == nil {
		return nil
	}
	return []bench.Condition{{Key: bench.KeyInstructions, Value: b.counter.How()}}
}

// Sample returns a function for [plan.Plan] that samples as the given one does,
// and counts. A cell that can't be counted keeps its other numbers.
func (b *Beside) Sample(sample func(context.Context, []bench.Cell) iter.Seq[bench.Record]) func(context.Context, []bench.Cell) iter.Seq[bench.Record] {
	if b == nil {
		return sample
	}
	return func(ctx context.Context, block []bench.Cell) iter.Seq[bench.Record] {
		return func(yield func(bench.Record) bool) {
			i := 0 // records come in the order of the block
			for r := range sample(ctx, block) {
				if r.Err == nil {
					b.add(ctx, block[i], &r)
				}
				if i++; !yield(r) {
					return
				}
			}
		}
	}
}

func (b *Beside) add(ctx context.Context, cell bench.Cell, r *bench.Record) {
	ctx, cancel := context.WithTimeoutCause(ctx, b.timeout, fmt.Errorf("timed out after %v (--timeout)", b.timeout))
	defer cancel()
	name := cell.Engine.Name()
	n, err := b.counter.PerOp(ctx, cell, 0)
	switch {
	case errors.Is(err, errors.ErrUnsupported):
		if _, noted := b.noted.LoadOrStore(name, true); !noted {
			fmt.Fprintf(b.notes, "%s: no instructions/op: %s\n", name, engines.Reason(err))
		}
	case err != nil:
		r.Err = err
	default:
		r.Values = append(r.Values, benchfmt.Value{Value: math.Round(n), Unit: bench.Instructions})
	}
}
