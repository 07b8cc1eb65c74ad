// Package unit is the one table of the units that benchmarks are measured in: what
// a unit is called, where it stands, how its values are written, and which values
// can be right.
//
// Names are those of tidied units, as golang.org/x/perf/benchunit has them:
// "sec/op", not "ns/op". A unit that is not in the table is shown under its own
// name behind the others.
package unit

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/perf/benchunit"

	"promisebench/report/text"
)

// Units that reports treat in some way of their own.
const (
	Time = "sec/op"
	// WithGC is the time with Go's collector of garbage, of engines on Go's heap: their
	// Time is without.
	WithGC = "with-gc-sec/op"
	Ticks  = "ticks/op"  // turns of the microtask queue, exact
	Bytes  = "B/op"      // of the Go or the JavaScript heap
	Allocs = "allocs/op" // of the Go heap
	// Instructions are those that the engine's process executes in user mode.
	Instructions = "instructions/op"
	Requests     = "req/s"
	// Ratio is that of two values of any other unit.
	Ratio = "ratio"
	// NotSteady is 1 in samples that reached no steady state. Results from before
	// 2026-11-21 call it "unsettled"; see [Canonical].
	NotSteady = "not-steady"
	// CPU is the CPU time of a server per request, and LoadCPU that of the load.
	CPU     = "cpu-sec/req"
	LoadCPU = "load-cpu-sec/req"
	// RSS and Elapsed are of readings of a soak test: resident memory, and the
	// time since its beginning.
	RSS     = "RSS-bytes"
	Elapsed = "elapsed-sec"
)

// Sizes in which values of some units are shown in charts.
const (
	Thousand = 1000    // requests
	Mebibyte = 1 << 20 // memory
)

// known is the table: units in the order in which they are shown, with their
// headings.
func known() []struct{ name, title string } {
	return []struct{ name, title string }{
		{Time, "Time per operation"},
		{WithGC, "Time per operation with Go's garbage collector"},
		{Instructions, "Instructions executed per operation"},
		{Ticks, "Ticks per operation"},
		{Bytes, "Bytes allocated per operation"},
		{Allocs, "Allocations per operation"},
	}
}

// Canonical returns today's name of a unit that had another one.
func Canonical(name string) string {
	if name == "unsettled" {
		return NotSteady
	}
	return name
}

// Title is the heading of a unit's table: its name if it has no other.
func Title(name string) string {
	for _, u := range known() {
		if u.name == name {
			return u.title
		}
	}
	return text.Clip(name, 60)
}

// Sort returns the units of a set: those of the table first, in its order, then the
// rest by name.
func Sort(set map[string]bool) []string {
	var units []string
	rest := maps.Clone(set)
	for _, u := range known() {
		if set[u.name] {
			units = append(units, u.name)
			delete(rest, u.name)
		}
	}
	return append(units, slices.Sorted(maps.Keys(rest))...)
}

// Format writes a value with at least three digits and a prefix, such as "45.01µs".
// What is counted per operation, and the operation, stand in headings.
func Format(v float64, name string) string {
	if name == Ratio {
		return text.ThreeDigits(v)
	}
	number := benchunit.Scale(v, benchunit.ClassOf(name))
	switch {
	case name == Time, strings.HasSuffix(name, "-sec"), strings.HasSuffix(name, "-sec/req"):
		return number + "s"
	case name == Bytes, strings.HasSuffix(name, "-bytes"):
		return number + "B"
	}
	return number
}

// Samples reports whether the samples of a unit are drawn and compared beside their
// median. All other units are summarized only, and their samples need not be kept.
func Samples(name string) bool { return name == Time || name == Requests }

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

// Possible reports whether a measurement can be one. A server that answered no
// request at all has failed, and no request takes no time.
func Possible(v float64, name string) bool {
	switch {
	case name == Time:
		return v >= minSeconds && v <= maxSeconds
	case v == 0:
		_, latency := Percentile(name)
		return name != Requests && !latency
	}
	return v >= minValue && v <= maxValue
}

var percentile = regexp.MustCompile(`^p(\d{1,2}(?:\.\d{1,3})?)-sec$`)

// Percentile returns the digits of a percentile of latency, such as "99.9" of
// "p99.9-sec"; ok is false if the unit is none.
func Percentile(name string) (digits string, ok bool) {
	match := percentile.FindStringSubmatch(name)
	if match == nil {
		return "", false
	}
	return match[1], true
}
