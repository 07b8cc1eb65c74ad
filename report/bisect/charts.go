package bisect

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"golang.org/x/perf/benchmath"

	"promisebench/report/chart"
	"promisebench/report/stats"
	"promisebench/report/text"
	"promisebench/report/unit"
)

// Looks of what charts show.
func versionLook() chart.Look { return chart.PointLook("a version that was measured") }

func maybeLook() chart.Look { return chart.MaybeLook("where the step may be") }

// mostPanels is how many series a chart has room for; those with steps come first.
const mostPanels = 16

// drawn are the series that charts show: those with steps, then the others of times.
func (r *Report) drawn() (list []*Series) {
	for _, with := range []bool{true, false} {
		for i := range r.Series {
			s := &r.Series[i]
			if (len(s.Steps) > 0) == with && len(s.Levels) > 1 && (with || !s.Exact) && len(list) < mostPanels {
				list = append(list, s)
			}
		}
	}
	return list
}

// levelCharts draws what was measured of each version that was.
func (r *Report) levelCharts() []*chart.Chart {
	drawn := r.drawn()
	if len(drawn) == 0 {
		return nil
	}
	slots := map[int]int{} // by version
	for _, s := range drawn {
		for _, l := range s.Levels {
			slots[l.Point] = 0
		}
	}
	group := chart.TrendGroup{Title: "as a ratio to " + text.Clip(r.Points[0].Name, 40), Runs: len(slots), Noun: "version"}
	for i, v := range slices.Sorted(maps.Keys(slots)) {
		slots[v] = i
		group.Starts = append(group.Starts, text.Clip(r.Points[v].Name, 20))
	}
	for _, s := range drawn {
		group.Panels = append(group.Panels, r.panel(s, slots))
	}
	return []*chart.Chart{{
		ID:       "versions",
		Title:    text.Clip(r.Title(), 110),
		Subtitle: "lower is better; every panel has an axis of its own, on which equal heights are equal ratios",
		Intro:    "Ratios to the oldest version, lower is better, in the order of versions.",
		Caption:  "Dots: the ratios that fit all pairs best; whiskers: their 95% intervals; only versions that were measured have a place",
		Looks:    []chart.Look{versionLook(), chart.ChangeLook(true), chart.ChangeLook(false), maybeLook()},
		Body:     chart.Trend{Groups: []chart.TrendGroup{group}, Run: versionLook(), Maybe: maybeLook()},
	}}
}

// panel draws one series. The first version is a dot without whiskers: the others are
// ratios to it.
func (r *Report) panel(s *Series, slots map[int]int) chart.TrendPanel {
	p := chart.TrendPanel{Label: []string{r.label(s), s.metric()}}
	index := map[int]int{} // of points, by version
	for i, l := range s.Levels {
		index[l.Point] = i
		p.Points = append(p.Points, chart.TrendPoint{Slot: slots[l.Point], Summary: stats.Summary{
			Summary: benchmath.Summary{Center: l.Ratio, Lo: l.Lo, Hi: l.Hi, Confidence: stats.Confidence}, N: l.Pairs, Unit: unit.Ratio, Exact: s.Exact,
		}})
	}
	said := fmt.Sprintf("%s, %s: ", r.label(s), s.metric())
	for _, step := range s.Steps {
		at, ok := index[step.Last]
		if !ok || at == 0 {
			continue // a search cut short names ranges whose end it has not seen
		}
		f := found{s, step}
		from := slices.IndexFunc(s.Levels, func(l Level) bool { return l.Point >= step.First })
		p.Changes = append(p.Changes, chart.Change{At: at, From: from, To: at, Text: f.change() + " at " + r.where(step.Range), Look: chart.ChangeLook(step.worse())})
		said += f.change() + " at " + r.where(step.Range) + "; "
	}
	if len(s.Steps) == 0 {
		said += "no step found"
	}
	p.Words = said
	last := s.Levels[len(s.Levels)-1]
	p.Last = []string{text.ChangeTenths(last.Ratio), "to the oldest"}
	return p
}

// beliefCharts draws where a step may be, of times.
func (r *Report) beliefCharts() []*chart.Chart {
	var panels []chart.Panel
	for _, s := range r.drawn() {
		if s.Exact || len(s.At) == 0 {
			continue
		}
		line := chart.Line{Label: "step"}
		most := 0.0
		for at, p := range s.At[1:] {
			line.Points = append(line.Points, chart.Point{X: float64(at + 1), Summary: stats.Single(p, "")})
			most = max(most, p)
		}
		line.Words = fmt.Sprintf("%s: at most %s, at one version", r.label(s), text.Percent(most))
		last := len(r.Points) - 1
		panels = append(panels, chart.Panel{
			Title: r.label(s),
			X:     chart.Axis{Label: "version", Min: 1, Max: float64(max(2, last)), Ticks: []float64{1, float64(last)}, Tick: r.tick},
			Y:     chart.Axis{Label: "probability", Min: 0, Max: 1, Ticks: []float64{0, 0.5, 1}, Tick: func(v float64) string { return strconv.FormatFloat(v, 'g', 2, 64) }},
			Lines: []chart.Line{line},
		})
	}
	if len(panels) == 0 {
		return nil
	}
	return []*chart.Chart{{
		ID:       "belief",
		Title:    "Where a step is, by the first version that has it",
		Subtitle: "probability, given all pairs; the rest is that there is none",
		Intro:    "Probability of a step by version.",
		Caption:  fmt.Sprintf("Versions %s to %s", r.Points[1].Name, r.Points[len(r.Points)-1].Name),
		Body:     chart.Lines{Panels: panels},
	}}
}

// tick is the label of a version on an axis.
func (r *Report) tick(v float64) string {
	if at := int(v); at >= 0 && at < len(r.Points) {
		return text.Clip(r.Points[at].Name, 20)
	}
	return ""
}
