// Package report says what benchmark results mean: it assembles the document of a
// run from what its rooms found.
//
// A report is made of Go benchmark format text and nothing else: no room knows an
// engine or a workload by name (package article apart, which is about two workloads
// on certain versions of Node.js), so a new one needs no change here. Nothing opens a
// file: texts come from an io.Reader, documents and charts go to an io.Writer.
//
// # The rooms
//
// Each imports only those below it, never its neighbours:
//
//	report                            assembles the document of a run
//	article                           the figures of the V8 article
//	matrix servers history compare    one run; HTTP servers; many runs; base and head
//	await  ranking  switches          legacy and optimized await; who is first; what hooks, contexts … cost
//	provenance                        conditions, versions, failures, problems of the input
//	method                            what explains the numbers, as people read it on GitHub
//	document                          the model of all reports, and its three ways to be written
//	dataset  chart                    benchmark text to cells; numbers to SVG
//	stats unit text theme             leaves, like gate and changepoint, which decide verdicts and
//	                                  changes from numbers alone
//
// # To add something
//
// A chapter is text, tables and charts in a room's Chapters; terminal, Markdown and page
// show it without being told. A new kind of chart is a type with one method,
// chart.Body. A new unit is a line in package unit, a new condition one in
// dataset/condition.go.
package report

import (
	"fmt"
	"slices"

	"promisebench/report/article"
	"promisebench/report/await"
	"promisebench/report/chart"
	"promisebench/report/dataset"
	"promisebench/report/document"
	"promisebench/report/matrix"
	"promisebench/report/method"
	"promisebench/report/provenance"
	"promisebench/report/servers"
	"promisebench/report/switches"
	"promisebench/report/text"
)

// A Report is what there is to say about one run.
type Report struct {
	// Run is the document of the whole run.
	Run *document.Document
	// Figures is the article's figures alone, nil if the run has none of them. Its
	// charts are among those of Run.
	Figures *document.Document
}

// Of makes the documents of a run. Everything in them is computed and put together
// here, once.
func Of(r *dataset.Results) Report {
	modes := await.Of(r)
	figures := article.New(r, modes)
	room := matrix.New(r, modes)
	served := servers.New(r, modes, article.Reference())

	d := &document.Document{
		Title: title(r),
		Lead:  lead(r),
		Facts: provenance.Facts(r), Warning: provenance.Warning(r),
	}
	switch {
	case r.Empty():
	case len(r.Matrix().Rows) > 0:
		d.Findings = room.Findings()
	default:
		d.Findings = served.Findings(figures.NewerServers())
	}
	d.Chapters = slices.Concat(
		[]document.Chapter{modes.Chapter()}, switches.New(r).Chapters(), []document.Chapter{figures.Chapter()},
		room.Chapters(),
		[]document.Chapter{served.Chapter(), modes.ProofChapter(), room.OtherChapter()},
		provenance.Chapters(r))
	d.Method = explain(r, modes, room, served)
	chart.UniqueIDs(d.Charts())
	made := Report{Run: d}
	if !figures.Empty() {
		made.Figures = figures.Document()
	}
	return made
}

// explain joins what the rooms say of the method.
func explain(r *dataset.Results, modes *await.Modes, room *matrix.Room, served *servers.Room) (m document.Method) {
	if r.Empty() {
		return m
	}
	rounds, pairs := method.NoRounds, method.TextPairs
	if r.Interleaved() {
		rounds, pairs = method.Rounds, method.RoundPairs
	}
	if len(r.Matrix().Rows) > 0 {
		m.Paragraphs = room.Method()
	}
	m.Paragraphs = append(m.Paragraphs, served.Method()...)
	m.Paragraphs = append(m.Paragraphs, method.Paragraphs(rounds)...)
	m.Paragraphs = append(m.Paragraphs, modes.Method()...)
	m.Paragraphs = append(m.Paragraphs, method.Paragraphs(method.Medians, method.PlusMinus, method.Dots, method.Ratios, pairs,
		method.DeltaAndP, method.NoiseOfARun, method.Input, method.Reproducing)...)
	if r.Ours() {
		var biases []method.Bias
		if len(r.Matrix().Rows) > 0 {
			biases = room.Biases()
		}
		biases = slices.Concat(served.Biases(), biases, []method.Bias{method.MemoryLayout, method.SharedProcess, method.Defaults, method.Authors})
		m.Biases = method.Biases(biases...)
	}
	return m
}

// title names the engines, if they are few.
func title(r *dataset.Results) string {
	_, _, names := r.Matrix().Names()
	switch _, servers := r.Matrix().Served(); {
	case len(names) == 0 && len(servers) > 0:
		return "HTTP servers on " + text.Count(len(servers), "engine")
	case len(names) == 0:
		return "Benchmark report"
	case len(names) > 5:
		return fmt.Sprintf("Promises and await on %d engines", len(names))
	}
	return "Promises and await on " + text.List(names)
}

// lead says what was measured, to somebody who knows nothing of it yet. Engines are
// not named if the facts below it name them with their versions.
func lead(r *dataset.Results) string {
	m := r.Matrix()
	if r.Empty() || len(m.Rows) == 0 {
		return provenance.Measured(r)
	}
	labels, styles, engines := m.Names()
	on := text.Count(len(engines), "JavaScript engine")
	if slices.ContainsFunc(m.Engines, func(e string) bool { return r.Version(e) == "" }) {
		on += " (" + text.List(engines) + ")"
	}
	written := "written in style " + styles[0]
	if len(styles) > 1 {
		written = fmt.Sprintf("written in %d styles (%s)", len(styles), text.List(styles))
	}
	return fmt.Sprintf("The time that asynchronous programs take: %s (%s), %s, on %s; %s of %s.", text.Count(len(labels), "workload"), text.List(labels),
		written, on, text.Count(r.Samples(), "sample"), text.Count(len(r.Counts()), "benchmark"))
}
