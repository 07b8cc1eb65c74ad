package main

import (
	"fmt"
	"os"
	"slices"

	"promisebench/bench/cmd/promisebench/app"
	"promisebench/bench/count"
	"promisebench/bench/httpload"
	"promisebench/bench/listing"
	"promisebench/engines"
	"promisebench/engines/hosts/releases"
	"promisebench/engines/worker"
)

// serversDir is where "make engines" installs web frameworks to, unless the user says
// otherwise.
func serversDir() string {
	return app.Installed("PROMISEBENCH_SERVERS", "workloads", "served", "npm")
}

type enginesCmd struct {
	List  enginesListCmd  `cmd:"" default:"withargs" help:"List them."`
	Prune enginesPruneCmd `cmd:"" help:"Remove published versions that were got for --engine node@14.21.3 and the like."`
}

type enginesListCmd struct {
	Strict bool `help:"Exit with 1 if an engine is missing."`
}

func (*enginesListCmd) Help() string {
	return `Lists the engines that are part of promisebench and the hosts that it supports: the version and path on this machine, the clock that times each with its resolution, and how to install the missing ones. Hosts from npm are looked for in engines/hosts/npm, or in the folder that ` + app.EnginesDirVariable + ` names.`
}

func (c *enginesListCmd) Run(a *app.App) error {
	t, missing := listing.Installed(a.Ctx, a.Embedded, a.Locator().Hosts(a.Ctx))
	if err := t.WriteText(a.Stdout, a.Columns()); err != nil {
		return err
	}
	if missing > 0 && c.Strict {
		return app.Failed{Err: fmt.Errorf("%d engines are missing", missing)}
	}
	return nil
}

type workerCmd struct {
	Engine string `arg:"" help:"An embedded engine."`
}

func (*workerCmd) Help() string {
	return `Speaks the protocol of package worker on standard input and output. 'promisebench run' starts such workers.`
}

func (c *workerCmd) Run(a *app.App) error {
	e, err := embedded(a, c.Engine)
	if err != nil {
		return err
	}
	return worker.Serve(a.Ctx, e, os.Stdin, a.Stdout)
}

// embedded finds an engine that is part of this program.
func embedded(a *app.App, name string) (engines.Engine, error) {
	at := slices.IndexFunc(a.Embedded, func(e engines.Engine) bool { return e.Name() == name })
	if at < 0 {
		return nil, app.Misuse{Err: fmt.Errorf("%q is not an embedded engine", name)}
	}
	return a.Embedded[at], nil
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

func (c *serveCmd) Run(a *app.App) error {
	e, err := embedded(a, c.Engine)
	if err != nil {
		return err
	}
	return httpload.Serve(a.Ctx, e, os.Stdin, a.Stdout)
}

type enginesPruneCmd struct {
	Limit int64 `help:"How many bytes may stay; what was used last does." default:"0" placeholder:"BYTES"`
}

func (c *enginesPruneCmd) Run(a *app.App) error {
	store := a.Releases()
	removed, err := store.Prune(c.Limit)
	for _, r := range removed {
		fmt.Fprintf(a.Stdout, "removed %s@%s\n", r.Family, r.Version)
	}
	if len(removed) == 0 && err == nil {
		fmt.Fprintf(a.Stdout, "nothing to remove in %s\n", store.Dir)
	}
	return err
}

type versionsCmd struct {
	Engine string `arg:"" help:"node, bun or deno."`
}

func (*versionsCmd) Help() string {
	return `Lists the versions that npm has, oldest first, one a line, as --engine takes them; those that are on this machine already have their path behind them. 'promisebench engines prune' removes these.`
}

func (c *versionsCmd) Run(a *app.App) error {
	family, _, ok := releases.Cut(c.Engine + "@")
	if !ok {
		return app.Misuse{Err: fmt.Errorf("%q has no published programs: there are node, bun and deno; versions of Go engines are those of their modules, 'go list -m -versions MODULE'", c.Engine)}
	}
	store := a.Releases()
	list, err := store.Versions(a.Ctx, family)
	if err != nil {
		return app.Misuse{Err: err}
	}
	kept, err := store.Kept()
	if err != nil {
		return app.Misuse{Err: err}
	}
	for _, v := range list {
		line := family.Name + "@" + v
		if at := slices.IndexFunc(kept, func(r releases.Release) bool { return r.Family == family.Name && r.Version == v }); at >= 0 {
			line += " " + kept[at].Path
		}
		fmt.Fprintln(a.Stdout, line)
	}
	return nil
}
