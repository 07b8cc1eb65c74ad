package bisect

import (
	"errors"
	"slices"
	"testing"
)

// find carries an exact search out, and returns how many runs it took: the ends share
// one.
func find(e Exact, value func(int) float64, skipped map[int]error, broken func(int) bool) (steps []Step, runs int) {
	e.Values = map[int]float64{}
	for {
		at, ok := e.Next(skipped)
		if !ok {
			return e.Steps(skipped), runs - 1
		}
		runs++
		if broken != nil && broken(at) {
			skipped[at] = errors.New("does not build")
			continue
		}
		e.Values[at] = value(at)
	}
}

func TestExact(t *testing.T) {
	for at := 1; at <= 64; at++ {
		steps, runs := find(Exact{Points: 65}, func(p int) float64 {
			if p >= at {
				return 4
			}
			return 3
		}, nil, nil)
		if len(steps) != 1 || steps[0].Range != (Range{at, at}) || runs > 7 {
			t.Errorf("step at %d: %v in %d runs", at, steps, runs)
		}
	}
}

func TestExactHole(t *testing.T) {
	steps, _ := find(Exact{Points: 65}, func(p int) float64 { return float64(p / 30) }, map[int]error{}, func(p int) bool { return p >= 25 && p < 33 })
	var ranges []Range
	for _, s := range steps {
		ranges = append(ranges, s.Range)
	}
	if want := []Range{{25, 33}, {60, 60}}; !slices.Equal(ranges, want) {
		t.Errorf("%v, want %v", ranges, want)
	}
}

func TestExactNothing(t *testing.T) {
	steps, runs := find(Exact{Points: 9, Tolerance: 0.01}, func(p int) float64 { return 100 + float64(p)/10 }, nil, nil)
	if len(steps) > 0 || runs != 1 {
		t.Errorf("%v in %d runs", steps, runs)
	}
}
