package stats_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"promisebench/report/stats"
)

// A machine that is slower as a whole changes no ratio.
func TestScaleInvariance(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		n := 6 + rng.IntN(20)
		factor := math.Exp2(float64(rng.IntN(20) - 10)) // exact in binary
		var old, new, oldScaled, newScaled []float64
		for range n {
			o, w := rng.ExpFloat64()+0.1, rng.ExpFloat64()+0.1
			old, new = append(old, o), append(new, w)
			oldScaled, newScaled = append(oldScaled, o*factor), append(newScaled, w*factor)
		}
		a, b := stats.RatioOf(old, new), stats.RatioOf(oldScaled, newScaled)
		if a.String() != b.String() || a.Direction() != b.Direction() {
			t.Fatalf("scaled by %v: got %v, want %v", factor, b, a)
		}
	}
}

// If nothing changed, the interval of the ratio contains 1 in at least 95% of
// experiments, also on a machine that drifts. This is what its name promises.
func TestIntervalCoverage(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for _, n := range []int{6, 8, 10, 20} {
		const trials = 4000
		covered := 0
		for range trials {
			var old, new []float64
			speed := 1.0
			for range n {
				speed *= math.Exp(0.1 * rng.NormFloat64())
				old = append(old, speed*math.Exp(0.03*rng.NormFloat64()))
				new = append(new, speed*math.Exp(0.03*rng.NormFloat64()))
			}
			if stats.RatioOf(old, new).Direction() == stats.Inconclusive {
				covered++
			}
		}
		// Three standard errors of the simulation: it is seeded, so this test
		// does not flicker, but another seed should pass as well.
		least := 0.95 - 3*math.Sqrt(0.95*0.05/trials)
		if got := float64(covered) / trials; got < least {
			t.Errorf("n=%d: the interval contains 1 in %.2f%% of the trials, want 95%%", n, 100*got)
		} else {
			t.Logf("n=%d: %.2f%%", n, 100*got)
		}
	}
}

func TestRatio(t *testing.T) {
	constant := func(v float64) []float64 { return []float64{v, v, v, v, v, v} }
	for _, test := range []struct {
		old, new []float64
		want     stats.Direction
		said     string
		unequal  bool
	}{
		{constant(2), constant(1), stats.Faster, "0.500 [0.500, 0.500]", false},
		{constant(1), constant(2), stats.Slower, "2.00 [2.00, 2.00]", false},
		{constant(1), constant(1), stats.Inconclusive, "1.00 [1.00, 1.00]", false},
		{constant(2)[:5], constant(1)[:5], stats.Inconclusive, "n too small", false},
		{append(constant(2), math.NaN(), 3), append(constant(1), 4), stats.Faster, "0.500 [0.500, 0.500]", true},
		{nil, constant(1), stats.Inconclusive, "n too small", false},
		// The order counts: sorted, all ratios would be 1/2.
		{[]float64{1, 2, 3, 4, 5, 6}, []float64{3, 2.5, 2, 1.5, 1, .5}, stats.Inconclusive, "0.500 [0.0833, 3.00]", false},
	} {
		if got := stats.RatioOf(test.old, test.new); got.Direction() != test.want || got.String() != test.said || got.Unequal != test.unequal {
			t.Errorf("%v to %v: got %v (%v, unequal %v), want %s", test.old, test.new, got, got.Direction(), got.Unequal, test.said)
		}
	}
}

func TestSummary(t *testing.T) {
	six := stats.Median([]float64{5e-5, math.NaN(), 4e-5, 4.5e-5, 4.4e-5, 4.6e-5, 4.7e-5}, "sec/op")
	for _, test := range []struct {
		s             stats.Summary
		said, words   string
		bounded, dots bool
	}{
		{six, "45.50µs ± 12%", "45.50µs (95% interval 40.00µs to 50.00µs)", true, true},
		{stats.Single(3e-5, "sec/op"), "30.00µs ± ∞", "30.00µs", false, false},
		{stats.Summary{}, "", "0.000", false, false},
	} {
		if got := test.s.String(); got != test.said {
			t.Errorf("got %q, want %q", got, test.said)
		}
		if test.s.N > 0 && test.s.Words() != test.words {
			t.Errorf("got %q, want %q", test.s.Words(), test.words)
		}
		if test.s.Bounded() != test.bounded || test.s.Spread() != test.dots {
			t.Errorf("%v: bounded %v, spread %v", test.s, test.s.Bounded(), test.s.Spread())
		}
	}
	if w := six.Width(); math.Abs(w-4.55/4+1) > 1e-9 {
		t.Errorf("the interval is %v wide", w)
	}
	if w := stats.Single(1, "x").Width(); !math.IsInf(w, 1) {
		t.Errorf("no interval is %v wide", w)
	}
}

// The interval of a slope holds the true one as often as it says, and one bad
// reading moves neither.
func TestTheilSen(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 12))
	const trials, n = 1000, 30
	covered := 0
	for range trials {
		var x, y []float64
		for i := range n {
			x, y = append(x, float64(i)), append(y, 2*float64(i)+rng.NormFloat64())
		}
		y[rng.IntN(n)] = 1e6
		if _, lo, hi := stats.TheilSen(x, y); lo <= 2 && 2 <= hi {
			covered++
		}
	}
	if least := int(trials * (0.95 - 3*math.Sqrt(0.95*0.05/trials))); covered < least {
		t.Errorf("the interval holds the slope in %d of %d trials, want %d", covered, trials, least)
	}
	if slope, lo, _ := stats.TheilSen([]float64{1, 2, 3}, []float64{2, 4, 6}); slope != 2 || !math.IsNaN(lo) {
		t.Errorf("3 points: slope %v from %v, want 2 without interval", slope, lo)
	}
	if slope, _, _ := stats.TheilSen([]float64{1}, []float64{2}); !math.IsNaN(slope) {
		t.Errorf("a point: slope %v", slope)
	}
}

func ExampleRatioOf() {
	old := []float64{110, 112, 109, 111, 140, 110, 113, 111} // a slow round slows both
	new := []float64{45, 46, 44, 45, 58, 45, 46, 45}
	r := stats.RatioOf(old, new)
	fmt.Println(r, r.Direction() == stats.Faster)
	// Output: 0.408 [0.405, 0.412] true
}
