package gate

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"promisebench/bench/gate/toolchain"
	"promisebench/engines"
	"promisebench/engines/hosts"
	"promisebench/engines/hosts/releases"
)

// A Kind is what a user may name as a side.
type Kind int

const (
	None     Kind = iota // nothing is named
	Results              // a file or folder with results, which there is no build of
	GoEngine             // goja, goja@VERSION, goja=DIR
	Program              // node=/path, a published one as node@14.21.3, or an installed one
	Commit               // a revision of this repository
)

// String names the kind as error messages do.
func (k Kind) String() string {
	return [...]string{"nothing", "results", "a Go engine", "a program", "a commit"}[k]
}

// A Spec is what a user named, taken apart.
type Spec struct {
	Text string
	Kind Kind
	name string // of the engine, if it is one
}

// A Finder finds or builds what is to be compared.
type Finder struct {
	// Locator has the engines: those that are embedded can be built in other
	// versions.
	Locator hosts.Locator
	// IsResults reports whether a text is the path of results.
	IsResults func(text string) bool
	// Source is any folder in promisebench's source tree.
	Source string
	// Cache returns the folder for caches, like [os.UserCacheDir]. Binaries are
	// kept in a folder of it.
	Cache func() (string, error)
	// GOGC is the value of that variable for engines written in Go.
	GOGC string
	// Log gets a line for each build, and warnings.
	Log io.Writer
}

// Specs takes apart what was named. Without a head it is the working tree, or
// the engine as it is built in. Both sides must be of a kind.
func (f Finder) Specs(base, head string) (specs [2]Spec, err error) {
	b := f.spec(base)
	var h Spec
	switch {
	case head != "":
		h = f.spec(head)
	case b.Kind == Commit:
		h = Spec{Text: ".", Kind: Commit}
	case b.Kind == GoEngine:
		h = Spec{b.name, GoEngine, b.name}
	}
	switch {
	case b.Kind != h.Kind:
		return specs, fmt.Errorf("%s is %v and %s is %v: both must be of a kind", base, b.Kind, cmp.Or(head, "HEAD"), h.Kind)
	case b.Kind == GoEngine && b.name != h.name:
		return specs, fmt.Errorf("%s and %s are different engines: 'promisebench run' compares these, and a gate two builds of one", b.name, h.name)
	}
	return [...]Spec{b, h}, nil
}

// spec finds out what a text names. Files come before commits of the same name;
// "./" and "heads/" tell them apart.
func (f Finder) spec(text string) Spec {
	name := text
	if i := strings.IndexAny(text, "=@"); i > 0 {
		name = text[:i]
	}
	if f.module(name) != "" {
		return Spec{text, GoEngine, name}
	}
	if _, _, published := releases.Cut(text); published || strings.Contains(text, "=") {
		return Spec{text, Program, name}
	}
	if f.IsResults(text) {
		return Spec{Text: text, Kind: Results}
	}
	if slices.ContainsFunc(hosts.Known(), func(h hosts.Host) bool { return h.Name == text }) {
		return Spec{text, Program, text}
	}
	for _, own := range f.Locator.Own {
		if name, _, _ := strings.Cut(own, "="); name == text {
			return Spec{own, Program, text}
		}
	}
	return Spec{Text: text, Kind: Commit}
}

// module returns the Go module of an embedded engine, or "" if none of that name
// is built from one.
func (f Finder) module(name string) string {
	for _, e := range f.Locator.Embedded {
		if m, ok := engines.As[engines.Module](e); ok && e.Name() == name {
			return m.Module()
		}
	}
	return ""
}

// Builds finds or builds both sides. Of commits the embedded engines of the
// given names are measured. What is named twice is built once. Both builds must be
// closed.
func (f Finder) Builds(ctx context.Context, specs [2]Spec, embedded []string) (builds [2]Build, err error) {
	name := specs[Base].name
	if name != specs[Head].name {
		// The benchmarks of both sides need one name.
		name += ".vs." + specs[Head].name
	}
	for _, side := range Sides() {
		if side == Head && specs[Head].Text == specs[Base].Text {
			builds[Head] = builds[Base]
			break
		}
		if builds[side], err = f.build(ctx, specs[side], name, embedded); err != nil {
			return builds, errors.Join(fmt.Errorf("%v: %w", side, err), builds[Base].Close())
		}
	}
	if b, h := &builds[Base], &builds[Head]; b.Go != h.Go {
		fmt.Fprintf(f.Log, "promisebench: warning: base was built by %s and head by %s, as their go.mod demand: a difference may be Go's\n", b.Go, h.Go)
		b.Source += ", " + b.Go
		h.Source += ", " + h.Go
	}
	return builds, nil
}

// build finds or builds one side. A program is called name.
func (f Finder) build(ctx context.Context, s Spec, name string, embedded []string) (b Build, err error) {
	if s.Kind == Program {
		e, err := f.program(ctx, s, name)
		if err != nil {
			return b, err
		}
		return Build{Source: s.name + " " + e.Version(), Engines: []engines.Engine{e}}, nil
	}
	if s.Kind == GoEngine {
		embedded = []string{s.name}
	}
	b.gogc = f.GOGC
	var packages []string
	for _, name := range embedded {
		at := slices.IndexFunc(f.Locator.Embedded, func(e engines.Engine) bool { return e.Name() == name })
		if at < 0 {
			return b, fmt.Errorf("%q is not an embedded engine, and others are not built from a commit", name)
		}
		b.embedded, packages = append(b.embedded, f.Locator.Embedded[at]), append(packages, workerPackage(name))
	}
	if b.source, err = f.source(ctx, s, packages); err != nil {
		return b, err
	}
	b.Source = b.source.Text
	if b.Engines, err = b.link(ctx, 0); err != nil {
		return b, errors.Join(err, b.Close())
	}
	return b, nil
}

// program finds a program and gives it a name.
func (f Finder) program(ctx context.Context, s Spec, name string) (engines.Engine, error) {
	if _, rest, ok := strings.Cut(s.Text, "="); ok {
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
	if family, version, ok := releases.Cut(s.Text); ok {
		return f.Locator.Release(ctx, family, version, name)
	}
	h, known := f.Locator.Host(ctx, s.name)
	if !known {
		return nil, fmt.Errorf("unknown engine %q", s.name)
	}
	if h.Err != nil {
		return nil, fmt.Errorf("%s: %w; 'make engines' installs it", s.name, h.Err)
	}
	h.Name = name
	return h.Engine(), nil
}

// source prepares promisebench's code as s names it, of which the given packages are
// wanted.
func (f Finder) source(ctx context.Context, s Spec, packages []string) (*toolchain.Source, error) {
	root, err := toolchain.Root(ctx, f.Source)
	if err != nil {
		return nil, err
	}
	cache, err := f.Cache()
	if err != nil {
		return nil, fmt.Errorf("no place for binaries: %w", err)
	}
	b := toolchain.Builder{Root: root, Packages: packages, Cache: filepath.Join(cache, "promisebench"), Log: f.Log}
	switch {
	case s.Kind == Commit && s.Text == ".", s.Kind == GoEngine && s.Text == s.name:
		return b.Tree(ctx)
	case s.Kind == Commit:
		return b.Commit(ctx, s.Text)
	}
	if _, dir, ok := strings.Cut(s.Text, "="); ok {
		// Folders may have an "@" in their names, and then they come first.
		if at := strings.LastIndex(dir, "@"); at > 0 {
			if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
				return b.Clone(ctx, f.module(s.name), dir[:at], dir[at+1:])
			}
		}
		return b.Directory(ctx, f.module(s.name), dir)
	}
	_, version, _ := strings.Cut(s.Text, "@")
	if version == "" {
		return nil, errors.New("a version must follow the @, such as latest")
	}
	return b.Version(ctx, f.module(s.name), version)
}
