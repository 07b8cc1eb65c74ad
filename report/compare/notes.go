package compare

import (
	"fmt"
	"math"
	"strings"

	"promisebench/report/change"
	"promisebench/report/dataset"
	"promisebench/report/gate"
	"promisebench/report/method"
	"promisebench/report/text"
)

// This file says how the numbers of a comparison are to be read, below tables and
// charts.

// tested reports whether any row was, as those of exact and counted metrics are not.
func (c *Comparison) tested() bool {
	for _, r := range c.Rows {
		if r.Kind.Tested() {
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
		"a change counts if p <= %v and it is at least the minimum effect", what, change.Percent(c.Plan.Confidence), early, adjusted, c.Plan.Alpha)
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
	if most == 0 || most >= senseless {
		return ""
	}
	of := text.Percent(most)
	if text.Percent(least) != of {
		of = text.Percent(least) + " to " + of + ", depending on the benchmark,"
	}
	by := text.Count(c.Plan.Pairs, "pair")
	if c.layouts > 1 {
		by += fmt.Sprintf(" of processes, with %d layouts a side,", min(c.layouts, c.Plan.Pairs))
	}
	return fmt.Sprintf("%s detect a change of %s with 95%% power in this noise", by, of)
}

// senseless is a detectable effect that says nothing: a slow-down by a factor of eleven.
// Two layouts have such.
const senseless = 10

// countedNote says how executed instructions were counted, and which changes of them
// count; "" if none were.
func (c *Comparison) countedNote() string {
	least, most, tolerance := math.MaxInt, 0, 0.0
	for _, r := range c.Rows {
		if r.Kind == gate.Counted {
			least, most, tolerance = min(least, r.N), max(most, r.N), max(tolerance, r.Rules.Tolerance)
		}
	}
	if most == 0 {
		return ""
	}
	how := ""
	if said := c.counter(); said != "" {
		how = " by " + said
	}
	return fmt.Sprintf("instructions/op: counted%s, %s %s a side; a change of more than %s counts",
		how, text.Range(least, most), text.Plural(most, "time"), change.Percent(tolerance))
}

// counter is how executed instructions were counted, "" if nothing says it.
func (c *Comparison) counter() string {
	return text.Clip(c.pairs[0].Head.Condition(dataset.Instructions), 60)
}

// layoutNote says which changes are none of the code although they may look like it: the
// null that verdicts about pairs are about. "" if there are none.
func (c *Comparison) layoutNote() string {
	switch {
	case !c.paired || !c.tested():
		return ""
	case c.layouts > 1:
		return fmt.Sprintf("Each side was linked %d times with its functions in random order, so a change of layout alone is within the error", min(c.layouts, c.numbers().many))
	case c.stated:
		return "These are two builds: where functions lie is the same in all processes of a build, and can move times by several percent"
	}
	return "Each version is one build: one draw of layout each, so differences of a few percent may be where its code lies"
}

// recordedNote says how often verdicts such as these were wrong where the truth was known;
// "" if these are not of a gate.
func (c *Comparison) recordedNote() string {
	if !c.paired {
		return ""
	}
	rates := method.Paragraphs(method.Rates)[0]
	return rates.Term + ": " + strings.TrimSuffix(rates.Text, ".")
}

// openNote says what remained inconclusive and yet is no failure; "" if nothing did.
func (c *Comparison) openNote() string {
	n, worst := 0, 0.0
	for _, r := range c.open() {
		if c.excused(r) {
			n++
			worst = max(worst, r.WorstCase())
		}
	}
	switch {
	case n == 0:
		return ""
	case c.config.Undecided == gate.Pass:
		return text.Count(n, "comparison") + " remained inconclusive, which is no failure, as configured"
	}
	return fmt.Sprintf("Time remained inconclusive in %s (up to %s), which is no failure: the instructions that %s are decided and not more",
		text.Count(n, "benchmark"), text.ChangeHundredths(math.Exp(worst)), text.Verb(n, "it executes", "they execute"))
}
