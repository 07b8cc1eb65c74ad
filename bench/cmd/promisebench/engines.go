package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"promisebench/bench/count"
	"promisebench/bench/httpload"
	"promisebench/bench/listing"
	"promisebench/engines"
	"promisebench/engines/hosts"
	"promisebench/engines/worker"
)

// Variables that name the folders with the node_modules of engines and of frameworks.
const (
	enginesDirVariable = "PROMISEBENCH_ENGINES"
	serversDirVariable = "PROMISEBENCH_SERVERS"
)

// enginesDir and serversDir are where "make engines" installs to, unless the user says
// otherwise.
func enginesDir() string { return installed(enginesDirVariable, "engines", "hosts", "npm") }
func serversDir() string { return installed(serversDirVariable, "workloads", "served", "npm") }

// installed returns the folder that a variable names, or else one of the source.
func installed(variable string, folder ...string) string {
	if dir := os.Getenv(variable); dir != "" {
		return dir
	}
	_, source, _, ok := runtime.Caller(0)
	if !ok {
		return "."
	}
	return filepath.Join(append([]string{filepath.Dir(source), "..", "..", ".."}, folder...)...)
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

type enginesCmd struct {
	Strict bool `help:"Exit with 1 if an engine is missing."`
}

func (*enginesCmd) Help() string {
	return `Lists the engines that are part of promisebench and the hosts that it supports: the version and path on this machine, the clock that times each with its resolution, and how to install the missing ones. Hosts from npm are looked for in engines/hosts/npm, or in the folder that ` + enginesDirVariable + ` names.`
}

func (c *enginesCmd) Run(a *app) error {
	t, missing := listing.Installed(a.ctx, a.embedded, a.locator().Hosts(a.ctx))
	if err := t.WriteText(a.stdout, a.columns()); err != nil {
		return err
	}
	if missing > 0 && c.Strict {
		return failed{fmt.Errorf("%d engines are missing", missing)}
	}
	return nil
}

type workerCmd struct {
	Engine string `arg:"" help:"An embedded engine."`
}

func (*workerCmd) Help() string {
	return `Speaks the protocol of package worker on standard input and output. 'promisebench run' starts such workers.`
}

func (c *workerCmd) Run(a *app) error {
	for _, e := range a.embedded {
		if e.Name() == c.Engine {
			return worker.Serve(a.ctx, e, os.Stdin, a.stdout)
		}
	}
	return misuse{fmt.Errorf("%q is not an embedded engine", c.Engine)}
}

type countCmd struct {
	Args []string `arg:"" passthrough:"" help:"FILE PROGRAM [ARGUMENT ...]"`
}

func (c *countCmd) Run() { count.Main(c.Args) }

type serveCmd struct {
	Engine string `arg:"" help:"An embedded engine."`
}

func (*serveCmd) Help() string {
	return `Serves HTTP on a free port of 127.0.0.1, which it prints as one line of JSON, and ends with standard input. 'promisebench http' starts such servers.`
}

func (c *serveCmd) Run(a *app) error {
	for _, e := range a.embedded {
		if e.Name() == c.Engine {
			return httpload.Serve(a.ctx, e, os.Stdin, a.stdout)
		}
	}
	return misuse{fmt.Errorf("%q is not an embedded engine", c.Engine)}
}
