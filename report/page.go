package report

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"maps"
	"slices"
	"strings"

	"promisebench/report/theme"
)

// This file makes the page that people open: one HTML file that needs no other
// file, no network and no server. What it says first is in findings.go.
//
// Whatever comes from results is a stranger's text and reaches the page through
// html/template as text only. The two exceptions are our own: the style sheet
// and the script, which hold no data, and the charts, which an [inliner] lets
// through only if they are made of what it knows. Should all that fail, the
// page's policy forbids everything but this one script and style sheet.

//go:embed page.html.tmpl
var pageSource string

//go:embed page.css
var pageStyle string

//go:embed page.js
var pageScript string

// Bounds that keep the page of the largest matrix below 2 MB, which can be sent
// and opens at once. What is left out is said to be, and is in report.md.
const (
	maxPageCharts = 1_200_000 // bytes of all charts
	maxPageTable  = 8_000     // cells of one table
	maxPageCells  = 20_000    // cells of all tables
	maxPageUnits  = 20        // units with a table of their own
	maxPageFiles  = 40        // charts that are named because they are left out
)

// A page is what the template shows.
type page struct {
	Policy   string
	Style    template.CSS
	Script   template.JS
	Title    string
	Compared string
	Facts    []Config
	Trouble  string
	Answers  []answer
	Sections []pageSection
	Commands []string
	Empty    bool
	Method   method
	Duel     *duelMethod // instead of Method, of a comparison
}

// A chapter is charts and tables under a heading, before a page or Markdown shows
// them.
type chapter struct {
	id, title string
	text      []string
	charts    []Chart
	tables    []Table
}

// A pageSection is charts and tables under a heading.
type pageSection struct {
	ID, Title string
	Text      []string
	Charts    []pageChart
	Tables    []pageTable
	More      string // what was left out
}

type pageChart struct {
	Title string
	File  string        // where the chart is if it is not in the page
	SVG   template.HTML // made by an inliner
}

// A pageTable is a [Table] as the template wants it.
type pageTable struct {
	ID, Title string
	Quiet     bool // the title is the section's already, so it is only spoken
	Head      []pageCell
	Rows      [][]pageCell
	Notes     []string
}

// A pageCell is a cell, with what is to be said about it in HTML.
type pageCell struct {
	Text  string
	Head  bool
	Class string // "num", "l" for left, "wrap"
	Link  string // where the text leads to
}

// A method says which paragraphs about the method concern these results.
type method struct {
	Ours          bool // measured by promisebench, not by another tool
	Matrix        bool // there are workloads in styles
	Servers       bool // there are HTTP servers
	Interleaved   bool
	Await         bool // there is something to tell about await modes
	Emulated      bool
	SkipsTicks    bool
	Ticks         bool
	EmulatedError string
}

// WritePage writes the whole report as one HTML page, which needs no other
// file and no network. The error is w's, or says which chart cannot be shown.
func (r *Results) WritePage(w io.Writer) error {
	p, err := r.page()
	if err != nil {
		return err
	}
	return p.write(w)
}

// write fills in the template.
func (p *page) write(w io.Writer) error {
	t, err := template.New("page").Parse(pageSource)
	if err == nil {
		_, err = t.New("compare").Parse(compareSource)
	}
	if err != nil {
		return fmt.Errorf("report/page.html.tmpl: %w", err)
	}
	var b bytes.Buffer
	if err := t.Execute(&b, p); err != nil {
		return fmt.Errorf("report/page.html.tmpl: %w", err)
	}
	_, err = w.Write(b.Bytes())
	return err
}

// dress gives the page its style sheet, to which the charts have added, and the
// policy that allows this and our script and nothing else.
func (p *page) dress(charts *inliner) {
	sheet := pageStyle + charts.sheet()
	p.Style, p.Script = template.CSS(sheet), template.JS(pageScript)
	p.Policy = "default-src 'none'; style-src " + hashOf(sheet) + "; script-src " + hashOf(pageScript) +
		"; img-src data:; base-uri 'none'; form-action 'none'"
}

// unbroken keeps the percent sign in the line of its number.
func unbroken(s string) string { return strings.ReplaceAll(s, " %", "\u00a0%") }

// A pageMaker counts what it has put into the page.
type pageMaker struct {
	charts                           inliner
	markdown                         string // the file beside the page that has all rows of tables, if not report.md
	perTable                         int    // most cells of a table, if not maxPageTable
	chartBytes, files, cells, tables int
}

func (r *Results) page() (*page, error) {
	f := r.figures()
	engines, styles := r.engineContests(f), r.styleContests(f)
	p := &page{
		Title:    f.pageTitle(),
		Compared: r.comparedText(f.m),
		Facts:    r.facts(f.m),
		Trouble:  r.troubleText(),
		Commands: r.commands(),
		Empty:    r.Empty(),
		Method:   r.method(f.m),
	}
	maker := new(pageMaker)
	p.Answers = maker.answers(r.answers(f.m, engines, styles))

	charts := r.Charts()
	var units []Table
	names := f.m.units()
	for _, unit := range names[:min(maxPageUnits, len(names))] {
		units = append(units, r.unitTable(f.m, unit))
	}
	var timeTables []Table
	if len(units) > 0 && strings.HasPrefix(units[0].Title, unitTitle("sec/op")) {
		timeTables, units = units[:1], units[1:]
	}
	figures := r.Figures()
	var figureTables []Table
	if len(figures) > 0 {
		figureTables = r.FigureTables()
	}
	for _, c := range []chapter{
		{"await", "What the await optimization changes", nil, withTopic(charts, topicAwait), []Table{r.awaitTable(f.m), r.emulationTable(f.m)}},
		{"article", "The article's figures", articleText(), figures, figureTables},
		{"fastest", "Who is fastest", nil, nil, []Table{r.leaderTable(f.m, engines), r.styleTable(f.m, styles)}},
		{"times", "Times", nil, withTopic(charts, topicTimes), timeTables},
		{"counts", "Ticks, memory and other units", nil, nil, units},
		{"servers", "HTTP servers", nil, withTopic(charts, topicServers), []Table{f.serverTable(), f.soakTable()}},
		{"proof", "Which await was measured", proofText(p.Method), nil, []Table{r.proofTable(f.m)}},
		{"other", "Other benchmarks", nil, nil, []Table{r.otherTable(f.m)}},
		{"outcomes", "Failures and skips", nil, nil, []Table{r.outcomeTable()}},
		{"problems", "Problems in the input", nil, nil, []Table{r.problemTable()}},
		{"conditions", "Conditions", nil, nil, []Table{r.conditionTable()}},
	} {
		section, err := maker.section(c)
		if err != nil {
			return nil, err
		}
		if left := len(names) - maxPageUnits; c.id == "counts" && left > 0 {
			section.More = fmt.Sprintf("The tables of %s are in report.md.", count(left, "more unit"))
		}
		if len(section.Charts)+len(section.Tables) > 0 {
			p.Sections = append(p.Sections, section)
		}
	}
	p.dress(&maker.charts)
	return p, nil
}

// section makes a chapter fit for the page, without tables that have no rows.
func (m *pageMaker) section(c chapter) (pageSection, error) {
	s := pageSection{ID: c.id, Title: c.title, Text: c.text}
	for i, chart := range c.charts {
		if m.files == maxPageFiles {
			s.More = fmt.Sprintf("And %s beside this page.", count(len(c.charts)-i, "more chart"))
			break
		}
		shown, err := m.chart(chart)
		if err != nil {
			return s, err
		}
		s.Charts = append(s.Charts, shown)
	}
	for _, t := range c.tables {
		if len(t.Rows) > 0 {
			table := m.table(t)
			table.Quiet = table.Title == s.Title
			s.Tables = append(s.Tables, *table)
		}
	}
	return s, nil
}

// answers makes answers fit for the page.
func (m *pageMaker) answers(list []answer) []answer {
	for i := range list {
		a := &list[i]
		if a.Table != nil {
			a.Page = m.table(*a.Table)
			a.Page.Title = cmp.Or(a.Page.Title, a.Question) // the caption, which is only spoken
		}
		a.First = unbroken(a.First)
		for i, text := range a.Rest {
			a.Rest[i] = unbroken(text)
		}
	}
	return list
}

// hashOf names a style sheet or a script in the page's policy.
func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// chart draws a chart into the page, or says where it is if it is too much.
func (m *pageMaker) chart(c Chart) (pageChart, error) {
	shown := pageChart{Title: theme.Clean(c.Title)}
	var file bytes.Buffer
	if err := c.WriteSVG(&file); err != nil {
		return shown, err
	}
	svg, err := m.charts.inline(file.Bytes())
	if err != nil {
		return shown, fmt.Errorf("chart %s: %w", c.ID, err)
	}
	if m.chartBytes+len(svg) > maxPageCharts {
		m.files++
		shown.File = c.ID + ".svg"
		return shown, nil
	}
	m.chartBytes += len(svg)
	shown.SVG = svg
	return shown, nil
}

// table makes a table fit for the page.
func (m *pageMaker) table(t Table) *pageTable {
	m.tables++
	shown := &pageTable{ID: fmt.Sprintf("table-%d", m.tables), Title: theme.Clean(t.Title)}
	numeric := func(column int) bool { return column < len(t.Align) && t.Align[column] == Right }
	for i, text := range t.Header {
		cell := pageCell{Text: theme.Clean(text), Head: true}
		if numeric(i) {
			cell.Class = "num"
		}
		shown.Head = append(shown.Head, cell)
	}
	wide := max(1, len(t.Header))
	room := max(1, min(cmp.Or(m.perTable, maxPageTable), maxPageCells-m.cells)/wide)
	for i, row := range t.Rows {
		if i == room {
			shown.Notes = append(shown.Notes, fmt.Sprintf("%s left out, see %s", count(len(t.Rows)-room, "more row"), cmp.Or(m.markdown, "report.md")))
			break
		}
		m.cells += wide
		line := make([]pageCell, len(t.Header))
		for column := range line {
			cell := &line[column]
			if column < len(row) {
				cell.Text = theme.Clean(row[column])
			}
			cell.Head = column < max(1, t.Key)
			switch {
			case len(cell.Text) > 60 || strings.Contains(cell.Text, "\n"):
				cell.Class = "wrap"
				if !cell.Head {
					cell.Class = "l wrap"
				}
			case !cell.Head && !numeric(column):
				cell.Class = "l"
			}
		}
		if i < len(t.Links) {
			line[len(line)-1].Link = t.Links[i]
		}
		shown.Rows = append(shown.Rows, line)
	}
	for _, note := range t.Notes {
		shown.Notes = append(shown.Notes, theme.Clean(note))
	}
	return shown
}

// pageTitle names the engines, if they are few.
func (f figures) pageTitle() string {
	var names []string
	for _, e := range f.m.engines {
		names = append(names, clip(e, 40))
	}
	switch _, servers := f.m.served(); {
	case len(names) == 0 && len(servers) > 0:
		return "HTTP servers on " + count(len(servers), "engine")
	case len(names) == 0:
		return "Benchmark report"
	case len(names) > 5:
		return fmt.Sprintf("Promises and await on %d engines", len(names))
	}
	return "Promises and await on " + enumerate(names)
}

// comparedText says what was compared, to somebody who knows nothing of it yet.
// Engines are not named if the facts below it name them with their versions.
func (r *Results) comparedText(m *matrix) string {
	if r.Empty() || len(m.rows) == 0 {
		return r.measuredText(m)
	}
	labels, styles, engines := m.names()
	on := count(len(engines), "JavaScript engine")
	if slices.ContainsFunc(m.engines, func(e string) bool { return r.known["engine-"+e] == "" }) {
		on += " (" + enumerate(engines) + ")"
	}
	written := "written in style " + styles[0]
	if len(styles) > 1 {
		written = fmt.Sprintf("written in %d styles (%s)", len(styles), enumerate(styles))
	}
	return fmt.Sprintf("The time that asynchronous programs take: %s (%s), %s, on %s; %s of %s.", count(len(labels), "workload"), enumerate(labels),
		written, on, count(r.samples, "sample"), count(len(r.Counts()), "benchmark"))
}

// facts are the conditions that readers ask for first.
func (r *Results) facts(m *matrix) []Config {
	var versions []string
	_, servers := m.served()
	for _, e := range slices.Concat(m.engines, servers) {
		if v := r.known["engine-"+e]; v != "" && !slices.Contains(versions, clip(e, 40)+" "+shortVersion(v)) {
			versions = append(versions, clip(e, 40)+" "+shortVersion(v))
		}
	}
	machine := []string{}
	for _, key := range []struct{ name, format string }{{"cpu", "%s"}, {"cores", "%s cores"}, {"os", "%s"}} {
		if v := r.known[key.name]; v != "" {
			machine = append(machine, fmt.Sprintf(key.format, clip(v, 80)))
		}
	}
	facts := []Config{
		{"Versions", enumerate(versions)},
		{"Machine", strings.Join(machine, ", ")},
		{"Date", clip(r.known["date"], 40)},
		{"Commit", clip(r.known["commit"], 60)},
	}
	return slices.DeleteFunc(facts, func(f Config) bool { return f.Value == "" })
}

// commands returns the commands that measured these results, sorted.
func (r *Results) commands() []string {
	var list []string
	for _, c := range slices.SortedFunc(maps.Keys(r.seen), func(a, b Config) int { return strings.Compare(a.Value, b.Value) }) {
		if c.Key == "command" && len(list) < 20 {
			list = append(list, clip(c.Value, 2000))
		}
	}
	return list
}

// method finds out what there is to be explained.
func (r *Results) method(m *matrix) method {
	how := method{
		Ours:          strings.HasPrefix(r.known["command"], "promisebench "),
		Matrix:        len(m.rows) > 0,
		Servers:       len(m.servers)+len(m.soaks) > 0,
		Interleaved:   r.interleaved(),
		Ticks:         slices.Contains(m.units(), "ticks/op"),
		EmulatedError: m.errorText(),
	}
	how.SkipsTicks = figures{Results: r, m: m}.serversSkipTicks()
	for _, e := range m.engines {
		for _, mode := range []string{legacy, optimized} {
			how.Await = how.Await || m.measuredIn(mode, e)
			if m.measuredIn(mode, e) {
				how.Emulated = how.Emulated || r.emulated(e, mode)
				how.SkipsTicks = how.SkipsTicks || r.modeIs(e, mode) == skipsTicks
			}
		}
	}
	return how
}

func articleText() []string {
	return []string{"From “Faster async functions and promises” (V8 blog, November 2018), measured again with workloads written afresh after its " +
		"description. Diamonds are what the article shows, measured on its authors' machine and read off its bars: what can be compared is " +
		"how they change from column to column, not their height."}
}

func proofText(m method) []string {
	text := []string{"A switch is not trusted by itself, nor is a rewrite: what an await mode is shows in the order in which a program goes on. " +
		"After await of a settled promise, the optimized await goes on before a reaction registered next (after:await tick:a tick:b), " +
		"the legacy one two turns of the queue later (tick:a tick:b after:await)."}
	if m.Ours {
		text = append(text, "promisebench runs this program in the realm of every sample before it measures there. Where the order is not "+
			"that of the mode, there is a failure and no number.")
	} else {
		text = append(text, "These results do not say that they were measured by promisebench, which runs this program before every sample; "+
			"what they say of their modes is shown as it stands.")
	}
	return text
}

// proofTable says for each engine and await mode where the mode comes from, and
// what shows it.
func (r *Results) proofTable(m *matrix) Table {
	t := Table{
		Title:  "Await modes",
		Header: []string{"engine", "version", "await", "where from", "emulation error", "order", "ticks/op of async functions"},
		Key:    1,
	}
	var n notes
	for _, e := range m.engines {
		for _, mode := range []string{legacy, optimized} {
			word, measured := r.modeIs(e, mode), m.measuredIn(mode, e)
			if word == "" && !measured {
				continue
			}
			from := word
			switch word {
			case "":
				from = "not said"
			case skipsTicks:
				from = "native, skips ticks (the Node 8 bug)"
			}
			order := map[string]string{legacy: "tick:a tick:b after:await", optimized: "after:await tick:a tick:b"}[mode]
			ticks, off := r.asyncTicks(m, e, mode), ""
			if word == emulated && measured {
				off = "not stated"
				if known := m.errorText(); known != "" {
					off = marked("see ", n.mark(known))
				}
			}
			if !measured {
				order, ticks = "not measured", ""
			}
			t.Rows = append(t.Rows, []string{clip(e, 40), clip(shortVersion(r.known["engine-"+e]), 60), mode, clip(from, 60), off, order, ticks})
		}
	}
	t.Notes = n.numbered()
	return t
}

// asyncTicks lists the ticks of async functions in an await mode on an engine.
func (r *Results) asyncTicks(m *matrix, engine, mode string) string {
	var said []string
	for _, row := range m.rows {
		if _, forced := withoutForced(row.workload); forced || row.style != "async" || row.await != mode {
			continue
		}
		if s := r.summary(m, place{row, engine}, "ticks/op"); s.n > 0 {
			said = append(said, row.label+" "+ticksText(s))
		}
	}
	return enumerate(said)
}

// ticksText writes ticks without an interval.
func ticksText(s summary) string {
	if s.exact || s.Center == 0 {
		return number(s.Center)
	}
	return threeDigits(s.Center)
}
