package chart

import (
	"fmt"
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"promisebench/report/stats"
	"promisebench/report/text"
	"promisebench/report/theme"
)

// This file draws the samples beside the median that they have. A median with
// its interval does not tell one cluster from two, nor a long tail from a short
// one. A box would not either, so few samples are shown as they are, and many
// as how many lie where.

// Measures of samples in points.
const (
	stripHeight  = 5.5 // room for samples beside a mark
	sampleSize   = 1.7 // edge of the dot of one sample
	sampleGap    = 0.2 // between dots
	sampleLevels = 3   // dots across a strip
	heapWidth    = 2   // of the places in which many samples are counted
	maxDots      = 40  // samples of a mark that are shown as dots
)

// beyond says how many samples lie outside of an axis from min to max; "" if
// none does.
func beyond(shown []stats.Summary, min, max float64) string {
	n := 0
	for _, s := range shown {
		if s.Spread() {
			n += outside(s.Values, min, max)
		}
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("beyond the axis, marked by triangles at its end: %s", text.Count(n, "sample"))
}

func outside(values []float64, min, max float64) int {
	n := 0
	for _, v := range values {
		if v < min || v > max {
			n++
		}
	}
	return n
}

// A strip is where samples are drawn: along the axis of values from min to max,
// and across it from the side of the mark outwards.
type strip struct {
	c        draw.Canvas
	at       func(v float64) vg.Length // where a value is, along
	min, max float64
	side     vg.Length // where the strip begins, across
	upright  bool      // values go upwards and the strip to the right, not downwards
}

// point returns the place that is along the axis and out from the strip's side.
func (s strip) point(along, out vg.Length) vg.Point {
	if s.upright {
		return vg.Point{X: s.side + out, Y: along}
	}
	return vg.Point{X: along, Y: s.side - out}
}

// draw draws sorted samples.
func (s strip) draw(clr color.Color, values []float64) {
	inside := slices.DeleteFunc(slices.Clone(values), func(v float64) bool { return v < s.min || v > s.max })
	if len(values) > maxDots {
		s.heaps(clr, inside)
	} else {
		s.dots(clr, inside)
	}
	tip := func(from, to vg.Length) {
		s.c.FillPolygon(clr, []vg.Point{s.point(from, 0), s.point(to, stripHeight/2), s.point(from, stripHeight)})
	}
	if values[0] < s.min {
		tip(s.at(s.min), s.at(s.min)-4)
	}
	if values[len(values)-1] > s.max {
		tip(s.at(s.max), s.at(s.max)+4)
	}
}

// dots draws a dot for each value, stacked outwards where they would overlap.
// Where the strip is too narrow for that, they overlap. All are one path: with
// an element for each, a chart would be ten times as large.
func (s strip) dots(clr color.Color, values []float64) {
	var taken [sampleLevels]vg.Length // up to where, by level
	for i := range taken {
		taken[i] = vg.Length(math.Inf(-1))
	}
	var path vg.Path
	for _, v := range values {
		along := s.at(v)
		level := slices.IndexFunc(taken[:], func(end vg.Length) bool { return end <= along-sampleSize/2 })
		if level < 0 {
			level = slices.Index(taken[:], slices.Min(taken[:])) // the least overlap
		}
		taken[level] = along + sampleSize/2 + sampleGap
		out := sampleSize/2 + vg.Length(level)*(sampleSize+sampleGap)
		path.Move(s.point(along-sampleSize/2, out))
		path.Line(s.point(along+sampleSize/2, out))
	}
	if len(path) > 0 {
		s.c.SetLineStyle(draw.LineStyle{Color: clr, Width: sampleSize})
		s.c.Stroke(path)
	}
}

// heaps draws how many values lie where: the more, the thicker, and none thinner
// than a line, so that one in a million is seen.
func (s strip) heaps(clr color.Color, values []float64) {
	counts := make(map[int]int)
	most := 0
	var places []int
	for _, v := range values {
		place := int(math.Floor(float64(s.at(v) / heapWidth)))
		if counts[place]++; counts[place] == 1 {
			places = append(places, place) // sorted, as the values are
		}
		most = max(most, counts[place])
	}
	var path vg.Path
	for i, place := range places {
		thick := max(1, stripHeight*vg.Length(counts[place])/vg.Length(most))
		from, to := vg.Length(place)*heapWidth, vg.Length(place+1)*heapWidth
		if i == 0 || places[i-1] != place-1 {
			path.Move(s.point(from, 0))
		}
		path.Line(s.point(from, thick))
		path.Line(s.point(to, thick))
		if i == len(places)-1 || places[i+1] != place+1 {
			path.Line(s.point(to, 0))
			path.Close()
		}
	}
	if len(path) > 0 {
		s.c.SetColor(clr)
		s.c.Fill(path)
	}
}

// dotsKey explains samples in the legend, and heapKey many of them.
func dotsKey(c draw.Canvas, x, y vg.Length) {
	keyStrip(c, x, y).dots(theme.Faint(), []float64{2, 6, 6.4, 9, 9.2, 9.4, 13})
}

func heapKey(c draw.Canvas, x, y vg.Length) {
	var values []float64
	for place, n := range []int{1, 0, 2, 4, 6, 3, 1} {
		for range n {
			values = append(values, (float64(place)+0.5)*heapWidth)
		}
	}
	keyStrip(c, x, y).heaps(theme.Faint(), values)
}

func keyStrip(c draw.Canvas, x, y vg.Length) strip {
	return strip{c: c, at: func(v float64) vg.Length { return x + vg.Length(v) }, max: 14, side: y + stripHeight/2}
}
