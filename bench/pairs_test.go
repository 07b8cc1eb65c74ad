package bench_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"promisebench/bench"
	"promisebench/engines"
)

func duel() *bench.Duel {
	return &bench.Duel{
		Time: time.Millisecond, Warmup: 1, Life: 5 * time.Millisecond, Timeout: time.Minute,
		Random: rand.New(rand.NewPCG(1, 2)),
	}
}

// parallelCell is a benchmark with little work in it.
func parallelCell(t *testing.T) bench.Cell {
	t.Helper()
	list := cells(t, catalog(), bench.Filter{Engines: []string{"goja"}, Workloads: []string{"parallel"}, Styles: []string{"async"}, Awaits: []string{"optimized"}}, 20)
	return list[0]
}

// Both sides of a pair do the same: as many batches of as many operations, with
// as many ticks and, apart from what the runtime adds, allocations.
func TestPair(t *testing.T) {
	c := parallelCell(t)
	d := duel()
	for range 2 {
		p := d.Pair(t.Context(), c, c)
		if p.Base.Err != nil || p.Head.Err != nil {
			t.Fatal(p.Base.Err, p.Head.Err)
		}
		if b, h := p.Base, p.Head; len(b.Batches) != len(h.Batches) || len(b.Batches) < 2 || b.Warmup != 1 || b.Sample.Ops != h.Sample.Ops ||
			b.Ticks != h.Ticks || b.Ticks != 4 || b.Sample.Heap == nil || b.Sample.Elapsed <= 0 {
			t.Errorf("base %+v, head %+v", b, h)
		}
		if ops := p.Base.Sample.Ops; ops%(100*(len(p.Base.Batches)-1)) != 0 {
			t.Errorf("%d operations in %d batches: a percent of them is no whole number", ops, len(p.Base.Batches)-1)
		}
	}
}

// An injected slowdown is work that head really does and that does not count.
func TestInject(t *testing.T) {
	c := parallelCell(t)
	d := duel()
	d.Inject = 0.02
	p := d.Pair(t.Context(), c, c)
	if p.Base.Err != nil || p.Head.Err != nil {
		t.Fatal(p.Base.Err, p.Head.Err)
	}
	if want := p.Base.Sample.Ops / 100 * 102; p.Head.Sample.Ops != want {
		t.Errorf("head did %d operations, base %d, want %d", p.Head.Sample.Ops, p.Base.Sample.Ops, want)
	}
	perOp := float64(p.Head.Sample.Elapsed.Nanoseconds()) / float64(p.Head.Sample.Ops)
	if fast := p.Head.Batches[1:].TrimmedMean(0.4); perOp < fast*0.999 || perOp > fast*1.001 {
		t.Errorf("%v ns/op, want %v", perOp, fast)
	}
}

// What goes wrong on one side is told of that side.
func TestPairFailure(t *testing.T) {
	good := parallelCell(t)
	wrong := good
	wrong.Variant.Result = func(int) int32 { return 1 }
	if p := duel().Pair(t.Context(), good, wrong); p.Base.Err != nil || !errors.Is(p.Head.Err, engines.ErrChecksum) {
		t.Errorf("base: %v, head: %v", p.Base.Err, p.Head.Err)
	}
	if p := duel().Pair(t.Context(), wrong, good); !errors.Is(p.Base.Err, engines.ErrChecksum) || p.Head.Err != nil {
		t.Errorf("base: %v, head: %v", p.Base.Err, p.Head.Err)
	}
	missing := good
	missing.Variant.Requires = "false"
	if p := duel().Pair(t.Context(), good, missing); p.Base.Err != nil || !p.Head.Skipped() {
		t.Errorf("base: %v, head: %v", p.Base.Err, p.Head.Err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if p := duel().Pair(ctx, good, good); p.Base.Err == nil {
		t.Error("no error when cancelled")
	}
}

func TestTrimmedMean(t *testing.T) {
	for _, c := range []struct {
		life bench.Iterations
		part float64
		want float64
	}{
		{bench.Iterations{5, 1, 9, 2, 7}, 0.4, 1.5},
		{bench.Iterations{5, 1, 9, 2, 7}, 1, 4.8},
		{bench.Iterations{5}, 0.4, 5},
	} {
		if got := c.life.TrimmedMean(c.part); got != c.want {
			t.Errorf("%v: the mean of the fastest %v is %v, want %v", c.life, c.part, got, c.want)
		}
	}
}
