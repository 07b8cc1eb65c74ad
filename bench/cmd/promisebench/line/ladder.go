package line

import (
	"errors"
	"fmt"
	"time"

	"promisebench/bench/cmd/promisebench/app"
	"promisebench/bench/gate"
	"promisebench/bench/progress"
	"promisebench/bench/versions"
)

// Ladder measures many versions of an engine, and draws them as one chart.
type Ladder struct {
	What string `arg:"" help:"node, bun, deno, a Go engine whose module has versions, such as quickjs, or a clone of one, such as goja=../clone."`

	From      string        `group:"Which versions" help:"The oldest version, such as 7.6 (default: the oldest that can be measured); of a clone a date, such as 2024-01-01." placeholder:"VERSION"`
	To        string        `group:"Which versions" help:"The newest version (default: the newest that there is); of a clone a revision." placeholder:"VERSION"`
	Every     string        `group:"Which versions" help:"Which of them: the newest of each major or minor version, or each patch; of commits the first of each month or week, or each commit (default: minor, month)." enum:",major,minor,patch,month,week,commit" default:"" placeholder:"WHAT"`
	Only      []string      `group:"Which versions" help:"These versions only, such as 7.10,8.9.4,26: of each the newest that begins so." placeholder:"VERSION"`
	Reference string        `group:"Which versions" help:"The version that all others are measured with (default: the newest)." placeholder:"VERSION"`
	Rounds    int           `group:"How to measure" help:"Pairs of each version." default:"9"`
	Budget    time.Duration `group:"How to measure" help:"How long to measure, at most; --resume goes on, on another night." default:"8h"`

	common
}

// Help is what --help says.
func (*Ladder) Help() string {
	return `Measures many versions of an engine, draws them as one chart, and names the versions at which something changed.

  promisebench ladder node --every major --workload doxbee,parallel,middleware

  promisebench ladder goja=../clone --from 2024-01-01 --every month

Each version is measured in pairs with the reference, which takes the machine's mood out of the ratio: so rungs that were measured on different days share a chart. A round takes one pair of each version, in random order. What can't be had, built or measured is left out and named. Await is what it is in each version, unless --await says otherwise. All that was measured stands in pairs.txt; Ctrl-C loses nothing, and --resume goes on.`
}

// Run carries the command out.
func (c *Ladder) Run(a *app.App) error {
	points, reference, err := c.rungs(a)
	if err != nil {
		return app.Misuse{Err: err}
	}
	b, custom, err := c.bench(a, a.Finder(c.GOGC), points, true)
	if err != nil {
		return app.Misuse{Err: err}
	}
	defer b.Close()
	l := &versions.Ladder{Bench: b, Reference: reference, Rounds: c.Rounds, Budget: c.Budget}
	run, err := c.open(a, b, "ladder", l.Conditions(c.What), custom)
	if err != nil {
		return app.Misuse{Err: err}
	}
	bar := progress.New(a.Stderr, a.Now, "pairs", c.Rounds*(len(points)-1))
	start, now := a.Now(), 0
	err = l.Climb(a.Ctx, func(taken, all int, leftOut error) {
		if leftOut != nil {
			fmt.Fprintf(a.Stderr, "promisebench: warning: left out: %v\n", leftOut)
		}
		now++
		spent := a.Now().Sub(start)
		left := spent / time.Duration(now) * time.Duration(all-taken)
		bar.Set(taken, all, fmt.Sprintf("about %v left", max(0, min(left, c.Budget-spent)).Round(time.Minute)))
	})
	bar.End()
	if err := errors.Join(err, run.Close()); err != nil {
		return app.Misuse{Err: err}
	}
	r, err := app.ReadLadder(c.Out)
	if err != nil {
		return err
	}
	return c.tell(a, r.Document())
}

// rungs returns the versions, and which of them is the reference.
func (c *Ladder) rungs(a *app.App) (points []gate.Point, reference int, err error) {
	if err := c.check(); err != nil {
		return nil, 0, err
	}
	// Old releases have no mode in common with new ones.
	c.DefaultAwait = len(c.Await) == 0
	if c.Rounds < 1 || c.Budget <= 0 {
		return nil, 0, fmt.Errorf("--rounds %d, --budget %v: more than 0 is needed", c.Rounds, c.Budget)
	}
	all, err := a.Finder(c.GOGC).Rungs(a.Ctx, c.What, c.From, c.To)
	if err != nil {
		return nil, 0, err
	}
	if points, err = c.chosen(all); err != nil {
		return nil, 0, err
	}
	if len(points) < 2 {
		return nil, 0, fmt.Errorf("there is only %s: nothing to compare it with", points[0].Text)
	}
	if c.Reference == "" {
		return points, len(points) - 1, nil
	}
	for i, p := range points {
		if p.Name == c.Reference {
			return points, i, nil
		}
	}
	return nil, 0, fmt.Errorf("--reference %s is none of the versions that are measured: %s … %s", c.Reference, points[0].Name, points[len(points)-1].Name)
}

// chosen returns those of all versions that are rungs.
func (c *Ladder) chosen(all []gate.Point) ([]gate.Point, error) {
	every := versions.Every(c.Every)
	switch {
	case len(c.Only) > 0 && every != "":
		return nil, errors.New("--only or --every, not both")
	case len(c.Only) > 0:
		return versions.Only(all, c.Only)
	case every == "" && all[0].Time.IsZero():
		every = versions.Minor
	case every == "":
		every = versions.Month
	}
	return versions.Thin(all, every)
}
