package main

import (
	"errors"
	"fmt"

	"promisebench/bench"
	"promisebench/bench/cmd/promisebench/app"
	"promisebench/bench/plan"
	"promisebench/bench/progress"
	"promisebench/bench/record"
	verdict "promisebench/report/gate"
)

// output says where results go.
type output struct {
	Out    string `group:"Output" help:"Folder for the results (default: results/run-DATE-TIME)." placeholder:"DIR"`
	Resume bool   `group:"Output" help:"Complete the run in --out (default: the latest in results/), without repeating what is there."`
}

// dir returns the folder of the run.
func (o output) dir(a *app.App) (string, error) {
	switch {
	case o.Out != "":
		return o.Out, nil
	case o.Resume:
		return record.Latest()
	}
	return record.Folder("run", a.Now()), nil
}

// A recording is where and how the records of a plan are written.
type recording struct {
	output
	header bench.Header
	units  string
	// counted is what the records are, such as "samples", and resumable says that
	// the user may interrupt it and go on later.
	counted   string
	resumable bool
}

// carryOut carries a plan out and records it. It returns the run's folder, which
// also holds what there is after an error.
func carryOut[C bench.Named](a *app.App, r recording, todo plan.Plan[C]) (dir string, err error) {
	if dir, err = r.dir(a); err != nil {
		return "", app.Misuse{Err: err}
	}
	run, err := record.Open(record.Options{Dir: dir, Resume: r.Resume, Header: r.header.Conditions(), Units: r.units})
	if err != nil {
		return "", app.Misuse{Err: err}
	}
	defer func() { err = errors.Join(err, run.Close()) }()
	for _, problem := range run.Warnings {
		fmt.Fprintln(a.Stderr, "promisebench: warning:", problem)
	}
	var failures int
	todo.Earlier, todo.Ended, failures = record.Earlier(run, todo.Cells, todo.Unit)
	if failures > 0 {
		fmt.Fprintf(a.Stderr, "%d benchmarks failed in the earlier part of this run and are not tried again\n", failures)
	}
	stop, resume := "Ctrl-C stops", ""
	if r.resumable {
		stop, resume = "Ctrl-C stops, --resume continues", fmt.Sprintf("; continue with: promisebench %s --resume --out %s", a.Args[0], dir)
	}
	amount, counted := fmt.Sprintf("%d rounds", todo.Rounds), r.counted
	total := todo.Rounds * len(todo.Cells) * max(1, todo.Intervals)
	if g := todo.Goal; g != nil {
		amount = fmt.Sprintf("at most %v", g.Budget)
		known := g.Time
		if todo.Partner != nil {
			known = g.Ratio
		}
		counted, total = fmt.Sprintf("known to ±%v", verdict.Percent(known)), len(todo.Cells)
	}
	fmt.Fprintf(a.Stderr, "%d benchmarks, %s → %s (%s)\n", len(todo.Cells), amount, run.Name(), stop)
	p := progress.New(a.Stderr, a.Now, counted, total)
	todo.Progress = p.Show
	sum, err := todo.Do(a.Ctx, run.Log.Record)
	p.End()
	if err != nil {
		return dir, fmt.Errorf("%w\n%s holds what was measured so far%s", err, run.Name(), resume)
	}
	done := r.counted
	if todo.Goal != nil {
		done = fmt.Sprintf("%s, %d of %d benchmarks %s", r.counted, sum.Known, len(todo.Cells), counted)
	}
	fmt.Fprintf(a.Stdout, "%s: %d %s, %d skips, %d failures\n", run.Name(), sum.Samples, done, sum.Skips, sum.Failures)
	if failures += sum.Failures; failures > 0 {
		return dir, app.Failed{Err: fmt.Errorf("%d benchmarks failed; %s says why", failures, run.Name())}
	}
	return dir, nil
}
