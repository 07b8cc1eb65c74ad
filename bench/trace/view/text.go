// Package view shows what package trace has recorded: as text for a terminal and
// as a drawing.
package view

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/clipperhouse/displaywidth"

	"promisebench/bench/trace"
	"promisebench/engines"
	"promisebench/report/text"
)

// A timeline is one with what is said of it.
type timeline struct{ trace.Timeline }

func wrap(timelines []trace.Timeline) []timeline {
	var list []timeline
	for _, t := range timelines {
		list = append(list, timeline{t})
	}
	return list
}

// sign stands in front of events of a kind.
func sign(k trace.Kind) string {
	switch k {
	case trace.Start:
		return "○"
	case trace.Resume:
		return "●"
	case trace.Throw:
		return "✕"
	}
	return "▪"
}

// WriteText shows timelines of one snippet and engine side by side, a row a tick,
// in lines of at most width columns. The error is w's.
func WriteText(w io.Writer, width int, list ...trace.Timeline) error {
	if len(list) == 0 {
		return nil
	}
	timelines := wrap(list)
	first := timelines[0]
	p := &page{width: width}
	p.line(text.Clean(first.Snippet.Name) + " on " + first.Engine + " " + text.Clean(first.Version))
	p.line("")
	p.grid(timelines)
	p.line("")
	p.awaits(timelines)
	p.notes(timelines)
	_, err := io.WriteString(w, p.out.String())
	return err
}

// A page is text of some width.
type page struct {
	width int
	out   strings.Builder
}

// line writes a line, cut off at the width.
func (p *page) line(s string) {
	p.out.WriteString(strings.TrimRight(fit(s, p.width), " ") + "\n")
}

// wrapped writes text, broken at spaces where it can be, with head in front of
// the first line and as much space in front of the others.
func (p *page) wrapped(head, s string) {
	indent := text.Width(head)
	for _, line := range text.Wrap(s, p.width-indent) {
		p.line(head + line)
		head = strings.Repeat(" ", indent)
	}
}

// fit cuts text off at a width on the terminal.
func fit(s string, width int) string { return displaywidth.TruncateString(s, width, "…") }

func pad(s string, width int) string {
	s = fit(s, width)
	return s + strings.Repeat(" ", max(0, width-text.Width(s)))
}

// grid writes the ticks.
func (p *page) grid(timelines []timeline) {
	const head = len("tick ")
	column := (p.width-head)/len(timelines) - len("| ")
	row := func(tick string, cells []string) {
		line := pad(tick, head)
		for _, c := range cells {
			line += "│ " + pad(c, column)
		}
		p.line(line)
	}
	var titles []string
	for _, t := range timelines {
		titles = append(titles, fmt.Sprintf("await=%s (%s)", t.Mode, t.Source))
	}
	row("tick", titles)
	p.line(strings.Repeat("─", head) + strings.Repeat("┼"+strings.Repeat("─", column+1), len(timelines)))
	for _, s := range spans(timelines) {
		if s.from < s.to {
			cells := make([]string, len(timelines))
			cells[0] = fmt.Sprintf("⋮ ticks %d to %d: nothing marked", s.from, s.to)
			row("   ⋮", cells)
			continue
		}
		cells := make([][]string, len(timelines))
		most := 1
		for i, t := range timelines {
			cells[i] = t.cell(s.from)
			most = max(most, len(cells[i]))
		}
		for n := range most {
			line := make([]string, len(timelines))
			for i := range cells {
				if n < len(cells[i]) {
					line[i] = cells[i][n]
				}
			}
			tick := ""
			if n == 0 {
				tick = fmt.Sprintf("%4d", s.from)
			}
			row(tick, line)
		}
	}
}

// cell returns the lines of a tick: what was seen, then what must have been.
func (t timeline) cell(tick int) []string {
	var lines []string
	for _, e := range t.Events {
		if e.Tick == tick {
			lines = append(lines, sign(e.Kind)+" "+happened(e))
		}
	}
	for _, s := range t.Steps()[tick] {
		lines = append(lines, "┊ "+s.Await.Label()+" "+s.Job)
	}
	return lines
}

// happened says what did in an event.
func happened(e trace.Event) string {
	switch e.Kind {
	case trace.Start:
		return "await " + e.Await.Label() + " starts"
	case trace.Resume:
		return "await " + e.Await.Label() + " resumes"
	case trace.Throw:
		return "await " + e.Await.Label() + " throws"
	}
	if name := strings.TrimSpace(text.Clean(strings.ReplaceAll(e.Name, "\n", " "))); name != "" {
		return name
	}
	return "(a mark without a name)"
}

// A span is some ticks.
type span struct{ from, to int }

// spans returns the ticks of timelines, with those joined in which nothing is
// known to happen if there are more than two of them.
func spans(timelines []timeline) []span {
	busy := map[int]bool{0: true}
	last := 0
	for _, t := range timelines {
		for _, e := range t.Events {
			busy[e.Tick] = true
		}
		for tick := range t.Steps() {
			busy[tick] = true
		}
		last = max(last, t.Ticks())
	}
	var list []span
	for from := 0; from <= last; {
		to := from
		for !busy[from] && to < last && !busy[to+1] {
			to++
		}
		if to-from < 2 {
			to = from
		}
		list = append(list, span{from, to})
		from = to + 1
	}
	return list
}

// awaits writes what each await expression cost.
func (p *page) awaits(timelines []timeline) {
	for site, at := range timelines[0].Snippet.Sites() {
		var kinds, costs []string
		for _, t := range timelines {
			times := t.times(site + 1)
			for _, a := range times {
				if kind := describe(a.Value); !slices.Contains(kinds, kind) {
					kinds = append(kinds, kind)
				}
			}
			costs = append(costs, t.cost(times))
		}
		what := fmt.Sprintf("#%d line %d: await %s", site+1, at.Line, text.Clean(at.Operand))
		if len(kinds) > 0 {
			value := " (" + strings.Join(kinds, ", ") + ")"
			what = fit(what, p.width-text.Width(value)) + value
		}
		p.line(what)
		for i, t := range timelines {
			p.wrapped(fmt.Sprintf("  %-9s  ", t.Mode), costs[i])
		}
		p.line("")
	}
}

// times returns the evaluations of an await expression.
func (t timeline) times(site int) []*trace.Await {
	var list []*trace.Await
	for _, a := range t.Awaits {
		if a.Site == site {
			list = append(list, a)
		}
	}
	return list
}

// notes writes what must be known to read the rest.
func (p *page) notes(timelines []timeline) {
	for _, n := range notes(timelines) {
		p.wrapped("", n)
	}
}

// extra says what extra promises are.
const extra = "Extra promises are those that the specification's steps make beside the awaited one."

// notes says what must be known of timelines.
func notes(timelines []timeline) []string {
	var list []string
	used := map[string]bool{}
	for _, t := range timelines {
		for _, e := range t.Events {
			used[sign(e.Kind)] = true
		}
		used["┊"] = used["┊"] || len(t.Steps()) > 0
	}
	var legend []string
	for _, s := range []struct{ sign, text string }{
		{"▪", "mark"}, {"○", "await suspends"}, {"●", "await resumes"}, {"✕", "await throws"}, {"┊", "job by the specification's steps, unseen"},
	} {
		if used[s.sign] {
			legend = append(legend, s.sign+" "+s.text)
		}
	}
	if len(legend) == 0 {
		list = append(list, "Nothing was awaited or marked. Say mark('name') where you want to look.")
	}
	if len(legend) > 0 {
		list = append(list, strings.Join(legend, " · "))
	}
	if len(timelines[0].Snippet.Sites()) > 0 {
		list = append(list, extra)
	}
	for _, t := range timelines {
		list = append(list, t.notes()...)
	}
	return list
}

func (t timeline) notes() []string {
	var list []string
	switch t.Source {
	case engines.Emulated:
		if len(t.Awaits) == 0 {
			break
		}
		list = append(list, `legacy is emulated here: each "await x" runs as "await legacy(x)" with legacy = async v => v, which makes the same promises, jobs and ticks.`)
	case engines.SkipsTicks:
		list = append(list, t.Engine+" skips ticks (the Node 8 bug): its await has the order of the optimized one and is wrong by the specification of its time, that of 2017.")
	}
	if t.Snippet.Opaque() != nil {
		list = append(list, "Only marks are shown, awaits are not. "+text.Clean(t.Snippet.Opaque().Error()))
	}
	if t.Cut {
		list = append(list, fmt.Sprintf("await=%s: there were more events than fit, or some after 10,000 ticks, as those of timers are; they are left out.", t.Mode))
	}
	for _, reason := range t.Unhandled {
		list = append(list, fmt.Sprintf("await=%s: rejected without a handler: %s", t.Mode, text.Clean(reason)))
	}
	return list
}
