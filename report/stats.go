package report

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/perf/benchmath"
	"golang.org/x/perf/benchunit"
	"gonum.org/v1/gonum/stat/distuv"
)

// confidence is the level of every interval shown.
const confidence = 0.95

// A summary is the centre of a sample and its interval.
type summary struct {
	benchmath.Summary
	n     int // samples; if 0, the rest means nothing
	unit  string
	exact bool // the unit is declared exact: no spread is expected
	// values is what was summarized, sorted. It is not to be changed.
	values []float64
}

// measured returns the values that are there, in a new slice.
func measured(values []float64) []float64 {
	return slices.DeleteFunc(slices.Clone(values), math.IsNaN)
}

// sample makes a benchmath sample of a copy of values, which it sorts.
func sample(values []float64) *benchmath.Sample {
	return benchmath.NewSample(measured(values), &benchmath.DefaultThresholds)
}

// summarize returns median and 95 % interval of values, or the common value if
// the unit was declared exact.
func (r *Results) summarize(values []float64, unit string) summary {
	assume := r.reader.Units().GetAssumption(unit)
	s := sample(values)
	if len(s.Values) == 0 {
		return summary{}
	}
	return summary{
		Summary: assume.Summary(s, confidence),
		n:       len(s.Values),
		unit:    unit,
		exact:   assume == benchmath.AssumeExact,
		values:  s.Values,
	}
}

// sample returns the summarized values as benchmath wants them.
func (s summary) sample() *benchmath.Sample {
	return &benchmath.Sample{Values: s.values, Thresholds: &benchmath.DefaultThresholds}
}

// bounded reports whether there is an interval: too few samples have none.
func (s summary) bounded() bool {
	return s.n > 0 && !math.IsInf(s.Lo, 0) && !math.IsInf(s.Hi, 0)
}

// String returns the summary as tables show it, such as "45.01µs ± 3%".
func (s summary) String() string {
	switch {
	case s.n == 0:
		return ""
	case s.exact:
		return strconv.FormatFloat(s.Center, 'f', -1, 64)
	}
	return format(s.Center, s.unit) + " ± " + s.PctRangeString()
}

// format writes a value with at least three digits and a prefix. What is
// counted per operation, and the operation, stand in the heading.
func format(v float64, unit string) string {
	text := benchunit.Scale(v, benchunit.ClassOf(unit))
	switch unit {
	case "sec/op":
		return text + "s"
	case "B/op":
		return text + "B"
	}
	switch {
	case strings.HasSuffix(unit, "-sec"), strings.HasSuffix(unit, "-sec/req"):
		return text + "s"
	case strings.HasSuffix(unit, "-bytes"):
		return text + "B"
	}
	return text
}

// threeDigits writes a positive ratio with three significant digits and without
// an exponent where one can do without.
func threeDigits(v float64) string {
	if v >= 1e6 || v < 1e-6 {
		return strconv.FormatFloat(v, 'g', 3, 64)
	}
	digits := 2 - int(math.Floor(math.Log10(v)))
	return strconv.FormatFloat(v, 'f', max(0, digits), 64)
}

// interleaved reports whether samples of one round were taken side by side.
func (r *Results) interleaved() bool { return r.known["rounds"] == "interleaved" }

// pairs names the pairs that ratios are made of; see paired.
func (r *Results) pairs() string {
	if r.interleaved() {
		return "pairs of the same round"
	}
	return "pairs in the order of the text, which were not taken side by side"
}

// pairsExplained says in a clause what is divided by what.
func (r *Results) pairsExplained() string {
	if r.interleaved() {
		return "samples taken in the same round are divided by each other, so that slow drift of the machine cancels;"
	}
	return "samples are divided by each other in the order of the text, which does not say that they were taken side by side, " +
		"so that drift of the machine does not cancel;"
}

// A ratio is the median of new/old over the pairs of samples; see paired.
type ratio struct {
	summary
	// unequal says that some samples found no partner.
	unequal bool
}

// ratioOf returns the ratio of the samples of two cells, by round.
func ratioOf(old, new []float64) ratio {
	values := measured(paired(old, new))
	if len(values) == 0 {
		return ratio{}
	}
	s := sample(values)
	return ratio{
		summary: summary{Summary: benchmath.AssumeNothing.Summary(s, confidence), n: len(values), values: s.Values},
		unequal: len(values) < max(len(measured(old)), len(measured(new))),
	}
}

// A comparison is legacy against optimized await, everything else being equal.
type comparison struct {
	place
	ratio             // optimized/legacy
	legacy, optimized summary
	// delta and test are what benchstat prints: the change of the median if it
	// is significant at 5 % (else "~"), and p-value and sample sizes.
	delta, test string
	warnings    []error
}

// verdict says which side of 1 the whole interval of the ratio lies on.
type verdict int

const (
	undecided verdict = iota // the interval contains 1, or there is none
	faster
	slower
)

func (r ratio) verdict() verdict {
	switch {
	case !r.bounded():
		return undecided
	case r.Hi < 1:
		return faster
	case r.Lo > 1:
		return slower
	}
	return undecided
}

// String returns the ratio with its interval, such as "0.409 [0.401, 0.415]".
// With too few samples for an interval no number is shown: it would be quoted.
func (r ratio) String() string { return r.text(threeDigits) }

// text is String with another way to write the numbers.
func (r ratio) text(format func(float64) string) string {
	if !r.bounded() {
		return "n too small"
	}
	return fmt.Sprintf("%s [%s, %s]", format(r.Center), format(r.Lo), format(r.Hi))
}

// change writes a ratio as the change it is, such as "-26.0%".
func change(ratio float64) string { return fmt.Sprintf("%+.1f%%", 100*(ratio-1)) }

// paired returns new/old for each round in which both were measured.
//
// Sample i of every cell was measured in round i. Whatever slows the machine
// for longer than a round (heat, a neighbour, the frequency governor) slows
// both partners, and cancels in their ratio; in the ratio of two medians it
// would not. The interval of the median of these ratios is the one of order
// statistics: if the rounds are independent of each other, it contains the true
// median ratio in at least 95 % of experiments, whatever the distribution. It
// says nothing about errors that all rounds share, such as the luck of one
// process's memory layout, or the error of an emulation.
//
// All this holds if the text says that its rounds were interleaved. Other texts
// have their pairs in the order of their lines, as in "go test -count", which
// takes all samples of one benchmark in a row: the interval stands, as for
// independent samples, but no drift cancels.
func paired(old, new []float64) []float64 {
	n := min(len(old), len(new))
	ratios := make([]float64, n)
	for i := range ratios {
		ratios[i] = new[i] / old[i] // NaN if either is missing
	}
	return ratios
}

// compare compares the times of two await modes.
func (r *Results) compare(m *matrix, before, after place) comparison {
	c := comparison{
		place:     after,
		ratio:     ratioOf(m.samples(before, "sec/op"), m.samples(after, "sec/op")),
		legacy:    r.summary(m, before, "sec/op"),
		optimized: r.summary(m, after, "sec/op"),
	}
	test := benchmath.AssumeNothing.Compare(c.legacy.sample(), c.optimized.sample())
	c.delta = test.FormatDelta(c.legacy.Center, c.optimized.Center)
	c.test = test.String()
	c.warnings = slices.Concat(c.legacy.Warnings, c.optimized.Warnings, test.Warnings)
	return c
}

// comparisons returns all comparisons of await modes that the results allow, in
// the order of the tables.
func (r *Results) comparisons(m *matrix) []comparison {
	if m.compared != nil {
		return m.compared
	}
	var list []comparison
	for _, row := range m.rows {
		if row.await != optimized {
			continue
		}
		before := row
		before.await = legacy
		for _, engine := range m.engines {
			old, new := place{before, engine}, place{row, engine}
			if r.summary(m, old, "sec/op").n > 0 && r.summary(m, new, "sec/op").n > 0 {
				list = append(list, r.compare(m, old, new))
			}
		}
	}
	m.compared = list
	return list
}

// An emulationError says how much an emulated mode differs in time from the
// mode itself, on an engine that has it.
type emulationError struct {
	place            // of the mode itself
	ratio            // emulated/native
	native, emulated summary
}

// emulationErrors compares legacy await with the benchmarks named emulated=yes
// beside it, in the order of the tables.
func (r *Results) emulationErrors(m *matrix) []emulationError {
	natives := make(map[row]row) // by what is left without the label
	for _, row := range m.rows {
		key := row
		key.label = ""
		natives[key] = row
	}
	var list []emulationError
	for _, row := range m.rows {
		workload, forced := withoutForced(row.workload)
		if !forced || row.await != legacy {
			continue
		}
		key := row
		key.workload, key.label = workload, ""
		native, ok := natives[key]
		if !ok {
			continue
		}
		for _, engine := range m.engines {
			p := place{native, engine}
			if r.emulated(engine, legacy) {
				continue // both are emulated: that says nothing
			}
			forced := place{row, engine}
			if e := ratioOf(m.samples(p, "sec/op"), m.samples(forced, "sec/op")); e.n > 0 {
				list = append(list, emulationError{p, e, r.summary(m, p, "sec/op"), r.summary(m, forced, "sec/op")})
			}
		}
	}
	return list
}

// theilSen returns the median slope of all pairs of points, of
// which 29 % may be off by any amount (Theil 1950), with its 95 % interval after
// Sen (1968, J. Am. Stat. Assoc. 63), which comes from the distribution of
// Kendall's statistic and takes the points to be independent. The interval is
// NaN with fewer than 10 points, for which that distribution is no normal one.
// x has no value twice.
func theilSen(x, y []float64) (slope, lo, hi float64) {
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
	if n < 10 {
		return slope, math.NaN(), math.NaN()
	}
	spread := distuv.UnitNormal.Quantile((1+confidence)/2) * math.Sqrt(n*(n-1)*(2*n+5)/18)
	pairs := float64(len(slopes))
	lower := int(math.Floor((pairs-spread)/2)) - 1
	upper := int(math.Ceil((pairs + spread) / 2))
	return slope, slopes[max(0, lower)], slopes[min(upper, len(slopes)-1)]
}
