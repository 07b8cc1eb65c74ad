package versions

import (
	"context"
	"time"

	"promisebench/engines/probes"
	search "promisebench/report/bisect"
)

// A Goal is what is looked for.
type Goal struct {
	// Time says that the times of operations are.
	Time bool
	// Exact are the units of exact figures that are, with what is no difference.
	Exact []Unit
	// Probes are asked for their answers, which are exact as well.
	Probes []probes.Probe
	// Sure is the probability at which the search ends, and Budget how long it may take.
	Sure   float64
	Budget time.Duration
	// Whole is as in [search.Search].
	Whole bool
	// Luck is the standard deviation, as a logarithm, of what each version has of its own
	// that is no step: see [search.Noise].
	Luck float64
}

// A Unit is one of exact figures.
type Unit struct {
	Name      string
	Tolerance float64 // relative
}

// Search carries a search out and returns what it has found. If ctx ends, that is what is
// known then. Progress, if not nil, is told how far it is.
func (b *Bench) Search(ctx context.Context, g Goal, progress func(search.Progress)) (*search.Report, error) {
	s := &search.Search{
		Points: len(b.Points), Series: len(b.names), Build: g.Luck, Sure: g.Sure, Budget: g.Budget, Whole: g.Whole,
		Cost: b.Cost, Measure: b.Measure,
	}
	told := func(what string, p *search.Part) {
		if progress != nil {
			progress(search.Progress{Doing: what, Part: p, Pairs: b.pair, Spent: s.Spent(), Budget: g.Budget})
		}
	}
	s.Told = func(p search.Part) { told("times", &p) }
	b.Earlier(s.Add)
	for _, u := range g.Exact {
		for _, name := range b.names {
			if err := b.exact(ctx, s, name, u, func() { told(u.Name, nil) }); err != nil {
				return nil, err
			}
		}
	}
	answers := &asking{Bench: b, way: s, probes: g.Probes, answers: map[question]map[int]string{}}
	if len(g.Probes) > 0 {
		if err := answers.search(ctx, func() { told("probes", nil) }); err != nil {
			return nil, err
		}
	}
	r := &search.Report{Points: b.Named(), Sure: g.Sure}
	if g.Time {
		parts, err := s.Run(ctx)
		if err != nil {
			return nil, err
		}
		for i, story := range s.Stories(parts) {
			r.Series = append(r.Series, search.Series{Benchmark: b.names[i], Unit: "sec/op", Story: story, Levels: s.Levels(i)})
		}
	}
	for _, u := range g.Exact {
		for _, name := range b.names {
			if found, ok := b.told(s, name, u); ok {
				r.Series = append(r.Series, found)
			}
		}
	}
	r.Series = append(r.Series, answers.series()...)
	r.Skipped, r.Spent, r.Stopped = s.Skipped(), s.Spent(), ctx.Err() != nil
	return r, nil
}

// exact looks for where one exact figure changes.
func (b *Bench) exact(ctx context.Context, s *search.Search, name string, u Unit, told func()) error {
	for ctx.Err() == nil && s.Spent() < s.Budget {
		at, open := b.figure(name, u).Next(s.Skipped())
		if !open {
			return nil
		}
		// Ticks are counted in all samples.
		if _, measured := b.values[metric{name, ticks}][at]; measured {
			return nil // these engines have no such figure
		}
		if at == 0 {
			at = s.Points - 1 // takes both ends
		}
		if err := s.Take(ctx, search.Candidate{New: at, Pairs: 1}); err != nil {
			return err
		}
		told()
	}
	return nil
}

const ticks = "ticks/op"

// figure is what is known of an exact figure.
func (b *Bench) figure(name string, u Unit) search.Exact {
	return search.Exact{Points: len(b.Points), Tolerance: u.Tolerance, Values: b.Values(name, u.Name)}
}

// told makes the series of an exact figure; false if there is none.
func (b *Bench) told(s *search.Search, name string, u Unit) (search.Series, bool) {
	e := b.figure(name, u)
	series := search.Series{Benchmark: name, Unit: u.Name, Exact: true}
	first, ok := e.Values[0]
	if _, also := e.Values[e.Points-1]; !ok || !also {
		return series, false
	}
	series.Steps = e.Steps(s.Skipped())
	if len(series.Steps) == 0 {
		series.Rest = []search.Rest{{First: 0, Last: e.Points - 1, None: 1}}
	}
	for p := range b.Points {
		if v, known := e.Values[p]; known {
			series.Levels = append(series.Levels, search.Level{Point: p, Ratio: v / first, Lo: v / first, Hi: v / first, Pairs: 1})
		}
	}
	series.Pairs = len(e.Values)
	return series, true
}

// Named returns the points as reports have them.
func (b *Bench) Named() (list []search.Point) {
	for _, p := range b.Points {
		list = append(list, search.Point{Name: p.Name, Title: p.Title, What: p.Text})
	}
	return list
}
