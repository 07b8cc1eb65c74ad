// Package hosts measures JavaScript engines that are programs of their own:
// Node.js in any version, Bun, Deno, Chromium, Firefox, JavaScriptCore's jsc,
// SpiderMonkey's js102, and builds that a user brings along. A host is a row of data; one
// adapter serves all of them through package worker.
package hosts

import (
	"cmp"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strings"

	"promisebench/engines"
	"promisebench/engines/transform"
	"promisebench/engines/worker"
)

//go:embed worker.js
var script string

//go:embed context.js
var contextScript string

// A Kind is how hosts of one family are driven.
type Kind struct {
	// Args stand before the flags, Eval between the flags and the worker's
	// script.
	Args, Eval []string
	Env        []string // NAME=value, added to the environment
	// Version is the command that prints the version on its first line;
	// "{}" stands for the binary.
	Version []string
	// Before is a script to put before the worker's.
	Before string
	// Hooks is a script that switches asynchronous hooks on, with a hook that
	// does nothing; empty where there are none.
	Hooks string
	// Contexts says that it may have an AsyncLocalStorage.
	Contexts bool
	// Sockets is whether its scripts can be servers. Modules is the environment
	// variable for the folder of packages from npm; empty where none were tried.
	Sockets bool
	Modules string
	// Counting are the flags that make allocations the same in every process.
	// V8's statistics have what the collector copies in them, too; with half-spaces
	// of 64 MB few batches meet one.
	Counting []string
	// Page, if not nil, says that it is a browser.
	Page *worker.Page
	// TracesOn and TracesOff are the flags for async stack traces.
	TracesOn, TracesOff []string
}

// Kinds returns the families of hosts by name.
func Kinds() map[string]Kind {
	version := []string{"{}", "--version"}
	return map[string]Kind{
		"node": {
			Eval:     []string{"-e"},
			Version:  []string{"{}", "-p", "process.version + ' (V8 ' + process.versions.v8 + ')'"},
			Contexts: true, Sockets: true, Modules: "NODE_PATH",
			Counting: []string{"--single-threaded", "--hash-seed=1", "--random-seed=1", "--min-semi-space-size=64", "--max-semi-space-size=64"},
			Hooks:    "require('async_hooks').createHook({ init: function () {} }).enable();",
			TracesOn: []string{"--async-stack-traces"}, TracesOff: []string{"--no-async-stack-traces"},
		},
		"bun": {Eval: []string{"-e"}, Version: version, Contexts: true, Sockets: true},
		"deno": {
			Args: []string{"eval", "--ext=js"}, Env: []string{"DENO_NO_UPDATE_CHECK=1", "NO_COLOR=1"}, Version: version, Contexts: true, Sockets: true,
			Counting: []string{"--v8-flags=--single-threaded,--hash-seed=1,--random-seed=1,--min-semi-space-size=64,--max-semi-space-size=64"},
			TracesOn: []string{"--v8-flags=--async-stack-traces"}, TracesOff: []string{"--v8-flags=--no-async-stack-traces"},
		},
		"browser":  browser(),
		"chromium": chromium(),
		"firefox":  firefox(),
		// jsc prints no version; its package has it.
		"jsc": {Eval: []string{"-e"}, Version: []string{"dpkg-query", "-W", "-f", "${Version}", "libjavascriptcoregtk-4.0-bin"}},
		"js102": {
			Eval: []string{"-e"}, Version: version,
			TracesOn: []string{"--async-stacks"}, TracesOff: []string{"--no-async-stacks"},
		},
	}
}

// A Host is one program.
type Host struct {
	Name string // as in [engines.Engine]
	Kind string
	// Package is the folder in the npm project's node_modules, or empty;
	// Binary is the program's path in it, or a command on the PATH.
	Package, Binary string
	// Debian is the Debian package that has it, or empty.
	Debian string
	// Flags are given at every start.
	Flags []string
	// Await states where each await mode comes from, AwaitFlags what switches
	// it on, and Why what a user should know about one that is not available.
	Await      map[engines.AwaitMode]engines.AwaitSource
	AwaitFlags map[engines.AwaitMode][]string
	Why        string
	// Lacks lists the syntax it doesn't parse.
	Lacks []engines.Feature
	// Deviates is as in [engines.Deviant].
	Deviates map[engines.Feature]string
	// ContextFlags are what switches between what an AsyncLocalStorage is made of.
	ContextFlags map[engines.Context][]string
	// NoHooks and NoTraces are set where this version is too old for what its
	// kind has.
	NoHooks, NoTraces bool
}

// Known returns the hosts that promisebench can install, oldest first. Which
// await mode they have was measured, and the order program proves it anew in
// every realm.
func Known() []Host {
	type sources = map[engines.AwaitMode]engines.AwaitSource
	type flags = map[engines.AwaitMode][]string
	type deviates = map[engines.Feature]string
	old := []engines.Feature{engines.AsyncGenerators, engines.ForAwait}
	skips := sources{engines.Legacy: engines.Unavailable, engines.Optimized: engines.SkipsTicks}
	const whySkips = "await skips ticks (the Node 8 bug), also in an emulation"
	modern := sources{engines.Legacy: engines.Emulated, engines.Optimized: engines.Native}
	both := sources{engines.Legacy: engines.Native, engines.Optimized: engines.Native}
	frames := func(flag string) map[engines.Context][]string {
		return map[engines.Context][]string{engines.OnFrames: {"--" + flag}, engines.OnHooks: {"--no-" + flag}}
	}
	node := func(name string, h Host) Host {
		h.Name, h.Kind, h.Package, h.Binary = name, "node", name, "bin/node"
		return h
	}
	return []Host{
		node("node7", Host{Await: skips, Why: whySkips, Lacks: old, NoHooks: true, NoTraces: true}),
		node("node8", Host{Await: skips, Why: whySkips, Lacks: old, NoTraces: true}),
		node("node9", Host{Await: skips, Why: whySkips, Lacks: old, NoTraces: true}),
		node("node10", Host{
			Await:    sources{engines.Legacy: engines.Native, engines.Optimized: engines.Unavailable},
			Why:      "its V8 is older than the await optimization",
			NoTraces: true,
			Deviates: deviates{engines.AsyncGenerators: "their end takes a tick more"},
		}),
		// The article's own flag: the ground truth.
		node("node11", Host{
			Await: both, AwaitFlags: flags{engines.Optimized: {"--harmony-await-optimization"}}, NoTraces: true,
			Deviates: deviates{engines.AsyncGenerators: "the flag does not reach their awaits, and their end takes a tick more"},
		}),
		// It still lists the flag, on by default, and ignores it.
		node("node12.0", Host{
			Await:      sources{engines.Legacy: engines.InertFlag, engines.Optimized: engines.Native},
			AwaitFlags: flags{engines.Legacy: {"--no-harmony-await-optimization"}},
			Deviates:   deviates{engines.AsyncGenerators: "their end takes a tick more"},
		}),
		node("node12", Host{Await: modern}),
		node("node22", Host{Await: modern, ContextFlags: frames("experimental-async-context-frame")}),
		node("node24", Host{Await: modern, Deviates: deviates{engines.PromiseTry: engines.TryAdopts}, ContextFlags: frames("async-context-frame")}),
		{
			Name: "bun", Kind: "bun", Package: "bun", Binary: "bin/bun", Await: modern,
			Deviates: deviates{
				engines.Finally: "its promise follows the other one in a tick instead of three",
			},
		},
		{Name: "deno", Kind: "deno", Package: "deno", Binary: "deno", Await: modern, Deviates: deviates{engines.PromiseTry: engines.TryAdopts}},
		{Name: "chromium", Kind: "chromium", Binary: "chromium", Debian: "chromium", Await: modern},
		{Name: "firefox", Kind: "firefox", Binary: "firefox-esr", Debian: "firefox-esr", Await: modern, Deviates: deviates{engines.PromiseTry: engines.TryAdopts}},
		{Name: "jsc", Kind: "jsc", Binary: "jsc", Debian: "libjavascriptcoregtk-4.0-bin", Await: modern, Deviates: deviates{engines.PromiseTry: engines.TryAdopts}},
		{Name: "js102", Kind: "js102", Binary: "js102", Debian: "libmozjs-102-dev", Await: modern},
	}
}

// Engine returns the engine of a host that is installed.
func (i Installed) Engine() engines.Engine { return engine{Installed: i, kind: Kinds()[i.Kind]} }

type engine struct {
	Installed
	kind Kind
	wrap func(worker.Command) worker.Command // or nil
}

// Wrapped implements [worker.Wrapper].
func (e engine) Wrapped(wrap func(worker.Command) worker.Command) engines.Engine {
	before := e.wrap
	e.wrap = func(c worker.Command) worker.Command {
		if before != nil {
			c = before(c)
		}
		return wrap(c)
	}
	return e
}

// Shared implements [engines.Sharer] for browsers.
func (e engine) Shared() (engines.Engine, func() error) {
	if e.kind.Page == nil {
		return e, func() error { return nil }
	}
	browser := new(worker.Browser)
	return e.Wrapped(func(c worker.Command) worker.Command {
		c.In = browser
		return c
	}), browser.Close
}

func (e engine) Name() string                    { return e.Host.Name }
func (e engine) Version() string                 { return e.Installed.Version }
func (e engine) Supports(f engines.Feature) bool { return !slices.Contains(e.Lacks, f) }

func (e engine) Await(mode engines.AwaitMode) engines.AwaitSource { return e.Host.Await[mode] }

// DefaultAwait is as in [engines.Flagged]: the mode that needs no flag.
func (e engine) DefaultAwait() (engines.AwaitMode, bool) {
	for _, mode := range []engines.AwaitMode{engines.Optimized, engines.Legacy} {
		if e.Await(mode).Own() && e.AwaitFlags[mode] == nil {
			return mode, true
		}
	}
	return "", false
}

func (e engine) Deviation(f engines.Feature) string { return e.Deviates[f] }

// CompilesJustInTime is true of all these hosts.
func (e engine) CompilesJustInTime() bool { return true }

func (e engine) Open(ctx context.Context, opts engines.Options) (engines.Realm, error) {
	loader, err := transform.LoaderFor(e, opts)
	if err != nil {
		if e.Why != "" {
			err = fmt.Errorf("%s: %w", e.Why, err)
		}
		return nil, fmt.Errorf("%s: %w", e.Name(), err)
	}
	mode := opts.Await
	if loader.Emulate {
		mode = engines.Optimized // which the emulation is built upon
	}
	command, err := e.command(mode, opts)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", e.Name(), err)
	}
	r, err := worker.Open(ctx, e.Name(), command, loader)
	if err != nil {
		return nil, err
	}
	if opts.Hooks {
		err = r.Load(ctx, "hooks.js", e.kind.Hooks)
	}
	if err == nil && opts.Context != "" {
		err = provide(ctx, r)
	}
	if err == nil && opts.Context != "" && opts.Context != engines.Storage {
		err = e.proveContext(ctx, command, loader, opts.Context)
	}
	if err == nil && e.Await(mode) == engines.InertFlag && engines.ProveAwait(ctx, r, mode) != nil {
		err = fmt.Errorf("%s: flag has no effect: %s: %w", e.Name(), strings.Join(e.AwaitFlags[mode], " "), errors.ErrUnsupported)
	}
	if err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}

// provide gives a realm its AsyncLocalStorage.
func provide(ctx context.Context, r engines.Realm) error {
	const has = `log(typeof (typeof require === 'function' ? require : process.getBuiltinModule)('async_hooks').AsyncLocalStorage)`
	if lines, err := r.Probe(ctx, "has-context.js", has); err != nil || len(lines) != 1 || lines[0] != "function" {
		return cmp.Or[error](err, engines.Unsupported{Why: "it has no AsyncLocalStorage"})
	}
	return r.Load(ctx, "context.js", contextScript)
}

// proveContext proves what an AsyncLocalStorage is made of, in a process that is for
// nothing else: in one where the proof has run, all that follows takes a quarter more time
// on Node.js 22.
func (e engine) proveContext(ctx context.Context, command worker.Command, loader transform.Loader, want engines.Context) error {
	r, err := worker.Open(ctx, e.Name(), command, loader)
	if err != nil {
		return err
	}
	defer r.Close()
	if err := provide(ctx, r); err != nil {
		return err
	}
	lines, err := r.Probe(ctx, "carrier.js", "promisebenchCarrier(log)")
	if err == nil && (len(lines) != 1 || "als-"+lines[0] != string(want)) {
		why := fmt.Sprintf("flag has no effect: with %s its AsyncLocalStorage is on %q", strings.Join(e.ContextFlags[want], " "), lines)
		err = &engines.Error{Engine: e.Name(), Err: engines.Unsupported{Why: why}}
	}
	return err
}

// command returns how to start a worker whose own await has the given mode.
func (e engine) command(mode engines.AwaitMode, opts engines.Options) (worker.Command, error) {
	flags := slices.Concat(e.Flags, e.AwaitFlags[mode])
	if opts.Counting {
		flags = append(flags, e.kind.Counting...)
	}
	if opts.Hooks && (e.kind.Hooks == "" || e.NoHooks) {
		return worker.Command{}, fmt.Errorf("it has no async_hooks: %w", errors.ErrUnsupported)
	}
	if opts.Context != "" && !e.kind.Contexts {
		return worker.Command{}, fmt.Errorf("it has no AsyncLocalStorage: %w", errors.ErrUnsupported)
	}
	if opts.Context != "" && opts.Context != engines.Storage {
		if e.ContextFlags[opts.Context] == nil {
			return worker.Command{}, fmt.Errorf("it has no switch for what its AsyncLocalStorage is made of: %w", errors.ErrUnsupported)
		}
		flags = append(flags, e.ContextFlags[opts.Context]...)
	}
	if opts.Traces != "" {
		if e.kind.TracesOff == nil || e.NoTraces {
			return worker.Command{}, fmt.Errorf("it has no switch for async stack traces: %w", errors.ErrUnsupported)
		}
		switch opts.Traces {
		case engines.On:
			flags = append(flags, e.kind.TracesOn...)
		case engines.Off:
			flags = append(flags, e.kind.TracesOff...)
		}
	}
	args := slices.Concat(e.kind.Args, flags, e.kind.Eval, []string{e.kind.Before + script})
	if e.kind.Page != nil {
		args = slices.Concat(e.kind.Args, flags, []string{worker.PageURL}) // which serves the script
	}
	command := worker.Command{Path: e.Path, Args: args, Env: e.kind.Env, Page: e.kind.Page}
	if e.wrap != nil {
		command = e.wrap(command)
	}
	return command, nil
}

// A Server is an engine whose scripts can open sockets.
type Server interface {
	// Server returns how to run a script as a program of its own. mode is the
	// meaning of await, or empty for the engine's own; modules is the folder
	// with the npm packages that the script needs, or empty if it needs none.
	Server(mode engines.AwaitMode, script, modules string) (worker.Command, error)
}

func (e engine) Server(mode engines.AwaitMode, script, modules string) (worker.Command, error) {
	switch {
	case !e.kind.Sockets:
		return worker.Command{}, fmt.Errorf("%s: its scripts have no sockets: %w", e.Name(), errors.ErrUnsupported)
	case modules != "" && e.kind.Modules == "":
		return worker.Command{}, fmt.Errorf("%s: packages from npm are run on Node.js only: %w", e.Name(), errors.ErrUnsupported)
	case mode != "" && e.Await(mode) != engines.Native:
		return worker.Command{}, fmt.Errorf("%s: its await is not natively %s: %w", e.Name(), mode, errors.ErrUnsupported)
	}
	command := worker.Command{
		Path: e.Path,
		Args: slices.Concat(e.kind.Args, e.Flags, e.AwaitFlags[mode], e.kind.Eval, []string{script}),
		Env:  slices.Clone(e.kind.Env),
	}
	if modules != "" {
		command.Env = append(command.Env, e.kind.Modules+"="+modules)
	}
	return command, nil
}
