package report

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/perf/benchfmt"
	"golang.org/x/perf/benchunit"
)

// Results is everything read from one or more benchmark texts. Make one with
// [NewResults], fill it with [Results.Add], then ask for tables, charts or the
// page. It is not safe for concurrent use.
type Results struct {
	// reader is kept between texts because it holds the unit metadata, which
	// is common to all of them, and notices when two texts contradict.
	reader *benchfmt.Reader

	cells map[cellKey]*cell
	// benchmarks has every name, without "Benchmark", that a line began with:
	// taking a name apart costs more than reading its line.
	benchmarks map[string]*benchmark
	samples    int // of all benchmarks
	outcomes   []Outcome
	problems   []Problem
	config     []Config
	texts      []string // the names given to Add
	// firstRound is the number of rounds in the texts before this one.
	firstRound int
	known      map[string]string // the values in config, by key
	seen       map[Config]bool   // every value seen of every configuration key
	// contradicted has the units that the text being read declares to be
	// something else than before.
	contradicted map[string]bool
	// laidOut is what matrix made of all this, until more is added: tables,
	// charts and page share it, and what was summarized and compared for it.
	laidOut *matrix
}

// A benchmark is one name as written. Names that say the same in a different
// order share a cell.
type benchmark struct {
	cell    *cell
	samples int
}

// A Config is one condition of the measurement, a "key: value" line.
type Config struct {
	Key, Value string
}

// A Problem is something in the input that keeps a number out of the report or
// limits what the numbers mean.
type Problem struct {
	File    string
	Line    int // counted from 1; 0 if it is the whole file
	Message string
}

// String returns the problem as "file:line: message".
func (p Problem) String() string { return p.where() + ": " + p.Message }

func (p Problem) where() string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d", p.File, p.Line)
}

// A Position is a place in the input.
type Position struct {
	File string
	Line int // counted from 1
}

// String returns it as "file:line".
func (p Position) String() string { return fmt.Sprintf("%s:%d", clip(p.File, 100), p.Line) }

// Kind is what happened instead of a measurement.
type Kind int

const (
	Skip    Kind = iota // the benchmark cannot be had here, and why is known
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
	Line   int
}

// NewResults returns Results without any result.
func NewResults() *Results {
	return &Results{
		reader:     new(benchfmt.Reader),
		cells:      make(map[cellKey]*cell),
		benchmarks: make(map[string]*benchmark),
		known:      make(map[string]string),
		seen:       make(map[Config]bool),
	}
}

// Problems returns what was wrong with the input, in reading order.
func (r *Results) Problems() []Problem { return r.problems }

// Outcomes returns the skips and failures, in reading order.
func (r *Results) Outcomes() []Outcome { return r.outcomes }

// Empty reports whether no sample at all was read.
func (r *Results) Empty() bool { return r.samples == 0 }

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

// Config returns the conditions in the order they were first seen, each with
// the first value seen. Other values are [Problem]s, except of keys that say
// nothing about how a number came about.
func (r *Results) Config() []Config { return r.config }

// Limits of a plausible time per operation in seconds: a femtosecond is less
// than a clock cycle, and 30 years is more than anybody waits. Beyond them the
// arithmetic of axes would have to mind overflow, for nothing.
const (
	minSeconds = 1e-15
	maxSeconds = 1e9
)

// Limits of a plausible value in any other unit, zero apart. They are wide:
// beyond them, sums and ratios could be infinite.
const (
	minValue = 1e-100
	maxValue = 1e100
)

// possible reports whether a measurement can be one. A server that answered no
// request at all has failed.
func possible(value float64, unit string) bool {
	switch {
	case unit == "sec/op":
		return value >= minSeconds && value <= maxSeconds
	case value == 0:
		return unit != requests && !percentileUnit.MatchString(unit)
	}
	return value >= minValue && value <= maxValue
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
			r.problem(rec.FileName, rec.Line, "%s: %q", rec.Msg, clip(strings.TrimSpace(string(src.line)), 100))
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
	_, unit := benchunit.Tidy(1, fields[1])
	for _, key := range []string{"better", "assume"} {
		have := r.reader.Units().Get(unit, key)
		for _, field := range fields[2:] {
			if value, ok := strings.CutPrefix(field, key+"="); ok && have != nil && value != have.Value {
				if !r.contradicted[unit] { // once, however many fields do
					file, first := have.Pos()
					r.problem(rec.FileName, rec.Line, "unit %s is declared %s here and %s=%s at %s:%d: from here to the end of this text, values in it are not used",
						clip(fields[1], 40), clip(field, 40), key, clip(have.Value, 40), file, first)
				}
				r.contradicted[unit] = true
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

func (r *Results) problem(file string, line int, format string, args ...any) {
	r.problems = append(r.problems, Problem{file, line, fmt.Sprintf(format, args...)})
}

// addResult files the measurements of one line under its cell.
func (r *Results) addResult(res *benchfmt.Result) {
	file, line := res.Pos()
	full := func() string { return "Benchmark" + res.Name.String() }
	b := r.benchmark(res.Name)
	c := b.cell
	for i, v := range res.Values {
		// benchfmt leaves the unit of 0 and Inf as it was ("ns/op"), because
		// converting does not change the number.
		_, unit := benchunit.Tidy(1, v.Unit)
		res.Values[i].Unit = unit
		if !possible(v.Value, unit) {
			if v.OrigUnit != "" {
				v.Value, v.Unit = v.OrigValue, v.OrigUnit
			}
			r.problem(file, line, "%v %s is not a possible measurement, line not used: %q",
				v.Value, clip(v.Unit, 40), clip(full(), 200))
			c.skipLine()
			return
		}
	}
	if res.Iters < 1 {
		r.problem(file, line, "%d iterations are not possible, line not used: %q", res.Iters, clip(full(), 200))
		c.skipLine()
		return
	}
	if len(r.contradicted) > 0 {
		unknown := func(v benchfmt.Value) bool { return r.contradicted[v.Unit] }
		if !slices.ContainsFunc(res.Values, func(v benchfmt.Value) bool { return !unknown(v) }) {
			c.skipLine()
			return
		}
		for _, v := range res.Values {
			if unknown(v) {
				c.leftOut(v.Unit)
			}
		}
		res.Values = slices.DeleteFunc(res.Values, unknown)
	}
	switch known := func(v benchfmt.Value) bool { return slices.Contains(c.units, v.Unit) }; {
	case c.units == nil:
		for _, v := range res.Values {
			c.units = append(c.units, v.Unit)
		}
		c.file, c.line = file, line
	case !slices.ContainsFunc(res.Values, known):
		r.problem(file, line, "nothing was measured in %s, as at %s:%d, but in %s: units are not mixed, line not used: %q",
			clip(strings.Join(c.units, " or "), 80), c.file, c.line, clip(res.Values[0].Unit, 40), clip(full(), 200))
		c.skipLine()
		return
	}
	for i, v := range res.Values {
		if slices.ContainsFunc(res.Values[:i], func(before benchfmt.Value) bool { return before.Unit == v.Unit }) {
			r.problem(file, line, "a second value in %s, only the first is used: %q", clip(v.Unit, 40), clip(full(), 200))
			c.leftOut(v.Unit)
			continue
		}
		c.add(v.Unit, v.Value)
	}
	c.rounds++
	b.samples++
	r.samples++
}

// addBroken counts the round whose line was broken, so that the later samples
// of that cell keep their partners (see paired).
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
		c := Config{cfg.Key, string(cfg.Value)}
		if r.seen[c] {
			continue
		}
		r.seen[c] = true
		have, ok := r.known[c.Key]
		switch {
		case !ok:
			r.known[c.Key] = c.Value
			r.config = append(r.config, c)
		case c.Key != "date" && c.Key != "command" && c.Key != "pkg":
			file, line := res.Pos()
			r.problem(file, line, "results with different conditions are mixed: %s is %q here, %q before",
				clip(c.Key, 40), clip(c.Value, 80), clip(have, 80))
		}
	}
}

// maxLine is the longest line read. benchfmt gives up on a whole text at a line
// of 64 KiB; here such a line is a Problem and the rest is read.
const maxLine = 60 << 10

// trailer is fed to benchfmt after the last line. benchfmt tells the
// configuration only with a result; this one brings out the conditions of a
// text in which everything failed, or which was cut off after its header.
const trailer = "BenchmarkEndOfText 1 1 end\n"

// A source passes a text on to benchfmt line by line and looks at what benchfmt
// ignores: skips, failures, and lines it cannot be given.
//
// Each Read returns (part of) one line only. A bufio.Scanner, which benchfmt
// uses, reads only when it has no complete line left, so while benchfmt's
// client looks at a record, line is the line that the record came from.
type source struct {
	in      *bufio.Reader
	name    string
	results *Results

	line  []byte // the current line with its newline; valid until the next one
	rest  []byte // what of line was not yet handed out
	num   int    // number of the current line
	ended bool   // line is the trailer
	// configured says that the conditions may have changed since the last
	// result: a line was something else. Comparing them all for every result
	// would take most of the time.
	configured bool

	open    *Outcome // the outcome whose reason is being read
	pending []string // indented lines that belong to no outcome yet
}

func (s *source) Read(p []byte) (int, error) {
	if len(s.rest) == 0 {
		if s.ended {
			return 0, io.EOF
		}
		if err := s.next(); err != nil {
			return 0, err
		}
	}
	n := copy(p, s.rest)
	s.rest = s.rest[n:]
	return n, nil
}

// next reads the next line into s.rest.
func (s *source) next() error {
	line, err := s.in.ReadSlice('\n')
	s.num++
	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		s.results.problem(s.name, s.num, "line is longer than %d bytes, not used", maxLine)
		for errors.Is(err, bufio.ErrBufferFull) {
			_, err = s.in.ReadSlice('\n')
		}
		// An empty line in its place keeps benchfmt's line numbers right.
		line = []byte("\n")
	case errors.Is(err, io.EOF) && len(line) > 0 && (bytes.HasPrefix(line, []byte("Benchmark")) || strings.HasPrefix("Benchmark", string(line))):
		// Cut at an unlucky place a line still parses, with a wrong number
		// (45012 ns/op cut to "45 ns/op" cannot be told from the real thing).
		// Writers end every line, so a last line without end is not trusted.
		s.results.problem(s.name, s.num, "line is cut off, not used: %q", clip(string(line), 80))
		line = []byte("\n")
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if len(line) == 0 { // the end
		s.ended = true
		s.line = []byte(trailer)
		s.rest = s.line
		return nil
	}
	switch {
	case bytes.HasPrefix(line, []byte("Benchmark")) && !bytes.Contains(line, []byte("--- ")):
		// A result, as nearly all lines are: neither outcome nor part of one.
		s.closeOutcome()
		s.pending = nil
	case s.watch(string(bytes.TrimRight(line, "\r\n"))):
		line = []byte("\n") // told as an outcome already
	default:
		s.configured = true
	}
	if !bytes.HasSuffix(line, []byte("\n")) {
		line = append(bytes.Clone(line), '\n') // so that the trailer is not glued to it
	}
	s.line, s.rest = line, line
	return nil
}

// maxReason is the most lines of a reason that are kept: enough for a panic's
// stack, and a bound for memory.
const maxReason = 60

// damagedLine matches what was a result before something happened to the
// beginning of its line: zeros from a crash of the file system, a lost letter,
// an indentation. benchfmt takes it for a line of something else.
var damagedLine = regexp.MustCompile(`^(?:[^A-Za-z#]+B?|)enchmark\S*\s+\d+\s+\S+\s+\S+/op`)

// watch looks for skips and failures, which benchfmt passes over or takes for
// broken results, and reports whether the line is one.
func (s *source) watch(line string) bool {
	if damagedLine.MatchString(line) {
		s.results.problem(s.name, s.num, "a result that does not begin a line, not used: %q", clip(line, 100))
		return false
	}
	if indented := strings.TrimLeft(line, " \t"); indented != line {
		if indented == "" {
			return false
		}
		text := strings.TrimPrefix(strings.TrimPrefix(line, "\t"), "    ")
		if len(s.pending) < maxReason {
			s.pending = append(s.pending, text)
		}
		return false
	}
	if s.open != nil {
		s.closeOutcome()
	}
	for _, tag := range []struct {
		prefix string
		kind   Kind
	}{{"--- SKIP: ", Skip}, {"--- FAIL: ", Failure}} {
		// A failing benchmark's own line may already have begun when go test
		// prints this: "BenchmarkX-2  \t--- FAIL: BenchmarkX-2".
		before, name, ok := strings.Cut(line, tag.prefix)
		if !ok || before != "" && !strings.HasPrefix(before, "Benchmark") {
			continue
		}
		name, _, _ = strings.Cut(strings.TrimSpace(name), " ") // go test -v may add a duration
		s.open = &Outcome{Kind: tag.kind, Name: name, File: s.name, Line: s.num}
		// With -v, go test prints the reason before this line, without -v after it.
		return true
	}
	s.pending = nil
	return false
}

// goPosition is how the testing package marks where a message came from.
var goPosition = regexp.MustCompile(`^\S+\.go:\d+: `)

// closeOutcome files the outcome being read, if any, with its reason.
func (s *source) closeOutcome() {
	if s.open == nil {
		return
	}
	for i, line := range s.pending {
		s.pending[i] = goPosition.ReplaceAllString(line, "")
	}
	s.open.Reason = strings.Join(s.pending, "\n")
	s.results.outcomes = append(s.results.outcomes, *s.open)
	s.open, s.pending = nil, nil
}

// withoutParents drops the failures that say nothing but that a sub-benchmark
// failed, which go test adds for each level of the name.
func withoutParents(outcomes []Outcome) []Outcome {
	var names []string
	for _, o := range outcomes {
		if o.Kind == Failure {
			names = append(names, o.Name)
		}
	}
	slices.Sort(names)
	return slices.DeleteFunc(outcomes, func(o Outcome) bool {
		if o.Kind != Failure || o.Reason != "" {
			return false
		}
		// Everything that begins with "name/" stands together, from where
		// "name/" itself would stand.
		i, _ := slices.BinarySearch(names, o.Name+"/")
		return i < len(names) && strings.HasPrefix(names[i], o.Name+"/")
	})
}
