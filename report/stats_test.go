package report

import (
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"
)

func TestPairs(t *testing.T) {
	const round = "BenchmarkX/style=async/await=legacy/engine=e 1 %d ns/op\nBenchmarkX/style=async/await=optimized/engine=e 1 %s ns/op\n"
	for _, test := range []struct {
		name      string
		optimized []string // legacy is 100, 200, 300 …
		want      string
		n         int
		unequal   bool
	}{
		{"half", []string{"50", "100", "150", "200", "250", "300"}, "0.500 [0.500, 0.500]", 6, false},
		// The samples' order counts: sorted, the ratios would all be 1/2.
		{"order", []string{"300", "250", "200", "150", "100", "50"}, "0.521 [0.0833, 3.00]", 6, false},
		{"a bad time keeps its place", []string{"50", "NaN", "150", "200", "250", "300", "350"}, "0.500 [0.500, 0.500]", 6, true},
		{"a broken line keeps its place", []string{"50", "?", "150", "200", "250", "300", "350"}, "0.500 [0.500, 0.500]", 6, true},
		{"too few", []string{"50", "100", "150", "200", "250"}, "n too small", 5, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			var b strings.Builder
			for i, o := range test.optimized {
				fmt.Fprintf(&b, round, 100*(i+1), o)
			}
			r := read(t, b.String())
			list := r.comparisons(r.matrix())
			if len(list) != 1 {
				t.Fatalf("got %d comparisons, want 1", len(list))
			}
			c := list[0]
			if c.String() != test.want || c.ratio.n != test.n || c.unequal != test.unequal {
				t.Errorf("got %s n=%d unequal=%v, want %s n=%d unequal=%v", c, c.ratio.n, c.unequal, test.want, test.n, test.unequal)
			}
		})
	}
}

// comparing returns the comparison of two samples.
func comparing(old, new []float64) comparison {
	r := NewResults()
	m := r.layOut()
	before, after := place{row{await: legacy}, "e"}, place{row{await: optimized}, "e"}
	m.cells[before] = &cell{values: map[string][]float64{"sec/op": old}}
	m.cells[after] = &cell{values: map[string][]float64{"sec/op": new}}
	return r.compare(m, before, after)
}

// A machine that is slower as a whole changes no ratio.
func TestScaleInvariance(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		n := 6 + rng.IntN(20)
		factor := math.Exp2(float64(rng.IntN(20) - 10)) // exact in binary
		var old, new, oldScaled, newScaled []float64
		for range n {
			o, w := rng.ExpFloat64()+0.1, rng.ExpFloat64()+0.1
			old, new = append(old, o), append(new, w)
			oldScaled, newScaled = append(oldScaled, o*factor), append(newScaled, w*factor)
		}
		a, b := comparing(old, new), comparing(oldScaled, newScaled)
		if a.String() != b.String() || a.delta != b.delta || a.test != b.test || a.verdict() != b.verdict() {
			t.Fatalf("scaled by %v: got %v %s %s, want %v %s %s", factor, b, b.delta, b.test, a, a.delta, a.test)
		}
	}
}

// If nothing changed, the interval of the ratio contains 1 in at least 95 % of
// experiments, also on a machine that drifts. This is what its name promises.
func TestIntervalCoverage(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for _, n := range []int{6, 8, 10, 20} {
		const trials = 4000
		covered := 0
		for range trials {
			var old, new []float64
			speed := 1.0
			for range n {
				speed *= math.Exp(0.1 * rng.NormFloat64())
				old = append(old, speed*math.Exp(0.03*rng.NormFloat64()))
				new = append(new, speed*math.Exp(0.03*rng.NormFloat64()))
			}
			if comparing(old, new).verdict() == undecided {
				covered++
			}
		}
		// Three standard errors of the simulation: it is seeded, so this test
		// does not flicker, but another seed should pass as well.
		least := 0.95 - 3*math.Sqrt(0.95*0.05/trials)
		if got := float64(covered) / trials; got < least {
			t.Errorf("n=%d: the interval contains 1 in %.2f %% of the trials, want 95 %%", n, 100*got)
		} else {
			t.Logf("n=%d: %.2f %%", n, 100*got)
		}
	}
}

func TestVerdict(t *testing.T) {
	constant := func(v float64) []float64 { return []float64{v, v, v, v, v, v} }
	for _, test := range []struct {
		old, new []float64
		want     verdict
	}{
		{constant(2), constant(1), faster},
		{constant(1), constant(2), slower},
		{constant(1), constant(1), undecided},
		{constant(2)[:5], constant(1)[:5], undecided},
	} {
		if got := comparing(test.old, test.new).verdict(); got != test.want {
			t.Errorf("%v to %v: got %v, want %v", test.old, test.new, got, test.want)
		}
	}
}

func TestThreeDigits(t *testing.T) {
	for v, want := range map[float64]string{
		0.409: "0.409", 1: "1.00", 0.9996: "1.000", 12.34: "12.3", 123.4: "123", 1234: "1234", 0.01234: "0.0123", 1e-9: "1e-09", 2e7: "2e+07",
	} {
		if got := threeDigits(v); got != want {
			t.Errorf("threeDigits(%v) = %s, want %s", v, got, want)
		}
	}
}

func TestTicks(t *testing.T) {
	for _, test := range []struct {
		lo, hi float64
		want   string
	}{
		{5.9e-6, 130e-6, "10 µs,20 µs,50 µs,100 µs"},
		{0.9e-6, 1.1e-3, "1 µs,2 µs,5 µs,10 µs,20 µs,50 µs,100 µs,200 µs,500 µs,1 ms"},
		{0.9e-9, 11, "1 ns,1 µs,1 ms,1 s"},
	} {
		var labels []string
		for _, tick := range logTicks(test.lo, test.hi, timeText) {
			if tick.Label != "" {
				labels = append(labels, tick.Label)
			}
		}
		if got := strings.Join(labels, ","); got != test.want {
			t.Errorf("log ticks from %v to %v: got %s, want %s", test.lo, test.hi, got, test.want)
		}
	}
	for _, test := range []struct {
		hi   float64
		want string
	}{
		{1.1, "0 0.2 0.4 0.6 0.8 1"},
		{120, "0 25 50 75 100"},
		{7, "0 2 4 6"},
		{3e-12, "0 1e-12 2e-12 3e-12"},
	} {
		var labels []string
		for _, tick := range linearTicks(0, test.hi, 1, number) {
			labels = append(labels, tick.Label)
		}
		if got := strings.Join(labels, " "); got != test.want {
			t.Errorf("linear ticks to %v: got %s, want %s", test.hi, got, test.want)
		}
	}
}

// However the times lie, an axis has a few labels and contains all marks.
func TestAxes(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	for range 500 {
		lo := math.Pow(10, 24*rng.Float64()-15)
		hi := min(lo*math.Pow(10, 6*rng.Float64()*rng.Float64()), maxSeconds)
		var shown []summary
		for _, v := range []float64{lo, hi} {
			s := summary{n: 8, unit: "sec/op"}
			s.Center, s.Lo, s.Hi = v, v, v
			shown = append(shown, s)
		}
		a := timeAxis(shown)
		if a.max < hi || a.min > lo || a.log && !(a.min > 0) {
			t.Fatalf("axis %v to %v does not hold %v to %v", a.min, a.max, lo, hi)
		}
		labels := 0
		ticks := linearTicks(0, a.max, a.scale, a.tick)
		if a.log {
			ticks = logTicks(a.min, a.max, a.tick)
		}
		for _, tick := range ticks {
			if tick.Label != "" {
				labels++
			}
		}
		if labels < 2 || labels > 12 {
			t.Errorf("axis for %v to %v has %d labels", lo, hi, labels)
		}
	}
}

func TestTable(t *testing.T) {
	table := Table{
		Title:  "A <title>",
		Header: []string{"name", "value"},
		Rows:   [][]string{{"a|b", "1"}, {"two\nlines", "22"}, {"short"}, {"one", "too", "many"}},
		Align:  []Align{Left, Right},
		Notes:  []string{"first *note*", "second"},
	}
	const wantText = `A <title>

 name   value
──────────────
 a|b        1
 two       22
 lines
 short
 one      too
 first *note*
 second
`
	const wantMarkdown = `### A &lt;title&gt;

| name         | value |
|:-------------|------:|
| a\|b         |     1 |
| two<br>lines |    22 |
| short        |       |
| one          |   too |

first \*note\*\
second
`
	if got := textOf(t, []Table{table}, Text); got != wantText {
		t.Errorf("text: got\n%s\nwant\n%s", got, wantText)
	}
	if got := textOf(t, []Table{table}, Markdown); got != wantMarkdown {
		t.Errorf("markdown: got\n%s\nwant\n%s", got, wantMarkdown)
	}
	for _, empty := range []Table{{}, {Header: []string{"a"}}, {Rows: [][]string{{"x"}}}, {Header: []string{"a", "b"}, Rows: [][]string{nil}, Key: 1}} {
		textOf(t, []Table{empty}, Text)
		textOf(t, []Table{empty}, Markdown)
	}
}

// A table that is too wide for a terminal is split, and no column is lost.
func TestTableSplit(t *testing.T) {
	table := Table{Header: []string{"key"}, Rows: [][]string{{"k"}}, Key: 1}
	for i := range 12 {
		table.Header = append(table.Header, fmt.Sprintf("engine-number-%d", i))
		table.Rows[0] = append(table.Rows[0], fmt.Sprintf("value-%d!", i))
	}
	text := textOf(t, []Table{table}, Text)
	for i := range 12 {
		if strings.Count(text, fmt.Sprintf("value-%d!", i)) != 1 {
			t.Errorf("column %d is not shown once", i)
		}
	}
	for line := range strings.Lines(text) {
		if n := len([]rune(line)); n > textWidth+1 {
			t.Errorf("line of %d columns", n)
		}
	}
	if markdown := textOf(t, []Table{table}, Markdown); strings.Count(markdown, "key") != 1 {
		t.Errorf("Markdown is split:\n%s", markdown)
	}
}

// The errors of a writer reach the caller.
func TestWriteErrors(t *testing.T) {
	r := readFile(t, "typical.txt")
	if err := r.Tables()[0].Write(failing(), Text); err == nil {
		t.Error("Table.Write: no error")
	}
	if err := r.Charts()[0].WriteSVG(failing()); err == nil {
		t.Error("Chart.WriteSVG: no error")
	}
	if err := r.WriteMarkdown(failing()); err == nil {
		t.Error("WriteMarkdown: no error")
	}
}

func failing() io.Writer {
	pr, pw := io.Pipe()
	pr.CloseWithError(iotest.ErrTimeout)
	return pw
}

// What an emulated mode's numbers are must stand wherever they do.
func TestEmulationIsSaid(t *testing.T) {
	r := readFile(t, "typical.txt")
	const note = "await=legacy is emulated on goja, sobek, quickjs"
	for _, table := range r.Tables()[:2] {
		if !strings.Contains(strings.Join(table.Notes, "\n"), note) {
			t.Errorf("table %q does not say it", table.Title)
		}
	}
	for _, c := range r.Charts() {
		if !strings.Contains(c.caption, note) {
			t.Errorf("chart %s does not say it", c.ID)
		}
	}
}

// The order of the lines of different cells in a text changes nothing.
func TestOrderOfCells(t *testing.T) {
	var a, b strings.Builder
	lines := strings.SplitAfter(typical().text(), "\n")
	var header, results []string
	for _, line := range lines {
		if strings.HasPrefix(line, "Benchmark") {
			results = append(results, line)
		} else {
			header = append(header, line)
		}
	}
	if err := read(t, strings.Join(header, "")+strings.Join(results, "")).WriteMarkdown(&a); err != nil {
		t.Fatal(err)
	}
	perRound := len(results) / 8
	rng := rand.New(rand.NewPCG(9, 10))
	for i := range 8 {
		round := results[i*perRound : (i+1)*perRound]
		rng.Shuffle(len(round), func(i, j int) { round[i], round[j] = round[j], round[i] })
	}
	if err := read(t, strings.Join(header, "")+strings.Join(results, "")).WriteMarkdown(&b); err != nil {
		t.Fatal(err)
	}
	if a.String() != b.String() {
		t.Error("shuffling the cells within the rounds changes the report")
	}
}
