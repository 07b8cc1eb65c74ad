package compare

import (
	"cmp"

	"promisebench/report/change"
	"promisebench/report/dataset"
	"promisebench/report/document"
	"promisebench/report/provenance"
	"promisebench/report/text"
)

// maxProblemBytes is the bound of each table of what could not be compared on the page,
// which with those of all other tables keeps it below 2 MB.
const maxProblemBytes = 150_000

// verdicts is the table for a terminal and a comment.
func (c *Comparison) verdicts() *document.Table {
	t := change.Verdicts(c.Rows, c.Plan)
	t.Title = c.title()
	t.Note(c.openNote(), c.changeNote(), c.powerNote(), c.countedNote(), c.layoutNote())
	for _, w := range c.Warnings() {
		t.Note("warning: " + w)
	}
	return t
}

// rowTable shows all rows.
func (c *Comparison) rowTable() *document.Table {
	t := change.All(c.byMetric(c.Rows), c.Plan)
	t.Note(c.changeNote(), c.powerNote(), c.countedNote())
	return t
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
