package report

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

const (
	legacyLine    = "BenchmarkDoxbee/style=async/await=legacy/engine=goja-2\t1000\t110000 ns/op\n"
	optimizedLine = "BenchmarkDoxbee/style=async/await=optimized/engine=goja-2\t1000\t45000 ns/op\n"
)

func TestProblems(t *testing.T) {
	for _, test := range []struct {
		name, text string
		want       []string // a part of each problem
		samples    int
	}{
		{"good", legacyLine + optimizedLine, nil, 2},
		{"empty", "", nil, 0},
		{"header only", "goos: linux\n", nil, 0},
		{"bare name", "BenchmarkX\n" + legacyLine, nil, 1},
		{"no end of line after header", "goos: linux", nil, 0},
		{"carriage returns", strings.ReplaceAll(legacyLine+optimizedLine, "\n", "\r\n"), nil, 2},
		{"count", "BenchmarkX many 45 ns/op\n" + legacyLine, []string{"in.txt:1: parsing iteration count"}, 1},
		{"value", "BenchmarkX 1 x ns/op\n", []string{"in.txt:1: parsing measurement"}, 0},
		{"no unit", "BenchmarkX 100 45\n", []string{"in.txt:1: missing units"}, 0},
		{"no values", legacyLine + "BenchmarkX 100\n", []string{"in.txt:2: missing measurements"}, 1},
		{"zero", "BenchmarkX 1 0 ns/op\n", []string{"in.txt:1: 0 ns/op is not a possible"}, 0},
		{"negative", "BenchmarkX 1 -5 ns/op\n", []string{"in.txt:1: -5 ns/op is not a possible"}, 0},
		{"NaN", "BenchmarkX 1 NaN ns/op\n", []string{"in.txt:1: NaN ns/op"}, 0},
		{"Inf", "BenchmarkX 1 Inf ns/op\n", []string{"in.txt:1: +Inf ns/op"}, 0},
		{"Inf of another unit", "BenchmarkX 1 5 ns/op Inf x/op\n", []string{"in.txt:1: +Inf x/op"}, 0},
		{"absurd", "BenchmarkX 1 1e-300 ns/op\n", []string{"1e-300 ns/op"}, 0},
		{"negative allocations", "BenchmarkX 1 5 ns/op -4 allocs/op\n", []string{"in.txt:1: -4 allocs/op is not a possible"}, 0},
		{"no iterations", "BenchmarkX 0 5 ns/op\nBenchmarkX -3 5 ns/op\n", []string{"in.txt:1: 0 iterations", "in.txt:2: -3 iterations"}, 0},
		{"unit twice", "BenchmarkX 1 5 ns/op 7 ns/op\n", []string{"in.txt:1: a second value in sec/op"}, 1},
		{"zeros before", "\x00\x00" + legacyLine, []string{"in.txt:1: a result that does not begin a line"}, 0},
		{"lost letter", legacyLine[1:], []string{"in.txt:1: a result that does not begin a line"}, 0},
		{"indented", "  " + legacyLine, []string{"in.txt:1: a result that does not begin a line"}, 0},
		{"zero allocations", "BenchmarkX 1 5 ns/op 0 allocs/op\n", nil, 1},
		{"cut in name", legacyLine + "BenchmarkDoxbee/style=as", []string{"in.txt:2: line is cut off"}, 1},
		{"cut in number", legacyLine + "BenchmarkX 100 45", []string{"in.txt:2: line is cut off"}, 1},
		// These two parse.
		{"cut between numbers", legacyLine + strings.TrimSpace(optimizedLine), []string{"in.txt:2: line is cut off"}, 1},
		{"cut in unit", legacyLine + "BenchmarkX 100 45 ns/op 12 allocs/o", []string{"in.txt:2: line is cut off"}, 1},
		{"unit line", "Unit ticks/op bet", []string{"in.txt:1: expected key=value"}, 0},
		{"unit contradicts", "Unit a/op assume=exact\nUnit a/op assume=nothing\n",
			[]string{"in.txt:2: unit a/op is declared assume=nothing here and assume=exact at in.txt:1: from here to the end of this text, values in it are not used"}, 0},
		{"unit contradicts twice", "Unit a/op better=lower assume=exact\nBenchmarkX 1 5 a/op\nUnit a/op better=higher assume=nothing\nBenchmarkX 1 6 a/op\nBenchmarkX 1 6 a/op 3 b/op\n",
			[]string{"in.txt:3: unit a/op is declared better=higher here", "in.txt:5: nothing was measured in a/op, as at in.txt:2, but in b/op"}, 1},
		{"unit contradicts in its other name", "Unit ns/op better=lower\nUnit sec/op better=higher\n" + legacyLine, []string{"in.txt:2: unit sec/op"}, 0},
		{"unit says more", "Unit a/op better=lower\nUnit a/op better=lower assume=exact\nBenchmarkX 1 5 a/op\n", nil, 1},
		{"other metadata contradicts", "Unit a/op colour=red\nUnit a/op colour=blue\nBenchmarkX 1 5 a/op\n", []string{"in.txt:2: metadata colour"}, 1},
		{"two names of one unit", "BenchmarkX 1 5 ns/op\nBenchmarkX 1 5e-9 sec/op\n", nil, 2},
		{"units mixed", "BenchmarkX 1 5 ns/op\nBenchmarkX 1 5 req/s\nBenchmarkX 1 5 ns/op 6 req/s\nBenchmarkX 1 6 req/s\nBenchmarkY 1 6 req/s\n", []string{
			`in.txt:2: nothing was measured in sec/op, as at in.txt:1, but in req/s: units are not mixed, line not used: "BenchmarkX"`, "in.txt:4: nothing"}, 3},
		{"milliseconds", "BenchmarkX 1 5 ns/op\nBenchmarkX 1 5 ms/op\n", []string{"in.txt:2: nothing was measured in sec/op, as at in.txt:1, but in ms/op"}, 1},
		{"huge in another unit", "BenchmarkX 1 5 ns/op 1e300 x/op\n", []string{"1e+300 x/op is not a possible"}, 0},
		{"tiny in another unit", "BenchmarkX 1 5 ns/op 1e-300 x/op\n", []string{"1e-300 x/op is not a possible"}, 0},
		{"no request", "BenchmarkX 1 0 req/s\n", []string{"0 req/s is not a possible"}, 0},
		{"long line", "x" + strings.Repeat("y", 200_000) + "\n" + legacyLine, []string{"in.txt:1: line is longer"}, 1},
		{"long name", "Benchmark" + strings.Repeat("Y", 10_000) + " 1 5 ns/op\n", nil, 1},
		{"other conditions", "seed: 1\n" + legacyLine + "seed: 2\n" + legacyLine + optimizedLine,
			[]string{`in.txt:4: results with different conditions are mixed: seed is "2" here, "1" before`}, 3},
		{"conditions that may differ", "date: 1\npkg: a\ncommand: x\n" + legacyLine + "date: 2\npkg: b\ncommand: y\n" + legacyLine, nil, 2},
		{"failing line of go test", "BenchmarkX-2  \t--- FAIL: BenchmarkX-2\n    x.go:1: why\n", nil, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := read(t, test.text)
			got := r.Problems()
			if len(got) != len(test.want) {
				t.Fatalf("got problems %v, want %d", got, len(test.want))
			}
			for i, p := range got {
				if !strings.Contains(p.String(), test.want[i]) {
					t.Errorf("got problem %q, want %q in it", p, test.want[i])
				}
			}
			samples := 0
			for _, n := range r.Counts() {
				samples += n
			}
			if samples != test.samples {
				t.Errorf("got %d samples, want %d", samples, test.samples)
			}
			if r.Empty() != (test.samples == 0) {
				t.Errorf("Empty() = %v with %d samples", r.Empty(), samples)
			}
			everything(t, r)
		})
	}
}

// What could not be used is missing from tables and charts, which say so.
func TestLeftOutIsSaid(t *testing.T) {
	const bad = "BenchmarkDoxbee/style=async/await=legacy/engine=goja-2 1 NaN ns/op\n"
	six := strings.Repeat(legacyLine+optimizedLine, 6)
	text := six + bad + bad + strings.ReplaceAll(six, "Doxbee", "Parallel") + "BenchmarkHTTP/framework=koa/engine=node10 1 5 req/s\nBenchmarkHTTP/framework=koa/engine=node10 1 -5 req/s\n"
	const note, httpNote = "left out: 2 measurements that could not be used, see the problems in the input", "left out: 1 measurement that could not be used"
	r := read(t, text)
	notes := make(map[string]string) // by title
	for _, table := range r.Tables() {
		notes[table.Title] = strings.Join(table.Notes, "\n")
	}
	for _, c := range r.Charts() {
		notes[c.ID] = c.caption
	}
	for title, want := range map[string]string{
		"Await optimization: legacy vs optimized": note,
		"Time per operation":                      note,
		"HTTP servers":                            httpNote,
		"await-optimization":                      note,
		"time-doxbee":                             note,
		"time-parallel":                           "",
		"http-servers":                            httpNote,
	} {
		got, ok := notes[title]
		if !ok || !strings.Contains(got, want) || want == "" && strings.Contains(got, "left out") {
			t.Errorf("%s: got notes %q, want %q", title, got, want)
		}
	}

	// In a text with a contradiction only that unit is missing.
	r = NewResults()
	if err := errors.Join(r.Add("a.txt", strings.NewReader("Unit ticks/op assume=exact\n"+legacyLine)),
		r.Add("b.txt", strings.NewReader("Unit ticks/op assume=nothing\n"+strings.Replace(legacyLine, "\n", " 9 ticks/op\n", 1)))); err != nil {
		t.Fatal(err)
	}
	m := r.matrix()
	if got := m.unusedNote("ticks/op", everywhere); !strings.Contains(got, "1 measurement ") {
		t.Errorf("of ticks: %q", got)
	}
	if got := m.unusedNote("sec/op", everywhere); got != "" {
		t.Errorf("of times: %q", got)
	}
	if n := len(m.samples(place{m.rows[0], "goja"}, "sec/op")); n != 2 {
		t.Errorf("%d times", n)
	}
}

// Wherever a writer is killed, no number may come out that was not written.
func TestCutAnywhere(t *testing.T) {
	text := "goos: linux\n" + legacyLine +
		"BenchmarkDoxbee/style=async/await=optimized/engine=goja-2\t1000\t45012 ns/op\t1234 B/op\t25 ticks/op\n"
	whole := map[float64]bool{110000e-9: true, 45012e-9: true, 1234: true, 25: true}
	for i := range text {
		r := read(t, text[:i])
		for _, c := range r.cells {
			for unit, values := range c.values {
				for _, v := range values {
					if !whole[v] && !whole[float64(int(v*1e9+0.5))*1e-9] {
						t.Errorf("cut after %d bytes: got %v %s", i, v, unit)
					}
				}
			}
		}
	}
}

func TestCounts(t *testing.T) {
	r := read(t, legacyLine+optimizedLine+legacyLine)
	want := map[string]int{
		"BenchmarkDoxbee/style=async/await=legacy/engine=goja-2":    2,
		"BenchmarkDoxbee/style=async/await=optimized/engine=goja-2": 1,
	}
	if got := r.Counts(); !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	r.Counts()["x"] = 1
	if len(r.Counts()) != 2 {
		t.Error("changing the returned map changes the results")
	}
}

func TestOutcomes(t *testing.T) {
	long := "--- FAIL: BenchmarkX\n" + strings.Repeat("    line\n", 1000)
	for _, test := range []struct {
		name, text string
		want       []Outcome
	}{
		{"skip", "--- SKIP: BenchmarkX/engine=foo\n    the reason\n", []Outcome{{Skip, "BenchmarkX/engine=foo", "the reason", "in.txt", 1}}},
		{"several lines", "--- FAIL: BenchmarkX\n    one\n      two\n\tthree\n" + legacyLine,
			[]Outcome{{Failure, "BenchmarkX", "one\n  two\nthree", "in.txt", 1}}},
		{"no reason", "a\n--- SKIP: BenchmarkX\n--- SKIP: BenchmarkY\n", []Outcome{{Skip, "BenchmarkX", "", "in.txt", 2}, {Skip, "BenchmarkY", "", "in.txt", 3}}},
		{"go test", "--- FAIL: BenchmarkX/a\n    x_test.go:6: wrong: got 1\n        want 2\n--- FAIL: BenchmarkX\nFAIL\n",
			[]Outcome{{Failure, "BenchmarkX/a", "wrong: got 1\n    want 2", "in.txt", 1}}},
		{"go test -v", "BenchmarkX/a\n    x_test.go:7: why\n--- SKIP: BenchmarkX/a\n", []Outcome{{Skip, "BenchmarkX/a", "why", "in.txt", 3}}},
		{"after the name", "BenchmarkX-2  \t--- FAIL: BenchmarkX-2\n    x_test.go:7: why\n", []Outcome{{Failure, "BenchmarkX-2", "why", "in.txt", 1}}},
		{"log of another", "BenchmarkX\n    x_test.go:7: hello\nBenchmarkX 1 1 ns/op\n--- SKIP: BenchmarkY\n", []Outcome{{Skip, "BenchmarkY", "", "in.txt", 4}}},
		{"not ours", "--- PASS: TestX\ntext --- FAIL: x\n", nil},
		{"last line cut", "--- FAIL: BenchmarkX\n    wh", []Outcome{{Failure, "BenchmarkX", "wh", "in.txt", 1}}},
		{"endless reason", long, []Outcome{{Failure, "BenchmarkX", strings.TrimSpace(strings.Repeat("line\n", maxReason)), "in.txt", 1}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := read(t, test.text)
			if got := r.Outcomes(); !slices.Equal(got, test.want) {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
			if len(r.Problems()) > 0 {
				t.Errorf("unexpected problems %v", r.Problems())
			}
			everything(t, r)
		})
	}
}

func TestConfig(t *testing.T) {
	r := NewResults()
	for i, text := range []string{
		"goos: linux\nengine-goja: v1\n" + legacyLine,
		"engine-goja: v2\ncpu: x\n" + legacyLine,
		"seed: 7\n", // a run that was stopped before its first result
	} {
		if err := r.Add(fmt.Sprintf("%d.txt", i), strings.NewReader(text)); err != nil {
			t.Fatal(err)
		}
	}
	want := []Config{{"goos", "linux"}, {"engine-goja", "v1"}, {"cpu", "x"}, {"seed", "7"}}
	if got := r.Config(); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	const problem = `1.txt:3: results with different conditions are mixed: engine-goja is "v2" here, "v1" before`
	if p := r.Problems(); len(p) != 1 || p[0].String() != problem {
		t.Errorf("got problems %v, want %s", p, problem)
	}
}

func TestReadError(t *testing.T) {
	broken := errors.New("disk on fire")
	r := NewResults()
	err := r.Add("in.txt", io.MultiReader(strings.NewReader(legacyLine+"BenchmarkX 1 "), iotest.ErrReader(broken)))
	if !errors.Is(err, broken) {
		t.Errorf("got error %v, want %v", err, broken)
	}
	if len(r.Counts()) != 1 {
		t.Errorf("got %v, want the line before the error", r.Counts())
	}
	// The next text is read as if nothing had happened.
	if err := r.Add("next.txt", strings.NewReader(optimizedLine)); err != nil || len(r.Counts()) != 2 {
		t.Errorf("after an error: %v, %v", err, r.Counts())
	}
}

// However the bytes arrive, the results are the same.
func TestReadInPieces(t *testing.T) {
	data, err := os.ReadFile("testdata/broken.txt")
	if err != nil {
		t.Fatal(err)
	}
	r := NewResults()
	if err := r.Add("broken.txt", iotest.OneByteReader(strings.NewReader(string(data)))); err != nil {
		t.Fatal(err)
	}
	want := readFile(t, "broken.txt")
	if !slices.Equal(r.Problems(), want.Problems()) || !maps.Equal(r.Counts(), want.Counts()) {
		t.Errorf("byte by byte: %v %v\nat once: %v %v", r.Problems(), r.Counts(), want.Problems(), want.Counts())
	}
}

func TestNames(t *testing.T) {
	for _, test := range []struct {
		name, label, style, await, engine, procs string
		inMatrix                                 bool
	}{
		{"Doxbee/style=async/await=legacy/engine=goja-2", "doxbee", "async", "legacy", "goja", "-2", true},
		{"DoxbeeErrors/style=async/await=legacy/engine=goja/window=1-2", "doxbee-errors (window=1)", "async", "legacy", "goja", "-2", true},
		{"Doxbee/variant=present/style=promise/await=optimized/engine=sobek/window=1", "doxbee (present, window=1)", "promise", "optimized", "sobek", "", true},
		{"X/hooks/style=a/engine=b", "x (hooks)", "a", "", "b", "", true},
		{"X/style=async/engine=goja/engine=twice", "x (engine=twice)", "async", "", "goja", "", true},
		{"HTTPServer2Go/style=s/engine=e", "http-server2-go", "s", "", "e", "", true},
		{"Fib/n=10-2", "Fib/n=10-2", "", "", "", "", false},
		{"", "", "", "", "", "", false},
		{"/style=/engine=x", "/style=/engine=x", "", "", "", "", false},
	} {
		key, label, inMatrix := parseName([]byte(test.name))
		if label != test.label || inMatrix != test.inMatrix || key.style != test.style ||
			key.await != test.await || key.engine != test.engine || key.procs != test.procs {
			t.Errorf("%s: got %q %+v %v", test.name, label, key, inMatrix)
		}
	}
}

// A name's keys are a set: their order does not matter.
func TestKeyOrder(t *testing.T) {
	r := read(t, legacyLine+"BenchmarkDoxbee/engine=goja/await=legacy/style=async-2 1 1 ns/op\n")
	if len(r.cells) != 1 || len(r.Counts()) != 2 {
		t.Errorf("got %d cells and %d names, want 1 and 2", len(r.cells), len(r.Counts()))
	}
}

func TestGomaxprocs(t *testing.T) {
	r := read(t, legacyLine+strings.Replace(legacyLine, "-2\t", "-4\t", 1))
	m := r.matrix()
	if len(m.rows) != 2 || m.rows[0].label != "doxbee [gomaxprocs=2]" || m.rows[1].label != "doxbee [gomaxprocs=4]" {
		t.Errorf("got rows %+v", m.rows)
	}
}

// hostile is what a stranger might put where a name is expected.
func hostile() []string {
	return []string{
		`<script>alert(1)</script>`, `a|b`, "`code`", `</text></svg>`, `"quoted'&amp;`, `[x](javascript:y)`, `![x](y)`,
		"\u202eevil\u202c", "\x00\x01\x1b[31mred\x7f", "\xff\xfe", "\ufeff", "\uffff", "\u2028", `../../etc/passwd`,
		`style="font-family:Liberation`, "日本語のエンジン", "e\u0301\u0301\u0301", `\`, `-->`, `]]>`, `&#0;`, `$x$`, `@everyone`,
		strings.Repeat("x", 10_000), strings.Repeat("W", 300), "%d%s%!", `#`, `*_~`,
	}
}

func TestHostileNames(t *testing.T) {
	var b strings.Builder
	b.WriteString("Unit <b>/op assume=exact\n")
	for i, h := range hostile() {
		fmt.Fprintf(&b, "engine-%s: %s\nawait-%s: legacy=emulated\n", strings.ToLower(h), h, strings.ToLower(h))
		for _, await := range []string{"legacy", "optimized", h} {
			for range 6 {
				fmt.Fprintf(&b, "BenchmarkX%s/style=%s/await=%s/engine=%s 1 %d ns/op 5 %s/op 6 <b>/op\n", h, h, await, h, i+1, h)
			}
		}
		fmt.Fprintf(&b, "Benchmark%s 1 5 ns/op\n--- FAIL: Benchmark%s/style=%s/engine=%s\n    %s\n", h, h, h, h, h)
	}
	r := read(t, b.String())
	if r.Empty() {
		t.Fatal("nothing was read")
	}
	everything(t, r)

	var md strings.Builder
	if err := r.WriteMarkdown(&md); err != nil {
		t.Fatal(err)
	}
	text := textOf(t, r.Tables(), Text)
	for _, bad := range []string{"<script", "</svg", "\x00", "\x1b", "\u202e", "\ufeff", "\xff"} {
		if strings.Contains(md.String(), bad) {
			t.Errorf("Markdown contains %q", bad)
		}
		if bad[0] != '<' && strings.Contains(text, bad) {
			t.Errorf("text tables contain %q", bad)
		}
	}
	link := regexp.MustCompile(`[^\\]\]\(`)
	for line := range strings.Lines(md.String()) {
		ours := strings.HasPrefix(line, "- ") || strings.HasPrefix(line, "![")
		if !ours && link.MatchString(line) {
			t.Errorf("Markdown contains a link: %.200q", line)
		}
		if len(line) > 20_000 {
			t.Errorf("Markdown has a line of %d bytes", len(line))
		}
	}
}

// FuzzRead checks that nothing that can be read makes reading or rendering
// panic, and that SVG stays well-formed.
func FuzzRead(f *testing.F) {
	for _, name := range []string{"testdata/broken.txt", "testdata/gotest.txt"} {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(data))
	}
	small := typical()
	small.workloads, small.rounds, small.engines = small.workloads[:1], 2, small.engines[:1]
	f.Add(small.text())
	f.Add(legacyLine + legacyLine + optimizedLine)
	f.Add(figuresText(1, without("Parallel", "node9", "node22")))
	for _, h := range hostile() {
		f.Add("engine-x: " + h + "\nBenchmark" + h + "/style=a/await=" + h + "/engine=x-2 1 5 ns/op 1e300 x/op\n--- SKIP: Benchmark" + h + "\n  " + h)
	}
	f.Fuzz(func(t *testing.T, text string) {
		everything(t, read(t, text))
	})
}

// Samples of two texts are never partners, even if their numbers fit.
func TestTextsDoNotPair(t *testing.T) {
	legacy := func(ns int) string {
		return fmt.Sprintf("BenchmarkD/style=async/await=legacy/engine=e 1 %d ns/op\n", ns)
	}
	optimized := func(ns int) string {
		return fmt.Sprintf("BenchmarkD/style=async/await=optimized/engine=e 1 %d ns/op\n", ns)
	}
	r := NewResults()
	// In each text the ratio is 0.5; across them it would be 4.5.
	for _, text := range []string{
		strings.Repeat(legacy(1000), 6) + optimized(500),
		legacy(9000) + strings.Repeat(optimized(4500), 6),
	} {
		if err := r.Add("in.txt", strings.NewReader(text)); err != nil {
			t.Fatal(err)
		}
	}
	c := r.comparisons(r.matrix())
	if len(c) != 1 || c[0].ratio.n != 2 || c[0].ratio.Center != 0.5 {
		t.Errorf("got %+v", c)
	}
}

func TestOnlyInterleavedRoundsCancelDrift(t *testing.T) {
	for header, want := range map[string]bool{"rounds: interleaved\n": true, "": false, "rounds: x\n": false} {
		var b strings.Builder
		if err := read(t, header+legacyLine+optimizedLine).WriteMarkdown(&b); err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(b.String(), "drift of the machine cancels"); got != want {
			t.Errorf("%q: says that drift cancels: %v", header, got)
		}
	}
}
