package check

import (
	"cmp"
	"slices"

	"promisebench/bench"
	"promisebench/engines"
	"promisebench/engines/probes"
)

// Results are everything that a check found.
type Results struct {
	// Conditions are facts to write beside it; Run leaves them to its caller.
	Conditions []bench.Condition
	Workloads  []string // whose ticks were counted
	Probes     []probes.Probe
	Engines    []Engine
}

// An Engine is what was found of one engine.
type Engine struct {
	Engine  engines.Engine
	Modes   []Mode
	Results []probes.Result // in the order of the probes
}

// A Mode is what was found of one await mode.
type Mode struct {
	Await engines.AwaitMode
	// Source is where the engine says that the mode comes from.
	Source engines.AwaitSource
	// Order is what the order program logged.
	Order string
	// SkipsTicks says that promises adopt one another in fewer ticks than the
	// specification allows: the Node 8 bug.
	SkipsTicks bool
	// AsyncStack says that errors' stacks show async callers.
	AsyncStack bool
	// Ticks is how long one operation of each workload took in style async.
	Ticks   []Ticks
	Verdict Verdict
	// Err tells everything that is wrong, and is nil if all is as it must be.
	// It wraps [errors.ErrUnsupported] if the engine can't offer the mode.
	Err error
}

// Ticks compares a count for one operation of a workload with the one worked out by
// hand.
type Ticks struct {
	Workload  string
	Got, Want int
}

// A Verdict is what is said of an await mode.
type Verdict string

const (
	// OK is a mode that is what the engine says, and Wrong one that is not: only
	// that makes a check fail.
	OK    Verdict = "ok"
	Wrong Verdict = "WRONG"
	// SkipsTicks is a bug of the engine that it is known for.
	SkipsTicks Verdict = "await skips ticks (Node 8 bug)"
	// InertFlag and NotAvailable mean that there was nothing to prove.
	InertFlag    Verdict = "flag has no effect"
	NotAvailable Verdict = "not available"
)

// Count returns how many checks went wrong, and how many there were.
func (r Results) Count() (wrong, all int) {
	for _, e := range r.Engines {
		all += len(e.Modes) + len(e.Results)
		for _, m := range e.Modes {
			if m.Verdict == Wrong {
				wrong++
			}
		}
		wrong += e.Count(probes.Wrong)
	}
	return wrong, all
}

// Count returns how many probes have the verdict.
func (e Engine) Count(v probes.Verdict) int {
	n := 0
	for _, r := range e.Results {
		if r.Verdict == v {
			n++
		}
	}
	return n
}

// A Lack is a reason for which engines could not be asked some probes.
type Lack struct {
	Why             string
	Engines, Probes []string
}

// Lacks returns the reasons, those that concern most probes first.
func (r Results) Lacks() []Lack {
	var list []Lack
	add := func(to *[]string, name string) {
		if !slices.Contains(*to, name) {
			*to = append(*to, name)
		}
	}
	for _, e := range r.Engines {
		for _, result := range e.Results {
			if result.Verdict != probes.Absent && result.Verdict != probes.NotApplicable {
				continue
			}
			i := slices.IndexFunc(list, func(l Lack) bool { return l.Why == result.Why })
			if i < 0 {
				i = len(list)
				list = append(list, Lack{Why: result.Why})
			}
			add(&list[i].Engines, e.Engine.Name())
			add(&list[i].Probes, result.Probe.Name)
		}
	}
	slices.SortStableFunc(list, func(a, b Lack) int { return cmp.Compare(len(b.Probes), len(a.Probes)) })
	return list
}

// A Notable is a probe with the results that need words.
type Notable struct {
	Probe   probes.Probe
	Engines []string // of the results
	Results []probes.Result
}

// Notables returns, by probe, what is wrong, known or fixed.
func (r Results) Notables() []Notable {
	var list []Notable
	for i, p := range r.Probes {
		n := Notable{Probe: p}
		for _, e := range r.Engines {
			switch result := e.Results[i]; result.Verdict {
			case probes.Wrong, probes.Known, probes.Fixed:
				n.Engines = append(n.Engines, e.Engine.Name())
				n.Results = append(n.Results, result)
			}
		}
		if len(n.Results) > 0 {
			list = append(list, n)
		}
	}
	return list
}
