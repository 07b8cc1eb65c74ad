package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"promisebench/bench"
	"promisebench/bench/cmd/promisebench/app"
	"promisebench/bench/httpload"
	"promisebench/bench/plan"
	"promisebench/workloads/served"
)

type httpCmd struct {
	Run  httpRunCmd  `cmd:"" default:"withargs" help:"Measure requests per second, latency, CPU time and memory."`
	List httpListCmd `cmd:"" help:"Print the names of the benchmarks."`
	Soak httpSoakCmd `cmd:"" help:"Soak test: load each server for minutes, and record its memory."`
}

func (*httpCmd) Help() string {
	return "'promisebench http' is short for 'promisebench http run': its flags and examples are in promisebench http run --help. 'promisebench report' shows the results."
}

// httpChoice says which servers are loaded, and what all loads share.
type httpChoice struct {
	Engine    []string       `group:"What to measure" sep:"none" help:"Engines, as in 'promisebench run' (default: all that are installed)." placeholder:"NAME"`
	Framework []string       `group:"What to measure" help:"Servers: plain (the host's own, or Go's for the embedded engines), express, fastify, hapi, koa, trek (default: all)." placeholder:"NAME"`
	Filter    *regexp.Regexp `group:"What to measure" help:"Only benchmarks whose name matches this regular expression." placeholder:"REGEXP"`

	Connections int   `group:"How to load" help:"Connections, kept open." default:"100"`
	Pipeline    []int `group:"How to load" help:"Requests under way on each connection; several as 10,1." default:"10"`
}

// cells returns the chosen benchmarks, which are soak tests if they have a time.
func (c *httpChoice) cells(a *app.App, soak time.Duration) ([]httpload.Cell, error) {
	filter := httpload.Filter{Frameworks: c.Framework, Connections: c.Connections, Pipeline: c.Pipeline, Soak: soak, Match: c.Filter}
	modules := filepath.Join(serversDir(), "node_modules")
	catalog := httpload.Catalog{Modules: modules, Installed: os.DirFS(modules)}
	var err error
	if catalog.Self, err = os.Executable(); err != nil {
		return nil, err
	}
	if catalog.Engines, err = a.Engines(c.Engine, true); err != nil {
		return nil, err
	}
	cells, err := catalog.Cells(filter)
	if err == nil && len(cells) == 0 {
		err = errors.New("nothing matches; 'promisebench http list' prints all names")
	}
	return cells, err
}

// httpLoad says how all servers are loaded.
type httpLoad struct {
	Warmup   time.Duration `group:"How to load" help:"How long the closed loop runs before it counts. V8 needs up to four seconds with hapi." default:"4s"`
	Patience time.Duration `group:"How to load" help:"Fail a server that stays silent this long." default:"5s"`
}

type httpRunCmd struct {
	httpChoice
	httpLoad
	Time        time.Duration `group:"How to load" help:"How long the closed loop counts." default:"2s"`
	Rate        float64       `group:"How to load" help:"Requests a second of the open loop, which measures latency; 0 leaves it out." default:"500"`
	LatencyTime time.Duration `group:"How to load" help:"How long the open loop runs." default:"2s"`

	precision
	Timeout time.Duration `group:"How to measure" help:"Fail a benchmark if one sample takes longer." default:"1m"`

	output
}

func (*httpRunCmd) Help() string {
	return `Starts a server for each sample, loads it on 127.0.0.1, and records requests per second (a closed loop: --connections × --pipeline requests are always under way), the latency of requests at a fixed rate (an open loop), the CPU time per request of the server and of the load, and the server's peak memory. Draws the article's figure of hapi, koa and trek if they were measured on Node.js. Ten middlewares around a handler, the same routes, bodies and answers everywhere; every answer is checked. Order, recording and resuming are those of 'promisebench run'.

The load has one CPU and the server another, where there are two.

Examples:

  promisebench http --framework koa,hapi,trek --engine node7,node8,node9,node10

  promisebench http --framework plain --pipeline 10,1

  promisebench http --framework koa --engine node24 --engine mine=/path/to/node,kind=node`
}

// mostRequests bounds a closed loop, whatever its time: more would be no news.
const mostRequests = 10_000_000

// recorded is the number of exchanges that clients go through over and over.
const recorded = 1000

// load carries out a plan with servers. own are the conditions of its command.
// The CPUs are shared out meanwhile.
func (c *httpLoad) load(a *app.App, meter *httpload.Meter, own []bench.Condition, r recording, todo plan.Plan[httpload.Cell]) (dir string, err error) {
	if meter.Exchanges, err = served.Exchanges(recorded); err != nil {
		return "", err
	}
	placement, err := httpload.Pin()
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, placement.Undo()) }()
	meter.CPU, meter.StartTime = placement.CPU, 20*time.Second
	meter.Load.IdleTimeout, meter.Load.MaxAnswers = c.Patience, mostRequests
	r.header = a.Header(slices.Concat(placement.Conditions(), own, httpload.Versions(todo.Cells)), httpload.Engines(todo.Cells))
	r.header.Native = true
	r.units = httpload.Units
	return carryOut(a, r, todo)
}

func (c *httpRunCmd) Run(a *app.App) error {
	err := c.valid()
	if err != nil {
		return app.Misuse{Err: err}
	}
	cells, err := c.cells(a, 0)
	if err != nil {
		return app.Misuse{Err: err}
	}
	each := c.Warmup + c.Time
	if c.Rate > 0 {
		each += c.LatencyTime
	}
	goal, rounds := c.goal()
	if samples := len(cells) * max(rounds, plan.Least); !c.Resume { // all engines and frameworks are an hour, which one should know before
		fmt.Fprintf(a.Stderr, "about %v or more: %d samples of %v, without starts and skips\n", time.Duration(samples)*each, samples, each)
	}
	meter := &httpload.Meter{Load: httpload.Load{Warmup: c.Warmup, Time: c.Time, Rate: c.Rate, LatencyTime: c.LatencyTime}, Timeout: c.Timeout}
	dir, err := c.load(a, meter, append(meter.Conditions(), c.conditions()...), recording{output: c.output, counted: "samples", resumable: true},
		plan.Plan[httpload.Cell]{Cells: cells, Seed: c.Seed, Rounds: rounds, Goal: goal, Unit: "req/s", Sample: meter.Sample})
	if err != nil && !errors.As(err, new(app.Failed)) {
		return err
	}
	return errors.Join(err, drawFigures(a, dir))
}

// valid returns an error if the flags make no sense.
func (c *httpRunCmd) valid() (err error) {
	if c.precision, err = c.withDefaults(0.02, 10*time.Minute); err != nil {
		return err
	}
	switch {
	case c.Time <= 0 || c.Warmup < 0 || c.LatencyTime <= 0 || c.Patience <= 0 || c.Rate < 0:
		return errors.New("--time, --latency-time and --patience must be more than 0, --warmup and --rate no less")
	case c.Timeout <= c.Warmup+c.Time+c.LatencyTime:
		return errors.New("--timeout must be more than --warmup, --time and --latency-time together")
	}
	return nil
}

type httpListCmd struct{ httpChoice }

func (c *httpListCmd) Run(a *app.App) error {
	cells, err := c.cells(a, 0)
	if err != nil {
		return app.Misuse{Err: err}
	}
	for _, cell := range cells {
		if _, err := fmt.Fprintln(a.Stdout, cell.Name()); err != nil {
			return err
		}
	}
	return nil
}

type httpSoakCmd struct {
	httpChoice
	httpLoad
	Time    time.Duration `group:"How to load" help:"How long each server is loaded." default:"5m"`
	Stretch time.Duration `group:"How to load" help:"Interval at which its memory is read, and requests are counted anew." default:"2s"`
	Out     string        `group:"Output" help:"Folder for the results (default: results/run-DATE-TIME)." placeholder:"DIR"`
}

func (*httpSoakCmd) Help() string {
	return `Loads one server after the other without a pause (the closed loop of 'promisebench http run'), checks every answer, and records after each interval how many requests were answered in it and how much memory the server had in use. 'promisebench report' draws both over time and reports how the memory drifts. Results so far are kept on Ctrl-C; a soak test can't be resumed, because the server is gone.

Examples:

  promisebench http soak --engine goja

  promisebench http soak --engine node24 --framework koa,hapi --time 10m`
}

func (c *httpSoakCmd) Run(a *app.App) error {
	if c.Stretch <= 0 || c.Time < c.Stretch || c.Warmup < 0 || c.Patience <= 0 {
		return app.Misuse{Err: errors.New("--stretch and --patience must be more than 0, --time no less than --stretch, and --warmup no less than 0")}
	}
	cells, err := c.cells(a, c.Time)
	if err != nil {
		return app.Misuse{Err: err}
	}
	meter := &httpload.Meter{Load: httpload.Load{Warmup: c.Warmup, Time: c.Stretch}, Timeout: time.Minute}
	_, err = c.load(a, meter, meter.SoakConditions(c.Time), recording{output: output{Out: c.Out}, counted: "intervals"},
		plan.Plan[httpload.Cell]{Cells: cells, Rounds: 1, Sample: meter.Soak, Intervals: int(c.Time / c.Stretch)})
	return err
}
