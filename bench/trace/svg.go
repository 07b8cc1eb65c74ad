package trace

import (
	"fmt"
	"image/color"
	"io"
	"math"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/image/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"

	"promisebench/engines"
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

// A sketch is a drawing in the making. It is first done on paper that nobody
// sees, to learn its height: y counts down from the top of the page.
type sketch struct {
	c      draw.Canvas
	height vg.Length
	y      vg.Length
	omits  []string // what is left out
}

// WriteSVG draws timelines of one snippet and engine one above the other, tick
// under tick. The same timelines give the same bytes. The error is w's.
func WriteSVG(w io.Writer, timelines ...Timeline) error {
	if len(timelines) == 0 {
		return nil
	}
	first := timelines[0]
	trial := &sketch{c: draw.New(vgsvg.New(drawingWidth, 1000)), height: 1000}
	trial.all(timelines)
	height := vg.Length(math.Ceil(float64(trial.y + margin - 4)))
	canvas := vgsvg.New(drawingWidth, height)
	s := &sketch{c: draw.New(canvas), height: height}
	theme.Rectangle(s.c, color.White, 0, 0, drawingWidth, height)
	s.all(timelines)
	var modes []string
	for _, t := range timelines {
		modes = append(modes, string(t.Mode))
	}
	title := fmt.Sprintf("%s on %s: ticks of the microtask queue under await=%s", first.Snippet.Name, first.Engine, strings.Join(modes, " and "))
	id := "trace-" + strings.Trim(regexp.MustCompile(`[^a-z0-9]+`).ReplaceAllString(strings.ToLower(first.Snippet.Name), "-"), "-")
	return theme.WriteSVG(w, canvas, id, title, describe(timelines))
}

// describe tells a drawing in words.
func describe(timelines []Timeline) string {
	var parts []string
	for _, t := range timelines {
		var ticks []string
		for _, s := range spans(timelines) {
			var seen []string
			for _, e := range t.Events {
				if e.Tick == s.from {
					seen = append(seen, e.text())
				}
			}
			if len(seen) > 0 {
				ticks = append(ticks, fmt.Sprintf("tick %d: %s", s.from, strings.Join(seen, ", ")))
			}
		}
		parts = append(parts, fmt.Sprintf("await=%s (%s): %s.", t.Mode, t.Source, strings.Join(ticks, "; ")))
	}
	text := []rune(strings.Join(parts, " "))
	if len(text) > maxDesc {
		text = append(text[:maxDesc-1], '…')
	}
	return string(text)
}

// at turns a height on the page into one on the canvas.
func (s *sketch) at(y vg.Length) vg.Length { return s.height - y }

// all draws everything from the top down.
func (s *sketch) all(timelines []Timeline) {
	first := timelines[0]
	s.y = margin + 13
	title := theme.NewPen(15, font.WeightBold, theme.Ink())
	title.Write(s.c, margin, s.at(s.y), 0, title.Fit(theme.Clean(first.Snippet.Name)+" on "+first.Engine, inner))
	s.y += 15
	text := theme.NewPen(9.5, font.WeightNormal, theme.Faint())
	text.Write(s.c, margin, s.at(s.y), 0, text.Fit("From left to right: the script, then one turn of the microtask queue after the other · "+theme.Clean(first.Version), inner))
	s.y += 10
	s.code(first.Snippet)
	columns := spans(timelines)
	if len(columns) > maxSpans {
		s.omits = append(s.omits, fmt.Sprintf("ticks from %d to %d are not drawn, see the text", columns[maxSpans].from, columns[len(columns)-1].to))
		columns = columns[:maxSpans]
	}
	for _, t := range timelines {
		s.timeline(t, columns)
	}
	s.notes(timelines)
}

// code shows the snippet, or the part of a long one where its first await is.
func (s *sketch) code(snippet Snippet) {
	lines := strings.Split(strings.TrimRight(strings.ReplaceAll(snippet.Source, "\t", "  "), "\n"), "\n")
	number := 1
	if all := len(lines); all > maxCode {
		from := 0
		if len(snippet.sites) > 0 {
			const before = 3
			from = max(0, min(snippet.sites[0].Line-1-before, all-maxCode))
		}
		number, lines = from+1, lines[from:from+maxCode]
		s.omits = append(s.omits, fmt.Sprintf("all lines of the snippet but %d to %d of %d", number, from+maxCode, all))
	}
	height := vg.Length(len(lines))*codeLine + 8
	theme.Rectangle(s.c, theme.Stripe(), margin, s.at(s.y+height), margin+inner, s.at(s.y))
	mono := theme.NewMonoPen(9, theme.Ink())
	soft := theme.NewMonoPen(9, theme.Grey())
	y := s.y + 4
	for i, line := range lines {
		y += codeLine
		soft.Write(s.c, margin+26, s.at(y-3), 1, fmt.Sprint(number+i))
		// SVG joins spaces, so those in front are a distance.
		line = strings.TrimRight(theme.Clean(line), " ")
		bare := strings.TrimLeft(line, " ")
		indent := mono.Face.Width("0") * vg.Length(min(len(line)-len(bare), 60))
		mono.Write(s.c, margin+36+indent, s.at(y-3), 0, mono.Fit(bare, inner-44-indent))
	}
	s.y += height + 6
}

// A card is a thing that runs or waits.
type card struct {
	text string
	kind Kind // or empty for a job that nobody saw
	rest bool // stands for those that there is no room for
}

// cards returns what runs in a tick. A continuation goes by its first mark if
// it has one. That an await starts is shown only where there are no marks; as a
// bar it is there anyway.
func (t Timeline) cards(tick int) []card {
	var list []card
	marked := t.Marked()
	for i, e := range t.Events {
		if e.Tick != tick || marked && e.Kind == Start {
			continue
		}
		if i+1 < len(t.Events) && t.names(t.Events[i+1], e) {
			continue
		}
		list = append(list, card{text: e.text(), kind: e.Kind})
	}
	for _, s := range t.steps()[tick] {
		list = append(list, card{text: s.await.Label() + " " + s.does})
	}
	if over := len(list) - maxCards; over > 0 {
		list = append(list[:maxCards-1:maxCards-1], card{text: fmt.Sprintf("and %d more", over+1), rest: true})
	}
	return list
}

// names reports whether a mark, right behind an await that went on in the same
// tick, is one of the function that did. No script can see where a job ends and
// the next begins; but the mark must be written behind the await.
func (t Timeline) names(mark, e Event) bool {
	if e.Kind != Resume && e.Kind != Throw || mark.Kind != Mark || mark.Tick != e.Tick {
		return false
	}
	rest := t.Snippet.sites[e.Await.Site-1].Rest
	written := func(text string) bool {
		return strings.Contains(text, "'"+mark.Name+"'") || strings.Contains(text, `"`+mark.Name+`"`) || strings.Contains(text, "`"+mark.Name+"`")
	}
	// A name that is put together is nowhere as it is.
	return written(rest) || marks.MatchString(rest) && !written(t.Snippet.Source)
}

// colors are the mode's: a strong one and a pale one.
func (t Timeline) colors() (strong, pale color.Color) {
	switch {
	case t.Source == engines.SkipsTicks:
		return theme.Green(), theme.PaleGreen()
	case t.Mode == engines.Legacy:
		return theme.Orange(), theme.PaleOrange()
	}
	return theme.Blue(), theme.PaleBlue()
}

// timeline draws one await mode.
func (s *sketch) timeline(t Timeline, columns []span) {
	strong, _ := t.colors()
	s.y += 24
	head := theme.NewPen(11.5, font.WeightBold, theme.Ink())
	text := theme.NewPen(9.5, font.WeightNormal, theme.Faint())
	name := "await=" + string(t.Mode)
	theme.Rectangle(s.c, strong, margin, s.at(s.y+1.5), margin+4, s.at(s.y-10))
	head.Write(s.c, margin+10, s.at(s.y), 0, name)
	x := margin + 10 + head.Face.Width(name) + 8
	text.Write(s.c, x, s.at(s.y), 0, text.Fit(t.headline(), margin+inner-x))
	s.y += 7
	for strip := range slices.Chunk(columns, maxColumns) {
		if strip[0].from > t.Ticks() {
			break // the other timeline is longer
		}
		s.strip(t, strip, vg.Length(inner-laneLabel)/vg.Length(max(minColumns, min(maxColumns, len(columns)))))
		s.y += stripGap
	}
	s.y -= stripGap
}

// headline says where the mode comes from and what came out.
func (t Timeline) headline() string {
	text := string(t.Source)
	if len(t.Awaits) == 1 {
		text += " · await #1: " + t.cost(t.Awaits)
	} else if len(t.Awaits) > 1 {
		ended := 0
		for _, a := range t.Awaits {
			ended = max(ended, a.End)
		}
		text += fmt.Sprintf(" · %d awaits, the last one goes on in tick %d", len(t.Awaits), ended)
	}
	return text
}

// strip draws the ticks that fit side by side.
func (s *sketch) strip(t Timeline, columns []span, width vg.Length) {
	left := vg.Length(margin + laneLabel)
	right := left + width*vg.Length(len(columns))
	column := func(i int) vg.Length { return left + width*vg.Length(i) }

	stack, queue := make([][]card, len(columns)), make([][]card, len(columns))
	stackRows, queueRows := 1, 1
	for i, span := range columns {
		if span.from == span.to {
			stack[i] = t.cards(span.from)
			if span.from == 0 {
				stack[i] = append([]card{{text: "script", kind: "script"}}, stack[i]...)
			}
		}
		// Whatever runs in a tick was queued when the one before it ended; an
		// await that starts is part of something else that runs.
		queue[i] = slices.DeleteFunc(t.cards(span.to+1), func(c card) bool { return c.kind == Start })
		stackRows, queueRows = max(stackRows, len(stack[i])), max(queueRows, len(queue[i]))
	}
	bars := s.bars(t, columns, column, width)
	rows := 0
	for _, b := range bars {
		rows = max(rows, b.row+1)
	}

	top := s.y
	stackTop := top + tickHead
	queueTop := stackTop + laneHeight(stackRows)
	barsTop := queueTop + laneHeight(queueRows)
	bottom := barsTop
	if rows > 0 {
		bottom += vg.Length(rows)*barRow + 4
	}
	// The field: a band for the ticks' names and one for the queue.
	theme.Rectangle(s.c, theme.Grid(), margin, s.at(stackTop), right, s.at(top))
	theme.Rectangle(s.c, theme.Stripe(), margin, s.at(barsTop), right, s.at(queueTop))
	hair := draw.LineStyle{Color: theme.Grid(), Width: 0.7}
	for i := range columns {
		s.c.StrokeLine2(hair, column(i), s.at(stackTop), column(i), s.at(bottom))
	}
	s.c.StrokeLine2(hair, margin, s.at(bottom), right, s.at(bottom))

	label := theme.NewPen(9, font.WeightBold, theme.Ink())
	small := theme.NewPen(7.5, font.WeightNormal, theme.Faint())
	label.Write(s.c, margin+6, s.at(stackTop+lanePad+11), 0, "call stack")
	small.Write(s.c, margin+6, s.at(stackTop+lanePad+20.5), 0, "what runs, in order")
	label.Write(s.c, margin+6, s.at(queueTop+lanePad+11), 0, "microtask queue")
	small.Write(s.c, margin+6, s.at(queueTop+lanePad+20.5), 0, "when the tick ends")
	if rows > 0 {
		label.Write(s.c, margin+6, s.at(barsTop+15), 0, "awaits")
	}
	tick := theme.NewPen(9, font.WeightBold, theme.Ink())
	soft := theme.NewPen(9, font.WeightNormal, theme.Faint())
	for i, span := range columns {
		middle := column(i) + width/2
		if span.from < span.to {
			soft.Write(s.c, middle, s.at(stackTop-6), 0.5, fmt.Sprintf("ticks %d to %d", span.from, span.to))
			soft.Write(s.c, middle, s.at(stackTop+lanePad+11), 0.5, soft.Fit("… nothing marked …", width-8))
		} else {
			pen := tick
			if span.from > t.Ticks() {
				pen = soft
			}
			pen.Write(s.c, middle, s.at(stackTop-6), 0.5, fmt.Sprintf("tick %d", span.from))
		}
		s.lane(t, stack[i], column(i), width, stackTop)
		s.lane(t, queue[i], column(i), width, queueTop)
	}
	for _, b := range bars {
		s.bar(t, b, barsTop+vg.Length(b.row)*barRow)
	}
	s.y = bottom
}

func laneHeight(rows int) vg.Length {
	return max(2*lanePad+vg.Length(rows)*(cardHeight+cardGap)-cardGap, 30)
}

// lane draws the cards of one tick.
func (s *sketch) lane(t Timeline, cards []card, x, width, top vg.Length) {
	strong, pale := t.colors()
	pen := theme.NewPen(8.5, font.WeightNormal, theme.Ink())
	bold := theme.NewPen(8.5, font.WeightBold, theme.Ink())
	soft := theme.NewPen(8, font.WeightNormal, theme.Faint())
	y := top + lanePad
	for _, c := range cards {
		box := rounded(x+5, s.at(y+cardHeight), x+width-5, s.at(y))
		room := width - 22
		base := func(p theme.Pen) vg.Length { return p.Middle(s.at(y + cardHeight/2)) }
		switch {
		case c.rest:
			soft.Write(s.c, x+width/2, base(soft), 0.5, soft.Fit(c.text, room))
		case c.kind == "script":
			s.fill(box, theme.Grid())
			soft.Write(s.c, x+11, base(soft), 0, c.text)
		case c.kind == "":
			s.fill(box, color.White)
			s.stroke(box, theme.Grey(), 0.8, 3, 2)
			soft.Write(s.c, x+11, base(soft), 0, soft.Fit(c.text, room))
		case c.kind == Start:
			s.fill(box, color.White)
			s.stroke(box, strong, 1)
			pen.Write(s.c, x+11, base(pen), 0, pen.Fit(c.text, room))
		default:
			s.fill(box, pale)
			s.stroke(box, strong, 1)
			bold.Write(s.c, x+11, base(bold), 0, bold.Fit(c.text, room))
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

func (s *sketch) fill(p vg.Path, clr color.Color) {
	s.c.SetColor(clr)
	s.c.Fill(p)
}

func (s *sketch) stroke(p vg.Path, clr color.Color, width vg.Length, dashes ...vg.Length) {
	s.c.SetLineStyle(draw.LineStyle{Color: clr, Width: width, Dashes: dashes})
	s.c.Stroke(p)
}

// A bar is an await, or the part of it in one strip.
type bar struct {
	await  *Await
	x0, x1 vg.Length
	row    int
	// begins and ends say which ends are in this strip.
	begins, ends bool
	label        string
	at           vg.Length // where the label begins
}

// bars places the awaits of a strip in as few rows as their labels allow.
func (s *sketch) bars(t Timeline, columns []span, column func(int) vg.Length, width vg.Length) []bar {
	pen := theme.NewPen(8.5, font.WeightNormal, theme.Ink())
	// place returns the middle of a tick's column.
	place := func(tick int) (vg.Length, bool) {
		for i, span := range columns {
			if span.from <= tick && tick <= span.to {
				return column(i) + width/2, true
			}
		}
		return 0, false
	}
	from, to := columns[0].from, columns[len(columns)-1].to
	left, right := column(0), column(len(columns))
	var list []bar
	var ends []vg.Length // of what there is in each row
	omitted := 0
	for _, a := range t.Awaits {
		last := a.End
		if last < 0 {
			last = math.MaxInt
		}
		if a.Start > to || last < from {
			continue
		}
		b := bar{await: a, x0: left, x1: right, label: t.caption(a)}
		if x, ok := place(a.Start); ok {
			b.x0, b.begins = x, true
		}
		if x, ok := place(a.End); ok && a.End >= 0 {
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
		list = append(list, b)
	}
	if omitted > 0 {
		s.omits = append(s.omits, fmt.Sprintf("await=%s: %d awaits of ticks %d to %d are not drawn", t.Mode, omitted, from, to))
	}
	return list
}

// caption says what a bar stands for.
func (t Timeline) caption(a *Await) string {
	took := "never goes on"
	if a.End >= 0 {
		took = plural(a.Ticks(), "tick")
	}
	if a.Threw {
		took += ", throws"
	}
	operand := []rune(theme.Clean(a.Operand))
	const most = 28
	if len(operand) > most {
		operand = append(operand[:most-1], '…')
	}
	return fmt.Sprintf("%s await %s: %s", a.Label(), string(operand), took)
}

// bar draws an await below its caption: from where it suspends to where it goes on.
func (s *sketch) bar(t Timeline, b bar, top vg.Length) {
	strong, _ := t.colors()
	pen := theme.NewPen(8.5, font.WeightNormal, theme.Ink())
	y := s.at(top + 18)
	pen.Write(s.c, b.at, s.at(top+11), 0, b.label)
	line := draw.LineStyle{Color: strong, Width: 2.5}
	if b.await.End < 0 {
		line.Dashes = []vg.Length{4, 3}
	}
	s.c.StrokeLine2(line, b.x0, y, b.x1, y)
	if b.begins {
		s.ring(strong, vg.Point{X: b.x0, Y: y}, color.White)
	}
	if b.ends && b.await.Threw {
		cross := draw.LineStyle{Color: theme.Vermilion(), Width: 2}
		s.c.StrokeLine2(cross, b.x1-3.5, y-3.5, b.x1+3.5, y+3.5)
		s.c.StrokeLine2(cross, b.x1-3.5, y+3.5, b.x1+3.5, y-3.5)
	} else if b.ends {
		s.ring(strong, vg.Point{X: b.x1, Y: y}, strong)
	}
}

// ring draws the end of a bar.
func (s *sketch) ring(edge color.Color, at vg.Point, inside color.Color) {
	sty := draw.GlyphStyle{Color: edge, Radius: 4, Shape: draw.CircleGlyph{}}
	s.c.DrawGlyphNoClip(sty, at)
	sty.Color, sty.Radius = inside, 2.3
	s.c.DrawGlyphNoClip(sty, at)
}

// notes writes how to read it and what is left out.
func (s *sketch) notes(timelines []Timeline) {
	small := theme.NewPen(8, font.WeightNormal, theme.Faint())
	s.y += 8
	list := []string{"A filled card runs, or waits to run, in this order."}
	for _, t := range timelines {
		if len(t.steps()) > 0 {
			list[0] += " A dashed one is a job that the steps of ECMA-262 have for an await and no script can see, so its place among the others of its tick is not known: " +
				`"calls its then()" is a PromiseResolveThenableJob, "settles the wrapper" a PromiseReactionJob.`
			break
		}
	}
	if len(timelines[0].Snippet.sites) > 0 {
		list = append(list, extra)
	}
	for _, t := range timelines {
		list = append(list, t.notes()...)
	}
	slices.Sort(s.omits)
	if omits := slices.Compact(s.omits); len(omits) > 0 {
		list = append(list, "Left out: "+strings.Join(omits, "; ")+".")
	}
	for _, note := range list {
		for _, line := range small.Wrap(note, inner) {
			s.y += noteGap
			small.Write(s.c, margin, s.at(s.y), 0, line)
		}
	}
}
