package bench_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"promisebench/bench"
	"promisebench/engines"
	"promisebench/engines/goja"
	"promisebench/engines/quickjs"
	"promisebench/workloads"
)

func names(list []bench.Cell) []string {
	var out []string
	for _, c := range list {
		out = append(out, c.Name())
	}
	return out
}

func TestNamesAreDistinctAndLegal(t *testing.T) {
	seen := map[string]bool{}
	for _, window := range []int{1, bench.DefaultWindow} {
		for _, c := range cells(t, catalog(), bench.Filter{}, window) {
			name := c.Name()
			if seen[name] && c.Variant.Window == 0 { // else it is the same one in all runs
				t.Errorf("%s twice", name)
			}
			seen[name] = true
			// Tools would take a last part of digits for GOMAXPROCS.
			if strings.ContainsAny(name, " \t") || regexp.MustCompile(`-\d+$`).MatchString(name) {
				t.Errorf("%q can't stand in benchmark format", name)
			}
		}
	}
	if !seen["Doxbee/style=async/await=legacy/engine=goja"] ||
		!seen["Doxbee/variant=present/style=promise/await=optimized/engine=quickjs/window=1"] ||
		seen["Doxbee/style=promise/await=legacy/engine=goja"] {
		t.Errorf("unexpected names: %v", slices.Sorted(maps.Keys(seen)))
	}
}

func TestFilters(t *testing.T) {
	for _, c := range []struct {
		filter bench.Filter
		window int
		want   string // part of the error
	}{
		{bench.Filter{Workloads: []string{"dox"}}, 1, `unknown workload "dox": there are doxbee, doxbee/present, doxbee-errors, parallel`},
		{bench.Filter{Group: "x"}, 1, `unknown group "x": there are core, patterns, micro, all`},
		{bench.Filter{Group: "core", Match: regexp.MustCompile("Stream")}, 1, "nothing matches in group core (--group all has more)"},
		{bench.Filter{Styles: []string{"x"}}, 1, `unknown style "x": there are callback, events`},
		{bench.Filter{Awaits: []string{"x"}}, 1, `unknown await mode "x": there are legacy, optimized`},
		{bench.Filter{Match: regexp.MustCompile("nothing")}, 1, "nothing matches; names look like Doxbee/"},
		{bench.Filter{Styles: []string{"promise"}, Awaits: []string{"legacy"}}, 1, "nothing matches"},
		{bench.Filter{}, 0, "at least 1 operation"},
	} {
		_, err := catalog().Cells(c.filter, bench.Setup{Window: c.window})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v, want %q", c.filter, err, c.want)
		}
	}
	got := names(cells(t, on("goja"), bench.Filter{Workloads: []string{"parallel"}, Styles: []string{"async"}}, bench.DefaultWindow))
	want := []string{"Parallel/style=async/await=legacy/engine=goja", "Parallel/style=async/await=optimized/engine=goja"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A group is what it says, and what is named does not need it.
func TestGroups(t *testing.T) {
	count := func(f bench.Filter) map[string]int {
		found := map[string]int{}
		for _, c := range cells(t, on("goja"), f, 1) {
			found[c.Workload.Name+" "+c.Style.Name]++
		}
		return found
	}
	core := slices.Sorted(maps.Keys(count(bench.Filter{Group: "core", Awaits: []string{"legacy"}})))
	want := []string{
		"doxbee async", "doxbee async-transpiled", "doxbee-errors async", "doxbee-errors async-transpiled",
		"middleware async", "middleware async-transpiled", "parallel async", "parallel async-transpiled",
	}
	if !slices.Equal(core, want) {
		t.Errorf("core, legacy: %q, want %q", core, want)
	}
	total := len(count(bench.Filter{Group: bench.AllGroups}))
	if all := len(count(bench.Filter{})); all != total {
		t.Errorf("%d of no group, %d of all", all, total)
	}
	for _, group := range workloads.Groups() {
		total -= len(count(bench.Filter{Group: string(group)}))
	}
	if total != 0 {
		t.Errorf("the groups together miss %d, or overlap", total)
	}
	for what, f := range map[string]bench.Filter{
		"stream for-await": {Group: "core", Workloads: []string{"stream"}},
		"parallel thunk":   {Group: "core", Styles: []string{"thunk"}},
		"doxbee thunk":     {Group: "patterns"},
	} {
		if count(f)[what] == 0 {
			t.Errorf("%+v does not select %s", f, what)
		}
	}
}

// Legacy await reaches async iteration only where that is lowered, and so the
// name says; the engine's own iteration is used where there is one.
func TestLoweredIteration(t *testing.T) {
	cat := bench.Catalog{Workloads: workloads.All(), Engines: []engines.Engine{goja.New(), quickjs.New()}}
	got := names(cells(t, cat, bench.Filter{Workloads: []string{"stream"}, Styles: []string{"for-await"}}, bench.DefaultWindow))
	want := []string{
		"Stream/style=for-await/await=legacy/engine=goja/impl=lowered",
		"Stream/style=for-await/await=legacy/engine=quickjs/impl=lowered",
		"Stream/style=for-await/await=optimized/engine=goja/impl=lowered",
		"Stream/style=for-await/await=optimized/engine=quickjs",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Blocks are all cells once, in an order by the seed; the await modes of an engine are
// never apart, nor rows that fit into a block, and no block has more than 18 processes.
func TestBlocks(t *testing.T) {
	all := cells(t, catalog(), bench.Filter{}, 1)
	blocks := func(seed uint64) [][]bench.Cell { return bench.Blocks(all, rand.New(rand.NewPCG(seed, 0))) }
	sorted := slices.Sorted(slices.Values(names(all)))
	first := blocks(1)
	if !slices.Equal(slices.Sorted(slices.Values(names(slices.Concat(first...)))), sorted) {
		t.Error("not a permutation of the cells")
	}
	if !slices.Equal(names(slices.Concat(first...)), names(slices.Concat(blocks(1)...))) {
		t.Error("the same seed gives another order")
	}
	if slices.Equal(names(slices.Concat(first...)), names(slices.Concat(blocks(2)...))) {
		t.Error("another seed gives the same order")
	}
	seen := map[string]int{}
	for i, block := range first {
		if len(block) > 18 || len(block) == 0 {
			t.Errorf("%d processes: %q", len(block), names(block))
		}
		for _, c := range block {
			for _, what := range []string{c.Partner(), c.Row()} {
				if at, known := seen[what]; known && at != i {
					t.Errorf("%s is apart from others of %q", c.Name(), what)
				}
				seen[what] = i
			}
		}
	}
	// A row of many engines is in several blocks.
	var many []bench.Cell
	for i := range 30 {
		c := all[0]
		c.Engine = named{c.Engine, fmt.Sprint("e", i)}
		many = append(many, c)
	}
	if blocks := bench.Blocks(many, rand.New(rand.NewPCG(1, 0))); len(blocks) != 2 || len(blocks[0]) != 18 || len(blocks[1]) != 12 {
		t.Errorf("%d blocks", len(blocks))
	}
}

// A named engine is another one under a name.
type named struct {
	engines.Engine
	name string
}

func (n named) Name() string { return n.name }

func TestAHangBecomesAFailure(t *testing.T) {
	text := "async function operation() { for (;;) await 0; }"
	cat := bench.Catalog{Engines: catalog().Engines}
	cat.Workloads = append(cat.Workloads, rewritten(t, "doxbee", "async", text))
	m := meter()
	m.Timeout = 300 * time.Millisecond
	for _, c := range cells(t, cat, bench.Filter{Styles: []string{"async"}, Awaits: []string{"optimized"}}, 10) {
		o := m.Measure(t.Context(), c)[0]
		if o.Err == nil || !strings.Contains(o.Err.Error(), c.Engine.Name()+": ") || !strings.Contains(o.Err.Error(), "timed out after 300ms") {
			t.Errorf("%s: %v", c.Name(), o.Err)
		}
	}
}

func TestHostConditions(t *testing.T) {
	root := fstest.MapFS{
		"proc/cpuinfo":   {Data: []byte("processor : 0\nmodel name\t: Some CPU: 3 GHz\n")},
		"etc/os-release": {Data: []byte("ID=x\nPRETTY_NAME=\"Some Linux 1\"\n")},
	}
	got := map[string]string{}
	for _, c := range bench.Host(root) {
		if !regexp.MustCompile(`^[a-z][a-z0-9-]*$`).MatchString(c.Key) || strings.ContainsAny(c.Value, "\n") || c.Value == "" {
			t.Errorf("%q: %q is no line of benchmark format", c.Key, c.Value)
		}
		got[c.Key] = c.Value
	}
	if got["cpu"] != "Some CPU: 3 GHz" || got["os"] != "Some Linux 1" {
		t.Errorf("got %q", got)
	}
	for _, c := range bench.Host(fstest.MapFS{}) {
		if (c.Key == "cpu" || c.Key == "os") && c.Value != "unknown" {
			t.Errorf("%s: %q where nothing can be read", c.Key, c.Value)
		}
	}
}

// The figures have an engine's own awaits only, no variants, and fewer operations in
// flight for async functions alone.
func TestArticle(t *testing.T) {
	list, err := on("goja").Article()
	if err != nil {
		t.Fatal(err)
	}
	got := names(list)
	slices.Sort(got)
	want := []string{
		"Doxbee/style=async-transpiled/await=optimized/engine=goja/window=10000",
		"Doxbee/style=async/await=optimized/engine=goja",
		"Doxbee/style=async/await=optimized/engine=goja/window=10000",
		"Doxbee/style=promise/await=optimized/engine=goja/window=10000",
		"Parallel/style=async-transpiled/await=optimized/engine=goja/window=10000",
		"Parallel/style=async/await=optimized/engine=goja",
		"Parallel/style=async/await=optimized/engine=goja/window=10000",
		"Parallel/style=promise/await=optimized/engine=goja/window=10000",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
