package report

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Tables returns the results as tables, the most telling first:
//
//   - await optimization: legacy against optimized, where both were measured
//   - the error of the emulation, where both it and the mode were measured
//   - time, ticks, bytes, allocations and whatever other unit there is, one
//     table per unit, an engine per column
//   - HTTP servers, and what a long time under load did to them
//   - benchmarks that are neither
//   - the conditions
//   - failures and skips, and problems of the input
//
// A table without rows is left out. Medians come with the largest distance to
// an end of their 95 % interval, in percent, as benchstat prints it.
func (r *Results) Tables() []Table {
	m := r.matrix()
	tables := r.resultTables(m)
	tables = append(tables, r.conditionTable(), r.outcomeTable(), r.problemTable())
	return slices.DeleteFunc(tables, func(t Table) bool { return len(t.Rows) == 0 })
}

// resultTables returns the tables that hold measurements.
func (r *Results) resultTables(m *matrix) []Table {
	tables := []Table{r.awaitTable(m), r.emulationTable(m)}
	for _, unit := range m.units() {
		tables = append(tables, r.unitTable(m, unit))
	}
	f := figures{Results: r, m: m}
	return append(tables, f.serverTable(), f.soakTable(), r.otherTable(m))
}

// notes collects the footnotes of a table, each once.
type notes struct{ list []string }

// mark returns the number of a footnote, adding it if it is new; 0 for no text.
func (n *notes) mark(text string) int {
	if text == "" {
		return 0
	}
	i := slices.Index(n.list, text)
	if i < 0 {
		i = len(n.list)
		n.list = append(n.list, text)
	}
	return i + 1
}

// numbered returns the footnotes with their numbers.
func (n *notes) numbered() []string {
	var out []string
	for i, text := range n.list {
		out = append(out, superscript(i+1)+" "+text)
	}
	return out
}

func superscript(n int) string {
	digits := []rune("⁰¹²³⁴⁵⁶⁷⁸⁹")
	return strings.Map(func(c rune) rune { return digits[c-'0'] }, strconv.Itoa(n))
}

// warnings adds benchmath's warnings about a cell and returns their numbers.
func (n *notes) warnings(warnings []error) []int {
	var marks []int
	for _, w := range warnings {
		marks = append(marks, n.mark(w.Error()))
	}
	return marks
}

// marked appends the numbers of footnotes to a cell, each once. A space keeps
// ¹ ² from being read as 12.
func marked(text string, marks ...int) string {
	slices.Sort(marks)
	var written []string
	for _, mark := range slices.Compact(marks) {
		if mark > 0 {
			written = append(written, superscript(mark))
		}
	}
	return text + strings.Join(written, " ")
}

// modeNote says what there is to know about the await mode of the numbers at a
// place, wherever such numbers stand; "" if the mode is simply the engine's.
func (r *Results) modeNote(m *matrix, p place) string {
	if _, forced := withoutForced(p.workload); forced {
		note := "emulated=yes: await is emulated although the engine has this mode"
		if known := m.errorText(); known != "" {
			note += "; " + known
		}
		return note
	}
	return r.modeText(m, p.await, r.modeIs(p.engine, p.await))
}

// modeTexts returns the notes on all modes that have results.
func (r *Results) modeTexts(m *matrix) []string {
	var texts []string
	for _, mode := range []string{legacy, optimized} {
		for _, e := range m.engines {
			text := r.modeText(m, mode, r.modeIs(e, mode))
			if text != "" && !slices.Contains(texts, text) {
				texts = append(texts, text)
			}
		}
	}
	return texts
}

// modeText says on which engines an await mode is had in the way that word
// says, of those that have results in it; "" if on none, or if there is nothing
// to be said about it.
func (r *Results) modeText(m *matrix, mode, word string) string {
	if word == "" || word == native || word == unavailable {
		return ""
	}
	var on []string
	all := true
	for _, e := range m.engines {
		switch {
		case !m.measuredIn(mode, e):
		case r.modeIs(e, mode) == word:
			on = append(on, clip(e, 40))
		default:
			all = false
		}
	}
	if len(on) == 0 {
		return ""
	}
	where := enumerate(on)
	if len(on) > 4 && all {
		where = fmt.Sprintf("all %d engines", len(on))
	}
	mode = clip(mode, 40)
	switch word {
	case emulated:
		if known := m.errorText(); known != "" {
			return fmt.Sprintf("await=%s is emulated on %s (exact rewrite of every await); %s", mode, where, known)
		}
		return fmt.Sprintf("await=%s is emulated on %s (exact rewrite of every await, see README)", mode, where)
	case skipsTicks:
		return fmt.Sprintf("await=%s on %s skips ticks (the Node 8 bug): shorter than the specification allows", mode, where)
	}
	return fmt.Sprintf("await=%s on %s: %s", mode, where, clip(word, 40))
}

// EmulationError says how large the error of the emulation is where these
// results have it, and else what their condition "emulation-error" says; ""
// if neither.
func (r *Results) EmulationError() string { return r.matrix().errorText() }

func (m *matrix) errorText() string {
	var said []string
	engine := ""
	for _, e := range m.errors {
		if !e.bounded() {
			continue
		}
		text := fmt.Sprintf("%s %s %s", e.label, clip(e.style, 40), e.ratio)
		if e.engine != engine {
			engine = e.engine
			text = "on " + clip(engine, 40) + ": " + text
		}
		said = append(said, text)
	}
	if len(said) == 0 {
		return m.knownError
	}
	return "emulation error " + enumerate(said)
}

// emulationTable shows the error of the emulation, where it was measured.
func (r *Results) emulationTable(m *matrix) Table {
	t := Table{
		Title:  "Emulation error: emulated legacy over native legacy",
		Header: []string{"workload", "style", "engine", "native", "emulated", "n", "ratio [95 %]"},
		Align:  []Align{Left, Left, Left, Right, Right, Right, Right},
		Notes:  []string{"ratio: median of emulated / native over " + r.pairs() + ", with its 95 % interval; 1 = no error"},
	}
	for _, e := range m.errors {
		t.Rows = append(t.Rows, []string{e.label, clip(e.style, 40), clip(e.engine, 40),
			e.native.String(), e.emulated.String(), strconv.Itoa(e.n), e.ratio.String()})
	}
	t.Notes = append(t.Notes, notEmpty(m.unusedNote("sec/op", func(p place) bool { return p.await == legacy }))...)
	return t
}

// inSomeMode keeps what comparisons of await modes are about.
func inSomeMode(p place) bool {
	return !hasNoAwait(p.style) && (p.await == legacy || p.await == optimized)
}

// everywhere keeps all places.
func everywhere(place) bool { return true }

// awaitTable compares the await modes.
func (r *Results) awaitTable(m *matrix) Table {
	t := Table{
		Title:  "Await optimization: legacy vs optimized",
		Header: []string{"workload", "style", "engine", legacy, optimized, "delta", "p, n", "ratio [95 %]"},
		Align:  []Align{Left, Left, Left, Right, Right, Right, Right, Right},
	}
	var n notes
	for _, c := range r.comparisons(m) {
		was := c.place
		was.await = legacy
		before := marked(c.legacy.String(), n.mark(r.modeNote(m, was)))
		after := marked(c.optimized.String(), n.mark(r.modeNote(m, c.place)))
		ratio := c.ratio.String()
		if c.unequal {
			ratio = marked(ratio, n.mark(fmt.Sprintf("not every sample has a partner: "+
				"%d legacy, %d optimized, ratio over %d pairs", c.legacy.n, c.optimized.n, c.ratio.n)))
		}
		t.Rows = append(t.Rows, []string{c.label, clip(c.style, 40), clip(c.engine, 40),
			before, after, c.delta, marked(c.test, n.warnings(c.warnings)...), ratio})
	}
	t.Notes = append(n.numbered(), "ratio: median of optimized / legacy over "+r.pairs()+", with its 95 % interval; below 1 = optimized is faster")
	t.Notes = append(t.Notes, notEmpty(m.unusedNote("sec/op", inSomeMode))...)
	return t
}

// units returns the units measured in the matrix: the well-known first, then
// the rest by name.
func (m *matrix) units() []string {
	found := make(map[string]bool)
	for _, c := range m.cells {
		for unit := range c.values {
			found[unit] = true
		}
	}
	return sortUnits(found)
}

func sortUnits(found map[string]bool) []string {
	var units []string
	for _, known := range []string{"sec/op", "ticks/op", "B/op", "allocs/op"} {
		if found[known] {
			units = append(units, known)
			delete(found, known)
		}
	}
	return append(units, slices.Sorted(maps.Keys(found))...)
}

// unitTitle is the heading of a unit's table.
func unitTitle(unit string) string {
	switch unit {
	case "sec/op":
		return "Time per operation"
	case "ticks/op":
		return "Ticks per operation"
	case "B/op":
		return "Bytes allocated per operation"
	case "allocs/op":
		return "Allocations per operation"
	}
	return clip(unit, 60)
}

// unitTable shows one unit of the matrix, an engine per column.
func (r *Results) unitTable(m *matrix, unit string) Table {
	var engines []string
	for _, e := range m.engines {
		has := slices.ContainsFunc(m.rows, func(row row) bool {
			return m.samples(place{row, e}, unit) != nil
		})
		// An engine that only failed has its column in the table of times.
		if has || unit == "sec/op" {
			engines = append(engines, e)
		}
	}

	t := Table{Title: unitTitle(unit), Key: 3}
	var n notes
	exact, few, many := false, 0, 0
	for _, row := range m.rows {
		line := []string{row.label, clip(row.style, 40), clip(row.await, 40)}
		empty := true
		for _, e := range engines {
			p := place{row, e}
			s := r.summary(m, p, unit)
			text := s.String()
			kind, happened := m.outcomes[p]
			switch {
			case s.n > 0:
				empty = false
				exact = exact || s.exact
				if few == 0 || s.n < few {
					few = s.n
				}
				many = max(many, s.n)
				marks := n.warnings(s.Warnings)
				if note := r.modeNote(m, p); note != "" && !s.exact {
					marks = append(marks, n.mark(note))
				}
				if happened && kind == Failure {
					marks = append(marks, n.mark("failed in another round, see failures"))
				}
				text = marked(text, marks...)
			case happened:
				empty = empty && unit != "sec/op"
				text = marked(kind.String(), n.mark(reasonNote(kind, m.reasons[p])))
			}
			line = append(line, text)
		}
		if !empty {
			t.Rows = append(t.Rows, line)
		}
	}

	t.Header = append([]string{"workload", "style", "await"}, engines...)
	if exact && len(engines) > 1 && agree(t.Rows) {
		t.Header = append(t.Header[:3:3], "all engines")
		for i, row := range t.Rows {
			t.Rows[i] = row[:4]
		}
	}
	for i := range t.Header {
		t.Header[i] = clip(t.Header[i], 40)
		t.Align = append(t.Align, Right)
		if i < 3 {
			t.Align[i] = Left
		}
	}
	if exact {
		t.Title += " (exact)"
	}
	if exact && !agree(t.Rows) {
		n.mark("the engines do not agree, or not all of them gave a number")
	}
	t.Notes = append(n.numbered(), samplesNote(few, many, exact))
	t.Notes = append(t.Notes, notEmpty(m.unusedNote(unit, everywhere))...)
	return t
}

// reasonNote says below a table why a number is not there; "" if nobody said.
func reasonNote(kind Kind, reason string) string {
	if reason == "" {
		return ""
	}
	return kind.String() + ": " + reason
}

// agree reports whether every row says the same for all engines.
func agree(rows [][]string) bool {
	for _, row := range rows {
		for _, text := range row[3:] {
			if text != row[3] {
				return false
			}
		}
	}
	return true
}

// samplesNote says what the numbers of a table are.
func samplesNote(few, many int, exact bool) string {
	n := strconv.Itoa(few)
	if few != many {
		n = fmt.Sprintf("%d to %d", few, many)
	}
	if exact {
		return "every sample gave this number, unless marked; n=" + n + " per cell"
	}
	return "median ± 95 % interval of the median; n=" + n + " per cell"
}

// otherTable lists the benchmarks that are not part of the matrix.
func (r *Results) otherTable(m *matrix) Table {
	found := make(map[string]bool)
	for _, c := range m.others {
		for unit := range c.values {
			found[unit] = true
		}
	}
	units := sortUnits(found)
	t := Table{Title: "Other benchmarks", Header: []string{"name"}, Align: []Align{Left}, Key: 1}
	for _, unit := range units {
		t.Header = append(t.Header, clip(unit, 40))
		t.Align = append(t.Align, Right)
	}
	t.Header = append(t.Header, "n")
	t.Align = append(t.Align, Right)

	var n notes
	for _, c := range m.others {
		line := []string{c.label}
		count := 0
		for _, unit := range units {
			s := r.cellSummary(m, c, unit)
			count = max(count, s.n)
			line = append(line, marked(s.String(), n.warnings(s.Warnings)...))
		}
		t.Rows = append(t.Rows, append(line, strconv.Itoa(count)))
	}
	t.Notes = append(n.numbered(), "median ± 95 % interval of the median")
	t.Notes = append(t.Notes, notEmpty(m.unusedOthers())...)
	return t
}

// conditionTable shows under which conditions all of it was measured.
func (r *Results) conditionTable() Table {
	t := Table{Title: "Conditions", Header: []string{"condition", "value"}}
	for _, c := range r.config {
		t.Rows = append(t.Rows, []string{clip(c.Key, 40), clip(c.Value, 500)})
	}
	return t
}

// outcomeTable lists what gave no result and why, the same once only.
func (r *Results) outcomeTable() Table {
	t := Table{
		Title:  "Failures and skips",
		Header: []string{"what", "times", "benchmark and reason"},
		Align:  []Align{Left, Right, Left},
	}
	type what struct {
		kind         Kind
		name, reason string
	}
	times := make(map[what]int)
	var order []what
	for _, o := range r.outcomes {
		w := what{o.Kind, o.Name, o.Reason}
		if times[w] == 0 {
			order = append(order, w)
		}
		times[w]++
	}
	slices.SortStableFunc(order, func(a, b what) int { return int(b.kind) - int(a.kind) }) // failures first
	for _, w := range order {
		text := clip(w.name, 200)
		for i, line := range strings.Split(w.reason, "\n") {
			if i == 20 {
				text += "\n  …"
				break
			}
			if line != "" {
				text += "\n  " + clip(line, 200)
			}
		}
		t.Rows = append(t.Rows, []string{w.kind.String(), strconv.Itoa(times[w]), text})
	}
	return t
}

// problemTable lists what was wrong with the input.
func (r *Results) problemTable() Table {
	t := Table{Title: "Problems in the input", Header: []string{"where", "what"}}
	const most = 200
	for i, p := range r.problems {
		if i == most {
			t.Notes = append(t.Notes, fmt.Sprintf("and %d more", len(r.problems)-most))
			break
		}
		t.Rows = append(t.Rows, []string{clip(p.where(), 100), clip(p.Message, 400)})
	}
	return t
}
