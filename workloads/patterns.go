package workloads

import (
	"slices"
	"strconv"
)

// patterns returns the workloads of group [Patterns]: the ways in which
// programs wait, join, iterate and recover.
//
// Where they wait for timers, their ticks are those of the path to the result,
// as the driver counts them: from the start or from a timer's firing to the
// next timer that is set or to the end.
func patterns() []Workload {
	return []Workload{
		{
			Name:     "stream",
			About:    "the echo of a request's body that comes in chunks",
			Group:    Patterns,
			Rows:     []string{"S10"},
			dir:      "stream",
			Variants: []Variant{stream{Chunks: 8}.variant()},
		},
		{
			Name:  "combinators",
			About: "five settled promises joined by a method of Promise",
			Group: Patterns,
			Rows:  []string{"S13"},
			dir:   "combinators",
			Variants: []Variant{
				combinator{Kind: "all"}.variant("all", "all are fulfilled"),
				combinator{Kind: "all", Rejects: []int{2, 3}}.variant("all-rejected", "the third is the first that is rejected"),
				combinator{Kind: "allSettled"}.variant("all-settled", "all are fulfilled"),
				combinator{Kind: "allSettled", Rejects: []int{1, 3}}.variant("all-settled-rejected", "two are rejected"),
				combinator{Kind: "race", Pending: true}.variant("race", "behind one that never settles"),
				combinator{Kind: "race", Pending: true, Rejects: []int{0}}.variant("race-rejected", "the first that settles is rejected"),
				combinator{Kind: "any", Rejects: []int{0, 1}}.variant("any", "the third is the first that is fulfilled"),
				combinator{Kind: "any", Rejects: []int{0, 1, 2, 3, 4}}.variant("any-rejected", "all are rejected: an AggregateError"),
			},
		},
		{
			Name:  "schedule",
			About: "jobs that take time",
			Group: Patterns,
			Rows:  []string{"S14", "S20"},
			dir:   "schedule",
			Variants: []Variant{
				schedule{Kind: "sequential", Delays: []int{5, 3, 8, 2, 6}}.variant("each needs the one before"),
				schedule{Kind: "parallel", Delays: []int{5, 3, 8, 2, 6}}.variant("all at once"),
				schedule{Kind: "mixed", Delays: []int{5, 20, 10, 3, 7}}.variant("two pairs at once, then one that needs both"),
				// No two of these end at the same instant.
				schedule{Kind: "pool", Delays: []int{3, 10, 7, 5, 6, 9, 2, 4}, Limit: 3}.variant("three at once"),
				schedule{Kind: "pool", Delays: []int{3, 10, 7, 5, 6, 9, 2, 4}, Limit: 3, Real: true}.realTimers(),
			},
		},
		{
			Name:  "async-iteration",
			About: "a sequence whose elements come one after the other",
			Group: Patterns,
			Rows:  []string{"S15"},
			dir:   "async-iteration",
			Variants: []Variant{
				iteration{Kind: "pages", Pages: 3, Size: 4}.variant("the items of a paged API, to the end"),
				iteration{Kind: "fibonacci", Terms: 10}.variant("an endless one of sums, ten of them"),
			},
		},
		{
			Name:  "errors",
			About: "calls that fail in three operations of four, and what is done about it",
			Group: Patterns,
			Rows:  []string{"S17"},
			dir:   "errors",
			Variants: []Variant{
				newFaults("try-catch").variant("one handler for all calls"),
				newFaults("catch-per-call").variant("a handler for each call"),
				newFaults("to").variant("errors as values, [error, value]"),
				newFaults("retry").variant("up to three attempts"),
			},
		},
		{
			Name:     "animations",
			About:    "animations one after the other up to the first that fails",
			Group:    Patterns,
			Rows:     []string{"S18"},
			dir:      "animations",
			Variants: []Variant{animations{Delays: []int{4, 6, 3, 5, 7}, Failing: []int{4, 0, 1, 5}}.variant()},
		},
		{
			Name:     "log-in-order",
			About:    "texts that are read at once and shown in order",
			Group:    Patterns,
			Rows:     []string{"S18"},
			dir:      "log-in-order",
			Variants: []Variant{logInOrder{Delays: []int{30, 10, 20, 40, 5}}.variant()},
		},
		{
			Name:     "events",
			About:    "a button's clicks, of which the first ones count",
			Group:    Patterns,
			Rows:     []string{"S20"},
			dir:      "events",
			libs:     []string{"emitter.js"},
			Variants: []Variant{events{Pause: 10, Clicks: 6, Counted: 4}.variant()},
		},
		{
			Name:     "pubsub",
			About:    "messages to the subscribers of two topics",
			Group:    Patterns,
			Rows:     []string{"S20"},
			dir:      "pubsub",
			Variants: []Variant{pubsub{Messages: 6, Leave: 3}.variant()},
		},
		{
			Name:  "stack",
			About: "an error thrown below five awaits and caught above them",
			Group: Patterns,
			Rows:  []string{"S8"},
			dir:   "stack",
			Variants: []Variant{
				stack{}.variant("", "its stack is not read"),
				stack{Read: true}.variant("read", "its stack is read"),
			},
		},
		{
			Name:  "chains",
			About: "ten functions that wait for each other",
			Group: Patterns,
			Rows:  []string{"S7", "S9"},
			dir:   "chains",
			Variants: []Variant{
				chains{"deep"}.variant("each for the one below it"),
				chains{"wide"}.variant("one after the other"),
			},
		},
		{
			Name:  "rejections",
			About: "promises that are rejected now and handled later",
			Group: Patterns,
			Rows:  []string{"S17"},
			dir:   "rejections",
			Variants: []Variant{
				rejections("ten", 10),
				rejections("thousand", 1000),
				// Where a host is quadratic, no operation of these comes to its end in a minute.
				optional(rejections("hundred-thousand", 100000)),
			},
		},
	}
}

// awaiting is the ticks of the two styles with async functions, which are the same.
func awaiting(optimized, legacy int) map[TickCase]int {
	return map[TickCase]int{
		{Style: "async", Await: "optimized"}: optimized, {Style: "async-transpiled", Await: "optimized"}: optimized,
		{Style: "async", Await: "legacy"}: legacy, {Style: "async-transpiled", Await: "legacy"}: legacy,
	}
}

// fold is what scripts do that mix each value into a sum.
func fold(sum int32, values ...int32) int32 {
	for _, v := range values {
		sum = mix(int64(sum), int64(v))
	}
	return sum
}

// weigh is what scripts do that weigh each value by its place.
func weigh(values []int32) int32 {
	var sum int32
	for k, v := range values {
		sum += v * int32(k+1)
	}
	return sum
}

// numbered returns mix(i, 0) to mix(i, n-1).
func numbered(i, n int) []int32 {
	values := make([]int32, n)
	for k := range values {
		values[k] = mix(int64(i), int64(k))
	}
	return values
}

// stream holds the parameters of js/stream and computes what it yields.
type stream struct {
	Chunks int `json:"chunks"`
}

func (s stream) variant() Variant {
	// One read for each chunk and one for the end. The loops await each, as in
	// doxbee.
	n := s.Chunks
	ticks := awaiting((n+1)+1, 3*(n+1)+1)
	ticks[TickCase{Style: "events", Await: "optimized"}] = n + 1 // a turn for each read
	// For each chunk the generator awaits the read, 1 or 3, and the value that
	// it yields, 1, and the loop awaits the pending promise, 1 or 2. The end
	// is the last read and the loop's wait; a generator that is lowered
	// takes a tick more to end. Then the counting reaction.
	ticks[TickCase{Style: "for-await", Await: "optimized"}] = (1+1+1)*n + (1 + 1) + 1
	ticks[TickCase{Style: "for-await", Await: "optimized", Lowered: true}] = (1+1+1)*n + (1 + 1 + 1) + 1
	ticks[TickCase{Style: "for-await", Await: "legacy"}] = (3+1+2)*n + (3 + 2) + 1
	ticks[TickCase{Style: "for-await", Await: "legacy", Lowered: true}] = (3+1+2)*n + (3 + 1 + 2) + 1
	return Variant{Params: s, Ticks: ticks, Result: func(i int) int32 {
		return mix(int64(fold(int32(i), numbered(i, n)...)), int64(n))
	}}
}

// hasRace is true of all engines, but not of the library bluebird's core.
const hasRace = `typeof Promise.race === "function"`

// combinator holds the parameters of js/combinators and computes what it yields.
type combinator struct {
	Kind    string `json:"kind"`
	Items   int    `json:"items"`
	Rejects []int  `json:"rejects"`
	Pending bool   `json:"pending"`
}

func (c combinator) variant(name, about string) Variant {
	c.Items = 5
	if c.Rejects == nil {
		c.Rejects = []int{} // not null
	}
	// The reactions of the settled items run in tick 1 and settle the joining
	// promise there, for better or worse. Its own reaction runs in tick 2, and
	// the counting one in tick 3. A legacy wrapper is attached in tick 1 too,
	// behind the items' reactions, and costs one more.
	ticks := awaiting(3, 4)
	ticks[TickCase{Style: "promise", Await: "optimized"}] = 3
	v := Variant{Name: name, About: about, Params: c, Result: c.result, Ticks: ticks}
	switch c.Kind {
	case "race":
		v.Requires = hasRace
	case "any", "allSettled": // native, because libraries settle these with objects of their own
		v.Requires = `typeof Promise.` + c.Kind + ` === "function" && /native code/.test(Promise.` + c.Kind + `)`
	}
	return v
}

func (c combinator) result(i int) int32 {
	values := numbered(i, c.Items)
	rejected := func(k int) bool { return slices.Contains(c.Rejects, k) }
	for k := range values {
		if rejected(k) {
			values[k] = ^values[k]
		}
	}
	switch c.Kind {
	case "race": // the first one to settle
		return values[0]
	case "all":
		if len(c.Rejects) > 0 {
			return values[c.Rejects[0]]
		}
	case "any":
		for k, v := range values {
			if !rejected(k) {
				return v
			}
		}
	}
	return weigh(values)
}

// schedule holds the parameters of js/schedule and computes what it yields.
type schedule struct {
	Kind   string `json:"kind"`
	Delays []int  `json:"delays"`
	Limit  int    `json:"limit"`
	Real   bool   `json:"real"`
}

// realTimers is the pool on timers of the host, in milliseconds. Its ticks are
// counted on the realm's clock all the same.
func (s schedule) realTimers() Variant {
	v := s.variant("three at once, on the host's own timers")
	v.Name, v.Optional = "real-timers", true
	v.Requires = hasRace + ` && typeof setTimeout === "function" && typeof setImmediate === "function"`
	return v
}

func (s schedule) variant(about string) Variant {
	n := len(s.Delays)
	var ticks map[TickCase]int
	switch s.Kind {
	case "sequential":
		// A job's timer resumes the function in 1 tick, or 2 through the legacy
		// wrapper that waits there since before, and it sets the next timer.
		// After the last one the counting reaction.
		ticks = awaiting(n+1, 2*n+1)
	case "parallel":
		// Only the last timer counts: the job's reaction in Promise.all, the
		// resumption, 1 or 2, the counting reaction.
		ticks = awaiting(1+1+1, 1+2+1)
	case "mixed":
		// The first timers of both pairs resume these, and the second ones are
		// set: 1 or 2 each. The slower pair's second one resumes it, 1 or 2; as
		// it returns, Promise.all hears of it, 1, and resumes the operation, 1
		// or 2, which sets the last timer: that resumes it, and then counts.
		ticks = awaiting(1+1+(1+1+1)+(1+1), 2+2+(2+1+2)+(2+1))
	case "pool":
		// A job that ends takes itself out of the set, 1, which the race hears,
		// 1, and resumes the operation, 1 or 2, to set the next timer: once for
		// each job but the first ones. The last job takes itself out, 1,
		// Promise.all hears of it, 1, resumption, 1 or 2, counting.
		ticks = awaiting((1+1+1)*(n-s.Limit)+(1+1+1)+1, (1+1+2)*(n-s.Limit)+(1+1+2)+1)
	}
	ticks[TickCase{Style: "callback", Await: "optimized"}] = 0                                                    // the timers call back themselves
	ticks[TickCase{Style: "generator", Await: "optimized"}] = ticks[TickCase{Style: "async", Await: "optimized"}] // spawn waits like an await
	v := Variant{Name: s.Kind, About: about, Params: s, Result: s.result, Ticks: ticks}
	if s.Kind == "pool" {
		v.Requires = hasRace
	}
	return v
}

func (s schedule) result(i int) int32 {
	d := s.Delays
	each := make([]int32, len(d)) // the results of jobs that need no other one
	for k := range each {
		each[k] = mix(int64(i), int64(k+1))
	}
	var value int32
	var elapsed, most int
	switch s.Kind {
	case "sequential":
		value, most = int32(i), 1
		for k, delay := range d {
			value = mix(int64(value), int64(k+1))
			elapsed += delay
		}
	case "parallel":
		value, elapsed, most = weigh(each), slices.Max(d), len(d)
	case "mixed":
		left, right := mix(int64(each[0]), 2), mix(int64(each[2]), 4)
		value, most = mix(int64(left+right), 5), 2
		elapsed = max(d[0]+d[1], d[2]+d[3]) + d[4]
	case "pool":
		value, most = weigh(each), s.Limit
		free := make([]int, s.Limit) // when each lane is next free
		for _, delay := range d {
			first := slices.Index(free, slices.Min(free))
			free[first] += delay
		}
		elapsed = slices.Max(free)
	}
	if s.Real { // the realm's clock stands still, so that all seem to run at once
		elapsed, most = 0, len(d)
	}
	return mix(int64(mix(int64(value), int64(elapsed))), int64(most))
}

// iteration holds the parameters of js/async-iteration and computes what it yields.
type iteration struct {
	Kind  string `json:"kind"`
	Pages int    `json:"pages"`
	Size  int    `json:"size"`
	Terms int    `json:"terms"`
}

func (it iteration) variant(about string) Variant {
	v := Variant{Name: it.Kind, About: about, Params: it, Result: it.result}
	// For each element the generator awaits what it yields, 1, and the loop
	// awaits the pending promise, 1 or 2, besides the awaits of steps, 1 or 3.
	if it.Kind == "pages" {
		p, items := it.Pages, it.Pages*it.Size
		v.Ticks = awaiting(p+1, 3*p+1)
		// At the end the generator answers at once, with a promise that is
		// settled: 1 or 3. A lowered one takes 1 tick, and then the
		// loop waits 1 or 2.
		v.Ticks[TickCase{Style: "for-await", Await: "optimized"}] = p + (1+1)*items + 1 + 1
		v.Ticks[TickCase{Style: "for-await", Await: "optimized", Lowered: true}] = p + (1+1)*items + (1 + 1) + 1
		v.Ticks[TickCase{Style: "for-await", Await: "legacy"}] = 3*p + (1+2)*items + 3 + 1
		v.Ticks[TickCase{Style: "for-await", Await: "legacy", Lowered: true}] = 3*p + (1+2)*items + (1 + 2) + 1
		return v
	}
	sums := it.Terms - 1
	v.Ticks = awaiting(sums+1, 3*sums+1)
	// The break makes the generator await what it is to return, 1, and the loop
	// that, 1 or 2.
	v.Ticks[TickCase{Style: "for-await", Await: "optimized"}] = sums + (1+1)*it.Terms + (1 + 1) + 1
	v.Ticks[TickCase{Style: "for-await", Await: "legacy"}] = 3*sums + (1+2)*it.Terms + (1 + 2) + 1
	return v
}

func (it iteration) result(i int) int32 {
	if it.Kind == "pages" {
		return fold(int32(i), numbered(i, it.Pages*it.Size)...)
	}
	sum := int32(i)
	for a, b, k := int32(i), int32(i)+1, 0; k < it.Terms; a, b, k = b, a+b, k+1 {
		sum = fold(sum, a)
	}
	return sum
}

// faults holds the parameters of js/errors and computes what it yields.
type faults struct {
	Kind    string `json:"kind"`
	Failing []int  `json:"failing"`
}

// newFaults lets the second call, or the first two attempts, of operation 0 fail.
func newFaults(kind string) faults { return faults{kind, []int{2, 0, 1, 3}} }

func (f faults) variant(about string) Variant {
	v := Variant{Name: f.Kind, About: about, Params: f, Result: f.result}
	switch f.Kind {
	case "try-catch": // two calls are awaited, the second one in vain
		v.Ticks = awaiting(2+1, 3*2+1)
		v.Ticks[TickCase{Style: "callback", Await: "optimized"}] = 2
	case "catch-per-call":
		// Three calls, each through its own catch: 1. A legacy wrapper's job
		// runs in that tick too, behind it, so that it costs only one more.
		v.Ticks = awaiting((1+1)*3+1, (1+2)*3+1)
		v.Ticks[TickCase{Style: "callback", Await: "optimized"}] = 3
	case "to": // two calls, through then in the same way
		v.Ticks = awaiting((1+1)*2+1, (1+2)*2+1)
		v.Ticks[TickCase{Style: "callback", Await: "optimized"}] = 2
	case "retry": // three attempts
		v.Ticks = awaiting(3+1, 3*3+1)
		v.Ticks[TickCase{Style: "callback", Await: "optimized"}] = 3
	}
	return v
}

func (f faults) result(i int) int32 {
	failing, op := f.Failing[i%len(f.Failing)], int64(i)
	value, calls := int32(i), 0
	switch f.Kind {
	case "retry":
		calls = min(failing+1, 3)
		if value = mix(op, int64(calls)); failing == 3 {
			value = ^mix(op, 3)
		}
	default:
		for n := 1; n <= 3; n++ {
			calls++
			if n != failing {
				value = mix(int64(value), int64(n))
				continue
			}
			value = ^mix(op, int64(n))
			if f.Kind != "catch-per-call" {
				break
			}
		}
	}
	return mix(int64(value), int64(calls))
}

// animations holds the parameters of js/animations and computes what it yields.
type animations struct {
	Delays  []int `json:"delays"`
	Failing []int `json:"failing"`
}

func (a animations) variant() Variant {
	n := a.Failing[0]
	// Each animation's timer resumes the function, 1 or 2, which sets the next
	// one. The one that fails resumes it as well, and the counting reaction follows.
	ticks := awaiting(n+1, 2*n+1)
	ticks[TickCase{Style: "generator", Await: "optimized"}] = n + 1
	return Variant{Params: a, Ticks: ticks, Result: func(i int) int32 {
		last, elapsed := int32(i), 0
		for k, delay := range a.Delays {
			elapsed += delay
			if k+1 == a.Failing[i%len(a.Failing)] {
				break
			}
			last = mix(int64(i), int64(k))
		}
		return mix(int64(last), int64(elapsed))
	}}
}

// logInOrder holds the parameters of js/log-in-order and computes what it yields.
type logInOrder struct {
	Delays []int `json:"delays"`
}

func (l logInOrder) variant() Variant {
	// All timers are set at the start. The last one is the fourth text's: it
	// resumes the function, 1 or 2; the fifth is there already, 1 or 3; then
	// the counting reaction.
	ticks := awaiting(1+1+1, 2+3+1)
	ticks[TickCase{Style: "generator", Await: "optimized"}] = 1 + 1 + 1
	ticks[TickCase{Style: "callback", Await: "optimized"}] = 0 // the timer calls back itself
	return Variant{Params: l, Ticks: ticks, Result: func(i int) int32 {
		shown, at := int32(i), 0
		for k, text := range numbered(i, len(l.Delays)) {
			at = max(at, l.Delays[k]) // when all up to this one are there
			shown = fold(shown, text, int32(at))
		}
		return shown
	}}
}

// events holds the parameters of js/events and computes what it yields.
type events struct {
	Pause   int `json:"pause"`
	Clicks  int `json:"clicks"`
	Counted int `json:"counted"`
}

func (e events) variant() Variant {
	// The button sets each timer as the one before fires, in no tick. The last
	// event resumes the function, 1 or 2, and the counting reaction follows.
	ticks := awaiting(1+1, 2+1)
	ticks[TickCase{Style: "events", Await: "optimized"}] = 0 // the emitter calls back itself
	return Variant{Params: e, Ticks: ticks, Result: func(i int) int32 {
		return fold(fold(int32(i), numbered(i, e.Counted)...), int32((e.Clicks+1)*e.Pause))
	}}
}

// pubsub holds the parameters of js/pubsub and computes what it yields.
type pubsub struct {
	Messages int `json:"messages"`
	Leave    int `json:"leave"`
}

func (p pubsub) variant() Variant {
	// As in combinators: the answers settle Promise.all in 1 tick, the
	// function resumes 1 later, or 2 through the legacy wrapper.
	ticks := awaiting((1+1)*p.Messages+1, (1+2)*p.Messages+1)
	ticks[TickCase{Style: "callback", Await: "optimized"}] = p.Messages // all answer in one turn
	return Variant{Params: p, Ticks: ticks, Result: func(i int) int32 {
		sum := int32(i)
		for n := range p.Messages {
			message := int64(mix(int64(i), int64(n)))
			switch {
			case n%2 == 1:
				sum = fold(sum, mix(message, 1))
			case n < p.Leave:
				sum = fold(sum, mix(message, 2), mix(message, 3))
			default:
				sum = fold(sum, mix(message, 3))
			}
		}
		return sum
	}}
}

// stack holds the parameters of js/stack and computes what it yields.
type stack struct {
	Read bool `json:"read"`
}

func (s stack) variant(name, about string) Variant {
	return Variant{
		Name: name, About: about, Optional: true, Params: s,
		Result: func(i int) int32 { return int32(int64(i) * 31) },
		Ticks: map[TickCase]int{
			// One tick resumes the innermost function, each rejection the next
			// one out, five of them, and the last tick counts.
			{Style: "async", Await: "optimized"}:            1 + 5 + 1,
			{Style: "async-transpiled", Await: "optimized"}: 1 + 5 + 1,
			// Three ticks for the settled promise; the others are pending when
			// they are wrapped, so that two remain.
			{Style: "async", Await: "legacy"}:            3 + 2*5 + 1,
			{Style: "async-transpiled", Await: "legacy"}: 3 + 2*5 + 1,
		},
	}
}

// chains holds the parameters of js/chains and computes what it yields.
type chains struct {
	Kind string `json:"kind"`
}

func (c chains) variant(about string) Variant {
	v := Variant{Name: c.Kind, About: about, Params: c, Result: c.result}
	const calls = 10
	if c.Kind == "deep" {
		// The innermost await is of a settled promise, 1 or 3, those above it of a
		// pending one, 1 or 2, and then the counting reaction.
		v.Ticks = awaiting(1+(calls-1)+1, 3+2*(calls-1)+1)
		v.Ticks[TickCase{Style: "promise", Await: "optimized"}] = calls + 1
		return v
	}
	// Each call awaits a settled promise, 1 or 3, and is awaited while it is pending, 1
	// or 2.
	v.Ticks = awaiting((1+1)*calls+1, (3+2)*calls+1)
	// The first call is a link, 1. Each other one is called by a link, 1, whose promise
	// adopts the call's, 2; the last link adds its mark, 1.
	v.Ticks[TickCase{Style: "promise", Await: "optimized"}] = 1 + (1+2)*(calls-1) + 1 + 1
	return v
}

func (c chains) result(i int) int32 {
	sum := fold(int32(i), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
	if c.Kind == "wide" {
		sum = fold(sum, 11)
	}
	return sum
}

// rejections is the variant with so many unhandled rejections at a time.
func rejections(name string, n int) Variant {
	// A tick of waiting, 1 or 3, then that of the handler, 1 or 3. With then, the link
	// adopts the handler's promise meanwhile, 2. Last, the counting reaction.
	v := Variant{Name: name, About: strconv.Itoa(n) + " at a time", Window: n, Ticks: awaiting(1+1+1, 3+3+1)}
	v.Ticks[TickCase{Style: "promise", Await: "optimized"}] = 1 + 2 + 1
	v.Result = func(i int) int32 { return mix(int64(i), 7) }
	return v
}

// optional leaves a variant out unless it is asked for.
func optional(v Variant) Variant {
	v.Optional = true
	return v
}
