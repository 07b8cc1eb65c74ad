package report

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/perf/benchfmt"
	"golang.org/x/perf/benchmath"

	"promisebench/report/gate"
)

// A Judgement is what the gate says of two sets of results, base and head.
type Judgement struct {
	Rows []JudgedRow
	// Failures are reasons why there can be no good news.
	Failures []Fault
	// Skips are benchmarks that neither side can run, with the reason.
	Skips []string
	// Warnings limit what the verdicts mean.
	Warnings []string
	// Paired says that the results say of themselves that they were measured in
	// pairs.
	Paired bool
	Plan   gate.Plan

	matches   []Match
	metrics   []string // as in [gate.Config], like the next
	undecided string
	procs     bool // GOMAXPROCS differs within the match at hand, so names say it
}

// A Fault is something that keeps benchmarks from being compared, or what was
// compared from being all there is.
type Fault struct {
	Kind FaultKind
	Text string

	// What of OneSided faults there is, and where.
	name, unit string // no unit: none of them is on the other side
	has        string // base or head
	at         Position
}

// A FaultKind says what is to be done about a fault.
type FaultKind int

const (
	Failed   FaultKind = iota // a benchmark failed, or its numbers can't be compared
	OneSided                  // a benchmark or metric is on one side only
	Broken                    // an input is broken, not finished, or not there
)

// A Match is two sets of results to be compared.
type Match struct{ Base, Head *Results }

// A JudgedRow is a benchmark in one metric with its verdict.
type JudgedRow struct {
	gate.Row
	gate.Decision
	workload string // its label
	variant  string // style and await mode, "" if the name has none
	engine   string // empty if the name has none
}

// label is the label without the engine.
func (r JudgedRow) label() string { return joined(r.workload, r.variant) }

// full is the label with the engine.
func (r JudgedRow) full() string { return joined(r.workload, r.variant, r.engine) }

// joined joins the parts of a label that there are.
func joined(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), " · ")
}

// PairedRounds is the value of the condition "rounds" of results that were
// measured in pairs with those of the other side.
const PairedRounds = "pairs"

// Conditions of results that were measured in pairs.
const (
	Pairing = "pairing" // the same on both sides, and on no others
	Pairs   = "pairs"   // as in [gate.Plan], which must not change afterwards
	Side    = "side"    // what was measured, in words
	Shard   = "shard"   // "i/n": which part of the benchmarks this is
	Family  = "family"  // number of benchmarks in all parts together
	Metrics = "metrics" // what is to be compared, separated by commas
)

// Judge compares base and head. Several matches are the shards of one gate: all
// of them must be there, and share the family-wise error. Broken and unfinished
// results are compared as far as they go, and are a fault. It is an error if there
// is nothing to compare, or if base and head do not mean the same by a unit.
func Judge(matches []Match, config gate.Config) (*Judgement, error) {
	j := &Judgement{Plan: config.Plan(), metrics: config.Metrics, undecided: config.Undecided, matches: matches}
	for _, m := range matches {
		for _, side := range m.sides() {
			if problems := side.Problems(); len(problems) > 0 {
				more := ""
				if n := len(problems) - 1; n > 0 {
					more = fmt.Sprintf(" (and %d more)", n)
				}
				j.fault(Broken, "%s: the results are broken: %v%s", side.name, problems[0], more)
			}
			if err := side.unfinished(); err != nil {
				j.fault(Broken, "%s: %v", side.name, err)
			}
		}
	}
	family, err := j.conditions()
	if err != nil {
		return nil, err
	}
	for _, m := range matches {
		if err := j.compare(m, config); err != nil {
			return nil, err
		}
	}
	if len(j.Rows) == 0 && len(j.Failures) == 0 {
		return nil, fmt.Errorf("nothing to compare: no benchmark has results on both sides in %s", strings.Join(config.Metrics, ", "))
	}
	// Shards deal a workload's benchmarks out.
	slices.SortStableFunc(j.Rows, func(a, b JudgedRow) int { return cmp.Compare(a.workload, b.workload) })
	rows := make([]gate.Row, len(j.Rows))
	for i, r := range j.Rows {
		rows[i] = r.Row
	}
	for i, d := range gate.Decide(rows, j.Plan, family) {
		j.Rows[i].Decision = d
	}
	j.warn()
	return j, nil
}

func (j *Judgement) fault(kind FaultKind, format string, args ...any) {
	j.Failures = append(j.Failures, Fault{Kind: kind, Text: fmt.Sprintf(format, args...)})
}

// oneSided files a benchmark, or a metric of it, that only the side named has.
func (j *Judgement) oneSided(has, lacks string, c *cell, unit string) {
	name := clip(c.name, 200)
	text := fmt.Sprintf("%s has no result of %s", lacks, name)
	if unit != "" {
		text = fmt.Sprintf("%s has no %s of %s", lacks, clip(unit, 40), name)
	}
	j.Failures = append(j.Failures, Fault{Kind: OneSided, Text: text, name: name, unit: clip(unit, 40), has: has, at: c.first()})
}

// A namedSide is one side of a match.
type namedSide struct {
	name string
	*Results
}

func (m Match) sides() [2]namedSide {
	return [2]namedSide{{"base", m.Base}, {"head", m.Head}}
}

// unfinished returns an error if some benchmarks have fewer rounds than others
// although all were measured in each: the run was not finished, or its file was
// cut off. Those that failed or were skipped took part in some rounds only.
func (r *Results) unfinished() error {
	if !r.interleaved() {
		return nil
	}
	ended := make(map[cellKey]bool)
	for _, o := range r.outcomes {
		ended[o.key()] = true
	}
	var few, many *cell
	for key, c := range r.cells {
		if ended[key] || len(c.values) == 0 {
			continue
		}
		if few == nil || c.rounds < few.rounds || c.rounds == few.rounds && c.name < few.name {
			few = c
		}
		if many == nil || c.rounds > many.rounds || c.rounds == many.rounds && c.name < many.name {
			many = c
		}
	}
	if few != nil && few.rounds < many.rounds {
		return fmt.Errorf("the run was not finished, or its file is cut off: %d samples of %s, and %d of %s; 'promisebench run --resume' completes it",
			few.rounds, clip(few.name, 200), many.rounds, clip(many.name, 200))
	}
	return nil
}

// conditions checks that all sides belong together, and finds out how they were
// measured and how many benchmarks share the error.
func (j *Judgement) conditions() (family int, err error) {
	first := j.matches[0].Base.known
	paired := 0
	shards := make(map[string]bool)
	for _, m := range j.matches {
		base, head := m.Base.known, m.Head.known
		if base["rounds"] != PairedRounds || head["rounds"] != PairedRounds || base[Pairing] != head[Pairing] {
			continue
		}
		paired++
		for _, key := range []string{Pairs, Family} {
			if base[key] != first[key] || head[key] != base[key] {
				return 0, fmt.Errorf("these results are not of one gate: %s is %q and %q", key, clip(first[key], 60), clip(cmp.Or(head[key], base[key]), 60))
			}
		}
		if shards[base[Shard]] {
			return 0, fmt.Errorf("shard %s is there twice", clip(base[Shard], 60))
		}
		shards[base[Shard]] = true
	}
	if j.Paired = paired == len(j.matches); !j.Paired {
		if len(j.matches) > 1 {
			return 0, errors.New("only results of 'promisebench gate' can be merged")
		}
		return 0, nil
	}
	if j.Plan.Pairs, err = strconv.Atoi(first[Pairs]); err != nil {
		return 0, fmt.Errorf("condition %s: %w", Pairs, err)
	}
	if family, err = strconv.Atoi(first[Family]); err != nil {
		return 0, fmt.Errorf("condition %s: %w", Family, err)
	}
	_, of, _ := strings.Cut(first[Shard], "/")
	n, err := strconv.Atoi(of)
	if err != nil || n < 1 || n > 10000 {
		return 0, fmt.Errorf("condition %s is %q, want i/n", Shard, clip(first[Shard], 60))
	}
	for i := 1; i <= n && len(j.matches) > 1; i++ {
		if name := fmt.Sprintf("%d/%d", i, n); !shards[name] {
			j.fault(Broken, "shard %s is missing", name)
		}
	}
	return family, j.Plan.Validate()
}

// compare finds the partners in a match and makes rows of them.
func (j *Judgement) compare(m Match, config gate.Config) error {
	cells := make(map[cellKey]*cell)
	for _, side := range m.sides() {
		for key, c := range side.cells {
			if len(c.values) > 0 {
				cells[key] = c
			}
		}
	}
	procs := make(map[string]bool)
	for key := range cells {
		if key.procs != "" {
			procs[key.procs] = true
		}
	}
	j.procs = len(procs) > 1
	done := j.outcomes(m, cells)
	keys := slices.SortedFunc(maps.Keys(cells), func(a, b cellKey) int {
		return cmp.Or(compareRows(row{a.workload, cells[a].label, a.style, a.await}, row{b.workload, cells[b].label, b.style, b.await}),
			cmp.Compare(a.engine, b.engine), cmp.Compare(a.procs, b.procs))
	})
	for _, key := range keys {
		if done[key] {
			continue
		}
		base, head := m.Base.cells[key], m.Head.cells[key]
		if base == nil || len(base.values) == 0 {
			j.oneSided("head", "base", head, "")
			continue
		}
		if head == nil || len(head.values) == 0 {
			j.oneSided("base", "head", base, "")
			continue
		}
		var here, there []string // metrics of base and head
		shared := false
		for _, unit := range config.Metrics {
			if len(base.values[unit]) > 0 {
				here = append(here, unit)
			}
			if len(head.values[unit]) > 0 {
				there = append(there, unit)
				shared = shared || len(base.values[unit]) > 0
			}
		}
		if !shared && len(here) > 0 && len(there) > 0 {
			j.fault(Failed, "%s can't be compared: base has %s (%v) and head %s (%v); measure both alike", clip(base.name, 200),
				strings.Join(here, ", "), base.first(), strings.Join(there, ", "), head.first())
			continue
		}
		for _, unit := range config.Metrics {
			if len(base.values[unit])+len(head.values[unit]) > 0 {
				if err := j.addRow(m, config, key, unit); err != nil {
					return err
				}
			}
		}
		if len(here)+len(there) == 0 {
			j.Warnings = append(j.Warnings, fmt.Sprintf("%s is not compared: it has no %s", clip(cells[key].name, 200), strings.Join(config.Metrics, ", ")))
		}
	}
	return nil
}

// outcomes files the failures and skips of a match and returns the benchmarks
// that are dealt with thereby. What only one side skips is a failure: nobody
// knows what it would have been.
func (j *Judgement) outcomes(m Match, cells map[cellKey]*cell) (done map[cellKey]bool) {
	done = make(map[cellKey]bool)
	skipped := make(map[string]map[cellKey]bool)
	for _, side := range m.sides() {
		skipped[side.name] = make(map[cellKey]bool)
		for _, o := range side.outcomes {
			if o.Kind == Skip {
				skipped[side.name][o.key()] = true
			}
		}
	}
	for _, side := range m.sides() {
		for _, o := range side.outcomes {
			key := o.key()
			reason := clip(cmp.Or(o.Reason, "no reason given"), 1000)
			name := clip(strings.TrimPrefix(o.Name, "Benchmark"), 200)
			switch both := skipped["base"][key] && skipped["head"][key] && cells[key] == nil; {
			case both && done[key]:
			case both:
				j.Skips = append(j.Skips, name+": "+reason)
			case o.Kind == Skip:
				j.fault(Failed, "%s skipped %s: %s", side.name, name, reason)
			default:
				j.fault(Failed, "%s failed in %s: %s", side.name, name, reason)
			}
			done[key] = true
		}
	}
	return done
}

// key says which benchmark the outcome is of.
func (o Outcome) key() cellKey {
	key, _, _ := parseName(benchfmt.Name(strings.TrimPrefix(o.Name, "Benchmark")))
	return key
}

// addRow adds a benchmark in one metric, which it has on one side at least.
func (j *Judgement) addRow(m Match, config gate.Config, key cellKey, unit string) error {
	c := m.Base.cells[key]
	name := c.name
	base, head := c.values[unit], m.Head.cells[key].values[unit]
	b, h := measured(base), measured(head)
	better, exact, err := m.meaning(unit)
	if err != nil {
		return err
	}
	kind := gate.Unpaired
	switch {
	case exact, j.Paired && (unit == "allocs/op" || unit == "B/op"):
		kind = gate.Exact
	case j.Paired:
		kind = gate.Paired
	}
	rules, compared := config.For(name, unit, kind)
	switch {
	case !compared:
		return nil
	case len(b) == 0:
		j.oneSided("head", "base", m.Head.cells[key], unit)
		return nil
	case len(h) == 0:
		j.oneSided("base", "head", c, unit)
		return nil
	case kind == gate.Paired && (len(b) != len(h) || len(b) != len(base) || len(h) != len(head)):
		// Which of them has no partner can't be told: all pairs may be wrong.
		j.fault(Broken, "%s: base has %d samples of it and head %d, but they come in pairs: a file was cut off or changed; measure again",
			clip(name, 200), len(b), len(h))
		return nil
	case better == 0:
		return fmt.Errorf("which direction of %s is better? A line \"Unit %[1]s better=lower\" (or higher) in the results says it", clip(unit, 40))
	case kind != gate.Exact && min(slices.Min(b), slices.Min(h)) <= 0:
		j.fault(Failed, "%s: a value of %s is 0: there is no ratio", clip(name, 200), clip(unit, 40))
		return nil
	}
	variant := ""
	if c.inMatrix {
		variant = clip(c.style, 60)
		if !hasNoAwait(c.style) {
			variant = joined(variant, clip(c.await, 40))
		}
	}
	label := c.label
	if j.procs && c.procs != "" {
		label += " [gomaxprocs" + strings.Replace(c.procs, "-", "=", 1) + "]"
	}
	j.Rows = append(j.Rows, JudgedRow{workload: label, variant: variant, engine: clip(c.engine, 60), Row: gate.Row{
		Name: name, Unit: unit, Kind: kind, HigherIsBetter: better > 0, Base: b, Head: h, Rules: rules,
	}})
	return nil
}

// meaning returns which direction of a unit is better (0 is unknown) and whether
// it is declared exact. What only one side declares holds for both; it is an
// error if they contradict each other.
func (m Match) meaning(unit string) (better int, exact bool, err error) {
	base, head := m.Base.reader.Units(), m.Head.reader.Units()
	for _, key := range []string{"better", "assume"} {
		b, h := base.Get(unit, key), head.Get(unit, key)
		if b != nil && h != nil && b.Value != h.Value {
			at := func(u *benchfmt.UnitMetadata) Position { file, line := u.Pos(); return Position{file, line} }
			return 0, false, fmt.Errorf("%s is declared %s=%s in %v and %s=%s in %v: correct the one that is wrong, there is nothing to compare until then",
				clip(unit, 40), key, clip(b.Value, 40), at(b), key, clip(h.Value, 40), at(h))
		}
	}
	if base.Get(unit, "better") == nil {
		base = head
	}
	better = base.GetBetter(unit)
	if better == 0 && strings.HasSuffix(unit, "/s") {
		better = 1 // a rate of anything that one would measure
	}
	for _, side := range m.sides() {
		exact = exact || side.reader.Units().GetAssumption(unit) == benchmath.AssumeExact
	}
	return better, exact, nil
}

// warn says what limits the verdicts.
func (j *Judgement) warn() {
	if !j.Paired {
		j.Warnings = append(j.Warnings, j.apart())
	}
	for _, d := range j.differences() {
		if d.matters {
			j.Warnings = append(j.Warnings, d.String())
		}
	}
	worst, label := 0.0, ""
	for _, r := range j.Rows {
		if r.Kind == gate.Paired && r.Decision.DetectableEffect > r.Rules.Equivalence && r.Verdict == gate.Inconclusive && r.Decision.DetectableEffect > worst {
			worst, label = r.Decision.DetectableEffect, r.full()
		}
	}
	if worst > 0 {
		j.Warnings = append(j.Warnings, fmt.Sprintf("too noisy for changes as small as wished: with %d pairs this machine finds changes from %s on (%s); "+
			"more --pairs, longer --time or a quieter machine help", j.Plan.Pairs, percent(worst), label))
	}
}

// apart is the warning about results that are no pairs.
func (j *Judgement) apart() string {
	return fmt.Sprintf("base and head were not measured in pairs: differences of processes and of the time of day look like "+
		"changes of the code, so that only more than an allowance (%v unless configured) counts. 'promisebench gate BASE HEAD' measures them in pairs",
		gate.Percent(gate.DefaultAllowance))
}

// Count returns the number of rows with a verdict.
func (j *Judgement) Count(v gate.Verdict) int {
	n := 0
	for _, r := range j.Rows {
		if r.Verdict == v {
			n++
		}
	}
	return n
}

// Open returns the names of the benchmarks of which more pairs are wanted, and
// the number of pairs at which they are looked at next. If all is true, those
// with a verdict are wanted as well.
func (j *Judgement) Open(all bool) map[string]int {
	open := make(map[string]int)
	for _, r := range j.Rows {
		if r.Kind != gate.Paired || r.Final || r.Verdict != gate.Inconclusive && !all {
			continue
		}
		for _, look := range j.Plan.Looks() {
			if look.Pairs > len(r.Base) {
				open[r.Name] = look.Pairs
				break
			}
		}
	}
	return open
}

// The errors of a judgement.
var (
	ErrRegressed = errors.New("head is slower than base")
	ErrBroken    = errors.New("not all benchmarks could be compared")
	ErrUndecided = errors.New("undecided")
)

// Err returns nil if the gate lets head pass, and else an error that wraps
// [ErrRegressed], [ErrBroken] or [ErrUndecided], in this order of importance.
func (j *Judgement) Err() error {
	switch n := j.Count(gate.Regressed); {
	case n > 0:
		return fmt.Errorf("%w: %s", ErrRegressed, j.Summary())
	case len(j.Failures) > 0:
		return fmt.Errorf("%w: %s", ErrBroken, j.Failures[0].Text)
	case j.Count(gate.Inconclusive) > 0 && j.undecided != "pass":
		return fmt.Errorf("%w: %s", ErrUndecided, j.Summary())
	}
	return nil
}

// Summary is the result in a line.
func (j *Judgement) Summary() string {
	var parts []string
	for _, v := range gate.Verdicts() {
		if n := j.Count(v); n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, string(v)))
		}
	}
	faults := make(map[FaultKind]int)
	for _, f := range j.Failures {
		faults[f.Kind]++
	}
	if n := faults[OneSided]; n > 0 {
		parts = append(parts, fmt.Sprintf("%d on one side only", n))
	}
	if n := faults[Failed]; n > 0 {
		parts = append([]string{fmt.Sprintf("%d failed", n)}, parts...)
	}
	if faults[Broken] > 0 {
		parts = append([]string{"broken input"}, parts...)
	}
	if n := len(j.Skips); n > 0 {
		parts = append(parts, fmt.Sprintf("%d skipped", n))
	}
	return strings.Join(parts, ", ")
}

// interval writes the change that a decision found.
func (r JudgedRow) interval() string {
	switch {
	case math.IsNaN(r.Ratio):
		return r.Why
	case math.IsInf(r.Ratio, 0):
		return "from 0"
	case r.Kind == gate.Exact && r.Ratio == 1:
		return "0 %"
	case r.Kind == gate.Exact:
		return fine(r.Ratio)
	}
	return fmt.Sprintf("%s [%s, %s]", fine(r.Ratio), fine(r.Lo), fine(r.Hi))
}

// fine writes a ratio as a change in hundredths of a percent, such as "+1.02 %".
func fine(ratio float64) string {
	change := 100 * (ratio - 1)
	if math.Abs(change) < 0.005 {
		return "0.00 %" // and not "-0.00 %"
	}
	return fmt.Sprintf("%+.2f %%", change)
}
