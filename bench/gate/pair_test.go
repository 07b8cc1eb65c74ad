package gate_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"promisebench/bench"
	"promisebench/bench/gate"
	"promisebench/engines"
	"promisebench/engines/goja"
	"promisebench/workloads"
)

func pairMeter() *gate.PairMeter {
	return &gate.PairMeter{
		Time: time.Millisecond, Warmup: 1, Life: 5 * time.Millisecond, Timeout: time.Minute,
		Random: rand.New(rand.NewPCG(1, 2)),
	}
}

// build returns a build that is part of this process: goja, or another engine.
func build(list ...engines.Engine) gate.Build {
	return gate.Build{Source: "this one", Engines: append(list, goja.New())[:1]}
}

// little returns a benchmark with little work in it.
func little(t *testing.T) gate.Benchmark {
	t.Helper()
	filter := bench.Filter{Workloads: []string{"parallel"}, Styles: []string{"async"}}
	list, leftOut, err := gate.Benchmarks([2]gate.Build{build(), build()}, workloads.All(), filter, bench.Setup{Window: 20})
	if err != nil || len(list) != 1 || len(leftOut) > 0 {
		t.Fatalf("%v, left out %v, %v", list, leftOut, err)
	}
	return list[0]
}

// Both sides of a pair do the same: as many batches of as many operations, with
// as many ticks and, apart from what the runtime adds, allocations.
func TestPair(t *testing.T) {
	m := pairMeter()
	for range 2 {
		p := m.Pair(t.Context(), little(t))
		b, h := p[gate.Base], p[gate.Head]
		if b.Err != nil || h.Err != nil {
			t.Fatal(b.Err, h.Err)
		}
		if len(b.Batches) != len(h.Batches) || len(b.Batches) < 2 || b.Warmup != 1 || b.Sample.Ops != h.Sample.Ops ||
			b.Ticks != h.Ticks || b.Ticks != 4 || b.Sample.Heap == nil || b.Sample.Elapsed <= 0 {
			t.Errorf("base %+v, head %+v", b, h)
		}
		if ops := b.Sample.Ops; ops%(100*(len(b.Batches)-1)) != 0 {
			t.Errorf("%d operations in %d batches: a percent of them is no whole number", ops, len(b.Batches)-1)
		}
	}
}

// An injected slowdown is work that head really does and that does not count.
func TestInject(t *testing.T) {
	m := pairMeter()
	m.Inject = 0.02
	p := m.Pair(t.Context(), little(t))
	b, h := p[gate.Base], p[gate.Head]
	if b.Err != nil || h.Err != nil {
		t.Fatal(b.Err, h.Err)
	}
	if want := b.Sample.Ops / 100 * 102; h.Sample.Ops != want {
		t.Errorf("head did %d operations, base %d, want %d", h.Sample.Ops, b.Sample.Ops, want)
	}
	perOp := float64(h.Sample.Elapsed.Nanoseconds()) / float64(h.Sample.Ops)
	if fast := h.Batches[1:].TrimmedMean(0.4); perOp < fast*0.999 || perOp > fast*1.001 {
		t.Errorf("%v ns/op, want %v", perOp, fast)
	}
}

// wrong returns a benchmark that goes wrong on one side.
func wrong(t *testing.T, side gate.Side) gate.Benchmark {
	t.Helper()
	b := little(t)
	b[side].Variant.Result = func(int) int32 { return 1 }
	return b
}

// What goes wrong on one side is an error of that side.
func TestPairFailure(t *testing.T) {
	for _, side := range gate.Sides() {
		p := pairMeter().Pair(t.Context(), wrong(t, side))
		if !errors.Is(p[side].Err, engines.ErrChecksum) || p[1-side].Err != nil {
			t.Errorf("%v: base: %v, head: %v", side, p[gate.Base].Err, p[gate.Head].Err)
		}
	}
	missing := little(t)
	missing[gate.Head].Variant.Requires = "false"
	if p := pairMeter().Pair(t.Context(), missing); p[gate.Base].Err != nil || !p[gate.Head].Skipped() {
		t.Errorf("base: %v, head: %v", p[gate.Base].Err, p[gate.Head].Err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if p := pairMeter().Pair(ctx, little(t)); p[gate.Base].Err == nil {
		t.Error("no error when cancelled")
	}
}
