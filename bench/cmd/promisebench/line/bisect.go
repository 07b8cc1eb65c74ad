package line

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"promisebench/bench"
	"promisebench/bench/cmd/promisebench/app"
	"promisebench/bench/progress"
	"promisebench/bench/record"
	"promisebench/bench/versions"
	"promisebench/engines/probes"
	"promisebench/report/bisect"
	"promisebench/report/document"
	verdict "promisebench/report/gate"
)

// Bisect finds the version or the commit at which something changed.
type Bisect struct {
	Old string `arg:"" help:"A version before the change."`
	New string `arg:"" help:"A version behind it."`

	Metric []string        `group:"How to search" help:"What may have changed: sec/op, ticks/op, allocs/op, B/op, instructions/op, probes (the answers of the programs that promisebench check has). By default all but B/op and probes; instructions where they can be counted, which on Go engines takes valgrind." enum:"sec/op,ticks/op,allocs/op,B/op,instructions/op,probes" placeholder:"UNIT"`
	Sure   verdict.Percent `group:"How to search" help:"How sure an answer has to be." default:"99%" placeholder:"PERCENT"`
	Budget time.Duration   `group:"How to search" help:"How long to search, at most; the answer is a range, or open, if that is not enough." default:"30m"`

	common
	usual bool `kong:"-"` // no metric was asked for

	Calibrate int             `group:"Testing the search itself" help:"Search N times for a slowdown of --inject, planted at random among as many versions, all of which are OLD, and print how often it was found, and N times for none; by times, or as --metric says, by instructions/op." placeholder:"N"`
	Inject    verdict.Percent `group:"Testing the search itself" help:"What to plant." default:"3%" placeholder:"PERCENT"`
}

// Help is what --help says.
func (*Bisect) Help() string {
	return `Finds the version at which a benchmark got slower or faster, or says that nothing changed. OLD and NEW are two of a kind, and all that lies between them is searched:

  node@12.0.0 node@12.22.12             published versions of Node.js, Bun or Deno, from npm
  quickjs@v0.24.2 quickjs@v0.27.0       published versions of a Go engine's module, if it has any
  goja=../clone@v1 goja=../clone@main   commits of a Go engine's clone, first parents only
  HEAD~40 HEAD                          commits of this repository; --engine says what is measured

Two versions at a time are measured in pairs, as the gate does. No answer is final: each pair moves a probability distribution over all places where the change may be, "nowhere" among them, and what is measured next is what is expected to tell most a second. A version is named when it is 99% sure, was measured against its predecessor, and its successor is at its level. Changes of less than 1% are none. Then both sides are searched for more. Ticks and allocations do not vary, and instructions hardly do: for these there is a plain binary search first.

What can't be built, or lacks a benchmark, is left out; next to it the answer is a range.

  promisebench bisect node@12.0.0 node@12.22.12 --workload doxbee --style promise

  promisebench bisect goja=../clone@HEAD~64 goja=../clone@HEAD --metric ticks/op

Exit codes: 0 nothing got worse, 1 something did, 2 wrong use, or the ends can't be measured, 3 not sure, 130 interrupted (go on with --resume).`
}

// Run carries the command out.
func (c *Bisect) Run(a *app.App) error {
	if err := c.check(); err != nil {
		return app.Misuse{Err: err}
	}
	finder := a.Finder(c.GOGC)
	points, err := finder.Line(a.Ctx, c.Old, c.New)
	if err != nil {
		return app.Misuse{Err: err}
	}
	b, custom, err := c.bench(a, finder, points, c.timed())
	if err != nil {
		return app.Misuse{Err: err}
	}
	defer b.Close()
	if err := c.count(a, b); err != nil {
		return app.Misuse{Err: err}
	}
	if c.Calibrate > 0 {
		return c.calibrate(a, b)
	}
	what := bench.Condition{Key: "bisect", Value: fmt.Sprintf("%s … %s, %d versions", c.Old, c.New, len(points))}
	run, err := c.open(a, b, "bisect", []bench.Condition{what}, custom)
	if err != nil {
		return app.Misuse{Err: err}
	}
	defer run.Close()
	r, err := c.search(a, b)
	if err != nil {
		return app.Misuse{Err: err}
	}
	r.Command, r.Facts = called(a), facts(a)
	if err := c.tell(a, r.Document(), record.File{Name: "bisect.json", Write: r.WriteJSON}); err != nil {
		return err
	}
	return r.Err()
}

func (c *Bisect) check() error {
	if c.usual = len(c.Metric) == 0; c.usual {
		c.Metric = []string{"sec/op", "ticks/op", "allocs/op"}
	}
	switch {
	case c.Sure < 0.5 || c.Sure >= 1:
		return fmt.Errorf("--sure %v: want 50%% or more, and less than 100%%", c.Sure)
	case c.Budget <= 0:
		return fmt.Errorf("--budget %v: more than 0 is needed", c.Budget)
	}
	return c.common.check()
}

// count has instructions counted where they are asked for, and where nothing is asked for
// but they can be: a change of 3% in what goja does takes hundreds of pairs to find in its
// times, and eight versions to look at in its instructions.
func (c *Bisect) count(a *app.App, b *versions.Bench) error {
	asked := slices.Contains(c.Metric, bench.Instructions)
	if !asked && !c.usual {
		return nil
	}
	counter, err := a.Counter(b.Engines())
	if err != nil || counter == nil {
		return err
	}
	b.Counter = counter
	if !asked {
		c.Metric = append(c.Metric, bench.Instructions)
	}
	return nil
}

// timed says whether times are asked for, and not only figures that are exact.
func (c *Bisect) timed() bool { return slices.Contains(c.Metric, "sec/op") }

// search carries the search out and shows how far it is.
func (c *Bisect) search(a *app.App, b *versions.Bench) (*bisect.Report, error) {
	goal, err := c.goal(a, b)
	if err != nil {
		return nil, err
	}
	bar, watch := c.watch(a, b)
	defer bar.End()
	return b.Search(a.Ctx, goal, watch)
}

// watch returns a bar for searches, which must be ended, and what moves it.
func (c *Bisect) watch(a *app.App, b *versions.Bench) (bar *progress.Line, watch func(bisect.Progress)) {
	bar = progress.New(a.Stderr, a.Now, "seconds", int(c.Budget.Seconds()))
	points := b.Named()
	return bar, func(p bisect.Progress) {
		bar.Set(int(p.Spent.Seconds()), int(p.Budget.Seconds()), p.Say(points))
	}
}

// goal is what is searched for.
func (c *Bisect) goal(a *app.App, b *versions.Bench) (goal versions.Goal, err error) {
	goal = versions.Goal{Time: c.timed(), Sure: float64(c.Sure), Budget: c.Budget}
	for _, unit := range c.Metric {
		switch unit {
		case "sec/op":
			continue
		case "probes":
			if goal.Probes, err = probes.All(); err != nil {
				return goal, err
			}
			continue
		}
		kind := verdict.Exact
		if unit == bench.Instructions {
			kind = verdict.Counted
		}
		rules, _ := verdict.Config{}.For("", unit, kind, 1)
		goal.Exact = append(goal.Exact, versions.Unit{Name: unit, Tolerance: rules.Tolerance})
	}
	// Each release has something of its own that is no step. Where functions lie is drawn
	// anew for each pair instead, if that can be.
	if !b.Layouts || !b.RandomLayouts(a.Ctx) {
		goal.Luck = 0.005
	}
	return goal, nil
}

// calibrate tells how often searches with a known answer are right.
func (c *Bisect) calibrate(a *app.App, b *versions.Bench) error {
	b.Log = bench.NewLog(io.Discard, 1)
	goal, err := c.goal(a, b)
	if err != nil {
		return app.Misuse{Err: err}
	}
	// There is one step at most, and the answer is what is asked for. What is planted
	// changes no other figure than these.
	goal.Exact = slices.DeleteFunc(goal.Exact, func(u versions.Unit) bool { return u.Name != bench.Instructions })
	goal.Probes, goal.Whole = nil, true
	if !goal.Time && len(goal.Exact) == 0 {
		return app.Misuse{Err: fmt.Errorf("--calibrate: only times and instructions can be planted: want --metric sec/op, %s or both", bench.Instructions)}
	}
	bar, watch := c.watch(a, b)
	defer bar.End()
	for _, size := range []float64{float64(c.Inject), 0} {
		trials, err := b.Calibrate(a.Ctx, goal, size, c.Calibrate, watch, func(p versions.Planted, r *bisect.Report) {
			fmt.Fprintf(a.Stderr, "planted at %d of %d: %s, %v\n", p.At, len(r.Points), r.Title(), r.Spent.Round(time.Second))
		})
		if err := errors.Join(err, trials.Write(a.Stdout), a.Ctx.Err()); err != nil {
			return err
		}
	}
	return nil
}

// facts are the conditions that a page has. What Go does in this process is none: workers
// have settings of their own.
func facts(a *app.App) (list []document.Fact) {
	for _, condition := range bench.Host(a.Root) {
		if condition.Key == bench.KeyGOMAXPROCS || condition.Key == bench.KeyGOGC {
			continue
		}
		list = append(list, document.Fact{Name: condition.Key, Value: condition.Value})
	}
	return list
}
