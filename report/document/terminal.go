package document

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"

	"promisebench/report/text"
)

// This file writes for terminals. No line is wider than the terminal: columns of
// tables are narrowed, or become several tables, and nothing is ever cut off, because
// what is read from a pipe or a log has no other place to be looked up.

// WriteText writes the chapters for a terminal of so many columns (at least 40), or
// for a pipe. Charts are not shown. The error is w's.
func (d *Document) WriteText(w io.Writer, columns int) error {
	var b bytes.Buffer
	for _, c := range d.chapters(Terminal) {
		heading := c.Title
		if len(c.Tables) == 1 && len(c.Text)+len(c.Code) == 0 {
			heading = "" // the table has one
		}
		if heading != "" {
			separate(&b)
			writeWrapped(&b, heading, columns)
		}
		for _, paragraph := range c.Text {
			separate(&b)
			writeWrapped(&b, plain(paragraph), columns)
		}
		for _, t := range c.Tables {
			separate(&b)
			titled := *t
			if titled.Title = cmp.Or(t.Title, c.Title); titled.Title == heading {
				titled.Title = "" // it has just been said
			}
			titled.writeText(&b, columns)
		}
		for _, code := range c.Code {
			separate(&b)
			// Not wrapped: it is there to be copied.
			if code.Label != "" {
				fmt.Fprintf(&b, "%s:\n\n", text.Clean(code.Label))
			}
			fmt.Fprintf(&b, "  %s\n", strings.ReplaceAll(text.Clean(code.Text), "\n", "\n  "))
		}
	}
	_, err := w.Write(b.Bytes())
	return err
}

// separate leaves a line empty between the parts of what is written.
func separate(b *bytes.Buffer) {
	if b.Len() > 0 {
		b.WriteString("\n")
	}
}

func writeWrapped(b *bytes.Buffer, s string, columns int) {
	for _, line := range text.Wrap(text.Clean(s), columns) {
		b.WriteString(line + "\n")
	}
}

// WriteText writes the table alone for a terminal of so many columns (at least 40).
// The error is w's.
func (t *Table) WriteText(w io.Writer, columns int) error {
	var b bytes.Buffer // tablewriter ignores errors of what it writes to
	t.writeText(&b, columns)
	_, err := w.Write(b.Bytes())
	return err
}

func (t *Table) writeText(b *bytes.Buffer, columns int) {
	columns = max(40, columns)
	if t.Title != "" {
		writeWrapped(b, t.Title, columns)
		b.WriteString("\n")
	}
	for i, part := range t.grid(text.Clean).fit(columns) {
		if i > 0 {
			b.WriteString("\n")
		}
		part.render(b, Terminal)
	}
	for _, note := range t.notes() {
		// Under the text of the table, which stands one column in.
		lines := text.Wrap(text.Clean(note), columns-3)
		b.WriteString(" " + strings.Join(lines, "\n   ") + "\n")
	}
}

// A grid is the texts of a table, cleaned and with their footnotes: a header and
// rows, all of the same length.
type grid struct {
	columns []Column
	lines   [][]string // the first is the header
	key     int
}

// grid makes text of the cells. safe makes their texts harmless.
func (t *Table) grid(safe func(string) string) grid {
	g := grid{columns: t.Columns, key: t.Key}
	head := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		head[i] = Cell{Marks: c.Marks}.marked(safe(c.Title))
	}
	g.lines = append(g.lines, head)
	for _, row := range t.Rows {
		line := make([]string, len(t.Columns))
		for i := range min(len(row), len(line)) {
			line[i] = row[i].marked(safe(row[i].Text))
		}
		g.lines = append(g.lines, line)
	}
	return g
}

// padding is what stands between the texts of two columns.
const padding = 2

// fit returns the grid in parts that are no wider than a terminal, with cells broken
// into lines where they must be.
func (g grid) fit(columns int) []grid {
	least, most := g.widths()
	key := g.key
	if key <= 0 || key >= len(least) || key*(slim+padding) > columns/2 {
		key = 0
	}
	if key > 0 {
		shrink(least[:key], columns/2, slim)
	} else {
		shrink(least, columns, narrow) // rather than split it with nothing to repeat
	}
	for i := range least[key:] {
		least[key+i] = min(least[key+i], columns-padding-sum(least[:key]))
	}
	var parts []grid
	for from := key; from < len(g.columns); {
		total := sum(least[:key])
		to := from
		for to < len(g.columns) && (to == from || total+least[to]+padding <= columns) {
			total += least[to] + padding
			to++
		}
		widths := share(pick(least, key, from, to), pick(most, key, from, to), columns)
		parts = append(parts, g.part(key, from, to, widths))
		from = to
	}
	return parts
}

// shrink narrows the widest columns until all of them fit, but none below a floor.
func shrink(widths []int, columns, floor int) {
	for sum(widths) > columns {
		widest := 0
		for i, w := range widths {
			if w > widths[widest] {
				widest = i
			}
		}
		if widths[widest] <= floor {
			break
		}
		widths[widest]--
	}
}

// part returns some columns of the grid, the leading ones and those of a range, in
// these widths.
func (g grid) part(key, from, to int, widths []int) grid {
	part := grid{columns: pick(g.columns, key, from, to)}
	for _, line := range g.lines {
		cells := pick(line, key, from, to)
		for i, s := range cells {
			cells[i] = wrapCell(s, widths[i])
		}
		part.lines = append(part.lines, cells)
	}
	return part
}

// pick returns the first key elements of row and those from from to to.
func pick[T any](row []T, key, from, to int) []T {
	return append(slices.Clone(row[:key]), row[from:to]...)
}

// sum is the width of columns on a terminal.
func sum(widths []int) int {
	total := 0
	for _, w := range widths {
		total += w + padding
	}
	return total
}

// Widths in which columns are easy to read.
const (
	readable = 20 // text, at least
	unbroken = 40 // words and numbers that are no longer than this stay whole
	narrow   = 8  // anything, in tables that cannot be split
	slim     = 2  // one character of any script
)

// widths returns the least width of each column in which it is easy to read, and the
// most that it can use.
func (g grid) widths() (least, most []int) {
	least, most = make([]int, len(g.columns)), make([]int, len(g.columns))
	for i, c := range g.columns {
		for n, line := range g.lines {
			enough := readable
			switch {
			case n == 0:
				enough = 0 // titles may be broken anywhere between words
			case c.Align == Right:
				enough = unbroken
			}
			for part := range strings.SplitSeq(line[i], "\n") {
				w := text.Width(part)
				least[i], most[i] = max(least[i], min(w, enough)), max(most[i], w)
				for word := range strings.FieldsSeq(part) {
					least[i] = max(least[i], min(text.Width(word), unbroken))
				}
			}
		}
	}
	return least, most
}

// share spreads the columns of a terminal: each gets its least, and what is left goes
// where a cell would have the most lines.
func share(least, most []int, columns int) []int {
	widths := slices.Clone(least)
	for left := columns - sum(widths); left > 0; left-- {
		neediest, need := -1, 1.0
		for i, w := range widths {
			if lines := float64(most[i]) / float64(max(1, w)); lines > need {
				neediest, need = i, lines
			}
		}
		if neediest < 0 {
			break
		}
		widths[neediest]++
	}
	return widths
}

// wrapCell breaks the lines of a cell that are too long. They keep their indent.
func wrapCell(s string, width int) string {
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		if text.Width(line) <= width {
			continue
		}
		rest := strings.TrimLeft(line, " ")
		indent := line[:len(line)-len(rest)]
		if len(indent) >= width/2 {
			indent = ""
		}
		lines[i] = indent + strings.Join(text.Wrap(rest, width-len(indent)), "\n"+indent)
	}
	return strings.Join(lines, "\n")
}

// render writes header and rows.
func (g grid) render(b *bytes.Buffer, m Medium) {
	if len(g.columns) == 0 {
		return
	}
	align := make([]tw.Align, len(g.columns))
	for i, c := range g.columns {
		align[i] = tw.AlignLeft
		if c.Align == Right {
			align[i] = tw.AlignRight
		}
	}
	var lines bytes.Buffer
	table := tablewriter.NewTable(&lines,
		// The width of µ and ± must not depend on the locale. (This is a setting of
		// the process, but always the same one.)
		tablewriter.WithEastAsian(tw.Off),
		tablewriter.WithHeaderAutoFormat(tw.Off), // it would upper-case engine names
		tablewriter.WithRowAutoFormat(tw.Off),
		tablewriter.WithHeaderAutoWrap(tw.WrapNone),
		tablewriter.WithRowAutoWrap(tw.WrapNone),
		tablewriter.WithHeaderAlignmentConfig(tw.CellAlignment{PerColumn: align}),
		tablewriter.WithRowAlignmentConfig(tw.CellAlignment{PerColumn: align}),
		tablewriter.WithRenderer(m.renderer()),
	)
	table.Header(g.lines[0])
	for _, row := range g.lines[1:] {
		if err := table.Append(row); err != nil {
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

// renderer returns a plain look for terminals: no frame, no rules but the one below
// the header, so that tables are narrow and can be cut with awk.
func (m Medium) renderer() tw.Renderer {
	if m == Markdown {
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
