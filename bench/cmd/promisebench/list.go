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
	Group string `help:"Only this group of workloads: core, patterns, micro, all." default:"all" placeholder:"GROUP"`
	Names bool   `help:"Print only the names of all benchmarks on all installed engines, one a line, without the -GOMAXPROCS that results add."`
}

func (c *listCmd) Run(a *app) error {
	list, err := a.engines(nil, true)
	if err != nil {
		return err
	}
	cells, err := bench.Catalog{Workloads: a.catalog.Workloads, Engines: list}.Cells(bench.Filter{Group: c.Group}, bench.Setup{Window: bench.DefaultWindow})
	if err != nil {
		return misuse{err}
	}
	if c.Names {
		for _, cell := range cells {
			if _, err := fmt.Fprintln(a.stdout, cell.Name()); err != nil {
				return err
			}
		}
		return nil
	}
	for _, t := range []report.Table{engineTable(list), a.workloadTable(c.Group), styleTable()} {
		if err := t.Write(a.stdout, report.Text); err != nil {
			return err
		}
		fmt.Fprintln(a.stdout)
	}
	return nil
}

func engineTable(list []engines.Engine) report.Table {
	t := report.Table{Title: "Engines", Header: []string{"engine", "version", "await", "lacks", "deviates"}}
	for _, e := range list {
		var modes, lacks, deviates []string
		for _, m := range engines.AwaitModes() {
			modes = append(modes, fmt.Sprintf("%s %s", m, e.Await(m)))
		}
		for _, f := range slices.Sorted(maps.Keys(engines.Features())) {
			if !e.Supports(f) {
				lacks = append(lacks, string(f))
			}
		}
		for _, f := range append(slices.Sorted(maps.Keys(engines.Features())), engines.Builtins()...) {
			if how := engines.Deviation(e, f); how != "" {
				deviates = append(deviates, fmt.Sprintf("%s: %s", f, how))
			}
		}
		t.Rows = append(t.Rows, []string{e.Name(), e.Version(), strings.Join(modes, ", "), strings.Join(lacks, ", "), strings.Join(deviates, "; ")})
	}
	return t
}

func (a *app) workloadTable(group string) report.Table {
	t := report.Table{
		Title:  "Workloads",
		Header: []string{"workload", "variant", "group", "rows", "what it does", "styles"},
		Notes:  []string{"rows: what of the project's sources it stands for, by number", "run --group takes one group; a workload that is named is run whatever its group"},
	}
	for _, w := range a.catalog.Workloads {
		if group != bench.AllGroups && group != string(w.Group) {
			continue
		}
		var styles []string
		for _, s := range workloads.Styles() {
			if w.Has(s) {
				styles = append(styles, s.Name)
			}
		}
		for _, v := range w.Variants {
			about := w.About
			if v.About != "" {
				about += "; " + v.About
			}
			if v.Optional {
				about += fmt.Sprintf(" (only with --workload %s)", strings.TrimSuffix(w.Name+"/"+v.Name, "/"))
			}
			if v.Requires != "" {
				about += fmt.Sprintf(" (needs that %s)", v.Requires)
			}
			t.Rows = append(t.Rows, []string{w.Name, v.Name, string(w.Group), strings.Join(w.Rows, " "), about, strings.Join(styles, " ")})
		}
	}
	return t
}

func styleTable() report.Table {
	t := report.Table{Title: "Styles", Header: []string{"style", "what it is", "rows", "await modes", "needs"}}
	for _, s := range workloads.Styles() {
		modes := "only optimized: there is no await in it"
		if s.Awaits {
			modes = "legacy, optimized"
		}
		t.Rows = append(t.Rows, []string{s.Name, s.About, strings.Join(s.Rows, " "), modes, strings.Join(s.Needs, ", ")})
	}
	return t
}
