// Package theme says how the drawings of promisebench look: their colours,
// their letters, and what a drawing is as a file. The charts of package report
// and the timelines of package bench/trace share it, so that they look alike on
// one page.
package theme

import (
	"image/color"
	"sort"
	"strings"

	"golang.org/x/image/font"
	"gonum.org/v1/plot"
	plotfont "gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Ink and the colours below are Okabe and Ito's, which colour-blind readers can tell
// apart (https://jfly.uni-koeln.de/color/). What they tell is told by lightness and
// shape as well, for black and white prints. Orange is darker than theirs: like all
// that marks are made of, it has a contrast of 3 to white.
func Ink() color.Color        { return color.NRGBA{0x22, 0x22, 0x22, 0xff} }
func Faint() color.Color      { return color.NRGBA{0x5c, 0x5c, 0x5c, 0xff} }
func Grid() color.Color       { return color.NRGBA{0xe4, 0xe4, 0xe4, 0xff} }
func Stripe() color.Color     { return color.NRGBA{0xf6, 0xf6, 0xf6, 0xff} }
func Band() color.Color       { return color.NRGBA{0xec, 0xf1, 0xf6, 0xff} }
func Blue() color.Color       { return color.NRGBA{0x00, 0x72, 0xb2, 0xff} }
func PaleBlue() color.Color   { return color.NRGBA{0xd9, 0xea, 0xf5, 0xff} }
func Orange() color.Color     { return color.NRGBA{0xc4, 0x82, 0x00, 0xff} }
func PaleOrange() color.Color { return color.NRGBA{0xfd, 0xf0, 0xd5, 0xff} }
func Vermilion() color.Color  { return color.NRGBA{0xd5, 0x5e, 0x00, 0xff} }
func Grey() color.Color       { return color.NRGBA{0x8e, 0x8e, 0x8e, 0xff} }
func Green() color.Color      { return color.NRGBA{0x00, 0x9e, 0x73, 0xff} }
func PaleGreen() color.Color  { return color.NRGBA{0xc9, 0xec, 0xe0, 0xff} }

// Rectangle fills the rectangle between two corners.
func Rectangle(c draw.Canvas, clr color.Color, x0, y0, x1, y1 vg.Length) {
	c.FillPolygon(clr, []vg.Point{{X: x0, Y: y0}, {X: x1, Y: y0}, {X: x1, Y: y1}, {X: x0, Y: y1}})
}

// A Pen writes text of one size, weight and colour.
type Pen struct {
	Face  plotfont.Face
	color color.Color
}

// NewPen returns a pen of a size in points. Liberation Sans has the widths of Arial and Helvetica,
// so text keeps its place where only these are installed. gonum's default, a
// serif, is a package variable, which is nobody's to change.
func NewPen(size vg.Length, weight font.Weight, clr color.Color) Pen {
	f := plotfont.Font{Typeface: "Liberation", Variant: "Sans", Weight: weight, Size: size}
	return Pen{plot.DefaultTextHandler.Cache().Lookup(f, size), clr}
}

// NewMonoPen returns a pen for program text of a size in points, in regular weight. Liberation Mono
// has the widths of Courier New.
func NewMonoPen(size vg.Length, clr color.Color) Pen {
	f := plotfont.Font{Typeface: "Liberation", Variant: "Mono", Size: size}
	return Pen{plot.DefaultTextHandler.Cache().Lookup(f, size), clr}
}

// Write puts text with its baseline at y; align is the part of it that is left
// of x: 0, 0.5 or 1.
func (p Pen) Write(c draw.Canvas, x, y vg.Length, align float64, text string) {
	c.SetColor(p.color)
	c.FillString(p.Face, vg.Point{X: x - vg.Length(align)*p.Face.Width(text), Y: y}, text)
}

// Middle returns the baseline for text around the height y: capitals are
// about 0.7 of the size high.
func (p Pen) Middle(y vg.Length) vg.Length { return y - 0.35*p.Face.Font.Size }

// Fit shortens text to a width in points.
func (p Pen) Fit(text string, width vg.Length) string {
	if p.Face.Width(text) <= width {
		return text
	}
	runes := []rune(text)
	// Strangers' texts may be long: not one character after the other.
	n := sort.Search(len(runes), func(n int) bool { return p.Face.Width(string(runes[:n+1])+"…") > width })
	return string(runes[:n]) + "…"
}

// Wrap breaks text into lines of a width in points, at spaces. A word that is wider
// is shortened.
func (p Pen) Wrap(text string, width vg.Length) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		word = p.Fit(word, width)
		switch {
		case line == "":
			line = word
		case p.Face.Width(line+" "+word) <= width:
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
