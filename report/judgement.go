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
	// Failures are reasons why there can be no good news: a benchmark that
	// failed, or is missing on one side.
	Failures []string
	// Skips are benchmarks that neither side can run, with the reason.
	Skips []string
	// Warnings limit what the verdicts mean.
	Warnings []string
	// Paired says that the results say of themselves that they were measured in
	// pairs.
	Paired bool
	Plan   gate.Plan

	matches   []Match
	undecided string // as in [gate.Config]
}

// A Match is two sets of results to be compared.
type Match struct{ Base, Head *Results }

// A JudgedRow is a benchmark in one metric with its verdict.
type JudgedRow struct {
	gate.Row
	gate.Decision
	label  string // without the engine
	engine string // empty if the name has none
}

// full is the label with the engine.
func (r JudgedRow) full() string {
	if r.engine == "" {
		return r.label
	}
	return r.label + " · " + r.engine
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
// of them must be there, and share the family-wise error. It is an error if
// there is nothing to compare, if the results are broken, or if a rule of config
// matches nothing.
func Judge(matches []Match, config gate.Config) (*Judgement, error) {
	j := &Judgement{Plan: config.Plan(), undecided: config.Undecided, matches: matches}
	for _, m := range matches {
		for _, side := range m.sides() {
			if problems := side.Problems(); len(problems) > 0 {
				return nil, fmt.Errorf("%s: the results are broken: %v", side.name, problems[0])
			}
			if err := side.unfinished(); err != nil {
				return nil, fmt.Errorf("%s: %w", side.name, err)
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
	if err := config.Unused(); err != nil {
		return nil, err
	}
	rows := make([]gate.Row, len(j.Rows))
	for i, r := range j.Rows {
		rows[i] = r.Row
	}
	for i, d := range gate.Judge(rows, j.Plan, family) {
		j.Rows[i].Decision = d
	}
	j.warn()
	return j, nil
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
			j.Failures = append(j.Failures, "shard "+name+" is missing")
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
	done := j.outcomes(m, cells)
	keys := slices.SortedFunc(maps.Keys(cells), func(a, b cellKey) int {
		return cmp.Or(compareRows(row{a.workload, cells[a].label, a.style, a.await}, row{b.workload, cells[b].label, b.style, b.await}),
			cmp.Compare(a.engine, b.engine), cmp.Compare(a.procs, b.procs))
	})
	for _, key := range keys {
		if done[key] {
			continue
		}
		lost := false
		for _, side := range m.sides() {
			if c := side.cells[key]; c == nil || len(c.values) == 0 {
				j.Failures = append(j.Failures, fmt.Sprintf("%s has no result of %s", side.name, clip(cells[key].name, 200)))
				lost = true
			}
		}
		if lost {
			continue
		}
		found := false
		for _, unit := range config.Metrics {
			if len(m.Base.cells[key].values[unit])+len(m.Head.cells[key].values[unit]) > 0 {
				found = true
				if err := j.addRow(m, config, key, unit); err != nil {
					return err
				}
			}
		}
		if !found {
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
				j.Failures = append(j.Failures, fmt.Sprintf("%s skipped %s: %s", side.name, name, reason))
			default:
				j.Failures = append(j.Failures, fmt.Sprintf("%s failed in %s: %s", side.name, name, reason))
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
	kind := gate.Unpaired
	switch {
	case m.Base.reader.Units().GetAssumption(unit) == benchmath.AssumeExact, j.Paired && (unit == "allocs/op" || unit == "B/op"):
		kind = gate.Exact
	case j.Paired:
		kind = gate.Paired
	}
	rules, compared := config.For(name, unit, kind)
	switch {
	case !compared:
		return nil
	case len(b) == 0 || len(h) == 0:
		missing := "base"
		if len(h) == 0 {
			missing = "head"
		}
		j.Failures = append(j.Failures, fmt.Sprintf("%s has no %s of %s", missing, clip(unit, 40), clip(name, 200)))
		return nil
	case kind == gate.Paired && (len(b) != len(h) || len(b) != len(base) || len(h) != len(head)):
		return fmt.Errorf("%s: base has %d samples of it and head %d, but they come in pairs: a file was cut off or changed",
			clip(name, 200), len(b), len(h))
	}
	better := m.Base.reader.Units().GetBetter(unit)
	if better == 0 && strings.HasSuffix(unit, "/s") {
		better = 1 // a rate of anything that one would measure
	}
	if better == 0 {
		return fmt.Errorf("which direction of %s is better? A line \"Unit %[1]s better=lower\" (or higher) in the results says it", clip(unit, 40))
	}
	if kind != gate.Exact && min(slices.Min(b), slices.Min(h)) <= 0 {
		j.Failures = append(j.Failures, fmt.Sprintf("%s: a value of %s is 0: there is no ratio", clip(name, 200), clip(unit, 40)))
		return nil
	}
	label := c.label
	if c.inMatrix {
		label += " · " + clip(c.style, 60)
		if !hasNoAwait(c.style) {
			label += " · " + clip(c.await, 40)
		}
	}
	j.Rows = append(j.Rows, JudgedRow{label: label, engine: clip(c.engine, 60), Row: gate.Row{
		Name: name, Unit: unit, Kind: kind, HigherIsBetter: better > 0, Base: b, Head: h, Rules: rules,
	}})
	return nil
}

// warn says what limits the verdicts.
func (j *Judgement) warn() {
	if !j.Paired {
		j.Warnings = append(j.Warnings, fmt.Sprintf("base and head were not measured in pairs: differences of processes and of the time of day look like "+
			"changes of the code, so that only more than an allowance (%v unless configured) counts. 'promisebench gate BASE HEAD' measures them in pairs",
			gate.Percent(gate.DefaultAllowance)))
		for _, key := range []string{"cpu", "cores", "go", "gomaxprocs", "gogc", "os"} {
			if b, h := j.matches[0].Base.known[key], j.matches[0].Head.known[key]; b != h {
				j.Warnings = append(j.Warnings, fmt.Sprintf("%s differs: base %q, head %q", key, clip(b, 60), clip(h, 60)))
			}
		}
	}
	worst, label := 0.0, ""
	for _, r := range j.Rows {
		if r.Kind == gate.Paired && r.Decision.Holds > r.Rules.Bound && r.Verdict == gate.Undecided && r.Decision.Holds > worst {
			worst, label = r.Decision.Holds, r.full()
		}
	}
	if worst > 0 {
		j.Warnings = append(j.Warnings, fmt.Sprintf("too noisy for changes as small as wished: with %d pairs this machine finds changes from %s on (%s); "+
			"more --pairs, longer --time or a quieter machine help", j.Plan.Pairs, percent(worst), label))
	}
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
		if r.Kind != gate.Paired || r.Final || r.Verdict != gate.Undecided && !all {
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
		return fmt.Errorf("%w: %s", ErrBroken, j.Failures[0])
	case j.Count(gate.Undecided) > 0 && j.undecided != "pass":
		return fmt.Errorf("%w: %s", ErrUndecided, j.Summary())
	}
	return nil
}

// Summary is the result in a line.
func (j *Judgement) Summary() string {
	var parts []string
	for _, v := range gate.Verdicts() {
		if n := j.Count(v); n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, v))
		}
	}
	if n := len(j.Failures); n > 0 {
		parts = append([]string{fmt.Sprintf("%d failed", n)}, parts...)
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
	case r.Kind == gate.Exact:
		return fine(r.Ratio)
	}
	return fmt.Sprintf("%s [%s, %s]", fine(r.Ratio), fine(r.Lo), fine(r.Hi))
}

// fine writes a ratio as a change in hundredths of a percent, such as "+1.02 %".
func fine(ratio float64) string { return fmt.Sprintf("%+.2f %%", 100*(ratio-1)) }
