package document

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html"
	"html/template"
	"io"
	"regexp"
	"slices"
	"strings"

	"promisebench/report/chart"
	"promisebench/report/text"
	"promisebench/report/theme"
)

// This file makes the page that people open: one HTML file that needs no other file,
// no network and no server.
//
// Whatever comes from results is a stranger's text and reaches the page through
// html/template as text only. The two exceptions are our own: the style sheet and the
// script, which hold no data, and the charts, whose package escapes what they say.
// Should all that fail, the page's policy forbids everything but this one script and
// style sheet.

//go:embed page.html.tmpl
var pageSource string

//go:embed page.css
var pageStyle string

//go:embed page.js
var pageScript string

// Bounds that keep the page of the largest matrix below 2 MB, which can be sent and
// opens at once. What is left out is said to be.
const (
	maxChartBytes = 1_150_000 // of all charts
	maxTableCells = 8_000     // of one table
	maxCells      = 20_000    // of all tables
	maxFiles      = 40        // charts that are named because they are left out
)

// A page is what the template shows.
type page struct {
	Policy      string
	Style       template.CSS
	Script      template.JS
	Title       string
	Lead        string
	Warning     string
	Facts       []Fact
	Findings    []pageFinding
	Chapters    []pageChapter
	MethodTitle string // empty if there is nothing to explain
	Method      []pageParagraph
	BiasesTitle string // empty if there are none
	Biases      []spans
}

type pageFinding struct {
	Question string
	Hint     spans
	Answer   string
	Details  []string
	Table    *pageTable
	Chapter  string // that is on the page
	Link     string
}

type pageChapter struct {
	ID, Title string
	Text      []spans
	Charts    []pageChart
	More      string // which charts are left out
	Tables    []*pageTable
	Code      []Code
}

type pageParagraph struct {
	Term string
	Text spans
}

type pageChart struct {
	Title string
	File  string        // where the chart is if it is not in the page
	SVG   template.HTML // made by package chart
}

type pageTable struct {
	ID, Title string
	Class     string // "data" of tables with controls
	Quiet     bool   // the title is a heading's already, so it is only spoken
	Head      []pageCell
	Rows      [][]pageCell
	Notes     []string
}

type pageCell struct {
	Text  string
	Head  bool
	Class string
	Link  string
	Rank  string // what the cell is sorted by
}

// WriteHTML writes all of it as one HTML page, which needs no other file and no
// network. The error is w's, or says which chart cannot be shown.
func (d *Document) WriteHTML(w io.Writer) error {
	p, err := d.page()
	if err != nil {
		return err
	}
	t, err := template.New("page").Parse(pageSource)
	if err != nil {
		return fmt.Errorf("page.html.tmpl: %w", err)
	}
	var b bytes.Buffer
	if err := t.Execute(&b, p); err != nil {
		return fmt.Errorf("page.html.tmpl: %w", err)
	}
	_, err = w.Write(b.Bytes())
	return err
}

func (d *Document) page() (*page, error) {
	p := &page{Title: text.Clean(d.Title), Lead: text.Clean(d.Lead), Warning: text.Clean(d.Warning)}
	for _, f := range d.Facts {
		p.Facts = append(p.Facts, Fact{text.Clean(f.Name), text.Clean(f.Value)})
	}
	m := &pageMaker{limits: d.Limits, markdown: text.Clean(d.MarkdownFile())}
	for _, f := range d.findings() {
		p.Findings = append(p.Findings, m.finding(f))
	}
	for _, c := range d.chapters(Page) {
		shown, err := m.chapter(c)
		if err != nil {
			return nil, err
		}
		p.Chapters = append(p.Chapters, shown)
	}
	for _, paragraph := range d.Method.Paragraphs {
		p.MethodTitle = text.Clean(d.Method.title())
		p.Method = append(p.Method, pageParagraph{text.Clean(paragraph.Term), inline(paragraph.Text)})
	}
	for _, bias := range d.Method.Biases {
		p.BiasesTitle = biasesTitle
		p.Biases = append(p.Biases, inline(bias))
	}
	p.withoutDeadLinks()
	p.dress(&m.sheet)
	return p, nil
}

// withoutDeadLinks takes from findings the links to what is not on the page.
func (p *page) withoutDeadLinks() {
	for i, f := range p.Findings {
		there := f.Chapter == "method" && p.MethodTitle != "" || f.Chapter == "biases" && p.BiasesTitle != "" ||
			slices.ContainsFunc(p.Chapters, func(c pageChapter) bool { return c.ID == f.Chapter })
		if !there {
			p.Findings[i].Chapter = ""
		}
	}
}

// dress gives the page its style sheet, to which the charts have added, and the policy
// that allows this and our script and nothing else.
func (p *page) dress(charts *theme.Sheet) {
	sheet := pageStyle + charts.CSS()
	p.Style, p.Script = template.CSS(sheet), template.JS(pageScript)
	p.Policy = "default-src 'none'; style-src " + hashOf(sheet) + "; script-src " + hashOf(pageScript) +
		"; img-src data:; base-uri 'none'; form-action 'none'"
}

// hashOf names a style sheet or a script in the page's policy.
func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// A pageMaker counts what it has put into the page.
type pageMaker struct {
	sheet                            theme.Sheet
	limits                           Limits
	markdown                         string // the file that has all rows of tables
	chartBytes, files, cells, tables int
}

func (m *pageMaker) finding(f Finding) pageFinding {
	shown := pageFinding{
		Question: text.Clean(f.Question), Answer: text.Clean(f.Answer),
		Chapter: f.Chapter, Link: text.Clean(cmp.Or(f.Link, "All of it")),
	}
	if f.Hint != "" {
		shown.Hint = inline(f.Hint)
	}
	for _, s := range f.Details {
		shown.Details = append(shown.Details, text.Clean(s))
	}
	if f.Table != nil && len(f.Table.Rows) > 0 {
		shown.Table = m.table(f.Table)
		shown.Table.Title = cmp.Or(shown.Table.Title, shown.Question)
		shown.Table.Quiet = true
		shown.Table.keepIntervals()
	}
	return shown
}

// interval matches what stands in brackets behind a number.
var interval = regexp.MustCompile(`\[[^\[\]]*\]`)

// keepIntervals has lines of cells end before an interval and not within it: cards are
// narrow, and their cells are wrapped.
func (t *pageTable) keepIntervals() {
	for _, row := range t.Rows {
		for i, c := range row {
			row[i].Text = interval.ReplaceAllStringFunc(c.Text, func(s string) string { return strings.ReplaceAll(s, " ", "\u00a0") })
		}
	}
}

func (m *pageMaker) chapter(c Chapter) (pageChapter, error) {
	shown := pageChapter{ID: c.ID, Title: text.Clean(c.Title)}
	for _, s := range c.Text {
		shown.Text = append(shown.Text, inline(s))
	}
	for i, drawn := range c.Charts {
		if m.files == maxFiles {
			shown.More = fmt.Sprintf("And %s beside this page.", text.Count(len(c.Charts)-i, "more chart"))
			break
		}
		chart, err := m.chart(drawn)
		if err != nil {
			return shown, err
		}
		shown.Charts = append(shown.Charts, chart)
	}
	for _, t := range c.Tables {
		table := m.table(t)
		table.Class = "data"
		table.Title = cmp.Or(table.Title, shown.Title)
		table.Quiet = table.Title == shown.Title
		shown.Tables = append(shown.Tables, table)
	}
	for _, code := range c.Code {
		shown.Code = append(shown.Code, Code{Label: text.Clean(code.Label), Text: text.Clean(code.Text)})
	}
	return shown, nil
}

// chart draws a chart into the page, or says where it is if it is too much.
func (m *pageMaker) chart(c *chart.Chart) (pageChart, error) {
	shown := pageChart{Title: text.Clean(c.Title)}
	var svg bytes.Buffer
	if err := c.WriteInline(&svg, &m.sheet); err != nil {
		return shown, fmt.Errorf("chart %s: %w", c.ID, err)
	}
	if m.chartBytes+svg.Len() > cmp.Or(m.limits.ChartBytes, maxChartBytes) {
		m.files++
		shown.File = c.ID + ".svg"
		return shown, nil
	}
	m.chartBytes += svg.Len()
	shown.SVG = template.HTML(svg.String())
	return shown, nil
}

// table makes a table fit for the page.
func (m *pageMaker) table(t *Table) *pageTable {
	m.tables++
	shown := &pageTable{ID: fmt.Sprintf("table-%d", m.tables), Title: text.Clean(t.Title)}
	for _, c := range t.Columns {
		cell := pageCell{Text: Cell{Marks: c.Marks}.marked(text.Clean(c.Title)), Head: true}
		if c.Align == Right {
			cell.Class = "num"
		}
		shown.Head = append(shown.Head, cell)
	}
	wide := max(1, len(t.Columns))
	room := max(1, min(cmp.Or(m.limits.TableCells, maxTableCells), maxCells-m.cells)/wide)
	rows := t.within(room)
	m.cells += wide * len(rows)
	ranks := t.ranks(rows)
	for n, row := range rows {
		line := make([]pageCell, len(t.Columns))
		for i := range line {
			var c Cell
			if i < len(row) {
				c = row[i]
			}
			line[i] = pageCellOf(c, t.Columns[i], i < max(1, t.Key))
			line[i].Rank = ranks[n][i]
		}
		shown.Rows = append(shown.Rows, line)
	}
	for _, note := range t.notes() {
		shown.Notes = append(shown.Notes, text.Clean(note))
	}
	if left := len(t.Rows) - len(rows); left > 0 {
		shown.Notes = append(shown.Notes, fmt.Sprintf("%s left out, see %s", text.Count(left, "more row"), m.markdown))
	}
	return shown
}

func pageCellOf(c Cell, column Column, head bool) pageCell {
	shown := pageCell{Text: c.marked(text.Clean(c.Text)), Head: head, Link: c.link()}
	var classes []string
	switch {
	case column.Align == Left && !head:
		classes = append(classes, "l")
	case column.Align == Right && head:
		classes = append(classes, "num")
	}
	if column.Wrap || len(shown.Text) > 60 || strings.Contains(shown.Text, "\n") {
		classes = append(classes, "wrap")
	}
	switch c.Class {
	case Regressed, Improved, Unchanged, Inconclusive, Differs:
		classes = append(classes, string(c.Class))
	}
	shown.Class = strings.Join(classes, " ")
	return shown
}

// within returns the table's rows without those for which a page has no room. Those
// that are to be kept go last.
func (t *Table) within(rows int) [][]Cell {
	keep := make([]bool, len(t.Rows))
	bytes := cmp.Or(t.MaxBytes, 1<<62)
	for _, first := range []bool{true, false} {
		for i, row := range t.Rows {
			if keep[i] || first && t.Keep != nil && !t.Keep(row) {
				continue
			}
			bytes -= size(row)
			rows--
			if bytes < 0 || rows < 0 {
				break
			}
			keep[i] = true
		}
	}
	var kept [][]Cell
	for i, row := range t.Rows {
		if keep[i] {
			kept = append(kept, row)
		}
	}
	return kept
}

// size is about as many bytes as a row has on a page.
func size(row []Cell) int {
	n := 0
	for _, c := range row {
		n += len(html.EscapeString(c.Text)) + len(c.Link) + len(`<td class="l"></td>`)
		if c.Sortable {
			n += len(` data-rank="1234"`)
		}
	}
	return n
}
