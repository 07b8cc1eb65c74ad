package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"promisebench/bench"
	"promisebench/bench/httpload"
	"promisebench/engines"
	"promisebench/engines/all"
	"promisebench/engines/hosts"
	"promisebench/engines/worker"
	"promisebench/report"
	"promisebench/workloads/served"
)

type httpCmd struct {
	Run  httpRunCmd  `cmd:"" default:"withargs" help:"Measure requests per second, latency, CPU time and memory."`
	List httpListCmd `cmd:"" help:"Print the names of the benchmarks."`
	Soak httpSoakCmd `cmd:"" help:"Load each server for minutes without a pause, and record its memory."`
}

func (*httpCmd) Help() string {
	return "'promisebench http' is short for 'promisebench http run': its flags and examples are in promisebench http run --help. 'promisebench report' shows what came out."
}

// httpChoice says which servers are loaded, and what all loads share.
type httpChoice struct {
	Engine    []string `group:"What to measure" sep:"none" help:"Engines, as in 'promisebench run' (default: all that are installed)." placeholder:"NAME"`
	Framework []string `group:"What to measure" help:"Servers: plain (the host's own, or Go's for the embedded engines), express, fastify, hapi, koa, trek (default: all)." placeholder:"NAME"`
	Filter    string   `group:"What to measure" help:"Only benchmarks whose name matches this regular expression." placeholder:"REGEXP"`

	Connections int   `group:"How to load" help:"Connections, kept open." default:"100"`
	Pipeline    []int `group:"How to load" help:"Requests under way on each connection; several as 10,1." default:"10"`
}

// httpLoad says how all servers are loaded.
type httpLoad struct {
	Warmup   time.Duration `group:"How to load" help:"How long the closed loop runs before it counts. V8 needs up to four seconds with hapi." default:"4s"`
	Patience time.Duration `group:"How to load" help:"How long a server may be silent; beyond it it has failed." default:"5s"`
}

type httpRunCmd struct {
	httpChoice
	httpLoad
	Time        time.Duration `group:"How to load" help:"How long the closed loop counts." default:"2s"`
	Rate        float64       `group:"How to load" help:"Requests a second of the open loop, which measures latency; 0 leaves it out." default:"500"`
	LatencyTime time.Duration `group:"How to load" help:"How long the open loop runs." default:"2s"`

	Rounds  int           `group:"How to measure" help:"Samples of each benchmark. A 95 % interval needs 6; from 9 on it leaves out the extremes." default:"6"`
	Seed    uint64        `group:"How to measure" help:"Seed for the order within each round." default:"1"`
	Timeout time.Duration `group:"How to measure" help:"Longest time for one sample; beyond it the benchmark has failed." default:"1m"`

	Out    string `group:"Where to" help:"Folder for the results (default: results/run-DATE-TIME)." placeholder:"DIR"`
	Resume bool   `group:"Where to" help:"Complete the run in --out (default: the latest in results/), without repeating what is there."`
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

// meter returns what loads servers, what gives this process its CPUs back, and
// how they were shared.
func (c *httpLoad) meter(timeout time.Duration) (m *httpload.Meter, pinning string, undo func() error, err error) {
	exchanges, err := served.Exchanges(recorded)
	if err != nil {
		return nil, "", nil, err
	}
	cpu, pinning, undo, err := httpload.Pin()
	if err != nil {
		return nil, "", nil, err
	}
	return &httpload.Meter{
		Load:      httpload.Load{Warmup: c.Warmup, Most: mostRequests, Patience: c.Patience},
		Exchanges: exchanges, CPU: cpu, StartTime: 20 * time.Second, Timeout: timeout,
	}, pinning, undo, nil
}

func (c *httpRunCmd) Run(a *app) (err error) {
	cells, err := c.cells(a)
	if err != nil {
		return misuse{err}
	}
	meter, pinning, undo, err := c.meter(c.Timeout)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, undo()) }()
	meter.Load.Time, meter.Load.Rate, meter.Load.LatencyTime = c.Time, c.Rate, c.LatencyTime
	open := fmt.Sprintf("%v requests/s for %v", c.Rate, c.LatencyTime)
	if c.Rate == 0 {
		open = "none"
	}
	conditions := httpConditions(a, pinning, cells, []bench.Condition{
		{Key: "closed-loop", Value: fmt.Sprintf("%v after %v of warm-up", c.Time, c.Warmup)},
		{Key: "open-loop", Value: open},
		{Key: "seed", Value: strconv.FormatUint(c.Seed, 10)},
		{Key: "rounds", Value: "interleaved"},
	})
	if !c.Resume { // all engines and frameworks are an hour, which one should know before
		each := c.Warmup + c.Time
		if c.Rate > 0 {
			each += c.LatencyTime
		}
		fmt.Fprintf(a.stderr, "about %v: %d samples of %v, without starts and skips\n", time.Duration(len(cells)*c.Rounds)*each, len(cells)*c.Rounds, each)
	}
	dir, err := record(a, &runCmd{Out: c.Out, Resume: c.Resume}, conditions, httpload.Units, bench.Rounds[httpload.Cell]{
		Cells: cells, Rounds: c.Rounds, Seed: c.Seed,
		Sample: meter.Sample,
	})
	if err != nil && !errors.As(err, new(failed)) {
		return err
	}
	return errors.Join(err, drawHTTP(a, dir))
}

func (c *httpRunCmd) cells(a *app) ([]httpload.Cell, error) {
	switch {
	case c.Rounds < 1:
		return nil, fmt.Errorf("--rounds %d: at least one is needed", c.Rounds)
	case c.Time <= 0 || c.Warmup < 0 || c.LatencyTime <= 0 || c.Patience <= 0 || c.Rate < 0:
		return nil, errors.New("--time, --latency-time and --patience must be more than 0, --warmup and --rate no less")
	case c.Timeout <= c.Warmup+c.Time+c.LatencyTime:
		return nil, errors.New("--timeout must be more than --warmup, --time and --latency-time together")
	}
	return c.httpChoice.cells(a)
}

type httpListCmd struct{ httpChoice }

func (c *httpListCmd) Run(a *app) error {
	cells, err := c.cells(a)
	if err != nil {
		return misuse{err}
	}
	for _, cell := range cells {
		if _, err := fmt.Fprintln(a.stdout, cell.Name()); err != nil {
			return err
		}
	}
	return nil
}

type httpSoakCmd struct {
	httpChoice
	httpLoad
	Time    time.Duration `group:"How to load" help:"How long each server is loaded." default:"5m"`
	Stretch time.Duration `group:"How to load" help:"How often its memory is read, and requests are counted anew." default:"2s"`
	Out     string        `group:"Where to" help:"Folder for the results (default: results/run-DATE-TIME)." placeholder:"DIR"`
}

func (*httpSoakCmd) Help() string {
	return `Loads one server after the other without a pause (the closed loop of 'promisebench http run'), checks every answer, and records after each stretch of time how many requests were answered in it and how much memory the server had in use. 'promisebench report' draws both over time and says how the memory drifts. What there is is kept on Ctrl-C; a soak can't be resumed, because the server is gone.

Examples:

  promisebench http soak --engine goja

  promisebench http soak --engine node24 --framework koa,hapi --time 10m`
}

func (c *httpSoakCmd) Run(a *app) (err error) {
	cells, err := c.cells(a)
	switch {
	case err != nil:
		return misuse{err}
	case c.Stretch <= 0 || c.Time < c.Stretch || c.Warmup < 0 || c.Patience <= 0:
		return misuse{errors.New("--stretch and --patience must be more than 0, --time no less than --stretch, and --warmup no less than 0")}
	}
	meter, pinning, undo, err := c.meter(time.Minute)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, undo()) }()
	meter.Load.Time = c.Stretch
	conditions := httpConditions(a, pinning, cells, []bench.Condition{
		{Key: "soak", Value: fmt.Sprintf("%v after %v of warm-up, in stretches of %v", c.Time, c.Warmup, c.Stretch)},
	})
	file, _, err := (&runCmd{Out: c.Out}).open(a, conditions)
	if err != nil {
		return misuse{err}
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	log := bench.NewLog(file, runtime.GOMAXPROCS(0))
	if err := log.Header(conditions, httpload.Units); err != nil {
		return err
	}
	each := int(c.Time / c.Stretch)
	fmt.Fprintf(a.stderr, "%d servers, %v each → %s (Ctrl-C stops)\n", len(cells), c.Time, file.Name())
	p := newProgress(a, each*len(cells))
	defer p.end()
	failures, skips, stretches := 0, 0, 0
	for i, cell := range cells {
		cell.Soak = true
		failure := meter.Soak(a.ctx, cell, c.Time, func(s httpload.Stretch) error {
			stretches++
			p.set("stretches", i*each+int(s.At/c.Stretch), each*len(cells), fmt.Sprintf("%s: %.0f MB", cell.Name(), float64(s.RSS)/1e6))
			n, values := s.Values()
			return log.Record(bench.Record{Name: cell.Name(), Iters: n, Values: values})
		})
		if err := a.ctx.Err(); err != nil {
			return fmt.Errorf("interrupted: %w\n%s holds what was measured so far", err, file.Name())
		}
		if failure == nil {
			continue
		}
		if err := log.Record(bench.Record{Name: cell.Name(), Err: failure}); err != nil {
			return err
		}
		p.tell("", cell.Name(), failure)
		if errors.Is(failure, errors.ErrUnsupported) {
			skips++
		} else {
			failures++
		}
	}
	p.end()
	fmt.Fprintf(a.stdout, "%s: %d stretches of %d servers, %d skips, %d failures\n", file.Name(), stretches, len(cells), skips, failures)
	if failures > 0 {
		return failed{fmt.Errorf("%d servers failed; %s says why", failures, file.Name())}
	}
	return nil
}

// drawHTTP draws the article's figure, with all else, if frameworks and versions
// of it were measured.
func drawHTTP(a *app, dir string) error {
	results := report.NewResults()
	if err := addFile(results, dir); err != nil {
		return err
	}
	if len(results.Figures()) == 0 {
		return nil
	}
	return (&figuresCmd{}).draw(a, dir)
}

// httpConditions returns the header of the results, as [runCmd.conditions] does.
// own are those of the command.
func httpConditions(a *app, pinning string, cells []httpload.Cell, own []bench.Condition) []bench.Condition {
	list := slices.Concat(bench.Host(a.root), []bench.Condition{
		{Key: "commit", Value: commit()},
		{Key: "pinning", Value: pinning},
	}, own)
	add := func(key, value string) {
		if now := (bench.Condition{Key: key, Value: value}); value != "" && !slices.Contains(list, now) {
			list = append(list, now)
		}
	}
	var chosen []engines.Engine
	for _, cell := range cells {
		if !slices.ContainsFunc(chosen, func(e engines.Engine) bool { return e.Name() == cell.Engine.Name() }) {
			chosen = append(chosen, cell.Engine)
		}
	}
	for _, condition := range bench.EngineConditions(chosen) {
		if condition.Key != "emulation-error" { // nothing is emulated here
			add(condition.Key, condition.Value)
		}
	}
	for _, cell := range cells {
		add("framework-"+cell.Framework.Name, cell.Framework.Version)
	}
	add("date", a.now().UTC().Format(time.RFC3339))
	add("command", "promisebench "+strings.Join(a.args, " "))
	return list
}

// cells returns the chosen benchmarks. An engine that can't run a package from
// npm has only the plain server; everything else that is missing is a skip when
// its turn comes.
func (c *httpChoice) cells(a *app) ([]httpload.Cell, error) {
	switch {
	case c.Connections < 1:
		return nil, fmt.Errorf("--connections %d: at least one is needed", c.Connections)
	case slices.Min(c.Pipeline) < 1 || slices.Max(c.Pipeline) > mostPipelined:
		return nil, fmt.Errorf("--pipeline: from 1 to %d", mostPipelined)
	}
	var match *regexp.Regexp
	if c.Filter != "" {
		var err error
		if match, err = regexp.Compile(c.Filter); err != nil {
			return nil, fmt.Errorf("--filter: %w", err)
		}
	}
	frameworks, err := c.frameworks()
	if err != nil {
		return nil, err
	}
	list, err := a.engines(c.Engine, true)
	if err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	var cells []httpload.Cell
	for _, pipeline := range c.Pipeline {
		for _, f := range frameworks {
			for _, e := range list {
				for _, mode := range serverModes(e) {
					cell := httpload.Cell{Framework: f, Engine: e, Await: mode, Connections: c.Connections, Pipeline: pipeline}
					if cell.Command = serverCommand(self, f, e, mode); cell.Command != nil && (match == nil || match.MatchString(cell.Name())) {
						cells = append(cells, cell)
					}
				}
			}
		}
	}
	if len(cells) == 0 {
		return nil, errors.New("nothing matches; 'promisebench http list' prints all names")
	}
	return cells, nil
}

// mostPipelined keeps what a connection may hold unread well within the buffers
// of a socket.
const mostPipelined = 100

// frameworks returns the chosen servers.
func (c *httpChoice) frameworks() ([]served.Framework, error) {
	list, err := served.Frameworks()
	if err != nil || len(c.Framework) == 0 {
		return list, err
	}
	var names []string
	for _, f := range list {
		names = append(names, f.Name)
	}
	for _, name := range c.Framework {
		if !slices.Contains(names, name) {
			return nil, fmt.Errorf("unknown framework %q: there are %s", name, strings.Join(names, ", "))
		}
	}
	return slices.DeleteFunc(list, func(f served.Framework) bool { return !slices.Contains(c.Framework, f.Name) }), nil
}

// serverModes returns the await modes of an engine's servers: both where a
// switch is between them, and else the engine's own, whatever it is.
func serverModes(e engines.Engine) []engines.AwaitMode {
	for _, mode := range engines.AwaitModes() {
		if e.Await(mode) != engines.Native {
			return []engines.AwaitMode{""}
		}
	}
	return engines.AwaitModes()
}

// serverCommand returns what tells how to start a server, or nil where that
// framework is not for that engine.
func serverCommand(self string, f served.Framework, e engines.Engine, mode engines.AwaitMode) func() (worker.Command, error) {
	host, ok := e.(hosts.Server)
	if !ok {
		if f.Package != "" {
			return nil // the embedded engines have no sockets for it
		}
		return func() (worker.Command, error) {
			return worker.Command{Path: self, Args: []string{"serve", e.Name()}}, nil
		}
	}
	modules := ""
	if f.Package != "" {
		modules = filepath.Join(serversDir(), "node_modules")
		if _, err := host.Server(mode, "", modules); err != nil {
			return nil
		}
	}
	return func() (worker.Command, error) {
		if f.Package != "" {
			if _, err := os.Stat(filepath.Join(modules, f.Package, "package.json")); err != nil {
				return worker.Command{}, fmt.Errorf("%s is not installed ('make engines' installs it): %w: %w", f.Package, err, errors.ErrUnsupported)
			}
		}
		script, err := f.Script()
		if err != nil {
			return worker.Command{}, err
		}
		return host.Server(mode, script, modules)
	}
}

// serversDirVariable names the folder that has the node_modules with frameworks.
const serversDirVariable = "PROMISEBENCH_SERVERS"

// serversDir is where "make engines" installs them to, unless the user says otherwise.
func serversDir() string {
	if dir := os.Getenv(serversDirVariable); dir != "" {
		return dir
	}
	_, source, _, ok := runtime.Caller(0)
	if !ok {
		return "."
	}
	return filepath.Join(filepath.Dir(source), "..", "..", "..", "workloads", "served", "npm")
}

type serveCmd struct {
	Engine string `arg:"" help:"An embedded engine."`
}

func (*serveCmd) Help() string {
	return `Serves HTTP on a free port of 127.0.0.1, which it prints as one line of JSON, and ends with standard input. 'promisebench http' starts such servers.`
}

func (c *serveCmd) Run(a *app) error {
	for _, e := range all.Engines() {
		if e.Name() == c.Engine {
			return httpload.Serve(a.ctx, e, os.Stdin, a.stdout)
		}
	}
	return misuse{fmt.Errorf("%q is no embedded engine", c.Engine)}
}
