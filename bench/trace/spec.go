package trace

import (
	"fmt"
	"slices"
	"strings"

	"promisebench/engines"
)

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

// promises counts them in words.
func (c Cost) promises() string {
	switch len(c.Promises) {
	case 0:
		return "no extra promise"
	case 1:
		return "1 extra promise (" + c.Promises[0] + ")"
	}
	return fmt.Sprintf("%d extra promises (%s)", len(c.Promises), strings.Join(c.Promises, ", "))
}

// A step is a job that the specification has for an await and that no script
// can see.
type step struct {
	await *Await
	// job is its name, and does what it does, in a few words.
	job, does string
}

// steps returns the unseen jobs of each tick. None is told of an engine whose
// await does not follow the specification.
func (t Timeline) steps() map[int][]step {
	found := map[int][]step{}
	if t.Source == engines.SkipsTicks {
		return found
	}
	for _, a := range t.Awaits {
		c := Specified(t.Mode, a.Value)
		if a.End >= 0 && a.Ticks() < c.Ticks {
			continue // see [Timeline.deviates]
		}
		if c.Job {
			found[a.Start+1] = append(found[a.Start+1], step{a, "PromiseResolveThenableJob", "calls its then()"})
		}
		// Whatever the promise took to settle, the wrapper does so one tick
		// before the function goes on.
		if c.Reaction && a.End >= 0 {
			found[a.End-1] = append(found[a.End-1], step{a, "PromiseReactionJob", "settles the wrapper"})
		}
	}
	return found
}

// cost says what one or more evaluations of one await took.
func (t Timeline) cost(times []*Await) string {
	if len(times) == 0 {
		return "not reached"
	}
	var parts []string
	for _, a := range times {
		parts = append(parts, t.ticks(a))
	}
	parts = slices.Compact(parts)
	const most = 4
	if len(parts) > most {
		parts = append(parts[:most], "…")
	}
	text := strings.Join(parts, "; ")
	first := times[0]
	if len(times) > 1 {
		text = fmt.Sprintf("%d times: %s", len(times), text)
	}
	if t.Source == engines.SkipsTicks && first.Value == Promise {
		return text + ". The Node 8 bug: its specification, that of 2017, has " + plural(Specified(engines.Legacy, first.Value).Ticks, "tick")
	}
	text += ", " + Specified(t.Mode, first.Value).promises()
	if len(times) > 1 {
		text += " each"
	}
	return text
}

// ticks says what one evaluation took.
func (t Timeline) ticks(a *Await) string {
	least := Specified(t.Mode, a.Value).Ticks
	n := a.Ticks()
	text := plural(n, "tick")
	switch {
	case n < 0:
		return "never goes on: nothing settled it before the queue was empty"
	case n < least:
		text += fmt.Sprintf(" where the specification has %d", least)
	case n > least:
		text += fmt.Sprintf(", %d more than if it had settled already", n-least)
	}
	if a.Threw {
		text += ", then throws"
	}
	return text
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
