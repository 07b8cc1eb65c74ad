// Package checktest has an example of what a check finds, for tests of what is
// written from it.
package checktest

import (
	"context"
	"errors"

	"promisebench/bench"
	"promisebench/bench/check"
	"promisebench/engines"
	"promisebench/engines/probes"
)

// paper is an engine that is only a name.
type paper struct {
	name, version string
	legacy        engines.AwaitSource
}

func (p paper) Name() string                { return p.name }
func (p paper) Version() string             { return p.version }
func (paper) Supports(engines.Feature) bool { return true }
func (p paper) Await(mode engines.AwaitMode) engines.AwaitSource {
	if mode == engines.Legacy {
		return p.legacy
	}
	return engines.Native
}

func (p paper) Open(context.Context, engines.Options) (engines.Realm, error) {
	return nil, errors.ErrUnsupported
}

// Example returns results with every verdict, and an engine that would upset a terminal, a
// table, a page and a stream of tests if it could.
func Example() check.Results {
	hostile := "v1 | <b>\x1b[31m`x`\nok 99 - # SKIP \u2028\\#"
	list := []probes.Probe{
		{Name: "promise/right", Title: "One is one.", Section: "sec-one", Program: "log(1);\n", Want: []string{"1"}},
		{Name: "promise/odd", Title: "Odd # lines \\ arrive.", Section: "https://example.com/odd", Program: "log('```');\n", Want: []string{"a", ""}},
		{
			Name: "module/two", Title: "Two modules.", Section: "sec-two", Want: []string{"a", "b"},
			Entry: "b.mjs", Modules: map[string]string{"b.mjs": "import './a.mjs';\nlog('b');\n", "a.mjs": "log('a');\n"},
		},
	}
	good := paper{"good", "1.0", engines.Emulated}
	bad := paper{"bad", hostile, engines.Unavailable}
	mode := func(e engines.Engine, mode engines.AwaitMode, v check.Verdict, err error) check.Mode {
		m := check.Mode{Await: mode, Source: e.Await(mode), Verdict: v, Err: err}
		if err == nil {
			m.Order, m.AsyncStack = engines.AwaitOrder(mode), true
			m.Ticks = []check.Ticks{{Workload: "doxbee", Got: 9, Want: 9}}
		}
		return m
	}
	result := func(i int, v probes.Verdict, why string, err error, got ...string) probes.Result {
		return probes.Result{Probe: list[i], Verdict: v, Why: why, Err: err, Got: got}
	}
	return check.Results{
		Conditions: []bench.Condition{{Key: "date", Value: "2026-11-20"}, {Key: "command", Value: "promisebench check"}},
		Workloads:  []string{"doxbee"},
		Probes:     list,
		Engines: []check.Engine{
			{Engine: good, Modes: []check.Mode{mode(good, engines.Legacy, check.OK, nil), mode(good, engines.Optimized, check.OK, nil)}, Results: []probes.Result{
				result(0, probes.OK, "", nil, "1"), result(1, probes.Fixed, "was odd", nil, "a", ""), result(2, probes.Absent, "it has no modules", nil),
			}},
			{Engine: bad, Modes: []check.Mode{
				mode(bad, engines.Legacy, check.NotAvailable, &engines.Error{Engine: "bad", Err: engines.Unsupported{Why: "await=legacy is not available"}}),
				mode(bad, engines.Optimized, check.Wrong, errors.New("bad: doxbee took 8 ticks, want 9")),
			}, Results: []probes.Result{
				result(0, probes.NotApplicable, "its await is the legacy one", nil),
				result(1, probes.Wrong, "", errors.New("bad: worker: ended: signal: killed; stderr:\nnot ok 7 # TODO\x07"), "a", "```\x1b[2J", "· \x00\xff"),
				result(2, probes.Known, "order # of | modules", nil, "b", "a"),
			}},
		},
	}
}
