package gate_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"promisebench/bench"
	"promisebench/bench/gate"
	"promisebench/engines"
	"promisebench/engines/goja"
	"promisebench/workloads"
)

// changed is an engine that differs from the one of its name.
type changed struct {
	engines.Engine
	supports bool                // all syntax
	legacy   engines.AwaitSource // where the legacy await comes from
}

func (c changed) Supports(f engines.Feature) bool { return c.supports || c.Engine.Supports(f) }

func (c changed) Await(mode engines.AwaitMode) engines.AwaitSource {
	if mode == engines.Legacy && c.legacy != "" {
		return c.legacy
	}
	return c.Engine.Await(mode)
}

// ofSide is an engine that has the name of its side for a version.
type ofSide struct {
	engines.Engine
	gate.Side
}

func (o ofSide) Version() string        { return o.String() }
func (o ofSide) Unwrap() engines.Engine { return o.Engine }

// behindFlag is an engine that has both modes, the optimized one behind a flag.
type behindFlag struct{ engines.Engine }

func (behindFlag) DefaultAwait() (engines.AwaitMode, bool) { return engines.Legacy, true }

// A benchmark that one side lacks is an error, and one in an await mode that is
// own to only one side is named: neither goes unnoticed.
func TestBenchmarks(t *testing.T) {
	own := changed{Engine: goja.New(), legacy: engines.Native}
	const byDefault = "each as it comes"
	const legacy = "Parallel/style=async/await=legacy/engine=goja"
	for _, c := range []struct {
		name         string
		workload     string
		style, await string
		base, head   engines.Engine
		want         int
		leftOut, err string
	}{
		{name: "alike", workload: "parallel", style: "async", base: goja.New(), head: goja.New(), want: 1},
		{"another syntax", "async-iteration", "for-await", "", goja.New(), changed{Engine: goja.New(), supports: true}, 0, "",
			"head has no benchmark AsyncIteration/variant=pages/style=for-await/await=optimized/engine=goja/impl=lowered"},
		{"the other way round", "async-iteration", "for-await", "", changed{Engine: goja.New(), supports: true}, goja.New(), 0, "",
			"head has no benchmark AsyncIteration/variant=pages/style=for-await/await=optimized/engine=goja:"},
		{name: "head has a mode more", workload: "parallel", style: "async", base: goja.New(), head: own, want: 1, leftOut: legacy},
		{name: "base has a mode more", workload: "parallel", style: "async", base: own, head: goja.New(), want: 1, leftOut: legacy},
		{name: "both have both modes", workload: "parallel", style: "async", base: own, head: own, want: 2},
		{name: "a mode that was asked for", workload: "parallel", style: "async", await: "legacy", base: goja.New(), head: own, want: 1},
		// Its own is legacy, as if it were Node.js 11: both have one benchmark of one name.
		{name: byDefault, workload: "parallel", style: "async", base: behindFlag{own}, head: goja.New(), want: 1},
		{name: "unknown workload", workload: "x", style: "async", base: goja.New(), head: own, err: `base: unknown workload "x"`},
	} {
		filter := bench.Filter{Workloads: []string{c.workload}, Styles: []string{c.style}, Awaits: strings.Fields(c.await)}
		list, leftOut, err := gate.Benchmarks([2]gate.Build{build(ofSide{c.base, gate.Base}), build(ofSide{c.head, gate.Head})}, workloads.All(), filter, bench.Setup{Window: bench.DefaultWindow, DefaultAwait: c.name == byDefault})
		if len(list) != c.want || strings.Join(leftOut, " ") != c.leftOut || (err == nil) != (c.err == "") || err != nil && !strings.HasPrefix(err.Error(), c.err) {
			t.Errorf("%s: %d benchmarks, left out %q, %v", c.name, len(list), leftOut, err)
		}
		for _, b := range list {
			if b[gate.Base].Engine.Version() != "base" || b[gate.Head].Engine.Version() != "head" {
				t.Errorf("%s: %s is not of both sides", c.name, b.Name())
			}
		}
	}
}

// All shards together are all benchmarks, each once, and about equal parts.
func TestShards(t *testing.T) {
	var list []gate.Benchmark
	for i := range 10 {
		c := bench.Cell{Engine: goja.New(), Setup: bench.Setup{Window: i + 1}}
		list = append(list, gate.Benchmark{c, c})
	}
	for n := 1; n <= len(list); n++ {
		var names []string
		for i := 1; i <= n; i++ {
			shard, err := gate.ParseShard(fmt.Sprintf("%d/%d", i, n))
			if err != nil || shard.String() != fmt.Sprintf("%d/%d", i, n) {
				t.Fatalf("%d/%d: %v, %v", i, n, shard, err)
			}
			part, err := shard.Select(list)
			if err != nil || len(part) < len(list)/n || len(part) > len(list)/n+1 {
				t.Errorf("%v: %d benchmarks, %v", shard, len(part), err)
			}
			for _, b := range part {
				names = append(names, b.Name())
			}
		}
		slices.Sort(names)
		if len(names) != len(list) || len(slices.Compact(names)) != len(list) {
			t.Errorf("%d shards have %q", n, names)
		}
	}
	if _, err := (gate.Shard{Part: 11, Of: 11}).Select(list); err == nil || err.Error() != "there are only 10 benchmarks" {
		t.Errorf("an empty shard: %v", err)
	}
	if shard, err := gate.ParseShard(""); shard != (gate.Shard{Part: 1, Of: 1}) || err != nil {
		t.Errorf("no shard is %v, %v", shard, err)
	}
	for _, text := range []string{"1", "0/2", "3/2", "1/x", "x/1", "-1/1", "1/2/3", "/"} {
		if shard, err := gate.ParseShard(text); err == nil {
			t.Errorf("%q is shard %v", text, shard)
		}
	}
}
