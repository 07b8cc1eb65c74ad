package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"promisebench/bench"
	"promisebench/engines"
	"promisebench/report"
	"promisebench/workloads"
)

type checkCmd struct {
	Engine  []string      `sep:"none" help:"Engines to check: names or patterns such as 'node*', separated by commas, or a build of your own as NAME=PATH,kind=KIND,flags=FLAGS (default: all that are installed)." placeholder:"NAME"`
	Timeout time.Duration `help:"Longest time for one engine and mode." default:"30s"`
}

func (*checkCmd) Help() string {
	return `A small program whose output depends on the meaning of await runs in each engine under each await mode, and one operation of each core workload in style async runs alone while its ticks (turns of the microtask queue) are counted. Both are exact and compared with what the specification says; the exit code is 1 if anything differs.`
}

func (c *checkCmd) Run(a *app) error {
	list, err := a.engines(c.Engine, true)
	if err != nil {
		return misuse{err}
	}
	a.catalog = a.catalog.In(workloads.Core) // a column each
	t := report.Table{
		Title:  "Await modes: order of execution, ticks of one operation in style async, async frames in Error#stack",
		Header: []string{"engine", "await", "how", "order program"},
		Align:  []report.Align{report.Left, report.Left, report.Left, report.Left},
	}
	for _, w := range a.catalog.CheckedWorkloads() {
		t.Header = append(t.Header, w.Name)
		t.Align = append(t.Align, report.Right)
	}
	t.Header = append(t.Header, "async stack", "verdict")
	wrong := 0
	for _, e := range list {
		for _, mode := range engines.AwaitModes() {
			ctx, cancel := context.WithTimeout(a.ctx, c.Timeout)
			check := a.catalog.Check(ctx, e, mode)
			cancel()
			if err := a.ctx.Err(); err != nil {
				return fmt.Errorf("interrupted: %w", err)
			}
			verdict := "ok"
			switch {
			case errors.Is(check.Err, errors.ErrUnsupported):
				verdict = "not to be had"
				if e.Await(mode) == engines.InertFlag {
					verdict = "flag has no effect"
				}
				t.Notes = append(t.Notes, check.Err.Error())
			case check.Err != nil:
				verdict = "WRONG"
				wrong++
				t.Notes = append(t.Notes, check.Err.Error())
			case check.SkipsTicks:
				verdict = "await skips ticks (Node 8 bug)"
			}
			t.Rows = append(t.Rows, append(c.row(a, check), verdict))
		}
	}
	if err := t.Write(a.stdout, report.Text); err != nil {
		return err
	}
	if wrong > 0 {
		return failed{fmt.Errorf("%d of %d checks went wrong", wrong, len(t.Rows))}
	}
	return nil
}

// row returns all columns of the table but the verdict.
func (c *checkCmd) row(a *app, check bench.Check) []string {
	row := []string{check.Engine.Name(), string(check.Await), string(check.Engine.Await(check.Await)), check.Order}
	for i := range a.catalog.CheckedWorkloads() {
		cell := ""
		if i < len(check.Ticks) {
			cell = strconv.Itoa(check.Ticks[i].Got)
		}
		row = append(row, cell)
	}
	stack := ""
	// The emulation puts a function of its own between the frames.
	if check.Order != "" && check.Engine.Await(check.Await) != engines.Emulated {
		stack = map[bool]string{true: "yes", false: "no"}[check.AsyncStack]
	}
	return append(row, stack)
}
