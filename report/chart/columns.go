package chart

import (
	"fmt"
	"image/color"

	"golang.org/x/image/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"promisebench/report/text"
	"promisebench/report/theme"
)

// Measures of columns, in points.
const (
	columnsHeight = 230 // of the tallest column
	columnsRoom   = 18  // above it, for its text
	columnsGap    = 12  // between groups
	columnsTitle  = 16  // height of the axis title
	columnsLabel  = 11  // from label to label, downwards
	columnsScale  = 46  // width of the column of axis labels and heads
	columnWidth   = 26  // most that a column is wide
	columnMark    = 4.5 // half the width of a reference mark, see diamondGlyph
	lineColumns   = 27  // most columns side by side, unless one group has more
	maxColumns    = 36  // more of a group cannot be labelled
)

// Layout implements [Body].
func (b Columns) Layout(c *Chart) Layout {
	l := &columnsLayout{title: b.AxisTitle, heads: b.Heads, axis: Axis{Scale: b.Scale}, tall: columnsHeight}
	if b.Scale == 0 {
		l.axis.Scale = 1
	}
	l.axis.Tick = func(v float64) string { return text.Number(v / l.axis.Scale) }
	f, omitted := l.sort(c, b)
	if len(l.lines) > 1 {
		l.tall = columnsHeight * 0.65
	}
	l.line = headHeight + columnsRoom + l.tall + 6 + vg.Length(len(b.Heads))*columnsLabel + columnsGap
	return Layout{
		Height: columnsTitle + vg.Length(len(l.lines))*l.line - columnsGap,
		Draw:   l.draw,
		Keys: f.keys(c, func(c draw.Canvas, look Look, x, y vg.Length) {
			bar(c, look, x, x+14, y)
		}),
		Words:   f.words,
		Omitted: text.Joined(notShown(omitted, "column"), beyond(f.summaries, 0, l.axis.Max)),
		Empty:   len(f.summaries) == 0,
	}
}

// A columnsLayout is columns with their places.
type columnsLayout struct {
	title string
	heads []string
	axis  Axis
	lines [][]ColumnGroup
	tall  vg.Length // of the tallest column
	line  vg.Length // of a line of groups, with a gap below it
}

// sort sorts groups into lines that fit, one if it can be, counts the columns that
// have no room, and finds the end of the axis.
func (l *columnsLayout) sort(c *Chart, b Columns) (f found, omitted int) {
	width := 0
	var shown []Mark
	reference := 0.0
	for _, g := range b.Groups {
		for i, col := range g.Columns {
			f.add(c, col.Mark, b.Say, i < maxColumns)
			if i < maxColumns {
				shown = append(shown, col.Mark)
				reference = max(reference, col.Reference)
			}
		}
		omitted += max(0, len(g.Columns)-maxColumns)
		g.Columns = g.Columns[:min(len(g.Columns), maxColumns)]
		if len(g.Columns) == 0 {
			continue
		}
		if len(l.lines) == 0 || width+len(g.Columns) > lineColumns {
			l.lines = append(l.lines, nil)
			width = 0
		}
		l.lines[len(l.lines)-1] = append(l.lines[len(l.lines)-1], g)
		width += len(g.Columns)
	}
	lo, hi := Span(shown)
	_, l.axis.Max = Reach(shown, lo, max(hi, reference))
	if l.axis.Max <= 0 { // nothing but reasons why there is none
		l.axis.Max = l.axis.Scale
	}
	return f, omitted
}

func (l *columnsLayout) draw(canvas *theme.Canvas, top vg.Length) {
	c := draw.New(canvas)
	soft := tickPen()
	soft.Write(c, Margin, top-8, 0, soft.Fit(l.title, Width-2*Margin))
	top -= columnsTitle
	for _, groups := range l.lines {
		l.drawLine(c, top, groups)
		top -= l.line
	}
}

// drawLine draws groups side by side, with the axis at their left.
func (l *columnsLayout) drawLine(c draw.Canvas, top vg.Length, groups []ColumnGroup) {
	const left, right = vg.Length(Margin + columnsScale), vg.Length(Width - Margin)
	soft := tickPen()
	base := top - headHeight - columnsRoom - l.tall
	y := func(v float64) vg.Length { return base + vg.Length(v/l.axis.Max)*l.tall }
	ticks := l.axis.ticks(0, l.axis.Max)
	for _, t := range ticks {
		c.StrokeLine2(hair(), left, y(t.Value), right, y(t.Value))
	}
	for _, t := range ticks {
		soft.Write(c, left-6, soft.Middle(y(t.Value)), 1, soft.Fit(t.Label, columnsScale-6))
	}
	for i, h := range l.heads {
		soft.Write(c, left-6, base-1-vg.Length(i+1)*columnsLabel, 1, soft.Fit(h, columnsScale-6))
	}

	columns := 0
	for _, g := range groups {
		columns += len(g.Columns)
	}
	s := slot{columnsLayout: l, base: base, y: y, x: left}
	s.width = (right - left - vg.Length(len(groups)-1)*columnsGap) / vg.Length(columns)
	for _, g := range groups {
		end := s.x + vg.Length(len(g.Columns))*s.width
		heading(c, s.x, end, top, 0.5, g.Title)
		c.StrokeLine2(draw.LineStyle{Color: theme.Grey(), Width: 0.8}, s.x, base, end, base)
		for _, col := range g.Columns {
			s.draw(c, col)
			s.label(c, col)
			s.x += s.width
		}
		s.x += columnsGap
	}
}

// A slot is the place of a column, from x on.
type slot struct {
	*columnsLayout
	x, width, base vg.Length
	y              func(float64) vg.Length
}

// draw draws the column, the strip of its samples and the reference mark side by
// side, and the value above.
func (s slot) draw(c draw.Canvas, col Column) {
	// All columns of a chart are as wide, whatever stands beside them.
	wide := min(s.width*0.5, s.width-2*columnMark-stripHeight-3, columnWidth)
	beside := vg.Length(0)
	if col.Spread() {
		beside += stripHeight + 1
	}
	if col.Reference > 0 {
		beside += 2*columnMark + 1
	}
	center := s.x + (s.width-beside)/2
	above := s.base
	if col.N > 0 {
		above = s.y(col.Center)
		box(c, col.Look, center-wide/2, s.base, center+wide/2, above)
	}
	if col.Bounded() {
		upright(c, center, s.y(col.Lo), s.y(col.Hi))
		above = s.y(col.Hi)
	}
	mark := center + wide/2 + 1
	if col.Spread() {
		strip{c: c, at: s.y, min: 0, max: s.axis.Max, side: mark, upright: true}.draw(theme.Faint(), col.Values)
		mark += stripHeight + 1
	}
	s.value(c, col, center, wide, above)
	if col.Reference > 0 {
		dot(c, referenceLook(), vg.Point{X: mark + columnMark, Y: s.y(col.Reference)})
	}
}

// value writes the value of a column of a width around center, above a height.
func (s slot) value(c draw.Canvas, col Column, center, wide, above vg.Length) {
	small := theme.NewPen(smallSize-0.5, font.WeightNormal, theme.Faint())
	value := col.Text
	if v := col.Center / s.axis.Scale; col.N > 0 && v >= 10 && v < 1000 && small.Face.Width(value) > wide {
		value = fmt.Sprintf("%.0f", v) // two digits must do
	}
	if small.Face.Width(value) > s.width-1 {
		value = "…" // a part of a number would be another number
	}
	w := small.Face.Width(value)
	at := max(s.x+w/2, min(s.x+s.width-w/2, center))
	theme.Rectangle(c, color.White, at-w/2, above+2.5, at+w/2, above+9.5) // no grid line through it
	small.Write(c, at, above+3.5, 0.5, value)
}

// label writes what stands below a column.
func (s slot) label(c draw.Canvas, col Column) {
	pen := theme.NewPen(smallSize+0.5, font.WeightNormal, theme.Ink())
	for i, label := range col.Labels {
		if i > 0 {
			pen = tickPen()
		}
		pen.Write(c, s.x+s.width/2, s.base-1-vg.Length(i+1)*columnsLabel, 0.5, pen.Fit(label, s.width-1))
	}
}
