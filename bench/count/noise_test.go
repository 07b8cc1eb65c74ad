package count_test

import (
	"flag"
	"fmt"
	"math"
	"testing"
	"time"

	"gonum.org/v1/gonum/stat"

	"promisebench/bench/count"
	"promisebench/engines/worker"
)

var noise = flag.Int("noise", 0, "processes of one binary whose counts TestNoise tells apart, and layouts")

// TestNoise prints README.md's table: go test ./bench/count -run Noise -noise 20 -v
func TestNoise(t *testing.T) {
	if *noise == 0 {
		t.Skip("-noise N measures it")
	}
	c := valgrind(t)
	command := build(t, "goja", "-ldflags=-s -w")
	layouts := make([]worker.Command, *noise)
	for i := range layouts {
		layouts[i] = build(t, "goja", fmt.Sprintf("-ldflags=-s -w -randlayout=%d", i+1))
	}
	for _, name := range []string{"Doxbee/style=promise/await=optimized", doxbeeAsync, "Parallel/style=promise/await=optimized", parallelAsync} {
		for _, ops := range []int{500, 2000, 0} { // 0 is PerOp's own choice
			one, each, seconds := spread(t, c, name, ops, func(int) worker.Command { return command })
			many, _, _ := spread(t, c, name, ops, func(i int) worker.Command { return layouts[i] })
			t.Logf("%s %d: %.0f instructions/op, SD %.3f%% of one binary, %.3f%% over layouts, %.2f s", name, ops, each, one, many, seconds)
		}
	}
}

// spread returns the standard deviation of samples in percent, their mean, and how
// long one takes.
func spread(t *testing.T, c *count.Counter, name string, ops int, command func(i int) worker.Command) (percent, mean, seconds float64) {
	start := time.Now()
	var counts []float64
	for i := range *noise {
		n, err := sampled(t.Context(), c, cell(t, name, command(i)), ops)
		if err != nil {
			t.Fatal(err)
		}
		counts = append(counts, n)
	}
	mean, variance := stat.MeanVariance(counts, nil)
	return 100 * math.Sqrt(variance) / mean, mean, time.Since(start).Seconds() / float64(*noise)
}
