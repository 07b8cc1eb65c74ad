// Package workloads says WHAT is run: one table of workloads, each with its
// JavaScript in several styles and the checksum that every style must give.
// It knows no engine and imports nothing else of promisebench.
//
// README.md in this folder says how to add one, and what all of them have in common.
package workloads

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"slices"
)

//go:embed js
var files embed.FS

// A Group says for whom a workload or a style is.
type Group string

const (
	// Core is what everybody measures: it stays short.
	Core Group = "core"
	// Patterns are the ways in which programs wait, join, iterate and recover.
	Patterns Group = "patterns"
	// Micro is one feature of promises each, with nothing around it.
	Micro Group = "micro"
)

// Groups lists all groups.
func Groups() []Group { return []Group{Core, Patterns, Micro} }

// A Style is one way to write asynchronous JavaScript.
type Style struct {
	Name string
	// About says in a line what it is.
	About string
	// Awaits says that its scripts use await, so that the await mode matters.
	Awaits bool
	// Lowered says that its async functions are translated away before the
	// engine sees them, as bundlers do for old browsers.
	Lowered bool
	// NoPromises says that its operations call back: there is no promise in
	// them that a library could take the place of.
	NoPromises bool
	// Needs lists syntax that its scripts have and not every engine, by the
	// names that package engines gives it.
	Needs []string
	// Group is where its cells belong even if the workload is in the core;
	// empty is the workload's.
	Group Group
	// Rows are as in [Workload].
	Rows []string

	file string // the workload's script in this style
	libs []string
}

// Styles lists all styles, oldest first.
func Styles() []Style {
	promises := []string{"promises.js"}
	return []Style{
		{Name: "callback", About: "functions that are called back", Rows: []string{"S9", "S20"},
			NoPromises: true, file: "callback.js", libs: []string{"callbacks.js"}},
		{Name: "events", About: "listeners of data and end", Rows: []string{"S10", "S20"},
			NoPromises: true, file: "events.js", libs: []string{"callbacks.js", "emitter.js"}},
		{Name: "thunk", About: "generators that yield thunks to a runner", Rows: []string{"S12"}, Group: Patterns,
			NoPromises: true, file: "thunk.js", libs: []string{"callbacks.js", "thunks.js"}},
		{Name: "promise", About: "chains of then", Rows: []string{"S7", "S9"}, file: "promise.js", libs: promises},
		{Name: "generator", About: "generators that yield promises to a spawn function", Rows: []string{"S9", "S12"},
			file: "generator.js", libs: append(promises, "spawn.js")},
		{Name: "async", About: "async functions", Rows: []string{"S7", "S9"}, Awaits: true, file: "async.js", libs: promises},
		{Name: "async-transpiled", About: "async functions lowered to generators", Awaits: true, Lowered: true,
			file: "async.js", libs: promises},
		{Name: "for-await", About: "async generators and for await", Rows: []string{"S10", "S15"}, Awaits: true,
			Needs: []string{"async-generator", "for-await"}, file: "for-await.js", libs: append(promises, "iteration.js")},
	}
}

// A Workload is a task that can be written in every style.
type Workload struct {
	// Name is in kebab-case and without digits at the end of a part.
	Name string
	// About says in a line what it does.
	About string
	// Variants are the same scripts with other parameters. The first one may
	// go without a name: it is the default, and the others change something.
	Variants []Variant
	// Group is the one that it is measured with.
	Group Group
	// Rows lists the patterns that it stands for, by their numbers in the list
	// of what the project's sources describe: S1 to S22.
	Rows []string

	scripts fs.FS // common.js and one file a style; nil: embedded, at dir
	dir     string
	alone   map[string]Source // by style, for [Custom]
	libs    []string          // what its scripts use besides the style's
}

// A Variant is a workload with its parameters.
type Variant struct {
	Name  string // empty for the default one
	About string
	// Optional variants are measured only when asked for by name, the default
	// one by the workload's.
	Optional bool
	// Window is how many operations are to be in flight, whatever a run says; 0 leaves it
	// to the run.
	Window int
	// Params is what the scripts find as the global constant params.
	Params any
	// Result is what operation i must yield, computed without JavaScript.
	Result func(i int) int32
	// Requires is a JavaScript expression that is true where a realm has what
	// the scripts use; empty if every engine has. Where it is not, that is a
	// reason to skip.
	Requires string
	// Uses lists functions that some engines give other ticks, by the names that
	// package engines gives them.
	Uses []string
	// Rejects says that some operations reject on purpose, with an object whose
	// property checksum stands for the clean-up; Result is its complement then.
	Rejects bool
	// Ticks is how many turns of the microtask queue operation 0 takes when
	// it runs alone, worked out by hand from the specification; styles whose
	// count nobody worked out are left out.
	Ticks map[TickCase]int
}

// A TickCase is what the number of ticks depends on, besides the variant.
type TickCase struct {
	Style string
	Await string // the mode: legacy or optimized
	// Lowered says that syntax which the style needs is translated away, in a
	// case of its own only if that makes a difference.
	Lowered bool
}

// A Source is a script to load, in order.
type Source struct {
	Name string
	Text string
}

// New returns a workload whose scripts are not among the embedded ones.
func New(name, about string, scripts fs.FS, variants ...Variant) Workload {
	return Workload{Name: name, About: about, Group: Core, Variants: variants, scripts: scripts}
}

// Sources returns the scripts of a workload: its parameters, the style's
// library, what all styles share, and the style's own script.
func (w Workload) Sources(v Variant, s Style) ([]Source, error) {
	if w.alone != nil {
		return []Source{w.alone[s.Name]}, nil
	}
	params, err := json.Marshal(v.Params)
	if err != nil {
		return nil, fmt.Errorf("workload %s: parameters: %w", w.Name, err)
	}
	sources := []Source{{w.Name + "/params.js", "const params = " + string(params) + ";"}}
	read := func(fsys fs.FS, dir, name, shown string) error {
		text, err := fs.ReadFile(fsys, path.Join(dir, name))
		if err != nil {
			return fmt.Errorf("workload %s, style %s: %w", w.Name, s.Name, err)
		}
		sources = append(sources, Source{path.Join(shown, name), string(text)})
		return nil
	}
	for _, lib := range slices.Concat(w.libs, s.libs) {
		if slices.ContainsFunc(sources, func(s Source) bool { return s.Name == "lib/"+lib }) {
			continue
		}
		if err := read(files, "js/lib", lib, "lib"); err != nil {
			return nil, err
		}
	}
	scripts, dir := w.folder()
	for _, name := range []string{"common.js", s.file} {
		if err := read(scripts, dir, name, w.Name); err != nil {
			return nil, err
		}
	}
	return sources, nil
}

// Has reports whether the workload is written in a style: whether the style's
// script is there.
func (w Workload) Has(s Style) bool {
	if w.alone != nil {
		_, ok := w.alone[s.Name]
		return ok
	}
	scripts, dir := w.folder()
	_, err := fs.Stat(scripts, path.Join(dir, s.file))
	return err == nil
}

// folder returns where the workload's scripts are.
func (w Workload) folder() (fs.FS, string) {
	if w.scripts != nil {
		return w.scripts, "."
	}
	return files, path.Join("js", w.dir)
}

// Checksum is the sum of the results of operations 0 to ops-1, with 32-bit
// wrap-around, which is what a batch of them must add up to.
func (v Variant) Checksum(ops int) int32 {
	var sum int32
	for i := range ops {
		sum += v.Result(i)
	}
	return sum
}
