// Package bisect finds out where along a line of versions a measurement changed: what
// is believed of each version after some pairs of them were measured against each
// other, and what is to be measured next.
//
// A search with a noisy test that trusts each answer loses everything at the first
// wrong one, and one that must name a culprit names one where nothing happened. Here
// no answer is final: what is measured moves a probability distribution over all places
// where the step may be, and over its not being there (no culprit as a hypothesis:
// T. Henderson et al., "Flake Aware Culprit Finding", ICST 2023). What is measured next
// is what is expected to tell most a second, as in probabilistic bisection (R. Waeber,
// P. I. Frazier and S. G. Henderson, "Bisection Search with Noisy Responses", SIAM
// Journal on Control and Optimization 51, 2013), where answers are measurements with a
// known error instead of yes or no.
package bisect

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// A Pairing is what was measured of two points against each other. Points are numbered
// from 0, the oldest version, to the last one.
type Pairing struct {
	Old, New int // points; Old < New
	Pairs    int
	// Mean is that of the logarithms of new/old over the pairs.
	Mean float64
}

// Noise is what pairs differ by where nothing changed, as standard deviations of
// logarithms.
type Noise struct {
	// Pair is that of one pair.
	Pair float64
	// Build is that of a build: it is the same in all pairs that it is in. 0 where each
	// pair has builds of its own.
	Build float64
}

// A Line is what is known about a line of versions. The zero value of Pairings is
// nothing.
type Line struct {
	// Points is how many versions there are, at least 2.
	Points   int
	Pairings []Pairing
	Noise    Noise
}

// Steps are thought to be at least so large, as logarithms, and at most a doubling: none
// at all means none of these. Were smaller ones possible, no number of pairs could tell
// them from nothing.
const (
	smallest, largest = 0.01, math.Ln2
	// finer than what can be told apart.
	grid = 1.15
)

// sizes are the steps that are thought possible, up and down, each as likely as the
// others: one of 2% is as usual as one of 20%.
var sizes = func() (list []float64) {
	for s := smallest; s <= largest; s *= grid {
		list = append(list, s, -s)
	}
	return list
}()

// Before anything is measured there is no step with this probability, more than one
// with that, and else one. The search is asked for where somebody suspects a step.
const (
	priorNone = 0.5
	priorMore = 0.1
)

// A Belief is what is believed of a line: probabilities.
type Belief struct {
	// None is that of no step at all, More that of more than one.
	None, More float64
	// At is that of a step, by the point that first has it; At[0] is 0.
	At []float64
	// Size is the logarithm of the expected step where there is exactly one, and
	// Deviation its standard deviation.
	Size, Deviation float64

	gaps []gap
	// two[g][h], g <= h, is the share of two steps in these gaps, among More.
	two [][]float64
}

// A gap is what lies between two neighbours of those that were measured: a step at one
// of its points looks like a step at any other one.
type gap struct {
	from, to int     // it has the points from+1 to to
	one      float64 // its share of a single step
	// size and spread are of the step if it is there: mean and standard deviation.
	size, spread float64
}

func (g gap) points() float64 { return float64(g.to - g.from) }

// measured returns the points that were measured, and both ends, ascending.
func (l Line) measured() []int {
	list := []int{0, l.Points - 1}
	for _, p := range l.Pairings {
		list = append(list, p.Old, p.New)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// noise returns the covariance of what was measured, such as it is without a step.
func (l Line) noise() *mat.SymDense {
	n := len(l.Pairings)
	c := mat.NewSymDense(n, nil)
	for i, p := range l.Pairings {
		for j := i; j < n; j++ {
			q := l.Pairings[j]
			shared := 0.0
			for _, s := range []struct {
				same bool
				sign float64
			}{{p.New == q.New, 1}, {p.Old == q.Old, 1}, {p.New == q.Old, -1}, {p.Old == q.New, -1}} {
				if s.same {
					shared += s.sign
				}
			}
			v := shared * l.Noise.Build * l.Noise.Build
			if i == j {
				v += l.Noise.Pair * l.Noise.Pair / float64(p.Pairs)
			}
			c.SetSym(i, j, v)
		}
	}
	return c
}

// effect is what a step at a point adds to each pairing, as a multiple of its size.
func (l Line) effect(at int) *mat.VecDense {
	x := mat.NewVecDense(len(l.Pairings), nil)
	for i, p := range l.Pairings {
		if p.Old < at && at <= p.New {
			x.SetVec(i, 1)
		}
	}
	return x
}

// Belief returns what is to be believed. The noise of a pair must be more than 0.
//
// What was measured is normally distributed around what the steps make of it, so that
// all hypotheses can be compared in closed form. More than two steps look like two.
func (l Line) Belief() Belief {
	b := Belief{At: make([]float64, l.Points)}
	points := l.measured()
	for i := range points[1:] {
		b.gaps = append(b.gaps, gap{from: points[i], to: points[i+1]})
	}
	e := l.evidence(b.gaps)
	all := float64(l.Points - 1)
	// Logarithms: with many pairs likelihoods would be 0.
	none, one := math.Log(priorNone), make([]float64, len(b.gaps))
	more, two := []float64{math.Inf(-1)}, make([][]float64, len(b.gaps))
	for g, gap := range b.gaps {
		one[g] = math.Log((1-priorNone-priorMore)*gap.points()/all) + e.one(g)
		two[g] = make([]float64, len(b.gaps))
		for h := range two[g] {
			two[g][h] = math.Inf(-1)
			if pairs := twice(gap, b.gaps[h], g == h); h >= g && pairs > 0 {
				two[g][h] = math.Log(priorMore*pairs/(all*(all-1)/2)) + e.two(g, h)
				more = append(more, two[g][h])
			}
		}
	}
	logMore, logOne := floats.LogSumExp(more), floats.LogSumExp(one)
	total := floats.LogSumExp([]float64{none, logMore, logOne})
	b.None, b.More = math.Exp(none-total), math.Exp(logMore-total)
	var square float64
	for g := range b.gaps {
		gap := &b.gaps[g]
		gap.one = math.Exp(one[g] - logOne)
		gap.size, gap.spread = e.size(g)
		b.Size += gap.one * gap.size
		square += gap.one * (gap.spread*gap.spread + gap.size*gap.size)
		for h := range two[g] {
			two[g][h] = math.Exp(two[g][h] - logMore)
			if math.IsInf(logMore, -1) {
				two[g][h] = 0
			}
		}
	}
	b.Deviation = math.Sqrt(max(0, square-b.Size*b.Size))
	b.two = two
	for g, gap := range b.gaps {
		expected := (1 - b.None - b.More) * gap.one // steps in it
		for h := range b.gaps {
			expected += b.More * (two[min(g, h)][max(g, h)])
		}
		expected += b.More * two[g][g]
		for at := gap.from + 1; at <= gap.to; at++ {
			b.At[at] = expected / gap.points()
		}
	}
	return b
}

// within returns the probability of a step in some gaps, from the first one to the last
// one.
func (b Belief) within(first, last int) (p float64) {
	for g := range b.gaps {
		in := first <= g && g <= last
		if in {
			p += (1 - b.None - b.More) * b.gaps[g].one
		}
		for h := g; h < len(b.gaps); h++ {
			if in || first <= h && h <= last {
				p += b.More * b.two[g][h]
			}
		}
	}
	return p
}

// twice is how many pairs of points a step each can be at, one in each gap, or both in
// the same.
func twice(a, b gap, same bool) float64 {
	if same {
		return a.points() * (a.points() - 1) / 2
	}
	return a.points() * b.points()
}

// evidence is what is needed of the measurements to compare hypotheses.
type evidence struct {
	x [][]float64 // x[g][h]: the effects of steps in two gaps, weighed with the precision of what was measured
	y []float64   // the same of a gap and of what was measured
}

func (l Line) evidence(gaps []gap) evidence {
	if len(l.Pairings) == 0 {
		e := evidence{y: make([]float64, len(gaps))}
		for range gaps {
			e.x = append(e.x, make([]float64, len(gaps)))
		}
		return e
	}
	var factor mat.Cholesky
	if !factor.Factorize(l.noise()) {
		panic("bisect: noise of 0") // there is always a guess in it
	}
	y := mat.NewVecDense(len(l.Pairings), nil)
	for i, p := range l.Pairings {
		y.SetVec(i, p.Mean)
	}
	e := evidence{x: make([][]float64, len(gaps)), y: make([]float64, len(gaps))}
	var effects []*mat.VecDense
	for _, g := range gaps {
		effects = append(effects, l.effect(g.to))
	}
	for g := range gaps {
		var solved mat.VecDense
		if err := factor.SolveVecTo(&solved, effects[g]); err != nil {
			panic("bisect: " + err.Error())
		}
		e.y[g] = mat.Dot(&solved, y)
		for h := range gaps {
			e.x[g] = append(e.x[g], mat.Dot(&solved, effects[h]))
		}
	}
	return e
}

// one is the logarithm of how much better a step in a gap predicts what was measured
// than none does.
func (e evidence) one(g int) float64 {
	list := make([]float64, len(sizes))
	for i, s := range sizes {
		list[i] = e.oneOf(g, s)
	}
	return floats.LogSumExp(list) - math.Log(float64(len(list)))
}

func (e evidence) oneOf(g int, s float64) float64 { return s*e.y[g] - s*s*e.x[g][g]/2 }

// two is the same for two steps.
func (e evidence) two(g, h int) float64 {
	list := make([]float64, 0, len(sizes)*len(sizes))
	for _, s := range sizes {
		for _, r := range sizes {
			list = append(list, e.oneOf(g, s)+e.oneOf(h, r)-s*r*e.x[g][h])
		}
	}
	return floats.LogSumExp(list) - math.Log(float64(len(list)))
}

// size is the expected size of a step in a gap if there is exactly that one, and the
// standard deviation of that.
func (e evidence) size(g int) (size, spread float64) {
	weights := make([]float64, len(sizes))
	for i, s := range sizes {
		weights[i] = e.oneOf(g, s)
	}
	total := floats.LogSumExp(weights)
	for i := range weights {
		weights[i] = math.Exp(weights[i] - total)
	}
	size, spread = stat.PopMeanStdDev(sizes, weights)
	return size, spread
}

// A Range is points First to Last, one of which first has the step.
type Range struct{ First, Last int }

// Range returns the shortest range in which there is a step with the given probability;
// false if there is none, because that of no step at all is too large.
func (b Belief) Range(probability float64) (r Range, ok bool) {
	for first := range b.gaps {
		for last := first; last < len(b.gaps); last++ {
			in := Range{b.gaps[first].from + 1, b.gaps[last].to}
			if b.within(first, last) >= probability && (!ok || in.Last-in.First < r.Last-r.First) {
				r, ok = in, true
			}
		}
	}
	return r, ok
}

// A Candidate is something that can be measured next, see [Pairing].
type Candidate struct{ Old, New, Pairs int }

// gain is how much a candidate tells about where the step is, and whether it is there,
// in nats: the mutual information of the hypotheses and its outcome, which is the
// entropy of what it may show, less what it has if the truth is known. More than one
// step is left out: it is what remains where one does not fit.
func (l Line) gain(b Belief, c Candidate) float64 {
	noise := l.fresh(c)
	total := 1 - b.More
	var mix mixture
	mix.add(b.None/total, 0, noise)
	for _, g := range b.gaps {
		one := g.one * (total - b.None) / total
		// The part of the gap's points at which a step lies between the two.
		seen := float64(max(0, min(c.New, g.to)-max(c.Old, g.from))) / g.points()
		mix.add(one*seen, g.size, noise+g.spread*g.spread)
		mix.add(one*(1-seen), 0, noise)
	}
	return mix.entropy() - mix.within()
}

// fresh is the variance that what a candidate adds has, as if nothing were known of its
// two points. More pairs of the same two builds tell ever less: their luck stays.
func (l Line) fresh(c Candidate) float64 {
	of := func(pairs int) float64 {
		return 2*l.Noise.Build*l.Noise.Build + l.Noise.Pair*l.Noise.Pair/float64(pairs)
	}
	for _, p := range l.Pairings {
		if p.Old == c.Old && p.New == c.New {
			return 1 / (1/of(p.Pairs+c.Pairs) - 1/of(p.Pairs))
		}
	}
	return of(c.Pairs)
}

// A mixture is one of normal distributions.
type mixture struct{ weight, mean, variance []float64 }

func (m *mixture) add(weight, mean, variance float64) {
	if weight > 1e-12 {
		m.weight, m.mean, m.variance = append(m.weight, weight), append(m.mean, mean), append(m.variance, variance)
	}
}

// within is the mean entropy of the parts.
func (m mixture) within() (h float64) {
	for i, w := range m.weight {
		h += w * distuv.Normal{Mu: m.mean[i], Sigma: math.Sqrt(m.variance[i])}.Entropy()
	}
	return h
}

// entropy is that of the mixture, by the trapezoidal rule from far below all parts to
// far above.
func (m mixture) entropy() float64 {
	const steps, far = 400, 6.0
	low, high := math.Inf(1), math.Inf(-1)
	for i, mean := range m.mean {
		sd := math.Sqrt(m.variance[i])
		low, high = min(low, mean-far*sd), max(high, mean+far*sd)
	}
	width, h := (high-low)/steps, 0.0
	for s := range steps + 1 {
		x, p := low+float64(s)*width, 0.0
		for i, w := range m.weight {
			p += w * distuv.Normal{Mu: m.mean[i], Sigma: math.Sqrt(m.variance[i])}.Prob(x)
		}
		if p > 0 {
			h -= p * math.Log(p) * width
		}
	}
	return h
}
