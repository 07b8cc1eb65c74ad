package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"promisebench/bench/cmd/promisebench/app"
	"promisebench/bench/record"
	"promisebench/bench/trace"
	"promisebench/bench/trace/view"
	"promisebench/engines"
)

// traceWidth is the width of a terminal that nobody has to widen.
const traceWidth = 80

type traceCmd struct {
	File    string              `arg:"" optional:"" help:"The snippet; - is standard input."`
	Eval    string              `short:"e" help:"The snippet itself, instead of a file." placeholder:"CODE"`
	Engine  string              `sep:"none" help:"One engine: a name, or a build of your own as NAME=PATH,kind=KIND,flags=FLAGS." default:"goja" placeholder:"NAME"`
	Await   []engines.AwaitMode `help:"Await modes: legacy, optimized, or both as legacy,optimized." default:"legacy,optimized" enum:"legacy,optimized"`
	SVG     string              `name:"svg" help:"Also draw the timelines into this file." placeholder:"FILE"`
	Timeout time.Duration       `help:"Longest time for one await mode." default:"10s"`
}

func (*traceCmd) Help() string {
	return `Runs a snippet under both meanings of await and shows, tick by tick, which of its continuations run, how long each await takes and which promises and jobs the specification makes for it. A tick is one turn of the microtask queue; in tick 0 the script itself runs.

The snippet says mark('name') where it wants to see itself; console.log does the same. Each await is followed without being told. Neither adds a job, so the ticks are those of the snippet alone. What no script can see, such as a PromiseResolveThenableJob, is worked out from the specification and shown apart, behind a ┊. A trace ends when no job is left: timers and input are not waited for. Columns in an engine's message about an exception are left out, because they are those of the rewritten line.

Examples:

  promisebench trace -e '(async () => { await 42; mark("after") })()'

  promisebench trace order.js --svg order.svg

  promisebench trace order.js --engine node11

  promisebench trace order.js --engine mine=/path/to/node,kind=node --await optimized

Exit codes: 0 the snippet ran, 1 it threw, left a rejection without a handler (QuickJS and js102 don't tell) or never ended, 2 it can't be traced: no such file or engine, wrong syntax (with its line and column), an await mode that the engine can't offer.`
}

func (c *traceCmd) Run(a *app.App) error {
	name, source, err := c.source()
	if err != nil {
		return app.Misuse{Err: err}
	}
	snippet, err := trace.Parse(name, source)
	if err != nil {
		return app.Misuse{Err: err}
	}
	e, err := c.engine(a)
	if err != nil {
		return app.Misuse{Err: err}
	}
	timelines, missing, err := snippet.RunModes(a.Ctx, e, c.Await, c.Timeout)
	if errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("%w (--timeout %s)", err, c.Timeout)
	}
	if a.Ctx.Err() != nil {
		return fmt.Errorf("interrupted: %w", context.Cause(a.Ctx))
	}
	if len(timelines) == 0 && err == nil {
		return app.Misuse{Err: errors.Join(missing...)}
	}
	for _, m := range missing {
		fmt.Fprintln(a.Stderr, "promisebench: left out:", m)
	}
	// The picture first: whoever pipes the text to head still gets it.
	if c.SVG != "" && len(timelines) > 0 {
		svg := func(w io.Writer) error { return view.WriteSVG(w, timelines...) }
		if err := record.WriteFile(c.SVG, svg); err != nil {
			return app.Misuse{Err: fmt.Errorf("--svg: %w", err)}
		}
	}
	if err := view.WriteText(a.Stdout, traceWidth, timelines...); err != nil {
		return err
	}
	if err != nil {
		return app.Failed{Err: err}
	}
	return nil
}

// source returns the snippet and the name that errors show.
func (c *traceCmd) source() (name, source string, err error) {
	switch {
	case (c.File == "") == (c.Eval == ""):
		return "", "", errors.New("one snippet is needed: a file, or -e CODE; see promisebench trace --help")
	case c.Timeout <= 0:
		return "", "", errors.New("--timeout must be more than 0")
	case c.Eval != "":
		return "snippet.js", c.Eval, nil
	case c.File == "-":
		text, err := io.ReadAll(os.Stdin)
		return "stdin.js", string(text), err
	}
	text, err := os.ReadFile(c.File)
	return filepath.Base(c.File), string(text), err
}

func (c *traceCmd) engine(a *app.App) (engines.Engine, error) {
	list, err := a.Engines([]string{c.Engine}, true)
	if err != nil {
		return nil, err
	}
	if len(list) != 1 {
		return nil, fmt.Errorf("--engine %s: a trace has one engine, and these are %d", c.Engine, len(list))
	}
	return list[0], nil
}
