package dataset

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"

	"promisebench/report/text"
)

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

// Read implements [io.Reader].
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
		s.results.addProblem(s.name, s.num, "line is longer than %d bytes, not used", maxLine)
		for errors.Is(err, bufio.ErrBufferFull) {
			_, err = s.in.ReadSlice('\n')
		}
		// An empty line in its place keeps benchfmt's line numbers right.
		line = []byte("\n")
	case errors.Is(err, io.EOF) && len(line) > 0 && (bytes.HasPrefix(line, []byte("Benchmark")) || strings.HasPrefix("Benchmark", string(line))):
		// Cut at an unlucky place a line still parses, with a wrong number
		// (45012 ns/op cut to "45 ns/op" cannot be told from the real thing).
		// Writers end every line, so a last line without end is not trusted.
		s.results.addProblem(s.name, s.num, "line is cut off, not used: %q", text.Clip(string(line), 80))
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
		s.results.addProblem(s.name, s.num, "a result that does not begin a line, not used: %q", text.Clip(line, 100))
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
