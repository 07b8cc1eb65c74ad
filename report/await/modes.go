// Package await says what results tell of the two meanings of await: which of them
// an engine has by itself, which was emulated and with what error, and what the
// await optimization changes.
//
// Until 2018 the specification made await of a native promise cost two extra
// promises and three ticks; since tc39/ecma262 pull request 1250 it costs one tick.
//
// The key emulated=yes in a benchmark's name marks an await mode that was emulated
// although the engine has it. Beside the same benchmark without it, it gives the
// error of the emulation, which then stands wherever emulated numbers do. Where it
// was not measured, what the condition "emulation-error" says stands there.
package await

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"promisebench/report/dataset"
	"promisebench/report/stats"
	"promisebench/report/text"
	"promisebench/report/unit"
)

// What the condition "await-ENGINE: MODE=WORD …" may say of an await mode. Any
// other word is possible as well and becomes a footnote.
const (
	Native      = "native"
	emulated    = "emulated"
	unavailable = "unavailable"
	SkipsTicks  = "skips-ticks" // native, and a bug of V8 in Node.js 7 to 9
)

// Modes is what results say of await modes. Make it once, with [Of].
type Modes struct {
	// Comparisons has all that the results allow, in the order of the tables.
	Comparisons []Comparison
	// Errors are those of emulations, as far as they were measured.
	errors []emulationError

	results *dataset.Results
	matrix  *dataset.Matrix
}

// Of finds out what results say of await modes.
func Of(r *dataset.Results) *Modes {
	m := &Modes{results: r, matrix: r.Matrix()}
	m.Comparisons = m.compareAll()
	m.errors = m.emulationErrors()
	return m
}

// Word returns what the conditions say of an await mode on an engine, "" if
// nothing.
func (m *Modes) Word(engine, mode string) string { return Word(m.results, engine, mode) }

// Word is [Modes.Word] without the rest.
func Word(r *dataset.Results, engine, mode string) string {
	for _, field := range strings.Fields(r.Condition(dataset.AwaitPrefix + engine)) {
		if name, word, ok := strings.Cut(field, "="); ok && name == mode {
			return word
		}
	}
	return ""
}

// Emulated reports whether an await mode is emulated on an engine.
func (m *Modes) Emulated(engine, mode string) bool { return m.Word(engine, mode) == emulated }

// measuredIn reports whether there are samples of an await mode on an engine,
// as the engine's conditions tell it: forced emulations do not count.
func (m *Modes) measuredIn(mode, engine string) bool {
	return slices.ContainsFunc(m.matrix.Rows, func(row dataset.Row) bool {
		if _, forced := withoutForced(row.Workload); forced {
			return false
		}
		return row.Await == mode && m.matrix.Cells[dataset.Place{Row: row, Engine: engine}] != nil
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

// Own returns the await modes that an engine has by itself, the one it comes
// with first; none if that is not known. V8 changed its own in 7.3.
func (m *Modes) Own(engine string) []string {
	var modes []string
	for _, mode := range []string{dataset.Legacy, dataset.Optimized} {
		if word := m.Word(engine, mode); word != "" && word != emulated && word != unavailable {
			modes = append(modes, mode)
		}
	}
	if major, minor := m.v8(engine); major > 7 || major == 7 && minor >= 3 {
		slices.Reverse(modes)
	}
	if m.results.Condition(dataset.AwaitPrefix+engine) == "" {
		// Nothing is said about it. If but one mode was measured, that is it.
		for _, mode := range []string{dataset.Legacy, dataset.Optimized} {
			if m.measuredIn(mode, engine) {
				modes = append(modes, mode)
			}
		}
		if len(modes) > 1 {
			return nil
		}
	}
	return modes
}

// Default returns the await mode that an engine comes with, "" if it is not known.
func (m *Modes) Default(engine string) string { return slices.Concat(m.Own(engine), []string{""})[0] }

// Place returns where a workload in a style on an engine was measured in the await
// mode that the engine comes with; false if it was not measured so. Modes that
// skip ticks are not the same work, and emulated ones are not the engine's.
func (m *Modes) Place(row dataset.Row, engine string) (dataset.Place, bool) {
	if _, forced := withoutForced(row.Workload); forced {
		return dataset.Place{}, false
	}
	noAwait := dataset.HasNoAwait(row.Style)
	modes := []string{dataset.Optimized, dataset.Legacy, ""}
	if known := m.Own(engine); len(known) > 0 && !noAwait && !dataset.TranspiledAway(row.Style) {
		modes = known[:1]
	}
	for _, row.Await = range modes {
		p := dataset.Place{Row: row, Engine: engine}
		if len(stats.Measured(m.matrix.Samples(p, unit.Time))) == 0 {
			continue
		}
		if word := m.Word(engine, row.Await); !noAwait && (word == emulated || word == SkipsTicks) {
			continue
		}
		return p, true
	}
	return dataset.Place{}, false
}

var v8Version = regexp.MustCompile(`\(V8 (\d{1,3})\.(\d{1,3})[.)]`)

// v8 returns the version of V8 in an engine, from the condition "engine-ENGINE:
// … (V8 7.0.276.38)"; zeroes if it does not say.
func (m *Modes) v8(engine string) (major, minor int) {
	if match := v8Version.FindStringSubmatch(m.results.Version(engine)); match != nil {
		major, _ = strconv.Atoi(match[1]) // digits, and not many
		minor, _ = strconv.Atoi(match[2])
	}
	return major, minor
}

// V8 writes the version of V8 in an engine, such as "7.0"; "?" if it is not known.
func (m *Modes) V8(engine string) string {
	major, minor := m.v8(engine)
	if major == 0 {
		return "?"
	}
	return fmt.Sprintf("%d.%d", major, minor)
}

// Note says what there is to know about the await mode of the numbers at a
// place, wherever such numbers stand; "" if the mode is simply the engine's.
func (m *Modes) Note(p dataset.Place) string {
	if _, forced := withoutForced(p.Workload); forced {
		note := "emulated=yes: await is emulated although the engine has this mode"
		if known := m.ErrorText(); known != "" {
			note += "; " + known
		}
		return note
	}
	return m.ModeNote(p.Await, m.Word(p.Engine, p.Await))
}

// Notes returns the notes on all modes that have results.
func (m *Modes) Notes() []string {
	var notes []string
	for _, mode := range []string{dataset.Legacy, dataset.Optimized} {
		for _, e := range m.matrix.Engines {
			if note := m.ModeNote(mode, m.Word(e, mode)); note != "" && !slices.Contains(notes, note) {
				notes = append(notes, note)
			}
		}
	}
	return notes
}

// ModeNote says on which engines an await mode is available in the way that word
// says, of those that have results in it; "" if on none, or if there is nothing
// to be said about it.
func (m *Modes) ModeNote(mode, word string) string {
	if word == "" || word == Native || word == unavailable {
		return ""
	}
	var on []string
	all := true
	for _, e := range m.matrix.Engines {
		switch {
		case !m.measuredIn(mode, e):
		case m.Word(e, mode) == word:
			on = append(on, text.Clip(e, 40))
		default:
			all = false
		}
	}
	if len(on) == 0 {
		return ""
	}
	where := text.List(on)
	if len(on) > 4 && all {
		where = fmt.Sprintf("all %d engines", len(on))
	}
	mode = text.Clip(mode, 40)
	switch word {
	case emulated:
		if known := m.ErrorText(); known != "" {
			return fmt.Sprintf("await=%s is emulated on %s (exact rewrite of every await); %s", mode, where, known)
		}
		return fmt.Sprintf("await=%s is emulated on %s (exact rewrite of every await)", mode, where)
	case SkipsTicks:
		return fmt.Sprintf("await=%s on %s skips ticks (the Node 8 bug): shorter than the specification allows", mode, where)
	}
	return fmt.Sprintf("await=%s on %s: %s", mode, where, text.Clip(word, 40))
}

// AnyEmulated reports whether any await mode with results was emulated.
func (m *Modes) AnyEmulated() bool { return m.any(emulated) }

// AnySkipsTicks reports whether any await mode with results skips ticks.
func (m *Modes) AnySkipsTicks() bool { return m.any(SkipsTicks) }

func (m *Modes) any(word string) bool {
	for _, e := range m.matrix.Engines {
		for _, mode := range []string{dataset.Legacy, dataset.Optimized} {
			if m.Word(e, mode) == word && m.measuredIn(mode, e) {
				return true
			}
		}
	}
	return false
}

// measured reports whether anything was measured in either mode.
func (m *Modes) measured() bool {
	return slices.ContainsFunc(m.matrix.Engines, func(e string) bool {
		return m.measuredIn(dataset.Legacy, e) || m.measuredIn(dataset.Optimized, e)
	})
}
