package dataset_test

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"promisebench/report/dataset"
	"promisebench/report/reporttest"
	"promisebench/report/unit"
)

const (
	legacyLine    = "BenchmarkDoxbee/style=async/await=legacy/engine=goja-2\t1000\t110000 ns/op\n"
	optimizedLine = "BenchmarkDoxbee/style=async/await=optimized/engine=goja-2\t1000\t45000 ns/op\n"
)

// Executed instructions stand in lines of their own, before or between the times, and
// take no time's place in its round. Layouts are 1 unless something says otherwise.
func TestInstructions(t *testing.T) {
	r := dataset.New()
	const count = "BenchmarkX 1 52345 instructions/op\n"
	text := "layouts: 28\nUnit instructions/op better=lower\n" + count + "BenchmarkX 1 5 ns/op\n" + count + "BenchmarkX 1 6 ns/op\n" + "BenchmarkX 1 7 req/s\n"
	if err := r.Add("in.txt", strings.NewReader(text)); err != nil {
		t.Fatal(err)
	}
	for _, cell := range r.Cells() {
		if times, counts := cell.Values[unit.Time], cell.Values[unit.Instructions]; len(times) != 2 || len(counts) != 2 || counts[1] != 52345 || cell.First.String() != "in.txt:4" {
			t.Errorf("times %v, counts %v, first at %v", times, counts, cell.First)
		}
	}
	if p := r.Problems(); len(p) != 1 || !strings.Contains(p[0].String(), "nothing was measured in sec/op, as at in.txt:4, but in req/s") {
		t.Errorf("problems %v", p)
	}
	if n, stated, err := r.Layouts(); n != 28 || !stated || err != nil {
		t.Errorf("%d layouts, %v, %v", n, stated, err)
	}
	if n, stated, err := dataset.New().Layouts(); n != 1 || stated || err != nil {
		t.Errorf("nothing says it: %d layouts, %v, %v", n, stated, err)
	}
	for _, said := range []string{"0", "many", "-1"} {
		r := dataset.New()
		if err := r.Add("in.txt", strings.NewReader("layouts: "+said+"\n"+count)); err != nil {
			t.Fatal(err)
		}
		if _, _, err := r.Layouts(); err == nil {
			t.Errorf("%s layouts are no error", said)
		}
	}
}

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
			r := reporttest.Read(t, test.text)
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
		})
	}
}

// Wherever a writer is killed, no number may come out that was not written.
func TestCutAnywhere(t *testing.T) {
	text := "goos: linux\n" + legacyLine +
		"BenchmarkDoxbee/style=async/await=optimized/engine=goja-2\t1000\t45012 ns/op\t1234 B/op\t25 ticks/op\n"
	whole := map[float64]bool{110000e-9: true, 45012e-9: true, 1234: true, 25: true}
	for i := range text {
		r := reporttest.Read(t, text[:i])
		for _, c := range r.Cells() {
			for unit, values := range c.Values {
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
	r := reporttest.Read(t, legacyLine+optimizedLine+legacyLine)
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
		want       []dataset.Outcome
	}{
		{"skip", "--- SKIP: BenchmarkX/engine=foo\n    the reason\n", []dataset.Outcome{{dataset.Skip, "BenchmarkX/engine=foo", "the reason", "in.txt", 1}}},
		{"several lines", "--- FAIL: BenchmarkX\n    one\n      two\n\tthree\n" + legacyLine,
			[]dataset.Outcome{{dataset.Failure, "BenchmarkX", "one\n  two\nthree", "in.txt", 1}}},
		{"no reason", "a\n--- SKIP: BenchmarkX\n--- SKIP: BenchmarkY\n", []dataset.Outcome{{dataset.Skip, "BenchmarkX", "", "in.txt", 2}, {dataset.Skip, "BenchmarkY", "", "in.txt", 3}}},
		{"go test", "--- FAIL: BenchmarkX/a\n    x_test.go:6: wrong: got 1\n        want 2\n--- FAIL: BenchmarkX\nFAIL\n",
			[]dataset.Outcome{{dataset.Failure, "BenchmarkX/a", "wrong: got 1\n    want 2", "in.txt", 1}}},
		{"go test -v", "BenchmarkX/a\n    x_test.go:7: why\n--- SKIP: BenchmarkX/a\n", []dataset.Outcome{{dataset.Skip, "BenchmarkX/a", "why", "in.txt", 3}}},
		{"after the name", "BenchmarkX-2  \t--- FAIL: BenchmarkX-2\n    x_test.go:7: why\n", []dataset.Outcome{{dataset.Failure, "BenchmarkX-2", "why", "in.txt", 1}}},
		{"log of another", "BenchmarkX\n    x_test.go:7: hello\nBenchmarkX 1 1 ns/op\n--- SKIP: BenchmarkY\n", []dataset.Outcome{{dataset.Skip, "BenchmarkY", "", "in.txt", 4}}},
		{"not ours", "--- PASS: TestX\ntext --- FAIL: x\n", nil},
		{"last line cut", "--- FAIL: BenchmarkX\n    wh", []dataset.Outcome{{dataset.Failure, "BenchmarkX", "wh", "in.txt", 1}}},
		{"endless reason", long, []dataset.Outcome{{dataset.Failure, "BenchmarkX", strings.TrimSpace(strings.Repeat("line\n", 60)), "in.txt", 1}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := reporttest.Read(t, test.text)
			if got := r.Outcomes(); !slices.Equal(got, test.want) {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
			if len(r.Problems()) > 0 {
				t.Errorf("unexpected problems %v", r.Problems())
			}
		})
	}
}

func TestConditions(t *testing.T) {
	r := dataset.New()
	for i, text := range []string{
		"goos: linux\nengine-goja: v1\n" + legacyLine,
		"engine-goja: v2\ncpu: x\n" + legacyLine,
		"seed: 7\n", // a run that was stopped before its first result
	} {
		if err := r.Add(fmt.Sprintf("%d.txt", i), strings.NewReader(text)); err != nil {
			t.Fatal(err)
		}
	}
	want := []dataset.Condition{{"goos", "linux"}, {"engine-goja", "v1"}, {"cpu", "x"}, {"seed", "7"}}
	if got := r.Conditions(); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	const problem = `1.txt:3: results with different conditions are mixed: engine-goja is "v2" here, "v1" before`
	if p := r.Problems(); len(p) != 1 || p[0].String() != problem {
		t.Errorf("got problems %v, want %s", p, problem)
	}
}

func TestReadError(t *testing.T) {
	broken := errors.New("disk on fire")
	r := dataset.New()
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
	r := dataset.New()
	if err := r.Add("broken.txt", iotest.OneByteReader(strings.NewReader(string(data)))); err != nil {
		t.Fatal(err)
	}
	want := reporttest.ReadFile(t, "testdata/broken.txt")
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
		key, label, inMatrix := dataset.ParseName(test.name)
		if label != test.label || inMatrix != test.inMatrix || key.Style != test.style ||
			key.Await != test.await || key.Engine != test.engine || key.Procs != test.procs {
			t.Errorf("%s: got %q %+v %v", test.name, label, key, inMatrix)
		}
	}
}

// A name's keys are a set: their order does not matter.
func TestKeyOrder(t *testing.T) {
	r := reporttest.Read(t, legacyLine+"BenchmarkDoxbee/engine=goja/await=legacy/style=async-2 1 1 ns/op\n")
	if len(r.Cells()) != 1 || len(r.Counts()) != 2 {
		t.Errorf("got %d cells and %d names, want 1 and 2", len(r.Cells()), len(r.Counts()))
	}
}

func TestGomaxprocs(t *testing.T) {
	r := reporttest.Read(t, legacyLine+strings.Replace(legacyLine, "-2\t", "-4\t", 1))
	m := r.Matrix()
	if len(m.Rows) != 2 || m.Rows[0].Label != "doxbee [gomaxprocs=2]" || m.Rows[1].Label != "doxbee [gomaxprocs=4]" {
		t.Errorf("got rows %+v", m.Rows)
	}
}

// What could not be used is counted for the notes of tables and charts.
func TestUnusedNote(t *testing.T) {
	const bad = "BenchmarkDoxbee/style=async/await=legacy/engine=goja-2 1 NaN ns/op\n"
	six := strings.Repeat(legacyLine+optimizedLine, 6)
	m := reporttest.Read(t, six+bad+bad+strings.ReplaceAll(six, "Doxbee", "Parallel")+"BenchmarkHTTP/framework=koa/engine=node10 1 5 req/s\nBenchmarkHTTP/framework=koa/engine=node10 1 -5 req/s\n").Matrix()
	of := func(workload string) func(dataset.Place) bool {
		return func(p dataset.Place) bool { return p.Workload == workload }
	}
	for _, test := range []struct{ got, want string }{
		{m.UnusedNote(unit.Time, of("Doxbee")), "left out: 2 measurements that could not be used, see the problems in the input"},
		{m.UnusedNote(unit.Time, of("Parallel")), ""},
		{m.UnusedOthers(), "left out: 1 measurement that could not be used, see the problems in the input"},
	} {
		if test.got != test.want {
			t.Errorf("got %q, want %q", test.got, test.want)
		}
	}

	// In a text with a contradiction only that unit is missing.
	r := dataset.New()
	if err := errors.Join(r.Add("a.txt", strings.NewReader("Unit ticks/op assume=exact\n"+legacyLine)),
		r.Add("b.txt", strings.NewReader("Unit ticks/op assume=nothing\n"+strings.Replace(legacyLine, "\n", " 9 ticks/op\n", 1)))); err != nil {
		t.Fatal(err)
	}
	m = r.Matrix()
	if got := m.UnusedNote(unit.Ticks, dataset.Everywhere); !strings.Contains(got, "1 measurement ") {
		t.Errorf("of ticks: %q", got)
	}
	if got := m.UnusedNote(unit.Time, dataset.Everywhere); got != "" {
		t.Errorf("of times: %q", got)
	}
	if n := len(m.Samples(dataset.Place{Row: m.Rows[0], Engine: "goja"}, unit.Time)); n != 2 {
		t.Errorf("%d times", n)
	}
}

// Results from before the unit was renamed are read as today's.
func TestOldUnit(t *testing.T) {
	r := reporttest.Read(t, strings.Replace(legacyLine, "\n", " 1 unsettled\n", 1)+strings.Replace(legacyLine, "\n", " 0 not-steady\n", 1))
	m := r.Matrix()
	if got := m.Samples(dataset.Place{Row: m.Rows[0], Engine: "goja"}, unit.NotSteady); !slices.Equal(got, []float64{1, 0}) || len(r.Problems()) > 0 {
		t.Errorf("got %v, problems %v", got, r.Problems())
	}
}

// What conditions mean stands in one table.
func TestRoles(t *testing.T) {
	for key, want := range map[string]dataset.Role{
		"date": dataset.Log, "seed": dataset.Run, "await-goja": dataset.Run, "results-1": dataset.Run, "engine-goja": dataset.Subject, "go": dataset.Subject,
		"framework-koa": dataset.Subject, "cpu": dataset.Host, "gogc": dataset.Host, "window": dataset.Way, "instructions": dataset.Run, "nobody thought of it": dataset.Way,
	} {
		if got := dataset.RoleOf(key); got != want {
			t.Errorf("%s: got %v, want %v", key, got, want)
		}
	}
	for _, test := range []struct {
		key, base, head string
		want            bool
	}{
		{"cpu", "a", "a", false}, {"cpu", "a", "b", true}, {"cpu", "a", "", true}, {"go", "", "go1.26", true},
		{"engine-goja", "v1", "v2", false}, {"date", "1", "2", false}, {"side", "x", "y", false}, {"shard", "1/2", "2/2", false},
		{"window", "10", "20", true}, {"window", "10", "", false}, {"framework-koa", "1", "2", true}, {"layouts", "28", "", true},
		{"instructions", "valgrind", "the processor", true},
	} {
		if got := dataset.Matters(test.key, test.base, test.head); got != test.want {
			t.Errorf("%s, %q and %q: got %v, want %v", test.key, test.base, test.head, got, test.want)
		}
	}
}
