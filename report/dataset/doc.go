// Package dataset reads Go benchmark format text
// (https://golang.org/design/14313-benchmark-format), as promisebench and
// `go test -bench` print it, into cells: the samples of a benchmark, by unit.
// It opens no file, and knows no engine and no workload: what there is is found in
// the text.
//
// # Names
//
// A benchmark belongs to the matrix if its name has a style and an engine:
//
//	BenchmarkDoxbee/variant=present/style=async/await=legacy/engine=goja-2
//
// Whatever the name says besides style, await, engine and GOMAXPROCS is part
// of the workload's label, here "doxbee (present)". So a key nobody thought of
// when this was written (window=1, hooks=on) still separates what must not be
// mixed. HTTP servers have names of their own, see [Server]. All other benchmarks
// are kept apart, as [Matrix.Others].
//
// # Nothing is dropped silently
//
// A broken line, a cut-off last line, a time that cannot be, differing
// conditions between texts: each becomes a [Problem] with its place. Skips and
// failures become [Outcome] values. Only errors of reading itself are returned as
// errors.
//
// Units are not mixed. A line without any of the units that its benchmark was
// first measured in is refused, and so are the values of a unit from where a
// text declares it to be something else (better=higher, assume=exact) than
// before. To be refused means: a Problem with both places, the values are not
// used, and each table and chart that lacks them says how many
// ([Matrix.UnusedNote]).
package dataset
