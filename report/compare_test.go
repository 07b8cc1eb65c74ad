package report

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"promisebench/report/gate"
)

// comparisonPage returns the page of a judgement after checking all that must
// hold for every page.
func comparisonPage(t testing.TB, j *Judgement) string {
	t.Helper()
	var b bytes.Buffer
	if err := j.WritePage(&b); err != nil {
		t.Fatal(err)
	}
	checkPage(t, b.String())
	if b.Len() > 2_000_000 {
		t.Errorf("the page has %d bytes, more than 2 MB", b.Len())
	}
	return b.String()
}

// A twin invents both sides of a benchmark that were measured apart.
type twin struct {
	name, unit string
	base       float64
	change     float64
}

// What is said of ticks is said only if they changed, a "no" only of what was
// compared, and rows that differ in GOMAXPROCS alone say it.
func TestComparisonSaysNoMore(t *testing.T) {
	const name = "BenchmarkDoxbee/style=async/await=optimized/engine=goja"
	few := "Unit ticks/op better=lower\n" + strings.Repeat(name+"-2 1 45000 ns/op 9 ticks/op\n"+name+"-4 1 45000 ns/op 9 ticks/op\n", 3)
	j, err := judged(t, gate.Config{}, match(t, few, few+"--- FAIL: BenchmarkParallel/style=async/await=optimized/engine=goja-2\n    crashed\n"))
	if err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	for _, a := range j.answers() {
		fmt.Fprintln(&said, a.First, strings.Join(a.Rest, " "))
	}
	if strings.Contains(said.String(), "Look at ticks/op first") || strings.HasPrefix(said.String(), "No: ") {
		t.Errorf("%s", said.String())
	}
	names := make(map[string]bool)
	for _, r := range j.Rows {
		names[r.full()+r.Unit] = true
	}
	if len(names) != len(j.Rows) || len(j.Rows) != 4 {
		t.Errorf("%d rows of %d names: %v", len(j.Rows), len(names), names)
	}
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

const goHeader = "goos: linux\ngomaxprocs: 2\nwindow: 1000\n"

// typicalRuns is two runs with all that a comparison can have.
func typicalRuns(t testing.TB) Match {
	twins := []twin{
		{"Doxbee/style=async/await=legacy/engine=goja-2", "ns/op", 90000, 0.02},
		{"Doxbee/style=async/await=optimized/engine=goja-2", "ns/op", 45000, 0.31},
		{"Doxbee/style=promise/await=optimized/engine=goja-2", "ns/op", 99000, -0.22},
		{"Parallel/style=async/await=optimized/engine=goja-2", "ns/op", 220000, 0.07},
		{"HTTP/framework=koa/style=async/await=optimized/engine=node24", "req/s", 20000, 0.25},
		{"HTTP/framework=trek/style=async/await=optimized/engine=node24", "req/s", 30000, -0.25},
	}
	base := sidesApart(1, goHeader+"cpu: old machine\ncommit: 1111111\ndate: 2026-11-19\ncommand: promisebench run --out base\n"+
		"engine-goja: v0.0.0-20251103141225-af2ceb9156d7\n", false, twins...)
	head := sidesApart(2, goHeader+"cpu: new machine\ncommit: 2222222\ndate: 2026-11-20\ncommand: promisebench run --out head\n"+
		"engine-goja: v0.0.0-20260917113740-793a2a65c13b\n", true, twins...)
	base += "BenchmarkParallel/style=callback/await=optimized/engine=goja-2 400 20000 ns/op\n"
	both := "--- SKIP: BenchmarkDoxbee/style=for-await/await=optimized/engine=goja-2\n    it lacks async generators\n"
	head += "BenchmarkDoxbee/style=callback/await=optimized/engine=goja-2 400 NaN ns/op\n" +
		"--- FAIL: BenchmarkErrors/style=async/await=optimized/engine=goja-2\n    worker: killed\n" + both
	m := Match{NewResults(), NewResults()}
	for _, side := range []struct {
		to         *Results
		name, text string
	}{{m.Base, "results/base/bench.txt", base + both}, {m.Head, "results/head/bench.txt", head}} {
		if err := side.to.Add(side.name, strings.NewReader(side.text)); err != nil {
			t.Fatal(err)
		}
	}
	return m
}

func TestComparisonGolden(t *testing.T) {
	for name, m := range map[string]Match{"paired": typicalGate(t), "unpaired": typicalRuns(t)} {
		j, err := judged(t, gate.Config{}, m)
		if err != nil {
			t.Fatal(err)
		}
		page := comparisonPage(t, j)
		golden(t, name+".page.html", withoutLooks(page))
		if again := comparisonPage(t, j); again != page {
			t.Errorf("%s: writing the page twice gives different bytes", name)
		}
		var b strings.Builder
		if err := j.WriteReport(&b); err != nil {
			t.Fatal(err)
		}
		golden(t, name+".md", b.String())
	}
}

// Each verdict has its reason, and what is claimed is what the numbers say.
func TestReasons(t *testing.T) {
	for _, c := range []struct {
		r    JudgedRow
		want string
	}{
		{JudgedRow{Row: gate.Row{Kind: gate.Exact}, Decision: gate.Decision{Ratio: 1, Verdict: gate.Unchanged}}, "exactly the same"},
		{JudgedRow{Row: gate.Row{Kind: gate.Exact, Rules: gate.Rules{Tolerance: 0.0002}}, Decision: gate.Decision{Ratio: 1.0001, Verdict: gate.Unchanged}},
			"differs by less than the tolerance of 0.02 %"},
		{JudgedRow{Row: gate.Row{Kind: gate.Exact}, Decision: gate.Decision{Ratio: 1.1, Verdict: gate.Regressed}}, "exact: does not vary"},
		{JudgedRow{Row: gate.Row{Rules: gate.Rules{MinEffect: 0.005, Equivalence: 0.01}}, Decision: gate.Decision{Ratio: 1.02, Lo: 1.01, Hi: 1.03, N: 22, P: 0.0002, Verdict: gate.Regressed}},
			"certain, and at least 0.5 % (p 0.0002, 22 pairs)"},
		{JudgedRow{Row: gate.Row{Rules: gate.Rules{MinEffect: 0.005, Equivalence: 0.01}}, Decision: gate.Decision{Ratio: 1.004, Lo: 1.001, Hi: 1.012, N: 56, P: 0.001, Verdict: gate.Inconclusive}},
			"certain, but less than the threshold of 0.5 %"},
		{JudgedRow{Row: gate.Row{Rules: gate.Rules{Equivalence: 0.01}}, Decision: gate.Decision{Ratio: 1.02, Lo: 1.001, Hi: 1.04, N: 22, P: 0.03, Verdict: gate.Inconclusive}},
			"not certain enough: p must be at most 1 % (p 0.0300, 22 pairs)"},
		{JudgedRow{Row: gate.Row{Rules: gate.Rules{Equivalence: 0.01}}, Decision: gate.Decision{Ratio: 1.02, Lo: 0.98, Hi: 1.04, N: 22, P: 0.5, Verdict: gate.Inconclusive}},
			"the interval contains no change, and reaches beyond 1 %"},
		{JudgedRow{Row: gate.Row{Kind: gate.Unpaired, Rules: gate.Rules{Equivalence: 0.01, Allowance: 0.06}}, Decision: gate.Decision{Ratio: 1.08, Lo: 1.05, Hi: 1.11, N: 9, P: 1, Verdict: gate.Inconclusive}},
			"not certainly beyond the allowance of 6 % (p 1, 9 samples)"},
		{JudgedRow{Row: gate.Row{Kind: gate.Unpaired, Rules: gate.Rules{Equivalence: 0.01, Allowance: 0.06}}, Decision: gate.Decision{Ratio: 1.2, N: 9, Verdict: gate.Regressed}},
			"certain beyond the allowance of 6 %"},
		{JudgedRow{Decision: gate.Decision{Ratio: math.NaN(), Why: "3 pairs, and the first look is at 11"}}, "3 pairs, and the first look is at 11"},
	} {
		j := &Judgement{Plan: gate.Plan{Alpha: 0.01}}
		if got := j.reason(c.r); !strings.HasPrefix(got, c.want) {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

// What the first screen says, where it is not the golden pages' case.
func TestComparisonAnswers(t *testing.T) {
	same := []twin{{"Doxbee", "ns/op", 45000, 0}, {"Parallel", "ns/op", 220000, 0}}
	var drift []twin
	for i := range 12 {
		drift = append(drift, twin{fmt.Sprintf("W%d", i), "ns/op", 45000, -0.04})
	}
	b, h := pairsOf(1, doxbeeName, 0.02, 9, 10)
	for _, c := range []struct {
		name       string
		base, head string
		want       []string
	}{
		{"no change", sidesApart(1, goHeader, false, same...), sidesApart(2, goHeader, true, same...),
			[]string{"No: of 2 comparisons none regressed, and none is undecided.", "Nothing: head is as good as base"}},
		{"a machine that changed", sidesApart(1, goHeader, false, drift...), sidesApart(2, goHeader, true, drift...),
			[]string{"12 of the 12 times are faster in head, if by no more than noise."}},
		{"another await", sidesApart(1, "await-goja: legacy=native\n", false, same...), sidesApart(2, "await-goja: legacy=emulated\n", true, same...),
			[]string{"different conditions: await-goja (legacy=native → legacy=emulated)"}},
		{"too few samples", "BenchmarkX 1 5 ns/op\n", "BenchmarkX 1 6 ns/op\n",
			[]string{"Nothing regressed for sure, but 1 of 1 comparison is undecided.", "1 undecided one has no interval.", "1 samples, and 8 are needed"}},
		{"ticks", gateText{"x", "1/1", b}.String(), gateText{"x", "1/1", h}.String(),
			[]string{"Look at ticks/op first: they changed in 1 benchmark."}},
		{"not finished", "rounds: interleaved\nBenchmarkX 1 5 ns/op\nBenchmarkY 1 5 ns/op\nBenchmarkX 1 5 ns/op\n", "BenchmarkX 1 6 ns/op\nBenchmarkY 1 6 ns/op\n",
			[]string{"base → head: broken input, 2 undecided", "base: the run was not finished", "Mend or complete the input"}},
		{"all failed", "--- FAIL: BenchmarkX\n    no\n", "--- FAIL: BenchmarkX\n    no\n",
			[]string{"nothing could be compared", "2 failures.", "Find out why benchmarks failed"}},
		{"from nothing", "Unit allocs/op better=lower assume=exact\nBenchmarkX 1 0 allocs/op\n", "BenchmarkX 1 5 allocs/op\n",
			[]string{"<td>from 0</td>", "1 regressed"}},
		{"huge", "Unit x/op better=lower assume=exact\nBenchmarkX 1 1e300 allocs/op 5 ns/op\n", "BenchmarkX 1 1e-300 allocs/op 5 ns/op\n", []string{"undecided"}},
	} {
		j, err := judged(t, gate.Config{}, match(t, c.base, c.head))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		page := strings.NewReplacer("\u00a0", " ", "&#39;", "'").Replace(comparisonPage(t, j))
		for _, want := range c.want {
			if !strings.Contains(page, want) {
				t.Errorf("%s: the page lacks %q", c.name, want)
			}
		}
	}
}

// hostileMatch is two sides in which every name is an attack.
func hostileMatch(t testing.TB) Match {
	text := func(value int) string {
		return strings.ReplaceAll(hostileResults(), "Unit <b>/op assume=exact\n", "Unit <b>/op assume=exact better=lower\nside: <img src=x onerror=alert(1)>\n") +
			fmt.Sprintf("BenchmarkX 1 %d ns/op\n", value)
	}
	return match(t, text(5), strings.ReplaceAll(text(6), "cpu: ", "cpu: <b>"))
}

func TestHostileComparison(t *testing.T) {
	j, err := judged(t, gate.Config{Metrics: []string{"sec/op", "<b>/op"}}, hostileMatch(t))
	if err != nil {
		t.Fatal(err)
	}
	page := comparisonPage(t, j)
	if !strings.Contains(page, "&lt;script&gt;alert(1)&lt;/script&gt;") || !strings.Contains(page, "&lt;img src=x") {
		t.Error("the hostile names do not stand in the page as text")
	}
	for _, c := range j.Charts() {
		if strings.Trim(c.ID, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			t.Errorf("a chart's ID, which becomes a file name, is %q", c.ID)
		}
	}
	var b bytes.Buffer
	if err := j.WriteReport(&b); err != nil || bytes.Contains(b.Bytes(), []byte("<script>")) || bytes.Contains(b.Bytes(), []byte("<img")) {
		t.Errorf("report.md: %v, or markup in it", err)
	}
}

// The page of 2,000 rows can be sent, and what matters is in it.
func TestComparisonSize(t *testing.T) {
	long := strings.Repeat("x", 70) // about as long as a label may be
	for _, c := range []struct {
		label string
		left  bool // something is left out
	}{{long, false}, {strings.Repeat("&<", 30), true}} {
		// All have the same numbers, which spares thousands of quantiles.
		side := func(seed uint64, head bool) string {
			var b strings.Builder
			same, changed := sidesApart(seed, "", head, twin{"NAME", "ns/op", 45000, 0}), sidesApart(seed, "", head, twin{"NAME", "ns/op", 45000, 0.5})
			for i := range 2000 {
				text := same
				if i%100 == 99 {
					text = changed
				}
				b.WriteString(strings.ReplaceAll(text, "NAME", fmt.Sprintf("W%02d%s/style=async/await=optimized/engine=engine%d", i%40, c.label, i/40)))
			}
			return b.String()
		}
		j, err := judged(t, gate.Config{}, match(t, side(1, false), side(2, true)))
		if err != nil {
			t.Fatal(err)
		}
		page := comparisonPage(t, j)
		t.Logf("%d bytes, %d charts, %d rows", len(page), strings.Count(page, "<svg "), strings.Count(page, "<tr>"))
		if got := strings.Contains(page, "more rows left out, see report.md"); got != c.left {
			t.Errorf("%.10q: rows left out: %v, want %v", c.label, got, c.left)
		}
		if n := strings.Count(page, `<td class="l regressed">`); n < 20 {
			t.Errorf("%.10q: %d of 20 regressions are in the page", c.label, n)
		}
	}
}

// The recorded gates, and runs that were measured apart.
func TestRecordedComparisons(t *testing.T) {
	for _, c := range []struct{ base, head, want string }{
		{"2026-11-20-gate-goja/base.txt", "2026-11-20-gate-goja/head.txt", "7 improved, 9 unchanged"},
		{"2026-11-20-gate-node/base.txt", "2026-11-20-gate-node/head.txt", "2 regressed, 2 improved, 4 unchanged"},
		{"2026-11-20-embedded/bench.txt", "2026-11-20-core/bench.txt", "99 undecided, 251 unchanged"},
	} {
		var texts [2]string
		for i, name := range []string{c.base, c.head} {
			text, err := os.ReadFile(filepath.Join("..", "results", name))
			if err != nil {
				t.Fatal(err)
			}
			texts[i] = string(text)
		}
		j, err := judged(t, gate.Config{}, match(t, texts[0], texts[1]))
		if err != nil {
			t.Fatal(err)
		}
		if got := j.Summary(); got != c.want {
			t.Errorf("%s: %s, want %s", c.base, got, c.want)
		}
		comparisonPage(t, j)
	}
}

// With many rows each workload has its chart, and all rows are in one of them.
func TestComparisonCharts(t *testing.T) {
	var twins []twin
	for i := range 60 {
		twins = append(twins, twin{fmt.Sprintf("W%d/style=async/await=optimized/engine=e%d", i%3, i/3), "ns/op", 45000, map[bool]float64{true: 0.5}[i == 7]})
	}
	j, err := judged(t, gate.Config{}, match(t, sidesApart(1, goHeader, false, twins...), sidesApart(2, goHeader, true, twins...)))
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	rows := 0
	for i, c := range j.Charts() {
		ids = append(ids, c.ID)
		body := c.body.(rowsBody)
		for _, g := range body.groups {
			if i > 0 {
				rows += len(g.rows)
			} else if first := g.rows[0]; len(g.rows) != 1 || first.label != "w1 · async · optimized · e2" || !strings.HasSuffix(first.marks[0].text, "regressed") {
				t.Errorf("the summary has %d rows and begins with %+v", len(g.rows), first)
			}
		}
	}
	if want := []string{"gate", "gate-w0", "gate-w1", "gate-w2"}; !slices.Equal(ids, want) || rows != 60 {
		t.Errorf("%v with %d rows, want %v", ids, rows, want)
	}
}

func TestComparisonInBrowser(t *testing.T) {
	b := openBrowser(t)
	var texts [2]string
	for i, name := range []string{"2026-11-20-embedded", "2026-11-20-core"} {
		text, err := os.ReadFile(filepath.Join("..", "results", name, "bench.txt"))
		if err != nil {
			t.Fatal(err)
		}
		texts[i] = string(text)
	}
	j, err := judged(t, gate.Config{}, match(t, texts[0], texts[1]))
	if err != nil {
		t.Fatal(err)
	}
	b.show(comparisonPage(t, j))
	table := b.tableOf("All comparisons")
	all := b.column(table, 4)
	if len(all) != 350 {
		t.Fatalf("%d rows, want 350", len(all))
	}

	change := fmt.Sprintf("#%s thead th:nth-child(5)", table)
	b.do(chromedp.Click(chromedp.CSS(change + " button")))
	percents := func() (values []float64) {
		for _, text := range b.column(table, 4) {
			var v float64
			if _, err := fmt.Sscanf(text, "%f", &v); err != nil {
				t.Errorf("%q: %v", text, err)
			}
			values = append(values, v)
		}
		return values
	}
	if got := percents(); !slices.IsSorted(got) || got[0] > -13 {
		t.Errorf("sorted by change: %v", got)
	}

	// Words of different columns together, and by keyboard alone.
	input := fmt.Sprintf(`document.getElementById('%s').parentElement.previousElementSibling.querySelector('input')`, table)
	b.run(input + ".focus()")
	b.do(chromedp.KeyEvent("undecided goja sec/op"))
	left := b.column(table, 5)
	if len(left) == 0 || len(left) == 350 || slices.ContainsFunc(left, func(v string) bool { return v != "undecided" }) {
		t.Errorf("filtered: %d rows, %q", len(left), left)
	}
	b.run(fmt.Sprintf(`document.querySelector(%q).focus()`, change+" button"))
	b.do(chromedp.KeyEvent(kb.Enter))
	if got := percents(); slices.IsSorted(got) || len(got) != len(left) || got[0] < got[len(got)-1] {
		t.Errorf("sorted the other way: %v", got)
	}
	// What is only drawn for the eye is not read aloud or copied, and is there.
	if shape := eval[string](b, fmt.Sprintf(`getComputedStyle(document.querySelector('#%s td.unchanged'), '::before').content`, table)); !strings.Contains(shape, "●") {
		t.Errorf("an unchanged row is marked with %q", shape)
	}

	b.do(chromedp.EmulateViewport(400, 800))
	if wide := eval[int](b, `document.documentElement.scrollWidth`); wide > 400 {
		t.Errorf("the page is %d wide on a screen of 400", wide)
	}
	b.silent()

	j, err = judged(t, gate.Config{Metrics: []string{"sec/op", "<b>/op"}}, hostileMatch(t))
	if err != nil {
		t.Fatal(err)
	}
	b.show(comparisonPage(t, j))
	b.run(`document.querySelectorAll('th button').forEach(b => b.click())`)
	if scripts, wide := eval[int](b, `document.scripts.length`), eval[int](b, `document.documentElement.scrollWidth`); scripts != 1 || wide > 400 {
		t.Errorf("hostile: %d scripts, %d wide", scripts, wide)
	}
	b.silent()
}
