// Package plan decides what is measured when: which benchmarks live side by side,
// in which order, and which have been measured often enough.
//
// A [Plan] takes samples round by round. Each round takes one sample of every benchmark
// that is not known well enough yet, in an order of its own, so that what else the
// machine does falls on all alike. What is compared with each other is measured at
// the same time, in one block.
package plan

import (
	"context"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"promisebench/bench"
	"promisebench/report/stats"
)

// Least is how many samples of each benchmark are taken however well it is known:
// with fewer, intervals are narrow by luck, and who stops then is wrong more often
// than he says (TestCoverage). From 9 on the interval of a median leaves out the
// extremes.
const Least = 9

// A Plan is how samples of some benchmarks are taken. It does not depend on what a
// sample is.
type Plan[C bench.Named] struct {
	Cells []C
	Seed  uint64
	// Rounds is how many samples each benchmark gets, if there is no Goal.
	Rounds int
	// Goal, if not nil, says how well benchmarks must be known.
	Goal *Goal
	// Unit is what they are known in, such as ns/op.
	Unit string
	// Blocks shares the benchmarks of a round out among blocks, of which each is
	// measured side by side; nil means each by itself.
	Blocks func(round []C, random *rand.Rand) [][]C
	// Partner returns the same text for benchmarks whose ratios to the first of them
	// are to be known; nil means that each stands for itself.
	Partner func(C) string
	// Earlier has what there is already, by name: the values in Unit, NaN for a
	// sample without. A resumed run takes only the others.
	Earlier map[string][]float64
	// Ended holds the names of benchmarks that failed or were skipped and are
	// not tried again.
	Ended map[string]bool
	// Progress, if not nil, is called for each record, after it was written.
	Progress func(Progress)
	// Sample takes a sample of each benchmark of a block: it yields one record of
	// each, a failure or a skip if there is none. A soak yields one record for each
	// interval instead, as soon as it is over.
	Sample func(ctx context.Context, block []C) iter.Seq[bench.Record]
	// Intervals is about how many records a benchmark yields in a round; 0 means one.
	Intervals int

	benchmarks []*benchmark // as Cells
	byName     map[string]*benchmark
	started    time.Time
	sum        Summary
}

// A Goal is how well benchmarks are to be known: half the width of 95% intervals, as
// a share of the number, 0.02 for ±2%.
type Goal struct {
	Ratio float64 // of those that have a partner, to it
	Time  float64 // of the others
	// Budget is how long measuring may take. [Least] samples of each are taken even
	// if that takes longer. 0 means as long as it takes.
	Budget time.Duration
}

// Progress says how far a run has come.
type Progress struct {
	bench.Record // the last one
	// Finished of Total records are there, or benchmarks known as well as Goal says,
	// including those of an earlier run.
	Finished, Total int
	Goal            *Goal
	// Left is an estimate of the time that the others will take.
	Left time.Duration
}

// A Summary counts the records of a run, and the benchmarks that are known as well as
// the goal says.
type Summary struct{ Samples, Skips, Failures, Known int }

// A benchmark is what is known of one.
type benchmark struct {
	name    string
	rounds  int       // in which it was measured
	records int       // that this yielded
	values  []float64 // of these
	ended   bool
	// base is what it is compared with, or itself; against are what is compared
	// with it.
	base    *benchmark
	against []*benchmark
	// missing is how many times as wide its interval is as it is to be, 0 without a
	// goal.
	missing float64
}

// Do carries the plan out and hands on each record as it comes. A benchmark that
// fails or is skipped is not tried in later rounds; the others are. The error
// says that ctx ended, or is write's; what was written before stands.
func (p *Plan[C]) Do(ctx context.Context, write func(bench.Record) error) (Summary, error) {
	p.prepare()
	for round := 0; ; round++ {
		cells, more := p.round(round)
		if !more {
			break
		}
		random := rand.New(rand.NewPCG(p.Seed, uint64(round)))
		for _, block := range p.blocks(cells, random) {
			if round >= Least && p.late() {
				return p.summary(), nil
			}
			if err := p.take(ctx, block, write); err != nil {
				return p.summary(), err
			}
		}
	}
	return p.summary(), nil
}

// prepare finds partners and reads what there is already.
func (p *Plan[C]) prepare() {
	p.byName, p.started = map[string]*benchmark{}, time.Now()
	bases := map[string]*benchmark{}
	for _, c := range p.Cells {
		b := &benchmark{name: c.Name()}
		b.values, b.ended = slices.Clone(p.Earlier[b.name]), p.Ended[b.name]
		b.rounds, b.records = len(b.values), len(b.values)
		p.benchmarks, p.byName[b.name] = append(p.benchmarks, b), b
		key := b.name
		if p.Partner != nil {
			key = p.Partner(c)
		}
		if b.base = bases[key]; b.base == nil {
			bases[key], b.base = b, b
		} else {
			b.base.against = append(b.base.against, b)
		}
	}
	for _, base := range bases {
		p.measure(base)
	}
}

// round returns the benchmarks of which a round takes samples, and whether there is
// anything to do in it or in later ones.
func (p *Plan[C]) round(n int) (cells []C, more bool) {
	for i, b := range p.benchmarks {
		if !p.wants(b) {
			continue
		}
		more = true
		if b.rounds <= n {
			cells = append(cells, p.Cells[i])
		}
	}
	return cells, more
}

// wants reports whether more samples of a benchmark are to be taken.
func (p *Plan[C]) wants(b *benchmark) bool {
	if b.ended {
		return false
	}
	if p.Goal == nil {
		return b.rounds < p.Rounds
	}
	return b.rounds < Least || b.missing > 1
}

// measure finds out how wide the intervals are of a benchmark and those that are compared
// with it. These are known by their ratios to it, and it by the widest of these; one that
// has lost all others stands for itself.
func (p *Plan[C]) measure(base *benchmark) {
	if p.Goal == nil {
		return
	}
	alone := func(b *benchmark) float64 { return over(stats.Median(b.values, p.Unit).Width(), p.Goal.Time) }
	compared, widest := false, 0.0
	for _, b := range base.against {
		switch {
		case b.ended:
		case base.ended:
			b.missing = alone(b)
		default:
			b.missing = over(stats.RatioOf(base.values, b.values).Width(), p.Goal.Ratio)
			compared, widest = true, max(widest, b.missing)
		}
	}
	if base.missing = widest; !compared && !base.ended {
		base.missing = alone(base)
	}
}

// over is how many times as wide as a goal an interval is, or 0 without a goal.
func over(width, goal float64) float64 {
	if goal == 0 {
		return 0
	}
	return width / goal
}

func (p *Plan[C]) late() bool {
	return p.Goal != nil && p.Goal.Budget > 0 && time.Since(p.started) >= p.Goal.Budget
}

func (p *Plan[C]) blocks(cells []C, random *rand.Rand) [][]C {
	if p.Blocks != nil {
		return p.Blocks(cells, random)
	}
	var blocks [][]C
	for _, i := range random.Perm(len(cells)) {
		blocks = append(blocks, cells[i:i+1])
	}
	return blocks
}

// take takes a sample of each benchmark of a block. One that was cut off says nothing
// about its benchmark.
func (p *Plan[C]) take(ctx context.Context, block []C, write func(bench.Record) error) error {
	for record := range p.Sample(ctx, block) {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("interrupted: %w", err)
		}
		if err := write(record); err != nil {
			return err
		}
		p.sum.add(record)
		b := p.byName[record.Name]
		b.records++
		if b.ended = record.Err != nil; !b.ended {
			b.values = append(b.values, value(record, p.Unit))
		}
		if p.Progress != nil {
			p.Progress(p.progress(record))
		}
	}
	bases := map[*benchmark]bool{}
	for _, c := range block {
		b := p.byName[c.Name()]
		b.rounds++
		bases[b.base] = true
	}
	for base := range bases {
		p.measure(base)
	}
	return nil
}

// value returns a record's value in a unit, NaN if it has none.
func value(r bench.Record, unit string) float64 {
	for _, v := range r.Values {
		if v.Unit == unit {
			return v.Value
		}
	}
	return math.NaN()
}

// progress says how far the plan has come with a record.
func (p *Plan[C]) progress(last bench.Record) Progress {
	now := Progress{Record: last, Goal: p.Goal, Total: len(p.benchmarks)}
	each := float64(time.Since(p.started)) / float64(p.sum.Samples+p.sum.Skips+p.sum.Failures)
	if p.Goal == nil {
		records := p.Rounds * max(1, p.Intervals)
		now.Total *= records
		for _, b := range p.benchmarks {
			if now.Finished += min(b.records, records); b.ended {
				now.Finished += records - min(b.records, records)
			}
		}
		now.Left = time.Duration(each * float64(now.Total-now.Finished))
		return now
	}
	now.Finished = p.summary().Known
	left := 0.0 // samples
	for _, b := range p.benchmarks {
		left += p.lacks(b)
	}
	now.Left = time.Duration(each * left)
	if p.Goal.Budget > 0 {
		now.Left = min(now.Left, max(0, p.Goal.Budget-time.Since(p.started)))
	}
	return now
}

// lacks estimates how many samples a benchmark needs yet: the width of intervals
// goes with the square root of their number.
func (p *Plan[C]) lacks(b *benchmark) float64 {
	if !p.wants(b) {
		return 0
	}
	n, wide := float64(b.rounds), b.missing
	if b.rounds < Least || math.IsInf(wide, 0) {
		return max(1, 2*Least-n) // nothing is known; this is what many need
	}
	return max(1, n*wide*wide-n)
}

// summary counts what was done.
func (p *Plan[C]) summary() Summary {
	sum := p.sum
	for _, b := range p.benchmarks {
		if p.Goal != nil && !b.ended && !p.wants(b) {
			sum.Known++
		}
	}
	return sum
}

func (s *Summary) add(r bench.Record) {
	switch {
	case r.Skipped():
		s.Skips++
	case r.Err != nil:
		s.Failures++
	default:
		s.Samples++
	}
}
