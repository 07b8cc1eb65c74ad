package await

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"promisebench/report/dataset"
	"promisebench/report/document"
	"promisebench/report/stats"
	"promisebench/report/text"
)

// Finding says what the await optimization changes.
func (m *Modes) Finding() document.Finding {
	f := document.Finding{Question: "How much does the await optimization matter?", Chapter: "await", Link: "Every comparison"}
	chosen, style := Headline(m.Comparisons, func(c Comparison) string { return c.Style })
	if len(chosen) == 0 {
		f.Answer, f.Chapter = "Not available: nothing was measured both with legacy and with optimized await.", ""
		return f
	}
	f.Hint = "Until 2018 each await of a promise took three turns of the job queue, since then one. Here the same programs ran under both rules."
	f.Answer = InStyle(style) + ", " + saved(chosen) + "."
	f.Details = []string{m.quote(chosen)}
	f.Table = m.changeTable(chosen)
	return f
}

// Headline returns what findings are about: async functions, if there are any, else
// the first style there is.
func Headline[T any](all []T, style func(T) string) (chosen []T, name string) {
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

// InStyle begins a sentence about a style.
func InStyle(style string) string {
	if style == "async" {
		return "In async functions"
	}
	return "In style " + text.Clip(style, 40)
}

// saved says how much time is saved where, in a clause.
func saved(list []Comparison) string {
	number := directions(list)
	var least, most *Comparison
	for i, c := range list {
		if c.Ratio.Direction() != stats.Faster {
			continue
		}
		if least == nil || c.Ratio.Center > least.Ratio.Center {
			least = &list[i]
		}
		if most == nil || c.Ratio.Center < most.Ratio.Center {
			most = &list[i]
		}
	}
	total := text.Count(len(list), "comparison")
	at := func(c *Comparison) string {
		return fmt.Sprintf("%s (%s on %s)", text.Percent(1-c.Ratio.Center), c.Label, text.Clip(c.Engine, 40))
	}
	var said string
	switch number[stats.Faster] {
	case 0:
		said = fmt.Sprintf("it saves no time in any of %s", total)
	case 1:
		said = fmt.Sprintf("it saves time in 1 of %s: %s", total, at(most))
	default:
		said = fmt.Sprintf("it saves time in %d of %s, from %s to %s", number[stats.Faster], total, at(least), at(most))
	}
	if n := number[stats.Slower]; n > 0 {
		said += fmt.Sprintf("; it costs time in %d", n)
	}
	if n := number[stats.Inconclusive]; n > 0 {
		said += fmt.Sprintf("; %d %s inconclusive", n, text.Verb(n, "is", "are"))
	}
	return said
}

// quote is a sentence to quote, on the first workload, natively measured if that is
// available. The table says the same of the others.
func (m *Modes) quote(list []Comparison) string {
	emulated := func(c Comparison) int { return len(m.emulationNote(c.Engine)) }
	c := slices.MinFunc(list, func(a, b Comparison) int {
		first := func(c Comparison) int {
			if c.Workload == list[0].Workload {
				return 0
			}
			return 1
		}
		return cmp.Or(first(a)-first(b), emulated(a)-emulated(b))
	})
	said := change(c)
	if emulated(c) > 0 {
		said += " (one of the modes is emulated)"
	}
	return said + "."
}

// change says in a sentence what the await optimization changes.
func change(c Comparison) string {
	on, what := "On "+text.Clip(c.Engine, 40), c.Label
	if c.Style != "async" {
		what += " in style " + text.Clip(c.Style, 40)
	}
	times := what + "'s time"
	if strings.Contains(what, " ") {
		times = "the time of " + what
	}
	r := c.Ratio
	switch {
	case r.Direction() == stats.Faster:
		return fmt.Sprintf("%s, the await optimization saves %s of %s [%s, %s]", on,
			text.Percent(1-r.Center), times, text.Percent(1-r.Hi), text.Percent(1-r.Lo))
	case r.Direction() == stats.Slower:
		return fmt.Sprintf("%s, the await optimization adds %s to %s [%s, %s]", on,
			text.Percent(r.Center-1), times, text.Percent(r.Lo-1), text.Percent(r.Hi-1))
	case r.Bounded():
		return fmt.Sprintf("%s, it is inconclusive whether the await optimization changes %s: the interval is %s to %s", on,
			times, text.Change(r.Lo), text.Change(r.Hi))
	}
	return fmt.Sprintf("%s, it is inconclusive whether the await optimization changes %s: %s, and an interval needs %d", on,
		times, text.Count(r.N, "sample pair"), stats.MinBounded)
}

// emulationNote is the footnote on results of comparisons of which one mode is
// emulated, "" if none is.
func (m *Modes) emulationNote(engine string) string {
	if m.Emulated(engine, dataset.Legacy) || m.Emulated(engine, dataset.Optimized) {
		return "one of the modes is emulated; the interval does not contain the error of the emulation"
	}
	return ""
}

// most is how many rows and columns a table of findings has.
const most = 8

// changeTable shows the change of the time by the await optimization, a
// workload per row and an engine per column.
func (m *Modes) changeTable(list []Comparison) *document.Table {
	t := &document.Table{Title: "Change of the time by the await optimization", Columns: document.Cols("workload")}
	rows, columns := make(map[string]int), make(map[string]int)
	left := 0
	for _, c := range list {
		column, ok := columns[c.Engine]
		if !ok {
			if len(columns) == most {
				left++
				continue
			}
			column = len(t.Columns)
			columns[c.Engine] = column
			t.Columns = append(t.Columns, document.Column{Title: text.Clip(c.Engine, 40), Align: document.Right, Marks: []int{t.Mark(m.emulationNote(c.Engine))}})
		}
		i, ok := rows[c.Workload]
		if !ok {
			if len(rows) == most {
				left++
				continue
			}
			i = len(t.Rows)
			rows[c.Workload] = i
			t.Add(document.Text(c.Label))
		}
		for len(t.Rows[i]) <= column {
			t.Rows[i] = append(t.Rows[i], document.Text(""))
		}
		cell := document.Text("too few samples")
		if r := c.Ratio; r.Bounded() {
			cell = document.Number(r.Center, fmt.Sprintf("%s [%s, %s]", text.Change(r.Center), text.ShortChange(r.Lo), text.ShortChange(r.Hi)))
			if r.Direction() == stats.Inconclusive {
				cell.Marks = []int{t.Mark("inconclusive: the interval contains no change")}
			}
		}
		t.Rows[i][column] = cell
	}
	t.Note("change of the time [95% interval]")
	if left > 0 {
		t.Note(fmt.Sprintf("and %s, below", text.Count(left, "more comparison")))
	}
	return t
}
