package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/perf/benchfmt"

	"promisebench/report/theme"
)

// A cellKey says which samples belong together. Two names that say the same in
// a different order have the same key.
type cellKey struct {
	workload             string // base name and all keys but those below, as written
	style, await, engine string
	procs                string // "-2", "" if the name does not end so
}

// A cell holds all samples of one benchmark.
type cell struct {
	cellKey
	name  string // as first written, without "Benchmark"
	label string // the workload's name for readers
	// inMatrix says whether the name has style and engine. If not, the cell
	// has its place in the table of other benchmarks only.
	inMatrix bool
	// rounds counts the lines of this benchmark, usable or not: the index of
	// the next sample.
	rounds int
	// values has the samples of each unit in the order measured, NaN where a
	// round has none. benchmath sorts what it is given, so it gets copies.
	values map[string][]float64
	// units are those of the first line that was used, which stands in file at
	// line. A line without any of them measured something else.
	units []string
	file  string
	line  int
	// unused counts the values of each unit that could not be used, and as
	// wholeLine the lines of which none could.
	unused map[string]int
}

// wholeLine stands in place of a unit for all of a line.
const wholeLine = ""

// leftOut counts what could not be used.
func (c *cell) leftOut(unit string) {
	if c.unused == nil {
		c.unused = make(map[string]int)
	}
	c.unused[unit]++
}

// skipLine leaves out a line, whose round goes by without a sample.
func (c *cell) skipLine() {
	c.leftOut(wholeLine)
	c.rounds++
}

// first is where the cell's first line is.
func (c *cell) first() Position { return Position{c.file, c.line} }

// add sets the value of unit in the current round.
func (c *cell) add(unit string, value float64) {
	v := c.values[unit]
	for len(v) < c.rounds {
		v = append(v, math.NaN())
	}
	c.values[unit] = append(v, value)
}

// benchmark returns what is known of a benchmark name (without "Benchmark"),
// making it and its cell if necessary.
func (r *Results) benchmark(name benchfmt.Name) *benchmark {
	if b := r.benchmarks[string(name)]; b != nil {
		return b
	}
	key, label, inMatrix := parseName(name)
	c := r.cells[key]
	if c == nil {
		c = &cell{cellKey: key, name: name.String(), label: label, inMatrix: inMatrix, rounds: r.firstRound, values: make(map[string][]float64)}
		r.cells[key] = c
	}
	b := &benchmark{cell: c}
	r.benchmarks[string(name)] = b
	return b
}

// parseName takes a benchmark name apart.
func parseName(name benchfmt.Name) (key cellKey, label string, inMatrix bool) {
	base, parts := name.Parts()
	raw := []string{string(base)}
	var extra []string
	for _, part := range parts {
		part := string(part)
		if strings.HasPrefix(part, "-") {
			key.procs = part
			continue
		}
		k, v, _ := strings.Cut(strings.TrimPrefix(part, "/"), "=")
		switch {
		case k == "style" && key.style == "":
			key.style = v
		case k == "await" && key.await == "":
			key.await = v
		case k == "engine" && key.engine == "":
			key.engine = v
		default:
			raw = append(raw, part)
			if k == "variant" {
				extra = append(extra, v)
			} else {
				extra = append(extra, strings.TrimPrefix(part, "/"))
			}
		}
	}
	key.workload = strings.Join(raw, "")
	if key.style == "" || key.engine == "" {
		// Not of our shape: everything in the name counts.
		return cellKey{workload: name.String()}, clip(name.String(), 100), false
	}
	label = kebab(string(base))
	if len(extra) > 0 {
		label += " (" + strings.Join(extra, ", ") + ")"
	}
	return key, clip(label, 80), true
}

// kebab turns CamelCase into kebab-case: DoxbeeErrors becomes doxbee-errors.
func kebab(s string) string {
	var b strings.Builder
	runes := []rune(s)
	for i, c := range runes {
		if unicode.IsUpper(c) && i > 0 {
			prev := runes[i-1]
			// A new word begins after a small letter or digit, and at the last
			// capital of a run of them: HTTPServer is http-server.
			begins := unicode.IsLower(prev) || unicode.IsDigit(prev) ||
				unicode.IsUpper(prev) && i+1 < len(runes) && unicode.IsLower(runes[i+1])
			if begins {
				b.WriteByte('-')
			}
		}
		b.WriteRune(unicode.ToLower(c))
	}
	return b.String()
}

// clip cleans s and shortens it to at most n characters.
func clip(s string, n int) string {
	if len(s) > 4*n {
		s = s[:4*n] + " " // more than n characters anyway: spare cleaning all of it
	}
	runes := []rune(theme.Clean(s))
	if len(runes) <= n {
		return string(runes)
	}
	return string(runes[:n-1]) + "…"
}

// styleOrder is the order in which the styles came into the language, which is
// also the order in which readers want to compare them.
func styleOrder(style string) int {
	order := []string{"callback", "events", "thunk", "promise", "generator", "async", "async-transpiled", "for-await"}
	if i := slices.Index(order, style); i >= 0 {
		return i
	}
	return len(order)
}

// hasNoAwait reports whether programs of this style contain no await, so that
// an await mode means nothing to them.
func hasNoAwait(style string) bool {
	return slices.Contains([]string{"callback", "events", "thunk", "promise", "generator"}, style)
}

// transpiledAway reports whether programs of this style had await and lost it
// before an engine saw them.
func transpiledAway(style string) bool { return style == "async-transpiled" }

const (
	legacy    = "legacy"
	optimized = "optimized"
)

// awaitOrder puts the older mode first: it is the baseline.
func awaitOrder(mode string) int {
	switch mode {
	case legacy:
		return 0
	case optimized:
		return 1
	}
	return 2
}

// A row is what one row of a table or chart is about: a cell without its engine.
type row struct {
	workload, label, style, await string
}

func compareRows(a, b row) int {
	return cmp.Or(
		cmp.Compare(a.label, b.label),
		cmp.Compare(a.workload, b.workload),
		cmp.Compare(styleOrder(a.style), styleOrder(b.style)),
		cmp.Compare(a.style, b.style),
		cmp.Compare(awaitOrder(a.await), awaitOrder(b.await)),
		cmp.Compare(a.await, b.await))
}

// A place is where a cell stands in a table.
type place struct {
	row
	engine string
}

// A matrix is the cells of our shape laid out for showing. Lookups of places
// where nothing was measured give a cell without samples.
type matrix struct {
	rows    []row
	engines []string
	cells   map[place]*cell
	// outcomes says what happened at a place, with or without samples there.
	outcomes map[place]Kind
	// reasons says why, in one line; "" where nobody said.
	reasons map[place]string
	// unused has the cells of which something could not be used, by place.
	// Where none of a benchmark's lines could, this is all there is of it.
	unused map[place]*cell
	// servers and soaks are the HTTP servers, others the benchmarks of neither
	// shape, by name.
	servers, soaks []servedCell
	others         []*cell
	// othersUnused is unused for all of these.
	othersUnused []*cell
	// summaries has what summary found, by cell and unit.
	summaries map[summaryKey]summary
	// compared is what comparisons found, once somebody asked.
	compared []comparison
	// errors are those of emulations, as far as they were measured.
	errors []emulationError
	// knownError is what the conditions say of them, "" if nothing.
	knownError string
}

// matrix lays out the cells. The caller must not change it.
func (r *Results) matrix() *matrix {
	if r.laidOut == nil {
		r.laidOut = r.layOut()
	}
	return r.laidOut
}

func (r *Results) layOut() *matrix {
	m := &matrix{cells: make(map[place]*cell), outcomes: make(map[place]Kind), reasons: make(map[place]string),
		unused: make(map[place]*cell), summaries: make(map[summaryKey]summary)}

	procs := make(map[string]bool)
	for _, c := range r.cells {
		if c.inMatrix && len(c.values) > 0 {
			procs[c.procs] = true
		}
	}
	at := func(key cellKey, label string) place {
		// Usually GOMAXPROCS is the same everywhere and stands among the
		// conditions. If not, it separates what must not be mixed.
		if len(procs) > 1 && key.procs != "" {
			key.workload += key.procs
			label += " [gomaxprocs" + strings.Replace(key.procs, "-", "=", 1) + "]"
		}
		return place{row{key.workload, label, key.style, key.await}, key.engine}
	}

	rows := make(map[row]bool)
	engines := make(map[string]bool)
	for _, c := range r.cells {
		if len(c.unused) > 0 {
			if c.inMatrix {
				m.unused[at(c.cellKey, c.label)] = c
			} else {
				m.othersUnused = append(m.othersUnused, c)
			}
		}
		if len(c.values) == 0 {
			continue // only broken lines
		}
		if !c.inMatrix {
			switch s, ok := parseServer(benchfmt.Name(c.name)); {
			case ok && s.soak:
				m.soaks = append(m.soaks, servedCell{s, c})
			case ok:
				m.servers = append(m.servers, servedCell{s, c})
			default:
				m.others = append(m.others, c)
			}
			continue
		}
		p := at(c.cellKey, c.label)
		m.cells[p] = c
		rows[p.row] = true
		engines[p.engine] = true
	}
	for _, o := range r.outcomes {
		name, ok := strings.CutPrefix(o.Name, "Benchmark")
		if key, label, inMatrix := parseName(benchfmt.Name(name)); ok && inMatrix {
			p := at(key, label)
			if kind, ok := m.outcomes[p]; !ok || kind == Skip {
				m.outcomes[p] = o.Kind // a failure outweighs a skip
				reason, _, _ := strings.Cut(o.Reason, "\n")
				m.reasons[p] = clip(reason, 200)
			}
			rows[p.row] = true
			engines[p.engine] = true
		}
	}

	for k := range rows {
		m.rows = append(m.rows, k)
	}
	slices.SortFunc(m.rows, compareRows)
	m.engines = r.orderEngines(engines)
	m.servers, m.soaks = r.serverOrder(m.servers), r.serverOrder(m.soaks)
	slices.SortFunc(m.others, func(a, b *cell) int { return cmp.Compare(a.workload, b.workload) })
	m.errors = r.emulationErrors(m)
	m.knownError = clip(r.known["emulation-error"], 500)
	return m
}

// orderEngines sorts engines as the conditions list them, which is the order
// the one who measured them chose, the rest by name.
func (r *Results) orderEngines(engines map[string]bool) []string {
	listed := make(map[string]int)
	for i, c := range r.config {
		if name, ok := strings.CutPrefix(c.Key, "engine-"); ok {
			listed[name] = i - len(r.config) // before all others, which have 0
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

// samples returns the samples at p in a unit by round, NaN where a round has
// none; nil if there are none at all.
func (m *matrix) samples(p place, unit string) []float64 {
	if c := m.cells[p]; c != nil {
		return c.values[unit]
	}
	return nil
}

type summaryKey struct {
	cell *cell
	unit string
}

// summary summarizes the samples at p in a unit.
func (r *Results) summary(m *matrix, p place, unit string) summary {
	return r.cellSummary(m, m.cells[p], unit)
}

// cellSummary summarizes the samples of a cell in a unit; of nil, none. It sorts
// them only once.
func (r *Results) cellSummary(m *matrix, c *cell, unit string) summary {
	if c == nil {
		return summary{}
	}
	key := summaryKey{c, unit}
	s, ok := m.summaries[key]
	if !ok {
		s = r.summarize(c.values[unit], unit)
		if unit != "sec/op" && unit != requests {
			s.values = nil // only these are drawn and compared
		}
		m.summaries[key] = s
	}
	return s
}

// unusedNote says how much of a unit could not be used at the places that keep
// wants, for below a table or chart that it is missing from; "" if nothing.
func (m *matrix) unusedNote(unit string, keep func(place) bool) string {
	n := 0
	for p, c := range m.unused {
		if keep(p) {
			n += c.unused[wholeLine] + c.unused[unit]
		}
	}
	return saysUnused(n)
}

// unusedOthers is unusedNote for all that is not of the matrix, in any unit.
func (m *matrix) unusedOthers() string {
	n := 0
	for _, c := range m.othersUnused {
		for _, count := range c.unused {
			n += count
		}
	}
	return saysUnused(n)
}

func saysUnused(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("left out: %s that could not be used, see the problems in the input", count(n, "measurement"))
}

// notEmpty leaves out the notes that say nothing.
func notEmpty(notes ...string) []string {
	return slices.DeleteFunc(notes, func(note string) bool { return note == "" })
}

// measuredIn reports whether there are samples of an await mode on an engine,
// as the engine's conditions tell it: forced emulations do not count.
func (m *matrix) measuredIn(mode, engine string) bool {
	return slices.ContainsFunc(m.rows, func(row row) bool {
		if _, forced := withoutForced(row.workload); forced {
			return false
		}
		return row.await == mode && m.cells[place{row, engine}] != nil
	})
}

// withoutForced takes the key emulated=yes out of a workload. It says that the
// await mode was emulated although the engine has it, to see what that changes.
func withoutForced(workload string) (native string, forced bool) {
	head, tail, found := strings.Cut(workload, "/emulated=yes")
	if !found || tail != "" && tail[0] != '/' && tail[0] != '-' {
		return workload, false
	}
	return head + tail, true
}

// What the condition "await-ENGINE: MODE=WORD …" may say of an await mode. Any
// other word is possible as well and becomes a footnote.
const (
	native      = "native"
	emulated    = "emulated"
	unavailable = "unavailable"
	skipsTicks  = "skips-ticks" // native, and a bug of V8 in Node.js 7 to 9
)

// modeIs returns what the conditions say of an await mode on an engine, "" if
// nothing.
func (r *Results) modeIs(engine, mode string) string {
	for _, field := range strings.Fields(r.known["await-"+engine]) {
		if m, word, ok := strings.Cut(field, "="); ok && m == mode {
			return word
		}
	}
	return ""
}

// emulated reports whether an await mode is emulated on an engine.
func (r *Results) emulated(engine, mode string) bool { return r.modeIs(engine, mode) == emulated }
