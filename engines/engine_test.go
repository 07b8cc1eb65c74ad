package engines_test

import (
	"reflect"
	"testing"

	"promisebench/engines"
)

// modes is an engine of which nothing is known but where its await comes from.
type modes struct {
	engines.Engine
	legacy, optimized engines.AwaitSource
}

func (m modes) Await(mode engines.AwaitMode) engines.AwaitSource {
	if mode == engines.Legacy {
		return m.legacy
	}
	return m.optimized
}

func TestOwnAwait(t *testing.T) {
	for _, c := range []struct {
		legacy, optimized engines.AwaitSource
		want              engines.AwaitMode
	}{
		{engines.Emulated, engines.Native, engines.Optimized},        // Node.js 12 and most others
		{engines.Native, engines.Native, engines.Optimized},          // 11, by a flag
		{engines.InertFlag, engines.Native, engines.Optimized},       // 12.0
		{engines.Native, engines.Unavailable, engines.Legacy},        // 10
		{engines.Unavailable, engines.SkipsTicks, engines.Optimized}, // 7 to 9
		{engines.Emulated, engines.Unavailable, ""},
	} {
		if mode, ok := engines.OwnAwait(modes{nil, c.legacy, c.optimized}); mode != c.want || ok != (c.want != "") {
			t.Errorf("legacy %s, optimized %s: %q, %v", c.legacy, c.optimized, mode, ok)
		}
	}
}

type deviant struct{ engines.Engine }

func (deviant) Deviation(engines.Feature) string { return "differs" }

type wrapper struct{ engines.Engine }

func (w wrapper) Unwrap() engines.Engine { return w.Engine }

// An optional interface is found behind wrappers, the outermost first.
func TestAs(t *testing.T) {
	plain := modes{}
	for _, c := range []struct {
		name string
		e    engines.Engine
		want string
	}{
		{"itself", deviant{plain}, "differs"},
		{"wrapped twice", wrapper{wrapper{deviant{plain}}}, "differs"},
		{"embedded without Unwrap", modes{Engine: deviant{plain}}, ""},
		{"has none", wrapper{plain}, ""},
		{"wraps nothing", wrapper{}, ""},
	} {
		if got := engines.Deviation(c.e, engines.Finally); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	if _, ok := engines.As[engines.JustInTime](wrapper{deviant{plain}}); ok {
		t.Error("an interface that nobody has is found")
	}
}

// A sum has what both samples have.
func TestSamplePlus(t *testing.T) {
	heap := func(bytes uint64, objects ...uint64) engines.Sample {
		h := &engines.Heap{Bytes: bytes}
		if len(objects) > 0 {
			h.Objects = &objects[0]
		}
		return engines.Sample{Ops: 1, Elapsed: 2, Heap: h}
	}
	for _, c := range []struct{ a, b, want engines.Sample }{
		{engines.Sample{}, heap(3, 4), heap(3, 4)},
		{heap(3, 4), engines.Sample{}, heap(3, 4)},
		{heap(3, 4), heap(5, 6), engines.Sample{Ops: 2, Elapsed: 4, Heap: heap(8, 10).Heap}},
		{heap(3, 4), heap(5), engines.Sample{Ops: 2, Elapsed: 4, Heap: heap(8).Heap}},
		{heap(3, 4), engines.Sample{Ops: 1}, engines.Sample{Ops: 2, Elapsed: 2}},
	} {
		if got := c.a.Plus(c.b); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%+v plus %+v is %+v", c.a, c.b, got)
		}
	}
}
