package history

import (
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/plot/vg"

	"promisebench/report/chart"
	"promisebench/report/text"
	"promisebench/report/theme"
	"promisebench/report/unit"
)

// Looks of what charts show.
func runLook() chart.Look { return chart.PointLook("median of a run") }

func maybeLook() chart.Look { return chart.MaybeLook("where the change may be (95% set)") }

func versionLook() chart.Look {
	return chart.Look{Legend: "another version of the engine", Shape: chart.Triangle, Stroke: theme.Faint(), Fill: theme.Faint()}
}

// look is that of a change.
func (d direction) look() chart.Look {
	if d != shapeOnly {
		return chart.ChangeLook(d == worse)
	}
	return chart.Look{Legend: shapeOnly.String(), Shape: chart.Square, Stroke: theme.Grey(), Fill: theme.Grey(), Dashes: []vg.Length{1, 2}}
}

// maxLinks is the most runs of all charts together that are links: each is larger than
// its drawing.
const maxLinks = 2000

// charts returns a chart for each workload and style: a panel for each engine and
// await mode, in groups of runs of one environment.
func (h *History) charts() []*chart.Chart {
	links := 0
	for _, s := range h.series {
		links += min(chart.MaxRuns, len(s.runs))
	}
	var charts []*chart.Chart
	for list := h.series; len(list) > 0; {
		end := 1
		for end < len(list) && list[end].Workload == list[0].Workload && list[end].Style == list[0].Style && list[end].unit == list[0].unit {
			end++
		}
		charts = append(charts, h.chart(list[:end], links <= maxLinks))
		list = list[end:]
	}
	chart.UniqueIDs(charts)
	return charts
}

// chart makes the chart of series of one workload, style and unit.
func (h *History) chart(list []*series, linked bool) *chart.Chart {
	first := list[0]
	what := text.Joined(text.Clip(first.label, 60), text.Clip(first.Style, 40))
	id, measure, sense := "history-"+text.Slug(what), "time per operation", "lower"
	if first.higher() {
		id, measure, sense = id+"-rate", "requests per second", "higher"
	}
	trend := chart.Trend{Run: runLook(), Flag: versionLook(), Maybe: maybeLook()}
	for _, env := range h.environments {
		var of []*series
		for _, s := range list {
			if s.env == env {
				of = append(of, s)
			}
		}
		if len(of) > 0 {
			trend.Groups = append(trend.Groups, h.group(env, of, linked))
		}
	}
	return &chart.Chart{
		ID:       id,
		Title:    what + ": median " + measure + " in each run",
		Subtitle: sense + " is better, run after run; every panel has an axis of its own, on which equal heights are equal ratios",
		Intro:    "Median " + measure + " of every run, " + sense + " is better, in the order of their dates.",
		Caption:  h.caption(list, linked),
		Looks:    []chart.Look{runLook(), worse.look(), better.look(), shapeOnly.look(), maybeLook(), versionLook()},
		Body:     trend,
	}
}

// group makes panels of series in one environment.
func (h *History) group(env *environment, list []*series, linked bool) chart.TrendGroup {
	g := chart.TrendGroup{Title: env.name + ": " + text.Clip(h.special(env), 300), Noun: "run"}
	wanted := make(map[*run]bool)
	for _, s := range list {
		for _, r := range s.runs {
			wanted[r.run] = true
		}
	}
	slot := make(map[*run]int)
	for _, r := range h.runs { // in their order
		if wanted[r] {
			slot[r] = len(slot)
			g.Starts = append(g.Starts, r.date.UTC().Format("2006-01-02"))
		}
	}
	g.Runs = len(slot)
	if g.Runs == 1 {
		g.Starts[0] = list[0].runs[0].when() // there is room for it
	}
	for _, s := range list {
		g.Panels = append(g.Panels, h.panel(s, slot, linked))
	}
	return g
}

// panel makes the panel of a series.
func (h *History) panel(s *series, slot map[*run]int, linked bool) chart.TrendPanel {
	workload, _, await, engine := s.names()
	p := chart.TrendPanel{Label: text.NotEmpty(engine, await), Words: h.words(s)}
	if engine == "" {
		p.Label = []string{workload}
	}
	for i, r := range s.runs {
		point := chart.TrendPoint{Slot: slot[r.run], Summary: r.Summary, Flag: s.newVersion(i)}
		if linked {
			point.Href = h.link(r.run)
			point.Text = fmt.Sprintf("%s: %s, n=%d, %s", r.when(), r.Words(), r.N, text.Clip(r.file, 120))
		}
		p.Points = append(p.Points, point)
	}
	for _, c := range s.Changes {
		is := change{s, c}
		p.Changes = append(p.Changes, chart.Change{At: c.At, From: c.From, To: c.To, Text: is.size(), Look: is.direction().look()})
	}
	p.Levels = s.levels()
	last := s.runs[len(s.runs)-1]
	p.Last = []string{last.Summary.String()}
	if !last.Bounded() {
		p.Last = []string{unit.Format(last.Center, last.Unit)}
	}
	if len(s.runs) == 1 {
		p.Last = append(p.Last, "a single run")
	}
	return p
}

// levels returns the middle of each part from change to change. A single run has no
// level but itself.
func (s *series) levels() []chart.Level {
	var list []chart.Level
	start := 0
	for i := range len(s.Changes) + 1 {
		end := len(s.runs)
		if i < len(s.Changes) {
			end = s.Changes[i].At
		}
		if end-start > 1 {
			list = append(list, chart.Level{From: start, To: end, Value: math.Exp(s.level(start, end))})
		}
		start = end
	}
	return list
}

// caption explains the marks.
func (h *History) caption(list []*series, linked bool) string {
	notes := []string{"Dots: medians of runs; whiskers: their 95% intervals, of the noise within a run; grey lines: levels from change to change"}
	if linked {
		notes = append(notes, "a dot leads to its results")
	}
	notes = append(notes, fmt.Sprintf("changes: E-divisive, permutation test, FDR %.0f%% over all series; with the 95%% interval of their size", 100*h.plan.FDR),
		"runs in different environments (letters and numbers) are never joined")
	for _, s := range list {
		if len(s.searched) < len(s.runs) {
			notes = append(notes, "of runs at the same time, such as base and head of a gate, all are drawn, but changes and levels are those of the last only")
			break
		}
	}
	if len(h.common) > 0 {
		notes = append(notes, "all: "+text.Clip(strings.Join(h.common, ", "), 300))
	}
	return strings.Join(notes, " · ")
}

// words says what a panel shows, to be read aloud.
func (h *History) words(s *series) string {
	_, _, await, engine := s.names()
	first, last := s.runs[0], s.runs[len(s.runs)-1]
	said := fmt.Sprintf("%s on %s: ", strings.Join(text.NotEmpty(await, engine), ", "), s.env.name)
	if len(s.runs) == 1 {
		return said + "a single run, " + first.Words()
	}
	said += fmt.Sprintf("%d runs, first %s, last %s", len(s.runs), unit.Format(first.Center, s.unit), unit.Format(last.Center, s.unit))
	for _, c := range s.Changes {
		is := change{s, c}
		said += fmt.Sprintf(", a change of %s (%s) between %s", is.size(), is.direction(), is.where())
	}
	if len(s.Changes) == 0 {
		said += ", " + h.unchanged(s)
	}
	return said
}

// unchanged says of a series without a change what that means.
func (h *History) unchanged(s *series) string {
	switch {
	case len(s.searched) < h.fewest():
		return "too few runs to find a change"
	case s.Detectable > 0:
		return "no change found; one of " + text.Percent(math.Expm1(s.Detectable)) + " would have been"
	}
	return "no change found; other series would have had to share it"
}
