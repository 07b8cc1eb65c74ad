package view

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

	"promisebench/bench/trace"
	"promisebench/engines"
	"promisebench/report/text"
	"promisebench/report/theme"
)

// Measures in points, those of the report's charts where there are such.
const (
	drawingWidth = 760
	margin       = 18
	inner        = drawingWidth - 2*margin
	laneLabel    = 84 // width of the column with the lanes' names
	cardHeight   = 16
	cardGap      = 3
	lanePad      = 5  // above and below the cards of a lane
	tickHead     = 19 // height of the ticks' names
	stripGap     = 10
	barRow       = 23 // height of an await
	codeLine     = 12
	noteGap      = 11
)

// More than this is left out, and said to be.
const (
	maxColumns = 6  // side by side; the others go into further strips
	minColumns = 4  // so that a short timeline is not stretched
	maxSpans   = 48 // in all
	maxCards   = 12 // in one lane of a tick
	maxBars    = 10 // in one strip
	maxCode    = 16 // lines of the snippet
	maxDesc    = 2000
)

// A part is what stands at some height of the page, from edge to edge. draw gets
// where it begins, counted down from the top of the page.
type part struct {
	height vg.Length
	draw   func(s sketch, top vg.Length)
}

// A sketch is the page that parts are drawn on.
type sketch struct {
	c      draw.Canvas
	height vg.Length
}

// WriteSVG draws timelines of one snippet and engine one above the other, tick
// under tick. The same timelines give the same bytes. The error is w's.
func WriteSVG(w io.Writer, list ...trace.Timeline) error {
	if len(list) == 0 {
		return nil
	}
	timelines := wrap(list)
	first := timelines[0]
	parts := layout(timelines)
	var height vg.Length
	for _, p := range parts {
		height += p.height
	}
	height = vg.Length(math.Ceil(float64(height + margin - 4)))
	canvas := theme.NewCanvas(drawingWidth, height)
	s := sketch{c: draw.New(canvas), height: height}
	theme.Rectangle(s.c, color.White, 0, 0, drawingWidth, height)
	var top vg.Length
	for _, p := range parts {
		p.draw(s, top)
		top += p.height
	}
	var modes []string
	for _, t := range timelines {
		modes = append(modes, string(t.Mode))
	}
	title := fmt.Sprintf("%s on %s: ticks of the microtask queue under await=%s", first.Snippet.Name, first.Engine, strings.Join(modes, " and "))
	return canvas.WriteSVG(w, "trace-"+text.Slug(first.Snippet.Name), title, inWords(timelines))
}

// inWords tells a drawing in words.
func inWords(timelines []timeline) string {
	var parts []string
	for _, t := range timelines {
		var ticks []string
		for _, s := range spans(timelines) {
			var seen []string
			for _, e := range t.Events {
				if e.Tick == s.from {
					seen = append(seen, happened(e))
				}
			}
			if len(seen) > 0 {
				ticks = append(ticks, fmt.Sprintf("tick %d: %s", s.from, strings.Join(seen, ", ")))
			}
		}
		parts = append(parts, fmt.Sprintf("await=%s (%s): %s.", t.Mode, t.Source, strings.Join(ticks, "; ")))
	}
	said := []rune(strings.Join(parts, " "))
	if len(said) > maxDesc {
		said = append(said[:maxDesc-1], '…')
	}
	return string(said)
}

// at turns a height on the page into one on the canvas.
func (s sketch) at(y vg.Length) vg.Length { return s.height - y }

// layout returns the parts of a page from the top down.
func layout(timelines []timeline) []part {
	var omits []string // what is left out
	parts := []part{title(timelines[0])}
	code, omitted := code(timelines[0].Snippet)
	parts, omits = append(parts, code), append(omits, omitted...)
	columns := spans(timelines)
	if len(columns) > maxSpans {
		omits = append(omits, fmt.Sprintf("ticks from %d to %d are not drawn, see the text", columns[maxSpans].from, columns[len(columns)-1].to))
		columns = columns[:maxSpans]
	}
	for _, t := range timelines {
		parts = append(parts, t.head())
		width := vg.Length(inner-laneLabel) / vg.Length(max(minColumns, min(maxColumns, len(columns))))
		for columns := range slices.Chunk(columns, maxColumns) {
			if columns[0].from > t.Ticks() {
				break // the other timeline is longer
			}
			if columns[0].from > 0 {
				parts = append(parts, part{height: stripGap, draw: func(sketch, vg.Length) {}})
			}
			strip, omitted := t.strip(columns, width)
			parts, omits = append(parts, strip.part()), append(omits, omitted...)
		}
	}
	return append(parts, notesBelow(timelines, omits))
}

// title says what is shown.
func title(first timeline) part {
	return part{height: margin + 38, draw: func(s sketch, top vg.Length) {
		bold := theme.NewPen(15, font.WeightBold, theme.Ink())
		bold.Write(s.c, margin, s.at(top+margin+13), 0, bold.Fit(text.Clean(first.Snippet.Name)+" on "+first.Engine, inner))
		faint := theme.NewPen(9.5, font.WeightNormal, theme.Faint())
		faint.Write(s.c, margin, s.at(top+margin+28), 0, faint.Fit("From left to right: the script, then one turn of the microtask queue after the other · "+text.Clean(first.Version), inner))
	}}
}

// code shows the snippet, or the part of a long one where its first await is.
func code(snippet trace.Snippet) (p part, omitted []string) {
	lines := strings.Split(strings.TrimRight(strings.ReplaceAll(snippet.Source, "\t", "  "), "\n"), "\n")
	number := 1
	if all := len(lines); all > maxCode {
		from := 0
		if sites := snippet.Sites(); len(sites) > 0 {
			const before = 3
			from = max(0, min(sites[0].Line-1-before, all-maxCode))
		}
		number, lines = from+1, lines[from:from+maxCode]
		omitted = append(omitted, fmt.Sprintf("all lines of the snippet but %d to %d of %d", number, from+maxCode, all))
	}
	height := vg.Length(len(lines))*codeLine + 8
	return part{height: height + 6, draw: func(s sketch, top vg.Length) {
		theme.Rectangle(s.c, theme.Stripe(), margin, s.at(top+height), margin+inner, s.at(top))
		mono := theme.NewMonoPen(9, theme.Ink())
		soft := theme.NewMonoPen(9, theme.Grey())
		y := top + 4
		for i, line := range lines {
			y += codeLine
			soft.Write(s.c, margin+26, s.at(y-3), 1, fmt.Sprint(number+i))
			// SVG joins spaces, so those in front are a distance.
			line = strings.TrimRight(text.Clean(line), " ")
			bare := strings.TrimLeft(line, " ")
			indent := mono.Face.Width("0") * vg.Length(min(len(line)-len(bare), 60))
			mono.Write(s.c, margin+36+indent, s.at(y-3), 0, mono.Fit(bare, inner-44-indent))
		}
	}}, omitted
}

// A card is a thing that runs or waits.
type card struct {
	text string
	kind trace.Kind // or empty for a job that nobody saw
	rest bool       // stands for those that there is no room for
}

// cards returns what runs in a tick. A continuation goes by its first mark if
// it has one. That an await starts is shown only where there are no marks; as a
// bar it is there anyway.
func (t timeline) cards(tick int) []card {
	var list []card
	marked := t.Marked()
	for i, e := range t.Events {
		if e.Tick != tick || marked && e.Kind == trace.Start {
			continue
		}
		if i+1 < len(t.Events) && t.Names(t.Events[i+1], e) {
			continue
		}
		list = append(list, card{text: happened(e), kind: e.Kind})
	}
	for _, s := range t.Steps()[tick] {
		list = append(list, card{text: s.Await.Label() + " " + s.Does})
	}
	if over := len(list) - maxCards; over > 0 {
		list = append(list[:maxCards-1:maxCards-1], card{text: fmt.Sprintf("and %d more", over+1), rest: true})
	}
	return list
}

// colors are the mode's: a strong one and a pale one.
func (t timeline) colors() (strong, pale color.Color) {
	switch {
	case t.Source == engines.SkipsTicks:
		return theme.Green(), theme.PaleGreen()
	case t.Mode == engines.Legacy:
		return theme.Orange(), theme.PaleOrange()
	}
	return theme.Blue(), theme.PaleBlue()
}

// head names the await mode.
func (t timeline) head() part {
	return part{height: 24 + 7, draw: func(s sketch, top vg.Length) {
		strong, _ := t.colors()
		y := top + 24
		bold := theme.NewPen(11.5, font.WeightBold, theme.Ink())
		faint := theme.NewPen(9.5, font.WeightNormal, theme.Faint())
		name := "await=" + string(t.Mode)
		theme.Rectangle(s.c, strong, margin, s.at(y+1.5), margin+4, s.at(y-10))
		bold.Write(s.c, margin+10, s.at(y), 0, name)
		x := margin + 10 + bold.Face.Width(name) + 8
		faint.Write(s.c, x, s.at(y), 0, faint.Fit(t.headline(), margin+inner-x))
	}}
}

// headline says where the mode comes from and what came out.
func (t timeline) headline() string {
	said := string(t.Source)
	if len(t.Awaits) == 1 {
		said += " · await #1: " + t.cost(t.Awaits)
	} else if len(t.Awaits) > 1 {
		ended := 0
		for _, a := range t.Awaits {
			ended = max(ended, a.End)
		}
		said += fmt.Sprintf(" · %d awaits, the last one goes on in tick %d", len(t.Awaits), ended)
	}
	return said
}

// A strip is the ticks of a timeline that fit side by side.
type strip struct {
	timeline
	columns []span
	width   vg.Length // of a column
	// What runs in each column, and what waits when it ends.
	stack, queue [][]card
	bars         []bar
	// Where the lanes begin, and where the strip ends, counted from its top.
	stackTop, queueTop, barsTop, bottom vg.Length
}

// strip lays a strip out. omitted says what there is no room for.
func (t timeline) strip(columns []span, width vg.Length) (s strip, omitted []string) {
	s = strip{timeline: t, columns: columns, width: width}
	s.stack, s.queue = make([][]card, len(columns)), make([][]card, len(columns))
	stackRows, queueRows := 1, 1
	for i, span := range columns {
		if span.from == span.to {
			s.stack[i] = t.cards(span.from)
			if span.from == 0 {
				s.stack[i] = append([]card{{text: "script", kind: "script"}}, s.stack[i]...)
			}
		}
		// Whatever runs in a tick was queued when the one before it ended; an
		// await that starts is part of something else that runs.
		s.queue[i] = slices.DeleteFunc(t.cards(span.to+1), func(c card) bool { return c.kind == trace.Start })
		stackRows, queueRows = max(stackRows, len(s.stack[i])), max(queueRows, len(s.queue[i]))
	}
	omitted = s.place()
	rows := 0
	for _, b := range s.bars {
		rows = max(rows, b.row+1)
	}
	s.stackTop = tickHead
	s.queueTop = s.stackTop + laneHeight(stackRows)
	s.barsTop = s.queueTop + laneHeight(queueRows)
	s.bottom = s.barsTop
	if rows > 0 {
		s.bottom += vg.Length(rows)*barRow + 4
	}
	return s, omitted
}

// column returns where a column begins.
func (s strip) column(i int) vg.Length { return margin + laneLabel + s.width*vg.Length(i) }

func (s strip) part() part {
	return part{height: s.bottom, draw: func(page sketch, top vg.Length) {
		s.field(page, top)
		s.labels(page, top)
		for i := range s.columns {
			s.tick(page, top, i)
			s.lane(page, s.stack[i], s.column(i), top+s.stackTop)
			s.lane(page, s.queue[i], s.column(i), top+s.queueTop)
		}
		for _, b := range s.bars {
			s.bar(page, b, top+s.barsTop+vg.Length(b.row)*barRow)
		}
	}}
}

// field draws a band for the ticks' names and one for the queue.
func (s strip) field(page sketch, top vg.Length) {
	right := s.column(len(s.columns))
	theme.Rectangle(page.c, theme.Grid(), margin, page.at(top+s.stackTop), right, page.at(top))
	theme.Rectangle(page.c, theme.Stripe(), margin, page.at(top+s.barsTop), right, page.at(top+s.queueTop))
	hair := draw.LineStyle{Color: theme.Grid(), Width: 0.7}
	for i := range s.columns {
		page.c.StrokeLine2(hair, s.column(i), page.at(top+s.stackTop), s.column(i), page.at(top+s.bottom))
	}
	page.c.StrokeLine2(hair, margin, page.at(top+s.bottom), right, page.at(top+s.bottom))
}

// labels names the lanes.
func (s strip) labels(page sketch, top vg.Length) {
	label := theme.NewPen(9, font.WeightBold, theme.Ink())
	small := theme.NewPen(7.5, font.WeightNormal, theme.Faint())
	label.Write(page.c, margin+6, page.at(top+s.stackTop+lanePad+11), 0, "call stack")
	small.Write(page.c, margin+6, page.at(top+s.stackTop+lanePad+20.5), 0, "what runs, in order")
	label.Write(page.c, margin+6, page.at(top+s.queueTop+lanePad+11), 0, "microtask queue")
	small.Write(page.c, margin+6, page.at(top+s.queueTop+lanePad+20.5), 0, "when the tick ends")
	if len(s.bars) > 0 {
		label.Write(page.c, margin+6, page.at(top+s.barsTop+15), 0, "awaits")
	}
}

// tick names the ticks of a column.
func (s strip) tick(page sketch, top vg.Length, i int) {
	pen := theme.NewPen(9, font.WeightBold, theme.Ink())
	soft := theme.NewPen(9, font.WeightNormal, theme.Faint())
	span, middle := s.columns[i], s.column(i)+s.width/2
	if span.from < span.to {
		soft.Write(page.c, middle, page.at(top+s.stackTop-6), 0.5, fmt.Sprintf("ticks %d to %d", span.from, span.to))
		soft.Write(page.c, middle, page.at(top+s.stackTop+lanePad+11), 0.5, soft.Fit("… nothing marked …", s.width-8))
		return
	}
	if span.from > s.Ticks() {
		pen = soft
	}
	pen.Write(page.c, middle, page.at(top+s.stackTop-6), 0.5, fmt.Sprintf("tick %d", span.from))
}

func laneHeight(rows int) vg.Length {
	return max(2*lanePad+vg.Length(rows)*(cardHeight+cardGap)-cardGap, 30)
}

// lane draws the cards of one tick.
func (s strip) lane(page sketch, cards []card, x, top vg.Length) {
	strong, pale := s.colors()
	pen := theme.NewPen(8.5, font.WeightNormal, theme.Ink())
	bold := theme.NewPen(8.5, font.WeightBold, theme.Ink())
	soft := theme.NewPen(8, font.WeightNormal, theme.Faint())
	y := top + lanePad
	for _, c := range cards {
		box := rounded(x+5, page.at(y+cardHeight), x+s.width-5, page.at(y))
		room := s.width - 22
		base := func(p theme.Pen) vg.Length { return p.Middle(page.at(y + cardHeight/2)) }
		switch {
		case c.rest:
			soft.Write(page.c, x+s.width/2, base(soft), 0.5, soft.Fit(c.text, room))
		case c.kind == "script":
			page.fill(box, theme.Grid())
			soft.Write(page.c, x+11, base(soft), 0, c.text)
		case c.kind == "":
			page.fill(box, color.White)
			page.stroke(box, theme.Grey(), 0.8, 3, 2)
			soft.Write(page.c, x+11, base(soft), 0, soft.Fit(c.text, room))
		case c.kind == trace.Start:
			page.fill(box, color.White)
			page.stroke(box, strong, 1)
			pen.Write(page.c, x+11, base(pen), 0, pen.Fit(c.text, room))
		default:
			page.fill(box, pale)
			page.stroke(box, strong, 1)
			bold.Write(page.c, x+11, base(bold), 0, bold.Fit(c.text, room))
		}
		y += cardHeight + cardGap
	}
}

// rounded is the outline of a card.
func rounded(x0, y0, x1, y1 vg.Length) vg.Path {
	const r = 3
	var p vg.Path
	p.Move(vg.Point{X: x0 + r, Y: y0})
	p.Line(vg.Point{X: x1 - r, Y: y0})
	p.Arc(vg.Point{X: x1 - r, Y: y0 + r}, r, -math.Pi/2, math.Pi/2)
	p.Line(vg.Point{X: x1, Y: y1 - r})
	p.Arc(vg.Point{X: x1 - r, Y: y1 - r}, r, 0, math.Pi/2)
	p.Line(vg.Point{X: x0 + r, Y: y1})
	p.Arc(vg.Point{X: x0 + r, Y: y1 - r}, r, math.Pi/2, math.Pi/2)
	p.Line(vg.Point{X: x0, Y: y0 + r})
	p.Arc(vg.Point{X: x0 + r, Y: y0 + r}, r, math.Pi, math.Pi/2)
	p.Close()
	return p
}

func (s sketch) fill(p vg.Path, clr color.Color) {
	s.c.SetColor(clr)
	s.c.Fill(p)
}

func (s sketch) stroke(p vg.Path, clr color.Color, width vg.Length, dashes ...vg.Length) {
	s.c.SetLineStyle(draw.LineStyle{Color: clr, Width: width, Dashes: dashes})
	s.c.Stroke(p)
}

// A bar is an await, or the part of it in one strip.
type bar struct {
	await  *trace.Await
	x0, x1 vg.Length
	row    int
	// begins and ends say which ends are in this strip.
	begins, ends bool
	label        string
	at           vg.Length // where the label begins
}

// middle returns the middle of a tick's column, if it is in the strip.
func (s strip) middle(tick int) (vg.Length, bool) {
	for i, span := range s.columns {
		if span.from <= tick && tick <= span.to {
			return s.column(i) + s.width/2, true
		}
	}
	return 0, false
}

// place puts the awaits of the strip into as few rows as their labels allow.
func (s *strip) place() (omits []string) {
	pen := theme.NewPen(8.5, font.WeightNormal, theme.Ink())
	from, to := s.columns[0].from, s.columns[len(s.columns)-1].to
	left, right := s.column(0), s.column(len(s.columns))
	var ends []vg.Length // of what there is in each row
	omitted := 0
	for _, a := range s.Awaits {
		last := a.End
		if last < 0 {
			last = math.MaxInt
		}
		if a.Start > to || last < from {
			continue
		}
		b := bar{await: a, x0: left, x1: right, label: s.caption(a)}
		if x, ok := s.middle(a.Start); ok {
			b.x0, b.begins = x, true
		}
		if x, ok := s.middle(a.End); ok && a.End >= 0 {
			b.x1, b.ends = x, true
		}
		b.label = pen.Fit(b.label, right-left-8)
		b.at = max(left+4, min(b.x0+4, right-4-pen.Face.Width(b.label)))
		begin, end := min(b.x0-6, b.at), max(b.x1+8, b.at+pen.Face.Width(b.label)+10)
		b.row = len(ends)
		for row, free := range ends {
			if free <= begin {
				b.row = row
				break
			}
		}
		if b.row >= maxBars {
			omitted++
			continue
		}
		if b.row == len(ends) {
			ends = append(ends, end)
		} else {
			ends[b.row] = end
		}
		s.bars = append(s.bars, b)
	}
	if omitted > 0 {
		omits = append(omits, fmt.Sprintf("await=%s: %d awaits of ticks %d to %d are not drawn", s.Mode, omitted, from, to))
	}
	return omits
}

// caption says what a bar stands for.
func (t timeline) caption(a *trace.Await) string {
	took := "never goes on"
	if a.End >= 0 {
		took = text.Count(a.Ticks(), "tick")
	}
	if a.Threw {
		took += ", throws"
	}
	operand := []rune(text.Clean(a.Operand))
	const most = 28
	if len(operand) > most {
		operand = append(operand[:most-1], '…')
	}
	return fmt.Sprintf("%s await %s: %s", a.Label(), string(operand), took)
}

// bar draws an await below its caption: from where it suspends to where it goes on.
func (s strip) bar(page sketch, b bar, top vg.Length) {
	strong, _ := s.colors()
	pen := theme.NewPen(8.5, font.WeightNormal, theme.Ink())
	y := page.at(top + 18)
	pen.Write(page.c, b.at, page.at(top+11), 0, b.label)
	line := draw.LineStyle{Color: strong, Width: 2.5}
	if b.await.End < 0 {
		line.Dashes = []vg.Length{4, 3}
	}
	page.c.StrokeLine2(line, b.x0, y, b.x1, y)
	if b.begins {
		page.ring(strong, vg.Point{X: b.x0, Y: y}, color.White)
	}
	if b.ends && b.await.Threw {
		cross := draw.LineStyle{Color: theme.Vermilion(), Width: 2}
		page.c.StrokeLine2(cross, b.x1-3.5, y-3.5, b.x1+3.5, y+3.5)
		page.c.StrokeLine2(cross, b.x1-3.5, y+3.5, b.x1+3.5, y-3.5)
	} else if b.ends {
		page.ring(strong, vg.Point{X: b.x1, Y: y}, strong)
	}
}

// ring draws the end of a bar.
func (s sketch) ring(edge color.Color, at vg.Point, inside color.Color) {
	sty := draw.GlyphStyle{Color: edge, Radius: 4, Shape: draw.CircleGlyph{}}
	s.c.DrawGlyphNoClip(sty, at)
	sty.Color, sty.Radius = inside, 2.3
	s.c.DrawGlyphNoClip(sty, at)
}

// notesBelow says how to read it and what is left out.
func notesBelow(timelines []timeline, omits []string) part {
	small := theme.NewPen(8, font.WeightNormal, theme.Faint())
	list := []string{"A filled card runs, or waits to run, in this order."}
	for _, t := range timelines {
		if len(t.Steps()) > 0 {
			list[0] += " A dashed one is a job that the steps of ECMA-262 have for an await and no script can see, so its place among the others of its tick is not known: " +
				`"calls its then()" is a PromiseResolveThenableJob, "settles the wrapper" a PromiseReactionJob.`
			break
		}
	}
	if len(timelines[0].Snippet.Sites()) > 0 {
		list = append(list, extra)
	}
	for _, t := range timelines {
		list = append(list, t.notes()...)
	}
	slices.Sort(omits)
	if omits := slices.Compact(omits); len(omits) > 0 {
		list = append(list, "Left out: "+strings.Join(omits, "; ")+".")
	}
	var lines []string
	for _, note := range list {
		lines = append(lines, small.Wrap(note, inner)...)
	}
	return part{height: 8 + vg.Length(len(lines))*noteGap, draw: func(s sketch, top vg.Length) {
		y := top + 8
		for _, line := range lines {
			y += noteGap
			small.Write(s.c, margin, s.at(y), 0, line)
		}
	}}
}
