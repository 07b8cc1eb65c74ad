package compare_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"promisebench/report/compare"
	"promisebench/report/dataset"
	"promisebench/report/gate"
)

// A gateText invents the samples of one side of a gate.
type gateText struct {
	pairing, shard string
	lines          []string
}

func (g gateText) String() string {
	return "goos: linux\ncpu: Intel(R) Xeon(R) Processor\ncores: 2\nrounds: pairs\npairing: " + g.pairing +
		"\npairs: 24\nfamily: 4\nshard: " + g.shard + "\nside: goja v1\ndate: 2026-11-20T11:30:00Z\n" +
		"Unit ticks/op better=lower assume=exact\n" + strings.Join(g.lines, "")
}

// pairsOf invents 24 pairs of a benchmark that changed.
func pairsOf(seed uint64, name string, change float64, baseTicks, headTicks int) (base, head []string) {
	random := rand.New(rand.NewPCG(seed, 1))
	for range 24 {
		shared := 45000 * math.Exp(0.05*random.NormFloat64())
		line := func(factor float64, ticks int) string {
			return fmt.Sprintf("Benchmark%s 400 %.3f ns/op 370.2 allocs/op %d ticks/op\n",
				name, shared*factor*math.Exp(0.004*random.NormFloat64()), ticks)
		}
		base = append(base, line(1, baseTicks))
		head = append(head, line(1+change, headTicks))
	}
	return base, head
}

const (
	doxbeeName   = "Doxbee/style=async/await=optimized/engine=goja/window=100"
	parallelName = "Parallel/style=async/await=optimized/engine=goja/window=100"
)

// pair reads two texts.
func pair(t testing.TB, base, head string) compare.Pair {
	t.Helper()
	p := compare.Pair{Base: dataset.New(), Head: dataset.New()}
	if err := errors.Join(p.Base.Add("base.txt", strings.NewReader(base)), p.Head.Add("head.txt", strings.NewReader(head))); err != nil {
		t.Fatal(err)
	}
	return p
}

// try compares pairs as an incomplete configuration says.
func try(t testing.TB, config gate.Config, pairs ...compare.Pair) (*compare.Comparison, error) {
	t.Helper()
	config, err := config.Complete()
	if err != nil {
		t.Fatal(err)
	}
	return compare.New(pairs, config)
}

// compared is try without a configuration, where it must go well.
func compared(t testing.TB, pairs ...compare.Pair) *compare.Comparison {
	t.Helper()
	c, err := try(t, gate.Config{}, pairs...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// typicalGate is a gate run in which one benchmark became slower, one faster, and
// one takes a tick more.
func typicalGate(t testing.TB) compare.Pair {
	var base, head []string
	for i, c := range []struct {
		name      string
		change    float64
		was, then int // ticks
	}{
		{doxbeeName, 0.02, 9, 9},
		{parallelName, -0.03, 4, 4},
		{strings.Replace(parallelName, "async", "promise", 1), 0, 4, 4},
		{strings.Replace(doxbeeName, "async", "promise", 1), 0, 23, 24},
	} {
		b, h := pairsOf(uint64(i), c.name, c.change, c.was, c.then)
		base, head = append(base, b...), append(head, h...)
	}
	return pair(t, gateText{"x", "1/1", base}.String(), gateText{"x", "1/1", head}.String())
}

// What keeps a gate from good news, and what it says then.
func TestProblems(t *testing.T) {
	b, h := pairsOf(1, doxbeeName, 0, 9, 9)
	b2, h2 := pairsOf(2, parallelName, 0, 4, 4)
	text := func(lines ...string) string { return gateText{"x", "1/1", lines}.String() }
	all := func(lists ...[]string) []string { return slices.Concat(lists...) }
	fail := "--- FAIL: Benchmark" + parallelName + "\n    worker: ended: signal: killed\n"
	skip := "--- SKIP: Benchmark" + parallelName + "\n    no such thing\n"
	for _, test := range []struct {
		name       string
		base, head string
		config     gate.Config
		want       error  // of the comparison, or nil for a pass
		says       string // in the error of either kind
	}{
		{name: "nothing wrong", base: text(all(b, b2)...), head: text(all(h, h2)...)},
		{"head lacks a workload", text(all(b, b2)...), text(h...), gate.Config{}, compare.ErrBroken, "head has no result of " + parallelName},
		{"base lacks a workload", text(b...), text(all(h, h2)...), gate.Config{}, compare.ErrBroken, "base has no result of " + parallelName},
		{"head crashed half-way", text(all(b, b2[:9])...), text(append(all(h, h2[:9]), fail)...), gate.Config{}, compare.ErrBroken,
			"head failed in " + parallelName + ": worker: ended: signal: killed"},
		{"base failed", text(all(b, []string{fail})...), text(h...), gate.Config{}, compare.ErrBroken, "base failed in " + parallelName},
		{"one side skips", text(all(b, []string{skip})...), text(all(h, h2)...), gate.Config{}, compare.ErrBroken, "base skipped " + parallelName + ": no such thing"},
		{name: "both sides skip", base: text(all(b, []string{skip})...), head: text(all(h, []string{skip})...)},
		{"a line is cut off", text(b...), strings.TrimSuffix(text(h...), " ticks/op\n"), gate.Config{}, compare.ErrBroken,
			"head: the results are broken: head.txt:35: line is cut off"},
		{"the last line is missing", text(b...), text(h[:23]...), gate.Config{}, compare.ErrBroken, "base has 24 samples of it and head 23, but they come in pairs"},
		{"not of one gate", text(b...), strings.Replace(text(h...), "family: 4", "family: 5", 1), gate.Config{}, nil, `these results are not of one gate: family is "4" and "5"`},
		{"half a shard name", strings.Replace(text(b...), "1/1", "1", 1), strings.Replace(text(h...), "1/1", "1", 1), gate.Config{}, nil, `condition shard is "1", want i/n`},
		{"a metric is missing", text(b...), strings.ReplaceAll(text(h...), "370.2 allocs/op", ""), gate.Config{}, compare.ErrBroken, "head has no allocs/op of " + doxbeeName},
		{"no such metric", text(b...), text(h...), gate.Config{Metrics: []string{"m/s²"}}, nil, "nothing to compare: no benchmark has results on both sides in m/s²"},
		{"which way is up", strings.ReplaceAll(text(b...), "allocs/op", "beans"), strings.ReplaceAll(text(h...), "allocs/op", "beans"),
			gate.Config{Metrics: []string{"beans"}}, nil, "which direction of beans is better?"},
		{"zero", strings.ReplaceAll(text(b...), "370.2 allocs/op", "0 rows/s"), strings.ReplaceAll(text(h...), "370.2 allocs/op", "7 rows/s"),
			gate.Config{Metrics: []string{"rows/s"}}, compare.ErrBroken, "a value of rows/s is 0: there is no ratio"},
		{"other units", "BenchmarkX 1 5 ns/op\nBenchmarkY 1 5 ns/op\n", "BenchmarkY 1 5 ns/op\n\nBenchmarkX 1 5 req/s\n", gate.Config{}, compare.ErrBroken,
			"X can't be compared: base has sec/op (base.txt:1) and head req/s (head.txt:3); measure both alike"},
		{"up and down", "Unit x/op better=lower\nBenchmarkX 1 5 x/op\n", "\nUnit x/op better=higher\nBenchmarkX 1 5 x/op\n", gate.Config{Metrics: []string{"x/op"}}, nil,
			"x/op is declared better=lower in base.txt:1 and better=higher in head.txt:2"},
		{"exact or not", "Unit ticks/op assume=exact better=lower\nBenchmarkX 1 5 ticks/op\n", "Unit ticks/op assume=nothing\nBenchmarkX 1 5 ticks/op\n", gate.Config{}, nil,
			"ticks/op is declared assume=exact in base.txt:1 and assume=nothing in head.txt:1"},
		{"only head declares it", "BenchmarkX 1 5 x/op\n", "Unit x/op better=higher assume=exact\nBenchmarkX 1 4 x/op\n", gate.Config{Metrics: []string{"x/op"}},
			compare.ErrRegressed, "1 regressed"},
		{"a metric that only head has", "BenchmarkX 1 5 ns/op\n", "BenchmarkX 1 5 ns/op 3 allocs/op\n", gate.Config{}, compare.ErrBroken, "base has no allocs/op of X"},
		{"NaN", "BenchmarkX 1 5 ns/op\n", "BenchmarkX 1 NaN ns/op\nBenchmarkX 1 -5 ns/op\nBenchmarkX 1 6 ns/op\n", gate.Config{}, compare.ErrBroken,
			"head: the results are broken: head.txt:1: NaN ns/op is not a possible measurement, line not used: \"BenchmarkX\" (and 1 more)"},
		{"one side is empty", text(b...), "", gate.Config{}, compare.ErrBroken, "head has no result of " + doxbeeName},
		{"head fails at once", text(), text(fail), gate.Config{}, compare.ErrBroken, "head failed in " + parallelName},
		{"both are empty", "", "", gate.Config{}, nil, "nothing to compare"},
		{"fewer pairs than a look", text(b[:7]...), text(h[:7]...), gate.Config{}, compare.ErrInconclusive, "1 inconclusive"},
		{name: "fewer, and that passes", base: text(b[:7]...), head: text(h[:7]...), config: gate.Config{Undecided: gate.Pass}},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, err := try(t, test.config, pair(t, test.base, test.head))
			if err == nil {
				err = c.Err()
			} else if test.want != nil {
				t.Fatalf("no comparison: %v", err)
			}
			switch {
			case test.says == "" && err != nil:
				t.Error(err)
			case test.says != "" && (err == nil || !strings.Contains(err.Error(), test.says)):
				t.Errorf("got %v, want %s", err, test.says)
			case test.want != nil && !errors.Is(err, test.want):
				t.Errorf("%v is no %v", err, test.want)
			}
		})
	}
}

// Results of two runs are no pairs: 3% mean nothing, and the warning says so.
func TestUnpaired(t *testing.T) {
	for _, test := range []struct {
		change float64
		want   gate.Verdict
	}{{0, gate.Unchanged}, {0.03, gate.Unchanged}, {-0.03, gate.Unchanged}, {0.2, gate.Regressed}, {-0.2, gate.Improved}} {
		base, head := pairsOf(3, doxbeeName, test.change, 9, 9)
		plain := func(lines []string) string {
			return "cpu: this\nrounds: interleaved\nUnit ticks/op better=lower assume=exact\n" + strings.Join(lines, "")
		}
		c := compared(t, pair(t, plain(base), strings.Replace(plain(head), "this", "that", 1)))
		if r := c.Rows[0]; r.Verdict != test.want {
			t.Errorf("%+v: %v [%v, %v] is %v, want %v", test.change, r.Ratio, r.Lo, r.Hi, r.Verdict, test.want)
		}
		if warned := strings.Join(c.Warnings(), "\n"); !strings.Contains(warned, "were not measured in pairs") || !strings.Contains(warned, `cpu differs: base "this", head "that"`) {
			t.Errorf("warnings: %s", warned)
		}
	}
}

// More requests a second are better.
func TestDirection(t *testing.T) {
	side := func(change float64) string {
		var b strings.Builder
		for _, head := range []bool{false, true} {
			if head == (change != 0) {
				b.WriteString(sidesApart(1, "", false, twin{"Koa", "req/s", 20000 * (1 + change), 0}, twin{"Trek", "req/s", 30000 * (1 - change), 0}))
			}
		}
		return b.String()
	}
	c := compared(t, pair(t, side(0), side(0.25)))
	if got, want := c.Summary(), "1 regressed, 1 improved"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	for _, r := range c.Rows {
		if r.Name == "Koa" && r.Verdict != gate.Improved {
			t.Errorf("25%% more requests: %v", r.Verdict)
		}
	}
}

// The shards of a gate have one verdict, and none may be missing.
func TestShards(t *testing.T) {
	shard := func(seed uint64, name, pairing, shard string, change float64) compare.Pair {
		b, h := pairsOf(seed, name, change, 9, 9)
		return pair(t, gateText{pairing, shard, b}.String(), gateText{pairing, shard, h}.String())
	}
	one, two := shard(1, doxbeeName, "x", "1/2", 0), shard(2, parallelName, "y", "2/2", 0.03)
	c := compared(t, one, two)
	if err := c.Err(); !errors.Is(err, compare.ErrRegressed) || len(c.Rows) != 6 {
		t.Errorf("%d rows: %v", len(c.Rows), err)
	}
	if c = compared(t, one); c.Err() != nil {
		t.Errorf("one shard by itself: %v", c.Err())
	}
	if c = compared(t, shard(3, doxbeeName, "z", "1/3", 0), shard(2, parallelName, "y", "3/3", 0)); !errors.Is(c.Err(), compare.ErrBroken) ||
		!strings.Contains(c.Err().Error(), "shard 2/3 is missing") {
		t.Errorf("without shard 2: %v", c.Err())
	}
	if _, err := try(t, gate.Config{}, one, one); err == nil || !strings.Contains(err.Error(), "shard 1/2 is there twice") {
		t.Errorf("a shard twice: %v", err)
	}
	plain := pair(t, "BenchmarkX 1 1 ns/op\n", "BenchmarkX 1 1 ns/op\n")
	if _, err := try(t, gate.Config{}, plain, plain); err == nil {
		t.Error("plain results were merged")
	}
}

// A gate goes on with the benchmarks that are open, up to their next look.
func TestOpen(t *testing.T) {
	var base, head []string
	for i, change := range []float64{0.2, 0.01} {
		b, h := pairsOf(uint64(i), []string{doxbeeName, parallelName}[i], change, 9, 9)
		base, head = append(base, b[:10]...), append(head, h[:10]...)
	}
	c := compared(t, pair(t, gateText{"x", "1/1", base}.String(), gateText{"x", "1/1", head}.String()))
	looks := c.Plan.Looks()
	next := looks[slices.IndexFunc(looks, func(l gate.Look) bool { return l.Pairs > 10 })].Pairs
	if got := c.Open(false); len(got) != 1 || got[parallelName] != next {
		t.Errorf("open are %v, want %s up to %d", got, parallelName, next)
	}
	if got := c.Open(true); len(got) != 2 || got[doxbeeName] != next {
		t.Errorf("of all, open are %v", got)
	}
	if got := compared(t, typicalGate(t)).Open(true); len(got) != 0 {
		t.Errorf("with all pairs, open are %v", got)
	}
}
