package check

import (
	"fmt"
	"strconv"
	"strings"

	"promisebench/engines"
	"promisebench/engines/probes"
	"promisebench/report/document"
	"promisebench/report/text"
)

// Document says everything, for terminals and as Markdown: how it was made, what came
// out, and for each answer that is not simply right the program.
func (r Results) Document() *document.Document {
	d := &document.Document{
		Title: "What the engines do with promises and async functions",
		Lead:  "Made by a program, from programs: every line below is what an engine logged, compared with the one output that the specification allows.",
		Chapters: []document.Chapter{
			{ID: "modes", Title: "Await modes", Tables: []*document.Table{r.modeTable(), r.tickTable()}},
			{ID: "probes", Title: "Probes", Tables: []*document.Table{r.probeTable(), r.verdictTable()}},
			{ID: "notable", Title: "Wrong, known and fixed", Tables: []*document.Table{r.notableTable()}, Only: document.Terminal},
		},
	}
	for _, c := range r.Conditions {
		d.Facts = append(d.Facts, document.Fact{Name: c.Key, Value: c.Value})
	}
	for _, n := range r.notables() {
		d.Chapters = append(d.Chapters, notableChapter(n))
	}
	d.Chapters = append(d.Chapters, document.Chapter{ID: "lacks", Title: "Not asked", Tables: []*document.Table{r.lackTable()}})
	all := document.Chapter{ID: "all", Title: "The probes", Only: document.Markdown}
	for _, p := range r.Probes {
		all.Text = append(all.Text, fmt.Sprintf("`%s`: %s ([source](%s))", p.Name, document.Literal(p.Title), p.URL()))
	}
	d.Chapters = append(d.Chapters, all)
	return d
}

// modeTable shows what was found of the await modes.
func (r Results) modeTable() *document.Table {
	t := &document.Table{
		Title:   "Order of execution, and async frames in Error#stack",
		Columns: document.Cols("engine", "await", "how", "order", "async stack", "verdict"),
		Key:     2,
		Notes:   []string{"order: in which the ticks a and b and the code after an await ran in the order program"},
	}
	for _, e := range r.Engines {
		for _, m := range e.Modes {
			t.Add(document.Texts(e.Engine.Name(), string(m.Await), string(m.Source), shortOrder(m.Order), asyncStack(m), string(m.Verdict))...)
			if m.Err != nil {
				t.Note(m.Err.Error())
			}
		}
	}
	return t
}

// shortOrder leaves out of what the order program logged the words that are the same
// whatever the order.
func shortOrder(logged string) string {
	return strings.NewReplacer("tick:", "", "after:", "").Replace(logged)
}

// tickTable shows the ticks of the workloads in the modes that there are.
func (r Results) tickTable() *document.Table {
	t := &document.Table{Title: "Ticks of one operation in style " + style, Columns: document.Cols("engine", "await"), Key: 2}
	for _, name := range r.Workloads {
		t.Columns = append(t.Columns, document.Column{Title: name, Align: document.Right})
	}
	for _, e := range r.Engines {
		for _, m := range e.Modes {
			if len(m.Ticks) == 0 {
				continue
			}
			row := document.Texts(e.Engine.Name(), string(m.Await))
			for _, ticks := range m.Ticks {
				row = append(row, document.Int(ticks.Got))
			}
			t.Add(row...)
		}
	}
	return t
}

// asyncStack says whether stacks show async callers, where that is the engine's: the
// emulation puts a function of its own between the frames.
func asyncStack(m Mode) string {
	switch {
	case m.Order == "" || m.Source == engines.Emulated:
		return ""
	case m.AsyncStack:
		return "yes"
	}
	return "no"
}

// probeTable shows the verdict of each probe in each engine.
func (r Results) probeTable() *document.Table {
	t := &document.Table{
		Title:   "Small programs with exactly one right output",
		Columns: document.Cols("probe"),
		Key:     1,
		Notes: []string{"ok: the right output; WRONG: another one, an exception, a hang or a crash; known: wrong, and listed for this engine and version; " +
			"fixed: right, and still listed; -: the engine lacks what the probe is about; n/a: the right output is that of an await that it never had"},
	}
	for _, e := range r.Engines {
		t.Columns = append(t.Columns, document.Column{Title: e.Engine.Name()})
	}
	for i, p := range r.Probes {
		row := document.Texts(p.Name)
		for _, e := range r.Engines {
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
func (r Results) verdictTable() *document.Table {
	verdicts := []probes.Verdict{probes.OK, probes.Wrong, probes.Known, probes.Fixed, probes.Absent, probes.NotApplicable}
	t := &document.Table{Title: "Verdicts by engine", Columns: document.Cols("engine", "version", "await"), Key: 1}
	for _, v := range verdicts {
		t.Columns = append(t.Columns, document.Column{Title: string(v), Align: document.Right})
	}
	if len(r.Probes) == 0 {
		return t
	}
	for _, e := range r.Engines {
		own, _ := engines.OwnAwait(e.Engine)
		row := document.Texts(e.Engine.Name(), oneLine(e.Engine.Version()), string(own))
		for _, v := range verdicts {
			row = append(row, document.Int(e.count(v)))
		}
		t.Add(row...)
	}
	return t
}

// notableTable lists what is wrong, known or fixed, in short.
func (r Results) notableTable() *document.Table {
	t := &document.Table{Columns: document.Cols("probe", "engine", "verdict", "logged")}
	for _, n := range r.notables() {
		t.Add(document.Texts(n.Probe.Name, "", "expected", quoted(n.Probe.Want)+"\n"+n.Probe.URL())...)
		for i, result := range n.Results {
			t.Add(document.Texts("", n.Engines[i], string(result.Verdict), strings.TrimSpace(logged(result)+"\n"+oneLine(result.Why)))...)
		}
	}
	return t
}

// notableChapter shows one of these with its program.
func notableChapter(n notable) document.Chapter {
	t := &document.Table{Columns: document.Cols("engine", "verdict", "logged", "why")}
	t.Add(document.Texts("", "expected", quoted(n.Probe.Want), "")...)
	for i, result := range n.Results {
		t.Add(document.Texts(n.Engines[i], string(result.Verdict), logged(result), result.Why)...)
	}
	return document.Chapter{
		ID: "probe-" + text.Slug(n.Probe.Name), Title: n.Probe.Name, Only: document.Markdown,
		Text:   []string{fmt.Sprintf("%s ([source](%s))", document.Literal(n.Probe.Title), n.Probe.URL())},
		Code:   []document.Code{{Text: n.Probe.Source(), Language: "js"}},
		Tables: []*document.Table{t},
	}
}

// lackTable says which probes were not run, and why.
func (r Results) lackTable() *document.Table {
	t := &document.Table{Columns: document.Cols("why", "engines", "probes")}
	for _, l := range r.lacks() {
		t.Add(document.Texts(oneLine(l.Why), strings.Join(l.Engines, ", "), strings.Join(l.Probes, ", "))...)
	}
	return t
}

// logged is what a program logged, and what stopped it.
func logged(r probes.Result) string {
	said := quoted(r.Got)
	if r.Err != nil {
		said += ", then " + oneLine(r.Err.Error())
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
		if line == "" || line != oneLine(line) || strings.Contains(line, "·") {
			line = strconv.Quote(line)
		}
		b.WriteString(line)
	}
	return b.String()
}
