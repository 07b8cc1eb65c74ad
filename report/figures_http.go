package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/perf/benchfmt"
)

// This file shows HTTP servers: the article's figure of them, and a chart of all.

// An articleServer is what the article shows for one web framework, in thousand
// requests a second on Node.js 7, 8, 9 and 10, read off its bars.
type articleServer struct {
	framework string
	node      [4]float64
}

func articleServers() []articleServer {
	return []articleServer{
		{"hapi", [4]float64{11.8, 21.3, 22.8, 26.6}},
		{"koa", [4]float64{20.8, 25.2, 31.1, 32.5}},
		{"trek", [4]float64{20.8, 27.1, 29.2, 35.4}},
	}
}

// requests is the unit in which servers are measured, and thousand the
// article's.
const (
	requests = "req/s"
	thousand = 1000
)

// servers is the results of HTTP servers with the usual load, whose names say
// nothing but this.
type servers map[server][]float64

type server struct{ framework, engine, await string }

// servers finds them among the benchmarks that are not of the matrix.
func (f figures) servers() servers {
	found := servers{}
	for _, c := range f.m.others {
		base, parts := benchfmt.Name(c.workload).Parts()
		var s server
		usual := string(base) == "HTTP"
		for _, part := range parts {
			switch k, v, _ := strings.Cut(strings.TrimPrefix(string(part), "/"), "="); {
			case k == "framework":
				s.framework = v
			case k == "engine":
				s.engine = v
			case k == "await":
				s.await = v
			case !strings.HasPrefix(string(part), "-"): // but GOMAXPROCS
				usual = false
			}
		}
		if values := c.values[requests]; usual && values != nil && found[s] == nil {
			found[s] = values
		}
	}
	return found
}

// on returns the samples of a framework on an engine with the await that it
// comes with, and what is known of that.
func (f figures) on(all servers, framework, engine string) ([]float64, look) {
	mode := slices.Concat(f.modes(engine), []string{""})[0]
	look := timeLook(row{style: "async", await: mode})
	if f.modeIs(engine, mode) == skipsTicks {
		look = lookSkipsTicks
	}
	for _, await := range []string{"", mode} {
		if values := all[server{framework, engine, await}]; values != nil {
			return values, look
		}
	}
	return nil, look
}

// nodes returns the versions of Node.js that servers were measured on.
func (all servers) nodes() []nodeVersion {
	var list []nodeVersion
	for s := range all {
		if match := nodeName.FindStringSubmatch(s.engine); match != nil {
			number, _ := strconv.Atoi(match[1]) // digits, and not many
			if v := (nodeVersion{s.engine, number}); !slices.Contains(list, v) {
				list = append(list, v)
			}
		}
	}
	slices.SortFunc(list, func(a, b nodeVersion) int { return cmp.Compare(a.number, b.number) })
	return list
}

// serverMeasure is how numbers of requests are said.
func serverMeasure() measure {
	return measure{
		what: "Median number of requests per second in thousands, higher is better.", unit: "thousand requests per second", scale: thousand,
		text: func(v float64) string { return threeDigits(v / thousand) },
	}
}

// serversFigure shows the article's frameworks on each version of Node.js.
func (f figures) serversFigure() (Chart, bool) {
	all := f.servers()
	versions := all.nodes()
	m := serverMeasure()
	body := columnsBody{axisTitle: m.unit, scale: thousand, heads: []string{"Node.js", "V8"}}
	for _, a := range articleServers() {
		g := columnGroup{title: a.framework}
		for _, v := range versions {
			values, look := f.on(all, a.framework, v.engine)
			c := column{labels: []string{strconv.Itoa(v.number), f.v8Text(v.engine)}}
			c.summary, c.look = f.summarize(values, requests), look
			if v.number >= oldest && v.number <= newest {
				c.article = a.node[v.number-oldest] * thousand
			}
			c.text = notMeasured
			if c.n > 0 {
				c.text = m.text(c.Center)
			}
			g.columns = append(g.columns, c)
		}
		if slices.ContainsFunc(g.columns, func(c column) bool { return c.n > 0 }) {
			body.groups = append(body.groups, g)
		}
	}
	c := Chart{
		ID:       "figure-http",
		Title:    "HTTP servers on Node.js",
		subtitle: "requests per second with ten middlewares, 100 connections, 10 pipelined; each version with the await it comes with; higher is better",
	}
	var engines []string
	for _, v := range versions {
		engines = append(engines, v.engine)
	}
	return f.finish(c, body, m, engines, notEmpty(f.m.unusedOthers()))
}

// serversChart shows all frameworks on all engines: a group for each framework,
// a row for each engine, with both await modes where they were measured.
func (f figures) serversChart() (Chart, bool) {
	all := f.servers()
	m := serverMeasure()
	frameworks, engines := map[string]bool{}, map[string]bool{}
	for s := range all {
		frameworks[s.framework], engines[s.engine] = true, true
	}
	c := Chart{
		ID:       "http-servers",
		Title:    "HTTP servers: requests per second",
		subtitle: "ten middlewares, 100 connections, 10 pipelined; higher is better",
	}
	var body rowsBody
	var said []string
	var shown []summary
	for _, framework := range slices.Sorted(maps.Keys(frameworks)) {
		g := group{title: clip(framework, 60)}
		for _, engine := range f.orderEngines(engines) {
			cr := chartRow{label: clip(engine, 60)}
			for _, await := range []string{"", legacy, optimized} {
				values := all[server{framework, engine, await}]
				if values == nil {
					continue
				}
				mk := mark{summary: f.summarize(values, requests), look: timeLook(row{style: "async", await: await})}
				if await == "" {
					_, mk.look = f.on(all, framework, engine)
				}
				name := g.title + ", " + cr.label
				if await != "" {
					name += ", " + await
				}
				words := ": " + m.text(mk.Center) + " " + m.unit
				mk.text = m.text(mk.Center) + " k"
				if mk.bounded() {
					mk.text += " ± " + mk.PctRangeString()
					words += fmt.Sprintf(" (95 %% interval %s to %s)", m.text(mk.Lo), m.text(mk.Hi))
				}
				said, shown = append(said, name+words), append(shown, mk.summary)
				cr.marks = append(cr.marks, mk)
			}
			if len(cr.marks) > 0 {
				g.rows = append(g.rows, cr)
			}
		}
		body.groups = append(body.groups, g)
	}
	if len(shown) == 0 {
		return Chart{}, false
	}
	_, high := span(shown)
	body.axis = axis{label: m.unit, max: high * 1.03, scale: thousand, tick: func(v float64) string { return number(v / thousand) }}
	c.body = body
	c.Description = m.what + " " + sentences(said)
	c.caption = f.caption(f.orderEngines(engines), "median", shown, notEmpty(f.m.unusedOthers()))
	return c, true
}

// serversTable says by which factor the article's frameworks answer more
// requests on the newest version of the article than on its oldest.
func (f figures) serversTable() Table {
	t := Table{
		Title:  "Article vs here: HTTP servers from Node.js 7 to 10",
		Header: []string{"framework", "article", "here [95 %]", "n"},
		Align:  []Align{Left, Right, Right, Right},
	}
	all := f.servers()
	var n notes
	for _, a := range articleServers() {
		old, _ := f.on(all, a.framework, fmt.Sprintf("node%d", oldest))
		new, _ := f.on(all, a.framework, fmt.Sprintf("node%d", newest))
		r := ratioOf(old, new)
		if r.n == 0 {
			continue
		}
		text := r.String()
		if r.unequal {
			text = marked(text, n.mark("not every sample has a partner"))
		}
		t.Rows = append(t.Rows, []string{a.framework, threeDigits(a.node[newest-oldest] / a.node[0]), text, strconv.Itoa(r.n)})
	}
	t.Notes = append(n.numbered(), "requests per second on Node.js 10 / on Node.js 7, median over "+f.pairs()+", with its 95 % interval")
	return t
}
