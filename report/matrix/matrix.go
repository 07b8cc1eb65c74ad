// Package matrix says what one run of workloads in styles on engines found: the
// times, who is fastest, every other unit, and how far the numbers can be trusted.
package matrix

import (
	"fmt"
	"slices"

	"promisebench/report/await"
	"promisebench/report/chart"
	"promisebench/report/dataset"
	"promisebench/report/document"
	"promisebench/report/provenance"
	"promisebench/report/ranking"
	"promisebench/report/text"
	"promisebench/report/unit"
)

// A Room has what its chapters share. Make it with [New].
type Room struct {
	results  *dataset.Results
	matrix   *dataset.Matrix
	modes    *await.Modes
	engines  []ranking.Ranking // of engines, for each workload and style
	ofStyles []styleRanking
}

// A styleRanking is a ranking of styles on one engine.
type styleRanking struct {
	ranking.Ranking
	engine string
}

// New ranks the engines and styles of a run.
func New(r *dataset.Results, modes *await.Modes) *Room {
	room := &Room{results: r, matrix: r.Matrix(), modes: modes}
	rows := withoutModes(room.matrix.Rows)
	room.engines = room.rankEngines(rows)
	room.ofStyles = room.rankStyles(rows)
	return room
}

// withoutModes returns the rows without their await modes, each once.
func withoutModes(rows []dataset.Row) []dataset.Row {
	var list []dataset.Row
	for _, row := range rows {
		row.Await = ""
		if len(list) == 0 || list[len(list)-1] != row {
			list = append(list, row)
		}
	}
	return list
}

// entry returns what was measured of a row on an engine, with the await that the
// engine comes with, if anything.
func (r *Room) entry(name string, row dataset.Row, engine string) (e ranking.Entry, ok bool) {
	p, ok := r.modes.Place(row, engine)
	if !ok {
		return e, false
	}
	of := unit.Time
	if r.matrix.Summary(p, unit.WithGC).N > 0 {
		of = unit.WithGC // who pays for garbage otherwise has it in his time
	}
	e = ranking.Entry{Name: name, Seconds: r.matrix.Samples(p, of), Time: r.matrix.Summary(p, of)}
	return e, e.Time.N > 0
}

// rankEngines ranks the engines for each workload and style, where there are at
// least two.
func (r *Room) rankEngines(rows []dataset.Row) []ranking.Ranking {
	var list []ranking.Ranking
	for _, row := range rows {
		var entries []ranking.Entry
		for _, e := range r.matrix.Engines {
			if entry, ok := r.entry(e, row, e); ok {
				entries = append(entries, entry)
			}
		}
		if len(entries) > 1 {
			list = append(list, ranking.Of(row, entries))
		}
	}
	return list
}

// rankStyles ranks the styles of each workload on each engine.
func (r *Room) rankStyles(rows []dataset.Row) []styleRanking {
	var list []styleRanking
	for group := range dataset.Workloads(rows) {
		for _, e := range r.matrix.Engines {
			var entries []ranking.Entry
			for _, row := range group {
				if entry, ok := r.entry(row.Style, row, e); ok {
					entries = append(entries, entry)
				}
			}
			if len(entries) > 1 {
				row := dataset.Row{Workload: group[0].Workload, Label: group[0].Label}
				list = append(list, styleRanking{ranking.Of(row, entries), e})
			}
		}
	}
	return list
}

// maxUnits is how many units have a table of their own on a page: a text may have
// any number of them.
const maxUnits = 20

// Chapters returns the chapters about who is fastest, times, and all other units.
func (r *Room) Chapters() []document.Chapter {
	fastest := document.Chapter{ID: "fastest", Title: "Who is fastest", Only: document.Markdown | document.Page,
		Tables: []*document.Table{r.engineTable(), r.styleTable()}}
	times := document.Chapter{ID: "times", Title: "Times", Charts: r.timeCharts()}
	counts := document.Chapter{ID: "counts", Title: "Ticks, memory and other units"}
	more := document.Chapter{ID: "units", Title: "More units", Only: document.Terminal | document.Markdown}
	for i, name := range r.matrix.Units() {
		switch t := r.unitTable(name); {
		case name == unit.Time:
			times.Tables = []*document.Table{t}
		case i < maxUnits:
			counts.Tables = append(counts.Tables, t)
		default:
			more.Tables = append(more.Tables, t)
		}
	}
	if n := len(more.Tables); n > 0 {
		counts.Text = []string{fmt.Sprintf("The tables of %s are in report.md.", text.Count(n, "more unit"))}
	}
	return []document.Chapter{fastest, times, counts, more}
}

// OtherChapter lists the benchmarks that are not part of the matrix.
func (r *Room) OtherChapter() document.Chapter {
	return document.Chapter{ID: "other", Title: "Other benchmarks", Tables: []*document.Table{r.otherTable()}}
}

// timeCharts returns a chart for each workload.
func (r *Room) timeCharts() []*chart.Chart {
	var charts []*chart.Chart
	for rows := range dataset.Workloads(r.matrix.Rows) {
		if c := r.timeChart(rows); c != nil {
			charts = append(charts, c)
		}
	}
	return charts
}

// timeChart shows the times of one workload, given its rows: a group for each
// style, a row for each engine, and in it the await modes one below the other; nil
// if there are none.
func (r *Room) timeChart(rows []dataset.Row) *chart.Chart {
	label, workload := rows[0].Label, rows[0].Workload
	var groups []chart.Group
	var shown []chart.Mark
	for len(rows) > 0 {
		modes := 1
		for modes < len(rows) && rows[modes].Style == rows[0].Style {
			modes++
		}
		g := chart.Group{Title: text.Clip(rows[0].Style, 60)}
		for _, engine := range r.matrix.Engines {
			if marks := r.timeMarks(rows[:modes], engine); len(marks) > 0 {
				g.Rows = append(g.Rows, chart.Row{Label: text.Clip(engine, 60), Marks: marks})
				shown = append(shown, slices.DeleteFunc(slices.Clone(marks), func(m chart.Mark) bool { return m.N == 0 })...)
			}
		}
		if len(g.Rows) > 0 {
			groups = append(groups, g)
		}
		rows = rows[modes:]
	}
	if len(shown) == 0 {
		return nil
	}
	ofThis := func(p dataset.Place) bool { return p.Workload == workload }
	notes := append(text.NotEmpty(r.matrix.UnusedNote(unit.Time, ofThis)), r.modes.Notes()...)
	return &chart.Chart{
		ID:       "time-" + text.Slug(label),
		Title:    label + ": time per operation",
		Subtitle: "lower is better",
		Intro:    "Median time per operation, lower is better.",
		Caption:  provenance.Caption(r.results, r.matrix.Engines, "median", shown, notes),
		Looks:    await.TimeLooks(),
		Dots:     "each dot: one sample",
		Body:     chart.Rows{Axis: chart.TimeAxis(shown), Groups: groups},
	}
}

// timeMarks are the times of one style on an engine, by await mode.
func (r *Room) timeMarks(rows []dataset.Row, engine string) []chart.Mark {
	var marks []chart.Mark
	for _, row := range rows {
		p := dataset.Place{Row: row, Engine: engine}
		mark := chart.Mark{Look: await.TimeLook(row.Style, row.Await), Summary: r.matrix.Summary(p, unit.Time)}
		kind, happened := r.matrix.Outcomes[p]
		if mark.N == 0 && !happened {
			continue
		}
		named := mark.Look.Legend != await.NoAwaitLook().Legend
		mark.Name = text.Clip(row.Style, 60) + ", " + text.Clip(engine, 60)
		if named {
			mark.Name += ", " + text.Clip(row.Await, 40)
		}
		switch {
		case mark.N == 0:
			mark.Text = kind.String()
		case mark.Bounded():
			mark.Text = mark.Summary.String()
		default:
			mark.Text = unit.Format(mark.Center, mark.Unit)
		}
		if named && mark.N == 0 || mark.N > 0 && await.IsOther(mark.Look) {
			mark.Text = text.Clip(row.Await, 12) + ": " + mark.Text
		}
		marks = append(marks, mark)
	}
	return marks
}
