package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"promisebench/engines"
	"promisebench/engines/probes"
	"promisebench/report"
)

// The tables are the same on the terminal and in Markdown.

// modeTable shows what was found of the await modes.
func (f findings) modeTable() report.Table {
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
			row := []string{e.Engine.Name(), string(m.Await), string(e.Engine.Await(m.Await)), m.Order}
			for i := range f.Workloads {
				cell := ""
				if i < len(m.Ticks) {
					cell = strconv.Itoa(m.Ticks[i].Got)
				}
				row = append(row, cell)
			}
			stack := ""
			// The emulation puts a function of its own between the frames.
			if m.Order != "" && e.Engine.Await(m.Await) != engines.Emulated {
				stack = map[bool]string{true: "yes", false: "no"}[m.AsyncStack]
			}
			t.Rows = append(t.Rows, append(row, stack, m.Verdict))
			if m.Err != nil {
				t.Notes = append(t.Notes, m.Err.Error())
			}
		}
	}
	return t
}

// matrix shows the verdict of each probe in each engine.
func (f findings) matrix() report.Table {
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
func (f findings) summary() report.Table {
	verdicts := []probes.Verdict{probes.OK, probes.Wrong, probes.Known, probes.Fixed, probes.Absent, probes.NotApplicable}
	t := report.Table{Header: []string{"engine", "version", "await"}, Align: []report.Align{report.Left, report.Left, report.Left}}
	for _, v := range verdicts {
		t.Header = append(t.Header, string(v))
		t.Align = append(t.Align, report.Right)
	}
	for _, e := range f.Engines {
		own, _ := engines.OwnAwait(e.Engine)
		row := []string{e.Engine.Name(), plain(e.Engine.Version()), string(own)}
		for _, v := range verdicts {
			row = append(row, strconv.Itoa(e.count(v)))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// writeText writes for a terminal.
func (f findings) writeText(w io.Writer) error {
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
	for _, n := range f.notables() {
		fmt.Fprintf(&b, "\n%s: %s\n  %s\n  expected  %s\n", n.probe.Name, n.probe.Title, n.probe.URL(), quoted(n.probe.Want))
		for i, r := range n.results {
			fmt.Fprintf(&b, "  %-8s  %s: %s\n", n.engines[i], r.Verdict, said(r))
			if r.Why != "" {
				fmt.Fprintf(&b, "            %s\n", plain(r.Why))
			}
		}
	}
	for i, l := range f.lacks() {
		if i == 0 {
			b.WriteString("\nNot asked\n")
		}
		fmt.Fprintf(&b, "  %s (%s): %s\n", plain(l.why), strings.Join(l.engines, ", "), counted(l.probes))
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
		text += ", then " + plain(r.Err.Error())
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
		if line == "" || line != plain(line) || strings.Contains(line, "·") {
			line = strconv.Quote(line)
		}
		b.WriteString(line)
	}
	return b.String()
}

// plain makes text, which may come from an engine, one harmless line.
func plain(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		if !unicode.IsPrint(r) {
			return unicode.ReplacementChar
		}
		return r
	}, s)
	return strings.TrimSpace(s)
}

// What is written as JSON. The names are a promise to programs that read it.
type (
	jsonFindings struct {
		Conditions map[string]string `json:"conditions"`
		Wrong      int               `json:"wrong"`
		Checks     int               `json:"checks"`
		Engines    []jsonEngine      `json:"engines"`
	}
	jsonEngine struct {
		Engine  string       `json:"engine"`
		Version string       `json:"version"`
		Modes   []jsonMode   `json:"modes"`
		Probes  []jsonResult `json:"probes"`
	}
	jsonMode struct {
		Await      engines.AwaitMode   `json:"await"`
		Source     engines.AwaitSource `json:"source"`
		Verdict    string              `json:"verdict"`
		Order      string              `json:"order,omitempty"`
		SkipsTicks bool                `json:"skipsTicks"`
		AsyncStack bool                `json:"asyncStack"`
		Ticks      []jsonTicks         `json:"ticks,omitempty"`
		Error      string              `json:"error,omitempty"`
	}
	jsonTicks struct {
		Workload string `json:"workload"`
		Got      int    `json:"got"`
		Want     int    `json:"expected"`
	}
	jsonResult struct {
		Name    string         `json:"name"`
		Title   string         `json:"title"`
		Section string         `json:"section"`
		Verdict probes.Verdict `json:"verdict"`
		Why     string         `json:"why,omitempty"`
		Want    []string       `json:"expected"`
		Got     []string       `json:"got"`
		Error   string         `json:"error,omitempty"`
	}
)

// text is an error's text, or empty.
func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// writeJSON writes one JSON object.
func (f findings) writeJSON(w io.Writer) error {
	out := jsonFindings{Conditions: map[string]string{}}
	for _, c := range f.Conditions {
		out.Conditions[c.Key] = c.Value
	}
	out.Wrong, out.Checks = f.wrong()
	for _, e := range f.Engines {
		je := jsonEngine{Engine: e.Engine.Name(), Version: e.Engine.Version()}
		for _, m := range e.Modes {
			jm := jsonMode{
				Await: m.Await, Source: e.Engine.Await(m.Await), Verdict: m.Verdict,
				Order: m.Order, SkipsTicks: m.SkipsTicks, AsyncStack: m.AsyncStack, Error: text(m.Err),
			}
			for _, t := range m.Ticks {
				jm.Ticks = append(jm.Ticks, jsonTicks(t))
			}
			je.Modes = append(je.Modes, jm)
		}
		for _, r := range e.Results {
			je.Probes = append(je.Probes, jsonResult{
				Name: r.Probe.Name, Title: r.Probe.Title, Section: r.Probe.URL(),
				Verdict: r.Verdict, Why: r.Why, Want: r.Probe.Want, Got: append([]string{}, r.Got...), Error: text(r.Err),
			})
		}
		out.Engines = append(out.Engines, je)
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(out)
}

// writeTAP writes the Test Anything Protocol, version 14
// (https://testanything.org/tap-version-14-specification.html). What is known
// is a TODO test, so that readers of TAP don't fail for it and show the one
// that is fixed as a bonus; what is absent is skipped.
func (f findings) writeTAP(w io.Writer) error {
	var b bytes.Buffer
	_, all := f.wrong()
	fmt.Fprintf(&b, "TAP version 14\n1..%d\n", all)
	n := 0
	point := func(ok bool, description, directive, why string, diagnostics map[string]string) {
		n++
		status := "ok"
		if !ok {
			status = "not ok"
		}
		line := fmt.Sprintf("%s %d - %s", status, n, tapEscape(description))
		if directive != "" {
			line += " # " + directive + " " + tapEscape(why)
		}
		b.WriteString(strings.TrimSpace(line) + "\n")
		if len(diagnostics) == 0 {
			return
		}
		b.WriteString("  ---\n")
		for _, key := range slices.Sorted(maps.Keys(diagnostics)) {
			fmt.Fprintf(&b, "  %s: %s\n", key, diagnostics[key])
		}
		b.WriteString("  ...\n")
	}
	for _, e := range f.Engines {
		fmt.Fprintf(&b, "# %s %s\n", e.Engine.Name(), plain(e.Engine.Version()))
		for _, m := range e.Modes {
			description := fmt.Sprintf("%s await=%s: order and ticks", e.Engine.Name(), m.Await)
			switch {
			case m.Skipped:
				point(true, description, "SKIP", text(m.Err), nil)
			case m.Wrong:
				point(false, description, "", "", map[string]string{"error": yaml(text(m.Err))})
			case m.Verdict != "ok":
				point(false, description, "TODO", m.Verdict, nil)
			default:
				point(true, description, "", "", nil)
			}
		}
		for _, r := range e.Results {
			description := e.Engine.Name() + " " + r.Probe.Name + ": " + r.Probe.Title
			diagnostics := map[string]string{
				"expected": yamlList(r.Probe.Want), "got": yamlList(r.Got), "section": yaml(r.Probe.URL()), "program": yaml(r.Probe.Source()),
			}
			if r.Err != nil {
				diagnostics["error"] = yaml(r.Err.Error())
			}
			switch r.Verdict {
			case probes.OK:
				point(true, description, "", "", nil)
			case probes.Absent, probes.NotApplicable:
				point(true, description, "SKIP", r.Why, nil)
			case probes.Known:
				point(false, description, "TODO", r.Why, diagnostics)
			case probes.Fixed:
				point(true, description, "TODO", "fixed: "+r.Why, nil)
			default:
				point(false, description, "", "", diagnostics)
			}
		}
	}
	_, err := w.Write(b.Bytes())
	return err
}

// tapEscape escapes what would begin a directive in a test's description.
func tapEscape(s string) string {
	return strings.NewReplacer(`\`, `\\`, "#", `\#`).Replace(plain(s))
}

// yaml returns a text as a YAML scalar: Go's escapes are among YAML's.
func yaml(s string) string { return strconv.QuoteToASCII(s) }

// yamlList returns texts as a YAML sequence.
func yamlList(texts []string) string {
	var list []string
	for _, s := range texts {
		list = append(list, yaml(s))
	}
	return "[" + strings.Join(list, ", ") + "]"
}

// writeMarkdown writes a page that says everything: how it was made, what came
// out, and for each wrong answer the program.
func (f findings) writeMarkdown(w io.Writer) error {
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
	for i, n := range f.notables() {
		if i == 0 {
			b.WriteString("\n## Wrong, known and fixed\n")
		}
		fmt.Fprintf(&b, "\n### %s\n\n%s ([source](%s))\n\n%s\n", n.probe.Name, n.probe.Title, n.probe.URL(), fenced("js", n.probe.Source()))
		t := report.Table{Header: []string{"engine", "verdict", "logged", "why"}, Rows: [][]string{{"", "expected", quoted(n.probe.Want)}}}
		for j, r := range n.results {
			t.Rows = append(t.Rows, []string{n.engines[j], string(r.Verdict), said(r), r.Why})
		}
		if err := t.Write(&b, report.Markdown); err != nil {
			return err
		}
	}
	if lacks := f.lacks(); len(lacks) > 0 {
		b.WriteString("\n## Not asked\n\n")
		t := report.Table{Header: []string{"why", "engines", "probes"}}
		for _, l := range lacks {
			t.Rows = append(t.Rows, []string{l.why, strings.Join(l.engines, ", "), strings.Join(l.probes, ", ")})
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
