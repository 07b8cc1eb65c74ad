package bench_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"promisebench/bench"
	"promisebench/engines"
	"promisebench/engines/hosts"
)

var fidelity = flag.Bool("fidelity", false, "run BenchmarkFidelity, which takes its own time")

// BenchmarkFidelity compares the steady state of our workers with that of a
// plain driver run by node alone, both with 10,000 operations in flight, taking
// turns, 12 processes each, 30 batches a process: with 12 a collection of garbage
// more or less decided. It prints the medians, their ratio, and the median
// of the paired ratios with its 95 % interval.
//
//	go test ./bench -run '^$' -bench Fidelity -fidelity -benchtime 1x -timeout 1h
func BenchmarkFidelity(b *testing.B) {
	if !*fidelity {
		b.Skip("opt in with -fidelity")
	}
	const pairs, ops, batches = 12, 10000, 30
	for _, h := range hosts.Known() {
		if h.Name != "node10" && h.Name != "node12" && h.Name != "node22" {
			continue
		}
		f := hosts.Find(b.Context(), h, "../engines/hosts/npm")
		if f.Err != nil {
			b.Skipf("%s: %v (make engines installs it)", h.Name, f.Err)
		}
		cat := catalog()
		cat.Engines = []engines.Engine{f.Engine()}
		for _, c := range cells(b, cat, bench.Filter{Workloads: []string{"doxbee", "parallel"}, Styles: []string{"async"}}, ops) {
			if c.AwaitSource() != engines.Native || c.Variant.Name != "" {
				continue
			}
			want := c.Batch(ops)
			ours := func() float64 {
				realm, err := c.Open(b.Context())
				if err != nil {
					b.Fatal(err)
				}
				defer realm.Close()
				var life bench.Iterations
				for range batches {
					s, err := realm.Run(b.Context(), want)
					if err != nil {
						b.Fatal(err)
					}
					life = append(life, float64(s.Elapsed.Nanoseconds())/ops)
				}
				return steady(life)
			}
			plain := func() float64 {
				cmd := exec.CommandContext(b.Context(), f.Path, "testdata/plain.js", strconv.Itoa(ops), strconv.Itoa(batches))
				sources, err := c.Workload.Sources(c.Variant, c.Style)
				if err != nil {
					b.Fatal(err)
				}
				var script strings.Builder
				for _, s := range sources {
					script.WriteString(s.Text + "\n")
				}
				cmd.Stdin = strings.NewReader(script.String())
				out, err := cmd.Output()
				if err != nil {
					b.Fatal(err)
				}
				var life bench.Iterations
				if err := json.Unmarshal(out, &life); err != nil || len(life) != batches {
					b.Fatalf("%v: %s", err, out)
				}
				return steady(life)
			}
			var x, y, ratios []float64
			for i := range pairs {
				var o, p float64
				if i%2 == 0 {
					o, p = ours(), plain()
				} else {
					p, o = plain(), ours()
				}
				x, y, ratios = append(x, o), append(y, p), append(ratios, o/p)
			}
			ratio := median(ratios)
			fmt.Printf("%s %s async: promisebench %.0f ns/op, node alone %.0f ns/op, ratio of medians %.3f, of pairs %.3f [%.3f, %.3f]\n",
				h.Name, c.Workload.Name, median(x).Center, median(y).Center, median(x).Center/median(y).Center, ratio.Center, ratio.Lo, ratio.Hi)
		}
	}
	b.ReportMetric(0, "ns/op") // what is printed above is the measurement
}

// steady returns the mean of a life's steady state.
func steady(l bench.Iterations) float64 {
	warmup, _ := l.SteadyState()
	return l.Mean(warmup)
}
