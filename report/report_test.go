package report_test

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/iotest"

	"promisebench/report"
	"promisebench/report/document"
	"promisebench/report/document/documenttest"
	"promisebench/report/reporttest"
)

// The golden files are what people see of a typical run, a broken text, one of
// "go test", and the article's figures.
func TestGolden(t *testing.T) {
	if reporttest.Updating() {
		reporttest.Golden(t, "typical.txt", reporttest.Typical().Text())
	}
	for _, name := range []string{"typical", "broken", "gotest", "figures"} {
		t.Run(name, func(t *testing.T) {
			made := report.Of(reporttest.ReadFile(t, "testdata/"+name+".txt"))
			var terminal, markdown strings.Builder
			if err := errors.Join(made.Run.WriteText(&terminal, 100), made.Run.WriteMarkdown(&markdown)); err != nil {
				t.Fatal(err)
			}
			reporttest.Golden(t, name+".terminal", terminal.String())
			reporttest.Golden(t, name+".md", markdown.String())
			reporttest.Golden(t, name+".page.html", documenttest.WithoutLooks(documenttest.Page(t, made.Run)))
			for i, c := range made.Run.Charts() {
				if drawn := reporttest.SVG(t, c); i < 2 { // one of each kind
					reporttest.Golden(t, name+"-"+c.ID+".svg", drawn)
				}
			}
			if made.Figures != nil {
				var figures strings.Builder
				if err := made.Figures.WriteMarkdown(&figures); err != nil {
					t.Fatal(err)
				}
				reporttest.Golden(t, name+".figures.md", figures.String())
			}
		})
	}
}

// hostileResults is results in which every name is an attack.
func hostileResults() string {
	var b strings.Builder
	b.WriteString("Unit <b>/op assume=exact\ncommand: promisebench </code></pre><script>alert(1)</script>\ncpu: <img src=x onerror=alert(1)>\n")
	for i, h := range reporttest.Hostile() {
		fmt.Fprintf(&b, "engine-%s: %s\nawait-%s: legacy=emulated optimized=%s\n", strings.ToLower(h), h, strings.ToLower(h), h)
		for _, await := range []string{"legacy", "optimized", h} {
			for range 6 {
				fmt.Fprintf(&b, "BenchmarkX%s/style=async/await=%s/engine=%s 1 %d ns/op 5 %s/op 6 <b>/op\n", h, await, h, i+1, h)
				fmt.Fprintf(&b, "BenchmarkDoxbee/style=%s/await=%s/engine=%s 1 %d ns/op\n", h, await, h, i+1)
			}
		}
		fmt.Fprintf(&b, "BenchmarkHTTP/framework=%s/engine=%s/x=%s 1 5 req/s\n", h, h, h)
		fmt.Fprintf(&b, "Benchmark%s 1 5 ns/op\n--- FAIL: Benchmark%s/style=%s/engine=%s\n    %s\n", h, h, h, h, h)
	}
	return b.String()
}

func TestHostileNames(t *testing.T) {
	d := report.Of(reporttest.Read(t, hostileResults())).Run
	var terminal, markdown strings.Builder
	if err := errors.Join(d.WriteText(&terminal, 80), d.WriteMarkdown(&markdown)); err != nil {
		t.Fatal(err)
	}
	page := documenttest.Page(t, d)
	if !strings.Contains(page, "&lt;script&gt;alert(1)&lt;/script&gt;") {
		t.Error("the hostile name does not stand in the page as text")
	}
	if len(page) > 2_000_000 {
		t.Errorf("the page has %d bytes", len(page))
	}
	md := regexp.MustCompile("(?s)\n```.*?\n```+\n").ReplaceAllString(markdown.String(), "") // commands stand as they are
	for _, bad := range []string{"<script", "</svg", "\x00", "\x1b", "\u202e", "\ufeff", "\xff"} {
		if strings.Contains(md, bad) {
			t.Errorf("Markdown contains %q", bad)
		}
		if bad[0] != '<' && strings.Contains(terminal.String(), bad) {
			t.Errorf("the terminal's text contains %q", bad)
		}
	}
	link := regexp.MustCompile(`[^\\]\]\(`)
	for line := range strings.Lines(md) {
		ours := strings.HasPrefix(line, "- **") || strings.HasPrefix(line, "![")
		if !ours && link.MatchString(line) {
			t.Errorf("Markdown contains a link: %.200q", line)
		}
		if len(line) > 20_000 {
			t.Errorf("Markdown has a line of %d bytes", len(line))
		}
	}
}

// What could not be used is missing from tables and charts, which say so.
func TestLeftOutIsSaid(t *testing.T) {
	const good = "BenchmarkDoxbee/style=async/await=legacy/engine=goja-2 1 110000 ns/op\nBenchmarkDoxbee/style=async/await=optimized/engine=goja-2 1 45000 ns/op\n"
	const bad = "BenchmarkDoxbee/style=async/await=legacy/engine=goja-2 1 NaN ns/op\n"
	six := strings.Repeat(good, 6)
	d := report.Of(reporttest.Read(t, six+bad+bad+strings.ReplaceAll(six, "Doxbee", "Parallel")+
		"BenchmarkHTTP/framework=koa/engine=node10 1 5 req/s\nBenchmarkHTTP/framework=koa/engine=node10 1 -5 req/s\n")).Run
	const note, httpNote = "left out: 2 measurements that could not be used, see the problems in the input", "left out: 1 measurement that could not be used"
	notes := make(map[string]string) // by title
	for _, c := range d.Chapters {
		for _, table := range c.Tables {
			notes[table.Title] = strings.Join(table.Notes, "\n")
		}
	}
	for _, c := range d.Charts() {
		notes[c.ID] = c.Caption
	}
	for title, want := range map[string]string{
		"Await optimization: legacy vs optimized": note,
		"Time per operation":                      note,
		"HTTP servers":                            httpNote,
		"await-optimization":                      note,
		"time-doxbee":                             note,
		"time-parallel":                           "",
		"http-servers":                            httpNote,
	} {
		got, ok := notes[title]
		if !ok || !strings.Contains(got, want) || want == "" && strings.Contains(got, "left out") {
			t.Errorf("%s: got notes %q, want %q", title, got, want)
		}
	}
}

func TestOnlyInterleavedRoundsCancelDrift(t *testing.T) {
	const line = "BenchmarkDoxbee/style=async/await=legacy/engine=goja-2 1 110000 ns/op\n"
	for header, want := range map[string]bool{"rounds: interleaved\n": true, "": false, "rounds: x\n": false} {
		var b strings.Builder
		if err := report.Of(reporttest.Read(t, header+line)).Run.WriteMarkdown(&b); err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(b.String(), "drift of the machine cancels"); got != want {
			t.Errorf("%q: says that drift cancels: %v", header, got)
		}
	}
}

// The order of the lines of different cells in a text changes nothing.
func TestOrderOfCells(t *testing.T) {
	var header, results []string
	for line := range strings.Lines(reporttest.Typical().Text()) {
		if strings.HasPrefix(line, "Benchmark") {
			results = append(results, line)
		} else {
			header = append(header, line)
		}
	}
	var texts [2]strings.Builder
	rng := rand.New(rand.NewPCG(9, 10))
	perRound := len(results) / 8
	for i := range texts {
		r := reporttest.Read(t, strings.Join(header, "")+strings.Join(results, ""))
		if err := report.Of(r).Run.WriteMarkdown(&texts[i]); err != nil {
			t.Fatal(err)
		}
		for i := range 8 {
			round := results[i*perRound : (i+1)*perRound]
			rng.Shuffle(len(round), func(i, j int) { round[i], round[j] = round[j], round[i] })
		}
	}
	if texts[0].String() != texts[1].String() {
		t.Error("shuffling the cells within the rounds changes the report")
	}
}

// The errors of a writer reach the caller.
func TestWriteErrors(t *testing.T) {
	d := report.Of(reporttest.ReadFile(t, "testdata/typical.txt")).Run
	broken := func() io.Writer {
		pr, pw := io.Pipe()
		pr.CloseWithError(iotest.ErrTimeout)
		return pw
	}
	for name, err := range map[string]error{
		"WriteText": d.WriteText(broken(), 80), "WriteMarkdown": d.WriteMarkdown(broken()), "WriteHTML": d.WriteHTML(broken()), "WriteSVG": d.Charts()[0].WriteSVG(broken()),
	} {
		if !errors.Is(err, iotest.ErrTimeout) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// TestPageSize holds the page of the full matrix to a size that can be sent, and
// one of eight workloads to having all its charts.
func TestPageSize(t *testing.T) {
	full := reporttest.Fixture{Styles: []string{"callback", "thunk", "promise", "generator", "async", "async-transpiled", "events", "for-await"}, Rounds: 9, Header: true}
	for i := range 16 {
		full.Engines = append(full.Engines, fmt.Sprintf("engine-with-a-name-of-forty-letters-%03dx", i))
	}
	for i := range 21 {
		full.Workloads = append(full.Workloads, fmt.Sprintf("Doxbee/variant=number%d", i))
		if n := len(full.Workloads); n != 8 && n != 21 {
			continue
		}
		page := documenttest.Page(t, report.Of(reporttest.Read(t, full.Text())).Run)
		left := strings.Count(page, "beside this page")
		t.Logf("%d workloads: the page has %d bytes and %d charts, %d are left out", len(full.Workloads), len(page), strings.Count(page, "<svg "), left)
		if len(page) > 2_000_000 {
			t.Errorf("the page has %d bytes, more than 2 MB", len(page))
		}
		if len(full.Workloads) == 8 && left > 0 {
			t.Errorf("%d charts of 8 workloads are not in the page", left)
		}
	}
}

// The pages of the recorded runs are what people will see first.
func TestRecordedPages(t *testing.T) {
	texts, err := filepath.Glob("../results/*/bench.txt")
	if err != nil || len(texts) == 0 {
		t.Fatalf("no recorded runs: %v", err)
	}
	for _, name := range texts {
		t.Run(filepath.Base(filepath.Dir(name)), func(t *testing.T) {
			page := documenttest.Page(t, report.Of(reporttest.ReadFile(t, name)).Run)
			t.Logf("%d bytes", len(page))
			if len(page) > 2_000_000 {
				t.Errorf("the page has %d bytes, more than 2 MB", len(page))
			}
			for _, id := range []string{"conditions", "method", "biases", "commands"} {
				if !strings.Contains(page, `id="`+id+`"`) {
					t.Errorf("the page lacks the section %s", id)
				}
			}
		})
	}
}

// A chapter of one's own is text, tables and charts, and needs nothing else.
func TestNewChapter(t *testing.T) {
	d := report.Of(reporttest.ReadFile(t, "testdata/typical.txt")).Run
	table := &document.Table{Columns: document.Cols("engine", ">cost")}
	table.Add(document.Text("goja"), document.Number(1, "1 €", table.Mark("guessed")))
	d.Chapters = append(d.Chapters, document.Chapter{ID: "cost", Title: "Cost", Tables: []*document.Table{table}})
	page := documenttest.Page(t, d)
	for _, want := range []string{`<a href="#cost">Cost</a>`, `1 €¹`, `¹ guessed`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
}

// The title says of what the results are, and servers are not shown twice.
func TestTitle(t *testing.T) {
	var many strings.Builder
	for i := range 6 {
		fmt.Fprintf(&many, "BenchmarkDoxbee/style=async/engine=node%d 1 5 ns/op\n", i+7)
	}
	for _, test := range []struct{ text, want string }{
		{"", "Benchmark report"},
		{"BenchmarkFib 1 5 ns/op\n", "Benchmark report"},
		{"BenchmarkDoxbee/style=async/engine=goja 1 5 ns/op\nBenchmarkDoxbee/style=async/engine=sobek 1 5 ns/op\n", "Promises and await on goja, sobek"},
		{many.String(), "Promises and await on 6 engines"},
		{reporttest.HTTP(1), "HTTP servers on 5 engines"},
	} {
		d := report.Of(reporttest.Read(t, test.text)).Run
		if d.Title != test.want {
			t.Errorf("got %q, want %q", d.Title, test.want)
		}
		for _, c := range d.Chapters {
			if others := c.Title == "Other benchmarks" && len(c.Tables[0].Rows) > 0; others && !strings.Contains(test.text, "Fib") {
				t.Errorf("%s: others are %v", test.want, c.Tables[0].Rows)
			}
		}
	}
}

// FuzzReport checks that whatever can be read gives a report: tables, Markdown, a
// page that runs nothing but our script, and charts that are well-formed.
func FuzzReport(f *testing.F) {
	for _, name := range []string{"testdata/broken.txt", "testdata/gotest.txt"} {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(data))
	}
	small := reporttest.Typical()
	small.Workloads, small.Rounds, small.Engines = small.Workloads[:1], 2, small.Engines[:1]
	f.Add(small.Text())
	f.Add("--- SKIP: BenchmarkX/style=async/await=legacy/engine=e\n    all of it\n") // names and no sample
	f.Add("BenchmarkDoxbee/style=async/await=legacy/engine=node7/window=10000 1 5 ns/op\nBenchmarkHTTP/framework=koa/engine=node10 1 5 req/s 6 p50-ns 7 p99-ns\n")
	f.Add("BenchmarkHTTPSoak/framework=koa/engine=node10 1 5 req/s 6 RSS-bytes 1 elapsed-sec\n")
	for _, h := range append(reporttest.Hostile(), "", "x") {
		f.Add("engine-x: " + h + "\ncommand: " + h + "\nBenchmark" + h + "/style=async/await=" + h + "/engine=x-2 1 5 ns/op 1e300 x/op\n--- SKIP: Benchmark" + h + "\n  " + h + "\n")
	}
	f.Fuzz(func(t *testing.T, text string) {
		made := report.Of(reporttest.Read(t, text))
		documenttest.CheckPage(t, reporttest.Everything(t, made.Run))
		if made.Figures != nil {
			reporttest.Everything(t, made.Figures)
		}
	})
}
