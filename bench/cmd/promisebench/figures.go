package main

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"time"

	"promisebench/bench"
	"promisebench/bench/cmd/promisebench/app"
	"promisebench/bench/record"
	"promisebench/report"
	"promisebench/report/dataset"
)

type figuresCmd struct {
	precision
	output
}

func (*figuresCmd) Help() string {
	return `Measures doxbee and parallel with 10,000 operations in flight, as the article did, and with 100, where garbage collection takes less of the time, on the Node.js versions of the article "Faster async functions and promises" and on today's, each with the await that it comes with, and on Node.js 11 with and without the article's flag. A sample is what the article's bars were: the mean of the first ten batches of 10,000 operations in a process, warm-up and all. Then it draws the article's figures with its own numbers beside them. index.html has all of it on one page. 'make engines' installs the versions.`
}

func (c *figuresCmd) Run(a *app.App) error {
	cells, err := c.cells(a)
	if err != nil {
		return app.Misuse{Err: err}
	}
	// How versions compare is what the figures are about.
	dir, err := measurement{
		meter: &bench.Meter{Batches: 10, BatchOps: bench.ArticleWindow, Timeout: 5 * time.Minute}, cells: cells,
		partner: bench.Cell.Row, precision: c.precision, output: c.output,
	}.measure(a)
	if err != nil && !errors.As(err, new(app.Failed)) {
		return err
	}
	return errors.Join(err, drawFigures(a, dir))
}

// cells returns what is measured, on all Node.js that are installed.
func (c *figuresCmd) cells(a *app.App) ([]bench.Cell, error) {
	var err error
	if c.precision, err = c.withDefaults(0.03, 24*time.Minute); err != nil {
		return nil, err
	}
	catalog := bench.Catalog{Workloads: a.Catalog.Workloads}
	for _, h := range a.Locator().Hosts(a.Ctx) {
		// Node.js 12.0 is known only for its flag without effect.
		if h.Kind != "node" || h.Name == "node12.0" {
			continue
		}
		if errors.Is(h.Err, fs.ErrNotExist) {
			fmt.Fprintf(a.Stderr, "promisebench: %s is %v: no bars for it ('make engines' installs it)\n", h.Name, h.Err)
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
	return catalog.Article()
}

// drawFigures writes the report of a run, and prints the tables of the article's
// figures if there are any.
func drawFigures(a *app.App, dir string) error {
	results := dataset.New()
	if err := app.AddFile(results, dir); err != nil {
		return err
	}
	made := report.Of(results)
	if err := app.WriteReport(dir, made); err != nil {
		return err
	}
	if made.Figures == nil {
		_, err := fmt.Fprintf(a.Stdout, "%s to look at and send\n", filepath.Join(dir, record.Page))
		return err
	}
	return a.Show(made.Figures, dir)
}
