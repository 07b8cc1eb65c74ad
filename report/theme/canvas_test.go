package theme_test

import (
	"bytes"
	"image"
	"image/color"
	"io"
	"math"
	"strings"
	"testing"

	"golang.org/x/image/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"promisebench/report/theme"
)

// drawn returns the elements of a drawing on a canvas that is 100 points high, as
// they are in a page, and their rules.
func drawn(t *testing.T, drawing func(c *theme.Canvas)) (elements, rules string) {
	t.Helper()
	c := theme.NewCanvas(200, 100)
	drawing(c)
	var b strings.Builder
	var s theme.Sheet
	if err := c.WriteInline(&b, &s, "x", "T", "D"); err != nil {
		t.Fatal(err)
	}
	_, elements, _ = strings.Cut(b.String(), "</desc>")
	return strings.TrimSuffix(elements, "</svg>\n"), s.CSS()
}

func at(x, y vg.Length) vg.Point { return vg.Point{X: x, Y: y} }

func TestPaths(t *testing.T) {
	for name, test := range map[string]struct {
		path func(p *vg.Path)
		want string
	}{
		"steps": {func(p *vg.Path) {
			p.Move(at(1, 98))
			p.Line(at(3, 98))
			p.Line(at(3, 95))
			p.Line(at(4, 94))
			p.Close()
			p.Move(at(10, 89.96))
			p.Line(at(10.06, 90))
		}, "M1 2h2v3l1 1Zm9 8h.1"},
		"errors of rounding don't add up": {func(p *vg.Path) {
			p.Move(at(0, 100))
			for i := range 10 {
				p.Line(at(vg.Length(i+1)*0.26, 100-vg.Length(i+1)))
			}
		}, "M0 0l.3 1l.2 1l.3 1l.2 1l.3 1l.3 1l.2 1l.3 1l.2 1l.3 1"},
		"a circle":  {func(p *vg.Path) { p.Move(at(13, 50)); p.Arc(at(10, 50), 3, 0, 2*math.Pi); p.Close() }, "M13 50a3 3 0 0 0-6 0a3 3 0 0 0 6 0Z"},
		"a quarter": {func(p *vg.Path) { p.Arc(at(10, 50), 3, 0, -math.Pi/2) }, "M13 50a3 3 0 0 1-3 3"},
		"to an arc": {func(p *vg.Path) { p.Move(at(0, 50)); p.Arc(at(10, 50), 3, math.Pi, math.Pi/2) }, "M0 50h7a3 3 0 0 0 3 3"},
		"curves": {func(p *vg.Path) {
			p.Move(at(0, 50))
			p.QuadTo(at(1, 51), at(2, 50))
			p.CubeTo(at(3, 50), at(4, 49), at(5, 48))
		}, "M0 50q1-1 2 0c1 0 2 1 3 2"},
		"far away":   {func(p *vg.Path) { p.Move(at(0, 100)); p.Line(at(1e9, 100)) }, "M0 0h1000000"},
		"up and out": {func(p *vg.Path) { p.Move(at(-0.52, 100.5)); p.Line(at(-0.52, 110)) }, "M-.5-.5v-9.5"},
	} {
		got, _ := drawn(t, func(c *theme.Canvas) {
			var p vg.Path
			test.path(&p)
			c.Fill(p)
		})
		if want := `<path class="s0" d="` + test.want + `"/>`; got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}

// Lines that follow each other in one style are one path. Others are not, nor are
// areas, whose parts could cancel each other, nor lines that shine through.
func TestLinesAreJoined(t *testing.T) {
	grey := draw.LineStyle{Color: theme.Grey(), Width: 1}
	glass := draw.LineStyle{Color: color.NRGBA{0, 0, 0, 0x80}, Width: 1}
	got, rules := drawn(t, func(to *theme.Canvas) {
		c := draw.New(to)
		c.StrokeLine2(grey, 1, 90, 5, 90)
		c.StrokeLine2(grey, 1, 80, 5, 80)
		c.StrokeLine2(draw.LineStyle{Color: theme.Grey(), Width: 2, Dashes: []vg.Length{4, 2.5}, DashOffs: 1}, 1, 70, 5, 70)
		c.StrokeLine2(draw.LineStyle{Color: theme.Grey()}, 1, 60, 5, 60) // nothing
		theme.Rectangle(c, theme.Blue(), 0, 0, 10, 10)
		theme.Rectangle(c, theme.Blue(), 10, 0, 0, 10)
		c.StrokeLine2(glass, 1, 60, 5, 60)
		c.StrokeLine2(glass, 1, 60, 5, 60)
	})
	want := `<path class="s0" d="M1 10h4m-4 10h4"/><path class="s1" d="M1 30h4"/><path class="s2" d="M0 100h10v-10h-10Z"/><path class="s2" d="M10 100h-10v-10h10Z"/>` +
		`<path class="s3" d="M1 40h4"/><path class="s3" d="M1 40h4"/>`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	want = `.s0{fill:none;stroke:var(--c8E8E8E,#8E8E8E);stroke-width:1;}
.s1{fill:none;stroke:var(--c8E8E8E,#8E8E8E);stroke-width:2;stroke-dasharray:4,2.5;stroke-dashoffset:1;}
.s2{fill:var(--c0072B2,#0072B2);}
.s3{fill:none;stroke:var(--c000000,#000000);stroke-opacity:0.502;stroke-width:1;}
`
	if rules != want {
		t.Errorf("got\n%swant\n%s", rules, want)
	}
}

func TestTexts(t *testing.T) {
	write := func(c *theme.Canvas) {
		dc := draw.New(c)
		theme.NewPen(9.5, font.WeightBold, theme.Ink()).Write(dc, 10, 90, 0, `<a href="x">&`+"\x00\u202e")
		theme.NewMonoPen(9, theme.Ink()).Write(dc, 10, 80, 0, "await f()")
		theme.NewPen(9.5, font.WeightNormal, theme.Ink()).Write(dc, 10, 70, 0, "")
	}
	got, rules := drawn(t, write)
	if want := `<text class="s0" x="10" y="10">&lt;a href=&#34;x&#34;&gt;&amp;` + "\ufffd\ufffd" + `</text><text class="s1" x="10" y="20">await f()</text>`; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if want := ".s0{fill:var(--c222222,#222222);font-size:9.5px;font-weight:bold;}\n" +
		".s1{fill:var(--c222222,#222222);font-size:9px;font-family:Liberation Mono, Courier New, monospace;}\n"; rules != want {
		t.Errorf("got %s", rules)
	}
}

// A transformation is written with its element, and ends with the state it is part
// of.
func TestTransformations(t *testing.T) {
	got, _ := drawn(t, func(c *theme.Canvas) {
		dc := draw.New(c)
		line := func() { dc.StrokeLine2(draw.LineStyle{Color: theme.Ink(), Width: 1}, 0, 100, 10, 100) }
		line()
		c.Push()
		c.Translate(at(5, 10))
		line()
		c.Rotate(math.Pi / 2)
		line()
		c.Pop()
		c.Scale(2, 1)
		line()
	})
	want := `<path class="s0" d="M0 0h10"/><path class="s0" transform="matrix(1 0 0 1 5 -10)" d="M0 0h10"/>` +
		`<path class="s0" transform="matrix(0 -1 1 0 -95 90)" d="M0 0h10"/><path class="s0" transform="matrix(2 0 0 1 0 0)" d="M0 0h10"/>`
	if got = strings.ReplaceAll(got, "6.1232e-17", "0"); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestWriteSVG(t *testing.T) {
	c := theme.NewCanvas(200, 100)
	theme.Rectangle(draw.New(c), color.White, 0, 0, 200, 100)
	c.Link(at(10, 90), 5, "../a/index.html", `"a" & b`)
	var b bytes.Buffer
	if err := c.WriteSVG(&b, "x", "<T>", "D"); err != nil {
		t.Fatal(err)
	}
	if want := `<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" width="200" height="100" style="max-width:100%;height:auto" font-family="Liberation Sans, Arial, Helvetica, sans-serif" viewBox="0 0 200 100" role="img" aria-labelledby="x_title x_desc">
<title id="x_title">&lt;T&gt;</title>
<desc id="x_desc">D</desc>
<path fill="#FFFFFF" d="M0 100h200v-100h-200Z"/>
<a href="../a/index.html" tabindex="-1"><title>&#34;a&#34; &amp; b</title><circle fill-opacity="0" cx="10" cy="10" r="5"/></a>
</svg>
`; b.String() != want {
		t.Errorf("got %s", b.String())
	}
}

// What a canvas cannot draw is an error where it is written.
func TestCannotBeDrawn(t *testing.T) {
	for want, drawing := range map[string]func(c *theme.Canvas){
		"x: a drawing holds no images":                             func(c *theme.Canvas) { c.DrawImage(vg.Rectangle{}, image.NewGray(image.Rect(0, 0, 1, 1))) },
		`x: "javascript:x" in a drawing is no link of ours`:        func(c *theme.Canvas) { c.Link(at(0, 0), 5, "javascript:x", "") },
		`x: "//elsewhere.example" in a drawing is no link of ours`: func(c *theme.Canvas) { c.Link(at(0, 0), 5, "//elsewhere.example", "") },
	} {
		c := theme.NewCanvas(10, 10)
		drawing(c)
		for _, err := range []error{c.WriteSVG(io.Discard, "x", "", ""), c.WriteInline(io.Discard, new(theme.Sheet), "x", "", "")} {
			if err == nil || err.Error() != want {
				t.Errorf("got %v, want %s", err, want)
			}
		}
	}
}

// Fit keeps as much of a text as there is room for.
func TestFit(t *testing.T) {
	pen := theme.NewPen(10, font.WeightNormal, theme.Ink())
	const text = "a text that is too long"
	for width := vg.Length(1); width < 150; width += 3 {
		got := pen.Fit(text, width)
		if got == text && pen.Face.Width(text) <= width {
			continue
		}
		kept, cut := strings.CutSuffix(got, "…")
		if !cut || !strings.HasPrefix(text, kept) || kept != "" && pen.Face.Width(got) > width || pen.Face.Width(text[:len(kept)+1]+"…") <= width {
			t.Errorf("%q in %v", got, width)
		}
	}
}
