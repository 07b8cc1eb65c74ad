package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"promisebench/bench/gate/toolchain"
	"promisebench/bench/record"
	"promisebench/engines"
	"promisebench/engines/all"
	"promisebench/engines/hosts"
	"promisebench/engines/worker"
	"promisebench/report"
)

// A side is base or head of a gate: engines to measure, or results.
type side struct {
	said    string // what it is, exactly
	goTool  string // the version of Go that built it, if it was built
	engines []engines.Engine
	results *report.Results
}

// A sideKind is what a user may name.
type sideKind int

const (
	kindResults   sideKind = iota // a file or folder with results
	kindEngine                    // goja, goja@VERSION, goja=DIR
	kindHost                      // node=/path, or an installed one
	kindCommit                    // a revision of this repository
	kindUndefined                 // not given
)

func (k sideKind) String() string {
	return [...]string{"results", "a Go engine", "a program", "a commit", "nothing"}[k]
}

// modules are the Go modules of the embedded engines.
func modules() map[string]string {
	return map[string]string{
		"goja": "github.com/dop251/goja", "sobek": "github.com/grafana/sobek", "quickjs": "modernc.org/quickjs",
	}
}

// A sideSpec is what a user named, taken apart.
type sideSpec struct {
	text string
	kind sideKind
	name string // of the engine
}

// classify finds out what a text names. Files come before commits of the same
// name; "./" and "heads/" tell them apart.
func (a *app) classify(text string) sideSpec {
	name := text
	if i := strings.IndexAny(text, "=@"); i > 0 {
		name = text[:i]
	}
	if _, ok := modules()[name]; ok {
		return sideSpec{text, kindEngine, name}
	}
	if strings.Contains(text, "=") {
		return sideSpec{text, kindHost, name}
	}
	if info, err := os.Stat(text); err == nil && text != "." {
		if _, err := os.Stat(filepath.Join(text, record.Text)); !info.IsDir() || err == nil {
			return sideSpec{text: text, kind: kindResults}
		}
	}
	for _, h := range hosts.Known() {
		if h.Name == text {
			return sideSpec{text, kindHost, text}
		}
	}
	for _, own := range a.hosts {
		if name, _, _ := strings.Cut(own, "="); name == text {
			return sideSpec{own, kindHost, text}
		}
	}
	return sideSpec{text: text, kind: kindCommit}
}

// sides finds or builds what the command compares.
func (a *app) sides(c *gateRunCmd) (base, head side, err error) {
	b := a.classify(c.Base)
	h := sideSpec{kind: kindUndefined}
	switch {
	case c.Head != "":
		h = a.classify(c.Head)
	case b.kind == kindCommit:
		h = sideSpec{text: ".", kind: kindCommit}
	case b.kind == kindEngine:
		h = sideSpec{b.name, kindEngine, b.name}
	}
	switch {
	case b.kind != h.kind:
		return base, head, fmt.Errorf("%s is %v and %s is %v: both must be of a kind", c.Base, b.kind, cmp.Or(c.Head, "HEAD"), h.kind)
	case b.kind == kindEngine && b.name != h.name:
		return base, head, fmt.Errorf("%s and %s are different engines: 'promisebench run' compares these, and a gate two builds of one", b.name, h.name)
	}
	name := b.name
	if b.name != h.name {
		// The benchmarks of both sides need one name.
		name = b.name + ".vs." + h.name
	}
	if base, err = a.side(c, b, name); err != nil {
		return base, head, fmt.Errorf("base: %w", err)
	}
	if b.text == h.text {
		return base, base, nil
	}
	if head, err = a.side(c, h, name); err != nil {
		return base, head, fmt.Errorf("head: %w", err)
	}
	if base.goTool != head.goTool {
		fmt.Fprintf(a.stderr, "promisebench: warning: base was built by %s and head by %s, as their go.mod demand: what differs may be Go\n", base.goTool, head.goTool)
		base.said += ", " + base.goTool
		head.said += ", " + head.goTool
	}
	return base, head, nil
}

// side makes what s says. A program's engine is called name.
func (a *app) side(c *gateRunCmd, s sideSpec, name string) (side, error) {
	switch s.kind {
	case kindResults:
		results := report.NewResults()
		return side{said: s.text, results: results}, addFile(results, s.text)
	case kindHost:
		e, err := host(a.ctx, s, name)
		if err != nil {
			return side{}, err
		}
		return side{said: s.name + " " + e.Version(), engines: []engines.Engine{e}}, nil
	}
	binary, err := a.build(s)
	if err != nil {
		return side{}, err
	}
	built := side{said: binary.Source, goTool: binary.Go}
	wanted := c.Engine
	if s.kind == kindEngine {
		wanted = []string{s.name}
	}
	for _, name := range wanted {
		at := slices.IndexFunc(all.Engines(), func(e engines.Engine) bool { return e.Name() == name })
		if at < 0 {
			return side{}, fmt.Errorf("%q is no embedded engine, and others are not built from a commit", name)
		}
		// Why these is in RATIONALE.md of package report/gate. The limit is for
		// batches that were made very long.
		command := worker.Command{Path: binary.Path, Args: []string{"worker", name}, Env: []string{"GOMAXPROCS=1", "GOGC=" + c.GOGC, "GOMEMLIMIT=2GiB"}}
		built.engines = append(built.engines, versioned{worker.Isolated(all.Engines()[at], command), binary.Source})
	}
	return built, nil
}

// versioned is an engine of another version than the one that is built in.
type versioned struct {
	engines.Engine
	version string
}

func (v versioned) Version() string { return v.version }

func (v versioned) Unwrap() engines.Engine { return v.Engine }

// host finds a program and gives it a name.
func host(ctx context.Context, s sideSpec, name string) (engines.Engine, error) {
	if _, rest, ok := strings.Cut(s.text, "="); ok {
		kind := ""
		if !strings.Contains(rest, ",kind=") {
			for k := range hosts.Kinds() {
				if strings.HasPrefix(s.name, k) {
					kind = ",kind=" + k
				}
			}
		}
		return hosts.Parse(ctx, name+"="+rest+kind)
	}
	for _, h := range hosts.Known() {
		if h.Name != s.name {
			continue
		}
		f := hosts.Find(ctx, h, enginesDir())
		if f.Err != nil {
			return nil, fmt.Errorf("%s: %w; 'make engines' installs it", s.name, f.Err)
		}
		f.Name = name
		return f.Engine(), nil
	}
	return nil, fmt.Errorf("%s is no known engine", s.name)
}

// build builds promisebench as s says.
func (a *app) build(s sideSpec) (toolchain.Binary, error) {
	here, err := os.Getwd()
	if err != nil {
		return toolchain.Binary{}, err
	}
	root, err := toolchain.Root(a.ctx, here)
	if err != nil {
		return toolchain.Binary{}, err
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return toolchain.Binary{}, fmt.Errorf("no place for binaries: %w", err)
	}
	b := toolchain.Builder{Source: root, Cache: filepath.Join(cache, "promisebench"), Log: a.stderr}
	module := modules()[s.name]
	switch {
	case s.kind == kindCommit && s.text == ".", s.kind == kindEngine && s.text == s.name:
		return b.Tree(a.ctx)
	case s.kind == kindCommit:
		return b.Commit(a.ctx, s.text)
	}
	if _, dir, ok := strings.Cut(s.text, "="); ok {
		return b.Directory(a.ctx, module, dir)
	}
	_, version, _ := strings.Cut(s.text, "@")
	if version == "" {
		return toolchain.Binary{}, errors.New("a version must follow the @, such as latest")
	}
	return b.Version(a.ctx, module, version)
}
