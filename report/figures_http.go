package report

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
)

// This file reproduces the article's figure of HTTP servers.

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

// articleServed returns the article's bar for a server with the usual load and
// its engine's own await, 0 if it has none.
func articleServed(s server) float64 {
	for _, a := range articleServers() {
		for i, bar := range a.node {
			if s == (server{framework: a.framework, engine: fmt.Sprintf("node%d", oldest+i)}) {
				return bar
			}
		}
	}
	return 0
}

// on returns the samples of a framework on an engine with the usual load
// and the await that the engine comes with.
func (f figures) on(framework, engine string) (values []float64, found server) {
	mode := slices.Concat(f.modes(engine), []string{""})[0]
	for _, await := range []string{"", mode} {
		for _, s := range f.m.servers {
			if found = (server{framework: framework, engine: engine, await: await}); s.server == found && s.values[requests] != nil {
				return s.values[requests], found
			}
		}
	}
	return nil, found
}

// serverNodes returns the versions of Node.js that servers were measured on.
func (f figures) serverNodes() []nodeVersion {
	var list []nodeVersion
	for _, engine := range enginesOf(f.m.servers) {
		if match := nodeName.FindStringSubmatch(engine); match != nil {
			number, _ := strconv.Atoi(match[1]) // digits, and not many
			list = append(list, nodeVersion{engine, number})
		}
	}
	slices.SortFunc(list, func(a, b nodeVersion) int { return cmp.Compare(a.number, b.number) })
	return list
}

// serversFigure shows the article's frameworks on each version of Node.js.
func (f figures) serversFigure() (Chart, bool) {
	versions := f.serverNodes()
	m := serverMeasure()
	body := columnsBody{axisTitle: m.unit, scale: thousand, heads: []string{"Node.js", "V8"}}
	for _, a := range articleServers() {
		g := columnGroup{title: a.framework}
		for _, v := range versions {
			values, found := f.on(a.framework, v.engine)
			c := column{labels: []string{strconv.Itoa(v.number), f.v8Text(v.engine)}}
			c.summary, c.look = f.summarize(values, requests), f.serverLook(found)
			c.article = articleServed(server{framework: a.framework, engine: v.engine}) * thousand
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
		about:    topicServers,
		Title:    "HTTP servers on Node.js",
		subtitle: "requests per second with ten middlewares, " + usualLoad + "; each version with the await it comes with; higher is better",
	}
	var engines []string
	for _, v := range versions {
		engines = append(engines, v.engine)
	}
	return f.finish(c, body, m, engines, notEmpty(f.m.unusedOthers()))
}

// serversTable says by which factor the article's frameworks answer more
// requests on the newest version of the article than on its oldest.
func (f figures) serversTable() Table {
	t := Table{
		Title:  "Article vs here: HTTP servers from Node.js 7 to 10",
		Header: []string{"framework", "article", "here [95 %]", "n"},
		Align:  []Align{Left, Right, Right, Right},
	}
	var n notes
	for _, a := range articleServers() {
		old, _ := f.on(a.framework, fmt.Sprintf("node%d", oldest))
		new, _ := f.on(a.framework, fmt.Sprintf("node%d", newest))
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
