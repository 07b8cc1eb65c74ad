package gate_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"strings"
	"sync"
	"testing"
	"time"

	"promisebench/bench"
	"promisebench/bench/gate"
	"promisebench/engines"
	"promisebench/workloads"
)

// session is one that counts pairs in the texts, as its decisions are given, and
// ends when there are no more of these.
func session(t *testing.T, list []gate.Benchmark, decisions ...map[string]int) *gate.Session {
	t.Helper()
	builds := [2]gate.Build{build(), build()}
	builds[gate.Head].Source, builds[gate.Head].Go = "the other one", "go1.26"
	return &gate.Session{
		Plan: gate.Plan{
			Builds: builds, Benchmarks: list, Shard: gate.Shard{Part: 1, Of: 2}, Family: 5, Pairs: 9, Budget: time.Hour, Seed: 7, Meter: *pairMeter(),
			GOGC: "off", Metrics: []string{"sec/op", "ticks/op"}, Injected: "2%",
		},
		Decide: func(base, head io.Reader) (gate.Open, error) {
			for _, text := range []io.Reader{base, head} {
				if _, err := io.ReadAll(text); err != nil {
					return gate.Open{}, err
				}
			}
			if len(decisions) == 0 {
				return gate.Open{}, nil
			}
			open := decisions[0]
			decisions = decisions[1:]
			return gate.Open{Pairs: open}, nil
		},
		Trouble: func(side gate.Side, name string, err error) { t.Errorf("%v %s: %v", side, name, err) },
	}
}

// run runs a session and returns what it wrote.
func run(ctx context.Context, s *gate.Session) (base, head string, err error) {
	var texts [2]bytes.Buffer
	header := bench.Header{
		Host: []bench.Condition{{Key: bench.KeyGOMAXPROCS, Value: "8"}, {Key: bench.KeyGOGC, Value: "100"}},
		Date: time.Date(2026, 11, 21, 14, 0, 0, 5, time.UTC), Command: []string{"gate", "a", "b"},
	}
	err = s.Run(ctx, header, &texts[0], &texts[1])
	return texts[0].String(), texts[1].String(), err
}

// twoBenchmarks are different ones.
func twoBenchmarks(t *testing.T) (list []gate.Benchmark, names [2]string) {
	t.Helper()
	filter := bench.Filter{Workloads: []string{"parallel"}, Styles: []string{"promise", "async"}}
	list, _, err := gate.Benchmarks([2]gate.Build{build(), build()}, workloads.All(), filter, bench.Setup{Window: 20})
	if err != nil || len(list) != 2 {
		t.Fatalf("%v, %v", list, err)
	}
	return list, [2]string{list[0].Name(), list[1].Name()}
}

// Benchmarks get as many pairs as it is decided, and no more are taken of those
// that are not open.
func TestSession(t *testing.T) {
	list, names := twoBenchmarks(t)
	s := session(t, list, map[string]int{names[0]: 3, names[1]: 2}, map[string]int{names[0]: 4})
	var seen []gate.Progress
	s.Progress = func(p gate.Progress) { seen = append(seen, p) }
	base, head, err := run(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	for side, text := range []string{base, head} {
		for i, want := range []int{4, 2} {
			if got := strings.Count(text, "\nBenchmark"+names[i]+" "); got != want {
				t.Errorf("%v: %d pairs of %s, want %d\n%s", gate.Side(side), got, names[i], want, text)
			}
		}
		if again, err := io.ReadAll(s.Samples(gate.Side(side))); err != nil || string(again) != text {
			t.Errorf("%v: the samples are not what was written: %v", gate.Side(side), err)
		}
	}
	first, last := gate.Progress{Taken: 1, AtMost: 18, Open: 2, Benchmarks: 2}, gate.Progress{Taken: 6, AtMost: 11, Open: 1, Benchmarks: 2}
	if len(seen) != 6 || seen[0] != first || seen[5] != last {
		t.Errorf("progress: %+v", seen)
	}
}

// The headers have what a verdict needs. Those of Go engines are of the worker,
// not of this process.
func TestSessionHeader(t *testing.T) {
	s := session(t, []gate.Benchmark{little(t)})
	s.Exact = true
	base, head, err := run(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	const both = `window: 20
sample: process: mean of the fastest 40 % of batches of 1ms in 5ms behind 1
rounds: pairs
pairing: 2026-11-21T14:00:00.000000005Z seed 7
pairs: 9
family: 5
shard: 1/2
metrics: sec/op,ticks/op
`
	for _, c := range []struct{ name, text, start, side string }{
		{"base", base, "gomaxprocs: 8\ngogc: 100\ninject: 2% into head\n", "side: this one\n"},
		{"head", head, "gomaxprocs: 1\ngogc: off\ninject: 2% into head\n", "side: the other one\n"},
	} {
		if !strings.HasPrefix(c.text, c.start) || !strings.Contains(c.text, both+c.side) || !strings.Contains(c.text, "\ncommand: promisebench gate a b\n") {
			t.Errorf("%s:\n%s", c.name, c.text)
		}
		if got := strings.Count(c.text, "\nBenchmark"); got != 1 {
			t.Errorf("%s: %d pairs of what does not vary, want one:\n%s", c.name, got, c.text)
		}
	}
}

// A benchmark that fails is reported, leaves no half of a pair, and is not tried
// again; nor is one whose budget is spent.
func TestSessionEnds(t *testing.T) {
	for _, side := range gate.Sides() {
		bad := wrong(t, side)
		s := session(t, []gate.Benchmark{bad}, map[string]int{bad.Name(): 5})
		var trouble []gate.Side
		s.Trouble = func(side gate.Side, name string, err error) {
			if !errors.Is(err, engines.ErrChecksum) {
				t.Error(err)
			}
			trouble = append(trouble, side)
		}
		base, head, err := run(t.Context(), s)
		text := []string{base, head}
		if err != nil || len(trouble) != 1 || trouble[0] != side ||
			strings.Count(text[side], "--- FAIL: Benchmark"+bad.Name()) != 1 || strings.Contains(text[1-side], "Benchmark") {
			t.Errorf("%v: %v, %v\n%s%s", side, err, trouble, base, head)
		}
	}
	slow := little(t)
	s := session(t, []gate.Benchmark{slow}, map[string]int{slow.Name(): 5})
	s.Budget = 0
	if base, _, err := run(t.Context(), s); err != nil || strings.Count(base, "\nBenchmark") != 1 {
		t.Errorf("out of budget: %v\n%s", err, base)
	}
}

// counter counts as it is told, by benchmark and side, and knows how often.
type counter struct {
	mutex sync.Mutex
	calls map[string]int
	fail  error
}

func (c *counter) How() string { return "an abacus" }

func (c *counter) PerOp(_ context.Context, cell bench.Cell, slowdown float64) (float64, error) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.calls == nil {
		c.calls = map[string]int{}
	}
	c.calls[fmt.Sprintf("%s +%.0f%%", cell.Style.Name, 100*slowdown)]++
	if slowdown > 0 {
		return 1000 * (1 + slowdown), c.fail
	}
	return 1000, nil
}

// Instructions are counted before the pairs, on both sides; only head is slowed down.
func TestSessionCounts(t *testing.T) {
	list, names := twoBenchmarks(t)
	s := session(t, list)
	c := &counter{}
	s.Counter, s.Counts, s.Meter.Inject = c, 2, 0.5
	// Of promises a third count is needed, and of async functions all that there may be.
	s.Decide = func(base, _ io.Reader) (open gate.Open, err error) {
		text, err := io.ReadAll(base)
		open.Counts = map[string]bool{names[1]: true, names[0]: strings.Count(string(text), "\nBenchmark"+names[0]+" 1 1000") < 3}
		return open, err
	}
	var seen []gate.Progress
	s.Progress = func(p gate.Progress) { seen = append(seen, p) }
	base, head, err := run(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]int{"promise +0%": 3, "promise +50%": 3, "async +0%": 4, "async +50%": 4}
	if !maps.Equal(c.calls, want) {
		t.Errorf("counted %v, want %v", c.calls, want)
	}
	for _, test := range []struct{ text, line string }{{base, " 1 1000 instructions/op\n"}, {head, " 1 1500 instructions/op\n"}} {
		if n := strings.Count(test.text, test.line); n != 7 || !strings.Contains(test.text, "\ninstructions: an abacus\n") ||
			strings.LastIndex(test.text, "instructions/op") > strings.Index(test.text, " ns/op") {
			t.Errorf("%d lines with %q in\n%s", n, test.line, test.text)
		}
	}
	if first := (gate.Progress{Open: 0, Benchmarks: 2, Counted: 1}); len(seen) != 4 || seen[0] != first || s.Spent.Measuring <= 0 {
		t.Errorf("progress: %+v, spent %+v", seen, s.Spent)
	}

	// What can't be counted fails, and is not measured either.
	c.fail = errors.New("lost count")
	s = session(t, list)
	s.Counter, s.Counts, s.Meter.Inject = c, 3, 0.5
	trouble := 0
	s.Trouble = func(side gate.Side, _ string, err error) {
		if side != gate.Head || !errors.Is(err, c.fail) {
			t.Errorf("%v: %v", side, err)
		}
		trouble++
	}
	if base, head, err = run(t.Context(), s); err != nil || trouble != 2 || strings.Contains(base, "\nBenchmark") || strings.Count(head, "--- FAIL") != 2 {
		t.Errorf("%d, %v\n%s%s", trouble, err, base, head)
	}
}

// Both sides are linked anew for each pair, or as often as there are layouts; a side
// that changes nothing that runs gives the same results.
func TestSessionLayouts(t *testing.T) {
	if testing.Short() {
		t.Skip("builds workers")
	}
	f := finder()
	f.Source, f.GOGC = ".", "off"
	f.Cache = func() (string, error) { return t.TempDir(), nil }
	specs, err := f.Specs("goja", "goja")
	if err != nil {
		t.Fatal(err)
	}
	builds, err := f.Builds(t.Context(), specs, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer builds[gate.Base].Close()
	chosen := gate.Plan{Builds: builds}
	if warning, err := chosen.ChooseLayouts(t.Context(), 0, 0, 0); err != nil || warning != "" || chosen.Layouts != gate.LayoutPairs || chosen.Pairs != gate.LayoutPairs {
		t.Errorf("%d layouts, %d pairs, %q, %v", chosen.Layouts, chosen.Pairs, warning, err)
	}
	neutral, err := builds[gate.Base].Neutral(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	defer neutral.Close()
	if !builds[gate.Base].RandomLayouts(t.Context()) || !neutral.RandomLayouts(t.Context()) {
		t.Fatal("this Go has no random layouts")
	}
	filter := bench.Filter{Workloads: []string{"parallel"}, Styles: []string{"async"}}
	list, _, err := gate.Benchmarks(builds, workloads.All(), filter, bench.Setup{Window: 20})
	if err != nil {
		t.Fatal(err)
	}
	s := session(t, list, map[string]int{list[0].Name(): 3})
	s.Builds, s.Benchmarks, s.Layouts = builds, list, 2
	s.Plan = s.WithHead(neutral)
	base, head, err := run(t.Context(), s)
	if err != nil || s.Spent.Linking <= 0 {
		t.Fatalf("%v, %+v", err, s.Spent)
	}
	for _, text := range []string{base, head} {
		if !strings.Contains(text, "\nlayouts: 2\n") || strings.Count(text, "\nBenchmark") != 3 || strings.Count(text, " 4 ticks/op") != 3 {
			t.Errorf("%s", text)
		}
	}
	for _, b := range []gate.Build{builds[gate.Base], neutral} {
		if err := b.Unchanged(t.Context()); err != nil {
			t.Error(err)
		}
	}
}

// What ctx cuts off is not recorded, and the rest stands.
func TestSessionInterrupt(t *testing.T) {
	b := little(t)
	s := session(t, []gate.Benchmark{b}, map[string]int{b.Name(): 9})
	ctx, cancel := context.WithCancel(t.Context())
	s.Progress = func(p gate.Progress) {
		if p.Taken == 3 {
			cancel()
		}
	}
	base, head, err := run(ctx, s)
	if err != nil || strings.Count(base, "\nBenchmark") != 3 || strings.Count(head, "\nBenchmark") != 3 {
		t.Errorf("%v\n%s", err, base)
	}
}

// Errors of writing and of deciding end a session.
func TestSessionErrors(t *testing.T) {
	full := errors.New("disk full")
	s := session(t, []gate.Benchmark{little(t)})
	if err := s.Run(t.Context(), bench.Header{}, io.Discard, failing{full}); !errors.Is(err, full) {
		t.Errorf("writing: %v", err)
	}
	s = session(t, []gate.Benchmark{little(t)})
	s.Decide = func(io.Reader, io.Reader) (gate.Open, error) { return gate.Open{}, full }
	if _, _, err := run(t.Context(), s); !errors.Is(err, full) {
		t.Errorf("deciding: %v", err)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

// What was not built here is one layout, and gets the pairs and processes that suit one,
// unless others are asked for.
func TestChooseLayouts(t *testing.T) {
	for _, c := range []struct {
		asked, pairs int
		life         time.Duration
		wantPairs    int
		wantLife     time.Duration
		err          string
	}{
		{0, 0, 0, gate.Pairs, 520 * time.Millisecond, ""},
		{1, 9, time.Second, 9, time.Second, ""},
		{2, 0, 0, 0, 0, "only Go engines and commits are built here"},
	} {
		p := gate.Plan{Builds: [2]gate.Build{build(), build()}}
		warning, err := p.ChooseLayouts(t.Context(), c.asked, c.pairs, c.life)
		if c.err != "" {
			if err == nil || err.Error() != c.err {
				t.Errorf("%d layouts: %v, want %s", c.asked, err, c.err)
			}
			continue
		}
		if err != nil || warning != "" || p.Layouts != 1 || p.Pairs != c.wantPairs || p.Meter.Life != c.wantLife {
			t.Errorf("%d layouts: %d, %d pairs of %v, %q, %v", c.asked, p.Layouts, p.Pairs, p.Meter.Life, warning, err)
		}
	}
}
