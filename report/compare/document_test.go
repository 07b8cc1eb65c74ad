package compare_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"promisebench/report/chart"
	"promisebench/report/compare"
	"promisebench/report/dataset"
	"promisebench/report/document"
	"promisebench/report/document/documenttest"
	"promisebench/report/gate"
	"promisebench/report/reporttest"
)

// A twin invents both sides of a benchmark that were measured apart.
type twin struct {
	name, unit string
	base       float64
	change     float64
}

// sidesApart is the text of one side.
func sidesApart(seed uint64, header string, head bool, twins ...twin) string {
	random := rand.New(rand.NewPCG(seed, 2))
	var b strings.Builder
	b.WriteString(header)
	for range 12 {
		for _, w := range twins {
			v := w.base * math.Exp(0.01*random.NormFloat64())
			if head {
				v *= 1 + w.change
			}
			fmt.Fprintf(&b, "Benchmark%s 400 %.4f %s\n", w.name, v, w.unit)
		}
	}
	return b.String()
}

// apart is both sides.
func apart(t testing.TB, header string, twins ...twin) compare.Pair {
	t.Helper()
	return pair(t, sidesApart(1, header, false, twins...), sidesApart(2, header, true, twins...))
}

const goHeader = "goos: linux\ngomaxprocs: 2\nwindow: 1000\n"

// typicalRuns is two runs with all that a comparison can have.
func typicalRuns(t testing.TB) compare.Pair {
	twins := []twin{
		{"Doxbee/style=async/await=legacy/engine=goja-2", "ns/op", 90000, 0.02},
		{"Doxbee/style=async/await=optimized/engine=goja-2", "ns/op", 45000, 0.31},
		{"Doxbee/style=promise/await=optimized/engine=goja-2", "ns/op", 99000, -0.22},
		{"Parallel/style=async/await=optimized/engine=goja-2", "ns/op", 220000, 0.07},
		{"HTTP/framework=koa/style=async/await=optimized/engine=node24", "req/s", 20000, 0.25},
		{"HTTP/framework=trek/style=async/await=optimized/engine=node24", "req/s", 30000, -0.25},
	}
	both := "--- SKIP: BenchmarkDoxbee/style=for-await/await=optimized/engine=goja-2\n    it lacks async generators\n"
	base := sidesApart(1, goHeader+"cpu: old machine\ncommit: 1111111\ndate: 2026-11-19\ncommand: promisebench run --out base\n"+
		"engine-goja: v0.0.0-20251103141225-af2ceb9156d7\n", false, twins...) +
		"BenchmarkParallel/style=callback/await=optimized/engine=goja-2 400 20000 ns/op\n" + both
	head := sidesApart(2, goHeader+"cpu: new machine\ncommit: 2222222\ndate: 2026-11-20\ncommand: promisebench run --out head\n"+
		"engine-goja: v0.0.0-20260917113740-793a2a65c13b\n", true, twins...) +
		"BenchmarkDoxbee/style=callback/await=optimized/engine=goja-2 400 NaN ns/op\n" +
		"--- FAIL: BenchmarkErrors/style=async/await=optimized/engine=goja-2\n    worker: killed\n" + both
	p := compare.Pair{Base: dataset.New(), Head: dataset.New()}
	if err := errors.Join(p.Base.Add("results/base/bench.txt", strings.NewReader(base)), p.Head.Add("results/head/bench.txt", strings.NewReader(head))); err != nil {
		t.Fatal(err)
	}
	return p
}

// page returns the page of a comparison after checking all that must hold for every
// page.
func page(t testing.TB, c *compare.Comparison) string {
	t.Helper()
	page := documenttest.Page(t, c.Document())
	if len(page) > 2_000_000 {
		t.Errorf("the page has %d bytes, more than 2 MB", len(page))
	}
	return page
}

func written(t testing.TB, write func(io.Writer) error) string {
	t.Helper()
	var b strings.Builder
	if err := write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestGateFiles(t *testing.T) {
	c := compared(t, typicalGate(t))
	if err := c.Err(); !errors.Is(err, compare.ErrRegressed) {
		t.Errorf("got %v", err)
	}
	if got, want := c.Summary(), "2 regressed, 1 improved, 9 unchanged"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	reporttest.Golden(t, "gate.json", written(t, c.WriteJSON))
	reporttest.Golden(t, "gate-junit.xml", written(t, c.WriteJUnit))
	reporttest.Golden(t, "gate.svg", reporttest.SVG(t, c.Charts()[0]))
	comment := written(t, c.WriteComment)
	reporttest.Golden(t, "gate.md", comment)
	if !strings.HasPrefix(comment, "<!-- promisebench-gate -->\n# ❌ promisebench gate: regressed\n") {
		t.Errorf("a bot does not know its comment again:\n%.100s", comment)
	}
	reporttest.Golden(t, "gate.txt", written(t, func(w io.Writer) error { return c.Verdicts().WriteText(w, 120) }))
}

// What files call undecided, readers see as inconclusive.
func TestInconclusive(t *testing.T) {
	p := pair(t, "BenchmarkX 1 5 ns/op\n", "BenchmarkX 1 6 ns/op\n")
	for _, policy := range []string{gate.Fail, gate.ByExact, gate.Pass} {
		c, err := try(t, gate.Config{Undecided: policy}, p)
		if err != nil {
			t.Fatal(err)
		}
		element := map[string]string{gate.Fail: "<error", gate.ByExact: "<error", gate.Pass: "<skipped"}[policy] + ` message="undecided: `
		if file := written(t, c.WriteJUnit); !strings.Contains(file, element) {
			t.Errorf("%s: JUnit lacks %s:\n%s", policy, element, file)
		}
		if file := written(t, c.WriteJSON); !strings.Contains(file, `"verdict": "undecided"`) {
			t.Errorf("%s: JSON lacks the verdict:\n%s", policy, file)
		}
		for _, said := range []string{written(t, c.WriteComment), written(t, c.Document().WriteMarkdown), c.Charts()[0].Description()} {
			if strings.Contains(said, "undecided") || !strings.Contains(said, "inconclusive") {
				t.Errorf("%s: readers see:\n%s", policy, said)
			}
		}
		if shown := page(t, c); !strings.Contains(shown, `inconclusive">inconclusive</td>`) {
			t.Errorf("%s: the page does not mark the verdict by its class", policy)
		}
	}
}

func TestDocuments(t *testing.T) {
	for name, p := range map[string]compare.Pair{"paired": typicalGate(t), "unpaired": typicalRuns(t)} {
		c := compared(t, p)
		d := c.Document()
		reporttest.Golden(t, name+".md", written(t, d.WriteMarkdown))
		if first, again := reporttest.Everything(t, d), page(t, c); first != again {
			t.Errorf("%s: writing the page twice gives different bytes", name)
		}
	}
}

// What is said of ticks is said only if they changed, a "no" only of what was
// compared, and rows that differ in GOMAXPROCS alone say it.
func TestSaysNoMore(t *testing.T) {
	const name = "BenchmarkDoxbee/style=async/await=optimized/engine=goja"
	few := "Unit ticks/op better=lower\n" + strings.Repeat(name+"-2 1 45000 ns/op 9 ticks/op\n"+name+"-4 1 45000 ns/op 9 ticks/op\n", 3)
	c := compared(t, pair(t, few, few+"--- FAIL: BenchmarkParallel/style=async/await=optimized/engine=goja-2\n    crashed\n"))
	d := c.Document()
	for _, f := range d.Findings {
		said := f.Answer + " " + strings.Join(f.Details, " ")
		if strings.Contains(said, "Look at ticks/op first") || strings.HasPrefix(said, "No: ") {
			t.Error(said)
		}
	}
	names := make(map[string]bool)
	rows := d.Chapters[slices.IndexFunc(d.Chapters, func(c document.Chapter) bool { return c.ID == "rows" })].Tables[0].Rows
	for _, row := range rows {
		names[row[0].Text+row[1].Text] = true
	}
	if len(names) != len(rows) || len(rows) != 4 {
		t.Errorf("%d rows of %d names: %v", len(rows), len(names), names)
	}
}

// What the page says, where it is not the golden files' case.
func TestFindings(t *testing.T) {
	same := []twin{{"Doxbee", "ns/op", 45000, 0}, {"Parallel", "ns/op", 220000, 0}}
	var drift []twin
	for i := range 12 {
		drift = append(drift, twin{fmt.Sprintf("W%d", i), "ns/op", 45000, -0.04})
	}
	b, h := pairsOf(1, doxbeeName, 0.02, 9, 10)
	for _, test := range []struct {
		name       string
		base, head string
		want       []string
	}{
		{"no change", sidesApart(1, goHeader, false, same...), sidesApart(2, goHeader, true, same...),
			[]string{"No: of 2 comparisons none regressed, and none is inconclusive.", "No action needed: head is as good as base"}},
		{"a machine that changed", sidesApart(1, goHeader, false, drift...), sidesApart(2, goHeader, true, drift...),
			[]string{"12 of the 12 times are faster in head, if by no more than noise."}},
		{"another await", sidesApart(1, "window: 1\n", false, same...), sidesApart(2, "window: 1000\n", true, same...),
			[]string{"different conditions: window (1 → 1000)"}},
		{"too few samples", "BenchmarkX 1 5 ns/op\n", "BenchmarkX 1 6 ns/op\n",
			[]string{"No regression was found, but 1 of 1 comparison is inconclusive.", "1 inconclusive comparison has no interval.", "1 samples, and 8 are needed"}},
		{"ticks", gateText{"x", "1/1", b}.String(), gateText{"x", "1/1", h}.String(),
			[]string{"Look at ticks/op first: they changed in 1 benchmark."}},
		{"not finished", "rounds: interleaved\nBenchmarkX 1 5 ns/op\nBenchmarkY 1 5 ns/op\nBenchmarkX 1 5 ns/op\n", "BenchmarkX 1 6 ns/op\nBenchmarkY 1 6 ns/op\n",
			[]string{"base → head: broken input, 2 inconclusive", "base: the run was not finished", "Fix or complete the input"}},
		{"all failed", "--- FAIL: BenchmarkX\n    no\n", "--- FAIL: BenchmarkX\n    no\n",
			[]string{"nothing could be compared", "2 failures.", "Find out why benchmarks failed"}},
		{"from nothing", "Unit allocs/op better=lower assume=exact\nBenchmarkX 1 0 allocs/op\n", "BenchmarkX 1 5 allocs/op\n",
			[]string{">from 0</td>", "1 regressed"}},
		{"huge", "Unit x/op better=lower assume=exact\nBenchmarkX 1 1e300 allocs/op 5 ns/op\n", "BenchmarkX 1 1e-300 allocs/op 5 ns/op\n", []string{"inconclusive"}},
	} {
		shown := strings.ReplaceAll(page(t, compared(t, pair(t, test.base, test.head))), "&#39;", "'")
		for _, want := range test.want {
			if !strings.Contains(shown, want) {
				t.Errorf("%s: the page lacks %q", test.name, want)
			}
		}
	}
}

// hostileSide is a side in which every name is an attack.
func hostileSide(cpu string, value int) string {
	var b strings.Builder
	b.WriteString("Unit <b>/op assume=exact better=lower\nside: <img src=x onerror=alert(1)>\n" +
		"command: promisebench </code></pre><script>alert(1)</script>\ncpu: " + cpu + "<img src=x onerror=alert(1)>\n")
	for _, h := range reporttest.Hostile() {
		fmt.Fprintf(&b, "engine-%s: %s\n", strings.ToLower(h), h)
		for i := range 6 {
			fmt.Fprintf(&b, "BenchmarkX%s/style=async/await=%[1]s/engine=%[1]s 1 %d ns/op 5 %[1]s/op 6 <b>/op\n", h, i+1)
		}
		fmt.Fprintf(&b, "Benchmark%s 1 5 ns/op\n--- FAIL: Benchmark%[1]s/style=%[1]s/engine=%[1]s\n    %[1]s\n", h)
	}
	fmt.Fprintf(&b, "BenchmarkX 1 %d ns/op\n", value)
	return b.String()
}

// Names from strangers do no harm in any of the outputs.
func TestHostile(t *testing.T) {
	c, err := try(t, gate.Config{Metrics: []string{"sec/op", "<b>/op"}}, pair(t, hostileSide("", 5), hostileSide("<b>", 6)))
	if err != nil {
		t.Fatal(err)
	}
	shown := page(t, c)
	if !strings.Contains(shown, "&lt;script&gt;alert(1)&lt;/script&gt;") || !strings.Contains(shown, "&lt;img src=x") {
		t.Error("the hostile names do not stand in the page as text")
	}
	for _, chart := range c.Charts() {
		if strings.Trim(chart.ID, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			t.Errorf("a chart's ID, which becomes a file name, is %q", chart.ID)
		}
	}
	junit := written(t, c.WriteJUnit)
	if err := reporttest.WellFormed([]byte(junit)); err != nil {
		t.Errorf("JUnit: %v", err)
	}
	if file := written(t, c.WriteJSON); !json.Valid([]byte(file)) {
		t.Error("JSON is not valid")
	}
	for name, text := range map[string]string{
		"JUnit": junit, "SVG": reporttest.SVG(t, c.Charts()[0]), "comment": written(t, c.WriteComment), "report.md": written(t, c.Document().WriteMarkdown),
	} {
		// Code stands in blocks of Markdown as it is.
		text = regexp.MustCompile("(?s)```.*?```").ReplaceAllString(text, "")
		for _, bad := range []string{"<script>", "<img", "\x1b", "\u202e"} {
			if strings.Contains(text, bad) {
				t.Errorf("%s contains %q", name, bad)
			}
		}
		if strings.HasSuffix(name, "comment") && strings.Contains(text, "@everyone") {
			t.Error("the comment calls everyone")
		}
	}
}

// The page of 2,000 rows can be sent, and what matters is in it.
func TestPageSize(t *testing.T) {
	for _, test := range []struct {
		label string
		left  bool // something is left out
	}{{strings.Repeat("x", 70), false}, {strings.Repeat("&<", 30), true}} { // labels may be about so long
		// All have the same numbers, which spares thousands of quantiles.
		side := func(seed uint64, head bool) string {
			var b strings.Builder
			same, changed := sidesApart(seed, "", head, twin{"NAME", "ns/op", 45000, 0}), sidesApart(seed, "", head, twin{"NAME", "ns/op", 45000, 0.5})
			for i := range 2000 {
				text := same
				if i%100 == 99 {
					text = changed
				}
				b.WriteString(strings.ReplaceAll(text, "NAME", fmt.Sprintf("W%02d%s/style=async/await=optimized/engine=engine%d", i%40, test.label, i/40)))
			}
			return b.String()
		}
		shown := page(t, compared(t, pair(t, side(1, false), side(2, true))))
		t.Logf("%d bytes, %d charts, %d rows", len(shown), strings.Count(shown, "<svg "), strings.Count(shown, "<tr>"))
		if got := strings.Contains(shown, "more rows left out, see report.md"); got != test.left {
			t.Errorf("%.10q: rows left out: %v, want %v", test.label, got, test.left)
		}
		if n := strings.Count(shown, `<td class="l regressed">`); n < 20 {
			t.Errorf("%.10q: %d of 20 regressions are in the page", test.label, n)
		}
	}
}

// The recorded gates, and runs that were measured apart.
func TestRecordedComparisons(t *testing.T) {
	for _, test := range []struct{ base, head, want string }{
		{"2026-11-20-gate-goja/base.txt", "2026-11-20-gate-goja/head.txt", "7 improved, 9 unchanged"},
		{"2026-11-20-gate-node/base.txt", "2026-11-20-gate-node/head.txt", "2 regressed, 2 improved, 4 unchanged"},
		{"2026-11-20-embedded/bench.txt", "2026-11-20-core/bench.txt", "99 inconclusive, 251 unchanged"},
	} {
		var texts [2]string
		for i, name := range []string{test.base, test.head} {
			text, err := os.ReadFile(filepath.Join("..", "..", "results", name))
			if err != nil {
				t.Fatal(err)
			}
			texts[i] = string(text)
		}
		c := compared(t, pair(t, texts[0], texts[1]))
		if got := c.Summary(); got != test.want {
			t.Errorf("%s: %s, want %s", test.base, got, test.want)
		}
		page(t, c)
	}
}

// With many rows each workload has its chart, and all rows are in one of them.
func TestCharts(t *testing.T) {
	var twins []twin
	for i := range 60 {
		change := 0.0
		if i == 7 {
			change = 0.5
		}
		twins = append(twins, twin{fmt.Sprintf("W%d/style=async/await=optimized/engine=e%d", i%3, i/3), "ns/op", 45000, change})
	}
	var ids []string
	rows := 0
	for i, drawn := range compared(t, apart(t, goHeader, twins...)).Charts() {
		ids = append(ids, drawn.ID)
		for _, g := range drawn.Body.(chart.Rows).Groups {
			if i > 0 {
				rows += len(g.Rows)
			} else if first := g.Rows[0]; len(g.Rows) != 1 || first.Label != "w1 · async · optimized · e2" || !strings.HasSuffix(first.Marks[0].Text, "regressed") {
				t.Errorf("the summary has %d rows and begins with %+v", len(g.Rows), first)
			}
		}
	}
	if want := []string{"gate", "gate-w0", "gate-w1", "gate-w2"}; !slices.Equal(ids, want) || rows != 60 {
		t.Errorf("%v with %d rows, want %v", ids, rows, want)
	}
}

// FuzzCompare lets strangers write both sides.
func FuzzCompare(f *testing.F) {
	b, h := pairsOf(1, doxbeeName, 0.05, 9, 9)
	f.Add(gateText{"x", "1/1", b}.String(), gateText{"x", "1/1", h}.String())
	layouts, counts := typicalBuilt().sides()
	f.Add(layouts, counts)
	f.Add("BenchmarkX 1 1 ns/op\n", "BenchmarkX 1 2 ns/op 0 req/s\n--- SKIP: BenchmarkX\n")
	f.Add("side: </title><script>alert(1)</script>\nBenchmarkX<b> 1 0 allocs/op 1 B/op\n", "cpu: \x1b\nUnit allocs/op assume=exact\nBenchmarkX<b> 1 1e308 allocs/op NaN ns/op\n")
	f.Add(sidesApart(1, goHeader, false, twin{"X", "ns/op", 5, 1e9}), sidesApart(2, goHeader, true, twin{"X", "ns/op", 5, 1e9}))
	f.Fuzz(func(t *testing.T, base, head string) {
		p := compare.Pair{Base: dataset.New(), Head: dataset.New()}
		if p.Base.Add("base", strings.NewReader(base)) != nil || p.Head.Add("head", strings.NewReader(head)) != nil {
			return
		}
		c, err := try(t, gate.Config{}, p)
		if err != nil {
			return
		}
		if len(c.Rows) == 0 && c.Err() == nil {
			t.Error("a pass without any comparison")
		}
		documenttest.CheckPage(t, reporttest.Everything(t, c.Document()))
		for _, write := range []func(io.Writer) error{c.WriteComment, c.WriteJSON, c.WriteJUnit, c.Charts()[0].WriteSVG} {
			var b bytes.Buffer
			if err := write(&b); err != nil {
				t.Error(err)
			}
		}
	})
}
