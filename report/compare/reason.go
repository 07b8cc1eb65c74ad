package compare

import (
	"fmt"
	"math"

	"promisebench/report/gate"
	"promisebench/report/text"
)

// percent writes a share as somebody set it, such as "0.5%".
func percent(v float64) string { return gate.Percent(v).String() }

// change writes the change that a decision found, with its interval.
func (r Row) change() string {
	switch {
	case math.IsNaN(r.Ratio):
		return r.Why
	case math.IsInf(r.Ratio, 0):
		return "from 0"
	case r.Kind == gate.Exact && r.Ratio == 1:
		return "0%"
	case r.Kind == gate.Exact:
		return text.ChangeHundredths(r.Ratio)
	}
	return fmt.Sprintf("%s [%s, %s]", text.ChangeHundredths(r.Ratio), text.ChangeHundredths(r.Lo), text.ChangeHundredths(r.Hi))
}

// metric is the unit, with the direction that is better if it is the unusual one.
func (r Row) metric() string {
	if r.HigherIsBetter {
		return text.Clip(r.Unit, 40) + " (more is better)"
	}
	return text.Clip(r.Unit, 40)
}

// margin is how far the interval may reach for the row to be unchanged: the
// equivalence margin on top of the allowance.
func (r Row) margin() float64 { return (1+r.Rules.Equivalence)*(1+r.Rules.Allowance) - 1 }

// reason says why a row has its verdict, with the numbers of the test at level alpha.
func (r Row) reason(alpha float64) string {
	switch {
	case r.Why != "":
		return r.Why
	case r.Kind == gate.Exact:
		return r.exactReason()
	case r.Kind == gate.Paired:
		return fmt.Sprintf("%s (p %s, %s)", r.testedReason(alpha), text.PValue(r.P), text.Count(r.N, "pair"))
	}
	return fmt.Sprintf("%s (p %s, %s)", r.testedReason(alpha), text.PValue(r.P), text.Count(r.N, "sample"))
}

func (r Row) exactReason() string {
	switch {
	case r.Ratio == 1:
		return "exactly the same"
	case r.Verdict == gate.Unchanged:
		return "differs by less than the tolerance of " + percent(r.Rules.Tolerance)
	}
	return "exact: does not vary, so any change counts"
}

func (r Row) testedReason(alpha float64) string {
	margin := "±" + percent(r.Rules.Equivalence)
	allowance := percent(r.Rules.Allowance)
	if r.Rules.Allowance > 0 {
		margin += " beyond the allowance of " + allowance
	}
	switch {
	case r.Verdict == gate.Unchanged:
		return "the whole interval is within " + margin
	case r.Verdict != gate.Inconclusive && r.Rules.Allowance > 0:
		return "significant beyond the allowance of " + allowance
	case r.Verdict != gate.Inconclusive:
		return "significant, and at least " + percent(r.Rules.MinEffect)
	case r.P <= alpha && r.Rules.Allowance > 0:
		return fmt.Sprintf("significant, but less than the minimum effect of %s beyond the allowance of %s", percent(r.Rules.MinEffect), allowance)
	case r.P <= alpha:
		return fmt.Sprintf("significant, but less than the minimum effect of %s, and the interval reaches beyond %s", percent(r.Rules.MinEffect), margin)
	case r.Lo <= 1 && r.Hi >= 1:
		return "the interval contains no change, and reaches beyond " + margin
	case r.Rules.Allowance > 0:
		return "not significantly beyond the allowance of " + allowance
	}
	return "not significant: p must be at most " + percent(alpha)
}

// tested reports whether any row was, as those of exact metrics are not.
func (c *Comparison) tested() bool {
	for _, r := range c.Rows {
		if r.Kind != gate.Exact {
			return true
		}
	}
	return false
}

// changeNote says what changes and p-values are; "" if nothing was tested.
func (c *Comparison) changeNote() string {
	what, early, adjusted := "geometric mean of head/base over the pairs of processes", ", which holds however early the gate stopped", "all benchmarks and looks"
	switch {
	case !c.tested():
		return ""
	case !c.paired:
		what, early, adjusted = "ratio of the geometric means", "", "all rows"
	}
	return fmt.Sprintf("change: %s, with its %s interval%s; p: of no change, adjusted for %s; "+
		"a change counts if p <= %v and it is at least the minimum effect", what, percent(c.Plan.Confidence), early, adjusted, c.Plan.Alpha)
}

// powerNote says which changes the pairs of this run detect; "" if that has no
// meaning.
func (c *Comparison) powerNote() string {
	least, most := math.Inf(1), 0.0
	for _, r := range c.Rows {
		if r.DetectableEffect > 0 {
			least, most = min(least, r.DetectableEffect), max(most, r.DetectableEffect)
		}
	}
	if most == 0 || most >= 10 {
		return ""
	}
	of := text.Percent(most)
	if text.Percent(least) != of {
		of = text.Percent(least) + " to " + of + ", depending on the benchmark,"
	}
	return fmt.Sprintf("%d pairs detect a change of %s with 95%% power in this noise", c.Plan.Pairs, of)
}
