package dataset_test

import (
	"fmt"
	"strings"

	"promisebench/report/dataset"
	"promisebench/report/unit"
)

func Example() {
	r := dataset.New()
	err := r.Add("bench.txt", strings.NewReader(`rounds: interleaved
BenchmarkDoxbee/style=async/await=legacy/engine=goja-2	1000	110000 ns/op
BenchmarkDoxbee/style=async/await=optimized/engine=goja-2	1000	45000 ns/op
BenchmarkDoxbee/style=async/await=optimized/engine=goja-2	1000	NaN ns/op
--- SKIP: BenchmarkDoxbee/style=for-await/await=optimized/engine=goja
    goja has no async generators
`))
	if err != nil {
		fmt.Println(err)
	}
	m := r.Matrix()
	for _, row := range m.Rows {
		p := dataset.Place{Row: row, Engine: "goja"}
		fmt.Printf("%s %s %s %v %q\n", row.Label, row.Style, row.Await, m.Samples(p, unit.Time), m.Reasons[p])
	}
	fmt.Println(r.Problems()[0])
	// Output:
	// doxbee async legacy [0.00011] ""
	// doxbee async optimized [4.5e-05] ""
	// doxbee for-await optimized [] "goja has no async generators"
	// bench.txt:4: NaN ns/op is not a possible measurement, line not used: "BenchmarkDoxbee/style=async/await=optimized/engine=goja-2"
}
