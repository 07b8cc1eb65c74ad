package dataset

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"strings"

	"promisebench/report/stats"
	"promisebench/report/text"
	"promisebench/report/unit"
)

// A Matrix is the cells of our shape laid out for showing: workloads in styles and
// await modes, an engine per column. Lookups of places where nothing was measured
// give a cell without samples. It is not to be changed.
type Matrix struct {
	Rows    []Row
	Engines []string // in the order of the conditions
	Cells   map[Place]*Cell
	// Outcomes says what happened at a place, with or without samples there.
	Outcomes map[Place]Kind
	// Reasons says why, in one line; "" where nobody said.
	Reasons map[Place]string
	// Servers and Soaks are the HTTP servers, Others the benchmarks of neither
	// shape, by name.
	Servers, Soaks []ServedCell
	Others         []*Cell

	results *Results
	// unused has the cells of which something could not be used, by place.
	// Where none of a benchmark's lines could, this is all there is of it.
	unused map[Place]*Cell
	// othersUnused is unused for all of these.
	othersUnused []*Cell
	// summaries has what Summary found, so that samples are sorted only once.
	summaries map[summaryKey]stats.Summary
}

type summaryKey struct {
	cell *Cell
	unit string
}

// Matrix lays out the cells, once until more is added.
func (r *Results) Matrix() *Matrix {
	if r.laidOut == nil {
		r.laidOut = r.layOut()
	}
	return r.laidOut
}

func (r *Results) layOut() *Matrix {
	m := &Matrix{results: r, Cells: make(map[Place]*Cell), Outcomes: make(map[Place]Kind), Reasons: make(map[Place]string),
		unused: make(map[Place]*Cell), summaries: make(map[summaryKey]stats.Summary)}
	at := r.placer()
	rows := make(map[Row]bool)
	engines := make(map[string]bool)
	for _, c := range r.cells {
		if len(c.unused) > 0 {
			if c.InMatrix {
				m.unused[at(c.Key, c.Label)] = c
			} else {
				m.othersUnused = append(m.othersUnused, c)
			}
		}
		switch {
		case !c.Measured(): // only broken lines
		case c.InMatrix:
			p := at(c.Key, c.Label)
			m.Cells[p] = c
			rows[p.Row], engines[p.Engine] = true, true
		default:
			m.addOther(c)
		}
	}
	for _, o := range r.outcomes {
		name, ok := strings.CutPrefix(o.Name, "Benchmark")
		if key, label, inMatrix := ParseName(name); ok && inMatrix {
			p := at(key, label)
			if kind, ok := m.Outcomes[p]; !ok || kind == Skip {
				m.Outcomes[p] = o.Kind // a failure outweighs a skip
				reason, _, _ := strings.Cut(o.Reason, "\n")
				m.Reasons[p] = text.Clip(reason, 200)
			}
			rows[p.Row], engines[p.Engine] = true, true
		}
	}
	for row := range rows {
		m.Rows = append(m.Rows, row)
	}
	slices.SortFunc(m.Rows, CompareRows)
	m.Engines = r.orderEngines(engines)
	r.sortServers(m.Servers)
	r.sortServers(m.Soaks)
	slices.SortFunc(m.Others, func(a, b *Cell) int { return cmp.Compare(a.Workload, b.Workload) })
	return m
}

// placer returns the function that says where a cell stands. Usually GOMAXPROCS is
// the same everywhere and stands among the conditions. If not, it separates what
// must not be mixed.
func (r *Results) placer() func(Key, string) Place {
	procs := make(map[string]bool)
	for _, c := range r.cells {
		if c.InMatrix && c.Measured() {
			procs[c.Procs] = true
		}
	}
	return func(key Key, label string) Place {
		if len(procs) > 1 && key.Procs != "" {
			key.Workload += key.Procs
			label = key.WithProcs(label)
		}
		return Place{Row{key.Workload, label, key.Style, key.Await}, key.Engine}
	}
}

// addOther files a cell that is not of our shape.
func (m *Matrix) addOther(c *Cell) {
	switch s, ok := ParseServer(c.Name); {
	case ok && s.Soak:
		m.Soaks = append(m.Soaks, ServedCell{s, c})
	case ok:
		m.Servers = append(m.Servers, ServedCell{s, c})
	default:
		m.Others = append(m.Others, c)
	}
}

// orderEngines sorts engines as the conditions list them, which is the order
// the one who measured them chose, the rest by name.
func (r *Results) orderEngines(engines map[string]bool) []string {
	listed := make(map[string]int)
	for i, c := range r.conditions {
		if name, ok := strings.CutPrefix(c.Key, EnginePrefix); ok {
			listed[name] = i - len(r.conditions) // before all others, which have 0
		}
	}
	var list []string
	for e := range engines {
		list = append(list, e)
	}
	slices.SortFunc(list, func(a, b string) int {
		return cmp.Or(cmp.Compare(listed[a], listed[b]), cmp.Compare(a, b))
	})
	return list
}

// Samples returns the samples at p in a unit by round, NaN where a round has
// none; nil if there are none at all.
func (m *Matrix) Samples(p Place, name string) []float64 {
	if c := m.Cells[p]; c != nil {
		return c.Values[name]
	}
	return nil
}

// Happened reports whether anything was tried at a place.
func (m *Matrix) Happened(p Place) bool {
	_, happened := m.Outcomes[p]
	return happened || m.Cells[p] != nil
}

// Summary summarizes the samples at p in a unit.
func (m *Matrix) Summary(p Place, name string) stats.Summary {
	return m.CellSummary(m.Cells[p], name)
}

// CellSummary summarizes the samples of a cell in a unit; of nil, none.
func (m *Matrix) CellSummary(c *Cell, name string) stats.Summary {
	if c == nil {
		return stats.Summary{}
	}
	key := summaryKey{c, name}
	s, ok := m.summaries[key]
	if !ok {
		s = m.results.Summarize(c.Values[name], name)
		if !unit.Samples(name) {
			s.Values = nil // nothing shows them
		}
		m.summaries[key] = s
	}
	return s
}

// Units returns the units measured in the matrix: the well-known first, then
// the rest by name.
func (m *Matrix) Units() []string {
	found := make(map[string]bool)
	for _, c := range m.Cells {
		for name := range c.Values {
			found[name] = true
		}
	}
	return unit.Sort(found)
}

// Names returns the workloads, styles and engines of the matrix, as they are shown.
func (m *Matrix) Names() (labels, styles, engines []string) {
	for _, row := range m.Rows {
		if !slices.Contains(labels, row.Label) {
			labels = append(labels, row.Label)
		}
		if style := text.Clip(row.Style, 40); !slices.Contains(styles, style) {
			styles = append(styles, style)
		}
	}
	for _, e := range m.Engines {
		engines = append(engines, text.Clip(e, 40))
	}
	return labels, styles, engines
}

// Workloads yields the rows of each workload.
func Workloads(rows []Row) iter.Seq[[]Row] {
	return func(yield func([]Row) bool) {
		for len(rows) > 0 {
			end := slices.IndexFunc(rows, func(r Row) bool { return r.Workload != rows[0].Workload })
			if end < 0 {
				end = len(rows)
			}
			if !yield(rows[:end]) {
				return
			}
			rows = rows[end:]
		}
	}
}

// Everywhere keeps all places.
func Everywhere(Place) bool { return true }

// UnusedNote says how much of a unit could not be used at the places that keep
// wants, for below a table or chart that it is missing from; "" if nothing.
func (m *Matrix) UnusedNote(name string, keep func(Place) bool) string {
	n := 0
	for p, c := range m.unused {
		if keep(p) {
			n += c.unused[wholeLine] + c.unused[name]
		}
	}
	return unusedText(n)
}

// UnusedOthers is UnusedNote for all that is not of the matrix, in any unit.
func (m *Matrix) UnusedOthers() string {
	n := 0
	for _, c := range m.othersUnused {
		for _, count := range c.unused {
			n += count
		}
	}
	return unusedText(n)
}

func unusedText(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("left out: %s that could not be used, see the problems in the input", text.Count(n, "measurement"))
}
