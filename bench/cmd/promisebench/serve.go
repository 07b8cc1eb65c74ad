package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"promisebench/bench/httpload"
	"promisebench/engines/all"
)

// serversDirVariable names the folder that has the node_modules with frameworks.
const serversDirVariable = "PROMISEBENCH_SERVERS"

// serversDir is where "make engines" installs them to, unless the user says otherwise.
func serversDir() string {
	if dir := os.Getenv(serversDirVariable); dir != "" {
		return dir
	}
	_, source, _, ok := runtime.Caller(0)
	if !ok {
		return "."
	}
	return filepath.Join(filepath.Dir(source), "..", "..", "..", "workloads", "served", "npm")
}

type serveCmd struct {
	Engine string `arg:"" help:"An embedded engine."`
}

func (*serveCmd) Help() string {
	return `Serves HTTP on a free port of 127.0.0.1, which it prints as one line of JSON, and ends with standard input. 'promisebench http' starts such servers.`
}

func (c *serveCmd) Run(a *app) error {
	for _, e := range all.Engines() {
		if e.Name() == c.Engine {
			return httpload.Serve(a.ctx, e, os.Stdin, a.stdout)
		}
	}
	return misuse{fmt.Errorf("%q is no embedded engine", c.Engine)}
}
