package report

import (
	"bytes"
	_ "embed"
	"fmt"
	"html"
	"io"
	"slices"
	"strings"

	"promisebench/report/gate"
)

// This file makes the page and the Markdown of a [Judgement], of the same parts
// as those of [Results].

//go:embed compare.html.tmpl
var compareSource string

// Bounds for the page of a comparison in bytes, which together with those of all
// pages keep it below 2 MB. Of what is too much, unchanged rows go first.
const (
	maxDuelRows   = 850_000 // the table of all rows
	maxDuelFaults = 150_000 // each table of what could not be compared
	maxDuelCharts = 600_000
)

// A duelMethod says which paragraphs about the method concern a comparison.
type duelMethod struct {
	Paired, Unpaired, Exact                                   bool
	Confidence, Alpha, Threshold, Bound, Allowance, Tolerance string
	Commands                                                  []Config
}

// WritePage writes the comparison as one HTML page, which needs no other file and
// no network. The error is w's, or says which chart cannot be shown.
func (j *Judgement) WritePage(w io.Writer) error {
	p, err := j.page()
	if err != nil {
		return err
	}
	return p.write(w)
}

// sections returns what follows the first screen, in its order. Page and
// Markdown have the same.
func (j *Judgement) sections() []chapter {
	return []chapter{
		{"changes", "Changes", []string{"Each mark is the change of head against base, with its interval. " +
			"Squares are regressed, triangles improved, filled circles unchanged, hollow ones undecided."}, j.Charts(), nil},
		{"rows", "All comparisons", nil, nil, []Table{j.rowTable()}},
		{"exact", "Exact changes", []string{"Ticks and, in pairs, allocations do not vary: any change is real. " +
			"One of ticks is a change of behaviour."}, nil, []Table{j.exactTable()}},
		{"missing", "On one side only", []string{"Not compared, because the other side has nothing to compare with."}, nil, []Table{j.missingTable()}},
		{"faults", "Failures and skips", nil, nil, []Table{j.faultTable()}},
		{"problems", "Problems in the input", nil, nil, j.problemTables()},
		{"conditions", "Conditions", nil, nil, []Table{j.conditionTable()}},
	}
}

func (j *Judgement) page() (*page, error) {
	p := &page{
		Title:    "base → head: " + j.Summary(),
		Compared: j.comparedText(),
		Facts:    j.facts(),
		Trouble:  j.troubleText(),
		Duel:     j.method(),
	}
	if len(j.Rows) == 0 {
		p.Title = "base → head: nothing could be compared"
	}
	maker := &pageMaker{perTable: maxPageCells, chartBytes: maxPageCharts - maxDuelCharts}
	p.Answers = maker.answers(j.answers())
	for i := range p.Answers {
		if t := p.Answers[i].Page; t != nil {
			t.mark(0, verdictClass)
		}
	}
	for _, c := range j.sections() {
		// Charts in which nothing has changed are left out.
		c.charts = slices.DeleteFunc(c.charts, func(c Chart) bool { return len(c.body.looks()) == 0 })
		for i, t := range c.tables {
			switch c.id {
			case "rows":
				c.tables[i] = t.within(maxDuelRows, func(row []string) bool { return row[5] != string(gate.Unchanged) })
			case "missing", "faults":
				c.tables[i] = t.within(maxDuelFaults, nil)
			}
		}
		section, err := maker.section(c)
		if err != nil {
			return nil, err
		}
		for i := range section.Tables {
			shown := &section.Tables[i]
			shown.mark(5, verdictClass)
			switch c.id {
			case "rows":
				shown.mark(0, func(string) string { return "wrap" })
				shown.mark(6, func(string) string { return "l wrap" })
			case "conditions":
				shown.mark(3, func(text string) string {
					if strings.Contains(text, "matter") {
						return "l differs"
					}
					return "l"
				})
			}
		}
		if len(section.Charts)+len(section.Tables) > 0 {
			p.Sections = append(p.Sections, section)
		}
	}
	p.dress(&maker.charts)
	return p, nil
}

// within leaves rows out, from the end, until the table has at most so many bytes;
// first those that are not important.
func (t Table) within(bytes int, important func(row []string) bool) Table {
	size := func(row []string) int {
		n := 0
		for _, text := range row {
			n += len(html.EscapeString(text)) + len(`<td class="l"></td>`)
		}
		return n
	}
	keep := make([]bool, len(t.Rows))
	kept := 0
	for _, first := range []bool{true, false} {
		for i, row := range t.Rows {
			if keep[i] || first && important != nil && !important(row) {
				continue
			}
			if bytes -= size(row); bytes < 0 {
				break
			}
			keep[i] = true
			kept++
		}
	}
	if left := len(t.Rows) - kept; left > 0 {
		rows := make([][]string, 0, kept)
		for i, row := range t.Rows {
			if keep[i] {
				rows = append(rows, row)
			}
		}
		t.Rows = rows
		t.Notes = append(slices.Clone(t.Notes), fmt.Sprintf("%s left out, see report.md", count(left, "more row")))
	}
	return t
}

// mark gives the cells of a column their class.
func (t *pageTable) mark(column int, class func(text string) string) {
	for _, row := range append([][]pageCell{t.Head}, t.Rows...) {
		if column < len(row) {
			if c := class(row[column].Text); c != "" {
				row[column].Class = c
			}
		}
	}
}

// verdictClass is the class of cells that hold a verdict; "" for others.
func verdictClass(text string) string {
	if slices.Contains(gate.Verdicts(), gate.Verdict(text)) {
		return "l " + text
	}
	return ""
}

// comparedText says what was compared.
func (j *Judgement) comparedText() string {
	names := make(map[string]bool)
	var metrics []string
	for _, r := range j.byMetric(j.Rows) {
		names[r.Name] = true
		if m := r.metric(); !slices.Contains(metrics, m) {
			metrics = append(metrics, m)
		}
	}
	if len(names) == 0 {
		return "Nothing could be compared."
	}
	how := "not measured in pairs"
	if j.Paired {
		how = "measured in pairs"
	}
	return fmt.Sprintf("%s of %s in %s, %s.", count(len(j.Rows), "comparison"), count(len(names), "benchmark"), enumerate(metrics), how)
}

// facts are the conditions that readers ask for first, of both sides.
func (j *Judgement) facts() []Config {
	keys, values := j.sideConditions()
	both := func(keys ...string) string {
		var sides [2]string
		for i := range sides {
			var parts []string
			for _, key := range keys {
				v := clip(values[i][key], 80)
				if v != "" && key == "cores" {
					v += " cores"
				}
				if v != "" {
					parts = append(parts, v)
				}
			}
			sides[i] = strings.Join(parts, ", ")
		}
		if sides[0] == sides[1] {
			return sides[0]
		}
		return orUnsaid(sides[0]) + " → " + orUnsaid(sides[1])
	}
	facts := []Config{{"Base", j.sideName(0)}, {"Head", j.sideName(1)}}
	var versions []string
	for _, key := range keys {
		name, ok := strings.CutPrefix(key, "engine-")
		b, h := shortVersion(lastWord(values[0][key])), shortVersion(lastWord(values[1][key]))
		switch {
		case !ok:
		case strings.Contains(j.sideName(0), b) && strings.Contains(j.sideName(1), h): // the sides' names say it
		case b == h:
			versions = append(versions, clip(name, 40)+" "+b)
		default:
			versions = append(versions, fmt.Sprintf("%s %s → %s", clip(name, 40), orUnsaid(b), orUnsaid(h)))
		}
	}
	facts = append(facts,
		Config{"Versions", enumerate(versions)},
		Config{"Machine", both("cpu", "cores", "os")},
		Config{"Date", both("date")},
		Config{"promisebench", both("commit")})
	return slices.DeleteFunc(facts, func(f Config) bool { return f.Value == "" })
}

func orUnsaid(s string) string {
	if s == "" {
		return "not said"
	}
	return s
}

// lastWord is the version in "github.com/dop251/goja v0.0.0-…".
func lastWord(s string) string {
	words := strings.Fields(s)
	if len(words) == 2 && strings.Contains(words[0], "/") {
		return words[1]
	}
	return s
}

// troubleText is what must be read before anything else.
func (j *Judgement) troubleText() string {
	var parts []string
	for _, f := range j.Failures {
		if f.Kind == Broken && len(parts) < 3 {
			parts = append(parts, clip(f.Text, 300)+".")
		}
	}
	var differ []string
	for _, d := range j.differences() {
		if d.matters {
			differ = append(differ, fmt.Sprintf("%s (%s → %s)", clip(d.key, 40), orUnsaid(clip(d.base, 50)), orUnsaid(clip(d.head, 50))))
		}
	}
	if len(differ) > 0 {
		parts = append(parts, "Base and head were measured under different conditions: "+enumerate(differ)+". What is found may come from that and not from the code.")
	}
	return strings.Join(parts, " ")
}

// method finds out what there is to be explained.
func (j *Judgement) method() *duelMethod {
	m := &duelMethod{
		Confidence: rule(j.Plan.Confidence), Alpha: rule(j.Plan.Alpha), Threshold: rule(gate.DefaultMinEffect),
		Bound: rule(gate.DefaultEquivalence), Allowance: rule(gate.DefaultAllowance), Tolerance: rule(gate.DefaultTolerance),
	}
	for _, r := range j.Rows {
		m.Paired = m.Paired || r.Kind == gate.Paired
		m.Unpaired = m.Unpaired || r.Kind == gate.Unpaired
		m.Exact = m.Exact || r.Kind == gate.Exact
	}
	for i, match := range j.matches {
		if i == 10 {
			break // of shards: they are alike
		}
		for _, side := range match.sides() {
			for _, command := range side.commands() {
				c := Config{side.name, command}
				// A gate measures both sides by one command.
				if n := len(m.Commands); n > 0 && m.Commands[n-1].Value == command {
					m.Commands[n-1].Key = "base and head"
					continue
				}
				m.Commands = append(m.Commands, c)
			}
		}
	}
	return m
}

// WriteReport writes the comparison as one page of Markdown. Its charts are
// images named ID.svg beside it, to be written with [Chart.WriteSVG]. The error
// is w's.
func (j *Judgement) WriteReport(w io.Writer) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# base → head: %s\n\n%s\n\n", escape(j.Summary()), escape(j.comparedText()))
	for _, f := range j.facts() {
		fmt.Fprintf(&b, "- %s: %s\n", f.Key, escape(f.Value))
	}
	if text := j.troubleText(); text != "" {
		fmt.Fprintf(&b, "\n**%s**\n", escape(text))
	}
	for _, a := range j.answers() {
		fmt.Fprintf(&b, "\n## %s\n\n**%s**\n", a.Question, escape(a.First))
		for i, text := range a.Rest {
			if i == 0 {
				b.WriteString("\n")
			}
			fmt.Fprintf(&b, "- %s\n", escape(text))
		}
	}
	for _, s := range j.sections() {
		section(&b, s.title, s.tables, s.charts)
	}
	for i, c := range j.method().Commands {
		if i == 0 {
			b.WriteString("\n## Commands\n\n")
		}
		fmt.Fprintf(&b, "- %s: %s\n", c.Key, escape(c.Value))
	}
	_, err := w.Write(b.Bytes())
	return err
}
