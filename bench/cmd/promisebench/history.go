package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"promisebench/bench/cmd/promisebench/app"
	"promisebench/report/history"
)

// historyDir is where a history goes by default, in the folder of its runs: its
// many files stay together, its links lead to the runs beside it wherever the
// folder is moved or published, and it can be deleted whole.
const historyDir = "history"

// history reports on all runs of a folder.
func (c *reportCmd) history(a *app.App) error {
	if len(c.Results) > 0 {
		return app.Misuse{Err: errors.New("--history takes one folder of runs and no other input")}
	}
	switch info, err := os.Stat(c.History); {
	case errors.Is(err, fs.ErrNotExist):
		return app.Misuse{Err: fmt.Errorf("%w; --history wants a folder with a folder for each run, as 'promisebench run --out %s' makes them",
			err, filepath.Join(c.History, "NAME"))}
	case err != nil:
		return app.Misuse{Err: err}
	case !info.IsDir():
		return app.Misuse{Err: fmt.Errorf("%s is a file; --history wants a folder with a folder for each run", c.History)}
	}
	out := c.Out
	if out == "" {
		out = filepath.Join(c.History, historyDir)
	}
	to, err := relative(out, c.History)
	if err != nil {
		return app.Misuse{Err: fmt.Errorf("the page's links must lead from --out to the runs: %w", err)}
	}
	h, err := history.Read(os.DirFS(c.History), to)
	if err != nil {
		return app.Misuse{Err: err}
	}
	a.Warn(h.Problems())
	if h.Empty() {
		return app.Misuse{Err: fmt.Errorf("%s: no run of any use in its folders; 'promisebench run --out %s' records one", c.History, filepath.Join(c.History, "NAME"))}
	}
	d := h.Document()
	if err := app.WriteDocument(out, d); err != nil {
		return app.Misuse{Err: err}
	}
	if err := a.Show(d, out); err != nil {
		return err
	}
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
