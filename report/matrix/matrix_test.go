package matrix_test

import (
	"fmt"
	"strings"
	"testing"

	"promisebench/report/await"
	"promisebench/report/dataset"
	"promisebench/report/document"
	"promisebench/report/matrix"
	"promisebench/report/reporttest"
)

func room(r *dataset.Results) *matrix.Room { return matrix.New(r, await.Of(r)) }

// rivals returns results of engines whose times in ns are given by round.
func rivals(style string, engines map[string][]int) string {
	var b strings.Builder
	b.WriteString("rounds: interleaved\nawait-skipping: optimized=skips-ticks\nawait-emulating: legacy=native optimized=emulated\n")
	for engine, times := range engines {
		for _, ns := range times {
			fmt.Fprintf(&b, "BenchmarkDoxbee/style=%s/await=optimized/engine=%s 1 %d ns/op\n", style, engine, ns)
		}
	}
	return b.String()
}

func TestWhoIsFastest(t *testing.T) {
	slow, fast := []int{200, 202, 204, 206, 208, 210}, []int{100, 101, 102, 103, 104, 105}
	mixed := []int{90, 110, 95, 108, 99, 107}
	for _, test := range []struct {
		name    string
		style   string
		engines map[string][]int
		want    string
	}{
		{"clear", "async", map[string][]int{"a": slow, "b": fast}, "In async functions, b is fastest at 1 of 1 workload."},
		{"tie", "async", map[string][]int{"a": mixed, "b": fast}, "In async functions, none is distinguishable as the fastest at any of 1 workload."},
		{"too few", "async", map[string][]int{"a": slow[:3], "b": fast[:3]}, "none is distinguishable"},
		{"other style", "promise", map[string][]int{"a": slow, "b": fast}, "In style promise, b is fastest"},
		{"alone", "async", map[string][]int{"a": slow}, "Only a was measured"},
		{"not by the rules", "async", map[string][]int{"a": slow, "skipping": fast}, "no two engines did the same work"},
		{"not its own", "async", map[string][]int{"a": slow, "emulating": fast}, "no two engines did the same work"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if f := room(reporttest.Read(t, rivals(test.style, test.engines))).Findings()[0]; !strings.Contains(f.Answer, test.want) {
				t.Errorf("got %q, want %q", f.Answer, test.want)
			}
		})
	}
}

func chapter(t *testing.T, r *matrix.Room, id string) document.Chapter {
	t.Helper()
	for _, c := range r.Chapters() {
		if c.ID == id {
			return c
		}
	}
	t.Fatalf("no chapter %s", id)
	return document.Chapter{}
}

func TestSkipsAreFootnotes(t *testing.T) {
	c := chapter(t, room(reporttest.Read(t, "BenchmarkDoxbee/style=async/await=legacy/engine=goja-2 1 110000 ns/op\n"+
		"--- SKIP: BenchmarkDoxbee/style=for-await/await=legacy/engine=goja\n    it lacks async generators\n")), "times")
	got := reporttest.Tables(t, c.Tables...)
	if !strings.Contains(got, "skip²") || !strings.Contains(got, "² skip: it lacks async generators") {
		t.Errorf("got\n%s", got)
	}
}

// A text may have any number of units; a page has tables of some.
func TestManyUnits(t *testing.T) {
	var b strings.Builder
	b.WriteString("BenchmarkDoxbee/style=async/await=legacy/engine=goja-2 1")
	for i := range 25 {
		fmt.Fprintf(&b, " %d unit%02d/op", i+1, i)
	}
	r := room(reporttest.Read(t, b.String()+"\n"))
	if c := chapter(t, r, "counts"); len(c.Tables) != 20 || len(c.Text) != 1 || !strings.Contains(c.Text[0], "5 more units") {
		t.Errorf("got %d tables and %q", len(c.Tables), c.Text)
	}
	if c := chapter(t, r, "units"); len(c.Tables) != 5 || c.Only&document.Page != 0 {
		t.Errorf("got %d tables, shown on %b", len(c.Tables), c.Only)
	}
}
