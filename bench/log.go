package bench

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"strings"

	"golang.org/x/perf/benchfmt"
)

// UnitMetadata describes our own units to benchmark tools: fewer ticks are
// better, and a tick count is exact, so that any variation is worth a warning.
//
// Engines that compile while they run have two figures more: first-ns/op is the
// first batch of a worker's life, and unsettled is 1 for a life that found no
// steady state, else 0.
const UnitMetadata = "Unit ticks/op better=lower assume=exact\n" +
	"Unit first-ns/op better=lower\n" +
	"Unit unsettled better=lower\n"

// A Log writes outcomes as Go benchmark format. What has no line in that
// format, a failure or a skip, is written as go test writes it. Each outcome is
// one Write, so that a killed process leaves at most one broken line.
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

// Outcome writes one outcome.
func (l *Log) Outcome(o Outcome) error {
	comment := ""
	if len(o.Life) > 0 {
		// Every batch of the life.
		comment = fmt.Sprintf("# life of Benchmark%s, ns/op, %d left out:%s\n", l.Name(o.Cell), o.Warmup, o.Life)
	}
	if o.Err != nil {
		return l.record(o.Cell, 0, nil, o.Err, comment)
	}
	return l.record(o.Cell, o.Sample.Ops, o.values(), nil, comment)
}

// Record writes the outcome of a benchmark of any kind: the values of its
// sample, or why there are none.
func (l *Log) Record(c Named, iterations int, values []benchfmt.Value, failure error) error {
	return l.record(c, iterations, values, failure, "")
}

// record writes an outcome and, behind it, a comment to benchmark tools.
func (l *Log) record(c Named, iterations int, values []benchfmt.Value, failure error, comment string) error {
	var b bytes.Buffer
	switch {
	case skipped(failure):
		fmt.Fprintf(&b, "--- SKIP: Benchmark%s\n%s", l.Name(c), indent(failure))
	case failure != nil:
		fmt.Fprintf(&b, "--- FAIL: Benchmark%s\n%s", l.Name(c), indent(failure))
	default:
		r := &benchfmt.Result{Name: benchfmt.Name(l.Name(c)), Iters: iterations, Values: values}
		if err := benchfmt.NewWriter(&b).Write(r); err != nil {
			return err
		}
	}
	b.WriteString(comment)
	_, err := l.w.Write(b.Bytes())
	return err
}

// Name returns the name of a cell's results, without "Benchmark".
func (l *Log) Name(c Named) string {
	if l.procs == 1 {
		return c.Name()
	}
	return fmt.Sprintf("%s-%d", c.Name(), l.procs)
}

// values returns what a sample is in benchmark text.
func (o Outcome) values() []benchfmt.Value {
	perOp := func(total int64) float64 {
		// Digits beyond these are noise in every unit.
		return math.Round(1000*float64(total)/float64(o.Sample.Ops)) / 1000
	}
	list := []benchfmt.Value{{Value: perOp(o.Sample.Elapsed.Nanoseconds()), Unit: "ns/op"}}
	if h := o.Sample.Heap; h != nil {
		list = append(list,
			benchfmt.Value{Value: perOp(int64(h.Bytes)), Unit: "B/op"},
			benchfmt.Value{Value: perOp(int64(h.Objects)), Unit: "allocs/op"})
	}
	list = append(list, benchfmt.Value{Value: o.Ticks, Unit: "ticks/op"})
	if len(o.Life) > 0 {
		unsettled := 0.0
		if !o.Settled {
			unsettled = 1
		}
		list = append(list,
			benchfmt.Value{Value: math.Round(o.Life[0]), Unit: "first-ns/op"},
			benchfmt.Value{Value: unsettled, Unit: "unsettled"})
	}
	return list
}

// indent writes an error as the lines below go test's "--- FAIL".
func indent(err error) string {
	text := strings.TrimRight(err.Error(), "\n")
	return "    " + strings.ReplaceAll(text, "\n", "\n    ") + "\n"
}
