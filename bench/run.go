package bench

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"time"
)

// A Named thing has a name in the output: a [Cell], or a benchmark of another
// kind.
type Named interface{ Name() string }

// Rounds is a plan to take Rounds samples of each of some benchmarks, round by
// round. It does not depend on what a sample is.
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
	// Progress, if not nil, is called for each record, after it was written.
	Progress func(Progress)
	// Sample takes one sample: it yields one record, a failure or a skip if
	// there is none. A soak yields one record for each interval instead, as soon
	// as it is over.
	Sample func(ctx context.Context, c C) iter.Seq[Record]
	// Intervals is about how many records Sample yields; 0 means one.
	Intervals int
}

// Progress says how far a run has come.
type Progress struct {
	Record // the last one
	// Finished of Total records are there, including those of an earlier run.
	Finished, Total int
	// Left is an estimate of the time that the others will take.
	Left time.Duration
}

// A Summary counts the records of a run.
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
	intervals := max(1, r.Intervals)
	turns, total := 0, r.Rounds*len(r.Cells)*intervals
	var spent time.Duration // on the records that sum counts
	for round := range r.Rounds {
		for _, c := range Round(r.Cells, r.Seed, round) {
			name := c.Name()
			turns++
			planned[name]++
			if planned[name] <= r.Done[name] || ended[name] {
				continue
			}
			start := time.Now()
			taken := 0 // in this turn
			for record := range r.Sample(ctx, c) {
				if err := ctx.Err(); err != nil {
					// A sample that was cut off says nothing about its cell.
					return sum, fmt.Errorf("interrupted: %w", err)
				}
				if err := write(record); err != nil {
					return sum, err
				}
				spent += time.Since(start)
				start = time.Now()
				sum.add(record)
				ended[name] = record.Err != nil
				taken++
				if r.Progress != nil {
					finished := (turns-1)*intervals + min(taken, intervals)
					if ended[name] {
						finished = turns * intervals
					}
					each := spent / time.Duration(sum.Samples+sum.Skips+sum.Failures)
					r.Progress(Progress{record, finished, total, each * time.Duration(total-finished)})
				}
			}
		}
	}
	return sum, nil
}

func (s *Summary) add(r Record) {
	switch {
	case r.Skipped():
		s.Skips++
	case r.Err != nil:
		s.Failures++
	default:
		s.Samples++
	}
}
