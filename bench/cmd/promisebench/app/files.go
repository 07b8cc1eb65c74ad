package app

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"strings"

	"promisebench/bench/record"
	"promisebench/report"
	"promisebench/report/compare"
	"promisebench/report/dataset"
	"promisebench/report/document"
	verdict "promisebench/report/gate"
	"promisebench/report/ladder"
)

// This file is where files become results, and results files.

// AddFile reads a run's folder or a file of benchmark text.
func AddFile(r *dataset.Results, name string) error {
	path, text, err := record.OpenText(name, os.Stdin)
	if err != nil {
		return err
	}
	defer text.Close()
	return r.Add(path, text)
}

// ReadPair reads base and head. It is an error if there is nothing in one, or
// the same in both: that is a mistake, and would look like a pass.
func ReadPair(base, head string) (p compare.Pair, err error) {
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

// Decide compares results. A rule that matches nothing is an error: it is a typing
// error, and somebody relies on it.
func Decide(pairs []compare.Pair, config verdict.Config) (*compare.Comparison, error) {
	found, err := compare.New(pairs, config)
	return found, cmp.Or(err, config.Unused())
}

// DecideSamples decides about what a gate measured, for the folder dir. Rules may match
// nothing as long as not all is there.
func DecideSamples(dir string, base, head io.Reader, config verdict.Config, all bool) (*compare.Comparison, error) {
	p := compare.Pair{Base: dataset.New(), Head: dataset.New()}
	err := errors.Join(p.Base.Add(filepath.Join(dir, record.Base), base), p.Head.Add(filepath.Join(dir, record.Head), head))
	if err != nil {
		return nil, Misuse{err}
	}
	found, err := compare.New([]compare.Pair{p}, config)
	if err == nil && all {
		err = config.Unused()
	}
	if err != nil {
		return nil, Misuse{err}
	}
	return found, nil
}

// CompleteFor completes a configuration that does not say which metrics are to
// be compared by what the samples of a gate say.
func CompleteFor(p compare.Pair, config verdict.Config) (verdict.Config, error) {
	if said := p.Base.Condition(dataset.Metrics); said != "" && len(config.Metrics) == 0 {
		config.Metrics = strings.Split(said, ",")
	}
	return config.Complete()
}

// ReadLadder makes the report of a ladder in a folder, of its text alone.
func ReadLadder(dir string) (*ladder.Report, error) {
	path := filepath.Join(dir, record.Pairs)
	text, err := os.Open(path)
	if err != nil {
		return nil, Misuse{err}
	}
	defer text.Close()
	r, err := ladder.Read(path, text)
	if err != nil {
		return nil, Misuse{err}
	}
	return r, nil
}

// WriteVerdicts writes the verdicts in all their forms.
func WriteVerdicts(found *compare.Comparison, dir string) error {
	return WriteDocument(dir, found.Document(),
		record.File{Name: "summary.md", Write: found.WriteComment},
		record.File{Name: "gate.json", Write: found.WriteJSON},
		record.File{Name: "junit.xml", Write: found.WriteJUnit})
}

// WriteReport writes all that there is to be looked at of a run into a folder.
func WriteReport(dir string, made report.Report) error {
	if made.Figures == nil {
		return WriteDocument(dir, made.Run)
	}
	return WriteDocument(dir, made.Run, record.File{Name: made.Figures.MarkdownFile(), Write: made.Figures.WriteMarkdown})
}

// WriteDocument writes a document as a page and as Markdown, with its charts and other
// files beside them. The page comes last, when all that it leads to is there.
func WriteDocument(dir string, d *document.Document, others ...record.File) error {
	var files []record.File
	for _, c := range d.Charts() {
		files = append(files, record.File{Name: c.ID + ".svg", Write: c.WriteSVG})
	}
	files = append(files, others...)
	files = append(files, record.File{Name: d.MarkdownFile(), Write: d.WriteMarkdown}, record.File{Name: record.Page, Write: d.WriteHTML})
	return record.WriteFiles(dir, files)
}
