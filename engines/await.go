package engines

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"
)

//go:embed programs
var programs embed.FS

// Programs returns the programs of the proofs in this package, below the folder
// programs. They are probes as well: package probes lists them among its own.
func Programs() fs.FS { return programs }

// run runs one of the programs.
func run(ctx context.Context, r Realm, name string) ([]string, error) {
	source, err := programs.ReadFile("programs/" + name)
	if err != nil {
		return nil, err
	}
	lines, err := r.Probe(ctx, path.Base(name), string(source))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return lines, nil
}

// AwaitOrder is the order in which [ProbeAwait]'s program must log under each mode.
func AwaitOrder(mode AwaitMode) string {
	if mode == Legacy {
		return "tick:a tick:b after:await"
	}
	return "after:await tick:a tick:b"
}

// ProbeAwait runs the order program and returns what it logged, in one line.
//
// The program tells the two meanings of await apart by what runs first: the
// continuation of an await of a settled promise, or the reactions chained to
// that promise beside it (tc39/ecma262 pull request 1250 shows a like one).
func ProbeAwait(ctx context.Context, r Realm) (string, error) {
	lines, err := run(ctx, r, "await/order.js")
	return strings.Join(lines, " "), err
}

// ProveAwait returns nil if await in r means what mode says. A flag or a
// rewrite is never trusted by itself: Node.js 12.0.0, for one, lists a flag
// for it that does nothing.
func ProveAwait(ctx context.Context, r Realm, mode AwaitMode) error {
	got, err := ProbeAwait(ctx, r)
	if err != nil {
		return err
	}
	if want := AwaitOrder(mode); got != want {
		return fmt.Errorf("await=%s does not hold in this realm: await/order.js logged %q, want %q", mode, got, want)
	}
	return nil
}

// SpecifiedAdoption is what [ProbeAdoption] finds in a conforming engine: a job
// that calls then, and the reaction, between the link that returned the promise
// and the reaction that counts.
const SpecifiedAdoption = 4

// ProbeAdoption returns the ticks of a chain whose link returns another promise,
// native and settled, which it adopts. Fewer than [SpecifiedAdoption] is the bug
// that V8 had in Node.js 7 to 9.
func ProbeAdoption(ctx context.Context, r Realm) (int, error) {
	const program, line = "promise/adoption-ticks.js", "then returns a promise "
	lines, err := run(ctx, r, program)
	if err != nil {
		return 0, err
	}
	for _, l := range lines {
		if ticks, ok := strings.CutPrefix(l, line); ok {
			return strconv.Atoi(ticks)
		}
	}
	return 0, fmt.Errorf("%s logged %q, want a line %q", program, lines, line+"N")
}

// ProbeAsyncStack reports whether the stack property of an error names the
// async functions that await the one that threw it, which no specification
// demands. Its program throws below three awaits, behind a first one, so that
// the callers are no longer on the call stack.
func ProbeAsyncStack(ctx context.Context, r Realm) (bool, error) {
	const program = "host/async-stack.js"
	lines, err := run(ctx, r, program)
	if err != nil {
		return false, err
	}
	if len(lines) != 1 {
		return false, fmt.Errorf("%s logged %q, want one line", program, lines)
	}
	return lines[0] == "traced", nil
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
