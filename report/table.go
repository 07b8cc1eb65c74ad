package report

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/pkg/twwidth"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"

	"promisebench/report/theme"
)

// A Format says for whom a table is written.
type Format int

const (
	Text     Format = iota // for a terminal
	Markdown               // GitHub Flavored Markdown
)

// An Align says on which side a column's cells are flush.
type Align int

const (
	Left Align = iota
	Right
)

// A Table is a table to be written. Its cells may hold any text: what would be
// markup or upset a terminal is made harmless in writing. A newline begins a
// new line within the cell.
type Table struct {
	Title  string
	Header []string
	Rows   [][]string // short rows are filled up with empty cells
	Align  []Align    // by column; missing ones are Left
	Notes  []string   // footnotes, below the table
	Links  []string   // by row: where its last cell leads to, made by relativeLink
	// Key is the number of leading columns that say what a row is about. If it
	// is not 0 and the table is too wide for a terminal, Text repeats them and
	// splits the others over several tables.
	Key int
}

// textWidth is the number of columns that fit on most terminals today.
const textWidth = 120

// Write writes the table, its title above and its notes below. The error is
// w's.
func (t Table) Write(w io.Writer, f Format) error {
	var b bytes.Buffer // tablewriter ignores errors of what it writes to
	if f == Markdown {
		if t.Title != "" {
			fmt.Fprintf(&b, "### %s\n\n", escape(t.Title))
		}
		t.render(&b, f)
		for i, note := range t.Notes {
			if i == 0 {
				b.WriteString("\n")
			}
			// The backslash is a line break; without it the notes would be one paragraph.
			end := "\\\n"
			if i == len(t.Notes)-1 {
				end = "\n"
			}
			b.WriteString(escape(note) + end)
		}
	} else {
		if t.Title != "" {
			fmt.Fprintf(&b, "%s\n\n", theme.Clean(t.Title))
		}
		for i, part := range t.split() {
			if i > 0 {
				b.WriteString("\n")
			}
			part.render(&b, f)
		}
		for _, note := range t.Notes {
			b.WriteString(wrapNote(theme.Clean(note)))
		}
	}
	_, err := w.Write(b.Bytes())
	return err
}

// render writes header and rows.
func (t Table) render(b *bytes.Buffer, f Format) {
	if len(t.Header) == 0 {
		return
	}
	align := make([]tw.Align, len(t.Header))
	for i := range align {
		align[i] = tw.AlignLeft
		if i < len(t.Align) && t.Align[i] == Right {
			align[i] = tw.AlignRight
		}
	}
	cells := func(row []string, link string) []string {
		out := make([]string, len(t.Header))
		for i := range out {
			if i >= len(row) {
				continue
			}
			out[i] = theme.Clean(row[i])
			if f == Markdown {
				out[i] = strings.ReplaceAll(escape(row[i]), "\n", "<br>")
				if link != "" && i == len(out)-1 {
					out[i] = "[" + out[i] + "](" + link + ")"
				}
			}
		}
		return out
	}

	var lines bytes.Buffer
	options := []tablewriter.Option{
		// The width of µ and ± must not depend on the locale of whoever runs
		// this: the same results give the same bytes. (This is a setting of the
		// process, but always the same one.)
		tablewriter.WithEastAsian(tw.Off),
		tablewriter.WithHeaderAutoFormat(tw.Off), // it would upper-case engine names
		tablewriter.WithRowAutoFormat(tw.Off),
		tablewriter.WithHeaderAutoWrap(tw.WrapNone),
		tablewriter.WithRowAutoWrap(tw.WrapNone),
		tablewriter.WithHeaderAlignmentConfig(tw.CellAlignment{PerColumn: align}),
		tablewriter.WithRowAlignmentConfig(tw.CellAlignment{PerColumn: align}),
		tablewriter.WithRenderer(tableRenderer(f)),
	}
	table := tablewriter.NewTable(&lines, options...)
	table.Header(cells(t.Header, ""))
	for i, row := range t.Rows {
		link := ""
		if i < len(t.Links) {
			link = t.Links[i]
		}
		if err := table.Append(cells(row, link)); err != nil {
			fmt.Fprintf(&lines, "(row not shown: %v)\n", err) // not seen to happen
		}
	}
	if err := table.Render(); err != nil {
		fmt.Fprintf(&lines, "(table not shown: %v)\n", err)
	}
	for line := range strings.Lines(lines.String()) {
		b.WriteString(strings.TrimRight(line, " \n") + "\n")
	}
}

// tableRenderer returns a plain look for terminals: no frame, no rules but the
// one below the header, so that tables are narrow and can be cut with awk.
func tableRenderer(f Format) tw.Renderer {
	if f == Markdown {
		return renderer.NewMarkdown()
	}
	return renderer.NewBlueprint(tw.Rendition{
		Borders: tw.BorderNone,
		Symbols: tw.NewSymbols(tw.StyleLight),
		Settings: tw.Settings{
			Separators: tw.Separators{BetweenColumns: tw.Off, BetweenRows: tw.Off},
			Lines:      tw.Lines{ShowTop: tw.Off, ShowBottom: tw.Off, ShowHeaderLine: tw.On},
		},
	})
}

// split returns the table in parts that fit a terminal, if t.Key allows it.
func (t Table) split() []Table {
	if t.Key <= 0 || t.Key >= len(t.Header) {
		return []Table{t}
	}
	width := make([]int, len(t.Header))
	for _, row := range append([][]string{t.Header}, t.Rows...) {
		for i := range min(len(row), len(width)) {
			width[i] = max(width[i], twwidth.Width(row[i])+2) // 2 for the padding
		}
	}
	key := 0
	for _, w := range width[:t.Key] {
		key += w
	}
	var parts []Table
	for from := t.Key; from < len(t.Header); {
		to, total := from, key
		for to < len(t.Header) && (to == from || total+width[to] <= textWidth) {
			total += width[to]
			to++
		}
		part := Table{Header: pick(t.Header, t.Key, from, to), Align: pick(t.Align, t.Key, from, to)}
		for _, row := range t.Rows {
			part.Rows = append(part.Rows, pick(row, t.Key, from, to))
		}
		parts = append(parts, part)
		from = to
	}
	return parts
}

// pick returns the first key elements of row and those from from to to, as far
// as there are.
func pick[T any](row []T, key, from, to int) []T {
	n := len(row)
	picked := append([]T(nil), row[:min(key, n)]...)
	return append(picked, row[min(from, n):min(to, n)]...)
}

// wrapNote breaks a footnote into lines of a terminal, indented by a column to
// stand under the table's text.
func wrapNote(note string) string {
	var b strings.Builder
	column := 0
	for _, word := range strings.Fields(note) {
		w := twwidth.Width(word)
		switch {
		case column == 0:
			b.WriteString(" ")
		case column+1+w > textWidth:
			b.WriteString("\n   ")
			column = 2
		default:
			b.WriteString(" ")
		}
		b.WriteString(word)
		column += 1 + w
	}
	return b.String() + "\n"
}

// escape makes text safe and literal in Markdown, in a table cell as well.
func escape(s string) string {
	return strings.NewReplacer(
		"&", "&amp;", "<", "&lt;", ">", "&gt;",
		`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`,
		"|", `\|`, "~", `\~`, "$", `\$`, "#", `\#`, "@", "&#64;",
	).Replace(theme.Clean(s))
}
