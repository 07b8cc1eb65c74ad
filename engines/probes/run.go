package probes

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"promisebench/engines"
)

// A Verdict is what a probe says of an engine.
type Verdict string

const (
	// OK is the right output.
	OK Verdict = "ok"
	// Wrong is another one, an exception, a hang or a crash.
	Wrong Verdict = "WRONG"
	// Known is a wrong one that is listed: see [Defect].
	Known Verdict = "known"
	// Fixed is the right output of a probe that is listed as a defect of this
	// engine: the entry should go, or be bound to older versions.
	Fixed Verdict = "fixed"
	// Absent means that the engine lacks what the probe is about.
	Absent Verdict = "absent"
	// NotApplicable means that the right output is that of an await mode which
	// this engine, being older, never had.
	NotApplicable Verdict = "n/a"
)

// A Result is the outcome of one probe in one engine.
type Result struct {
	Probe   Probe
	Verdict Verdict
	Got     []string // as far as it came
	Err     error    // why it did not come to its end, or nil
	// Why is the reason for Absent and NotApplicable, and for Known and Fixed
	// what the list says.
	Why string
}

// A Runner runs probes.
type Runner struct {
	Known []Defect
	// Timeout is the longest time for one probe: an engine that hangs costs no
	// more than that, and the other probes go on.
	Timeout time.Duration
}

// Run runs a probe in a realm of its own, so that nothing that one probe does
// to the globals, or to its process, shows in another. Only the end of ctx is
// returned as an error.
func (r Runner) Run(ctx context.Context, e engines.Engine, p Probe) (Result, error) {
	short, cancel := context.WithTimeout(ctx, r.Timeout)
	defer cancel()
	result := attempt(short, e, p)
	if err := ctx.Err(); err != nil {
		return result, err
	}
	if result.Verdict != "" {
		return result, nil
	}
	result.Verdict = Wrong
	if result.Err == nil && slices.Equal(result.Got, p.Want) {
		result.Verdict = OK
	}
	for _, d := range r.Known {
		if !d.Matches(e, p) {
			continue
		}
		result.Why = d.Why
		if result.Verdict == OK {
			result.Verdict = Fixed
		} else {
			result.Verdict = Known
		}
		break
	}
	return result, nil
}

// attempt runs p and leaves the verdict to the caller unless p can't say
// anything about e.
func attempt(ctx context.Context, e engines.Engine, p Probe) (result Result) {
	result.Probe = p
	without := func(v Verdict, why string) Result {
		result.Verdict, result.Why, result.Got = v, why, nil
		return result
	}
	for _, f := range p.Needs {
		if !e.Supports(f) {
			return without(Absent, "no syntax for "+string(f))
		}
	}
	mode, ok := engines.OwnAwait(e)
	if !ok {
		result.Err = fmt.Errorf("no await mode is %s's own", e.Name())
		return result
	}
	if p.Await != "" && p.Await != mode {
		return without(NotApplicable, "its await is the "+string(mode)+" one")
	}
	realm, err := e.Open(ctx, engines.Options{Await: mode})
	if err != nil {
		result.Err = err
		return result
	}
	defer realm.Close()
	if result.Err = realm.Load(ctx, "prelude.js", prelude); result.Err != nil {
		return result
	}
	if len(p.Has) > 0 {
		has, err := realm.Probe(ctx, "has.js", presence(p.Has))
		if err != nil {
			result.Err = err
			return result
		}
		if len(has) != 1 || has[0] != "true" {
			return without(Absent, "no "+strings.Join(p.Has, ", no "))
		}
	}
	if p.Modules != nil {
		modules, why, err := modulesOf(ctx, realm, p)
		if err != nil {
			result.Err = err
			return result
		}
		if modules == nil {
			return without(Absent, why)
		}
		result.Got, result.Err = modules.ProbeModules(ctx, p.Entry, p.Modules)
	} else {
		result.Got, result.Err = realm.Probe(ctx, p.Name+".js", p.Program)
	}
	if result.Err == nil {
		// What an event of the host has logged behind the last job, or yet will.
		var late []string
		late, result.Err = realm.Probe(ctx, "late.js", "")
		result.Got = append(result.Got, late...)
	}
	if len(result.Got) == 1 {
		if why, ok := strings.CutPrefix(result.Got[0], "absent: "); ok {
			return without(Absent, why)
		}
	}
	return result
}

// presence returns a program that logs whether one of the functions exists.
func presence(names []string) string {
	var tests []string
	for _, name := range names {
		tests = append(tests, fmt.Sprintf("(function () { try { return typeof %s === 'function'; } catch (e) { return false; } })()", name))
	}
	return "log(" + strings.Join(tests, " || ") + ");\n"
}

// modulesOf returns the realm as one that can load p's modules, or why it can't.
func modulesOf(ctx context.Context, realm engines.Realm, p Probe) (engines.ModuleRealm, string, error) {
	m, ok := realm.(engines.ModuleRealm)
	if !ok {
		return nil, "promisebench can't load modules in it", nil
	}
	// Older engines have modules and no top-level await, which only
	// promisebench's own programs say with this word.
	least, missing := "log(1);\n", "modules"
	if strings.Contains(p.Source(), "await ") {
		least, missing = "await 0;\n"+least, "top-level await"
	}
	lines, err := m.ProbeModules(ctx, "least.mjs", map[string]string{"least.mjs": least})
	if errors.Is(err, errors.ErrUnsupported) {
		return nil, engines.Reason(err), nil
	}
	if err == nil && len(lines) == 1 {
		return m, "", nil
	}
	// An engine that lacks something still lives; a crash or a hang is no
	// missing feature.
	if _, dead := realm.Probe(ctx, "alive.js", "log(1);"); dead != nil {
		return nil, "", errors.Join(err, dead)
	}
	if err == nil {
		return nil, "", fmt.Errorf("a module with %s logged %q, want one line", missing, lines)
	}
	return nil, fmt.Sprintf("no %s: %s", missing, engines.Reason(err)), nil
}
