package document

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"promisebench/report/text"
)

// WriteMarkdown writes all of it as GitHub Flavored Markdown. Charts are images named
// ID.svg beside it, to be written with [chart.Chart.WriteSVG]. The error is w's.
func (d *Document) WriteMarkdown(w io.Writer) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# %s\n", line(d.Title))
	if d.Lead != "" {
		fmt.Fprintf(&b, "\n%s\n", line(d.Lead))
	}
	if d.Warning != "" {
		fmt.Fprintf(&b, "\n**%s**\n", line(d.Warning))
	}
	var facts []string
	for _, f := range d.Facts {
		facts = append(facts, line(f.Name)+": "+line(f.Value))
	}
	writeList(&b, facts)
	for _, f := range d.findings() {
		f.writeMarkdown(&b)
	}
	for _, c := range d.chapters(Markdown) {
		c.writeMarkdown(&b)
	}
	d.Method.writeMarkdown(&b)
	_, err := w.Write(b.Bytes())
	return err
}

func (f *Finding) writeMarkdown(b *bytes.Buffer) {
	fmt.Fprintf(b, "\n## %s\n\n", line(f.Question))
	if f.Hint != "" {
		fmt.Fprintf(b, "%s\n\n", inline(f.Hint).markdown())
	}
	fmt.Fprintf(b, "**%s**\n", line(f.Answer))
	var details []string
	for _, s := range f.Details {
		details = append(details, line(s))
	}
	writeList(b, details)
}

func (c *Chapter) writeMarkdown(b *bytes.Buffer) {
	fmt.Fprintf(b, "\n## %s\n", line(c.Title))
	for _, paragraph := range c.Text {
		fmt.Fprintf(b, "\n%s\n", inline(paragraph).markdown())
	}
	for _, c := range c.Charts {
		// The ID is a slug, so it needs no escaping.
		fmt.Fprintf(b, "\n![%s](%s.svg)\n", line(strings.Join(text.NotEmpty(c.Title, c.Subtitle), "; ")), c.ID)
	}
	for _, t := range c.Tables {
		b.WriteString("\n")
		titled := *t
		if t.Title == c.Title {
			titled.Title = ""
		}
		titled.writeMarkdown(b)
	}
	for _, code := range c.Code {
		fence := "```"
		for strings.Contains(code.Text, fence) {
			fence += "`"
		}
		if code.Label != "" {
			fmt.Fprintf(b, "\n%s:\n", line(code.Label))
		}
		fmt.Fprintf(b, "\n%s%s\n%s\n%s\n", fence, code.Language, strings.TrimRight(text.Clean(code.Text), "\n"), fence)
	}
}

func (m *Method) writeMarkdown(b *bytes.Buffer) {
	var terms, biases []string
	for _, p := range m.Paragraphs {
		terms = append(terms, fmt.Sprintf("**%s**: %s", line(p.Term), inline(p.Text).markdown()))
	}
	for _, s := range m.Biases {
		biases = append(biases, inline(s).markdown())
	}
	if len(terms) > 0 {
		fmt.Fprintf(b, "\n## %s\n", line(m.title()))
		writeList(b, terms)
	}
	if len(biases) > 0 {
		fmt.Fprintf(b, "\n## %s\n", biasesTitle)
		writeList(b, biases)
	}
}

// writeList writes a list of Markdown texts, nothing if there are none.
func writeList(b *bytes.Buffer, items []string) {
	for i, s := range items {
		if i == 0 {
			b.WriteString("\n")
		}
		fmt.Fprintf(b, "- %s\n", s)
	}
}

// WriteMarkdown writes the table alone. The error is w's.
func (t *Table) WriteMarkdown(w io.Writer) error {
	var b bytes.Buffer // tablewriter ignores errors of what it writes to
	t.writeMarkdown(&b)
	_, err := w.Write(b.Bytes())
	return err
}

func (t *Table) writeMarkdown(b *bytes.Buffer) {
	if t.Title != "" {
		fmt.Fprintf(b, "### %s\n\n", line(t.Title))
	}
	g := t.grid(escape)
	for i, cells := range g.lines {
		for column, s := range cells {
			s = strings.ReplaceAll(s, "\n", "<br>")
			if i > 0 && column < len(t.Rows[i-1]) {
				if link := t.Rows[i-1][column].link(); link != "" {
					s = "[" + s + "](" + link + ")"
				}
			}
			cells[column] = s
		}
	}
	g.render(b, Markdown)
	notes := t.notes()
	for i, note := range notes {
		if i == 0 {
			b.WriteString("\n")
		}
		// The backslash is a line break; without it the notes would be one paragraph.
		end := "\\\n"
		if i == len(notes)-1 {
			end = "\n"
		}
		b.WriteString(line(note) + end)
	}
}

// escape makes text safe and literal in Markdown, in a table cell as well.
func escape(s string) string {
	return strings.NewReplacer(
		"&", "&amp;", "<", "&lt;", ">", "&gt;",
		`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`,
		"|", `\|`, "~", `\~`, "$", `\$`, "#", `\#`, "@", "&#64;",
	).Replace(text.Clean(s))
}

// line is escape for text that stands in one line, so that it begins no list, heading
// or block of code.
func line(s string) string { return strings.Join(strings.Fields(escape(s)), " ") }
