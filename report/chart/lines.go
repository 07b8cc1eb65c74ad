package chart

import (
	"cmp"
	"image/color"
	"slices"

	"golang.org/x/image/font"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"promisebench/report/theme"
)

// Measures of lines, in points.
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

// Layout implements [Body]. What a line is stands beside it, and in no legend.
func (b Lines) Layout(*Chart) Layout {
	l := &linesLayout{names: panelNames, across: 2}
	words, omitted := l.fit(b)
	pen := namePen()
	for _, p := range l.panels {
		for _, line := range p.Lines {
			if wide := pen.Face.Width(line.Label); wide > panelNames {
				l.names = max(l.names, min(wide, labelWidth))
				l.across = 1
			}
		}
	}
	rows := vg.Length((len(l.panels) + l.across - 1) / l.across)
	return Layout{
		Height:  max(0, rows*(headHeight+panelHeight)+(rows-1)*panelGap),
		Draw:    l.draw,
		Words:   words,
		Omitted: notShown(omitted, "line"),
		Empty:   !slices.ContainsFunc(l.panels, func(p Panel) bool { return len(p.Lines) > 0 }),
	}
}

// A linesLayout is panels with their measures.
type linesLayout struct {
	panels []Panel
	names  vg.Length // width of names
	across int       // how many panels stand side by side
}

// fit keeps as many lines and panels as there may be, counts the other lines, and
// says what all of them show.
func (l *linesLayout) fit(b Lines) (words []string, omitted int) {
	for i, p := range b.Panels {
		p.Lines = slices.DeleteFunc(slices.Clone(p.Lines), func(line Line) bool { return len(line.Points) == 0 })
		for _, line := range p.Lines {
			if line.Words != "" {
				words = append(words, line.Words)
			}
		}
		room := maxLines
		if i >= maxPanels {
			room = 0
		}
		if n := len(p.Lines); n > room {
			p.Lines = p.Lines[:room]
			omitted += n - room
		}
		if i < maxPanels {
			l.panels = append(l.panels, p)
		}
	}
	return words, omitted
}

func (l *linesLayout) draw(canvas *theme.Canvas, top vg.Length) {
	c := draw.New(canvas)
	wide := vg.Length(Width-2*Margin-(l.across-1)*panelGap) / vg.Length(l.across)
	for i, p := range l.panels {
		left := Margin + vg.Length(i%l.across)*(wide+panelGap)
		y := top - vg.Length(i/l.across)*(headHeight+panelHeight+panelGap)
		heading(c, left, left+wide, y, 0, p.Title)
		c.Min = vg.Point{X: left, Y: y - headHeight - panelHeight}
		c.Max = vg.Point{X: left + wide - l.names - panelStroke, Y: y - headHeight - 8}
		out := plot.New()
		out.BackgroundColor = nil
		p.X.set(&out.X)
		p.Y.set(&out.Y)
		out.Add(panelPlot{p, l.names})
		out.Draw(c)
	}
}

func namePen() theme.Pen { return theme.NewPen(smallSize, font.WeightNormal, theme.Ink()) }

// A panelPlot draws the lines of a panel into a gonum plot, and their names to the
// right of it.
type panelPlot struct {
	Panel
	names vg.Length
}

// lineStyle is what lines of a kind look like. After the colours, dashes begin.
func lineStyle(kind int) draw.LineStyle {
	colors := []color.Color{theme.Blue(), theme.Vermilion(), theme.Green(), theme.Orange(), theme.Ink(), theme.Grey()}
	dashes := [][]vg.Length{nil, {4, 2}, {1.5, 1.5}}
	return draw.LineStyle{Color: colors[kind%len(colors)], Width: 1.3, Dashes: dashes[kind/len(colors)%len(dashes)]}
}

// Plot implements plot.Plotter.
func (p panelPlot) Plot(c draw.Canvas, in *plot.Plot) {
	x := func(v float64) vg.Length { return c.X(in.X.Norm(v)) }
	y := func(v float64) vg.Length { return c.Y(in.Y.Norm(v)) }
	for _, t := range in.Y.Tick.Marker.Ticks(in.Y.Min, in.Y.Max) {
		if t.Label != "" {
			c.StrokeLine2(hair(), c.Min.X, y(t.Value), c.Max.X, y(t.Value))
		}
	}
	for n, l := range p.Lines {
		sty := lineStyle(l.Kind)
		// Whiskers stand side by side, or one would hide the others.
		aside := (vg.Length(n) - vg.Length(len(p.Lines)-1)/2) * panelAside
		points := make([]vg.Point, len(l.Points))
		for i, q := range l.Points {
			points[i] = vg.Point{X: x(q.X), Y: y(q.Center)}
			if q.Bounded() {
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
func (p panelPlot) writeNames(c draw.Canvas, x, y func(float64) vg.Length) {
	pen := namePen()
	order := slices.Clone(p.Lines)
	slices.SortStableFunc(order, func(a, b Line) int { return -cmp.Compare(a.end().Center, b.end().Center) })
	wanted := make([]vg.Length, len(order))
	for i, l := range order {
		wanted[i] = y(l.end().Center)
	}
	at := apart(wanted, panelLabel, c.Min.Y+panelLabel/2, c.Max.Y)
	for i, l := range order {
		sty := lineStyle(l.Kind)
		sty.Width = 0.7
		height := y(l.end().Center)
		if end := x(l.end().X); end < c.Max.X-1 { // it ended before the others
			c.StrokeLine2(draw.LineStyle{Color: theme.Grey(), Width: 0.5, Dashes: []vg.Length{1, 2}}, end, height, c.Max.X, height)
		}
		c.StrokeLine2(sty, c.Max.X, height, c.Max.X+panelStroke-2, at[i])
		pen.Write(c, c.Max.X+panelStroke, pen.Middle(at[i]), 0, fitLabel(pen, l.Label, p.names))
	}
}

func (l Line) end() Point { return l.Points[len(l.Points)-1] }

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
