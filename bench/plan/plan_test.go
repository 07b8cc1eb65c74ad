package plan_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/perf/benchfmt"

	"promisebench/bench"
	"promisebench/bench/plan"
	"promisebench/report/stats"
)

// A cell is a benchmark "pair mode" that takes the same time in both modes.
type cell string

func (c cell) Name() string { return string(c) }

func pair(c cell) string {
	name, _, _ := strings.Cut(string(c), " ")
	return name
}

// A machine draws samples: all of a block are slowed alike, and each by its own luck.
type machine struct {
	random *rand.Rand
	sd     func(c cell) float64
	blocks [][]cell
}

func (m *machine) sample(_ context.Context, block []cell) iter.Seq[bench.Record] {
	m.blocks = append(m.blocks, slices.Clone(block))
	return func(yield func(bench.Record) bool) {
		slow := math.Exp(0.2 * m.random.ExpFloat64())
		for _, c := range block {
			luck := m.random.NormFloat64()
			if m.random.IntN(8) == 0 {
				luck *= 5
			}
			if !yield(record(c, 1000*slow*math.Exp(m.sd(c)*luck))) {
				return
			}
		}
	}
}

func record(c cell, ns float64) bench.Record {
	return bench.Record{Name: c.Name(), Iters: 1, Values: []benchfmt.Value{{Value: ns, Unit: "ns/op"}}}
}

// sideBySide puts partners into one block.
func sideBySide(round []cell, _ *rand.Rand) (blocks [][]cell) {
	byPair := map[string]int{}
	for _, c := range round {
		if at, known := byPair[pair(c)]; known {
			blocks[at] = append(blocks[at], c)
			continue
		}
		byPair[pair(c)] = len(blocks)
		blocks = append(blocks, []cell{c})
	}
	return blocks
}

// A log keeps what was written.
type log map[string][]float64

func (l log) write(r bench.Record) error {
	if r.Err == nil {
		l[r.Name] = append(l[r.Name], r.Values[0].Value)
	}
	return nil
}

// Time goes to what is not known yet, nothing is measured more often than it must be, and
// partners as often as each other.
func TestGoal(t *testing.T) {
	m := &machine{random: rand.New(rand.NewPCG(1, 2)), sd: func(c cell) float64 {
		return map[string]float64{"quiet": 0.005, "noisy": 0.06}[pair(c)]
	}}
	l := log{}
	finished := 0
	p := plan.Plan[cell]{
		Cells: []cell{"quiet a", "noisy a", "quiet b", "noisy b", "alone"}, Unit: "ns/op", Blocks: sideBySide, Partner: pair,
		Goal: &plan.Goal{Ratio: 0.03, Time: 2}, Sample: m.sample, Progress: func(now plan.Progress) { finished = max(finished, now.Finished) },
	}
	sum, err := p.Do(t.Context(), l.write)
	if err != nil || sum.Known != 5 || finished < 3 {
		t.Errorf("%+v, %v, %d finished", sum, err, finished)
	}
	if quiet, noisy := len(l["quiet a"]), len(l["noisy a"]); quiet != plan.Least || noisy < 2*quiet ||
		len(l["quiet b"]) != quiet || len(l["noisy b"]) != noisy || len(l["alone"]) < plan.Least {
		t.Errorf("%d of the quiet pair, %d and %d of the noisy one, %d of the other", quiet, noisy, len(l["noisy b"]), len(l["alone"]))
	}
	if n := sum.Samples; n != len(l["quiet a"])*2+len(l["noisy a"])*2+len(l["alone"]) {
		t.Errorf("%d samples", n)
	}
}

// A budget ends what can't be known, but not before each benchmark has the least samples.
func TestBudget(t *testing.T) {
	m := &machine{random: rand.New(rand.NewPCG(1, 2)), sd: func(cell) float64 { return 0.5 }}
	l := log{}
	p := plan.Plan[cell]{
		Cells: []cell{"x a", "x b", "y a"}, Unit: "ns/op", Blocks: sideBySide, Partner: pair,
		Goal: &plan.Goal{Ratio: 0.001, Time: 0.001, Budget: time.Nanosecond}, Sample: m.sample,
	}
	sum, err := p.Do(t.Context(), l.write)
	if err != nil || sum.Known != 0 || sum.Samples != 3*plan.Least || len(l["y a"]) != plan.Least {
		t.Errorf("%+v, %v", sum, err)
	}
}

// What loses its partner is known by its own time; what fails or is skipped is not tried
// again.
func TestLostPartner(t *testing.T) {
	m := &machine{random: rand.New(rand.NewPCG(1, 2)), sd: func(cell) float64 { return 0.01 }}
	for _, lost := range []cell{"x a", "x b"} {
		l := log{}
		tried := 0
		p := plan.Plan[cell]{
			Cells: []cell{"x a", "x b"}, Unit: "ns/op", Blocks: sideBySide, Partner: pair, Goal: &plan.Goal{Ratio: 0.01, Time: 1},
			Sample: func(ctx context.Context, block []cell) iter.Seq[bench.Record] {
				return func(yield func(bench.Record) bool) {
					for r := range m.sample(ctx, block) {
						if r.Name == lost.Name() {
							tried++
							r = bench.Record{Name: r.Name, Err: fmt.Errorf("not here: %w", errors.ErrUnsupported)}
						}
						if !yield(r) {
							return
						}
					}
				}
			},
		}
		sum, err := p.Do(t.Context(), l.write)
		if want := (plan.Summary{Samples: plan.Least, Skips: 1, Known: 1}); err != nil || sum != want || tried != 1 {
			t.Errorf("without %s: %+v, %v, tried %d times", lost, sum, err, tried)
		}
	}
}

// A run that is interrupted behind any record, and one that goes on, have together
// what one run would have had: nothing twice, and as much as is needed.
func TestInterruptAndResume(t *testing.T) {
	stop := errors.New("killed")
	cells := []cell{"x a", "x b", "y a", "y b", "alone"}
	for _, goal := range []*plan.Goal{nil, {Ratio: 0.02, Time: 0.5}} {
		for after := range 60 {
			m := &machine{random: rand.New(rand.NewPCG(uint64(after), 2)), sd: func(cell) float64 { return 0.02 }}
			l := log{}
			n := 0
			run := func(limit int) (plan.Summary, error) {
				p := plan.Plan[cell]{
					Cells: cells, Unit: "ns/op", Blocks: sideBySide, Partner: pair, Goal: goal, Rounds: 12,
					Earlier: l, Sample: m.sample,
				}
				return p.Do(t.Context(), func(r bench.Record) error {
					if n == limit {
						return stop
					}
					n++
					return l.write(r)
				})
			}
			if _, err := run(after); !errors.Is(err, stop) {
				t.Fatalf("got %v", err)
			}
			sum, err := run(-1)
			if err != nil || sum.Samples != n-after {
				t.Fatalf("resumed behind %d: %+v, %v", after, sum, err)
			}
			for _, name := range []string{"x", "y"} {
				if a, b := len(l[name+" a"]), len(l[name+" b"]); a != b || goal == nil && a != 12 || a < plan.Least {
					t.Errorf("resumed behind %d: %d and %d of %s", after, a, b, name)
				}
			}
			before := n
			if sum, err := run(-1); err != nil || n != before || sum.Samples != 0 {
				t.Errorf("resumed once more: %+v, %v", sum, err)
			}
		}
	}
}

// The order is the seed's.
func TestSeed(t *testing.T) {
	order := func(seed uint64) string {
		m := &machine{random: rand.New(rand.NewPCG(1, 2)), sd: func(cell) float64 { return 0.01 }}
		p := plan.Plan[cell]{Cells: []cell{"a", "b", "c", "d", "e", "f"}, Seed: seed, Rounds: 2, Unit: "ns/op", Sample: m.sample}
		if _, err := p.Do(t.Context(), log{}.write); err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(m.blocks)
	}
	first := order(1)
	if again, other := order(1), order(2); again != first || other == first {
		t.Errorf("%s, %s, %s", first, again, other)
	}
	if all := strings.Fields(strings.NewReplacer("[", "", "]", "").Replace(first)); slices.Equal(all[:6], all[6:]) {
		t.Errorf("both rounds have the order %v", all)
	}
}

// A turn may have many records, each of which is written as it comes; a failure
// in the middle ends the turn, and the others are not affected.
func TestIntervals(t *testing.T) {
	run := plan.Plan[cell]{
		Cells: []cell{"good", "bad"}, Rounds: 1, Intervals: 3,
		Sample: func(_ context.Context, block []cell) iter.Seq[bench.Record] {
			return func(yield func(bench.Record) bool) {
				for i := range 3 {
					if block[0] == "bad" && i == 1 {
						yield(bench.Record{Name: "bad", Err: errors.New("gone")})
						return
					}
					if !yield(record(block[0], 1)) {
						return
					}
				}
			}
		},
	}
	before := 0
	run.Progress = func(p plan.Progress) {
		if p.Finished <= before || p.Total != 6 {
			t.Errorf("%d of %d behind %d", p.Finished, p.Total, before)
		}
		before = p.Finished
	}
	l := log{}
	sum, err := run.Do(t.Context(), l.write)
	if want := (plan.Summary{Samples: 4, Failures: 1}); err != nil || sum != want || before != 6 || len(l["good"]) != 3 {
		t.Errorf("%+v, %v, last %d, %v", sum, err, before, l)
	}
}

// A disk that is full ends the run, and so does the user.
func TestEnds(t *testing.T) {
	m := &machine{random: rand.New(rand.NewPCG(1, 2)), sd: func(cell) float64 { return 0.01 }}
	p := plan.Plan[cell]{Cells: []cell{"a", "b"}, Rounds: 2, Unit: "ns/op", Sample: m.sample}
	full := errors.New("no space left")
	if _, err := p.Do(t.Context(), func(bench.Record) error { return full }); !errors.Is(err, full) {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	p = plan.Plan[cell]{Cells: []cell{"a", "b"}, Rounds: 2, Unit: "ns/op", Sample: m.sample, Progress: func(plan.Progress) { cancel() }}
	if sum, err := p.Do(ctx, log{}.write); !errors.Is(err, context.Canceled) || sum.Samples != 1 {
		t.Errorf("%+v, %v", sum, err)
	}
}

// Intervals of benchmarks that are measured until they are known well enough contain
// the truth as often as they say, or nearly: who stops as soon as an interval is narrow
// stops a bit more often when it is narrow by luck.
func TestCoverage(t *testing.T) {
	const runs = 300 // with 1,000: 96.6%, 95.2%, 94.2%, and 93.3% with an SD of 8%
	for _, sd := range []float64{0.01, 0.02, 0.04} {
		covered, samples := 0, 0
		for seed := range uint64(runs) {
			m := &machine{random: rand.New(rand.NewPCG(seed, 3)), sd: func(cell) float64 { return sd / math.Sqrt2 }}
			l := log{}
			p := plan.Plan[cell]{
				Cells: []cell{"x a", "x b"}, Unit: "ns/op", Blocks: sideBySide, Partner: pair,
				Goal: &plan.Goal{Ratio: 0.02}, Sample: m.sample,
			}
			if _, err := p.Do(t.Context(), l.write); err != nil {
				t.Fatal(err)
			}
			if stats.RatioOf(l["x a"], l["x b"]).Direction() == stats.Inconclusive {
				covered++ // both take the same time
			}
			samples += len(l["x a"])
		}
		share := 100 * float64(covered) / runs
		t.Logf("a pair with a standard deviation of %.0f%%: %.1f%% of intervals contain the truth, %d samples", 100*sd, share, samples/runs)
		if share < 91 {
			t.Errorf("a pair with a standard deviation of %.0f%%: only %.1f%% of intervals contain the truth", 100*sd, share)
		}
	}
}
