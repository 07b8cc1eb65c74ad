package dataset

import (
	"math"

	"golang.org/x/perf/benchfmt"
)

// A Cell holds all samples of one benchmark.
type Cell struct {
	Key
	Name  string // as first written, without "Benchmark"
	Label string // the workload's name for readers
	// InMatrix says whether the name has style and engine. If not, the cell
	// has its place in the table of other benchmarks only.
	InMatrix bool
	// Values has the samples of each unit in the order measured, NaN where a
	// round has none. They are not to be changed.
	Values map[string][]float64
	// First is the first line that was used. A line in none of its units, executed
	// instructions apart, measured something else.
	First Position

	// rounds counts the lines of this benchmark, usable or not: the index of
	// the next sample.
	rounds int
	units  []string // of the first line
	// unused counts the values of each unit that could not be used, and as
	// wholeLine the lines of which none could.
	unused map[string]int
}

// wholeLine stands in place of a unit for all of a line.
const wholeLine = ""

// Measured reports whether there is any sample, in whatever unit.
func (c *Cell) Measured() bool { return c != nil && len(c.Values) > 0 }

// leftOut counts what could not be used.
func (c *Cell) leftOut(unit string) {
	if c.unused == nil {
		c.unused = make(map[string]int)
	}
	c.unused[unit]++
}

// skipLine leaves out a line, whose round goes by without a sample.
func (c *Cell) skipLine() {
	c.leftOut(wholeLine)
	c.rounds++
}

// add sets the value of unit in the current round.
func (c *Cell) add(unit string, value float64) {
	v := c.Values[unit]
	for len(v) < c.rounds {
		v = append(v, math.NaN())
	}
	c.Values[unit] = append(v, value)
}

// benchmark returns what is known of a benchmark name (without "Benchmark"),
// making it and its cell if necessary.
func (r *Results) benchmark(name benchfmt.Name) *benchmark {
	if b := r.benchmarks[string(name)]; b != nil {
		return b
	}
	key, label, inMatrix := ParseName(string(name))
	c := r.cells[key]
	if c == nil {
		c = &Cell{Key: key, Name: name.String(), Label: label, InMatrix: inMatrix, rounds: r.firstRound, Values: make(map[string][]float64)}
		r.cells[key] = c
	}
	b := &benchmark{cell: c}
	r.benchmarks[string(name)] = b
	return b
}
