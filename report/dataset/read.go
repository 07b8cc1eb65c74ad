package dataset

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"golang.org/x/perf/benchfmt"
	"golang.org/x/perf/benchunit"

	"promisebench/report/text"
	"promisebench/report/unit"
)

// Results is everything read from one or more benchmark texts. Make one with
// [New], fill it with [Results.Add], then ask for its [Matrix]. It is not safe for concurrent use.
type Results struct {
	// reader is kept between texts because it holds the unit metadata, which
	// is common to all of them, and notices when two texts contradict.
	reader *benchfmt.Reader

	cells map[Key]*Cell
	// benchmarks has every name, without "Benchmark", that a line began with:
	// taking a name apart costs more than reading its line.
	benchmarks map[string]*benchmark
	samples    int // of all benchmarks
	outcomes   []Outcome
	problems   []Problem
	conditions []Condition
	texts      []string // the names given to Add
	// firstRound is the number of rounds in the texts before this one.
	firstRound int
	known      map[string]string  // the values in conditions, by key
	seen       map[Condition]bool // every value seen of every configuration key
	// contradicted has the units that the text being read declares to be
	// something else than before.
	contradicted map[string]bool
	// laidOut is what Matrix made of all this, until more is added: tables,
	// charts and page share it, and what was summarized and compared for it.
	laidOut *Matrix
}

// A benchmark is one name as written. Names that say the same in a different
// order share a cell.
type benchmark struct {
	cell    *Cell
	samples int
}

// A Problem is something in the input that keeps a number out of the report or
// limits what the numbers mean.
type Problem struct {
	File    string
	Line    int // counted from 1; 0 if it is the whole file
	Message string
}

// String returns the problem as "file:line: message".
func (p Problem) String() string { return p.Where() + ": " + p.Message }

// Where returns its place as "file:line".
func (p Problem) Where() string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d", p.File, p.Line)
}

// A Position is a place in the input.
type Position struct {
	file string
	line int // counted from 1
}

// String returns it as "file:line".
func (p Position) String() string { return fmt.Sprintf("%s:%d", text.Clip(p.file, 100), p.line) }

// Kind is what happened instead of a measurement.
type Kind int

const (
	Skip    Kind = iota // the benchmark is not available here, and why is known
	Failure             // the benchmark went wrong
)

// String returns "skip" or "failure".
func (k Kind) String() string {
	if k == Skip {
		return "skip"
	}
	return "failure"
}

// An Outcome is a benchmark that gave no result, from a "--- SKIP:" or
// "--- FAIL:" line and the indented lines that belong to it.
type Outcome struct {
	Kind   Kind
	Name   string // as written, with "Benchmark"; may lack the "-GOMAXPROCS" ending
	Reason string // may have several lines, may be empty
	File   string
	Line   int // counted from 1
}

// New returns Results without any result.
func New() *Results {
	return &Results{
		reader:     new(benchfmt.Reader),
		cells:      make(map[Key]*Cell),
		benchmarks: make(map[string]*benchmark),
		known:      make(map[string]string),
		seen:       make(map[Condition]bool),
	}
}

// Problems returns what was wrong with the input, in reading order.
func (r *Results) Problems() []Problem { return r.problems }

// Outcomes returns the skips and failures, in reading order.
func (r *Results) Outcomes() []Outcome { return r.outcomes }

// Empty reports whether no sample at all was read.
func (r *Results) Empty() bool { return r.samples == 0 }

// Samples returns the number of samples of all benchmarks.
func (r *Results) Samples() int { return r.samples }

// Texts returns the names given to [Results.Add], in order.
func (r *Results) Texts() []string { return r.texts }

// Cells returns the cells by their keys, those without samples included. The map is
// not to be changed.
func (r *Results) Cells() map[Key]*Cell { return r.cells }

// Counts returns the number of samples of each benchmark, by its full name as
// written ("BenchmarkDoxbee/style=async/…-2"). A run that was interrupted is
// resumed by measuring what is missing here. The caller owns the map.
func (r *Results) Counts() map[string]int {
	counts := make(map[string]int)
	for name, b := range r.benchmarks {
		if b.samples > 0 {
			counts["Benchmark"+name] = b.samples
		}
	}
	return counts
}

// Add reads one text and adds it to what was read before. name is for
// diagnostics only. Broken lines become [Problem]s and the rest is used; the
// error, if any, is from in, and what was read before it is kept.
func (r *Results) Add(name string, in io.Reader) error {
	if name == "" {
		name = "input"
	}
	r.texts = append(r.texts, name)
	src := &source{in: bufio.NewReaderSize(in, maxLine), name: name, results: r}
	r.alignRounds()
	r.laidOut = nil
	firstOutcome := len(r.outcomes)
	r.contradicted = make(map[string]bool)
	r.reader.Reset(src, name)
	for r.reader.Scan() {
		switch rec := r.reader.Result().(type) {
		case *benchfmt.Result:
			if src.configured {
				r.addConfig(rec)
				src.configured = false
			}
			if !src.ended {
				r.addResult(rec)
			}
		case *benchfmt.SyntaxError:
			if r.addContradiction(rec, string(src.line)) {
				continue
			}
			r.addProblem(rec.FileName, rec.Line, "%s: %q", rec.Msg, text.Clip(strings.TrimSpace(string(src.line)), 100))
			r.addBroken(src.line)
		}
	}
	src.closeOutcome()
	r.outcomes = slices.Concat(r.outcomes[:firstOutcome], withoutParents(r.outcomes[firstOutcome:]))
	return r.reader.Err()
}

// addContradiction looks whether what benchfmt could not read is a Unit line that
// contradicts an earlier one about which way is better or what is exact. What its
// values mean cannot be known then, so none of them is used: those of the earlier
// declaration are, wherever it holds.
func (r *Results) addContradiction(rec *benchfmt.SyntaxError, line string) bool {
	fields := strings.Fields(line)
	if len(fields) < 3 || fields[0] != "Unit" {
		return false
	}
	_, name := benchunit.Tidy(1, fields[1])
	for _, key := range []string{"better", "assume"} {
		have := r.reader.Units().Get(name, key)
		for _, field := range fields[2:] {
			if value, ok := strings.CutPrefix(field, key+"="); ok && have != nil && value != have.Value {
				if !r.contradicted[name] { // once, however many fields do
					file, first := have.Pos()
					r.addProblem(rec.FileName, rec.Line, "unit %s is declared %s here and %s=%s at %s:%d: from here to the end of this text, values in it are not used",
						text.Clip(fields[1], 40), text.Clip(field, 40), key, text.Clip(have.Value, 40), file, first)
				}
				r.contradicted[name] = true
				return true
			}
		}
	}
	return false
}

// alignRounds makes the next sample of every cell belong to the same round,
// because samples of two texts were not taken in one.
func (r *Results) alignRounds() {
	for _, c := range r.cells {
		r.firstRound = max(r.firstRound, c.rounds)
	}
	for _, c := range r.cells {
		c.rounds = r.firstRound
	}
}

// addProblem notes what is wrong with a file, at a line counted from 1 or, if it is 0, with
// all of it.
func (r *Results) addProblem(file string, line int, format string, args ...any) {
	r.problems = append(r.problems, Problem{file, line, fmt.Sprintf(format, args...)})
}

// addResult files the measurements of one line under its cell.
func (r *Results) addResult(res *benchfmt.Result) {
	file, line := res.Pos()
	b := r.benchmark(res.Name)
	c := b.cell
	if why := r.refuse(res, c); why != "" {
		if why != alreadyTold {
			r.addProblem(file, line, "%s, line not used: %q", why, text.Clip("Benchmark"+res.Name.String(), 200))
		}
		c.skipLine()
		return
	}
	b.samples++
	r.samples++
	counted := countedOnly(res)
	if c.First == (Position{}) || c.units == nil && !counted {
		c.First = Position{file, line}
	}
	if counted {
		c.Values[unit.Instructions] = append(c.Values[unit.Instructions], res.Values[0].Value)
		return
	}
	if c.units == nil {
		for _, v := range res.Values {
			c.units = append(c.units, v.Unit)
		}
	}
	for i, v := range res.Values {
		if slices.ContainsFunc(res.Values[:i], func(before benchfmt.Value) bool { return before.Unit == v.Unit }) {
			r.addProblem(file, line, "a second value in %s, only the first is used: %q", text.Clip(v.Unit, 40), text.Clip("Benchmark"+res.Name.String(), 200))
			c.leftOut(v.Unit)
			continue
		}
		c.add(v.Unit, v.Value)
	}
	c.rounds++
}

// countedOnly reports whether a line has nothing but executed instructions. These are
// counted apart from the times, in processes that run many times slower and fewer of
// them, so such a line is no round of its benchmark, and no sample has it as partner.
func countedOnly(res *benchfmt.Result) bool {
	return len(res.Values) == 1 && res.Values[0].Unit == unit.Instructions
}

// alreadyTold is why a line is refused if there is a problem that says so.
const alreadyTold = "-"

// refuse tidies a result's values and takes those away whose meaning is not known.
// It says why nothing of the line can be used, "" if something can.
func (r *Results) refuse(res *benchfmt.Result, c *Cell) (why string) {
	for i, v := range res.Values {
		// benchfmt leaves the unit of 0 and Inf as it was ("ns/op"), because
		// converting does not change the number.
		_, name := benchunit.Tidy(1, v.Unit)
		name = unit.Canonical(name)
		res.Values[i].Unit = name
		if !unit.Possible(v.Value, name) {
			if v.OrigUnit != "" {
				v.Value, v.Unit = v.OrigValue, v.OrigUnit
			}
			return fmt.Sprintf("%v %s is not a possible measurement", v.Value, text.Clip(v.Unit, 40))
		}
	}
	if res.Iters < 1 {
		return fmt.Sprintf("%d iterations are not possible", res.Iters)
	}
	if len(r.contradicted) > 0 {
		unknown := func(v benchfmt.Value) bool { return r.contradicted[v.Unit] }
		if !slices.ContainsFunc(res.Values, func(v benchfmt.Value) bool { return !unknown(v) }) {
			return alreadyTold
		}
		for _, v := range res.Values {
			if unknown(v) {
				c.leftOut(v.Unit)
			}
		}
		res.Values = slices.DeleteFunc(res.Values, unknown)
	}
	known := func(v benchfmt.Value) bool { return slices.Contains(c.units, v.Unit) }
	if c.units != nil && !countedOnly(res) && !slices.ContainsFunc(res.Values, known) {
		return fmt.Sprintf("nothing was measured in %s, as at %s:%d, but in %s: units are not mixed",
			text.Clip(strings.Join(c.units, " or "), 80), c.First.file, c.First.line, text.Clip(res.Values[0].Unit, 40))
	}
	return ""
}

// addBroken counts the round whose line was broken, so that the later samples
// of that cell keep their partners (see stats.RatioOf).
func (r *Results) addBroken(line []byte) {
	if rest, ok := bytes.CutPrefix(line, []byte("Benchmark")); ok {
		if end := bytes.IndexAny(rest, " \t"); end > 0 {
			r.benchmark(rest[:end]).cell.skipLine()
		}
	}
}

// addConfig compares the conditions of a result with those already known.
func (r *Results) addConfig(res *benchfmt.Result) {
	for _, cfg := range res.Config {
		c := Condition{cfg.Key, string(cfg.Value)}
		if r.seen[c] {
			continue
		}
		r.seen[c] = true
		have, ok := r.known[c.Key]
		switch {
		case !ok:
			r.known[c.Key] = c.Value
			r.conditions = append(r.conditions, c)
		case RoleOf(c.Key) != Log:
			file, line := res.Pos()
			r.addProblem(file, line, "results with different conditions are mixed: %s is %q here, %q before",
				text.Clip(c.Key, 40), text.Clip(c.Value, 80), text.Clip(have, 80))
		}
	}
}
