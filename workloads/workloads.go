// Package workloads says WHAT is run: one table of workloads, each with its
// JavaScript in several styles and the checksum that every style must give.
// It knows no engine and imports nothing else of promisebench.
//
// # Add a workload
//
// Put its JavaScript under js/NAME: common.js with what all styles share, and
// one file a style that defines the global function operation (package engines
// says what that must do). Then add a stanza to [All] with the parameters and
// a Go function that computes the result of operation i. Lists, runs, tables,
// charts and tests pick it up from there.
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

// A Style is one way to write asynchronous JavaScript.
type Style struct {
	Name string
	// Awaits says that its scripts use await, so that the await mode matters.
	Awaits bool
	// Lowered says that its async functions are translated away before the
	// engine sees them, as bundlers do for old browsers.
	Lowered bool

	file string // the workload's script in this style
	libs []string
}

// Styles lists all styles, oldest first.
func Styles() []Style {
	promises := []string{"promises.js"}
	return []Style{
		{Name: "callback", file: "callback.js", libs: []string{"callbacks.js"}},
		{Name: "promise", file: "promise.js", libs: promises},
		{Name: "generator", file: "generator.js", libs: append(promises, "spawn.js")},
		{Name: "async", Awaits: true, file: "async.js", libs: promises},
		{Name: "async-transpiled", Awaits: true, Lowered: true, file: "async.js", libs: promises},
	}
}

// A Workload is a task that can be written in every style.
type Workload struct {
	// Name is in kebab-case and without digits at the end of a part.
	Name string
	// About says in a line what it does.
	About string
	// Variants are the same scripts with other parameters. The first one is
	// the default and has no name.
	Variants []Variant
	// Styles names the styles that it is written in. Empty means all.
	Styles []string

	scripts fs.FS // common.js and one file a style; nil: embedded, at dir
	dir     string
	alone   map[string]Source // by style, for [Custom]
}

// A Variant is a workload with its parameters.
type Variant struct {
	Name  string // empty for the default one
	About string
	// Optional variants are measured only when asked for by name, the default
	// one by the workload's.
	Optional bool
	// Params is what the scripts find as the global constant params.
	Params any
	// Result is what operation i must yield, computed without JavaScript.
	Result func(i int) int32
	// Rejects says that some operations reject on purpose, with an object whose
	// property checksum stands for the clean-up; Result is its complement then.
	Rejects bool
	// Ticks is how many turns of the microtask queue operation 0 takes when
	// it runs alone, worked out by hand from the specification. The keys are
	// "style/await mode"; styles whose count nobody worked out are left out.
	Ticks map[string]int
}

// A Source is a script to load, in order.
type Source struct {
	Name string
	Text string
}

// New returns a workload whose scripts are not among the embedded ones.
func New(name, about string, scripts fs.FS, variants ...Variant) Workload {
	return Workload{Name: name, About: about, Variants: variants, scripts: scripts}
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
	for _, lib := range s.libs {
		if err := read(files, "js/lib", lib, "lib"); err != nil {
			return nil, err
		}
	}
	scripts, dir := w.scripts, "."
	if scripts == nil {
		scripts, dir = files, path.Join("js", w.dir)
	}
	for _, name := range []string{"common.js", s.file} {
		if err := read(scripts, dir, name, w.Name); err != nil {
			return nil, err
		}
	}
	return sources, nil
}

// Has reports whether the workload is written in a style.
func (w Workload) Has(s Style) bool { return len(w.Styles) == 0 || slices.Contains(w.Styles, s.Name) }

// Checksum is the sum of the results of operations 0 to ops-1, with 32-bit
// wrap-around, which is what a batch of them must add up to.
func (v Variant) Checksum(ops int) int32 {
	var sum int32
	for i := range ops {
		sum += v.Result(i)
	}
	return sum
}
