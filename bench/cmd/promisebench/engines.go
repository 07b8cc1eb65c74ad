package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"promisebench/bench"
	"promisebench/engines"
	"promisebench/engines/all"
	"promisebench/engines/hosts"
	"promisebench/engines/worker"
	"promisebench/report"
)

// enginesDirVariable names the folder that has the node_modules with engines.
const enginesDirVariable = "PROMISEBENCH_ENGINES"

// enginesDir is where "make engines" installs to, unless the user says otherwise.
func enginesDir() string {
	if dir := os.Getenv(enginesDirVariable); dir != "" {
		return dir
	}
	_, source, _, ok := runtime.Caller(0)
	if !ok {
		return "."
	}
	return filepath.Join(filepath.Dir(source), "..", "..", "..", "engines", "hosts", "npm")
}

// find looks for all known hosts.
func find(ctx context.Context) []hosts.Finding {
	var list []hosts.Finding
	for _, h := range hosts.Known() {
		list = append(list, hosts.Find(ctx, h, enginesDir()))
	}
	return list
}

// engines returns the chosen engines and makes them the catalog's. Without a
// choice these are all installed ones or only the embedded ones. The choice
// may hold patterns and a user's own builds.
func (a *app) engines(choice []string, installed bool) ([]engines.Engine, error) {
	a.catalog.Engines = slices.Clone(a.embedded)
	if len(choice) == 0 && !installed {
		return a.catalog.Engines, nil
	}
	for _, f := range find(a.ctx) {
		if f.Err == nil {
			a.catalog.Engines = append(a.catalog.Engines, f.Engine())
		}
	}
	var patterns []string
	own := slices.Clone(a.hosts)
	for _, text := range choice {
		if name, _, ok := strings.Cut(text, "="); ok {
			own = append(own, text)
			patterns = append(patterns, name)
		} else {
			patterns = append(patterns, strings.Split(text, ",")...)
		}
	}
	for _, text := range own {
		e, err := hosts.Parse(a.ctx, text)
		if err != nil {
			return nil, err
		}
		for _, other := range a.catalog.Engines {
			if other.Name() == e.Name() {
				return nil, fmt.Errorf("engine %s: there is one of that name already, choose another", e.Name())
			}
		}
		a.catalog.Engines = append(a.catalog.Engines, e)
	}
	list, err := bench.Catalog{Engines: a.catalog.Engines}.Chosen(patterns)
	if err != nil {
		return nil, missing(err)
	}
	a.catalog.Engines = list
	return list, nil
}

// judges are the engines that must agree on the results of a user's workload:
// they have nothing in common but the specification.
func (a *app) judges() (judges [2]engines.Engine) {
	for _, e := range a.embedded {
		switch e.Name() {
		case "goja":
			judges[0] = e
		case "quickjs":
			judges[1] = e
		}
	}
	return judges
}

// missing adds to an error about an unknown engine which ones could be installed.
func missing(err error) error {
	var names []string
	for _, f := range find(context.Background()) {
		if errors.Is(f.Err, fs.ErrNotExist) {
			names = append(names, f.Name)
		}
	}
	if len(names) == 0 {
		return err
	}
	return fmt.Errorf("%w; 'make engines' installs %s", err, strings.Join(names, ", "))
}

type enginesCmd struct {
	Strict bool `help:"Exit with 1 if an engine is missing."`
}

func (*enginesCmd) Help() string {
	return `Lists the engines that are part of promisebench and the hosts that it knows, with what was found on this machine, the clock that times each and the smallest step that it takes, and the command that installs the others. Hosts from npm are looked for in engines/hosts/npm, or in the folder that ` + enginesDirVariable + ` names.`
}

func (c *enginesCmd) Run(a *app) error {
	t := report.Table{Header: []string{"engine", "version", "clock", "where"}}
	for _, e := range a.embedded {
		t.Rows = append(t.Rows, []string{e.Name(), e.Version(), "Go time.Now", "embedded"})
	}
	lost := 0
	for _, f := range find(a.ctx) {
		where, clock := f.Path, ""
		if f.Err == nil {
			clock, f.Err = clockOf(a.ctx, f.Engine())
		}
		if f.Err != nil {
			lost++
			where = f.Err.Error()
			if errors.Is(f.Err, fs.ErrNotExist) {
				install := "make engines"
				if f.Debian != "" {
					install = "apt-get install " + f.Debian
				}
				where += "; " + install
			}
		}
		t.Rows = append(t.Rows, []string{f.Name, f.Version, clock, where})
	}
	if err := t.Write(a.stdout, report.Text); err != nil {
		return err
	}
	if lost > 0 && c.Strict {
		return failed{fmt.Errorf("%d engines are missing", lost)}
	}
	return nil
}

// clockOf starts an engine to learn the clock that times its batches.
func clockOf(ctx context.Context, e engines.Engine) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	mode, _ := engines.OwnAwait(e)
	r, err := e.Open(ctx, engines.Options{Await: mode})
	if err != nil {
		return "", err
	}
	defer r.Close()
	clocked, ok := r.(engines.Clocked)
	if !ok {
		return "", nil
	}
	name, step := clocked.Clock()
	return fmt.Sprintf("%s, steps of %v", name, step), nil
}

type workerCmd struct {
	Engine string `arg:"" help:"An embedded engine."`
}

func (*workerCmd) Help() string {
	return `Speaks the protocol of package worker on standard input and output. 'promisebench run --isolate' starts such workers.`
}

func (c *workerCmd) Run(a *app) error {
	for _, e := range all.Engines() {
		if e.Name() == c.Engine {
			return worker.Serve(a.ctx, e, os.Stdin, a.stdout)
		}
	}
	return misuse{fmt.Errorf("%q is no embedded engine", c.Engine)}
}

// isolate makes each realm of an embedded engine a process of its own.
func isolate(list []engines.Engine) ([]engines.Engine, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	embedded := map[string]bool{}
	for _, e := range all.Engines() {
		embedded[e.Name()] = true
	}
	var out []engines.Engine
	for _, e := range list {
		if embedded[e.Name()] {
			e = worker.Isolated(e, worker.Command{Path: self, Args: []string{"worker", e.Name()}})
		}
		out = append(out, e)
	}
	return out, nil
}
