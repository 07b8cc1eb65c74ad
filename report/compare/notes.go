package compare

import (
	"fmt"
	"math"

	"promisebench/report/change"
	"promisebench/report/gate"
	"promisebench/report/text"
)

// This file says how the numbers of a comparison are to be read, below tables and
// charts.

// tested reports whether any row was, as those of exact metrics are not.
func (c *Comparison) tested() bool {
	for _, r := range c.Rows {
		if r.Kind != gate.Exact {
			return true
		}
	}
	return false
}

// changeNote says what changes and p-values are; "" if nothing was tested.
func (c *Comparison) changeNote() string {
	what, early, adjusted := "geometric mean of head/base over the pairs of processes", ", which holds however early the gate stopped", "all benchmarks and looks"
	switch {
	case !c.tested():
		return ""
	case !c.paired:
		what, early, adjusted = "ratio of the geometric means", "", "all rows"
	}
	return fmt.Sprintf("change: %s, with its %s interval%s; p: of no change, adjusted for %s; "+
		"a change counts if p <= %v and it is at least the minimum effect", what, change.Percent(c.Plan.Confidence), early, adjusted, c.Plan.Alpha)
}

// powerNote says which changes the pairs of this run detect; "" if that has no
// meaning.
func (c *Comparison) powerNote() string {
	least, most := math.Inf(1), 0.0
	for _, r := range c.Rows {
		if r.DetectableEffect > 0 {
			least, most = min(least, r.DetectableEffect), max(most, r.DetectableEffect)
		}
	}
	if most == 0 || most >= 10 {
		return ""
	}
	of := text.Percent(most)
	if text.Percent(least) != of {
		of = text.Percent(least) + " to " + of + ", depending on the benchmark,"
	}
	return fmt.Sprintf("%d pairs detect a change of %s with 95%% power in this noise", c.Plan.Pairs, of)
}
