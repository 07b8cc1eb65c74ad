package history

import (
	"fmt"
	"math"
	"math/rand/v2"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"golang.org/x/net/html"

	"promisebench/report/changepoint"
	"promisebench/report/chart"
	"promisebench/report/dataset"
	"promisebench/report/document"
	"promisebench/report/reporttest"
	"promisebench/report/stats"
	"promisebench/report/text"
	"promisebench/report/unit"
)

// A fictionalRun is a run to invent.
type fictionalRun struct {
	folder, date, goja, cpu, more string
	factor                        float64 // of all times of goja
	ticks                         int
}

// text returns the run as benchmark text.
func (f fictionalRun) text(seed uint64) []byte {
	rng := rand.New(rand.NewPCG(seed, 5))
	var b strings.Builder
	fmt.Fprintf(&b, "goos: linux\ngoarch: amd64\ncpu: %s\ncores: 2\nos: Debian\ngo: go1.26.8\ngomaxprocs: 2\ngogc: 100\ncommit: abc1234\nwindow: 1000\n"+
		"sample: 50ms batch\nseed: 1\nrounds: interleaved\nembedded: in-process\nengine-goja: %s\nengine-sobek: v1\nawait-goja: legacy=emulated optimized=native\n%s", f.cpu, f.goja, f.more)
	if f.date != "" {
		fmt.Fprintf(&b, "date: %s\n", f.date)
	}
	b.WriteString("command: promisebench run\nUnit ticks/op better=lower assume=exact\n")
	for i, name := range []string{"Doxbee/style=promise/await=optimized", "Doxbee/style=async/await=legacy", "Doxbee/style=async/await=optimized"} {
		for _, engine := range []string{"goja", "sobek"} {
			luck := math.Exp(0.02 * rng.NormFloat64()) // of the process
			factor := 1.0
			if engine == "goja" {
				factor = f.factor
			}
			for range 6 {
				fmt.Fprintf(&b, "Benchmark%s/engine=%s-2 1000 %.0f ns/op %d ticks/op\n", name, engine,
					float64(50000-8000*i)*luck*factor*math.Exp(0.01*rng.NormFloat64()), f.ticks)
			}
		}
	}
	return []byte(b.String())
}

// fictionalRuns is a history of n runs on one host, with goja slower by 10% from
// the middle on, and of four on another.
func fictionalRuns(n int) fstest.MapFS {
	runs := make(fstest.MapFS)
	day := time.Date(2026, 1, 5, 6, 0, 0, 0, time.UTC)
	for i := range n {
		f := fictionalRun{folder: day.Format("2006-01-02"), date: day.Format(time.RFC3339), goja: "v0.0.0-20260101000000-aaaaaaaaaaaa", cpu: "Xeon", factor: 1, ticks: 9}
		if i >= n/2 {
			f.goja, f.factor, f.ticks = "v0.0.0-20260301000000-bbbbbbbbbbbb", 1.1, 10
		}
		runs[f.folder+"/bench.txt"] = &fstest.MapFile{Data: f.text(uint64(i))}
		if i < 4 {
			f.cpu, f.factor = "Epyc", 3
			runs[f.folder+"-elsewhere/bench.txt"] = &fstest.MapFile{Data: f.text(uint64(1000 + i))}
		}
		day = day.AddDate(0, 0, 3)
	}
	return runs
}

func readRuns(t testing.TB, runs fstest.MapFS, to string) *History {
	t.Helper()
	h, err := Read(runs, to)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// everything writes a history in every way there is, checks that the page links to
// nothing but files that are there, and returns document and page.
func everything(t testing.TB, h *History, runs fstest.MapFS) (*document.Document, string) {
	t.Helper()
	d := h.Document()
	page := reporttest.Everything(t, d)
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	base, err := url.Parse("file:///runs/history/index.html")
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		for _, a := range n.Attr {
			if a.Key != "href" || n.Data != "a" || strings.HasPrefix(a.Val, "#") || strings.HasPrefix(a.Val, "https://") {
				continue
			}
			to, err := base.Parse(a.Val)
			if err != nil {
				t.Fatalf("%q: %v", a.Val, err)
			}
			file, ok := strings.CutPrefix(to.Path, "/runs/")
			if _, there := runs[file]; !ok || !there || to.Scheme != "file" || to.RawQuery != "" || to.Fragment != "" {
				t.Errorf("a link to %.200q, which is %v", a.Val, to)
			}
		}
	}
	return d, page
}

// markdown writes a document as Markdown.
func markdown(t testing.TB, d *document.Document) string {
	t.Helper()
	var b strings.Builder
	if err := d.WriteMarkdown(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// cell returns the text of a cell of a chapter's table.
func cell(t testing.TB, table *document.Table, row, column int) string {
	t.Helper()
	if row >= len(table.Rows) {
		t.Fatalf("%s: %d rows", table.Title, len(table.Rows))
	}
	return table.Rows[row][column].Text
}

// typical is a history that tests share; they must not change it.
var typical = sync.OnceValue(func() *History {
	h, err := Read(fictionalRuns(24), "..")
	if err != nil {
		panic(err)
	}
	return h
})

func TestGolden(t *testing.T) {
	runs := fictionalRuns(24)
	d, _ := everything(t, typical(), runs)
	reporttest.Golden(t, "history.md", markdown(t, d))
	var terminal strings.Builder
	if err := d.WriteText(&terminal, 120); err != nil {
		t.Fatal(err)
	}
	reporttest.Golden(t, "history.txt", terminal.String())
	charts := d.Charts()
	if ids := chartIDs(charts); !slices.Equal(ids, []string{"history-doxbee-promise", "history-doxbee-async"}) {
		t.Fatalf("charts %q", ids)
	}
	reporttest.Golden(t, "history-doxbee-async.svg", reporttest.SVG(t, charts[1]))
	if again := markdown(t, readRuns(t, runs, "..").Document()); again != markdown(t, d) {
		t.Error("reading and writing twice gives different bytes")
	}
}

// What explains the method names the rate that is allowed here.
func TestMethod(t *testing.T) {
	want := fmt.Sprintf("no more than %.0f%% ", 100*plan().FDR)
	if !strings.Contains(markdown(t, typical().Document()), want) {
		t.Errorf("the method does not say %q", want)
	}
}

func chartIDs(charts []*chart.Chart) (ids []string) {
	for _, c := range charts {
		ids = append(ids, c.ID)
	}
	return ids
}

func TestFindsWhatChanged(t *testing.T) {
	h := typical()
	list := h.changes()
	if len(list) != 3 {
		t.Fatalf("%d changes, want one in each series of goja: %+v", len(list), list)
	}
	for _, c := range list {
		if c.Engine != "goja" || c.At != 12 || c.direction() != worse || math.Exp(c.Lo) > 1.1 || math.Exp(c.Hi) < 1.1 || c.env.host[0] != "Xeon" {
			t.Errorf("%s: %+v", c.full(), c.Change)
		}
		if got, want := c.causes(), "goja 2026-01-01 aaaaaaa → 2026-03-01 bbbbbbb"; !strings.HasPrefix(got, want) {
			t.Errorf("causes are %q, want %q", got, want)
		}
	}
	counts := h.countTable()
	if len(counts.Rows) != 6 || cell(t, counts, 0, 3) != "9" || cell(t, counts, 0, 4) != "10" {
		t.Errorf("counts: %v", counts.Rows)
	}
}

// Runs that were measured on different hosts or in different ways are never
// joined, and versions of what the history is about don't split.
func TestLines(t *testing.T) {
	base := fictionalRun{date: "2026-01-01T00:00:00Z", goja: "v1", cpu: "Xeon", factor: 1, ticks: 9}
	first := string(base.text(1))
	for _, test := range []struct {
		name, old, new string
		joined         bool
	}{
		{"engine", "engine-goja: v1", "engine-goja: v2", true},
		{"Go", "go: go1.26.8", "go: go1.27.0", true},
		{"commit", "commit: abc1234", "commit: def5678", true},
		{"seed", "seed: 1", "seed: 2", true},
		{"command", "command: promisebench run", "command: promisebench run --rounds 3", true},
		{"cpu", "cpu: Xeon", "cpu: Epyc", false},
		{"cores", "cores: 2", "cores: 4", false},
		{"no cores", "cores: 2\n", "", false},
		{"os", "os: Debian", "os: Alpine", false},
		{"goarch", "goarch: amd64", "goarch: arm64", false},
		{"gogc", "gogc: 100", "gogc: off", false},
		{"gomaxprocs", "gomaxprocs: 2", "gomaxprocs: 1", false},
		{"window", "window: 1000", "window: 10", false},
		{"batch", "sample: 50ms batch", "sample: 5ms batch", false},
		{"isolation", "embedded: in-process", "embedded: isolated", false},
		{"unheard of", "seed: 1", "turbo: off", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			other := strings.Replace(strings.Replace(first, test.old, test.new, 1), "2026-01-01T", "2026-01-02T", 1)
			if other == strings.Replace(first, "2026-01-01T", "2026-01-02T", 1) {
				t.Fatal("nothing replaced")
			}
			h := readRuns(t, fstest.MapFS{"a/bench.txt": {Data: []byte(first)}, "b/bench.txt": {Data: []byte(other)}}, "..")
			for _, s := range h.series {
				if joined := len(s.runs) == 2; joined != test.joined {
					t.Errorf("%s: joined is %v", s.full(), joined)
				}
			}
			if len(h.Problems()) > 0 {
				t.Error(h.Problems())
			}
		})
	}
	// An await mode that is native in one run and emulated in another is not one
	// series, and the other modes are.
	other := strings.Replace(strings.Replace(first, "legacy=emulated", "legacy=native", 1), "2026-01-01T", "2026-01-02T", 1)
	h := readRuns(t, fstest.MapFS{"a/bench.txt": {Data: []byte(first)}, "b/bench.txt": {Data: []byte(other)}}, "..")
	for _, s := range h.series {
		if split := len(s.runs) == 1; split != (s.Engine == "goja" && s.Await == dataset.Legacy) {
			t.Errorf("%s: split is %v", s.full(), split)
		}
	}
}

// Runs stand in the order of their dates, and of their files if these are the
// same.
func TestOrder(t *testing.T) {
	runs := make(fstest.MapFS)
	at := func(file, date string) {
		runs[file] = &fstest.MapFile{Data: fictionalRun{date: date, cpu: "Xeon", factor: 1}.text(1)}
	}
	at("z/bench.txt", "2026-01-01T00:00:00Z")
	at("y/bench.txt", "2026-01-01T02:00:00+01:00")
	at("b/base.txt", "2026-01-02T00:00:00Z")
	at("b/head.txt", "2026-01-02T00:00:00Z")
	at("a/part/bench.txt", "2026-01-02T00:00:00Z")
	at("c/bench.txt", "2025-12-31T23:59:59Z")
	h := readRuns(t, runs, "..")
	var got []string
	for _, p := range h.series[0].runs {
		got = append(got, p.file)
	}
	if want := []string{"c/bench.txt", "z/bench.txt", "y/bench.txt", "a/part/bench.txt", "b/base.txt", "b/head.txt"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Both sides of a gate are shown, and share their luck: changes are looked for in
// heads only.
func TestOfGates(t *testing.T) {
	runs := make(fstest.MapFS)
	for i := range 12 {
		f := fictionalRun{date: fmt.Sprintf("2026-01-%02dT00:00:00Z", i+1), goja: "v1", cpu: "Xeon", factor: 1, ticks: 9, more: fmt.Sprintf("pairing: %d\nside: base\n", i)}
		runs[fmt.Sprintf("gate-%d/base.txt", i)] = &fstest.MapFile{Data: f.text(uint64(i))}
		f.date = strings.Replace(f.date, "00Z", "01Z", 1) // the clock went on between the two headers
		f.more = strings.Replace(f.more, "base", "head", 1)
		if i >= 6 {
			f.factor, f.ticks, f.goja = 1.1, 10, "v2"
		}
		runs[fmt.Sprintf("gate-%d/head.txt", i)] = &fstest.MapFile{Data: f.text(uint64(i))}
	}
	h := readRuns(t, runs, "..")
	for _, s := range h.series {
		if len(s.runs) != 24 || len(s.searched) != 12 {
			t.Errorf("%s: %d runs, of which %d are searched", s.full(), len(s.runs), len(s.searched))
		}
		for _, c := range s.Changes {
			if file := s.runs[c.At].file; s.Engine != "goja" || file != "gate-6/head.txt" {
				t.Errorf("%s: a change at %s", s.full(), file)
			}
			if between := (change{s, c}).where(); between != "2026-01-06 00:00 → 2026-01-07 00:00" {
				t.Errorf("%s: the change is between %s", s.full(), between)
			}
		}
	}
	if len(h.changes()) == 0 {
		t.Error("heads that are 10% slower are not found")
	}
	if rows := h.countTable().Rows; len(rows) != len(h.series) {
		t.Errorf("%d counts changed, want one a series: %v", len(rows), rows)
	}
	if s := h.series[0]; !s.newVersion(13) || s.newVersion(12) || s.newVersion(14) || s.newVersion(15) {
		t.Errorf("%s: the version changed elsewhere than at the seventh head", s.full())
	}
	everything(t, h, runs)
}

// brokenRuns are runs of which some are of no use.
func brokenRuns() fstest.MapFS {
	good := fictionalRun{date: "2026-01-01T00:00:00Z", cpu: "Xeon", factor: 1, ticks: 9}
	undated, inject := good, good
	undated.date = ""
	inject.more = "inject: 2% into head\n"
	text := string(good.text(1))
	return fstest.MapFS{
		"good/bench.txt":         {Data: []byte(text)},
		"undated/bench.txt":      {Data: undated.text(1)},
		"bad-date/bench.txt":     {Data: []byte(strings.Replace(text, "2026-01-01T00:00:00Z", "yesterday", 1))},
		"empty/bench.txt":        {},
		"check/check.md":         {Data: []byte("no run")},
		"half/base.txt":          {Data: []byte(text)},
		"mixed/bench.txt":        {Data: []byte(text + strings.Replace(text, "cpu: Xeon", "cpu: Epyc", 1))},
		"broken/bench.txt":       {Data: []byte(text + "BenchmarkDoxbee/style=promise/await=optimized/engine=goja-2 1 NaN ns/op\n")},
		"slowed/base.txt":        {Data: inject.text(1)},
		"slowed/head.txt":        {Data: inject.text(1)},
		"failed/bench.txt":       {Data: []byte(text + "--- FAIL: BenchmarkDoxbee/style=async/engine=goja\n    it broke\n")},
		".git/config":            {Data: []byte("of somebody else")},
		"history/history.md":     {Data: []byte("of a run before")},
		"compare-1/index.html":   {Data: []byte("of two runs")},
		"compare-1/report.md":    {Data: []byte("of two runs")},
		"a/b/c/d/deep/bench.txt": {Data: []byte(text)},
		"bench.txt/bench.txt":    {Data: []byte(text)},
		"readme":                 {Data: []byte("a file")},
	}
}

// What is no run or is broken is named, and the rest is used.
func TestProblems(t *testing.T) {
	runs := brokenRuns()
	h := readRuns(t, runs, "..")
	var said []string
	for _, p := range h.Problems() {
		said = append(said, p.String())
	}
	all := strings.Join(said, "\n")
	for _, want := range []string{
		"undated/bench.txt: left out: there is no line \"date: …\" in it",
		`bad-date/bench.txt: left out: its date is "yesterday"`,
		"empty/bench.txt: no results in it",
		"check: no run: there is no bench.txt in it",
		"half: no run",
		"mixed/bench.txt: left out: it joins runs that differ in cpu",
		"NaN ns/op is not a possible measurement",
		"slowed/head.txt: left out: it was slowed down on purpose (inject: 2% into head)",
		"a: no run",
		".git: no run",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("no problem says %q:\n%s", want, all)
		}
	}
	if strings.Contains(all, "history") || strings.Contains(all, "compare") || strings.Contains(all, "readme") {
		t.Errorf("too much is a problem:\n%s", all)
	}
	if got := len(h.series[0].runs); got != 5 {
		t.Errorf("%d runs, want those of good, broken, slowed/base, failed, bench.txt", got)
	}
	d, _ := everything(t, h, runs)
	if md := markdown(t, d); len(h.Outcomes()) != 1 || !strings.Contains(md, "it broke") || !strings.Contains(md, "1 failure, ") {
		t.Errorf("the failure is not reported: %v", h.Outcomes())
	}
	for _, runs := range []fstest.MapFS{{}, {"x/bench.txt": {Data: []byte("nothing")}}} {
		h := readRuns(t, runs, "..")
		if !h.Empty() {
			t.Error("there is something in nothing")
		}
		everything(t, h, runs)
	}
}

// hostileFolders are names of folders that a stranger may have chosen. fs.FS allows
// no others: no "..", nothing absolute, no invalid UTF-8.
func hostileFolders() []string {
	list := []string{"javascript:alert(1)", "data:text,html", "a#b", "a?b=c", "a%2e%2e%2fb", "100%", "a b", "a&amp;b", `a"onclick="alert(1)`, "a'b", "<script>alert(1)</script",
		"a)b](c", "a|b", `a\b`, "a\nb", "a\x1b[31mb", "a\u202eb", "\u00e4\u00f6\u00fc", "...", "~", "-rf", "https:", "a`b", "a*b_c"}
	return list
}

func hostileRuns() fstest.MapFS {
	runs := make(fstest.MapFS)
	for i, name := range hostileFolders() {
		f := fictionalRun{date: fmt.Sprintf("2026-01-%02dT00:00:00Z", i+1), goja: name, cpu: "Xeon", factor: 1, ticks: i}
		runs[name+"/bench.txt"] = &fstest.MapFile{Data: f.text(uint64(i))}
		runs["javascript:alert(2)/"+name+"/head.txt"] = &fstest.MapFile{Data: f.text(uint64(i))}
		runs["javascript:alert(2)/"+name+"/base.txt"] = &fstest.MapFile{Data: f.text(uint64(i))}
	}
	names := "date: 2026-02-02T00:00:00Z\n"
	for _, h := range reporttest.Hostile() {
		names += fmt.Sprintf("engine-%s: %s\nBenchmarkX%[2]s/style=%[2]s/await=%[2]s/engine=%[2]s 1 5 ns/op\n--- FAIL: BenchmarkX%[2]s\n    %[2]s\n", strings.ToLower(h), h)
	}
	runs["names/bench.txt"] = &fstest.MapFile{Data: []byte(names)}
	return runs
}

func TestHostileNames(t *testing.T) {
	runs := hostileRuns()
	h := readRuns(t, runs, "..")
	if got, want := len(h.runs), 3*len(hostileFolders())+1; got != want {
		t.Errorf("%d runs are used, want %d: %v", got, want, h.Problems())
	}
	// Three runs of each date share their luck, which is no change.
	if list := h.changes(); len(list) > 0 {
		t.Errorf("%d changes, the first of %+v", len(list), list[0].Change)
	}
	d, page := everything(t, h, runs)
	for _, want := range []string{`href="../javascript%3Aalert%281%29/bench.txt"`, `href="../a%23b/bench.txt"`, `href="../a%3Fb%3Dc/bench.txt"`, `href="../100%25/bench.txt"`, `href="../a%20b/bench.txt"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	own := regexp.MustCompile(`^[A-Za-z0-9%._~-][A-Za-z0-9%._~/-]*$`)
	for _, link := range regexp.MustCompile(`[^\\]\]\(([^)]*)\)`).FindAllStringSubmatch(markdown(t, d), -1) {
		if !own.MatchString(link[1]) {
			t.Errorf("a link to %q in Markdown", link[1])
		}
	}
}

// Servers of one framework are one chart, with the versions of their engines.
func TestServers(t *testing.T) {
	runs := fstest.MapFS{}
	for i := range 9 {
		var b strings.Builder
		fmt.Fprintf(&b, "date: 2026-01-%02dT00:00:00Z\nengine-node24: v24.%d\nrounds: interleaved\n", i+1, i)
		for range 6 {
			fmt.Fprintf(&b, "BenchmarkHTTP/framework=koa/engine=node24 1 %d req/s\nBenchmarkHTTP/framework=koa/await=legacy/engine=node11 1 %d req/s\n", 40000+i, 30000-i)
			fmt.Fprintf(&b, "BenchmarkHTTP/framework=hapi/engine=node24/pipeline=1 1 %d req/s\n", 20000+i)
		}
		runs[fmt.Sprintf("r%d/bench.txt", i)] = &fstest.MapFile{Data: []byte(b.String())}
	}
	h := readRuns(t, runs, "..")
	d, _ := everything(t, h, runs)
	charts := d.Charts()
	if ids := chartIDs(charts); !slices.Equal(ids, []string{"history-http-hapi-pipeline-1-rate", "history-http-koa-rate"}) {
		t.Errorf("charts %v", ids)
	}
	if said := charts[1].Description(); !strings.Contains(said, "legacy, node11 on ") || !strings.Contains(said, "; node24 on ") {
		t.Errorf("%s", said)
	}
}

// Several GOMAXPROCS in one file are series of their own.
func TestServersProcs(t *testing.T) {
	text := "date: 2026-01-01T00:00:00Z\nBenchmarkHTTP/framework=koa/engine=goja-2 1 10 req/s\nBenchmarkHTTP/framework=koa/engine=goja-4 1 20 req/s\n"
	h := readRuns(t, fstest.MapFS{"a/bench.txt": {Data: []byte(text)}}, "..")
	if len(h.series) != 2 || len(h.series[0].runs) != 1 {
		t.Errorf("%d series, the first with %d runs", len(h.series), len(h.series[0].runs))
	}
}

// A change whose interval contains 0 is not of the median, and a shift of nothing is
// not for the better.
func TestDirection(t *testing.T) {
	for _, c := range []struct {
		shift, lo, hi float64
		unit          string
		want          direction
	}{
		{0.1, 0.05, 0.2, unit.Time, worse}, {0.1, 0.05, 0.2, unit.Requests, better}, {-0.1, -0.2, -0.05, unit.Time, better},
		{0.1, -0.05, 0.2, unit.Time, shapeOnly}, {0, -0.1, 0.1, unit.Requests, shapeOnly}, {0, 0, 0, unit.Time, shapeOnly},
		{0.1, math.Inf(-1), math.Inf(1), unit.Time, worse}, {0, math.Inf(-1), math.Inf(1), unit.Time, shapeOnly},
	} {
		got := change{&series{unit: c.unit}, changepoint.Change{Shift: c.shift, Lo: c.lo, Hi: c.hi}}.direction()
		if got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
	h := readRuns(t, fictionalRuns(24), "..")
	h.series[0].Changes = append(h.series[0].Changes, changepoint.Change{At: 2, From: 2, To: 3, Shift: 0.01, Lo: -0.2, Hi: 0.2})
	if text := h.changed(h.changes(), 0).Answer; !strings.HasSuffix(text, "3 worse, 0 better, 1 where variance or shape changed, median did not.") {
		t.Error(text)
	}
	for _, c := range h.charts() {
		drawn := strings.Contains(reporttest.SVG(t, c), shapeOnly.String()+"</text>")
		if want := c.ID == "history-doxbee-promise"; drawn != want {
			t.Errorf("%s: the legend has a change of shape: %v", c.ID, drawn)
		}
	}
}

// Changes at one place are reported together only if they are of one engine and unit:
// others have other causes.
func TestChangedTogether(t *testing.T) {
	h := readRuns(t, fictionalRuns(24), "..")
	for _, s := range h.series {
		if s.Engine == "sobek" && len(s.runs) == 24 {
			s.Changes = []changepoint.Change{{At: 12, From: 12, To: 12, Shift: 0.5, Lo: 0.4, Hi: 0.6}}
		}
	}
	said := changedTogether(h.changes())
	if len(said) != 2 {
		t.Fatalf("%q", said)
	}
	for _, text := range said {
		if strings.Contains(text, "sobek") == strings.Contains(text, "goja 2026-01-01") {
			t.Errorf("the cause of another engine: %s", text)
		}
	}
}

// A panel with none of the runs that are shown has no axis.
func TestOnlyOlderRuns(t *testing.T) {
	h := largeHistory(200, 2)
	h.series[0].runs = h.series[0].runs[:10]
	h.search()
	for _, c := range h.charts() {
		if drawn := reporttest.SVG(t, c); !strings.Contains(drawn, "only older runs") || strings.Contains(drawn, "NaN") {
			t.Errorf("%s: %v", c.ID, strings.Contains(drawn, "NaN"))
		}
	}
}

// Benchmarks without anything that is tracked are counted, and an environment that
// lacks a condition says so.
func TestSaysWhatIsMissing(t *testing.T) {
	text := "date: 2026-01-01T00:00:00Z\nUnit B/op assume=exact\nBenchmarkX 1 5 ns/op\nBenchmarkY 1 5 B/op\nBenchmarkZ 1 5 MB/s\n"
	h := readRuns(t, fstest.MapFS{"a/bench.txt": {Data: []byte(text)}, "b/bench.txt": {Data: []byte("rounds: 3\nwindow: 9\n" + text)}, "c/bench.txt": {Data: []byte("window: 9\n" + text)}}, "..")
	if said := h.lead(); !strings.Contains(said, "2 benchmarks have neither time nor requests") {
		t.Error(said)
	}
	var got []string
	for _, k := range h.environments {
		got = append(got, h.special(k))
	}
	for _, want := range []string{"rounds not stated", "window not stated"} {
		if !strings.Contains(got[0], want) {
			t.Errorf("%q lacks %q", got, want)
		}
	}
	if got[2] != "window 9, rounds not stated" {
		t.Errorf("%q", got)
	}
}

// What is in the old run only is a difference as well.
func TestDiffers(t *testing.T) {
	of := func(known map[string]string) result { return result{run: &run{known: known}} }
	s := &series{runs: []result{of(map[string]string{"go": "go1.26", "framework-koa": "2.1"}), of(nil)}}
	if got, want := s.differs(0, 1), "koa"; !strings.Contains(got, want) || !strings.Contains(got, "go1.26 → ?") {
		t.Errorf("%q", got)
	}
	if got := s.differs(1, 0); !strings.Contains(got, "? → go1.26") {
		t.Errorf("%q", got)
	}
}

// The recorded runs make a history as well.
func TestRecordedRuns(t *testing.T) {
	h, err := Read(os.DirFS("../../results"), "..")
	if err != nil {
		t.Fatal(err)
	}
	d := h.Document()
	if len(h.series) < 50 || !strings.Contains(markdown(t, d), "only a single run") || len(d.Charts()) < 20 {
		t.Errorf("%d series, %d charts", len(h.series), len(d.Charts()))
	}
	if len(h.changes()) > 0 {
		t.Errorf("changes in a handful of runs: %+v", h.changes())
	}
}

// A thousand runs of a hundred benchmarks give a page that can be sent. (How long
// that takes is BenchmarkDocument's.)
func TestSize(t *testing.T) {
	h := largeHistory(1000, 100)
	for i, s := range h.series { // in place of a search, which takes seconds
		for k := range s.runs {
			s.searched = append(s.searched, k)
		}
		if i%5 == 0 {
			s.Changes = []changepoint.Change{{At: 950, From: 948, To: 951, Shift: 0.07, Lo: 0.06, Hi: 0.08}}
		}
	}
	var b strings.Builder
	if err := h.Document().WriteHTML(&b); err != nil {
		t.Fatal(err)
	}
	t.Logf("the page has %d bytes", b.Len())
	if b.Len() > 2_000_000 {
		t.Errorf("the page has %d bytes, more than 2 MB", b.Len())
	}
	for _, want := range []string{"of older runs left out", "older runs not shown"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}

// largeHistory is runs of many benchmarks, with a step in each fifth. They are made
// without reading, which other tests do.
func largeHistory(runs, benchmarks int) *History {
	rng := rand.New(rand.NewPCG(1, 1))
	env := &environment{name: "A1", host: []string{"Xeon"}, settings: []string{"window 1000"}, runs: runs}
	h := &History{to: "..", plan: plan(), environments: []*environment{env}}
	day := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range runs {
		h.runs = append(h.runs, &run{file: fmt.Sprintf("run-%04d/bench.txt", i), date: day.AddDate(0, 0, i), env: env, known: map[string]string{"engine-goja": fmt.Sprint("v", i/20)}})
	}
	list := make(map[seriesKey]*series)
	for i := range benchmarks {
		key := dataset.Key{Workload: fmt.Sprintf("W%d", i/10), Style: "async", Await: dataset.Optimized, Engine: fmt.Sprintf("goja%d", i%10)}
		s := &series{Key: key, label: text.Kebab(key.Workload), unit: unit.Time, env: env}
		for k, run := range h.runs {
			v := 50e-6 * math.Exp(0.02*rng.NormFloat64())
			if i%5 == 0 && k > runs/2 {
				v *= 1.07
			}
			summary := stats.Summary{N: 6, Unit: unit.Time}
			summary.Center, summary.Lo, summary.Hi = v, v*0.99, v*1.01
			s.runs = append(s.runs, result{run, summary})
		}
		list[seriesKey{Key: key}] = s
	}
	h.sort(list)
	return h
}

// BenchmarkDocument looks for changes in 1,000 runs of 100 benchmarks and writes the
// page.
//
//	go test ./report/history -run '^$' -bench Document -benchtime 1x
func BenchmarkDocument(b *testing.B) {
	for b.Loop() {
		h := largeHistory(1000, 100)
		h.search()
		var page strings.Builder
		if err := h.Document().WriteHTML(&page); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(page.Len())/1e6, "MB")
	}
}

// FuzzHistory checks that no folder and no text gives a page that runs anything but
// our script or leads anywhere but to the runs.
func FuzzHistory(f *testing.F) {
	for i, name := range hostileFolders()[:4] { // the others have a test of their own
		f.Add(name, string(fictionalRun{date: "2026-01-01T00:00:00Z", goja: name, cpu: name, factor: 1, ticks: i}.text(1)))
	}
	f.Add("x", "date: 2026-01-01T00:00:00Z\nBenchmarkX 1 0 req/s\nBenchmarkX 1 1e300 req/s\nBenchmarkY-2 1 5 ns/op\n")
	f.Add("x", "date: 0000-01-01T00:00:00Z\nBenchmarkX/style=s/engine=e 1 5 ns/op\ndate: 9999-12-31T23:59:59Z\nBenchmarkX/style=s/engine=e 1 7 ns/op\n")
	f.Fuzz(func(t *testing.T, folder, text string) {
		runs := make(fstest.MapFS)
		for i := range 9 { // as many as a change needs
			runs[fmt.Sprintf("%s%d/bench.txt", strings.Trim(strings.NewReplacer("/", "_", "\x00", "_").Replace(folder), "."), i)] =
				&fstest.MapFile{Data: []byte(strings.Replace(text, "date: 2026", fmt.Sprintf("date: 202%d", i), 1))}
		}
		for name := range runs {
			if _, err := runs.Open(name); err != nil {
				t.Skip("no name for a folder")
			}
		}
		everything(t, readRuns(t, runs, ".."), runs)
	})
}
