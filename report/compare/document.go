package compare

import (
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"promisebench/report/change"
	"promisebench/report/chart"
	"promisebench/report/dataset"
	"promisebench/report/document"
	"promisebench/report/gate"
	"promisebench/report/method"
	"promisebench/report/provenance"
	"promisebench/report/text"
)

const methodTitle = "How base and head are compared"

// title is the result in a line, as a heading.
func (c *Comparison) title() string {
	if summary := c.Summary(); summary != "" {
		return "base → head: " + summary
	}
	return "base → head: nothing compared"
}

// Document is all there is to say: the page and report.md.
func (c *Comparison) Document() *document.Document {
	d := &document.Document{
		Title:    c.title(),
		Lead:     c.lead(),
		Warning:  c.warning(),
		Facts:    c.facts(),
		Findings: c.findings(),
		Chapters: []document.Chapter{
			{ID: "changes", Title: "Changes", Text: []string{change.LooksNote}, Charts: c.charts()},
			{ID: "rows", Title: "All comparisons", Tables: []*document.Table{c.rowTable()}},
			{ID: "exact", Title: "Exact changes", Text: []string{"Ticks and, in pairs, allocations do not vary: any change is real. " +
				"One of ticks is a change of behaviour."}, Tables: []*document.Table{change.Exact(c.byMetric(c.Rows))}},
			{ID: "missing", Title: "On one side only", Text: []string{"Not compared, because the other side has nothing to compare with."},
				Tables: []*document.Table{c.missingTable()}},
			{ID: "failures", Title: "Failures and skips", Tables: []*document.Table{c.failureTable()}},
			{ID: "problems", Title: "Problems in the input", Tables: c.inputTables()},
			{ID: "conditions", Title: "Conditions", Tables: []*document.Table{c.conditionTable()}},
			c.commands(),
		},
		Method: c.method(),
		// One table has all that there is to see, so it may be as large as all tables of
		// other pages; charts leave room for it.
		Limits: document.Limits{ChartBytes: 600_000, TableCells: 20_000},
	}
	if len(c.Rows) == 0 {
		d.Title = "base → head: nothing could be compared"
	}
	return d
}

// Charts draws the changes with their intervals. The first is the summary.
func (c *Comparison) Charts() []*chart.Chart {
	limits := c.Warnings()
	for _, key := range []string{"cpu", "cores", dataset.Date} {
		if v := c.pairs[0].Head.Condition(key); v != "" {
			limits = append(limits, key+" "+text.Clip(v, 60))
		}
	}
	return change.Charts(c.Rows, change.Words{Title: c.title(), Subject: c.subject(), Reading: []string{c.changeNote(), c.powerNote(), c.countedNote()}, Limits: limits})
}

// charts leaves out those in which there is nothing to be seen.
func (c *Comparison) charts() []*chart.Chart {
	return slices.DeleteFunc(c.Charts(), (*chart.Chart).Empty)
}

// Verdicts is what a terminal and a comment on a pull request have room for.
func (c *Comparison) Verdicts() *document.Document {
	icon, word := "✅", "passes"
	switch err := c.Err(); {
	case errors.Is(err, ErrRegressed):
		icon, word = "❌", "regressed"
	case errors.Is(err, ErrBroken):
		icon, word = "❌", "broken"
	case err != nil:
		icon, word = "❔", gate.Inconclusive.String()
	}
	verdicts := document.Chapter{ID: "verdicts", Title: c.title()}
	if t := c.verdicts(); len(t.Rows) > 0 {
		verdicts.Tables = append(verdicts.Tables, t)
	} else { // it would be left out with its notes, which say that all is the same
		for _, note := range t.Notes {
			verdicts.Text = append(verdicts.Text, document.Literal(note))
		}
	}
	return &document.Document{
		Title: icon + " promisebench gate: " + word,
		Lead:  c.subject(),
		Chapters: []document.Chapter{
			verdicts,
			{ID: "failures", Title: "Failures", Tables: []*document.Table{lines("Failures", c.problemTexts())}},
			{ID: "skips", Title: "Skipped on both sides", Tables: []*document.Table{lines("Skipped on both sides", c.skips)}},
		},
	}
}

// WriteComment writes the verdicts as a comment on a pull request. The first line lets
// a bot find its comment again. The error is w's.
func (c *Comparison) WriteComment(w io.Writer) error {
	if _, err := io.WriteString(w, "<!-- promisebench-gate -->\n"); err != nil {
		return err
	}
	d := c.Verdicts()
	if note := c.recordedNote(); note != "" {
		d.Chapters = append(d.Chapters, document.Chapter{ID: "rates", Title: "How often it is wrong", Text: []string{note + "."}})
	}
	return d.WriteMarkdown(w)
}

// lead says what was compared.
func (c *Comparison) lead() string {
	names := make(map[string]bool)
	var metrics []string
	for _, r := range c.byMetric(c.Rows) {
		names[r.Name] = true
		if m := r.Metric(); !slices.Contains(metrics, m) {
			metrics = append(metrics, m)
		}
	}
	if len(names) == 0 {
		return "Nothing could be compared."
	}
	how := "not measured in pairs"
	if c.paired {
		how = "measured in pairs"
	}
	return fmt.Sprintf("%s of %s in %s, %s.", text.Count(len(c.Rows), "comparison"), text.Count(len(names), "benchmark"), text.List(metrics), how)
}

// warning is what must be read before anything else.
func (c *Comparison) warning() string {
	var parts []string
	for _, p := range c.Problems {
		if p.kind == broken && len(parts) < 3 {
			parts = append(parts, text.Clip(p.Text, 300)+".")
		}
	}
	var differ []string
	for _, d := range c.differences() {
		if d.matters {
			differ = append(differ, fmt.Sprintf("%s (%s)", text.Clip(d.key, 40), fromTo(text.Clip(d.base, 50), text.Clip(d.head, 50))))
		}
	}
	if len(differ) > 0 {
		parts = append(parts, "Base and head were measured under different conditions: "+text.List(differ)+". These, and not the code, may be what changed the numbers.")
	}
	return strings.Join(parts, " ")
}

// fromTo sets what the two sides say of themselves side by side.
func fromTo(base, head string) string {
	if base == head {
		return base
	}
	or := func(s string) string {
		if s == "" {
			return "not stated"
		}
		return s
	}
	return or(base) + " → " + or(head)
}

// facts are the conditions that readers ask for first, of both sides.
func (c *Comparison) facts() []document.Fact {
	keys, values := c.conditions()
	both := func(keys ...string) string {
		var said [2]string
		for _, s := range sides() {
			var parts []string
			for _, key := range keys {
				v := text.Clip(values[s][key], 80)
				if v != "" && key == "cores" {
					v += " cores"
				}
				parts = append(parts, v)
			}
			said[s] = strings.Join(text.NotEmpty(parts...), ", ")
		}
		return fromTo(said[Base], said[Head])
	}
	var versions []string
	for _, key := range keys {
		name, ok := strings.CutPrefix(key, dataset.EnginePrefix)
		b, h := version(values[Base][key]), version(values[Head][key])
		if !ok || strings.Contains(c.name(Base), b) && strings.Contains(c.name(Head), h) { // the sides' names say it
			continue
		}
		versions = append(versions, text.Clip(name, 40)+" "+fromTo(b, h))
	}
	facts := []document.Fact{
		{Name: "Base", Value: c.name(Base)},
		{Name: "Head", Value: c.name(Head)},
		{Name: "Versions", Value: text.List(versions)},
		{Name: "Machine", Value: both("cpu", "cores", "os")},
		{Name: "Layouts a side", Value: both(dataset.Layouts)},
		{Name: "Instructions", Value: both(dataset.Instructions)},
		{Name: "Date", Value: both(dataset.Date)},
		{Name: "promisebench", Value: both(dataset.Commit)},
	}
	return slices.DeleteFunc(facts, func(f document.Fact) bool { return f.Value == "" })
}

// version is what identifies a version: of "github.com/dop251/goja v0.0.0-…" the last
// word.
func version(s string) string {
	if words := strings.Fields(s); len(words) == 2 && strings.Contains(words[0], "/") {
		s = words[1]
	}
	return provenance.Version(s)
}

// subject says what was compared.
func (c *Comparison) subject() string {
	return "base: " + c.name(Base) + "; head: " + c.name(Head)
}

// name says what a side is: what the results state themselves, or else the name of the
// file or folder that they are from.
func (c *Comparison) name(s Side) string {
	p := c.pairs[0]
	if said := p.of(s).Condition(dataset.Side); said != "" {
		return text.Version(said, 100)
	}
	file := func(s Side) string {
		texts := p.of(s).Texts()
		return strings.TrimSuffix(strings.Join(texts[:min(1, len(texts))], ""), "/bench.txt")
	}
	// The last part of the path is enough, unless both sides have the same.
	name := file(s)
	if path.Base(name) != path.Base(file(s.other())) {
		name = path.Base(name)
	}
	return text.Clip(name, 100)
}

// commands are those that measured the sides.
func (c *Comparison) commands() document.Chapter {
	chapter := document.Chapter{ID: "commands", Title: "Commands", Only: document.Markdown | document.Page}
	const most = 10 // of shards: they are alike
	for _, p := range c.pairs[:min(most, len(c.pairs))] {
		for _, s := range sides() {
			for _, code := range provenance.Commands(p.of(s)) {
				// A gate measures both sides by one command.
				if n := len(chapter.Code); n > 0 && chapter.Code[n-1].Text == code.Text {
					chapter.Code[n-1].Label = "base and head"
					continue
				}
				code.Label = s.String()
				chapter.Code = append(chapter.Code, code)
			}
		}
	}
	how := "The results do not state the commands that measured them. "
	if len(chapter.Code) > 0 {
		how = ""
	}
	chapter.Text = []string{how + "All of this page comes from the two texts, base and head, and `promisebench report` makes it again from them at any time."}
	return chapter
}

// method says how all this came about.
func (c *Comparison) method() document.Method {
	kinds := make(map[gate.Kind]bool)
	for _, r := range c.Rows {
		kinds[r.Kind] = true
	}
	terms := []method.Term{method.Change, method.Verdicts}
	if kinds[gate.Paired] {
		terms = append(terms, method.ProcessPairs, method.Stopping)
	}
	if kinds[gate.Unpaired] {
		terms = append(terms, method.Unpaired)
	}
	if kinds[gate.Exact] {
		terms = append(terms, method.Exact)
	}
	if kinds[gate.Counted] {
		terms = append(terms, method.Instructions)
	}
	terms = append(terms, method.Nulls)
	if c.layouts > 1 {
		terms = append(terms, method.Layouts)
	} else {
		terms = append(terms, method.Builds)
	}
	terms = append(terms, method.NotCompared)
	return document.Method{Title: methodTitle, Paragraphs: method.Paragraphs(terms...)}
}
