package main

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"

	"promisebench/bench/check"
	"promisebench/engines"
	"promisebench/engines/probes"
	"promisebench/report"
)

// checked are a check's results as they are shown to people. The tables are the
// same on the terminal and in Markdown.
type checked struct{ check.Results }

// modeTable shows what was found of the await modes.
func (f checked) modeTable() report.Table {
	t := report.Table{
		Title:  "Await modes: order of execution, ticks of one operation in style async, async frames in Error#stack",
		Header: []string{"engine", "await", "how", "order program"},
		Align:  []report.Align{report.Left, report.Left, report.Left, report.Left},
	}
	for _, name := range f.Workloads {
		t.Header = append(t.Header, name)
		t.Align = append(t.Align, report.Right)
	}
	t.Header = append(t.Header, "async stack", "verdict")
	for _, e := range f.Engines {
		for _, m := range e.Modes {
			row := []string{e.Engine.Name(), string(m.Await), string(m.Source), m.Order}
			for i := range f.Workloads {
				cell := ""
				if i < len(m.Ticks) {
					cell = strconv.Itoa(m.Ticks[i].Got)
				}
				row = append(row, cell)
			}
			stack := ""
			// The emulation puts a function of its own between the frames.
			if m.Order != "" && m.Source != engines.Emulated {
				stack = map[bool]string{true: "yes", false: "no"}[m.AsyncStack]
			}
			t.Rows = append(t.Rows, append(row, stack, string(m.Verdict)))
			if m.Err != nil {
				t.Notes = append(t.Notes, m.Err.Error())
			}
		}
	}
	return t
}

// matrix shows the verdict of each probe in each engine.
func (f checked) matrix() report.Table {
	t := report.Table{
		Title:  "Probes: small programs with exactly one right output",
		Header: []string{"probe"},
		Key:    1,
		Notes: []string{"ok: the right output; WRONG: another one, an exception, a hang or a crash; known: wrong, and listed for this engine and version; " +
			"fixed: right, and still listed; -: the engine lacks what the probe is about; n/a: the right output is that of an await that it never had"},
	}
	for _, e := range f.Engines {
		t.Header = append(t.Header, e.Engine.Name())
	}
	for i, p := range f.Probes {
		row := []string{p.Name}
		for _, e := range f.Engines {
			mark := string(e.Results[i].Verdict)
			if e.Results[i].Verdict == probes.Absent {
				mark = "-"
			}
			row = append(row, mark)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// summary counts the verdicts of each engine.
func (f checked) summary() report.Table {
	verdicts := []probes.Verdict{probes.OK, probes.Wrong, probes.Known, probes.Fixed, probes.Absent, probes.NotApplicable}
	t := report.Table{Header: []string{"engine", "version", "await"}, Align: []report.Align{report.Left, report.Left, report.Left}}
	for _, v := range verdicts {
		t.Header = append(t.Header, string(v))
		t.Align = append(t.Align, report.Right)
	}
	for _, e := range f.Engines {
		own, _ := engines.OwnAwait(e.Engine)
		row := []string{e.Engine.Name(), check.OneLine(e.Engine.Version()), string(own)}
		for _, v := range verdicts {
			row = append(row, strconv.Itoa(e.Count(v)))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// writeText writes for a terminal.
func (f checked) writeText(w io.Writer) error {
	var b bytes.Buffer
	tables := []report.Table{f.modeTable()}
	if len(f.Probes) > 0 {
		tables = append(tables, f.matrix(), f.summary())
	}
	for i, t := range tables {
		if i > 0 {
			b.WriteString("\n")
		}
		if err := t.Write(&b, report.Text); err != nil {
			return err
		}
	}
	for _, n := range f.Notables() {
		fmt.Fprintf(&b, "\n%s: %s\n  %s\n  expected  %s\n", n.Probe.Name, n.Probe.Title, n.Probe.URL(), quoted(n.Probe.Want))
		for i, r := range n.Results {
			fmt.Fprintf(&b, "  %-8s  %s: %s\n", n.Engines[i], r.Verdict, said(r))
			if r.Why != "" {
				fmt.Fprintf(&b, "            %s\n", check.OneLine(r.Why))
			}
		}
	}
	for i, l := range f.Lacks() {
		if i == 0 {
			b.WriteString("\nNot asked\n")
		}
		fmt.Fprintf(&b, "  %s (%s): %s\n", check.OneLine(l.Why), strings.Join(l.Engines, ", "), counted(l.Probes))
	}
	_, err := w.Write(b.Bytes())
	return err
}

// counted names probes as long as they are few.
func counted(names []string) string {
	if len(names) > 3 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:2], ", "), len(names)-2)
	}
	return strings.Join(names, ", ")
}

// said is what a program logged, and what stopped it.
func said(r probes.Result) string {
	text := quoted(r.Got)
	if r.Err != nil {
		text += ", then " + check.OneLine(r.Err.Error())
	}
	return text
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

// writeMarkdown writes a page that says everything: how it was made, what came
// out, and for each wrong answer the program.
func (f checked) writeMarkdown(w io.Writer) error {
	var b bytes.Buffer
	b.WriteString("# What the engines do with promises and async functions\n\n" +
		"Made by a program, from programs: every line below is what an engine logged, compared with the one output that the specification allows.\n\n")
	conditions := report.Table{Header: []string{"made", ""}}
	for _, c := range f.Conditions {
		conditions.Rows = append(conditions.Rows, []string{c.Key, c.Value})
	}
	tables := []report.Table{conditions, f.summary(), f.matrix(), f.modeTable()}
	for i, t := range tables {
		if i > 0 {
			b.WriteString("\n")
		}
		if err := t.Write(&b, report.Markdown); err != nil {
			return err
		}
	}
	for i, n := range f.Notables() {
		if i == 0 {
			b.WriteString("\n## Wrong, known and fixed\n")
		}
		fmt.Fprintf(&b, "\n### %s\n\n%s ([source](%s))\n\n%s\n", n.Probe.Name, n.Probe.Title, n.Probe.URL(), fenced("js", n.Probe.Source()))
		t := report.Table{Header: []string{"engine", "verdict", "logged", "why"}, Rows: [][]string{{"", "expected", quoted(n.Probe.Want)}}}
		for j, r := range n.Results {
			t.Rows = append(t.Rows, []string{n.Engines[j], string(r.Verdict), said(r), r.Why})
		}
		if err := t.Write(&b, report.Markdown); err != nil {
			return err
		}
	}
	if lacks := f.Lacks(); len(lacks) > 0 {
		b.WriteString("\n## Not asked\n\n")
		t := report.Table{Header: []string{"why", "engines", "probes"}}
		for _, l := range lacks {
			t.Rows = append(t.Rows, []string{l.Why, strings.Join(l.Engines, ", "), strings.Join(l.Probes, ", ")})
		}
		if err := t.Write(&b, report.Markdown); err != nil {
			return err
		}
	}
	b.WriteString("\n## The probes\n\n")
	for _, p := range f.Probes {
		fmt.Fprintf(&b, "- **%s**: %s ([source](%s))\n", p.Name, p.Title, p.URL())
	}
	_, err := w.Write(b.Bytes())
	return err
}

// fenced returns code in a fence that no line of it can end.
func fenced(language, code string) string {
	fence := "```"
	for strings.Contains(code, fence) {
		fence += "`"
	}
	return fence + language + "\n" + strings.TrimRight(code, "\n") + "\n" + fence + "\n"
}
