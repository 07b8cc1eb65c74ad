package compare

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"promisebench/report/change"
	"promisebench/report/document"
	"promisebench/report/gate"
	"promisebench/report/text"
	"promisebench/report/unit"
)

// findings are what stands first on the page.
func (c *Comparison) findings() []document.Finding {
	return []document.Finding{c.worse(), c.better(), c.missing(), c.next(), c.trust()}
}

// worst returns the rows with a verdict by metric, time first, and of each the
// largest change first.
func (c *Comparison) worst(v gate.Verdict) []change.Row {
	return c.byMetric(change.MostChanged(slices.DeleteFunc(slices.Clone(c.Rows), func(r change.Row) bool { return r.Verdict != v })))
}

// byMetric sorts rows by metric. Within one they stay as they are.
func (c *Comparison) byMetric(rows []change.Row) []change.Row {
	rows = slices.Clone(rows)
	slices.SortStableFunc(rows, func(a, b change.Row) int {
		return slices.Index(c.config.Metrics, a.Unit) - slices.Index(c.config.Metrics, b.Unit)
	})
	return rows
}

// yes counts rows and names the first of them.
func (c *Comparison) yes(rows []change.Row) string {
	said := fmt.Sprintf("Yes, in %d of %s", len(rows), text.Count(len(c.Rows), "comparison"))
	if len(rows) > 1 {
		said += ", led by"
	} else {
		said += ":"
	}
	return fmt.Sprintf("%s %s of %s, %s.", said, text.Clip(rows[0].Unit, 40), rows[0].Label(), rows[0].Change())
}

// worse says what became worse, or may have.
func (c *Comparison) worse() document.Finding {
	f := document.Finding{Question: "Did anything get slower, or worse otherwise?", Chapter: "rows", Link: "All comparisons"}
	regressed, open := c.worst(gate.Regressed), c.worst(gate.Inconclusive)
	total := text.Count(len(c.Rows), "comparison")
	switch {
	case len(c.Rows) == 0:
		f.Answer, f.Chapter = "Inconclusive: nothing could be compared.", ""
		return f
	case len(regressed) > 0:
		f.Answer = c.yes(regressed)
	case len(open) > 0:
		f.Answer = fmt.Sprintf("No regression was found, but %d of %s %s inconclusive.", len(open), total, text.Verb(len(open), "is", "are"))
	case len(c.Problems) > 0:
		f.Answer = fmt.Sprintf("Not in what could be compared: of %s none regressed. But not everything could be compared.", total)
	default:
		f.Answer = fmt.Sprintf("No: of %s none regressed, and none is inconclusive.", total)
	}
	for _, metric := range c.config.Metrics {
		rows := slices.DeleteFunc(slices.Clone(c.Rows), func(r change.Row) bool { return r.Unit != metric })
		if len(rows) > 0 {
			f.Details = append(f.Details, text.Clip(metric, 40)+": "+strings.Join(tally(rows), ", ")+".")
		}
	}
	f.Table = change.First(regressed, c.Plan)
	if len(open) > 0 {
		f.Details = append(f.Details, reach(open))
	}
	if note := c.openNote(); note != "" {
		f.Details = append(f.Details, note+".")
	}
	return f
}

// reach says how bad it can be: how far the intervals of inconclusive rows reach on
// the worse side.
func reach(open []change.Row) string {
	without := 0
	var farthest *change.Row
	for i, r := range open {
		switch {
		case math.IsNaN(r.Lo) || math.IsNaN(r.Hi) || r.Kind == gate.Exact:
			without++
		case farthest == nil || r.WorstCase() > farthest.WorstCase():
			farthest = &open[i]
		}
	}
	var parts []string
	if farthest != nil {
		end := farthest.Hi
		if farthest.HigherIsBetter {
			end = farthest.Lo
		}
		parts = append(parts, fmt.Sprintf("The intervals of the inconclusive ones reach up to %s (%s of %s).",
			text.ChangeHundredths(end), text.Clip(farthest.Unit, 40), farthest.Label()))
	}
	if without > 0 {
		parts = append(parts, fmt.Sprintf("%s %s no interval.", text.Count(without, "inconclusive comparison"), text.Verb(without, "has", "have")))
	}
	return strings.Join(parts, " ")
}

// better says what became better.
func (c *Comparison) better() document.Finding {
	f := document.Finding{Question: "Did anything get faster, or better otherwise?"}
	improved := c.worst(gate.Improved)
	switch {
	case len(c.Rows) == 0:
		f.Answer = "Inconclusive: nothing could be compared."
	case len(improved) == 0:
		f.Answer = "No improvement was found."
	default:
		f.Answer = c.yes(improved)
		f.Table = change.First(improved, c.Plan)
		f.Chapter, f.Link = "changes", "Charts"
	}
	return f
}

// missing says what could not be compared; it has no answer if all could.
func (c *Comparison) missing() document.Finding {
	f := document.Finding{Question: "What could not be compared?"}
	if len(c.Problems) == 0 {
		return f
	}
	kinds := c.kinds()
	only := make(map[Side]int)
	var reasons []string
	for _, p := range c.Problems {
		if p.kind == oneSided {
			only[p.has]++
		} else {
			reasons = append(reasons, text.Clip(p.Text, 300))
		}
	}
	var parts []string
	if n := kinds[broken]; n > 0 {
		parts = append(parts, text.Count(n, "problem")+" in the input")
	}
	if n := kinds[failed]; n > 0 {
		parts = append(parts, text.Count(n, "failure"))
	}
	if len(reasons) > 0 {
		f.Chapter, f.Link = "failures", "Failures"
	}
	for _, s := range sides() {
		if n := only[s]; n > 0 {
			parts = append(parts, fmt.Sprintf("%s on %v only", text.Count(n, "result"), s))
			f.Chapter, f.Link = "missing", "What is on one side only"
		}
	}
	f.Answer = text.List(parts) + "."
	const most = 4
	f.Details = reasons[:min(most, len(reasons))]
	if more := len(reasons) - most; more > 0 {
		f.Details = append(f.Details, fmt.Sprintf("And %d more, below.", more))
	}
	return f
}

// next says what to do now, the most urgent first.
func (c *Comparison) next() document.Finding {
	kinds := c.kinds()
	regressed, ticks := c.count(gate.Regressed), 0
	open := len(slices.DeleteFunc(c.open(), c.excused))
	for _, r := range c.Rows {
		if r.Unit == unit.Ticks && r.Ratio != 1 && !math.IsNaN(r.Ratio) {
			ticks++
		}
	}
	var steps []string
	if kinds[broken] > 0 {
		steps = append(steps, "Fix or complete the input: these results come from only part of it.")
	}
	if ticks > 0 {
		steps = append(steps, fmt.Sprintf("Look at ticks/op first: they changed in %s. That is a change of behaviour, not of speed; "+
			"promisebench trace shows what a snippet does to the queue, promisebench check whether the order is still right.", text.Count(ticks, "benchmark")))
	}
	switch {
	case regressed > 0 && c.paired:
		steps = append(steps, "Look for the cause of the regressions in the change from base to head: chance alone would call any of these "+
			fmt.Sprintf("comparisons changed in at most %s of runs.", change.Percent(c.Plan.Alpha)))
	case regressed > 0:
		steps = append(steps, "Measure what regressed again in pairs, with promisebench gate, before looking for its cause: "+
			"these two sides were measured apart, and anything else that differed between them looks the same.")
	}
	switch {
	case open > 0 && c.paired:
		steps = append(steps, fmt.Sprintf("Measure %s again with more pairs (promisebench gate --pairs, --filter), or on a quieter machine.",
			text.Count(open, "inconclusive comparison")))
	case open > 0:
		steps = append(steps, fmt.Sprintf("Resolve %s with promisebench gate BASE HEAD, which measures in pairs and so needs no allowance.",
			text.Count(open, "inconclusive comparison")))
	}
	if kinds[failed] > 0 {
		steps = append(steps, "Find out why benchmarks failed: what fails is not compared.")
	}
	if kinds[oneSided] > 0 {
		steps = append(steps, "Measure on both sides what only one has, if it matters.")
	}
	switch {
	case len(steps) > 0:
	case len(c.open()) > 0:
		steps = append(steps, "No action needed: nothing regressed, and what remained inconclusive is no failure.")
	default:
		steps = append(steps, "No action needed: head is as good as base in all that was compared, or better.")
	}
	if c.count(gate.Improved) > 0 {
		steps = append(steps, "Quote an improvement with its interval only.")
	}
	return document.Finding{Question: "Next steps", Answer: steps[0], Details: steps[1:]}
}
