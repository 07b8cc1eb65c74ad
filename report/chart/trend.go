package chart

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"promisebench/report/text"
	"promisebench/report/theme"
	"promisebench/report/unit"
)

// Measures of trends, in points.
const (
	trendHeight = 44 // of a panel
	trendGap    = 7
	trendAxis   = 46 // width of the values at both ends of the axis
	trendLast   = 86 // width of what stands at the right
	sizeHeight  = 10 // of a line of texts above a panel
	startHeight = 14 // below a group
	trendPanels = 40 // of a chart

	MaxWhiskers = 60  // the most places of a group with whiskers: beyond it there is no room
	MaxRuns     = 150 // the most places of a group that are shown, the latest ones
)

// PointLook is what the points of a trend look like.
func PointLook(legend string) Look {
	return Look{Legend: legend, Stroke: theme.Blue(), Fill: theme.Blue()}
}

// ChangeLook is what a change looks like. Lines differ without colours, too.
func ChangeLook(worse bool) Look {
	if worse {
		return Look{Legend: "worse from here on", Shape: Square, Stroke: theme.Vermilion(), Fill: theme.Vermilion()}
	}
	return Look{Legend: "better from here on", Shape: Triangle, Stroke: theme.Green(), Fill: theme.Green(), Dashes: []vg.Length{3, 2}}
}

// MaybeLook is what places look like where a change may be.
func MaybeLook(legend string) Look {
	return Look{Legend: legend, Stroke: theme.PaleOrange(), Fill: theme.PaleOrange()}
}

// Layout implements [Body].
func (b Trend) Layout(c *Chart) Layout {
	l := &trendLayout{Trend: b}
	groups, omitted := b.fit()
	l.labels = labelsWide(groups)
	empty := true
	for i, g := range groups {
		if i > 0 {
			l.height += groupGap
		}
		at := placedGroup{TrendGroup: g, down: l.height}
		l.height += headHeight + trendGap
		for _, p := range g.Panels {
			placed := l.place(p, g.Runs)
			at.panels = append(at.panels, placed)
			l.height += placed.down + cmp.Or(b.PanelHeight, trendHeight) + trendGap
			empty = empty && len(p.Points) == 0
		}
		at.foot = l.height
		l.height += startHeight
		l.groups = append(l.groups, at)
	}
	var words []string
	for _, g := range b.Groups {
		for _, p := range g.Panels {
			words = append(words, text.NotEmpty(p.Words)...)
		}
	}
	return Layout{Height: l.height, Draw: l.draw, Keys: l.keys(), Words: words, Omitted: omitted, Empty: empty}
}

// A trendLayout is groups with their places, counted downwards from the upper end.
type trendLayout struct {
	Trend
	labels, height vg.Length // width of the labels, and height of all
	groups         []placedGroup
}

type placedGroup struct {
	TrendGroup
	panels     []placedPanel
	down, foot vg.Length // upper ends of its heading and of what stands below it
}

// A placedPanel is a panel with its place: the rectangle of its points, and the lines
// of texts above it.
type placedPanel struct {
	TrendPanel
	runs        int
	label       vg.Length // width
	down        vg.Length // of the points, below the texts above them
	left, right vg.Length
	bottom, top vg.Length // of the points, once it is drawn
	lo, hi      float64   // of the axis, as logarithms
	changes     []placedChange
	rows        int // of texts
}

type placedChange struct {
	Change
	x   vg.Length // left end of its text
	row int       // -1: there is no room
}

// fit returns the panels and runs that there is room for, and says what else there
// is.
func (b Trend) fit() (groups []TrendGroup, omitted string) {
	left, panels, older := trendPanels, 0, 0
	for _, g := range b.Groups {
		n := min(left, len(g.Panels))
		panels += len(g.Panels) - n
		left -= n
		if n == 0 {
			continue
		}
		g.Panels = slices.Clone(g.Panels[:n])
		if cut := g.Runs - MaxRuns; cut > 0 {
			older += cut
			g.Runs = MaxRuns
			g.Starts = g.Starts[min(cut, len(g.Starts)):]
			for i, p := range g.Panels {
				g.Panels[i] = p.without(cut)
			}
		}
		groups = append(groups, g)
	}
	var notes [2]string
	if panels > 0 {
		notes[0] = text.Count(panels, "more series") + " not shown, see the tables"
	}
	if older > 0 {
		notes[1] = text.Count(older, "older run") + " not shown"
	}
	return groups, text.Joined(notes[:]...)
}

// without returns the panel without the points of its oldest places, and without the
// changes before all others.
func (p TrendPanel) without(places int) TrendPanel {
	old := slices.IndexFunc(p.Points, func(q TrendPoint) bool { return q.Slot >= places })
	if old < 0 {
		old = len(p.Points)
	}
	points := slices.Clone(p.Points[old:])
	for i := range points {
		points[i].Slot -= places
	}
	p.Points = points
	var changes []Change
	for _, c := range p.Changes {
		if c.At > old {
			changes = append(changes, Change{c.At - old, c.From - old, c.To - old, c.Text, c.Look})
		}
	}
	p.Changes = changes
	var levels []Level
	for _, l := range p.Levels {
		if l.To > old {
			levels = append(levels, Level{max(0, l.From-old), l.To - old, l.Value})
		}
	}
	p.Levels = levels
	return p
}

// keys returns what the legend explains.
func (l *trendLayout) keys() []Key {
	keys := []Key{{l.Run.Legend, pointKey(l.Run)}}
	var changes []Look
	maybe, flags := false, false
	for _, g := range l.groups {
		for _, p := range g.panels {
			for _, c := range p.Changes {
				changes = withLook(changes, c.Look)
				maybe = maybe || c.From < c.To
			}
			flags = flags || slices.ContainsFunc(p.Points, func(q TrendPoint) bool { return q.Flag })
		}
	}
	for _, look := range changes {
		keys = append(keys, Key{look.Legend, func(c draw.Canvas, x, y vg.Length) { boundary(c, look, x+7, y-5, y+5) }})
	}
	if maybe {
		keys = append(keys, Key{l.Maybe.Legend, func(c draw.Canvas, x, y vg.Length) { theme.Rectangle(c, l.Maybe.Fill, x, y-4, x+14, y+4) }})
	}
	if flags {
		keys = append(keys, Key{l.Flag.Legend, func(c draw.Canvas, x, y vg.Length) { flag(c, l.Flag, x+7, y-3) }})
	}
	return keys
}

// boundary draws where a change is.
func boundary(c draw.Canvas, l Look, x, y0, y1 vg.Length) {
	c.StrokeLine2(draw.LineStyle{Color: l.Stroke, Width: 1.5, Dashes: l.Dashes}, x, y0, x, y1)
}

// flag draws a small triangle that stands on y.
func flag(c draw.Canvas, l Look, x, y vg.Length) {
	c.FillPolygon(l.Fill, []vg.Point{{X: x - 3, Y: y}, {X: x + 3, Y: y}, {X: x, Y: y + 5}})
}

// labelsWide returns the width of the labels.
func labelsWide(groups []TrendGroup) vg.Length {
	ink := inkPen()
	widest := vg.Length(80)
	for _, g := range groups {
		for _, p := range g.Panels {
			for _, label := range p.Label {
				widest = max(widest, min(ink.Face.Width(label), labelWidth))
			}
		}
	}
	return widest + 13
}

// place lays a panel out.
func (l *trendLayout) place(p TrendPanel, runs int) placedPanel {
	at := placedPanel{TrendPanel: p, runs: runs, label: l.labels, left: Margin + l.labels + trendAxis, right: Width - Margin - trendLast}
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, q := range p.Points {
		lo, hi = min(lo, math.Log(q.Center)), max(hi, math.Log(q.Center))
		if q.Bounded() && q.Lo > 0 && runs <= MaxWhiskers {
			lo, hi = min(lo, math.Log(q.Lo)), max(hi, math.Log(q.Hi))
		}
	}
	// At least 5% to both sides, so that nothing looks large that is not.
	middle, half := (lo+hi)/2, max((hi-lo)/2*1.06, math.Log(1.05))
	at.lo, at.hi = middle-half, middle+half

	pen := changePen()
	var free [2]vg.Length // up to where the rows of texts are taken
	for _, c := range p.Changes {
		if len(p.Points) == 0 {
			break
		}
		s := placedChange{Change: c, row: -1}
		width := pen.Face.Width(c.Text)
		s.x = min(max(at.left, at.x(at.slot(c.At)-0.5)-width/2), at.right-width)
		for row := range free {
			if s.row < 0 && s.x > free[row] {
				s.row = row
				free[row] = s.x + width + 6
				at.rows = max(at.rows, row+1)
			}
		}
		at.changes = append(at.changes, s)
	}
	at.down = vg.Length(at.rows) * sizeHeight
	return at
}

// slot is the place of a point; beyond the ends, that of the nearest one.
func (p *placedPanel) slot(point int) float64 {
	return float64(p.Points[min(max(0, point), len(p.Points)-1)].Slot)
}

// x is where a place is.
func (p *placedPanel) x(slot float64) vg.Length {
	return p.left + (p.right-p.left)*vg.Length((slot+0.5)/float64(p.runs))
}

// y is where a value is.
func (p *placedPanel) y(v float64) vg.Length {
	return p.bottom + (p.top-p.bottom)*vg.Length((math.Log(v)-p.lo)/(p.hi-p.lo))
}

func (l *trendLayout) draw(canvas *theme.Canvas, top vg.Length) {
	c := draw.New(canvas)
	small := smallPen()
	for _, g := range l.groups {
		heading(c, Margin, Width-Margin, top-g.down, 0, g.Title)
		y := top - g.down - headHeight - trendGap
		for _, p := range g.panels {
			p.top = y - p.down
			p.bottom = p.top - cmp.Or(l.PanelHeight, trendHeight)
			p.drawGround(c)
			if len(p.Points) > 0 {
				l.drawPoints(c, p)
				p.link(canvas)
			}
			y = p.bottom - trendGap
		}
		left, right := Margin+l.labels+trendAxis, vg.Length(Width-Margin-trendLast)
		y = top - g.foot - 3
		if len(g.Starts) == 0 {
			continue
		}
		if g.Runs == 1 {
			small.Write(c, (left+right)/2, y, 0.5, g.Starts[0])
			continue
		}
		small.Write(c, left, y, 0, g.Starts[0])
		small.Write(c, (left+right)/2, y, 0.5, text.Count(g.Runs, cmp.Or(g.Noun, "run")))
		small.Write(c, right, y, 1, g.Starts[len(g.Starts)-1])
	}
}

// drawGround draws the ground of a panel and what stands beside it.
func (p *placedPanel) drawGround(c draw.Canvas) {
	ink, small := inkPen(), smallPen()
	theme.Rectangle(c, theme.Stripe(), p.left, p.bottom, p.right, p.top)
	c.StrokeLine2(hair(), p.left, p.top, p.right, p.top)
	c.StrokeLine2(hair(), p.left, p.bottom, p.right, p.bottom)
	middle := (p.bottom + p.top) / 2
	for i, label := range p.Label {
		ink.Write(c, Margin+8, ink.Middle(middle)-vg.Length(i)*11+vg.Length(len(p.Label)-1)*5.5, 0, fitLabel(ink, label, p.label-12))
	}
	if len(p.Points) == 0 { // nothing that an axis could be of
		small.Write(c, p.right+4, small.Middle(middle), 0, "only older runs")
		return
	}
	of := p.Points[0].Unit
	small.Write(c, p.left-4, p.top-smallSize+2, 1, unit.Format(math.Exp(p.hi), of))
	small.Write(c, p.left-4, p.bottom+1, 1, unit.Format(math.Exp(p.lo), of))
	for i, line := range p.Last {
		small.Write(c, p.right+5, small.Middle(middle)-vg.Length(i)*10+vg.Length(len(p.Last)-1)*5, 0, small.Fit(line, trendLast-5))
	}
}

// drawPoints draws the points of a panel with all that is found in them.
func (l *trendLayout) drawPoints(c draw.Canvas, p placedPanel) {
	for _, s := range p.changes {
		if s.From < s.To {
			theme.Rectangle(c, l.Maybe.Fill, max(p.left, p.x(p.slot(s.From)-0.5)), p.bottom, min(p.right, p.x(p.slot(s.To)-0.5)), p.top)
		}
	}
	for _, level := range p.Levels {
		if y := p.y(level.Value); y > p.bottom && y < p.top {
			c.StrokeLine2(draw.LineStyle{Color: theme.Grey(), Width: 1},
				max(p.left, p.x(p.slot(level.From)-0.5)), y, min(p.right, p.x(p.slot(level.To-1)+0.5)), y)
		}
	}
	for _, q := range p.Points {
		if q.Flag {
			flag(c, l.Flag, p.x(float64(q.Slot)-0.5), p.bottom)
		}
	}
	for _, q := range p.Points {
		if q.Bounded() && q.Lo > 0 && p.runs <= MaxWhiskers {
			upright(c, p.x(float64(q.Slot)), max(p.bottom, p.y(q.Lo)), min(p.top, p.y(q.Hi)))
		}
	}
	for _, q := range p.Points {
		at := vg.Point{X: p.x(float64(q.Slot)), Y: p.y(q.Center)}
		if p.runs <= MaxWhiskers {
			dot(c, l.Run, at)
		} else {
			theme.Rectangle(c, l.Run.Stroke, at.X-1.2, at.Y-1.2, at.X+1.2, at.Y+1.2)
		}
	}
	pen := changePen() // in ink: on a pale ground the line's colour is too weak for letters
	for _, s := range p.changes {
		top := p.top
		if s.row >= 0 {
			y := p.top + 2.5 + vg.Length(p.rows-1-s.row)*sizeHeight
			pen.Write(c, s.x, y, 0, s.Text)
			top = y - 1.5
		}
		boundary(c, s.Look, p.x(p.slot(s.At)-0.5), p.bottom, top)
	}
}

// link makes the points links.
func (p *placedPanel) link(canvas *theme.Canvas) {
	for _, q := range p.Points {
		if q.Href != "" {
			canvas.Link(vg.Point{X: p.x(float64(q.Slot)), Y: p.y(q.Center)}, 5, q.Href, q.Text)
		}
	}
}
