package dataset

import (
	"cmp"
	"slices"
	"strings"

	"golang.org/x/perf/benchfmt"

	"promisebench/report/text"
)

// A Server is what the name of a benchmark of one says, as in
//
//	BenchmarkHTTP/framework=koa/await=legacy/engine=node11/pipeline=1
type Server struct {
	Framework, Engine, Await string
	// Load is what the name says besides, as written; empty for the default one.
	Load string
	// Soak says that its samples are intervals of one soak test.
	Soak bool
}

// A ServedCell is the samples of a server.
type ServedCell struct {
	Server
	*Cell
}

// ParseServer takes the name of a server's benchmark apart; ok is false if it is of
// something else.
func ParseServer(name string) (s Server, ok bool) {
	base, parts := benchfmt.Name(name).Parts()
	var load []string
	for _, part := range parts {
		switch k, v, _ := strings.Cut(strings.TrimPrefix(string(part), "/"), "="); k {
		case "framework":
			s.Framework = v
		case "engine":
			s.Engine = v
		case "await":
			s.Await = v
		default:
			if !strings.HasPrefix(string(part), "-") { // GOMAXPROCS is the load's
				load = append(load, strings.TrimPrefix(string(part), "/"))
			}
		}
	}
	s.Load = strings.Join(load, " ")
	s.Soak = string(base) == "HTTPSoak"
	return s, (s.Soak || string(base) == "HTTP") && s.Framework != "" && s.Engine != ""
}

// Where names the server among those of its framework.
func (s Server) Where() string {
	where := text.Clip(s.Engine, 60)
	if s.Await != "" {
		where += " · " + text.Clip(s.Await, 40)
	}
	return where
}

// Key says which samples belong together, as for workloads in styles: what is
// loaded and how, on which engine, with which await.
func (s Server) Key() (key Key, label string) {
	label = "HTTP "
	if s.Soak {
		label = "HTTP, long, "
	}
	label += s.Framework
	if s.Load != "" {
		label += " (" + s.Load + ")"
	}
	return Key{Workload: label, Engine: s.Engine, Await: s.Await}, text.Clip(label, 80)
}

// sortServers sorts servers by load, framework, engine and await mode; engines
// in the order of the conditions.
func (r *Results) sortServers(list []ServedCell) {
	engines := make(map[string]bool)
	for _, s := range list {
		engines[s.Server.Engine] = true
	}
	place := make(map[string]int)
	for i, e := range r.orderEngines(engines) {
		place[e] = i
	}
	slices.SortFunc(list, func(a, b ServedCell) int {
		return cmp.Or(cmp.Compare(a.Load, b.Load), cmp.Compare(a.Framework, b.Framework), cmp.Compare(place[a.Server.Engine], place[b.Server.Engine]),
			cmp.Compare(awaitOrder(a.Server.Await), awaitOrder(b.Server.Await)), cmp.Compare(a.Name, b.Name))
	})
}

// Served lists the frameworks and engines of all servers, each once, in their order.
func (m *Matrix) Served() (frameworks, engines []string) {
	for _, s := range slices.Concat(m.Servers, m.Soaks) {
		if name := text.Clip(s.Framework, 40); !slices.Contains(frameworks, name) {
			frameworks = append(frameworks, name)
		}
		if !slices.Contains(engines, s.Server.Engine) {
			engines = append(engines, s.Server.Engine)
		}
	}
	return frameworks, engines
}
