// Package reporttest has what the tests of all rooms of package report share: made-up
// results, readers of them, and golden files. Only tests import it.
package reporttest

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"promisebench/report/chart"
	"promisebench/report/dataset"
	"promisebench/report/document"
)

var update = flag.Bool("update", false, "rewrite the golden files in testdata")

// Updating reports whether golden files are being rewritten, for what else is made
// with them.
func Updating() bool { return *update }

// A Fixture describes results to invent.
type Fixture struct {
	Engines   []string
	Workloads []string
	Styles    []string
	Rounds    int
	Spread    float64 // factor between the slowest and the fastest style
	Header    bool
}

// Text returns the fixture as benchmark text. The numbers are those of an
// afternoon on a two-core machine with goja, roughly; they are invented.
func (f Fixture) Text() string {
	rng := rand.New(rand.NewPCG(1, 2))
	var b strings.Builder
	if f.Header {
		b.WriteString("goos: linux\ngoarch: amd64\ncpu: Intel(R) Xeon(R) Processor @ 2.80GHz\ncores: 2\ngomaxprocs: 2\ngogc: 100\n" +
			"go: go1.26.8\ncommit: abc1234\nseed: 1\nrounds: interleaved\nwindow: 1000\ncommand: promisebench run --out results/x\ndate: 2026-11-20T11:30:00Z\n")
		for _, e := range f.Engines {
			fmt.Fprintf(&b, "engine-%s: v0.0.0-20260917113740-793a2a65c13b\n", e)
		}
		for _, e := range f.Engines {
			fmt.Fprintf(&b, "await-%s: legacy=emulated optimized=native\n", e)
		}
		b.WriteString("Unit ticks/op better=lower assume=exact\n")
	}
	base := map[string]float64{"Doxbee": 45000, "Doxbee/variant=present": 41000, "DoxbeeErrors": 52000, "Parallel": 230000, "Middleware": 88000}
	cost := map[string]float64{"callback": 0.18, "promise": 1.35, "generator": 1.2, "async": 1, "async-transpiled": 1.3}
	for range f.Rounds {
		drift := 1 + 0.05*rng.Float64() // common to the round
		for _, w := range f.Workloads {
			for i, style := range f.Styles {
				for j, engine := range f.Engines {
					for _, await := range []string{"legacy", "optimized"} {
						if dataset.HasNoAwait(style) && await == "legacy" {
							continue
						}
						ns := cmp.Or(base[w], 60000) * cmp.Or(cost[style], 1.1) * (1 + 0.12*float64(j%4)) * drift * (1 + 0.02*rng.NormFloat64())
						if f.Spread > 1 {
							ns *= math.Pow(f.Spread, float64(i)/float64(len(f.Styles)))
						}
						ticks := 9
						if await == "legacy" {
							ns *= 2.3 - 0.1*float64(j%3)
							ticks = 25
						}
						if style == "callback" {
							ticks = 3
						}
						name := fmt.Sprintf("Benchmark%s/style=%s/await=%s/engine=%s-2", w, style, await, engine)
						fmt.Fprintf(&b, "%s\t%d\t%.0f ns/op", name, 1000, ns)
						if j != 2 {
							fmt.Fprintf(&b, "\t%.0f B/op\t%.0f allocs/op", ns/3, ns/400)
						}
						fmt.Fprintf(&b, "\t%d ticks/op\n", ticks)
					}
				}
			}
		}
	}
	return b.String()
}

// Styles are most of the styles that there are.
func Styles() []string {
	return []string{"callback", "promise", "generator", "async", "async-transpiled"}
}

// Typical is a run of the embedded engines.
func Typical() Fixture {
	return Fixture{
		Engines:   []string{"goja", "sobek", "quickjs"},
		Workloads: []string{"Doxbee", "Doxbee/variant=present", "DoxbeeErrors", "Parallel"},
		Styles:    Styles(),
		Rounds:    8,
		Header:    true,
	}
}

// Hostile is what a stranger might put where a name is expected.
func Hostile() []string {
	return []string{
		`<script>alert(1)</script>`, `a|b`, "`code`", `</text></svg>`, `"quoted'&amp;`, `[x](javascript:y)`, `![x](y)`,
		"\u202eevil\u202c", "\x00\x01\x1b[31mred\x7f", "\xff\xfe", "\ufeff", "\uffff", "\u2028", `../../etc/passwd`,
		`style="font-family:Liberation`, "日本語のエンジン", "e\u0301\u0301\u0301", `\`, `-->`, `]]>`, `&#0;`, `$x$`, `@everyone`,
		strings.Repeat("x", 10_000), strings.Repeat("W", 300), "%d%s%!", `#`, `*_~`,
	}
}

// Read returns the results in text, which must have no I/O error.
func Read(t testing.TB, text string) *dataset.Results {
	t.Helper()
	r := dataset.New()
	if err := r.Add("in.txt", strings.NewReader(text)); err != nil {
		t.Fatalf("Add: %v", err)
	}
	return r
}

// ReadFile returns the results in a file, which they call by its name without folders.
func ReadFile(t testing.TB, path string) *dataset.Results {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	r := dataset.New()
	if err := r.Add(filepath.Base(path), file); err != nil {
		t.Fatal(err)
	}
	return r
}

// Golden compares got with a file of testdata, or writes that with -update.
func Golden(t testing.TB, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := errors.Join(os.MkdirAll("testdata", 0o777), os.WriteFile(path, []byte(got), 0o666)); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (go test -update makes it)", err)
	}
	if got == string(want) {
		return
	}
	a, b := strings.Split(got, "\n"), strings.Split(string(want), "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			t.Fatalf("%s, line %d:\n got %q\nwant %q", name, i+1, a[i], b[i])
		}
	}
	t.Fatalf("%s: got %d lines, want %d", name, len(a), len(b))
}

// SVG draws a chart, and checks that it is well-formed and that drawing again gives
// the same bytes.
func SVG(t testing.TB, c *chart.Chart) string {
	t.Helper()
	again := *c // a chart keeps its drawing
	var a, b bytes.Buffer
	if err := errors.Join(c.WriteSVG(&a), again.WriteSVG(&b)); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Errorf("chart %s: drawing twice gives different bytes", c.ID)
	}
	if err := WellFormed(a.Bytes()); err != nil {
		t.Errorf("chart %s: %v", c.ID, err)
	}
	return a.String()
}

// WellFormed returns an error if data is no XML.
func WellFormed(data []byte) error {
	d := xml.NewDecoder(bytes.NewReader(data))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// Tables writes tables as a terminal of 120 columns shows them.
func Tables(t testing.TB, tables ...*document.Table) string {
	t.Helper()
	var b strings.Builder
	for i, table := range tables {
		if i > 0 {
			b.WriteString("\n")
		}
		if err := table.WriteText(&b, 120); err != nil {
			t.Fatal(err)
		}
	}
	return b.String()
}

// Everything writes a document in every way there is, and returns its page. It is
// what must not panic, whatever the input.
func Everything(t testing.TB, d *document.Document) (page string) {
	t.Helper()
	var b bytes.Buffer
	if err := errors.Join(d.WriteText(io.Discard, 80), d.WriteMarkdown(io.Discard), d.WriteHTML(&b)); err != nil {
		t.Fatal(err)
	}
	taken := make(map[string]bool)
	for _, c := range d.Charts() {
		if taken[c.ID] {
			t.Errorf("chart ID %q is not unique", c.ID)
		}
		taken[c.ID] = true
		SVG(t, c)
	}
	return b.String()
}
