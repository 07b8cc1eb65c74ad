package engines

import (
	"context"
	"fmt"
	"strconv"
	"strings"
)

// orderProgram tells the two meanings of await apart by what runs first: the
// continuation of an await of a settled promise, or the reactions chained to
// that promise beside it (tc39/ecma262 pull request 1250 shows a like one).
const orderProgram = `
var p = Promise.resolve();
(async function () { await p; log('after:await'); })();
p.then(function () { log('tick:a'); }).then(function () { log('tick:b'); });
`

// AwaitOrder is the order in which [ProbeAwait]'s program must log under each mode.
func AwaitOrder(mode AwaitMode) string {
	if mode == Legacy {
		return "tick:a tick:b after:await"
	}
	return "after:await tick:a tick:b"
}

// ProbeAwait runs the order program and returns what it logged, in one line.
func ProbeAwait(ctx context.Context, r Realm) (string, error) {
	lines, err := r.Probe(ctx, "await-order.js", orderProgram)
	return strings.Join(lines, " "), err
}

// ProveAwait returns nil if await in r means what mode says. A flag or a
// rewrite is never trusted by itself: Node.js 12.0.0, for one, lists a flag
// for it that does nothing.
func ProveAwait(ctx context.Context, r Realm, mode AwaitMode) error {
	got, err := ProbeAwait(ctx, r)
	if err != nil {
		return fmt.Errorf("order program: %w", err)
	}
	if want := AwaitOrder(mode); got != want {
		return fmt.Errorf("await=%s does not hold in this realm: the order program logged %q, want %q", mode, got, want)
	}
	return nil
}

// adoptionProgram counts the ticks until a promise has adopted another, native
// and settled one: by the specification a job that calls then, then the
// reaction, between the link that returned it and the reaction that counts.
const adoptionProgram = `
var ticks = 0, done = false;
Promise.resolve().then(function () { return Promise.resolve(); }).then(function () { done = true; log(ticks); });
(function tick() { if (!done) { ticks++; Promise.resolve().then(tick); } })();
`

// SpecifiedAdoption is what [ProbeAdoption] finds in a conforming engine.
const SpecifiedAdoption = 4

// ProbeAdoption returns the ticks that adopting a promise takes. Fewer than
// [SpecifiedAdoption] is the bug that V8 had in Node.js 7 to 9.
func ProbeAdoption(ctx context.Context, r Realm) (int, error) {
	lines, err := r.Probe(ctx, "adoption.js", adoptionProgram)
	if err != nil {
		return 0, fmt.Errorf("adoption program: %w", err)
	}
	if len(lines) != 1 {
		return 0, fmt.Errorf("adoption program logged %q, want one number", lines)
	}
	return strconv.Atoi(lines[0])
}

// asyncStackProgram throws below three awaits, behind a first one, so that the
// callers are no longer on the call stack.
const asyncStackProgram = `
async function innermost() { await null; throw new Error('for its stack'); }
async function between() { await innermost(); }
async function outermost() { await between(); }
outermost().catch(function (e) { log(String(e.stack).indexOf('outermost') >= 0); });
`

// ProbeAsyncStack reports whether the stack property of an error names the
// async functions that await the one that threw it.
func ProbeAsyncStack(ctx context.Context, r Realm) (bool, error) {
	lines, err := r.Probe(ctx, "async-stack.js", asyncStackProgram)
	if err != nil {
		return false, fmt.Errorf("async stack program: %w", err)
	}
	if len(lines) != 1 {
		return false, fmt.Errorf("async stack program logged %q, want one line", lines)
	}
	return lines[0] == "true", nil
}

// DetectAwait finds out which await mode is an engine's own, in a realm opened
// without emulation, and so where each mode comes from.
func DetectAwait(ctx context.Context, r Realm) (map[AwaitMode]AwaitSource, error) {
	order, err := ProbeAwait(ctx, r)
	if err != nil {
		return nil, err
	}
	adoption, err := ProbeAdoption(ctx, r)
	if err != nil {
		return nil, err
	}
	switch {
	case order == AwaitOrder(Legacy):
		return map[AwaitMode]AwaitSource{Legacy: Native, Optimized: Unavailable}, nil
	case order == AwaitOrder(Optimized) && adoption < SpecifiedAdoption:
		return map[AwaitMode]AwaitSource{Legacy: Unavailable, Optimized: SkipsTicks}, nil
	case order == AwaitOrder(Optimized):
		return map[AwaitMode]AwaitSource{Legacy: Emulated, Optimized: Native}, nil
	}
	return nil, fmt.Errorf("the order program logged %q, which is neither mode's order", order)
}

// Ticks runs operations 0 to ops-1 of the loaded workload one at a time and
// returns for each the turns of the microtask queue until it was settled.
func Ticks(ctx context.Context, r Realm, ops int) ([]int, error) {
	lines, err := r.Probe(ctx, "ticks.js", fmt.Sprintf("promisebenchTicks(%d);", ops))
	if err != nil {
		return nil, fmt.Errorf("counting ticks: %w", err)
	}
	if len(lines) != ops {
		return nil, fmt.Errorf("counting ticks: %w: %d of %d settled", ErrUnsettled, len(lines), ops)
	}
	ticks := make([]int, ops)
	for i, line := range lines {
		if ticks[i], err = strconv.Atoi(line); err != nil {
			return nil, fmt.Errorf("counting ticks: %w", err)
		}
	}
	return ticks, nil
}
