package history

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"promisebench/report/document"
	"promisebench/report/text"
	"promisebench/report/unit"
)

// seriesColumns begins the columns of tables whose rows are about series; cells begins
// such a row.
func seriesColumns(more ...string) []document.Column {
	return document.Cols(append([]string{"benchmark", "environment"}, more...)...)
}

func (s *series) cells(more ...document.Cell) []document.Cell {
	return append(document.Texts(s.full(), s.env.name), more...)
}

// linkCell names a run's folder and leads to its file.
func (h *History) linkCell(r *run) document.Cell {
	return document.Cell{Text: text.Clip(r.folder(), 100), Link: h.link(r)}
}

// changeTable lists the changes, the latest first.
func (h *History) changeTable(list []change) *document.Table {
	t := &document.Table{
		Title:   "Changes",
		Columns: seriesColumns(">change [95%]", "direction", "between", "95% set", "what else changed there", "results after"),
		Key:     2,
		Notes: []string{"change: the level of up to 50 runs after it against up to 50 before it, as far as the next changes (Hodges-Lehmann shift), with its 95% interval; " +
			shapeOnly.String() + ": the distribution differs, but the interval of the change contains 0; " +
			"95% set: all other places are rejected at the 5% level; what else changed there is no proof of a cause"},
	}
	for _, c := range list {
		t.Add(c.cells(document.Number(c.Shift, c.size()), document.Text(c.direction().String()), document.Text(c.where()),
			document.Text(c.set()), document.Text(c.causes()), h.linkCell(c.runs[c.At].run))...)
	}
	if slices.ContainsFunc(list, func(c change) bool { return !c.Bounded() }) {
		t.Note("an interval needs at least 4 runs on both sides, or 3 and 5")
	}
	return t
}

// countTable lists the changes of units that are exact.
func (h *History) countTable() *document.Table {
	t := &document.Table{
		Title:   "Counts that changed",
		Columns: seriesColumns("unit", ">before", ">after", "between", "what else changed there", "results after"),
		Key:     2,
		Notes:   []string{"these units are declared exact, so that any difference is a change"},
	}
	for _, s := range h.series {
		units := make(map[string]bool)
		for name := range s.counts {
			units[name] = true
		}
		for _, name := range unit.Sort(units) {
			h.addCounts(t, s, name)
		}
	}
	return t
}

// addCounts adds the changes of one count. Those between base and head of a gate are
// none: a base beside each head would bring every change back.
func (h *History) addCounts(t *document.Table, s *series, name string) {
	counts, last := s.counts[name], -1
	for _, i := range s.searched {
		if i >= len(counts) || math.IsNaN(counts[i]) {
			continue
		}
		if last >= 0 && counts[last] != counts[i] {
			causes := s.differs(last, i)
			if causes == "" {
				causes = nothingElse
			}
			t.Add(s.cells(document.Text(text.Clip(name, 40)), countCell(counts[last]), countCell(counts[i]),
				document.Text(s.between(last, i)), document.Text(causes), h.linkCell(s.runs[i].run))...)
		}
		last = i
	}
}

func countCell(v float64) document.Cell { return document.Number(v, text.Number(v)) }

// percentCell shows a difference of logarithms as a share.
func percentCell(v float64) document.Cell {
	share := math.Expm1(v)
	return document.Number(share, text.Percent(share))
}

// seriesTable lists the series.
func (h *History) seriesTable() *document.Table {
	t := &document.Table{
		Title:   "Series",
		Columns: seriesColumns(">runs", "first run", "last run", ">last median", ">SD between runs", ">changes", ">detectable step (80% power)"),
		Key:     2,
		Notes: []string{
			"environment: see its table; runs: those at the same time count once in the search; SD between runs: standard deviation of their medians around the levels of the series",
			fmt.Sprintf("detectable step: the size of a step in the middle of the series that would be found in 80%% of cases if no other series had one; "+
				"below %d runs nothing can be found", h.fewest()),
			h.tracked(),
		},
	}
	for _, s := range h.series {
		first, last := s.runs[0], s.runs[len(s.runs)-1]
		between, step := document.Text(""), document.Text("too few runs")
		if len(s.searched) > 2 {
			between = percentCell(s.SD)
		}
		switch {
		case s.Detectable > 0:
			step = percentCell(s.Detectable)
		case len(s.searched) >= h.fewest():
			step = document.Text("only with other series")
		}
		t.Add(s.cells(document.Int(len(s.runs)), document.Text(first.when()), document.Text(last.when()),
			document.Number(last.Center, last.Summary.String()), between, document.Int(len(s.Changes)), step)...)
	}
	return t
}

// environmentTable says what the names of environments mean.
func (h *History) environmentTable() *document.Table {
	t := &document.Table{
		Title:   "Environments",
		Columns: document.Cols("environment", ">runs", "host", "settings"),
		Notes: []string{"the letter stands for the host, the number for the settings of the measurement; runs that differ in either are never joined into a series. " +
			"Versions of engines, of Go and of promisebench may differ within a series: to show their effect is what a history is for"},
	}
	for _, e := range h.environments {
		t.Add(document.Text(e.name), document.Int(e.runs),
			document.Text(text.Clip(strings.Join(e.host, ", "), 500)), document.Text(text.Clip(strings.Join(e.settings, ", "), 500)))
	}
	return t
}

// maxResults is the most rows of the table of runs: what a reader scrolls through. A
// page shows as many of them as any table may have.
const maxResults = 2000

// runTable lists what the latest runs say, the latest first.
func (h *History) runTable() *document.Table {
	t := &document.Table{
		Title:   "Runs",
		Columns: document.Cols("run", "benchmark", "environment", ">median", ">95% interval", ">samples", "version of the engine", "results"),
		Key:     1,
	}
	type place struct {
		series *series
		at     int
	}
	byRun := make(map[*run][]place)
	for _, s := range h.series {
		for i, r := range s.runs {
			byRun[r.run] = append(byRun[r.run], place{s, i})
		}
	}
	left := 0
	for _, r := range slices.Backward(h.runs) {
		for _, p := range byRun[r] {
			if len(t.Rows) == maxResults {
				left++
				continue
			}
			v := p.series.runs[p.at].Summary
			interval := "too few samples"
			if v.Bounded() {
				interval = "[" + unit.Format(v.Lo, v.Unit) + ", " + unit.Format(v.Hi, v.Unit) + "]"
			}
			t.Add(slices.Concat(document.Texts(r.when()), p.series.cells(document.Number(v.Center, unit.Format(v.Center, v.Unit)), document.Text(interval),
				document.Int(v.N), document.Text(versionText(p.series.version(p.at))), h.linkCell(r)))...)
		}
	}
	if left > 0 {
		t.Note(text.Count(left, "median") + " of older runs left out")
	}
	return t
}

// tracked says what series are made of, and how much has nothing of it.
func (h *History) tracked() string {
	said := "Tracked: times (sec/op), requests per second, and counts in exact units beside these; nothing else, such as memory or percentiles"
	if n := len(h.untracked); n > 0 {
		said += fmt.Sprintf(", so that %s %s neither time nor requests and no series", text.Count(n, "benchmark"), text.Verb(n, "has", "have"))
	}
	return said
}
