package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"time"

	"promisebench/bench"
	"promisebench/bench/cmd/promisebench/app"
	"promisebench/bench/count"
	"promisebench/bench/plan"
	"promisebench/engines"
	"promisebench/engines/worker"
	verdict "promisebench/report/gate"
	"promisebench/workloads"
)

type runCmd struct {
	Engine   []string       `group:"What to measure" sep:"none" help:"Engines: names or patterns such as 'node*', published versions such as node@14.21.3, separated by commas, or a build of your own as NAME=PATH,kind=KIND,flags=FLAGS (default: the embedded ones)." placeholder:"NAME"`
	Workload []string       `group:"What to measure" help:"Workloads, or one variant as WORKLOAD/VARIANT, of any group, or a script of your own or a folder of them, such as ./my.js (default: those of --group)." placeholder:"NAME"`
	Group    string         `group:"What to measure" help:"Group of workloads: core, patterns, micro, all." default:"core" placeholder:"GROUP"`
	Style    []string       `group:"What to measure" help:"Styles (default: all; async-transpiled beyond the core only if named)." placeholder:"NAME"`
	Await    []string       `group:"What to measure" help:"Await modes: legacy, optimized (default: both)." placeholder:"MODE"`
	Filter   *regexp.Regexp `group:"What to measure" help:"Only benchmarks whose name matches this regular expression; 'promisebench list --names' prints the names." placeholder:"REGEXP"`
	Window   int            `group:"What to measure" help:"Operations in flight. The article's driver used 10000; 1 is one after the other." default:"100"`

	Emulate bool     `group:"What to measure" help:"Also emulate the legacy await where it is native, to measure the error of the emulation."`
	Hooks   []string `group:"What to measure" help:"Asynchronous hooks: off, on, or both as off,on." default:"off" enum:"off,on"`
	Context []string `group:"What to measure" help:"Operations without a context of their own (off), or in an AsyncLocalStorage.run with a look into it behind each await: als is the host's own, als-frame and als-hooks are Node.js 22 and 24 with and without AsyncContextFrame." default:"off" enum:"off,als,als-frame,als-hooks"`
	Impl    []string `group:"What to measure" help:"Promises: native, or the library bluebird in their place ('make engines' installs it), or both." default:"native" enum:"native,bluebird"`
	Traces  []string `group:"What to measure" help:"Async stack traces: default, on, off, or several." default:"default" enum:"default,on,off"`

	precision
	Time    time.Duration `group:"How to measure" help:"Target duration of one batch, of which a sample has up to 7 (20 on engines that compile). A full window may take longer." default:"20ms"`
	Metric  []string      `group:"How to measure" help:"A metric beside those that come with time: instructions/op, counted by the processor or else by valgrind." enum:"instructions/op" placeholder:"NAME"`
	Timeout time.Duration `group:"How to measure" help:"Fail a benchmark if one sample takes longer." default:"1m"`

	output
}

func (*runCmd) Help() string {
	return `Measures until each benchmark is known well enough (--until) or time is up (--budget). Samples are taken round by round; a round takes one more of everything that is not known yet, in random order, so that other work on the machine affects all alike. A sample is a process with a realm of its own, in which the order program has proven the await mode and every checksum is verified. What is compared, the await modes of an engine and the engines that run the same, is alive at the same time and takes turns batch by batch; the faster half of a process's batches is its result, and all of them stand in the text. Results are written to DIR/bench.txt in Go benchmark format as they come, so nothing is lost on Ctrl-C: --resume continues.

Examples:

  promisebench run --engine goja --workload doxbee,parallel

  promisebench run --filter 'Doxbee/style=async/' --until 1% --budget 10m

  promisebench run --window 10000 --rounds 20

  promisebench run --workload ./my.js --engine goja,node24

A script of your own stands alone and defines operation(i), which returns a promise of a 32-bit integer that may depend on i modulo 100 (or operation(i, done), which calls done(error, value)). A function expected(i) says what the integer must be; without it goja and quickjs must agree on it. A rejection on purpose has a number as property checksum. Scripts named my.async.js, my.promise.js and so on are one workload in several styles and must yield the same.`
}

func (c *runCmd) Run(a *app.App) error {
	cells, custom, err := c.cells(a)
	if err != nil {
		return app.Misuse{Err: err}
	}
	m := measurement{
		meter: &bench.Meter{Time: c.Time, Timeout: c.Timeout}, cells: cells, partner: bench.Cell.Partner,
		precision: c.precision, count: len(c.Metric) > 0, custom: custom, output: c.output,
	}
	_, err = m.measure(a)
	return err
}

// precision says how often to measure.
type precision struct {
	Until     verdict.Percent `group:"How to measure" help:"How well ratios of await modes are to be known: half the width of their 95% interval (default: 2%)." placeholder:"PERCENT"`
	UntilTime verdict.Percent `group:"How to measure" help:"The same for benchmarks that have no other await mode, for their time, or requests per second (default: twice --until)." placeholder:"PERCENT"`
	Budget    time.Duration   `group:"How to measure" help:"How long to measure, at most; but at least 9 samples of each benchmark are taken (default: 4m)." placeholder:"TIME"`
	Rounds    *int            `group:"How to measure" help:"Take so many samples of each benchmark instead, however well they tell. A 95% interval needs 6." placeholder:"N"`
	Seed      uint64          `group:"How to measure" help:"Seed of the order of everything." default:"1"`
}

// withDefaults fills in what the user did not choose.
func (p precision) withDefaults(until float64, budget time.Duration) (precision, error) {
	if p.Until == 0 {
		p.Until = verdict.Percent(until)
	}
	if p.UntilTime == 0 {
		p.UntilTime = 2 * p.Until
	}
	if p.Budget == 0 {
		p.Budget = budget
	}
	switch {
	case p.Rounds != nil && *p.Rounds < 1:
		return p, fmt.Errorf("--rounds %d: at least one is needed", *p.Rounds)
	case p.Budget < 0:
		return p, fmt.Errorf("--budget %v: more than 0 is needed", p.Budget)
	}
	return p, nil
}

// goal returns how well benchmarks are to be known, or nil and how many samples are
// to be taken of them.
func (p precision) goal() (goal *plan.Goal, rounds int) {
	if p.Rounds != nil {
		return nil, *p.Rounds
	}
	return &plan.Goal{Ratio: float64(p.Until), Time: float64(p.UntilTime), Budget: p.Budget}, 0
}

// conditions says so in the header.
func (p precision) conditions() []bench.Condition {
	list := []bench.Condition{{Key: bench.KeySeed, Value: strconv.FormatUint(p.Seed, 10)}, {Key: bench.KeyRounds, Value: bench.Interleaved}}
	if p.Rounds == nil {
		list = append(list, bench.Condition{Key: bench.KeyUntil, Value: fmt.Sprintf("±%v (ratios), ±%v (others)", p.Until, p.UntilTime)})
	}
	return list
}

// A measurement is what run and figures share: cells, how they are measured, and
// where the results go.
type measurement struct {
	output
	precision
	meter   *bench.Meter
	cells   []bench.Cell
	partner func(bench.Cell) string // what ratios are of
	count   bool                    // instructions
	custom  []bench.Condition       // how the results of the user's own workloads are known
}

// measure takes the samples and returns the folder that holds them.
func (m measurement) measure(a *app.App) (dir string, err error) {
	m.meter.Random = rand.New(rand.NewPCG(m.Seed, 0))
	own := slices.Concat(m.meter.Conditions(m.cells), m.conditions(), []bench.Condition{{Key: bench.KeyEmbedded, Value: worker.Isolation}}, m.custom)
	var beside *count.Beside // counts nothing
	if m.count {
		if beside, err = count.Open(a.Ctx, os.Executable, m.meter.Timeout, a.Stderr); err != nil {
			return "", err
		}
	}
	own = append(own, beside.Conditions()...)
	goal, rounds := m.goal()
	return carryOut(a, recording{
		output: m.output, header: a.Header(own, bench.Engines(m.cells)), units: bench.UnitMetadata, counted: "samples", resumable: true,
	}, plan.Plan[bench.Cell]{
		Cells: m.cells, Seed: m.Seed, Rounds: rounds, Goal: goal, Unit: "ns/op",
		Blocks: bench.Blocks, Partner: m.partner, Sample: beside.Sample(m.meter.Sample),
	})
}

// cells returns the chosen benchmarks, and how the results of the user's own
// workloads among them are known.
func (c *runCmd) cells(a *app.App) (cells []bench.Cell, custom []bench.Condition, err error) {
	catalog := a.Catalog
	chosen, custom, err := a.Workloads(c.Workload, &catalog)
	if err != nil {
		return nil, nil, err
	}
	filter := bench.Filter{Workloads: chosen, Group: c.Group, Styles: c.Style, Awaits: c.Await, Match: c.Filter}
	beyond := len(c.Workload) == 0 && c.Group != string(workloads.Core)
	if beyond && c.Rounds == nil && c.Until == 0 {
		c.Rounds = new(6) // all groups on the embedded engines are to end in under ten minutes
	}
	if c.precision, err = c.withDefaults(0.02, 4*time.Minute); err != nil {
		return nil, nil, err
	}
	if c.Time <= 0 || c.Timeout <= c.Time {
		return nil, nil, errors.New("--time must be more than 0, and --timeout more than that")
	}
	if catalog.Engines, err = a.Engines(c.Engine, false); err == nil {
		catalog.Engines, err = worker.IsolateEmbedded(catalog.Engines, "worker")
	}
	if err != nil {
		return nil, nil, err
	}
	setups, err := c.setups()
	if err != nil {
		return nil, nil, err
	}
	for _, setup := range setups {
		more, err := catalog.Cells(filter, setup)
		if err != nil {
			return nil, nil, err
		}
		cells = append(cells, more...)
	}
	if beyond && len(c.Style) == 0 {
		cells = slices.DeleteFunc(cells, func(cell bench.Cell) bool {
			return cell.Style.Lowered && cell.Workload.Group != workloads.Core
		})
	}
	return cells, custom, nil
}

// setups returns every combination of the switches that were asked for.
func (c *runCmd) setups() ([]bench.Setup, error) {
	var list []bench.Setup
	for _, name := range c.Impl {
		var impl bench.Impl
		if name != "native" {
			var err error
			if impl, err = bench.ReadImpl(os.DirFS(filepath.Join(app.EnginesDir(), "node_modules")), name); err != nil {
				return nil, fmt.Errorf("--impl %s: %w; 'make engines' installs it", name, err)
			}
		}
		for _, hooks := range c.Hooks {
			for _, kind := range c.Context {
				for _, traces := range c.Traces {
					setup := bench.Setup{Window: c.Window, Hooks: hooks == "on", Impl: impl}
					if kind != "off" {
						setup.Context = engines.Context(kind)
					}
					if traces != "default" {
						setup.Traces = engines.Switch(traces)
					}
					list = append(list, setup)
				}
			}
		}
	}
	if c.Emulate {
		list = append(list, bench.Setup{Window: c.Window, Emulate: true})
	}
	return list, nil
}
