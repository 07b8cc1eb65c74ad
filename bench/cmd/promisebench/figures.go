package main

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"promisebench/bench"
	"promisebench/engines"
	"promisebench/report"
)

// article is the number of operations in flight, and in a batch, in the article.
const article = 10000

type figuresCmd struct {
	Rounds int    `group:"How to measure" help:"Samples of each bar. A 95% interval needs 6; from 9 on it leaves out the extremes." default:"9"`
	Seed   uint64 `group:"How to measure" help:"Seed of the order within each round." default:"1"`

	output
}

func (*figuresCmd) Help() string {
	return `Measures doxbee and parallel with 10,000 operations in flight, as the article did, and with 1,000, where garbage collection takes less of the time, on the Node.js versions of the article "Faster async functions and promises" and on today's, each with the await that it comes with, and on Node.js 11 with and without the article's flag. A sample is what the article's bars were: the mean of the first ten batches of 10,000 operations in a process, warm-up and all. Then it draws the article's figures with its own numbers beside them. index.html has all of it on one page. 'make engines' installs the versions.`
}

func (c *figuresCmd) Run(a *app) error {
	cells, err := c.cells(a)
	if err != nil {
		return misuse{err}
	}
	dir, err := measurement{
		meter: &bench.Meter{Batches: 10, BatchOps: article, Timeout: 5 * time.Minute}, cells: cells,
		rounds: c.Rounds, seed: c.Seed, output: c.output,
	}.measure(a)
	if err != nil && !errors.As(err, new(failed)) {
		return err
	}
	results := report.NewResults()
	if err := addFile(results, dir); err != nil {
		return err
	}
	return errors.Join(err, drawFigures(a, dir, results))
}

// cells returns the bars of the figures, and async functions with fewer
// operations in flight.
func (c *figuresCmd) cells(a *app) ([]bench.Cell, error) {
	if c.Rounds < 1 {
		return nil, fmt.Errorf("--rounds %d: at least one is needed", c.Rounds)
	}
	catalog := bench.Catalog{Workloads: a.catalog.Workloads}
	for _, h := range a.locator().Hosts(a.ctx) {
		// Node.js 12.0 is known only for its flag without effect.
		if h.Kind != "node" || h.Name == "node12.0" {
			continue
		}
		if errors.Is(h.Err, fs.ErrNotExist) {
			fmt.Fprintf(a.stderr, "promisebench: %s is %v: no bars for it ('make engines' installs it)\n", h.Name, h.Err)
			continue
		}
		if h.Err != nil {
			return nil, fmt.Errorf("%s: %w", h.Name, h.Err)
		}
		catalog.Engines = append(catalog.Engines, h.Engine())
	}
	if len(catalog.Engines) == 0 {
		return nil, errors.New("no Node.js is installed: 'make engines' installs those of the article")
	}
	filter := bench.Filter{Workloads: []string{"doxbee", "parallel"}, Styles: []string{"promise", "async", "async-transpiled"}}
	var cells []bench.Cell
	for _, window := range []int{article, bench.DefaultWindow} {
		if window != article {
			// The figures are of the article's window; this one is for ratios of
			// the versions and of the flag, and time is short.
			filter.Styles = []string{"async"}
		}
		own, err := catalog.Cells(filter, bench.Setup{Window: window})
		if err != nil {
			return nil, err
		}
		cells = append(cells, slices.DeleteFunc(own, func(c bench.Cell) bool {
			source := c.AwaitSource()
			return source != engines.Native && source != engines.SkipsTicks
		})...)
	}
	return slices.DeleteFunc(cells, func(c bench.Cell) bool { return c.Variant.Name != "" }), nil
}

// drawFigures writes the figures beside the results of a run, and prints their
// tables.
func drawFigures(a *app, dir string, results *report.Results) error {
	page, err := writeReport(dir, results)
	if err != nil {
		return err
	}
	for _, t := range results.FigureTables() {
		if err := t.Write(a.stdout, report.Text); err != nil {
			return err
		}
		fmt.Fprintln(a.stdout)
	}
	fmt.Fprintf(a.stdout, "%s to look at and send; figures.md and %d figures beside it\n", page, len(results.Figures()))
	return nil
}
