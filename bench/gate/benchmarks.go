package gate

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"promisebench/bench"
	"promisebench/engines"
	"promisebench/workloads"
)

// A Benchmark is a cell on each [Side]. The two have the same name, and differ in
// nothing but what is to be compared, which is behind their engines.
type Benchmark [2]bench.Cell

// Name is the name of both cells.
func (b Benchmark) Name() string { return b[Base].Name() }

// Benchmarks returns the benchmarks of a selection; it is an error if one side
// lacks one that the other has. Without a choice of await modes in the filter
// these are the modes that are own to both sides, unless the setup asks for what each has
// by default; leftOut has the names of benchmarks in a mode that is own to only one.
func Benchmarks(builds [2]Build, list []workloads.Workload, filter bench.Filter, setup bench.Setup) (benchmarks []Benchmark, leftOut []string, err error) {
	found := map[string]*Benchmark{}
	var names []string
	for _, side := range Sides() {
		cells, err := bench.Catalog{Workloads: list, Engines: builds[side].Engines}.Cells(filter, setup)
		if err != nil {
			return nil, nil, fmt.Errorf("%v: %w", side, err)
		}
		for _, c := range cells {
			name := c.Name()
			if found[name] == nil {
				found[name] = new(Benchmark)
				names = append(names, name)
			}
			found[name][side] = c
		}
	}
	for _, name := range names {
		pair := found[name]
		if len(filter.Awaits) == 0 && !setup.DefaultAwait {
			own := 0
			for _, b := range builds {
				if b.hasOwnAwait(pair) {
					own++
				}
			}
			if own == 1 { // an emulated mode, which is own to neither, needs no word
				leftOut = append(leftOut, name)
			}
			if own < 2 {
				continue
			}
		}
		for _, side := range Sides() {
			if pair[side].Engine == nil {
				return nil, nil, fmt.Errorf("%v has no benchmark %s: choose with --workload, --style, --await or --filter what both have", side, name)
			}
		}
		benchmarks = append(benchmarks, *pair)
	}
	if len(benchmarks) == 0 {
		return nil, nil, errors.New("no benchmark has a native await mode on both sides: choose one with --await")
	}
	return benchmarks, leftOut, nil
}

// hasOwnAwait reports whether the await mode of a benchmark, which one side may
// lack, is own to this build's engine of that name.
func (b Build) hasOwnAwait(pair *Benchmark) bool {
	c := pair[Base]
	if c.Engine == nil {
		c = pair[Head]
	}
	return slices.ContainsFunc(b.Engines, func(e engines.Engine) bool {
		return e.Name() == c.Engine.Name() && e.Await(c.Await).Own()
	})
}

// A Shard is a part of the benchmarks of a gate, which several machines may
// measure: number Part, from 1, of Of.
type Shard struct{ Part, Of int }

// ParseShard reads "i/n" with i from 1 to n; anything else is an error. Empty is the
// whole, 1/1.
func ParseShard(text string) (Shard, error) {
	if text == "" {
		return Shard{1, 1}, nil
	}
	part, of, ok := strings.Cut(text, "/")
	i, err1 := strconv.Atoi(part)
	n, err2 := strconv.Atoi(of)
	if !ok || err1 != nil || err2 != nil || i < 1 || i > n {
		return Shard{}, errors.New("want i/n with i from 1 to n, such as 1/4")
	}
	return Shard{i, n}, nil
}

// String returns the shard as ParseShard reads it.
func (s Shard) String() string { return fmt.Sprintf("%d/%d", s.Part, s.Of) }

// Select returns the benchmarks of the shard. All cost about the same, since each
// has the same number of batches of the same length; dealing them out one by one
// gives each shard some of every workload as well. It is an error if the shard has none.
func (s Shard) Select(list []Benchmark) ([]Benchmark, error) {
	var part []Benchmark
	for i := s.Part - 1; i < len(list); i += s.Of {
		part = append(part, list[i])
	}
	if len(part) == 0 {
		return nil, fmt.Errorf("there are only %d benchmarks", len(list))
	}
	return part, nil
}
