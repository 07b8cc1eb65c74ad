package theme

import (
	"errors"
	"fmt"
	"html"
	"image"
	"image/color"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/image/font"
	plotfont "gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"

	"promisebench/report/text"
)

// A Canvas records a drawing, to be written as a file or as an element of a page.
// It implements vg.CanvasSizer, so whatever draws with gonum/plot draws on it.
//
// gonum's own SVG canvas, vgsvg, writes every style in full beside every element,
// turns each text upside down twice, and knows neither links nor who cannot see a
// drawing. Here styles become attributes or classes, coordinates are in tenths of a
// point (an eighth of a pixel on most screens) and relative where that is shorter,
// and lines that follow each other in one style are one path. Charts take about half
// the bytes as files, and a quarter less as elements of a page than as such files.
type Canvas struct {
	width, height vg.Length
	states        []state
	elements      []element
	links         []link
	err           error // the first thing that could not be recorded
}

// A state is what [vg.Canvas] calls the context.
type state struct {
	color  color.Color
	width  vg.Length
	dashes []vg.Length
	offset vg.Length
	matrix matrix
}

// An element is a path or, if it has a text, a text.
type element struct {
	style style
	at    matrix
	path  path
	text  string
	x, y  int // of a text, in tenths
}

// A link is a place that leads somewhere. Links stand above everything else.
type link struct {
	x, y, r     int // in tenths
	href, title string
}

// NewCanvas returns an empty canvas of a size in points.
func NewCanvas(width, height vg.Length) *Canvas {
	c := &Canvas{width: width, height: height, states: []state{{matrix: identity()}}}
	vg.Initialize(c)
	return c
}

// Size implements vg.CanvasSizer.
func (c *Canvas) Size() (width, height vg.Length) { return c.width, c.height }

func (c *Canvas) now() *state { return &c.states[len(c.states)-1] }

// SetLineWidth implements vg.Canvas.
func (c *Canvas) SetLineWidth(w vg.Length) { c.now().width = w }

// SetLineDash implements vg.Canvas.
func (c *Canvas) SetLineDash(pattern []vg.Length, offset vg.Length) {
	c.now().dashes, c.now().offset = pattern, offset
}

// SetColor implements vg.Canvas.
func (c *Canvas) SetColor(clr color.Color) { c.now().color = clr }

// Rotate implements vg.Canvas. The angle is in radians, against the clock.
func (c *Canvas) Rotate(angle float64) {
	sin, cos := math.Sincos(angle)
	c.now().matrix = c.now().matrix.times(matrix{cos, sin, -sin, cos, 0, 0})
}

// Translate implements vg.Canvas.
func (c *Canvas) Translate(by vg.Point) {
	c.now().matrix = c.now().matrix.times(matrix{1, 0, 0, 1, by.X.Points(), by.Y.Points()})
}

// Scale implements vg.Canvas.
func (c *Canvas) Scale(x, y float64) {
	c.now().matrix = c.now().matrix.times(matrix{x, 0, 0, y, 0, 0})
}

// Push implements vg.Canvas.
func (c *Canvas) Push() { c.states = append(c.states, *c.now()) }

// Pop implements vg.Canvas.
func (c *Canvas) Pop() { c.states = c.states[:len(c.states)-1] }

// Stroke implements vg.Canvas.
func (c *Canvas) Stroke(p vg.Path) {
	s := c.now()
	if s.width <= 0 {
		return
	}
	sty := style{fill: "none", width: short(s.width)}
	sty.stroke, sty.opacity = colour(s.color)
	if len(s.dashes) > 0 {
		dashes := make([]string, len(s.dashes))
		for i, d := range s.dashes {
			dashes[i] = short(d)
		}
		sty.dashes = strings.Join(dashes, ",")
		if s.offset != 0 {
			sty.offset = short(s.offset)
		}
	}
	// Lines that shine through would be darker where they cross, but not if they
	// are one path.
	if last := len(c.elements) - 1; last >= 0 && sty.opacity == "" {
		if e := &c.elements[last]; e.text == "" && e.style == sty && e.at == s.matrix {
			e.path.add(p, c.height)
			return
		}
	}
	c.addPath(sty, p)
}

// Fill implements vg.Canvas.
func (c *Canvas) Fill(p vg.Path) {
	var sty style
	sty.fill, sty.opacity = colour(c.now().color)
	c.addPath(sty, p)
}

func (c *Canvas) addPath(sty style, p vg.Path) {
	e := element{style: sty, at: c.now().matrix}
	e.path.add(p, c.height)
	c.elements = append(c.elements, e)
}

// FillString implements vg.Canvas.
func (c *Canvas) FillString(face plotfont.Face, at vg.Point, s string) {
	if s == "" || face.Font.Size == 0 {
		return
	}
	sty := style{size: short(face.Font.Size) + "px", bold: face.Font.Weight == font.WeightBold, mono: face.Font.Variant == "Mono"}
	sty.fill, sty.opacity = colour(c.now().color)
	c.elements = append(c.elements, element{style: sty, at: c.now().matrix, text: s, x: tenths(at.X), y: tenths(c.height - at.Y)})
}

// DrawImage implements vg.Canvas: drawings hold no images, and writing one that
// should is an error.
func (c *Canvas) DrawImage(vg.Rectangle, image.Image) {
	c.fail(errors.New("a drawing holds no images"))
}

// Link makes the circle around a point a link, whose title says where it leads. The
// address is a relative path as text.RelativeLink makes it: writing a drawing with
// any other is an error. A reader of the keyboard is spared these links: they must
// stand somewhere else as well.
func (c *Canvas) Link(at vg.Point, radius vg.Length, href, title string) {
	if !text.IsRelativeLink(href) {
		c.fail(fmt.Errorf("%.100q in a drawing is no link of ours", href))
		return
	}
	c.links = append(c.links, link{tenths(at.X), tenths(c.height - at.Y), tenths(radius), href, title})
}

func (c *Canvas) fail(err error) {
	if c.err == nil {
		c.err = err
	}
}

// A Sheet collects the styles of drawings that are elements of one page: each
// stands in it once, as a class. The zero value is empty.
type Sheet struct{ styles []style }

// CSS returns the rules of the classes of all drawings written so far. A colour
// #RRGGBB is var(--cRRGGBB,#RRGGBB): the page may have another for dark screens.
func (s *Sheet) CSS() string {
	var b strings.Builder
	for i, sty := range s.styles {
		fmt.Fprintf(&b, ".s%d{", i)
		for _, p := range sty.properties() {
			if hex, ok := strings.CutPrefix(p.value, "#"); ok {
				p.value = "var(--c" + hex + "," + p.value + ")"
			}
			b.WriteString(p.name + ":" + p.value + ";")
		}
		b.WriteString("}\n")
	}
	return b.String()
}

// class returns the class attribute of a style, of which the sheet takes note.
func (s *Sheet) class(sty style) string {
	i := slices.Index(s.styles, sty)
	if i < 0 {
		i = len(s.styles)
		s.styles = append(s.styles, sty)
	}
	return ` class="s` + strconv.Itoa(i) + `"`
}

// WriteSVG writes the drawing as a file that scales with the page and speaks to
// those who cannot see it. The ID is [a-z0-9-]+. The error is w's, or says what
// could not be drawn.
func (c *Canvas) WriteSVG(w io.Writer, id, title, description string) error {
	width, height := short(c.width), short(c.height)
	// The families of letters stand once, in the root.
	return c.write(w, `<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" width="`+width+`" height="`+height+`"`+
		` style="max-width:100%;height:auto" font-family="Liberation Sans, Arial, Helvetica, sans-serif"`,
		"\n", id, title, description, attributes)
}

// WriteInline writes the drawing as an <svg> element of an HTML page, without style
// attributes: whatever names it holds, no script, style or foreign link gets into
// the page with it. The page gives it a size and its family of letters. IDs in it
// have an underscore. The error is as of WriteSVG.
func (c *Canvas) WriteInline(w io.Writer, s *Sheet, id, title, description string) error {
	return c.write(w, "<svg", "", id, title, description, s.class)
}

// write writes root and the drawing, with end behind each element.
func (c *Canvas) write(w io.Writer, root, end, id, title, description string, look func(style) string) error {
	if c.err != nil {
		return fmt.Errorf("%s: %w", id, c.err)
	}
	var b strings.Builder
	fmt.Fprintf(&b, `%s viewBox="0 0 %s %s" role="img" aria-labelledby="%[4]s_title %[4]s_desc">%[5]s<title id="%[4]s_title">%[6]s</title>%[5]s<desc id="%[4]s_desc">%[7]s</desc>%[5]s`,
		root, short(c.width), short(c.height), id, end, escape(title), escape(description))
	for _, e := range c.elements {
		at := e.at.attribute(c.height.Points())
		if e.text != "" {
			fmt.Fprintf(&b, `<text%s%s x="%s" y="%s">%s</text>%s`, look(e.style), at, decimal(e.x), decimal(e.y), escape(e.text), end)
			continue
		}
		fmt.Fprintf(&b, `<path%s%s d="%s"/>%s`, look(e.style), at, e.path.data, end)
	}
	for _, l := range c.links {
		fmt.Fprintf(&b, `<a href="%s" tabindex="-1"><title>%s</title><circle%s cx="%s" cy="%s" r="%s"/></a>%s`,
			escape(l.href), escape(l.title), look(style{opacity: "0"}), decimal(l.x), decimal(l.y), decimal(l.r), end)
	}
	b.WriteString("</svg>\n")
	_, err := io.WriteString(w, b.String())
	return err
}

func escape(s string) string { return html.EscapeString(text.Clean(s)) }

// A style is what an element looks like. Values are as in SVG; empty ones are its
// defaults.
type style struct {
	fill, stroke, opacity string
	width, dashes, offset string // of strokes
	size                  string // of letters
	bold, mono            bool
}

type property struct{ name, value string }

// properties returns what is to be said of a style. An attribute in SVG and a
// property in CSS are the same.
func (s style) properties() []property {
	opacity, weight, family := "fill-opacity", "", ""
	if s.stroke != "" {
		opacity = "stroke-opacity"
	}
	if s.bold {
		weight = "bold"
	}
	if s.mono {
		family = "Liberation Mono, Courier New, monospace"
	}
	return slices.DeleteFunc([]property{
		{"fill", s.fill}, {"stroke", s.stroke}, {opacity, s.opacity}, {"stroke-width", s.width}, {"stroke-dasharray", s.dashes},
		{"stroke-dashoffset", s.offset}, {"font-size", s.size}, {"font-weight", weight}, {"font-family", family},
	}, func(p property) bool { return p.value == "" })
}

// attributes returns a style as attributes of an element.
func attributes(s style) string {
	var b strings.Builder
	for _, p := range s.properties() {
		b.WriteString(" " + p.name + `="` + p.value + `"`)
	}
	return b.String()
}

// colour returns a colour as #RRGGBB, and its opacity if it is not opaque.
func colour(clr color.Color) (hex, opacity string) {
	if clr == nil {
		clr = color.Black
	}
	c := color.NRGBAModel.Convert(clr).(color.NRGBA)
	if c.A != 0xff {
		opacity = strconv.FormatFloat(float64(c.A)/0xff, 'g', 3, 64)
	}
	return fmt.Sprintf("#%02X%02X%02X", c.R, c.G, c.B), opacity
}

// A matrix is an affine transformation a, b, c, d, e, f in the order of SVG.
type matrix [6]float64

func identity() matrix { return matrix{1, 0, 0, 1, 0, 0} }

// times returns the matrix that applies n before m.
func (m matrix) times(n matrix) matrix {
	return matrix{
		m[0]*n[0] + m[2]*n[1], m[1]*n[0] + m[3]*n[1],
		m[0]*n[2] + m[2]*n[3], m[1]*n[2] + m[3]*n[3],
		m[0]*n[4] + m[2]*n[5] + m[4], m[1]*n[4] + m[3]*n[5] + m[5],
	}
}

// attribute returns the transformation of an element, which is drawn with y
// downwards from the height of the canvas: nothing for almost all.
func (m matrix) attribute(height float64) string {
	if m == identity() {
		return ""
	}
	flip := matrix{1, 0, 0, -1, 0, height}
	words := make([]string, len(m))
	for i, v := range flip.times(m).times(flip) {
		words[i] = strconv.FormatFloat(v, 'g', 5, 64)
	}
	return ` transform="matrix(` + strings.Join(words, " ") + `)"`
}
