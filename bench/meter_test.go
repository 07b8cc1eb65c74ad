package bench_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"promisebench/bench"
	"promisebench/engines"
	"promisebench/engines/enginetest"
	"promisebench/engines/goja"
	"promisebench/engines/quickjs"
	"promisebench/engines/sobek"
)

// uncollecting is an engine that says that it can do without Go's collector.
type uncollecting struct{ engines.Engine }

func (e uncollecting) WithoutCollector() (engines.Engine, bool) { return e.Engine, true }

// What the collector costs is measured in six samples of a cell, in the engine's own
// await only, and the text has the batches of both processes.
func TestCollectorApart(t *testing.T) {
	cat := catalog()
	cat.Engines = []engines.Engine{uncollecting{goja.New()}}
	list := cells(t, cat, bench.Filter{Workloads: []string{"parallel"}, Styles: []string{"async"}}, 10)
	list = []bench.Cell{list[0], list[len(list)-1]}
	if list[0].Await != engines.Legacy || list[1].Await != engines.Optimized {
		t.Fatal(names(list))
	}
	m := meter()
	for sample := range 8 {
		for i, o := range m.Measure(t.Context(), list...) {
			if o.Err != nil {
				t.Fatal(o.Err)
			}
			var out strings.Builder
			if err := bench.NewLog(&out, 1).Record(o.Record()); err != nil {
				t.Fatal(err)
			}
			want := i == 1 && sample < 6
			value, life := strings.Contains(out.String(), " with-gc-ns/op "), strings.Contains(out.String(), ", with-gc-ns/op, 1 left out: ")
			if value != want || life != want || (o.Collected != nil) != want {
				t.Errorf("sample %d of %s has the collector apart: %v, want %v:\n%s", sample, o.Cell.Name(), value, want, out.String())
			}
			// Fewer where a batch takes longer than it should, but enough for the mean
			// of the fastest.
			if n := len(o.Batches); n < 5 || n > 7 || o.Warmup != 1 || !strings.Contains(out.String(), ", ns/op, 1 left out: ") {
				t.Errorf("%d batches, %d left out:\n%s", n, o.Warmup, out.String())
			}
		}
	}
}

// Cells that are measured side by side fail one by one.
func TestFailureBeside(t *testing.T) {
	broken := rewritten(t, "parallel", "async", "async function operation() { throw new Error('no'); }")
	cat := catalog()
	cat.Workloads = append(cat.Workloads[:0:0], broken)
	bad := cells(t, cat, bench.Filter{Styles: []string{"async"}}, 10)[0]
	good := cells(t, on("goja"), bench.Filter{Workloads: []string{"parallel"}, Styles: []string{"async"}}, 10)[0]
	list := meter().Measure(t.Context(), good, bad, good)
	if list[0].Err != nil || list[2].Err != nil || list[1].Err == nil {
		t.Errorf("%v, %v, %v", list[0].Err, list[1].Err, list[2].Err)
	}
}

// An operation that throws when it is started, long after the first ones, is named with
// what it threw, also by hosts, which can't say so before they are asked again.
func TestThrowsLate(t *testing.T) {
	broken := rewritten(t, "parallel", "async", "function operation(i) { if (i === 15) throw new Error('boom'); return Promise.resolve(0); }")
	for _, e := range []engines.Engine{on("goja").Engines[0], on("quickjs").Engines[0], enginetest.Host(t, "../engines/hosts/npm", "node24")} {
		cat := bench.Catalog{Engines: []engines.Engine{e}}
		cat.Workloads = append(cat.Workloads, broken)
		c := cells(t, cat, bench.Filter{Styles: []string{"async"}, Awaits: []string{"optimized"}}, 10)[0]
		if err := meter().Measure(t.Context(), c)[0].Err; err == nil || !strings.Contains(err.Error(), "operation 15 threw") || !strings.Contains(err.Error(), "boom") {
			t.Errorf("%s: %v", e.Name(), err)
		}
	}
}

// noted is an engine that tells which cell's batches it runs.
type noted struct {
	engines.Engine
	note func(await engines.AwaitMode)
}

func (e noted) Open(ctx context.Context, opts engines.Options) (engines.Realm, error) {
	realm, err := e.Engine.Open(ctx, opts)
	return notedRealm{realm, func() { e.note(opts.Await) }}, err
}

type notedRealm struct {
	engines.Realm
	note func()
}

func (r notedRealm) Run(ctx context.Context, b engines.Batch) (engines.Sample, error) {
	r.note()
	return r.Realm.Run(ctx, b)
}

// Partners take their turns one behind the other, in random order, and so do groups of
// partners.
func TestTurnsOfPartners(t *testing.T) {
	var turns []string
	cat := catalog()
	cat.Engines = nil
	for _, e := range []engines.Engine{goja.New(), quickjs.New(), sobek.New()} {
		cat.Engines = append(cat.Engines, noted{e, func(await engines.AwaitMode) { turns = append(turns, fmt.Sprint(e.Name(), " ", await)) }})
	}
	var list []*bench.Execution
	for _, c := range cells(t, cat, bench.Filter{Workloads: []string{"parallel"}, Styles: []string{"async"}}, 1) {
		e := &bench.Execution{Outcome: bench.Outcome{Cell: c}, Ops: 1, Counted: 1, Most: 20, Timeout: time.Minute}
		e.Open(t.Context(), c.OpenUnproven)
		defer e.Close()
		list = append(list, e)
	}
	turns = nil
	bench.TakeTurns(t.Context(), list, rand.New(rand.NewPCG(1, 2)), nil)
	for _, e := range list {
		if e.Err != nil {
			t.Fatal(e.Err)
		}
	}
	orders := map[string]bool{} // of a turn of all
	for turn := range slices.Chunk(turns, 6) {
		orders[strings.Join(turn, ", ")] = true
		for pair := range slices.Chunk(turn, 2) {
			if engine, _, _ := strings.Cut(pair[0], " "); !strings.HasPrefix(pair[1], engine+" ") || pair[0] == pair[1] {
				t.Errorf("%s did not have its turn behind its partner: %s", pair[0], pair[1])
			}
		}
	}
	if len(turns) != 6*20 || len(orders) < 10 {
		t.Errorf("%d batches, %d orders of 48 in 20 turns", len(turns), len(orders))
	}
}

// paced is an engine whose operations take 100 µs with legacy await and 20 µs with
// optimized, as far as it says.
type paced struct{ engines.Engine }

func (e paced) Open(ctx context.Context, opts engines.Options) (engines.Realm, error) {
	realm, err := e.Engine.Open(ctx, opts)
	each := 20 * time.Microsecond
	if opts.Await == engines.Legacy {
		each *= 5
	}
	return pacedRealm{realm, each}, err
}

type pacedRealm struct {
	engines.Realm
	each time.Duration
}

func (r pacedRealm) Run(ctx context.Context, b engines.Batch) (engines.Sample, error) {
	s, err := r.Realm.Run(ctx, b)
	s.Elapsed = time.Duration(b.Ops) * r.each
	return s, err
}

// Batches of the await modes of an engine have the same number of operations, as many as
// the slower one does in the time; others have their own.
func TestSizeOfPartners(t *testing.T) {
	cat := catalog()
	cat.Engines = []engines.Engine{paced{goja.New()}}
	list := cells(t, cat, bench.Filter{Workloads: []string{"parallel"}, Styles: []string{"async", "promise"}}, 1)
	m := meter()
	m.Time = time.Millisecond
	for range 2 {
		for _, o := range m.Measure(t.Context(), list...) {
			want := 10
			if o.Cell.Style.Name == "promise" {
				want = 50
			}
			if o.Err != nil || o.Sample.Ops != want*(len(o.Batches)-o.Warmup) {
				t.Errorf("%s: %d operations in %d batches, want %d in each: %v", o.Cell.Name(), o.Sample.Ops, len(o.Batches)-o.Warmup, want, o.Err)
			}
		}
		list = list[:1] // stays so where one is measured without the other
	}
}
