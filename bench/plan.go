// Package bench says HOW workloads are measured: it plans which workload runs
// in which style on which engine, measures, and writes Go benchmark format,
// which go test, benchstat and package report of this module read.
//
// A [Cell] is one such combination and has one name in the output. [Catalog]
// selects cells, [Meter] takes one sample of a cell, [Run] takes all samples
// of a plan in interleaved rounds, and [Log] writes what came of each.
package bench

import (
	"context"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"promisebench/engines"
	"promisebench/workloads"
)

// DefaultWindow is the number of operations in flight that names leave out.
const DefaultWindow = 1000

// A Catalog is what there is to measure.
type Catalog struct {
	Workloads []workloads.Workload
	Engines   []engines.Engine
}

// A Filter selects cells. Empty fields select everything.
type Filter struct {
	Engines, Workloads, Styles, Awaits []string
	// Match is matched against the whole name of a cell.
	Match *regexp.Regexp
}

// A Cell is one workload variant in one style and await mode on one engine.
type Cell struct {
	Workload workloads.Workload
	Variant  workloads.Variant
	Style    workloads.Style
	Await    engines.AwaitMode
	Engine   engines.Engine
	// Window is the number of operations in flight, 1 or more.
	Window int
}

// Name is the cell's benchmark name without "Benchmark" and GOMAXPROCS, like
// "Doxbee/style=async/await=legacy/engine=goja". Parts that have their default
// value, such as the variant here, are left out.
func (c Cell) Name() string {
	var b strings.Builder
	for word := range strings.SplitSeq(c.Workload.Name, "-") {
		for i, r := range word {
			if i == 0 {
				r = unicode.ToUpper(r)
			}
			b.WriteRune(r)
		}
	}
	if c.Variant.Name != "" {
		b.WriteString("/variant=" + c.Variant.Name)
	}
	fmt.Fprintf(&b, "/style=%s/await=%s/engine=%s", c.Style.Name, c.Await, c.Engine.Name())
	if c.Window != DefaultWindow {
		fmt.Fprintf(&b, "/window=%d", c.Window)
	}
	return b.String()
}

// Open returns a realm with the cell's scripts, in which the order program has
// proven that await means what the cell says.
func (c Cell) Open(ctx context.Context) (engines.Realm, error) {
	opts := engines.Options{Await: c.Await}
	if c.Style.Lowered {
		opts.Lower = []engines.Feature{engines.AsyncFunctions}
	}
	sources, err := c.Workload.Sources(c.Variant, c.Style)
	if err != nil {
		return nil, err
	}
	realm, err := c.Engine.Open(ctx, opts)
	if err != nil {
		return nil, err
	}
	err = engines.ProveAwait(ctx, realm, c.Await)
	for _, s := range sources {
		if err == nil {
			err = realm.Load(ctx, s.Name, s.Text)
		}
	}
	if err != nil {
		realm.Close() // the first error is the one to tell
		return nil, err
	}
	return realm, nil
}

// Cells returns the selected cells, legacy before optimized so that benchmark
// tools take legacy as the base. An unknown name and a filter that selects
// nothing are errors that list what exists.
func (cat Catalog) Cells(f Filter, window int) ([]Cell, error) {
	if window < 1 {
		return nil, fmt.Errorf("window %d: at least 1 operation must be in flight", window)
	}
	for _, choice := range []struct {
		what   string
		chosen []string
		known  []string
	}{
		{"workload", f.Workloads, names(cat.Workloads, func(w workloads.Workload) string { return w.Name })},
		{"style", f.Styles, names(workloads.Styles(), func(s workloads.Style) string { return s.Name })},
		{"await mode", f.Awaits, names(engines.AwaitModes(), func(m engines.AwaitMode) string { return string(m) })},
	} {
		if err := known(choice.what, choice.chosen, choice.known); err != nil {
			return nil, err
		}
	}
	if err := cat.KnowsEngines(f.Engines); err != nil {
		return nil, err
	}
	var cells []Cell
	selected := func(chosen []string, name string) bool {
		return len(chosen) == 0 || slices.Contains(chosen, name)
	}
	for c := range cat.all(window) {
		if selected(f.Workloads, c.Workload.Name) && selected(f.Styles, c.Style.Name) &&
			selected(f.Awaits, string(c.Await)) && selected(f.Engines, c.Engine.Name()) &&
			(f.Match == nil || f.Match.MatchString(c.Name())) {
			cells = append(cells, c)
		}
	}
	if len(cells) == 0 {
		var examples []string
		for c := range cat.all(window) {
			examples = append(examples, c.Name())
		}
		return nil, fmt.Errorf("nothing matches; names look like %s", strings.Join(examples[:min(3, len(examples))], ", "))
	}
	return cells, nil
}

// KnowsEngines returns nil if there is an engine of each name.
func (cat Catalog) KnowsEngines(chosen []string) error {
	return known("engine", chosen, names(cat.Engines, engines.Engine.Name))
}

// known returns an error that lists what exists if a chosen name does not.
func known(what string, chosen, existing []string) error {
	for _, name := range chosen {
		if !slices.Contains(existing, name) {
			return fmt.Errorf("unknown %s %q: there are %s", what, name, strings.Join(existing, ", "))
		}
	}
	return nil
}

// all yields every cell. Styles without await have only the optimized mode:
// there is nothing in them that the mode could change.
func (cat Catalog) all(window int) func(yield func(Cell) bool) {
	return func(yield func(Cell) bool) {
		for _, w := range cat.Workloads {
			for _, v := range w.Variants {
				for _, mode := range engines.AwaitModes() {
					for _, s := range workloads.Styles() {
						for _, e := range cat.Engines {
							if mode == engines.Legacy && !s.Awaits {
								continue
							}
							if !yield(Cell{w, v, s, mode, e, window}) {
								return
							}
						}
					}
				}
			}
		}
	}
}

func names[T any](list []T, name func(T) string) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = name(v)
	}
	return out
}

// Round returns the cells in the order in which round n measures them. Each
// round has every cell once, in an order of its own: what else the machine
// does then falls on all cells alike instead of on the last ones.
func Round(cells []Cell, seed uint64, n int) []Cell {
	order := slices.Clone(cells)
	random := rand.New(rand.NewPCG(seed, uint64(n)))
	random.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	return order
}

// Engines returns the engines of the cells, each once, as they come.
func Engines(cells []Cell) []engines.Engine {
	var list []engines.Engine
	seen := map[string]bool{}
	for _, c := range cells {
		if !seen[c.Engine.Name()] {
			seen[c.Engine.Name()] = true
			list = append(list, c.Engine)
		}
	}
	return list
}
