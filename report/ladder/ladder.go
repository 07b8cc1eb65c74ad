// Package ladder shows what has become of benchmarks over many versions of an engine: each
// version as a ratio to one that all were measured with in pairs, and where the level
// changes, by the search of package changepoint, with versions in the place of dates.
package ladder

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"golang.org/x/perf/benchmath"
	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"

	"promisebench/report/changepoint"
	"promisebench/report/chart"
	"promisebench/report/dataset"
	"promisebench/report/document"
	"promisebench/report/stats"
	"promisebench/report/text"
	"promisebench/report/unit"
)

// A Version is a rung.
type Version struct {
	Name  string // short
	Title string // of a commit
}

// label is the name with a commit's title.
func (v Version) label() string { return text.Joined(v.Name, text.Clip(v.Title, 60)) }

// A Report is what was measured of all versions. Make one with [Read].
type Report struct {
	What      string // node, or goja=../clone
	Versions  []Version
	Reference int            // the version that all were measured with
	Skipped   map[int]string // versions that can't be measured, and why
	Facts     []document.Fact
	Command   string
	// Problems are about what can't be used of the text.
	Problems []dataset.Problem

	series []series
}

// A series is a benchmark over the versions.
type series struct {
	name    string
	at      []int // versions that were measured
	levels  []stats.Summary
	changes changepoint.Series
}

func plan() changepoint.Plan {
	return changepoint.Plan{FDR: 0.05, Confidence: stats.Confidence, Seed: 1}
}

// find fills in the series, of the logarithms of ratios to the reference: of each
// benchmark, by version, pair by pair.
func (r *Report) find(names []string, logs [][][]float64) {
	var means [][]float64
	for i, name := range names {
		s := series{name: name}
		var list []float64
		for v, l := range logs[i] {
			if len(l) > 0 {
				s.at = append(s.at, v)
				s.levels = append(s.levels, level(l))
				list = append(list, stat.Mean(l, nil))
			}
		}
		r.series, means = append(r.series, s), append(means, list)
	}
	for i, found := range changepoint.Find(means, plan()) {
		r.series[i].changes = found
	}
}

// fewest is how many pairs an interval needs. That of two is real, a hundred times as wide
// as what it is of, and there would be nothing else to be seen on a chart.
const fewest = 3

// level is the ratio of a version: the mean of logarithms, with Student's interval.
func level(logs []float64) stats.Summary {
	mean, sd := stat.MeanStdDev(logs, nil)
	s := stats.Single(math.Exp(mean), unit.Ratio)
	s.N = len(logs)
	if n := float64(len(logs)); n >= fewest {
		wide := distuv.StudentsT{Sigma: 1, Nu: n - 1}.Quantile(0.5+stats.Confidence/2) * sd / math.Sqrt(n)
		s.Summary = benchmath.Summary{Center: math.Exp(mean), Lo: math.Exp(mean - wide), Hi: math.Exp(mean + wide), Confidence: stats.Confidence}
	}
	return s
}

// Looks of what charts show.
func rungLook() chart.Look { return chart.PointLook("a version") }

func maybeLook() chart.Look { return chart.MaybeLook("where the change may be (95% set)") }

// Document is all there is to say.
func (r *Report) Document() *document.Document {
	first, last := r.Versions[0], r.Versions[len(r.Versions)-1]
	title := fmt.Sprintf("%s … %s: %s", text.Clip(first.Name, 40), text.Clip(last.Name, 40), text.Count(r.steps(), "change"))
	lead := fmt.Sprintf("%s of %s from %s to %s, each measured in pairs with %s.", text.Count(len(r.Versions), "version"), text.Clip(r.What, 60), first.Name, last.Name, r.Versions[r.Reference].Name)
	return &document.Document{
		Title:   title,
		Lead:    lead,
		Warning: r.warning(),
		Facts:   r.Facts,
		Chapters: []document.Chapter{
			{ID: "result", Title: title, Text: []string{document.Literal(lead)}, Only: document.Terminal},
			{ID: "changes", Title: "Changes", Text: []string{"Where the level changes, and stays changed for at least three versions: a search for change points, of which at most 5% of the benchmarks that are said to have changed are expected to be wrong."},
				Tables: []*document.Table{r.changes()}, Charts: r.charts()},
			{ID: "versions", Title: "Versions", Tables: []*document.Table{r.table()}, Only: document.Page | document.Markdown},
			{ID: "skipped", Title: "Versions that can't be measured", Tables: []*document.Table{r.skipped()}},
			{ID: "command", Title: "Command", Code: []document.Code{{Label: "This ladder", Text: r.Command}}, Only: document.Page | document.Markdown},
		},
		Method: document.Method{Paragraphs: []document.Paragraph{
			{Term: "Pairs", Text: "A version and the reference are measured as in a gate: fresh processes side by side that take turns batch by batch, one pair of each version a round, in random order. What counts is the ratio of their times, pair by pair; so rungs of different days share a chart."},
			{Term: "Await", Text: "Await is what each version has without a flag, unless a name has a mode: in Node.js 7 to 9 one that skips ticks, in 10 and 11 that of the specification until 2018, and today's since 12."},
			{Term: "Levels", Text: "The mean of the logarithms of these ratios, with Student's 95% interval. It is of the noise between pairs: what a version has of its own, such as where its functions lie, is in all of its pairs."},
			{Term: "Changes", Text: "E-divisive with a permutation test over the versions in their order, as in a history, with versions in the place of dates. Fewer than three versions of a level are outliers to it."},
		}},
	}
}

func (r *Report) warning() string {
	if n := len(r.Skipped); n > 0 {
		return text.Count(n, "version") + " can't be measured."
	}
	return ""
}

// steps counts the changes of all series.
func (r *Report) steps() (n int) {
	for _, s := range r.series {
		n += len(s.changes.Changes)
	}
	return n
}

// size says how large a change is, with its interval.
func size(c changepoint.Change) string {
	if !c.Bounded() {
		return text.Change(math.Exp(c.Shift))
	}
	return text.Interval(text.Change, math.Exp(c.Shift), math.Exp(c.Lo), math.Exp(c.Hi))
}

// set names the versions that may be the first with a change.
func (r *Report) set(s series, c changepoint.Change) string {
	from, to := r.Versions[s.at[c.From]], r.Versions[s.at[c.To]]
	if from == to {
		return from.Name
	}
	return from.Name + " … " + to.Name
}

// changes is the table of all changes.
func (r *Report) changes() *document.Table {
	t := &document.Table{Columns: document.Cols("benchmark", "at", "change [95%]", "95% set")}
	for _, s := range r.series {
		for _, c := range s.changes.Changes {
			class := document.Improved
			if c.Shift > 0 {
				class = document.Regressed
			}
			v := r.Versions[s.at[c.At]]
			t.Add(document.Text(s.title()), document.Text(v.label()), document.Cell{Text: size(c), Class: class}, document.Text(r.set(s, c)))
		}
	}
	return t
}

// table has all levels: a row a version, a column a benchmark.
func (r *Report) table() *document.Table {
	t := &document.Table{Columns: document.Cols("version"), Key: 1}
	cells := map[int][]document.Cell{}
	for i, s := range r.series {
		t.Columns = append(t.Columns, document.Cols(">"+s.title())...)
		for n, v := range s.at {
			for len(cells[v]) < i {
				cells[v] = append(cells[v], document.Text(""))
			}
			cells[v] = append(cells[v], document.Number(s.levels[n].Center, ratio(s.levels[n])))
		}
	}
	for v, version := range r.Versions {
		if cells[v] != nil {
			t.Add(append(document.Texts(version.label()), cells[v]...)...)
		}
	}
	return t
}

func ratio(s stats.Summary) string {
	if !s.Bounded() {
		return text.ThreeDigits(s.Center)
	}
	return text.Interval(text.ThreeDigits, s.Center, s.Lo, s.Hi)
}

func (r *Report) skipped() *document.Table {
	t := &document.Table{Columns: document.Cols("version", "why")}
	for _, v := range slices.Sorted(maps.Keys(r.Skipped)) {
		t.Add(document.Text(r.Versions[v].Name), document.Text(text.Clip(r.Skipped[v], 400)))
	}
	return t
}

// charts draws the ladder, a panel a benchmark.
func (r *Report) charts() []*chart.Chart {
	group := chart.TrendGroup{Title: "as a ratio to " + text.Clip(r.Versions[r.Reference].Name, 40), Runs: len(r.Versions), Noun: "version"}
	for _, v := range r.Versions {
		group.Starts = append(group.Starts, text.Clip(v.Name, 20))
	}
	for _, s := range r.series {
		if len(s.at) > 0 {
			group.Panels = append(group.Panels, r.panel(s))
		}
	}
	whiskers := ""
	if len(r.Versions) <= chart.MaxWhiskers {
		whiskers = "whiskers: 95% intervals of the noise between pairs; "
	}
	return []*chart.Chart{{
		ID:       "ladder",
		Title:    fmt.Sprintf("%s %s to %s: time per operation", text.Clip(r.What, 60), text.Clip(r.Versions[0].Name, 40), text.Clip(r.Versions[len(r.Versions)-1].Name, 40)),
		Subtitle: "lower is better, version after version; every panel has an axis of its own, on which equal heights are equal ratios",
		Intro:    "Ratios of times to " + text.Clip(r.Versions[r.Reference].Name, 40) + ", lower is better, in the order of versions.",
		Caption:  "Dots: versions; " + whiskers + "grey lines: levels from change to change; changes: E-divisive, permutation test, FDR 5% over all panels; with the 95% interval of their size",
		Looks:    []chart.Look{rungLook(), chart.ChangeLook(true), chart.ChangeLook(false), maybeLook()},
		Body:     chart.Trend{Groups: []chart.TrendGroup{group}, Run: rungLook(), Maybe: maybeLook(), PanelHeight: 84},
	}}
}

// panel draws one benchmark.
func (r *Report) panel(s series) chart.TrendPanel {
	label, mode := s.label()
	p := chart.TrendPanel{Label: text.NotEmpty(label, mode)}
	said := text.Joined(label, mode) + ": "
	for i, v := range s.at {
		p.Points = append(p.Points, chart.TrendPoint{Slot: v, Summary: s.levels[i]})
	}
	start := 0
	for _, c := range s.changes.Changes {
		at := text.Clip(r.Versions[s.at[c.At]].Name, 20)
		p.Changes = append(p.Changes, chart.Change{At: c.At, From: c.From, To: c.To, Text: at + ": " + size(c), Look: chart.ChangeLook(c.Shift > 0)})
		p.Levels = append(p.Levels, chart.Level{From: start, To: c.At, Value: s.middle(start, c.At)})
		start = c.At
		said += size(c) + " at " + at + "; "
	}
	p.Levels = append(p.Levels, chart.Level{From: start, To: len(s.at), Value: s.middle(start, len(s.at))})
	last := s.levels[len(s.levels)-1]
	p.Last = []string{text.ThreeDigits(last.Center)}
	p.Words = said + "last " + text.ThreeDigits(last.Center)
	return p
}

// label is the benchmark's name for readers, and how it is written.
func (s series) label() (name, mode string) {
	key, label, ok := dataset.ParseName(s.name)
	if !ok {
		return text.Clip(s.name, 60), ""
	}
	return label, text.Joined(text.Clip(key.Style, 30), text.Clip(awaitOf(key), 30))
}

// awaitOf is the await mode, where the style has an await, unless it is what each version
// has by itself.
func awaitOf(key dataset.Key) string {
	if dataset.HasNoAwait(key.Style) || key.Await == dataset.Default {
		return ""
	}
	return key.Await
}

func (s series) title() string { return text.Joined(s.label()) }

// middle is the median of some levels: a few outliers, such as the first two versions, are
// no level.
func (s series) middle(from, to int) float64 {
	var centers []float64
	for _, l := range s.levels[from:to] {
		centers = append(centers, l.Center)
	}
	slices.Sort(centers)
	return math.Sqrt(centers[(len(centers)-1)/2] * centers[len(centers)/2])
}
