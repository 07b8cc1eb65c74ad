package main

import (
	"fmt"
	"path/filepath"

	"promisebench/bench/cmd/promisebench/app"
	"promisebench/bench/record"
	"promisebench/report/compare"
	"promisebench/report/text"
)

// This file is what 'promisebench report BASE HEAD' does. What it finds is
// decided in package compare, by the same function as a gate's verdicts.

// compare compares two texts and writes page, Markdown and charts.
func (c *reportCmd) compare(a *app.App, base, head string) error {
	p, err := app.ReadPair(base, head)
	if err != nil {
		return app.Misuse{Err: err}
	}
	config, err := (&judging{Config: configFile}).config()
	if err == nil {
		config, err = app.CompleteFor(p, config)
	}
	if err != nil {
		return app.Misuse{Err: err}
	}
	found, err := compare.New([]compare.Pair{p}, config)
	if err != nil {
		return app.Misuse{Err: fmt.Errorf("%s, %s: %w", base, head, err)}
	}
	if c.Out == "" {
		c.Out = record.Folder("compare", a.Now())
	}
	d := found.Document()
	// The files first: whoever pipes the tables to head still gets them.
	if err := app.WriteDocument(c.Out, d); err != nil {
		return app.Misuse{Err: err}
	}
	if err := found.Verdicts().WriteText(a.Stdout, a.Columns()); err != nil {
		return err
	}
	a.Warn(p.Base.Problems())
	a.Warn(p.Head.Problems())
	if err := config.Unused(); err != nil { // an error in a gate; here others may be meant
		fmt.Fprintf(a.Stderr, "promisebench: warning: %s: %v\n", configFile, err)
	}
	fmt.Fprintf(a.Stdout, "\n%s to look at and send; %s and %s beside it\n", filepath.Join(c.Out, record.Page), d.MarkdownFile(), text.Count(len(d.Charts()), "chart"))
	if n := len(found.Problems); c.Strict && n > 0 {
		return app.Failed{Err: fmt.Errorf("%s: %s", text.Count(n, "failure"), found.Problems[0].Text)}
	}
	return nil
}
