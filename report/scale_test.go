package report_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"golang.org/x/perf/benchfmt"

	"promisebench/report"
	"promisebench/report/dataset"
	"promisebench/report/reporttest"
)

// aMillionLines returns results of a matrix of 16 engines, 8 workloads and all
// styles, in as many rounds as a million lines need.
func aMillionLines() []byte {
	const lines = 1_000_000
	rng := rand.New(rand.NewPCG(3, 4))
	var names []string
	for w := range 8 {
		for _, style := range reporttest.Styles() {
			for _, await := range []string{dataset.Legacy, dataset.Optimized} {
				for e := range 16 {
					if !dataset.HasNoAwait(style) || await == dataset.Optimized {
						names = append(names, fmt.Sprintf("BenchmarkWork%d/style=%s/await=%s/engine=engine%d-2", w, style, await, e))
					}
				}
			}
		}
	}
	var b bytes.Buffer
	b.WriteString("goos: linux\nrounds: interleaved\ncommand: promisebench run\nUnit ticks/op better=lower assume=exact\n")
	for i := range lines {
		fmt.Fprintf(&b, "%s\t1000\t%.0f ns/op\t%d B/op\t%d allocs/op\t9 ticks/op\n",
			names[i%len(names)], 45000*(1+0.1*rng.NormFloat64()), 22000+rng.IntN(10), 300+rng.IntN(3))
	}
	return b.Bytes()
}

// BenchmarkMillionLines reads and renders a million lines of results, and holds
// the time to 1.5 times that of a bare benchfmt reader plus two seconds. Its
// units: bare-s and report-s are the two times, heap-MB is what the results
// occupy when all is read.
//
//	go test ./report -run '^$' -bench MillionLines -benchtime 3x
func BenchmarkMillionLines(b *testing.B) {
	text := aMillionLines()
	var bare, whole, reading time.Duration
	var heap float64
	for b.Loop() {
		start := time.Now()
		reader := benchfmt.NewReader(bytes.NewReader(text), "million.txt")
		n := 0
		for reader.Scan() {
			if _, ok := reader.Result().(*benchfmt.Result); ok {
				n++
			}
		}
		if n != 1_000_000 {
			b.Fatalf("the bare reader found %d results", n)
		}
		bare += time.Since(start)

		before := heapBytes()
		start = time.Now()
		r := dataset.New()
		if err := r.Add("million.txt", bytes.NewReader(text)); err != nil {
			b.Fatal(err)
		}
		reading += time.Since(start)
		heap = heapBytes() - before
		start = time.Now() // without the collection that heapBytes forces
		d := report.Of(r).Run
		if err := errors.Join(d.WriteText(io.Discard, 120), d.WriteMarkdown(io.Discard), d.WriteHTML(io.Discard)); err != nil {
			b.Fatal(err)
		}
		for _, c := range d.Charts() {
			if err := c.WriteSVG(io.Discard); err != nil {
				b.Fatal(err)
			}
		}
		whole += time.Since(start)
	}
	whole += reading
	n := float64(b.N)
	b.ReportMetric(bare.Seconds()/n, "bare-s")
	b.ReportMetric(reading.Seconds()/n, "reading-s")
	b.ReportMetric(whole.Seconds()/n, "report-s")
	b.ReportMetric(heap/1e6, "heap-MB")
	if limit := bare.Seconds()/n*1.5 + 2; whole.Seconds()/n > limit {
		b.Errorf("reading and rendering took %.1f s; a bare reader %.1f s, so the limit is %.1f s", whole.Seconds()/n, bare.Seconds()/n, limit)
	}
}

// heapBytes returns the size of all live objects.
func heapBytes() float64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return float64(stats.HeapAlloc)
}
