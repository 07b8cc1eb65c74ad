// Package switches says what it costs to switch something on that programs run without:
// asynchronous hooks, a context for each operation, async stack traces, a promise library
// in the place of the engine's promises.
//
// Each is a key in a benchmark's name (context=als), and is compared with the benchmark
// that lacks the key and is otherwise the same.
package switches

import (
	"fmt"
	"slices"
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
		if !ok || !there {
			continue
		}
		for _, engine := range room.matrix.Engines {
			without, with := dataset.Place{Row: off, Engine: engine}, dataset.Place{Row: row, Engine: engine}
			ratio := stats.RatioOf(room.matrix.Samples(without, unit.Time), room.matrix.Samples(with, unit.Time))
			if ratio.N > 0 {
				room.list = append(room.list, comparison{without, name, ratio, room.matrix.Summary(without, unit.Time), room.matrix.Summary(with, unit.Time)})
			}
		}
	}
	return room
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

// Chapter has a table and a chart of all comparisons; it is empty if there are none.
func (r *Room) Chapter() document.Chapter {
	c := document.Chapter{ID: "switches", Title: "What switches cost"}
	if len(r.list) == 0 {
		return c
	}
	c.Text = []string{"The time of an operation with something switched on that programs run without, over its time without: in the same run, on the same engine, " +
		"with the same work."}
	c.Tables = []*document.Table{r.table()}
	c.Charts = []*chart.Chart{r.chart()}
	return c
}

func (r *Room) table() *document.Table {
	t := &document.Table{
		Title:   "What switches cost",
		Columns: document.Cols("workload", "style", "switch", "engine", ">without", ">with", ">ratio [95%]"),
		Key:     4,
	}
	for _, c := range r.list {
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
func (r *Room) chart() *chart.Chart {
	dearer, cheaper, maybe := chart.ChangeLook(true), chart.ChangeLook(false), chart.MaybeLook("inconclusive: the interval contains 1, or there is none")
	dearer.Legend, cheaper.Legend = "costs time", "saves time"
	var groups []chart.Group
	var shown []chart.Mark
	title := ""
	for _, c := range r.list {
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
		ID:       "switches",
		Title:    "What switches cost",
		Subtitle: "time with it / time without; lower is better, 1 = no difference",
		Intro:    "Ratio of the time with a switch to the time without; above 1, it costs time.",
		Caption:  provenance.Caption(r.results, r.matrix.Engines, "pseudomedian of the ratios of "+provenance.Pairs(r.results), shown, nil),
		Looks:    []chart.Look{dearer, cheaper, maybe},
		Dots:     "each dot: one pair of samples",
		Body:     chart.Rows{Axis: chart.RatioAxis("ratio with / without", shown), Groups: groups},
	}
}
