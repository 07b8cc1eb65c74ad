package main

import (
	"fmt"

	"promisebench/bench"
	"promisebench/bench/cmd/promisebench/app"
	"promisebench/bench/listing"
	"promisebench/report/document"
	"promisebench/workloads"
)

type listCmd struct {
	Group string `help:"Only this group of workloads: core, patterns, micro, all." default:"all" placeholder:"GROUP"`
	Names bool   `help:"Only print the names of all benchmarks on all installed engines, one per line, without the -GOMAXPROCS that results add."`
}

func (c *listCmd) Run(a *app.App) error {
	list, err := a.Engines(nil, true)
	if err != nil {
		return err
	}
	cells, err := bench.Catalog{Workloads: a.Catalog.Workloads, Engines: list}.Cells(bench.Filter{Group: c.Group}, bench.Setup{Window: bench.DefaultWindow})
	if err != nil {
		return app.Misuse{Err: err}
	}
	if c.Names {
		for _, cell := range cells {
			if _, err := fmt.Fprintln(a.Stdout, cell.Name()); err != nil {
				return err
			}
		}
		return nil
	}
	tables := []*document.Table{listing.Engines(list)}
	for _, group := range workloads.Groups() {
		if c.Group == bench.AllGroups || c.Group == string(group) {
			tables = append(tables, listing.Workloads(a.Catalog.Workloads, group))
		}
	}
	for _, t := range append(tables, listing.Styles()) {
		if err := t.WriteText(a.Stdout, a.Columns()); err != nil {
			return err
		}
		fmt.Fprintln(a.Stdout)
	}
	return nil
}
