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
	"promisebench/report/compare"
	"promisebench/report/dataset"
	"promisebench/report/text"
)

// This file is what 'promisebench report BASE HEAD' does. What it finds is
// decided in package compare, by the same function as a gate's verdicts.

// compare compares two texts and writes page, Markdown and charts.
func (c *reportCmd) compare(a *app, base, head string) error {
	p, err := readPair(base, head)
	if err != nil {
		return misuse{err}
	}
	config, err := (&judging{Config: configFile}).config()
	if err == nil {
		config, err = completeFor(p, config)
	}
	if err != nil {
		return misuse{err}
	}
	found, err := compare.New([]compare.Pair{p}, config)
	if err != nil {
		return misuse{fmt.Errorf("%s, %s: %w", base, head, err)}
	}
	if c.Out == "" {
		c.Out = record.Folder("compare", a.now())
	}
	d := found.Document()
	// The files first: whoever pipes the tables to head still gets them.
	if err := writeDocument(c.Out, d); err != nil {
		return misuse{err}
	}
	if err := found.Verdicts().WriteText(a.stdout, a.columns()); err != nil {
		return err
	}
	a.warn(p.Base.Problems())
	a.warn(p.Head.Problems())
	if err := config.Unused(); err != nil { // an error in a gate; here others may be meant
		fmt.Fprintf(a.stderr, "promisebench: warning: %s: %v\n", configFile, err)
	}
	fmt.Fprintf(a.stdout, "\n%s to look at and send; %s and %s beside it\n", filepath.Join(c.Out, record.Page), d.MarkdownFile(), text.Count(len(d.Charts()), "chart"))
	if n := len(found.Problems); c.Strict && n > 0 {
		return failed{fmt.Errorf("%s: %s", text.Count(n, "failure"), found.Problems[0].Text)}
	}
	return nil
}

// readPair reads base and head. It is an error if there is nothing in one, or
// the same in both: that is a mistake, and would look like a pass.
func readPair(base, head string) (p compare.Pair, err error) {
	if base == "-" && head == "-" {
		return p, errors.New("standard input can be base or head, but not both")
	}
	var sums [2]hash.Hash
	for i, side := range []struct {
		name compare.Side
		text string
		to   **dataset.Results
	}{{compare.Base, base, &p.Base}, {compare.Head, head, &p.Head}} {
		sums[i] = sha256.New()
		if *side.to, err = readSide(side.text, sums[i]); err != nil {
			return p, fmt.Errorf("%v: %w", side.name, err)
		}
	}
	if bytes.Equal(sums[0].Sum(nil), sums[1].Sum(nil)) {
		return p, fmt.Errorf("base %s and head %s are the same text: measure the other side, or name its file", base, head)
	}
	return p, nil
}

// readSide reads one side, and passes its text to sum.
func readSide(name string, sum io.Writer) (*dataset.Results, error) {
	path, in, err := record.OpenText(name, os.Stdin)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	r := dataset.New()
	if err := r.Add(path, io.TeeReader(in, sum)); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if r.Empty() && len(r.Outcomes()) == 0 {
		return nil, fmt.Errorf("%s: no benchmark results in it; 'promisebench run' makes some", path)
	}
	return r, nil
}
