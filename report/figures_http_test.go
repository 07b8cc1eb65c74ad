package report

import (
	"fmt"
	"strings"
	"testing"
)

// httpText returns what "promisebench http" writes, roughly: the article's
// numbers on a machine half as fast.
func httpText(rounds int) string {
	var b strings.Builder
	b.WriteString("goos: linux\nrounds: interleaved\nclosed-loop: 2s after 1s of warm-up\n")
	for v, v8 := range []string{"5.5.372.43", "6.2.414.78", "6.2.414.46", "6.8.275.32"} {
		fmt.Fprintf(&b, "engine-node%d: v%d.1.1 (V8 %s)\n", 7+v, 7+v, v8)
		await := "legacy=unavailable optimized=skips-ticks"
		if v == 3 {
			await = "legacy=native optimized=unavailable"
		}
		fmt.Fprintf(&b, "await-node%d: %s\n", 7+v, await)
	}
	b.WriteString("engine-node11: v11.15.0 (V8 7.0.276.38)\nawait-node11: legacy=native optimized=native\n")
	b.WriteString("Unit req/s better=higher\n")
	for i := range rounds {
		for _, a := range articleServers() {
			for v, thousands := range a.node {
				fmt.Fprintf(&b, "BenchmarkHTTP/framework=%s/engine=node%d 20000 %.0f req/s 500000 p50-ns\n", a.framework, 7+v, 500*thousands+float64(i))
				// Another load is another benchmark.
				fmt.Fprintf(&b, "BenchmarkHTTP/framework=%s/engine=node%d/pipeline=1 20000 77 req/s\n", a.framework, 7+v)
			}
			for _, mode := range []string{legacy, optimized} {
				fmt.Fprintf(&b, "BenchmarkHTTP/framework=%s/await=%s/engine=node11 20000 %d req/s\n", a.framework, mode, map[string]int{legacy: 18000, optimized: 19000}[mode])
			}
		}
	}
	return b.String()
}

func TestServersFigure(t *testing.T) {
	r := read(t, httpText(8))
	charts := r.Figures()
	if len(charts) != 1 || charts[0].ID != "figure-http" {
		t.Fatalf("%d charts", len(charts))
	}
	for _, want := range []string{
		"koa, Node.js 7, V8 5.5: 10.4 thousand requests per second (95 % interval 10.4 to 10.4), article 20.8 thousand requests per second;",
		"trek, Node.js 10, V8 6.8: 17.7 thousand",
		"hapi, Node.js 11, V8 7.0: 18.0 thousand requests per second (95 % interval 18.0 to 18.0);", // as it comes
	} {
		if !strings.Contains(charts[0].Description, want) {
			t.Errorf("no %q in %s", want, charts[0].Description)
		}
	}
	drawn := svg(t, charts[0])
	for _, want := range []string{"closed loop: 2s after 1s of warm-up", "article (2018, its machine)", "legacy await"} {
		if !strings.Contains(drawn, want) {
			t.Errorf("no %q in the picture", want)
		}
	}
	tables := r.FigureTables()
	if len(tables) != 1 {
		t.Fatalf("%d tables", len(tables))
	}
	text := textOf(t, tables, Text)
	for _, want := range []string{"hapi", "2.25", "koa", "1.56", "trek", "1.70"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	var page strings.Builder
	if err := r.WriteFigures(&page); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(page.String(), "(figure-http.svg)") || strings.Contains(page.String(), "HTTP servers is not among them") {
		t.Errorf("the page:\n%s", page.String())
	}
	everything(t, r)
}

// Nothing of the article's, no figure.
func TestNoServersFigure(t *testing.T) {
	for _, text := range []string{
		"BenchmarkHTTP/framework=plain/engine=node10 1 5 req/s\n",
		"BenchmarkHTTP/framework=koa/engine=goja 1 5 req/s\n",
		"BenchmarkHTTP/framework=koa/engine=node10/connections=5 1 5 req/s\n",
		"BenchmarkHTTP/framework=koa/engine=node10 1 5 ns/op\n",
		"BenchmarkHTTPS/framework=koa/engine=node10 1 5 req/s\n",
	} {
		r := read(t, text)
		if n := len(r.Figures()) + len(r.FigureTables()); n > 0 {
			t.Errorf("%s: %d figures", text, n)
		}
	}
}
