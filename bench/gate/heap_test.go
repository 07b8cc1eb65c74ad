package gate_test

import (
	"slices"
	"testing"

	"promisebench/bench"
	"promisebench/bench/gate"
	"promisebench/engines/enginetest"
	"promisebench/workloads"
)

// An engine that compiles while it runs has B/op in the first pair, and none where
// the other side has none.
func TestPairHeap(t *testing.T) {
	deno, node := enginetest.Host(t, "../../engines/hosts/npm", "deno"), enginetest.Host(t, "../../engines/hosts/npm", "node24")
	filter := bench.Filter{Workloads: []string{"parallel"}, Styles: []string{"async"}, Awaits: []string{"optimized"}}
	list, _, err := gate.Benchmarks([2]gate.Build{build(deno), build(deno)}, workloads.All(), filter, bench.Setup{Window: 20})
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	var has []bool
	m := pairMeter()
	for range 2 {
		p := m.Pair(t.Context(), list[0])
		for _, o := range p {
			if o.Err != nil {
				t.Fatal(o.Err)
			}
			has = append(has, o.Sample.Heap != nil)
		}
	}
	if want := []bool{true, true, false, false}; !slices.Equal(has, want) {
		t.Errorf("B/op in %v, want %v", has, want)
	}
	mixed := list[0]
	mixed[gate.Base].Engine = node
	p := pairMeter().Pair(t.Context(), mixed)
	if p[gate.Base].Err != nil || p[gate.Head].Err != nil || p[gate.Base].Sample.Heap != nil || p[gate.Head].Sample.Heap != nil {
		t.Errorf("base %+v, head %+v", p[gate.Base], p[gate.Head])
	}
}
