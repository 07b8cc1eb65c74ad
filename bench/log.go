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

// Header writes the conditions that hold for all that follows.
func (l *Log) Header(conditions []Condition) error {
	var b bytes.Buffer
	for _, c := range conditions {
		fmt.Fprintf(&b, "%s: %s\n", c.Key, c.Value)
	}
	b.WriteString(UnitMetadata)
	_, err := l.w.Write(b.Bytes())
	return err
}

// Outcome writes one outcome.
func (l *Log) Outcome(o Outcome) error {
	var b bytes.Buffer
	switch {
	case o.Skipped():
		fmt.Fprintf(&b, "--- SKIP: Benchmark%s\n%s", l.Name(o.Cell), indent(o.Err))
	case o.Err != nil:
		fmt.Fprintf(&b, "--- FAIL: Benchmark%s\n%s", l.Name(o.Cell), indent(o.Err))
	default:
		if err := benchfmt.NewWriter(&b).Write(l.result(o)); err != nil {
			return err
		}
	}
	if len(o.Life) > 0 {
		// A comment to benchmark tools: every batch of the life.
		fmt.Fprintf(&b, "# life of Benchmark%s, ns/op, %d left out:%s\n", l.Name(o.Cell), o.Warmup, o.Life)
	}
	_, err := l.w.Write(b.Bytes())
	return err
}

// Name returns the name of a cell's results, without "Benchmark".
func (l *Log) Name(c Cell) string {
	if l.procs == 1 {
		return c.Name()
	}
	return fmt.Sprintf("%s-%d", c.Name(), l.procs)
}

func (l *Log) result(o Outcome) *benchfmt.Result {
	perOp := func(total int64) float64 {
		// Digits beyond these are noise in every unit.
		return math.Round(1000*float64(total)/float64(o.Sample.Ops)) / 1000
	}
	r := &benchfmt.Result{
		Name:   benchfmt.Name(l.Name(o.Cell)),
		Iters:  o.Sample.Ops,
		Values: []benchfmt.Value{{Value: perOp(o.Sample.Elapsed.Nanoseconds()), Unit: "ns/op"}},
	}
	if h := o.Sample.Heap; h != nil {
		r.Values = append(r.Values,
			benchfmt.Value{Value: perOp(int64(h.Bytes)), Unit: "B/op"},
			benchfmt.Value{Value: perOp(int64(h.Objects)), Unit: "allocs/op"})
	}
	r.Values = append(r.Values, benchfmt.Value{Value: o.Ticks, Unit: "ticks/op"})
	if len(o.Life) > 0 {
		unsettled := 0.0
		if !o.Settled {
			unsettled = 1
		}
		r.Values = append(r.Values,
			benchfmt.Value{Value: math.Round(o.Life[0]), Unit: "first-ns/op"},
			benchfmt.Value{Value: unsettled, Unit: "unsettled"})
	}
	return r
}

// indent writes an error as the lines below go test's "--- FAIL".
func indent(err error) string {
	text := strings.TrimRight(err.Error(), "\n")
	return "    " + strings.ReplaceAll(text, "\n", "\n    ") + "\n"
}
