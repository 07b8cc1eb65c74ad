package change

import (
	"cmp"
	"fmt"
	"image/color"
	"math"
	"slices"

	"golang.org/x/perf/benchmath"

	"promisebench/report/chart"
	"promisebench/report/gate"
	"promisebench/report/stats"
	"promisebench/report/text"
	"promisebench/report/theme"
)

// Most rows of one chart with all benchmarks in it. If there are more, each
// workload has its own, behind one of those that changed most.
const (
	mostInOne     = 48
	mostInSummary = 30
)

// Words are what charts say of all rows together.
type Words struct {
	Title   string   // of the first chart
	Subject string   // what was compared
	Reading []string // how to read the changes
	Limits  []string // what limits them, and where they were measured
}

// look says how a verdict is drawn.
func look(v gate.Verdict) chart.Look {
	l := chart.Look{Legend: v.String()}
	switch v {
	case gate.Regressed:
		l.Shape, l.Stroke, l.Fill = chart.Square, theme.Vermilion(), theme.Vermilion()
	case gate.Improved:
		l.Shape, l.Stroke, l.Fill = chart.Triangle, theme.Green(), theme.Green()
	case gate.Unchanged:
		l.Stroke, l.Fill = theme.Blue(), theme.Blue()
	default:
		l.Stroke, l.Fill = theme.Faint(), color.White
	}
	return l
}

// LooksNote says what looks are, above the charts.
const LooksNote = "Each mark is the change of head against base, with its interval. " +
	"Squares are regressed, triangles improved, filled circles unchanged, hollow ones inconclusive."

// Charts draws the changes of rows, which come by workload, with their intervals. The
// first chart is the summary.
func Charts(rows []Row, words Words) []*chart.Chart {
	drawn := slices.DeleteFunc(slices.Clone(rows), func(r Row) bool { return r.Kind == gate.Exact && r.Verdict == gate.Unchanged })
	if len(drawn) <= mostInOne {
		return []*chart.Chart{words.chart("gate", words.Title, "", drawn, labels(rows))}
	}
	most := slices.DeleteFunc(slices.Clone(drawn), func(r Row) bool { return r.Verdict == gate.Unchanged })
	selection := fmt.Sprintf("the %d that changed or are inconclusive, of %d; ", len(most), len(drawn))
	if len(most) == 0 || len(most) > mostInSummary {
		most = MostChanged(drawn)[:mostInSummary]
		selection = fmt.Sprintf("the %d that changed most, of %d; ", len(most), len(drawn))
	}
	charts := []*chart.Chart{words.chart("gate", words.Title, selection, most, labels(rows))}
	inWorkload := func(r Row) string { return cmp.Or(text.Joined(r.Variant, r.Engine), r.Workload) }
	for len(drawn) > 0 { // rows come by workload
		name := drawn[0].Workload
		end := slices.IndexFunc(drawn, func(r Row) bool { return r.Workload != name })
		if end < 0 {
			end = len(drawn)
		}
		charts = append(charts, words.chart("gate-"+text.Slug(name), name+": base → head", "", drawn[:end], inWorkload))
		drawn = drawn[end:]
	}
	chart.UniqueIDs(charts)
	return charts
}

// labels returns how rows are called in charts of several workloads. Where all have
// one engine it would only push other words out of the labels: it is in the
// subtitle and the description.
func labels(rows []Row) func(Row) string {
	if slices.ContainsFunc(rows, func(r Row) bool { return r.Engine != rows[0].Engine }) {
		return Row.Label
	}
	return func(r Row) string { return text.Joined(r.Workload, r.Variant) }
}

// chart draws the changes of rows. They come by benchmark and stand by metric.
func (w Words) chart(id, title, selection string, rows []Row, label func(Row) string) *chart.Chart {
	body := chart.Rows{}
	for _, r := range rows {
		at := slices.IndexFunc(body.Groups, func(g chart.Group) bool { return g.Title == r.Metric() })
		if at < 0 {
			at = len(body.Groups)
			body.Groups = append(body.Groups, chart.Group{Title: r.Metric()})
		}
		body.Groups[at].Rows = append(body.Groups[at].Rows, chart.Row{Label: label(r), Marks: []chart.Mark{r.mark()}})
	}
	margin := widestMargin(rows)
	body.Axis = changeAxis(rows, margin)
	return &chart.Chart{
		ID:       id,
		Title:    title,
		Subtitle: selection + "change of head against base; left of the line is less. " + w.Subject,
		Intro:    "Change of head against base in percent.",
		Looks:    []chart.Look{look(gate.Regressed), look(gate.Improved), look(gate.Unchanged), look(gate.Inconclusive)},
		Body:     body,
		Caption:  w.caption(margin),
	}
}

// drawable reports whether a row has a place in a chart.
func (r Row) drawable() bool {
	for _, v := range []float64{r.Ratio, r.Lo, r.Hi} {
		if !(v > 1e-3 && v < 1e3) {
			return false
		}
	}
	return true
}

// mark is the row in a chart.
func (r Row) mark() chart.Mark {
	m := chart.Mark{Look: look(r.Verdict), Name: r.Label() + ", " + text.Clip(r.Unit, 40), Text: r.Change() + " " + r.Verdict.String()}
	m.Words = m.Text
	if r.drawable() {
		m.Summary = stats.Summary{Summary: benchmath.Summary{Center: r.Ratio, Lo: r.Lo, Hi: r.Hi}, N: r.N}
	}
	return m
}

// widestMargin is the widest of the rows, 0 if nothing was tested.
func widestMargin(rows []Row) float64 {
	margin := 0.0
	for _, r := range rows {
		if r.Kind.Tested() {
			margin = max(margin, r.margin())
		}
	}
	return margin
}

// changeAxis fits an axis to ratios of head to base, written as changes, with a band
// for the margin of unchanged.
func changeAxis(rows []Row, margin float64) chart.Axis {
	lo, hi := 1.0, 1.0
	for _, r := range rows {
		if r.drawable() {
			lo, hi = min(lo, r.Lo), max(hi, r.Hi)
		}
	}
	lo, hi = min(lo, 1-1.3*margin), max(hi, 1+1.3*margin)
	room := 0.04 * (hi - lo)
	axis := chart.Axis{
		Label: "change of head against base",
		Min:   lo - room, Max: hi + room, Scale: 1, Line: 1,
		Tick: func(v float64) string {
			change := 100 * (v - 1)
			if math.Abs(change) < 1e-9 {
				return "0"
			}
			return fmt.Sprintf("%+.4g%%", change)
		},
	}
	if margin > 0 {
		axis.Band = &[2]float64{1 / (1 + margin), 1 + margin}
	}
	if hi/max(lo, 1e-3) >= 10 { // a change by a factor would push all others onto the line
		wide := chart.LogAxis(max(lo, 1e-3), hi)
		axis.Log, axis.Min, axis.Max = true, wide.Min, wide.Max
		axis.Label += " (log scale)"
	}
	return axis
}

// caption says what marks are and where they were measured.
func (w Words) caption(margin float64) string {
	notes := slices.Clone(w.Reading)
	if margin > 0 {
		notes = append(notes, "shaded: the equivalence margin, ±"+Percent(margin))
	}
	return text.Joined(append(notes, w.Limits...)...)
}
