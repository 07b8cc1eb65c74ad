// Package ranking finds out who is first among those that did the same work, as far
// as intervals tell.
package ranking

import (
	"cmp"
	"fmt"
	"slices"

	"promisebench/report/dataset"
	"promisebench/report/document"
	"promisebench/report/stats"
	"promisebench/report/text"
)

// An Entry is one of several that did the same work.
type Entry struct {
	Name    string
	Seconds []float64 // by round; less is better
	Time    stats.Summary
}

// A Ranking is entries, fastest median first, and what can be said of them.
type Ranking struct {
	dataset.Row // what they did; of its style or engine, only what all share
	Entries     []Entry
	// First holds those that may be the fastest: one if the whole interval of
	// each ratio other/first lies above 1, and one more for each that is not
	// distinguishable from it.
	First []Entry
	// Lead is the time of the next that is surely slower over that of the first,
	// a ratio above 1; without a value if there is none.
	Lead stats.Ratio
	Next string
}

// Of sorts entries, of which there is at least one, and compares each with the
// fastest. Which median is lowest is found in the same samples, so with entries that
// are equally fast the winner is luck, and then its interval holds 1.
func Of(row dataset.Row, entries []Entry) Ranking {
	slices.SortStableFunc(entries, func(a, b Entry) int { return cmp.Compare(a.Time.Center, b.Time.Center) })
	r := Ranking{Row: row, Entries: entries, First: entries[:1:1]}
	for _, other := range entries[1:] {
		ratio := stats.RatioOf(entries[0].Seconds, other.Seconds)
		switch {
		case ratio.Direction() != stats.Slower:
			r.First = append(r.First, other)
		case r.Next == "":
			r.Lead, r.Next = ratio, other.Name
		}
	}
	return r
}

// Names lists those that may be the fastest.
func (r Ranking) Names() string {
	var names []string
	for _, e := range r.First {
		names = append(names, text.Clip(e.Name, 40))
	}
	return text.List(names)
}

// Cells returns what tables say of a ranking: the first, its time, the next, the
// lead, and how many entries there are; see [Columns].
func (r Ranking) Cells() []document.Cell {
	names, lead := r.Names(), document.Text("")
	if len(r.First) > 1 {
		names += " (not distinguishable)"
	}
	if r.Next != "" {
		lead = document.Number(r.Lead.Center, r.Lead.String())
	}
	time := r.Entries[0].Time
	return []document.Cell{document.Text(names), document.Number(time.Center, time.String()), document.Text(text.Clip(r.Next, 40)), lead, document.Int(len(r.Entries))}
}

// Columns are the heads of [Ranking.Cells]; noun is what was ranked, in the plural.
func Columns(noun string) []document.Column {
	return document.Cols("fastest", ">time", "next", ">next / fastest [95%]", ">"+noun)
}

// mostRows is how many rows a table of findings has.
const mostRows = 8

// Table says who is first in a few rankings, and how far ahead: what stands in its
// first column is a noun. It is for findings.
func Table(title, noun, first string, list []Ranking) *document.Table {
	t := &document.Table{Title: title, Columns: document.Cols(noun, first, "next", ">× as long [95%]")}
	for _, r := range list[:min(mostRows, len(list))] {
		names := document.Text(r.Names())
		if len(r.First) > 1 {
			names.Marks = []int{t.Mark("not distinguishable at 95%: the interval of their ratio contains 1")}
		}
		cells := r.Cells()
		t.Add(document.Text(r.Label), names, cells[2], cells[3])
	}
	if more := len(list) - mostRows; more > 0 {
		t.Note(fmt.Sprintf("and %s, below", text.Count(more, "more "+noun)))
	}
	return t
}

// Tally counts who is fastest how often, such as "a is fastest at 3 of 5
// workloads and b at 1; 1 is inconclusive".
func Tally(list []Ranking, noun string) string {
	wins := make(map[string]int)
	var winners []string
	open := 0
	for _, r := range list {
		if len(r.First) > 1 {
			open++
			continue
		}
		name := r.First[0].Name
		if wins[name]++; wins[name] == 1 {
			winners = append(winners, name)
		}
	}
	slices.SortStableFunc(winners, func(a, b string) int { return cmp.Compare(wins[b], wins[a]) })
	total := text.Count(len(list), noun)
	if len(winners) == 0 {
		return "none is distinguishable as the fastest at any of " + total
	}
	var parts []string
	for i, name := range winners {
		if i == 0 {
			parts = append(parts, fmt.Sprintf("%s is fastest at %d of %s", text.Clip(name, 40), wins[name], total))
		} else {
			parts = append(parts, fmt.Sprintf("%s at %d", text.Clip(name, 40), wins[name]))
		}
	}
	said := text.List(parts)
	if open > 0 {
		said += fmt.Sprintf("; %d %s inconclusive", open, text.Verb(open, "is", "are"))
	}
	return said
}
