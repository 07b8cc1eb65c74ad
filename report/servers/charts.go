package servers

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"promisebench/report/await"
	"promisebench/report/chart"
	"promisebench/report/dataset"
	"promisebench/report/provenance"
	"promisebench/report/stats"
	"promisebench/report/text"
	"promisebench/report/unit"
)

// Thousands writes requests per second in thousands, as all charts of them do.
func Thousands(rate float64) string { return text.ThreeDigits(rate / unit.Thousand) }

// Words for charts of requests per second.
const (
	AxisTitle = "thousand requests per second"
	Intro     = "Median number of requests per second in thousands, higher is better."
)

// requestsChart shows the servers of one load: a group for each framework, a row for
// each engine and await mode; nil if there are no requests per second.
func (s *Room) requestsChart(load string, list []dataset.ServedCell) *chart.Chart {
	var body chart.Rows
	var shown []chart.Mark
	high := 0.0
	for _, servers := range byFramework(list) {
		g := chart.Group{Title: text.Clip(servers[0].Framework, 60)}
		for _, c := range servers {
			m := s.requestsMark(g.Title, c)
			if m.N == 0 {
				continue
			}
			shown = append(shown, m)
			high = max(high, m.Reference)
			g.Rows = append(g.Rows, chart.Row{Label: c.Where(), Marks: []chart.Mark{m}})
		}
		if len(g.Rows) > 0 {
			body.Groups = append(body.Groups, g)
		}
	}
	if len(shown) == 0 {
		return nil
	}
	lo, top := chart.Span(shown)
	_, top = chart.Reach(shown, lo, top)
	body.Axis = chart.Axis{
		Label: AxisTitle,
		Max:   max(high, top) * 1.03,
		Scale: unit.Thousand,
		Tick:  func(v float64) string { return text.Number(v / unit.Thousand) },
		Say:   Thousands,
	}
	return &chart.Chart{
		ID:        "http-servers" + idOf(load),
		Title:     "HTTP servers: requests per second",
		Subtitle:  "ten middlewares; " + loadText(load) + "; higher is better",
		Intro:     Intro,
		Looks:     await.TimeLooks(),
		Reference: s.reference.Legend,
		Body:      body,
		Caption:   provenance.Caption(s.results, enginesOf(list), "median", shown, []string{s.matrix.UnusedOthers()}),
	}
}

// requestsMark is the mark of a server's requests per second.
func (s *Room) requestsMark(framework string, c dataset.ServedCell) chart.Mark {
	m := chart.Mark{
		Look:      Look(s.modes, c.Server),
		Summary:   s.matrix.CellSummary(c.Cell, unit.Requests),
		Reference: s.reference.rate(c.Server),
		Name:      framework + ", " + c.Where(),
	}
	if m.N > 0 {
		m.Text = Thousands(m.Center) + " k"
	}
	if m.Bounded() {
		m.Text += " ± " + m.PctRangeString()
	}
	return m
}

// rarity is where a percentile stands on the axis: 1, 2, 3 for 90, 99, 99.9%, so that
// the tail, which is what users notice, has room.
func (p percentile) rarity() float64 { return -math.Log10(1 - p.percent/100) }

// latencyChart is the percentile plot of one load: a panel for each framework, a line
// for each engine and await mode; nil without two percentiles.
func (s *Room) latencyChart(load string, list []dataset.ServedCell) *chart.Chart {
	steps := percentiles(list)
	if len(steps) < 2 {
		return nil
	}
	var panels []chart.Panel
	var shown []chart.Mark
	kinds := kindsOf(list)
	for _, group := range byFramework(list) {
		p := chart.Panel{Title: text.Clip(group[0].Framework, 60)}
		for _, c := range group {
			l := s.latencyLine(c, steps)
			for _, at := range l.Points {
				shown = append(shown, chart.Mark{Summary: at.Summary})
			}
			if len(l.Points) > 1 {
				l.Kind = kinds[l.Label]
				l.Words = p.Title + ", " + l.Label + ": " + l.Words
				p.Lines = append(p.Lines, l)
			}
		}
		if len(p.Lines) > 0 {
			panels = append(panels, p)
		}
	}
	if len(panels) == 0 {
		return nil
	}
	x, y := latencyAxes(steps, shown)
	for i := range panels {
		panels[i].X, panels[i].Y = x, y
	}
	notes := []string{s.matrix.UnusedOthers()}
	if open := s.results.Condition(dataset.OpenLoop); open != "" {
		notes = append(notes, "open loop: "+text.Clip(open, 60))
	}
	return &chart.Chart{
		ID:    "http-latency" + idOf(load),
		Title: "HTTP servers: latency",
		Subtitle: "how long requests take at a fixed rate" + text.InParentheses(text.Clip(load, 60)) +
			"; further right are the rarer, slower ones; lower is better",
		Intro:   "Percentiles of latency, lower is better.",
		Body:    chart.Lines{Panels: panels},
		Caption: provenance.Caption(s.results, enginesOf(list), "median of the samples' percentiles", shown, notes),
	}
}

// latencyLine is the percentiles of a server, and these in words.
func (s *Room) latencyLine(c dataset.ServedCell, steps []percentile) chart.Line {
	l := chart.Line{Label: c.Where()}
	var words []string
	for _, step := range steps {
		if sum := s.matrix.CellSummary(c.Cell, step.unit); sum.N > 0 && sum.Center > 0 {
			l.Points = append(l.Points, chart.Point{X: step.rarity(), Summary: sum})
			words = append(words, fmt.Sprintf("%s%% %s", text.Number(step.percent), unit.Format(sum.Center, step.unit)))
		}
	}
	l.Words = strings.Join(words, ", ")
	return l
}

// latencyAxes are those of all panels, so that frameworks can be compared.
func latencyAxes(steps []percentile, shown []chart.Mark) (x, y chart.Axis) {
	var at []float64
	label := make(map[float64]string)
	for _, step := range steps {
		at = append(at, step.rarity())
		label[step.rarity()] = text.Number(step.percent) + "%"
	}
	lo, hi := chart.Span(shown)
	x = chart.Axis{Label: "requests that took no longer", Min: at[0], Max: at[len(at)-1], Ticks: at, Tick: func(v float64) string { return label[v] }}
	y = chart.Axis{Log: true, Min: lo / 1.2, Max: hi * 1.2, Tick: text.Time}
	return x, y
}

// kindsOf numbers the names of servers, so that a line has the same colour in all
// panels.
func kindsOf(list []dataset.ServedCell) map[string]int {
	kinds := make(map[string]int)
	for _, s := range list {
		if _, ok := kinds[s.Where()]; !ok {
			kinds[s.Where()] = len(kinds)
		}
	}
	return kinds
}

// soakChart shows memory and requests per second over time; nil without a soak test.
func (s *Room) soakChart() *chart.Chart {
	if len(s.soaks) == 0 {
		return nil
	}
	memory := chart.Panel{Title: "memory in use (RSS), MiB"}
	rate := chart.Panel{Title: AxisTitle}
	var engines []string
	longest, most, fastest := 0.0, 0.0, 0.0
	for i, k := range s.soaks {
		label := text.Clip(k.Framework, 40) + " · " + k.name
		first, last := k.bytes[0], k.bytes[len(k.bytes)-1]
		memory.Lines = append(memory.Lines, chart.Line{
			Label: label, Kind: i, Points: readings(k.seconds, k.bytes, unit.RSS),
			Words: fmt.Sprintf("%s: from %s MiB to %s MiB in %s minutes", label,
				text.ThreeDigits(first/unit.Mebibyte), text.ThreeDigits(last/unit.Mebibyte), k.minutes()),
		})
		rate.Lines = append(rate.Lines, chart.Line{Label: label, Kind: i, Points: readings(k.seconds, k.rate, unit.Requests)})
		longest = max(longest, k.length())
		most, fastest = max(most, slices.Max(k.bytes)), max(fastest, slices.Max(k.rate))
		if !slices.Contains(engines, k.Engine) {
			engines = append(engines, k.Engine)
		}
	}
	scaled := func(scale float64) func(float64) string {
		return func(v float64) string { return text.Number(v / scale) }
	}
	memory.X = chart.Axis{Label: "minutes", Max: longest, Scale: minute, Tick: scaled(minute)}
	rate.X = memory.X
	memory.Y = chart.Axis{Max: most * 1.05, Scale: unit.Mebibyte, Tick: scaled(unit.Mebibyte)}
	rate.Y = chart.Axis{Max: fastest * 1.05, Scale: unit.Thousand, Tick: scaled(unit.Thousand)}
	return &chart.Chart{
		ID:       "http-soak",
		Title:    "HTTP servers: soak test",
		Subtitle: "the same server, without a pause; memory that grows and does not stop is a leak",
		Intro:    "Memory in use over time.",
		Body:     chart.Lines{Panels: []chart.Panel{memory, rate}},
		Caption:  text.Joined(append([]string{"A reading at the end of each interval"}, provenance.Circumstances(s.results, engines)...)...),
	}
}

// readings makes points of single values.
func readings(seconds, values []float64, name string) []chart.Point {
	points := make([]chart.Point, len(values))
	for i, v := range values {
		points[i] = chart.Point{X: seconds[i], Summary: stats.Single(v, name)}
	}
	return points
}
