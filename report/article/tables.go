package article

import (
	"fmt"
	"slices"

	"promisebench/report/await"
	"promisebench/report/dataset"
	"promisebench/report/document"
	"promisebench/report/provenance"
	"promisebench/report/stats"
	"promisebench/report/text"
)

// This file has the tables of ratios, the article's beside those of here.

// ratioCells returns the cells "here" and "n" of a ratio, of which there must be one.
func ratioCells(t *document.Table, r stats.Ratio, format func(float64) string) []document.Cell {
	unequal := ""
	if r.Unequal {
		unequal = "not every sample has a partner"
	}
	here := document.Text(r.Text(format), t.Mark(unequal))
	if r.Bounded() {
		here = document.Number(r.Center, here.Text, here.Marks...)
	}
	return []document.Cell{here, document.Int(r.N)}
}

// A claim is what a table of ratios new/old is about: a row for each row of the
// article.
type claim struct {
	title, note string
	article     func(shownRow) float64 // its ratio; 0 if it has none
	places      func(measuredRow) (old, new dataset.Place)
	format      func(float64) string // writes a ratio
}

// table makes the table. Rows that were not measured stand there for the article's own
// operations in flight only; without any other, there is no table.
func (c claim) table(r *dataset.Results) *document.Table {
	t := &document.Table{
		Title:   "Article vs here: " + c.title,
		Columns: document.Cols("workload", "style", ">article", ">here [95%]", ">n"),
	}
	found := false
	for _, base := range []string{doxbee, parallel} {
		rows := rowsOf(r, base)
		for _, a := range rows {
			said := c.article(a.shownRow)
			if said == 0 {
				continue
			}
			row := []document.Cell{document.Text(a.label), document.Text(a.title), document.Number(said, c.format(said))}
			old, new := c.places(a)
			ratio := stats.RatioOf(times(r, old), times(r, new))
			switch {
			case ratio.N > 0:
				found = true
				t.Add(append(row, ratioCells(t, ratio, c.format)...)...)
			case a.workload == rows[0].workload:
				t.Add(append(row, document.Text("not measured"))...)
			}
		}
	}
	if !found {
		return nil
	}
	t.Note(c.note+", "+medianOver(r), windowNote(r), unusedNote(r))
	return t
}

// medianOver says what the number of a ratio is.
func medianOver(r *dataset.Results) string {
	return "median over " + provenance.Pairs(r) + ", with its 95% interval"
}

// versionsTable says how much faster the newest version of the article is than its
// oldest.
func versionsTable(r *dataset.Results, modes *await.Modes) *document.Table {
	return claim{
		title:   fmt.Sprintf("from Node.js %d to %d", oldest, newest),
		note:    fmt.Sprintf("time on Node.js %d / time on Node.js %d: how many times faster Node.js %[2]d is", oldest, newest),
		article: func(a shownRow) float64 { return a.onNode(oldest) / a.onNode(newest) },
		places: func(a measuredRow) (old, new dataset.Place) {
			// The newer is the base: how many times faster it is.
			return a.byDefault(r, modes, nodeEngine(newest)), a.byDefault(r, modes, nodeEngine(oldest))
		},
		format: text.ThreeDigits,
	}.table(r)
}

// flagTable says what the await optimization changes, by the flag alone.
func flagTable(r *dataset.Results, modes *await.Modes) *document.Table {
	if modes.Emulated(flagged, dataset.Legacy) || modes.Emulated(flagged, dataset.Optimized) {
		return nil
	}
	return claim{
		title: "the await optimization",
		note:  fmt.Sprintf("change of the time by --harmony-await-optimization alone; article: V8 7.2; here: Node.js 11 (V8 %s)", modes.V8(flagged)),
		article: func(a shownRow) float64 {
			if a.style != "async" {
				return 0
			}
			return a.flag[2] / a.flag[1]
		},
		places: func(a measuredRow) (old, new dataset.Place) {
			return a.at(r, flagged, dataset.Legacy), a.at(r, flagged, dataset.Optimized)
		},
		format: text.ChangeTenths,
	}.table(r)
}

// stylesTable compares async functions with hand-written promises on all engines.
func stylesTable(r *dataset.Results, modes *await.Modes) *document.Table {
	t := &document.Table{
		Title:   "Article vs here: async functions against hand-written promises",
		Columns: document.Cols("workload", "engine", ">V8", "await", ">article", ">here [95%]", ">n"),
	}
	rows := slices.Concat(rowsOf(r, doxbee), rowsOf(r, parallel))
	for i, async := range rows {
		if async.style != "async" {
			continue
		}
		promise := rows[slices.IndexFunc(rows[:i], func(a measuredRow) bool {
			return a.workload == async.workload && a.style == "promise"
		})]
		for _, e := range nodesFirst(r.Matrix().Engines) {
			for n, mode := range modes.Own(e) {
				at := async.at(r, e, mode)
				ratio := stats.RatioOf(times(r, promise.at(r, e, mode)), times(r, at))
				if ratio.N == 0 {
					continue
				}
				row := []document.Cell{
					document.Text(async.label), document.Text(text.Clip(e, 40)), document.Text(modes.V8(e)),
					document.Text(mode, t.Mark(modes.Note(at))), articleStyles(t, async.shownRow, promise.shownRow, e, mode, n == 0),
				}
				t.Add(append(row, ratioCells(t, ratio, text.ThreeDigits)...)...)
			}
		}
	}
	t.Note("time of async functions / time of promises, "+medianOver(r)+"; below 1, async functions are faster; "+
		"await is what the engine has by itself, the mode it comes with first", windowNote(r), unusedNote(r))
	return t
}

// articleStyles is the article's ratio of async functions to promises on an engine in an
// await mode, which may be the one that the engine comes with; empty if it has none.
func articleStyles(t *document.Table, async, promise shownRow, engine, mode string, own bool) document.Cell {
	if engine == flagged {
		bar := 1
		if mode == dataset.Optimized {
			bar = 2
		}
		ratio := async.flag[bar] / promise.flag[bar]
		return document.Number(ratio, text.ThreeDigits(ratio), t.Mark("article: V8 7.2, without and with --harmony-await-optimization"))
	}
	version, _ := nodeVersion(engine)
	ms := async.onNode(version)
	if ms == 0 || !own {
		return document.Text("")
	}
	ratio := ms / promise.onNode(version)
	return document.Number(ratio, text.ThreeDigits(ratio))
}

// nodesFirst returns the versions of Node.js, oldest first, then the other engines.
func nodesFirst(engines []string) []string {
	return slices.Concat(nodesOf(engines), slices.DeleteFunc(slices.Clone(engines), func(e string) bool {
		_, ok := nodeVersion(e)
		return ok
	}))
}
