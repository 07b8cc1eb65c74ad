package servers_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"promisebench/report/await"
	"promisebench/report/chart"
	"promisebench/report/dataset"
	"promisebench/report/document"
	"promisebench/report/document/documenttest"
	"promisebench/report/reporttest"
	"promisebench/report/servers"
)

// reference is values for one server.
func reference() servers.Reference {
	return servers.Reference{Legend: "elsewhere (on paper)", Rate: func(s dataset.Server) float64 {
		if s == (dataset.Server{Framework: "koa", Engine: "node7"}) {
			return 20_800
		}
		return 0
	}}
}

func room(t testing.TB, text string) *servers.Room {
	t.Helper()
	r := reporttest.Read(t, text)
	return servers.New(r, await.Of(r), reference())
}

// documentOf is a page of servers and nothing else.
func documentOf(room *servers.Room) *document.Document {
	d := &document.Document{Title: "HTTP servers", Findings: room.Findings(), Chapters: []document.Chapter{room.Chapter()}}
	d.Method.Paragraphs = room.Method()
	chart.UniqueIDs(d.Charts())
	return d
}

func ids(charts []*chart.Chart) string {
	var list []string
	for _, c := range charts {
		list = append(list, c.ID)
	}
	return strings.Join(list, " ")
}

// recorded is a record of servers under two loads, and one with percentiles.
var recorded = sync.OnceValue(func() string {
	return reporttest.HTTP(8) + "BenchmarkHTTP/framework=plain/engine=goja 1 9300 req/s 400000 p50-ns 900000 p90-ns 2000000 p99.9-ns\n"
})

// There is one chart of requests for each load, and one of latency where there are
// percentiles.
func TestCharts(t *testing.T) {
	d := documentOf(room(t, recorded()))
	charts := d.Charts()
	if got := ids(charts); got != "http-servers http-latency http-servers-pipeline-1" {
		t.Fatalf("charts %s", got)
	}
	for i, wants := range [][]string{
		{"; plain, goja: 9.30;", "koa, node7: 10.4 (95% interval 10.4 to 10.4), elsewhere 20.8;", "koa, node11 · legacy: 18.0 ", "koa, node11 · optimized: 19.0 "},
		{"plain, goja: 50% 400.0µs, 90% 900.0µs, 99.9% 2.000ms"},
		{"hapi, node7: 0.0770 "},
	} {
		for _, want := range wants {
			if !strings.Contains(charts[i].Description()+";", want) {
				t.Errorf("no %q in %s", want, charts[i].Description())
			}
		}
		reporttest.SVG(t, charts[i])
	}
	if drawn := reporttest.SVG(t, charts[0]); !strings.Contains(drawn, "elsewhere (on paper)") || !strings.Contains(drawn, "optimized await") {
		t.Error("the legend lacks something")
	}
	documenttest.Page(t, d)
}

func TestTables(t *testing.T) {
	reporttest.Golden(t, "servers.tables", reporttest.Tables(t, room(t, recorded()).Chapter().Tables[0]))
	reporttest.Golden(t, "soak.tables", reporttest.Tables(t, room(t, soakText("plain", 0)+soakText("leaky", 1e6)).Chapter().Tables[1]))
}

// Loads that differ in what IDs cannot have must not hide each other's charts.
func TestHostileServers(t *testing.T) {
	var b strings.Builder
	for _, h := range reporttest.Hostile() {
		h = strings.Join(strings.Fields(h), "-")
		fmt.Fprintf(&b, "engine-goja: %s\nawait-goja: optimized=%s\nopen-loop: %s\n", h, h, h)
		fmt.Fprintf(&b, "BenchmarkHTTP/framework=%s/engine=%s/load=%s 1 10 req/s 5 p50-ns 9 p99-ns\n", h, h, h)
		for i := range 3 {
			fmt.Fprintf(&b, "BenchmarkHTTPSoak/framework=%s/engine=%s/load=%s 1 10 req/s %d elapsed-sec 1000000 RSS-bytes\n", h, h, h, i+1)
		}
	}
	documenttest.CheckPage(t, reporttest.Everything(t, documentOf(room(t, b.String()))))
}

// soakText is a server under load for five minutes: 80 MB that come in the first
// half minute, and drift by so much a minute afterwards.
func soakText(framework string, drift float64) string {
	rng := rand.New(rand.NewPCG(1, 2))
	var b strings.Builder
	b.WriteString("soak: 5m0s after 1s of warm-up, in stretches of 2s\nengine-goja: v0.0.0\n")
	for i := range 150 {
		seconds := float64(2 * (i + 1))
		bytes := 80e6*(1-math.Exp(-seconds/10)) + 1e6*rng.NormFloat64() + drift*seconds/60
		fmt.Fprintf(&b, "BenchmarkHTTPSoak/framework=%s/engine=goja 20000 %.0f req/s %.1f elapsed-sec %.0f RSS-bytes\n", framework, 10000+100*rng.NormFloat64(), seconds, bytes)
	}
	return b.String()
}

func finding(t *testing.T, room *servers.Room, question string) document.Finding {
	t.Helper()
	for _, f := range room.Findings() {
		if f.Question == question {
			return f
		}
	}
	t.Fatalf("nobody asks %q", question)
	return document.Finding{}
}

const memory = "Does memory grow under load?"

// A leak shows as a drift whose interval lies above nothing, and a heap that has
// found its size as one around it.
func TestSoak(t *testing.T) {
	room := room(t, soakText("plain", 0)+soakText("leaky", 1e6))
	d := documentOf(room)
	if got := ids(d.Charts()); got != "http-soak" {
		t.Fatalf("charts %s", got)
	}
	if said := d.Charts()[0].Description(); !strings.HasPrefix(said, "Memory in use over time. leaky · goja: from ") {
		t.Errorf("%s", said)
	}
	table := room.Chapter().Tables[1]
	if len(table.Rows) != 2 {
		t.Fatalf("%v", table.Rows)
	}
	drift := table.Rows[0][5].Text
	if !strings.HasPrefix(drift, "+1.") || !strings.Contains(drift, "[+0.") {
		t.Errorf("a leak of 1 MB a minute is %s", drift)
	}
	if drift = table.Rows[1][5].Text; !strings.Contains(drift, "[-") || !strings.Contains(drift, ", +") {
		t.Errorf("no leak is %s", drift)
	}
	reporttest.Everything(t, d)
	f := finding(t, room, memory)
	if f.Answer != "Yes, in 1 of 2 servers, as long as the test lasted." || !strings.Contains(f.Details[0], "leaky on goja, 5.00 minutes: memory drifted by +1.") ||
		!strings.Contains(f.Details[0], ", so it grew, by ") || !strings.Contains(f.Details[1], "not distinguishable from none") {
		t.Errorf("%+v", f)
	}
}

// What makes no sense in a soak test, or belongs to two lives of a server, is not
// mixed up.
func TestOddSoaks(t *testing.T) {
	const line = "BenchmarkHTTPSoak/framework=koa/engine=node24%s 1 %d req/s %d elapsed-sec %d RSS-bytes\n"
	var twice, short, equal strings.Builder
	for i := range 60 {
		fmt.Fprintf(&twice, line, "", 100+i%3, 2*(i%30+1), 1<<26+i%5)
		fmt.Fprintf(&equal, line, "", 100, 2, 1<<26)
		if i < 2 {
			fmt.Fprintf(&short, line, "/pipeline=1", 100, i+1, 1<<26)
		}
	}
	short.WriteString("--- FAIL: BenchmarkHTTPSoak/framework=koa/engine=node24/pipeline=1\n    server: ended\n")
	for _, test := range []struct{ text, table, answer string }{
		{twice.String(), "node24 #2", "No growth was found in 2 servers."},
		{short.String(), "0.0333, then a failure", "Inconclusive: there are too few readings."},
		{equal.String(), "", ""},
	} {
		room := room(t, test.text)
		reporttest.Everything(t, documentOf(room))
		if got := reporttest.Tables(t, room.Chapter().Tables...); !strings.Contains(got, test.table) || strings.Contains(got, "NaN") || strings.Contains(got, "Inf") {
			t.Errorf("no %q in\n%s", test.table, got)
		}
		if got := finding(t, room, memory).Answer; got != test.answer {
			t.Errorf("got %q, want %q", got, test.answer)
		}
	}
}

// A latency of nothing is not possible, and would have no place on a log axis.
func TestNoLatency(t *testing.T) {
	r := reporttest.Read(t, strings.Repeat("BenchmarkHTTP/framework=a/engine=b 1 1000 req/s 100 p50-ns 100 p90-ns\n", 5)+
		"BenchmarkHTTP/framework=a/engine=b 1 1000 req/s 0 p50-ns 100 p90-ns\n")
	if len(r.Problems()) != 1 {
		t.Errorf("%v", r.Problems())
	}
	reporttest.Everything(t, documentOf(servers.New(r, await.Of(r), servers.Reference{})))
}

const trust = "How sure are we?"

// What limited servers is said only where CPU times tell it.
func TestBottleneck(t *testing.T) {
	const line = "BenchmarkHTTP/framework=koa/engine=node24 1 10000 req/s %d cpu-ns/req 30000 load-cpu-ns/req\n"
	busy, idle := fmt.Sprintf(line, 99000), fmt.Sprintf(line, 60000)
	for text, want := range map[string]string{
		"pinned: yes\n" + busy: "the load needed at most 30% of its own: the servers were the bottleneck.",
		"pinned: yes\n" + idle: "koa on node24 only for 60% of the time",
		"pinned: no\n" + idle:  "",
		"pinned: no\npinning: load on CPU 0, servers on CPU 1\n" + idle:         "",
		"pinning: load on CPU 0, servers on CPU 1 (sched_setaffinity)\n" + busy: "the servers were the bottleneck", // before there was "pinned"
		"pinning: none: there is one CPU\n" + idle:                              "",
		idle: "",
	} {
		got := strings.Join(finding(t, room(t, text), trust).Details, " ")
		if !strings.Contains(got, want) || want == "" && strings.Contains(got, "CPU") {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
}

// The first screen of a page about servers says who answers most, and how sure that is.
func TestFindings(t *testing.T) {
	other := document.Finding{Question: "And?", Answer: "Yes."}
	var said strings.Builder
	for _, f := range room(t, "command: promisebench http\n"+reporttest.HTTP(8)).Findings(other) {
		fmt.Fprintln(&said, f.Question, f.Answer, strings.Join(f.Details, " "))
	}
	for _, want := range []string{
		"Which servers answer the most requests? Of the engines, node11 is fastest at 3 of 3 frameworks. Of the frameworks, trek is fastest at 2 of 5 engines",
		"\nAnd? Yes. \nDoes memory grow under load?  \nHow sure are we? The 95% interval of requests per second is ±",
		", from 8 samples or more each. Every answer was checked",
	} {
		if !strings.Contains(said.String(), want) {
			t.Errorf("no %q in\n%s", want, said.String())
		}
	}
	for _, test := range []struct{ name, text, first, sure string }{
		{"one server", "BenchmarkHTTP/framework=koa/engine=node10 1 500 req/s\n", "Nothing to compare: no two servers", "Not at all: an interval needs 6 samples"},
		{"frameworks only", strings.Repeat("BenchmarkHTTP/framework=a/engine=x 1 500 req/s\nBenchmarkHTTP/framework=b/engine=x 1 900 req/s\n", 6),
			"Of the frameworks, b is fastest at 1 of 1 engine.", "±0% in the median case"},
		{"no requests", "BenchmarkHTTP/framework=koa/engine=node10 1 500 p50-ns\n", "Nothing to compare", ""},
		{"a soak test only", soakText("plain", 0), "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			list := room(t, test.text).Findings()
			first, sure := list[0].Answer, list[len(list)-1].Answer
			if !strings.HasPrefix(first, test.first) || !strings.Contains(sure, test.sure) || test.first == "" && first+sure != "" || test.sure == "" && sure != "" {
				t.Errorf("got %q and %q", first, sure)
			}
		})
	}
}

// Samples that reached no steady state are counted by server, in records of all ages.
func TestNotSteady(t *testing.T) {
	const line = "BenchmarkHTTP/framework=%s/engine=x 1 500 req/s %d %s\n"
	text := strings.Repeat(fmt.Sprintf(line, "a", 1, "not-steady")+fmt.Sprintf(line, "b", 0, "not-steady")+fmt.Sprintf(line, "c", 1, "unsettled"), 6)
	got := strings.Join(finding(t, room(t, text), trust).Details, " ")
	if !strings.Contains(got, "2 servers were still getting faster or slower while measured (not steady)") {
		t.Errorf("%s", got)
	}
}

// What is explained is what there is.
func TestMethod(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"none", "command: promisebench run\n", ""},
		{"of another tool", "BenchmarkHTTP/framework=koa/engine=x 1 5 req/s\n", ""},
		{"ours", "command: promisebench http\nBenchmarkHTTP/framework=koa/engine=x 1 5 req/s\n", "Servers, Requests per second"},
		{"with latency", "command: promisebench http\nBenchmarkHTTP/framework=koa/engine=x 1 5 req/s 10 p50-ns\n", "Servers, Requests per second, Latency"},
		{"ticks skipped", reporttest.HTTP(1), "Skipped ticks"},
	} {
		t.Run(test.name, func(t *testing.T) {
			room := room(t, test.text)
			var terms []string
			for _, p := range room.Method() {
				terms = append(terms, p.Term)
			}
			if got := strings.Join(terms, ", "); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
			if (len(room.Biases()) == 0) != room.Empty() {
				t.Errorf("biases %v", room.Biases())
			}
		})
	}
}
