package gate

import (
	"fmt"
	"math"
	"slices"
)

// This file decides about metrics that hardly vary: no test is needed, and no share of
// the error.

// noRatio is a decision from which nothing is known yet, and which stands at once.
func noRatio(r Row) Decision {
	return Decision{Verdict: Inconclusive, P: 1, N: min(len(r.Base), len(r.Head)), Final: true,
		Ratio: math.NaN(), Lo: math.NaN(), Hi: math.NaN(), DetectableEffect: math.NaN()}
}

// exact compares values that do not vary.
func exact(r Row) Decision {
	d := noRatio(r)
	if d.N == 0 {
		d.Why = "no samples"
		return d
	}
	base, head := r.Base[0], r.Head[0]
	for _, side := range []struct {
		name   string
		values []float64
	}{{"base", r.Base}, {"head", r.Head}} {
		if lo, hi := slices.Min(side.values), slices.Max(side.values); hi-lo > r.Rules.Tolerance*hi {
			d.Why = fmt.Sprintf("%s varies from %v to %v, although it is an exact metric", side.name, lo, hi)
			return d
		}
	}
	d.Ratio = head / base
	if head == base {
		d.Ratio = 1 // of 0 and 0 as well
	}
	d.Lo, d.Hi = d.Ratio, d.Ratio
	if change := head - base; math.Abs(change) <= r.Rules.Tolerance*base {
		d.Verdict = Unchanged
	} else {
		d.changed(change, r)
	}
	return d
}

// changed sets the verdict of a change that is certain.
func (d *Decision) changed(change float64, r Row) {
	d.Verdict, d.P = Regressed, 0
	if change > 0 == r.HigherIsBetter {
		d.Verdict = Improved
	}
}

// minCounted is the least number of values a side of a counted metric.
const minCounted = 2

// counted compares values that vary a little. Both sides are counted alike, so they
// are taken to vary alike: with two or three values it takes both to say by how much.
// A change counts if it is beyond the tolerance and not explained by that; what layouts
// and luck change without any change of the code is less than the tolerance.
func counted(r Row, plan Plan, table quantiles) Decision {
	d := noRatio(r)
	if d.N < minCounted {
		d.Why = fmt.Sprintf("%d counted, and %d are needed", d.N, minCounted)
		return d
	}
	e := estimatePooled(logarithms(r.Head), logarithms(r.Base))
	d.describe(e, plan.Confidence, table)
	tolerance := math.Log1p(r.Rules.Tolerance)
	widest := max(math.Log(d.Hi), -math.Log(d.Lo))
	switch {
	case math.Abs(e.mean) > tolerance && (d.Lo > 1 || d.Hi < 1):
		d.changed(e.mean, r)
	case math.Abs(e.mean) > tolerance:
		d.Why = fmt.Sprintf("beyond the tolerance of %v, but the interval contains no change", Percent(r.Rules.Tolerance))
	case widest <= 2*tolerance:
		d.Verdict = Unchanged
	default:
		d.Why = fmt.Sprintf("within the tolerance of %v, but the interval reaches beyond twice of it", Percent(r.Rules.Tolerance))
	}
	return d
}
