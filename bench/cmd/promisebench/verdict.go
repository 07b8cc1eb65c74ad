package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"promisebench/bench/record"
	"promisebench/report"
	verdict "promisebench/report/gate"
)

// This file is where verdicts are asked of package report and written, for gates
// and for comparisons of results.

// judging are the flags of all ways to a verdict.
type judging struct {
	Config    string           `group:"Decision" help:"File with thresholds for benchmarks and metrics, under the key \"gate\"." default:".promisebench.json" placeholder:"FILE"`
	Threshold *verdict.Percent `group:"Decision" help:"Minimum effect: the smallest change, as best estimate, that counts as a regression (default: 0.5%)." placeholder:"PERCENT"`
	Bound     *verdict.Percent `group:"Decision" help:"Equivalence margin: a benchmark is unchanged if its whole confidence interval lies within this of no change (default: 1%)." placeholder:"PERCENT"`
	Allowance *verdict.Percent `group:"Decision" help:"Unpaired results: differences up to this are attributed to noise (default: 6%)." placeholder:"PERCENT"`
	Alpha     verdict.Percent  `group:"Decision" help:"Probability of any false alarm in a whole gate run (default: 1%)." placeholder:"PERCENT"`
	Metric    []string         `group:"Decision" help:"Metrics to compare (default: sec/op, ticks/op, allocs/op, B/op, req/s)." placeholder:"UNIT"`
	Undecided string           `group:"Decision" help:"Treat inconclusive benchmarks as: fail (exit code 3) or pass (default: fail)." placeholder:"WORD"`
}

// config returns the file's configuration with the flags in their places.
func (c *judging) config() (verdict.Config, error) {
	var config verdict.Config
	file, err := os.Open(c.Config)
	switch {
	case err == nil:
		defer file.Close()
		if config, err = verdict.ReadConfig(file); err != nil {
			return config, fmt.Errorf("%s: %w", c.Config, err)
		}
	case c.Config != configFile || !errors.Is(err, os.ErrNotExist):
		return config, err
	}
	for _, f := range []struct{ from, to **verdict.Percent }{
		{&c.Threshold, &config.Threshold}, {&c.Bound, &config.Bound}, {&c.Allowance, &config.Allowance},
	} {
		if *f.from != nil {
			*f.to = *f.from
		}
	}
	if c.Alpha != 0 {
		config.Alpha = c.Alpha
	}
	if len(c.Metric) > 0 {
		config.Metrics = c.Metric
	}
	if c.Undecided != "" {
		config.Undecided = c.Undecided
	}
	return config, nil
}

// conclude judges results, writes the verdicts to the folder out, if it is not
// empty, and prints them. The error is that of the verdicts, too.
func conclude(a *app, matches []report.Match, config verdict.Config, out string) error {
	j, err := judge(matches, config)
	if err != nil {
		return misuse{err}
	}
	if out != "" {
		if err := writeJudgement(j, out); err != nil {
			return misuse{err}
		}
	}
	if err := printJudgement(a, j); err != nil {
		return err
	}
	return j.Err()
}

// judge judges results. A rule that matches nothing is an error: it is a typing
// error, and somebody relies on it.
func judge(matches []report.Match, config verdict.Config) (*report.Judgement, error) {
	j, err := report.Judge(matches, config)
	return j, cmp.Or(err, config.Unused())
}

// judgeSamples judges what a gate measured, for the folder dir.
func judgeSamples(dir string, base, head io.Reader, config verdict.Config) (*report.Judgement, error) {
	m := report.Match{Base: report.NewResults(), Head: report.NewResults()}
	err := errors.Join(m.Base.Add(filepath.Join(dir, record.Base), base), m.Head.Add(filepath.Join(dir, record.Head), head))
	if err != nil {
		return nil, misuse{err}
	}
	j, err := judge([]report.Match{m}, config)
	if err != nil {
		return nil, misuse{err}
	}
	return j, nil
}

// writeJudgement writes the verdicts in all their forms.
func writeJudgement(j *report.Judgement, dir string) error {
	if _, err := writeComparison(j, dir); err != nil {
		return err
	}
	return record.WriteFiles(dir, []record.File{
		{Name: "summary.md", Write: j.WriteMarkdown}, {Name: "gate.json", Write: j.WriteJSON}, {Name: "junit.xml", Write: j.WriteJUnit},
	})
}

func printJudgement(a *app, j *report.Judgement) error {
	for _, t := range j.Tables() {
		if err := t.Write(a.stdout, report.Text); err != nil {
			return err
		}
		fmt.Fprintln(a.stdout)
	}
	return nil
}

// completeFor completes a configuration. Metrics that it does not name are those
// in the header of a gate's samples.
func completeFor(m report.Match, config verdict.Config) (verdict.Config, error) {
	for _, condition := range m.Base.Config() {
		if condition.Key == report.Metrics && len(config.Metrics) == 0 {
			config.Metrics = strings.Split(condition.Value, ",")
		}
	}
	return config.Complete()
}

// judgeResults compares two recorded results.
func judgeResults(a *app, base, head string, config verdict.Config, out string) error {
	m := report.Match{Base: report.NewResults(), Head: report.NewResults()}
	if err := addFile(m.Base, base); err != nil {
		return misuse{fmt.Errorf("base: %w", err)}
	}
	if err := addFile(m.Head, head); err != nil {
		return misuse{fmt.Errorf("head: %w", err)}
	}
	return conclude(a, []report.Match{m}, config, out)
}

// isResults reports whether a text is the path of a result file or of a folder
// with results.
func isResults(text string) bool {
	info, err := os.Stat(text)
	if err != nil || text == "." {
		return false
	}
	_, err = os.Stat(filepath.Join(text, record.Text))
	return !info.IsDir() || err == nil
}

type gateMergeCmd struct {
	Dirs []string `arg:"" help:"Folders of gate runs: all shards of one gate."`

	judging

	Out string `group:"Output" help:"Folder for the verdicts." placeholder:"DIR"`
}

func (*gateMergeCmd) Help() string {
	return `Reads base.txt and head.txt of each folder, requires all shards, and judges all benchmarks together. Exit codes as for 'promisebench gate'.`
}

func (c *gateMergeCmd) Run(a *app) error {
	config, err := c.judging.config()
	if err != nil {
		return misuse{err}
	}
	var matches []report.Match
	for _, dir := range c.Dirs {
		m, err := readMatch(filepath.Join(dir, record.Base), filepath.Join(dir, record.Head))
		if err != nil {
			return misuse{err}
		}
		matches = append(matches, m)
	}
	if config, err = completeFor(matches[0], config); err != nil {
		return misuse{err}
	}
	return conclude(a, matches, config, c.Out)
}
