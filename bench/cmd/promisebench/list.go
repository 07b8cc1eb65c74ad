package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"promisebench/bench"
	"promisebench/engines"
	"promisebench/report"
	"promisebench/workloads"
)

type listCmd struct {
	Names bool `help:"Print only the names of all benchmarks on all installed engines, one a line, without the -GOMAXPROCS that results add."`
}

func (c *listCmd) Run(a *app) error {
	if _, err := a.engines(nil, true); err != nil {
		return err
	}
	if c.Names {
		cells, err := a.catalog.Cells(bench.Filter{}, bench.Setup{Window: bench.DefaultWindow})
		if err != nil {
			return err
		}
		for _, cell := range cells {
			if _, err := fmt.Fprintln(a.stdout, cell.Name()); err != nil {
				return err
			}
		}
		return nil
	}
	for _, t := range []report.Table{a.engineTable(), a.workloadTable(), styleTable()} {
		if err := t.Write(a.stdout, report.Text); err != nil {
			return err
		}
		fmt.Fprintln(a.stdout)
	}
	return nil
}

func (a *app) engineTable() report.Table {
	t := report.Table{Title: "Engines", Header: []string{"engine", "version", "await", "lacks"}}
	for _, e := range a.catalog.Engines {
		var modes, lacks []string
		for _, m := range engines.AwaitModes() {
			modes = append(modes, fmt.Sprintf("%s %s", m, e.Await(m)))
		}
		for _, f := range slices.Sorted(maps.Keys(engines.Features())) {
			if !e.Supports(f) {
				lacks = append(lacks, string(f))
			}
		}
		t.Rows = append(t.Rows, []string{e.Name(), e.Version(), strings.Join(modes, ", "), strings.Join(lacks, ", ")})
	}
	return t
}

func (a *app) workloadTable() report.Table {
	t := report.Table{Title: "Workloads", Header: []string{"workload", "variant", "what it does"}}
	for _, w := range a.catalog.Workloads {
		for _, v := range w.Variants {
			about := w.About
			if v.About != "" {
				about += "; " + v.About
			}
			if v.Optional {
				about += fmt.Sprintf(" (only with --workload %s/%s)", w.Name, v.Name)
			}
			t.Rows = append(t.Rows, []string{w.Name, v.Name, about})
		}
	}
	return t
}

func styleTable() report.Table {
	t := report.Table{Title: "Styles", Header: []string{"style", "await modes"}}
	for _, s := range workloads.Styles() {
		modes := "only optimized: there is no await in it"
		if s.Awaits {
			modes = "legacy, optimized"
		}
		t.Rows = append(t.Rows, []string{s.Name, modes})
	}
	return t
}
