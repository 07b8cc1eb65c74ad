package httpload

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"promisebench/bench"
	"promisebench/engines"
	"promisebench/engines/hosts"
	"promisebench/engines/worker"
	"promisebench/workloads/served"
)

// maxPipeline keeps what a connection may hold unread well within the buffers
// of a socket.
const maxPipeline = 100

// A Catalog is what there is to load.
type Catalog struct {
	Engines []engines.Engine
	// Self is the path of a program that serves with an embedded engine when it
	// is run as "serve NAME"; see [Serve].
	Self string
	// Modules is the path of the node_modules folder with the frameworks, and
	// Installed that folder.
	Modules   string
	Installed fs.FS
}

// A Filter selects cells, and says how they are loaded.
type Filter struct {
	// Frameworks are names; none selects all.
	Frameworks []string
	// Match, if not nil, is matched against the whole name of a cell.
	Match *regexp.Regexp
	// Connections and Pipeline are as in [Load]; there are cells of each Pipeline,
	// which is from 1 to 100.
	Connections int
	Pipeline    []int
	// Soak is as in [Cell].
	Soak time.Duration
}

// Cells returns the selected cells. An engine that can't run packages from npm
// has only the plain server. All else that is missing is a skip when its turn
// comes.
func (cat Catalog) Cells(f Filter) ([]Cell, error) {
	switch {
	case f.Connections < 1:
		return nil, fmt.Errorf("%d connections: at least one is needed", f.Connections)
	case len(f.Pipeline) == 0 || slices.Min(f.Pipeline) < 1 || slices.Max(f.Pipeline) > maxPipeline:
		return nil, fmt.Errorf("pipeline %v: from 1 to %d", f.Pipeline, maxPipeline)
	}
	frameworks, err := frameworks(f.Frameworks)
	if err != nil {
		return nil, err
	}
	var cells []Cell
	for _, pipeline := range f.Pipeline {
		for _, framework := range frameworks {
			for _, e := range cat.Engines {
				for _, mode := range modes(e) {
					c := Cell{
						Framework: framework, Engine: e, Await: mode,
						Connections: f.Connections, Pipeline: pipeline, Soak: f.Soak,
						Command: cat.command(framework, e, mode),
					}
					if c.Command != nil && (f.Match == nil || f.Match.MatchString(c.Name())) {
						cells = append(cells, c)
					}
				}
			}
		}
	}
	return cells, nil
}

// frameworks returns the chosen ones, or all.
func frameworks(names []string) ([]served.Framework, error) {
	all, err := served.Frameworks()
	if err != nil || len(names) == 0 {
		return all, err
	}
	var known []string
	for _, f := range all {
		known = append(known, f.Name)
	}
	for _, name := range names {
		if !slices.Contains(known, name) {
			return nil, fmt.Errorf("unknown framework %q: there are %s", name, strings.Join(known, ", "))
		}
	}
	return slices.DeleteFunc(all, func(f served.Framework) bool { return !slices.Contains(names, f.Name) }), nil
}

// modes returns the await modes of an engine's servers: both where a switch is
// between them, and else the engine's own, whatever it is.
func modes(e engines.Engine) []engines.AwaitMode {
	for _, mode := range engines.AwaitModes() {
		if e.Await(mode) != engines.Native {
			return []engines.AwaitMode{""}
		}
	}
	return engines.AwaitModes()
}

// command returns what tells how to start a server, or nil where that framework
// is not for that engine.
func (cat Catalog) command(f served.Framework, e engines.Engine, mode engines.AwaitMode) func() (worker.Command, error) {
	host, ok := engines.As[hosts.Server](e)
	if !ok {
		if f.Package != "" {
			return nil // embedded engines have no sockets for it
		}
		return func() (worker.Command, error) {
			return worker.Command{Path: cat.Self, Args: []string{"serve", e.Name()}}, nil
		}
	}
	modules := ""
	if f.Package != "" {
		modules = cat.Modules
		if _, err := host.Server(mode, "", modules); err != nil {
			return nil
		}
	}
	return func() (worker.Command, error) {
		if f.Package != "" {
			if _, err := fs.Stat(cat.Installed, path.Join(f.Package, "package.json")); err != nil {
				return worker.Command{}, fmt.Errorf("%s is not installed ('make engines' installs it): %w: %w", f.Package, err, errors.ErrUnsupported)
			}
		}
		script, err := f.Script()
		if err != nil {
			return worker.Command{}, err
		}
		return host.Server(mode, script, modules)
	}
}

// Versions returns the conditions that say which versions of frameworks cells have.
func Versions(cells []Cell) []bench.Condition {
	var list []bench.Condition
	for _, c := range cells {
		list = append(list, bench.Condition{Key: bench.KeyFramework + c.Framework.Name, Value: c.Framework.Version})
	}
	return list
}

// Engines returns the engines of cells.
func Engines(cells []Cell) []engines.Engine {
	var list []engines.Engine
	for _, c := range cells {
		list = append(list, c.Engine)
	}
	return list
}
