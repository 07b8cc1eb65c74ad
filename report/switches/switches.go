// Package switches says what it costs to switch something on that programs run without:
// asynchronous hooks, a context for each operation, async stack traces, a promise library
// in the place of the engine's promises.
//
// Each is a key in a benchmark's name (context=als), and is compared with the benchmark
// that lacks the key and is otherwise the same. So are variants of a workload that differ
// in how many operations are in flight (window=1000): what one of them takes should not
// depend on that.
package switches

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"promisebench/report/chart"
	"promisebench/report/dataset"
	"promisebench/report/document"
	"promisebench/report/provenance"
	"promisebench/report/stats"
	"promisebench/report/text"
	"promisebench/report/unit"
)

// keys are what may be switched. impl=lowered is none: there the engine lacks the syntax.
var keys = []string{"context", "hooks", "traces", "impl"}

// A comparison is of a benchmark with a switch and without.
type comparison struct {
	dataset.Place               // without
	Switch        string        // in words: context als
	Ratio         stats.Ratio   // with/without
	off, on       stats.Summary // seconds per operation
}

// A Room has all comparisons that results allow. Make it with [New].
type Room struct {
	results *dataset.Results
	matrix  *dataset.Matrix
	list    []comparison // by workload, style, switch
	windows []comparison // of more in flight
}

// New finds out what was measured with a switch and without.
func New(r *dataset.Results) *Room {
	room := &Room{results: r, matrix: r.Matrix()}
	plain := map[dataset.Row]dataset.Row{} // by what is left without the label
	for _, row := range room.matrix.Rows {
		key := row
		key.Label = ""
		plain[key] = row
	}
	for _, row := range room.matrix.Rows {
		workload, name, ok := cut(row.Workload)
		key := row
		key.Workload, key.Label = workload, ""
		off, there := plain[key]
		if ok && there {
			room.list = append(room.list, room.compare(off, row, name)...)
		}
	}
	room.compareWindows()
	return room
}

// compare compares two rows on all engines that have both.
func (r *Room) compare(off, on dataset.Row, name string) (list []comparison) {
	for _, engine := range r.matrix.Engines {
		without, with := dataset.Place{Row: off, Engine: engine}, dataset.Place{Row: on, Engine: engine}
		if ratio := stats.RatioOf(r.matrix.Samples(without, unit.Time), r.matrix.Samples(with, unit.Time)); ratio.N > 0 {
			list = append(list, comparison{without, name, ratio, r.matrix.Summary(without, unit.Time), r.matrix.Summary(with, unit.Time)})
		}
	}
	return list
}

// compareWindows compares variants that differ in what is in flight with the one that has least.
func (r *Room) compareWindows() {
	least := map[dataset.Row]windowed{}
	of := func(row dataset.Row) (key dataset.Row, w windowed) {
		key, w = row, windowed{row: row}
		key.Label = ""
		var kept []string
		for part := range strings.SplitSeq(row.Workload, "/") {
			name, value, _ := strings.Cut(part, "=")
			switch name {
			case "variant":
			case "window":
				w.window, _ = strconv.Atoi(value) // or 0, as without
			default:
				kept = append(kept, part)
			}
		}
		key.Workload = strings.Join(kept, "/")
		return key, w
	}
	for _, row := range r.matrix.Rows {
		if key, w := of(row); w.window > 0 && (least[key].window == 0 || w.window < least[key].window) {
			least[key] = w
		}
	}
	for _, row := range r.matrix.Rows {
		if key, w := of(row); w.window > least[key].window && least[key].window > 0 {
			r.windows = append(r.windows, r.compare(least[key].row, row, fmt.Sprintf("%d in flight", w.window))...)
		}
	}
}

// A windowed row has so many operations in flight.
type windowed struct {
	row    dataset.Row
	window int
}

// cut takes a switch out of a workload, as names have it, and returns what is left.
func cut(workload string) (without, name string, ok bool) {
	parts := strings.Split(workload, "/")
	for i, part := range parts {
		key, value, _ := strings.Cut(part, "=")
		if i > 0 && slices.Contains(keys, key) && value != "lowered" {
			return strings.Join(slices.Delete(parts, i, i+1), "/"), key + " " + value, true
		}
	}
	return "", "", false
}

// Chapters have a table and a chart of all comparisons each; those without any are empty.
func (r *Room) Chapters() []document.Chapter {
	costs := document.Chapter{ID: "switches", Title: "What switches cost"}
	if len(r.list) > 0 {
		costs.Text = []string{"The time of an operation with something switched on that programs run without, over its time without: in the same run, on the same engine, " +
			"with the same work."}
		costs.Tables = []*document.Table{r.table(costs.Title, r.list)}
		costs.Charts = []*chart.Chart{r.chart(costs, r.list)}
	}
	grows := document.Chapter{ID: "in-flight", Title: "What more in flight costs"}
	if len(r.windows) > 0 {
		grows.Text = []string{"The time of one operation while many are in flight, over its time while few are. " + r.growth()}
		grows.Tables = []*document.Table{r.table(grows.Title, r.windows)}
		grows.Charts = []*chart.Chart{r.chart(grows, r.windows)}
	}
	return []document.Chapter{costs, grows}
}

// doubled is the ratio from which on something grows, and is not just a little dearer.
const doubled = 2

// growth says where an operation takes a multiple of the time.
func (r *Room) growth() string {
	var on []string
	for _, c := range r.windows {
		if c.Ratio.Bounded() && c.Ratio.Lo > doubled {
			on = append(on, fmt.Sprintf("on %s (%s, %s, %s: %s)", text.Clip(c.Engine, 40), c.Label, text.Clip(c.Style, 40), c.Switch, c.Ratio))
		}
	}
	if len(on) == 0 {
		return "It grows to more than twice as much on none."
	}
	return "It grows with their number " + text.List(on) + "."
}

func (r *Room) table(title string, list []comparison) *document.Table {
	t := &document.Table{
		Title:   title,
		Columns: document.Cols("workload", "style", "switch", "engine", ">without", ">with", ">ratio [95%]"),
		Key:     4,
	}
	for _, c := range list {
		ratio := document.Number(c.Ratio.Center, c.Ratio.String())
		if c.Ratio.Unequal {
			ratio.Marks = []int{t.Mark("not every sample has a partner")}
		}
		t.Add(document.Text(c.Label), document.Text(text.Clip(c.Style, 40)), document.Text(text.Clip(c.Switch, 40)), document.Text(text.Clip(c.Engine, 40)),
			document.Number(c.off.Center, c.off.String()), document.Number(c.on.Center, c.on.String()), ratio)
	}
	t.Note("ratio: median of with / without over " + provenance.Pairs(r.results) + ", with its 95% interval; above 1 = it costs time")
	return t
}

// chart has a group for each workload, style and switch, and a row for each engine.
func (r *Room) chart(about document.Chapter, list []comparison) *chart.Chart {
	dearer, cheaper, maybe := chart.ChangeLook(true), chart.ChangeLook(false), chart.MaybeLook("inconclusive: the interval contains 1, or there is none")
	dearer.Legend, cheaper.Legend = "costs time", "saves time"
	var groups []chart.Group
	var shown []chart.Mark
	title := ""
	for _, c := range list {
		if t := fmt.Sprintf("%s, %s: %s", c.Label, text.Clip(c.Style, 40), text.Clip(c.Switch, 40)); len(groups) == 0 || t != title {
			title = t
			groups = append(groups, chart.Group{Title: title})
		}
		engine := text.Clip(c.Engine, 60)
		mark := chart.Mark{Summary: c.Ratio.Summary, Text: c.Ratio.String(), Name: title + ", " + engine,
			Look: [...]chart.Look{stats.Inconclusive: maybe, stats.Faster: cheaper, stats.Slower: dearer}[c.Ratio.Direction()]}
		g := &groups[len(groups)-1]
		g.Rows = append(g.Rows, chart.Row{Label: engine, Marks: []chart.Mark{mark}})
		shown = append(shown, mark)
	}
	return &chart.Chart{
		ID:       about.ID,
		Title:    about.Title,
		Subtitle: "time with it / time without; lower is better, 1 = no difference",
		Intro:    "Ratio of the time with it to the time without; above 1, it costs time.",
		Caption:  provenance.Caption(r.results, r.matrix.Engines, "pseudomedian of the ratios of "+provenance.Pairs(r.results), shown, nil),
		Looks:    []chart.Look{dearer, cheaper, maybe},
		Dots:     "each dot: one pair of samples",
		Body:     chart.Rows{Axis: chart.RatioAxis("ratio with / without", shown), Groups: groups},
	}
}
