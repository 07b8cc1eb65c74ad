// Package line is the commands that measure many versions of a thing, one after the other
// in pairs: a bisection and a ladder.
package line

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"promisebench/bench"
	"promisebench/bench/cmd/promisebench/app"
	"promisebench/bench/gate"
	"promisebench/bench/record"
	"promisebench/bench/versions"
	"promisebench/report/document"
)

// common is the flags of both, and what they do alike.
type common struct {
	app.Choice

	DefaultAwait bool `group:"What to measure" help:"Take await as each version has it without a flag, though it may not mean the same in all, as a ladder does."`

	Life    time.Duration `group:"How to measure" help:"Measurement time of each process (default: 260ms, or 520ms for programs)." placeholder:"TIME"`
	Time    time.Duration `group:"How to measure" help:"Target duration of one batch." default:"15ms"`
	GOGC    string        `name:"gogc" group:"How to measure" help:"GOGC of Go engines. By default garbage is collected between batches only, off the clock." default:"off" placeholder:"PERCENT"`
	Seed    uint64        `group:"How to measure" help:"Seed for the order of everything." default:"1"`
	Timeout time.Duration `group:"How to measure" help:"Leave a version out if one pair takes longer." default:"1m"`

	Out    string `group:"Output" help:"Folder for samples and the answer (default: results/COMMAND-DATE-TIME)." placeholder:"DIR"`
	Resume bool   `group:"Output" help:"Go on with what is in --out."`

	again string // the flags that a command needs more to go on
}

func (c *common) check() error {
	switch {
	case c.Time <= 0 || c.Life != 0 && c.Life < c.Time || c.Timeout <= max(c.Life, c.Time):
		return errors.New("want 0 < --time <= --life < --timeout")
	case c.Resume && c.Out == "":
		return errors.New("--resume needs --out, the folder to go on with")
	case !app.IsGOGC(c.GOGC):
		return fmt.Errorf("--gogc %s: want off or a percentage", c.GOGC)
	case c.DefaultAwait && len(c.Await) > 0:
		return errors.New("--await or --default-await, not both")
	}
	return nil
}

// bench returns what measures points, and how the results of the user's own workloads are
// known. Both ends are built. Without times, processes need not live for long.
func (c *common) bench(a *app.App, finder gate.Finder, points []gate.Point, timed bool) (*versions.Bench, []bench.Condition, error) {
	list, filter, custom, err := c.Filtered(a)
	if err != nil {
		return nil, nil, err
	}
	told := false
	b := &versions.Bench{
		Points: points,
		Open:   func(ctx context.Context, p gate.Point) (gate.Build, error) { return finder.Open(ctx, p, c.Engine) },
		Select: func(builds [2]gate.Build) ([]gate.Benchmark, error) {
			found, leftOut, err := gate.Benchmarks(builds, list, filter, bench.Setup{Window: c.Window, DefaultAwait: c.DefaultAwait})
			if len(leftOut) > 0 && !told {
				told = true
				fmt.Fprintf(a.Stderr, "left out, because that await mode is native on one side only (--await selects them, --default-await takes each side with its own): %s\n", strings.Join(leftOut, ", "))
			}
			return found, err
		},
		Meter:   gate.PairMeter{Time: c.Time, Life: c.Time, Timeout: c.Timeout},
		Layouts: timed,
		Random:  rand.New(rand.NewPCG(c.Seed, 0)),
	}
	if err := b.Start(a.Ctx); err != nil {
		return nil, nil, errors.Join(err, b.Close())
	}
	if timed {
		life := 520 * time.Millisecond
		if b.RandomLayouts(a.Ctx) {
			life = 260 * time.Millisecond
		}
		b.Meter.Warmup, b.Meter.Life = 2, cmp.Or(c.Life, life)
	}
	return b, custom, nil
}

// open opens the text of a command, which begins with given conditions, and takes up what
// it has already.
func (c *common) open(a *app.App, b *versions.Bench, command string, conditions, custom []bench.Condition) (*record.Run, error) {
	if !c.Resume {
		c.again = " --resume"
	}
	if c.Out == "" {
		c.Out = record.Folder(command, a.Now())
		c.again += " --out " + c.Out
	}
	own := slices.Concat(conditions, []bench.Condition{
		{Key: bench.KeyWindow, Value: strconv.Itoa(c.Window)},
		{Key: bench.KeySample, Value: fmt.Sprintf("process: batches of %v in %v behind %d, each pair of them in turns", b.Meter.Time, b.Meter.Life, b.Meter.Warmup)},
		{Key: bench.KeyRounds, Value: gate.Paired},
	}, custom)
	run, err := record.Open(record.Options{
		Dir: c.Out, Text: record.Pairs, Resume: c.Resume, Header: a.Header(own, nil).Conditions(), Units: bench.UnitMetadata,
	})
	if err != nil {
		return nil, err
	}
	for _, problem := range run.Warnings {
		fmt.Fprintln(a.Stderr, "promisebench: warning:", problem)
	}
	b.Log = run.Log
	b.Restore(run.Samples())
	fmt.Fprintf(a.Stderr, "%d versions, %d benchmarks → %s (Ctrl-C stops, --resume continues)\n", len(b.Points), len(b.Names()), run.Name())
	return run, nil
}

// tell writes a document and other files, and prints it. Interrupted, it says how to go
// on.
func (c *common) tell(a *app.App, d *document.Document, others ...record.File) error {
	if err := app.WriteDocument(c.Out, d, others...); err != nil {
		return app.Misuse{Err: err}
	}
	if err := a.Show(d, c.Out); err != nil {
		return err
	}
	if err := a.Ctx.Err(); err != nil {
		return fmt.Errorf("interrupted: %w\ngo on with: %s%s", err, called(a), c.again)
	}
	return nil
}

// called is what was called.
func called(a *app.App) string { return "promisebench " + strings.Join(a.Args, " ") }
