package report

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"flag"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the fixtures and golden files in testdata")

// A fixture describes results to invent.
type fixture struct {
	engines   []string
	workloads []string
	styles    []string
	rounds    int
	spread    float64 // factor between the slowest and the fastest style
	header    bool
}

// text returns the fixture as benchmark text. The numbers are those of an
// afternoon on a two-core machine with goja, roughly; they are invented.
func (f fixture) text() string {
	rng := rand.New(rand.NewPCG(1, 2))
	var b strings.Builder
	if f.header {
		b.WriteString("goos: linux\ngoarch: amd64\ncpu: Intel(R) Xeon(R) Processor @ 2.80GHz\ncores: 2\ngomaxprocs: 2\ngogc: 100\n" +
			"go: go1.26.8\ncommit: abc1234\nseed: 1\nrounds: interleaved\nwindow: 1000\ncommand: promisebench run --out results/x\ndate: 2026-11-20T11:30:00Z\n")
		for _, e := range f.engines {
			fmt.Fprintf(&b, "engine-%s: v0.0.0-20260917113740-793a2a65c13b\n", e)
		}
		for _, e := range f.engines {
			fmt.Fprintf(&b, "await-%s: legacy=emulated optimized=native\n", e)
		}
		b.WriteString("Unit ticks/op better=lower assume=exact\n")
	}
	base := map[string]float64{"Doxbee": 45000, "Doxbee/variant=present": 41000, "DoxbeeErrors": 52000, "Parallel": 230000, "Middleware": 88000}
	cost := map[string]float64{"callback": 0.18, "promise": 1.35, "generator": 1.2, "async": 1, "async-transpiled": 1.3}
	for range f.rounds {
		drift := 1 + 0.05*rng.Float64() // common to the round
		for _, w := range f.workloads {
			for i, style := range f.styles {
				for j, engine := range f.engines {
					for _, await := range []string{"legacy", "optimized"} {
						if hasNoAwait(style) && await == "legacy" {
							continue
						}
						ns := cmp.Or(base[w], 60000) * cmp.Or(cost[style], 1.1) * (1 + 0.12*float64(j%4)) * drift * (1 + 0.02*rng.NormFloat64())
						if f.spread > 1 {
							ns *= math.Pow(f.spread, float64(i)/float64(len(f.styles)))
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

var allStyles = []string{"callback", "promise", "generator", "async", "async-transpiled"}

func typical() fixture {
	return fixture{
		engines:   []string{"goja", "sobek", "quickjs"},
		workloads: []string{"Doxbee", "Doxbee/variant=present", "DoxbeeErrors", "Parallel"},
		styles:    allStyles,
		rounds:    8,
		header:    true,
	}
}

// read returns the results in text, which must have no I/O error.
func read(t testing.TB, text string) *Results {
	t.Helper()
	r := NewResults()
	if err := r.Add("in.txt", strings.NewReader(text)); err != nil {
		t.Fatalf("Add: %v", err)
	}
	return r
}

func readFile(t testing.TB, name string) *Results {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	r := NewResults()
	if err := r.Add(name, bytes.NewReader(data)); err != nil {
		t.Fatal(err)
	}
	return r
}

func textOf(t testing.TB, tables []Table, f Format) string {
	t.Helper()
	var b strings.Builder
	for i, table := range tables {
		if i > 0 {
			b.WriteString("\n")
		}
		if err := table.Write(&b, f); err != nil {
			t.Fatal(err)
		}
	}
	return b.String()
}

// golden compares got with a file in testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (make it with go test ./report -update)", err)
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

// svg draws a chart, checks that it is well-formed and that drawing again gives
// the same bytes.
func svg(t testing.TB, c Chart) string {
	t.Helper()
	var a, b bytes.Buffer
	if err := c.WriteSVG(&a); err != nil {
		t.Fatal(err)
	}
	if err := c.WriteSVG(&b); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Errorf("chart %s: drawing twice gives different bytes", c.ID)
	}
	if err := wellFormed(a.Bytes()); err != nil {
		t.Errorf("chart %s: %v", c.ID, err)
	}
	return a.String()
}

func wellFormed(data []byte) error {
	d := xml.NewDecoder(bytes.NewReader(data))
	for {
		if _, err := d.Token(); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// everything renders r in every way there is. It is what must not panic.
func everything(t testing.TB, r *Results) {
	t.Helper()
	textOf(t, r.Tables(), Text)
	textOf(t, r.Tables(), Markdown)
	ids := make(map[string]bool)
	for _, c := range r.Charts() {
		svg(t, c)
		if !regexp.MustCompile(`^[a-z0-9-]{1,90}$`).MatchString(c.ID) || ids[c.ID] {
			t.Errorf("chart ID %q is unfit or not unique", c.ID)
		}
		ids[c.ID] = true
	}
	if err := r.WriteMarkdown(io.Discard); err != nil {
		t.Error(err)
	}
	textOf(t, r.FigureTables(), Text)
	for _, c := range r.Figures() {
		svg(t, c)
		if ids[c.ID] {
			t.Errorf("chart ID %q is not unique", c.ID)
		}
		ids[c.ID] = true
	}
	if err := r.WriteFigures(io.Discard); err != nil {
		t.Error(err)
	}
}

func TestGolden(t *testing.T) {
	if *update {
		if err := os.MkdirAll("testdata", 0o777); err != nil {
			t.Fatal(err)
		}
		golden(t, "typical.txt", typical().text())
	}
	for _, name := range []string{"typical", "broken", "gotest"} {
		t.Run(name, func(t *testing.T) {
			r := readFile(t, name+".txt")
			golden(t, name+".tables", textOf(t, r.Tables(), Text))
			var md strings.Builder
			if err := r.WriteMarkdown(&md); err != nil {
				t.Fatal(err)
			}
			golden(t, name+".md", md.String())
			for i, c := range r.Charts() {
				drawn := svg(t, c)
				if i < 2 { // one of each kind
					golden(t, name+"-"+c.ID+".svg", drawn)
				}
			}
		})
	}
}

// TestDump writes charts to look at: PROMISEBENCH_CHARTS=dir go test -run Dump.
func TestDump(t *testing.T) {
	dir := os.Getenv("PROMISEBENCH_CHARTS")
	if dir == "" {
		t.Skip("PROMISEBENCH_CHARTS is not set")
	}
	var many []string
	for i := range 12 {
		many = append(many, fmt.Sprintf("engine-with-a-name-of-forty-letters-%03dx", i))
	}
	huge, tiny, few := typical(), typical(), typical()
	huge.engines = many
	huge.workloads = huge.workloads[:1]
	wide := typical()
	wide.spread = 1000
	wide.workloads = wide.workloads[:1]
	tiny.engines, tiny.styles, tiny.workloads = tiny.engines[:1], []string{"async"}, []string{"Doxbee"}
	few.rounds = 3
	few.workloads = few.workloads[:1]
	linear := typical()
	linear.workloads, linear.styles = linear.workloads[:1], linear.styles[1:]
	for name, f := range map[string]fixture{"typical": typical(), "huge": huge, "wide": wide, "tiny": tiny, "few": few, "linear": linear} {
		r := read(t, f.text()+"--- SKIP: BenchmarkDoxbee/style=async/await=legacy/engine=node7\n    tick-skipping bug\n")
		for _, c := range r.Charts() {
			if err := os.WriteFile(filepath.Join(dir, name+"-"+c.ID+".svg"), []byte(svg(t, c)), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.WriteFile(filepath.Join(dir, name+".tables"), []byte(textOf(t, r.Tables(), Text)), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}
