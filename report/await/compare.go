package await

import (
	"fmt"
	"slices"

	"golang.org/x/perf/benchmath"

	"promisebench/report/dataset"
	"promisebench/report/stats"
	"promisebench/report/text"
	"promisebench/report/unit"
)

// A Comparison is legacy against optimized await, everything else being equal.
type Comparison struct {
	dataset.Place                   // of optimized await
	Ratio             stats.Ratio   // optimized/legacy
	Legacy, Optimized stats.Summary // seconds per operation
	// Delta and Test are what benchstat prints: the change of the median if it
	// is significant at 5% (else "~"), and p-value and sample sizes. That way the
	// numbers can be checked with benchstat.
	delta, test string
	warnings    []error
}

// compareAll returns all comparisons of await modes that the results allow.
func (m *Modes) compareAll() []Comparison {
	var list []Comparison
	for _, row := range m.matrix.Rows {
		if row.Await != dataset.Optimized {
			continue
		}
		before := row
		before.Await = dataset.Legacy
		for _, engine := range m.matrix.Engines {
			old, new := dataset.Place{Row: before, Engine: engine}, dataset.Place{Row: row, Engine: engine}
			if m.matrix.Summary(old, unit.Time).N > 0 && m.matrix.Summary(new, unit.Time).N > 0 {
				list = append(list, m.compare(old, new))
			}
		}
	}
	return list
}

// compare compares the times of two await modes.
func (m *Modes) compare(before, after dataset.Place) Comparison {
	c := Comparison{
		Place:     after,
		Ratio:     stats.RatioOf(m.matrix.Samples(before, unit.Time), m.matrix.Samples(after, unit.Time)),
		Legacy:    m.matrix.Summary(before, unit.Time),
		Optimized: m.matrix.Summary(after, unit.Time),
	}
	test := benchmath.AssumeNothing.Compare(c.Legacy.Sample(), c.Optimized.Sample())
	c.delta = test.FormatDelta(c.Legacy.Center, c.Optimized.Center)
	c.test = test.String()
	c.warnings = slices.Concat(c.Legacy.Warnings, c.Optimized.Warnings, test.Warnings)
	return c
}

// An emulationError says how much an emulated mode differs in time from the
// mode itself, on an engine that has it.
type emulationError struct {
	dataset.Place                // of the mode itself
	Ratio            stats.Ratio // emulated/native
	Native, Emulated stats.Summary
}

// emulationErrors compares legacy await with the benchmarks named emulated=yes
// beside it, in the order of the tables.
func (m *Modes) emulationErrors() []emulationError {
	natives := make(map[dataset.Row]dataset.Row) // by what is left without the label
	for _, row := range m.matrix.Rows {
		key := row
		key.Label = ""
		natives[key] = row
	}
	var list []emulationError
	for _, row := range m.matrix.Rows {
		workload, forced := withoutForced(row.Workload)
		if !forced || row.Await != dataset.Legacy {
			continue
		}
		key := row
		key.Workload, key.Label = workload, ""
		native, ok := natives[key]
		if !ok {
			continue
		}
		for _, engine := range m.matrix.Engines {
			if m.Emulated(engine, dataset.Legacy) {
				continue // both are emulated: that says nothing
			}
			p, forced := dataset.Place{Row: native, Engine: engine}, dataset.Place{Row: row, Engine: engine}
			if e := stats.RatioOf(m.matrix.Samples(p, unit.Time), m.matrix.Samples(forced, unit.Time)); e.N > 0 {
				list = append(list, emulationError{p, e, m.matrix.Summary(p, unit.Time), m.matrix.Summary(forced, unit.Time)})
			}
		}
	}
	return list
}

// ErrorText says how large the error of the emulation is where these results have
// it, and else what their condition "emulation-error" says; "" if neither.
func (m *Modes) ErrorText() string {
	var said []string
	engine := ""
	for _, e := range m.errors {
		if !e.Ratio.Bounded() {
			continue
		}
		words := fmt.Sprintf("%s %s %s", e.Label, text.Clip(e.Style, 40), e.Ratio)
		if e.Engine != engine {
			engine = e.Engine
			words = "on " + text.Clip(engine, 40) + ": " + words
		}
		said = append(said, words)
	}
	if len(said) == 0 {
		return text.Clip(m.results.Condition(dataset.EmulationError), 500)
	}
	return "emulation error " + text.List(said)
}
