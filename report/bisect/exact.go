package bisect

import (
	"cmp"
	"math"
	"slices"
)

// Exact is a figure that is the same whenever it is taken, such as ticks or allocations:
// one run of a point tells all, and a binary search finds where it changes.
type Exact struct {
	// Points is how many there are.
	Points int
	// Tolerance is the relative difference that is none.
	Tolerance float64
	// Values are what was found, by points.
	Values map[int]float64
}

// same reports whether two points have the same value.
func (e Exact) same(a, b int) bool {
	x, y := e.Values[a], e.Values[b]
	return math.Abs(x-y) <= e.Tolerance*math.Max(math.Abs(x), math.Abs(y))
}

// Next returns the point whose value is to be found next. ok is false if all is known.
// skipped are the points that have none, which the ends must not be.
func (e Exact) Next(skipped map[int]error) (at int, ok bool) {
	for _, end := range []int{0, e.Points - 1} {
		if _, known := e.Values[end]; !known {
			return end, true
		}
	}
	_, next := e.search(skipped)
	return next, next > 0
}

// Steps returns the changes that are known: a range where the points in between can't be
// measured, or are not yet. A figure that changes and changes back between two points
// that were measured is not noticed.
func (e Exact) Steps(skipped map[int]error) []Step {
	steps, _ := e.search(skipped)
	return steps
}

// search goes from the oldest point on to where the value is another one for the first
// time, again and again, until it is that of the newest point.
func (e Exact) search(skipped map[int]error) (steps []Step, next int) {
	last := e.Points - 1
	for from := 0; !e.same(from, last); {
		before, behind := from, last
		for {
			at, ok := middle(before, behind, skipped)
			if !ok {
				break
			}
			if _, known := e.Values[at]; !known {
				if next == 0 {
					next = at
				}
				break
			}
			if e.same(from, at) {
				before = at
			} else {
				behind = at
			}
		}
		x, y := e.Values[before], e.Values[behind]
		steps = append(steps, Step{Range: Range{before + 1, behind}, Before: x, After: y, Ratio: y / x, Lo: y / x, Hi: y / x})
		from = behind
	}
	return steps, next
}

// middle returns the point nearest to the middle between two others that is not skipped.
func middle(before, behind int, skipped map[int]error) (at int, ok bool) {
	var list []int
	for p := before + 1; p < behind; p++ {
		if skipped[p] == nil {
			list = append(list, p)
		}
	}
	if len(list) == 0 {
		return 0, false
	}
	half := float64(before+behind) / 2
	away := func(p int) float64 { return math.Abs(float64(p) - half) }
	return slices.MinFunc(list, func(a, b int) int { return cmp.Compare(away(a), away(b)) }), true
}
