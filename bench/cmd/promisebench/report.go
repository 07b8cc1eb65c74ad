package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"promisebench/bench/cmd/promisebench/app"
	"promisebench/bench/record"
	"promisebench/report"
	"promisebench/report/dataset"
)

type reportCmd struct {
	Results []string `arg:"" optional:"" help:"A folder of a run or gate, or a file of benchmark text such as 'go test -bench' prints; - is standard input (default: the latest run in results/). Two are baseline and candidate, and are compared."`
	Merge   bool     `help:"Merge all inputs into one report, instead of comparing two."`
	History string   `help:"Trends and change points over all runs in the folders of DIR." placeholder:"DIR"`
	Out     string   `help:"Folder for charts and page (default: the folder given, or FILE.report; of a comparison results/compare-DATE-TIME, of a history DIR/history)." placeholder:"DIR"`
	Strict  bool     `help:"Exit with 1 if there are failures in the results or problems in the input: a broken line, or for a history a folder or file without a usable run."`
}

func (*reportCmd) Help() string {
	return `Prints tables, and writes index.html, a page that needs no other file and no network, and report.md with its charts (SVG). All numbers come from the benchmark text alone, so results from another machine, or from another tool that prints this format, work as well.

  promisebench report results/run-1              one run
  promisebench report base/ head/                compare two runs, with intervals and verdicts
  promisebench report old.txt - <new.txt         files and standard input as well
  promisebench report results/gate-1             what a gate measured in pairs
  promisebench report results/ladder-1           what a ladder did
  promisebench report --merge a/ b/ --out DIR    parts of one run, as one report
  promisebench report --history results          trends over all runs in the folders of results/

Verdicts are those of 'promisebench gate', with the thresholds in .promisebench.json, but a regression is no error here: exit codes for scripts are the gate's. It also measures base and head in pairs. Two runs are not paired, so small differences between them are attributed to noise.

A history joins runs into a series only if host and method are the same; versions of engines, of Go and of promisebench may differ, and are named at each change. It reads bench.txt, and base.txt and head.txt of gates, up to three folders deep. Its links to the results are relative: keep the page where it is, or move it with the folder. A change is not an error: exit codes for scripts are those of 'promisebench gate'.`
}

func (c *reportCmd) Run(a *app.App) error {
	if c.History != "" {
		return c.history(a)
	}
	inputs := c.Results
	switch {
	case c.Merge:
	case len(inputs) == 2:
		return c.compare(a, inputs[0], inputs[1])
	case len(inputs) == 1 && record.IsGate(inputs[0]):
		if c.Out == "" {
			c.Out = inputs[0]
		}
		return c.compare(a, filepath.Join(inputs[0], record.Base), filepath.Join(inputs[0], record.Head))
	case len(inputs) == 1 && record.IsPairs(inputs[0]):
		return c.ladder(a, inputs[0])
	case len(inputs) > 2:
		return app.Misuse{Err: fmt.Errorf("%d inputs: two are compared; --merge makes one report of all", len(inputs))}
	}
	if len(inputs) == 0 {
		latest, err := record.Latest()
		if err != nil {
			return app.Misuse{Err: err}
		}
		inputs = []string{latest}
	}
	if len(inputs) > 1 && c.Out == "" {
		return app.Misuse{Err: errors.New("with more than one input, --out must say where the report goes")}
	}
	results := dataset.New()
	for _, input := range inputs {
		if err := app.AddFile(results, input); err != nil {
			return app.Misuse{Err: err}
		}
	}
	if results.Empty() && len(results.Outcomes()) == 0 {
		return app.Misuse{Err: fmt.Errorf("%s: no benchmark results in it; 'promisebench run' makes some", inputs[0])}
	}
	out, err := c.outDir(inputs[0])
	if err != nil {
		return app.Misuse{Err: err}
	}
	made := report.Of(results)
	// The files first: whoever pipes the tables to head still gets them.
	if err := app.WriteReport(out, made); err != nil {
		return app.Misuse{Err: err}
	}
	if err := a.Show(made.Run, out); err != nil {
		return err
	}
	a.Warn(results.Problems())
	if c.Strict {
		return strict(results.Outcomes(), results.Problems())
	}
	return nil
}

// ladder draws what a ladder has measured.
func (c *reportCmd) ladder(a *app.App, dir string) error {
	r, err := app.ReadLadder(dir)
	if err != nil {
		return err
	}
	out := cmp.Or(c.Out, dir)
	if err := app.WriteDocument(out, r.Document()); err != nil {
		return app.Misuse{Err: err}
	}
	if err := a.Show(r.Document(), out); err != nil {
		return err
	}
	a.Warn(r.Problems)
	if c.Strict {
		return strict(nil, r.Problems)
	}
	return nil
}

// strict turns what is wrong with results into an error.
func strict(outcomes []dataset.Outcome, problems []dataset.Problem) error {
	failures := 0
	for _, o := range outcomes {
		if o.Kind == dataset.Failure {
			failures++
		}
	}
	if failures > 0 || len(problems) > 0 {
		return app.Failed{Err: fmt.Errorf("%d failures and %d warnings in the results", failures, len(problems))}
	}
	return nil
}

// outDir returns the folder for the report's files and makes it if need be.
func (c *reportCmd) outDir(input string) (string, error) {
	dir := c.Out
	if dir == "" {
		dir = input
		if info, err := os.Stat(input); input == "-" || err == nil && !info.IsDir() {
			dir += ".report"
		}
		if input == "-" {
			return "", errors.New("--out is needed with standard input")
		}
	}
	return dir, os.MkdirAll(dir, 0o777)
}
