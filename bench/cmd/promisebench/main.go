// Promisebench measures promise and async/await performance of JavaScript
// engines. Run "promisebench --help" for what it can do.
//
// It is the only place that opens files, knows exit codes and joins the two
// halves of the project: package bench, which writes Go benchmark format, and
// package report, which reads it.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"promisebench/bench"
	"promisebench/engines"
	"promisebench/engines/all"
	"promisebench/report/compare"
	"promisebench/workloads"
)

// Exit codes. An interrupted command ends with 130, as shells expect.
const (
	exitOK          = 0
	exitFailed      = 1 // something was measured or checked and is wrong
	exitMisuse      = 2 // nothing was done: bad flags, input or output; or a gate could not compare everything
	exitUndecided   = 3 // a gate is inconclusive
	exitInterrupted = 130
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// The first Ctrl-C ends the work in order; a second one kills.
	context.AfterFunc(ctx, stop)
	a := &app{
		ctx:      ctx,
		stdout:   os.Stdout,
		stderr:   os.Stderr,
		catalog:  bench.Catalog{Workloads: workloads.All()},
		embedded: all.Engines(),
		root:     os.DirFS("/"),
		now:      time.Now,
	}
	err := a.run(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "promisebench:", err)
	}
	os.Exit(exitCode(err))
}

// An app is everything a command needs from outside.
type app struct {
	ctx            context.Context
	stdout, stderr io.Writer
	catalog        bench.Catalog // without engines: each command chooses its own
	embedded       []engines.Engine
	root           fs.FS // of the machine, for facts about it
	now            func() time.Time
	args           []string // as given, for the record
	hosts          []string // the user's own, see package hosts
}

type cli struct {
	Host []string `sep:"none" help:"Register an additional engine, as NAME=PATH,kind=KIND,flags=FLAGS. May be repeated, and stand in .promisebench.json here or in the home folder: {\"host\": [\"mynode=/path/to/node,kind=node\"]}." placeholder:"DEFINITION"`

	List    listCmd    `cmd:"" help:"List engines, workloads and styles."`
	Check   checkCmd   `cmd:"" help:"Prove on each engine that the await modes differ, count ticks, and run the probes."`
	Engines enginesCmd `cmd:"" help:"List the engines that are installed, and how to get the others."`
	Run     runCmd     `cmd:"" help:"Measure, and record the results."`
	Gate    gateCmd    `cmd:"" help:"Detect performance regressions between two builds, in CI for example."`
	Figures figuresCmd `cmd:"" help:"Measure and draw the figures of the article on its Node.js versions and today's."`
	Report  reportCmd  `cmd:"" help:"Turn results into tables, charts and a page, or compare two."`
	Trace   traceCmd   `cmd:"" help:"Show what a snippet does to the microtask queue, tick by tick."`
	HTTP    httpCmd    `cmd:"" name:"http" help:"Measure HTTP servers: web frameworks and plain ones, over sockets."`
	Worker  workerCmd  `cmd:"" hidden:"" help:"Run as a worker process (internal)."`
	Count   countCmd   `cmd:"" hidden:"" help:"Count the instructions of a program (internal)."`
	Serve   serveCmd   `cmd:"" hidden:"" help:"Run as an HTTP server (internal)."`
}

// configFile may hold values for flags.
const configFile = ".promisebench.json"

const description = `Promise and async/await benchmarks for JavaScript engines.

"promisebench run" measures and "promisebench report" shows the results; "make report" does both.

Exit codes: 0 success, 1 a failure or a regression, 2 wrong usage or unusable files, 3 a gate is inconclusive, 130 interrupted.`

// run carries out a command line.
func (a *app) run(args []string) error {
	a.args = args
	helped := false
	var commands cli
	parser, err := kong.New(&commands,
		kong.Name("promisebench"),
		kong.Description(description),
		kong.Writers(a.stdout, a.stderr),
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
		return misuse{fmt.Errorf("%w\nsee promisebench --help", err)}
	}
	a.hosts = commands.Host
	return parsed.Run()
}

// misuse is an error that came before anything was done.
type misuse struct{ error }

func (m misuse) Unwrap() error { return m.error }

// failed says that the command did its work and found failures.
type failed struct{ error }

func exitCode(err error) int {
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, context.Canceled):
		return exitInterrupted
	case errors.As(err, new(failed)), errors.Is(err, compare.ErrRegressed):
		return exitFailed
	case errors.Is(err, compare.ErrInconclusive):
		return exitUndecided
	default:
		return exitMisuse
	}
}
