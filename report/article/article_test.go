package article_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"promisebench/report/article"
	"promisebench/report/await"
	"promisebench/report/chart"
	"promisebench/report/dataset"
	"promisebench/report/document"
	"promisebench/report/document/documenttest"
	"promisebench/report/reporttest"
)

func figuresOf(t testing.TB, text string) *article.Figures {
	t.Helper()
	r := reporttest.Read(t, text)
	return article.New(r, await.Of(r))
}

// recorded is the text of a whole record, of ten rounds.
var recorded = sync.OnceValue(func() string { return reporttest.Figures(10, nil) })

// page is a document with the chapter that a report's page has.
func page(f *article.Figures) *document.Document {
	return &document.Document{Title: "Report", Chapters: []document.Chapter{f.Chapter()}}
}

// tables returns the tables of the figures' own document.
func tables(f *article.Figures) []*document.Table {
	var list []*document.Table
	for _, c := range f.Document().Chapters {
		if slices.Contains([]string{"versions", "flag", "styles", "http"}, c.ID) {
			list = append(list, c.Tables...)
		}
	}
	return list
}

func ids(charts []*chart.Chart) string {
	var list []string
	for _, c := range charts {
		list = append(list, c.ID)
	}
	return strings.Join(list, " ")
}

func TestGolden(t *testing.T) {
	f := figuresOf(t, recorded())
	d := f.Document()
	var terminal, markdown strings.Builder
	if err := d.WriteText(&terminal, 120); err != nil {
		t.Fatal(err)
	}
	reporttest.Golden(t, "figures.tables", terminal.String())
	if err := d.WriteMarkdown(&markdown); err != nil {
		t.Fatal(err)
	}
	reporttest.Golden(t, "figures.md", markdown.String())
	for _, c := range d.Charts() {
		reporttest.Golden(t, c.ID+".svg", reporttest.SVG(t, c))
	}
	if got, want := ids(d.Charts()), "figure-doxbee figure-parallel figure-await-optimization"; got != want {
		t.Errorf("got charts %q, want %q", got, want)
	}
	if got, want := ids(page(f).Charts()), ids(d.Charts()); got != want {
		t.Errorf("the page has charts %q, want %q", got, want)
	}
	documenttest.Page(t, d)
	documenttest.Page(t, page(f))
}

func without(parts ...string) func(string) bool {
	return func(line string) bool {
		return !slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(line, p) })
	}
}

// A figure stands on what there is, and no figure on nothing.
func TestFiguresOfParts(t *testing.T) {
	six := reporttest.Figures(6, nil)
	for _, test := range []struct {
		name, text string
		want       string // the charts
		tables     int
	}{
		{"all", six, "figure-doxbee figure-parallel figure-await-optimization", 3},
		{"one workload", reporttest.Figures(6, without("Parallel")), "figure-doxbee figure-await-optimization", 3},
		{"no node11", reporttest.Figures(6, without("engine=node11")), "figure-doxbee figure-parallel", 2},
		{"node7 only", reporttest.Figures(6, func(line string) bool { return !strings.HasPrefix(line, "Bench") || strings.Contains(line, "node7/") }),
			"figure-doxbee figure-parallel", 1},
		{"no Node.js", strings.ReplaceAll(six, "engine=node", "engine=other"), "", 1},
		{"other engines", reporttest.Typical().Text(), "", 1}, // async functions against promises
		{"only failures", "--- FAIL: BenchmarkDoxbee/style=async/await=legacy/engine=node10/window=10000\n    why\n", "", 0},
		{"window in the header only", strings.ReplaceAll(six, "/window=10000", ""),
			"figure-doxbee figure-parallel figure-await-optimization", 3},
		{"another window", strings.ReplaceAll(six, "/window=10000", "/window=1"), "", 0},
		{"nothing", "", "", 0},
		{"no framework of the article", "BenchmarkHTTP/framework=plain/engine=node10 1 5 req/s\n", "", 0},
		{"no Node.js, served", "BenchmarkHTTP/framework=koa/engine=goja 1 5 req/s\n", "", 0},
		{"another load", "BenchmarkHTTP/framework=koa/engine=node10/connections=5 1 5 req/s\n", "", 0},
		{"another unit", "BenchmarkHTTP/framework=koa/engine=node10 1 5 ns/op\n", "", 0},
		{"no server", "BenchmarkHTTPS/framework=koa/engine=node10 1 5 req/s\n", "", 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := figuresOf(t, test.text)
			d := f.Document()
			if got := ids(d.Charts()); got != test.want {
				t.Errorf("got charts %q, want %q", got, test.want)
			}
			if f.Empty() != (test.want == "") {
				t.Errorf("Empty() is %v", f.Empty())
			}
			if got := len(tables(f)); got != test.tables {
				t.Errorf("got %d tables, want %d", got, test.tables)
			}
			if c := f.Chapter(); f.Empty() && len(c.Text)+len(c.Tables)+len(c.Charts) > 0 {
				t.Errorf("without a figure, the page has %+v", c)
			}
			if written := reporttest.Everything(t, d); strings.Contains(written, "can be drawn") != f.Empty() {
				t.Error("what the figures need is not said, or said in vain")
			}
		})
	}
}

// What the columns show is said in words: the await that each version comes with, the
// article's values, and what is not there, and why.
func TestDescriptions(t *testing.T) {
	f := figuresOf(t, reporttest.Figures(8, without("async/await=optimized/engine=node11", "style=async/await=optimized/engine=node8"))+
		"--- FAIL: BenchmarkDoxbee/style=async/await=optimized/engine=node8/window=10000-2\n    why\n")
	said := make(map[string]string)
	caption := make(map[string]string)
	for _, c := range f.Document().Charts() {
		said[c.ID], caption[c.ID] = c.Description(), c.Caption
	}
	for id, wants := range map[string][]string{
		"figure-doxbee": {
			"async, native, Node.js 8, V8 6.2: failure, article 56 ms;",
			"promises, Node.js 24, V8 13.6: ",
			"ms (95% interval",
		},
		"figure-parallel": {
			"async, native, Node.js 8, V8 6.2: not measured, article 283 ms;",
			"async, transpiled, Node.js 7, V8 5.5: ", ", article 1053 ms;",
		},
		"figure-await-optimization": {
			"doxbee · async, V8 7.0, flag on: not measured, article 20.2 ms;",
			"parallel · promises, V8 7.0, flag off: not measured, article 66.6 ms;",
		},
	} {
		for _, want := range wants {
			if !strings.Contains(said[id]+";", want) {
				t.Errorf("no %q in %s", want, said[id])
			}
		}
	}
	if c := caption["figure-doxbee"]; strings.Contains(c, "– not measured") || !strings.Contains(c, "await=optimized on node7, node8, node9 skips ticks") {
		t.Errorf("caption of doxbee: %s", c)
	}
	if c := caption["figure-await-optimization"]; !strings.Contains(c, "– not measured") || !strings.Contains(c, "the same in both modes") {
		t.Errorf("caption of the flag: %s", c)
	}
}

// Other operations in flight than the article's have rows of their own in the
// tables, if they were measured, and no columns.
func TestFiguresOfTwoWindows(t *testing.T) {
	const rounds = 6
	six := reporttest.Figures(rounds, nil)
	other := strings.ReplaceAll(reporttest.Figures(rounds, without("transpiled", "Unit", ": ")), "/window=10000", "")
	both, one := figuresOf(t, six+other), figuresOf(t, six)
	for i, want := range []int{6 + 4, 2 + 2, 2 * len(tables(one)[2].Rows)} {
		table := tables(both)[i]
		if got := len(table.Rows); got != want {
			t.Errorf("%s: %d rows, want %d\n%v", table.Title, got, want, table.Rows)
		}
	}
	for i, c := range both.Document().Charts() {
		if reporttest.SVG(t, c) != reporttest.SVG(t, one.Document().Charts()[i]) {
			t.Errorf("%s has changed", c.ID)
		}
	}
}

// A ratio without its interval would be quoted.
func TestFiguresNeedSamples(t *testing.T) {
	for _, table := range tables(figuresOf(t, reporttest.Figures(5, nil))) {
		for _, row := range table.Rows {
			if here := row[len(row)-2]; here.Text != "n too small" || here.Sortable {
				t.Errorf("%s: got %+v from 5 rounds", table.Title, here)
			}
		}
	}
}

// What a version says of itself is a stranger's text.
func TestHostileFigures(t *testing.T) {
	few := reporttest.Figures(1, without("Parallel", "engine=node11", "engine=node12", "engine=node2"))
	for _, h := range reporttest.Hostile() {
		f := figuresOf(t, "engine-node7: "+h+"\nengine-node8: (V8 "+h+".1.2)\nawait-node8: legacy="+h+" optimized="+h+"\n"+few)
		documenttest.CheckPage(t, reporttest.Everything(t, f.Document()))
	}
	// Times at the ends of what is possible.
	for _, ns := range []string{"1e-6", "9e17"} {
		reporttest.Everything(t, figuresOf(t, "BenchmarkDoxbee/style=async/await=legacy/engine=node7/window=10000 1 "+ns+" ns/op\n").Document())
	}
}

// Where emulated modes are in the input, their error is said, and that the figures
// have none of them.
func TestEmulation(t *testing.T) {
	for text, want := range map[string]string{
		recorded(): "The figures show what each engine does by itself; nothing in them is emulated. The input has emulated modes as well, " +
			"which the full report shows and marks. Where an engine has the mode as well, the error of the emulation was measured: emulation error on node11: doxbee",
		reporttest.Figures(1, without("emulated")): "The figures show what each engine does by itself; nothing in them is emulated.",
	} {
		list := figuresOf(t, text).Document().Method.Paragraphs
		if last := list[len(list)-1]; !strings.HasPrefix(last.Text, want) || len(last.Text) > 2*len(want) {
			t.Errorf("got %q, want %q", last.Text, want)
		}
	}
}

func TestServers(t *testing.T) {
	f := figuresOf(t, reporttest.HTTP(8))
	d := f.Document()
	charts := d.Charts()
	if got := ids(charts); got != "figure-http" {
		t.Fatalf("charts %q", got)
	}
	for _, want := range []string{
		"koa, Node.js 7, V8 5.5: 10.4 (95% interval 10.4 to 10.4), article 20.8;",
		"trek, Node.js 10, V8 6.8: 17.7 ",
		"hapi, Node.js 11, V8 7.0: 18.0 (95% interval 18.0 to 18.0);", // as it comes
	} {
		if !strings.Contains(charts[0].Description(), want) {
			t.Errorf("no %q in %s", want, charts[0].Description())
		}
	}
	drawn := reporttest.SVG(t, charts[0])
	for _, want := range []string{"closed loop: 2s after 1s of warm-up", "article (2018, its machine)", "legacy await"} {
		if !strings.Contains(drawn, want) {
			t.Errorf("no %q in the picture", want)
		}
	}
	reporttest.Golden(t, "http.tables", reporttest.Tables(t, tables(f)...))
	var md strings.Builder
	if err := d.WriteMarkdown(&md); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(md.String(), "(figure-http.svg)") || strings.Contains(md.String(), "HTTP servers is not among them") {
		t.Errorf("the page:\n%s", md.String())
	}
	reporttest.Everything(t, d)
}

func TestNewerServers(t *testing.T) {
	found := figuresOf(t, reporttest.HTTP(8)).NewerServers()
	if found.Question != "What did Node.js 10 bring over 7?" || found.Answer != "From 1.56 (koa) to 2.25 (hapi) times as many requests." ||
		len(found.Details) != 3 || found.Details[0] != "hapi: 2.25 [2.25, 2.25] times as many requests; 2.25 in the article." {
		t.Errorf("%+v", found)
	}
	if few := figuresOf(t, reporttest.HTTP(5)).NewerServers(); few.Answer != "" {
		t.Errorf("from 5 rounds: %+v", few)
	}
}

// The article's values are those of servers as it measured them, and no others.
func TestReference(t *testing.T) {
	for s, want := range map[dataset.Server]float64{
		{Framework: "koa", Engine: "node7"}:                     20_800,
		{Framework: "trek", Engine: "node10"}:                   35_400,
		{Framework: "koa", Engine: "node11"}:                    0,
		{Framework: "koa", Engine: "node7", Load: "pipeline=1"}: 0,
		{Framework: "koa", Engine: "node7", Await: "legacy"}:    0,
		{Framework: "koa", Engine: "node7", Soak: true}:         0,
		{Framework: "express", Engine: "node7"}:                 0,
	} {
		if got := article.Reference().Rate(s); got != want {
			t.Errorf("%+v: got %v, want %v", s, got, want)
		}
	}
}

// Servers that the article did not measure, or not so, are none of its figures.
func TestNoServers(t *testing.T) {
	for _, text := range []string{
		"BenchmarkHTTP/framework=plain/engine=node10 1 5 req/s\n",
		"BenchmarkHTTP/framework=koa/engine=goja 1 5 req/s\n",
		"BenchmarkHTTP/framework=koa/engine=node10/connections=5 1 5 req/s\n",
		"BenchmarkHTTP/framework=koa/engine=node10 1 5 ns/op\n",
		"BenchmarkHTTPS/framework=koa/engine=node10 1 5 req/s\n",
	} {
		if !figuresOf(t, text).Empty() {
			t.Errorf("%s has a figure", text)
		}
	}
}

// With many versions the columns still have their labels, or are counted.
func TestManyVersions(t *testing.T) {
	many := reporttest.Figures(2, nil)
	for i := 13; i < 60; i++ {
		many += fmt.Sprintf("BenchmarkDoxbee/style=async/await=optimized/engine=node%d/window=10000-2 10000 1200 ns/op\n", 100+i)
	}
	reporttest.Everything(t, figuresOf(t, many).Document())
}
