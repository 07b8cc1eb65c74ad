package compare

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"

	"promisebench/report/dataset"
	"promisebench/report/document"
	"promisebench/report/gate"
	"promisebench/report/provenance"
	"promisebench/report/stats"
	"promisebench/report/text"
	"promisebench/report/unit"
)

// Bounds of tables on the page in bytes, which together with those of all pages keep
// it below 2 MB. Of what is too much, unchanged rows go first.
const (
	maxRowBytes     = 850_000 // of the table of all rows
	maxProblemBytes = 150_000 // of each table of what could not be compared
)

// verdictCell is a verdict for readers.
func verdictCell(v gate.Verdict) document.Cell {
	c := document.Text(v.String())
	switch v {
	case gate.Regressed:
		c.Class = document.Regressed
	case gate.Improved:
		c.Class = document.Improved
	case gate.Unchanged:
		c.Class = document.Unchanged
	default:
		c.Class = document.Inconclusive
	}
	return c
}

// changeCell is a change, which is sorted by its ratio.
func changeCell(r Row) document.Cell { return document.Number(r.Ratio, r.change()) }

// centerCell is the middle of a side's values.
func centerCell(r Row, values []float64) document.Cell {
	center := stats.Median(values, r.Unit).Center
	if r.Kind == gate.Exact {
		return document.Number(center, strconv.FormatFloat(center, 'f', -1, 64))
	}
	return document.Number(center, unit.Format(center, r.Unit))
}

// changeHead is the heading of changes with intervals.
func (c *Comparison) changeHead() string {
	return fmt.Sprintf("change [%s]", percent(c.Plan.Confidence))
}

// fewRows shows the first few of rows with the same verdict, which is their heading.
func (c *Comparison) fewRows(rows []Row) *document.Table {
	if len(rows) == 0 {
		return nil
	}
	t := &document.Table{Columns: document.Cols(rows[0].Verdict.String(), "metric", ">"+c.changeHead())}
	for _, r := range rows[:min(mostRows, len(rows))] {
		t.Add(document.Text(r.label()), document.Text(r.metric()), changeCell(r))
	}
	if more := len(rows) - mostRows; more > 0 {
		t.Note(fmt.Sprintf("and %d more, below", more))
	}
	return t
}

// verdicts is the table for a terminal and a comment. Exact metrics in which nothing
// has changed are a note.
func (c *Comparison) verdicts() *document.Table {
	t := &document.Table{
		Title:   c.title(),
		Columns: document.Cols("benchmark", "metric", "verdict", ">base", ">head", ">"+c.changeHead(), ">p", ">n"),
		Key:     2,
	}
	same := make(map[string]int)
	var sameUnits []string
	for _, r := range c.Rows {
		if r.Kind == gate.Exact && r.Verdict == gate.Unchanged {
			if same[r.Unit]++; same[r.Unit] == 1 {
				sameUnits = append(sameUnits, r.Unit)
			}
			continue
		}
		p := document.Text("")
		if r.Kind != gate.Exact {
			p = document.Number(r.P, text.PValue(r.P))
		}
		t.Add(document.Text(r.label()), document.Text(text.Clip(r.Unit, 40)), verdictCell(r.Verdict),
			centerCell(r, r.Base), centerCell(r, r.Head), changeCell(r), p, document.Int(r.N))
	}
	for _, metric := range sameUnits {
		t.Note(sameNote(metric, same[metric]))
	}
	t.Note(c.changeNote(), c.powerNote())
	for _, w := range c.Warnings() {
		t.Note("warning: " + w)
	}
	return t
}

func sameNote(metric string, n int) string {
	return fmt.Sprintf("%s: the same on both sides in %s", text.Clip(metric, 40), text.Count(n, "benchmark"))
}

// lines is a table of texts.
func lines(title string, texts []string) *document.Table {
	t := &document.Table{Title: title, Columns: document.Cols("what")}
	for _, s := range texts {
		t.Add(document.Text(s))
	}
	return t
}

// problemTexts returns the texts of the problems.
func (c *Comparison) problemTexts() []string {
	var list []string
	for _, p := range c.Problems {
		list = append(list, p.Text)
	}
	return list
}

// rowTable shows all rows.
func (c *Comparison) rowTable() *document.Table {
	t := &document.Table{
		Title: "All comparisons",
		Columns: []document.Column{
			{Title: "benchmark", Wrap: true}, {Title: "metric"},
			{Title: "base", Align: document.Right}, {Title: "head", Align: document.Right}, {Title: c.changeHead(), Align: document.Right},
			{Title: "verdict"}, {Title: "why", Wrap: true},
		},
		Key:      1,
		MaxBytes: maxRowBytes,
		Keep: func(row []document.Cell) bool {
			return !slices.ContainsFunc(row, func(c document.Cell) bool { return c.Class == document.Unchanged })
		},
	}
	for _, r := range c.byMetric(c.Rows) {
		t.Add(document.Text(r.label()), document.Text(r.metric()), centerCell(r, r.Base), centerCell(r, r.Head), changeCell(r),
			verdictCell(r.Verdict), document.Text(r.reason(c.Plan.Alpha)))
	}
	t.Note(c.changeNote(), c.powerNote())
	return t
}

// exactTable shows what changed of that which does not vary.
func (c *Comparison) exactTable() *document.Table {
	t := &document.Table{Title: "Exact changes", Columns: document.Cols("benchmark", "metric", ">base", ">head", ">change", "verdict"), Key: 1}
	same := make(map[string]int)
	for _, r := range c.byMetric(c.Rows) {
		switch {
		case r.Kind != gate.Exact, math.IsNaN(r.Ratio): // what varies after all is not exact
		case r.Verdict == gate.Unchanged:
			same[r.Unit]++
		default:
			t.Add(document.Text(r.label()), document.Text(r.metric()), centerCell(r, r.Base), centerCell(r, r.Head), changeCell(r), verdictCell(r.Verdict))
		}
	}
	for _, metric := range c.config.Metrics {
		if n := same[metric]; n > 0 {
			t.Note(sameNote(metric, n))
		}
	}
	return t
}

// missingTable lists what is on one side only.
func (c *Comparison) missingTable() *document.Table {
	t := &document.Table{Title: "On one side only", Columns: document.Cols("benchmark", "what", "only in", "first at"), Key: 1, MaxBytes: maxProblemBytes}
	for _, p := range c.Problems {
		if p.kind == oneSided {
			t.Add(document.Texts(p.name, cmp.Or(p.unit, "all of it"), p.has.String(), p.at.String())...)
		}
	}
	return t
}

// failureTable lists all other problems, and what neither side can run.
func (c *Comparison) failureTable() *document.Table {
	t := &document.Table{Title: "Failures and skips", Columns: document.Cols("kind", "what"), MaxBytes: maxProblemBytes}
	for _, p := range c.Problems {
		switch p.kind {
		case failed:
			t.Add(document.Texts("failure", p.Text)...)
		case broken:
			t.Add(document.Texts("input", p.Text)...)
		}
	}
	for _, s := range c.skips {
		t.Add(document.Texts("skip", s)...)
	}
	return t
}

// inputTables list what is wrong with the lines of each side.
func (c *Comparison) inputTables() []*document.Table {
	var tables []*document.Table
	for _, p := range c.pairs {
		for _, s := range sides() {
			if t := provenance.Problems(p.of(s).Problems()); len(t.Rows) > 0 {
				t.Title = "Problems in " + s.String()
				tables = append(tables, t)
			}
		}
	}
	return tables
}

// conditionTable sets the conditions side by side.
func (c *Comparison) conditionTable() *document.Table {
	t := &document.Table{Title: "Conditions", Columns: document.Cols("condition", "base", "head", "difference"), Key: 1}
	marks := make(map[string]document.Cell)
	for _, d := range c.differences() {
		marks[d.key] = document.Text("differs")
		if d.matters {
			marks[d.key] = document.Cell{Text: "differs, and may matter", Class: document.Differs}
		}
	}
	keys, values := c.conditions()
	for _, key := range keys {
		if key != dataset.Command { // these stand by themselves
			t.Add(document.Text(text.Clip(key, 40)), document.Text(text.Clip(values[Base][key], 300)), document.Text(text.Clip(values[Head][key], 300)), marks[key])
		}
	}
	return t
}
