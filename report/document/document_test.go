package document_test

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"golang.org/x/perf/benchmath"

	"promisebench/report/chart"
	"promisebench/report/document"
	"promisebench/report/document/documenttest"
	"promisebench/report/reporttest"
	"promisebench/report/stats"
	"promisebench/report/text"
	"promisebench/report/theme"
)

// timesChart is a chart of three times.
func timesChart(id, title string) *chart.Chart {
	look := chart.Look{Legend: "optimized", Stroke: theme.Blue(), Fill: theme.PaleBlue()}
	var marks []chart.Mark
	for i, name := range []string{"goja", "sobek", "quickjs"} {
		values := make([]float64, 9)
		for k := range values {
			values[k] = 1e-6 * float64(40+10*i+k)
		}
		s := stats.Summarize(values, "sec/op", benchmath.AssumeNothing)
		marks = append(marks, chart.Mark{Look: look, Summary: s, Text: s.String(), Name: "async, " + name})
	}
	var rows []chart.Row
	for i, name := range []string{"goja", "sobek", "quickjs"} {
		rows = append(rows, chart.Row{Label: name, Marks: marks[i : i+1]})
	}
	return &chart.Chart{ID: id, Title: title, Subtitle: "one operation", Intro: "Median times, lower is better.", Caption: "whiskers: 95% interval",
		Looks: []chart.Look{look}, Body: chart.Rows{Axis: chart.TimeAxis(marks), Groups: []chart.Group{{Title: "async", Rows: rows}}}}
}

// unitTable is a wide table with footnotes.
func unitTable() *document.Table {
	t := &document.Table{Title: "Time per operation", Columns: document.Cols("workload", "style", ">goja", ">sobek", ">quickjs", ">node@24.21.0", ">node@12.22.12", ">bun@1.4.2", ">deno@2.9.0"), Key: 2}
	for i, workload := range []string{"doxbee", "doxbee-errors", "parallel", "stack", "middleware", "fan-out"} {
		row := document.Texts(workload, "async")
		for e := range 7 {
			v := 1e-6 * float64(45*(i+1)*(e+1))
			row = append(row, document.Number(v, fmt.Sprintf("%.4gµs ± %d%%", v*1e6, i+e)))
		}
		t.Add(row...)
	}
	t.Rows[0][3] = document.Text("skip", t.Mark("skip: it lacks async generators"))
	t.Rows[1][4].Marks = append(t.Rows[1][4].Marks, t.Mark("need >= 6 samples for confidence interval at level 0.95"), t.Mark("skip: it lacks async generators"))
	t.Note("median ± 95% interval of the median; n=9 per cell", "", "left out: 7 measurements that could not be used, see the problems in the input, where each of them stands with its file and its line")
	return t
}

// verdictTable has classes, links and marks.
func verdictTable() *document.Table {
	t := &document.Table{Title: "Changes", Columns: document.Cols("verdict", "benchmark", ">change [95%]", "results")}
	for i, c := range []document.Class{document.Regressed, document.Improved, document.Unchanged, document.Inconclusive} {
		t.Add(document.Cell{Text: []string{"regressed", "improved", "unchanged", "inconclusive"}[i], Class: c}, document.Text(fmt.Sprintf("doxbee-%d", i)),
			document.Number(float64(3-i), fmt.Sprintf("%+d%% [%+d, %+d]", 3-i, 1-i, 5-i)),
			document.Cell{Text: "2026-11-20-core", Link: text.RelativeLink("../2026-11-20-core/bench.txt")})
	}
	return t
}

// everything is a document with all that there is.
func everything() *document.Document {
	fact := strings.Repeat("GitHub runner, Intel Xeon, 2 cores; ", 3)
	long := &document.Table{Title: "Conditions", Columns: document.Cols("condition", "base", "head")}
	long.Add(document.Texts("command", "promisebench gate --base v1.2.0 --engine goja --workload doxbee,parallel --pairs 56 --out results/gate-20261120-190000", fact)...)
	long.Add(document.Texts("engine-goja", "github.com/dop251/goja v0.0.0-20260106131823-651366fbe6e3", "github.com/dop251/goja v0.0.0-20260211160331-0a3f3a4d7b21")...)
	outcomes := &document.Table{Columns: document.Cols("what", ">times", "benchmark and reason")}
	outcomes.Add(document.Text("failure"), document.Int(2), document.Text("BenchmarkDoxbee/style=promise/await=optimized/engine=goja\n  "+strings.Repeat("checksum 41, want 42; ", 8)+"\n  at driver.js:88"))
	first := verdictTable()
	first.Rows = first.Rows[:2]
	return &document.Document{
		Title: "Promises and await on goja & sobek", Lead: "The time that asynchronous programs take: 6 workloads on 7 engines.",
		Warning: "Some benchmarks failed: 2 failures, listed below.",
		Facts:   []document.Fact{{"Machine", fact}, {"Date", "2026-11-20"}},
		Findings: []document.Finding{
			{Question: "Who is fastest at what?", Hint: "Each engine with the await that it comes with, see `await`.", Answer: "In async functions, goja is fastest at 3 of 6 workloads.",
				Details: []string{"Of the styles, callback is fastest.", "±: to the farther end of the 95% interval."}, Table: first, Chapter: "times", Link: "Every workload"},
			{Question: "How sure are we?", Answer: "Half of the times are known to ±2% or better.", Chapter: "method"},
			{Question: "Left out without an answer?"},
			{Question: "Leads nowhere?", Answer: "It does.", Chapter: "nowhere"},
		},
		Chapters: []document.Chapter{
			{ID: "times", Title: "Times", Text: []string{"See `bench.txt` and [the article](https://v8.dev/blog/fast-async): " + strings.Repeat("all samples are there. ", 6)},
				Charts: []*chart.Chart{timesChart("time-doxbee", "Time of doxbee")}, Tables: []*document.Table{unitTable(), verdictTable(), {Columns: document.Cols("no rows")}, nil}},
			{ID: "outcomes", Title: "Failures and skips", Tables: []*document.Table{outcomes}},
			{ID: "terminal", Title: "On terminals only", Text: []string{"Not on the page."}, Only: document.Terminal},
			{ID: "page", Title: "On pages only", Text: []string{"Not on terminals."}, Only: document.Page},
			{ID: "nothing", Title: "Without rows", Text: []string{"Text about a table without rows."}, Tables: []*document.Table{{Title: "Empty"}}},
			{ID: "conditions", Title: "Conditions", Tables: []*document.Table{long}, Code: []document.Code{{Label: "The command", Text: "promisebench run --engine goja\n\t--workload doxbee"}}},
		},
		Method: document.Method{
			Paragraphs: []document.Paragraph{{"Emulated", "A parser rewrites `await x` to `await legacy(x)`, see [benchmath](https://pkg.go.dev/golang.org/x/perf/benchmath)."}, {"Ticks", "Turns of the queue."}},
			Biases:     []string{"Engines run with their defaults; `GOGC` matters."},
		},
	}
}

// written returns what write writes, twice.
func written(t testing.TB, write func(io.Writer) error) string {
	t.Helper()
	var a, b bytes.Buffer
	for _, w := range []*bytes.Buffer{&a, &b} {
		if err := write(w); err != nil {
			t.Fatal(err)
		}
	}
	if a.String() != b.String() {
		t.Error("writing it twice gives different bytes")
	}
	return a.String()
}

func textOf(t testing.TB, d *document.Document, columns int) string {
	return written(t, func(w io.Writer) error { return d.WriteText(w, columns) })
}

func markdownOf(t testing.TB, d *document.Document) string { return written(t, d.WriteMarkdown) }

func TestGolden(t *testing.T) {
	d := everything()
	for _, columns := range []int{40, 80, 120} {
		got := textOf(t, d, columns)
		reporttest.Golden(t, fmt.Sprintf("everything-%d.txt", columns), got)
		narrow(t, got, columns)
	}
	reporttest.Golden(t, "everything.md", markdownOf(t, d))
	reporttest.Golden(t, "everything.html", documenttest.WithoutLooks(documenttest.Page(t, d)))
}

// narrow checks that no line of a text is wider than a terminal, except for code.
func narrow(t testing.TB, s string, columns int) {
	t.Helper()
	for line := range strings.Lines(s) {
		line = strings.TrimSuffix(line, "\n")
		if w := text.Width(line); w > columns && !strings.HasPrefix(line, "  promisebench") {
			t.Errorf("%d columns, want at most %d: %q", w, columns, line)
		}
	}
}

func failing() io.Writer {
	pr, pw := io.Pipe()
	pr.CloseWithError(iotest.ErrTimeout)
	return pw
}

// The errors of a writer reach the caller.
func TestWriteErrors(t *testing.T) {
	d := everything()
	for name, write := range map[string]func(io.Writer) error{
		"text": func(w io.Writer) error { return d.WriteText(w, 80) }, "Markdown": d.WriteMarkdown, "HTML": d.WriteHTML,
		"text of a table": func(w io.Writer) error { return unitTable().WriteText(w, 80) }, "Markdown of a table": unitTable().WriteMarkdown,
	} {
		if err := write(failing()); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// A new chapter is added in one place: whoever has something to say makes this, and
// all writers have it.
func TestNewChapter(t *testing.T) {
	table := &document.Table{Title: "Bundle sizes", Columns: document.Cols("engine", ">bytes")}
	table.Add(document.Text("goja"), document.Int(12345))
	table.Note("minified")
	chapter := document.Chapter{ID: "sizes", Title: "How large", Text: []string{"Sizes of `bundles`."}, Tables: []*document.Table{table},
		Charts: []*chart.Chart{timesChart("sizes", "Sizes")}}

	d := &document.Document{Title: "A report", Chapters: []document.Chapter{chapter}}
	for medium, said := range map[string]string{"terminal": textOf(t, d, 80), "Markdown": markdownOf(t, d), "page": documenttest.Page(t, d)} {
		for _, want := range []string{"How large", "Bundle sizes", "12345", "minified"} {
			if !strings.Contains(said, want) {
				t.Errorf("%s: %q is missing", medium, want)
			}
		}
	}
	if charts := d.Charts(); len(charts) != 1 || charts[0].ID != "sizes" {
		t.Errorf("charts: %v", charts)
	}
}
