package report

import (
	"bytes"
	"fmt"
	"image/color"
	"io"
	"iter"
	"math"
	"slices"
	"strings"

	"golang.org/x/image/font"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"

	"promisebench/report/theme"
)

// This file lays out and draws a chart. How its parts look is in style.go.

// WriteSVG draws the chart. The same results give the same bytes. The error is
// w's.
func (c Chart) WriteSVG(w io.Writer) error {
	var (
		title = theme.NewPen(titleSize, font.WeightBold, theme.Ink())
		text  = theme.NewPen(textSize, font.WeightNormal, theme.Faint())
		small = theme.NewPen(smallSize, font.WeightNormal, theme.Faint())
	)
	const inner = chartWidth - 2*margin
	body, omitted := c.body.fitting()
	if omitted != "" {
		c.caption += " · " + omitted
	}
	legend := legendLines(body.looks(), text)
	caption := small.Wrap(theme.Clean(c.caption), inner)
	titleLines := title.Wrap(theme.Clean(c.Title), inner)

	bodyHeight := body.height()
	height := margin + vg.Length(len(titleLines))*19 + 14 + vg.Length(len(legend))*16 + 10 +
		bodyHeight + 12 + vg.Length(len(caption))*captionGap + margin - 4
	height = vg.Length(math.Ceil(height.Points()))

	canvas := vgsvg.New(chartWidth, height)
	dc := draw.New(canvas)
	theme.Rectangle(dc, color.White, 0, 0, chartWidth, height)

	// From here on y goes down the page.
	y := height - margin
	for _, line := range titleLines {
		y -= 13
		title.Write(dc, margin, y, 0, line)
		y -= 6
	}
	y -= 8
	text.Write(dc, margin, y, 0, text.Fit(c.subtitle, inner))
	y -= 6
	for _, line := range legend {
		y -= 16
		x := vg.Length(margin)
		for _, l := range line {
			body.key(dc, l, x, y+3.3)
			text.Write(dc, x+19, y, 0, l.legend())
			x += legendWidth(text, l)
		}
	}
	y -= 10
	body.draw(dc, y)
	var links []chartLink
	if b, ok := body.(linkedBody); ok {
		links = b.links(y)
	}
	y -= bodyHeight + 12
	for _, line := range caption {
		small.Write(dc, margin, y-smallSize+2, 0, line)
		y -= captionGap
	}
	if len(links) == 0 {
		return theme.WriteSVG(w, canvas, c.ID, c.Title, c.Description)
	}
	var b bytes.Buffer
	if err := theme.WriteSVG(&b, canvas, c.ID, c.Title, c.Description); err != nil {
		return err
	}
	_, err := w.Write(withLinks(b.Bytes(), height, links))
	return err
}

// legendLines sorts looks into lines that fit.
func legendLines(found []look, text theme.Pen) [][]look {
	slices.Sort(found)
	var lines [][]look
	width := vg.Length(math.Inf(1))
	for _, l := range found {
		if width+legendWidth(text, l) > chartWidth-2*margin {
			lines = append(lines, nil)
			width = 0
		}
		lines[len(lines)-1] = append(lines[len(lines)-1], l)
		width += legendWidth(text, l)
	}
	return lines
}

func legendWidth(text theme.Pen, l look) vg.Length { return 19 + text.Face.Width(l.legend()) + 20 }

// bars reports whether the marks are bars: only times on an axis from zero. A
// ratio is a place left or right of 1, not an amount.
func (b rowsBody) bars() bool { return !b.axis.log && b.axis.line == 0 }

func (b rowsBody) fitting() (body, string) {
	left, omitted := maxRows, 0
	var kept []group
	for _, g := range b.groups {
		n := min(left, len(g.rows))
		omitted += len(g.rows) - n
		left -= n
		if n > 0 {
			kept = append(kept, group{g.title, g.rows[:n]})
		}
	}
	b.groups = kept
	var notes []string
	if omitted > 0 {
		notes = append(notes, fmt.Sprintf("%d more rows are not shown, see the tables", omitted))
	}
	var shown []summary
	for m := range b.marks() {
		shown = append(shown, m.summary)
	}
	if note := beyond(shown, b.axis.min, b.axis.max); note != "" {
		notes = append(notes, note)
	}
	return b, strings.Join(notes, " · ")
}

// marks yields all marks.
func (b rowsBody) marks() iter.Seq[mark] {
	return func(yield func(mark) bool) {
		for _, g := range b.groups {
			for _, r := range g.rows {
				for _, m := range r.marks {
					if !yield(m) {
						return
					}
				}
			}
		}
	}
}

func (b rowsBody) looks() []look {
	var found []look
	for m := range b.marks() {
		if m.n > 0 && !slices.Contains(found, m.look) {
			found = append(found, m.look)
		}
		if m.article > 0 && !slices.Contains(found, lookArticle) {
			found = append(found, lookArticle)
		}
		found = sampleLooks(found, m.summary, b.axis.line != 0)
	}
	return found
}

func (b rowsBody) key(c draw.Canvas, l look, x, y vg.Length) {
	switch {
	case l >= lookSample:
		sampleKey(c, l, x, y)
	case b.bars() && l != lookArticle:
		bar(c, l, x, x+14, y)
	default:
		dot(c, l, vg.Point{X: x + 7, Y: y})
	}
}

func (b rowsBody) height() vg.Length {
	rp := b.plotter()
	return rp.tall + axisHeight(rp.plot())
}

func (b rowsBody) draw(c draw.Canvas, top vg.Length) {
	rp := b.plotter()
	p := rp.plot()
	c.Min = vg.Point{X: margin + rp.labels, Y: top - rp.tall - axisHeight(p)}
	c.Max = vg.Point{X: chartWidth - margin - rp.values, Y: top}
	p.Draw(c)
}

func (b rowsBody) plotter() *rowPlotter {
	rp := &rowPlotter{rowsBody: b}
	rp.measure()
	return rp
}

// A rowPlotter draws the rows of a chart into a gonum plot, and their labels
// and values to the left and right of it.
type rowPlotter struct {
	rowsBody
	labels, values vg.Length // widths of the columns left and right
	tall           vg.Length // height of the rows, without the axis
	line           vg.Length // height of a mark, with the strip of its samples if there are any
}

// measure finds out how much room the rows need.
func (rp *rowPlotter) measure() {
	text := theme.NewPen(textSize, font.WeightNormal, theme.Ink())
	small := theme.NewPen(smallSize, font.WeightNormal, theme.Faint())
	rp.line = lineHeight
	for m := range rp.marks() {
		if m.spread() {
			rp.line = lineHeight + stripHeight - 1
			break
		}
	}
	for i, g := range rp.groups {
		if i > 0 {
			rp.tall += groupGap
		}
		rp.tall += headHeight + rowGap/2
		for _, r := range g.rows {
			rp.labels = max(rp.labels, min(text.Face.Width(r.label), labelWidth))
			rp.tall += vg.Length(len(r.marks))*rp.line + rowGap
			for _, m := range r.marks {
				rp.values = max(rp.values, small.Face.Width(m.text))
			}
		}
	}
	rp.labels += 10 + 8 // indent and distance
	rp.values += 4 + 12
}

// plot returns the gonum plot that has the axis and draws the rows.
func (rp *rowPlotter) plot() *plot.Plot {
	p := plot.New()
	p.BackgroundColor = nil
	p.HideY()
	p.Y.Min, p.Y.Max = 0, 1
	p.Y.Padding = 0
	rp.axis.set(&p.X)
	p.Add(rp)
	return p
}

// fitLabel shortens the label of a row or line to a width: the longest of its
// parts, in the middle, because names that are alike differ at their ends.
func fitLabel(pen theme.Pen, label string, width vg.Length) string {
	parts := strings.Split(label, " · ")
	for pen.Face.Width(strings.Join(parts, " · ")) > width {
		longest := 0
		for i, part := range parts {
			if len(part) > len(parts[longest]) {
				longest = i
			}
		}
		runes := []rune(strings.Replace(parts[longest], "…", "", 1))
		if len(runes) < 8 { // many parts rather than a long one
			return pen.Fit(strings.Join(parts, " · "), width)
		}
		middle := len(runes) / 2
		parts[longest] = string(runes[:middle]) + "…" + string(runes[middle+1:])
	}
	return strings.Join(parts, " · ")
}

// axisHeight asks gonum how much room the axis takes below the data.
func axisHeight(p *plot.Plot) vg.Length {
	probe := draw.NewCanvas(vgsvg.New(chartWidth, 500), chartWidth, 500)
	data := p.DataCanvas(probe)
	return data.Min.Y - probe.Min.Y
}

// linearTicks returns about five round ticks from lo to hi, where round means so
// after division by scale.
func linearTicks(lo, hi, scale float64, label func(float64) string) []plot.Tick {
	rough := (hi - lo) / scale / 5
	power := math.Pow(10, math.Floor(math.Log10(rough)))
	step := 10 * power
	for _, m := range []float64{1, 2, 2.5, 5} {
		if m*power >= rough*0.9 {
			step = m * power
			break
		}
	}
	var ticks []plot.Tick
	first := math.Ceil(lo / scale / step)
	for i := range 20 {
		v := (first + float64(i)) * step * scale
		if v > hi {
			break
		}
		ticks = append(ticks, plot.Tick{Value: v, Label: label(v)})
	}
	return ticks
}

// logTicks returns ticks at 1, 2, 5, 10 …, fewer of them the wider the range.
func logTicks(lo, hi float64, label func(float64) string) []plot.Tick {
	decades := math.Log10(hi / lo)
	labelled := func(digit, exp int) bool {
		switch {
		case decades <= 3.2:
			return digit == 1 || digit == 2 || digit == 5
		case decades <= 8:
			return digit == 1
		}
		return digit == 1 && exp%3 == 0
	}
	var ticks []plot.Tick
	for exp := int(math.Floor(math.Log10(lo))); exp <= int(math.Ceil(math.Log10(hi))); exp++ {
		for digit := 1; digit <= 9; digit++ {
			v := float64(digit) * math.Pow(10, float64(exp))
			if v < lo || v > hi {
				continue
			}
			t := plot.Tick{Value: v}
			if labelled(digit, exp) {
				t.Label = label(v)
			}
			ticks = append(ticks, t)
		}
	}
	return ticks
}

// Plot implements plot.Plotter. Lines come first, then what must not be crossed
// by them: headings and marks.
func (rp *rowPlotter) Plot(c draw.Canvas, p *plot.Plot) {
	var (
		head  = theme.NewPen(textSize, font.WeightBold, theme.Ink())
		text  = theme.NewPen(textSize, font.WeightNormal, theme.Ink())
		small = theme.NewPen(smallSize, font.WeightNormal, theme.Faint())
		hair  = draw.LineStyle{Color: theme.Grid(), Width: 0.7}
		bars  = rp.bars()
		left  = c.Min.X - rp.labels
		right = vg.Length(chartWidth - margin)
	)
	x := func(v float64) vg.Length { return c.X(p.X.Norm(v)) }
	if band := rp.axis.band; band != nil {
		theme.Rectangle(c, theme.Band(), x(max(band[0], p.X.Min)), c.Min.Y, x(min(band[1], p.X.Max)), c.Max.Y)
	}
	for _, t := range p.X.Tick.Marker.Ticks(p.X.Min, p.X.Max) {
		if t.Label != "" {
			c.StrokeLine2(hair, x(t.Value), c.Min.Y, x(t.Value), c.Max.Y)
		}
	}

	var above []func()
	y := c.Max.Y
	for i, g := range rp.groups {
		if i > 0 {
			y -= groupGap
		}
		top := y
		above = append(above, func() {
			theme.Rectangle(c, theme.Stripe(), left, top-headHeight+1, right, top)
			head.Write(c, left+4, head.Middle(top-headHeight/2), 0, head.Fit(g.title, right-left-8))
		})
		y -= headHeight + rowGap/2
		for _, r := range g.rows {
			height := vg.Length(len(r.marks)) * rp.line
			text.Write(c, c.Min.X-8, text.Middle(y-height/2), 1, fitLabel(text, r.label, labelWidth))
			for _, m := range r.marks {
				at := y - lineHeight/2
				y -= rp.line
				small.Write(c, right-4, small.Middle(at), 1, m.text)
				if m.n == 0 {
					continue
				}
				if !bars {
					c.StrokeLine2(hair, c.Min.X, at, c.Max.X, at)
				}
				above = append(above, func() {
					if m.spread() {
						s := strip{c: c, at: x, min: p.X.Min, max: p.X.Max, side: at - lineHeight/2 + 1}
						s.draw(theme.Faint(), m.values)
					}
					if bars {
						bar(c, m.look, x(0), x(m.Center), at)
					}
					if m.bounded() {
						whisker(c, x(m.Lo), x(m.Hi), at)
					}
					if !bars {
						dot(c, m.look, vg.Point{X: x(m.Center), Y: at})
					}
					if m.article > 0 {
						dot(c, lookArticle, vg.Point{X: x(m.article), Y: at})
					}
				})
			}
			y -= rowGap
		}
	}
	if bars {
		c.StrokeLine2(draw.LineStyle{Color: theme.Grey(), Width: 0.8}, c.Min.X, c.Min.Y, c.Min.X, c.Max.Y)
	}
	if line := rp.axis.line; line != 0 {
		c.StrokeLine2(draw.LineStyle{Color: theme.Ink(), Width: 1}, x(line), c.Min.Y, x(line), c.Max.Y)
	}
	for _, draw := range above {
		draw()
	}
}
