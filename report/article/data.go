package article

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"

	"promisebench/report/dataset"
	"promisebench/report/servers"
	"promisebench/report/unit"
)

// This file has what the article shows.

// A shownRow is what the article shows for one workload in one style, in milliseconds
// per 10,000 operations, read off its bars.
type shownRow struct {
	base  string // of the benchmark's name
	style string
	title string // the article's name for the style
	// node has the bars of Node.js 7, 8, 9 and 10.
	node [4]float64
	// flag has the bars of the figure about the await optimization: V8 6.8, 7.2
	// and 7.2 with --harmony-await-optimization. Zero: not in that figure.
	flag [3]float64
}

func shownRows() []shownRow {
	const transpiled, async = "async, transpiled", "async, native"
	return []shownRow{
		{doxbee, "promise", "promises", [4]float64{289, 73, 68, 32}, [3]float64{28.4, 25.5, 25.5}},
		{doxbee, "async-transpiled", transpiled, [4]float64{332, 121, 120, 51}, [3]float64{}},
		{doxbee, "async", async, [4]float64{282, 56, 56, 42}, [3]float64{33.8, 27.3, 20.2}},
		{parallel, "promise", "promises", [4]float64{762, 234, 223, 99}, [3]float64{86.6, 66.6, 65.9}},
		{parallel, "async-transpiled", transpiled, [4]float64{1053, 363, 363, 132}, [3]float64{}},
		{parallel, "async", async, [4]float64{945, 283, 283, 105}, [3]float64{90.5, 75.5, 68.4}},
	}
}

// The workloads of the article.
const doxbee, parallel = "Doxbee", "Parallel"

// oldest and newest are the Node.js versions that the article compares.
const oldest, newest = 7, 10

// The flag of the article's last figure was in V8 7.2, which no Node.js release has.
// flagged is the one that has the flag, with V8 7.0; unflagged stands beside it.
const unflagged, flagged = "node10", "node11"

// onNode returns the article's bar for a Node.js version, 0 if it has none.
func (a shownRow) onNode(version int) float64 {
	if version < oldest || version > newest {
		return 0
	}
	return a.node[version-oldest]
}

// A shownServer is what the article shows for one web framework, in thousand requests
// a second on Node.js 7, 8, 9 and 10, read off its bars.
type shownServer struct {
	framework string
	node      [4]float64
}

func shownServers() []shownServer {
	return []shownServer{
		{"hapi", [4]float64{11.8, 21.3, 22.8, 26.6}},
		{"koa", [4]float64{20.8, 25.2, 31.1, 32.5}},
		{"trek", [4]float64{20.8, 27.1, 29.2, 35.4}},
	}
}

// legend is that of the article's values in charts.
const legend = "article (2018, its machine)"

// Reference is the article's values of HTTP servers.
func Reference() servers.Reference { return servers.Reference{Legend: legend, Rate: shownRate} }

// shownRate returns the requests per second of a server with the default load and its
// engine's own await, 0 if the article has none.
func shownRate(s dataset.Server) float64 {
	for _, a := range shownServers() {
		for i, bar := range a.node {
			if s == (dataset.Server{Framework: a.framework, Engine: nodeEngine(oldest + i)}) {
				return bar * unit.Thousand
			}
		}
	}
	return 0
}

// nodeEngine names the engine that is a version of Node.js.
func nodeEngine(version int) string { return fmt.Sprintf("node%d", version) }

var nodeName = regexp.MustCompile(`^node([1-9]\d{0,2})$`)

// nodeVersion returns the version of Node.js that an engine is; ok is false if it is
// none, or says more than that.
func nodeVersion(engine string) (version int, ok bool) {
	match := nodeName.FindStringSubmatch(engine)
	if match == nil {
		return 0, false
	}
	version, _ = strconv.Atoi(match[1]) // digits, and not many
	return version, true
}

// nodesOf returns those of engines that are a version of Node.js, oldest first.
func nodesOf(engines []string) []string {
	var nodes []string
	for _, e := range engines {
		if _, ok := nodeVersion(e); ok {
			nodes = append(nodes, e)
		}
	}
	slices.SortFunc(nodes, func(a, b string) int {
		before, _ := nodeVersion(a)
		after, _ := nodeVersion(b)
		return cmp.Compare(before, after)
	})
	return slices.Compact(nodes)
}
