package compare_test

import (
	"fmt"
	"strings"

	"promisebench/report/compare"
	"promisebench/report/dataset"
	"promisebench/report/gate"
)

// One tick more is a regression, however few samples there are: ticks do not vary.
func ExampleNew() {
	read := func(name, text string) *dataset.Results {
		r := dataset.New()
		if err := r.Add(name, strings.NewReader(text)); err != nil {
			fmt.Println(err)
		}
		return r
	}
	const unit = "Unit ticks/op better=lower assume=exact\n"
	base := read("base.txt", unit+"BenchmarkDoxbee 400 45012 ns/op 9 ticks/op\n")
	head := read("head.txt", unit+"BenchmarkDoxbee 400 45107 ns/op 10 ticks/op\n")

	config, err := gate.Config{}.Complete()
	if err != nil {
		fmt.Println(err)
		return
	}
	c, err := compare.New([]compare.Pair{{Base: base, Head: head}}, config)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range c.Rows {
		fmt.Printf("%s %s: %v\n", r.Name, r.Unit, r.Verdict)
	}
	fmt.Println(c.Err())
	// Output:
	// Doxbee sec/op: inconclusive
	// Doxbee ticks/op: regressed
	// head is slower than base: 1 regressed, 1 inconclusive
}
