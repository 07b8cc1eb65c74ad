package bench_test

import (
	"testing"
	"time"

	"promisebench/bench"
	"promisebench/engines"
	"promisebench/engines/enginetest"
	"promisebench/workloads"
)

// What an engine can't count has no value: no "0 allocs/op".
func TestHeapUnits(t *testing.T) {
	objects := uint64(6)
	for name, c := range map[string]struct {
		heap *engines.Heap
		want map[string]float64
	}{
		"nothing":           {nil, nil},
		"bytes":             {&engines.Heap{Bytes: 100}, map[string]float64{"B/op": 50}},
		"bytes and objects": {&engines.Heap{Bytes: 100, Objects: &objects}, map[string]float64{"B/op": 50, "allocs/op": 3}},
	} {
		o := bench.Outcome{Cell: cell(t, catalog().Engines[0]), Sample: engines.Sample{Ops: 2, Elapsed: time.Second, Heap: c.heap}}
		got := map[string]float64{}
		for _, v := range o.Record().Values {
			if v.Unit == "B/op" || v.Unit == "allocs/op" {
				got[v.Unit] = v.Value
			}
		}
		if len(got) != len(c.want) || got["B/op"] != c.want["B/op"] || got["allocs/op"] != c.want["allocs/op"] {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// cell returns a cell with little work in it.
func cell(t *testing.T, e engines.Engine) bench.Cell {
	t.Helper()
	cat := bench.Catalog{Workloads: workloads.All(), Engines: []engines.Engine{e}}
	list, err := cat.Cells(bench.Filter{Workloads: []string{"parallel"}, Styles: []string{"async"}, Awaits: []string{"optimized"}}, bench.Setup{Window: 100})
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	return list[0]
}

// Two samples of an engine that compiles while it runs have the same B/op within
// 0.1%, of processes that decide about the same things at other times.
func TestHeapOfCompiler(t *testing.T) {
	c := cell(t, enginetest.Host(t, "../engines/hosts/npm", "deno"))
	var perOp [2]float64
	for i := range perOp {
		m := meter() // a new one: each counts a cell once
		m.Time = 20 * time.Millisecond
		o := m.Measure(t.Context(), c)[0]
		if o.Err != nil {
			t.Fatal(o.Err)
		}
		if o.Sample.Heap == nil || o.Sample.Heap.Objects != nil {
			t.Fatalf("heap %+v", o.Sample.Heap)
		}
		perOp[i] = float64(o.Sample.Heap.Bytes) / float64(o.Sample.Ops)
	}
	if ratio := perOp[1] / perOp[0]; ratio < 0.999 || ratio > 1.001 {
		t.Errorf("%v bytes", perOp)
	}
}
