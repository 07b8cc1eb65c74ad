package document_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"promisebench/report/chart"
	"promisebench/report/document"
	"promisebench/report/document/documenttest"
	"promisebench/report/text"
)

func TestTable(t *testing.T) {
	table := &document.Table{
		Title:   "A <title>",
		Columns: document.Cols("name", ">value"),
		Rows:    [][]document.Cell{document.Texts("a|b", "1"), document.Texts("two\nlines", "22"), document.Texts("short"), document.Texts("one", "too", "many")},
		Notes:   []string{"first *note*", "second"},
	}
	const wantText = `A <title>

 name   value
──────────────
 a|b        1
 two       22
 lines
 short
 one      too
 first *note*
 second
`
	const wantMarkdown = `### A &lt;title&gt;

| name         | value |
|:-------------|------:|
| a\|b         |     1 |
| two<br>lines |    22 |
| short        |       |
| one          |   too |

first \*note\*\
second
`
	if got := tableText(t, table, 80); got != wantText {
		t.Errorf("text: got\n%s\nwant\n%s", got, wantText)
	}
	if got := written(t, table.WriteMarkdown); got != wantMarkdown {
		t.Errorf("markdown: got\n%s\nwant\n%s", got, wantMarkdown)
	}
	one := document.Cols("a")
	for _, empty := range []*document.Table{{}, {Columns: one}, {Rows: [][]document.Cell{document.Texts("x")}}, {Columns: append(one, one...), Rows: [][]document.Cell{nil}, Key: 1}} {
		tableText(t, empty, 80)
		written(t, empty.WriteMarkdown)
		documenttest.Page(t, &document.Document{Chapters: []document.Chapter{{ID: "x", Tables: []*document.Table{empty}}}})
	}
}

// Footnotes are numbered in the order of their first use, and stand there once.
func TestMarks(t *testing.T) {
	table := &document.Table{Columns: document.Cols("a", "b"), Notes: []string{"a note"}}
	two, one, none := table.Mark("second"), table.Mark("first"), table.Mark("")
	if again := table.Mark("second"); again != two || none != 0 {
		t.Errorf("marks %d, %d, %d, %d", two, one, none, again)
	}
	table.Add(document.Text("x", one, two, one, none), document.Text("y", two))
	table.Mark("unused in cells")
	got := tableText(t, table, 80)
	for _, want := range []string{" x¹ ²  y¹\n", "\n ¹ second\n ² first\n ³ unused in cells\n a note\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("got\n%s\nwithout %q", got, want)
		}
	}
}

// A table that is too wide for a terminal is split, and no column is lost.
func TestTableSplit(t *testing.T) {
	table := &document.Table{Columns: document.Cols("key"), Rows: [][]document.Cell{document.Texts("k")}, Key: 1}
	for i := range 12 {
		table.Columns = append(table.Columns, document.Cols(fmt.Sprintf(">engine-number-%d", i))...)
		table.Rows[0] = append(table.Rows[0], document.Text(fmt.Sprintf("value-%d!", i)))
	}
	for _, columns := range []int{40, 80, 120} {
		got := tableText(t, table, columns)
		for i := range 12 {
			if strings.Count(got, fmt.Sprintf("value-%d!", i)) != 1 {
				t.Errorf("at %d columns, column %d is not shown once", columns, i)
			}
		}
		narrow(t, got, columns)
	}
	if markdown := written(t, table.WriteMarkdown); strings.Count(markdown, "key") != 1 {
		t.Errorf("Markdown is split:\n%s", markdown)
	}
}

// Nothing is cut off, however narrow the terminal and whatever the table.
func TestNothingIsCut(t *testing.T) {
	long := strings.Repeat("0123456789", 30)
	for _, key := range []int{0, 1, 3, 5} {
		for _, columns := range []int{40, 41, 80, 200} {
			table := &document.Table{Columns: document.Cols("a", ">b", "c d e f g h", long, ">z"), Key: key}
			table.Add(document.Texts(long, long, "words and "+long, "x", long)...)
			got := tableText(t, table, columns)
			narrow(t, got, columns)
			digits := strings.Map(func(c rune) rune {
				if c < '0' || c > '9' {
					return -1
				}
				return c
			}, got)
			if len(digits) < 5*len(long) {
				t.Errorf("key %d, %d columns: %d of %d digits are left", key, columns, len(digits), 5*len(long))
			}
		}
	}
}

// Two columns of long text share a terminal by what they need.
func TestLongTexts(t *testing.T) {
	table := &document.Table{Columns: document.Cols("where", "what")}
	table.Add(document.Texts("results/2026-11-20-core/bench.txt:123", strings.Repeat("a line that cannot be right; ", 20))...)
	got := tableText(t, table, 80)
	narrow(t, got, 80)
	if !strings.Contains(got, " results/2026-11-20-core/bench.txt:123  a line") {
		t.Errorf("the place is broken, although there is room for it:\n%s", got)
	}
}

func tableText(t testing.TB, table *document.Table, columns int) string {
	return textOf(t, &document.Document{Chapters: []document.Chapter{{Title: table.Title, Tables: []*document.Table{withRows(table)}}}}, columns)
}

// withRows gives a table a row, since documents leave tables without rows out.
func withRows(t *document.Table) *document.Table {
	if len(t.Rows) == 0 {
		t.Rows = append(t.Rows, nil)
	}
	return t
}

// rowsOf returns the first cells of the body of the page's only table.
func rowsOf(page string) []string {
	var rows []string
	for part := range strings.SplitSeq(page, `<tr><th scope="row">`) {
		name, _, ok := strings.Cut(part, "</th>")
		if ok && !strings.Contains(name, "<") {
			rows = append(rows, name)
		}
	}
	return rows
}

// What a page has no room for is left out, said to be, and in the Markdown.
func TestLimits(t *testing.T) {
	fill := func(n int) *document.Table {
		table := &document.Table{Title: "T", Columns: document.Cols("name", ">value")}
		for i := range n {
			table.Add(document.Text(fmt.Sprintf("row%d", i)), document.Int(i))
		}
		return table
	}
	kept := fill(9)
	kept.MaxBytes = 260
	kept.Keep = func(row []document.Cell) bool { return row[1].Value >= 7 }
	for _, test := range []struct {
		name   string
		limits document.Limits
		table  *document.Table
		want   []string
		note   string
	}{
		{"all", document.Limits{}, fill(3), []string{"row0", "row1", "row2"}, ""},
		{"cells", document.Limits{TableCells: 5}, fill(3), []string{"row0", "row1"}, "1 more row left out, see all.md"},
		{"bytes, important rows first", document.Limits{}, kept, []string{"row0", "row1", "row7", "row8"}, "5 more rows left out, see all.md"},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := &document.Document{Markdown: "all.md", Limits: test.limits, Chapters: []document.Chapter{{ID: "t", Title: "T", Tables: []*document.Table{test.table}}}}
			page := documenttest.Page(t, d)
			if got := rowsOf(page); !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
			if said := strings.Contains(page, "left out"); said != (test.note != "") || !strings.Contains(page, test.note) {
				t.Errorf("the page does not say %q", test.note)
			}
			if got := strings.Count(markdownOf(t, d), "| row"); got != len(test.table.Rows) {
				t.Errorf("Markdown has %d rows, want %d", got, len(test.table.Rows))
			}
		})
	}
}

// TestPageSize holds the largest page to a size that can be sent.
func TestPageSize(t *testing.T) {
	d := &document.Document{Title: "Large"}
	for i := range 5 {
		table := &document.Table{Title: fmt.Sprint("T", i), Columns: document.Cols("workload", "style", ">a", ">b", ">c", ">d", ">e", ">f", ">g", ">h"), Key: 2}
		for row := range 1000 {
			cells := document.Texts(fmt.Sprintf("doxbee-variant-%d", row), "async-transpiled")
			for e := range 8 {
				cells = append(cells, document.Number(1.23456e-5*float64(row+e), "123.4µs ± 12%"))
			}
			table.Add(cells...)
		}
		d.Chapters = append(d.Chapters, document.Chapter{ID: fmt.Sprint("c", i), Title: fmt.Sprint("Chapter ", i), Tables: []*document.Table{table}})
	}
	const most = 800
	var charts []*chart.Chart
	for i := range most {
		charts = append(charts, timesChart(fmt.Sprint("chart-", i), fmt.Sprint("Chart ", i)))
	}
	d.Chapters = append(d.Chapters, document.Chapter{ID: "charts", Title: "Charts", Charts: charts})
	page := documenttest.Page(t, d)
	drawn, named := strings.Count(page, "<svg "), strings.Count(page, "beside this page, which would be too large")
	t.Logf("%d bytes, %d charts drawn, %d named", len(page), drawn, named)
	if len(page) > 2_000_000 {
		t.Errorf("the page has %d bytes, more than 2 MB", len(page))
	}
	if want := text.Count(most-drawn-named, "more chart") + " beside this page."; named != 40 || !strings.Contains(page, want) {
		t.Errorf("%d charts are named, and the page does not say %q", named, want)
	}
	if got := len(d.Charts()); got != most {
		t.Errorf("%d charts, want %d", got, most)
	}
}
