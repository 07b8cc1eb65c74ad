// Package gate measures two builds of an engine against each other, in pairs of
// processes, until it is known of each benchmark whether its time has changed.
//
// A [Finder] makes of what a user names the [Build] to measure on each [Side];
// [Benchmarks] lists what both have; a [Session] measures that. What the numbers
// mean is not decided here: the session asks [Session.Decide], again and again,
// which benchmarks are open still.
package gate

// A Side is one of the two that are compared.
type Side int

const (
	Base Side = iota // the baseline
	Head             // the candidate
)

// Sides returns both.
func Sides() [2]Side { return [...]Side{Base, Head} }

// String returns "base" or "head".
func (s Side) String() string { return [...]string{"base", "head"}[s] }
