package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"promisebench/bench"
	"promisebench/bench/check"
	"promisebench/bench/cmd/promisebench/app"
	"promisebench/engines/hosts"
	"promisebench/engines/probes"
	"promisebench/workloads"
)

type checkCmd struct {
	Engine  []string      `sep:"none" help:"Engines to check: names or patterns such as 'node*', separated by commas, or a build of your own as NAME=PATH,kind=KIND,flags=FLAGS (default: all that are installed)." placeholder:"NAME"`
	Probe   []string      `help:"Probes to run: names or patterns such as 'await/*' (default: all)." placeholder:"NAME"`
	Oracle  bool          `help:"Also check engine262, which executes the text of the specification ('make engines' installs it), as the last one."`
	Format  string        `enum:"text,json,tap,markdown" default:"text" help:"Output format: text, json, tap (version 14) or markdown."`
	Timeout time.Duration `help:"Fail an engine and mode that takes longer, and a probe, for which 10s is the most." default:"30s"`
}

func (*checkCmd) Help() string {
	return `A small program whose output depends on the meaning of await runs in each engine under each await mode, and one operation of each core workload in style async runs alone while its ticks (turns of the microtask queue) are counted. Then the probes run: small programs about promises, async functions, async iteration and modules, each with the one output that the specification allows, in the engine's own await mode and each in a realm of its own.

A probe is "absent" where the engine lacks what it is about, and "known" where its wrong answer is listed for that engine and version (engines/probes/known.go). One that is listed and right is "fixed", and should be taken off the list.

The exit code is 1 if anything else differs from the specification.`
}

func (c *checkCmd) Run(a *app.App) error {
	list, err := a.Engines(c.Engine, true)
	if err != nil {
		return app.Misuse{Err: err}
	}
	if c.Oracle {
		oracle, err := hosts.Oracle(a.Ctx, app.EnginesDir())
		if err != nil {
			return app.Misuse{Err: fmt.Errorf("--oracle: %w; 'make engines' installs it", err)}
		}
		list = append(slices.Clone(list), oracle)
	}
	all, err := probes.All()
	if err != nil {
		return err
	}
	chosen, err := check.Select(all, c.Probe)
	if err != nil {
		return app.Misuse{Err: fmt.Errorf("--probe: %w; 'promisebench check --format tap' lists all", err)}
	}
	catalog := a.Catalog.InGroup(workloads.Core) // a column each
	catalog.Engines = list
	checker := check.Checker{Catalog: catalog, Probes: chosen, Known: probes.Defects(), Timeout: c.Timeout}
	found, err := checker.Run(a.Ctx)
	if err != nil {
		return fmt.Errorf("interrupted: %w", err)
	}
	found.Conditions = checkConditions(a)
	if err := c.write(a.Stdout, a.Columns(), found); err != nil {
		return err
	}
	if wrong, all := found.Count(); wrong > 0 {
		return app.Failed{Err: fmt.Errorf("%d of %d checks went wrong", wrong, all)}
	}
	return nil
}

func (c *checkCmd) write(w io.Writer, columns int, found check.Results) error {
	switch c.Format {
	case "json":
		return check.WriteJSON(w, found)
	case "tap":
		return check.WriteTAP(w, found)
	case "markdown":
		return found.Document().WriteMarkdown(w)
	}
	return found.Document().WriteText(w, columns)
}

// checkConditions returns the facts to be written beside what was found.
func checkConditions(a *app.App) []bench.Condition {
	conditions := []bench.Condition{
		{Key: bench.KeyDate, Value: a.Now().UTC().Format(time.DateOnly)},
		{Key: bench.KeyCommand, Value: "promisebench " + strings.Join(a.Args, " ")},
	}
	for _, c := range bench.Host(a.Root) {
		if slices.Contains([]string{bench.KeyGOOS, bench.KeyGOARCH, bench.KeyOS, bench.KeyGo}, c.Key) { // speed is none of a check's business
			conditions = append(conditions, c)
		}
	}
	return conditions
}
