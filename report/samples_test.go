package report

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// timesText returns results of one benchmark with these times in ns.
func timesText(times ...float64) string {
	var b strings.Builder
	for _, ns := range times {
		fmt.Fprintf(&b, "BenchmarkDoxbee/style=async/await=optimized/engine=e 1 %v ns/op\n", ns)
	}
	return b.String()
}

// Every sample is in the chart: as a dot, in a heap of many, or as one that lies
// beyond the axis.
func TestSamplesInChart(t *testing.T) {
	nine := []float64{100, 101, 101, 101, 101, 101, 101, 103, 150}
	var many []float64
	for i := range maxDots + 1 {
		many = append(many, 100+float64(i%7))
	}
	const key = 7 // dots of the legend
	for _, test := range []struct {
		name  string
		times []float64
		dots  int // without the legend
		says  string
	}{
		{"one", nine[:1], 0, ""},
		{"two", nine[:2], 2, "each dot: one sample"},
		{"nine, most of them in one place", nine, 9, "each dot: one sample"},
		{"far away", append([]float64{5000, 9000}, nine...), 9, "beyond the axis, marked by triangles at its end: 2 samples"},
		{"many", many, 0, "the thicker, the more samples lie there"},
	} {
		t.Run(test.name, func(t *testing.T) {
			drawn := svg(t, read(t, timesText(test.times...)).Charts()[0])
			dots := 0
			for _, path := range regexp.MustCompile(`<path d="([^"]*)"[^>]*stroke-width:1\.7`).FindAllStringSubmatch(drawn, -1) {
				dots += strings.Count(path[1], "M")
			}
			if test.dots > 0 {
				dots -= key
			}
			if dots != test.dots {
				t.Errorf("%d dots, want %d", dots, test.dots)
			}
			if text := strings.Join(texts(drawn), " "); !strings.Contains(text, test.says) || test.says == "" && strings.Contains(text, "each dot") {
				t.Errorf("no %q in %s", test.says, text)
			}
		})
	}
}

// texts returns what is written in a drawing.
func texts(svg string) []string {
	var list []string
	for _, match := range regexp.MustCompile(`<text [^>]*>([^<]*)</text>`).FindAllStringSubmatch(svg, -1) {
		list = append(list, match[1])
	}
	return list
}

// A reader of a few far samples must still be able to compare the rest.
func TestReach(t *testing.T) {
	r := read(t, timesText(100, 101, 102, 103, 104, 105, 9000))
	s := r.summary(r.matrix(), place{row{"Doxbee", "doxbee", "async", optimized}, "e"}, "sec/op")
	lo, hi := reach([]summary{s}, 90e-9, 110e-9)
	if lo != 90e-9 || hi != 220e-9 {
		t.Errorf("reaches from %v to %v", lo, hi)
	}
}

func TestShortLines(t *testing.T) {
	for in, want := range map[string]string{
		"M1,2L3,2L3,5L4,6ZM10,10.04L10.06,10": "M1,2h2v3l1,1Zm9,8h0.1",
		"M123.456,7L3,-2":                     "M123.5,7l-120.5-9",
		"M1,2A1,1,0,0,0,3,4":                  "M1,2A1,1,0,0,0,3,4",
		"M1,2L1e9,3":                          "M1,2L1e9,3",
		"":                                    "",
		"x":                                   "x",
	} {
		if got := shortLines(in); got != want {
			t.Errorf("%s: got %s, want %s", in, got, want)
		}
	}
}
