package report

import (
	"image/color"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"promisebench/report/theme"
)

// This file says how charts look: measures and marks. Colours, letters and the
// shape of the SVG are in package style, what charts show is in charts.go.

// Measures in points. A chart has one width, that of a page's column, and grows
// downwards with what it shows, so that its letters have the same size in all.
const (
	chartWidth = 760
	margin     = 18
	lineHeight = 11   // of one mark
	rowGap     = 4    // between rows
	groupGap   = 7    // between groups, in addition
	headHeight = 15   // of a group's heading
	barHeight  = 7.5  // of lineHeight
	labelWidth = 230  // most that row labels may take
	dotRadius  = 3    // of a mark on a log axis
	titleSize  = 15   // font sizes
	textSize   = 9.5  // subtitle, legend, groups, row labels, axis
	smallSize  = 8    // value column, caption
	captionGap = 10.5 // between the caption's baselines
)

// A look is what kind of thing a mark stands for.
type look int

const (
	lookLegacy look = iota
	lookOptimized
	lookNoAwait
	lookOtherMode
	lookFaster
	lookSlower
	lookUndecided
	lookSkipsTicks
	lookArticle
	lookRegressed
	lookImproved
	lookUnchanged
	lookNoVerdict
	lookRun
	lookWorseHere
	lookBetterHere
	lookScatterHere
	lookMaybeHere
	lookOtherVersion
	lookSample
	lookPair
	lookHeap
)

// legend says what a look means.
func (l look) legend() string {
	return [...]string{
		"legacy await", "optimized await", "no await in this style", "other await mode",
		"optimized is faster", "optimized is slower", "undecided: the interval contains 1, or there is none",
		"await that skips ticks (the Node 8 bug)", "article (2018, its machine)",
		"regressed", "improved", "unchanged", "undecided",
		"median of a run", "worse from here on", "better from here on", "other scatter or shape from here on, level not told apart", "where the change may be (95 %)", "another version of the engine",
		"each dot: one sample", "each dot: one pair of samples", "the thicker, the more samples lie there",
	}[l]
}

// drawing is the shape and colours of a look.
func (l look) drawing() (shape draw.GlyphDrawer, stroke, fill color.Color) {
	switch l {
	case lookLegacy:
		return draw.CircleGlyph{}, theme.Orange(), theme.PaleOrange()
	case lookOptimized, lookFaster, lookUnchanged, lookRun:
		return draw.CircleGlyph{}, theme.Blue(), theme.Blue()
	case lookOtherMode, lookImproved, lookBetterHere:
		return draw.PyramidGlyph{}, theme.Green(), theme.Green()
	case lookSlower, lookRegressed, lookWorseHere:
		return draw.BoxGlyph{}, theme.Vermilion(), theme.Vermilion()
	case lookSample, lookPair, lookHeap:
		return draw.BoxGlyph{}, theme.Faint(), theme.Faint()
	case lookUndecided, lookNoVerdict:
		return draw.CircleGlyph{}, theme.Faint(), color.White
	case lookSkipsTicks:
		return draw.PyramidGlyph{}, theme.Green(), theme.PaleGreen()
	case lookArticle:
		return diamondGlyph{}, theme.Vermilion(), color.White
	}
	return draw.BoxGlyph{}, theme.Grey(), theme.Grey()
}

// A diamondGlyph is a square on its corner, which gonum lacks.
type diamondGlyph struct{}

// DrawGlyph implements draw.GlyphDrawer.
func (diamondGlyph) DrawGlyph(c *draw.Canvas, sty draw.GlyphStyle, at vg.Point) {
	r := sty.Radius * 1.3 // to look as large as the others
	c.FillPolygon(sty.Color, []vg.Point{{X: at.X - r, Y: at.Y}, {X: at.X, Y: at.Y + r}, {X: at.X + r, Y: at.Y}, {X: at.X, Y: at.Y - r}})
}

// dot draws a mark as a point, for axes without a zero to begin a bar at.
func dot(c draw.Canvas, l look, at vg.Point) {
	shape, stroke, fill := l.drawing()
	sty := draw.GlyphStyle{Color: stroke, Radius: dotRadius, Shape: shape}
	if _, round := shape.(draw.CircleGlyph); !round {
		sty.Radius *= 1.15 // to look as large as a circle
	}
	c.DrawGlyphNoClip(sty, at)
	if fill != stroke { // gonum's glyphs have either an edge or a filling
		sty.Color, sty.Radius = fill, dotRadius-1.2
		c.DrawGlyphNoClip(sty, at)
	}
}

// bar draws a mark as a bar from x0 to x1 around the height y.
func bar(c draw.Canvas, l look, x0, x1, y vg.Length) {
	half := vg.Length(barHeight) / 2
	box(c, l, x0, y-half, x1, y+half)
}

// box draws a mark as a rectangle.
func box(c draw.Canvas, l look, x0, y0, x1, y1 vg.Length) {
	_, stroke, fill := l.drawing()
	const edge = 1
	theme.Rectangle(c, stroke, x0, y0, x1, y1)
	if fill != stroke && min(x1-x0, y1-y0) > 2*edge {
		theme.Rectangle(c, fill, x0+edge, y0+edge, x1-edge, y1-edge)
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
