package bench_test

import (
	"slices"
	"strings"
	"testing"
	"time"

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
