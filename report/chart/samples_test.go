package chart_test

import (
	"regexp"
	"strings"
	"testing"

	"promisebench/report/chart"
	"promisebench/report/reporttest"
	"promisebench/report/stats"
	"promisebench/report/unit"
)

// Every sample is in the chart: as a dot, in a heap of many, or as one that lies
// beyond the axis.
func TestSamplesInChart(t *testing.T) {
	nine := []float64{100, 101, 101, 101, 101, 101, 101, 103, 150}
	var many []float64
	for i := range 41 {
		many = append(many, 100+float64(i%7))
	}
	const key = 7 // dots of the legend
	for _, test := range []struct {
		name  string
		times []float64
		dots  int // without the legend
		says  string
	}{
		{"one", nine[:1], 0, ""},
		{"two", nine[:2], 2, "each dot: one pair"},
		{"nine, most of them in one place", nine, 9, "each dot: one pair"},
		{"far away", append([]float64{5000, 9000}, nine...), 9, "beyond the axis, marked by triangles at its end: 2 samples"},
		{"many", many, 0, "the thicker, the more samples lie there"},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := chart.Mark{Look: optimizedLook(), Summary: stats.Median(test.times, unit.Requests)}
			lo, hi := chart.Span([]chart.Mark{m})
			_, hi = chart.Reach([]chart.Mark{m}, lo, hi)
			column := chart.Column{Mark: m, Labels: []string{"x"}}
			for _, body := range []chart.Body{
				chart.Rows{Axis: chart.Axis{Max: hi}, Groups: []chart.Group{{Rows: []chart.Row{{Marks: []chart.Mark{m}}}}}},
				chart.Columns{Heads: []string{"h"}, Groups: []chart.ColumnGroup{{Columns: []chart.Column{column}}}},
			} {
				drawn := reporttest.SVG(t, &chart.Chart{ID: "x", Dots: "each dot: one pair", Body: body})
				dots := 0
				for _, path := range regexp.MustCompile(`stroke-width="1\.7" d="([^"]*)"`).FindAllStringSubmatch(drawn, -1) {
					dots += strings.Count(strings.ToLower(path[1]), "m")
				}
				if test.dots > 0 {
					dots -= key
				}
				if dots != test.dots {
					t.Errorf("%T: %d dots, want %d", body, dots, test.dots)
				}
				if text := strings.Join(texts(drawn), " "); !strings.Contains(text, test.says) || test.says == "" && strings.Contains(text, "each dot") {
					t.Errorf("%T: no %q in %s", body, test.says, text)
				}
			}
		})
	}
}

// A reader of a few far samples must still be able to compare the rest.
func TestReach(t *testing.T) {
	far := chart.Mark{Summary: stats.Median([]float64{100e-9, 101e-9, 102e-9, 103e-9, 104e-9, 105e-9, 9000e-9}, unit.Time)}
	if lo, hi := chart.Reach([]chart.Mark{far}, 90e-9, 110e-9); lo != 90e-9 || hi != 220e-9 {
		t.Errorf("reaches from %v to %v", lo, hi)
	}
	if lo, hi := chart.Span([]chart.Mark{{Text: "timed out"}, far}); lo != 100e-9 || hi != 9000e-9 {
		t.Errorf("spans from %v to %v", lo, hi)
	}
}

func TestAxes(t *testing.T) {
	single := func(values ...float64) (marks []chart.Mark) {
		for _, v := range values {
			marks = append(marks, chart.Mark{Summary: stats.Single(v, unit.Time)})
		}
		return marks
	}
	if a := chart.TimeAxis(single(2e-6, 9e-6)); a.Log || a.Min != 0 || a.Max < 9e-6 || a.Label != "time per operation in µs" || a.Tick(5e-6) != "5" {
		t.Errorf("a narrow axis of times: %+v", a)
	}
	if a := chart.TimeAxis(single(2e-6, 9e-5)); !a.Log || a.Min >= 2e-6 || a.Max <= 9e-5 || a.Label != "time per operation (log scale)" || a.Tick(5e-6) != "5 µs" {
		t.Errorf("a wide axis of times: %+v", a)
	}
	if a := chart.RatioAxis("ratio", single(0.5, 0.9)); a.Log || a.Min != 0 || a.Max != 1.1 || a.Line != 1 || a.Label != "ratio" || a.Say(0.4567) != "0.457" {
		t.Errorf("a narrow axis of ratios: %+v", a)
	}
	if a := chart.RatioAxis("ratio", single(0.05, 0.9)); !a.Log || a.Max <= 1 || a.Line != 1 || a.Label != "ratio (log scale)" {
		t.Errorf("a wide axis of ratios: %+v", a)
	}
}
