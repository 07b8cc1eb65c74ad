package report

import (
	"bytes"
	"fmt"
	"html"
	"image/color"
	"io"
	"strings"

	"golang.org/x/image/font"
	"gonum.org/v1/plot"
	plotfont "gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// This file says how charts look: colours, letters, measures, and the shape of
// the SVG. What they show is in charts.go.

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

// The colours are Okabe and Ito's, which colour-blind readers can tell apart
// (https://jfly.uni-koeln.de/color/). What they tell is told by lightness and
// shape as well, for black and white prints.
func ink() color.Color        { return color.NRGBA{0x22, 0x22, 0x22, 0xff} }
func faint() color.Color      { return color.NRGBA{0x5c, 0x5c, 0x5c, 0xff} }
func grid() color.Color       { return color.NRGBA{0xe4, 0xe4, 0xe4, 0xff} }
func stripe() color.Color     { return color.NRGBA{0xf6, 0xf6, 0xf6, 0xff} }
func blue() color.Color       { return color.NRGBA{0x00, 0x72, 0xb2, 0xff} }
func orange() color.Color     { return color.NRGBA{0xe6, 0x9f, 0x00, 0xff} }
func paleOrange() color.Color { return color.NRGBA{0xfd, 0xf0, 0xd5, 0xff} }
func vermilion() color.Color  { return color.NRGBA{0xd5, 0x5e, 0x00, 0xff} }
func grey() color.Color       { return color.NRGBA{0x99, 0x99, 0x99, 0xff} }
func green() color.Color      { return color.NRGBA{0x00, 0x9e, 0x73, 0xff} }
func paleGreen() color.Color  { return color.NRGBA{0xc9, 0xec, 0xe0, 0xff} }

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
)

// legend says what a look means.
func (l look) legend() string {
	return [...]string{
		"legacy await", "optimized await", "no await in this style", "other await mode",
		"optimized is faster", "optimized is slower", "undecided: the interval contains 1, or there is none",
		"await that skips ticks (the Node 8 bug)", "article (2018, its machine)",
	}[l]
}

// drawing is the shape and colours of a look.
func (l look) drawing() (shape draw.GlyphDrawer, stroke, fill color.Color) {
	switch l {
	case lookLegacy:
		return draw.CircleGlyph{}, orange(), paleOrange()
	case lookOptimized, lookFaster:
		return draw.CircleGlyph{}, blue(), blue()
	case lookOtherMode:
		return draw.PyramidGlyph{}, green(), green()
	case lookSlower:
		return draw.BoxGlyph{}, vermilion(), vermilion()
	case lookUndecided:
		return draw.CircleGlyph{}, faint(), color.White
	case lookSkipsTicks:
		return draw.PyramidGlyph{}, green(), paleGreen()
	case lookArticle:
		return diamondGlyph{}, vermilion(), color.White
	}
	return draw.BoxGlyph{}, grey(), grey()
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
	rectangle(c, stroke, x0, y0, x1, y1)
	if fill != stroke && min(x1-x0, y1-y0) > 2*edge {
		rectangle(c, fill, x0+edge, y0+edge, x1-edge, y1-edge)
	}
}

func rectangle(c draw.Canvas, clr color.Color, x0, y0, x1, y1 vg.Length) {
	c.FillPolygon(clr, []vg.Point{{X: x0, Y: y0}, {X: x1, Y: y0}, {X: x1, Y: y1}, {X: x0, Y: y1}})
}

// whisker draws an interval with caps at its ends.
func whisker(c draw.Canvas, x0, x1, y vg.Length) {
	line := draw.LineStyle{Color: ink(), Width: 0.8}
	const cap = 2.2
	c.StrokeLine2(line, x0, y, x1, y)
	c.StrokeLine2(line, x0, y-cap, x0, y+cap)
	c.StrokeLine2(line, x1, y-cap, x1, y+cap)
}

// upright draws an interval as whisker does, upwards.
func upright(c draw.Canvas, x, y0, y1 vg.Length) {
	line := draw.LineStyle{Color: ink(), Width: 0.8}
	const cap = 2.2
	c.StrokeLine2(line, x, y0, x, y1)
	c.StrokeLine2(line, x-cap, y0, x+cap, y0)
	c.StrokeLine2(line, x-cap, y1, x+cap, y1)
}

// A pen writes text of one size, weight and colour.
type pen struct {
	face  plotfont.Face
	color color.Color
}

// newPen returns a pen. Liberation Sans has the widths of Arial and Helvetica,
// so text keeps its place where only these are installed. gonum's default, a
// serif, is a package variable, which is nobody's to change.
func newPen(size vg.Length, weight font.Weight, clr color.Color) pen {
	f := plotfont.Font{Typeface: "Liberation", Variant: "Sans", Weight: weight, Size: size}
	return pen{plot.DefaultTextHandler.Cache().Lookup(f, size), clr}
}

// write puts text with its baseline at y; align is the part of it that is left
// of x: 0, 0.5 or 1.
func (p pen) write(c draw.Canvas, x, y vg.Length, align float64, text string) {
	c.SetColor(p.color)
	c.FillString(p.face, vg.Point{X: x - vg.Length(align)*p.face.Width(text), Y: y}, text)
}

// middle returns the baseline for text around the height y: capitals are
// about 0.7 of the size high.
func (p pen) middle(y vg.Length) vg.Length { return y - 0.35*p.face.Font.Size }

// fit shortens text to a width.
func (p pen) fit(text string, width vg.Length) string {
	if p.face.Width(text) <= width {
		return text
	}
	runes := []rune(text)
	for len(runes) > 0 && p.face.Width(string(runes)+"…") > width {
		runes = runes[:len(runes)-1]
	}
	return string(runes) + "…"
}

// wrap breaks text into lines of a width, at spaces where it can.
func (p pen) wrap(text string, width vg.Length) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		word = p.fit(word, width)
		switch {
		case line == "":
			line = word
		case p.face.Width(line+" "+word) <= width:
			line += " " + word
		default:
			lines = append(lines, line)
			line = word
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// writeSVG writes a canvas as an SVG that scales with the page and speaks to
// those who cannot see it: gonum's has a fixed size in points, and no title,
// description or role.
func writeSVG(w io.Writer, canvas *vgsvg.Canvas, id, title, description string) error {
	var raw bytes.Buffer
	if _, err := canvas.WriteTo(&raw); err != nil {
		return err
	}
	// Everything up to the end of gonum's <svg …> is replaced. It is the only
	// element before the drawing.
	_, body, ok := bytes.Cut(raw.Bytes(), []byte("<svg "))
	if ok {
		_, body, ok = bytes.Cut(body, []byte(">"))
	}
	if !ok {
		return fmt.Errorf("chart %s: gonum/plot wrote no <svg> element", id)
	}
	// The family stands once, in the root, as a list. Text content cannot hold
	// this string: its quotes are escaped.
	for _, weight := range []string{"normal", "bold"} {
		from := `style="font-family:Liberation Sans;font-variant:normal;font-weight:` + weight + `;font-style:normal;`
		to := `style="`
		if weight == "bold" {
			to += "font-weight:bold;"
		}
		body = bytes.ReplaceAll(body, []byte(from), []byte(to))
	}
	width, height := canvas.Size()
	var b bytes.Buffer
	fmt.Fprintf(&b, `<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%.0f" viewBox="0 0 %.0[1]f %.0[2]f"
	style="max-width:100%%;height:auto" font-family="Liberation Sans, Arial, Helvetica, sans-serif"
	role="img" aria-labelledby="%[3]s-title %[3]s-desc">
<title id="%[3]s-title">%[4]s</title>
<desc id="%[3]s-desc">%[5]s</desc>`, width.Points(), height.Points(), id,
		html.EscapeString(clean(title)), html.EscapeString(clean(description)))
	b.Write(body)
	_, err := w.Write(b.Bytes())
	return err
}
