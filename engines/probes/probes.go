// Package probes holds small programs with exactly one right output each: what
// an engine must keep when it is changed, and what tells two engines apart.
//
// A probe is a file in js/GROUP/, or one of the programs with which package
// engines proves await modes. It begins with comment lines: what it shows,
// and then fields.
//
//	// Promise.try calls at once with its arguments.
//	// Section: sec-promise.try
//	// Has: Promise.try
//	// Needs: async-await
//	// Await: optimized
//
// Section is the anchor in https://tc39.es/ecma262/ or a whole address. Has
// names functions without one of which there is nothing to probe, Needs the
// syntax as [engines.Feature] names it. Await is there if the output depends on the
// meaning of await. The program follows, which logs lines with log; it may use
// setTimeout (see prelude.js) and ticks (see engines/driver.js). Modules are separated by lines
// "// File: NAME", and the first one imports the others. At the end stands
// what must be logged, as in examples of Go: "// Output:", and a line each.
//
// A program that finds out only by running that what it is about does not exist
// logs "absent: " and the reason instead.
package probes

import (
	"cmp"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"promisebench/engines"
)

//go:embed js
var files embed.FS

//go:embed prelude.js
var prelude string

// A Probe is a program with its right output.
type Probe struct {
	Name    string // GROUP/NAME
	Title   string // what holds if the output is right
	Section string // where that is written
	Needs   []engines.Feature
	Has     []string          // functions, at least one of which must exist; none if empty
	Await   engines.AwaitMode // the mode whose output Want is, or empty for any
	Program string            // empty if there are Modules
	Entry   string            // the module that imports the others
	Modules map[string]string
	Want    []string
}

// URL returns the address of the probe's section.
func (p Probe) URL() string {
	if strings.Contains(p.Section, "://") {
		return p.Section
	}
	return "https://tc39.es/ecma262/#" + p.Section
}

// groups is the order in which tables show them.
func groups() []string {
	return []string{"order", "await", "promise", "combinators", "iteration", "module", "host"}
}

// All returns every probe, by group and name. The error is a mistake in one of
// the files.
func All() ([]Probe, error) {
	list, err := read(files, "js")
	if err != nil {
		return nil, err
	}
	proofs, err := read(engines.Programs(), "programs")
	if err != nil {
		return nil, err
	}
	list = append(list, proofs...)
	slices.SortFunc(list, func(a, b Probe) int {
		return cmp.Or(
			slices.Index(groups(), path.Dir(a.Name))-slices.Index(groups(), path.Dir(b.Name)),
			strings.Compare(a.Name, b.Name))
	})
	return list, nil
}

func read(fsys fs.FS, root string) ([]Probe, error) {
	var list []Probe
	err := fs.WalkDir(fsys, root, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		p, err := parse(strings.TrimSuffix(strings.TrimPrefix(name, root+"/"), ".js"), string(text))
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		list = append(list, p)
		return nil
	})
	return list, err
}

func parse(name, text string) (Probe, error) {
	p := Probe{Name: name}
	if !slices.Contains(groups(), path.Dir(name)) {
		return p, fmt.Errorf("there are only the folders %s", strings.Join(groups(), ", "))
	}
	head, rest, _ := strings.Cut(text, "\n\n")
	for i, line := range strings.Split(head, "\n") {
		line, ok := strings.CutPrefix(line, "// ")
		if !ok {
			return p, fmt.Errorf("line %d: want a comment of fields, then an empty line", i+1)
		}
		if i == 0 {
			p.Title = line
			continue
		}
		switch key, value, _ := strings.Cut(line, ": "); key {
		case "Section":
			p.Section = value
		case "Has":
			p.Has = strings.Split(value, ", ")
		case "Await":
			p.Await = engines.AwaitMode(value)
		case "Needs":
			for f := range strings.SplitSeq(value, ", ") {
				if _, ok := engines.Features()[engines.Feature(f)]; !ok {
					return p, fmt.Errorf("line %d: unknown feature %q", i+1, f)
				}
				p.Needs = append(p.Needs, engines.Feature(f))
			}
		default:
			return p, fmt.Errorf("line %d: unknown field %q: there are Section, Has, Needs and Await", i+1, key)
		}
	}
	program, output, ok := strings.Cut(rest, "\n// Output:\n")
	for line := range strings.Lines(output) {
		line = strings.TrimSuffix(line, "\n")
		if !strings.HasPrefix(line, "// ") {
			return p, fmt.Errorf("output: line %q is no comment", line)
		}
		p.Want = append(p.Want, line[len("// "):])
	}
	if !ok || len(p.Want) == 0 || p.Section == "" {
		return p, fmt.Errorf("a probe needs a Section and an Output")
	}
	p.Program = strings.TrimSpace(program) + "\n"
	for i, file := range strings.Split("\n"+p.Program, "\n// File: ") {
		name, source, _ := strings.Cut(file, "\n")
		switch i {
		case 0: // before the first file, and everything if there are none
			continue
		case 1:
			p.Entry, p.Modules = name, map[string]string{}
		}
		p.Modules[name] = strings.TrimSpace(source) + "\n"
	}
	if p.Modules != nil {
		p.Program = ""
	}
	return p, nil
}

// Source returns the whole program as one text.
func (p Probe) Source() string {
	if p.Modules == nil {
		return p.Program
	}
	var b strings.Builder
	names := []string{p.Entry}
	for name := range p.Modules {
		if name != p.Entry {
			names = append(names, name)
		}
	}
	slices.Sort(names[1:])
	for _, name := range names {
		fmt.Fprintf(&b, "// %s\n%s", name, p.Modules[name])
	}
	return b.String()
}
