package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"gonum.org/v1/gonum/stat/distuv"

	"promisebench/bench"
	"promisebench/engines"
	"promisebench/report"
	"promisebench/report/gate"
)

type gateCmd struct {
	Run   gateRunCmd   `cmd:"" default:"withargs" help:"Measure two builds in pairs and say whether head is slower."`
	Merge gateMergeCmd `cmd:"" help:"Make one verdict of the shards of a gate, or judge a recorded one again."`
}

func (*gateCmd) Help() string {
	return "'promisebench gate BASE HEAD' is short for 'promisebench gate run BASE HEAD'. What BASE and HEAD may be, all flags, and the configuration file: promisebench gate run --help."
}

// judging is what all ways to a verdict share.
type judging struct {
	Config    string        `group:"What counts" help:"File with thresholds for benchmarks and metrics, under the key \"gate\"." default:".promisebench.json" placeholder:"FILE"`
	Threshold *gate.Percent `group:"What counts" help:"Least change, as best estimate, that is a regression (default: 0.5%)." placeholder:"PERCENT"`
	Bound     *gate.Percent `group:"What counts" help:"A benchmark is unchanged if its whole interval lies within this of no change (default: 1%)." placeholder:"PERCENT"`
	Allowance *gate.Percent `group:"What counts" help:"Between result files, which are no pairs: what may differ without meaning anything (default: 6%)." placeholder:"PERCENT"`
	Alpha     gate.Percent  `group:"What counts" help:"Probability of any false alarm in a whole gate run (default: 1%)." placeholder:"PERCENT"`
	Metric    []string      `group:"What counts" help:"Metrics to compare (default: sec/op, ticks/op, allocs/op, B/op, req/s)." placeholder:"UNIT"`
	Undecided string        `group:"What counts" help:"What benchmarks without a verdict are: fail (exit code 3) or pass." placeholder:"WORD"`
}

// config returns the file's configuration with the flags in their places.
func (c *judging) config() (gate.Config, error) {
	var config gate.Config
	file, err := os.Open(c.Config)
	switch {
	case err == nil:
		defer file.Close()
		if config, err = gate.ReadConfig(file); err != nil {
			return config, fmt.Errorf("%s: %w", c.Config, err)
		}
	case c.Config != configFile || !errors.Is(err, os.ErrNotExist):
		return config, err
	}
	for _, f := range []struct{ from, to **gate.Percent }{
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

type gateRunCmd struct {
	Base string `arg:"" help:"What to compare with."`
	Head string `arg:"" optional:"" help:"What is compared (default: the working tree, or the same engine as it is built in)."`

	judging

	Engine   []string `group:"What to measure" help:"With commits: the embedded engines to measure (default: goja)." default:"goja" placeholder:"NAME"`
	Workload []string `group:"What to measure" help:"Workloads, or one variant as WORKLOAD/VARIANT (default: doxbee, doxbee-errors, parallel, middleware)." default:"doxbee,doxbee-errors,parallel,middleware" placeholder:"NAME"`
	Style    []string `group:"What to measure" help:"Styles (default: promise, async)." default:"promise,async" placeholder:"NAME"`
	Await    []string `group:"What to measure" help:"Await modes (default: those that both sides have by themselves)." placeholder:"MODE"`
	Filter   string   `group:"What to measure" help:"Only benchmarks whose name matches this regular expression." placeholder:"REGEXP"`
	Window   int      `group:"What to measure" help:"Operations in flight." default:"100"`
	Exact    bool     `group:"What to measure" help:"Only metrics that do not vary, ticks and allocations: one pair of processes, no time."`
	Shard    string   `group:"What to measure" help:"Measure only part i of n, as i/n; 'promisebench gate merge' makes one verdict of all." placeholder:"I/N"`

	Pairs   int           `group:"How to measure" help:"Pairs of processes, at most; large changes need fewer (default: 56)." placeholder:"N"`
	Life    time.Duration `group:"How to measure" help:"How long each process measures." default:"520ms"`
	Warmup  int           `group:"How to measure" help:"Batches before that." default:"2"`
	Time    time.Duration `group:"How to measure" help:"About how long a batch takes." default:"15ms"`
	GOGC    string        `name:"gogc" group:"How to measure" help:"GOGC of Go engines. Garbage is collected between batches, off the clock; by default not within them, which halves the noise. What is allocated is compared exactly." default:"off" placeholder:"PERCENT"`
	Budget  time.Duration `group:"How to measure" help:"Longest time for one benchmark; then it is undecided." default:"90s"`
	Full    bool          `group:"How to measure" help:"Take all pairs, also where the verdict is clear."`
	Seed    uint64        `group:"How to measure" help:"Seed for the order of everything (default: from the clock)." placeholder:"N"`
	Timeout time.Duration `group:"How to measure" help:"Longest time for one pair; beyond it the benchmark has failed." default:"1m"`

	AA     int          `name:"aa" group:"To test the gate itself" help:"Run the gate N times with base on both sides, and print how often it raised an alarm." placeholder:"N"`
	Inject gate.Percent `group:"To test the gate itself" help:"Let head do so much more than is counted, a known slowdown. With --aa: print how often it was found." placeholder:"PERCENT"`

	Out string `group:"Where to" help:"Folder for samples and verdicts (default: results/gate-DATE-TIME)." placeholder:"DIR"`
}

func (*gateRunCmd) Help() string {
	return `BASE and HEAD are two of a kind:

  main, HEAD~3, v1.2      commits of this repository, built apart; "." is the working tree
  goja@latest, goja@v…    versions of a Go engine (goja, sobek, quickjs)
  goja=../my-goja         a folder with such an engine; "goja" is the one built in
  node=/path/to/node      builds of a program, as in --host (…,kind=KIND,flags=FLAGS)
  node22                  an engine that is installed
  old.txt, results/run-1  results of "promisebench run" or "go test -bench": no pairs, so that only changes beyond an allowance count

Both builds run side by side in fresh processes, many times, batch by batch in random order, with the scripts of this promisebench on both sides; what is analysed is how pairs of processes differ. Four verdicts: regressed (or improved), with family-wise confidence over all benchmarks; unchanged, if the whole interval lies within the bound; else undecided. Sampling goes on until all have a verdict or the budget is spent. package report/gate says how, with sources.

Exit codes: 0 no regression, 1 a regression, 2 wrong use, or something could not be compared, 3 undecided (--undecided pass makes it 0), 130 interrupted.

The file of --config may hold, all of it optional:

  {"gate": {"alpha": "1%", "confidence": "95%", "pairs": 56, "undecided": "fail",
    "metrics": ["sec/op", "ticks/op", "allocs/op", "B/op"],
    "threshold": "0.5%", "bound": "1%", "allowance": "6%", "tolerance": "0.02%",
    "rules": [{"match": "^Parallel/", "metric": "sec/op", "threshold": "2%", "bound": "3%"},
              {"match": "engine=sobek", "metric": "allocs/op", "ignore": true}]}}`
}

func (c *gateRunCmd) Run(a *app) error {
	config, err := c.settings()
	if err != nil {
		return misuse{err}
	}
	if c.AA > 0 && c.Head == "" {
		c.Head = c.Base
	}
	base, head, err := a.sides(c)
	if err != nil {
		return misuse{err}
	}
	if base.results != nil {
		return conclude(a, []report.Match{{Base: base.results, Head: head.results}}, config, c.Out)
	}
	if c.Out == "" {
		c.Out = filepath.Join(resultsDir, "gate-"+a.now().Format("20060102-150405"))
	}
	if c.Seed == 0 {
		c.Seed = uint64(a.now().UnixNano())
	}
	if c.AA > 0 {
		return c.calibrate(a, base, head, config)
	}
	j, err := c.measure(a, base, head, config, c.Out)
	if err != nil {
		return err
	}
	return j.Err()
}

// settings returns the configuration with the flags in their places.
func (c *gateRunCmd) settings() (gate.Config, error) {
	config, err := c.judging.config()
	if err != nil {
		return config, err
	}
	if c.Pairs != 0 {
		config.Pairs = c.Pairs
	}
	if c.Exact {
		config.Metrics = []string{"ticks/op", "allocs/op", "B/op"}
		c.Life, c.Warmup = c.Time, 0
	}
	switch {
	case c.GOGC != "off" && !numeric.MatchString(c.GOGC):
		return config, fmt.Errorf("--gogc %s: want off or a percentage", c.GOGC)
	case c.Time <= 0 || c.Life < c.Time || c.Timeout <= c.Life || c.Warmup < 0:
		return config, errors.New("want 0 < --time <= --life < --timeout, and --warmup not negative")
	case c.Inject > 1:
		return config, errors.New("--inject: at most 100%")
	}
	return config.Complete()
}

var numeric = regexp.MustCompile(`^[1-9][0-9]{0,5}$`)

// conclude judges results, writes the verdicts to the folder out, if it is not
// empty, and prints them. The error is that of the verdicts, too.
func conclude(a *app, matches []report.Match, config gate.Config, out string) error {
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
func judge(matches []report.Match, config gate.Config) (*report.Judgement, error) {
	j, err := report.Judge(matches, config)
	return j, cmp.Or(err, config.Unused())
}

// The files of a gate's folder.
const (
	baseFile = "base.txt"
	headFile = "head.txt"
)

// measure measures until everything is decided or the budget is spent, and
// records samples and verdicts in the folder dir.
func (c *gateRunCmd) measure(a *app, base, head side, config gate.Config, dir string) (*report.Judgement, error) {
	rows, err := c.rows(a, base, head)
	if err != nil {
		return nil, misuse{err}
	}
	family := len(rows)
	if rows, err = shard(rows, c.Shard); err != nil {
		return nil, misuse{err}
	}
	d, err := c.start(a, base, head, config, dir, family)
	if err != nil {
		return nil, misuse{err}
	}
	defer d.close()
	fmt.Fprintf(a.stderr, "%d benchmarks, %s → %s, at most %d pairs of processes each → %s\n", len(rows), base.said, head.said, config.Pairs, dir)
	if err := d.run(a, rows); err != nil {
		return nil, err
	}
	j, err := d.judge()
	if err != nil {
		if a.ctx.Err() != nil {
			return nil, fmt.Errorf("interrupted: %w before there was anything to judge", a.ctx.Err())
		}
		return nil, misuse{err}
	}
	if err := writeJudgement(j, dir); err != nil {
		return nil, misuse{err}
	}
	if err := printJudgement(a, j); err != nil {
		return nil, err
	}
	fmt.Fprintf(a.stdout, "%s to look at; samples, gate.svg, summary.md, report.md, gate.json, junit.xml beside it\n", filepath.Join(dir, pageFile))
	if err := a.ctx.Err(); err != nil {
		return nil, fmt.Errorf("interrupted: %w\nthe verdicts above are from what was measured so far; %s has it", err, dir)
	}
	return j, nil
}

// A gateRow is a benchmark on both sides.
type gateRow struct{ base, head bench.Cell }

// rows returns the benchmarks that were asked for, of which both sides must
// have each. If no await mode was asked for, these are those that both sides
// have by themselves, and what is left out thereby is told.
func (c *gateRunCmd) rows(a *app, base, head side) ([]gateRow, error) {
	filter := bench.Filter{Workloads: c.Workload, Styles: c.Style, Awaits: c.Await}
	var err error
	if c.Filter != "" {
		if filter.Match, err = regexp.Compile(c.Filter); err != nil {
			return nil, fmt.Errorf("--filter: %w", err)
		}
	}
	cells := map[string]*[2]bench.Cell{} // of base and head, by name
	var names []string
	for i, s := range []side{base, head} {
		list, err := bench.Catalog{Workloads: a.catalog.Workloads, Engines: s.engines}.Cells(filter, bench.Setup{Window: c.Window})
		if err != nil {
			return nil, fmt.Errorf("%s: %w", []string{"base", "head"}[i], err)
		}
		for _, cell := range list {
			name := cell.Name()
			if cells[name] == nil {
				cells[name] = new([2]bench.Cell)
				names = append(names, name)
			}
			cells[name][i] = cell
		}
	}
	var rows []gateRow
	var left []string
	for _, name := range names {
		pair := cells[name]
		here := 0
		if pair[0].Engine == nil {
			here = 1
		}
		if len(c.Await) == 0 && !(native(base, pair[here]) && native(head, pair[here])) {
			left = append(left, name)
			continue
		}
		for i, s := range []string{"base", "head"} {
			if pair[i].Engine == nil {
				return nil, fmt.Errorf("%s has no benchmark %s: choose with --workload, --style, --await or --filter what both have", s, name)
			}
		}
		rows = append(rows, gateRow{pair[0], pair[1]})
	}
	if len(rows) == 0 {
		return nil, errors.New("no benchmark has a native await mode on both sides: choose one with --await")
	}
	// An emulated mode is nobody's own: leaving it out needs no word.
	left = slices.DeleteFunc(left, func(name string) bool {
		c := cells[name]
		return !(c[0].Engine != nil && native(base, c[0]) || c[1].Engine != nil && native(head, c[1]))
	})
	if len(left) > 0 {
		fmt.Fprintf(a.stderr, "left out, because only one side has that await mode by itself (--await takes them): %s\n", strings.Join(left, ", "))
	}
	return rows, nil
}

// native reports whether the engine of a side that c is for has c's await mode
// by itself.
func native(s side, c bench.Cell) bool {
	return slices.ContainsFunc(s.engines, func(e engines.Engine) bool {
		return e.Name() == c.Engine.Name() && e.Await(c.Await).Own()
	})
}

// shard returns part i of n of the rows. All rows cost about the same, since
// each has the same number of batches of the same length; dealing them out one
// by one gives each part a share of every workload as well.
func shard(rows []gateRow, text string) ([]gateRow, error) {
	if text == "" {
		return rows, nil
	}
	first, second, ok := strings.Cut(text, "/")
	i, err1 := strconv.Atoi(first)
	n, err2 := strconv.Atoi(second)
	if !ok || err1 != nil || err2 != nil || i < 1 || i > n {
		return nil, fmt.Errorf("--shard %s: want i/n with i from 1 to n, such as 1/4", text)
	}
	var part []gateRow
	for at, r := range rows {
		if at%n == i-1 {
			part = append(part, r)
		}
	}
	if len(part) == 0 {
		return nil, fmt.Errorf("--shard %s: there are only %d benchmarks", text, len(rows))
	}
	return part, nil
}

// A duel is a gate while it measures.
type duel struct {
	cmd    *gateRunCmd
	config gate.Config
	files  [2]*os.File // base and head
	logs   [2]*bench.Log
	text   [2]strings.Builder // the same, to be judged
	random *rand.Rand
	meter  *bench.Duel
	spent  map[string]time.Duration
	gone   map[string]bool // failed, or out of budget
}

func (c *gateRunCmd) start(a *app, base, head side, config gate.Config, dir string, family int) (*duel, error) {
	random := rand.New(rand.NewPCG(c.Seed, 0))
	d := &duel{
		cmd: c, config: config, random: random,
		meter: &bench.Duel{Time: c.Time, Warmup: c.Warmup, Life: c.Life, Timeout: c.Timeout, Inject: float64(c.Inject), Random: random},
		spent: map[string]time.Duration{}, gone: map[string]bool{},
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, err
	}
	pairing := fmt.Sprintf("%s seed %d", a.now().UTC().Format(time.RFC3339Nano), c.Seed)
	for i, s := range []side{base, head} {
		name := filepath.Join(dir, []string{baseFile, headFile}[i])
		file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		if errors.Is(err, os.ErrExist) {
			err = fmt.Errorf("%s is there already: choose another --out, or judge it again with 'promisebench gate merge %s'", name, dir)
		}
		if err != nil {
			d.close()
			return nil, err
		}
		d.files[i] = file
		// GOMAXPROCS is 1 in the workers.
		d.logs[i] = bench.NewLog(io.MultiWriter(file, &d.text[i]), 1)
		if err := d.logs[i].Header(c.conditions(a, s, config, pairing, family), bench.UnitMetadata); err != nil {
			d.close()
			return nil, err
		}
	}
	return d, nil
}

func (d *duel) close() {
	for _, f := range d.files {
		if f != nil {
			f.Close()
		}
	}
}

// conditions returns the header of a side's samples.
func (c *gateRunCmd) conditions(a *app, s side, config gate.Config, pairing string, family int) []bench.Condition {
	list := bench.Host(a.root)
	for i := range list {
		// Those of the workers, if they are written in Go.
		switch key := list[i].Key; {
		case s.goTool == "":
		case key == "gomaxprocs":
			list[i].Value = "1"
		case key == "gogc":
			list[i].Value = c.GOGC
		}
	}
	if c.Inject > 0 {
		list = append(list, bench.Condition{Key: "inject", Value: c.Inject.String() + " into head"})
	}
	return slices.Concat(list, []bench.Condition{
		{Key: "commit", Value: commit()},
		{Key: "window", Value: strconv.Itoa(c.Window)},
		{Key: "sample", Value: fmt.Sprintf("process: mean of the fastest 40 %% of batches of %v in %v behind %d", c.Time, c.Life, c.Warmup)},
		{Key: "rounds", Value: report.PairedRounds},
		{Key: report.Pairing, Value: pairing},
		{Key: report.Pairs, Value: strconv.Itoa(config.Pairs)},
		{Key: report.Family, Value: strconv.Itoa(family)},
		{Key: report.Shard, Value: cmp.Or(c.Shard, "1/1")},
		{Key: report.Metrics, Value: strings.Join(config.Metrics, ",")},
		{Key: report.Side, Value: s.said},
	}, bench.EngineConditions(s.engines), []bench.Condition{
		{Key: "date", Value: a.now().UTC().Format(time.RFC3339)},
		{Key: "command", Value: "promisebench " + strings.Join(a.args, " ")},
	})
}

// run measures pair by pair, each benchmark in turn, until none is open. The
// first pair of each is enough for what does not vary.
func (d *duel) run(a *app, rows []gateRow) error {
	want := map[string]int{} // pairs, by benchmark
	for _, r := range rows {
		want[r.base.Name()] = 1
	}
	p := newProgress(a, 0)
	defer p.end()
	taken := 0
	for done := map[string]int{}; len(want) > 0; {
		most := 0
		for _, n := range want {
			most = max(most, n)
		}
		for range most {
			order := slices.Clone(rows)
			d.random.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
			for _, r := range order {
				name := r.base.Name()
				if done[name] >= want[name] || d.gone[name] {
					continue
				}
				if err := d.pair(a.ctx, r, p); err != nil {
					return err
				}
				if a.ctx.Err() != nil {
					return nil // what there is will be judged
				}
				done[name]++
				taken++
				p.set("pairs at most", taken, taken+d.left(want, done), fmt.Sprintf("%d of %d benchmarks open", len(want), len(rows)))
			}
		}
		if d.cmd.Exact {
			return nil
		}
		j, err := d.judge()
		if err != nil {
			return misuse{err}
		}
		want = j.Open(d.cmd.Full)
		maps.DeleteFunc(want, func(name string, _ int) bool { return d.gone[name] })
	}
	return nil
}

// left returns how many pairs there may still be to take.
func (d *duel) left(open, done map[string]int) int {
	n := 0
	for name := range open {
		if !d.gone[name] {
			n += d.config.Pairs - done[name]
		}
	}
	return n
}

// pair takes one pair of a benchmark and records it, if both of it are there.
func (d *duel) pair(ctx context.Context, r gateRow, p *progress) error {
	name := r.base.Name()
	start := time.Now()
	result := d.meter.Pair(ctx, r.base, r.head)
	if ctx.Err() != nil {
		return nil // what was cut off says nothing
	}
	d.spent[name] += time.Since(start)
	outcomes := []bench.Outcome{result.Base, result.Head}
	failed := result.Base.Err != nil || result.Head.Err != nil
	d.gone[name] = failed || d.spent[name] >= d.cmd.Budget
	for i, o := range outcomes {
		if failed && o.Err == nil {
			continue // half a pair
		}
		if err := d.logs[i].Record(o.Record()); err != nil {
			return err
		}
		if o.Err != nil {
			p.tell([]string{"base", "head"}[i], name, o.Err)
		}
	}
	return nil
}

// judge judges what there is so far.
func (d *duel) judge() (*report.Judgement, error) {
	var sides [2]*report.Results
	for i := range sides {
		sides[i] = report.NewResults()
		if err := sides[i].Add(d.files[i].Name(), strings.NewReader(d.text[i].String())); err != nil {
			return nil, err
		}
	}
	return judge([]report.Match{{Base: sides[0], Head: sides[1]}}, d.config)
}

// writeJudgement writes the verdicts in all their forms.
func writeJudgement(j *report.Judgement, dir string) error {
	if _, err := writeComparison(j, dir); err != nil {
		return err
	}
	for name, write := range map[string]func(io.Writer) error{
		"summary.md": j.WriteMarkdown, "gate.json": j.WriteJSON, "junit.xml": j.WriteJUnit,
	} {
		if err := writeFile(filepath.Join(dir, name), write); err != nil {
			return err
		}
	}
	return nil
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

// calibrate runs the gate again and again with what should be alike, or with a
// known slowdown, and prints how often it said what.
func (c *gateRunCmd) calibrate(a *app, base, head side, config gate.Config) error {
	alarms, found, broken := 0, 0, 0
	verdicts := map[gate.Verdict]int{}
	benchmarks := 0
	start := a.now()
	for i := range c.AA {
		c.Seed++
		j, err := c.measure(a, base, head, config, filepath.Join(c.Out, fmt.Sprintf("aa-%03d", i+1)))
		if err != nil {
			return err
		}
		if errors.Is(j.Err(), report.ErrBroken) {
			broken++
		}
		if j.Count(gate.Regressed) > 0 {
			alarms++
		}
		for _, r := range j.Rows {
			if r.Kind != gate.Paired {
				continue
			}
			benchmarks++
			verdicts[r.Verdict]++
			if r.Verdict == gate.Regressed {
				found++
			}
		}
	}
	each := a.now().Sub(start) / time.Duration(max(1, benchmarks))
	what := "false alarms (gate runs that called something regressed, with the same on both sides)"
	if c.Inject > 0 {
		what = fmt.Sprintf("gate runs that found the %v that head was slowed down by", c.Inject)
	}
	fmt.Fprintf(a.stdout, "%s: %s\n", what, rate(alarms, c.AA))
	if c.Inject > 0 {
		fmt.Fprintf(a.stdout, "benchmarks in which it was found: %s\n", rate(found, benchmarks))
	}
	for _, v := range gate.Verdicts() {
		fmt.Fprintf(a.stdout, "  %-9s  %4d of %d benchmarks\n", v, verdicts[v], benchmarks)
	}
	fmt.Fprintf(a.stdout, "%v for each benchmark\n", each.Round(100*time.Millisecond))
	switch {
	case broken > 0:
		return fmt.Errorf("%w in %d of %d gate runs", report.ErrBroken, broken, c.AA)
	case c.Inject == 0 && alarms > 0:
		return failed{fmt.Errorf("%d false alarms", alarms)}
	}
	return nil
}

// rate writes a proportion with its 95 % interval (C. J. Clopper and E. S.
// Pearson, "The use of confidence or fiducial limits illustrated in the case of
// the binomial", Biometrika 26, 1934).
func rate(k, n int) string {
	lo, hi := 0.0, 1.0
	if k > 0 {
		lo = distuv.Beta{Alpha: float64(k), Beta: float64(n - k + 1)}.Quantile(0.025)
	}
	if k < n {
		hi = distuv.Beta{Alpha: float64(k + 1), Beta: float64(n - k)}.Quantile(0.975)
	}
	return fmt.Sprintf("%d of %d (95 %% interval %.1f %% to %.1f %%)", k, n, 100*lo, 100*hi)
}

type gateMergeCmd struct {
	Dirs []string `arg:"" help:"Folders of gate runs: all shards of one gate."`

	judging

	Out string `help:"Folder for the verdicts." placeholder:"DIR"`
}

func (*gateMergeCmd) Help() string {
	return `Reads base.txt and head.txt of each folder, demands that all shards are there, and judges all benchmarks together. Exit codes as for 'promisebench gate'.`
}

func (c *gateMergeCmd) Run(a *app) error {
	config, err := c.judging.config()
	if err != nil {
		return misuse{err}
	}
	var matches []report.Match
	for _, dir := range c.Dirs {
		m, err := readMatch(filepath.Join(dir, baseFile), filepath.Join(dir, headFile))
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

// completeFor completes a configuration that does not say which metrics are to
// be compared by what the samples of a gate say.
func completeFor(m report.Match, config gate.Config) (gate.Config, error) {
	for _, condition := range m.Base.Config() {
		if condition.Key == report.Metrics && len(config.Metrics) == 0 {
			config.Metrics = strings.Split(condition.Value, ",")
		}
	}
	return config.Complete()
}
