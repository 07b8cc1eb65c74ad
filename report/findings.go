package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

// This file writes what stands first on the page: what was compared, who is
// fastest, what the await optimization changes, and how sure that is. A finding
// is claimed only if the whole of its 95 % interval supports it; if not, the
// sentence says that it cannot be told.

// An answer is a question that readers come with, and what the results say.
type answer struct {
	Question string
	Hint     string   // what one must know to understand the answer
	First    string   // in one sentence
	Rest     []string // what else there is to say
	Table    *Table
	Page     *pageTable // Table as the page shows it
	More     string     // the section that has all of it
	Link     string     // what stands on the link to it
}

// answers returns the answers for the first screen.
func (r *Results) answers(m *matrix, engines []contest, styles []styleContest) []answer {
	if r.Empty() {
		return nil
	}
	if len(m.rows) == 0 {
		return figures{Results: r, m: m}.serverAnswers()
	}
	list := []answer{r.fastestAnswer(m, engines, styles), r.awaitAnswer(m), r.sureAnswer(m)}
	return slices.DeleteFunc(list, func(a answer) bool { return a.First == "" })
}

// headline returns what the first screen is about: async functions, if there
// are any, else the first style there is.
func headline[T any](all []T, style func(T) string) (chosen []T, name string) {
	if len(all) == 0 {
		return nil, ""
	}
	name = style(all[0])
	if slices.ContainsFunc(all, func(t T) bool { return style(t) == "async" }) {
		name = "async"
	}
	for _, t := range all {
		if style(t) == name {
			chosen = append(chosen, t)
		}
	}
	return chosen, name
}

// inStyle says a style in a sentence.
func inStyle(style string) string {
	if style == "async" {
		return "In async functions"
	}
	return "In style " + clip(style, 40)
}

// mostRows is how many rows a table of the first screen has.
const mostRows = 8

// fastestAnswer says who is fastest.
func (r *Results) fastestAnswer(m *matrix, engines []contest, styles []styleContest) answer {
	a := answer{Question: "Who is fastest at what?", More: "fastest", Link: "Every workload and style"}
	chosen, style := headline(engines, func(c contest) string { return c.style })
	switch {
	case len(chosen) > 0:
		a.First = inStyle(style) + ", " + tally(chosen, "workload") + "."
		a.Hint = "Each engine with the await that it comes with."
		a.Table = r.firstTable("The fastest engine of each workload", "workload", "fastest", chosen)
	case len(m.engines) == 1:
		a.First = fmt.Sprintf("Only %s was measured, so there is no engine to compare it with.", clip(m.engines[0], 40))
	default:
		a.First = "That cannot be told: no two engines did the same work, each with an await of its own."
	}
	if len(styles) > 0 {
		var contests []contest
		for _, c := range styles {
			contests = append(contests, c.contest)
		}
		a.Rest = append(a.Rest, "Of the styles of a workload on an engine, "+tally(contests, "case")+".")
	}
	if a.Table == nil && len(styles) == 0 {
		a.More = ""
	}
	return a
}

// firstTable says who is first in contests, and how far ahead: what stands in its
// first column is a noun.
func (r *Results) firstTable(title, noun, first string, contests []contest) *Table {
	t := &Table{Title: title, Header: []string{noun, first, "next", unbroken("× as long [95 %]")}, Align: []Align{Left, Left, Left, Right}}
	var n notes
	for _, c := range contests[:min(mostRows, len(contests))] {
		cells := r.contestCells(c)
		names := c.names()
		if len(c.first) > 1 {
			names = marked(names, n.mark("cannot be told apart: the interval of their ratio contains 1"))
		}
		t.Rows = append(t.Rows, []string{c.label, names, cells[2], cells[3]})
	}
	t.Notes = n.numbered()
	if more := len(contests) - mostRows; more > 0 {
		t.Notes = append(t.Notes, fmt.Sprintf("and %s, below", count(more, "more "+noun)))
	}
	return t
}

// tally counts who is fastest how often, such as "a is fastest at 3 of 5
// workloads and b at 1; at 1 it cannot be told".
func tally(contests []contest, noun string) string {
	wins := make(map[string]int)
	var winners []string
	open := 0
	for _, c := range contests {
		if len(c.first) > 1 {
			open++
			continue
		}
		name := c.first[0].name
		if wins[name]++; wins[name] == 1 {
			winners = append(winners, name)
		}
	}
	slices.SortStableFunc(winners, func(a, b string) int { return cmp.Compare(wins[b], wins[a]) })
	total := count(len(contests), noun)
	if len(winners) == 0 {
		return "it cannot be told who is fastest at any of " + total
	}
	var parts []string
	for i, name := range winners {
		if i == 0 {
			parts = append(parts, fmt.Sprintf("%s is fastest at %d of %s", clip(name, 40), wins[name], total))
		} else {
			parts = append(parts, fmt.Sprintf("%s at %d", clip(name, 40), wins[name]))
		}
	}
	text := enumerate(parts)
	if open > 0 {
		text += fmt.Sprintf("; at %d it cannot be told", open)
	}
	return text
}

// percent writes a share, such as "27 %".
func percent(v float64) string {
	switch v = 100 * math.Abs(v); {
	case v == 0:
		return "0 %"
	case v >= 1e4 || v < 0.01:
		return fmt.Sprintf("%.3g %%", v)
	case v >= 10:
		return fmt.Sprintf("%.0f %%", v)
	case v >= 1:
		return fmt.Sprintf("%.1f %%", v)
	}
	return fmt.Sprintf("%.2f %%", v)
}

// signed is percent with its sign: "-27 %" for a ratio of 0.73.
func signed(ratio float64) string {
	if ratio < 1 {
		return "-" + percent(ratio-1)
	}
	return "+" + percent(ratio-1)
}

// saysChange says in a sentence what the await optimization changes. mark is the
// number of a footnote.
func saysChange(c comparison, mark int) string {
	on, what := "On "+clip(c.engine, 40), c.label
	if c.style != "async" {
		what += " in style " + clip(c.style, 40)
	}
	times := what + "’s time"
	if strings.Contains(what, " ") {
		times = "the time of " + what
	}
	end := marked(".", mark)
	switch {
	case c.verdict() == faster:
		return fmt.Sprintf("%s, the await optimization saves %s of %s [%s, %s]%s", on,
			percent(1-c.ratio.Center), times, percent(1-c.ratio.Hi), percent(1-c.ratio.Lo), end)
	case c.verdict() == slower:
		return fmt.Sprintf("%s, the await optimization adds %s to %s [%s, %s]%s", on,
			percent(c.ratio.Center-1), times, percent(c.ratio.Lo-1), percent(c.ratio.Hi-1), end)
	case c.bounded():
		return fmt.Sprintf("%s, it cannot be told whether the await optimization changes %s: the interval is %s to %s%s", on,
			times, signed(c.ratio.Lo), signed(c.ratio.Hi), end)
	}
	return fmt.Sprintf("%s, it cannot be told whether the await optimization changes %s: %s, and an interval needs 6%s", on,
		times, count(c.ratio.n, "sample pair"), end)
}

// emulationMark returns the number of the footnote on results of a comparison
// of which one mode is emulated, else 0.
func (r *Results) emulationMark(n *notes, engine string) int {
	if r.emulated(engine, legacy) || r.emulated(engine, optimized) {
		return n.mark("one of the modes is emulated; the interval does not contain the error of the emulation")
	}
	return 0
}

// bounded reports whether the ratio has an interval. (The times have their own.)
func (c comparison) bounded() bool { return c.ratio.bounded() }

// awaitAnswer says what the await optimization changes.
func (r *Results) awaitAnswer(m *matrix) answer {
	a := answer{Question: "How much does the await optimization matter?", More: "await", Link: "Every comparison"}
	chosen, style := headline(r.comparisons(m), func(c comparison) string { return c.style })
	if len(chosen) == 0 {
		a.First, a.More = "These results cannot tell: nothing was measured both with legacy and with optimized await.", ""
		return a
	}
	a.Hint = "Until 2018 each await of a promise took three turns of the job queue, since then one. Here the same programs ran under both rules."
	var number [3]int
	var least, most *comparison
	for i, c := range chosen {
		number[c.verdict()]++
		if c.verdict() == faster {
			if least == nil || c.ratio.Center > least.ratio.Center {
				least = &chosen[i]
			}
			if most == nil || c.ratio.Center < most.ratio.Center {
				most = &chosen[i]
			}
		}
	}
	total := count(len(chosen), "comparison")
	at := func(c *comparison) string {
		return fmt.Sprintf("%s (%s on %s)", percent(1-c.ratio.Center), c.label, clip(c.engine, 40))
	}
	switch {
	case number[faster] == 1:
		a.First = fmt.Sprintf("%s, it saves time in 1 of %s: %s", inStyle(style), total, at(most))
	case number[faster] > 1:
		a.First = fmt.Sprintf("%s, it saves time in %d of %s, from %s to %s", inStyle(style), number[faster], total, at(least), at(most))
	default:
		a.First = fmt.Sprintf("%s, no time is saved for sure in any of %s", inStyle(style), total)
	}
	if number[slower] > 0 {
		a.First += fmt.Sprintf("; it costs time in %d", number[slower])
	}
	if number[undecided] > 0 {
		a.First += fmt.Sprintf("; in %d it cannot be told", number[undecided])
	}
	a.First += "."

	// A sentence to quote, on the first workload, natively measured if that can
	// be had. The others say the same in the table.
	quotes := slices.Clone(chosen)
	isEmulated := func(c comparison) int {
		if r.emulated(c.engine, legacy) || r.emulated(c.engine, optimized) {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(quotes, func(a, b comparison) int {
		return cmp.Or(compareWorkload(a.workload, b.workload, chosen), isEmulated(a)-isEmulated(b))
	})
	var n notes
	a.Rest = append(a.Rest, saysChange(quotes[0], r.emulationMark(&n, quotes[0].engine)))
	a.Table = r.changeTable(chosen, &n)
	return a
}

// compareWorkload puts the first workload of all first; the rest is as it was.
func compareWorkload(a, b string, all []comparison) int {
	first := all[0].workload
	switch {
	case a == first && b != first:
		return -1
	case a != first && b == first:
		return 1
	}
	return 0
}

// changeTable shows the change of the time by the await optimization, a
// workload per row and an engine per column. n has the footnotes so far.
func (r *Results) changeTable(list []comparison, n *notes) *Table {
	t := &Table{Title: "Change of the time by the await optimization", Header: []string{"workload"}, Align: []Align{Left}}
	rows := make(map[string]int)
	columns := make(map[string]int)
	left := 0
	for _, c := range list {
		column, ok := columns[c.engine]
		if !ok {
			if len(columns) == mostRows {
				left++
				continue
			}
			column = len(t.Header)
			columns[c.engine] = column
			t.Header = append(t.Header, marked(clip(c.engine, 40), r.emulationMark(n, c.engine)))
			t.Align = append(t.Align, Right)
		}
		i, ok := rows[c.workload]
		if !ok {
			if len(rows) == mostRows {
				left++
				continue
			}
			i = len(t.Rows)
			rows[c.workload] = i
			t.Rows = append(t.Rows, []string{c.label})
		}
		for len(t.Rows[i]) <= column {
			t.Rows[i] = append(t.Rows[i], "")
		}
		text := "too few samples"
		if c.bounded() {
			text = fmt.Sprintf("%s [%s, %s]", shortChange(c.ratio.Center, "%"), shortChange(c.ratio.Lo, ""), shortChange(c.ratio.Hi, ""))
			if c.verdict() == undecided {
				text = marked(text, n.mark("cannot be told: the interval contains no change"))
			}
		}
		t.Rows[i][column] = text
	}
	t.Notes = append([]string{"change of the time [95 % interval]"}, n.numbered()...)
	if left > 0 {
		t.Notes = append(t.Notes, fmt.Sprintf("and %s, below", count(left, "more comparison")))
	}
	return t
}

// shortChange is signed with another sign for percent, for narrow columns.
func shortChange(ratio float64, sign string) string {
	return strings.Replace(signed(ratio), " %", sign, 1)
}

// sureAnswer says how far all this can be trusted.
func (r *Results) sureAnswer(m *matrix) answer {
	a := answer{Question: "How sure are we?", More: "method", Link: "How this was measured"}
	var widths []float64
	widest, widestAt := 0.0, ""
	few, many, unbounded := math.MaxInt, 0, 0
	for _, row := range m.rows {
		for _, e := range m.engines {
			s := r.summary(m, place{row, e}, "sec/op")
			if s.n == 0 {
				continue
			}
			few, many = min(few, s.n), max(many, s.n)
			if !s.bounded() {
				unbounded++
				continue
			}
			w := max(s.Hi/s.Center, s.Center/s.Lo) - 1
			widths = append(widths, w)
			if w > widest {
				widest, widestAt = w, fmt.Sprintf("%s, %s, on %s", row.label, clip(row.style, 40), clip(e, 40))
			}
		}
	}
	slices.Sort(widths)
	switch {
	case many == 0:
		a.First = "There are no times, so nothing can be told about them."
	case len(widths) == 0:
		a.First = "Not at all: an interval needs 6 samples, and no time has as many."
	default:
		a.First = fmt.Sprintf("Half of the times are known to ±%s or better, the worst to ±%s", percent(widths[len(widths)/2]), percent(widest))
		if widestAt != "" {
			a.First += " (" + widestAt + ")"
		}
		a.First += "."
		a.Hint = "±: to the farther end of the 95 % interval of the median."
	}
	if many > 0 {
		n := fmt.Sprint(few)
		if few != many {
			n = fmt.Sprintf("%d to %d", few, many)
		}
		text := n + " samples of each time"
		if r.interleaved() {
			text += ", taken in rounds: each round takes one of every benchmark, in random order, so that drift of the machine falls on all alike."
		} else {
			text += "; the results do not say that they were taken side by side, so drift of the machine may look like a difference."
		}
		a.Rest = append(a.Rest, text)
	}
	if unbounded > 0 {
		a.Rest = append(a.Rest, fmt.Sprintf("%s fewer than 6 samples, so no interval.", has(unbounded, "time")))
	}
	if list := r.comparisons(m); len(list) > 0 {
		var number [3]int
		for _, c := range list {
			number[c.verdict()]++
		}
		text := fmt.Sprintf("Of %s of await modes, in all styles, %d are decided", count(len(list), "comparison"), number[faster]+number[slower])
		if len(list) >= 20 {
			text += fmt.Sprintf("; at 95 %% each, about %.0f intervals may miss what they are about", float64(len(list))/20)
		}
		a.Rest = append(a.Rest, text+".")
	}
	how := r.method(m)
	if how.Emulated {
		a.Rest = append(a.Rest, "Part of the await modes is emulated, by a rewrite that costs time of its own. The intervals do not contain that; "+
			"how much it was where it could be measured stands with the await modes, below.")
	}
	if how.SkipsTicks {
		a.Rest = append(a.Rest, "Engines whose await skips ticks (the Node 8 bug) do less work than the specification asks for, and are not ranked.")
	}
	a.Rest = append(a.Rest, "Intervals are about the noise of this run. Another machine, another version, even another start of the same "+
		"process can differ by more.")
	return a
}

// were says how many were something.
func were(n int, noun string) string {
	if n == 1 {
		return "1 " + noun + " was"
	}
	return count(n, noun) + " were"
}

// has says how many have something.
func has(n int, noun string) string {
	if n == 1 {
		return "1 " + noun + " has"
	}
	return count(n, noun) + " have"
}
