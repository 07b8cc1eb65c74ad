package bench_test

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/perf/benchfmt"

	"promisebench/bench"
	"promisebench/engines"
)

// The header has every condition once, and nothing that is empty.
func TestHeader(t *testing.T) {
	e := catalog().Engines[0]
	h := bench.Header{
		Host:    []bench.Condition{{Key: bench.KeyGOOS, Value: "plan9"}},
		Commit:  "abc",
		Own:     []bench.Condition{{Key: bench.KeySeed, Value: "7"}, {Key: bench.KeyFramework + "plain"}, {Key: bench.KeySeed, Value: "7"}},
		Engines: []engines.Engine{e, e},
		Date:    time.Date(2026, 11, 21, 14, 0, 0, 0, time.FixedZone("", 3600)),
		Command: []string{"run", "--engine", "goja"},
	}
	record, text := bench.EmulationError()
	want := []bench.Condition{
		{Key: "goos", Value: "plan9"}, {Key: "commit", Value: "abc"}, {Key: "seed", Value: "7"},
		{Key: "engine-goja", Value: e.Version()}, {Key: "await-goja", Value: "legacy=emulated optimized=native"},
		{Key: "emulation-error", Value: text + " (" + record + ")"},
		{Key: "date", Value: "2026-11-21T13:00:00Z"}, {Key: "command", Value: "promisebench run --engine goja"},
	}
	if got := h.Conditions(); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	h.Native = true
	if got := h.Conditions(); !slices.Equal(got, slices.Delete(want, 5, 6)) {
		t.Errorf("native only: %q", got)
	}
	if got := (bench.Header{}).Conditions(); len(got) > 0 {
		t.Errorf("of nothing: %q", got)
	}
	if !strings.HasPrefix(record, "results/") || !strings.Contains(text, "doxbee async ") {
		t.Errorf("%q, %q", record, text)
	}
}

// A turn may have many records, each of which is written as it comes; a failure
// in the middle ends the turn, and the others are not affected.
func TestIntervals(t *testing.T) {
	run := bench.Rounds[soakCell]{
		Cells: []soakCell{"good", "bad"}, Rounds: 1, Intervals: 3,
		Sample: func(_ context.Context, c soakCell) iter.Seq[bench.Record] {
			return func(yield func(bench.Record) bool) {
				for i := range 3 {
					if c == "bad" && i == 1 {
						yield(bench.Record{Name: c.Name(), Err: errors.New("gone")})
						return
					}
					if !yield(bench.Record{Name: c.Name(), Iters: i + 1, Values: []benchfmt.Value{{Value: 1, Unit: "req/s"}}}) {
						return
					}
				}
			}
		},
	}
	var last bench.Progress
	before := 0
	run.Progress = func(p bench.Progress) {
		if p.Finished <= before || p.Total != 6 {
			t.Errorf("%d of %d behind %d", p.Finished, p.Total, before)
		}
		before, last = p.Finished, p
	}
	var out strings.Builder
	sum, err := run.Do(t.Context(), bench.NewLog(&out, 1).Record)
	if want := (bench.Summary{Samples: 4, Failures: 1}); err != nil || sum != want || last.Finished != 6 {
		t.Errorf("%+v, %v, last %+v", sum, err, last)
	}
	if n := strings.Count(out.String(), "Benchmarkgood "); n != 3 || !strings.Contains(out.String(), "--- FAIL: Benchmarkbad\n    gone\n") {
		t.Errorf("%s", out.String())
	}
	// A disk that is full ends the turn, too.
	if _, err := run.Do(t.Context(), func(bench.Record) error { return errFull }); !errors.Is(err, errFull) {
		t.Errorf("got %v", err)
	}
}

type soakCell string

func (c soakCell) Name() string { return string(c) }
