package main

import (
	"fmt"
	"strconv"
	"strings"

	"promisebench/bench/check"
	"promisebench/engines"
	"promisebench/engines/probes"
	"promisebench/report/document"
	"promisebench/report/text"
)

// This file makes the document of a check, for terminals and as Markdown.

// checkDocument says everything: how it was made, what came out, and for each answer
// that is not simply right the program.
func checkDocument(found check.Results) *document.Document {
	d := &document.Document{
		Title: "What the engines do with promises and async functions",
		Lead:  "Made by a program, from programs: every line below is what an engine logged, compared with the one output that the specification allows.",
		Chapters: []document.Chapter{
			{ID: "modes", Title: "Await modes", Tables: []*document.Table{modeTable(found)}},
			{ID: "probes", Title: "Probes", Tables: []*document.Table{probeTable(found), verdictTable(found)}},
			{ID: "notable", Title: "Wrong, known and fixed", Tables: []*document.Table{notableTable(found)}, Only: document.Terminal},
		},
	}
	for _, c := range found.Conditions {
		d.Facts = append(d.Facts, document.Fact{Name: c.Key, Value: c.Value})
	}
	for _, n := range found.Notables() {
		d.Chapters = append(d.Chapters, notableChapter(n))
	}
	d.Chapters = append(d.Chapters, document.Chapter{ID: "lacks", Title: "Not asked", Tables: []*document.Table{lackTable(found)}})
	all := document.Chapter{ID: "all", Title: "The probes", Only: document.Markdown}
	for _, p := range found.Probes {
		all.Text = append(all.Text, fmt.Sprintf("`%s`: %s ([source](%s))", p.Name, document.Literal(p.Title), p.URL()))
	}
	d.Chapters = append(d.Chapters, all)
	return d
}

// modeTable shows what was found of the await modes.
func modeTable(found check.Results) *document.Table {
	t := &document.Table{
		Title:   "Await modes: order of execution, ticks of one operation in style async, async frames in Error#stack",
		Columns: document.Cols("engine", "await", "how", "order program"),
		Key:     2,
	}
	for _, name := range found.Workloads {
		t.Columns = append(t.Columns, document.Column{Title: name, Align: document.Right})
	}
	t.Columns = append(t.Columns, document.Cols("async stack", "verdict")...)
	for _, e := range found.Engines {
		for _, m := range e.Modes {
			row := document.Texts(e.Engine.Name(), string(m.Await), string(m.Source), m.Order)
			for i := range found.Workloads {
				cell := document.Text("")
				if i < len(m.Ticks) {
					cell = document.Int(m.Ticks[i].Got)
				}
				row = append(row, cell)
			}
			row = append(row, document.Text(asyncStack(m)), document.Text(string(m.Verdict)))
			t.Add(row...)
			if m.Err != nil {
				t.Note(m.Err.Error())
			}
		}
	}
	return t
}

// asyncStack says whether stacks show async callers, where that is the engine's: the
// emulation puts a function of its own between the frames.
func asyncStack(m check.Mode) string {
	switch {
	case m.Order == "" || m.Source == engines.Emulated:
		return ""
	case m.AsyncStack:
		return "yes"
	}
	return "no"
}

// probeTable shows the verdict of each probe in each engine.
func probeTable(found check.Results) *document.Table {
	t := &document.Table{
		Title:   "Probes: small programs with exactly one right output",
		Columns: document.Cols("probe"),
		Key:     1,
		Notes: []string{"ok: the right output; WRONG: another one, an exception, a hang or a crash; known: wrong, and listed for this engine and version; " +
			"fixed: right, and still listed; -: the engine lacks what the probe is about; n/a: the right output is that of an await that it never had"},
	}
	for _, e := range found.Engines {
		t.Columns = append(t.Columns, document.Column{Title: e.Engine.Name()})
	}
	for i, p := range found.Probes {
		row := document.Texts(p.Name)
		for _, e := range found.Engines {
			mark := string(e.Results[i].Verdict)
			if e.Results[i].Verdict == probes.Absent {
				mark = "-"
			}
			row = append(row, document.Text(mark))
		}
		t.Add(row...)
	}
	return t
}

// verdictTable counts the verdicts of each engine.
func verdictTable(found check.Results) *document.Table {
	verdicts := []probes.Verdict{probes.OK, probes.Wrong, probes.Known, probes.Fixed, probes.Absent, probes.NotApplicable}
	t := &document.Table{Title: "Probes by engine", Columns: document.Cols("engine", "version", "await"), Key: 1}
	for _, v := range verdicts {
		t.Columns = append(t.Columns, document.Column{Title: string(v), Align: document.Right})
	}
	if len(found.Probes) == 0 {
		return t
	}
	for _, e := range found.Engines {
		own, _ := engines.OwnAwait(e.Engine)
		row := document.Texts(e.Engine.Name(), check.OneLine(e.Engine.Version()), string(own))
		for _, v := range verdicts {
			row = append(row, document.Int(e.Count(v)))
		}
		t.Add(row...)
	}
	return t
}

// notableTable lists what is wrong, known or fixed, in short.
func notableTable(found check.Results) *document.Table {
	t := &document.Table{Columns: document.Cols("probe", "engine", "verdict", "logged")}
	for _, n := range found.Notables() {
		t.Add(document.Texts(n.Probe.Name, "", "expected", quoted(n.Probe.Want)+"\n"+n.Probe.URL())...)
		for i, r := range n.Results {
			t.Add(document.Texts("", n.Engines[i], string(r.Verdict), strings.TrimSpace(logged(r)+"\n"+check.OneLine(r.Why)))...)
		}
	}
	return t
}

// notableChapter shows one of these with its program.
func notableChapter(n check.Notable) document.Chapter {
	t := &document.Table{Columns: document.Cols("engine", "verdict", "logged", "why")}
	t.Add(document.Texts("", "expected", quoted(n.Probe.Want), "")...)
	for i, r := range n.Results {
		t.Add(document.Texts(n.Engines[i], string(r.Verdict), logged(r), r.Why)...)
	}
	return document.Chapter{
		ID: "probe-" + text.Slug(n.Probe.Name), Title: n.Probe.Name, Only: document.Markdown,
		Text:   []string{fmt.Sprintf("%s ([source](%s))", document.Literal(n.Probe.Title), n.Probe.URL())},
		Code:   []document.Code{{Text: n.Probe.Source(), Language: "js"}},
		Tables: []*document.Table{t},
	}
}

// lackTable says which probes were not run, and why.
func lackTable(found check.Results) *document.Table {
	t := &document.Table{Columns: document.Cols("why", "engines", "probes")}
	for _, l := range found.Lacks() {
		t.Add(document.Texts(check.OneLine(l.Why), strings.Join(l.Engines, ", "), strings.Join(l.Probes, ", "))...)
	}
	return t
}

// logged is what a program logged, and what stopped it.
func logged(r probes.Result) string {
	said := quoted(r.Got)
	if r.Err != nil {
		said += ", then " + check.OneLine(r.Err.Error())
	}
	return said
}

// quoted shows lines that an engine logged, which may hold anything.
func quoted(lines []string) string {
	if len(lines) == 0 {
		return "nothing"
	}
	var b strings.Builder
	for i, line := range lines {
		if i > 0 {
			b.WriteString(" · ")
		}
		if line == "" || line != check.OneLine(line) || strings.Contains(line, "·") {
			line = strconv.Quote(line)
		}
		b.WriteString(line)
	}
	return b.String()
}
