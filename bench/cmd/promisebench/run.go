package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"promisebench/bench"
	"promisebench/engines"
	"promisebench/report"
	"promisebench/workloads"
)

const (
	// resultsDir holds recorded runs, one folder each.
	resultsDir = "results"
	// textFile is the raw text of a run, in its folder.
	textFile = "bench.txt"
)

type runCmd struct {
	Engine   []string `group:"What to measure" sep:"none" help:"Engines: names or patterns such as 'node*', separated by commas, or a build of your own as NAME=PATH,kind=KIND,flags=FLAGS (default: the embedded ones)." placeholder:"NAME"`
	Workload []string `group:"What to measure" help:"Workloads, or one variant as WORKLOAD/VARIANT, of any group, or a script of your own or a folder of them, such as ./my.js (default: those of --group)." placeholder:"NAME"`
	Group    string   `group:"What to measure" help:"Group of workloads: core, patterns, micro, all." default:"core" placeholder:"GROUP"`
	Style    []string `group:"What to measure" help:"Styles (default: all; async-transpiled beyond the core only if named)." placeholder:"NAME"`
	Await    []string `group:"What to measure" help:"Await modes: legacy, optimized (default: both)." placeholder:"MODE"`
	Filter   string   `group:"What to measure" help:"Only benchmarks whose name matches this regular expression; 'promisebench list --names' prints the names." placeholder:"REGEXP"`
	Window   int      `group:"What to measure" help:"Operations in flight. The article's driver used 10000; 1 is one after the other." default:"1000"`

	Emulate bool     `group:"What to measure" help:"Also emulate the legacy await where it is native, to see how good the emulation is."`
	Hooks   []string `group:"What to measure" help:"Asynchronous hooks: off, on, or both as off,on." default:"off" enum:"off,on"`
	Impl    []string `group:"What to measure" help:"Promises: native, or the library bluebird in their place ('make engines' installs it), or both." default:"native" enum:"native,bluebird"`
	Traces  []string `group:"What to measure" help:"Async stack traces: default, on, off, or several." default:"default" enum:"default,on,off"`

	Rounds  *int          `group:"How to measure" help:"Samples of each benchmark. A 95 % interval needs 6; from 9 on it leaves out the extremes (default: 9, and 6 for whole groups beyond the core)." placeholder:"N"`
	Time    time.Duration `group:"How to measure" help:"About how long a sample takes, if the window is not more work than that." default:"50ms"`
	Seed    uint64        `group:"How to measure" help:"Seed for the order within each round." default:"1"`
	Isolate bool          `group:"How to measure" help:"Give each sample of an embedded engine a process of its own, as all others have."`
	Timeout time.Duration `group:"How to measure" help:"Longest time for one sample; beyond it the benchmark has failed." default:"1m"`

	custom []bench.Condition // where the results of the user's own workloads come from

	batches, batchOps int // as in [bench.Meter], for the article's figures

	Out    string `group:"Where to" help:"Folder for the results (default: results/run-DATE-TIME)." placeholder:"DIR"`
	Resume bool   `group:"Where to" help:"Complete the run in --out (default: the latest in results/), without repeating what is there."`
}

func (*runCmd) Help() string {
	return `Samples are taken round by round: each round takes one sample of every benchmark, in a random order of its own, so that whatever else the machine does falls on all alike. Each sample runs in a realm of its own, in which the order program has proven the await mode; its checksum is verified. Results are written to DIR/bench.txt in Go benchmark format as they come, so nothing is lost on Ctrl-C: --resume goes on.

Examples:

  promisebench run --engine goja --workload doxbee,parallel

  promisebench run --filter 'Doxbee/style=async/' --window 10000 --rounds 20

  promisebench run --workload ./my.js --engine goja,node24

A script of your own stands alone and defines operation(i), which returns a promise of a 32-bit integer that may depend on i modulo 100 (or operation(i, done), which calls done(error, value)). A function expected(i) says what the integer must be; without it goja and quickjs must agree on it. A rejection on purpose has a number as property checksum. Scripts named my.async.js, my.promise.js and so on are one workload in several styles and must yield the same.`
}

func (c *runCmd) Run(a *app) error {
	cells, err := c.cells(a)
	if err != nil {
		return misuse{err}
	}
	_, err = c.measure(a, cells)
	return err
}

// measure takes the samples of cells and returns the folder that holds them,
// which also holds what there is after an error.
func (c *runCmd) measure(a *app, cells []bench.Cell) (dir string, err error) {
	meter := &bench.Meter{Time: c.Time, Batches: c.batches, BatchOps: c.batchOps, Timeout: c.Timeout}
	return record(a, c, c.conditions(a, cells), bench.UnitMetadata,
		bench.Rounds[bench.Cell]{Cells: cells, Rounds: *c.Rounds, Seed: c.Seed, Sample: meter.Sample})
}

// record carries a plan out and writes what comes of it to the file that c's
// flags name. It returns that file's folder.
func record[C bench.Named](a *app, c *runCmd, conditions []bench.Condition, units string, plan bench.Rounds[C]) (dir string, err error) {
	file, earlier, err := c.open(a, conditions)
	if err != nil {
		return "", misuse{err}
	}
	defer file.Close()
	dir = filepath.Dir(file.Name())
	log := bench.NewLog(file, runtime.GOMAXPROCS(0))
	if earlier == nil {
		if err := log.Header(conditions, units); err != nil {
			return dir, err
		}
	}
	done, ended, failures := progressSoFar(earlier, log, plan.Cells)
	if failures > 0 {
		fmt.Fprintf(a.stderr, "%d benchmarks failed in the earlier part of this run and are not tried again\n", failures)
	}

	fmt.Fprintf(a.stderr, "%d benchmarks, %d rounds → %s (Ctrl-C stops, --resume goes on)\n", len(plan.Cells), plan.Rounds, file.Name())
	p := newProgress(a, plan.Rounds*len(plan.Cells))
	plan.Done, plan.Ended, plan.Progress = done, ended, p.show
	sum, err := plan.Do(a.ctx, log.Record)
	p.end()
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return dir, fmt.Errorf("%w\n%s holds what was measured so far; go on with: promisebench %s --resume --out %s", err, file.Name(), a.args[0], dir)
	}
	fmt.Fprintf(a.stdout, "%s: %d samples, %d skips, %d failures\n", file.Name(), sum.Samples, sum.Skips, sum.Failures)
	if failures += sum.Failures; failures > 0 {
		return dir, failed{fmt.Errorf("%d benchmarks failed; %s says why", failures, file.Name())}
	}
	return dir, nil
}

func (c *runCmd) cells(a *app) ([]bench.Cell, error) {
	chosen, err := c.workloads(a)
	if err != nil {
		return nil, err
	}
	filter := bench.Filter{Workloads: chosen, Group: c.Group, Styles: c.Style, Awaits: c.Await}
	// All groups on the embedded engines are to end in under ten minutes.
	beyond := len(c.Workload) == 0 && c.Group != string(workloads.Core)
	if c.Rounds == nil {
		c.Rounds = new(9)
		if beyond {
			*c.Rounds = 6
		}
	}
	if *c.Rounds < 1 {
		return nil, fmt.Errorf("--rounds %d: at least one is needed", *c.Rounds)
	}
	if c.Time <= 0 || c.Timeout <= c.Time {
		return nil, errors.New("--time must be more than 0, and --timeout more than that")
	}
	if c.Filter != "" {
		if filter.Match, err = regexp.Compile(c.Filter); err != nil {
			return nil, fmt.Errorf("--filter: %w", err)
		}
	}
	list, err := a.engines(c.Engine, false)
	if err != nil {
		return nil, err
	}
	if c.Isolate {
		if a.catalog.Engines, err = isolate(list); err != nil {
			return nil, err
		}
	}
	setups, err := c.setups()
	if err != nil {
		return nil, err
	}
	var cells []bench.Cell
	for _, setup := range setups {
		more, err := a.catalog.Cells(filter, setup)
		if err != nil {
			return nil, err
		}
		cells = append(cells, more...)
	}
	if beyond && len(c.Style) == 0 {
		cells = slices.DeleteFunc(cells, func(cell bench.Cell) bool {
			return cell.Style.Lowered && cell.Workload.Group != workloads.Core
		})
	}
	return cells, nil
}

// workloads adds the user's own workloads to the catalog and returns the names
// of all chosen ones.
func (c *runCmd) workloads(a *app) ([]string, error) {
	var names []string
	for _, text := range c.Workload {
		if filepath.Ext(text) != ".js" && !strings.HasPrefix(text, ".") && !filepath.IsAbs(text) {
			names = append(names, text)
			continue
		}
		groups := [][]string{{filepath.Base(text)}}
		dir := filepath.Dir(text)
		if info, err := os.Stat(text); err != nil {
			return nil, fmt.Errorf("--workload: %w", err)
		} else if info.IsDir() {
			dir = text
			if groups, err = bench.CustomFiles(os.DirFS(dir), "."); err != nil {
				return nil, fmt.Errorf("--workload %s: %w", text, err)
			}
		}
		for _, files := range groups {
			w, said, err := bench.Custom(a.ctx, os.DirFS(dir), files, a.judges())
			if err != nil {
				return nil, fmt.Errorf("--workload %s: %w", text, err)
			}
			for _, other := range a.catalog.Workloads {
				if other.Name == w.Name {
					return nil, fmt.Errorf("--workload %s: there is a workload %s already: rename the file", text, w.Name)
				}
			}
			fmt.Fprintf(a.stderr, "%s: results %s\n", w.Name, said)
			c.custom = append(c.custom, bench.Condition{Key: "results-" + w.Name, Value: said})
			a.catalog.Workloads = append(slices.Clone(a.catalog.Workloads), w)
			names = append(names, w.Name)
		}
	}
	return names, nil
}

// setups returns every combination of the switches that were asked for.
func (c *runCmd) setups() ([]bench.Setup, error) {
	var list []bench.Setup
	for _, name := range c.Impl {
		var impl bench.Impl
		if name != "native" {
			var err error
			if impl, err = loadImpl(name); err != nil {
				return nil, err
			}
		}
		for _, hooks := range c.Hooks {
			for _, traces := range c.Traces {
				setup := bench.Setup{Window: c.Window, Hooks: hooks == "on", Impl: impl}
				if traces != "default" {
					setup.Traces = engines.Switch(traces)
				}
				list = append(list, setup)
			}
		}
	}
	if c.Emulate {
		list = append(list, bench.Setup{Window: c.Window, Emulate: true})
	}
	return list, nil
}

// loadImpl reads a promise library from where "make engines" installs it.
func loadImpl(name string) (bench.Impl, error) {
	file := filepath.Join(enginesDir(), "node_modules", name, "js", "browser", name+".core.js")
	script, err := os.ReadFile(file)
	if err != nil {
		return bench.Impl{}, fmt.Errorf("--impl %s: %w; 'make engines' installs it", name, err)
	}
	return bench.Impl{Name: name, Script: string(script)}, nil
}

// conditions returns the header of the results. All but the date and the
// command must be the same for results to stand in one file.
func (c *runCmd) conditions(a *app, cells []bench.Cell) []bench.Condition {
	return slices.Concat(bench.Host(a.root), []bench.Condition{
		{Key: "commit", Value: commit()},
		{Key: "window", Value: windows(cells)},
		{Key: "sample", Value: c.sample()},
		{Key: "seed", Value: strconv.FormatUint(c.Seed, 10)},
		{Key: "rounds", Value: "interleaved"},
		{Key: "embedded", Value: map[bool]string{false: "in-process", true: "isolated"}[c.Isolate]},
	}, bench.EngineConditions(bench.Engines(cells)), c.custom, []bench.Condition{
		{Key: "date", Value: a.now().UTC().Format(time.RFC3339)},
		{Key: "command", Value: "promisebench " + strings.Join(a.args, " ")},
	})
}

// sample says in words what one sample is.
func (c *runCmd) sample() string {
	if c.batches > 0 {
		return fmt.Sprintf("first %d batches of %d operations", c.batches, c.batchOps)
	}
	// One sentence for all engines of a run, whose header must be the same.
	return fmt.Sprintf("%v batch (compilers: steady state of ten or more)", c.Time)
}

// windows says how many operations were in flight.
func windows(cells []bench.Cell) string {
	var list []string
	for _, c := range cells {
		if text := strconv.Itoa(c.Window); !slices.Contains(list, text) {
			list = append(list, text)
		}
	}
	if len(list) == 1 {
		return list[0]
	}
	return fmt.Sprintf("%s (%d where the name has none)", strings.Join(list, ", "), bench.DefaultWindow)
}

// commit returns the commit that the program was built from: as the build
// recorded it, or, under "go run", which builds on the spot and records
// nothing, as git has it in the source's folder.
func commit() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		settings := map[string]string{}
		for _, s := range info.Settings {
			settings[s.Key] = s.Value
		}
		if revision := settings["vcs.revision"]; revision != "" {
			revision = revision[:min(12, len(revision))]
			if settings["vcs.modified"] == "true" {
				revision += "-dirty"
			}
			return revision
		}
	}
	_, source, _, ok := runtime.Caller(0)
	if !ok {
		return "unknown"
	}
	out, err := exec.Command("git", "-C", filepath.Dir(source), "describe", "--always", "--dirty", "--abbrev=12").Output()
	if err != nil {
		return "unknown"
	}
	return strings.TrimSpace(string(out))
}

// open opens the file for the results, before anything is measured. It
// returns what an earlier run has left in it, or nil if it starts anew.
func (c *runCmd) open(a *app, conditions []bench.Condition) (*os.File, *report.Results, error) {
	dir := c.Out
	if dir == "" && c.Resume {
		latest, err := latestRun()
		if err != nil {
			return nil, nil, err
		}
		dir = latest
	}
	if dir == "" {
		dir = filepath.Join(resultsDir, "run-"+a.now().Format("20060102-150405"))
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, nil, fmt.Errorf("folder for the results: %w", err)
	}
	file, err := os.OpenFile(filepath.Join(dir, textFile), os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o666)
	if err != nil {
		return nil, nil, fmt.Errorf("file for the results: %w", err)
	}
	earlier, err := c.resume(a, file, conditions)
	if err != nil {
		file.Close()
		return nil, nil, err
	}
	return file, earlier, nil
}

// resume reads what is in the file already and cuts off a last line that a
// killed run left unfinished, so that what is appended starts on its own line.
func (c *runCmd) resume(a *app, file *os.File, conditions []bench.Condition) (*report.Results, error) {
	text, err := io.ReadAll(file)
	if err != nil || len(text) == 0 {
		return nil, err
	}
	if !c.Resume {
		return nil, fmt.Errorf("%s has results already: complete them with --resume, or choose another --out", file.Name())
	}
	whole := bytes.LastIndexByte(text, '\n') + 1
	results := report.NewResults()
	if err := results.Add(file.Name(), bytes.NewReader(text[:whole])); err != nil {
		return nil, err
	}
	if results.Empty() && len(results.Outcomes()) == 0 {
		// Killed before the first result, perhaps within the header? Nothing
		// else may be thrown away.
		first := []byte(conditions[0].Key + ": ")
		if len(results.Problems()) > 0 || bytes.Contains(text[:whole], []byte("Benchmark")) || !bytes.HasPrefix(text, first) && !bytes.HasPrefix(first, text) {
			return nil, fmt.Errorf("%s has no results but something else in it: choose another --out", file.Name())
		}
		return nil, file.Truncate(0)
	}
	before := map[string]string{}
	for _, condition := range results.Config() {
		before[condition.Key] = condition.Value
	}
	for _, now := range conditions {
		if now.Key != "date" && now.Key != "command" && before[now.Key] != now.Value {
			return nil, fmt.Errorf("%s was measured with %s %q, and now it is %q: results of both can't stand in one file; choose another --out",
				file.Name(), now.Key, before[now.Key], now.Value)
		}
	}
	for _, problem := range results.Problems() {
		fmt.Fprintln(a.stderr, "promisebench: warning:", problem)
	}
	return results, file.Truncate(int64(whole))
}

// progressSoFar says which samples an earlier run took, which cells it gave up,
// and how many of these were failures. earlier may be nil.
func progressSoFar[C bench.Named](earlier *report.Results, log *bench.Log, cells []C) (done map[string]int, ended map[string]bool, failures int) {
	done, ended = map[string]int{}, map[string]bool{}
	if earlier == nil {
		return done, ended, 0
	}
	counts := earlier.Counts()
	gaveUp := map[string]report.Kind{}
	for _, o := range earlier.Outcomes() {
		gaveUp[o.Name] = o.Kind
	}
	for _, cell := range cells {
		name := "Benchmark" + log.Name(cell.Name())
		done[cell.Name()] = counts[name]
		kind, gone := gaveUp[name]
		ended[cell.Name()] = gone
		if gone && kind == report.Failure {
			failures++
		}
	}
	return done, ended, failures
}
