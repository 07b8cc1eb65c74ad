package bisect

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// A Step is a change that was found.
type Step struct {
	Range
	// Ratio is that of what is measured behind it and before, with its 95% interval, which
	// is of no width where figures are exact. It is infinite or no number behind 0.
	Ratio, Lo, Hi float64
	// Before and After are the figures themselves where they are exact.
	Before, After float64
}

// A Story is all that is known of a series.
type Story struct {
	// Steps are what was found, oldest first; a range is as sure as was asked for.
	Steps []Step
	// Rest is what lies between them, oldest first: where it is sure that there is no step
	// more, and where it is not.
	Rest []Rest
	// Pairs is how many were measured.
	Pairs int
	// At is the probability of a step by the point that first has it, in the first part
	// that was searched, which is the whole line.
	At []float64
}

// A Rest is a part without a step that is known.
type Rest struct {
	First, Last int
	None        float64 // the probability that there is none
}

// Stories makes of the parts that [Search.Run] returned what is to be told of each
// series. A part with a step in it that lies between two points is told by its sides.
func (s *Search) Stories(parts []Part) (list []Story) {
	for i := range s.Series {
		var story Story
		for _, p := range parts {
			r := p.Results[i]
			_, single := r.single()
			leaf := !slices.ContainsFunc(parts, p.contains)
			switch {
			case single && r.Decided, leaf && r.Found:
				story.Steps = append(story.Steps, Step{Range: r.Step})
			case leaf:
				story.Rest = append(story.Rest, Rest{p.First, p.Last, r.None})
			}
		}
		slices.SortFunc(story.Steps, func(a, b Step) int { return cmp.Compare(a.First, b.First) })
		slices.SortFunc(story.Rest, func(a, b Rest) int { return cmp.Compare(a.First, b.First) })
		s.measureSteps(i, story.Steps)
		story.At = parts[0].Results[i].At
		for _, logs := range s.logs[i] {
			story.Pairs += len(logs)
		}
		list = append(list, story)
	}
	return list
}

// contains reports whether another part lies within this one.
func (p Part) contains(q Part) bool {
	return p.First <= q.First && q.Last <= p.Last && (p.First != q.First || p.Last != q.Last)
}

// measureSteps fills in how large the steps of a series are, of all that was measured
// from the step before to the step behind.
func (s *Search) measureSteps(series int, steps []Step) {
	for i := range steps {
		p := Part{Last: s.Points - 1}
		if i > 0 {
			p.First = steps[i-1].Last
		}
		if i+1 < len(steps) {
			p.Last = steps[i+1].First - 1
		}
		b := s.line(series, p).Belief()
		const z = 1.96 // of 95%
		steps[i].Ratio, steps[i].Lo, steps[i].Hi = math.Exp(b.Size), math.Exp(b.Size-z*b.Deviation), math.Exp(b.Size+z*b.Deviation)
	}
}

// Sure reports whether all is known of the series: no step may be hidden, with the given
// probability, and each that was found lies at one point.
func (s Story) Sure(probability float64) bool {
	return !slices.ContainsFunc(s.Rest, func(r Rest) bool { return r.None < probability }) &&
		!slices.ContainsFunc(s.Steps, func(s Step) bool { return s.First != s.Last })
}

// A Level is what was measured of a point, as a ratio to the oldest one, with its 95%
// interval.
type Level struct {
	Point         int
	Ratio, Lo, Hi float64
	Pairs         int // in which it was
}

// Levels returns the points of a series that were measured, oldest first: the ratios that
// fit all pairs best, by generalised least squares.
func (s *Search) Levels(series int) []Level {
	l := s.line(series, Part{Last: s.Points - 1})
	if len(l.Pairings) == 0 {
		return nil
	}
	points := l.measured()[1:]
	design := mat.NewDense(len(l.Pairings), len(points), nil)
	means := mat.NewVecDense(len(l.Pairings), nil)
	pairs := map[int]int{}
	for i, p := range l.Pairings {
		means.SetVec(i, p.Mean)
		design.Set(i, slices.Index(points, p.New), 1)
		if p.Old > 0 {
			design.Set(i, slices.Index(points, p.Old), -1)
		}
		pairs[p.Old] += p.Pairs
		pairs[p.New] += p.Pairs
	}
	list := []Level{{Ratio: 1, Lo: 1, Hi: 1, Pairs: pairs[0]}}
	fit, variance, ok := solve(design, means, l.noise())
	if !ok {
		return nil // a part of the points hangs on nothing; only a search cut short leaves that
	}
	for i, at := range points {
		mean, wide := fit.AtVec(i), 1.96*math.Sqrt(variance.At(i, i))
		list = append(list, Level{at, math.Exp(mean), math.Exp(mean - wide), math.Exp(mean + wide), pairs[at]})
	}
	return list
}

// solve fits y = X b with the covariance of y, and returns b and its covariance.
func solve(x *mat.Dense, y *mat.VecDense, noise *mat.SymDense) (fit *mat.VecDense, variance *mat.SymDense, ok bool) {
	var weights, precision mat.Cholesky
	if !weights.Factorize(noise) {
		return nil, nil, false
	}
	var weighed mat.Dense
	var weighedY mat.VecDense
	if weights.SolveTo(&weighed, x) != nil || weights.SolveVecTo(&weighedY, y) != nil {
		return nil, nil, false
	}
	var normal mat.Dense
	normal.Mul(x.T(), &weighed)
	n, _ := normal.Dims()
	symmetric := mat.NewSymDense(n, nil)
	for i := range n {
		for j := i; j < n; j++ {
			symmetric.SetSym(i, j, normal.At(i, j))
		}
	}
	if !precision.Factorize(symmetric) {
		return nil, nil, false
	}
	var right mat.VecDense
	right.MulVec(x.T(), &weighedY)
	fit, variance = new(mat.VecDense), new(mat.SymDense)
	if precision.SolveVecTo(fit, &right) != nil || precision.InverseTo(variance) != nil {
		return nil, nil, false
	}
	return fit, variance, true
}
