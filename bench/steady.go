package bench

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/stat"
)

// Iterations are the times per operation of the batches that one process ran, in
// nanoseconds and in order (E. Barrett et al., "Virtual machine warmup blows hot
// and cold", OOPSLA 2017: in-process iterations of a process execution). Engines
// that compile while they run get faster in the course of them.
type Iterations []float64

// SteadyState returns the number of batches at the beginning to leave out, and
// whether what follows is a steady state.
//
// What to leave out follows the marginal standard error rule (K. P. White,
// "An effective truncation heuristic for bias reduction in simulation output",
// Simulation 69(6), 1997): as many as make the standard error of the mean of
// the rest smallest, but at most half. Whether the rest is steady is decided as
// by J. Geweke (1992, "Evaluating the accuracy of sampling-based approaches"): it
// must be [Iterations.Stationary].
func (l Iterations) SteadyState() (warmup int, steady bool) {
	if len(l) < 4 {
		return 0, false
	}
	least := math.Inf(1)
	for d := 0; d <= len(l)/2; d++ {
		_, variance := stat.PopMeanVariance(l[d:], nil)
		if e := variance / float64(len(l)-d); e < least {
			least, warmup = e, d
		}
	}
	return warmup, l[warmup:].Stationary()
}

// Stationary reports whether both halves of the batches, or of any other series, have the
// same mean, within three standard errors or else within 5%.
func (l Iterations) Stationary() bool {
	early, late := l[:len(l)/2], l[len(l)/2:]
	apart := math.Abs(stat.Mean(early, nil) - stat.Mean(late, nil))
	within := max(0.05*stat.Mean(l, nil), 3*math.Hypot(standardError(early), standardError(late)))
	return apart <= within
}

// standardError returns the standard error of the mean, or 0 for one value.
func standardError(x []float64) float64 {
	if len(x) < 2 {
		return 0
	}
	return stat.StdErr(stat.StdDev(x, nil), float64(len(x)))
}

// String lists the batches, each behind a space.
func (l Iterations) String() string {
	var b strings.Builder
	for _, each := range l {
		fmt.Fprintf(&b, " %.0f", each)
	}
	return b.String()
}

// Mean returns the mean time of the batches from the given one on.
func (l Iterations) Mean(from int) float64 { return stat.Mean(l[from:], nil) }

// TrimmedMean returns the mean time of the given part of the batches, from 0 to
// 1, the fastest ones.
func (l Iterations) TrimmedMean(part float64) float64 {
	sorted := slices.Sorted(slices.Values(l))
	return stat.Mean(sorted[:max(1, int(part*float64(len(sorted))))], nil)
}
