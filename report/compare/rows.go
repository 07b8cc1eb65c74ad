package compare

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"promisebench/report/change"
	"promisebench/report/dataset"
	"promisebench/report/gate"
	"promisebench/report/stats"
	"promisebench/report/text"
	"promisebench/report/unit"
)

// addPair makes rows of the benchmarks that are on both sides of a pair, and
// problems of the others.
func (c *Comparison) addPair(p Pair) error {
	cells := make(map[dataset.Key]*dataset.Cell)
	procs := make(map[string]bool)
	for _, s := range sides() {
		for key, cell := range p.of(s).Cells() {
			if cell.Measured() {
				cells[key] = cell
			}
		}
	}
	for key := range cells {
		if key.Procs != "" {
			procs[key.Procs] = true
		}
	}
	done := c.addOutcomes(p, cells)
	row := func(key dataset.Key) dataset.Row {
		return dataset.Row{Workload: key.Workload, Label: cells[key].Label, Style: key.Style, Await: key.Await}
	}
	keys := slices.SortedFunc(maps.Keys(cells), func(a, b dataset.Key) int {
		return cmp.Or(dataset.CompareRows(row(a), row(b)), cmp.Compare(a.Engine, b.Engine), cmp.Compare(a.Procs, b.Procs))
	})
	for _, key := range keys {
		if done[key] {
			continue
		}
		// Usually GOMAXPROCS is the same everywhere, and no name need say it.
		if err := c.addBenchmark(p, key, len(procs) > 1); err != nil {
			return err
		}
	}
	return nil
}

// addOutcomes files the failures and skips of a pair and returns the benchmarks that
// are dealt with thereby. What only one side skips is a failure: nobody knows what
// it would have been.
func (c *Comparison) addOutcomes(p Pair, cells map[dataset.Key]*dataset.Cell) (done map[dataset.Key]bool) {
	done = make(map[dataset.Key]bool)
	skipped := make(map[Side]map[dataset.Key]bool)
	for _, s := range sides() {
		skipped[s] = make(map[dataset.Key]bool)
		for _, o := range p.of(s).Outcomes() {
			if o.Kind == dataset.Skip {
				skipped[s][o.BenchmarkKey()] = true
			}
		}
	}
	for _, s := range sides() {
		for _, o := range p.of(s).Outcomes() {
			key := o.BenchmarkKey()
			reason := text.Clip(cmp.Or(o.Reason, "no reason given"), 1000)
			name := text.Clip(strings.TrimPrefix(o.Name, "Benchmark"), 200)
			switch both := skipped[Base][key] && skipped[Head][key] && cells[key] == nil; {
			case both && done[key]:
			case both:
				c.skips = append(c.skips, name+": "+reason)
			case o.Kind == dataset.Skip:
				c.addProblem(failed, "%v skipped %s: %s", s, name, reason)
			default:
				c.addProblem(failed, "%v failed in %s: %s", s, name, reason)
			}
			done[key] = true
		}
	}
	return done
}

// addOneSided files a benchmark, or a metric of it, that only one side has.
func (c *Comparison) addOneSided(has Side, cell *dataset.Cell, metric string) {
	name := text.Clip(cell.Name, 200)
	said := fmt.Sprintf("%v has no result of %s", has.other(), name)
	if metric != "" {
		said = fmt.Sprintf("%v has no %s of %s", has.other(), text.Clip(metric, 40), name)
	}
	c.Problems = append(c.Problems, Problem{kind: oneSided, Text: said, name: name, unit: text.Clip(metric, 40), has: has, at: cell.First})
}

// addBenchmark adds a benchmark in all of its metrics.
func (c *Comparison) addBenchmark(p Pair, key dataset.Key, withProcs bool) error {
	base, head := p.Base.Cells()[key], p.Head.Cells()[key]
	switch {
	case !base.Measured():
		c.addOneSided(Head, head, "")
		return nil
	case !head.Measured():
		c.addOneSided(Base, base, "")
		return nil
	}
	var here, there, either []string // metrics of base, of head, and of any side
	for _, metric := range c.config.Metrics {
		if len(base.Values[metric]) > 0 {
			here = append(here, metric)
		}
		if len(head.Values[metric]) > 0 {
			there = append(there, metric)
		}
		if len(base.Values[metric])+len(head.Values[metric]) > 0 {
			either = append(either, metric)
		}
	}
	name := text.Clip(base.Name, 200)
	switch {
	case len(either) == 0:
		c.uncompared = append(c.uncompared, fmt.Sprintf("%s is not compared: it has no %s", name, strings.Join(c.config.Metrics, ", ")))
	case len(here) > 0 && len(there) > 0 && len(here)+len(there) == len(either):
		c.addProblem(failed, "%s can't be compared: base has %s (%v) and head %s (%v); measure both alike", name,
			strings.Join(here, ", "), base.First, strings.Join(there, ", "), head.First)
		return nil
	}
	label := base.Label
	if withProcs && key.Procs != "" {
		label = key.WithProcs(label)
	}
	for _, metric := range either {
		if err := c.addRow(p, base, head, metric, label); err != nil {
			return err
		}
	}
	return nil
}

// addRow adds a benchmark in one metric, which it has on one side at least.
func (c *Comparison) addRow(p Pair, base, head *dataset.Cell, metric, label string) error {
	b, h := stats.Measured(base.Values[metric]), stats.Measured(head.Values[metric])
	better, exact, err := p.meaning(metric)
	if err != nil {
		return err
	}
	kind := gate.Unpaired
	switch {
	case exact, c.paired && (metric == unit.Allocs || metric == unit.Bytes):
		kind = gate.Exact
	case metric == unit.Instructions:
		kind = gate.Counted
	case c.paired:
		kind = gate.Paired
	}
	rules, compared := c.config.For(base.Name, metric, kind, c.layouts)
	switch {
	case !compared:
		return nil
	case len(b) == 0:
		c.addOneSided(Head, head, metric)
		return nil
	case len(h) == 0:
		c.addOneSided(Base, base, metric)
		return nil
	case kind == gate.Paired && (len(b) != len(h) || len(b) != len(base.Values[metric]) || len(h) != len(head.Values[metric])):
		// Which of them has no partner is not known: all pairs may be wrong.
		c.addProblem(broken, "%s: base has %d samples of it and head %d, but they come in pairs: a file was cut off or changed; measure again",
			text.Clip(base.Name, 200), len(b), len(h))
		return nil
	case better == 0:
		return fmt.Errorf("which direction of %s is better? A line \"Unit %[1]s better=lower\" (or higher) in the results says it", text.Clip(metric, 40))
	case kind != gate.Exact && min(slices.Min(b), slices.Min(h)) <= 0:
		c.addProblem(failed, "%s: a value of %s is 0: there is no ratio", text.Clip(base.Name, 200), text.Clip(metric, 40))
		return nil
	}
	variant := ""
	if base.InMatrix {
		variant = text.Clip(base.Style, 60)
		if !dataset.HasNoAwait(base.Style) {
			variant = text.Joined(variant, text.Clip(base.Await, 40))
		}
	}
	c.Rows = append(c.Rows, change.Row{Workload: label, Variant: variant, Engine: text.Clip(base.Engine, 60), Row: gate.Row{
		Name: base.Name, Unit: metric, Kind: kind, HigherIsBetter: better > 0, Base: b, Head: h, Layouts: c.layouts, Rules: rules,
	}})
	return nil
}

// meaning returns which direction of a unit is better (0 is unknown) and whether it
// is declared exact. What only one side declares holds for both; it is an error if
// they contradict each other.
func (p Pair) meaning(metric string) (better int, exact bool, err error) {
	for _, key := range []string{"better", "assume"} {
		b, inBase := p.Base.Declared(metric, key)
		h, inHead := p.Head.Declared(metric, key)
		if inBase && inHead && b.Value != h.Value {
			return 0, false, fmt.Errorf("%s is declared %s=%s in %v and %s=%s in %v: correct the one that is wrong, there is nothing to compare until then",
				text.Clip(metric, 40), key, text.Clip(b.Value, 40), b.At, key, text.Clip(h.Value, 40), h.At)
		}
	}
	declares := p.Base
	if _, ok := p.Base.Declared(metric, "better"); !ok {
		declares = p.Head
	}
	return declares.Better(metric), p.Base.Exact(metric) || p.Head.Exact(metric), nil
}
