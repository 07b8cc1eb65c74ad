package report

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/perf/benchfmt"
)

// This file shows HTTP servers. The article's figure of them is in
// figures_http.go.

// A server is what the name of a benchmark of one says, as in
//
//	BenchmarkHTTP/framework=koa/await=legacy/engine=node11/pipeline=1
type server struct {
	framework, engine, await string
	// load is what the name says besides, as written; empty for the usual one.
	load string
	// soak says that its samples are stretches of one long time under load.
	soak bool
}

// A servedCell is the samples of a server.
type servedCell struct {
	server
	*cell
}

// parseServer takes the name of a server's benchmark apart.
func parseServer(name benchfmt.Name) (s server, ok bool) {
	base, parts := name.Parts()
	var load []string
	for _, part := range parts {
		switch k, v, _ := strings.Cut(strings.TrimPrefix(string(part), "/"), "="); k {
		case "framework":
			s.framework = v
		case "engine":
			s.engine = v
		case "await":
			s.await = v
		default:
			if !strings.HasPrefix(string(part), "-") { // GOMAXPROCS is the load's
				load = append(load, strings.TrimPrefix(string(part), "/"))
			}
		}
	}
	s.load = strings.Join(load, " ")
	s.soak = string(base) == "HTTPSoak"
	return s, (s.soak || string(base) == "HTTP") && s.framework != "" && s.engine != ""
}

// where names the server among those of its framework.
func (s server) where() string {
	text := clip(s.engine, 60)
	if s.await != "" {
		text += " · " + clip(s.await, 40)
	}
	return text
}

// key says which samples belong together, as for workloads in styles: what is
// loaded and how, on which engine, with which await.
func (s server) key() (key cellKey, label string) {
	label = "HTTP "
	if s.soak {
		label = "HTTP, long, "
	}
	label += s.framework
	if s.load != "" {
		label += " (" + s.load + ")"
	}
	return cellKey{workload: label, engine: s.engine, await: s.await}, clip(label, 80)
}

// Units of servers.
const (
	requests  = "req/s"
	residents = "RSS-bytes"
	elapsed   = "elapsed-sec"
	thousand  = 1000 // of which the article counts requests
)

// serverOrder sorts servers by load, framework, engine and await mode; engines
// in the order of the conditions.
func (r *Results) serverOrder(list []servedCell) []servedCell {
	engines := make(map[string]bool)
	for _, s := range list {
		engines[s.engine] = true
	}
	place := make(map[string]int)
	for i, e := range r.orderEngines(engines) {
		place[e] = i
	}
	slices.SortFunc(list, func(a, b servedCell) int {
		return cmp.Or(cmp.Compare(a.load, b.load), cmp.Compare(a.framework, b.framework), cmp.Compare(place[a.engine], place[b.engine]),
			cmp.Compare(awaitOrder(a.await), awaitOrder(b.await)), cmp.Compare(a.name, b.name))
	})
	return list
}

// byFramework yields those that follow each other with one load and framework.
func byFramework(list []servedCell) [][]servedCell {
	var groups [][]servedCell
	for i, s := range list {
		if i == 0 || s.load != list[i-1].load || s.framework != list[i-1].framework {
			groups = append(groups, nil)
		}
		groups[len(groups)-1] = append(groups[len(groups)-1], s)
	}
	return groups
}

// serverMeasure is how numbers of requests are said.
func serverMeasure() measure {
	return measure{
		what: "Median number of requests per second in thousands, higher is better.", unit: "thousand requests per second", scale: thousand,
		text: func(v float64) string { return threeDigits(v / thousand) },
	}
}

func inBrackets(text string) string {
	if text == "" {
		return ""
	}
	return " (" + text + ")"
}

// usualLoad is the article's.
const usualLoad = "100 connections, 10 requests under way on each"

// loadText says what load a chart or table is about.
func (r *Results) loadText(load string) string {
	if load != "" {
		return clip(load, 60)
	}
	return usualLoad
}

// serverCharts returns what is to be seen of servers: how many requests each
// answers, one chart a load, how long they take, and what long times under load
// do to its memory.
func (f figures) serverCharts() []Chart {
	var charts []Chart
	byLoad := make(map[string][]servedCell)
	for _, s := range f.m.servers {
		byLoad[s.load] = append(byLoad[s.load], s)
	}
	for _, load := range slices.Sorted(maps.Keys(byLoad)) {
		if c, ok := f.requestsChart(load, byLoad[load]); ok {
			charts = append(charts, c)
		}
		if c, ok := f.latencyChart(load, byLoad[load]); ok {
			charts = append(charts, c)
		}
	}
	if c, ok := f.soakChart(); ok {
		charts = append(charts, c)
	}
	return charts
}

// serverLook is the look of a server with the await it says, or else with the
// one that its engine comes with.
func (f figures) serverLook(s server) look {
	mode := cmp.Or(s.await, slices.Concat(f.modes(s.engine), []string{""})[0])
	if f.modeIs(s.engine, mode) == skipsTicks {
		return lookSkipsTicks
	}
	return timeLook(row{style: "async", await: mode})
}

// serversSkipTicks reports whether any server's await does.
func (f figures) serversSkipTicks() bool {
	return slices.ContainsFunc(slices.Concat(f.m.servers, f.m.soaks), func(s servedCell) bool { return f.serverLook(s.server) == lookSkipsTicks })
}

// requestsChart shows the servers of one load: a group for each framework, a
// row for each engine and await mode.
func (f figures) requestsChart(load string, list []servedCell) (Chart, bool) {
	m := serverMeasure()
	c := Chart{
		ID:       "http-servers" + idOf(load),
		about:    topicServers,
		Title:    "HTTP servers: requests per second",
		subtitle: "ten middlewares; " + f.loadText(load) + "; higher is better",
	}
	var body rowsBody
	var said []string
	var shown []summary
	high := 0.0
	for _, servers := range byFramework(list) {
		g := group{title: clip(servers[0].framework, 60)}
		for _, s := range servers {
			mk := mark{summary: f.cellSummary(f.m, s.cell, requests), look: f.serverLook(s.server)}
			if mk.n == 0 {
				continue
			}
			mk.text = m.text(mk.Center) + " k"
			words := g.title + ", " + s.where() + ": " + m.text(mk.Center) + " " + m.unit
			if mk.bounded() {
				mk.text += " ± " + mk.PctRangeString()
				words += fmt.Sprintf(" (95 %% interval %s to %s)", m.text(mk.Lo), m.text(mk.Hi))
			}
			if mk.article = articleServed(s.server) * thousand; mk.article > 0 {
				words += fmt.Sprintf(", article %s", m.text(mk.article))
				high = max(high, mk.article)
			}
			said, shown = append(said, words), append(shown, mk.summary)
			g.rows = append(g.rows, chartRow{label: s.where(), marks: []mark{mk}})
		}
		if len(g.rows) > 0 {
			body.groups = append(body.groups, g)
		}
	}
	if len(shown) == 0 {
		return Chart{}, false
	}
	lo, top := span(shown)
	_, top = reach(shown, lo, top)
	high = max(high, top)
	body.axis = axis{label: m.unit, max: high * 1.03, scale: thousand, tick: func(v float64) string { return number(v / thousand) }}
	c.body = body
	c.Description = m.what + " " + sentences(said)
	c.caption = f.caption(enginesOf(list), "median", shown, notEmpty(f.m.unusedOthers()))
	return c, true
}

// idOf makes a load part of a chart's ID.
func idOf(load string) string {
	if load == "" {
		return ""
	}
	return "-" + slug(load)
}

// enginesOf lists the engines of servers, each once, in their order.
func enginesOf(list []servedCell) []string {
	var engines []string
	for _, s := range list {
		if !slices.Contains(engines, s.engine) {
			engines = append(engines, s.engine)
		}
	}
	return engines
}

// served lists the frameworks and engines of all servers.
func (m *matrix) served() (frameworks, engines []string) {
	all := slices.Concat(m.servers, m.soaks)
	for _, s := range all {
		if name := clip(s.framework, 40); !slices.Contains(frameworks, name) {
			frameworks = append(frameworks, name)
		}
	}
	return frameworks, enginesOf(all)
}

// percentileUnit matches a percentile of latency.
var percentileUnit = regexp.MustCompile(`^p(\d{1,2}(?:\.\d{1,3})?)-sec$`)

// A percentile is a share of the requests that took no longer, in percent.
type percentile struct {
	unit    string
	percent float64
}

// percentiles returns those that servers were measured in, lowest first.
func percentiles(list []servedCell) []percentile {
	units := make(map[string]percentile)
	for _, s := range list {
		for unit := range s.values {
			if match := percentileUnit.FindStringSubmatch(unit); match != nil {
				percent, _ := strconv.ParseFloat(match[1], 64) // digits, and not many
				units[unit] = percentile{unit, percent}
			}
		}
	}
	sorted := slices.SortedFunc(maps.Values(units), func(a, b percentile) int {
		return cmp.Or(cmp.Compare(a.percent, b.percent), cmp.Compare(a.unit, b.unit))
	})
	return slices.CompactFunc(sorted, func(a, b percentile) bool { return a.percent == b.percent })
}

// rarity is where a percentile stands on the axis: 1, 2, 3 for 90, 99, 99.9 %,
// so that the tail, which is what users notice, has room.
func (p percentile) rarity() float64 { return -math.Log10(1 - p.percent/100) }

// latencyChart is the percentile plot of one load: a panel for each framework,
// a line for each engine and await mode.
func (f figures) latencyChart(load string, list []servedCell) (Chart, bool) {
	steps := percentiles(list)
	c := Chart{
		ID:       "http-latency" + idOf(load),
		about:    topicServers,
		Title:    "HTTP servers: latency",
		subtitle: "how long requests take at a fixed rate" + inBrackets(clip(load, 60)) + "; further right are the rarer, slower ones; lower is better",
	}
	if len(steps) < 2 {
		return Chart{}, false
	}
	var body linesBody
	var said []string
	var shown []summary
	names := f.lineNames(list)
	for _, group := range byFramework(list) {
		p := panel{title: clip(group[0].framework, 60)}
		for _, s := range group {
			l := line{label: s.where(), kind: names[s.where()]}
			var words []string
			for _, step := range steps {
				if sum := f.cellSummary(f.m, s.cell, step.unit); sum.n > 0 && sum.Center > 0 {
					l.points = append(l.points, point{step.rarity(), sum})
					words = append(words, fmt.Sprintf("%s %% %s", number(step.percent), format(sum.Center, step.unit)))
					shown = append(shown, sum)
				}
			}
			if len(l.points) > 1 {
				p.lines = append(p.lines, l)
				said = append(said, p.title+", "+l.label+": "+strings.Join(words, ", "))
			}
		}
		if len(p.lines) > 0 {
			body.panels = append(body.panels, p)
		}
	}
	if len(body.panels) == 0 {
		return Chart{}, false
	}
	var at []float64
	label := make(map[float64]string)
	for _, step := range steps {
		at = append(at, step.rarity())
		label[step.rarity()] = number(step.percent) + " %"
	}
	lo, hi := span(shown)
	for i := range body.panels {
		body.panels[i].x = axis{label: "requests that took no longer", min: at[0], max: at[len(at)-1], ticks: at, tick: func(v float64) string { return label[v] }}
		// All panels have one scale, so that frameworks can be compared.
		body.panels[i].y = axis{log: true, min: lo / 1.2, max: hi * 1.2, tick: timeText}
	}
	c.body = body
	c.Description = "Percentiles of latency, lower is better. " + sentences(said)
	notes := notEmpty(f.m.unusedOthers())
	if open := f.known["open-loop"]; open != "" {
		notes = append(notes, "open loop: "+clip(open, 60))
	}
	c.caption = f.caption(enginesOf(list), "median of the samples' percentiles", shown, notes)
	return c, true
}

// lineNames numbers the names of servers, so that a line has the same colour in
// all panels.
func (f figures) lineNames(list []servedCell) map[string]int {
	names := make(map[string]int)
	for _, s := range list {
		if _, ok := names[s.where()]; !ok {
			names[s.where()] = len(names)
		}
	}
	return names
}

// serverUnits is the order of a server's units in its table; others follow.
func serverUnits(list []servedCell) []string {
	found := make(map[string]bool)
	for _, s := range list {
		for unit := range s.values {
			found[unit] = true
		}
	}
	units := []string{requests}
	delete(found, requests)
	for _, p := range percentiles(list) {
		units = append(units, p.unit)
		delete(found, p.unit)
	}
	return append(units, sortUnits(found)...)
}

// serverTable lists all servers with all that was measured of them.
func (f figures) serverTable() Table {
	list := f.m.servers
	t := Table{Title: "HTTP servers", Header: []string{"framework", "engine"}, Align: []Align{Left, Left}, Key: 2}
	if len(list) == 0 {
		return t
	}
	loads := slices.ContainsFunc(list, func(s servedCell) bool { return s.load != "" })
	if loads {
		t.Header, t.Align = append(t.Header, "load"), append(t.Align, Left)
	}
	units := serverUnits(list)
	for _, unit := range units {
		t.Header, t.Align = append(t.Header, clip(unit, 40)), append(t.Align, Right)
	}
	t.Header, t.Align = append(t.Header, "n"), append(t.Align, Right)
	var n notes
	for _, s := range list {
		line := []string{clip(s.framework, 60), s.where()}
		if loads {
			line = append(line, clip(cmp.Or(s.load, "the usual"), 60))
		}
		most := 0
		for _, unit := range units {
			sum := f.cellSummary(f.m, s.cell, unit)
			most = max(most, sum.n)
			line = append(line, marked(sum.String(), n.warnings(sum.Warnings)...))
		}
		t.Rows = append(t.Rows, append(line, strconv.Itoa(most)))
	}
	t.Notes = append(n.numbered(), "median ± 95 % interval of the median; the usual load is "+f.loadText("")+
		"; req/s and CPU time are of a closed loop, p50-sec and the like are latencies at a fixed rate, load-cpu is what the load itself took")
	t.Notes = append(t.Notes, notEmpty(f.m.unusedOthers())...)
	return t
}
