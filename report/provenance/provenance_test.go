package provenance_test

import (
	"fmt"
	"strings"
	"testing"

	"promisebench/report/chart"
	"promisebench/report/dataset"
	"promisebench/report/document"
	"promisebench/report/provenance"
	"promisebench/report/reporttest"
	"promisebench/report/stats"
	"promisebench/report/unit"
)

const (
	sample  = "BenchmarkDoxbee/style=async/await=legacy/engine=goja 1 100 ns/op\n"
	skip    = "--- SKIP: BenchmarkHTTP/framework=koa/engine=jsc\n    no sockets\n"
	failure = "--- FAIL: BenchmarkDoxbee/style=async/await=legacy/engine=sobek\n    timed out after 5s\n"
	problem = "BenchmarkDoxbee/style=async/await=legacy/engine=goja 1 NaN ns/op\n"
)

// What is not available is no mishap, and a failure is the worst news.
func TestWarning(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{sample, ""},
		{"", ""},
		{sample + skip, "Not everything could be measured: 1 skip, listed below with the reasons."},
		{sample + problem, "The input has problems: 1 problem in the input, listed below."},
		{sample + skip + skip + problem, "The input has problems: 2 skips, 1 problem in the input, listed below."},
		{sample + failure + skip + problem, "Some benchmarks failed: 1 failure, 1 skip, 1 problem in the input, listed below."},
	} {
		if got := provenance.Warning(reporttest.Read(t, test.text)); got != test.want {
			t.Errorf("%q: got %q, want %q", test.text, got, test.want)
		}
	}
}

func TestFacts(t *testing.T) {
	const conditions = "cpu: Xeon\ncores: 2\nos: Linux\ndate: 2026-11-21T11:30:00Z\ncommit: abc1234\nengine-goja: v0.0.0-20260917113740-793a2a65c13b\nengine-koa: no engine\n"
	for _, test := range []struct{ text, want string }{
		{sample, ""},
		{conditions + sample, "Versions: goja 2026-09-17 793a2a6; Machine: Xeon, 2 cores, Linux; Date: 2026-11-21T11:30:00Z; Commit: abc1234"},
		{"cores: 2\nengine-node10: v10.24.1\n" + "BenchmarkHTTP/framework=koa/engine=node10 1 5 req/s\n", "Versions: node10 v10.24.1; Machine: 2 cores"},
	} {
		var facts []string
		for _, f := range provenance.Facts(reporttest.Read(t, test.text)) {
			facts = append(facts, f.Name+": "+f.Value)
		}
		if got := strings.Join(facts, "; "); got != test.want {
			t.Errorf("%q:\n got %q\nwant %q", test.text, got, test.want)
		}
	}
}

func TestMeasured(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{problem, "No results: not one usable sample was found in the input."},
		{"BenchmarkFib 1 5 ns/op\n", "1 sample of 1 benchmark."},
		{sample + sample + "BenchmarkHTTP/framework=koa/engine=node10 1 5 req/s\n",
			"3 samples of 2 benchmarks: 1 workload (doxbee) in 1 style (async) on 1 engine (goja); HTTP servers of 1 framework (koa) on 1 engine (node10)."},
	} {
		if got := provenance.Measured(reporttest.Read(t, test.text)); got != test.want {
			t.Errorf("%q: got %q, want %q", test.text, got, test.want)
		}
	}
}

// merged reads texts as they are merged into one report, each with its command.
func merged(t *testing.T, commands ...string) *dataset.Results {
	t.Helper()
	r := dataset.New()
	for i, c := range commands {
		if err := r.Add(fmt.Sprintf("%d.txt", i), strings.NewReader("command: "+c+"\n"+sample)); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

// A merged report has a command of each text, each once, and not hundreds of them.
func TestCommands(t *testing.T) {
	r := merged(t, "promisebench run --seed 2", "promisebench run --seed 1", "promisebench run --seed 2")
	if got := fmt.Sprint(provenance.Commands(r)); len(r.Problems()) > 0 || strings.Count(got, "promisebench run") != 2 ||
		strings.Index(got, "--seed 1") > strings.Index(got, "--seed 2") {
		t.Errorf("got %s, problems %v", got, r.Problems())
	}
	var many []string
	for i := range 30 {
		many = append(many, fmt.Sprint("promisebench run --seed ", i))
	}
	if got := provenance.Commands(merged(t, many...)); len(got) != 20 {
		t.Errorf("%d of 30 commands", len(got))
	}
	if got := provenance.Commands(reporttest.Read(t, sample)); got != nil {
		t.Errorf("of no command: %v", got)
	}
}

func marks(sizes ...int) []chart.Mark {
	var list []chart.Mark
	for _, n := range sizes {
		values := make([]float64, n)
		for i := range values {
			values[i] = 1 + float64(i)/100
		}
		list = append(list, chart.Mark{Summary: stats.Median(values, unit.Time)})
	}
	return list
}

func TestCaption(t *testing.T) {
	const whiskers, few = "whiskers: its 95% interval", "no whiskers where n < 6: too few samples for an interval"
	const conditions = "date: 2026-11-21T11:30:00Z\nwindow: 1000\ngogc: 100\nengine-goja: v1.2.3\n"
	none := chart.Mark{Text: "timed out"}
	for _, test := range []struct {
		name, text string
		shown      []chart.Mark
		notes      []string
		want       string
	}{
		{"nothing", "", nil, nil, ""},
		{"no value", "", []chart.Mark{none}, nil, ""},
		{"as many each", "", append(marks(9, 9), none), nil, "Mark: median, n=9 · " + whiskers},
		{"some more", "", marks(9, 10), nil, "Mark: median, n=9 to 10 · " + whiskers},
		{"some too few", "", marks(9, 4), nil, "Mark: median, n=4 to 9 · " + whiskers + " · " + few},
		{"all too few", "", marks(4), nil, "Mark: median, n=4 · " + few},
		{"with all that was said", conditions, marks(9), []string{"", "a note"},
			"Mark: median, n=9 · " + whiskers + " · a note · window 1000 · GOGC=100 · 2026-11-21 · goja v1.2.3"},
	} {
		if got := provenance.Caption(reporttest.Read(t, test.text+sample), []string{"goja", "sobek"}, "median", test.shown, test.notes); got != test.want {
			t.Errorf("%s:\n got %q\nwant %q", test.name, got, test.want)
		}
	}
}

// The same reason stands once, with a count, and failures stand before skips.
func TestOutcomes(t *testing.T) {
	rows := provenance.Outcomes(reporttest.Read(t, skip+failure+failure).Outcomes()).Rows
	var got []string
	for _, row := range rows {
		got = append(got, row[0].Text+" "+row[1].Text+" "+row[2].Text)
	}
	want := []string{
		"failure 2 BenchmarkDoxbee/style=async/await=legacy/engine=sobek\n  timed out after 5s",
		"skip 1 BenchmarkHTTP/framework=koa/engine=jsc\n  no sockets",
	}
	if strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("got %q, want %q", got, want)
	}
}

// What is wrong with a long text is counted where it is no longer listed.
func TestManyProblems(t *testing.T) {
	table := provenance.Problems(reporttest.Read(t, strings.Repeat(problem, 203)).Problems())
	if len(table.Rows) != 200 || len(table.Notes) != 1 || table.Notes[0] != "and 3 more" {
		t.Errorf("%d rows, notes %q", len(table.Rows), table.Notes)
	}
}

// Commands are no news on a terminal, and without any there is no chapter of them.
func TestChapters(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{sample, "conditions"},
		{"command: promisebench run\n" + sample + skip + problem, "outcomes problems conditions commands"},
	} {
		d := &document.Document{Title: "x", Chapters: provenance.Chapters(reporttest.Read(t, "cpu: Xeon\n"+test.text))}
		page := reporttest.Everything(t, d)
		var got []string
		for _, id := range []string{"outcomes", "problems", "conditions", "commands"} {
			if strings.Contains(page, `id="`+id+`"`) {
				got = append(got, id)
			}
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("chapters %q, want %s", got, test.want)
		}
	}
}
