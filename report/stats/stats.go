// Package stats summarizes samples and compares them, as far as all reports do it
// alike. The verdicts of a regression gate have a package of their own, gate.
//
// Times are not normally distributed: they have a floor and a long tail. So a
// sample is summarized by its median with the exact 95% interval from order
// statistics (benchmath.AssumeNothing), which assumes no shape at all and needs at
// least six values.
package stats

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"golang.org/x/perf/benchmath"
	"gonum.org/v1/gonum/stat/distuv"

	"promisebench/report/text"
	"promisebench/report/unit"
)

// Confidence is the level of every interval.
const Confidence = 0.95

// MinBounded is the least number of values whose median has an interval.
const MinBounded = 6

// A Summary is the center of a sample and its interval.
type Summary struct {
	benchmath.Summary
	N     int // values; if 0, the rest means nothing
	Unit  string
	Exact bool // the unit is declared exact: no spread is expected
	// Values is what was summarized, sorted. It is not to be changed.
	Values []float64
}

// Measured returns the values that are there, not NaN, in a new slice.
func Measured(values []float64) []float64 {
	return slices.DeleteFunc(slices.Clone(values), math.IsNaN)
}

// sample makes a benchmath sample of a copy of values, which it sorts.
func sample(values []float64) *benchmath.Sample {
	return benchmath.NewSample(Measured(values), &benchmath.DefaultThresholds)
}

// Summarize returns median and 95% interval of values, or their common value if
// that is what assume says. Missing values are NaN. Without any, N is 0.
func Summarize(values []float64, name string, assume benchmath.Assumption) Summary {
	s := sample(values)
	if len(s.Values) == 0 {
		return Summary{}
	}
	return Summary{
		Summary: assume.Summary(s, Confidence),
		N:       len(s.Values),
		Unit:    name,
		Exact:   assume == benchmath.AssumeExact,
		Values:  s.Values,
	}
}

// Median is Summarize without any assumption.
func Median(values []float64, name string) Summary {
	return Summarize(values, name, benchmath.AssumeNothing)
}

// Single is the summary of one value that has no interval.
func Single(v float64, name string) Summary {
	return Summary{Summary: benchmath.Summary{Center: v, Lo: math.Inf(-1), Hi: math.Inf(1)}, N: 1, Unit: name}
}

// Sample returns the summarized values as benchmath wants them.
func (s Summary) Sample() *benchmath.Sample {
	return &benchmath.Sample{Values: s.Values, Thresholds: &benchmath.DefaultThresholds}
}

// Bounded reports whether there is an interval: too few values have none.
func (s Summary) Bounded() bool {
	return s.N > 0 && !math.IsInf(s.Lo, 0) && !math.IsInf(s.Hi, 0)
}

// Spread reports whether there are values to be shown beside the median: of one,
// the median says all, and an exact unit has no spread.
func (s Summary) Spread() bool { return s.N > 1 && len(s.Values) == s.N && !s.Exact }

// Width is the distance from the center to the farther end of the interval, as a
// share of the center or, downwards, of the end: 0.03 is ±3%. It is infinite
// without an interval.
func (s Summary) Width() float64 {
	if !s.Bounded() {
		return math.Inf(1)
	}
	return max(s.Hi/s.Center, s.Center/s.Lo) - 1
}

// String returns the summary as tables show it, such as "45.01µs ± 3%".
func (s Summary) String() string {
	switch {
	case s.N == 0:
		return ""
	case s.Exact:
		return strconv.FormatFloat(s.Center, 'f', -1, 64)
	}
	return unit.Format(s.Center, s.Unit) + " ± " + s.PctRangeString()
}

// Words says a value and its interval, to be read aloud.
func (s Summary) Words() string {
	return s.WordsIn(func(v float64) string { return unit.Format(v, s.Unit) })
}

// WordsIn is Words with another way to write the values.
func (s Summary) WordsIn(format func(float64) string) string {
	if !s.Bounded() {
		return format(s.Center)
	}
	return fmt.Sprintf("%s (95%% interval %s to %s)", format(s.Center), format(s.Lo), format(s.Hi))
}

// A Ratio is new/old of pairs of samples; see [RatioOf].
type Ratio struct {
	Summary
	// Unequal says that some samples found no partner.
	Unequal bool
}

// RatioOf returns the ratio new/old of two series of samples, by round: value i of
// each was measured in round i, NaN where a round has none.
//
// Whatever slows the machine for longer than a round (heat, a neighbour, the
// frequency governor) slows both partners, and cancels in their ratio; in the
// ratio of two medians it would not. The ratio is the pseudomedian of the logarithms
// of these ratios, with the interval of the signed-rank test: if the rounds are
// independent of each other, and the luck of both partners is alike, so that it is
// as likely to favour one as the other, then the interval contains the true ratio in
// at least 95% of experiments. It says nothing about errors that all rounds share,
// such as the error of an emulation.
//
// All this holds if the rounds were interleaved. Samples that were taken in a row,
// as "go test -count" does, have their pairs in that order: the interval stands, as
// for independent samples, but no drift cancels.
func RatioOf(old, new []float64) Ratio {
	var ratios, logs []float64
	for i := range min(len(old), len(new)) {
		if r := new[i] / old[i]; !math.IsNaN(r) { // NaN if either is missing
			ratios, logs = append(ratios, r), append(logs, math.Log(r))
		}
	}
	if len(ratios) == 0 {
		return Ratio{}
	}
	slices.Sort(ratios)
	center, lo, hi := pseudomedian(logs)
	return Ratio{
		Summary: Summary{
			Summary: benchmath.Summary{Center: math.Exp(center), Lo: math.Exp(lo), Hi: math.Exp(hi), Confidence: Confidence},
			N:       len(ratios), Values: ratios,
		},
		Unequal: len(ratios) < max(len(Measured(old)), len(Measured(new))),
	}
}

// A Direction is which side of 1 the whole interval of a ratio lies on.
type Direction int

const (
	Inconclusive Direction = iota // the interval contains 1, or there is none
	Faster                        // below 1
	Slower                        // above 1
)

// Direction returns that of the ratio.
func (r Ratio) Direction() Direction {
	switch {
	case !r.Bounded():
		return Inconclusive
	case r.Hi < 1:
		return Faster
	case r.Lo > 1:
		return Slower
	}
	return Inconclusive
}

// String returns the ratio with its interval, such as "0.409 [0.401, 0.415]".
// With too few samples for an interval no number is shown: it would be quoted.
func (r Ratio) String() string { return r.Text(text.ThreeDigits) }

// Text is String with another way to write the numbers.
func (r Ratio) Text(format func(float64) string) string {
	if !r.Bounded() {
		return "n too small"
	}
	return text.Interval(format, r.Center, r.Lo, r.Hi)
}

// minSlope is the least number of points for which the distribution of Kendall's
// statistic is near enough to a normal one.
const minSlope = 10

// TheilSen returns the median slope of all pairs of points, of which 29% may be off
// by any amount (Theil 1950), with its 95% interval after Sen (1968, J. Am. Stat.
// Assoc. 63), which comes from the distribution of Kendall's statistic and takes
// the points to be independent. The interval is NaN with fewer than 10 points, and
// all is with fewer than 2. x has no value twice, and as many values as y.
func TheilSen(x, y []float64) (slope, lo, hi float64) {
	var slopes []float64
	for i := range x {
		for j := range i {
			slopes = append(slopes, (y[i]-y[j])/(x[i]-x[j]))
		}
	}
	if len(slopes) == 0 {
		return math.NaN(), math.NaN(), math.NaN()
	}
	slices.Sort(slopes)
	slope = (slopes[(len(slopes)-1)/2] + slopes[len(slopes)/2]) / 2
	n := float64(len(x))
	if n < minSlope {
		return slope, math.NaN(), math.NaN()
	}
	spread := distuv.UnitNormal.Quantile((1+Confidence)/2) * math.Sqrt(n*(n-1)*(2*n+5)/18)
	pairs := float64(len(slopes))
	lower := int(math.Floor((pairs-spread)/2)) - 1
	upper := int(math.Ceil((pairs + spread) / 2))
	return slope, slopes[max(0, lower)], slopes[min(upper, len(slopes)-1)]
}
