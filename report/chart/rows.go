package chart

import (
	"iter"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"promisebench/report/text"
	"promisebench/report/theme"
)

// Measures of rows, in points.
const (
	lineHeight = 11 // of one mark
	rowGap     = 4  // between rows
)

// maxRows is the most rows of a chart. Beyond it a picture is no help, and names from
// a stranger's file must not make one a kilometre high.
const maxRows = 400

// Layout implements [Body].
func (r Rows) Layout(c *Chart) Layout {
	l := &rowsLayout{axis: r.Axis, bars: !r.Axis.Log && r.Axis.Line == 0}
	f, omitted := l.place(c, r)
	p := plot.New()
	p.BackgroundColor = nil
	p.HideY()
	p.Y.Min, p.Y.Max = 0, 1
	p.Y.Padding = 0
	r.Axis.set(&p.X)
	p.Add(l)
	below := axisHeight(p)
	return Layout{
		Height: l.tall + below,
		Draw: func(canvas *theme.Canvas, top vg.Length) {
			dc := draw.New(canvas)
			dc.Min = vg.Point{X: Margin + l.labels, Y: top - l.tall - below}
			dc.Max = vg.Point{X: Width - Margin - l.values, Y: top}
			p.Draw(dc)
		},
		Keys:    f.keys(c, l.key),
		Words:   f.words,
		Omitted: text.Joined(notShown(omitted, "row"), beyond(f.summaries, r.Axis.Min, r.Axis.Max)),
		Empty:   len(f.summaries) == 0,
	}
}

// A rowsLayout is rows with their places, counted downwards from the upper end. It
// draws them into a gonum plot, and their labels and values to the left and right
// of it.
type rowsLayout struct {
	axis           Axis
	bars           bool      // the marks are; a ratio is a place left or right of 1, not an amount
	labels, values vg.Length // widths of the columns left and right
	tall           vg.Length // without the axis
	heads, rows    []placedText
	marks          []placedMark
}

type placedText struct {
	text string
	down vg.Length // to the upper end of a heading or the middle of a row
}

type placedMark struct {
	Mark
	down vg.Length // to its middle
}

// place places as many rows as there may be, and counts the others.
func (l *rowsLayout) place(c *Chart, r Rows) (f found, omitted int) {
	ink, small := inkPen(), smallPen()
	for row, m := range r.marks() {
		f.add(c, m, r.Axis.Say, row < maxRows)
	}
	line := vg.Length(lineHeight)
	if f.dots || f.heaps {
		line += stripHeight - 1
	}
	shown := 0
	for _, g := range r.Groups {
		for i, row := range g.Rows {
			if shown == maxRows {
				omitted++
				continue
			}
			if i == 0 {
				if shown > 0 {
					l.tall += groupGap
				}
				l.heads = append(l.heads, placedText{g.Title, l.tall})
				l.tall += headHeight + rowGap/2
			}
			shown++
			l.labels = max(l.labels, min(ink.Face.Width(row.Label), labelWidth))
			l.rows = append(l.rows, placedText{row.Label, l.tall + vg.Length(len(row.Marks))*line/2})
			for _, m := range row.Marks {
				l.values = max(l.values, small.Face.Width(m.Text))
				l.marks = append(l.marks, placedMark{m, l.tall + lineHeight/2})
				l.tall += line
			}
			l.tall += rowGap
		}
	}
	l.labels += 10 + 8 // indent and distance
	l.values += 4 + 12
	return f, omitted
}

// marks yields all marks, with the indexes of their rows.
func (r Rows) marks() iter.Seq2[int, Mark] {
	return func(yield func(int, Mark) bool) {
		row := 0
		for _, g := range r.Groups {
			for _, r := range g.Rows {
				for _, m := range r.Marks {
					if !yield(row, m) {
						return
					}
				}
				row++
			}
		}
	}
}

// key draws what a look is like.
func (l *rowsLayout) key(c draw.Canvas, look Look, x, y vg.Length) {
	if l.bars {
		bar(c, look, x, x+14, y)
	} else {
		dot(c, look, vg.Point{X: x + 7, Y: y})
	}
}

// Plot implements plot.Plotter. Lines come first, then what must not be crossed by
// them.
func (l *rowsLayout) Plot(c draw.Canvas, p *plot.Plot) {
	x := func(v float64) vg.Length { return c.X(p.X.Norm(v)) }
	if band := l.axis.Band; band != nil {
		theme.Rectangle(c, theme.Band(), x(max(band[0], p.X.Min)), c.Min.Y, x(min(band[1], p.X.Max)), c.Max.Y)
	}
	for _, t := range p.X.Tick.Marker.Ticks(p.X.Min, p.X.Max) {
		if t.Label != "" {
			c.StrokeLine2(hair(), x(t.Value), c.Min.Y, x(t.Value), c.Max.Y)
		}
	}
	for _, m := range l.marks {
		if m.N > 0 && !l.bars {
			c.StrokeLine2(hair(), c.Min.X, c.Max.Y-m.down, c.Max.X, c.Max.Y-m.down)
		}
	}
	l.write(c)
	if l.bars {
		c.StrokeLine2(draw.LineStyle{Color: theme.Grey(), Width: 0.8}, c.Min.X, c.Min.Y, c.Min.X, c.Max.Y)
	}
	if line := l.axis.Line; line != 0 {
		c.StrokeLine2(draw.LineStyle{Color: theme.Ink(), Width: 1}, x(line), c.Min.Y, x(line), c.Max.Y)
	}
	for _, h := range l.heads {
		heading(c, c.Min.X-l.labels, Width-Margin, c.Max.Y-h.down, 0, h.text)
	}
	l.mark(c, p, x)
}

// write writes labels and values.
func (l *rowsLayout) write(c draw.Canvas) {
	ink, small := inkPen(), smallPen()
	for _, r := range l.rows {
		ink.Write(c, c.Min.X-8, ink.Middle(c.Max.Y-r.down), 1, fitLabel(ink, r.text, labelWidth))
	}
	for _, m := range l.marks {
		small.Write(c, Width-Margin-4, small.Middle(c.Max.Y-m.down), 1, m.Text)
	}
}

// mark draws the marks, layer by layer: what lies in a layer looks alike, and is
// short to write.
func (l *rowsLayout) mark(c draw.Canvas, p *plot.Plot, x func(float64) vg.Length) {
	each := func(draw func(m Mark, y vg.Length)) {
		for _, m := range l.marks {
			if m.N > 0 {
				draw(m.Mark, c.Max.Y-m.down)
			}
		}
	}
	each(func(m Mark, y vg.Length) {
		if m.Spread() {
			strip{c: c, at: x, min: p.X.Min, max: p.X.Max, side: y - lineHeight/2 + 1}.draw(theme.Faint(), m.Values)
		}
	})
	if l.bars {
		each(func(m Mark, y vg.Length) { bar(c, m.Look, x(0), x(m.Center), y) })
	}
	each(func(m Mark, y vg.Length) {
		if m.Bounded() {
			whisker(c, x(m.Lo), x(m.Hi), y)
		}
	})
	if !l.bars {
		each(func(m Mark, y vg.Length) { dot(c, m.Look, vg.Point{X: x(m.Center), Y: y}) })
	}
	each(func(m Mark, y vg.Length) {
		if m.Reference > 0 {
			dot(c, referenceLook(), vg.Point{X: x(m.Reference), Y: y})
		}
	})
}
