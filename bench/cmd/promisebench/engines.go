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
	"time"

	"promisebench/engines"
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

// locator finds engines for all commands.
func (a *app) locator() hosts.Locator {
	return hosts.Locator{Embedded: a.embedded, Dir: enginesDir(), Own: a.hosts}
}

// engines returns the chosen engines; without a choice all that are installed,
// or only the embedded ones.
func (a *app) engines(choice []string, installed bool) ([]engines.Engine, error) {
	if len(choice) == 0 && !installed {
		return a.embedded, nil
	}
	return a.locator().Select(a.ctx, choice...)
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

type enginesCmd struct {
	Strict bool `help:"Exit with 1 if an engine is missing."`
}

func (*enginesCmd) Help() string {
	return `Lists the engines that are part of promisebench and the hosts that it supports: the version and path on this machine, the clock that times each with its resolution, and how to install the missing ones. Hosts from npm are looked for in engines/hosts/npm, or in the folder that ` + enginesDirVariable + ` names.`
}

func (c *enginesCmd) Run(a *app) error {
	t := report.Table{Header: []string{"engine", "version", "clock", "where"}}
	for _, e := range a.embedded {
		t.Rows = append(t.Rows, []string{e.Name(), e.Version(), "Go time.Now", "embedded"})
	}
	lost := 0
	for _, h := range a.locator().Hosts(a.ctx) {
		where, clock := h.Path, ""
		if h.Err == nil {
			clock, h.Err = clockOf(a.ctx, h.Engine())
		}
		if h.Err != nil {
			lost++
			where = h.Err.Error()
			if errors.Is(h.Err, fs.ErrNotExist) {
				install := "make engines"
				if h.Debian != "" {
					install = "apt-get install " + h.Debian
				}
				where += "; " + install
			}
		}
		t.Rows = append(t.Rows, []string{h.Name, h.Version, clock, where})
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
	for _, e := range a.embedded {
		if e.Name() == c.Engine {
			return worker.Serve(a.ctx, e, os.Stdin, a.stdout)
		}
	}
	return misuse{fmt.Errorf("%q is not an embedded engine", c.Engine)}
}

// isolate makes each realm of an embedded engine a process of its own.
func isolate(list []engines.Engine) ([]engines.Engine, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	out := slices.Clone(list)
	for i, e := range list {
		if _, embedded := engines.As[engines.Module](e); embedded {
			out[i] = worker.Isolated(e, worker.Command{Path: self, Args: []string{"worker", e.Name()}})
		}
	}
	return out, nil
}
