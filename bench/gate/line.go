package gate

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"promisebench/bench/gate/toolchain"
	"promisebench/engines/hosts/releases"
)

// A Point is one of the versions that lie between two.
type Point struct {
	Spec
	// Name is short, and fit for an engine's name behind that of the engine: 12.22.1, or
	// the first digits of a commit.
	Name string
	// Title and Time are a commit's; others have none.
	Title string
	Time  time.Time
}

// Line returns the versions from one to another, both included, oldest first: releases
// of a program (node@12.0.0) or of a Go engine's module (quickjs@v0.27.0), commits of a Go
// engine's clone (goja=../clone@main), or commits of this repository. It is an error if
// there are none in between.
func (f Finder) Line(ctx context.Context, old, new string) ([]Point, error) {
	specs, err := f.Specs(old, new)
	if err != nil {
		return nil, err
	}
	var list []Point
	switch specs[Base].Kind {
	case Program:
		list, err = f.releases(ctx, old, new)
	case GoEngine:
		if strings.Contains(old+new, "=") {
			list, err = f.clones(ctx, specs)
			break
		}
		var versions [2]string
		for _, side := range Sides() {
			if _, versions[side], _ = strings.Cut(specs[side].Text, "@"); versions[side] == "" {
				return nil, fmt.Errorf("%s names no version: want %s@VERSION, or a clone as %s=../clone@COMMIT", specs[side].Text, specs[side].name, specs[side].name)
			}
		}
		list, err = f.modules(ctx, specs[Base].name, versions[Base], versions[Head])
	case Commit:
		list, err = f.commits(ctx, f.Source, old, new, Spec{Kind: Commit}, "")
	default:
		err = fmt.Errorf("%v has no versions in between: name releases (node@12.0.0, quickjs@v0.27.0), commits of a clone (goja=../clone@main), or commits of this repository", specs[Base].Kind)
	}
	if err != nil {
		return nil, err
	}
	if len(list) < 3 {
		return nil, fmt.Errorf("there is nothing between %s and %s: 'promisebench gate %s %s' compares these two", old, new, old, new)
	}
	return list, nil
}

// releases lists published versions.
func (f Finder) releases(ctx context.Context, old, new string) (list []Point, err error) {
	family, from, ok := releases.Cut(old)
	other, to, also := releases.Cut(new)
	if !ok || !also || family.Name != other.Name {
		return nil, fmt.Errorf("%s and %s: two releases of one program are wanted, such as node@12.0.0 and node@12.22.12", old, new)
	}
	return f.between(ctx, family, from, to)
}

// clones lists commits of an engine's clone.
func (f Finder) clones(ctx context.Context, specs [2]Spec) ([]Point, error) {
	var dirs, refs [2]string
	for _, side := range Sides() {
		_, dir, ok := strings.Cut(specs[side].Text, "=")
		at := strings.LastIndex(dir, "@")
		if !ok || at < 1 {
			return nil, fmt.Errorf("%s names no commit of a clone: want %s=../clone@COMMIT", specs[side].Text, specs[side].name)
		}
		dirs[side], refs[side] = dir[:at], dir[at+1:]
	}
	if dirs[Base] != dirs[Head] {
		return nil, fmt.Errorf("%s and %s are different clones", dirs[Base], dirs[Head])
	}
	name := specs[Base].name
	return f.commits(ctx, dirs[Base], refs[Base], refs[Head], Spec{Kind: GoEngine, name: name}, name+"="+dirs[Base]+"@")
}

// commits lists commits of a repository, as specs that are like the given one with the
// hash behind a prefix as their text.
func (f Finder) commits(ctx context.Context, dir, old, new string, like Spec, prefix string) (list []Point, err error) {
	if old == "." || new == "." {
		return nil, errors.New("the working tree is no commit: commit it first")
	}
	all, err := toolchain.Commits(ctx, dir, old, new)
	return points(all, like, prefix), err
}

// points makes points of commits.
func points(all []toolchain.Commit, like Spec, prefix string) (list []Point) {
	for _, c := range all {
		like.Text = prefix + c.Short()
		list = append(list, Point{Spec: like, Name: c.Short(), Title: c.Title, Time: c.Time})
	}
	return list
}

// Rungs returns the versions of something from one to another, oldest first: releases of
// a program, such as "node", or of a Go engine's module, such as "quickjs", or commits of a
// Go engine's clone, such as "goja=../clone", of which from is a date and to a revision. Either end may be empty, which is all there
// is.
func (f Finder) Rungs(ctx context.Context, what, from, to string) ([]Point, error) {
	if family, _, ok := releases.Cut(what + "@"); ok {
		return f.between(ctx, family, from, to)
	}
	s := f.spec(what)
	_, dir, ok := strings.Cut(what, "=")
	switch {
	case s.Kind != GoEngine || strings.Contains(what, "@") && !ok:
		return nil, fmt.Errorf("%s is nothing that has versions: there are node, bun, deno, Go engines whose modules have versions such as quickjs, and clones of Go engines such as goja=../clone", what)
	case !ok:
		return f.modules(ctx, s.name, from, to)
	}
	all, err := toolchain.Since(ctx, dir, cmp.Or(to, "HEAD"), from)
	return points(all, Spec{Kind: GoEngine, name: s.name}, s.name+"="+dir+"@"), err
}

// modules lists the published versions of a Go engine's module.
func (f Finder) modules(ctx context.Context, name, from, to string) (list []Point, err error) {
	root, err := toolchain.Root(ctx, f.Source)
	if err != nil {
		return nil, err
	}
	module := f.module(name)
	all, err := toolchain.Versions(ctx, root, module)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("%s has no versions but its commits: clone its repository, and name them as %s=../clone@COMMIT", module, name)
	}
	all, err = part(all, from, to)
	for _, v := range all {
		// Without the v, as in names of engines.
		list = append(list, Point{Spec: Spec{name + "@" + v, GoEngine, name}, Name: strings.TrimPrefix(v, "v")})
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", module, err)
	}
	return list, nil
}

// part returns the versions from one to another of those that there are, oldest first.
func part(all []string, from, to string) ([]string, error) {
	ends := [...]int{0, len(all) - 1}
	for i, v := range []string{from, to} {
		if v == "" {
			continue
		}
		if ends[i] = slices.Index(all, v); ends[i] < 0 {
			return nil, fmt.Errorf("%s is no published version: there are %s", v, strings.Join(all, ", "))
		}
	}
	switch {
	case ends[0] == ends[1]:
		return nil, fmt.Errorf("%s and %s are the same version", cmp.Or(from, all[ends[0]]), cmp.Or(to, all[ends[1]]))
	case ends[0] > ends[1]:
		return nil, fmt.Errorf("%s is newer than %s: the older one comes first", all[ends[0]], all[ends[1]])
	}
	return all[ends[0] : ends[1]+1], nil
}

// between lists releases; without a choice those that worker.js runs on.
func (f Finder) between(ctx context.Context, family releases.Family, from, to string) (list []Point, err error) {
	from = cmp.Or(from, map[string]string{"node": "7.6", "bun": "1.0", "deno": "2.0"}[family.Name])
	if to == "" {
		all, err := f.Locator.Releases.Versions(ctx, family)
		if err != nil {
			return nil, err
		}
		to = all[len(all)-1]
	}
	all, err := f.Locator.Releases.Between(ctx, family, from, to)
	for _, v := range all {
		list = append(list, Point{Spec: Spec{family.Name + "@" + v, Program, family.Name}, Name: v})
	}
	return list, err
}

// Open finds or builds a point; of a commit of this repository the embedded engines of
// the given names. All points have the same names for their engines. The build must be
// closed.
func (f Finder) Open(ctx context.Context, p Point, embedded []string) (Build, error) {
	b, err := f.build(ctx, p.Spec, p.name, embedded)
	if err != nil {
		return b, fmt.Errorf("%s: %w", p.Text, err)
	}
	return b, nil
}
