package bench

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"golang.org/x/perf/benchfmt"
)

// Instructions is the unit of executed instructions.
const Instructions = "instructions/op"

// UnitMetadata describes our own units to benchmark tools: fewer ticks are
// better, and a tick count is exact, so that any variation is worth a warning.
// Instructions vary by a thousandth: see package count.
//
// Engines that compile while they run have two figures more: first-ns/op is the
// first batch of a process, and not-steady is 1 for a process that reached no
// steady state, else 0.
const UnitMetadata = "Unit ticks/op better=lower assume=exact\n" +
	"Unit with-gc-ns/op better=lower\n" +
	"Unit instructions/op better=lower\n" +
	"Unit first-ns/op better=lower\n" +
	"Unit not-steady better=lower\n"

// A Log writes records as Go benchmark format. What has no line in that format,
// a failure or a skip, is written as go test writes it. Each record is one Write,
// so that a killed process leaves at most one broken line.
type Log struct {
	w io.Writer
	// procs is the value of GOMAXPROCS that ends each name, as in go test.
	procs int
}

// NewLog returns a log that writes to w.
func NewLog(w io.Writer, procs int) *Log { return &Log{w, procs} }

// Header writes the conditions that hold for all that follows, and what
// benchmark tools should know of the units, such as [UnitMetadata].
func (l *Log) Header(conditions []Condition, units string) error {
	var b bytes.Buffer
	for _, c := range conditions {
		fmt.Fprintf(&b, "%s: %s\n", c.Key, c.Value)
	}
	b.WriteString(units)
	_, err := l.w.Write(b.Bytes())
	return err
}

// Record writes a record. Its batches become a comment, which benchmark tools
// pass over.
func (l *Log) Record(r Record) error {
	var b bytes.Buffer
	switch {
	case r.Skipped():
		fmt.Fprintf(&b, "--- SKIP: Benchmark%s\n%s", l.Name(r.Name), indent(r.Err))
	case r.Err != nil:
		fmt.Fprintf(&b, "--- FAIL: Benchmark%s\n%s", l.Name(r.Name), indent(r.Err))
	default:
		line := &benchfmt.Result{Name: benchfmt.Name(l.Name(r.Name)), Iters: r.Iters, Values: r.Values}
		if err := benchfmt.NewWriter(&b).Write(line); err != nil {
			return err
		}
	}
	life := func(unit string, warmup int, batches Iterations) {
		if len(batches) > 0 {
			fmt.Fprintf(&b, "# life of Benchmark%s, %s, %d left out:%s\n", l.Name(r.Name), unit, warmup, batches)
		}
	}
	life("ns/op", r.Warmup, r.Batches)
	life(WithGC, r.CollectedWarmup, r.Collected)
	_, err := l.w.Write(b.Bytes())
	return err
}

// Name returns a benchmark's name as it is in the log, with GOMAXPROCS but
// without "Benchmark".
func (l *Log) Name(name string) string {
	if l.procs == 1 {
		return name
	}
	return fmt.Sprintf("%s-%d", name, l.procs)
}

// indent writes an error as the lines below go test's "--- FAIL".
func indent(err error) string {
	text := strings.TrimRight(err.Error(), "\n")
	return "    " + strings.ReplaceAll(text, "\n", "\n    ") + "\n"
}
