package report

import (
	"bytes"
	"fmt"
	"html"
	"math"
	"slices"
	"strings"

	"golang.org/x/image/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"promisebench/report/theme"
)

// This file lays out and draws histories: a panel for each line, in groups of one
// kind of runs.

// A linkedBody has places that lead somewhere.
type linkedBody interface {
	body
	// links returns them, as draw would draw below top.
	links(top vg.Length) []chartLink
}

// A chartLink is a place in a chart, counted from its lower left corner.
type chartLink struct {
	x, y        vg.Length
	href, title string
}

// withLinks puts links over a drawing. gonum knows none. A reader of the keyboard
// has the same links in the table of points, and is spared these.
func withLinks(svg []byte, height vg.Length, links []chartLink) []byte {
	at := bytes.LastIndex(svg, []byte("</svg>"))
	var b bytes.Buffer
	b.Write(svg[:at])
	for _, l := range links {
		fmt.Fprintf(&b, `<a href="%s" tabindex="-1"><title>%s</title><circle cx="%.1f" cy="%.1f" r="5" style="fill-opacity:0" /></a>`+"\n",
			html.EscapeString(l.href), html.EscapeString(theme.Clean(l.title)), l.x.Points(), (height - l.y).Points())
	}
	b.Write(svg[at:])
	return b.Bytes()
}

// A historyBody is panels in groups.
type historyBody struct{ groups []historyGroup }

// A historyGroup is panels of one kind of runs, which share the horizontal axis:
// run after run, as far apart as one from the other.
type historyGroup struct {
	title  string
	runs   []*recordedRun
	panels []historyPanel
}

// A historyPanel is a line.
type historyPanel struct {
	*historyLine
	label []string
	// first is the index of the first point that is shown, and slots has for each
	// shown point the index of its run in the group.
	first int
	slots []int
	href  []string // of the shown points; nil for no links
}

// Measures of histories, in points.
const (
	historyHeight = 44
	historyGap    = 7
	historyAxis   = 46  // width of the values at both ends of the axis
	historyText   = 86  // width of what stands at the right
	sizeHeight    = 10  // of a line of sizes above a panel
	datesHeight   = 14  // below a group
	historyPanels = 40  // of a chart
	maxShown      = 150 // runs of a group
	manyRuns      = 60  // beyond it there is no room for whiskers
)

func (b historyBody) fitting() (body, string) {
	left, omitted, older := historyPanels, 0, 0
	var kept []historyGroup
	for _, g := range b.groups {
		n := min(left, len(g.panels))
		omitted += len(g.panels) - n
		left -= n
		if n == 0 {
			continue
		}
		if cut := len(g.runs) - maxShown; cut > 0 {
			older += cut
			g.runs = g.runs[cut:]
			g.panels = slices.Clone(g.panels)
			for i, p := range g.panels {
				skip := 0
				for skip < len(p.slots) && p.slots[skip] < cut {
					skip++
				}
				p.first += skip
				p.slots = slices.Clone(p.slots[skip:])
				for k := range p.slots {
					p.slots[k] -= cut
				}
				if p.href != nil {
					p.href = p.href[skip:]
				}
				g.panels[i] = p
			}
		}
		g.panels = g.panels[:n]
		kept = append(kept, g)
	}
	var notes []string
	if omitted > 0 {
		notes = append(notes, count(omitted, "more line")+" not shown, see the tables")
	}
	if older > 0 {
		notes = append(notes, count(older, "older run")+" not shown")
	}
	return historyBody{kept}, strings.Join(notes, " · ")
}

func (b historyBody) looks() []look {
	found := []look{lookRun}
	note := func(l look) {
		if !slices.Contains(found, l) {
			found = append(found, l)
		}
	}
	for _, g := range b.groups {
		for _, p := range g.panels {
			for _, c := range p.shown() {
				note(c.what())
				if c.From < c.To {
					note(lookMaybeHere)
				}
			}
			for i := range p.slots {
				if p.versionChanged(p.first + i) {
					note(lookOtherVersion)
				}
			}
		}
	}
	return found
}

// shown returns the changes within what is shown.
func (p historyPanel) shown() []historyChange {
	var list []historyChange
	for _, c := range p.Changes {
		if c.At > p.first {
			list = append(list, historyChange{p.historyLine, c})
		}
	}
	return list
}

// versionChanged reports whether the engine has another version at a point than
// before, as far as they are searched.
func (l *historyLine) versionChanged(at int) bool {
	_, searched := slices.BinarySearch(l.searched, at)
	return searched && l.version(at) != l.version(l.before(at))
}

func (b historyBody) key(c draw.Canvas, l look, x, y vg.Length) {
	switch l {
	case lookRun:
		dot(c, l, vg.Point{X: x + 7, Y: y})
	case lookMaybeHere:
		theme.Rectangle(c, theme.PaleOrange(), x, y-4, x+14, y+4)
	case lookOtherVersion:
		versionMark(c, x+7, y-3)
	default:
		boundary(c, l, x+7, y-5, y+5)
	}
}

// boundary draws where a change is.
func boundary(c draw.Canvas, l look, x, y0, y1 vg.Length) {
	_, colour, _ := l.drawing()
	line := draw.LineStyle{Color: colour, Width: 1.5}
	switch l { // to be told apart without colours
	case lookBetterHere:
		line.Dashes = []vg.Length{3, 2}
	case lookScatterHere:
		line.Dashes = []vg.Length{1, 2}
	}
	c.StrokeLine2(line, x, y0, x, y1)
}

// versionMark draws a small triangle that stands on y.
func versionMark(c draw.Canvas, x, y vg.Length) {
	c.FillPolygon(theme.Faint(), []vg.Point{{X: x - 3, Y: y}, {X: x + 3, Y: y}, {X: x, Y: y + 5}})
}

// A placedPanel is a panel with its place: the data's rectangle, and the lines of
// sizes above it.
type placedPanel struct {
	historyPanel
	runs                     int
	labels                   vg.Length // width
	left, right, bottom, top vg.Length
	lo, hi                   float64 // of the axis, as logarithms
	sizes                    []placedSize
	rows                     int // of sizes
}

type placedSize struct {
	historyChange
	text string
	x    vg.Length // its left end
	row  int       // -1: there is no room
}

// place lays a panel out whose upper end, with its sizes, is at y.
func (p historyPanel) place(runs int, labels, y vg.Length) placedPanel {
	small := theme.NewPen(smallSize, font.WeightBold, theme.Ink())
	at := placedPanel{historyPanel: p, runs: runs, labels: labels, left: margin + labels + historyAxis, right: chartWidth - margin - historyText}
	lo, hi := math.Inf(1), math.Inf(-1)
	for i := range p.slots {
		s := p.points[p.first+i].summary
		lo, hi = min(lo, math.Log(s.Center)), max(hi, math.Log(s.Center))
		if s.bounded() && s.Lo > 0 && runs <= manyRuns {
			lo, hi = min(lo, math.Log(s.Lo)), max(hi, math.Log(s.Hi))
		}
	}
	// At least 5 % to both sides, so that nothing looks large that is not.
	middle, half := (lo+hi)/2, max((hi-lo)/2*1.06, math.Log(1.05))
	at.lo, at.hi = middle-half, middle+half

	var free [2]vg.Length // up to where the rows of sizes are taken
	for _, c := range p.shown() {
		s := placedSize{historyChange: c, text: c.size(), row: -1}
		width := small.Face.Width(s.text)
		s.x = min(max(at.left, at.x(float64(p.slots[c.At-p.first])-0.5)-width/2), at.right-width)
		for row := range free {
			if s.row < 0 && s.x > free[row] {
				s.row = row
				free[row] = s.x + width + 6
				at.rows = max(at.rows, row+1)
			}
		}
		at.sizes = append(at.sizes, s)
	}
	at.top = y - vg.Length(at.rows)*sizeHeight
	at.bottom = at.top - historyHeight
	return at
}

// x is the place of a run.
func (p placedPanel) x(slot float64) vg.Length {
	return p.left + (p.right-p.left)*vg.Length((slot+0.5)/float64(p.runs))
}

// y is the place of a value.
func (p placedPanel) y(v float64) vg.Length {
	return p.bottom + (p.top-p.bottom)*vg.Length((math.Log(v)-p.lo)/(p.hi-p.lo))
}

// labels is the width of the labels.
func (b historyBody) labels() vg.Length {
	text := theme.NewPen(textSize, font.WeightNormal, theme.Ink())
	widest := vg.Length(80)
	for _, g := range b.groups {
		for _, p := range g.panels {
			for _, label := range p.label {
				widest = max(widest, min(text.Face.Width(label), labelWidth))
			}
		}
	}
	return widest + 13
}

// layout places everything below top, calls the functions with it and returns
// where it ends.
func (b historyBody) layout(top vg.Length, head func(g historyGroup, y vg.Length), panel func(placedPanel), foot func(g historyGroup, y vg.Length)) vg.Length {
	y, labels := top, b.labels()
	for i, g := range b.groups {
		if i > 0 {
			y -= groupGap
		}
		head(g, y)
		y -= headHeight + historyGap
		for _, p := range g.panels {
			at := p.place(len(g.runs), labels, y)
			panel(at)
			y = at.bottom - historyGap
		}
		foot(g, y)
		y -= datesHeight
	}
	return y
}

func (b historyBody) height() vg.Length {
	nothing := func(historyGroup, vg.Length) {}
	return -b.layout(0, nothing, func(placedPanel) {}, nothing)
}

func (b historyBody) links(top vg.Length) []chartLink {
	var list []chartLink
	nothing := func(historyGroup, vg.Length) {}
	b.layout(top, nothing, func(p placedPanel) {
		for i, href := range p.href {
			point := p.points[p.first+i]
			list = append(list, chartLink{p.x(float64(p.slots[i])), p.y(point.Center), href,
				fmt.Sprintf("%s: %s, n=%d, %s", point.run.when(), inWords(point.summary), point.n, clip(point.run.file, 120))})
		}
	}, nothing)
	return list
}

func (b historyBody) draw(c draw.Canvas, top vg.Length) {
	var (
		bold  = theme.NewPen(textSize, font.WeightBold, theme.Ink())
		small = theme.NewPen(smallSize, font.WeightNormal, theme.Faint())
	)
	head := func(g historyGroup, y vg.Length) {
		theme.Rectangle(c, theme.Stripe(), margin, y-headHeight+1, chartWidth-margin, y)
		bold.Write(c, margin+4, bold.Middle(y-headHeight/2), 0, bold.Fit(g.title, chartWidth-2*margin-8))
	}
	foot := func(g historyGroup, y vg.Length) {
		left, right := margin+b.labels()+historyAxis, vg.Length(chartWidth-margin-historyText)
		first, last := g.runs[0], g.runs[len(g.runs)-1]
		if len(g.runs) == 1 {
			small.Write(c, (left+right)/2, y-3, 0.5, first.when())
			return
		}
		small.Write(c, left, y-3, 0, first.date.UTC().Format("2006-01-02"))
		small.Write(c, (left+right)/2, y-3, 0.5, count(len(g.runs), "run"))
		small.Write(c, right, y-3, 1, last.date.UTC().Format("2006-01-02"))
	}
	b.layout(top, head, func(p placedPanel) { p.draw(c) }, foot)
}

func (p placedPanel) draw(c draw.Canvas) {
	var (
		text  = theme.NewPen(textSize, font.WeightNormal, theme.Ink())
		small = theme.NewPen(smallSize, font.WeightNormal, theme.Faint())
		hair  = draw.LineStyle{Color: theme.Grid(), Width: 0.7}
	)
	theme.Rectangle(c, theme.Stripe(), p.left, p.bottom, p.right, p.top)
	middle := (p.bottom + p.top) / 2
	for i, label := range p.label {
		text.Write(c, margin+8, text.Middle(middle)-vg.Length(i)*11+vg.Length(len(p.label)-1)*5.5, 0, fitLabel(text, label, p.labels-12))
	}
	c.StrokeLine2(hair, p.left, p.top, p.right, p.top)
	c.StrokeLine2(hair, p.left, p.bottom, p.right, p.bottom)
	if len(p.slots) == 0 { // nothing that an axis could be of
		small.Write(c, p.right+4, small.Middle(middle), 0, "only older runs")
		return
	}
	small.Write(c, p.left-4, p.top-smallSize+2, 1, format(math.Exp(p.hi), p.unit))
	small.Write(c, p.left-4, p.bottom+1, 1, format(math.Exp(p.lo), p.unit))

	slot := func(point int) float64 { return float64(p.slots[min(max(0, point-p.first), len(p.slots)-1)]) }
	for _, s := range p.sizes {
		if s.From < s.To {
			theme.Rectangle(c, theme.PaleOrange(), max(p.left, p.x(slot(s.From)-0.5)), p.bottom, min(p.right, p.x(slot(s.To)-0.5)), p.top)
		}
	}
	// The level of each part, from change to change.
	level := draw.LineStyle{Color: theme.Grey(), Width: 1}
	start := 0
	for i := range len(p.Changes) + 1 {
		end := len(p.points)
		if i < len(p.Changes) {
			end = p.Changes[i].At
		}
		if end > p.first && end-start > 1 {
			y := p.y(math.Exp(p.level(start, end)))
			if y > p.bottom && y < p.top {
				c.StrokeLine2(level, max(p.left, p.x(slot(max(start, p.first))-0.5)), y, min(p.right, p.x(slot(end-1)+0.5)), y)
			}
		}
		start = end
	}
	for i := range p.slots {
		if p.versionChanged(p.first + i) {
			versionMark(c, p.x(float64(p.slots[i])-0.5), p.bottom)
		}
	}
	if p.runs <= manyRuns {
		for i, slot := range p.slots {
			if s := p.points[p.first+i].summary; s.bounded() && s.Lo > 0 {
				upright(c, p.x(float64(slot)), max(p.bottom, p.y(s.Lo)), min(p.top, p.y(s.Hi)))
			}
		}
	}
	for i, slot := range p.slots {
		at := vg.Point{X: p.x(float64(slot)), Y: p.y(p.points[p.first+i].Center)}
		if p.runs <= manyRuns {
			dot(c, lookRun, at)
		} else {
			theme.Rectangle(c, theme.Blue(), at.X-1.2, at.Y-1.2, at.X+1.2, at.Y+1.2)
		}
	}
	for _, s := range p.sizes {
		x := p.x(slot(s.At) - 0.5)
		top := p.top
		if s.row >= 0 {
			// In ink: on a pale ground the line's colour is too weak for letters.
			bold := theme.NewPen(smallSize, font.WeightBold, theme.Ink())
			y := p.top + 2.5 + vg.Length(p.rows-1-s.row)*sizeHeight
			bold.Write(c, s.x, y, 0, s.text)
			top = y - 1.5
		}
		boundary(c, s.what(), x, p.bottom, top)
	}
	last := p.points[len(p.points)-1]
	lines := []string{last.summary.String()}
	if !last.bounded() {
		lines[0] = format(last.Center, last.unit)
	}
	if len(p.points) == 1 {
		lines = append(lines, "a single run")
	}
	for i, line := range lines {
		small.Write(c, p.right+5, small.Middle(middle)-vg.Length(i)*10+vg.Length(len(lines)-1)*5, 0, small.Fit(line, historyText-5))
	}
}

// level returns the middle of the logarithms of the points from start to end, of
// those that are searched.
func (l *historyLine) level(start, end int) float64 {
	var logs []float64
	for _, i := range l.searched {
		if start <= i && i < end {
			logs = append(logs, math.Log(l.points[i].Center))
		}
	}
	slices.Sort(logs)
	return (logs[(len(logs)-1)/2] + logs[len(logs)/2]) / 2
}
