package chart

import (
	"fmt"
	"image/color"
	"io"
	"math"
	"slices"
	"strings"

	"golang.org/x/image/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"promisebench/report/text"
	"promisebench/report/theme"
)

// This file draws what stands around a body: title, legend and caption.

// Measures in points, of all kinds of bodies.
const (
	headHeight = 15   // of a group's heading
	groupGap   = 7    // between groups
	labelWidth = 230  // most that labels may take
	titleSize  = 15   // font sizes
	textSize   = 9.5  // subtitle, legend, groups, row labels, axis
	smallSize  = 8    // value column, caption
	captionGap = 10.5 // between the caption's baselines
)

// A drawing is a chart that was drawn.
type drawing struct {
	canvas      *theme.Canvas
	description string
}

// WriteSVG draws the chart as a file. The same chart gives the same bytes. The error
// is w's, or that of a link that is no relative path.
func (c *Chart) WriteSVG(w io.Writer) error {
	d := c.draw()
	return d.canvas.WriteSVG(w, c.ID, c.Title, d.description)
}

// WriteInline draws the chart as an element of an HTML page: an <svg> without style
// attributes, whose classes stand in s.CSS() once all charts are written. It scales to
// the width that it is given. IDs in it are the chart's with "_title" and "_desc",
// which no chart can have. The error is as of WriteSVG.
func (c *Chart) WriteInline(w io.Writer, s *theme.Sheet) error {
	d := c.draw()
	return d.canvas.WriteInline(w, s, c.ID, c.Title, d.description)
}

// Description is what is to be seen, in words and numbers: Intro and what the body
// shows, 100 items at most.
func (c *Chart) Description() string { return c.describe(c.Body.Layout(c)) }

func (c *Chart) describe(l Layout) string {
	if len(l.Words) == 0 {
		return c.Intro
	}
	return strings.TrimSpace(c.Intro + " " + text.Sentences(l.Words))
}

// Empty reports whether the body shows no value at all.
func (c *Chart) Empty() bool { return c.Body.Layout(c).Empty }

// draw draws the chart, once.
func (c *Chart) draw() *drawing {
	if c.drawn != nil {
		return c.drawn
	}
	var (
		title = theme.NewPen(titleSize, font.WeightBold, theme.Ink())
		soft  = softPen()
		small = smallPen()
	)
	const inner = Width - 2*Margin
	body := c.Body.Layout(c)
	legend := legendLines(c.sorted(body.Keys), soft)
	caption := small.Wrap(text.Clean(text.Joined(c.Caption, body.Omitted)), inner)
	titleLines := title.Wrap(text.Clean(c.Title), inner)
	height := Margin + vg.Length(len(titleLines))*19 + 14 + vg.Length(len(legend))*16 + 10 +
		body.Height + 12 + vg.Length(len(caption))*captionGap + Margin - 4
	height = vg.Length(math.Ceil(height.Points()))

	canvas := theme.NewCanvas(Width, height)
	dc := draw.New(canvas)
	theme.Rectangle(dc, color.White, 0, 0, Width, height)
	// From here on y goes down the page.
	y := height - Margin
	for _, line := range titleLines {
		y -= 13
		title.Write(dc, Margin, y, 0, line)
		y -= 6
	}
	y -= 8
	soft.Write(dc, Margin, y, 0, soft.Fit(c.Subtitle, inner))
	y -= 6
	for _, line := range legend {
		y -= 16
		x := vg.Length(Margin)
		for _, key := range line {
			key.Draw(dc, x, y+3.3)
			soft.Write(dc, x+19, y, 0, key.Legend)
			x += legendWidth(soft, key)
		}
	}
	y -= 10
	body.Draw(canvas, y)
	y -= body.Height + 12
	for _, line := range caption {
		small.Write(dc, Margin, y-smallSize+2, 0, line)
		y -= captionGap
	}
	c.drawn = &drawing{canvas, c.describe(body)}
	return c.drawn
}

// The pens that all bodies use.
func headPen() theme.Pen   { return theme.NewPen(textSize, font.WeightBold, theme.Ink()) }
func inkPen() theme.Pen    { return theme.NewPen(textSize, font.WeightNormal, theme.Ink()) }
func softPen() theme.Pen   { return theme.NewPen(textSize, font.WeightNormal, theme.Faint()) }
func changePen() theme.Pen { return theme.NewPen(smallSize, font.WeightBold, theme.Ink()) }
func smallPen() theme.Pen  { return theme.NewPen(smallSize, font.WeightNormal, theme.Faint()) }

// hair is what lines of a grid are drawn with.
func hair() draw.LineStyle { return draw.LineStyle{Color: theme.Grid(), Width: 0.7} }

// heading draws the heading of a group of width right-left, whose upper end is at
// top; align is where its text stands, 0 or 0.5.
func heading(c draw.Canvas, left, right, top vg.Length, align float64, title string) {
	pen := headPen()
	theme.Rectangle(c, theme.Stripe(), left, top-headHeight+1, right, top)
	x := left + 4 + (right-left-8)*vg.Length(align)
	pen.Write(c, x, pen.Middle(top-headHeight/2), align, pen.Fit(title, right-left-8))
}

// sorted returns keys in the order of the chart's looks, others behind them.
func (c *Chart) sorted(keys []Key) []Key {
	place := func(k Key) int {
		if i := slices.IndexFunc(c.Looks, func(l Look) bool { return l.Legend == k.Legend }); i >= 0 {
			return i
		}
		return len(c.Looks)
	}
	keys = slices.Clone(keys)
	slices.SortStableFunc(keys, func(a, b Key) int { return place(a) - place(b) })
	return keys
}

// legendLines breaks keys into lines that fit.
func legendLines(keys []Key, pen theme.Pen) [][]Key {
	var lines [][]Key
	width := vg.Length(math.Inf(1))
	for _, k := range keys {
		if width+legendWidth(pen, k) > Width-2*Margin {
			lines = append(lines, nil)
			width = 0
		}
		lines[len(lines)-1] = append(lines[len(lines)-1], k)
		width += legendWidth(pen, k)
	}
	return lines
}

func legendWidth(pen theme.Pen, k Key) vg.Length { return 19 + pen.Face.Width(k.Legend) + 20 }

// fitLabel shortens the label of a row or line to a width: the longest of its
// parts, in the middle, because names that are alike differ at their ends.
func fitLabel(pen theme.Pen, label string, width vg.Length) string {
	if runes := []rune(label); len(runes) > 400 { // more than any width holds
		label = string(runes[:200]) + "…" + string(runes[len(runes)-200:])
	}
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

// UniqueIDs numbers the IDs that several charts would have. Charts of one report
// must have passed through one call of it.
func UniqueIDs(charts []*Chart) {
	taken := make(map[string]bool)
	next := make(map[string]int)
	for _, c := range charts {
		id := c.ID
		for n := max(2, next[id]); taken[c.ID]; n++ {
			c.ID = fmt.Sprintf("%s-%d", id, n)
			next[id] = n + 1
		}
		taken[c.ID] = true
	}
}

// notShown says that there is no room for n things; "" if there is.
func notShown(n int, noun string) string {
	if n == 0 {
		return ""
	}
	return text.Count(n, "more "+noun) + " " + text.Verb(n, "is", "are") + " not shown, see the tables"
}
