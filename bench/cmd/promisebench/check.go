package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"promisebench/engines"
	"promisebench/report"
)

type checkCmd struct {
	Engine  []string      `help:"Engines to check, separated by commas (default: all)." placeholder:"NAME"`
	Timeout time.Duration `help:"Longest time for one engine and mode." default:"30s"`
}

func (*checkCmd) Help() string {
	return `A small program whose output depends on the meaning of await runs in each engine under each await mode, and one operation of each workload in style async runs alone while its ticks (turns of the microtask queue) are counted. Both are exact and compared with what the specification says; the exit code is 1 if anything differs.`
}

func (c *checkCmd) Run(a *app) error {
	t := report.Table{
		Title:  "Await modes: order of execution, and ticks of one operation in style async",
		Header: []string{"engine", "await", "how", "order program"},
		Align:  []report.Align{report.Left, report.Left, report.Left, report.Left},
	}
	for _, w := range a.catalog.CheckedWorkloads() {
		t.Header = append(t.Header, w.Name)
		t.Align = append(t.Align, report.Right)
	}
	t.Header = append(t.Header, "verdict")
	list, err := a.chosen(c.Engine)
	if err != nil {
		return err
	}
	wrong := 0
	for _, e := range list {
		for _, mode := range engines.AwaitModes() {
			ctx, cancel := context.WithTimeout(a.ctx, c.Timeout)
			check := a.catalog.Check(ctx, e, mode)
			cancel()
			if err := a.ctx.Err(); err != nil {
				return fmt.Errorf("interrupted: %w", err)
			}
			row := []string{e.Name(), string(mode), string(e.Await(mode)), check.Order}
			for i := range a.catalog.CheckedWorkloads() {
				cell := ""
				if i < len(check.Ticks) {
					cell = strconv.Itoa(check.Ticks[i].Got)
				}
				row = append(row, cell)
			}
			verdict := "ok"
			switch {
			case errors.Is(check.Err, errors.ErrUnsupported):
				verdict = "skipped"
				t.Notes = append(t.Notes, check.Err.Error())
			case check.Err != nil:
				verdict = "WRONG"
				wrong++
				t.Notes = append(t.Notes, check.Err.Error())
			}
			t.Rows = append(t.Rows, append(row, verdict))
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

// chosen returns the engines of the given names, or all if there are none.
func (a *app) chosen(names []string) ([]engines.Engine, error) {
	if len(names) == 0 {
		return a.catalog.Engines, nil
	}
	if err := a.catalog.KnowsEngines(names); err != nil {
		return nil, misuse{err}
	}
	var list []engines.Engine
	for _, e := range a.catalog.Engines {
		if slices.Contains(names, e.Name()) {
			list = append(list, e)
		}
	}
	return list, nil
}
