package transform

import (
	"fmt"
	"slices"
	"strings"

	"promisebench/engines"
)

// Stored is the function that looks into the context behind each await and returns what
// it was given.
const Stored = "promisebenchStored"

// A Loader makes of scripts what an engine is to load.
type Loader struct {
	// Emulate says to give await its legacy meaning by rewriting.
	Emulate bool
	// Lower is the syntax to translate away.
	Lower []engines.Feature
	// Stored says to make each await the argument of a call of [Stored].
	Stored bool
}

// LoaderFor returns the loader for a realm of e. The error wraps
// [errors.ErrUnsupported].
func LoaderFor(e engines.Engine, opts engines.Options) (Loader, error) {
	source := AwaitSource(e, opts)
	if source == engines.Unavailable {
		return Loader{}, engines.Unsupported{Why: fmt.Sprintf("await=%s is not available in this engine", opts.Await)}
	}
	if opts.Emulate && (opts.Await != engines.Legacy || !HasBoth(e)) {
		return Loader{}, engines.Unsupported{Why: "an emulation beside the native legacy await needs an engine with both modes"}
	}
	l := Loader{Emulate: opts.Emulate || source == engines.Emulated, Lower: opts.Lower, Stored: opts.Context != ""}
	if l.Stored && l.Emulate {
		return Loader{}, engines.Unsupported{Why: "what a context costs is asked of an await of the engine's own"}
	}
	return l, nil
}

// HasBoth reports whether both await modes are the engine's own, so that the
// emulation can be compared with what it emulates.
func HasBoth(e engines.Engine) bool {
	return e.Await(engines.Legacy) == engines.Native && e.Await(engines.Optimized) == engines.Native
}

// AwaitSource says where opts.Await comes from in a realm of e. Where async
// functions are lowered, the helper that esbuild adds waits and not the
// engine: it does so in one tick, and the legacy mode needs the rewrite.
func AwaitSource(e engines.Engine, opts engines.Options) engines.AwaitSource {
	if !slices.Contains(opts.Lower, engines.AsyncFunctions) {
		return e.Await(opts.Await)
	}
	skips := e.Await(engines.Optimized) == engines.SkipsTicks
	switch {
	case opts.Await == engines.Optimized && skips:
		return engines.SkipsTicks
	case opts.Await == engines.Optimized:
		return engines.Native
	case skips: // the emulation relies on how promises adopt one another
		return engines.Unavailable
	case e.Await(engines.Legacy) != engines.Emulated:
		// The engine's flag does nothing to lowered code, and an emulation
		// beside a native mode must not share its name.
		return engines.Unavailable
	}
	return engines.Emulated
}

// A Script is a script with the name that errors show.
type Script struct{ Name, Text string }

// Preludes returns the scripts to load before all others: the driver and, if
// need be, the function that rewritten scripts call.
func (l Loader) Preludes() ([]Script, error) {
	preludes := []Script{{"driver.js", engines.Driver}}
	if l.Emulate {
		const name = "legacy-await.js"
		text, err := l.lower(name, LegacyPrelude)
		if err != nil {
			return nil, err
		}
		preludes = append(preludes, Script{name, text})
	}
	return preludes, nil
}

// Source returns what to load instead of a script. Syntax errors are returned
// as "name:line:column: message".
func (l Loader) Source(name, source string) (string, error) {
	if l.Stored {
		var err error
		source, _, err = SurroundAwaits(name, source, func(int) Surround { return Surround{Before: Stored + "(", After: ")"} })
		if err != nil {
			return "", err
		}
	}
	if !l.Emulate {
		return l.lower(name, source)
	}
	// Async iteration is lowered before awaits are rewritten: what comes of it
	// has the awaits of "for await" in plain sight, and no syntax that the
	// rewriting's parser doesn't know. Async functions are lowered behind it,
	// because that leaves no await to rewrite.
	var iteration, others []engines.Feature
	for _, f := range l.Lower {
		if f == engines.AsyncFunctions {
			others = append(others, f)
		} else {
			iteration = append(iteration, f)
		}
	}
	source, err := Loader{Lower: iteration}.lower(name, source)
	if err == nil {
		source, err = LegacyAwait(name, source)
	}
	if err == nil {
		source, err = legacyHelpers(name, source)
	}
	if err != nil {
		return "", err
	}
	return Loader{Lower: others}.lower(name, source)
}

func (l Loader) lower(name, source string) (string, error) {
	if len(l.Lower) == 0 {
		return source, nil
	}
	return Lower(name, source, l.Lower)
}

// legacyHelpers gives the awaits of lowered async generators their legacy
// meaning. They are yields to esbuild's helper __asyncGenerator, which
// waits in one tick for a promise wrapped in __await, and for the value of a
// yield: both of these go through the identity. A helper that looks different
// from the one known here is an error.
func legacyHelpers(name, source string) (string, error) {
	if !strings.Contains(source, "var __asyncGenerator = ") {
		return source, nil
	}
	const settled = "Promise.resolve(isAwait ? v[0] : v)"
	if strings.Count(source, settled) != 1 {
		return "", fmt.Errorf("%s: esbuild's helper for async generators has changed: it lacks %q", name, settled)
	}
	return strings.Replace(source, settled, "Promise.resolve("+identity+"(isAwait ? v[0] : v))", 1), nil
}

// Locate adds the position to an engine's error about a script that is a
// syntax error, for engines that don't tell it.
func Locate(name, source string, err error) error {
	if _, located := Lower(name, source, nil); located != nil {
		return fmt.Errorf("%w (%w)", located, err)
	}
	return err
}
