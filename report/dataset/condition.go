package dataset

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"promisebench/report/text"
)

// A Condition is one condition of the measurement, a "key: value" line.
type Condition struct{ Key, Value string }

// Keys of conditions that reports look at. Results of other tools may lack all of
// them.
const (
	Date    = "date" // RFC 3339
	Command = "command"
	Commit  = "commit" // of promisebench
	Rounds  = "rounds" // interleaved, [PairedRounds], or nothing that is known
	// Until says how well numbers were to be known, "±2% (ratios), ±4% (others)":
	// half the width of their intervals.
	Until = "until"
	// EmulationError says how large the error of emulated await modes is where it was
	// measured, in words.
	EmulationError = "emulation-error"
	Window         = "window"   // operations in flight
	Embedded       = "embedded" // what process embedded engines run in
	Placing        = "place"    // on which CPUs promisebench and what it measures are
	Pinning        = "pinning"
	Pinned         = "pinned" // yes: server and load had CPUs of their own
	OpenLoop       = "open-loop"
	Inject         = "inject"       // head was slowed down on purpose, and by how much
	Instructions   = "instructions" // how executed instructions were counted
	GoMaxProcs     = "gomaxprocs"
	// AwaitPrefix begins "await-ENGINE: MODE=WORD …", EnginePrefix "engine-ENGINE:
	// VERSION" and frameworkPrefix the same for a web framework.
	AwaitPrefix     = "await-"
	EnginePrefix    = "engine-"
	frameworkPrefix = "framework-"
)

// Conditions of results that a gate measured in pairs.
const (
	Pairing = "pairing" // the same on both sides, and on no others
	Pairs   = "pairs"   // as in gate.Plan, which must not change afterwards
	Side    = "side"    // what was measured, in words
	Shard   = "shard"   // "i/n": which part of the benchmarks this is
	Family  = "family"  // number of benchmarks in all parts together
	Metrics = "metrics" // what is to be compared, separated by commas
	// Layouts is how many times each side was linked with its functions in random
	// order: sample i of a benchmark, in the order of the text, is of layout i modulo
	// that. See [Results.Layouts].
	Layouts = "layouts"
	// Pair has another value for each pair of a bisection or a ladder.
	Pair = "pair"
)

// Values of the condition "rounds".
const (
	interleaved  = "interleaved" // samples of one round were taken side by side
	PairedRounds = "pairs"       // in pairs with those of the other side
)

// A Role is what a condition means for comparing results.
type Role int

const (
	// Way is how it was measured: what differs in it is not compared. So is every
	// condition that nobody thought of when this was written: to join what must not be
	// joined is worse than to split what could be joined.
	Way Role = iota
	// Host is where it was measured.
	Host
	// Subject is what comparisons and histories are about: versions.
	Subject
	// Run belongs to one run, and says nothing about how a number came about.
	Run
	// Log is Run, and may differ even between texts that are merged.
	Log
)

// roles is the one table of what conditions mean. expected says that base and head
// differ in it by nature, so that a difference is nothing to warn of; prefix, that
// the key is the beginning of several.
func roles() []struct {
	key              string
	role             Role
	expected, prefix bool
	words            string // of a host's value, for readers
} {
	return []struct {
		key              string
		role             Role
		expected, prefix bool
		words            string
	}{
		{key: Date, role: Log, expected: true},
		{key: Command, role: Log, expected: true},
		{key: "pkg", role: Log, expected: true},
		{key: Pair, role: Log, expected: true},
		{key: "seed", role: Run, expected: true},
		{key: Until, role: Run, expected: true},
		{key: EmulationError, role: Run, expected: true},
		{key: Pairing, role: Run, expected: true},
		{key: Shard, role: Run, expected: true},
		{key: Pairs, role: Run},
		{key: Family, role: Run},
		{key: Metrics, role: Run},
		{key: Inject, role: Run},
		{key: Instructions, role: Run},
		{key: Pinned, role: Run}, // what it says in a word, pinning says in full
		{key: AwaitPrefix, role: Run, prefix: true},
		{key: "results-", role: Run, prefix: true},
		{key: Commit, role: Subject, expected: true},
		{key: Side, role: Subject, expected: true},
		{key: EnginePrefix, role: Subject, expected: true, prefix: true},
		{key: "go", role: Subject},
		{key: frameworkPrefix, role: Subject, prefix: true},
		{key: "cpu", role: Host, words: "%s"},
		{key: "cores", role: Host, words: "%s cores"},
		{key: "os", role: Host, words: "%s"},
		{key: "goos", role: Host, words: "%s"},
		{key: "goarch", role: Host, words: "%s"},
		{key: GoMaxProcs, role: Host, words: "GOMAXPROCS=%s"},
		{key: "gogc", role: Host, words: "GOGC=%s"},
	}
}

// RoleOf returns what a condition means.
func RoleOf(key string) Role {
	role, _ := roleOf(key)
	return role
}

func roleOf(key string) (role Role, expected bool) {
	for _, r := range roles() {
		if r.key == key || r.prefix && strings.HasPrefix(key, r.key) {
			return r.role, r.expected
		}
	}
	return Way, false
}

// Matters reports whether a difference between base and head in a condition may be
// what changed the numbers. "" is a side that does not say: of where it ran and how
// often it was linked even that matters.
func Matters(key, base, head string) bool {
	role, expected := roleOf(key)
	silent := base == "" || head == ""
	return base != head && !expected && (!silent || role == Host || key == "go" || key == Layouts)
}

// HostKeys returns the conditions that describe a host, in the order in which they
// are said, and formats to say their values.
func HostKeys() (list []Condition) {
	for _, r := range roles() {
		if r.role == Host {
			list = append(list, Condition{r.key, r.words})
		}
	}
	return list
}

// Condition returns the first value of a condition, "" if nothing says it.
func (r *Results) Condition(key string) string { return r.known[key] }

// Layouts returns how many times what was measured was linked with its functions in
// random order, 1 if nothing says it: one build is one draw of a layout. stated reports
// whether the results say it. What is no number of layouts is an error.
func (r *Results) Layouts() (n int, stated bool, err error) {
	said, stated := r.known[Layouts]
	if !stated {
		return 1, false, nil
	}
	if n, err = strconv.Atoi(said); err != nil || n < 1 {
		return 0, true, fmt.Errorf("condition %s is %q, want a number of 1 or more", Layouts, text.Clip(said, 60))
	}
	return n, true, nil
}

// Conditions returns the conditions in the order they were first seen, each with
// the first value seen. Other values are [Problem]s, except of keys that say
// nothing about how a number came about. They are not to be changed.
func (r *Results) Conditions() []Condition { return r.conditions }

// Values returns every value seen of a condition, sorted.
func (r *Results) Values(key string) []string {
	var values []string
	for c := range r.seen {
		if c.Key == key {
			values = append(values, c.Value)
		}
	}
	slices.Sort(values)
	return values
}

// Version returns what the conditions say of an engine's version, "" if nothing.
func (r *Results) Version(engine string) string { return r.known[EnginePrefix+engine] }

// Interleaved reports whether samples of one round were taken side by side.
func (r *Results) Interleaved() bool { return r.known[Rounds] == interleaved }

// Ours reports whether promisebench measured these results, as far as they say it.
func (r *Results) Ours() bool { return strings.HasPrefix(r.known[Command], "promisebench ") }
