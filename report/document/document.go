// Package document is the one model of what reports say, and its three ways to be
// written: for a terminal, as Markdown, and as one HTML page that needs no other
// file and no network.
//
// Everything that a command shows is a [Document]: a run, the article's figures, a
// comparison, a history, a check. Whoever has something to say makes chapters of
// text, tables and charts, and knows nothing of markup, widths and limits:
//
//	d := &document.Document{Title: "Benchmark report", Chapters: []document.Chapter{
//		{ID: "times", Title: "Times", Tables: []*document.Table{table}, Charts: []*chart.Chart{times}},
//	}}
//	err := d.WriteHTML(page)
//
// Text from strangers may stand anywhere: what would be markup, or upset a terminal,
// is made harmless in writing.
package document

import (
	"cmp"
	"slices"

	"promisebench/report/chart"
)

// A Document is what one command has to say. It is built once and written as often
// as need be.
type Document struct {
	Title   string
	Lead    string // in a sentence, what this is
	Warning string // what must be read before anything else
	Facts   []Fact
	// Findings stand first on a page: questions that readers come with, and answers.
	Findings []Finding
	// Chapters without text, charts, code and rows are left out, and so are those whose
	// text is about tables that have no rows.
	Chapters []Chapter
	// Method explains how the numbers came about. Each room contributes its paragraphs.
	Method Method
	// Markdown names the file with all rows of tables, for what the page leaves out:
	// "report.md" if empty.
	Markdown string
	// Limits bound the page; the zero value is for all but special cases.
	Limits Limits
}

// A Fact is a condition that readers ask for first.
type Fact struct{ Name, Value string }

// A Finding is a question that readers come with, and what the results say.
type Finding struct {
	Question string
	Hint     string   // what one must know to understand the answer, as the text of a [Paragraph]
	Answer   string   // in one sentence; a finding without an answer is left out
	Details  []string // what else there is to say
	Table    *Table   // a few rows, without controls
	Chapter  string   // the ID of the chapter that has all of it; may be the method's
	Link     string   // what stands on the link to it
}

// A Medium is where a chapter is shown.
type Medium int

const (
	Terminal Medium = 1 << iota
	Markdown
	Page
)

// A Chapter is text, charts and tables under a heading.
type Chapter struct {
	ID, Title string
	Text      []string // as the text of a [Paragraph]
	Charts    []*chart.Chart
	Tables    []*Table
	// Code is shown as it is, line by line: the commands that measured.
	Code []Code
	// Only says where the chapter is shown; 0 is everywhere.
	Only Medium
}

// Code is program text or a command, with what it is.
type Code struct {
	Label, Text string
	Language    string // [a-z]*, of program text
}

// A Method is how numbers came about: paragraphs that explain, and a list of biases.
type Method struct {
	Title      string // of its chapter, whose ID is "method"; "How this was measured" if empty
	Paragraphs []Paragraph
	Biases     []string // as the texts of paragraphs
}

// A Paragraph explains a term. Its text may hold inline code between backquotes,
// links as [text](https://…), and nothing else.
type Paragraph struct{ Term, Text string }

// Limits bound the size of a page. What is left out is said to be, and stands in
// the Markdown file or beside the page.
type Limits struct {
	ChartBytes int // of all charts; 0 is 1,150,000
	TableCells int // of one table; 0 is 8,000
}

// chapters returns what is shown in a medium, without tables that have no rows.
func (d *Document) chapters(m Medium) []Chapter {
	var shown []Chapter
	for _, c := range d.Chapters {
		if c.Only != 0 && c.Only&m == 0 {
			continue
		}
		wanted := len(c.Tables) + len(c.Charts)
		c.Tables = slices.DeleteFunc(slices.Clone(c.Tables), func(t *Table) bool { return t == nil || len(t.Rows) == 0 })
		if m == Terminal {
			c.Charts = nil
		}
		if len(c.Tables)+len(c.Charts)+len(c.Code) > 0 || wanted == 0 && len(c.Text) > 0 {
			shown = append(shown, c)
		}
	}
	return shown
}

// findings returns those that have an answer.
func (d *Document) findings() []Finding {
	return slices.DeleteFunc(slices.Clone(d.Findings), func(f Finding) bool { return f.Answer == "" })
}

// Charts returns the charts of all chapters, each once: what is to be written beside
// the Markdown and the page.
func (d *Document) Charts() []*chart.Chart {
	var list []*chart.Chart
	for _, c := range d.Chapters {
		for _, drawn := range c.Charts {
			if c.Only != Terminal && !slices.Contains(list, drawn) {
				list = append(list, drawn)
			}
		}
	}
	return list
}

const biasesTitle = "Known biases"

func (m *Method) title() string { return cmp.Or(m.Title, "How this was measured") }

// MarkdownFile is the name of the file that [Document.WriteMarkdown] is meant for.
func (d *Document) MarkdownFile() string { return cmp.Or(d.Markdown, "report.md") }
