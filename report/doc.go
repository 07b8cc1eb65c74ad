// Package report says what benchmark results mean.
//
// It reads Go benchmark format text
// (https://golang.org/design/14313-benchmark-format), as promisebench and
// `go test -bench` print it, and nothing else: it knows no engine and no
// workload. What it shows is found in the text, so a new engine or workload
// needs no change here. (An article's figures, see [Results.Figures], are about
// two workloads on certain versions of Node.js; only figures.go knows these.)
// It opens no file: texts come from an io.Reader, and tables, charts and the
// page go to an io.Writer.
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
// mixed. All other benchmarks are listed in a table of their own.
//
// The key emulated=yes marks an await mode that was emulated although the
// engine has it. Beside the same benchmark without it, it gives the error of
// the emulation, which then stands wherever emulated numbers do. Where it was
// not measured, what the condition "emulation-error" says stands there.
//
// # Statistics
//
// Times are not normally distributed: they have a floor and a long tail. So a
// time is summarised by its median with the exact 95 % interval from order
// statistics (benchmath.AssumeNothing), which assumes no shape at all and needs
// at least six samples. Units declared "assume=exact" are shown as they are,
// and any variation is a warning.
//
// Two await modes are compared as benchstat does it (Mann–Whitney U test), so
// that the numbers can be checked with benchstat, and by the ratio of paired
// samples with its own interval, because a speed-up without an interval says
// nothing about how far to trust it. See [Results.Tables] and the comment on
// paired in stats.go for why pairs are used.
//
// # Base and head
//
// [Judge] compares two sets of results, which is what a regression gate does, and
// what the page of a comparison shows ([Judgement.WritePage]). How it comes to its
// verdicts is in package gate below this one, which knows numbers only.
//
// What only one side has, broken lines and unfinished runs do not keep the rest
// from being compared, but each is a [Fault], and with one there is no pass.
// Refused are two sides that mean different things by a unit.
//
// # History
//
// [ReadHistory] reads many runs and shows where their times changed. What may
// stand in one line is said at [History]; how changes are found, in package
// changepoint below this one, which knows numbers only.
//
// # Nothing is dropped silently
//
// A broken line, a cut-off last line, a time that cannot be, differing
// conditions between texts: each becomes a [Problem] with its place. Skips and
// failures become [Outcome] values. Both stand in the report beside the
// numbers. Only errors of reading itself are returned as errors.
//
// Units are not mixed. A line without any of the units that its benchmark was
// first measured in is refused, and so are the values of a unit from where a
// text declares it to be something else (better=higher, assume=exact) than
// before. To be refused means: a Problem with both places, the values are not
// used, and each table and chart that lacks them says how many.
package report
