package changepoint_test

import (
	"fmt"
	"math"

	"promisebench/report/changepoint"
)

// Medians of sixteen runs, of which those from the ninth on are slower.
func ExampleFind() {
	times := []float64{50.1, 49.2, 51.0, 50.4, 48.9, 50.8, 49.7, 50.2, 55.3, 54.6, 56.1, 55.0, 54.2, 55.8, 55.4, 54.9} // µs
	logs := make([]float64, len(times))
	for i, t := range times {
		logs[i] = math.Log(t)
	}
	found := changepoint.Find([][]float64{logs}, changepoint.Plan{FDR: 0.05, Confidence: 0.95, Seed: 1})
	for _, c := range found[0].Changes {
		percent := func(shift float64) float64 { return 100 * math.Expm1(shift) }
		fmt.Printf("from run %d on: %+.1f%% [%+.1f%%, %+.1f%%]\n", c.At+1, percent(c.Shift), percent(c.Lo), percent(c.Hi))
	}
	// Output:
	// from run 9 on: +10.2% [+8.6%, +11.8%]
}
