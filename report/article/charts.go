package article

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"promisebench/report/await"
	"promisebench/report/chart"
	"promisebench/report/dataset"
	"promisebench/report/provenance"
	"promisebench/report/text"
	"promisebench/report/unit"
)

// This file draws the figures.

// A figure is one that is being put together.
type figure struct {
	chart.Chart
	body chart.Columns
	gaps bool // nobody tried to measure some columns
}

// begin begins a group of columns.
func (f *figure) begin(title string) {
	f.body.Groups = append(f.body.Groups, chart.ColumnGroup{Title: title})
}

// add adds a column to the last group. tried says whether somebody tried to measure it.
func (f *figure) add(c chart.Column, tried bool) {
	g := &f.body.Groups[len(f.body.Groups)-1]
	c.Name = text.Clip(g.Title, 60)
	for i, head := range f.body.Heads {
		c.Name += ", " + head + " " + c.Labels[i]
	}
	if !tried {
		c.Text, c.Words = "–", "not measured"
		f.gaps = true
	}
	g.Columns = append(g.Columns, c)
}

// finish returns the chart with what it says of the conditions; nil if it shows no
// value.
func (f *figure) finish(r *dataset.Results, engines []string, notes ...string) *chart.Chart {
	var shown []chart.Mark
	for _, g := range f.body.Groups {
		for _, c := range g.Columns {
			if c.N > 0 {
				shown = append(shown, c.Mark)
			}
		}
	}
	if len(shown) == 0 {
		return nil
	}
	if f.gaps {
		notes = append([]string{"– not measured"}, notes...)
	}
	c := f.Chart
	c.Looks, c.Reference, c.Body = await.TimeLooks(), legend, f.body
	c.Caption = provenance.Caption(r, engines, "median", shown, notes)
	return &c
}

// barSeconds is the time per operation that one millisecond per 10,000 operations, the
// article's unit, stands for.
const barSeconds = 1e-3 / 10_000

// barText writes a time in ms per 10,000 operations, with three digits at least.
func barText(seconds float64) string {
	ms := seconds / barSeconds
	if ms >= 1000 && ms < 1e6 {
		return strconv.FormatFloat(ms, 'f', 0, 64)
	}
	return text.ThreeDigits(ms)
}

// timesFigure begins a figure of times. heads say what is below the columns.
func timesFigure(heads ...string) *figure {
	return &figure{
		Chart: chart.Chart{Intro: "Median time in milliseconds per 10,000 operations, lower is better."},
		body: chart.Columns{
			AxisTitle: "ms per 10,000 operations", Scale: barSeconds, Heads: heads,
			Say: func(v float64) string { return barText(v) + " ms" },
		},
	}
}

// timeColumn makes a column of the times at a place, and says whether anything was
// tried there. ms is the article's bar, 0 if it has none.
func timeColumn(r *dataset.Results, modes *await.Modes, p dataset.Place, ms float64, labels ...string) (c chart.Column, tried bool) {
	m := r.Matrix()
	c = chart.Column{Labels: labels, Mark: chart.Mark{Summary: m.Summary(p, unit.Time), Reference: ms * barSeconds, ReferenceText: text.Number(ms) + " ms"}}
	if dataset.HasNoAwait(p.Style) || dataset.TranspiledAway(p.Style) {
		c.Look = await.NoAwaitLook() // in whichever mode it was recorded
	} else {
		c.Look = modes.Look(p.Style, p.Engine, p.Await)
	}
	if c.N > 0 {
		c.Text = barText(c.Center)
		return c, true
	}
	kind, happened := m.Outcomes[p]
	if happened {
		c.Text = kind.String()
	}
	return c, happened
}

// versionsChart shows a workload on each Node.js version: a group of columns for each
// style.
func versionsChart(r *dataset.Results, modes *await.Modes, base string) *chart.Chart {
	rows := firstRowsOf(r, base)
	if len(rows) == 0 {
		return nil
	}
	m, workload := r.Matrix(), rows[0].workload
	// Versions on which this workload was not even tried have no columns.
	versions := slices.DeleteFunc(nodesOf(m.Engines), func(engine string) bool {
		return !slices.ContainsFunc(m.Rows, func(row dataset.Row) bool {
			return row.Workload == workload && m.Happened(dataset.Place{Row: row, Engine: engine})
		})
	})
	if len(versions) == 0 {
		return nil
	}
	f := timesFigure("Node.js", "V8")
	for _, a := range rows {
		f.begin(a.title)
		for _, e := range versions {
			version, _ := nodeVersion(e)
			f.add(timeColumn(r, modes, a.byDefault(r, modes, e), a.onNode(version), strconv.Itoa(version), modes.V8(e)))
		}
	}
	f.ID = "figure-" + text.Slug(base)
	first, _ := nodeVersion(versions[0])
	f.Title = fmt.Sprintf("%s on Node.js %d", text.Kebab(base), first)
	if last, _ := nodeVersion(versions[len(versions)-1]); last > first {
		f.Title += fmt.Sprintf(" to %d", last)
	}
	f.Subtitle = "each version with the await it comes with; " + inFlight(workload) + "lower is better"
	skipping := ""
	if slices.ContainsFunc(versions, func(e string) bool { return modes.Word(e, dataset.Optimized) == await.SkipsTicks }) {
		skipping = modes.ModeNote(dataset.Optimized, await.SkipsTicks)
	}
	return f.finish(r, versions, m.UnusedNote(unit.Time, func(p dataset.Place) bool { return p.Workload == workload }), skipping)
}

// flagChart shows what the await optimization changes: promises and async functions
// before it, and without and with the flag for it. Without the flagged version there is
// no chart.
func flagChart(r *dataset.Results, modes *await.Modes) *chart.Chart {
	f := timesFigure("V8", "flag")
	v8 := modes.V8(flagged)
	workload, same := "", ""
	measured := false
	for _, a := range slices.Concat(firstRowsOf(r, doxbee), firstRowsOf(r, parallel)) {
		if a.flag == [3]float64{} {
			continue
		}
		workload = a.workload
		style, _, _ := strings.Cut(a.title, ",")
		f.begin(text.Kebab(a.base) + " · " + style)
		f.add(timeColumn(r, modes, a.byDefault(r, modes, unflagged), a.flag[0], modes.V8(unflagged), "none"))
		for i, mode := range []string{dataset.Legacy, dataset.Optimized} {
			p := a.at(r, flagged, mode)
			if p.Await != mode {
				same = "a program without await is the same in both modes and was measured in one"
			}
			if p.Await != mode || modes.Emulated(flagged, mode) {
				p = dataset.Place{} // the article's mark only
			}
			c, tried := timeColumn(r, modes, p, a.flag[1+i], v8, []string{"off", "on"}[i])
			measured = measured || c.N > 0
			f.add(c, tried)
		}
	}
	if !measured {
		return nil
	}
	f.ID = "figure-await-optimization"
	f.Title = "The await optimization, without and with its flag"
	f.Subtitle = fmt.Sprintf("V8 %s of Node.js 10, and V8 %s of Node.js 11 with --harmony-await-optimization off and on (article: V8 6.8 and 7.2); %slower is better",
		modes.V8(unflagged), v8, inFlight(workload))
	return f.finish(r, []string{unflagged, flagged}, unusedNote(r), same)
}
