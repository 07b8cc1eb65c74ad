package bench

import (
	"context"
	"fmt"
	"maps"
	"time"
)

// A Named thing has a name in the output: a [Cell], or a benchmark of another
// kind.
type Named interface{ Name() string }

// Rounds is a plan to take Rounds samples of each of some benchmarks, round by
// round. It knows nothing of what a sample is.
type Rounds[C Named] struct {
	Cells  []C
	Rounds int
	Seed   uint64
	// Done is the number of samples there are already, by name; a resumed run
	// takes only the others.
	Done map[string]int
	// Ended holds the names of benchmarks that failed or were skipped and are
	// not tried again.
	Ended map[string]bool
	// Progress, if not nil, is told of each outcome, after it was written.
	Progress func(Progress)
	// Sample takes one sample, or says in the record why it can't.
	Sample func(ctx context.Context, c C) Record
}

// Progress says how far a run has come.
type Progress struct {
	// Name is of the benchmark whose outcome came last, and Err its error.
	Name string
	Err  error
	// Finished of Total samples are there, including those of an earlier run.
	Finished, Total int
	// Left is an estimate of the time that the others will take.
	Left time.Duration
}

// Skipped reports whether the last outcome was a skip.
func (p Progress) Skipped() bool { return skipped(p.Err) }

// A Summary counts the outcomes of a run.
type Summary struct{ Samples, Skips, Failures int }

// Do carries the plan out and hands on each record as it comes. A benchmark that
// fails or is skipped is not tried in later rounds; the others are. The error
// says that ctx ended, or is write's; what was written before stands.
func (r *Rounds[C]) Do(ctx context.Context, write func(Record) error) (Summary, error) {
	var sum Summary
	ended := map[string]bool{}
	maps.Copy(ended, r.Ended)
	// planned counts a cell's turns so far, to tell which are done already.
	planned := map[string]int{}
	finished, total := 0, r.Rounds*len(r.Cells)
	var spent time.Duration
	for round := range r.Rounds {
		for _, c := range Round(r.Cells, r.Seed, round) {
			name := c.Name()
			planned[name]++
			if planned[name] <= r.Done[name] || ended[name] {
				finished++
				continue
			}
			start := time.Now()
			record := r.Sample(ctx, c)
			if err := ctx.Err(); err != nil {
				// A sample that was cut off says nothing about its cell.
				return sum, fmt.Errorf("interrupted: %w", err)
			}
			if err := write(record); err != nil {
				return sum, err
			}
			spent += time.Since(start)
			finished++
			switch {
			case record.Skipped():
				sum.Skips++
			case record.Err != nil:
				sum.Failures++
			default:
				sum.Samples++
			}
			ended[name] = record.Err != nil
			if r.Progress != nil {
				each := spent / time.Duration(sum.Samples+sum.Skips+sum.Failures)
				r.Progress(Progress{name, record.Err, finished, total, each * time.Duration(total-finished)})
			}
		}
	}
	return sum, nil
}
