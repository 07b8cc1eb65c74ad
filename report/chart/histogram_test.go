package chart_test

import (
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"promisebench/report/chart"
	"promisebench/report/reporttest"
	"promisebench/report/text"
	"promisebench/report/theme"
)

// A new kind of chart is one type in one place: here is all of a histogram.
type histogram struct {
	look   chart.Look
	counts []int
}

// Layout implements chart.Body.
func (h histogram) Layout(*chart.Chart) chart.Layout {
	const height = 100
	l := chart.Layout{Height: height, Empty: len(h.counts) == 0}
	for i, n := range h.counts {
		l.Words = append(l.Words, text.Letters(i)+": "+text.Count(n, "sample"))
	}
	bar := func(c draw.Canvas, x, y, wide, high vg.Length) { theme.Rectangle(c, h.look.Fill, x, y, x+wide, y+high) }
	l.Keys = []chart.Key{{Legend: h.look.Legend, Draw: func(c draw.Canvas, x, y vg.Length) { bar(c, x, y-4, 14, 8) }}}
	l.Draw = func(canvas *theme.Canvas, top vg.Length) {
		wide := vg.Length(chart.Width-2*chart.Margin) / vg.Length(len(h.counts))
		for i, n := range h.counts {
			share := vg.Length(n) / vg.Length(slices.Max(h.counts))
			bar(draw.New(canvas), chart.Margin+vg.Length(i)*wide, top-height, wide-1, height*share)
		}
	}
	return l
}

func TestNewKindOfChart(t *testing.T) {
	c := typical().chart("histogram", histogram{optimizedLook(), []int{1, 4, 2}})
	drawn := reporttest.SVG(t, c)
	if want := "Median time, lower is better. A: 1 sample; B: 4 samples; C: 2 samples."; c.Description() != want || !strings.Contains(drawn, want) {
		t.Errorf("described as %q", c.Description())
	}
	if !slices.Contains(texts(drawn), "optimized await") || strings.Count(drawn, `<path fill="#0072B2"`) != 1+3 {
		t.Errorf("drawn as %s", drawn)
	}
}
