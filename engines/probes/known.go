package probes

import (
	"path"
	"regexp"

	"promisebench/engines"
)

// A Defect is a probe that is known to go wrong in an engine. Its program is
// the probe's. The list says what the world is like and excuses nothing: a
// defect that is gone is reported as fixed, and one that is not listed fails
// the check.
type Defect struct {
	// Engine and Probe are patterns as of path.Match. Version is a regular
	// expression that matches in the engine's version; empty is every version
	// so far.
	Engine, Version, Probe string
	// Why says what is wrong in words, and where that is discussed.
	Why string
}

// Matches reports whether d speaks of p in e. A broken pattern matches nothing.
func (d Defect) Matches(e engines.Engine, p Probe) bool {
	engine, err1 := path.Match(d.Engine, e.Name())
	probe, err2 := path.Match(d.Probe, p.Name)
	version, err3 := regexp.MatchString(d.Version, e.Version())
	return err1 == nil && err2 == nil && err3 == nil && engine && probe && version
}

// Defects returns what is known. Engines that embed V8 are told by its version,
// so that a user's own build of the same age is covered too. Some entries are
// no mistakes of their time: the specification has changed since.
func Defects() []Defect {
	const (
		// V8 in Node.js 7; 8 and 9; 7 to 12.0; 10 to 22.
		v8in7       = `\(V8 5\.5\.`
		v8in8       = `\(V8 6\.2\.`
		v8before7   = `\(V8 [56]\.`
		v8before7_8 = `\(V8 (5|6|7\.[0-7])\.`
		v8before13  = `\(V8 ([5-9]|1[0-2])\.`
	)
	return []Defect{
		{"*", v8before7, "host/timers-and-jobs", turnsAtOnce},
		{"*", v8before7, "host/immediates-and-jobs", turnsAtOnce},
		{"*", v8in7, "promise/adoption-ticks", tickSkipping},
		{"*", v8in8, "promise/adoption-ticks", tickSkipping},
		{"*", v8in7, "await/return-ticks", tickSkipping},
		{"*", v8in8, "await/return-ticks", tickSkipping},
		{"*", v8in7, "await/constructor*", v8Constructor},
		{"*", v8in7, "await/subclass", v8Constructor},
		{"*", v8in8, "await/constructor", v8Wrapper},
		{"*", v8in8, "await/constructor-throws", v8Wrapper},
		{"*", v8in8, "await/patched-then", v8Wrapper},
		{"*", v8before7_8, "combinators/all-steps", "resolve is looked up for each element and after the iterator has started, as specified before ECMAScript 2020 (tc39/ecma262#1506, #1912)"},
		{"*", `\(V8 7\.[0-7]\.`, "iteration/async-generator-ticks", "an async generator that ends without a return statement takes one tick too many"},
		{"*", `\(V8 7\.4\.`, "iteration/for-await-sync-ticks", "a promise in a synchronous iterable is wrapped in another one, as before tc39/ecma262#1250; V8 7.0 with its flag and V8 7.8 use it as it is"},
		{"*", v8before13, "iteration/for-await-rejection", closeOnRejection},
		{"js102", "", "iteration/for-await-rejection", closeOnRejection},
		{"js102", "", "module/shared-dependency", "an await at the top level of a module is skipped while the job queue is empty, although the next module has yet to run"},
		{"jsc", "", "promise/with-resolvers", resolverOrder},
		{"bun", "", "promise/with-resolvers", resolverOrder},
		{"jsc", "", "iteration/from-async", "Array.fromAsync never settles when a promise in a synchronous iterable is rejected"},
		{"*", `\(V8 1[0-4]\.`, "promise/try*", tryAdopts},
		{"deno", "", "promise/try*", tryAdopts},
		{"firefox", "", "promise/try*", tryAdopts},
		{"jsc", "", "promise/try*", tryAdopts},
		{"quickjs", "", "promise/try*", tryAdopts},
		{"bun", "", "promise/finally-ticks", "finally settles two ticks early, as if the callback's result took no promise"},
		{"quickjs", "", "await/constructor-throws*", "the exception rejects the async function's promise, past the try statement around the await (bellard/quickjs#236)"},
		{"quickjs", "", "iteration/async-generator-queue", "a throw request that waits in the queue behind one that ends the generator is never answered"},
		{"quickjs", "", "iteration/for-await-break", "what the iterator's return promises is not awaited when a loop in an async function is left (as in quickjs-ng/quickjs#1580)"},
		{"quickjs", "", "iteration/for-await-next-rejects", "return is called on an iterator that has ended (as in quickjs-ng/quickjs#1577)"},
		{"goja", "", "await/constructor-throws", gojaConstructor},
		{"sobek", "", "await/constructor-throws", gojaConstructor},
		{"goja", "", "await/constructor-throws-later", gojaLost},
		{"sobek", "", "await/constructor-throws-later", gojaLost},
	}
}

// What more than one engine shares.
const (
	tickSkipping     = "a promise that adopts another skips ticks: the Node 8 bug"
	v8Constructor    = "await takes every promise as it is, that of a subclass too, without a look at its constructor"
	v8Wrapper        = "await resolves a wrapper promise, as specified in 2017, by calling then"
	turnsAtOnce      = "all timers that are due run before any job that one of them has made, as in Node.js until 10 (nodejs/node#22842)"
	closeOnRejection = "the iterator is not closed, as specified before ECMAScript 2025 (tc39/ecma262#2600)"
	resolverOrder    = "the properties come in the order resolve, reject, promise"
	tryAdopts        = "Promise.try makes a new promise that adopts the one which the callback returned, as specified until 2026 (tc39/ecma262#3883)"
	gojaConstructor  = "the exception ends the script: no try statement catches it, not even around the call of the async function"
	gojaLost         = "the exception is lost and the async function's promise never settles"
)
