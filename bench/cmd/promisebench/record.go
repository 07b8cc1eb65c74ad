package main

import (
	"errors"
	"fmt"

	"promisebench/bench"
	"promisebench/bench/progress"
	"promisebench/bench/record"
	"promisebench/engines"
)

// output says where results go.
type output struct {
	Out    string `group:"Output" help:"Folder for the results (default: results/run-DATE-TIME)." placeholder:"DIR"`
	Resume bool   `group:"Output" help:"Complete the run in --out (default: the latest in results/), without repeating what is there."`
}

// dir returns the folder of the run.
func (o output) dir(a *app) (string, error) {
	switch {
	case o.Out != "":
		return o.Out, nil
	case o.Resume:
		return record.Latest()
	}
	return record.Folder("run", a.now()), nil
}

// header returns what stands above the results: own are the command's conditions.
func (a *app) header(own []bench.Condition, list []engines.Engine) bench.Header {
	return bench.Header{Host: bench.Host(a.root), Commit: bench.Commit(), Own: own, Engines: list, Date: a.now(), Command: a.args}
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
func carryOut[C bench.Named](a *app, r recording, plan bench.Rounds[C]) (dir string, err error) {
	if dir, err = r.dir(a); err != nil {
		return "", misuse{err}
	}
	run, err := record.Open(record.Options{Dir: dir, Resume: r.Resume, Header: r.header.Conditions(), Units: r.units})
	if err != nil {
		return "", misuse{err}
	}
	defer func() { err = errors.Join(err, run.Close()) }()
	for _, problem := range run.Warnings {
		fmt.Fprintln(a.stderr, "promisebench: warning:", problem)
	}
	var failures int
	plan.Done, plan.Ended, failures = record.Earlier(run, plan.Cells)
	if failures > 0 {
		fmt.Fprintf(a.stderr, "%d benchmarks failed in the earlier part of this run and are not tried again\n", failures)
	}
	stop, resume := "Ctrl-C stops", ""
	if r.resumable {
		stop, resume = "Ctrl-C stops, --resume continues", fmt.Sprintf("; continue with: promisebench %s --resume --out %s", a.args[0], dir)
	}
	fmt.Fprintf(a.stderr, "%d benchmarks, %d rounds → %s (%s)\n", len(plan.Cells), plan.Rounds, run.Name(), stop)
	p := progress.New(a.stderr, a.now, r.counted, plan.Rounds*len(plan.Cells)*max(1, plan.Intervals))
	plan.Progress = p.Show
	sum, err := plan.Do(a.ctx, run.Log.Record)
	p.End()
	if err != nil {
		return dir, fmt.Errorf("%w\n%s holds what was measured so far%s", err, run.Name(), resume)
	}
	fmt.Fprintf(a.stdout, "%s: %d %s, %d skips, %d failures\n", run.Name(), sum.Samples, r.counted, sum.Skips, sum.Failures)
	if failures += sum.Failures; failures > 0 {
		return dir, failed{fmt.Errorf("%d benchmarks failed; %s says why", failures, run.Name())}
	}
	return dir, nil
}
