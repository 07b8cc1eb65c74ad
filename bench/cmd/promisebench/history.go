package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"promisebench/bench/record"
	"promisebench/report"
)

// historyDir is where a history goes by default, in the folder of its runs: its
// many files stay together, its links lead to the runs beside it wherever the
// folder is moved or published, and it can be deleted whole.
const historyDir = "history"

// history reports on all runs of a folder.
func (c *reportCmd) history(a *app) error {
	if len(c.Results) > 0 {
		return misuse{errors.New("--history takes one folder of runs and no other input")}
	}
	switch info, err := os.Stat(c.History); {
	case errors.Is(err, fs.ErrNotExist):
		return misuse{fmt.Errorf("%w; --history wants a folder with a folder for each run, as 'promisebench run --out %s' makes them",
			err, filepath.Join(c.History, "NAME"))}
	case err != nil:
		return misuse{err}
	case !info.IsDir():
		return misuse{fmt.Errorf("%s is a file; --history wants a folder with a folder for each run", c.History)}
	}
	out := c.Out
	if out == "" {
		out = filepath.Join(c.History, historyDir)
	}
	to, err := relative(out, c.History)
	if err != nil {
		return misuse{fmt.Errorf("the page's links must lead from --out to the runs: %w", err)}
	}
	h, err := report.ReadHistory(os.DirFS(c.History), to)
	if err != nil {
		return misuse{err}
	}
	for _, problem := range h.Problems() {
		fmt.Fprintln(a.stderr, "promisebench: warning:", problem)
	}
	if h.Empty() {
		return misuse{fmt.Errorf("%s: no run of any use in its folders; 'promisebench run --out %s' records one", c.History, filepath.Join(c.History, "NAME"))}
	}
	charts := h.Charts()
	files := append(chartFiles(charts), record.File{Name: record.Page, Write: h.WritePage}, record.File{Name: report.HistoryMarkdown, Write: h.WriteMarkdown})
	if err := record.WriteFiles(out, files); err != nil {
		return misuse{err}
	}
	for _, t := range h.Tables() {
		if err := t.Write(a.stdout, report.Text); err != nil {
			return err
		}
		fmt.Fprintln(a.stdout)
	}
	fmt.Fprintf(a.stdout, "%s to look at; %s and %d charts beside it\n", filepath.Join(out, record.Page), report.HistoryMarkdown, len(charts))
	if c.Strict {
		return strict(h.Outcomes(), h.Problems())
	}
	return nil
}

// relative returns the path from one folder to another, with slashes.
func relative(from, to string) (string, error) {
	from, err := filepath.Abs(from)
	if err != nil {
		return "", err
	}
	if to, err = filepath.Abs(to); err != nil {
		return "", err
	}
	path, err := filepath.Rel(from, to)
	return filepath.ToSlash(path), err
}
