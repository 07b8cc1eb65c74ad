// Package change says and draws what became of single benchmarks from base to head:
// the change with its interval, the reason for the verdict, tables and charts of them.
// What is compared, and what follows from all of it together, is decided in package
// compare.
package change

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"promisebench/report/gate"
	"promisebench/report/text"
)

// A Row is a benchmark in one metric with its verdict.
type Row struct {
	gate.Row
	gate.Decision
	Workload string // its label
	Variant  string // style and await mode, "" if the name has none
	Engine   string // "" if the name has none
}

// Label is how readers call the benchmark.
func (r Row) Label() string { return text.Joined(r.Workload, r.Variant, r.Engine) }

// Percent writes a share as somebody set it, such as "0.5%".
func Percent(v float64) string { return gate.Percent(v).String() }

// Change writes the change that a decision found, with its interval, or why there is
// none.
func (r Row) Change() string {
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
	return text.Interval(text.ChangeHundredths, r.Ratio, r.Lo, r.Hi)
}

// Metric is the unit, with the direction that is better if it is the unusual one.
func (r Row) Metric() string {
	if r.HigherIsBetter {
		return text.Clip(r.Unit, 40) + " (more is better)"
	}
	return text.Clip(r.Unit, 40)
}

// margin is how far the interval may reach for the row to be unchanged: the
// equivalence margin on top of the allowance.
func (r Row) margin() float64 { return (1+r.Rules.Equivalence)*(1+r.Rules.Allowance) - 1 }

// WorstCase is how much worse head may be, as a logarithm.
func (r Row) WorstCase() float64 {
	if r.HigherIsBetter {
		return -math.Log(r.Lo)
	}
	return math.Log(r.Hi)
}

// size is how far a row's change is from none, in either direction.
func (r Row) size() float64 {
	if math.IsNaN(r.Ratio) {
		return 0
	}
	return math.Abs(math.Log(r.Ratio))
}

// MostChanged sorts rows, in a new slice: those with a change for sure first, and then
// by how large it is.
func MostChanged(rows []Row) []Row {
	sure := func(r Row) int {
		if r.Verdict == gate.Regressed || r.Verdict == gate.Improved {
			return 0
		}
		return 1
	}
	sorted := slices.Clone(rows)
	slices.SortStableFunc(sorted, func(a, b Row) int {
		return cmp.Or(sure(a)-sure(b), cmp.Compare(b.size(), a.size()))
	})
	return sorted
}

// reason says why a row has its verdict, with the numbers of the test at level alpha.
func (r Row) reason(alpha float64) string {
	switch {
	case r.Why != "":
		return r.Why
	case r.Kind == gate.Exact:
		return r.exactReason()
	case r.Kind == gate.Counted:
		return fmt.Sprintf("%s (counted %s a side)", r.countedReason(), text.Count(r.N, "time"))
	case r.Kind == gate.Paired:
		pairs := text.Count(r.N, "pair")
		if r.Layouts > 1 {
			pairs += fmt.Sprintf(" of %d layouts a side", min(r.Layouts, r.N))
		}
		return fmt.Sprintf("%s (p %s, %s)", r.testedReason(alpha), text.PValue(r.P), pairs)
	}
	return fmt.Sprintf("%s (p %s, %s)", r.testedReason(alpha), text.PValue(r.P), text.Count(r.N, "sample"))
}

func (r Row) exactReason() string {
	switch {
	case r.Ratio == 1:
		return "exactly the same"
	case r.Verdict == gate.Unchanged:
		return "differs by less than the tolerance of " + Percent(r.Rules.Tolerance)
	}
	return "exact: does not vary, so any change counts"
}

// countedReason is for rows that have a verdict: others say why they have none.
func (r Row) countedReason() string {
	if r.Verdict == gate.Unchanged {
		return "within the tolerance of " + Percent(r.Rules.Tolerance)
	}
	return "beyond the tolerance of " + Percent(r.Rules.Tolerance) + ", and the interval excludes no change"
}

func (r Row) testedReason(alpha float64) string {
	margin := "±" + Percent(r.Rules.Equivalence)
	allowance := Percent(r.Rules.Allowance)
	if r.Rules.Allowance > 0 {
		margin += " beyond the allowance of " + allowance
	}
	switch {
	case r.Verdict == gate.Unchanged:
		return "the whole interval is within " + margin
	case r.Verdict != gate.Inconclusive && r.Rules.Allowance > 0:
		return "significant beyond the allowance of " + allowance
	case r.Verdict != gate.Inconclusive:
		return "significant, and at least " + Percent(r.Rules.MinEffect)
	case r.P <= alpha && r.Rules.Allowance > 0:
		return fmt.Sprintf("significant, but less than the minimum effect of %s beyond the allowance of %s", Percent(r.Rules.MinEffect), allowance)
	case r.P <= alpha:
		return fmt.Sprintf("significant, but less than the minimum effect of %s, and the interval reaches beyond %s", Percent(r.Rules.MinEffect), margin)
	case r.Lo <= 1 && r.Hi >= 1:
		return "the interval contains no change, and reaches beyond " + margin
	case r.Rules.Allowance > 0:
		return "not significantly beyond the allowance of " + allowance
	}
	return "not significant: p must be at most " + Percent(alpha)
}
