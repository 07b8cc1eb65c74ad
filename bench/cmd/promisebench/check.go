package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"promisebench/bench"
	"promisebench/engines"
	"promisebench/engines/probes"
	"promisebench/workloads"
)

type checkCmd struct {
	Engine  []string      `sep:"none" help:"Engines to check: names or patterns such as 'node*', separated by commas, or a build of your own as NAME=PATH,kind=KIND,flags=FLAGS (default: all that are installed)." placeholder:"NAME"`
	Probe   []string      `help:"Probes to run: names or patterns such as 'await/*' (default: all)." placeholder:"NAME"`
	Format  string        `enum:"text,json,tap,markdown" default:"text" help:"How to write what came out: text, json, tap (version 14) or markdown."`
	Timeout time.Duration `help:"Longest time for one engine and mode, and for one probe unless that is more than 10 seconds." default:"30s"`
}

func (*checkCmd) Help() string {
	return `A small program whose output depends on the meaning of await runs in each engine under each await mode, and one operation of each core workload in style async runs alone while its ticks (turns of the microtask queue) are counted. Then the probes run: small programs about promises, async functions, async iteration and modules, each with the one output that the specification allows, in the engine's own await mode and each in a realm of its own.

A probe is "absent" where the engine lacks what it is about, and "known" where its wrong answer is listed for that engine and version (engines/probes/known.go). One that is listed and right is "fixed", and should be taken off the list.

The exit code is 1 if anything else differs from the specification.`
}

// mostProbeTime is enough for any probe; a smaller --timeout counts.
const mostProbeTime = 10 * time.Second

func (c *checkCmd) Run(a *app) error {
	list, err := a.engines(c.Engine, true)
	if err != nil {
		return misuse{err}
	}
	a.catalog = a.catalog.InGroup(workloads.Core) // a column each
	chosen, err := c.probes()
	if err != nil {
		return misuse{err}
	}
	found := findings{Probes: chosen, Conditions: a.checkConditions()}
	for _, w := range a.catalog.CheckedWorkloads() {
		found.Workloads = append(found.Workloads, w.Name)
	}
	if found.Engines, err = c.check(a, list, chosen); err != nil {
		return fmt.Errorf("interrupted: %w", err)
	}
	write := map[string]func(findings, io.Writer) error{
		"text": findings.writeText, "json": findings.writeJSON, "tap": findings.writeTAP, "markdown": findings.writeMarkdown,
	}[c.Format]
	if err := write(found, a.stdout); err != nil {
		return err
	}
	if wrong, all := found.wrong(); wrong > 0 {
		return failed{fmt.Errorf("%d of %d checks went wrong", wrong, all)}
	}
	return nil
}

// probes returns the chosen probes.
func (c *checkCmd) probes() ([]probes.Probe, error) {
	all, err := probes.All()
	if err != nil || len(c.Probe) == 0 {
		return all, err
	}
	chosen := map[string]bool{}
	for _, pattern := range c.Probe {
		found := false
		for _, p := range all {
			ok, err := path.Match(pattern, p.Name)
			if err != nil {
				return nil, fmt.Errorf("--probe %s: %w", pattern, err)
			}
			if ok {
				chosen[p.Name], found = true, true
			}
		}
		if !found {
			return nil, fmt.Errorf("unknown probe %q: names look like %s; 'promisebench check --format tap' lists all", pattern, all[0].Name)
		}
	}
	return slices.DeleteFunc(all, func(p probes.Probe) bool { return !chosen[p.Name] }), nil
}

// check checks the engines, as many at a time as there are processors: nothing
// here is timed. The results are in the engines' order.
func (c *checkCmd) check(a *app, list []engines.Engine, chosen []probes.Probe) ([]engineFindings, error) {
	runner := probes.Runner{Known: probes.Defects(), Timeout: min(c.Timeout, mostProbeTime)}
	out := make([]engineFindings, len(list))
	var workers sync.WaitGroup
	places := make(chan struct{}, runtime.GOMAXPROCS(0))
	for i, e := range list {
		workers.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			found := engineFindings{Engine: e}
			for _, mode := range engines.AwaitModes() {
				ctx, cancel := context.WithTimeout(a.ctx, c.Timeout)
				found.Modes = append(found.Modes, modeFinding(a.catalog.Check(ctx, e, mode)))
				cancel()
			}
			for _, p := range chosen {
				result, err := runner.Run(a.ctx, e, p)
				if err != nil {
					return // the context's, which is looked at below
				}
				found.Results = append(found.Results, result)
			}
			out[i] = found
		})
	}
	workers.Wait()
	return out, a.ctx.Err()
}

// checkConditions returns the facts to be written beside what was found.
func (a *app) checkConditions() []bench.Condition {
	conditions := []bench.Condition{
		{Key: "date", Value: a.now().UTC().Format(time.DateOnly)},
		{Key: "command", Value: "promisebench " + strings.Join(a.args, " ")},
	}
	for _, c := range bench.Host(a.root) {
		if slices.Contains([]string{"goos", "goarch", "os", "go"}, c.Key) { // speed is none of a check's business
			conditions = append(conditions, c)
		}
	}
	return conditions
}

// findings are everything that a check found.
type findings struct {
	Conditions []bench.Condition
	Workloads  []string // whose ticks were counted
	Probes     []probes.Probe
	Engines    []engineFindings
}

// engineFindings are those of one engine. Its results are in the order of the
// probes.
type engineFindings struct {
	Engine  engines.Engine
	Modes   []modeFindings
	Results []probes.Result
}

// modeFindings are those of one await mode.
type modeFindings struct {
	bench.Check
	Verdict string
	// Wrong says that the verdict is one to fail for, Skipped that there was
	// nothing to check.
	Wrong, Skipped bool
}

func modeFinding(c bench.Check) modeFindings {
	switch {
	case errors.Is(c.Err, errors.ErrUnsupported) && c.Engine.Await(c.Await) == engines.InertFlag:
		return modeFindings{Check: c, Verdict: "flag has no effect", Skipped: true}
	case errors.Is(c.Err, errors.ErrUnsupported):
		return modeFindings{Check: c, Verdict: "not to be had", Skipped: true}
	case c.Err != nil:
		return modeFindings{Check: c, Verdict: "WRONG", Wrong: true}
	case c.SkipsTicks:
		return modeFindings{Check: c, Verdict: "await skips ticks (Node 8 bug)"}
	}
	return modeFindings{Check: c, Verdict: "ok"}
}

// wrong counts what went wrong, and all checks.
func (f findings) wrong() (wrong, all int) {
	for _, e := range f.Engines {
		all += len(e.Modes) + len(e.Results)
		for _, m := range e.Modes {
			if m.Wrong {
				wrong++
			}
		}
		wrong += e.count(probes.Wrong)
	}
	return wrong, all
}

func (e engineFindings) count(v probes.Verdict) int {
	n := 0
	for _, r := range e.Results {
		if r.Verdict == v {
			n++
		}
	}
	return n
}

// A lack is a reason for which engines could not be asked some probes.
type lack struct {
	why     string
	engines []string
	probes  []string
}

// lacks returns the reasons, those that concern most probes first.
func (f findings) lacks() []lack {
	var list []lack
	for _, e := range f.Engines {
		for _, r := range e.Results {
			if r.Verdict != probes.Absent && r.Verdict != probes.NotApplicable {
				continue
			}
			i := slices.IndexFunc(list, func(l lack) bool { return l.why == r.Why })
			if i < 0 {
				i = len(list)
				list = append(list, lack{why: r.Why})
			}
			if !slices.Contains(list[i].engines, e.Engine.Name()) {
				list[i].engines = append(list[i].engines, e.Engine.Name())
			}
			if !slices.Contains(list[i].probes, r.Probe.Name) {
				list[i].probes = append(list[i].probes, r.Probe.Name)
			}
		}
	}
	slices.SortStableFunc(list, func(a, b lack) int { return cmp.Compare(len(b.probes), len(a.probes)) })
	return list
}

// A notable is a probe with the results that need words.
type notable struct {
	probe   probes.Probe
	engines []string // of the results
	results []probes.Result
}

// notables returns, by probe, what is wrong, known or fixed.
func (f findings) notables() []notable {
	var list []notable
	for i, p := range f.Probes {
		n := notable{probe: p}
		for _, e := range f.Engines {
			switch r := e.Results[i]; r.Verdict {
			case probes.Wrong, probes.Known, probes.Fixed:
				n.engines = append(n.engines, e.Engine.Name())
				n.results = append(n.results, r)
			}
		}
		if len(n.results) > 0 {
			list = append(list, n)
		}
	}
	return list
}
