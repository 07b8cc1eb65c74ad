package bench

import (
	"context"
	"fmt"
	"maps"
	"time"
)

// A Run is a plan to take Rounds samples of each cell, round by round.
type Run struct {
	Cells  []Cell
	Rounds int
	Seed   uint64
	Meter  *Meter
	// Done is the number of samples there are already, by cell name; a
	// resumed run takes only the others.
	Done map[string]int
	// Ended holds the names of cells that failed or were skipped and are not
	// tried again.
	Ended map[string]bool
	// Progress, if not nil, is told of each outcome, after it was written.
	Progress func(Progress)
}

// Progress says how far a run has come.
type Progress struct {
	Outcome Outcome
	// Finished of Total samples are there, including those of an earlier run.
	Finished, Total int
	// Left is an estimate of the time that the others will take.
	Left time.Duration
}

// A Summary counts the outcomes of a run.
type Summary struct{ Samples, Skips, Failures int }

// Do carries the plan out and logs each outcome as it comes. A cell that fails
// or is skipped is not tried in later rounds; the others go on. The error says
// that ctx ended or that the log can't be written; what was logged stands.
func (r *Run) Do(ctx context.Context, log *Log) (Summary, error) {
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
			o := r.Meter.Measure(ctx, c)
			if err := ctx.Err(); err != nil {
				// A sample that was cut off says nothing about its cell.
				return sum, fmt.Errorf("interrupted: %w", err)
			}
			if err := log.Outcome(o); err != nil {
				return sum, err
			}
			spent += time.Since(start)
			finished++
			switch {
			case o.Skipped():
				sum.Skips++
			case o.Err != nil:
				sum.Failures++
			default:
				sum.Samples++
			}
			ended[name] = o.Err != nil
			if r.Progress != nil {
				each := spent / time.Duration(sum.Samples+sum.Skips+sum.Failures)
				r.Progress(Progress{o, finished, total, each * time.Duration(total-finished)})
			}
		}
	}
	return sum, nil
}
