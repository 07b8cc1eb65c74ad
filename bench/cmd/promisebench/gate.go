package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"promisebench/bench"
	"promisebench/bench/cmd/promisebench/app"
	"promisebench/bench/gate"
	"promisebench/bench/progress"
	"promisebench/bench/record"
	"promisebench/report/compare"
	verdict "promisebench/report/gate"
	"promisebench/report/method"
)

type gateCmd struct {
	Run   gateRunCmd   `cmd:"" default:"withargs" help:"Measure two builds in pairs and decide whether head is slower."`
	Merge gateMergeCmd `cmd:"" help:"Merge the shards of a gate into one verdict, or judge a recorded gate again."`
}

func (*gateCmd) Help() string {
	return "'promisebench gate BASE HEAD' is short for 'promisebench gate run BASE HEAD'. What BASE and HEAD may be, all flags, and the configuration file: promisebench gate run --help."
}

type gateRunCmd struct {
	Base string `arg:"" help:"Baseline."`
	Head string `arg:"" optional:"" help:"Candidate (default: the working tree, or the same engine as it is built in)."`

	judging

	app.Choice
	Exact bool   `group:"What to measure" help:"Only metrics that do not vary with the machine: instructions, ticks, allocations. No time."`
	Shard string `group:"What to measure" help:"Measure only part i of n, as i/n; 'promisebench gate merge' makes one verdict of all." placeholder:"I/N"`

	Pairs   int           `group:"How to measure" help:"Maximum pairs of processes; large changes need fewer (default: 28, or 56 with one layout)." placeholder:"N"`
	Layouts int           `group:"How to measure" help:"How many times each side is linked anew, with its functions in random order (default: once for each pair; 1: the linker's own order, so that verdicts are about these two binaries)." placeholder:"N"`
	Life    time.Duration `group:"How to measure" help:"Measurement time of each process (default: 260ms, or 520ms with one layout)." placeholder:"TIME"`
	Warmup  int           `group:"How to measure" help:"Warm-up batches per process." default:"2"`
	Time    time.Duration `group:"How to measure" help:"Target duration of one batch." default:"15ms"`
	GOGC    string        `name:"gogc" group:"How to measure" help:"GOGC of Go engines. By default garbage is collected between batches only, off the clock, which halves the noise: allocations are compared exactly." default:"off" placeholder:"PERCENT"`
	Budget  time.Duration `group:"How to measure" help:"Maximum time for one benchmark; if it has no verdict by then it is inconclusive." default:"90s"`
	Full    bool          `group:"How to measure" help:"Always measure all pairs; never stop early."`
	Seed    uint64        `group:"How to measure" help:"Seed for the order of everything (default: from the clock)." placeholder:"N"`
	Timeout time.Duration `group:"How to measure" help:"Fail a benchmark if one pair takes longer." default:"1m"`

	AA      int             `name:"aa" group:"Testing the gate itself" help:"Run the gate N times with base on both sides, and print the rate of false alarms." placeholder:"N"`
	Neutral bool            `group:"Testing the gate itself" help:"Take for HEAD base with code added that never runs while measuring, another one each time: the change that no gate should mind. Alone: once."`
	Inject  verdict.Percent `group:"Testing the gate itself" help:"Inject a known slowdown into HEAD. With --aa: print how often it was found." placeholder:"PERCENT"`

	Out string `group:"Output" help:"Folder for samples and verdicts (default: results/gate-DATE-TIME)." placeholder:"DIR"`

	spent gate.Spent // of all sessions
}

func (*gateRunCmd) Help() string {
	return `BASE and HEAD are two of a kind:

  main, HEAD~3, v1.2      commits of this repository, built apart; "." is the working tree
  goja@latest, goja@v…    versions of a Go engine (goja, sobek, quickjs)
  goja=../my-goja         a folder with such an engine; "goja" is the one built in
  goja=../clone@HEAD~3    a commit of its clone
  node@12.22              published versions of Node.js, Bun and Deno, from npm
  node=/path/to/node      builds of a program, as in --host (…,kind=KIND,flags=FLAGS)
  node22                  an engine that is installed
  old.txt, results/run-1  results of "promisebench run" or "go test -bench": unpaired, so that only changes beyond an allowance count

Both builds run side by side in fresh processes, many times, batch by batch in random order, with the scripts of this promisebench on both sides; what is analysed is how pairs of processes differ. Where functions lie in memory moves times by several percent, and any change to code moves others: so Go engines are linked anew for each pair, on both sides, with their functions in random order (--layouts), and what time can't tell from that, executed instructions do. A benchmark has regressed or improved with family-wise confidence over all benchmarks; it is unchanged if its whole confidence interval lies within the equivalence margin; else it is inconclusive. Sampling goes on until all have a verdict or the budget is spent. Package report/gate has the method, with sources.

` + method.Paragraphs(method.Rates)[0].Text + `

Exit codes: 0 no regression, 1 a regression, 2 wrong use, or something could not be compared, 3 inconclusive (see --undecided), 130 interrupted.

The file of --config may hold, all of it optional:

  {"gate": {"alpha": "1%", "confidence": "95%", "pairs": 40, "undecided": "exact",
    "metrics": ["sec/op", "instructions/op", "ticks/op", "allocs/op", "B/op"],
    "threshold": "0.5%", "bound": "1%", "allowance": "6%",
    "rules": [{"match": "^Parallel/", "metric": "sec/op", "threshold": "2%", "bound": "5%"},
              {"metric": "instructions/op", "tolerance": "0.5%"},
              {"match": "engine=sobek", "metric": "allocs/op", "ignore": true}]}}`
}

func (c *gateRunCmd) Run(a *app.App) error {
	config, err := c.settings()
	if err != nil {
		return app.Misuse{Err: err}
	}
	if c.Neutral && c.Head != "" {
		return app.Misuse{Err: errors.New("--neutral makes HEAD of BASE: give no HEAD")}
	}
	if c.Neutral {
		c.AA = max(c.AA, 1)
	}
	if c.AA > 0 && c.Head == "" {
		c.Head = c.Base
	}
	finder := a.Finder(c.GOGC)
	specs, err := finder.Specs(c.Base, c.Head)
	if err != nil {
		return app.Misuse{Err: err}
	}
	if specs[gate.Base].Kind == gate.Results {
		return compareResults(a, c.Base, c.Head, config, c.Out)
	}
	plan, err := c.plan(a, finder, specs, config)
	for _, side := range gate.Sides() {
		defer plan.Builds[side].Close()
	}
	if err != nil {
		return app.Misuse{Err: err}
	}
	if c.Out == "" {
		c.Out = record.Folder("gate", a.Now())
	}
	if c.AA > 0 {
		return c.calibrate(a, plan, config)
	}
	found, err := c.measure(a, plan, config, c.Out)
	if err != nil {
		return err
	}
	return found.Err()
}

// settings returns the configuration with the flags in their places.
func (c *gateRunCmd) settings() (verdict.Config, error) {
	config, err := c.judging.config()
	if err != nil {
		return config, err
	}
	// What it is by default depends on the builds.
	c.Pairs = cmp.Or(c.Pairs, config.Pairs)
	config.Pairs = c.Pairs
	if c.Exact {
		if len(c.Metric) == 0 {
			config.Metrics = []string{bench.Instructions, "ticks/op", "allocs/op", "B/op"}
		}
		c.Life, c.Warmup, c.Layouts = c.Time, 0, 1
	}
	switch {
	case c.Layouts < 0:
		return config, fmt.Errorf("--layouts %d: want 1 or more", c.Layouts)
	case !app.IsGOGC(c.GOGC):
		return config, fmt.Errorf("--gogc %s: want off or a percentage", c.GOGC)
	case c.Time <= 0 || c.Life != 0 && c.Life < c.Time || c.Timeout <= max(c.Life, c.Time) || c.Warmup < 0:
		return config, errors.New("want 0 < --time <= --life < --timeout, and --warmup not negative")
	case c.Inject > 1:
		return config, errors.New("--inject: at most 100%")
	}
	return config.Complete()
}

// plan finds or builds both sides and returns what to measure of them.
func (c *gateRunCmd) plan(a *app.App, finder gate.Finder, specs [2]gate.Spec, config verdict.Config) (p gate.Plan, err error) {
	p = gate.Plan{
		Budget: c.Budget, Exact: c.Exact, Seed: c.Seed, Counts: gate.Counts,
		Meter: gate.PairMeter{Time: c.Time, Warmup: c.Warmup, Timeout: c.Timeout, Inject: float64(c.Inject)},
		GOGC:  c.GOGC, Metrics: config.Metrics,
	}
	if c.Inject > 0 {
		p.Injected = c.Inject.String()
	}
	if p.Seed == 0 {
		p.Seed = uint64(a.Now().UnixNano())
	}
	workloads, filter, custom, err := c.Filtered(a)
	if err != nil {
		return p, err
	}
	p.Custom = custom
	if p.Shard, err = gate.ParseShard(c.Shard); err != nil {
		return p, fmt.Errorf("--shard %s: %w", c.Shard, err)
	}
	if p.Builds, err = finder.Builds(a.Ctx, specs, c.Engine); err != nil {
		return p, err
	}
	if err := c.instruments(a, &p); err != nil {
		return p, err
	}
	all, leftOut, err := gate.Benchmarks(p.Builds, workloads, filter, bench.Setup{Window: c.Window})
	if err != nil {
		return p, err
	}
	if len(leftOut) > 0 {
		fmt.Fprintf(a.Stderr, "left out, because that await mode is native on one side only (--await selects them): %s\n", strings.Join(leftOut, ", "))
	}
	p.Family = len(all)
	if p.Benchmarks, err = p.Shard.Select(all); err != nil {
		return p, fmt.Errorf("--shard %s: %w", c.Shard, err)
	}
	return p, nil
}

// instruments decides on layouts and on how to count instructions, and says what is
// lacking.
func (c *gateRunCmd) instruments(a *app.App, p *gate.Plan) error {
	warning, err := p.ChooseLayouts(a.Ctx, c.Layouts, c.Pairs, c.Life)
	if err != nil {
		return fmt.Errorf("--layouts %d: %w", c.Layouts, err)
	}
	if warning != "" {
		fmt.Fprintln(a.Stderr, "promisebench: warning:", warning)
	}
	if !slices.Contains(p.Metrics, bench.Instructions) {
		return nil
	}
	p.Counter, err = a.Counter(p.Builds[gate.Base].Engines)
	return err
}

// measure carries a plan out and records samples and verdicts in the folder dir.
func (c *gateRunCmd) measure(a *app.App, plan gate.Plan, config verdict.Config, dir string) (*compare.Comparison, error) {
	p := progress.New(a.Stderr, a.Now, "pairs at most", 0)
	measuring := false // and no longer counting instructions
	s := &gate.Session{
		Plan: plan,
		Decide: func(base, head io.Reader) (gate.Open, error) {
			found, err := app.DecideSamples(dir, base, head, config, measuring)
			if err != nil {
				return gate.Open{}, err
			}
			return gate.Open{Pairs: found.Open(c.Full), Counts: found.Uncounted()}, nil
		},
		Progress: func(now gate.Progress) {
			note := fmt.Sprintf("%d of %d benchmarks open", now.Open, now.Benchmarks)
			if measuring = now.Taken > 0; !measuring {
				note = fmt.Sprintf("instructions of %d of %d benchmarks counted", now.Counted, now.Benchmarks)
			}
			p.Set(now.Taken, now.AtMost, note)
		},
		Trouble: func(side gate.Side, name string, err error) { p.Tell(side.String(), name, err) },
	}
	err := c.record(a, s, dir)
	p.End()
	for _, side := range gate.Sides() {
		if err == nil && a.Ctx.Err() == nil {
			err = s.Builds[side].Unchanged(a.Ctx)
		}
	}
	if err != nil {
		return nil, err
	}
	c.spent.Add(s.Spent)
	found, err := app.DecideSamples(dir, s.Samples(gate.Base), s.Samples(gate.Head), config, true)
	switch {
	case err != nil && a.Ctx.Err() != nil:
		return nil, fmt.Errorf("interrupted: %w before there was anything to judge", a.Ctx.Err())
	case err != nil:
		return nil, err
	}
	if err := app.WriteVerdicts(found, dir); err != nil {
		return nil, app.Misuse{Err: err}
	}
	if err := found.Verdicts().WriteText(a.Stdout, a.Columns()); err != nil {
		return nil, err
	}
	fmt.Fprintf(a.Stdout, "\n%s to look at; samples, gate.svg, summary.md, report.md, gate.json, junit.xml beside it\n", filepath.Join(dir, record.Page))
	if err := a.Ctx.Err(); err != nil {
		return nil, fmt.Errorf("interrupted: %w\nthe verdicts above are from what was measured so far; %s has it", err, dir)
	}
	return found, nil
}

// record runs a session and writes both sides to the folder dir.
func (c *gateRunCmd) record(a *app.App, s *gate.Session, dir string) error {
	base, head, err := record.CreateSides(dir)
	if err != nil {
		return app.Misuse{Err: err}
	}
	defer base.Close()
	defer head.Close()
	fmt.Fprintf(a.Stderr, "%d benchmarks, %s → %s, at most %d pairs of processes each → %s\n",
		len(s.Benchmarks), s.Builds[gate.Base].Source, s.Builds[gate.Head].Source, s.Pairs, dir)
	return s.Run(a.Ctx, a.Header(nil, nil), base, head)
}
