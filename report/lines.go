package report

import (
	"cmp"
	"fmt"
	"image/color"
	"slices"

	"golang.org/x/image/font"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"promisebench/report/theme"
)

// This file lays out and draws charts of lines.

// A linesBody is panels of lines, two of them side by side if the names of all
// lines leave room for that.
type linesBody struct{ panels []panel }

type panel struct {
	title string // with the unit of y, which has no room of its own
	x, y  axis
	lines []line

	// How names are written is known when all panels are.
	pen   theme.Pen
	names vg.Length // their width
}

// A line is named at its right end: with more than a few of them nobody can
// match colours to a legend.
type line struct {
	label  string
	kind   int // lines of the same kind look alike, in all panels
	points []point
}

// A point is at x, and as high as its summary.
type point struct {
	x float64
	summary
}

// Measures of charts of lines, in points.
const (
	panelHeight = 220 // with its axis
	panelGap    = 14
	panelNames  = 82 // width of the lines' names where panels stand side by side
	panelStroke = 20 // from a line to its name
	panelLabel  = 10 // least distance of two names
	panelAside  = 2  // from whisker to whisker
	maxPanels   = 24
	maxLines    = 17 // more names have no room beside a panel
)

func (b linesBody) fitting() (body, string) {
	omitted := 0
	panels := slices.Clone(b.panels)
	for i, p := range panels {
		if n := len(p.lines); n > maxLines {
			panels[i].lines = p.lines[:maxLines]
			omitted += n - maxLines
		}
	}
	if n := len(panels); n > maxPanels {
		for _, p := range panels[maxPanels:] {
			omitted += len(p.lines)
		}
		panels = panels[:maxPanels]
	}
	if omitted > 0 {
		return linesBody{panels}, fmt.Sprintf("%d more lines are not shown, see the tables", omitted)
	}
	return linesBody{panels}, ""
}

// looks returns none: what a line is stands beside it.
func (b linesBody) looks() []look { return nil }

func (b linesBody) key(draw.Canvas, look, vg.Length, vg.Length) {}

// names returns the pen for the names of lines, how wide the widest is, and how
// many panels stand side by side.
func (b linesBody) names() (pen theme.Pen, wide vg.Length, across int) {
	pen = theme.NewPen(smallSize, font.WeightNormal, theme.Ink())
	for _, p := range b.panels {
		for _, l := range p.lines {
			wide = max(wide, pen.Face.Width(l.label))
		}
	}
	if wide > panelNames {
		return pen, min(wide, labelWidth), 1
	}
	return pen, panelNames, 2
}

func (b linesBody) height() vg.Length {
	_, _, across := b.names()
	rows := vg.Length((len(b.panels) + across - 1) / across)
	return rows*(headHeight+panelHeight) + (rows-1)*panelGap
}

func (b linesBody) draw(c draw.Canvas, top vg.Length) {
	pen, names, across := b.names()
	wide := vg.Length(chartWidth-2*margin-(across-1)*panelGap) / vg.Length(across)
	head := theme.NewPen(textSize, font.WeightBold, theme.Ink())
	for i, p := range b.panels {
		left := margin + vg.Length(i%across)*(wide+panelGap)
		y := top - vg.Length(i/across)*(headHeight+panelHeight+panelGap)
		theme.Rectangle(c, theme.Stripe(), left, y-headHeight, left+wide, y)
		head.Write(c, left+4, head.Middle(y-headHeight/2), 0, head.Fit(p.title, wide-8))
		part := c
		part.Min = vg.Point{X: left, Y: y - headHeight - panelHeight}
		part.Max = vg.Point{X: left + wide - names - panelStroke, Y: y - headHeight - 8}
		p.pen, p.names = pen, names
		p.plot().Draw(part)
	}
}

// plot returns the gonum plot that has the axes and draws the lines.
func (p panel) plot() *plot.Plot {
	out := plot.New()
	out.BackgroundColor = nil
	p.x.set(&out.X)
	p.y.set(&out.Y)
	out.Add(p)
	return out
}

// lineStyle is what lines of a kind look like. After the colours, dashes begin.
func lineStyle(kind int) draw.LineStyle {
	colors := []color.Color{theme.Blue(), theme.Vermilion(), theme.Green(), theme.Orange(), theme.Ink(), theme.Grey()}
	dashes := [][]vg.Length{nil, {4, 2}, {1.5, 1.5}}
	return draw.LineStyle{Color: colors[kind%len(colors)], Width: 1.3, Dashes: dashes[kind/len(colors)%len(dashes)]}
}

// Plot implements plot.Plotter.
func (p panel) Plot(c draw.Canvas, in *plot.Plot) {
	hair := draw.LineStyle{Color: theme.Grid(), Width: 0.7}
	x := func(v float64) vg.Length { return c.X(in.X.Norm(v)) }
	y := func(v float64) vg.Length { return c.Y(in.Y.Norm(v)) }
	for _, t := range in.Y.Tick.Marker.Ticks(in.Y.Min, in.Y.Max) {
		if t.Label != "" {
			c.StrokeLine2(hair, c.Min.X, y(t.Value), c.Max.X, y(t.Value))
		}
	}
	for n, l := range p.lines {
		sty := lineStyle(l.kind)
		// Whiskers stand side by side, or one would hide the others.
		aside := (vg.Length(n) - vg.Length(len(p.lines)-1)/2) * panelAside
		points := make([]vg.Point, len(l.points))
		for i, q := range l.points {
			points[i] = vg.Point{X: x(q.x), Y: y(q.Center)}
			if q.bounded() {
				thin := draw.LineStyle{Color: sty.Color, Width: 0.6}
				c.StrokeLine2(thin, points[i].X+aside, y(max(q.Lo, in.Y.Min)), points[i].X+aside, y(min(q.Hi, in.Y.Max)))
			}
		}
		c.StrokeLines(sty, points)
	}
	p.writeNames(c, x, y)
}

// writeNames writes the name of each line as near to its end as the others let it,
// with a stroke from one to the other.
func (p panel) writeNames(c draw.Canvas, x, y func(float64) vg.Length) {
	order := slices.Clone(p.lines)
	slices.SortStableFunc(order, func(a, b line) int { return -cmp.Compare(a.end().Center, b.end().Center) })
	wanted := make([]vg.Length, len(order))
	for i, l := range order {
		wanted[i] = y(l.end().Center)
	}
	at := apart(wanted, panelLabel, c.Min.Y+panelLabel/2, c.Max.Y)
	for i, l := range order {
		sty := lineStyle(l.kind)
		sty.Width = 0.7
		height := y(l.end().Center)
		if end := x(l.end().x); end < c.Max.X-1 { // it ended before the others
			c.StrokeLine2(draw.LineStyle{Color: theme.Grey(), Width: 0.5, Dashes: []vg.Length{1, 2}}, end, height, c.Max.X, height)
		}
		c.StrokeLine2(sty, c.Max.X, height, c.Max.X+panelStroke-2, at[i])
		p.pen.Write(c, c.Max.X+panelStroke, p.pen.Middle(at[i]), 0, fitLabel(p.pen, l.label, p.names))
	}
}

// apart moves heights, highest first, as little as it takes (in squares) to have
// a distance between any two: neighbours that are too near become a block
// around their mean, which may then be too near to others. All of them stay
// between bottom and top if they have room there.
func apart(wanted []vg.Length, distance, bottom, top vg.Length) []vg.Length {
	type block struct {
		sum vg.Length // of where its first would have to be for each of its members
		n   int
	}
	first := func(b block) vg.Length {
		height := vg.Length(b.n-1) * distance
		return min(max(b.sum/vg.Length(b.n), bottom+height), top)
	}
	var blocks []block
	for _, y := range wanted {
		blocks = append(blocks, block{y, 1})
		for len(blocks) > 1 {
			last, before := blocks[len(blocks)-1], blocks[len(blocks)-2]
			if first(before)-vg.Length(before.n)*distance >= first(last) {
				break
			}
			blocks = append(blocks[:len(blocks)-2], block{before.sum + last.sum + vg.Length(last.n*before.n)*distance, before.n + last.n})
		}
	}
	at := make([]vg.Length, 0, len(wanted))
	for _, b := range blocks {
		for i := range b.n {
			at = append(at, first(b)-vg.Length(i)*distance)
		}
	}
	return at
}

func (l line) end() point { return l.points[len(l.points)-1] }

// set makes a gonum axis look like ours.
func (a axis) set(to *plot.Axis) {
	to.Min, to.Max = a.min, a.max
	to.Padding = 0
	to.Label.Text = a.label
	to.Label.Padding = 4
	to.Label.TextStyle.Color = theme.Faint()
	to.Label.TextStyle.Font = theme.NewPen(textSize, font.WeightNormal, theme.Faint()).Face.Font
	to.LineStyle = draw.LineStyle{Color: theme.Grey(), Width: 0.8}
	to.Tick.Length = 4
	to.Tick.LineStyle = to.LineStyle
	to.Tick.Label.Color = theme.Faint()
	to.Tick.Label.Font = theme.NewPen(smallSize+0.5, font.WeightNormal, theme.Faint()).Face.Font
	switch {
	case a.ticks != nil:
		to.Tick.Marker = plot.TickerFunc(func(lo, hi float64) (ticks []plot.Tick) {
			for _, v := range a.ticks {
				ticks = append(ticks, plot.Tick{Value: v, Label: a.tick(v)})
			}
			return ticks
		})
	case a.log:
		to.Scale = plot.LogScale{}
		to.Tick.Marker = plot.TickerFunc(func(lo, hi float64) []plot.Tick { return logTicks(lo, hi, a.tick) })
	default:
		to.Tick.Marker = plot.TickerFunc(func(lo, hi float64) []plot.Tick { return linearTicks(lo, hi, a.scale, a.tick) })
	}
}
