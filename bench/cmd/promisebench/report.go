package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"promisebench/report"
)

type reportCmd struct {
	Results []string `arg:"" optional:"" help:"A folder of a run or gate, or a file of benchmark text such as 'go test -bench' prints; - is standard input (default: the latest run in results/). Two are base and head, to be compared."`
	Merge   bool     `help:"Make one report of all that is given, instead of comparing two."`
	History string   `help:"Show how the runs in the folders of DIR follow each other: what changed, when, by how much." placeholder:"DIR"`
	Out     string   `help:"Folder for charts and page (default: the folder given, or FILE.report; of a comparison results/compare-DATE-TIME, of a history DIR/history)." placeholder:"DIR"`
	Strict  bool     `help:"Exit with 1 if the results hold a failure, or if there is a problem in the input: a broken line, or for a history a folder or file without a run of any use."`
}

func (*reportCmd) Help() string {
	return `Prints tables, and writes index.html, a page that needs no other file and no network, and report.md with its charts (SVG). All numbers come from the benchmark text alone, so that results of another machine, or of another tool that prints this format, can be shown as well.

  promisebench report results/run-1              one run
  promisebench report base/ head/                two runs: what changed, with intervals and verdicts
  promisebench report old.txt - <new.txt         files and standard input as well
  promisebench report results/gate-1             what a gate measured in pairs
  promisebench report --merge a/ b/ --out DIR    parts of one run, as one report
  promisebench report --history results          all runs in the folders of results/, as lines by date

Verdicts are those of 'promisebench gate', with the thresholds in .promisebench.json, but a regression is no error here: exit codes for scripts are the gate's. It also measures base and head in pairs, which two runs are not, so that of these only what is beyond an allowance counts.

A history joins runs into a line only if host and way of measuring are the same; versions of engines, of Go and of promisebench may differ, and are named where something changed. It reads bench.txt, and base.txt and head.txt of gates, up to three folders deep. Its links to the results are relative: keep the page where it is, or move it with the folder. A change that it finds is no error: exit codes for scripts are those of 'promisebench gate'.`
}

func (c *reportCmd) Run(a *app) error {
	if c.History != "" {
		return c.history(a)
	}
	inputs := c.Results
	switch {
	case c.Merge:
	case len(inputs) == 2:
		return c.compare(a, inputs[0], inputs[1])
	case len(inputs) == 1 && isGate(inputs[0]):
		if c.Out == "" {
			c.Out = inputs[0]
		}
		return c.compare(a, filepath.Join(inputs[0], baseFile), filepath.Join(inputs[0], headFile))
	case len(inputs) > 2:
		return misuse{fmt.Errorf("%d inputs: two are compared; --merge makes one report of all", len(inputs))}
	}
	if len(inputs) == 0 {
		latest, err := latestRun()
		if err != nil {
			return misuse{err}
		}
		inputs = []string{latest}
	}
	if len(inputs) > 1 && c.Out == "" {
		return misuse{errors.New("with more than one input, --out must say where the report goes")}
	}
	results := report.NewResults()
	for _, input := range inputs {
		if err := addFile(results, input); err != nil {
			return misuse{err}
		}
	}
	if results.Empty() && len(results.Outcomes()) == 0 {
		return misuse{fmt.Errorf("%s: no benchmark results in it; 'promisebench run' makes some", inputs[0])}
	}
	out, err := c.outDir(inputs[0])
	if err != nil {
		return misuse{err}
	}
	// The files first: whoever pipes the tables to head still gets them.
	web, err := writeReport(out, results)
	if err != nil {
		return misuse{err}
	}
	for _, t := range results.Tables() {
		if err := t.Write(a.stdout, report.Text); err != nil {
			return err
		}
		fmt.Fprintln(a.stdout)
	}
	for _, problem := range results.Problems() {
		fmt.Fprintln(a.stderr, "promisebench: warning:", problem)
	}
	fmt.Fprintf(a.stdout, "%s to look at and send; report.md and %d charts beside it\n", web, len(results.Charts())+len(results.Figures()))
	if c.Strict {
		return strict(results.Outcomes(), results.Problems())
	}
	return nil
}

// writeReport writes what there is to be looked at of results into a folder: the
// page, whose name it returns, the charts and the article's figures, and the same
// in Markdown.
func writeReport(dir string, results *report.Results) (page string, err error) {
	files := map[string]func(io.Writer) error{pageFile: results.WritePage, "report.md": results.WriteMarkdown}
	figures := results.Figures()
	if len(figures) > 0 {
		files["figures.md"] = results.WriteFigures
	}
	return filepath.Join(dir, pageFile), writeFiles(dir, append(results.Charts(), figures...), files)
}

// writeFiles writes charts and other files, by name, into a folder, and makes it
// if need be.
func writeFiles(dir string, charts []report.Chart, files map[string]func(io.Writer) error) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	for _, chart := range charts {
		files[chart.ID+".svg"] = chart.WriteSVG
	}
	for name, write := range files {
		if err := writeFile(filepath.Join(dir, name), write); err != nil {
			return err
		}
	}
	return nil
}

// strict turns what is wrong with results into an error.
func strict(outcomes []report.Outcome, problems []report.Problem) error {
	failures := 0
	for _, o := range outcomes {
		if o.Kind == report.Failure {
			failures++
		}
	}
	if failures > 0 || len(problems) > 0 {
		return failed{fmt.Errorf("%d failures and %d warnings in the results", failures, len(problems))}
	}
	return nil
}

// addFile reads a run's folder or a file of benchmark text.
func addFile(r *report.Results, name string) error {
	path, text, err := openText(name)
	if err != nil {
		return err
	}
	defer text.Close()
	return r.Add(path, text)
}

// openText opens a run's folder or a file of benchmark text.
func openText(name string) (path string, text io.ReadCloser, err error) {
	if name == "-" {
		return "standard input", io.NopCloser(os.Stdin), nil
	}
	path = name
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		if isGate(name) {
			return path, nil, fmt.Errorf("%s is the folder of a gate, which has two sides: name %s or %s in it", name, baseFile, headFile)
		}
		path = filepath.Join(name, textFile)
	}
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return path, nil, fmt.Errorf("%w; 'promisebench run --out %s' measures and records results there", err, name)
	}
	return path, file, err
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

// writeFile writes a file whole or not at all.
func writeFile(name string, write func(io.Writer) error) error {
	file, err := os.CreateTemp(filepath.Dir(name), ".writing-*")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name()) // there is none any more when all went well
	if err := errors.Join(write(file), file.Chmod(0o644), file.Close()); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return os.Rename(file.Name(), name)
}

// latestRun returns the unnamed run in results/ whose text was written last.
// Runs that somebody gave a name to keep are left alone.
func latestRun() (string, error) {
	texts, err := filepath.Glob(filepath.Join(resultsDir, "run-*", textFile))
	if err != nil || len(texts) == 0 {
		return "", fmt.Errorf("no results in %s: 'promisebench run' (or 'make report') measures and records some", resultsDir)
	}
	written := func(name string) int64 {
		info, err := os.Stat(name)
		if err != nil {
			return 0
		}
		return info.ModTime().UnixNano()
	}
	latest := slices.MaxFunc(texts, func(x, y string) int { return cmp.Compare(written(x), written(y)) })
	return filepath.Dir(latest), nil
}
