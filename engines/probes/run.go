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
	without := func(v Verdict, why string) Result { return Result{Probe: p, Verdict: v, Why: why} }
	for _, f := range p.Needs {
		if !e.Supports(f) {
			return without(Absent, "no syntax for "+string(f))
		}
	}
	mode, ok := engines.OwnAwait(e)
	if !ok {
		result.Err = fmt.Errorf("%s: none of its await modes is its own", e.Name())
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
	why, err := lacking(ctx, realm, p)
	if err != nil {
		result.Err = err
		return result
	}
	if why != "" {
		return without(Absent, why)
	}
	result.Got, result.Err = logged(ctx, realm, p)
	if len(result.Got) == 1 {
		if why, ok := strings.CutPrefix(result.Got[0], "absent: "); ok {
			return without(Absent, why)
		}
	}
	return result
}

// lacking says what the realm lacks that p is about; empty if nothing.
func lacking(ctx context.Context, realm engines.Realm, p Probe) (why string, err error) {
	if len(p.Has) > 0 {
		has, err := realm.Probe(ctx, "has.js", presence(p.Has))
		if err != nil {
			return "", err
		}
		if len(has) != 1 || has[0] != "true" {
			return "no " + strings.Join(p.Has, ", no "), nil
		}
	}
	if p.Modules == nil {
		return "", nil
	}
	return withoutModules(ctx, realm, p)
}

// logged runs p and returns what it and events of the host behind it log.
func logged(ctx context.Context, realm engines.Realm, p Probe) (lines []string, err error) {
	if p.Modules == nil {
		lines, err = realm.Probe(ctx, p.Name+".js", p.Program)
	} else if modules, ok := realm.(engines.ModuleRealm); ok {
		lines, err = modules.ProbeModules(ctx, p.Entry, p.Modules)
	}
	if err != nil {
		return lines, err
	}
	late, err := realm.Probe(ctx, "late.js", "")
	return append(lines, late...), err
}

// presence returns a program that logs whether one of the functions exists.
func presence(names []string) string {
	var tests []string
	for _, name := range names {
		tests = append(tests, fmt.Sprintf("(function () { try { return typeof %s === 'function'; } catch (e) { return false; } })()", name))
	}
	return "log(" + strings.Join(tests, " || ") + ");\n"
}

// withoutModules says why the realm can't load p's modules; empty if it can.
func withoutModules(ctx context.Context, realm engines.Realm, p Probe) (why string, err error) {
	m, ok := realm.(engines.ModuleRealm)
	if !ok {
		return "promisebench can't load modules in it", nil
	}
	// Older engines have modules and no top-level await, which only
	// promisebench's own programs say with this word.
	least, missing := "log(1);\n", "modules"
	if strings.Contains(p.Source(), "await ") {
		least, missing = "await 0;\n"+least, "top-level await"
	}
	lines, err := m.ProbeModules(ctx, "least.mjs", map[string]string{"least.mjs": least})
	if errors.Is(err, errors.ErrUnsupported) {
		return engines.Reason(err), nil
	}
	if err == nil && len(lines) == 1 {
		return "", nil
	}
	// An engine that lacks something still lives; a crash or a hang is no
	// missing feature.
	if _, dead := realm.Probe(ctx, "alive.js", "log(1);"); dead != nil {
		return "", errors.Join(err, dead)
	}
	if err == nil {
		return "", fmt.Errorf("a module with %s logged %q, want one line", missing, lines)
	}
	return fmt.Sprintf("no %s: %s", missing, engines.Reason(err)), nil
}
