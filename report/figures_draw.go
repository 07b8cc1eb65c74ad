package report

import (
	"fmt"
	"image/color"
	"slices"

	"golang.org/x/image/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"promisebench/report/style"
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
	maxColumns    = 36  // more cannot be labelled
)

func (b columnsBody) fitting() (body, string) {
	if len(b.groups) == 0 {
		return b, ""
	}
	most, omitted := maxColumns/len(b.groups), 0
	b.groups = slices.Clone(b.groups)
	for i, g := range b.groups {
		if n := len(g.columns); n > most {
			b.groups[i].columns = g.columns[:most]
			omitted += n - most
		}
	}
	if omitted > 0 {
		return b, fmt.Sprintf("%d more columns are not shown, see the tables", omitted)
	}
	return b, ""
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
		}
	}
	return found
}

func (b columnsBody) key(c draw.Canvas, l look, x, y vg.Length) {
	if l == lookArticle {
		dot(c, l, vg.Point{X: x + 7, Y: y})
	} else {
		bar(c, l, x, x+14, y)
	}
}

func (b columnsBody) height() vg.Length {
	return columnsTitle + headHeight + columnsRoom + columnsHeight + 6 + vg.Length(len(b.heads))*columnsLabel
}

// high returns the largest value to be shown.
func (b columnsBody) high() float64 {
	var shown []summary
	article := 0.0
	for _, g := range b.groups {
		for _, c := range g.columns {
			if c.n > 0 {
				shown = append(shown, c.summary)
			}
			article = max(article, c.article)
		}
	}
	_, hi := span(shown)
	return max(hi, article)
}

func (b columnsBody) draw(c draw.Canvas, top vg.Length) {
	var (
		head  = style.NewPen(textSize, font.WeightBold, style.Ink())
		text  = style.NewPen(smallSize+0.5, font.WeightNormal, style.Ink())
		soft  = style.NewPen(smallSize+0.5, font.WeightNormal, style.Faint())
		small = style.NewPen(smallSize-0.5, font.WeightNormal, style.Faint())
		hair  = draw.LineStyle{Color: style.Grid(), Width: 0.7}
		left  = vg.Length(margin + columnsScale)
		right = vg.Length(chartWidth - margin)
		high  = b.high()
	)
	soft.Write(c, margin, top-8, 0, b.axisTitle)
	top -= columnsTitle
	base := top - headHeight - columnsRoom - columnsHeight
	y := func(v float64) vg.Length { return base + vg.Length(v/high)*columnsHeight }
	for _, t := range linearTicks(0, high, b.scale, func(v float64) string { return number(v / b.scale) }) {
		c.StrokeLine2(hair, left, y(t.Value), right, y(t.Value))
		soft.Write(c, left-6, soft.Middle(y(t.Value)), 1, soft.Fit(t.Label, columnsScale-6))
	}
	for i, h := range b.heads {
		soft.Write(c, left-6, base-1-vg.Length(i+1)*columnsLabel, 1, h)
	}

	columns := 0
	for _, g := range b.groups {
		columns += len(g.columns)
	}
	slot := (right - left - vg.Length(len(b.groups)-1)*columnsGap) / vg.Length(columns)
	wide := min(slot*0.5, slot-2*columnMark-3, columnWidth)
	x := left
	for _, g := range b.groups {
		end := x + vg.Length(len(g.columns))*slot
		style.Rectangle(c, style.Stripe(), x, top-headHeight, end, top)
		head.Write(c, (x+end)/2, head.Middle(top-headHeight/2), 0.5, head.Fit(g.title, end-x-8))
		c.StrokeLine2(draw.LineStyle{Color: style.Grey(), Width: 0.8}, x, base, end, base)
		for _, col := range g.columns {
			center := x + slot/2
			if col.article > 0 { // column and mark share the slot
				center -= (2*columnMark + 1) / 2
			}
			if col.n > 0 {
				box(c, col.look, center-wide/2, base, center+wide/2, y(col.Center))
			}
			above := base
			if col.n > 0 {
				above = y(col.Center)
			}
			if col.bounded() {
				upright(c, center, y(col.Lo), y(col.Hi))
				above = y(col.Hi)
			}
			value := col.text
			if v := col.Center / b.scale; col.n > 0 && v >= 10 && v < 1000 && small.Face.Width(value) > wide {
				value = fmt.Sprintf("%.0f", v) // two digits must do
			}
			if w := small.Face.Width(value); w < slot {
				style.Rectangle(c, color.White, center-w/2, above+2.5, center+w/2, above+9.5) // no grid line through it
				small.Write(c, center, above+3.5, 0.5, value)
			}
			if col.article > 0 {
				dot(c, lookArticle, vg.Point{X: center + wide/2 + 1.5 + columnMark, Y: y(col.article)})
			}
			for i, label := range col.labels {
				pen := text
				if i > 0 {
					pen = soft
				}
				pen.Write(c, x+slot/2, base-1-vg.Length(i+1)*columnsLabel, 0.5, pen.Fit(label, slot))
			}
			x += slot
		}
		x += columnsGap
	}
}

// columnMark is half the width of the article's mark, see diamondGlyph.
const columnMark = 4.5
