package gate_test

import (
	"fmt"

	"promisebench/report/gate"
)

// Ten pairs of processes: head is about 3% slower than base, and pairs vary less than
// that.
func ExampleDecide() {
	base := []float64{41.8, 42.1, 41.5, 42.4, 41.9, 42.0, 41.7, 42.2, 41.6, 42.3} // µs
	head := []float64{43.1, 43.3, 42.9, 43.5, 43.2, 43.2, 43.0, 43.6, 42.7, 43.7}
	row := gate.Row{Name: "Doxbee/style=async", Unit: "sec/op", Base: base, Head: head,
		Rules: gate.Rules{MinEffect: gate.DefaultMinEffect, Equivalence: gate.DefaultEquivalence}}
	plan := gate.Plan{Alpha: gate.DefaultAlpha, Confidence: gate.DefaultConfidence, Pairs: 10}
	for _, d := range gate.Decide([]gate.Row{row}, plan, 1) {
		fmt.Printf("%s: head/base %.3f [%.3f, %.3f] of %d pairs\n", d.Verdict, d.Ratio, d.Lo, d.Hi, d.N)
	}
	// Output: regressed: head/base 1.030 [1.028, 1.033] of 10 pairs
}
