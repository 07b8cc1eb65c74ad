// Package servers says what results tell of HTTP servers: how many requests each
// answers, how long they take, what limited them, and whether memory grows in a soak
// test.
//
// A server is a web framework on an engine under a load, see [dataset.Server]. Its
// requests per second come from a closed loop, its percentiles of latency from an open
// one, at a fixed rate. In a soak test each line is one interval of one server's life.
package servers

import (
	"cmp"
	"maps"
	"slices"
	"strconv"

	"promisebench/report/await"
	"promisebench/report/chart"
	"promisebench/report/dataset"
	"promisebench/report/document"
	"promisebench/report/method"
	"promisebench/report/text"
	"promisebench/report/unit"
)

// A Room is what results tell of servers. Make it with [New].
type Room struct {
	results   *dataset.Results
	matrix    *dataset.Matrix
	modes     *await.Modes
	reference Reference
	soaks     []soak
}

// A Reference has values from elsewhere, to compare servers with. The zero value has
// none.
type Reference struct {
	Legend string // such as "article (2018, its machine)"
	// Rate returns requests per second, 0 if there are none for a server.
	Rate func(dataset.Server) float64
}

func (r Reference) rate(s dataset.Server) float64 {
	if r.Rate == nil {
		return 0
	}
	return r.Rate(s)
}

// New finds out what results tell of servers.
func New(r *dataset.Results, modes *await.Modes, reference Reference) *Room {
	return &Room{results: r, matrix: r.Matrix(), modes: modes, reference: reference, soaks: soaksOf(r)}
}

// Empty reports whether there are none.
func (s *Room) Empty() bool { return len(s.matrix.Servers)+len(s.matrix.Soaks) == 0 }

// Chapter is all that there is to be seen of servers: of each load how many requests
// they answer and how long these take, and the soak tests.
func (s *Room) Chapter() document.Chapter {
	c := document.Chapter{ID: "servers", Title: "HTTP servers", Tables: []*document.Table{s.table(), s.soakTable()}}
	byLoad := make(map[string][]dataset.ServedCell)
	for _, cell := range s.matrix.Servers {
		byLoad[cell.Load] = append(byLoad[cell.Load], cell)
	}
	for _, load := range slices.Sorted(maps.Keys(byLoad)) {
		c.Charts = append(c.Charts, s.requestsChart(load, byLoad[load]), s.latencyChart(load, byLoad[load]))
	}
	c.Charts = append(c.Charts, s.soakChart())
	c.Charts = slices.DeleteFunc(c.Charts, func(c *chart.Chart) bool { return c == nil })
	return c
}

// Method explains how these results were measured, as far as they say that
// promisebench did.
func (s *Room) Method() []document.Paragraph {
	var terms []method.Term
	if !s.Empty() && s.results.Ours() {
		terms = append(terms, method.Servers, method.Requests)
		if len(percentiles(s.matrix.Servers)) > 0 {
			terms = append(terms, method.Latency)
		}
	}
	if SkipsTicks(s.results, s.modes) && !s.modes.AnySkipsTicks() { // else the await modes say it
		terms = append(terms, method.SkippedTicks)
	}
	return method.Paragraphs(terms...)
}

// Biases are what to be careful about in these results.
func (s *Room) Biases() []method.Bias {
	if s.Empty() {
		return nil
	}
	return []method.Bias{method.Routers, method.OneCPU, method.GoHTTPServer}
}

// SkipsTicks reports whether the await of any server does.
func SkipsTicks(r *dataset.Results, modes *await.Modes) bool {
	return slices.ContainsFunc(slices.Concat(r.Matrix().Servers, r.Matrix().Soaks), func(c dataset.ServedCell) bool {
		return modes.Word(c.Engine, mode(modes, c.Server)) == await.SkipsTicks
	})
}

// mode returns the await mode that a server's name says, or else the one that its
// engine comes with.
func mode(modes *await.Modes, s dataset.Server) string {
	return cmp.Or(s.Await, modes.Default(s.Engine))
}

// Look says how a server is drawn: by its await, which the middlewares of all
// frameworks contain.
func Look(modes *await.Modes, s dataset.Server) chart.Look {
	return modes.Look("async", s.Engine, mode(modes, s))
}

// DefaultLoad is the load of servers whose names say nothing of it.
const DefaultLoad = "100 connections, 10 requests in flight on each"

// loadText says what load a chart is about.
func loadText(load string) string { return cmp.Or(text.Clip(load, 60), DefaultLoad) }

// idOf makes a load part of a chart's ID.
func idOf(load string) string {
	if load == "" {
		return ""
	}
	return "-" + text.Slug(load)
}

// byFramework returns those that follow each other with one load and framework.
func byFramework(list []dataset.ServedCell) [][]dataset.ServedCell {
	var groups [][]dataset.ServedCell
	for i, s := range list {
		if i == 0 || s.Load != list[i-1].Load || s.Framework != list[i-1].Framework {
			groups = append(groups, nil)
		}
		groups[len(groups)-1] = append(groups[len(groups)-1], s)
	}
	return groups
}

// enginesOf lists the engines of servers, each once, in their order.
func enginesOf(list []dataset.ServedCell) []string {
	var engines []string
	for _, s := range list {
		if !slices.Contains(engines, s.Engine) {
			engines = append(engines, s.Engine)
		}
	}
	return engines
}

// A percentile is a share of the requests that took no longer, in percent.
type percentile struct {
	unit    string
	percent float64
}

// percentiles returns those that servers were measured in, lowest first.
func percentiles(list []dataset.ServedCell) []percentile {
	units := make(map[string]percentile)
	for _, s := range list {
		for name := range s.Values {
			if digits, ok := unit.Percentile(name); ok {
				percent, _ := strconv.ParseFloat(digits, 64) // digits, and not many
				units[name] = percentile{name, percent}
			}
		}
	}
	sorted := slices.SortedFunc(maps.Values(units), func(a, b percentile) int {
		return cmp.Or(cmp.Compare(a.percent, b.percent), cmp.Compare(a.unit, b.unit))
	})
	// p50-sec and p50.0-sec are the same.
	return slices.CompactFunc(sorted, func(a, b percentile) bool { return a.percent == b.percent })
}

// unitsOf is the order of a server's units in its table: requests per second,
// percentiles, the rest.
func unitsOf(list []dataset.ServedCell) []string {
	found := make(map[string]bool)
	for _, s := range list {
		for name := range s.Values {
			found[name] = true
		}
	}
	units := []string{unit.Requests}
	delete(found, unit.Requests)
	for _, p := range percentiles(list) {
		units = append(units, p.unit)
		delete(found, p.unit)
	}
	return append(units, unit.Sort(found)...)
}

// table lists all servers with all that was measured of them.
func (s *Room) table() *document.Table {
	list := s.matrix.Servers
	t := &document.Table{Title: "HTTP servers", Columns: document.Cols("framework", "engine"), Key: 2}
	loads := slices.ContainsFunc(list, func(c dataset.ServedCell) bool { return c.Load != "" })
	if loads {
		t.Columns = append(t.Columns, document.Cols("load")...)
	}
	units := unitsOf(list)
	for _, name := range units {
		t.Columns = append(t.Columns, document.Column{Title: text.Clip(name, 40), Align: document.Right})
	}
	t.Columns = append(t.Columns, document.Cols(">n")...)
	for _, c := range list {
		row := document.Texts(text.Clip(c.Framework, 60), c.Where())
		if loads {
			row = append(row, document.Text(text.Clip(cmp.Or(c.Load, "default"), 60)))
		}
		most := 0
		for _, name := range units {
			sum := s.matrix.CellSummary(c.Cell, name)
			most = max(most, sum.N)
			if sum.N == 0 {
				row = append(row, document.Text(""))
				continue
			}
			row = append(row, document.Number(sum.Center, sum.String(), t.MarkErrors(sum.Warnings)...))
		}
		t.Add(append(row, document.Int(most))...)
	}
	t.Note("median ± 95% interval of the median; the default load is "+DefaultLoad+
		"; req/s and CPU time are of a closed loop, p50-sec and the like are latencies at a fixed rate, load-cpu-sec/req is the CPU time of the load itself",
		s.matrix.UnusedOthers())
	return t
}
