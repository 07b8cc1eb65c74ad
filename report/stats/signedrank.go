package stats

import (
	"math"
	"slices"
	"sync"

	"gonum.org/v1/gonum/stat/distuv"
)

// exactRanks is the most values for which the distribution of the signed-rank
// statistic is computed exactly. With more the normal one is within a rank or two.
const exactRanks = 60

// pseudomedian returns the median of the means of all pairs of values, each with
// itself too (Hodges and Lehmann, Annals of Mathematical Statistics 34(2), 1963), and
// the interval that belongs to Wilcoxon's signed-rank test: the shifts that it does
// not reject (Tukey 1949, in Hollander, Wolfe and Chicken, "Nonparametric statistical
// methods", section 3.3). Of values whose distribution is symmetric about a point it
// contains that point with at least the confidence, whatever the distribution is
// otherwise. 29% of the values may be off by any amount; from normal ones the
// interval is as narrow as that of the mean of 95% of them, that of the median as
// 64%. It is infinite with fewer than [MinBounded] values.
func pseudomedian(values []float64) (center, lo, hi float64) {
	var means []float64
	for i, v := range values {
		for _, w := range values[i:] {
			means = append(means, (v+w)/2)
		}
	}
	if len(means) == 0 {
		return math.NaN(), math.NaN(), math.NaN()
	}
	slices.Sort(means)
	center = (means[(len(means)-1)/2] + means[len(means)/2]) / 2
	out := outermost(len(values))
	if out == 0 {
		return center, math.Inf(-1), math.Inf(1)
	}
	return center, means[out-1], means[len(means)-out]
}

// outermost returns which of the ordered means, counted from either end, the
// interval of n values begins with; 0 if there is none.
func outermost(n int) int {
	alpha := (1 - Confidence) / 2
	if n > exactRanks {
		m := float64(n)
		sd := math.Sqrt(m * (m + 1) * (2*m + 1) / 24)
		return int(m*(m+1)/4 + distuv.UnitNormal.Quantile(alpha)*sd)
	}
	sum := 0.0
	for rank, p := range signedRanks()[n] {
		if sum += p; sum > alpha {
			return rank
		}
	}
	return 0
}

// signedRanks has, for each number of values, the probability of each value of the
// statistic up to its middle: which share of all subsets of 1 to n has that sum.
var signedRanks = sync.OnceValue(func() [][]float64 {
	all := make([][]float64, exactRanks+1)
	most := exactRanks * (exactRanks + 1) / 4
	p := make([]float64, most+1)
	p[0] = 1
	for n := range all {
		if n > 0 {
			for sum := most; sum >= 0; sum-- {
				if p[sum] /= 2; sum >= n {
					p[sum] += p[sum-n] / 2
				}
			}
		}
		all[n] = slices.Clone(p[:n*(n+1)/4+1])
	}
	return all
})
