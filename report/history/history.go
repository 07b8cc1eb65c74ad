// Package history says how benchmarks changed over recorded runs: which series of
// runs changed their level, when, by how much, and what else changed there.
//
// # What is a series
//
// A series is one benchmark in runs of one environment: a host and the settings of
// the measurement. Runs that differ in anything that a history is not meant to show
// the effect of are never joined. What it is meant to show is
//
//   - the engine: its version (condition engine-NAME) and what a gate says of the
//     side (side)
//   - the toolchain and us: the version of Go (go), the commit of promisebench
//     (commit), versions of web frameworks (framework-NAME)
//
// and at a change it is reported which of these changed there. Some conditions say
// nothing about how a number came about: when and by which command it was measured,
// in which random order, and what a gate needs to know of its pairs. All others
// separate, and so does every condition that nobody thought of when this was
// written; package dataset has the table ([dataset.RoleOf]). Whether an await mode is
// an engine's own or emulated separates the series of that engine and mode.
//
// # Order
//
// Runs stand in the order of the condition "date". Those of one second stand by the
// names of their folders and files. A run without a date has no place and is a
// [dataset.Problem].
//
// Base and head of a gate, or whatever else has the same date, were measured at the
// same time and share its luck. Both are shown, but changes are looked for in the
// last of them only: a search that took them for two would find the luck.
//
// # What is not tracked
//
// Series are of times (sec/op) and of requests per second, and with them of the
// counts in units that are declared exact. Nothing else is: no memory, no
// percentiles.
package history

import (
	"cmp"
	"maps"
	"math"
	"path"
	"slices"
	"time"

	"promisebench/report/changepoint"
	"promisebench/report/dataset"
	"promisebench/report/stats"
	"promisebench/report/text"
	"promisebench/report/unit"
)

// A History is recorded runs in the order of their dates, as series that changes are
// looked for in. Make one with [Read]. It is not to be changed.
type History struct {
	series       []*series // in the order of tables
	environments []*environment
	runs         []*run
	// common is what all environments share, if there are several.
	common []string
	// untracked are the benchmarks that have nothing that series are made of.
	untracked map[dataset.Key]bool
	// problems and outcomes are those of all runs in reading order.
	problems []dataset.Problem
	outcomes []dataset.Outcome
	to       string // the path from the page to the runs
	plan     changepoint.Plan
}

// A run is one file of results.
type run struct {
	file  string // within the folder of all runs
	date  time.Time
	env   *environment
	known map[string]string // its conditions
}

// A series is one benchmark in runs of one environment.
type series struct {
	dataset.Key
	label string // of the workload
	mode  string // what the await mode is if it is not native
	unit  string
	env   *environment
	runs  []result // by date
	// searched has the indexes of the runs that changes are looked for in; see the
	// package's comment.
	searched         []int
	changepoint.Line // what was found, where indexes are those of runs
	// counts has the values of exact units, by unit; NaN where a run has none. They
	// may be shorter than runs.
	counts map[string][]float64
}

// A result is what one run says of a benchmark.
type result struct {
	*run
	stats.Summary
}

// plan says how sure a change must be: of the series that are said to have changed no
// more than one in twenty is expected to be wrong.
func plan() changepoint.Plan {
	return changepoint.Plan{FDR: 0.05, Confidence: stats.Confidence, Seed: 1}
}

// fewest is the number of runs below which no change can be found in a series,
// whatever its size.
func (h *History) fewest() int { return changepoint.MinPoints(h.plan.FDR) }

// Problems returns what was wrong with the runs, in reading order.
func (h *History) Problems() []dataset.Problem { return h.problems }

// Outcomes returns the failures and skips in all runs, in reading order.
func (h *History) Outcomes() []dataset.Outcome { return h.outcomes }

// Empty reports whether no series has any run.
func (h *History) Empty() bool { return len(h.series) == 0 }

// folder is what a run is called.
func (r *run) folder() string {
	if dir := path.Dir(r.file); path.Base(r.file) == benchFile && dir != "." {
		return dir
	}
	return r.file
}

// when says when a run was, in UTC.
func (r *run) when() string { return r.date.UTC().Format("2006-01-02 15:04") }

// beside reports whether two runs were measured side by side.
func (r *run) beside(other *run) bool {
	pairing := r.known[dataset.Pairing]
	return r.date.Equal(other.date) || pairing != "" && pairing == other.known[dataset.Pairing]
}

// link returns the address of a run's file relative to the page.
func (h *History) link(r *run) string { return text.RelativeLink(path.Join(h.to, r.file)) }

// sort puts the series into the order of tables.
func (h *History) sort(list map[seriesKey]*series) {
	row := func(s *series) dataset.Row {
		return dataset.Row{Workload: s.Workload, Label: s.label, Style: s.Style, Await: s.Await}
	}
	h.series = slices.SortedFunc(maps.Values(list), func(a, b *series) int {
		return cmp.Or(
			dataset.CompareRows(row(a), row(b)),
			cmp.Compare(a.Engine, b.Engine), cmp.Compare(a.mode, b.mode), cmp.Compare(a.Procs, b.Procs), cmp.Compare(a.unit, b.unit),
			cmp.Compare(len(a.env.name), len(b.env.name)), cmp.Compare(a.env.name, b.env.name))
	})
}

// search looks for changes in all series.
func (h *History) search() {
	logs := make([][]float64, len(h.series))
	for i, s := range h.series {
		for k, r := range s.runs {
			if k+1 < len(s.runs) && r.beside(s.runs[k+1].run) {
				continue
			}
			s.searched = append(s.searched, k)
			logs[i] = append(logs[i], math.Log(r.Center))
		}
	}
	for i, found := range changepoint.Find(logs, h.plan) {
		s := h.series[i]
		for k := range found.Changes {
			c := &found.Changes[k]
			c.At, c.From, c.To = s.searched[c.At], s.searched[c.From], s.searched[c.To]
		}
		s.Line = found
	}
}

// higher reports whether more is better.
func (s *series) higher() bool { return s.unit == unit.Requests }

// before returns the index of the run that was searched before another.
func (s *series) before(at int) int {
	i, _ := slices.BinarySearch(s.searched, at)
	return s.searched[max(0, i-1)]
}

// version is that of the engine in a run.
func (s *series) version(at int) string { return s.runs[at].known[dataset.EnginePrefix+s.Engine] }

// newVersion reports whether the engine has another version in a run than before, as
// far as runs are searched.
func (s *series) newVersion(at int) bool {
	_, searched := slices.BinarySearch(s.searched, at)
	return searched && s.version(at) != s.version(s.before(at))
}

// level returns the middle of the logarithms of the runs from start up to but without
// end, of those that are searched.
func (s *series) level(start, end int) float64 {
	var logs []float64
	for _, i := range s.searched {
		if start <= i && i < end {
			logs = append(logs, math.Log(s.runs[i].Center))
		}
	}
	slices.Sort(logs)
	return (logs[(len(logs)-1)/2] + logs[len(logs)/2]) / 2
}

// names says what a series is of: workload, style, await and engine, each "" if there
// is none.
func (s *series) names() (workload, style, await, engine string) {
	workload = s.label
	if s.Procs != "" && "-"+s.runs[0].known[dataset.GoMaxProcs] != s.Procs {
		workload = s.WithProcs(workload)
	}
	if s.unit != unit.Time {
		workload += ", " + s.unit
	}
	if !dataset.HasNoAwait(s.Style) {
		await = text.Clip(s.Await, 40)
	}
	if s.mode != "" && await != "" {
		await += " (" + s.mode + ")"
	}
	return workload, text.Clip(s.Style, 40), await, text.Clip(s.Engine, 40)
}

// full is names in one line.
func (s *series) full() string { return text.Joined(s.names()) }

// versionText writes a version, or "?" if it is not known.
func versionText(v string) string { return cmp.Or(text.Version(v, 80), "?") }
