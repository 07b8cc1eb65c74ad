package report

import (
	"fmt"
	"image/color"
	"slices"
	"strings"

	"golang.org/x/image/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"promisebench/report/theme"
)

// This file lays out and draws charts of columns.

// A columnsBody is groups of columns side by side on one vertical axis, which
// begins at zero.
type columnsBody struct {
	groups    []columnGroup
	axisTitle string
	scale     float64  // of the axis, see axis
	heads     []string // say what the lines of labels below the columns are
}

type columnGroup struct {
	title   string
	columns []column
}

// A column is one value. Without a value (n = 0) its text stands in its place,
// to say why; otherwise above it.
type column struct {
	mark
	labels []string // below it, as many as there are heads
}

// Measures of charts of columns, in points.
const (
	columnsHeight = 230 // of the tallest column
	columnsRoom   = 18  // above it, for its text
	columnsGap    = 12  // between groups
	columnsTitle  = 16  // height of the axis title
	columnsLabel  = 11  // from label to label, downwards
	columnsScale  = 46  // width of the column of axis labels and heads
	columnWidth   = 26  // most that a column is wide
	lineColumns   = 27  // most columns side by side, unless one group has more
	maxColumns    = 36  // more of a group cannot be labelled
)

func (b columnsBody) fitting() (body, string) {
	omitted := 0
	b.groups = slices.Clone(b.groups)
	for i, g := range b.groups {
		if n := len(g.columns); n > maxColumns {
			b.groups[i].columns = g.columns[:maxColumns]
			omitted += n - maxColumns
		}
	}
	var notes []string
	if omitted > 0 {
		notes = append(notes, fmt.Sprintf("%d more columns are not shown, see the tables", omitted))
	}
	shown, _ := b.shown()
	if note := beyond(shown, 0, b.high()); note != "" {
		notes = append(notes, note)
	}
	return b, strings.Join(notes, " · ")
}

// lines sorts groups into lines that fit: one if it can be.
func (b columnsBody) lines() [][]columnGroup {
	var lines [][]columnGroup
	width := 0
	for _, g := range b.groups {
		if len(lines) == 0 || width+len(g.columns) > lineColumns {
			lines = append(lines, nil)
			width = 0
		}
		lines[len(lines)-1] = append(lines[len(lines)-1], g)
		width += len(g.columns)
	}
	return lines
}

func (b columnsBody) looks() []look {
	var found []look
	for _, g := range b.groups {
		for _, c := range g.columns {
			if c.n > 0 && !slices.Contains(found, c.look) {
				found = append(found, c.look)
			}
			if c.article > 0 && !slices.Contains(found, lookArticle) {
				found = append(found, lookArticle)
			}
			found = sampleLooks(found, c.summary, false)
		}
	}
	return found
}

func (b columnsBody) key(c draw.Canvas, l look, x, y vg.Length) {
	switch {
	case l >= lookSample:
		sampleKey(c, l, x, y)
	case l == lookArticle:
		dot(c, l, vg.Point{X: x + 7, Y: y})
	default:
		bar(c, l, x, x+14, y)
	}
}

func (b columnsBody) height() vg.Length {
	return columnsTitle + vg.Length(len(b.lines()))*b.lineHeight() - columnsGap
}

// lineHeight is the room of a line of groups, with a gap below it.
func (b columnsBody) lineHeight() vg.Length {
	return headHeight + columnsRoom + b.tall() + 6 + vg.Length(len(b.heads))*columnsLabel + columnsGap
}

// tall is the height of the tallest column.
func (b columnsBody) tall() vg.Length {
	if len(b.lines()) > 1 {
		return columnsHeight * 0.65
	}
	return columnsHeight
}

// shown returns what there is to be shown, and the largest of the article's values.
func (b columnsBody) shown() (shown []summary, article float64) {
	for _, g := range b.groups {
		for _, c := range g.columns {
			if c.n > 0 {
				shown = append(shown, c.summary)
			}
			article = max(article, c.article)
		}
	}
	return shown, article
}

// high returns the largest value on the axis.
func (b columnsBody) high() float64 {
	shown, article := b.shown()
	lo, hi := span(shown)
	_, hi = reach(shown, lo, max(hi, article))
	return hi
}

func (b columnsBody) draw(c draw.Canvas, top vg.Length) {
	soft := theme.NewPen(smallSize+0.5, font.WeightNormal, theme.Faint())
	soft.Write(c, margin, top-8, 0, soft.Fit(b.axisTitle, chartWidth-2*margin))
	top -= columnsTitle
	for _, groups := range b.lines() {
		b.drawLine(c, top, groups)
		top -= b.lineHeight()
	}
}

// drawLine draws groups side by side, with the axis at their left.
func (b columnsBody) drawLine(c draw.Canvas, top vg.Length, groups []columnGroup) {
	var (
		head  = theme.NewPen(textSize, font.WeightBold, theme.Ink())
		soft  = theme.NewPen(smallSize+0.5, font.WeightNormal, theme.Faint())
		hair  = draw.LineStyle{Color: theme.Grid(), Width: 0.7}
		left  = vg.Length(margin + columnsScale)
		right = vg.Length(chartWidth - margin)
		high  = b.high()
		base  = top - headHeight - columnsRoom - b.tall()
	)
	y := func(v float64) vg.Length { return base + vg.Length(v/high)*b.tall() }
	for _, t := range linearTicks(0, high, b.scale, func(v float64) string { return number(v / b.scale) }) {
		c.StrokeLine2(hair, left, y(t.Value), right, y(t.Value))
		soft.Write(c, left-6, soft.Middle(y(t.Value)), 1, soft.Fit(t.Label, columnsScale-6))
	}
	for i, h := range b.heads {
		soft.Write(c, left-6, base-1-vg.Length(i+1)*columnsLabel, 1, soft.Fit(h, columnsScale-6))
	}

	columns := 0
	for _, g := range groups {
		columns += len(g.columns)
	}
	slot := (right - left - vg.Length(len(groups)-1)*columnsGap) / vg.Length(columns)
	x := left
	for _, g := range groups {
		end := x + vg.Length(len(g.columns))*slot
		theme.Rectangle(c, theme.Stripe(), x, top-headHeight, end, top)
		head.Write(c, (x+end)/2, head.Middle(top-headHeight/2), 0.5, head.Fit(g.title, end-x-8))
		c.StrokeLine2(draw.LineStyle{Color: theme.Grey(), Width: 0.8}, x, base, end, base)
		for _, col := range g.columns {
			b.drawColumn(c, col, x, slot, base, high, y)
			x += slot
		}
		x += columnsGap
	}
}

// drawColumn draws a column into the slot that begins at x: the column, the
// strip of its samples and the article's mark side by side, the value above and
// the labels below.
func (b columnsBody) drawColumn(c draw.Canvas, col column, x, slot, base vg.Length, high float64, y func(float64) vg.Length) {
	var (
		text  = theme.NewPen(smallSize+0.5, font.WeightNormal, theme.Ink())
		soft  = theme.NewPen(smallSize+0.5, font.WeightNormal, theme.Faint())
		small = theme.NewPen(smallSize-0.5, font.WeightNormal, theme.Faint())
	)
	// All columns of a chart are as wide, whatever stands beside them.
	wide := min(slot*0.5, slot-2*columnMark-stripHeight-3, columnWidth)
	beside := vg.Length(0)
	if col.spread() {
		beside += stripHeight + 1
	}
	if col.article > 0 {
		beside += 2*columnMark + 1
	}
	center := x + (slot-beside)/2
	above := base
	if col.n > 0 {
		above = y(col.Center)
		box(c, col.look, center-wide/2, base, center+wide/2, above)
	}
	if col.bounded() {
		upright(c, center, y(col.Lo), y(col.Hi))
		above = y(col.Hi)
	}
	mark := center + wide/2 + 1
	if col.spread() {
		strip{c: c, at: y, min: 0, max: high, side: mark, upright: true}.draw(theme.Faint(), col.values)
		mark += stripHeight + 1
	}
	value := col.text
	if v := col.Center / b.scale; col.n > 0 && v >= 10 && v < 1000 && small.Face.Width(value) > wide {
		value = fmt.Sprintf("%.0f", v) // two digits must do
	}
	if small.Face.Width(value) > slot-1 {
		value = "…" // a part of a number would be another number
	}
	w := small.Face.Width(value)
	at := max(x+w/2, min(x+slot-w/2, center))
	theme.Rectangle(c, color.White, at-w/2, above+2.5, at+w/2, above+9.5) // no grid line through it
	small.Write(c, at, above+3.5, 0.5, value)
	if col.article > 0 {
		dot(c, lookArticle, vg.Point{X: mark + columnMark, Y: y(col.article)})
	}
	for i, label := range col.labels {
		pen := text
		if i > 0 {
			pen = soft
		}
		pen.Write(c, x+slot/2, base-1-vg.Length(i+1)*columnsLabel, 0.5, pen.Fit(label, slot-1))
	}
}

// columnMark is half the width of the article's mark, see diamondGlyph.
const columnMark = 4.5
