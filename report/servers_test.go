package report

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/plot/vg"
)

func chartIDs(charts []Chart) []string {
	ids := make([]string, len(charts))
	for i, c := range charts {
		ids[i] = c.ID
	}
	return ids
}

// The charts of servers have those that the article does not, one for each load.
func TestServerCharts(t *testing.T) {
	r := read(t, httpText(8)+"BenchmarkHTTP/framework=plain/engine=goja 1 9300 req/s 400000 p50-ns 900000 p90-ns 2000000 p99.9-ns\n")
	charts := r.Charts()
	if ids := chartIDs(charts); !slices.Equal(ids, []string{"http-servers", "http-latency", "http-servers-pipeline-1"}) {
		t.Fatalf("charts %v", ids)
	}
	for i, wants := range [][]string{
		{"; plain, goja: 9.30 thousand requests per second;", "koa, node7: 10.4 thousand requests per second (95 % interval 10.4 to 10.4), article 20.8;", "koa, node11 · legacy: 18.0 thousand", "koa, node11 · optimized: 19.0 thousand"},
		{"plain, goja: 50 % 400.0µs, 90 % 900.0µs, 99.9 % 2.000ms"},
		{"hapi, node7: 0.0770 thousand requests per second"},
	} {
		for _, want := range wants {
			if !strings.Contains(charts[i].Description+";", want) {
				t.Errorf("no %q in %s", want, charts[i].Description)
			}
		}
		svg(t, charts[i])
	}
	text := textOf(t, r.Tables(), Text)
	for _, want := range []string{"framework", "pipeline=1", "p99.9-sec", "node11 · optimized"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if strings.Contains(text, "Other benchmarks") {
		t.Errorf("servers stand among the other benchmarks:\n%s", text)
	}
	everything(t, r)
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

// A leak shows as a drift whose interval lies above nothing, and a heap that has
// found its size as one around it.
func TestSoakReport(t *testing.T) {
	r := read(t, soakText("plain", 0)+soakText("leaky", 1e6))
	charts := r.Charts()
	if ids := chartIDs(charts); !slices.Equal(ids, []string{"http-soak"}) {
		t.Fatalf("charts %v", ids)
	}
	svg(t, charts[0])
	table := (figures{Results: r, m: r.matrix()}).soakTable()
	if len(table.Rows) != 2 {
		t.Fatalf("%v", table.Rows)
	}
	drift := table.Rows[0][5]
	if !strings.HasPrefix(drift, "+1.") || !strings.Contains(drift, "[+0.") {
		t.Errorf("a leak of 1 MB a minute is %s", drift)
	}
	if drift = table.Rows[1][5]; !strings.Contains(drift, "[-") || !strings.Contains(drift, ", +") {
		t.Errorf("no leak is %s", drift)
	}
	everything(t, r)
	if a := (figures{Results: r, m: r.matrix()}).soakAnswer(); a.First != "It did in 1 of 2 servers, while these were watched." || !strings.Contains(a.Rest[0], "leaky on goja, 5.00 minutes: memory drifted by +1.") || !strings.Contains(a.Rest[1], "cannot be told from none") {
		t.Errorf("%+v", a)
	}
}

// What makes no sense in a soak, or belongs to two lives of a server, is not
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
	for text, want := range map[string]string{
		twice.String(): "node24 #2",
		short.String(): "0.0333, then a failure",
		equal.String(): "",
	} {
		r := read(t, text)
		everything(t, r)
		if got := textOf(t, r.Tables(), Text); !strings.Contains(got, want) || strings.Contains(got, "NaN") || strings.Contains(got, "Inf") {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	// A latency of nothing is not possible, and would have no place on a log axis.
	r := read(t, strings.Repeat("BenchmarkHTTP/framework=a/engine=b 1 1000 req/s 100 p50-ns 100 p90-ns\n", 5)+
		"BenchmarkHTTP/framework=a/engine=b 1 1000 req/s 0 p50-ns 100 p90-ns\n")
	if len(r.Problems()) != 1 {
		t.Errorf("%v", r.Problems())
	}
	everything(t, r)
}

// What limited servers is said only where CPU times tell it.
func TestServerLimit(t *testing.T) {
	const line = "BenchmarkHTTP/framework=koa/engine=node24 1 10000 req/s %d cpu-ns/req 30000 load-cpu-ns/req\n"
	pinned := "pinning: load on CPU 0, servers on CPU 1 (sched_setaffinity)\n"
	for text, want := range map[string]string{
		pinned + fmt.Sprintf(line, 99000):                              "so it was the servers that could do no more",
		pinned + fmt.Sprintf(line, 60000):                              "koa on node24 only for 60 % of the time",
		"pinning: none: there is one CPU\n" + fmt.Sprintf(line, 60000): "",
	} {
		r := read(t, text)
		if got := (figures{Results: r, m: r.matrix()}).limitText(); !strings.Contains(got, want) || want == "" && got != "" {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// The interval of the slope has the true one in 95 % of experiments, and outliers
// do not move it.
func TestTheilSen(t *testing.T) {
	if slope, lo, hi := theilSen([]float64{1, 2, 3, 5}, []float64{3, 5, 7, 11}); slope != 2 || !math.IsNaN(lo) || !math.IsNaN(hi) {
		t.Errorf("a line: %v [%v, %v]", slope, lo, hi)
	}
	rng := rand.New(rand.NewPCG(3, 4))
	const experiments, n, slope = 2000, 30, 0.25
	hit := 0
	for range experiments {
		var x, y []float64
		for i := range n {
			noise := rng.NormFloat64()
			if rng.IntN(10) == 0 {
				noise *= 20
			}
			x, y = append(x, float64(i)), append(y, slope*float64(i)+noise)
		}
		if _, lo, hi := theilSen(x, y); lo <= slope && slope <= hi {
			hit++
		}
	}
	if share := float64(hit) / experiments; share < 0.94 || share > 0.975 {
		t.Errorf("the interval has the true slope in %.1f %% of experiments", 100*share)
	}
}

// The first screen of a page about servers says who answers most, what newer
// versions brought, and how sure that is.
func TestServerAnswers(t *testing.T) {
	r := read(t, httpText(8))
	p, err := r.page()
	if err != nil {
		t.Fatal(err)
	}
	if p.Title != "HTTP servers on 5 engines" {
		t.Errorf("title %q", p.Title)
	}
	var said strings.Builder
	for _, a := range p.Answers {
		fmt.Fprintln(&said, a.Question, a.First, strings.Join(a.Rest, " "))
	}
	for _, want := range []string{
		"Who answers the most requests? Of the engines, node11 is fastest at 3 of 3 frameworks. Of the frameworks, trek is fastest at 2 of 5 engines",
		"From 1.56 (koa) to 2.25 (hapi) times as many requests. hapi: 2.25 [2.25, 2.25] times as many requests; 2.25 in the article.",
		"How sure are we? The 95\u00a0% interval of a number of requests is ±",
	} {
		if !strings.Contains(said.String(), want) {
			t.Errorf("no %q in\n%s", want, said.String())
		}
	}
	// What can't be had is no mishap.
	if text := read(t, httpText(1)+"--- SKIP: BenchmarkHTTP/framework=koa/engine=jsc\n    no sockets\n").troubleText(); text != "Not all could be measured: 1 skip, listed below with the reasons." {
		t.Errorf("%s", text)
	}
	// With nothing to compare, nothing is claimed.
	one := read(t, "BenchmarkHTTP/framework=koa/engine=node10 1 500 req/s\n")
	p, err = one.page()
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Answers) != 2 || !strings.Contains(p.Answers[0].First, "cannot be told") || !strings.Contains(p.Answers[1].First, "Not at all") {
		t.Errorf("%+v", p.Answers)
	}
}

// Names beside lines keep their distance and order, stay where there is room,
// and move no further than they must.
func TestApart(t *testing.T) {
	for _, c := range []struct{ wanted, want []vg.Length }{
		{nil, []vg.Length{}},
		{[]vg.Length{50}, []vg.Length{50}},
		{[]vg.Length{80, 50}, []vg.Length{80, 50}},
		{[]vg.Length{50, 50}, []vg.Length{55, 45}},
		{[]vg.Length{50, 50, 50}, []vg.Length{60, 50, 40}},
		{[]vg.Length{52, 50, 10}, []vg.Length{56, 46, 10}},
		{[]vg.Length{2, 1, 0}, []vg.Length{20, 10, 0}},
		{[]vg.Length{200, 100}, []vg.Length{100, 90}},
		{[]vg.Length{62, 50, 50, 38}, []vg.Length{65, 55, 45, 35}},
	} {
		if got := apart(c.wanted, 10, 0, 100); !slices.Equal(got, c.want) {
			t.Errorf("%v: %v, want %v", c.wanted, got, c.want)
		}
	}
}
