package matrix

import (
	"slices"

	"promisebench/report/dataset"
	"promisebench/report/document"
	"promisebench/report/provenance"
	"promisebench/report/ranking"
	"promisebench/report/text"
	"promisebench/report/unit"
)

// engineTable says which engine is fastest at what.
func (r *Room) engineTable() *document.Table {
	t := &document.Table{Title: "Fastest engine", Columns: append(document.Cols("workload", "style"), ranking.Columns("engines")...), Key: 2}
	for _, c := range r.engines {
		t.Add(append(document.Texts(c.Label, text.Clip(c.Style, 40)), c.Cells()...)...)
	}
	t.Note("each engine with the await it comes with, none emulated; next: the fastest of those that are surely slower, "+
		"that is, whose ratio to the fastest has its whole 95% interval above 1; the ratio is the median over "+provenance.Pairs(r.results),
		r.matrix.UnusedNote(unit.Time, dataset.Everywhere))
	return t
}

// styleTable says which style is fastest on which engine.
func (r *Room) styleTable() *document.Table {
	t := &document.Table{Title: "Fastest style", Columns: append(document.Cols("workload", "engine"), ranking.Columns("styles")...), Key: 2}
	for _, c := range r.ofStyles {
		t.Add(append(document.Texts(c.Label, text.Clip(c.engine, 40)), c.Cells()...)...)
	}
	t.Note("as above, for the styles of a workload on one engine", r.matrix.UnusedNote(unit.Time, dataset.Everywhere))
	return t
}

// A unitTable is the table of one unit while it is made.
type unitTable struct {
	*document.Table
	exact     bool
	few, many int // samples of cells
}

// unitTable shows one unit of the matrix, an engine per column.
func (r *Room) unitTable(name string) *document.Table {
	engines := r.enginesWith(name)
	t := unitTable{Table: &document.Table{Title: unit.Title(name), Columns: document.Cols("workload", "style", "await"), Key: 3}}
	for _, e := range engines {
		t.Columns = append(t.Columns, document.Column{Title: text.Clip(e, 40), Align: document.Right})
	}
	for _, row := range r.matrix.Rows {
		cells := document.Texts(row.Label, text.Clip(row.Style, 40), text.Clip(row.Await, 40))
		empty := true
		for _, e := range engines {
			cell, shown := r.unitCell(&t, dataset.Place{Row: row, Engine: e}, name)
			empty = empty && !shown
			cells = append(cells, cell)
		}
		if !empty {
			t.Add(cells...)
		}
	}
	if t.exact {
		t.Title += " (exact)"
		if !agree(t.Rows) {
			t.Mark("the engines do not agree, or not all of them gave a number")
		} else if len(engines) > 1 {
			t.Columns = append(t.Columns[:3:3], document.Column{Title: "all engines", Align: document.Right})
			for i, row := range t.Rows {
				t.Rows[i] = row[:4]
			}
		}
	}
	t.Note(t.samplesNote(), r.matrix.UnusedNote(name, dataset.Everywhere))
	return t.Table
}

// enginesWith lists the engines that have samples in a unit. One that only failed
// has its column in the table of times.
func (r *Room) enginesWith(name string) []string {
	return slices.DeleteFunc(slices.Clone(r.matrix.Engines), func(e string) bool {
		return name != unit.Time && !slices.ContainsFunc(r.matrix.Rows, func(row dataset.Row) bool {
			return r.matrix.Samples(dataset.Place{Row: row, Engine: e}, name) != nil
		})
	})
}

// unitCell makes the cell of a place. shown is false if it alone gives its row no
// reason to be there.
func (r *Room) unitCell(t *unitTable, p dataset.Place, name string) (cell document.Cell, shown bool) {
	s := r.matrix.Summary(p, name)
	kind, happened := r.matrix.Outcomes[p]
	switch {
	case s.N > 0:
		t.exact = t.exact || s.Exact
		if t.few == 0 || s.N < t.few {
			t.few = s.N
		}
		t.many = max(t.many, s.N)
		marks := t.MarkErrors(s.Warnings)
		if note := r.modes.Note(p); note != "" && !s.Exact {
			marks = append(marks, t.Mark(note))
		}
		if happened && kind == dataset.Failure {
			marks = append(marks, t.Mark("failed in another round, see failures"))
		}
		return document.Number(s.Center, s.String(), marks...), true
	case happened:
		return document.Text(kind.String(), t.Mark(provenance.ReasonNote(kind, r.matrix.Reasons[p]))), name == unit.Time
	}
	return document.Text(""), false
}

// agree reports whether every row says the same for all engines.
func agree(rows [][]document.Cell) bool {
	for _, row := range rows {
		for _, cell := range row[3:] {
			if cell.Text != row[3].Text || !slices.Equal(cell.Marks, row[3].Marks) {
				return false
			}
		}
	}
	return true
}

// samplesNote says what the numbers of a table are.
func (t *unitTable) samplesNote() string {
	n := text.Range(t.few, t.many)
	if t.exact {
		return "every sample gave this number, unless marked; n=" + n + " per cell"
	}
	return "median ± 95% interval of the median; n=" + n + " per cell"
}

// otherTable lists the benchmarks that are not part of the matrix.
func (r *Room) otherTable() *document.Table {
	found := make(map[string]bool)
	for _, c := range r.matrix.Others {
		for name := range c.Values {
			found[name] = true
		}
	}
	units := unit.Sort(found)
	t := &document.Table{Title: "Other benchmarks", Columns: document.Cols("name"), Key: 1}
	for _, name := range units {
		t.Columns = append(t.Columns, document.Column{Title: text.Clip(name, 40), Align: document.Right})
	}
	t.Columns = append(t.Columns, document.Column{Title: "n", Align: document.Right})
	for _, c := range r.matrix.Others {
		cells := document.Texts(c.Label)
		n := 0
		for _, name := range units {
			s := r.matrix.CellSummary(c, name)
			n = max(n, s.N)
			cells = append(cells, document.Number(s.Center, s.String(), t.MarkErrors(s.Warnings)...))
		}
		t.Add(append(cells, document.Int(n))...)
	}
	t.Note("median ± 95% interval of the median", r.matrix.UnusedOthers())
	return t
}
