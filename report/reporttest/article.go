package reporttest

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// An articleEngine is a version of Node.js as conditions have it.
type articleEngine struct{ name, version, await string }

func articleEngines() []articleEngine {
	return []articleEngine{
		{"node7", "v7.10.1 (V8 5.5.372.43)", "legacy=unavailable optimized=skips-ticks"},
		{"node8", "v8.17.0 (V8 6.2.414.78)", "legacy=unavailable optimized=skips-ticks"},
		{"node9", "v9.11.2 (V8 6.2.414.46)", "legacy=unavailable optimized=skips-ticks"},
		{"node10", "v10.24.1 (V8 6.8.275.32)", "legacy=native optimized=unavailable"},
		{"node11", "v11.15.0 (V8 7.0.276.38)", "legacy=native optimized=native"},
		{"node12", "v12.22.12 (V8 7.8.279.23)", "legacy=emulated optimized=native"},
		{"node22", "v22.22.0 (V8 12.4.254.21)", "legacy=emulated optimized=native"},
		{"node24", "v24.13.0 (V8 13.6.233.17)", "legacy=emulated optimized=native"},
	}
}

// Figures returns what "promisebench figures" writes, roughly: the times of V8's
// article on a machine a fifth faster, and later versions of Node.js. Lines for which
// keep is false are left out; nil keeps all.
func Figures(rounds int, keep func(line string) bool) string {
	rng := rand.New(rand.NewPCG(11, 12))
	var b strings.Builder
	line := func(format string, args ...any) {
		if s := fmt.Sprintf(format, args...); keep == nil || keep(s) {
			b.WriteString(s + "\n")
		}
	}
	b.WriteString("goos: linux\ngoarch: amd64\ncpu: Intel(R) Xeon(R) Processor @ 2.80GHz\ncores: 2\nwindow: 10000\n" +
		"date: 2026-11-21T11:30:00Z\ncommand: promisebench figures\n")
	engines := articleEngines()
	for _, e := range engines {
		line("engine-%s: %s", e.name, e.version)
	}
	for _, e := range engines {
		line("await-%s: %s", e.name, e.await)
	}
	b.WriteString("Unit ticks/op better=lower assume=exact\n")
	rows := []struct {
		workload, style string
		ms              [8]float64 // per 10,000 operations on these engines, with the await they come with
	}{
		{"Doxbee", "promise", [8]float64{289, 73, 68, 32, 28, 24, 19, 18}},
		{"Doxbee", "async-transpiled", [8]float64{332, 121, 120, 51, 44, 36, 30, 29}},
		{"Doxbee", "async", [8]float64{282, 56, 56, 42, 33, 19, 14, 13.2}},
		{"Parallel", "promise", [8]float64{762, 234, 223, 99, 78, 63, 52, 50}},
		{"Parallel", "async-transpiled", [8]float64{1053, 363, 363, 132, 108, 92, 77, 75}},
		{"Parallel", "async", [8]float64{945, 283, 283, 105, 86, 62, 50, 47}},
	}
	for range rounds {
		drift := 0.8 * (1 + 0.08*rng.Float64())
		for _, row := range rows {
			for i, e := range engines {
				for _, m := range articleModes(row.workload, row.style, e.name) {
					ns := row.ms[i] * 100 * m.factor * drift * (1 + 0.025*rng.NormFloat64())
					line("Benchmark%s/style=%s/await=%s/engine=%s%s/window=10000-2\t10000\t%.0f ns/op\t%d ticks/op",
						row.workload, row.style, m.await, e.name, m.extra, ns, m.ticks)
				}
			}
		}
	}
	return b.String()
}

// An articleMode is an await mode that a style is measured in.
type articleMode struct {
	await, extra string
	factor       float64 // of the time
	ticks        int
}

func articleModes(workload, style, engine string) []articleMode {
	switch {
	case style == "promise" && engine == "node10":
		return []articleMode{{"legacy", "", 1, 9}}
	case style == "promise" || style == "async-transpiled":
		return []articleMode{{"optimized", "", 1, 9}}
	}
	switch engine {
	case "node7", "node8", "node9":
		return []articleMode{{"optimized", "", 1, 8}}
	case "node10":
		return []articleMode{{"legacy", "", 1, 25}}
	case "node11":
		faster := 0.92
		if workload == "Doxbee" {
			faster = 0.76
		}
		return []articleMode{{"legacy", "", 1, 25}, {"legacy", "/emulated=yes", 1.01, 25}, {"optimized", "", faster, 9}}
	case "node24":
		return []articleMode{{"legacy", "", 2, 25}, {"optimized", "", 1, 9}}
	}
	return []articleMode{{"optimized", "", 1, 9}}
}

// HTTP returns what "promisebench http" writes, roughly: the requests per second of V8's
// article on a machine half as fast.
func HTTP(rounds int) string {
	var b strings.Builder
	b.WriteString("goos: linux\nrounds: interleaved\nclosed-loop: 2s after 1s of warm-up\n")
	for _, e := range articleEngines()[:5] {
		fmt.Fprintf(&b, "engine-%s: %s\nawait-%s: %s\n", e.name, e.version, e.name, e.await)
	}
	b.WriteString("Unit req/s better=higher\n")
	servers := []struct {
		framework string
		thousands [4]float64 // on Node.js 7 to 10
	}{
		{"hapi", [4]float64{11.8, 21.3, 22.8, 26.6}},
		{"koa", [4]float64{20.8, 25.2, 31.1, 32.5}},
		{"trek", [4]float64{20.8, 27.1, 29.2, 35.4}},
	}
	for i := range rounds {
		for _, s := range servers {
			for v, thousands := range s.thousands {
				fmt.Fprintf(&b, "BenchmarkHTTP/framework=%s/engine=node%d 20000 %.0f req/s 500000 p50-ns\n", s.framework, 7+v, 500*thousands+float64(i))
				// Another load is another benchmark.
				fmt.Fprintf(&b, "BenchmarkHTTP/framework=%s/engine=node%d/pipeline=1 20000 77 req/s\n", s.framework, 7+v)
			}
			fmt.Fprintf(&b, "BenchmarkHTTP/framework=%s/await=legacy/engine=node11 20000 18000 req/s\n", s.framework)
			fmt.Fprintf(&b, "BenchmarkHTTP/framework=%s/await=optimized/engine=node11 20000 19000 req/s\n", s.framework)
		}
	}
	return b.String()
}
