// Package article measures the figures of "Faster async functions and promises" (V8
// blog, November 2018, https://v8.dev/blog/fast-async) again: which results stand
// where the article had a bar, and what it had there.
//
// It is the only package that looks for particular workloads, frameworks and versions
// of Node.js by name.
package article

import (
	"slices"

	"promisebench/report/await"
	"promisebench/report/chart"
	"promisebench/report/dataset"
	"promisebench/report/document"
	"promisebench/report/method"
	"promisebench/report/provenance"
	"promisebench/report/servers"
	"promisebench/report/unit"
)

// Figures is the article's figures as results allow them, possibly none. Make it once,
// with [New].
type Figures struct {
	results  *dataset.Results
	modes    *await.Modes
	chapters []document.Chapter // one for each of the article's headlines
}

// New makes the figures. The IDs of their charts are figure-doxbee, figure-parallel,
// figure-await-optimization and figure-http.
//
// Beside them stand tables of what the article's headlines become here, as ratios,
// because only these can be compared between machines: from Node.js 7 to 10, without
// and with the await optimization, and async functions against hand-written promises.
func New(r *dataset.Results, modes *await.Modes) *Figures {
	f := &Figures{results: r, modes: modes}
	f.add("versions", "Versions of Node.js", versionsTable(r, modes), versionsChart(r, modes, doxbee), versionsChart(r, modes, parallel))
	f.add("flag", "The await optimization", flagTable(r, modes), flagChart(r, modes))
	f.add("styles", "Async functions against promises", stylesTable(r, modes))
	f.add("http", "HTTP servers", serversTable(r, modes), serversChart(r, modes))
	return f
}

// add adds a chapter of what there is, which may be nothing.
func (f *Figures) add(id, title string, table *document.Table, charts ...*chart.Chart) {
	c := document.Chapter{ID: id, Title: title}
	if table != nil && len(table.Rows) > 0 {
		c.Tables = []*document.Table{table}
	}
	c.Charts = slices.DeleteFunc(charts, func(c *chart.Chart) bool { return c == nil })
	if len(c.Tables)+len(c.Charts) > 0 {
		f.chapters = append(f.chapters, c)
	}
}

// Empty reports whether none of the figures can be drawn.
func (f *Figures) Empty() bool {
	return !slices.ContainsFunc(f.chapters, func(c document.Chapter) bool { return len(c.Charts) > 0 })
}

const link = `["Faster async functions and promises"](https://v8.dev/blog/fast-async) (V8 blog, November 2018)`

// Chapter is all figures and tables for the page of a run; nothing without a figure.
func (f *Figures) Chapter() document.Chapter {
	all := document.Chapter{ID: "article", Title: "The article's figures", Only: document.Page}
	if f.Empty() {
		return all
	}
	all.Text = []string{"From " + link + ", measured again with workloads written afresh after its description. Diamonds are what the article shows, " +
		"measured on its authors' machine and read off its bars: what can be compared is how they change from column to column, not their height."}
	for _, c := range f.chapters {
		all.Charts = append(all.Charts, c.Charts...)
		all.Tables = append(all.Tables, c.Tables...)
	}
	return all
}

// Document is the figures alone, with what explains them. Where there is no figure it
// says what they need.
func (f *Figures) Document() *document.Document {
	r := f.results
	d := &document.Document{
		Title:    "The article's figures, measured again",
		Lead:     provenance.Measured(r),
		Warning:  provenance.Warning(r),
		Chapters: append([]document.Chapter{f.introduction()}, f.chapters...),
		Method:   document.Method{Title: "How to read this", Paragraphs: f.method()},
		Markdown: "figures.md",
	}
	more := servers.New(r, f.modes, Reference()).Chapter()
	more.Charts = nil // the figure shows them
	d.Chapters = append(d.Chapters, document.Chapter{ID: "emulation", Title: "Error of the emulation", Tables: []*document.Table{f.modes.ErrorTable()}, Only: document.Markdown | document.Page}, more)
	for _, c := range provenance.Chapters(r) {
		c.Only = document.Markdown | document.Page // on a terminal, the figures' tables are what was asked for
		d.Chapters = append(d.Chapters, c)
	}
	return d
}

// introduction says what the article is, to those who do not know it.
func (f *Figures) introduction() document.Chapter {
	c := document.Chapter{ID: "article", Title: "The article", Only: document.Markdown | document.Page}
	said := link + " shows how promises and async functions became faster from Node.js 7 to 10, and what `--harmony-await-optimization` adds. " +
		"Here are its figures from measurements of this project, with workloads written afresh after its description."
	if len(f.results.Matrix().Servers) == 0 {
		said += " Its figure of HTTP servers is not among them."
	}
	c.Text = []string{said}
	if f.Empty() {
		c.Text = append(c.Text, "None of the figures can be drawn: they need the workloads doxbee or parallel, or the web frameworks hapi, koa or trek, "+
			"on versions of Node.js (engines named node7, node8 and so on).")
	}
	return c
}

// method explains the figures.
func (f *Figures) method() []document.Paragraph {
	pairs := method.TextPairs
	if f.results.Interleaved() {
		pairs = method.RoundPairs
	}
	list := method.Paragraphs(method.Columns, method.Diamonds, method.Medians, method.Ratios, pairs, method.OwnAwait, method.ArticleV8)
	if f.modes.AnySkipsTicks() || servers.SkipsTicks(f.results, f.modes) {
		list = append(list, method.Paragraphs(method.SkippedTicks)...)
	}
	for _, p := range method.Paragraphs(method.NoEmulation) {
		if f.modes.AnyEmulated() {
			p.Text += " The input has emulated modes as well, which the full report shows and marks."
		}
		if known := f.modes.ErrorText(); known != "" {
			p.Text += " Where an engine has the mode as well, the error of the emulation was measured: " + document.Literal(known) + "."
		}
		list = append(list, p)
	}
	return list
}

// times returns the times at a place by round.
func times(r *dataset.Results, p dataset.Place) []float64 { return r.Matrix().Samples(p, unit.Time) }
