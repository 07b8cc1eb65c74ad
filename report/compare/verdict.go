package compare

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"promisebench/report/change"
	"promisebench/report/dataset"
	"promisebench/report/gate"
	"promisebench/report/text"
	"promisebench/report/unit"
)

// The errors of a comparison.
var (
	ErrRegressed    = errors.New("head is slower than base")
	ErrBroken       = errors.New("not all benchmarks could be compared")
	ErrInconclusive = errors.New("inconclusive")
)

// Err returns nil if the gate lets head pass, and else an error that wraps
// [ErrRegressed], [ErrBroken] or [ErrInconclusive], in this order of importance.
func (c *Comparison) Err() error {
	switch {
	case c.count(gate.Regressed) > 0:
		return fmt.Errorf("%w: %s", ErrRegressed, c.Summary())
	case len(c.Problems) > 0:
		return fmt.Errorf("%w: %s", ErrBroken, c.Problems[0].Text)
	case slices.ContainsFunc(c.open(), func(r change.Row) bool { return !c.excused(r) }):
		return fmt.Errorf("%w: %s", ErrInconclusive, c.Summary())
	}
	return nil
}

// count returns the number of rows with a verdict.
func (c *Comparison) count(v gate.Verdict) int {
	n := 0
	for _, r := range c.Rows {
		if r.Verdict == v {
			n++
		}
	}
	return n
}

// open returns the inconclusive rows.
func (c *Comparison) open() []change.Row {
	return slices.DeleteFunc(slices.Clone(c.Rows), func(r change.Row) bool { return r.Verdict != gate.Inconclusive })
}

// excused reports whether an inconclusive row is no failure. By [gate.ByExact] these are
// times, of enough pairs, of benchmarks whose executed instructions are decided and not
// more: what noise keeps time from telling, these have told. (More ticks, allocations
// or bytes are failures of their own.)
func (c *Comparison) excused(open change.Row) bool {
	return c.config.Undecided == gate.Pass || c.config.Undecided == gate.ByExact && open.Why == "" && c.told(open)
}

// told reports whether instructions tell of a time what noise keeps it from telling.
func (c *Comparison) told(time change.Row) bool {
	return time.Unit == unit.Time && slices.ContainsFunc(c.Rows, func(r change.Row) bool {
		return r.Unit == unit.Instructions && r.Name == time.Name && (r.Verdict == gate.Unchanged || r.Verdict == gate.Improved)
	})
}

// hopeless reports whether a row would still be inconclusive with all of its pairs, as
// far as these tell, and need not be known: the noise is such that the last interval
// would just about fit into the equivalence margin, and no change is in sight that would
// be found. To give up costs power and no error.
func (c *Comparison) hopeless(r change.Row) bool {
	return c.config.Undecided != gate.Fail && c.told(r) && r.Verdict == gate.Inconclusive &&
		r.DetectableEffect > 2*r.Rules.Equivalence && math.Abs(math.Log(r.Ratio)) < math.Log1p(r.DetectableEffect)/2
}

// Open returns the names of the benchmarks of which more pairs are wanted, and the
// number of pairs at which they are looked at next. If all is true, those with a
// verdict are wanted as well, and those of which more pairs would not help.
func (c *Comparison) Open(all bool) map[string]int {
	open := make(map[string]int)
	for _, r := range c.Rows {
		if r.Kind != gate.Paired || r.Final || !all && (r.Verdict != gate.Inconclusive || c.hopeless(r)) {
			continue
		}
		for _, look := range c.Plan.Looks() {
			if look.Pairs > len(r.Base) {
				open[r.Name] = look.Pairs
				break
			}
		}
	}
	return open
}

// Uncounted returns the names of the benchmarks of which more counts are wanted.
func (c *Comparison) Uncounted() map[string]bool {
	names := make(map[string]bool)
	for _, r := range c.Rows {
		if r.Kind == gate.Counted && r.Verdict == gate.Inconclusive {
			names[r.Name] = true
		}
	}
	return names
}

// Summary is the result in a line, the worst news first: "2 regressed, 9 unchanged".
func (c *Comparison) Summary() string {
	kinds := c.kinds()
	var parts []string
	if kinds[broken] > 0 {
		parts = append(parts, "broken input")
	}
	if n := kinds[failed]; n > 0 {
		parts = append(parts, fmt.Sprintf("%d failed", n))
	}
	parts = append(parts, tally(c.Rows)...)
	if n := kinds[oneSided]; n > 0 {
		parts = append(parts, fmt.Sprintf("%d on one side only", n))
	}
	if n := len(c.skips); n > 0 {
		parts = append(parts, fmt.Sprintf("%d skipped", n))
	}
	return strings.Join(parts, ", ")
}

// kinds counts the problems.
func (c *Comparison) kinds() map[kind]int {
	kinds := make(map[kind]int)
	for _, p := range c.Problems {
		kinds[p.kind]++
	}
	return kinds
}

// tally counts the verdicts that there are.
func tally(rows []change.Row) []string {
	counts := make(map[gate.Verdict]int)
	for _, r := range rows {
		counts[r.Verdict]++
	}
	var parts []string
	for _, v := range gate.Verdicts() {
		if n := counts[v]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %v", n, v))
		}
	}
	return parts
}

// Warnings limit what the verdicts mean.
func (c *Comparison) Warnings() []string {
	list := append(slices.Clone(c.uncompared), c.apart())
	for _, d := range c.differences() {
		if d.matters {
			list = append(list, d.String())
		}
	}
	return text.NotEmpty(append(list, c.noisy())...)
}

// apart is the warning about results that are no pairs.
func (c *Comparison) apart() string {
	if c.paired {
		return ""
	}
	return fmt.Sprintf("base and head were not measured in pairs: differences between processes and times of day look like "+
		"changes of the code, so only changes beyond an allowance (%v unless configured) count. 'promisebench gate BASE HEAD' measures them in pairs",
		gate.Percent(gate.DefaultAllowance))
}

// noisy is the warning about inconclusive rows that fail the gate and could not be
// called unchanged with all of the planned pairs.
func (c *Comparison) noisy() string {
	worst, label := 0.0, ""
	for _, r := range c.open() {
		if r.Kind == gate.Paired && r.DetectableEffect > max(worst, r.Rules.Equivalence) && !c.excused(r) {
			worst, label = r.DetectableEffect, r.Label()
		}
	}
	switch {
	case worst == 0:
		return ""
	case worst >= senseless:
		return fmt.Sprintf("%d layouts a side are too few for a verdict about times: with 28 or more there is one", c.layouts)
	}
	return fmt.Sprintf("too noisy for changes as small as the equivalence margin: with %d pairs this machine detects changes from %s on (%s); "+
		"more --pairs, longer --time or a quieter machine help", c.Plan.Pairs, text.Percent(worst), label)
}

// A difference is a condition that is not the same on both sides.
type difference struct {
	key        string
	base, head string // "" if a side does not state it
	// matters is false for what one expects to differ, such as the version.
	matters bool
}

func (d difference) String() string {
	return fmt.Sprintf("%s differs: base %q, head %q", text.Clip(d.key, 40), text.Clip(d.base, 60), text.Clip(d.head, 60))
}

// conditions returns those of base and head by key, keys in the order of the texts.
// Shards may have several values, one a line.
func (c *Comparison) conditions() (keys []string, values [2]map[string]string) {
	values = [2]map[string]string{make(map[string]string), make(map[string]string)}
	for _, p := range c.pairs {
		for _, s := range sides() {
			for _, condition := range p.of(s).Conditions() {
				key := condition.Key
				if !slices.Contains(keys, key) {
					keys = append(keys, key)
				}
				switch have, ok := values[s][key]; {
				case !ok:
					values[s][key] = condition.Value
				case !slices.Contains(strings.Split(have, "\n"), condition.Value):
					values[s][key] = have + "\n" + condition.Value
				}
			}
		}
	}
	return keys, values
}

// differences returns the conditions in which the sides differ.
func (c *Comparison) differences() []difference {
	keys, values := c.conditions()
	var list []difference
	for _, key := range keys {
		if base, head := values[Base][key], values[Head][key]; base != head {
			list = append(list, difference{key, base, head, dataset.Matters(key, base, head)})
		}
	}
	return list
}
