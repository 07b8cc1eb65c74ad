package chart

import (
	"cmp"
	"image/color"
	"slices"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"promisebench/report/stats"
	"promisebench/report/theme"
	"promisebench/report/unit"
)

// This file draws marks, and says in words what they show.

const (
	dotRadius = 3   // of a mark that is a point
	barHeight = 7.5 // of a mark that is a bar
)

// referenceLook is what reference marks look like.
func referenceLook() Look {
	return Look{Shape: Diamond, Stroke: theme.Vermilion(), Fill: color.White}
}

// A diamondGlyph is a square on its corner, which gonum lacks.
type diamondGlyph struct{}

// DrawGlyph implements draw.GlyphDrawer.
func (diamondGlyph) DrawGlyph(c *draw.Canvas, sty draw.GlyphStyle, at vg.Point) {
	r := sty.Radius * 1.3 // to look as large as the others
	c.FillPolygon(sty.Color, []vg.Point{{X: at.X - r, Y: at.Y}, {X: at.X, Y: at.Y + r}, {X: at.X + r, Y: at.Y}, {X: at.X, Y: at.Y - r}})
}

func (s Shape) glyph() draw.GlyphDrawer {
	switch s {
	case Square:
		return draw.BoxGlyph{}
	case Triangle:
		return draw.PyramidGlyph{}
	case Diamond:
		return diamondGlyph{}
	}
	return draw.CircleGlyph{}
}

// dot draws a mark as a point, for axes without a zero to begin a bar at.
func dot(c draw.Canvas, l Look, at vg.Point) {
	sty := draw.GlyphStyle{Color: l.Stroke, Radius: dotRadius, Shape: l.Shape.glyph()}
	if l.Shape != Circle {
		sty.Radius *= 1.15 // to look as large as a circle
	}
	c.DrawGlyphNoClip(sty, at)
	if l.Fill != l.Stroke { // gonum's glyphs have either an edge or a filling
		sty.Color, sty.Radius = l.Fill, dotRadius-1.2
		c.DrawGlyphNoClip(sty, at)
	}
}

// bar draws a mark as a bar from x0 to x1 around the height y.
func bar(c draw.Canvas, l Look, x0, x1, y vg.Length) {
	half := vg.Length(barHeight) / 2
	box(c, l, x0, y-half, x1, y+half)
}

// box draws a mark as a rectangle.
func box(c draw.Canvas, l Look, x0, y0, x1, y1 vg.Length) {
	const edge = 1
	theme.Rectangle(c, l.Stroke, x0, y0, x1, y1)
	if l.Fill != l.Stroke && min(x1-x0, y1-y0) > 2*edge {
		theme.Rectangle(c, l.Fill, x0+edge, y0+edge, x1-edge, y1-edge)
	}
}

// whisker draws an interval with caps at its ends.
func whisker(c draw.Canvas, x0, x1, y vg.Length) {
	line := draw.LineStyle{Color: theme.Ink(), Width: 0.8}
	const cap = 2.2
	c.StrokeLine2(line, x0, y, x1, y)
	c.StrokeLine2(line, x0, y-cap, x0, y+cap)
	c.StrokeLine2(line, x1, y-cap, x1, y+cap)
}

// upright draws an interval as whisker does, upwards.
func upright(c draw.Canvas, x, y0, y1 vg.Length) {
	line := draw.LineStyle{Color: theme.Ink(), Width: 0.8}
	const cap = 2.2
	c.StrokeLine2(line, x, y0, x, y1)
	c.StrokeLine2(line, x-cap, y0, x+cap, y0)
	c.StrokeLine2(line, x-cap, y1, x+cap, y1)
}

// words says the value of a mark, or why it has none, and its reference value. say
// may be nil.
func (m Mark) words(c *Chart, say func(float64) string) string {
	if say == nil {
		say = func(v float64) string { return unit.Format(v, m.Unit) }
	}
	words := m.Words
	switch {
	case words != "":
	case m.N > 0:
		words = m.WordsIn(say)
	default:
		words = m.Text
	}
	if m.Reference > 0 {
		name, _, _ := strings.Cut(c.reference(), " (")
		words += ", " + name + " " + cmp.Or(m.ReferenceText, say(m.Reference))
	}
	return words
}

func (c *Chart) reference() string { return cmp.Or(c.Reference, "reference") }

// found is what occurs in a body of marks.
type found struct {
	looks                  []Look
	reference, dots, heaps bool
	words                  []string
	summaries              []stats.Summary
}

// add takes note of a mark. shown is false if there is no room for it: then it is
// read aloud only.
func (f *found) add(c *Chart, m Mark, say func(float64) string, shown bool) {
	if m.Name != "" {
		f.words = append(f.words, m.Name+": "+m.words(c, say))
	}
	if !shown {
		return
	}
	f.reference = f.reference || m.Reference > 0
	if m.N == 0 {
		return
	}
	f.summaries = append(f.summaries, m.Summary)
	f.looks = withLook(f.looks, m.Look)
	if m.Spread() {
		f.heaps = f.heaps || m.N > maxDots
		f.dots = f.dots || m.N <= maxDots
	}
}

// withLook adds a look unless it is there.
func withLook(looks []Look, l Look) []Look {
	if slices.ContainsFunc(looks, func(have Look) bool { return have.Legend == l.Legend }) {
		return looks
	}
	return append(looks, l)
}

// keys returns what the legend explains; look draws what a look is like.
func (f *found) keys(c *Chart, look func(c draw.Canvas, l Look, x, y vg.Length)) []Key {
	var keys []Key
	for _, l := range f.looks {
		keys = append(keys, Key{l.Legend, func(c draw.Canvas, x, y vg.Length) { look(c, l, x, y) }})
	}
	if f.reference {
		keys = append(keys, Key{c.reference(), pointKey(referenceLook())})
	}
	if f.dots {
		keys = append(keys, Key{cmp.Or(c.Dots, "each dot: one sample"), dotsKey})
	}
	if f.heaps {
		keys = append(keys, Key{"the thicker, the more samples lie there", heapKey})
	}
	return keys
}

// pointKey explains a mark that is a point.
func pointKey(l Look) func(c draw.Canvas, x, y vg.Length) {
	return func(c draw.Canvas, x, y vg.Length) { dot(c, l, vg.Point{X: x + 7, Y: y}) }
}
