package history

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"promisebench/report/document"
	"promisebench/report/method"
	"promisebench/report/provenance"
	"promisebench/report/text"
)

// Document returns the history as what is shown. Its page is meant for a file beside
// the Markdown file that the document names, in the folder from which the path given
// to [Read] leads to the runs.
func (h *History) Document() *document.Document {
	changes := h.changes()
	counts := h.countTable()
	const notTerminal = document.Markdown | document.Page
	d := &document.Document{
		Title:    "History of " + text.Count(len(h.runs), "run"),
		Lead:     h.lead(),
		Warning:  provenance.WarningOf(h.outcomes, h.problems),
		Facts:    h.facts(),
		Markdown: markdownFile,
		Chapters: []document.Chapter{
			{ID: "changes", Title: "Changes", Tables: []*document.Table{h.changeTable(changes)}},
			{ID: "counts", Title: "Counts that changed", Tables: []*document.Table{counts}},
			{ID: "trends", Title: "Trends", Charts: h.charts(), Only: notTerminal},
			{ID: "series", Title: "Series", Tables: []*document.Table{h.seriesTable()}},
			{ID: "environments", Title: "Environments", Tables: []*document.Table{h.environmentTable()}},
			{ID: "runs", Title: "Runs", Tables: []*document.Table{h.runTable()}, Only: notTerminal},
			{ID: "outcomes", Title: "Failures and skips", Tables: []*document.Table{provenance.Outcomes(h.outcomes)}},
			{ID: "problems", Title: "Problems in the input", Tables: []*document.Table{provenance.Problems(h.problems)}},
		},
		Method: document.Method{
			Title:      "How changes are found",
			Paragraphs: method.Paragraphs(method.Points, method.ChangePoints, method.ManySeries, method.ChangeSize, method.GateRuns),
		},
	}
	if !h.Empty() {
		d.Findings = []document.Finding{h.changed(changes, len(counts.Rows)), h.sensitivity(), h.comparable()}
	}
	return d
}

// facts are what readers ask for first.
func (h *History) facts() []document.Fact {
	if len(h.runs) == 0 {
		return nil
	}
	return []document.Fact{
		{Name: "Runs", Value: strconv.Itoa(len(h.runs))},
		{Name: "First", Value: h.runs[0].when()},
		{Name: "Last", Value: h.runs[len(h.runs)-1].when()},
	}
}

// lead says in a sentence what there is.
func (h *History) lead() string {
	if h.Empty() {
		return "No results: not one usable run was found."
	}
	medians := 0
	for _, s := range h.series {
		medians += len(s.runs)
	}
	return fmt.Sprintf("%s in %s of %s: one series for each benchmark and environment. %s.",
		text.Count(medians, "median"), text.Count(len(h.series), "series"), text.Count(len(h.runs), "run"), h.tracked())
}

// changed answers what readers come for, of all changes and of how many counts
// changed.
func (h *History) changed(list []change, counts int) document.Finding {
	f := document.Finding{Question: "What changed?", Details: changedTogether(list)}
	searched, changed := 0, 0
	for _, s := range h.series {
		if len(s.searched) >= h.fewest() {
			searched++
		}
		if len(s.Changes) > 0 {
			changed++
		}
	}
	switch {
	case searched == 0:
		f.Answer = fmt.Sprintf("Inconclusive so far: a change needs %d runs in one environment to be found, and none of %s has as many.",
			h.fewest(), text.Count(len(h.series), "series"))
	case len(list) == 0:
		f.Answer = fmt.Sprintf("No change was found in any of the %s with enough runs.", text.Count(searched, "series"))
	default:
		of := make(map[direction]int)
		for _, c := range list {
			of[c.direction()]++
		}
		f.Answer = fmt.Sprintf("%s in %d of the %s with enough runs: %d %s, %d %s",
			text.Count(len(list), "change"), changed, text.Count(searched, "series"), of[worse], worse, of[better], better)
		if n := of[shapeOnly]; n > 0 {
			f.Answer += fmt.Sprintf(", %d where %s", n, shapeOnly)
		}
		f.Answer += "."
		f.Chapter, f.Link = "changes", "Every change"
	}
	if counts > 0 {
		f.Details = append(f.Details, fmt.Sprintf("Counts that are exact, such as ticks, changed %s: below.", text.Count(counts, "time")))
	}
	return f
}

// maxPlaces is how many places of changes findings tell.
const maxPlaces = 5

// changedTogether says for the latest places what changed there: many series often
// change at once. Places differ by engine and unit, because causes and sizes
// are those of one.
func changedTogether(list []change) []string {
	type place struct {
		env          *environment
		run          *run
		engine, unit string
	}
	var places []place
	at := make(map[place][]change)
	for _, c := range list {
		p := place{c.env, c.runs[c.At].run, c.Engine, c.unit}
		if at[p] == nil {
			places = append(places, p)
		}
		at[p] = append(at[p], c)
	}
	var said []string
	for _, p := range places[:min(maxPlaces, len(places))] {
		said = append(said, placeText(at[p]))
	}
	if more := len(places) - maxPlaces; more > 0 {
		said = append(said, fmt.Sprintf("And %s.", text.Count(more, "more place")))
	}
	return said
}

// placeText says what changed at one place: the largest change and how far the others
// go.
func placeText(list []change) string {
	most := slices.MaxFunc(list, func(a, b change) int { return cmp.Compare(math.Abs(a.Shift), math.Abs(b.Shift)) })
	said := fmt.Sprintf("Between %s (%s): %s %s", most.where(), most.env.name, most.full(), most.size())
	if most.direction() == shapeOnly {
		said += ", " + shapeOnly.String()
	}
	if more := len(list) - 1; more > 0 {
		lo, hi := math.Inf(1), math.Inf(-1)
		for _, c := range list {
			lo, hi = min(lo, math.Exp(c.Shift)), max(hi, math.Exp(c.Shift))
		}
		said += fmt.Sprintf(", and %s; all from %s to %s", text.Count(more, "more series"), text.Change(lo), text.Change(hi))
	}
	return fmt.Sprintf("%s. What else changed there: %s.", said, most.causes())
}

// sensitivity says which changes would have been found.
func (h *History) sensitivity() document.Finding {
	f := document.Finding{Question: "Sensitivity", Chapter: "series", Link: "Every series"}
	var steps []float64
	short, weak, single := 0, 0, 0
	for _, s := range h.series {
		switch n := len(s.searched); {
		case n == 1:
			single++
		case n < h.fewest():
			short++
		case s.Detectable > 0:
			steps = append(steps, math.Expm1(s.Detectable))
		default:
			weak++
		}
	}
	slices.Sort(steps)
	if len(steps) > 0 {
		f.Answer = fmt.Sprintf("In the median series, a step of %s halfway is detected with 80%% power; in others, from %s to %s.",
			text.Percent(steps[len(steps)/2]), text.Percent(steps[0]), text.Percent(steps[len(steps)-1]))
		f.Details = append(f.Details, "That is what the variance between runs allows if no other series changes: a change that many series share is found sooner.")
	} else {
		f.Answer = "No change that one series alone has can be found: there are too few runs."
	}
	has := func(n int) string { return text.Count(n, "series") + " " + text.Verb(n, "has", "have") }
	if single > 0 {
		f.Details = append(f.Details, has(single)+" only a single run.")
	}
	if short > 0 {
		f.Details = append(f.Details, fmt.Sprintf("%s fewer than %d runs: whatever their order, it might be chance.", has(short), h.fewest()))
	}
	if weak > 0 {
		f.Details = append(f.Details, has(weak)+" enough runs only for changes that other series share.")
	}
	return f
}

// comparable says which runs are compared with which.
func (h *History) comparable() document.Finding {
	f := document.Finding{Question: "Comparable environments", Chapter: "environments", Link: "Every environment"}
	f.Answer = fmt.Sprintf("%s in %s, which are never joined.", text.Count(len(h.runs), "run"), text.Count(len(h.environments), "environment"))
	if len(h.environments) == 1 {
		f.Answer = fmt.Sprintf("%s, all in one environment.", text.Count(len(h.runs), "run"))
	}
	const most = 4
	for _, e := range h.environments[:min(most, len(h.environments))] {
		f.Details = append(f.Details, fmt.Sprintf("%s (%s): %s", e.name, text.Count(e.runs, "run"), text.Clip(h.special(e), 400)))
	}
	if len(h.common) > 0 {
		f.Details = append(f.Details, "All: "+text.Clip(strings.Join(h.common, ", "), 400))
	}
	if more := len(h.environments) - most; more > 0 {
		f.Details = append(f.Details, fmt.Sprintf("And %s, below.", text.Count(more, "more environment")))
	}
	return f
}
