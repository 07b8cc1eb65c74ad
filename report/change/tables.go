package change

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"promisebench/report/document"
	"promisebench/report/gate"
	"promisebench/report/stats"
	"promisebench/report/text"
	"promisebench/report/unit"
)

// maxRowBytes is the bound of the table of all rows on the page, which with those of
// all other tables keeps it below 2 MB. Unchanged rows go first.
const maxRowBytes = 850_000

// mostRows is how many rows the table of a finding has.
const mostRows = 8

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

// cell is the row's change, which is sorted by its ratio.
func (r Row) cell() document.Cell { return document.Number(r.Ratio, r.Change()) }

// center is the middle of a side's values.
func (r Row) center(values []float64) document.Cell {
	center := stats.Median(values, r.Unit).Center
	if r.Kind == gate.Exact {
		return document.Number(center, strconv.FormatFloat(center, 'f', -1, 64))
	}
	return document.Number(center, unit.Format(center, r.Unit))
}

// changeHead is the heading of changes with intervals.
func changeHead(plan gate.Plan) string { return fmt.Sprintf("change [%s]", Percent(plan.Confidence)) }

// First shows the first few of rows with the same verdict, which is their heading; nil
// if there are none.
func First(rows []Row, plan gate.Plan) *document.Table {
	if len(rows) == 0 {
		return nil
	}
	t := &document.Table{Columns: document.Cols(rows[0].Verdict.String(), "metric", ">"+changeHead(plan))}
	for _, r := range rows[:min(mostRows, len(rows))] {
		t.Add(document.Text(r.Label()), document.Text(r.Metric()), r.cell())
	}
	if more := len(rows) - mostRows; more > 0 {
		t.Note(fmt.Sprintf("and %d more, below", more))
	}
	return t
}

// Verdicts is the table for a terminal and a comment. Exact metrics in which nothing
// has changed are a note.
func Verdicts(rows []Row, plan gate.Plan) *document.Table {
	t := &document.Table{
		Columns: document.Cols("benchmark", "metric", "verdict", ">base", ">head", ">"+changeHead(plan), ">p", ">n"),
		Key:     2,
	}
	same := sameRows{}
	for _, r := range rows {
		if r.Kind == gate.Exact && r.Verdict == gate.Unchanged {
			same.add(r)
			continue
		}
		p := document.Text("")
		if r.Kind.Tested() {
			p = document.Number(r.P, text.PValue(r.P))
		}
		t.Add(document.Text(r.Label()), document.Text(text.Clip(r.Unit, 40)), verdictCell(r.Verdict),
			r.center(r.Base), r.center(r.Head), r.cell(), p, document.Int(r.N))
	}
	same.note(t)
	return t
}

// All shows all rows with the reasons for their verdicts.
func All(rows []Row, plan gate.Plan) *document.Table {
	t := &document.Table{
		Title: "All comparisons",
		Columns: []document.Column{
			{Title: "benchmark", Wrap: true}, {Title: "metric"},
			{Title: "base", Align: document.Right}, {Title: "head", Align: document.Right}, {Title: changeHead(plan), Align: document.Right},
			{Title: "verdict"}, {Title: "why", Wrap: true},
		},
		Key:      1,
		MaxBytes: maxRowBytes,
		Keep: func(row []document.Cell) bool {
			return !slices.ContainsFunc(row, func(c document.Cell) bool { return c.Class == document.Unchanged })
		},
	}
	for _, r := range rows {
		t.Add(document.Text(r.Label()), document.Text(r.Metric()), r.center(r.Base), r.center(r.Head), r.cell(),
			verdictCell(r.Verdict), document.Text(r.reason(plan.Alpha)))
	}
	return t
}

// Exact shows what changed of that which does not vary.
func Exact(rows []Row) *document.Table {
	t := &document.Table{Title: "Exact changes", Columns: document.Cols("benchmark", "metric", ">base", ">head", ">change", "verdict"), Key: 1}
	same := sameRows{}
	for _, r := range rows {
		switch {
		case r.Kind != gate.Exact, math.IsNaN(r.Ratio): // what varies after all is not exact
		case r.Verdict == gate.Unchanged:
			same.add(r)
		default:
			t.Add(document.Text(r.Label()), document.Text(r.Metric()), r.center(r.Base), r.center(r.Head), r.cell(), verdictCell(r.Verdict))
		}
	}
	same.note(t)
	return t
}

// sameRows counts exact rows without a change by unit.
type sameRows struct {
	units []string // in the order in which they were first met
	count map[string]int
}

func (s *sameRows) add(r Row) {
	if s.count == nil {
		s.count = make(map[string]int)
	}
	if s.count[r.Unit]++; s.count[r.Unit] == 1 {
		s.units = append(s.units, r.Unit)
	}
}

// note puts the counts below a table.
func (s *sameRows) note(t *document.Table) {
	for _, metric := range s.units {
		t.Note(fmt.Sprintf("%s: the same on both sides in %s", text.Clip(metric, 40), text.Count(s.count[metric], "benchmark")))
	}
}
