package dataset

import (
	"cmp"
	"fmt"
	"strings"

	"golang.org/x/perf/benchmath"

	"promisebench/report/stats"
	"promisebench/report/text"
)

// A Declaration is what a "Unit" line of a text says of a unit.
type Declaration struct {
	Value string
	At    Position
}

// Declared returns what the texts declare of a unit under a key, "better" or
// "assume"; ok is false if nothing.
func (r *Results) Declared(name, key string) (d Declaration, ok bool) {
	u := r.reader.Units().Get(name, key)
	if u == nil {
		return d, false
	}
	file, line := u.Pos()
	return Declaration{u.Value, Position{file, line}}, true
}

// assumption returns how the texts say that samples in a unit are spread.
func (r *Results) assumption(name string) benchmath.Assumption {
	return r.reader.Units().GetAssumption(name)
}

// Exact reports whether a unit is declared not to vary.
func (r *Results) Exact(name string) bool { return r.assumption(name) == benchmath.AssumeExact }

// Better returns which direction of a unit is better: 1 up, -1 down, 0 is not known.
// Rates are better up even if nothing says it.
func (r *Results) Better(name string) int {
	if better := r.reader.Units().GetBetter(name); better != 0 {
		return better
	}
	if strings.HasSuffix(name, "/s") {
		return 1
	}
	return 0
}

// Summarize summarizes values in a unit as the texts declare it.
func (r *Results) Summarize(values []float64, name string) stats.Summary {
	return stats.Summarize(values, name, r.assumption(name))
}

// BenchmarkKey says which benchmark the outcome is of.
func (o Outcome) BenchmarkKey() Key {
	key, _, _ := ParseName(strings.TrimPrefix(o.Name, "Benchmark"))
	return key
}

// Unfinished returns an error if some benchmarks have fewer rounds than others
// although all were measured in each: the run was not finished, or its file was
// cut off. Those that failed or were skipped took part in some rounds only.
func (r *Results) Unfinished() error {
	if !r.Interleaved() {
		return nil
	}
	ended := make(map[Key]bool)
	for _, o := range r.outcomes {
		ended[o.BenchmarkKey()] = true
	}
	var few, many *Cell
	for key, c := range r.cells {
		if ended[key] || !c.Measured() {
			continue
		}
		if few == nil || cmp.Or(cmp.Compare(c.rounds, few.rounds), cmp.Compare(c.Name, few.Name)) < 0 {
			few = c
		}
		if many == nil || cmp.Or(cmp.Compare(many.rounds, c.rounds), cmp.Compare(c.Name, many.Name)) < 0 {
			many = c
		}
	}
	if few == nil || few.rounds == many.rounds {
		return nil
	}
	return fmt.Errorf("the run was not finished, or its file is cut off: %d samples of %s, and %d of %s; 'promisebench run --resume' completes it",
		few.rounds, text.Clip(few.Name, 200), many.rounds, text.Clip(many.Name, 200))
}
