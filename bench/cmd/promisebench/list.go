package main

import (
	"fmt"

	"promisebench/bench"
	"promisebench/bench/listing"
	"promisebench/report/document"
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
	tables := []*document.Table{listing.Engines(list)}
	for _, group := range workloads.Groups() {
		if c.Group == bench.AllGroups || c.Group == string(group) {
			tables = append(tables, listing.Workloads(a.catalog.Workloads, group))
		}
	}
	for _, t := range append(tables, listing.Styles()) {
		if err := t.WriteText(a.stdout, a.columns()); err != nil {
			return err
		}
		fmt.Fprintln(a.stdout)
	}
	return nil
}
