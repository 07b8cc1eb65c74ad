// Package bench measures workloads: it plans which workload runs
// in which style on which engine, measures, and writes Go benchmark format,
// which go test, benchstat and package report of this module read.
//
// A [Cell] is one such combination and has one name in the output. [Catalog]
// selects cells, [Meter] takes samples of some of them side by side, each of which is a
// [Record], and [Log] writes these below a [Header]. What is measured when is the
// business of package plan.
package bench

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"promisebench/engines"
	"promisebench/engines/transform"
	"promisebench/workloads"
)

// DefaultWindow is the number of operations in flight. Benchmark names omit it.
const DefaultWindow = 100

// A Catalog is what there is to measure.
type Catalog struct {
	Workloads []workloads.Workload
	Engines   []engines.Engine
}

// AllGroups is the name of all groups together.
const AllGroups = "all"

// A Filter selects cells. Empty fields select everything but what is optional.
type Filter struct {
	// Workloads are names, or "name/variant" for one variant only.
	Workloads []string
	// Group is one of [workloads.Groups], or empty or [AllGroups] for all.
	// Workloads that are named are selected whatever their group.
	Group  string
	Styles []string
	Awaits []string
	// Match is matched against the whole name of a cell.
	Match *regexp.Regexp
}

// A Setup is how all cells of a selection run.
type Setup struct {
	// Window is the number of operations in flight, 1 or more.
	Window int
	// Emulate, Hooks, Context and Traces are as in [engines.Options].
	Emulate bool
	Hooks   bool
	Context engines.Context
	Traces  engines.Switch
	// DefaultAwait selects each engine's await as it comes without a flag, whatever that
	// means, and names it so: for versions of an engine that differ in it.
	DefaultAwait bool
	// Impl is a promise library that takes the place of the engine's own
	// promises, or empty.
	Impl Impl
}

// An Impl is an implementation of promises in JavaScript.
type Impl struct {
	Name string // in the benchmark's name
	// Script is a CommonJS module whose exports are the constructor. It must
	// have bluebird's function setScheduler.
	Script string
}

// ReadImpl reads a promise library from a node_modules folder.
func ReadImpl(modules fs.FS, name string) (Impl, error) {
	script, err := fs.ReadFile(modules, path.Join(name, "js", "browser", name+".core.js"))
	return Impl{Name: name, Script: string(script)}, err
}

// load puts the library in the place of the realm's Promise and proves that it
// is there. It runs its queue in jobs of native promises, on all engines alike:
// left alone it would take whatever the host offers, such as setImmediate. Its
// timers, with which it announces rejections that nobody has handled yet, never fire.
func (i Impl) load(ctx context.Context, realm engines.Realm) error {
	const module = `(function (global) {
  var native = global.Promise.resolve();
  var module = { exports: {} };
  (function (module, exports, setTimeout) { %s
  })(module, module.exports, function () {});
  module.exports.setScheduler(function (run) { native.then(run); });
  global.Promise = module.exports;
})(this);
log(Function.prototype.toString.call(Promise).indexOf('[native code]') < 0);`
	lines, err := realm.Probe(ctx, i.Name+".js", fmt.Sprintf(module, i.Script))
	if err == nil && (len(lines) != 1 || lines[0] != "true") {
		err = errors.New("the global Promise is the engine's own still")
	}
	if err != nil {
		return fmt.Errorf("impl=%s: %w", i.Name, err)
	}
	return nil
}

// A Cell is one workload variant in one style and await mode on one engine.
type Cell struct {
	Workload workloads.Workload
	Variant  workloads.Variant
	Style    workloads.Style
	Await    engines.AwaitMode
	Engine   engines.Engine
	Setup
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
	await := string(c.Await)
	if c.DefaultAwait {
		await = "default"
	}
	fmt.Fprintf(&b, "/style=%s/await=%s/engine=%s", c.Style.Name, await, c.Engine.Name())
	if c.Impl.Name != "" {
		b.WriteString("/impl=" + c.Impl.Name)
	}
	if len(c.lowered()) > 0 {
		b.WriteString("/impl=lowered")
	}
	if c.Emulate {
		b.WriteString("/emulated=yes")
	}
	if c.Hooks {
		b.WriteString("/hooks=on")
	}
	if c.Context != "" {
		fmt.Fprintf(&b, "/context=%s", c.Context)
	}
	if c.Traces != "" {
		fmt.Fprintf(&b, "/traces=%s", c.Traces)
	}
	if c.Window != DefaultWindow {
		fmt.Fprintf(&b, "/window=%d", c.Window)
	}
	return b.String()
}

// options returns what realms the cell runs in.
func (c Cell) options() engines.Options {
	opts := engines.Options{Await: c.Await, Emulate: c.Emulate, Hooks: c.Hooks, Context: c.Context, Traces: c.Traces}
	if c.Style.Lowered {
		opts.Lower = []engines.Feature{engines.AsyncFunctions}
	}
	opts.Lower = append(opts.Lower, c.lowered()...)
	return opts
}

// lowered returns the syntax that the style needs and that is translated away
// for this cell: what the engine lacks, and all of it where the legacy await
// is emulated, because only the awaits of what comes of it can be rewritten.
func (c Cell) lowered() []engines.Feature {
	emulated := c.Emulate || c.Engine.Await(c.Await) == engines.Emulated
	var list []engines.Feature
	for _, name := range c.Style.Needs {
		if f := engines.Feature(name); emulated || !c.Engine.Supports(f) {
			list = append(list, f)
		}
	}
	return list
}

// WantTicks returns the ticks of operation 0 by the specification, and whether
// they were worked out and bind this cell: not where a library takes the
// promises' place, nor where the engine is known to deviate.
func (c Cell) WantTicks() (ticks int, known bool) {
	if c.Impl.Name != "" || c.Engine.Await(engines.Optimized) == engines.SkipsTicks {
		return 0, false
	}
	lowered := len(c.lowered()) > 0
	used := slices.Clone(c.Variant.Uses)
	if !lowered {
		used = append(used, c.Style.Needs...)
	}
	for _, f := range used {
		if engines.Deviation(c.Engine, engines.Feature(f)) != "" {
			return 0, false
		}
	}
	key := workloads.TickCase{Style: c.Style.Name, Await: string(c.Await), Lowered: lowered}
	if ticks, known = c.Variant.Ticks[key]; !known && lowered {
		key.Lowered = false
		ticks, known = c.Variant.Ticks[key]
	}
	return ticks, known
}

// Group is the group that the cell belongs to.
func (c Cell) Group() workloads.Group {
	if c.Workload.Group == workloads.Core && c.Style.Group != "" {
		return c.Style.Group
	}
	return c.Workload.Group
}

// AwaitSource says where the cell's await mode comes from.
func (c Cell) AwaitSource() engines.AwaitSource {
	return transform.AwaitSource(c.Engine, c.options())
}

// Open returns a realm with the cell's scripts, in which the order program has
// proven that await means what the cell says.
func (c Cell) Open(ctx context.Context) (engines.Realm, error) { return c.open(ctx, c.options(), true) }

// OpenUnproven is Open without the proof, for whoever has it from elsewhere, or
// compares what the engines make of the same await.
func (c Cell) OpenUnproven(ctx context.Context) (engines.Realm, error) {
	return c.open(ctx, c.options(), false)
}

func (c Cell) open(ctx context.Context, opts engines.Options, prove bool) (engines.Realm, error) {
	sources, err := c.Workload.Sources(c.Variant, c.Style)
	if err != nil {
		return nil, err
	}
	realm, err := c.Engine.Open(ctx, opts)
	if err != nil {
		return nil, err
	}
	if prove {
		err = engines.ProveAwait(ctx, realm, c.Await)
	}
	if err == nil && c.Impl.Name != "" {
		err = c.Impl.load(ctx, realm)
	}
	if err == nil {
		err = c.require(ctx, realm)
	}
	for _, s := range sources {
		if err == nil {
			err = realm.Load(ctx, s.Name, s.Text)
		}
	}
	if err == nil && c.Context != "" {
		err = realm.Load(ctx, "enter.js", "operation = promisebenchEnter(operation);")
	}
	if err != nil {
		realm.Close() // the first error is the one to tell
		return nil, err
	}
	return realm, nil
}

// require returns an error, which is a reason to skip, if the realm lacks
// something that the cell's scripts use.
func (c Cell) require(ctx context.Context, realm engines.Realm) error {
	if c.Variant.Requires == "" {
		return nil
	}
	lines, err := realm.Probe(ctx, "requires.js", "log((function () { return "+c.Variant.Requires+"; })() === true);")
	if err == nil && (len(lines) != 1 || lines[0] != "true") {
		err = fmt.Errorf("%s: it needs that %s: %w", c.Engine.Name(), c.Variant.Requires, errors.ErrUnsupported)
	}
	return err
}

// Cells returns the selected cells, legacy before optimized so that benchmark
// tools take legacy as the base. An unknown name and a filter that selects
// nothing are errors that list what exists.
func (cat Catalog) Cells(f Filter, setup Setup) ([]Cell, error) {
	if setup.Window < 1 {
		return nil, fmt.Errorf("window %d: at least 1 operation must be in flight", setup.Window)
	}
	for _, choice := range []struct {
		what   string
		chosen []string
		known  []string
	}{
		{"workload", f.Workloads, cat.workloadNames()},
		{"group", slices.DeleteFunc([]string{f.Group}, func(s string) bool { return s == "" }), groupNames()},
		{"style", f.Styles, names(workloads.Styles(), func(s workloads.Style) string { return s.Name })},
		{"await mode", f.Awaits, names(engines.AwaitModes(), func(m engines.AwaitMode) string { return string(m) })},
	} {
		for _, name := range choice.chosen {
			if !slices.Contains(choice.known, name) {
				return nil, fmt.Errorf("unknown %s %q: there are %s", choice.what, name, strings.Join(choice.known, ", "))
			}
		}
	}
	everything := slices.Collect(cat.all(setup))
	var cells []Cell
	for _, c := range everything {
		if c.variantChosen(f.Workloads) && c.groupChosen(f) && oneOf(f.Styles, c.Style.Name) && oneOf(f.Awaits, string(c.Await)) &&
			(f.Match == nil || f.Match.MatchString(c.Name())) {
			cells = append(cells, c)
		}
	}
	if len(cells) == 0 {
		examples := names(everything[:min(3, len(everything))], Cell.Name)
		within := ""
		if f.Group != "" && f.Group != AllGroups && len(f.Workloads) == 0 {
			within = fmt.Sprintf(" in group %s (--group %s has more)", f.Group, AllGroups)
		}
		return nil, fmt.Errorf("nothing matches%s; names look like %s", within, strings.Join(examples, ", "))
	}
	return cells, nil
}

func oneOf(chosen []string, name string) bool {
	return len(chosen) == 0 || slices.Contains(chosen, name)
}

// variantChosen reports whether the names select the cell's variant.
func (c Cell) variantChosen(chosen []string) bool {
	byName := c.Workload.Name
	if c.Variant.Name != "" {
		byName += "/" + c.Variant.Name
	}
	if slices.Contains(chosen, byName) {
		return true
	}
	return !c.Variant.Optional && oneOf(chosen, c.Workload.Name)
}

// groupChosen reports whether the filter's group has the cell, or its workload
// was named and the group does not matter.
func (c Cell) groupChosen(f Filter) bool {
	return f.Group == "" || f.Group == AllGroups || len(f.Workloads) > 0 || f.Group == string(c.Group()) ||
		slices.Contains(f.Styles, c.Style.Name) && f.Group == string(c.Workload.Group)
}

// InGroup returns a catalog of one group's workloads only.
func (cat Catalog) InGroup(group workloads.Group) Catalog {
	cat.Workloads = slices.DeleteFunc(slices.Clone(cat.Workloads), func(w workloads.Workload) bool { return w.Group != group })
	return cat
}

// groupNames returns all names that a filter's group may have.
func groupNames() []string {
	return append(names(workloads.Groups(), func(g workloads.Group) string { return string(g) }), AllGroups)
}

// workloadNames returns all names that a filter may have.
func (cat Catalog) workloadNames() []string {
	var list []string
	for _, w := range cat.Workloads {
		list = append(list, w.Name)
		for _, v := range w.Variants {
			if v.Name != "" {
				list = append(list, w.Name+"/"+v.Name)
			}
		}
	}
	return list
}

// all yields every cell. Styles without await, in which there is nothing that a
// rewrite could change, run in the engine's own modes only: in one, or in both
// where a flag that changes the whole engine is between them.
func (cat Catalog) all(setup Setup) func(yield func(Cell) bool) {
	return func(yield func(Cell) bool) {
		for _, w := range cat.Workloads {
			for _, v := range w.Variants {
				for _, mode := range engines.AwaitModes() {
					for _, s := range workloads.Styles() {
						for _, e := range cat.Engines {
							if !w.Has(s) {
								continue
							}
							if !s.Awaits && !e.Await(mode).Own() {
								continue
							}
							if own, _ := engines.DefaultAwait(e); setup.DefaultAwait && mode != own {
								continue
							}
							if setup.Impl.Name != "" && (s.NoPromises || s.Awaits && !s.Lowered) {
								continue // no promise there that a script could replace
							}
							if setup.Context != "" && (s.NoPromises || len(s.Needs) > 0 || !e.Await(mode).Own()) {
								continue // nothing carries it, or awaits can't be rewritten
							}
							if setup.Emulate && (s.Lowered || !s.Awaits || mode != engines.Legacy || !transform.HasBoth(e)) {
								continue // there is nothing to compare it with
							}
							setup := setup
							setup.Window = cmp.Or(v.Window, setup.Window)
							if !yield(Cell{Workload: w, Variant: v, Style: s, Await: mode, Engine: e, Setup: setup}) {
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

// Row is what all cells have in common that differ in engine, await and switches only.
func (c Cell) Row() string {
	return fmt.Sprintln(c.Workload.Name, c.Variant.Name, c.Style.Name, c.Window)
}

// Partner is what all cells have in common that differ in await and switches only: their
// ratios are what reports compare.
func (c Cell) Partner() string { return c.Row() + c.Engine.Name() }

// mostAtOnce is how many processes live side by side: the more, the longer each of them
// lives for the same work, and the more of its batches fall between bursts of other work
// on the machine. In a restless hour the standard deviation of ratios of pairs was 9 to
// 16% with 2 at once and 6.4% with 6 (40 blocks each, taken in turns), and 4.8% with 6
// and 3.7% with 18 in another (16 blocks). Each needs memory, up to 100 MB on V8.
const mostAtOnce = 18

// Blocks shares the cells of a round out among blocks, which are measured side by
// side: what the report compares is in one as far as possible. That is always true of
// the await modes of an engine, and where there is room also of the engines that run
// the same. The order is random.
func Blocks(round []Cell, random *rand.Rand) [][]Cell {
	rows := map[string]map[string][]Cell{} // by row, then by engine
	sizes := map[string]int{}
	for _, c := range round {
		row := c.Row()
		if rows[row] == nil {
			rows[row] = map[string][]Cell{}
		}
		rows[row][c.Partner()] = append(rows[row][c.Partner()], c)
		sizes[row]++
	}
	var blocks [][]Cell
	var block []Cell
	full := func(next int) {
		if len(block) > 0 && len(block)+next > mostAtOnce {
			blocks, block = append(blocks, block), nil
		}
	}
	names := slices.Sorted(maps.Keys(rows)) // else the order would not be the seed's
	for _, i := range random.Perm(len(names)) {
		row := rows[names[i]]
		full(min(sizes[names[i]], mostAtOnce))
		partners := slices.Sorted(maps.Keys(row))
		for _, j := range random.Perm(len(partners)) {
			full(len(row[partners[j]]))
			block = append(block, row[partners[j]]...)
		}
	}
	full(mostAtOnce)
	return blocks
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
