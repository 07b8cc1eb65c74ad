package versions

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/perf/benchfmt"

	"promisebench/bench"
	"promisebench/bench/gate"
	"promisebench/engines"
	"promisebench/engines/goja"
	"promisebench/engines/probes"
	search "promisebench/report/bisect"
	"promisebench/workloads"
)

// ticking is goja with a library that makes each operation take more ticks.
type ticking struct {
	engines.Engine
	more int
}

func (e ticking) Open(ctx context.Context, opts engines.Options) (engines.Realm, error) {
	r, err := e.Engine.Open(ctx, opts)
	if err != nil || e.more == 0 {
		return r, err
	}
	return realm{r, e.more}, nil
}

// realm adds ticks to what scripts define as operation.
type realm struct {
	engines.Realm
	more int
}

func (r realm) Load(ctx context.Context, name, script string) error {
	err := r.Realm.Load(ctx, name, script)
	if err != nil || !strings.Contains(script, "function operation") {
		return err
	}
	return r.Realm.Load(ctx, "more.js", fmt.Sprintf("operation = (function (real) { return function (i) { var p = real(i); for (var k = 0; k < %d; k++) p = p.then(function (v) { return v; }); return p; }; })(operation);", r.more))
}

// bench8 has eight points, of which those from step on take a tick more, and broken ones
// can't be built.
func bench8(t *testing.T, text *bytes.Buffer, step int, broken ...int) *Bench {
	t.Helper()
	b := &Bench{
		Open: func(_ context.Context, p gate.Point) (gate.Build, error) {
			var at int
			if _, err := fmt.Sscanf(p.Name, "1.%d.0", &at); err != nil {
				return gate.Build{}, err
			}
			for _, b := range broken {
				if at == b {
					return gate.Build{}, errors.New("it does not build")
				}
			}
			more := 0
			if at >= step {
				more = 1
			}
			return gate.Build{Source: p.Name, Engines: []engines.Engine{ticking{goja.New(), more}}}, nil
		},
		Select: func(builds [2]gate.Build) ([]gate.Benchmark, error) {
			list, _, err := gate.Benchmarks(builds, workloads.All(), bench.Filter{Workloads: []string{"parallel"}, Styles: []string{"promise"}}, bench.Setup{Window: 10})
			return list, err
		},
		Meter:  gate.PairMeter{Time: time.Millisecond, Life: 2 * time.Millisecond, Timeout: time.Minute},
		Random: rand.New(rand.NewPCG(1, 1)),
		Log:    bench.NewLog(text, 1),
	}
	for i := range 8 {
		b.Points = append(b.Points, gate.Point{Spec: gate.Spec{Text: fmt.Sprintf("fake@1.%d.0", i), Kind: gate.Program}, Name: fmt.Sprintf("1.%d.0", i)})
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

func start(t *testing.T, b *Bench) {
	t.Helper()
	if err := b.Start(t.Context()); err != nil || len(b.Names()) != 1 {
		t.Fatal(b.Names(), err)
	}
}

var exactly = Goal{Exact: []Unit{{Name: ticks}, {Name: "no-such/op"}}, Sure: 0.99, Budget: time.Hour}

// A tick more is found by a binary search, with one run a point.
func TestExact(t *testing.T) {
	for step := 1; step < 8; step++ {
		var text bytes.Buffer
		b := bench8(t, &text, step)
		start(t, b)
		r, err := b.Search(t.Context(), exactly, nil)
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Series) != 1 || len(r.Series[0].Steps) != 1 || r.Series[0].Steps[0].Range != (search.Range{First: step, Last: step}) {
			t.Errorf("step at %d: %+v", step, r.Series)
		}
		if !errors.Is(r.Err(), search.ErrRegressed) {
			t.Error(r.Err())
		}
		if b.pair > 4 {
			t.Errorf("%d runs", b.pair)
		}
	}
}

// What can't be built is left out, and makes the answer a range.
func TestBroken(t *testing.T) {
	b := bench8(t, new(bytes.Buffer), 4, 3, 4)
	start(t, b)
	r, err := b.Search(t.Context(), exactly, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := r.Series[0].Steps[0].Range; got != (search.Range{First: 3, Last: 5}) || len(r.Skipped) != 2 {
		t.Errorf("%v, left out %v", got, r.Skipped)
	}
}

func TestBrokenEnd(t *testing.T) {
	b := bench8(t, new(bytes.Buffer), 4, 7)
	if err := b.Start(t.Context()); err == nil || !strings.Contains(err.Error(), "does not build") {
		t.Error(err)
	}
}

// A search goes on where another one has ended, with all of its pairs and no half ones.
func TestRestore(t *testing.T) {
	var text bytes.Buffer
	b := bench8(t, &text, 4)
	start(t, b)
	for _, c := range []search.Candidate{{Old: 0, New: 7, Pairs: 3}, {Old: 2, New: 7, Pairs: 1}} {
		if _, err := b.Measure(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	whole := text.String()
	half := whole + "pair: 5\n" + "Benchmark" + b.label(b.names[0], 2) + " 1 7 ns/op 3 ticks/op\n"
	again := bench8(t, new(bytes.Buffer), 4)
	start(t, again)
	again.Restore(read(t, half))
	got := map[[2]int][][]float64{}
	again.Earlier(func(old, new int, logs [][]float64) { got[[2]int{old, new}] = logs })
	if len(got) != 2 || len(got[[2]int{0, 7}][0]) != 3 || len(got[[2]int{2, 7}][0]) != 1 || again.pair != 5 {
		t.Errorf("%v, last pair %d, of\n%s", got, again.pair, half)
	}
	for points, logs := range got {
		for i, l := range logs[0] {
			// As it was, but for the digits that the text has.
			if want := b.ratios(t, whole, points)[i]; math.Abs(l-want) > 1e-6 {
				t.Errorf("%v: %v, want %v", points, l, want)
			}
		}
	}
	name := again.names[0]
	if v := again.Values(name, "ticks/op"); v[7] != v[0]+1 || v[2] != v[0] {
		t.Errorf("ticks %v", v)
	}
}

// ratios reads the logarithms of pairs from a text by other means.
func (b *Bench) ratios(t *testing.T, text string, points [2]int) (list []float64) {
	t.Helper()
	pairs := map[string]*[2]float64{}
	for _, s := range read(t, text) {
		ns, _ := s.Value("sec/op")
		key := s.GetConfig(KeyPair)
		if pairs[key] == nil {
			pairs[key] = new([2]float64)
		}
		for side, p := range points {
			if strings.Contains(s.Name.String(), "/engine=goja"+b.Points[p].Name) {
				pairs[key][side] = ns
			}
		}
	}
	for _, key := range slices.Sorted(maps.Keys(pairs)) {
		if p := pairs[key]; p[0] > 0 && p[1] > 0 {
			list = append(list, math.Log(p[1]/p[0]))
		}
	}
	return list
}

func read(t *testing.T, text string) (list []*benchfmt.Result) {
	t.Helper()
	for r := benchfmt.NewReader(strings.NewReader(text), "pairs.txt"); r.Scan(); {
		if s, ok := r.Result().(*benchfmt.Result); ok {
			list = append(list, s.Clone())
		}
	}
	return list
}

// An interrupted search tells what it knows.
func TestInterrupt(t *testing.T) {
	b := bench8(t, new(bytes.Buffer), 4)
	start(t, b)
	ctx, cancel := context.WithCancel(t.Context())
	n := 0
	goal := Goal{Time: true, Sure: 0.99, Budget: time.Hour}
	r, err := b.Search(ctx, goal, func(search.Progress) {
		if n++; n == 2 {
			cancel()
		}
	})
	if err != nil || !r.Stopped || len(r.Series) != 1 || r.Series[0].Pairs < 8 {
		t.Errorf("%+v, %v", r, err)
	}
}

// Nothing in a text can upset a search that is resumed.
func FuzzRestore(f *testing.F) {
	f.Add("pair: 1\nBenchmarkParallel/style=promise/engine=goja1.0.0 1 7 ns/op 3 ticks/op\nBenchmarkParallel/style=promise/engine=goja1.7.0 1 8 ns/op\n")
	f.Add("pair: -1\nBenchmarkParallel/style=promise/engine=goja1.0.0 1 NaN ns/op\npair: x\n")
	f.Fuzz(func(t *testing.T, text string) {
		b := &Bench{Points: []gate.Point{{Name: "1.0.0"}, {Name: "1.7.0"}}, Random: rand.New(rand.NewPCG(1, 1)), Log: bench.NewLog(new(bytes.Buffer), 1)}
		b.reset()
		b.names = []string{"Parallel/style=promise/engine=goja"}
		b.Restore(read(t, text))
		b.Earlier(func(old, new int, logs [][]float64) {
			if old != 0 || new != 1 || len(logs) != 1 {
				t.Errorf("%d %d %v", old, new, logs)
			}
		})
	})
}

// Each version has its pairs with the reference, and a broken one is left out.
func TestLadder(t *testing.T) {
	var text bytes.Buffer
	b := bench8(t, &text, 4, 3)
	start(t, b)
	l := &Ladder{Bench: b, Reference: 5, Rounds: 2, Budget: time.Hour}
	var last [2]int
	if err := l.Climb(t.Context(), func(taken, all int, _ error) { last = [2]int{taken, all} }); err != nil {
		t.Fatal(err)
	}
	if last != [2]int{12, 12} || len(l.Skipped) != 1 || l.Skipped[3] == nil {
		t.Errorf("%v pairs, left out %v", last, l.Skipped)
	}
	if n := strings.Count(text.String(), "--- FAIL: BenchmarkParallel/style=promise/await=optimized/engine=goja1.3.0"); n != 1 {
		t.Errorf("the broken version is told of %d times: %s", n, text.String())
	}
	// Another night adds what is missing, and nothing twice.
	again := bench8(t, &text, 4, 3)
	start(t, again)
	again.Restore(read(t, text.String()))
	next := &Ladder{Bench: again, Reference: 5, Rounds: 3, Budget: time.Hour}
	if err := next.Climb(t.Context(), nil); err != nil || again.pair != 12+6 {
		t.Errorf("pair %d, %v", again.pair, err)
	}
	for p := range b.Points {
		if p != 5 && p != 3 && next.pairs(p) != 3 {
			t.Errorf("version %d has %d pairs", p, next.pairs(p))
		}
	}
}

// A version that lacks a benchmark is left out, whichever side of the reference it is on;
// a reference that does is an error.
func TestLadderLacks(t *testing.T) {
	for lacks, reference := range map[int]int{2: 4, 6: 4, 4: 4} {
		b := bench8(t, new(bytes.Buffer), 9)
		open, choose := b.Open, b.Select
		b.Open = func(ctx context.Context, p gate.Point) (gate.Build, error) {
			build, err := open(ctx, p)
			build.Go = p.Name // tells the builds apart
			return build, err
		}
		b.Select = func(builds [2]gate.Build) ([]gate.Benchmark, error) {
			for _, build := range builds {
				if build.Go == b.Points[lacks].Name {
					return nil, errors.New("it lacks a benchmark")
				}
			}
			return choose(builds)
		}
		start(t, b)
		l := &Ladder{Bench: b, Reference: reference, Rounds: 1, Budget: time.Hour}
		err := l.Climb(t.Context(), nil)
		if lacks == reference {
			if err == nil || !strings.Contains(err.Error(), "the reference, fake@1.4.0") {
				t.Errorf("the reference lacks it: %v", err)
			}
			continue
		}
		if err != nil || len(l.Skipped) != 1 || l.Skipped[lacks] == nil {
			t.Errorf("%d lacks it: left out %v, %v", lacks, l.Skipped, err)
		}
	}
}

// Each trial is a search for something planted. How often it is found is no matter of a
// test: that takes its time.
func TestCalibrate(t *testing.T) {
	b := bench8(t, new(bytes.Buffer), 8)
	start(t, b)
	b.Log = bench.NewLog(new(bytes.Buffer), 1)
	var planted []Planted
	sum, err := b.Calibrate(t.Context(), Goal{Time: true, Sure: 0.99, Budget: 200 * time.Millisecond, Whole: true}, 0.5, 3, nil, func(p Planted, _ *search.Report) {
		planted = append(planted, p)
	})
	if err != nil || len(planted) != 3 || sum.Searches != 3 || sum.Right+sum.Open+sum.Wrong != 3 || sum.Pairs < 3*8 {
		t.Errorf("%+v, %+v, %v", sum, planted, err)
	}
	for _, p := range planted {
		if p.At < 1 || p.At > 7 || p.Size != 0.5 {
			t.Errorf("planted %+v", p)
		}
	}
	var line strings.Builder
	if err := sum.Write(&line); err != nil || !strings.HasPrefix(line.String(), "+50.0% planted: ") {
		t.Errorf("%v: %s", err, line.String())
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if sum, err := b.Calibrate(ctx, Goal{Time: true, Sure: 0.99, Budget: time.Hour}, 0, 3, nil, nil); err != nil || sum.Searches != 0 {
		t.Errorf("interrupted: %+v, %v", sum, err)
	}
}

// answering is goja with another answer to one of the probes.
type answering struct{ engines.Engine }

func (e answering) Open(ctx context.Context, opts engines.Options) (engines.Realm, error) {
	r, err := e.Engine.Open(ctx, opts)
	return wrong{r}, err
}

type wrong struct{ engines.Realm }

func (r wrong) Probe(ctx context.Context, name, script string) ([]string, error) {
	lines, err := r.Realm.Probe(ctx, name, script)
	if name == "combinators/any.js" {
		lines = append(lines, "and more")
	}
	return lines, err
}

// A probe that is wrong from the sixth version on is found there, and all others are the
// same.
func TestAnswers(t *testing.T) {
	var text bytes.Buffer
	b := bench8(t, &text, 8, 4)
	open := b.Open
	b.Open = func(ctx context.Context, p gate.Point) (gate.Build, error) {
		build, err := open(ctx, p)
		if err == nil && p.Name >= "1.5" {
			build.Engines = []engines.Engine{answering{goja.New()}}
		}
		return build, err
	}
	start(t, b)
	list, err := probes.All()
	if err != nil {
		t.Fatal(err)
	}
	r, err := b.Search(t.Context(), Goal{Probes: list, Sure: 0.99, Budget: time.Hour}, nil)
	if err != nil || len(r.Series) != 2 {
		t.Fatalf("%v, %+v", err, r)
	}
	s := r.Series[0]
	if s.Benchmark != "probe combinators/any" || len(s.Steps) != 1 || s.Steps[0].Range != (search.Range{First: 4, Last: 5}) {
		t.Errorf("%+v", s)
	}
	if was, is := s.Answers[3], s.Answers[5]; was != right || !strings.HasSuffix(is, "and more") {
		t.Errorf("%s → %s", was, is)
	}
	if err := r.Err(); !errors.Is(err, search.ErrRegressed) {
		t.Error(err)
	}
	if strings.Contains(text.String(), "Benchmark") {
		t.Errorf("something was measured: %s", text.String())
	}
}

func TestThin(t *testing.T) {
	var releases, commits []gate.Point
	for _, v := range []string{"7.6.0", "7.6.1", "7.10.0", "8.0.0", "8.1.0", "8.1.4"} {
		releases = append(releases, gate.Point{Name: v})
	}
	for _, day := range []string{"2024-01-02", "2024-01-30", "2024-02-01", "2024-04-05", "2024-04-06"} {
		when, err := time.Parse(time.DateOnly, day)
		if err != nil {
			t.Fatal(err)
		}
		commits = append(commits, gate.Point{Name: day, Time: when})
	}
	for _, c := range []struct {
		all   []gate.Point
		every Every
		want  string
	}{
		{releases, Major, "7.6.0 7.10.0 8.1.4"},
		{releases, Minor, "7.6.0 7.6.1 7.10.0 8.0.0 8.1.4"},
		{releases, Patch, "7.6.0 7.6.1 7.10.0 8.0.0 8.1.0 8.1.4"},
		{commits, Month, "2024-01-02 2024-02-01 2024-04-05 2024-04-06"},
		{commits, All, "2024-01-02 2024-01-30 2024-02-01 2024-04-05 2024-04-06"},
		{commits, Minor, ""},
		{releases, Month, ""},
	} {
		list, err := Thin(c.all, c.every)
		var names []string
		for _, p := range list {
			names = append(names, p.Name)
		}
		if got := strings.Join(names, " "); got != c.want || (err != nil) != (c.want == "") {
			t.Errorf("%s: %s, %v; want %s", c.every, got, err, c.want)
		}
	}
	for _, c := range []struct{ only, want string }{
		{"8.1 7.6", "7.6.1 8.1.4"}, // in their order
		{"7", "7.10.0"},
		{"7.6.0 7.6.0", "7.6.0"},
		{"7.1", ""}, // 7.10 is another line
		{"9", ""},
	} {
		list, err := Only(releases, strings.Fields(c.only))
		var names []string
		for _, p := range list {
			names = append(names, p.Name)
		}
		if got := strings.Join(names, " "); got != c.want || (err != nil) != (c.want == "") {
			t.Errorf("only %s: %s, %v; want %s", c.only, got, err, c.want)
		}
	}
}

// counting has as many instructions as are planted, and a little luck.
type counting struct{ luck *rand.Rand }

func (counting) How() string { return "made up" }

func (c counting) PerOp(_ context.Context, _ bench.Cell, slowdown float64) (float64, error) {
	return 1e6 * (1 + slowdown) * (1 + 0.001*c.luck.Float64()), nil
}

// Planted instructions are found where they are, and nowhere else.
func TestCalibrateInstructions(t *testing.T) {
	b := bench8(t, new(bytes.Buffer), 8)
	start(t, b)
	b.Counter = counting{rand.New(rand.NewPCG(1, 2))}
	goal := Goal{Exact: []Unit{{Name: bench.Instructions, Tolerance: 0.005}}, Sure: 0.99, Budget: time.Hour, Whole: true}
	for _, size := range []float64{0.03, 0} {
		sum, err := b.Calibrate(t.Context(), goal, size, 5, nil, nil)
		if err != nil || sum.Right != 5 || sum.Searches != 5 || sum.Pairs > 5*5 {
			t.Errorf("%v planted: %+v, %v", size, sum, err)
		}
	}
}
