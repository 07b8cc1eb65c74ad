package ladder

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"promisebench/report/document/documenttest"
	"promisebench/report/reporttest"
)

// climbed is the text of a simulated ladder: a benchmark that got slower by a tenth at the
// twelfth of thirty versions, and one that did not. The 17th can't be measured.
func climbed(name func(string) string) string {
	random := rand.New(rand.NewPCG(3, 4))
	var b strings.Builder
	fmt.Fprintf(&b, "cpu: %s\nladder: %s\nreference: 7.29.0\nversions:", name("a CPU"), name("node"))
	for v := range 30 {
		fmt.Fprintf(&b, " 7.%d.0", v)
	}
	fmt.Fprintf(&b, "\ntitle-7.3.0: %s\ncommand: %s\n", name("a title"), name("promisebench ladder node"))
	pair := 0
	for range 5 {
		for v := range 29 {
			if v == 17 {
				fmt.Fprintf(&b, "--- FAIL: BenchmarkDoxbee/style=async/await=default/engine=node7.17.0-2\n    %s\n", name("it crashes"))
				continue
			}
			pair++
			for i, benchmark := range []string{"Doxbee", "Parallel"} {
				ns := 1000 * math.Exp(0.02*random.NormFloat64())
				if i == 0 && v < 12 {
					ns /= 1.1
				}
				fmt.Fprintf(&b, "pair: %d\nBenchmark%s/style=async/await=default/engine=node7.%d.0-2 100 %.6g ns/op\nBenchmark%[2]s/style=async/await=default/engine=node7.29.0-2 100 1000 ns/op\n", pair, benchmark, v, ns)
			}
		}
	}
	return b.String()
}

func same(s string) string { return s }

func read(t *testing.T, text string) *Report {
	t.Helper()
	r, err := Read("pairs.txt", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestLadder(t *testing.T) {
	r := read(t, climbed(same))
	if len(r.Problems) > 0 {
		t.Error(r.Problems)
	}
	if len(r.series[0].changes.Changes) != 1 || r.series[0].at[r.series[0].changes.Changes[0].At] != 12 || len(r.series[1].changes.Changes) != 0 {
		t.Errorf("%+v", r.series)
	}
	d := r.Document()
	if want := "7.0.0 … 7.29.0: 1 change"; d.Title != want {
		t.Errorf("%s, want %s", d.Title, want)
	}
	all := reporttest.Everything(t, d)
	for _, want := range []string{"7.12.0", "it crashes", "30 versions of node from 7.0.0 to 7.29.0, each measured in pairs with 7.29.0", "a title", "a CPU"} {
		if !strings.Contains(all, want) {
			t.Errorf("%q is missing", want)
		}
	}
	reporttest.Golden(t, "changes.tables", reporttest.Tables(t, d.Chapters[1].Tables[0]))
	reporttest.Golden(t, "ladder.svg", reporttest.SVG(t, d.Charts()[0]))
}

func TestHostile(t *testing.T) {
	for _, h := range reporttest.Hostile() {
		documenttest.CheckPage(t, reporttest.Everything(t, read(t, climbed(func(s string) string { return h + s })).Document()))
	}
}

// What is not of pairs of a version with the reference counts for nothing.
func TestRead(t *testing.T) {
	const head = "ladder: goja=../clone\nreference: bbb\nversions: aaa bbb ccc\n"
	sample := func(pair int, engine, ns string) string {
		return fmt.Sprintf("pair: %d\nBenchmarkX/style=async/await=default/engine=%s-2 100 %s ns/op\n", pair, engine, ns)
	}
	for _, c := range []struct {
		name, text string
		want       [3]int // pairs of the versions
	}{
		{"two pairs", sample(1, "goja.aaa", "10") + sample(1, "goja.bbb", "10") + sample(2, "goja.bbb", "10") + sample(2, "goja.ccc", "20"), [3]int{1, 1, 1}},
		{"half a pair", sample(1, "goja.aaa", "10") + sample(2, "goja.bbb", "10"), [3]int{0, 1, 0}},
		{"without the reference", sample(1, "goja.aaa", "10") + sample(1, "goja.ccc", "10"), [3]int{0, 1, 0}},
		{"no time", sample(1, "goja.aaa", "0") + sample(1, "goja.bbb", "10"), [3]int{0, 1, 0}},
		{"another version", sample(1, "goja.ddd", "10") + sample(1, "goja.bbb", "10"), [3]int{0, 1, 0}},
		{"cut off", sample(1, "goja.aaa", "10") + "BenchmarkX/style=asy", [3]int{0, 1, 0}},
	} {
		r := read(t, head+c.text)
		var got [3]int
		for _, s := range r.series {
			for i, v := range s.at {
				got[v] = s.levels[i].N
			}
		}
		if got != c.want {
			t.Errorf("%s: %v pairs, want %v", c.name, got, c.want)
		}
	}
	for _, text := range []string{"", "ladder: node\n", "ladder: node\nreference: x\nversions: y z\n", strings.Replace(head, "ladder", "bisect", 1)} {
		if r, err := Read("pairs.txt", strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), "pairs.txt is the text of no ladder") {
			t.Errorf("%q: %+v, %v", text, r, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(climbed(same)[:4000])
	f.Fuzz(func(t *testing.T, text string) {
		if r, err := Read("pairs.txt", strings.NewReader(text)); err == nil {
			r.Document()
		}
	})
}
