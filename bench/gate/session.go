package gate

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"golang.org/x/perf/benchfmt"

	"promisebench/bench"
)

// A Plan is what to measure, and how.
type Plan struct {
	Builds [2]Build
	// Benchmarks are those of the Shard, out of Family in all shards.
	Benchmarks []Benchmark
	Shard      Shard
	Family     int
	// Pairs is the largest number of pairs of one benchmark, Budget the longest
	// time for one: it gets no more pairs then.
	Pairs  int
	Budget time.Duration
	// Layouts is how many times each side is linked anew, with its functions in
	// random order: pair i is measured in layout i of both, modulo Layouts. Where
	// functions lie changes times by more than what is looked for, and any change
	// to code moves others. 1 is the linker's own layout, for all pairs.
	Layouts int
	// Counter, if not nil, counts instructions, Counts times on each side for each
	// benchmark, or twice as often if these differ too much for a decision. That needs
	// no layouts, and no quiet machine.
	Counter Counter
	Counts  int
	// Exact takes a single pair of each benchmark, which is enough for what does
	// not vary, and asks for no decision.
	Exact bool
	Seed  uint64 // for the order of everything
	// Meter measures a pair. Its Random is set from Seed.
	Meter PairMeter
	// GOGC is that of the builds that have a version of Go, Metrics what is to be
	// compared, Injected the slowdown of head in words, Custom how the results of a
	// user's own workloads are known. They are for the record.
	GOGC     string
	Metrics  []string
	Injected string
	Custom   []bench.Condition
}

// WithHead returns the plan with another head that has the same engines.
func (p Plan) WithHead(head Build) Plan {
	p.Builds[Head] = head
	p.Benchmarks = slices.Clone(p.Benchmarks)
	for i := range p.Benchmarks {
		p.Benchmarks[i][Head].Engine = sameEngine(head.Engines, p.Benchmarks[i][Base].Engine)
	}
	return p
}

// Open is what is not decided yet, by the names of benchmarks.
type Open struct {
	Pairs  map[string]int  // how many are needed in all
	Counts map[string]bool // of which more are needed
}

// A Session carries a plan out: a pair of each benchmark in turn, until none is
// open. It is not safe for concurrent use, and runs once.
type Session struct {
	Plan
	// Decide returns what is open. It reads what was measured so far.
	Decide func(base, head io.Reader) (Open, error)
	// Progress, if not nil, is called after each pair.
	Progress func(Progress)
	// Trouble is called with each failure and, if the error wraps
	// [errors.ErrUnsupported], each skip.
	Trouble func(side Side, benchmark string, err error)

	// Spent is where the time went, once Run has ended.
	Spent Spent

	random  *rand.Rand
	layouts *Layouts
	logs    [2]*bench.Log
	text    [2]bytes.Buffer // what the logs have, to be decided upon
	taken   map[string]int  // pairs
	spent   map[string]time.Duration
	ended   map[string]bool // failed, or out of budget
	counted int             // benchmarks
}

// Spent is how long the parts of a session took.
type Spent struct{ Linking, Counting, Measuring time.Duration }

// All is the sum.
func (s Spent) All() time.Duration { return s.Linking + s.Counting + s.Measuring }

// Add adds what another session took.
func (s *Spent) Add(other Spent) {
	s.Linking += other.Linking
	s.Counting += other.Counting
	s.Measuring += other.Measuring
}

// Progress is how far a session has come.
type Progress struct {
	// Taken pairs are there, and there will be AtMost in the end.
	Taken, AtMost int
	// Open of Benchmarks are not decided.
	Open, Benchmarks int
	// Counted of Benchmarks have their instructions counted. That comes first.
	Counted int
}

// Run measures and writes each side, below the header, as Go benchmark format
// while it does so. If ctx ends, Run ends without an error, and what is there can be
// judged. Errors are those of writing and of Decide.
func (s *Session) Run(ctx context.Context, header bench.Header, base, head io.Writer) error {
	s.random = rand.New(rand.NewPCG(s.Seed, 0))
	s.Meter.Random = s.random
	s.layouts = NewLayouts(&s.Builds, s.Layouts, s.Seed)
	s.taken, s.spent, s.ended = map[string]int{}, map[string]time.Duration{}, map[string]bool{}
	for i, w := range [...]io.Writer{base, head} {
		// GOMAXPROCS is 1 in the workers.
		s.logs[i] = bench.NewLog(io.MultiWriter(w, &s.text[i]), 1)
		if err := s.logs[i].Header(s.header(header, Side(i)).Conditions(), bench.UnitMetadata); err != nil {
			return err
		}
	}
	if err := s.count(ctx); err != nil || ctx.Err() != nil {
		return err
	}
	start := time.Now()
	defer func() {
		s.Spent.Linking = s.layouts.took
		s.Spent.Measuring = time.Since(start) - s.layouts.took
	}()
	want := map[string]int{} // pairs, by benchmark
	for _, b := range s.Benchmarks {
		want[b.Name()] = 1
	}
	for len(want) > 0 {
		if err := s.take(ctx, want); err != nil || ctx.Err() != nil || s.Exact {
			return err
		}
		open, err := s.Decide(s.Samples(Base), s.Samples(Head))
		if err != nil {
			return err
		}
		want = open.Pairs
		maps.DeleteFunc(want, func(name string, _ int) bool { return s.ended[name] })
	}
	return nil
}

// Samples returns what was written so far.
func (s *Session) Samples(side Side) io.Reader { return bytes.NewReader(s.text[side].Bytes()) }

// count counts the instructions of all benchmarks. Both sides are counted at the
// same time: other work on the machine changes nothing.
func (s *Session) count(ctx context.Context) error {
	if s.Counter == nil {
		return nil
	}
	start := time.Now()
	defer func() { s.Spent.Counting = time.Since(start) }()
	for _, b := range s.Benchmarks {
		if err := s.countBenchmark(ctx, b); err != nil || ctx.Err() != nil {
			return err
		}
		s.counted++
		s.report(nil)
	}
	return nil
}

func (s *Session) countBenchmark(ctx context.Context, b Benchmark) error {
	name := b.Name()
	for n := 0; n < 2*s.Counts && !s.ended[name]; n++ {
		if n >= s.Counts {
			open, err := s.Decide(s.Samples(Base), s.Samples(Head))
			if err != nil || !open.Counts[name] {
				return err
			}
		}
		if err := s.countPair(ctx, b); err != nil || ctx.Err() != nil {
			return err
		}
	}
	return nil
}

// countPair counts a benchmark's instructions once on each side, and logs them if
// both could be counted.
func (s *Session) countPair(ctx context.Context, b Benchmark) error {
	var both sync.WaitGroup
	var pair [2]bench.Record
	for _, side := range Sides() {
		both.Go(func() { pair[side] = s.countOne(ctx, b, side) })
	}
	both.Wait()
	if ctx.Err() != nil {
		return nil
	}
	failed := pair[Base].Err != nil || pair[Head].Err != nil
	s.ended[b.Name()] = failed
	for _, side := range Sides() {
		if failed && pair[side].Err == nil {
			continue
		}
		if err := s.logs[side].Record(pair[side]); err != nil {
			return err
		}
		if err := pair[side].Err; err != nil {
			s.Trouble(side, b.Name(), err)
		}
	}
	return nil
}

func (s *Session) countOne(ctx context.Context, b Benchmark, side Side) bench.Record {
	ctx, cancel := context.WithTimeoutCause(ctx, s.Meter.Timeout, fmt.Errorf("timed out after %v (--timeout)", s.Meter.Timeout))
	defer cancel()
	slowdown := 0.0
	if side == Head {
		slowdown = s.Meter.Inject
	}
	n, err := s.Counter.PerOp(ctx, b[side], slowdown)
	return bench.Record{Name: b.Name(), Err: err, Iters: 1, Values: []benchfmt.Value{{Value: n, Unit: bench.Instructions}}}
}

// take takes pairs, round by round in random order, until each benchmark has as
// many as are wanted of it.
func (s *Session) take(ctx context.Context, want map[string]int) error {
	for more := true; more; {
		more = false
		order := slices.Clone(s.Benchmarks)
		s.random.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		for _, b := range order {
			name := b.Name()
			if s.taken[name] >= want[name] || s.ended[name] {
				continue
			}
			in, err := s.layouts.Of(ctx, b, s.taken[name])
			if err != nil && ctx.Err() == nil {
				return err
			}
			if err := s.pair(ctx, in); err != nil || ctx.Err() != nil {
				return err
			}
			more = true
			s.report(want)
		}
	}
	return nil
}

// pair takes one pair of a benchmark and logs it, if both of it are there. One
// that ctx cut off is left out.
func (s *Session) pair(ctx context.Context, b Benchmark) error {
	name := b.Name()
	start := time.Now()
	pair := s.Meter.Pair(ctx, b)
	if ctx.Err() != nil {
		return nil
	}
	s.taken[name]++
	s.spent[name] += time.Since(start)
	failed := pair[Base].Err != nil || pair[Head].Err != nil
	s.ended[name] = failed || s.spent[name] >= s.Budget
	for _, side := range Sides() {
		o := pair[side]
		if failed && o.Err == nil {
			continue // half a pair
		}
		if err := s.logs[side].Record(o.Record()); err != nil {
			return err
		}
		if o.Err != nil {
			s.Trouble(side, name, o.Err)
		}
	}
	return nil
}

// report reports progress. Of an open benchmark all pairs may yet be needed.
func (s *Session) report(open map[string]int) {
	if s.Progress == nil {
		return
	}
	p := Progress{Open: len(open), Benchmarks: len(s.Benchmarks), Counted: s.counted}
	for _, n := range s.taken {
		p.Taken += n
	}
	p.AtMost = p.Taken
	for name := range open {
		if !s.ended[name] {
			p.AtMost += s.Pairs - s.taken[name]
		}
	}
	s.Progress(p)
}
