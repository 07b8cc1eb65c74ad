// Package versions measures versions against each other for the search of package
// report/bisect, and keeps what it has measured.
//
// A [Bench] takes pairs of two points as a gate does, in fresh processes that take turns.
// All goes into one text in Go benchmark format, in which each version is an engine of
// its own (engine=node12.22.1) and "pair: 17" says which two samples belong together. An
// interrupted search finds them there and goes on.
package versions

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/perf/benchfmt"

	"promisebench/bench"
	"promisebench/bench/gate"
	"promisebench/engines"
	search "promisebench/report/bisect"
)

// KeyPair is the condition in the text that has the same value for the samples of a pair.
const KeyPair = "pair"

// A Bench measures points of a line. It is not safe for concurrent use. It must be
// closed.
type Bench struct {
	// Points are the versions, oldest first.
	Points []gate.Point
	// Open builds one of them.
	Open func(context.Context, gate.Point) (gate.Build, error)
	// Select lists the benchmarks of two builds.
	Select func([2]gate.Build) ([]gate.Benchmark, error)
	// Meter measures a pair; each pair of points begins with a fresh one.
	Meter gate.PairMeter
	// Layouts says that builds are linked anew for each pair, where they can be: see
	// [Bench.RandomLayouts].
	Layouts bool
	// Counter, if not nil, counts instructions, once of each point.
	Counter gate.Counter
	// Random is for the order of everything.
	Random *rand.Rand
	// Log gets all samples.
	Log *bench.Log

	names  []string // of the benchmarks, as both sides have them
	builds map[int]gate.Build
	values map[metric]map[int]float64
	whole  map[int]bool           // points that are known to have all benchmarks
	taken  map[[2]int][][]float64 // earlier, by points and benchmark
	pair   int                    // number of the last one

	planted *Planted // nil but for calibration

	building, measuring mean
}

// A metric is a figure of a benchmark.
type metric struct{ benchmark, unit string }

// A mean is of what things have taken.
type mean struct {
	sum time.Duration
	n   int
}

func (m *mean) add(d time.Duration) { m.sum, m.n = m.sum+d, m.n+1 }

// or returns the mean, or a guess where there is none.
func (m *mean) or(guess time.Duration) time.Duration {
	if m.n == 0 {
		return guess
	}
	return m.sum / time.Duration(m.n)
}

// Close removes what was built for this search only.
func (b *Bench) Close() error {
	var errs []error
	for _, build := range b.builds {
		errs = append(errs, build.Close())
	}
	b.builds = nil
	return errors.Join(errs...)
}

// Start builds both ends and finds out which benchmarks they have.
func (b *Bench) Start(ctx context.Context) error {
	b.reset()
	builds, err := b.build(ctx, 0, len(b.Points)-1)
	if err != nil {
		return err
	}
	list, err := b.Select(builds)
	for _, benchmark := range list {
		b.names = append(b.names, benchmark.Name())
	}
	return err
}

// Names are those of the benchmarks.
func (b *Bench) Names() []string { return b.names }

func (b *Bench) reset() {
	b.builds, b.values, b.taken = map[int]gate.Build{}, map[metric]map[int]float64{}, map[[2]int][][]float64{}
	b.whole = map[int]bool{0: true, len(b.Points) - 1: true}
}

// RandomLayouts reports whether both ends can be linked in random layouts.
func (b *Bench) RandomLayouts(ctx context.Context) bool {
	for _, p := range []int{0, len(b.Points) - 1} {
		if build := b.builds[p]; !build.RandomLayouts(ctx) {
			return false
		}
	}
	return true
}

// Engines are those of both ends, for the record.
func (b *Bench) Engines() []engines.Engine {
	oldest, newest := b.builds[0], b.builds[len(b.Points)-1]
	return slices.Concat(oldest.Engines, newest.Engines)
}

// label is the name of a benchmark at a point in the text: that of the engine with the
// version behind it.
func (b *Bench) label(name string, point int) string {
	before, engine, ok := strings.Cut(name, "/engine=")
	if !ok {
		return name
	}
	engine, behind, more := strings.Cut(engine, "/")
	if more {
		behind = "/" + behind
	}
	// A commit begins with a digit or a letter, a version with a digit.
	between := ""
	if b.Points[point].Title != "" {
		between = "."
	}
	return before + "/engine=" + engine + between + b.Points[point].Name + behind
}

// Restore takes up the samples of an earlier part of this search. Pairs of which only
// one half is there, and samples of other benchmarks or versions, are passed over.
func (b *Bench) Restore(samples []*benchfmt.Result) {
	type place struct{ benchmark, point int }
	places := map[string]place{}
	for i, name := range b.names {
		for p := range b.Points {
			places[b.Log.Name(b.label(name, p))] = place{i, p}
		}
	}
	type half struct {
		point int
		ns    float64
	}
	halves := map[[2]int]half{} // by pair and benchmark
	for _, s := range samples {
		at, ok := places[s.Name.String()]
		n, err := strconv.Atoi(s.GetConfig(KeyPair))
		ns, timed := s.Value("sec/op")
		if !ok || err != nil || !timed || !(ns > 0) || math.IsInf(ns, 0) {
			continue
		}
		b.pair = max(b.pair, n)
		for _, v := range s.Values {
			b.note(metric{b.names[at.benchmark], v.Unit}, at.point, v.Value)
		}
		key := [2]int{n, at.benchmark}
		other, both := halves[key]
		if !both || other.point == at.point {
			halves[key] = half{at.point, ns}
			continue
		}
		old, new := half{at.point, ns}, other
		if old.point > new.point {
			old, new = new, old
		}
		logs := make([][]float64, len(b.names))
		logs[at.benchmark] = []float64{logRatio(new.ns, old.ns)}
		b.keep([2]int{old.point, new.point}, logs)
	}
	// What is measured now is to have other layouts and another order than what was.
	b.Random = rand.New(rand.NewPCG(b.Random.Uint64(), uint64(b.pair)))
}

// Earlier calls add with the pairs that [Bench.Restore] found.
func (b *Bench) Earlier(add func(old, new int, logs [][]float64)) {
	for points, logs := range b.taken {
		add(points[0], points[1], logs)
	}
}

// Values are the figures in a unit of a benchmark that are known, by points.
func (b *Bench) Values(benchmark, unit string) map[int]float64 {
	return maps.Clone(b.values[metric{benchmark, unit}])
}

// note keeps the first figure of a point: those that are asked for are exact.
func (b *Bench) note(m metric, point int, value float64) {
	if b.values[m] == nil {
		b.values[m] = map[int]float64{}
	}
	if _, known := b.values[m][point]; !known {
		b.values[m][point] = value
	}
}

// Guesses for what has not been done yet.
const (
	guessBuild = 20 * time.Second
	guessPair  = 2 * time.Second
)

// Cost is how long it is thought to take to measure something.
func (b *Bench) Cost(c search.Candidate) time.Duration {
	cost := time.Duration(c.Pairs*len(b.names)) * b.measuring.or(guessPair)
	for _, p := range []int{c.Old, c.New} {
		if _, built := b.builds[p]; !built {
			cost += b.building.or(guessBuild)
		}
	}
	return cost
}

// build builds two points. What can't be built is a [search.Skip].
func (b *Bench) build(ctx context.Context, old, new int) (builds [2]gate.Build, err error) {
	for side, p := range []int{old, new} {
		if b.planted != nil {
			p = 0
		}
		build, ok := b.builds[p]
		if !ok {
			start := time.Now()
			if build, err = b.Open(ctx, b.Points[p]); err != nil {
				if ctx.Err() != nil {
					return builds, ctx.Err()
				}
				return builds, search.Skip{Point: p, Err: err}
			}
			b.builds[p] = build
			b.building.add(time.Since(start))
		}
		builds[side] = build
	}
	return builds, nil
}

// Measure takes pairs of two points. If a point can't be built, or lacks a benchmark, or
// fails at it, the error is a [search.Skip] of it.
func (b *Bench) Measure(ctx context.Context, c search.Candidate) (taken search.Taken, err error) {
	start := time.Now()
	defer func() { taken.Took = time.Since(start) }()
	builds, err := b.build(ctx, c.Old, c.New)
	if err != nil {
		return taken, err
	}
	list, err := b.benchmarks(c, builds)
	if err != nil {
		return taken, err
	}
	most := 1 // the linker's own
	if base, head := &builds[gate.Base], &builds[gate.Head]; b.Layouts && base.RandomLayouts(ctx) && head.RandomLayouts(ctx) {
		most = max(2, c.Pairs) // a single pair, too, has layouts of its own
	}
	t := &turn{Bench: b, Candidate: c, meter: b.Meter, layouts: gate.NewLayouts(&builds, most, b.Random.Uint64()), logs: make([][]float64, len(list))}
	t.meter.Random = b.Random
	if b.planted.between(c) {
		t.meter.Inject = b.planted.Size
	}
	for i := range c.Pairs {
		b.pair++
		for _, at := range b.Random.Perm(len(list)) {
			if err := t.take(ctx, list[at], at, i); err != nil || ctx.Err() != nil {
				taken.Logs = t.logs
				return taken, err
			}
		}
	}
	taken.Logs = t.logs
	return taken, nil
}

// benchmarks lists those of two builds in the order of the names.
func (b *Bench) benchmarks(c search.Candidate, builds [2]gate.Build) ([]gate.Benchmark, error) {
	list, err := b.Select(builds)
	if err != nil {
		return nil, search.Skip{Point: b.suspect(c), Err: err}
	}
	var ordered []gate.Benchmark
	for _, name := range b.names {
		at := slices.IndexFunc(list, func(found gate.Benchmark) bool { return found.Name() == name })
		if at < 0 {
			return nil, search.Skip{Point: b.suspect(c), Err: fmt.Errorf("it has no benchmark %s", name)}
		}
		ordered = append(ordered, list[at])
	}
	b.whole[c.Old], b.whole[c.New] = true, true
	return ordered, nil
}

// suspect is the one of two points that is not known to have all benchmarks, as the ends
// have.
func (b *Bench) suspect(c search.Candidate) int {
	if b.whole[c.Old] {
		return c.New
	}
	return c.Old
}

// A turn is the pairs of two points that are measured in a go.
type turn struct {
	*Bench
	search.Candidate
	meter   gate.PairMeter
	layouts *gate.Layouts
	logs    [][]float64 // by benchmark
}

// take takes pair i of a benchmark, unless ctx ends, and writes it down.
func (t *turn) take(ctx context.Context, in gate.Benchmark, at, i int) error {
	in, err := t.layouts.Of(ctx, in, i)
	if err != nil {
		return err
	}
	start := time.Now()
	pair := t.meter.Pair(ctx, in)
	if ctx.Err() != nil {
		return nil
	}
	points := [2]int{t.Old, t.New}
	for side := range pair {
		if err := pair[side].Err; err != nil {
			return search.Skip{Point: points[side], Err: err}
		}
	}
	t.measuring.add(time.Since(start))
	var records [2]bench.Record
	for side, o := range pair {
		if records[side], err = t.record(ctx, o, at, points[side]); err != nil {
			return err
		}
	}
	if err := t.Log.Header([]bench.Condition{{Key: KeyPair, Value: strconv.Itoa(t.pair)}}, ""); err != nil {
		return err
	}
	for _, r := range records {
		if err := t.Log.Record(r); err != nil {
			return err
		}
	}
	ns := func(o bench.Outcome) float64 { return float64(o.Sample.Elapsed) / float64(o.Sample.Ops) }
	t.logs[at] = append(t.logs[at], logRatio(ns(pair[gate.Head]), ns(pair[gate.Base])))
	return nil
}

// record makes the record of a sample at a point, with its instructions where these are
// to be counted and are not known, and notes its figures.
func (t *turn) record(ctx context.Context, o bench.Outcome, at, point int) (bench.Record, error) {
	r := o.Record()
	name := t.names[at]
	if _, known := t.values[metric{name, bench.Instructions}][point]; t.Counter != nil && !known {
		n, err := t.Counter.PerOp(ctx, o.Cell, t.planted.before(point))
		if err != nil {
			return r, search.Skip{Point: point, Err: err}
		}
		r.Values = append(r.Values, benchfmt.Value{Value: n, Unit: bench.Instructions})
	}
	for _, v := range r.Values {
		t.note(metric{name, v.Unit}, point, v.Value)
	}
	r.Name = t.label(name, point)
	return r, nil
}

// logRatio is how much longer one time is than another.
func logRatio(new, old float64) float64 { return math.Log(new / old) }
