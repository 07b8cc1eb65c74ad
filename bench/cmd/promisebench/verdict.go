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
	"promisebench/report/compare"
	"promisebench/report/dataset"
	verdict "promisebench/report/gate"
)

// This file is where verdicts are asked of package compare and written, for gates
// and for comparisons of results.

// judging are the flags of all ways to a verdict.
type judging struct {
	Config    string           `group:"Decision" help:"File with thresholds for benchmarks and metrics, under the key \"gate\"." default:".promisebench.json" placeholder:"FILE"`
	Threshold *verdict.Percent `group:"Decision" help:"Minimum effect: the smallest change, as best estimate, that counts as a regression (default: 0.5%)." placeholder:"PERCENT"`
	Bound     *verdict.Percent `group:"Decision" help:"Equivalence margin: a benchmark is unchanged if its whole confidence interval lies within this of no change (default: 1%, and 3% for times across layouts)." placeholder:"PERCENT"`
	Allowance *verdict.Percent `group:"Decision" help:"Unpaired results: differences up to this are attributed to noise (default: 6%)." placeholder:"PERCENT"`
	Alpha     verdict.Percent  `group:"Decision" help:"Probability of any false alarm in a whole gate run (default: 1%)." placeholder:"PERCENT"`
	Metric    []string         `group:"Decision" help:"Metrics to compare (default: sec/op, instructions/op, ticks/op, allocs/op, B/op, req/s)." placeholder:"UNIT"`
	Undecided string           `group:"Decision" help:"Treat inconclusive comparisons as: fail (exit code 3), pass, or exact: a time passes if the same benchmark's executed instructions are known and not more (default: exact)." placeholder:"WORD"`
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
		{&c.Threshold, &config.MinEffect}, {&c.Bound, &config.Equivalence}, {&c.Allowance, &config.Allowance},
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

// conclude decides about pairs of results, writes the verdicts to the folder out, if
// it is not empty, and prints them. The error is that of the verdicts, too.
func conclude(a *app, pairs []compare.Pair, config verdict.Config, out string) error {
	found, err := decide(pairs, config)
	if err != nil {
		return misuse{err}
	}
	if out != "" {
		if err := writeVerdicts(found, out); err != nil {
			return misuse{err}
		}
	}
	if err := found.Verdicts().WriteText(a.stdout, a.columns()); err != nil {
		return err
	}
	return found.Err()
}

// decide compares results. A rule that matches nothing is an error: it is a typing
// error, and somebody relies on it.
func decide(pairs []compare.Pair, config verdict.Config) (*compare.Comparison, error) {
	found, err := compare.New(pairs, config)
	return found, cmp.Or(err, config.Unused())
}

// decideSamples decides about what a gate measured, for the folder dir. Rules may match
// nothing as long as not all is there.
func decideSamples(dir string, base, head io.Reader, config verdict.Config, all bool) (*compare.Comparison, error) {
	p := compare.Pair{Base: dataset.New(), Head: dataset.New()}
	err := errors.Join(p.Base.Add(filepath.Join(dir, record.Base), base), p.Head.Add(filepath.Join(dir, record.Head), head))
	if err != nil {
		return nil, misuse{err}
	}
	found, err := compare.New([]compare.Pair{p}, config)
	if err == nil && all {
		err = config.Unused()
	}
	if err != nil {
		return nil, misuse{err}
	}
	return found, nil
}

// writeVerdicts writes the verdicts in all their forms.
func writeVerdicts(found *compare.Comparison, dir string) error {
	return writeDocument(dir, found.Document(),
		record.File{Name: "summary.md", Write: found.WriteComment},
		record.File{Name: "gate.json", Write: found.WriteJSON},
		record.File{Name: "junit.xml", Write: found.WriteJUnit})
}

// completeFor completes a configuration that does not say which metrics are to
// be compared by what the samples of a gate say.
func completeFor(p compare.Pair, config verdict.Config) (verdict.Config, error) {
	if said := p.Base.Condition(dataset.Metrics); said != "" && len(config.Metrics) == 0 {
		config.Metrics = strings.Split(said, ",")
	}
	return config.Complete()
}

// compareResults compares two recorded results.
func compareResults(a *app, base, head string, config verdict.Config, out string) error {
	p := compare.Pair{Base: dataset.New(), Head: dataset.New()}
	if err := addFile(p.Base, base); err != nil {
		return misuse{fmt.Errorf("base: %w", err)}
	}
	if err := addFile(p.Head, head); err != nil {
		return misuse{fmt.Errorf("head: %w", err)}
	}
	return conclude(a, []compare.Pair{p}, config, out)
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
	var pairs []compare.Pair
	for _, dir := range c.Dirs {
		p, err := readPair(filepath.Join(dir, record.Base), filepath.Join(dir, record.Head))
		if err != nil {
			return misuse{err}
		}
		pairs = append(pairs, p)
	}
	if config, err = completeFor(pairs[0], config); err != nil {
		return misuse{err}
	}
	return conclude(a, pairs, config, c.Out)
}
