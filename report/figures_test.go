package report

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// figuresText returns what "promisebench figures" writes, roughly: the article's
// times on a machine a fifth faster, and later versions of Node.js. Lines for
// which keep is false are left out.
func figuresText(rounds int, keep func(line string) bool) string {
	rng := rand.New(rand.NewPCG(11, 12))
	var b strings.Builder
	line := func(format string, args ...any) {
		if s := fmt.Sprintf(format, args...); keep == nil || keep(s) {
			b.WriteString(s + "\n")
		}
	}
	b.WriteString("goos: linux\ngoarch: amd64\ncpu: Intel(R) Xeon(R) Processor @ 2.80GHz\ncores: 2\nwindow: 10000\n" +
		"date: 2026-11-21T11:30:00Z\ncommand: promisebench figures\n")
	engines := []struct {
		name, version, await string
	}{
		{"node7", "v7.10.1 (V8 5.5.372.43)", "legacy=unavailable optimized=skips-ticks"},
		{"node8", "v8.17.0 (V8 6.2.414.78)", "legacy=unavailable optimized=skips-ticks"},
		{"node9", "v9.11.2 (V8 6.2.414.46)", "legacy=unavailable optimized=skips-ticks"},
		{"node10", "v10.24.1 (V8 6.8.275.32)", "legacy=native optimized=unavailable"},
		{"node11", "v11.15.0 (V8 7.0.276.38)", "legacy=native optimized=native"},
		{"node12", "v12.22.12 (V8 7.8.279.23)", "legacy=emulated optimized=native"},
		{"node22", "v22.22.0 (V8 12.4.254.21)", "legacy=emulated optimized=native"},
		{"node24", "v24.13.0 (V8 13.6.233.17)", "legacy=emulated optimized=native"},
	}
	for _, e := range engines {
		line("engine-%s: %s", e.name, e.version)
	}
	for _, e := range engines {
		line("await-%s: %s", e.name, e.await)
	}
	b.WriteString("Unit ticks/op better=lower assume=exact\n")
	later := map[string][4]float64{ // ms on Node.js 11, 12, 22, 24
		"Doxbee/promise": {28, 24, 19, 18}, "Doxbee/async-transpiled": {44, 36, 30, 29}, "Doxbee/async": {33, 19, 14, 13.2},
		"Parallel/promise": {78, 63, 52, 50}, "Parallel/async-transpiled": {108, 92, 77, 75}, "Parallel/async": {86, 62, 50, 47},
	}
	for range rounds {
		drift := 0.8 * (1 + 0.08*rng.Float64())
		for _, a := range article() {
			for i, e := range engines {
				var ms float64
				if i < len(a.node) {
					ms = a.node[i]
				} else {
					ms = later[a.workload+"/"+a.style][i-len(a.node)]
				}
				measure := func(mode, extra string, factor float64, ticks int) {
					ns := ms * 100 * factor * drift * (1 + 0.025*rng.NormFloat64())
					line("Benchmark%s/style=%s/await=%s/engine=%s%s/window=10000-2\t10000\t%.0f ns/op\t%d ticks/op",
						a.workload, a.style, mode, e.name, extra, ns, ticks)
				}
				switch {
				case a.style == "promise" && e.name == "node10":
					measure("legacy", "", 1, 9)
				case a.style == "promise":
					measure("optimized", "", 1, 9)
				case a.style == "async-transpiled":
					measure("optimized", "", 1, 9)
				case e.name == "node10":
					measure("legacy", "", 1, 25)
				case e.name == "node11":
					measure("legacy", "", 1, 25)
					measure("legacy", "/emulated=yes", 1.01, 25)
					if a.workload == "Doxbee" {
						measure("optimized", "", 0.76, 9)
					} else {
						measure("optimized", "", 0.92, 9)
					}
				case e.name == "node24":
					measure("legacy", "", 2, 25)
					measure("optimized", "", 1, 9)
				case i < 3:
					measure("optimized", "", 1, 8)
				default:
					measure("optimized", "", 1, 9)
				}
			}
		}
	}
	return b.String()
}

func TestFiguresGolden(t *testing.T) {
	if *update {
		golden(t, "figures.txt", figuresText(10, nil))
	}
	r := readFile(t, "figures.txt")
	golden(t, "figures.tables", textOf(t, r.FigureTables(), Text))
	golden(t, "figures-report.tables", textOf(t, r.Tables(), Text))
	var md strings.Builder
	if err := r.WriteFigures(&md); err != nil {
		t.Fatal(err)
	}
	golden(t, "figures.md", md.String())
	var ids []string
	for _, c := range r.Figures() {
		ids = append(ids, c.ID)
		golden(t, "figures-"+c.ID+".svg", svg(t, c))
	}
	if want := []string{"figure-doxbee", "figure-parallel", "figure-await-optimization"}; !slices.Equal(ids, want) {
		t.Errorf("got charts %v, want %v", ids, want)
	}
	everything(t, r)
}

// TestFiguresDump writes figures to look at, as TestDump does.
func TestFiguresDump(t *testing.T) {
	dir := os.Getenv("PROMISEBENCH_CHARTS")
	if dir == "" {
		t.Skip("PROMISEBENCH_CHARTS is not set")
	}
	many := figuresText(6, nil)
	for i := 13; i < 60; i++ {
		many += fmt.Sprintf("BenchmarkDoxbee/style=async/await=optimized/engine=node%d/window=10000-2 10000 1200 ns/op\n", 100+i)
	}
	for name, text := range map[string]string{
		"figures": figuresText(10, nil),
		"few":     figuresText(3, nil),
		"some":    figuresText(8, without("node7", "node9", "node22", "style=async-transpiled")),
		"holes": figuresText(8, without("async/await=optimized/engine=node11", "style=async/await=optimized/engine=node8")) +
			"--- FAIL: BenchmarkDoxbee/style=async/await=optimized/engine=node8/window=10000-2\n    why\n",
		"slow": strings.ReplaceAll(figuresText(8, nil), " ns/op", "0 ns/op"),
		"many": many,
	} {
		for _, c := range read(t, text).Figures() {
			if err := os.WriteFile(filepath.Join(dir, name+"-"+c.ID+".svg"), []byte(svg(t, c)), 0o666); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func without(parts ...string) func(string) bool {
	return func(line string) bool {
		return !slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(line, p) })
	}
}

// The columns show the await mode that a version comes with.
func TestDefaultMode(t *testing.T) {
	const legacyLine, optimizedLine = "BenchmarkX/style=async/await=legacy/engine=e 1 5 ns/op\n", "BenchmarkX/style=async/await=optimized/engine=e 1 5 ns/op\n"
	for _, test := range []struct {
		name, text string
		want       []string
	}{
		{"skips ticks", "engine-e: (V8 5.5.1)\nawait-e: legacy=unavailable optimized=skips-ticks\n" + optimizedLine, []string{optimized}},
		{"before the flag", "engine-e: (V8 6.8.1)\nawait-e: legacy=native optimized=unavailable\n" + legacyLine, []string{legacy}},
		{"flag off", "engine-e: v11 (V8 7.0.1)\nawait-e: legacy=native optimized=native\n" + legacyLine + optimizedLine, []string{legacy, optimized}},
		{"flag on", "engine-e: v12 (V8 7.4.1)\nawait-e: legacy=native optimized=native\n" + legacyLine + optimizedLine, []string{optimized, legacy}},
		{"emulated", "await-e: legacy=emulated optimized=native\n" + legacyLine + optimizedLine, []string{optimized}},
		{"not said, one", legacyLine, []string{legacy}},
		{"not said, both", legacyLine + optimizedLine, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := read(t, test.text).figures().modes("e"); !slices.Equal(got, test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

// A figure stands on what there is, and no figure on nothing.
func TestFiguresOfParts(t *testing.T) {
	for _, test := range []struct {
		name, text string
		want       string // the charts
		tables     int
	}{
		{"all", figuresText(6, nil), "figure-doxbee figure-parallel figure-await-optimization", 3},
		{"one workload", figuresText(6, without("Parallel")), "figure-doxbee figure-await-optimization", 3},
		{"no node11", figuresText(6, without("engine=node11")), "figure-doxbee figure-parallel", 2},
		{"node7 only", figuresText(6, func(line string) bool { return !strings.HasPrefix(line, "Bench") || strings.Contains(line, "node7/") }),
			"figure-doxbee figure-parallel", 1},
		{"no Node.js", strings.ReplaceAll(figuresText(6, nil), "engine=node", "engine=other"), "", 1},
		{"other engines", typical().text(), "", 1}, // async functions against promises
		{"only failures", "--- FAIL: BenchmarkDoxbee/style=async/await=legacy/engine=node10/window=10000\n    why\n", "", 0},
		{"window in the header only", strings.ReplaceAll(figuresText(6, nil), "/window=10000", ""),
			"figure-doxbee figure-parallel figure-await-optimization", 3},
		{"another window", strings.ReplaceAll(figuresText(6, nil), "/window=10000", "/window=1"), "", 0},
		{"nothing", "", "", 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := read(t, test.text)
			var ids []string
			for _, c := range r.Figures() {
				ids = append(ids, c.ID)
			}
			if got := strings.Join(ids, " "); got != test.want {
				t.Errorf("got charts %q, want %q", got, test.want)
			}
			if got := len(r.FigureTables()); got != test.tables {
				t.Errorf("got %d tables, want %d", got, test.tables)
			}
			everything(t, r)
		})
	}
}

// Other operations in flight than the article's have rows of their own in the
// tables, if they were measured, and no columns.
func TestFiguresOfTwoWindows(t *testing.T) {
	const rounds = 6
	other := strings.ReplaceAll(figuresText(rounds, without("transpiled", "Unit", ": ")), "/window=10000", "")
	both := read(t, figuresText(rounds, nil)+other)
	one := read(t, figuresText(rounds, nil))
	for i, want := range []int{6 + 4, 2 + 2, 2 * len(one.FigureTables()[2].Rows)} {
		table := both.FigureTables()[i]
		if got := len(table.Rows); got != want {
			t.Errorf("%s: %d rows, want %d\n%v", table.Title, got, want, table.Rows)
		}
	}
	for i, c := range both.Figures() {
		if svg(t, c) != svg(t, one.Figures()[i]) {
			t.Errorf("%s has changed", c.ID)
		}
	}
}

// A ratio without its interval would be quoted.
func TestFiguresNeedSamples(t *testing.T) {
	for _, table := range read(t, figuresText(5, nil)).FigureTables() {
		for _, row := range table.Rows {
			if here := row[len(row)-2]; here != "n too small" {
				t.Errorf("%s: got %q from 5 rounds", table.Title, here)
			}
		}
	}
}

func TestFiguresWriteError(t *testing.T) {
	r := read(t, figuresText(2, nil))
	if err := r.WriteFigures(failing()); err == nil {
		t.Error("WriteFigures: no error")
	}
	if err := r.Figures()[0].WriteSVG(failing()); err == nil {
		t.Error("WriteSVG: no error")
	}
}

// What a version says of itself is a stranger's text.
func TestHostileFigures(t *testing.T) {
	for _, h := range hostile() {
		everything(t, read(t, "engine-node7: "+h+"\nengine-node8: (V8 "+h+".1.2)\nawait-node8: legacy="+h+" optimized="+h+"\n"+figuresText(1, without("Parallel", "engine=node11", "engine=node12", "engine=node2"))))
	}
	// Times at the ends of what is possible.
	for _, ns := range []string{"1e-6", "9e17"} {
		everything(t, read(t, "BenchmarkDoxbee/style=async/await=legacy/engine=node7/window=10000 1 "+ns+" ns/op\n"))
	}
}

// Whatever is said of an await mode but that it is simply there or not becomes
// a footnote where its numbers stand.
func TestModeNotes(t *testing.T) {
	const line = "BenchmarkX/style=async/await=optimized/engine=%s 1 5 ns/op\n"
	text := "await-node7: optimized=skips-ticks\nawait-node8: optimized=skips-ticks\nawait-a: optimized=native\nawait-b: optimized=guessed\nawait-c: optimized=unavailable\n"
	for _, e := range []string{"node7", "node8", "a", "b", "c"} {
		text += fmt.Sprintf(line, e)
	}
	r := read(t, text)
	want := []string{
		"await=optimized on b: guessed",
		"await=optimized on node7, node8 skips ticks (the Node 8 bug): shorter than the specification allows",
	}
	if got := r.modeTexts(r.matrix()); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	table := textOf(t, r.Tables()[:1], Text)
	for _, note := range want {
		if !strings.Contains(table, note) {
			t.Errorf("the table does not say %q:\n%s", note, table)
		}
	}
}

// The error of the emulation stands wherever emulated numbers do, and forced
// emulations stand apart from the mode itself.
func TestEmulationError(t *testing.T) {
	var b strings.Builder
	b.WriteString("await-node11: legacy=native optimized=native\nawait-node24: legacy=emulated optimized=native\n")
	for range 6 {
		b.WriteString("BenchmarkDoxbee/style=async/await=legacy/engine=node11 1 100 ns/op\n" +
			"BenchmarkDoxbee/style=async/await=legacy/engine=node11/emulated=yes 1 102 ns/op\n" +
			"BenchmarkDoxbee/style=async/await=legacy/engine=node24 1 50 ns/op\n" +
			"BenchmarkDoxbee/style=async/await=optimized/engine=node24 1 30 ns/op\n")
	}
	r := read(t, b.String())
	const known = "emulation error on node11: doxbee async 1.02 [1.02, 1.02]"
	m := r.matrix()
	if got := m.errorText(); got != known {
		t.Errorf("got %q, want %q", got, known)
	}
	if len(m.rows) != 3 || m.rows[2].label != "doxbee (emulated=yes)" {
		t.Errorf("got rows %+v", m.rows)
	}
	for _, table := range r.Tables()[:3] {
		if table.Title != r.emulationTable(m).Title && !strings.Contains(strings.Join(table.Notes, "\n"), known) {
			t.Errorf("table %q does not say it: %q", table.Title, table.Notes)
		}
	}
	var md strings.Builder
	if err := r.WriteFigures(&md); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(md.String(), escape(known)) {
		t.Error("the page does not say it")
	}
	// Where it was not measured it may be known from elsewhere.
	const said = "emulation error on node11: doxbee async 0.99 [0.98, 1.01] (results/x)"
	elsewhere := read(t, "emulation-error: "+said+"\nawait-a: legacy=emulated\nBenchmarkX/style=async/await=legacy/engine=a 1 5 ns/op\n")
	if got := elsewhere.EmulationError(); got != said {
		t.Errorf("got %q, want %q", got, said)
	}
	if notes := elsewhere.Tables()[0].Notes; !strings.Contains(strings.Join(notes, "\n"), said) {
		t.Errorf("the table does not say it: %q", notes)
	}
	if _, forced := withoutForced("Doxbee/emulated=yesterday"); forced {
		t.Error("emulated=yesterday is taken for emulated=yes")
	}
	if native, forced := withoutForced("Doxbee/emulated=yes/window=1-2"); !forced || native != "Doxbee/window=1-2" {
		t.Errorf("got %q", native)
	}
}
