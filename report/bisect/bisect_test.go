package bisect

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat/distmv"
)

var trials = flag.Int("trials", 8, "simulated searches in TestCalibration, of each kind")

// The closed form is what a normal distribution with the full covariance says.
func TestEvidence(t *testing.T) {
	l := Line{Points: 9, Noise: Noise{0.02, 0.01}, Pairings: []Pairing{
		{0, 8, 8, 0.051}, {0, 4, 4, 0.002}, {4, 8, 4, 0.055}, {0, 6, 4, 0.047}, {5, 6, 4, -0.01},
	}}
	b := l.Belief()
	e := l.evidence(b.gaps)
	y := make([]float64, len(l.Pairings))
	for i, p := range l.Pairings {
		y[i] = p.Mean
	}
	density := func(step func(mean []float64)) float64 {
		mean := make([]float64, len(y))
		step(mean)
		n, ok := distmv.NewNormal(mean, l.noise(), nil)
		if !ok {
			t.Fatal("no covariance")
		}
		return n.LogProb(y)
	}
	over := func(gaps ...int) float64 {
		var list []float64
		for _, s := range sizes {
			for _, r := range sizes {
				list = append(list, density(func(mean []float64) {
					floats.AddScaled(mean, s, l.effect(b.gaps[gaps[0]].to).RawVector().Data)
					if len(gaps) > 1 {
						floats.AddScaled(mean, r, l.effect(b.gaps[gaps[1]].to).RawVector().Data)
					}
				}))
			}
		}
		return floats.LogSumExp(list) - math.Log(float64(len(list))) - density(func([]float64) {})
	}
	for g := range b.gaps {
		if got, want := e.one(g), over(g); math.Abs(got-want) > 1e-6 {
			t.Errorf("step in gap %d: %v, want %v", g, got, want)
		}
		for h := g; h < len(b.gaps); h++ {
			if got, want := e.two(g, h), over(g, h); math.Abs(got-want) > 1e-6 {
				t.Errorf("steps in gaps %d and %d: %v, want %v", g, h, got, want)
			}
		}
	}
	if sum := b.None + b.within(0, len(b.gaps)-1); math.Abs(sum-1) > 1e-9 {
		t.Errorf("probabilities add up to %v", sum)
	}
	if sum := floats.Sum(b.At); math.Abs(sum-(1-b.None-b.More)-2*b.More) > 1e-9 {
		t.Errorf("%v steps, with %v none and %v more than one", sum, b.None, b.More)
	}
}

// Without measurements the belief is what was thought before.
func TestNothingMeasured(t *testing.T) {
	b := Line{Points: 5, Noise: Noise{0.02, 0}}.Belief()
	if math.Abs(b.None-priorNone) > 1e-9 || math.Abs(b.More-priorMore) > 1e-9 || !floats.EqualApprox(b.At, []float64{0, 0.15, 0.15, 0.15, 0.15}, 1e-9) {
		t.Errorf("%+v", b)
	}
}

func TestRange(t *testing.T) {
	for _, c := range []struct {
		at   []float64 // of gaps, of a single step
		none float64
		want Range
		ok   bool
	}{
		{[]float64{0.25, 0.25, 0.25, 0.25}, 0, Range{1, 8}, true},
		{[]float64{0, 1, 0, 0}, 0, Range{3, 4}, true},
		{[]float64{0.002, 0.5, 0.495, 0.003}, 0, Range{3, 6}, true},
		{[]float64{0, 1, 0, 0}, 0.5, Range{}, false},
	} {
		b := Belief{None: c.none}
		for i, one := range c.at {
			b.gaps = append(b.gaps, gap{from: 2 * i, to: 2*i + 2, one: one})
			b.two = append(b.two, make([]float64, len(c.at)))
		}
		if got, ok := b.Range(0.99); got != c.want || ok != c.ok {
			t.Errorf("%v: %v %v, want %v %v", c.at, got, ok, c.want, c.ok)
		}
	}
}

// A simulation is a line of versions with known levels.
type simulation struct {
	levels      []float64 // logarithms
	pair, build float64
	broken      func(point int) bool
	luck        []float64
	random      *rand.Rand
	asked       []int // points
}

func (s *simulation) search(budget time.Duration) *Search {
	s.luck = make([]float64, len(s.levels))
	for i := range s.luck {
		s.luck[i] = s.random.NormFloat64() * s.build
	}
	return &Search{
		Points: len(s.levels), Series: 1, Build: s.build, Sure: 0.99, Budget: budget,
		Cost: func(c Candidate) time.Duration { return time.Duration(c.Pairs) * time.Second },
		Measure: func(_ context.Context, c Candidate) (Taken, error) {
			s.asked = append(s.asked, c.Old, c.New)
			logs := make([]float64, c.Pairs)
			for _, at := range []int{c.Old, c.New} {
				if s.broken != nil && s.broken(at) {
					return Taken{}, Skip{at, errors.New("does not build")}
				}
			}
			for i := range logs {
				logs[i] = s.levels[c.New] - s.levels[c.Old] + s.luck[c.New] - s.luck[c.Old] + s.random.NormFloat64()*s.pair
			}
			return Taken{[][]float64{logs}, time.Duration(c.Pairs) * time.Second}, nil
		},
	}
}

// run searches the whole line, and no sides.
func run(t *testing.T, s *Search) Result {
	t.Helper()
	s.Add(0, 0, nil)
	r, err := s.search(t.Context(), Part{Last: s.Points - 1})
	if err != nil {
		t.Fatal(err)
	}
	return r[0]
}

// steps returns levels that change by a factor at some points.
func steps(points int, factor float64, at ...int) []float64 {
	levels := make([]float64, points)
	for _, from := range at {
		for i := from; i < points; i++ {
			levels[i] += math.Log(factor)
		}
	}
	return levels
}

// The answer is right as often as it is said to be, for steps of several sizes in lines
// of several lengths, and for none.
func TestCalibration(t *testing.T) {
	for _, c := range []struct {
		points int
		factor float64
		build  float64
		most   float64 // pairs on the mean
	}{
		{65, 1, 0, 60}, {65, 1.03, 0, 60}, {65, 0.95, 0, 40}, {513, 1.05, 0, 60}, {513, 1.02, 0, 150}, {65, 1.05, 0.005, 60}, {2, 1.03, 0, 40},
	} {
		t.Run(fmt.Sprintf("%d points, step %g, builds %g", c.points, c.factor, c.build), func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(1, uint64(c.points)))
			wrong, unsure, pairs := 0, 0, 0
			for range *trials {
				at := 1 + random.IntN(c.points-1)
				sim := &simulation{levels: steps(c.points, c.factor, at), pair: 0.02, build: c.build, random: random}
				r := run(t, sim.search(1000*time.Second))
				pairs += r.Pairs
				switch {
				case !r.Decided:
					unsure++
				case c.factor == 1:
					if r.None < 0.99 {
						wrong++
					}
				case r.Step != Range{at, at}:
					wrong++
				}
			}
			n := float64(*trials)
			t.Logf("of %d: %d wrong, %d not sure; %.1f pairs", *trials, wrong, unsure, float64(pairs)/n)
			// One in a hundred is promised; four standard deviations are luck.
			if limit := 0.01*n + 4*math.Sqrt(0.01*n); float64(wrong) > limit {
				t.Errorf("%d of %d wrong", wrong, *trials)
			}
			if float64(unsure) > 0.05*n+2 {
				t.Errorf("%d of %d not sure", unsure, *trials)
			}
			if *trials >= 30 && float64(pairs)/n > c.most { // of fewer the mean says little
				t.Errorf("%.1f pairs, want at most %v", float64(pairs)/n, c.most)
			}
		})
	}
}

// Behind what can't be measured the answer is a range.
func TestHole(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for _, at := range []int{20, 25, 30, 31} {
		sim := &simulation{levels: steps(64, 1.1, at), pair: 0.01, random: random, broken: func(p int) bool { return p >= 20 && p < 31 }}
		r := run(t, sim.search(1000*time.Second))
		if want := (Range{20, 31}); at < 31 && r.Step != want || r.Step.First > at || r.Step.Last < at || r.Decided {
			t.Errorf("step at %d: %v, decided %v", at, r.Step, r.Decided)
		}
	}
}

// Two steps are not one.
func TestTwoSteps(t *testing.T) {
	sim := &simulation{levels: steps(64, 1.05, 10, 50), pair: 0.01, random: rand.New(rand.NewPCG(5, 6))}
	if r := run(t, sim.search(500*time.Second)); r.More < 0.9 {
		t.Errorf("more than one step has %v", r.More)
	}
}

// What is over soon is not a step of its successor: a spike's neighbours are measured.
func TestSpike(t *testing.T) {
	levels := steps(16, 1.05, 9)
	levels[8] += math.Log(1.2)
	sim := &simulation{levels: levels, pair: 0.01, random: rand.New(rand.NewPCG(7, 8))}
	r := run(t, sim.search(500*time.Second))
	if r.Decided && r.Step == (Range{8, 8}) && !slices.Contains(sim.asked, 9) {
		t.Errorf("%v without a look at the point behind it", r.Step)
	}
}

// What goes wrong with an end, or for another reason, ends the search.
func TestFailure(t *testing.T) {
	for name, err := range map[string]error{"end": Skip{4, errors.New("does not build")}, "other": errors.New("disk full")} {
		t.Run(name, func(t *testing.T) {
			sim := &simulation{levels: steps(5, 1), random: rand.New(rand.NewPCG(1, 1))}
			s := sim.search(time.Hour)
			s.Measure = func(context.Context, Candidate) (Taken, error) { return Taken{}, err }
			if _, got := s.Run(t.Context()); !errors.Is(got, err) {
				t.Errorf("%v", got)
			}
		})
	}
}

// A measurement that an interrupt cut off says nothing of the point.
func TestInterruptedSkip(t *testing.T) {
	sim := &simulation{levels: steps(9, 1.05, 4), pair: 0.01, random: rand.New(rand.NewPCG(1, 1))}
	s := sim.search(time.Hour)
	ctx, cancel := context.WithCancel(t.Context())
	measure := s.Measure
	s.Measure = func(ctx context.Context, c Candidate) (Taken, error) {
		if c.New < 8 {
			cancel()
			return Taken{}, Skip{c.New, errors.New("killed")}
		}
		return measure(ctx, c)
	}
	if _, err := s.Run(ctx); err != nil || len(s.Skipped()) > 0 {
		t.Errorf("left out %v, %v", s.Skipped(), err)
	}
}
