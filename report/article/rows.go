package article

import (
	"cmp"
	"slices"
	"strings"

	"promisebench/report/await"
	"promisebench/report/dataset"
	"promisebench/report/text"
	"promisebench/report/unit"
)

// This file finds the results that stand where the article has a bar.

// A measuredRow is a row of the article for one number of operations in flight.
type measuredRow struct {
	shownRow
	workload, label string
}

// rowsOf returns the article's rows about a workload as they were measured, if they
// were: with the article's 10,000 operations in flight first, if the names say how
// many, then those whose names say nothing of it; all without variants.
func rowsOf(r *dataset.Results, base string) []measuredRow {
	list := r.Matrix().Rows
	var rows []measuredRow
	for _, workload := range []string{base + articleWindow, base} {
		i := slices.IndexFunc(list, func(row dataset.Row) bool { return row.Workload == workload })
		if i < 0 {
			continue
		}
		for _, a := range shownRows() {
			if a.base == base {
				rows = append(rows, measuredRow{a, workload, list[i].Label})
			}
		}
	}
	return rows
}

const articleWindow = "/window=10000"

// firstRowsOf is rowsOf for columns: only the first number of operations in flight.
func firstRowsOf(r *dataset.Results, base string) []measuredRow {
	rows := rowsOf(r, base)
	return slices.DeleteFunc(rows, func(a measuredRow) bool { return a.workload != rows[0].workload })
}

// inFlight begins to say how many operations were in flight, if the name does. If not,
// the conditions do, in the caption.
func inFlight(workload string) string {
	if strings.HasSuffix(workload, articleWindow) {
		return "10,000 operations in flight; "
	}
	return ""
}

// at returns where the results of a row are that were measured on an engine in an
// await mode. A style without await is in no mode, but it was recorded in one:
// whichever it is, those are its results.
func (a measuredRow) at(r *dataset.Results, engine, mode string) dataset.Place {
	m := r.Matrix()
	p := dataset.Place{Row: dataset.Row{Workload: a.workload, Label: a.label, Style: a.style, Await: mode}, Engine: engine}
	if !dataset.HasNoAwait(a.style) {
		return p
	}
	modes := []string{mode, dataset.Optimized, dataset.Legacy}
	for _, found := range []func(dataset.Place) bool{
		func(p dataset.Place) bool { return m.Cells[p] != nil },
		m.Happened, // nothing was measured, but it is known why
	} {
		for _, p.Await = range modes {
			if found(p) {
				return p
			}
		}
	}
	p.Await = mode
	return p
}

// byDefault is at for the await mode that the engine comes with. In transpiled code the
// engine's own await does not occur: what waits instead does so as the optimized await
// does, and did in the article's time.
func (a measuredRow) byDefault(r *dataset.Results, modes *await.Modes, engine string) dataset.Place {
	if dataset.TranspiledAway(a.style) {
		return a.at(r, engine, dataset.Optimized)
	}
	return a.at(r, engine, modes.Default(engine))
}

// unusedNote says how much of what the figures are about could not be used.
func unusedNote(r *dataset.Results) string {
	return r.Matrix().UnusedNote(unit.Time, func(p dataset.Place) bool {
		return strings.HasPrefix(p.Workload, doxbee) || strings.HasPrefix(p.Workload, parallel)
	})
}

// windowNote says what names without a number of operations in flight mean.
func windowNote(r *dataset.Results) string {
	return "operations in flight: " + cmp.Or(text.Clip(r.Condition(dataset.Window), 60), "not stated")
}
