package hosts

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"

	"promisebench/engines"
	"promisebench/engines/hosts/releases"
)

// A Locator finds engines by their names. It starts no program but those that
// are asked for.
type Locator struct {
	// Embedded are the engines that are part of this program.
	Embedded []engines.Engine
	// Dir holds the node_modules that "make engines" fills.
	Dir string
	// Own are the definitions of the user's engines, as [Parse] reads them.
	Own []string
	// Releases has the versions that are named as node@14.21.3.
	Releases *releases.Store
}

// Hosts finds all that are [Known], and starts those that are installed.
func (l Locator) Hosts(ctx context.Context) []Installed {
	list := make([]Installed, len(Known()))
	var starts sync.WaitGroup
	for i, h := range Known() {
		starts.Go(func() { list[i] = Find(ctx, h, l.Dir) })
	}
	starts.Wait()
	return list
}

// Host finds one that is [Known]. ok is false if there is none of that name.
func (l Locator) Host(ctx context.Context, name string) (i Installed, ok bool) {
	at := slices.IndexFunc(Known(), func(h Host) bool { return h.Name == name })
	if at < 0 {
		return i, false
	}
	return Find(ctx, Known()[at], l.Dir), true
}

// A candidate is an engine that is there, and has not been started.
type candidate struct {
	name  string
	start func(context.Context) (engines.Engine, error)
	own   bool
}

// Select returns the engines with a name that matches one of the patterns, as
// [path.Match] has them; all that are installed if there are none. A text may
// hold several patterns with commas between them, or the definition of an engine
// as in Own, which it then selects. A pattern may be a published version, such as
// node@14.21.3. The order is that of Embedded, [Known], Own, and then of the versions as
// they are named.
//
// Names are matched first, and only what matches is started, all at the same
// time. Of a pattern's hosts some may turn out to be unusable, which is an error
// only if none is left.
func (l Locator) Select(ctx context.Context, texts ...string) ([]engines.Engine, error) {
	own := slices.Clone(l.Own)
	var patterns []string
	for _, text := range texts {
		if name, _, ok := strings.Cut(text, "="); ok {
			own = append(own, text)
			patterns = append(patterns, name)
		} else {
			patterns = append(patterns, strings.Split(text, ",")...)
		}
	}
	list, err := l.candidates(own)
	if err != nil {
		return nil, err
	}
	for _, p := range patterns {
		if c, ok := l.published(p); ok {
			list = append(list, c)
		}
	}
	matches, err := l.match(list, patterns)
	if err != nil {
		return nil, err
	}
	return start(ctx, list, matches)
}

// candidates lists what could be started.
func (l Locator) candidates(own []string) ([]candidate, error) {
	var list []candidate
	for _, e := range l.Embedded {
		list = append(list, candidate{name: e.Name(), start: func(context.Context) (engines.Engine, error) { return e, nil }})
	}
	for _, h := range Known() {
		if locate(h, l.Dir).Err != nil {
			continue
		}
		list = append(list, candidate{name: h.Name, start: func(ctx context.Context) (engines.Engine, error) {
			i := Find(ctx, h, l.Dir)
			if i.Err != nil {
				return nil, fmt.Errorf("engine %s: %w", h.Name, i.Err)
			}
			return i.Engine(), nil
		}})
	}
	for _, text := range own {
		i, err := parse(text)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(list, func(c candidate) bool { return c.name == i.Name }) {
			return nil, fmt.Errorf("engine %s: there is one of that name already, choose another", i.Name)
		}
		list = append(list, candidate{name: i.Name, start: i.examine, own: true})
	}
	return list, nil
}

// published returns a published version that is named by a text.
func (l Locator) published(text string) (candidate, bool) {
	family, version, ok := releases.Cut(text)
	return candidate{name: text, own: true, start: func(ctx context.Context) (engines.Engine, error) {
		return l.Release(ctx, family, version, "")
	}}, ok
}

// Release gets a published version, and returns it as an engine of a name; without one it
// is called node14.21.3 or the like.
func (l Locator) Release(ctx context.Context, family releases.Family, version, name string) (engines.Engine, error) {
	r, err := l.Releases.Get(ctx, family, version)
	if err != nil {
		return nil, err
	}
	i := Installed{Host: line(r.Family, r.Version), Path: r.Path}
	i.Host.Name = cmp.Or(name, r.Family+r.Version)
	return i.examine(ctx)
}

// line returns what is known of the release line that a version belongs to, which is
// the one with the longest name, or else of the newest one before it.
func line(family, version string) Host {
	h, of := Host{Kind: family}, ""
	for _, known := range Known() { // oldest first
		at := strings.TrimPrefix(known.Name, family)
		switch {
		case known.Kind != family:
		case at == "", releases.Within(version, at) && len(at) > len(of):
			h, of = known, at
		case of == "" && releases.Compare(at, version) < 0:
			h = known
		}
	}
	return h
}

// match returns for each pattern the indexes of the candidates that it matches;
// without patterns, for a single one that matches all.
func (l Locator) match(list []candidate, patterns []string) ([][]int, error) {
	if len(patterns) == 0 {
		patterns = []string{"*"}
	}
	var names, absent []string
	for _, c := range list {
		names = append(names, c.name)
	}
	matches, err := engines.Match(patterns, names)
	if err == nil || errors.Is(err, path.ErrBadPattern) {
		return matches, err
	}
	for _, h := range Known() {
		if locate(h, l.Dir).Err != nil {
			absent = append(absent, h.Name)
		}
	}
	if len(absent) == 0 {
		return nil, err
	}
	return nil, fmt.Errorf("%w; 'make engines' installs %s", err, strings.Join(absent, ", "))
}

// start starts the candidates that have their index in matches.
func start(ctx context.Context, list []candidate, matches [][]int) ([]engines.Engine, error) {
	started := make([]engines.Engine, len(list))
	errs := make([]error, len(list))
	chosen := slices.Concat(matches...)
	slices.Sort(chosen)
	var starts sync.WaitGroup
	for _, at := range slices.Compact(chosen) {
		starts.Go(func() { started[at], errs[at] = list[at].start(ctx) })
	}
	starts.Wait()
	for _, group := range matches {
		var failed []error
		for _, at := range group {
			if errs[at] != nil && list[at].own {
				return nil, errs[at]
			}
			if errs[at] != nil {
				failed = append(failed, errs[at])
			}
		}
		if len(failed) == len(group) {
			return nil, errors.Join(failed...)
		}
	}
	return slices.DeleteFunc(started, func(e engines.Engine) bool { return e == nil }), nil
}
