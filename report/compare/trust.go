package compare

import (
	"fmt"
	"math"
	"slices"

	"promisebench/report/change"
	"promisebench/report/document"
	"promisebench/report/gate"
	"promisebench/report/text"
	"promisebench/report/unit"
)

// numbers is what [Comparison.trust] has to know of all rows.
type numbers struct {
	few, many              int // pairs or samples of a row
	tested, exact, counted int // rows
	allowance, margin      float64
}

func (c *Comparison) numbers() numbers {
	n := numbers{few: math.MaxInt}
	for _, r := range c.Rows {
		switch r.Kind {
		case gate.Exact:
			n.exact++
			continue
		case gate.Counted:
			n.counted++
			continue
		}
		n.tested++
		n.few, n.many = min(n.few, r.N), max(n.many, r.N)
		n.allowance, n.margin = max(n.allowance, r.Rules.Allowance), max(n.margin, r.Rules.Equivalence)
	}
	return n
}

// trust says how far all this can be trusted.
func (c *Comparison) trust() document.Finding {
	f := document.Finding{Question: "How sure are we?", Chapter: "method", Link: methodTitle}
	n := c.numbers()
	size := text.Range(n.few, n.many)
	switch {
	case len(c.Rows) == 0:
		f.Answer = "There is nothing to be sure of."
	case n.tested == 0 && n.counted > 0:
		f.Answer = "Nearly as sure as one can be: what was compared does not vary, or hardly."
	case n.tested == 0:
		f.Answer = "As sure as one can be: all that was compared is exact and does not vary."
	case c.paired:
		of := "fresh processes"
		if c.layouts > 1 {
			of += fmt.Sprintf(", of %s a side,", text.Count(min(c.layouts, n.many), "layout"))
		}
		f.Answer = fmt.Sprintf("Base and head were measured in pairs: %s %s of %s for each benchmark, side by side, in random order.", size, text.Plural(n.many, "pair"), of)
	default:
		f.Answer = fmt.Sprintf("Less than it looks: base and head were not measured side by side, so only what is beyond an allowance of %s counts. "+
			"There %s %s %s a side.", change.Percent(n.allowance), text.Verb(n.many, "is", "are"), size, text.Plural(n.many, "sample"))
	}
	if n.tested > 0 {
		null, condition := "nothing had changed", ", as long as the allowance is large enough"
		if c.paired {
			null, condition = "these two builds were equally fast", " and however early it stopped"
		}
		if c.layouts > 1 {
			null = "nothing but the layout had changed"
		}
		beyond := ""
		if n.allowance > 0 {
			beyond = " beyond the allowance"
		}
		f.Details = append(f.Details,
			fmt.Sprintf("If %s, the probability of any verdict of a change would be at most %s, over all %s together%s.",
				null, change.Percent(c.Plan.Alpha), text.Count(n.tested, "tested comparison"), condition),
			fmt.Sprintf(`"Unchanged" is a statement, too: the whole interval is within ±%s%s. "Inconclusive" is not.`, change.Percent(n.margin), beyond))
	}
	if n.exact > 0 {
		f.Details = append(f.Details, fmt.Sprintf("%s %s exact: such metrics do not vary, so any change in them is real.",
			text.Count(n.exact, "comparison"), text.Verb(n.exact, "is", "are")))
	}
	for _, note := range text.NotEmpty(c.countedNote(), c.powerNote(), c.layoutNote()) {
		f.Details = append(f.Details, note+".")
	}
	if n.counted > 0 {
		f.Details = append(f.Details, "Executed instructions see no layout, and no memory either: code that executes the same and waits longer for memory shows in times and bytes only.")
	}
	if c.paired && n.tested > 0 {
		f.Details = append(f.Details, "Another machine can change times by as much as a small verdict.")
	}
	for _, note := range text.NotEmpty(c.recordedNote()) {
		f.Details = append(f.Details, note+".")
	}
	f.Details = append(f.Details, text.NotEmpty(c.oneWay())...)
	// That the sides were measured apart is said above, and different conditions stand
	// above all findings.
	for _, w := range slices.Concat(c.uncompared, text.NotEmpty(c.noisy())) {
		f.Details = append(f.Details, "Warning: "+w+".")
	}
	return f
}

// oneWay says so if nearly all times of results that are no pairs changed in the
// same direction, as they do when the machine did.
func (c *Comparison) oneWay() string {
	total, faster := 0, 0
	for _, r := range c.Rows {
		if r.Kind == gate.Unpaired && r.Unit == unit.Time && r.Ratio != 1 && !math.IsNaN(r.Ratio) {
			total++
			if r.Ratio < 1 {
				faster++
			}
		}
	}
	most, direction := faster, "faster"
	if faster < total-faster {
		most, direction = total-faster, "slower"
	}
	if total < 10 || float64(most) < 0.9*float64(total) {
		return ""
	}
	return fmt.Sprintf("%d of the %d times are %s in head, if by no more than noise. So many in one direction look like a machine that was %[3]s as a whole, "+
		"rather than like changes of single benchmarks.", most, total, direction)
}
