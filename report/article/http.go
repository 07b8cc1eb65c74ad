package article

import (
	"fmt"
	"slices"
	"strconv"

	"promisebench/report/await"
	"promisebench/report/chart"
	"promisebench/report/dataset"
	"promisebench/report/document"
	"promisebench/report/servers"
	"promisebench/report/stats"
	"promisebench/report/text"
	"promisebench/report/unit"
)

// This file reproduces the article's figure of HTTP servers.

// served returns the requests per second of a framework on an engine with the default
// load and the await that the engine comes with, and which server that is; nil if they
// were not measured.
func served(r *dataset.Results, modes *await.Modes, framework, engine string) (values []float64, s dataset.Server) {
	for _, mode := range []string{"", modes.Default(engine)} {
		s = dataset.Server{Framework: framework, Engine: engine, Await: mode}
		for _, c := range r.Matrix().Servers {
			if c.Server == s && c.Values[unit.Requests] != nil {
				return c.Values[unit.Requests], s
			}
		}
	}
	return nil, s
}

// servedVersions returns the versions of Node.js that servers were measured on.
func servedVersions(r *dataset.Results) []string {
	var engines []string
	for _, c := range r.Matrix().Servers {
		engines = append(engines, c.Engine)
	}
	return nodesOf(engines)
}

// serversChart shows the article's frameworks on each version of Node.js.
func serversChart(r *dataset.Results, modes *await.Modes) *chart.Chart {
	versions := servedVersions(r)
	f := &figure{
		Chart: chart.Chart{
			ID:       "figure-http",
			Title:    "HTTP servers on Node.js",
			Subtitle: "requests per second with ten middlewares, " + servers.DefaultLoad + "; each version with the await it comes with; higher is better",
			Intro:    servers.Intro,
		},
		body: chart.Columns{AxisTitle: servers.AxisTitle, Scale: unit.Thousand, Heads: []string{"Node.js", "V8"}, Say: servers.Thousands},
	}
	for _, a := range shownServers() {
		if !slices.ContainsFunc(versions, func(e string) bool { values, _ := served(r, modes, a.framework, e); return values != nil }) {
			continue
		}
		f.begin(a.framework)
		for _, e := range versions {
			version, _ := nodeVersion(e)
			values, s := served(r, modes, a.framework, e)
			c := chart.Column{Labels: []string{strconv.Itoa(version), modes.V8(e)}, Mark: chart.Mark{
				Look:      servers.Look(modes, s),
				Summary:   r.Summarize(values, unit.Requests),
				Reference: shownRate(dataset.Server{Framework: a.framework, Engine: e}),
			}}
			if c.N > 0 {
				c.Text = servers.Thousands(c.Center)
			}
			f.add(c, c.N > 0)
		}
	}
	return f.finish(r, versions, r.Matrix().UnusedOthers())
}

// serversRatio returns by which factor a framework answers more requests on the newest
// version of the article than on its oldest.
func serversRatio(r *dataset.Results, modes *await.Modes, framework string) stats.Ratio {
	old, _ := served(r, modes, framework, nodeEngine(oldest))
	new, _ := served(r, modes, framework, nodeEngine(newest))
	return stats.RatioOf(old, new)
}

// ratio is serversRatio in the article.
func (a shownServer) ratio() float64 { return a.node[newest-oldest] / a.node[0] }

// serversTable has these factors for the article's frameworks.
func serversTable(r *dataset.Results, modes *await.Modes) *document.Table {
	t := &document.Table{
		Title:   fmt.Sprintf("Article vs here: HTTP servers from Node.js %d to %d", oldest, newest),
		Columns: document.Cols("framework", ">article", ">here [95%]", ">n"),
	}
	for _, a := range shownServers() {
		if ratio := serversRatio(r, modes, a.framework); ratio.N > 0 {
			row := []document.Cell{document.Text(a.framework), document.Number(a.ratio(), text.ThreeDigits(a.ratio()))}
			t.Add(append(row, ratioCells(t, ratio, text.ThreeDigits)...)...)
		}
	}
	t.Note(fmt.Sprintf("requests per second on Node.js %d / on Node.js %d, %s", newest, oldest, medianOver(r)))
	return t
}

// NewerServers says what the article's versions of Node.js brought to HTTP servers; no
// answer without them.
func (f *Figures) NewerServers() document.Finding {
	finding := document.Finding{
		Question: fmt.Sprintf("What did Node.js %d bring over %d?", newest, oldest),
		Chapter:  "article", Link: "The article's figure",
	}
	var least, most float64
	var leastAt, mostAt string
	for _, a := range shownServers() {
		r := serversRatio(f.results, f.modes, a.framework)
		if !r.Bounded() {
			continue
		}
		if leastAt == "" || r.Center < least {
			least, leastAt = r.Center, a.framework
		}
		if mostAt == "" || r.Center > most {
			most, mostAt = r.Center, a.framework
		}
		finding.Details = append(finding.Details, fmt.Sprintf("%s: %s times as many requests; %s in the article.", a.framework, r, text.ThreeDigits(a.ratio())))
	}
	switch {
	case len(finding.Details) == 0:
	case leastAt == mostAt:
		finding.Answer = fmt.Sprintf("%s times as many requests, with %s.", text.ThreeDigits(most), mostAt)
	default:
		finding.Answer = fmt.Sprintf("From %s (%s) to %s (%s) times as many requests.", text.ThreeDigits(least), leastAt, text.ThreeDigits(most), mostAt)
	}
	return finding
}
