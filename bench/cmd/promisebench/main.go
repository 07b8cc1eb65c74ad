// Promisebench measures promise and async/await performance of JavaScript
// engines. Run "promisebench --help" for what it can do.
//
// It and the packages below it are the only place that opens files, knows exit codes
// and joins the two halves of the project: package bench, which writes Go benchmark format, and
// package report, which reads it.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"promisebench/bench"
	"promisebench/bench/cmd/promisebench/app"
	"promisebench/bench/cmd/promisebench/line"
	"promisebench/engines/all"
	"promisebench/workloads"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// The first Ctrl-C ends the work in order; a second one kills.
	context.AfterFunc(ctx, stop)
	a := &app.App{
		Ctx:      ctx,
		Stdout:   os.Stdout,
		Stderr:   os.Stderr,
		Catalog:  bench.Catalog{Workloads: workloads.All()},
		Embedded: all.Engines(),
		Root:     os.DirFS("/"),
		Now:      time.Now,
	}
	err := run(a, os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "promisebench:", err)
	}
	os.Exit(app.ExitCode(err))
}

type cli struct {
	Host []string `sep:"none" help:"Register an additional engine, as NAME=PATH,kind=KIND,flags=FLAGS. May be repeated, and stand in .promisebench.json here or in the home folder: {\"host\": [\"mynode=/path/to/node,kind=node\"]}." placeholder:"DEFINITION"`

	List     listCmd     `cmd:"" help:"List engines, workloads and styles."`
	Check    checkCmd    `cmd:"" help:"Prove on each engine that the await modes differ, count ticks, and run the probes."`
	Engines  enginesCmd  `cmd:"" help:"List the engines that are installed, and how to get the others."`
	Versions versionsCmd `cmd:"" help:"List the published versions of an engine, for --engine node@14.21.3 and the like."`
	Run      runCmd      `cmd:"" help:"Measure, and record the results."`
	Gate     gateCmd     `cmd:"" help:"Detect performance regressions between two builds, in CI for example."`
	Bisect   line.Bisect `cmd:"" help:"Find the version or the commit at which something changed."`
	Ladder   line.Ladder `cmd:"" help:"Measure many versions of an engine, and draw them as one chart."`
	Figures  figuresCmd  `cmd:"" help:"Measure and draw the figures of the article on its Node.js versions and today's."`
	Report   reportCmd   `cmd:"" help:"Turn results into tables, charts and a page, or compare two."`
	Trace    traceCmd    `cmd:"" help:"Show what a snippet does to the microtask queue, tick by tick."`
	HTTP     httpCmd     `cmd:"" name:"http" help:"Measure HTTP servers: web frameworks and plain ones, over sockets."`
	Worker   workerCmd   `cmd:"" hidden:"" help:"Run as a worker process (internal)."`
	Count    countCmd    `cmd:"" hidden:"" help:"Count the instructions of a program (internal)."`
	Serve    serveCmd    `cmd:"" hidden:"" help:"Run as an HTTP server (internal)."`
}

// configFile may hold values for flags.
const configFile = ".promisebench.json"

const description = `Promise and async/await benchmarks for JavaScript engines.

"promisebench run" measures and "promisebench report" shows the results; "make report" does both.

Exit codes: 0 success, 1 a failure or a regression, 2 wrong usage or unusable files, 3 a gate is inconclusive or a bisection not sure, 130 interrupted.`

// run carries out a command line.
func run(a *app.App, args []string) error {
	a.Args = args
	helped := false
	var commands cli
	parser, err := kong.New(&commands,
		kong.Name("promisebench"),
		kong.Description(description),
		kong.Writers(a.Stdout, a.Stderr),
		kong.Exit(func(int) { helped = true }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
		kong.Configuration(kong.JSON, "~/"+configFile, configFile),
		kong.Bind(a),
	)
	if err != nil {
		return err
	}
	parsed, err := parser.Parse(args)
	if helped {
		return nil
	}
	if err != nil {
		return app.Misuse{Err: fmt.Errorf("%w\nsee promisebench --help", err)}
	}
	a.Hosts = commands.Host
	return parsed.Run()
}
