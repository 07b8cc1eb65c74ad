package engines

import "context"

// A Conduct is a program whose ticks tell whether an engine keeps to the specification in
// a feature: see [Deviant].
type Conduct struct {
	Feature Feature
	// Has is an expression that is true where the engine has the feature, and empty for
	// syntax, which [Features] knows.
	Has string
	// Program is an expression, the promise of an operation.
	Program string
	// Ticks is what the operation takes by the specification, worked out by hand.
	Ticks int
}

// Conducts lists what engines are known to deviate in.
//
// By hand: an async generator that ends at once settles the promise of its first next
// before that returns. Finally hears of the settled promise, 1, and chains a link to
// what its function has returned, which its own promise adopts, 2. Promise.try returns
// a promise that its function has returned, as it is: so the specification has it since 2026
// (tc39/ecma262#3883), and made a new one before that adopted it, in two ticks more. The
// counting reaction comes on top.
func Conducts() []Conduct {
	return []Conduct{
		{AsyncGenerators, "", "(async function* () {})().next()", 0 + 1},
		{Finally, "typeof Promise.prototype.finally === 'function'", "Promise.resolve(1).finally(() => {})", 1 + 2 + 1},
		{PromiseTry, "typeof Promise.try === 'function'", "Promise.try(() => Promise.resolve(1))", 0 + 1},
	}
}

// TryAdopts is how engines deviate in [PromiseTry] that have it as it was at first.
const TryAdopts = "a new promise adopts the one that it is given, as specified until 2026 (tc39/ecma262#3883)"

// Count runs the program in a realm of its own, of an engine that has the syntax, and
// returns its ticks. has is false, and nothing was run, where the engine lacks the
// function.
func (c Conduct) Count(ctx context.Context, r Realm) (ticks int, has bool, err error) {
	if c.Has != "" {
		lines, err := r.Probe(ctx, "has.js", "log("+c.Has+")")
		if err != nil || len(lines) != 1 || lines[0] != "true" {
			return 0, false, err
		}
	}
	if err := r.Load(ctx, "conduct.js", "function operation() { return "+c.Program+"; }"); err != nil {
		return 0, true, err
	}
	got, err := Ticks(ctx, r, 1)
	if err != nil {
		return 0, true, err
	}
	return got[0], true, nil
}
