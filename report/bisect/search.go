package bisect

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"gonum.org/v1/gonum/stat"
)

// A Skip is the error of [Search.Measure] if a point can't be measured at all: it does
// not build, or lacks a benchmark. The search goes on without it.
type Skip struct {
	Point int
	Err   error
}

func (s Skip) Error() string { return s.Err.Error() }
func (s Skip) Unwrap() error { return s.Err }

// A Search looks for a step between the first and the last of some points, in several
// series at once, such as benchmarks, which share all measurements.
type Search struct {
	Points, Series int
	// Build is the standard deviation of a build, see [Noise].
	Build float64
	// Sure is the probability at which a series is decided, such as 0.99.
	Sure float64
	// Budget is how long the search may take; the ends are measured in any case.
	Budget time.Duration
	// Whole says that the search ends with the whole line: both sides of a step that was
	// found are not searched for more.
	Whole bool
	// Cost is how long it is thought to take to measure something, with the building of
	// what is not built yet.
	Cost func(Candidate) time.Duration
	// Measure measures pairs of two points. An error that is a [Skip] takes a point out
	// of the search; the ends can't be.
	Measure func(context.Context, Candidate) (Taken, error)
	// Told, if not nil, is called after each measurement with the results of the part that
	// is being searched.
	Told func(Part)

	logs    []map[pair][]float64 // by series
	skipped map[int]error
	spent   time.Duration
}

// Taken is what was measured of a [Candidate].
type Taken struct {
	Logs [][]float64   // of each series the logarithms of new/old, pair by pair
	Took time.Duration // with builds
}

// pair are two points.
type pair struct{ old, new int }

// A Part is what was searched in one go: the points from First to Last.
type Part struct {
	First, Last int
	Results     []Result // by series
}

// A Result is what is known of a series.
type Result struct {
	Belief
	// Step is where there is a step, as sure as was asked for: a single point if that can
	// be told. It is false if that there is a step is not sure.
	Step  Range
	Found bool
	// Decided is whether a single point has a step, or there is none, as sure as was asked
	// for. If not, the budget was spent, or what would tell more can't be measured.
	Decided bool
	// Pairs is how many were measured.
	Pairs int

	line Line
}

const (
	// firstPairs of the ends come first, and then so many of two points at a time: what
	// has been built and started should tell something.
	firstPairs, morePairs = 8, 4
	// guess is what is thought of the noise of a pair before there are any, and counts
	// for so many pairs.
	guess, guessed = 0.03, 4.0
)

// Add tells of pairs that were measured before, such as those of a search that was
// interrupted.
func (s *Search) Add(old, new int, logs [][]float64) {
	if s.logs == nil {
		s.logs = make([]map[pair][]float64, s.Series)
		for i := range s.logs {
			s.logs[i] = map[pair][]float64{}
		}
		s.skipped = map[int]error{}
	}
	for i, l := range logs {
		if len(l) > 0 {
			s.logs[i][pair{old, new}] = append(s.logs[i][pair{old, new}], l...)
		}
	}
}

// Run searches until all series are decided, or the budget is spent, or ctx ends, which
// is no error: what is known then is returned.
//
// The first part is the whole line. Where a series has a step, both sides of it are
// searched for more, each as a part of its own, until no part has any: one step found
// says nothing of others.
func (s *Search) Run(ctx context.Context) (parts []Part, err error) {
	if s.Points < 2 {
		return nil, fmt.Errorf("%d versions: there is nothing between them", s.Points)
	}
	s.Add(0, 0, nil) // makes the maps
	for open := []Part{{Last: s.Points - 1}}; len(open) > 0; {
		p := open[0]
		open = open[1:]
		if p.Results, err = s.search(ctx, p); err != nil {
			return append(parts, p), err
		}
		parts = append(parts, p)
		if s.Whole {
			return parts, nil
		}
		if ctx.Err() != nil || s.spent >= s.Budget {
			for _, rest := range open {
				rest.Results = s.results(rest) // what is known by chance
				parts = append(parts, rest)
			}
			return parts, nil
		}
		open = append(open, p.sides()...)
	}
	return parts, nil
}

// sides are the parts between steps that were found in this one.
func (p Part) sides() (list []Part) {
	var cuts []int
	for _, r := range p.Results {
		if at, ok := r.single(); ok && r.Decided {
			cuts = append(cuts, at)
		}
	}
	slices.Sort(cuts)
	first := p.First
	for _, at := range slices.Compact(cuts) {
		if at-1 > first {
			list = append(list, Part{First: first, Last: at - 1})
		}
		first = at
	}
	if first > p.First && p.Last > first {
		list = append(list, Part{First: first, Last: p.Last})
	}
	return list
}

// search searches one part.
func (s *Search) search(ctx context.Context, p Part) ([]Result, error) {
	next := Candidate{Old: p.First, New: p.Last, Pairs: firstPairs}
	for more := s.taken(pair{p.First, p.Last}) < firstPairs; ; {
		if more {
			if err := s.Take(ctx, next); err != nil {
				return s.results(p), err
			}
		}
		p.Results = s.results(p)
		if s.Told != nil {
			s.Told(p)
		}
		if s.skipped[p.First] != nil || s.skipped[p.Last] != nil {
			return p.Results, nil // it worked before, and does not any more
		}
		if next, more = s.next(p); !more || ctx.Err() != nil || s.spent+s.Cost(next) > s.Budget {
			return p.Results, nil
		}
	}
}

// Skipped returns the points that can't be measured, and why.
func (s *Search) Skipped() map[int]error { return s.skipped }

// Spent returns what the search has cost.
func (s *Search) Spent() time.Duration { return s.spent }

// Spend counts time that something else has taken.
func (s *Search) Spend(d time.Duration) { s.spent += d }

// Take measures something, outside of [Search.Run] where exact figures need it. The error
// is that of Measure, unless it takes a point out of the search, or ctx has ended.
func (s *Search) Take(ctx context.Context, c Candidate) error {
	taken, err := s.Measure(ctx, c)
	s.spent += taken.Took
	s.Add(c.Old, c.New, taken.Logs)
	if ctx.Err() != nil {
		return nil // what is known by then is worth having, and nothing is the point's fault
	}
	var skip Skip
	if errors.As(err, &skip) && skip.Point > 0 && skip.Point < s.Points-1 {
		s.skipped[skip.Point] = skip.Err
		return nil
	}
	return err
}

// line makes the line of a series in a part, of all that was measured within. The luck
// of pairs is the same in all parts.
func (s *Search) line(series int, p Part) Line {
	l := Line{Points: p.Last - p.First + 1}
	squares, degrees := guessed*guess*guess, guessed
	for key, list := range s.logs[series] {
		mean, variance := stat.MeanVariance(list, nil)
		if n := float64(len(list) - 1); n > 0 {
			squares += n * variance
			degrees += n
		}
		if key.old >= p.First && key.new <= p.Last {
			l.Pairings = append(l.Pairings, Pairing{key.old - p.First, key.new - p.First, len(list), mean})
		}
	}
	// Maps have no order, and rounding has.
	slices.SortFunc(l.Pairings, func(a, b Pairing) int { return cmp.Or(a.Old-b.Old, a.New-b.New) })
	l.Noise = Noise{math.Sqrt(squares / degrees), s.Build}
	return l
}

func (s *Search) results(p Part) (list []Result) {
	for i := range s.Series {
		l := s.line(i, p)
		r := Result{Belief: l.Belief(), line: l}
		for _, p := range l.Pairings {
			r.Pairs += p.Pairs
		}
		r.Step, r.Found = r.Range(s.Sure)
		r.Step.First, r.Step.Last = r.Step.First+p.First, r.Step.Last+p.First
		r.Decided = r.None >= s.Sure
		if at, single := r.single(); single {
			_, open := s.unconfirmed(p, i, at)
			r.Decided = !open
		}
		list = append(list, r)
	}
	return list
}

// single returns the one point that has the step, if that is sure.
func (r Result) single() (at int, ok bool) {
	return r.Step.First, r.Found && r.Step.First == r.Step.Last
}

// unconfirmed returns what is to be measured before a point of a part is named: it
// against the one before it, and the one behind it against the oldest one, for it may be
// a spike.
func (s *Search) unconfirmed(p Part, series, at int) (c Candidate, open bool) {
	if c := (Candidate{Old: s.usable(at-1, -1), New: at, Pairs: morePairs}); !s.has(series, c) {
		return c, true
	}
	if behind := s.usable(at+1, 1); behind <= p.Last {
		c = Candidate{Old: p.First, New: behind, Pairs: morePairs}
		return c, !s.has(series, c)
	}
	return c, false
}

func (s *Search) has(series int, c Candidate) bool {
	return len(s.logs[series][pair{c.Old, c.New}]) >= morePairs
}

// usable returns the next point from at on, in a direction, that can be measured as far
// as is known. Both ends can.
func (s *Search) usable(at, direction int) int {
	for s.skipped[at] != nil {
		at += direction
	}
	return at
}

// next returns what is to be measured next in a part: what tells most a second of all
// series that are not decided, together. It is false if there is nothing.
func (s *Search) next(p Part) (best Candidate, ok bool) {
	var open []Result
	for i, r := range p.Results {
		if r.Decided {
			continue
		}
		if at, single := r.single(); single {
			return s.unconfirmed(p, i, at)
		}
		open = append(open, r)
	}
	most := 0.0
	for _, c := range s.candidates(p) {
		gain := 0.0
		for _, r := range open {
			gain += r.line.gain(r.Belief, Candidate{c.Old - p.First, c.New - p.First, c.Pairs})
		}
		if gain /= s.Cost(c).Seconds(); gain > most {
			best, most, ok = c, gain, true
		}
	}
	return best, ok
}

// candidates are the points of a part that were measured, and in each gap those at which
// a quarter, a half and three quarters of it lie behind; each against the end that it was
// measured against less, so that the luck of one build is not in all that is known.
func (s *Search) candidates(p Part) (list []Candidate) {
	points := []int{p.Last}
	for _, r := range p.Results {
		for _, g := range r.gaps {
			points = append(points, p.First+g.to)
			for _, part := range []float64{0.25, 0.5, 0.75} {
				at := p.First + g.from + int(math.Ceil(part*g.points()))
				// Where it can't be measured, its neighbours may be.
				points = append(points, min(s.usable(at, 1), p.First+g.to), max(s.usable(at, -1), p.First+g.from))
			}
		}
	}
	slices.Sort(points)
	for _, at := range slices.Compact(points) {
		switch c := (Candidate{Old: p.First, New: at, Pairs: morePairs}); {
		case at == p.First || s.skipped[at] != nil:
		case at < p.Last && s.taken(pair{at, p.Last}) < s.taken(pair{p.First, at}):
			list = append(list, Candidate{Old: at, New: p.Last, Pairs: morePairs})
		default:
			list = append(list, c)
		}
	}
	return list
}

// taken is how many pairs there are of two points, in any series.
func (s *Search) taken(p pair) (n int) {
	for _, logs := range s.logs {
		n = max(n, len(logs[p]))
	}
	return n
}
