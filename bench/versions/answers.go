package versions

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"promisebench/engines"
	"promisebench/engines/probes"
	search "promisebench/report/bisect"
)

// right is the answer of a probe whose output is the specified one.
const right = "right"

// A question is a probe, put to an engine.
type question struct {
	probe  int // its index
	engine string
}

// asking are probes that are put to engines of many points.
type asking struct {
	*Bench
	way     *search.Search
	probes  []probes.Probe
	answers map[question]map[int]string // by points
}

// ask puts questions to a point that is built. If ctx ends, what is left is not asked.
func (a *asking) ask(ctx context.Context, list []question, point int) {
	start := time.Now()
	defer func() { a.way.Spend(time.Since(start)) }()
	runner := probes.Runner{Timeout: a.Meter.Timeout}
	for _, q := range list {
		at := slices.IndexFunc(a.builds[point].Engines, func(e engines.Engine) bool { return e.Name() == q.engine })
		if at < 0 {
			continue
		}
		result, err := runner.Run(ctx, a.builds[point].Engines[at], a.probes[q.probe])
		if err != nil {
			return
		}
		if a.answers[q] == nil {
			a.answers[q] = map[int]string{}
		}
		a.answers[q][point] = say(result)
	}
}

// say writes an answer such that it is the same wherever an engine behaves the same:
// messages of errors have other words in every version.
func say(r probes.Result) string {
	switch {
	case r.Verdict == probes.OK:
		return right
	case r.Verdict != probes.Wrong:
		return string(r.Verdict)
	case r.Err != nil:
		return strings.TrimPrefix(strings.Join(r.Got, ", ")+", then an error", ", then ")
	case len(r.Got) == 0:
		return "nothing"
	}
	return strings.Join(r.Got, ", ")
}

// search looks for where the answers of probes change. At both ends all are asked, and
// then those that differ there.
func (a *asking) search(ctx context.Context, told func()) error {
	last := len(a.Points) - 1
	if err := a.way.Take(ctx, search.Candidate{New: last}); err != nil || ctx.Err() != nil {
		return err
	}
	var all []question
	for _, e := range a.builds[0].Engines {
		for i := range a.probes {
			all = append(all, question{i, e.Name()})
		}
	}
	for _, end := range []int{0, last} {
		a.ask(ctx, all, end)
		told()
	}
	differ := slices.DeleteFunc(all, func(q question) bool { return a.answers[q][0] == a.answers[q][last] })
	for _, q := range differ {
		for ctx.Err() == nil && a.way.Spent() < a.way.Budget {
			at, open := a.coded(q).Next(a.way.Skipped())
			if !open {
				break
			}
			if err := a.way.Take(ctx, search.Candidate{New: at}); err != nil {
				return err
			}
			if ctx.Err() == nil && a.way.Skipped()[at] == nil {
				a.ask(ctx, differ, at)
				told()
			}
		}
	}
	return nil
}

// coded makes figures of answers. The right one is 0.
func (a *asking) coded(q question) search.Exact {
	e := search.Exact{Points: len(a.Points), Values: map[int]float64{}}
	others := []string{right}
	for p := range a.Points {
		answer, asked := a.answers[q][p]
		if !asked {
			continue
		}
		at := slices.Index(others, answer)
		if at < 0 {
			at, others = len(others), append(others, answer)
		}
		e.Values[p] = float64(at)
	}
	return e
}

// series are what was found: one for each probe that differs, and one for all others.
func (a *asking) series() (list []search.Series) {
	same, last := 0, len(a.Points)-1
	for i, p := range a.probes {
		for _, e := range a.builds[0].Engines {
			q := question{i, e.Name()}
			answers := a.answers[q]
			if _, asked := answers[last]; !asked {
				continue
			}
			if answers[0] == answers[last] {
				same++
				continue
			}
			s := search.Series{Benchmark: "probe " + p.Name, Unit: "answer", Exact: true, Answers: answers}
			if len(a.builds[0].Engines) > 1 {
				s.Benchmark += " on " + e.Name()
			}
			s.Steps, s.Pairs = a.coded(q).Steps(a.way.Skipped()), len(answers)
			for i := range s.Steps {
				if step := &s.Steps[i]; step.Before > 0 && step.After > 0 {
					step.Ratio = 1 // one that is wrong is as good as another
				}
			}
			list = append(list, s)
		}
	}
	if same > 0 {
		rest := search.Series{Benchmark: fmt.Sprintf("%d probes", same), Unit: "answer", Exact: true}
		rest.Rest, rest.Pairs = []search.Rest{{First: 0, Last: last, None: 1}}, 2
		list = append(list, rest)
	}
	return list
}
