package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"promisebench/bench/cmd/promisebench/app"
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
func conclude(a *app.App, pairs []compare.Pair, config verdict.Config, out string) error {
	found, err := app.Decide(pairs, config)
	if err != nil {
		return app.Misuse{Err: err}
	}
	if out != "" {
		if err := app.WriteVerdicts(found, out); err != nil {
			return app.Misuse{Err: err}
		}
	}
	if err := found.Verdicts().WriteText(a.Stdout, a.Columns()); err != nil {
		return err
	}
	return found.Err()
}

// compareResults compares two recorded results.
func compareResults(a *app.App, base, head string, config verdict.Config, out string) error {
	p := compare.Pair{Base: dataset.New(), Head: dataset.New()}
	if err := app.AddFile(p.Base, base); err != nil {
		return app.Misuse{Err: fmt.Errorf("base: %w", err)}
	}
	if err := app.AddFile(p.Head, head); err != nil {
		return app.Misuse{Err: fmt.Errorf("head: %w", err)}
	}
	return conclude(a, []compare.Pair{p}, config, out)
}

type gateMergeCmd struct {
	Dirs []string `arg:"" help:"Folders of gate runs: all shards of one gate."`

	judging

	Out string `group:"Output" help:"Folder for the verdicts." placeholder:"DIR"`
}

func (*gateMergeCmd) Help() string {
	return `Reads base.txt and head.txt of each folder, requires all shards, and judges all benchmarks together. Exit codes as for 'promisebench gate'.`
}

func (c *gateMergeCmd) Run(a *app.App) error {
	config, err := c.judging.config()
	if err != nil {
		return app.Misuse{Err: err}
	}
	var pairs []compare.Pair
	for _, dir := range c.Dirs {
		p, err := app.ReadPair(filepath.Join(dir, record.Base), filepath.Join(dir, record.Head))
		if err != nil {
			return app.Misuse{Err: err}
		}
		pairs = append(pairs, p)
	}
	if config, err = app.CompleteFor(pairs[0], config); err != nil {
		return app.Misuse{Err: err}
	}
	return conclude(a, pairs, config, c.Out)
}
