package stats

import (
	"math"
	"math/rand/v2"
	"testing"
)

// Critical values of the two-sided test at 5%, as textbooks have them: the largest
// sum of ranks that rejects. The interval begins one behind it.
func TestOutermost(t *testing.T) {
	for n, critical := range map[int]int{5: -1, 6: 0, 7: 2, 8: 3, 9: 5, 10: 8, 12: 13, 15: 25, 20: 52, 25: 89, 30: 137, 50: 434} {
		if got := outermost(n); got != critical+1 {
			t.Errorf("%d values: got %d, want %d", n, got, critical+1)
		}
	}
	// The normal distribution takes over without a step.
	before, after, next := outermost(exactRanks-1), outermost(exactRanks), outermost(exactRanks+1)
	if d, e := after-before, next-after; e < d-2 || e > d+4 {
		t.Errorf("from %d to %d to %d: the approximation does not continue the exact ranks", before, after, next)
	}
}

// One value that is off by any amount moves the center no farther than the others
// reach, and the interval of symmetric values contains their center as often as it
// says, whatever their distribution.
func TestPseudomedian(t *testing.T) {
	if c, lo, hi := pseudomedian([]float64{3, 1, 2, 1e9, 2, 2, 2, 1}); c != 2 || lo != 1.5 || hi < 1e8 {
		t.Errorf("got %v [%v, %v]", c, lo, hi)
	}
	if c, lo, hi := pseudomedian([]float64{1, 2}); c != 1.5 || !math.IsInf(lo, -1) || !math.IsInf(hi, 1) {
		t.Errorf("two values: got %v [%v, %v]", c, lo, hi)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for name, draw := range map[string]func() float64{
		"normal": rng.NormFloat64,
		"with outliers": func() float64 {
			if rng.IntN(7) == 0 {
				return 10 * rng.NormFloat64()
			}
			return rng.NormFloat64()
		},
		"uniform": func() float64 { return rng.Float64() - 0.5 },
	} {
		for _, n := range []int{6, 9, 16, 40, 70} {
			const trials = 2000
			covered := 0
			x := make([]float64, n)
			for range trials {
				for i := range x {
					x[i] = draw()
				}
				if _, lo, hi := pseudomedian(x); lo <= 0 && 0 <= hi {
					covered++
				}
			}
			least := 0.95 - 3*math.Sqrt(0.95*0.05/trials)
			if got := float64(covered) / trials; got < least {
				t.Errorf("%s, %d values: the interval contains the center in %.1f%%", name, n, 100*got)
			}
		}
	}
}
