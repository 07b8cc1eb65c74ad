package report

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// maxLinkedPoints is the most points of all charts together that are links: each
// is larger than its drawing.
const maxLinkedPoints = 2000

// Charts returns a chart for each workload and style: a panel for each engine and
// await mode, in groups of runs of one kind.
func (h *History) Charts() []Chart {
	points := 0
	for _, l := range h.lines {
		points += min(maxShown, len(l.points))
	}
	linked := points <= maxLinkedPoints
	var charts []Chart
	for lines := h.lines; len(lines) > 0; {
		end := 1
		for end < len(lines) && lines[end].workload == lines[0].workload && lines[end].style == lines[0].style && lines[end].unit == lines[0].unit {
			end++
		}
		charts = append(charts, h.chart(lines[:end], linked))
		lines = lines[end:]
	}
	uniqueIDs(charts)
	return charts
}

// chart draws lines of one workload, style and unit.
func (h *History) chart(lines []*historyLine, linked bool) Chart {
	first := lines[0]
	what := clip(first.label, 60)
	if first.style != "" {
		what += " · " + clip(first.style, 40)
	}
	c := Chart{ID: "history-" + slug(what), subtitle: "run after run; every panel has an axis of its own, on which equal heights are equal ratios"}
	measure, better := "time per operation", "lower"
	if first.higher {
		measure, better = "requests per second", "higher"
		c.ID += "-rate"
	}
	c.Title = what + ": median " + measure + " in each run"
	c.subtitle = better + " is better, " + c.subtitle
	var said []string
	var body historyBody
	for _, kind := range h.kinds {
		g := historyGroup{title: kind.name + ": " + clip(strings.Join(h.special(kind), ", "), 300)}
		slot := make(map[*recordedRun]int)
		for _, l := range lines {
			for _, p := range l.points {
				slot[p.run] = -1
			}
		}
		for _, r := range h.runs { // in their order
			if slot[r] < 0 && r.kind == kind {
				slot[r] = len(g.runs)
				g.runs = append(g.runs, r)
			}
		}
		if len(g.runs) == 0 {
			continue
		}
		for _, l := range lines {
			if l.kind != kind {
				continue
			}
			names := l.names()
			p := historyPanel{historyLine: l, label: []string{names[3]}}
			if names[2] != "" {
				p.label = append(p.label, names[2])
			}
			if names[3] == "" {
				p.label = []string{names[0]}
			}
			for _, point := range l.points {
				p.slots = append(p.slots, slot[point.run])
				if linked {
					p.href = append(p.href, h.linkTo(point.run))
				}
			}
			g.panels = append(g.panels, p)
			said = append(said, h.inWords(l))
		}
		body.groups = append(body.groups, g)
	}
	c.body = body
	c.Description = "Median " + measure + " of every run, " + better + " is better, in the order of their dates. " + sentences(said)
	notes := []string{"Dots: medians of runs; whiskers: their 95 % intervals, of the noise within a run; grey lines: levels from change to change"}
	if linked {
		notes = append(notes, "a dot leads to its results")
	}
	notes = append(notes, fmt.Sprintf("changes: E-divisive, permutation test, FDR %.0f %% over all lines; with the 95 %% interval of their size", 100*h.plan.FDR),
		"runs of different hosts or ways of measuring (letters and numbers) are never joined")
	if slices.ContainsFunc(lines, func(l *historyLine) bool { return len(l.searched) < len(l.points) }) {
		notes = append(notes, "of runs at the same time, such as base and head of a gate, all are drawn, but changes and levels are those of the last only")
	}
	if common := h.common; len(common) > 0 {
		notes = append(notes, "all: "+clip(strings.Join(common, ", "), 300))
	}
	c.caption = strings.Join(notes, " · ")
	return c
}

// inWords says what a panel shows.
func (h *History) inWords(l *historyLine) string {
	first, last := l.points[0], l.points[len(l.points)-1]
	text := fmt.Sprintf("%s on %s: ", strings.Join(slices.DeleteFunc(l.names()[2:], func(s string) bool { return s == "" }), ", "), l.kind.name)
	if len(l.points) == 1 {
		return text + "a single run, " + inWords(first.summary)
	}
	text += fmt.Sprintf("%d runs, first %s, last %s", len(l.points), format(first.Center, l.unit), format(last.Center, l.unit))
	for _, c := range l.Changes {
		change := historyChange{l, c}
		between, _ := change.where()
		text += fmt.Sprintf(", a change of %s (%s) between %s", change.size(), change.word(), between)
	}
	if len(l.Changes) == 0 {
		text += ", " + h.unchanged(l)
	}
	return text
}

// unchanged says of a line without a change what that means.
func (h *History) unchanged(l *historyLine) string {
	switch {
	case len(l.searched) < h.fewest():
		return "too few runs to find a change"
	case l.Holds > 0:
		return "no change found; one of " + percent(math.Expm1(l.Holds)) + " would have been"
	}
	return "no change found; it would have had to be in other lines as well"
}
