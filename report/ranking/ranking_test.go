package ranking_test

import (
	"strings"
	"testing"

	"promisebench/report/dataset"
	"promisebench/report/ranking"
	"promisebench/report/reporttest"
	"promisebench/report/stats"
	"promisebench/report/unit"
)

func entry(name string, seconds ...float64) ranking.Entry {
	return ranking.Entry{Name: name, Seconds: seconds, Time: stats.Median(seconds, unit.Time)}
}

// Times of six rounds: those of wide hold 100 and are never surely more or less.
func fast(name string) ranking.Entry { return entry(name, 100, 101, 102, 103, 104, 105) }
func slow(name string) ranking.Entry { return entry(name, 200, 202, 204, 206, 208, 210) }
func wide(name string) ranking.Entry { return entry(name, 90, 120, 95, 118, 99, 117) }

func of(label string, entries ...ranking.Entry) ranking.Ranking {
	return ranking.Of(dataset.Row{Label: label}, entries)
}

// Whoever is not distinguishable from the fastest may be the fastest as well.
func TestOf(t *testing.T) {
	for _, test := range []struct {
		name              string
		entries           []ranking.Entry
		first, next, lead string
	}{
		{"clear", []ranking.Entry{slow("b"), fast("a")}, "a", "b", "2.00 [2.00, 2.00]"},
		{"tie", []ranking.Entry{wide("b"), fast("a")}, "a, b", "", ""},
		{"tie behind which one is slower", []ranking.Entry{slow("c"), wide("b"), fast("a")}, "a, b", "c", "2.00 [2.00, 2.00]"},
		{"too few samples", []ranking.Entry{entry("b", 200, 202, 204), entry("a", 100, 101, 102)}, "a, b", "", ""},
		{"alone", []ranking.Entry{slow("a")}, "a", "", ""},
		{"equal", []ranking.Entry{fast("b"), fast("a")}, "b, a", "", ""},
	} {
		r := of("doxbee", test.entries...)
		if r.Names() != test.first || r.Next != test.next || (r.Lead.N > 0) != (test.next != "") || r.Lead.N > 0 && r.Lead.String() != test.lead {
			t.Errorf("%s: first %s, next %q, lead %s", test.name, r.Names(), r.Next, r.Lead)
		}
		cells := r.Cells()
		if tied := strings.HasSuffix(cells[0].Text, " (not distinguishable)"); len(cells) != len(ranking.Columns("engines")) || tied != strings.Contains(test.first, ",") {
			t.Errorf("%s: cells %+v", test.name, cells)
		}
	}
}

func TestTally(t *testing.T) {
	a, b, tie := of("x", fast("a"), slow("b")), of("x", slow("a"), fast("b")), of("x", fast("a"), wide("b"))
	for _, test := range []struct {
		list []ranking.Ranking
		want string
	}{
		{[]ranking.Ranking{a}, "a is fastest at 1 of 1 workload"},
		{[]ranking.Ranking{b, a, a, tie}, "a is fastest at 2 of 4 workloads, b at 1; 1 is inconclusive"},
		{[]ranking.Ranking{b, tie, tie}, "b is fastest at 1 of 3 workloads; 2 are inconclusive"},
		{[]ranking.Ranking{tie, tie}, "none is distinguishable as the fastest at any of 2 workloads"},
		{[]ranking.Ranking{b, a}, "b is fastest at 1 of 2 workloads, a at 1"}, // as often: in the order of the list
		{nil, "none is distinguishable as the fastest at any of 0 workloads"},
	} {
		if got := ranking.Tally(test.list, "workload"); got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}

// A table of findings marks ties, and counts what it has no room for.
func TestTable(t *testing.T) {
	list := []ranking.Ranking{of("clear", fast("a"), slow("b")), of("tied", fast("a"), wide("b")), of("alone", fast("a"))}
	got := reporttest.Tables(t, ranking.Table("Who", "workload", "fastest engine", list))
	for _, want := range []string{"2.00 [2.00, 2.00]", "a, b¹", "¹ not distinguishable at 95%: the interval of their ratio contains 1"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	for len(list) < 9 {
		list = append(list, list[0])
	}
	if table := ranking.Table("Who", "workload", "fastest engine", list); len(table.Rows) != 8 || table.Notes[len(table.Notes)-1] != "and 1 more workload, below" {
		t.Errorf("%d rows, notes %q", len(table.Rows), table.Notes)
	}
}
