package gate

import (
	"cmp"
	"context"
	"errors"
	"fmt"
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
// of a program (node@12.0.0), commits of a Go engine's clone (goja=../clone@main), or
// commits of this repository. It is an error if there are none in between.
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
		list, err = f.clones(ctx, specs)
	case Commit:
		list, err = f.commits(ctx, f.Source, old, new, Spec{Kind: Commit}, "")
	default:
		err = fmt.Errorf("%v has no versions in between: name releases (node@12.0.0), commits of a clone (goja=../clone@main), or commits of this repository", specs[Base].Kind)
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
			return nil, fmt.Errorf("%s names no commit of a clone: want %s=../clone@COMMIT; what lies between published versions of a Go module is in its repository", specs[side].Text, specs[side].name)
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
// a program, such as "node", or commits of a Go engine's clone, such as "goja=../clone",
// of which from is a date and to a revision. Either end may be empty, which is all there
// is.
func (f Finder) Rungs(ctx context.Context, what, from, to string) ([]Point, error) {
	if family, _, ok := releases.Cut(what + "@"); ok {
		return f.between(ctx, family, from, to)
	}
	s := f.spec(what)
	_, dir, ok := strings.Cut(what, "=")
	if s.Kind != GoEngine || !ok {
		return nil, fmt.Errorf("%s is nothing that has versions: there are node, bun, deno, and clones of Go engines such as goja=../clone", what)
	}
	all, err := toolchain.Since(ctx, dir, cmp.Or(to, "HEAD"), from)
	return points(all, Spec{Kind: GoEngine, name: s.name}, s.name+"="+dir+"@"), err
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
