package chart

import (
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"

	"promisebench/report/text"
)

// Names of lines move as little as it takes to be apart, and stay beside the panel.
func TestApart(t *testing.T) {
	for _, test := range []struct{ wanted, want []vg.Length }{
		{nil, []vg.Length{}},
		{[]vg.Length{50}, []vg.Length{50}},
		{[]vg.Length{80, 50}, []vg.Length{80, 50}},
		{[]vg.Length{50, 50}, []vg.Length{55, 45}},
		{[]vg.Length{50, 50, 50}, []vg.Length{60, 50, 40}},
		{[]vg.Length{52, 50, 10}, []vg.Length{56, 46, 10}},
		{[]vg.Length{2, 1, 0}, []vg.Length{20, 10, 0}},
		{[]vg.Length{200, 100}, []vg.Length{100, 90}},
		{[]vg.Length{62, 50, 50, 38}, []vg.Length{65, 55, 45, 35}},
	} {
		if got := apart(test.wanted, 10, 0, 100); !slices.Equal(got, test.want) {
			t.Errorf("%v: %v, want %v", test.wanted, got, test.want)
		}
	}
}

func labels(ticks []plot.Tick) string {
	var list []string
	for _, tick := range ticks {
		if tick.Label != "" {
			list = append(list, tick.Label)
		}
	}
	return strings.Join(list, ", ")
}

// Ticks are round, and neither few nor many.
func TestTicks(t *testing.T) {
	for _, test := range []struct {
		axis Axis
		want string
	}{
		{Axis{Log: true, Min: 5.9e-6, Max: 130e-6, Tick: text.Time}, "10 µs, 20 µs, 50 µs, 100 µs"},
		{Axis{Log: true, Min: 0.9e-6, Max: 1.1e-3, Tick: text.Time}, "1 µs, 2 µs, 5 µs, 10 µs, 20 µs, 50 µs, 100 µs, 200 µs, 500 µs, 1 ms"},
		{Axis{Log: true, Min: 0.9e-9, Max: 11, Tick: text.Time}, "1 ns, 1 µs, 1 ms, 1 s"},
		{Axis{Max: 1.1}, "0, 0.2, 0.4, 0.6, 0.8, 1"},
		{Axis{Max: 120}, "0, 25, 50, 75, 100"},
		{Axis{Max: 7}, "0, 2, 4, 6"},
		{Axis{Max: 3e-12}, "0, 1e-12, 2e-12, 3e-12"},
		{Axis{Max: 200, Scale: 60}, "0, 60, 120, 180"},
		{Axis{Max: 9, Ticks: []float64{1, 8}}, "1, 8"},
	} {
		if got := labels(test.axis.ticks(test.axis.Min, test.axis.Max)); got != test.want {
			t.Errorf("%+v: got %s, want %s", test.axis, got, test.want)
		}
	}
}
