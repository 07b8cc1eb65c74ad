package matrix

import (
	"fmt"

	"promisebench/report/await"
	"promisebench/report/document"
	"promisebench/report/ranking"
	"promisebench/report/stats"
	"promisebench/report/text"
)

// Findings say what stands first on the page: who is fastest, what the await
// optimization changes, and how sure that is. A finding is claimed only if the whole
// of its 95% interval supports it; if not, the sentence says that it is inconclusive.
func (r *Room) Findings() []document.Finding {
	return []document.Finding{r.fastest(), r.modes.Finding(), r.trust()}
}

// fastest says who is fastest.
func (r *Room) fastest() document.Finding {
	f := document.Finding{Question: "Who is fastest at what?", Chapter: "fastest", Link: "Every workload and style"}
	chosen, style := await.Headline(r.engines, func(c ranking.Ranking) string { return c.Style })
	switch {
	case len(chosen) > 0:
		f.Answer = await.InStyle(style) + ", " + ranking.Tally(chosen, "workload") + "."
		f.Hint = "Each engine with the await that it comes with."
		f.Table = ranking.Table("The fastest engine of each workload", "workload", "fastest", chosen)
	case len(r.matrix.Engines) == 1:
		f.Answer = fmt.Sprintf("Only %s was measured, so there is no engine to compare it with.", text.Clip(r.matrix.Engines[0], 40))
	default:
		f.Answer = "Not available: no two engines did the same work, each with an await of its own."
	}
	if len(r.ofStyles) > 0 {
		var list []ranking.Ranking
		for _, s := range r.ofStyles {
			list = append(list, s.Ranking)
		}
		f.Details = append(f.Details, "Of the styles of a workload on an engine, "+ranking.Tally(list, "case")+".")
	}
	if f.Table == nil && len(r.ofStyles) == 0 {
		f.Chapter = ""
	}
	return f
}

// doubts are what intervals do not show.
func (r *Room) doubts() []string {
	var doubts []string
	if list := r.modes.Comparisons; len(list) > 0 {
		decided := 0
		for _, c := range list {
			if c.Ratio.Direction() != stats.Inconclusive {
				decided++
			}
		}
		said := fmt.Sprintf("Of %s of await modes, in all styles, %d are conclusive", text.Count(len(list), "comparison"), decided)
		if len(list) >= 20 {
			said += fmt.Sprintf("; at 95%% each, about %.0f intervals may miss the true value", float64(len(list))/20)
		}
		doubts = append(doubts, said+".")
	}
	if r.modes.AnyEmulated() {
		doubts = append(doubts, "Part of the await modes is emulated, by a rewrite that costs time of its own. The intervals do not contain that; "+
			"how much it was where it could be measured stands with the await modes, below.")
	}
	if r.modes.AnySkipsTicks() {
		doubts = append(doubts, "Engines whose await skips ticks (the Node 8 bug) do less work than the specification asks for, and are not ranked.")
	}
	return append(doubts, "Intervals describe the noise of this run. Another machine, another version, even another start of the same "+
		"process can differ by more.")
}
