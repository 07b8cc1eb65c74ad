package trace

import "promisebench/engines"

// A Cost is what the specification's steps make for one await.
type Cost struct {
	// Promises names the promises that are made beside the awaited one.
	Promises []string
	// Ticks is how long it takes if what is awaited has settled already, or,
	// for a thenable, calls back at once.
	Ticks int
	// Job says that a PromiseResolveThenableJob calls the value's method then
	// (ECMA-262 section 27.2.2.2). The then of a native promise makes a promise
	// for its own result, which is not counted: an engine may leave it out, as
	// nobody can get hold of it.
	Job bool
	// Reaction says that a PromiseReactionJob (section 27.2.2.1) settles the
	// wrapper when the awaited promise has settled.
	Reaction bool
}

// Specified returns the cost of awaiting a value.
//
// Under await=legacy these are the steps of AsyncFunctionAwait in ECMAScript
// 2017 (section 25.5.5.3; in 2018 section 6.2.3.1, Await): a new promise, the
// wrapper, is resolved with the value, whatever that is, and PerformPromiseThen
// gets a second new one, the throwaway, as its result. A wrapper resolved with an
// object that has a then waits for a PromiseResolveThenableJob that calls it.
//
// Under await=optimized these are the steps of Await since ECMAScript 2019
// (today section 27.7.5.3, changed by https://github.com/tc39/ecma262/pull/1250):
// PromiseResolve(%Promise%, v) returns v itself if it is a native promise whose
// constructor is Promise, and only else wraps it. The throwaway went in
// https://github.com/tc39/ecma262/pull/1146; V8 makes it only where hooks look.
func Specified(mode engines.AwaitMode, v Value) Cost {
	c := Cost{Ticks: 1}
	switch {
	case mode == engines.Legacy:
		c.Promises = []string{"wrapper", "throwaway"}
	case v == Promise:
		return c
	default:
		c.Promises = []string{"wrapper"}
	}
	c.Job = v != Plain
	c.Reaction = v == Promise || v == Subclass
	if c.Job {
		c.Ticks++
	}
	if c.Reaction {
		c.Ticks++
	}
	return c
}

// A Step is a job that the specification has for an await and that no script
// can see.
type Step struct {
	Await *Await
	// Job is its name, and Does what it does, in a few words.
	Job, Does string
}

// Steps returns the unseen jobs of each tick. None is told of an engine whose
// await does not follow the specification.
func (t Timeline) Steps() map[int][]Step {
	found := map[int][]Step{}
	if t.Source == engines.SkipsTicks {
		return found
	}
	for _, a := range t.Awaits {
		c := Specified(t.Mode, a.Value)
		if a.End >= 0 && a.Ticks() < c.Ticks {
			continue // it deviates, and nobody knows how
		}
		if c.Job {
			found[a.Start+1] = append(found[a.Start+1], Step{a, "PromiseResolveThenableJob", "calls its then()"})
		}
		// Whatever the promise took to settle, the wrapper does so one tick
		// before the function goes on.
		if c.Reaction && a.End >= 0 {
			found[a.End-1] = append(found[a.End-1], Step{a, "PromiseReactionJob", "settles the wrapper"})
		}
	}
	return found
}
