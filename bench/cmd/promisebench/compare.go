package main

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"

	"promisebench/bench/record"
	"promisebench/report"
)

// This file is what 'promisebench report BASE HEAD' does. What it finds is
// decided in package report, by the same function as a gate's verdicts.

// compare compares two texts and writes page, Markdown and charts.
func (c *reportCmd) compare(a *app, base, head string) error {
	m, err := readMatch(base, head)
	if err != nil {
		return misuse{err}
	}
	config, err := (&judging{Config: configFile}).config()
	if err == nil {
		config, err = completeFor(m, config)
	}
	if err != nil {
		return misuse{err}
	}
	j, err := report.Judge([]report.Match{m}, config)
	if err != nil {
		return misuse{fmt.Errorf("%s, %s: %w", base, head, err)}
	}
	if c.Out == "" {
		c.Out = record.Folder("compare", a.now())
	}
	// The files first: whoever pipes the tables to head still gets them.
	charts, err := writeComparison(j, c.Out)
	if err != nil {
		return misuse{err}
	}
	if err := printJudgement(a, j); err != nil {
		return err
	}
	for _, side := range []*report.Results{m.Base, m.Head} {
		for _, problem := range side.Problems() {
			fmt.Fprintln(a.stderr, "promisebench: warning:", problem)
		}
	}
	if err := config.Unused(); err != nil { // an error in a gate; here others may be meant
		fmt.Fprintf(a.stderr, "promisebench: warning: %s: %v\n", configFile, err)
	}
	fmt.Fprintf(a.stdout, "%s to look at and send; report.md and %d charts beside it\n", filepath.Join(c.Out, record.Page), charts)
	if c.Strict && len(j.Failures) > 0 {
		return failed{fmt.Errorf("%d failures: %s", len(j.Failures), j.Failures[0].Text)}
	}
	return nil
}

// writeComparison writes what people look at into a folder, and returns how many
// charts there are.
func writeComparison(j *report.Judgement, dir string) (charts int, err error) {
	list := j.Charts()
	return len(list), record.WriteFiles(dir, append(chartFiles(list), record.File{Name: "report.md", Write: j.WriteReport}, record.File{Name: record.Page, Write: j.WritePage}))
}

// readMatch reads base and head. It is an error if there is nothing in one, or
// the same in both: that is a mistake, and would look like a pass.
func readMatch(base, head string) (m report.Match, err error) {
	if base == "-" && head == "-" {
		return m, errors.New("standard input can be base or head, but not both")
	}
	var sums [2]hash.Hash
	for i, side := range []struct {
		name, text string
		to         **report.Results
	}{{"base", base, &m.Base}, {"head", head, &m.Head}} {
		sums[i] = sha256.New()
		*side.to = report.NewResults()
		path, text, err := record.OpenText(side.text, os.Stdin)
		if err != nil {
			return m, fmt.Errorf("%s: %w", side.name, err)
		}
		err = (*side.to).Add(path, io.TeeReader(text, sums[i]))
		text.Close()
		if err != nil {
			return m, fmt.Errorf("%s: %s: %w", side.name, path, err)
		}
		if (*side.to).Empty() && len((*side.to).Outcomes()) == 0 {
			return m, fmt.Errorf("%s: %s: no benchmark results in it; 'promisebench run' makes some", side.name, path)
		}
	}
	if bytes.Equal(sums[0].Sum(nil), sums[1].Sum(nil)) {
		return m, fmt.Errorf("base %s and head %s are the same text: measure the other side, or name its file", base, head)
	}
	return m, nil
}
