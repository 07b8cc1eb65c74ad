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
