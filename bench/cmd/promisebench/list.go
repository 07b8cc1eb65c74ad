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
	Names bool   `help:"Only print the names of all benchmarks on all installed engines, one per line, without the -GOMAXPROCS that results add."`
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
	tables := []report.Table{engineTable(list)}
	for _, group := range workloads.Groups() {
		if c.Group == bench.AllGroups || c.Group == string(group) {
			tables = append(tables, workloadTable(a.catalog.InGroup(group), group))
		}
	}
	for _, t := range append(tables, styleTable()) {
		if err := t.Write(a.stdout, report.Text); err != nil {
			return err
		}
		fmt.Fprintln(a.stdout)
	}
	return nil
}

// engineTable has a line for each engine. What takes many words is below it.
func engineTable(list []engines.Engine) report.Table {
	t := report.Table{
		Title:  "Engines",
		Header: []string{"engine", "legacy await", "optimized await", "lacks"},
		Notes:  []string{"promisebench engines: versions, and how to install others"},
	}
	features := slices.Sorted(maps.Keys(engines.Features()))
	for _, e := range list {
		var lacks []string
		for _, f := range features {
			if !e.Supports(f) {
				lacks = append(lacks, string(f))
			}
		}
		t.Rows = append(t.Rows, []string{e.Name(), string(e.Await(engines.Legacy)), string(e.Await(engines.Optimized)), strings.Join(lacks, ", ")})
		for _, f := range append(slices.Clone(features), engines.Builtins()...) {
			if how := engines.Deviation(e, f); how != "" {
				t.Notes = append(t.Notes, fmt.Sprintf("%s deviates in %s: %s", e.Name(), f, how))
			}
		}
	}
	return t
}

// workloadTable has a line for each name that --workload takes.
func workloadTable(catalog bench.Catalog, group workloads.Group) report.Table {
	t := report.Table{
		Title:  fmt.Sprintf("Workloads of group %s", group),
		Header: []string{"--workload", "what it does"},
	}
	for _, w := range catalog.Workloads {
		var styles []string
		for _, s := range workloads.Styles() {
			if w.Has(s) {
				styles = append(styles, s.Name)
			}
		}
		in := "\nin " + strings.Join(styles, ", ")
		if w.Variants[0].Name != "" {
			t.Rows = append(t.Rows, []string{w.Name, w.About + in})
		}
		for _, v := range w.Variants {
			name, about := w.Name+"/"+v.Name, v.About
			if v.Name == "" {
				name, about = w.Name, w.About
				if v.About != "" {
					about += "; " + v.About
				}
			}
			if v.Optional {
				about += " (only if named)"
			}
			if v.Name == "" {
				about += in
			}
			t.Rows = append(t.Rows, []string{name, about})
		}
	}
	return t
}

func styleTable() report.Table {
	t := report.Table{
		Title:  "Styles",
		Header: []string{"--style", "what it is", "await", "needs"},
		Notes:  []string{"await: legacy and optimized are measured where a style awaits; elsewhere there is nothing to compare"},
	}
	for _, s := range workloads.Styles() {
		awaits := "no"
		if s.Awaits {
			awaits = "yes"
		}
		t.Rows = append(t.Rows, []string{s.Name, s.About, awaits, strings.Join(s.Needs, ", ")})
	}
	return t
}
