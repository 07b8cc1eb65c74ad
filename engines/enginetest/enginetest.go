// Package enginetest is the conformance kit: what every engine adapter must
// keep so that its numbers mean the same as everybody else's. One line in the
// adapter's test runs all of it:
//
//	func TestConformance(t *testing.T) { enginetest.Run(t, mine.New()) }
package enginetest

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"promisebench/engines"
)

// generous is a deadline that only a hang can miss, also under the race detector.
const generous = time.Minute

// A kit is an engine under test.
type kit struct{ engines.Engine }

// Run runs the kit against e.
func Run(t *testing.T, e engines.Engine) {
	k := kit{e}
	for _, c := range []struct {
		rule string
		test func(*testing.T)
	}{
		{"the name can stand in a benchmark's name", k.name},
		{"realms are isolated", k.isolation},
		{"a syntax error names engine, file, line and column", k.syntaxError},
		{"an exception while loading is an error", k.loadException},
		{"Supports tells the truth", k.supports},
		{"a batch of promises is run, drained and added up", k.promiseBatch},
		{"what is allocated is counted, where it is told", k.allocations},
		{"a batch of callbacks is run, drained and added up", k.callbackBatch},
		{"running twice gives the same sum", k.twice},
		{"the window bounds what is in flight", k.window},
		{"operations that settle at once lose no turn", k.settlesAtOnce},
		{"a wrong checksum is refused", k.wrongChecksum},
		{"a result that is no number is refused", k.noNumber},
		{"an operation that returns nothing is refused", k.noPromise},
		{"an operation that throws late is named", k.throwsLate},
		{"a rejection is an error with its reason", k.rejection},
		{"a rejection on purpose counts its checksum", k.purposeRejection},
		{"an operation that never settles is an error, not a hang", k.neverSettles},
		{"an operation that settles twice is refused", k.settlesTwice},
		{"the order program proves each await mode", k.awaitOrder},
		{"the modes differ in ticks", k.awaitTicks},
		{"lowered async functions keep the order and the ticks", k.lowered},
		{"modules run after what they import, once, or are refused", k.modules},
		{"counting ticks of an unsettled operation is an error", k.ticksUnsettled},
		{"timers fire one by one, by time and then by order, behind all jobs", k.timerOrder},
		{"a batch waits for its timers", k.timerBatch},
		{"a timer that throws is a failure", k.timerThrows},
		{"ticks leave out what is waited", k.timerTicks},
		{"async iteration keeps the ticks, lowered too", k.asyncIteration},
		{"functions of the library take the specified ticks", k.builtins},
		{"a deadline ends an endless chain of microtasks", k.endlessMicrotasks},
		{"a deadline ends an endless chain of timers", k.endlessTimers},
		{"a deadline ends an endless loop", k.endlessLoop},
		{"a deadline ends a script that never ends loading", k.endlessLoad},
		{"an ended context ends everything at once", k.endedContext},
		{"rejections without a handler are told, and only these", k.rejections},
		{"Close can be repeated and ends the realm", k.close},
	} {
		t.Run(strings.ReplaceAll(c.rule, " ", "-"), c.test)
	}
}

// open opens a realm that is closed with the test and loads the scripts into it.
func (k kit) open(t *testing.T, opts engines.Options, scripts ...string) engines.Realm {
	t.Helper()
	if opts.Await == "" {
		opts.Await = engines.Optimized
	}
	r, err := k.Open(t.Context(), opts)
	if errors.Is(err, errors.ErrUnsupported) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	for i, s := range scripts {
		if err := r.Load(t.Context(), fmt.Sprintf("script%d.js", i), s); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

func deadline(t *testing.T, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}

// wantError fails the test unless err holds every part.
func wantError(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want one with %q", parts)
	}
	for _, p := range parts {
		if !strings.Contains(err.Error(), p) {
			t.Errorf("error %q lacks %q", err, p)
		}
	}
}

func (k kit) name(t *testing.T) {
	if !regexp.MustCompile(`^[a-z0-9.]+$`).MatchString(k.Name()) {
		t.Errorf("name %q does not match [a-z0-9.]+", k.Name())
	}
	if k.Version() == "" || strings.ContainsAny(k.Version(), "\r\n") {
		t.Errorf("version %q is not one line", k.Version())
	}
}

func (k kit) isolation(t *testing.T) {
	k.open(t, engines.Options{}, "var leak = 1; Array.prototype.leak = 2;")
	r := k.open(t, engines.Options{})
	lines, err := r.Probe(deadline(t, generous), "p.js", "log(typeof leak); log([].leak);")
	if got := fmt.Sprint(lines); err != nil || got != "[undefined undefined]" {
		t.Errorf("got %s, %v", got, err)
	}
}

func (k kit) syntaxError(t *testing.T) {
	for _, mode := range engines.AwaitModes() {
		r := k.open(t, engines.Options{Await: mode})
		wantError(t, r.Load(t.Context(), "broken.js", "let a = 1;\n  let b = ;\n"), k.Name(), "broken.js:2:11")
	}
}

func (k kit) loadException(t *testing.T) {
	r := k.open(t, engines.Options{})
	wantError(t, r.Load(t.Context(), "throws.js", "throw new TypeError('no such luck')"), k.Name(), "no such luck")
}

func (k kit) supports(t *testing.T) {
	for f, script := range engines.Features() {
		err := k.open(t, engines.Options{}).Load(t.Context(), string(f)+".js", script)
		if got := err == nil; got != k.Supports(f) {
			t.Errorf("Supports(%s) = %v, but loading gives: %v", f, k.Supports(f), err)
		}
	}
}

// chain is an operation that takes many ticks, so that a host that drains
// only once is found out.
const chain = `
function operation(i) {
  let p = Promise.resolve(i);
  for (let k = 0; k < 50; k++) p = p.then(v => v + 1);
  return p;
}`

func (k kit) promiseBatch(t *testing.T) {
	r := k.open(t, engines.Options{}, chain)
	// Sum of i + 50 for i in 0..99.
	b := engines.Batch{Ops: 100, Window: 10, Checksum: 99*100/2 + 50*100}
	s, err := r.Run(deadline(t, generous), b)
	if err != nil {
		t.Fatal(err)
	}
	if s.Ops != 100 || s.Elapsed <= 0 {
		t.Errorf("sample %+v", s)
	}
}

// An array of numbers takes 4 bytes for each at least, and 44 on the engines that take
// most. It is kept, so that no compiler does without it, until the next one.
const allocating = `
let kept;
function operation(i) {
  kept = new Array(1000).fill(i + 0.5);
  return Promise.resolve(1);
}`

func (k kit) allocations(t *testing.T) {
	// Who tells nothing need not have realms for counting.
	s, err := k.open(t, engines.Options{}, allocating).Run(deadline(t, generous), engines.Batch{Ops: 1, Window: 1, Checksum: 1})
	if err != nil {
		t.Fatal(err)
	}
	if s.Heap == nil {
		t.Skip("it does not tell")
	}
	r := k.open(t, engines.Options{Counting: true}, allocating)
	var bytes [2]float64
	for _, ops := range []int{100, 1000, 2000} { // the first for compilers
		s, err := r.Run(deadline(t, generous), engines.Batch{Ops: ops, Window: 10, Checksum: int32(ops)})
		if err != nil {
			t.Fatal(err)
		}
		if s.Heap == nil {
			t.Fatal("one batch tells what it allocated, the next one does not")
		}
		if each := float64(s.Heap.Bytes) / float64(ops); each < 4_000 || each > 100_000 {
			t.Errorf("%d operations: %.0f bytes each for an array of 1000 numbers", ops, each)
		}
		if s.Heap.Objects != nil && (*s.Heap.Objects < uint64(ops) || *s.Heap.Objects > s.Heap.Bytes) {
			t.Errorf("%d operations: %d objects of %d bytes", ops, *s.Heap.Objects, s.Heap.Bytes)
		}
		bytes[0], bytes[1] = bytes[1], float64(s.Heap.Bytes)
	}
	if ratio := bytes[1] / bytes[0]; ratio < 1.9 || ratio > 2.1 {
		t.Errorf("twice the operations allocate %.3f times as much", ratio)
	}
}

func (k kit) callbackBatch(t *testing.T) {
	r := k.open(t, engines.Options{}, `function operation(i, done) { Promise.resolve().then(() => done(null, i)); }`)
	if _, err := r.Run(deadline(t, generous), engines.Batch{Ops: 100, Window: 10, Checksum: 4950}); err != nil {
		t.Error(err)
	}
}

func (k kit) twice(t *testing.T) {
	r := k.open(t, engines.Options{}, chain)
	for range 2 {
		if _, err := r.Run(deadline(t, generous), engines.Batch{Ops: 10, Window: 3, Checksum: 45 + 500}); err != nil {
			t.Error(err)
		}
	}
}

func (k kit) window(t *testing.T) {
	for _, window := range []int{1, 7, 1000} {
		r := k.open(t, engines.Options{}, `
			let flying = 0, most = 0;
			function operation(i) {
			  most = Math.max(most, ++flying);
			  return Promise.resolve().then(() => { flying--; return 1; });
			}`)
		if _, err := r.Run(deadline(t, generous), engines.Batch{Ops: 50, Window: window, Checksum: 50}); err != nil {
			t.Fatal(err)
		}
		lines, err := r.Probe(deadline(t, generous), "p.js", "log(most)")
		if want := fmt.Sprintf("[%d]", min(window, 50)); err != nil || fmt.Sprint(lines) != want {
			t.Errorf("window %d: %v in flight, want %s (%v)", window, lines, want, err)
		}
	}
}

func (k kit) settlesAtOnce(t *testing.T) {
	r := k.open(t, engines.Options{}, `function operation(i, done) {
		if (i % 3 === 0) done(null, 1); else Promise.resolve().then(() => done(null, 1));
	}`)
	for _, window := range []int{1, 20, 50} {
		if _, err := r.Run(deadline(t, generous), engines.Batch{Ops: 50, Window: window, Checksum: 50}); err != nil {
			t.Errorf("window %d: %v", window, err)
		}
	}
	// So many that a stack which grew with each would overflow.
	const many = 100_000
	r = k.open(t, engines.Options{}, "function operation(i, done) { done(null, 1); }")
	if _, err := r.Run(deadline(t, generous), engines.Batch{Ops: many, Window: 1000, Checksum: many}); err != nil {
		t.Error(err)
	}
}

func (k kit) wrongChecksum(t *testing.T) {
	r := k.open(t, engines.Options{}, chain)
	_, err := r.Run(deadline(t, generous), engines.Batch{Ops: 10, Window: 3, Checksum: 46 + 500})
	if !errors.Is(err, engines.ErrChecksum) {
		t.Errorf("got %v, want ErrChecksum", err)
	}
}

func (k kit) noNumber(t *testing.T) {
	for _, value := range []string{"undefined", "'7'", "null", "({})", "NaN", "0.5", "4294967296", "Promise"} {
		r := k.open(t, engines.Options{}, "function operation() { return Promise.resolve("+value+"); }")
		_, err := r.Run(deadline(t, generous), engines.Batch{Ops: 2, Window: 2})
		wantError(t, err, k.Name(), "where a 32-bit integer is due")
	}
}

func (k kit) noPromise(t *testing.T) {
	r := k.open(t, engines.Options{}, "function operation() {}")
	_, err := r.Run(deadline(t, generous), engines.Batch{Ops: 2, Window: 2})
	wantError(t, err, k.Name(), "operation 0 threw or returned no promise")
}

func (k kit) throwsLate(t *testing.T) {
	r := k.open(t, engines.Options{}, "function operation(i) { if (i === 5) throw new Error('boom'); return Promise.resolve(0); }")
	_, err := r.Run(deadline(t, generous), engines.Batch{Ops: 10, Window: 2})
	var wrong *engines.OutcomeError
	if !errors.As(err, &wrong) || wrong.Outcome.Settled != 9 {
		t.Errorf("got %v, want that 9 have settled", err)
	}
	// As with a rejection: asked again, in the same realm, it tells which one.
	_, err = r.Run(deadline(t, generous), engines.Batch{Ops: 10, Window: 2, Rejects: true})
	wantError(t, err, k.Name(), "operation 5 threw", "boom")
}

func (k kit) rejection(t *testing.T) {
	r := k.open(t, engines.Options{}, "function operation(i) { return Promise.reject(new RangeError('out of luck')); }")
	// Not expected to reject, the operations are missing at least; asked again,
	// in the same realm, they tell why.
	b := engines.Batch{Ops: 2, Window: 2}
	if _, err := r.Run(deadline(t, generous), b); err == nil {
		t.Error("no error")
	}
	b.Rejects = true
	_, err := r.Run(deadline(t, generous), b)
	wantError(t, err, k.Name(), "RangeError: out of luck")
}

func (k kit) purposeRejection(t *testing.T) {
	r := k.open(t, engines.Options{}, "function operation(i) { return Promise.reject(Object.assign(new Error('x'), { checksum: i })); }")
	// The complement of i is -1-i.
	if _, err := r.Run(deadline(t, generous), engines.Batch{Ops: 4, Window: 2, Checksum: -4 - 6, Rejects: true}); err != nil {
		t.Error(err)
	}
}

func (k kit) neverSettles(t *testing.T) {
	r := k.open(t, engines.Options{}, "function operation(i) { return i === 3 ? new Promise(() => {}) : Promise.resolve(1); }")
	_, err := r.Run(deadline(t, generous), engines.Batch{Ops: 10, Window: 2, Checksum: 10})
	if !errors.Is(err, engines.ErrUnsettled) {
		t.Fatalf("got %v, want ErrUnsettled", err)
	}
	wantError(t, err, k.Name(), "9 of 10")
}

func (k kit) settlesTwice(t *testing.T) {
	r := k.open(t, engines.Options{}, "function operation(i, done) { done(null, 0); done(null, 0); }")
	if _, err := r.Run(deadline(t, generous), engines.Batch{Ops: 3, Window: 3}); err == nil {
		t.Error("no error")
	}
}

func (k kit) awaitOrder(t *testing.T) {
	for _, mode := range engines.AwaitModes() {
		t.Run(string(mode), func(t *testing.T) {
			r := k.open(t, engines.Options{Await: mode})
			if err := engines.ProveAwait(deadline(t, generous), r, mode); err != nil {
				t.Error(err)
			}
			for _, other := range engines.AwaitModes() {
				if other != mode && engines.ProveAwait(deadline(t, generous), r, other) == nil {
					t.Errorf("the realm also passes for %s", other)
				}
			}
		})
	}
}

func (k kit) modules(t *testing.T) {
	r, ok := k.open(t, engines.Options{}).(engines.ModuleRealm)
	if !ok {
		t.Skip("its realms can't load modules")
	}
	files := map[string]string{
		"entry.mjs":  "import { a } from './a.mjs';\nimport './b.mjs';\nlog('entry ' + a);\n",
		"a.mjs":      "import './shared.mjs';\nexport const a = 'a.' + 1;\nlog(\"it's a\");\n",
		"b.mjs":      "import './shared.mjs';\nPromise.resolve().then(() => log('job'));\n",
		"shared.mjs": "log('shared');\n",
	}
	lines, err := r.ProbeModules(deadline(t, generous), "entry.mjs", files)
	if errors.Is(err, errors.ErrUnsupported) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	if got, want := fmt.Sprint(lines), "[shared it's a entry a.1 job]"; got != want {
		t.Errorf("logged %s, want %s", got, want)
	}
	_, err = r.ProbeModules(deadline(t, generous), "lost.mjs", map[string]string{"lost.mjs": "import './missing.mjs';\n"})
	wantError(t, err, k.Name(), "missing.mjs")
}

// awaits has operations of one await each. By hand: the operation's own
// reaction takes one tick after the function has returned, so an await of one
// tick makes 2 and an await of three makes 4.
var awaits = []struct {
	operand           string
	legacy, optimized int
}{
	{"Promise.resolve(1)", 4, 2},
	{"1", 2, 2}, // a plain value was never wrapped twice
	// A foreign thenable is wrapped under both rules: a job calls its then,
	// a second one resumes the function, the third is the operation's own.
	{"({ then(f) { f(1); } })", 3, 3},
}

func (k kit) awaitTicks(t *testing.T) { k.checkTicks(t, engines.Options{}) }

func (k kit) lowered(t *testing.T) {
	opts := engines.Options{Lower: []engines.Feature{engines.AsyncFunctions}}
	k.checkTicks(t, opts)
	for _, mode := range engines.AwaitModes() {
		t.Run(string(mode), func(t *testing.T) {
			opts.Await = mode
			if err := engines.ProveAwait(deadline(t, generous), k.open(t, opts), mode); err != nil {
				t.Error(err)
			}
		})
	}
}

func (k kit) checkTicks(t *testing.T, opts engines.Options) {
	for _, mode := range engines.AwaitModes() {
		for _, a := range awaits {
			t.Run(string(mode)+"/"+a.operand, func(t *testing.T) {
				opts.Await = mode
				r := k.open(t, opts, "async function operation() { return await "+a.operand+"; }")
				want := a.optimized
				if mode == engines.Legacy {
					want = a.legacy
				}
				got, err := engines.Ticks(deadline(t, generous), r, 3)
				if err != nil || fmt.Sprint(got) != fmt.Sprint([]int{want, want, want}) {
					t.Errorf("got %v ticks (%v), want %d", got, err, want)
				}
			})
		}
	}
}

func (k kit) ticksUnsettled(t *testing.T) {
	r := k.open(t, engines.Options{}, "function operation() { return new Promise(() => {}); }")
	if _, err := engines.Ticks(deadline(t, generous), r, 1); !errors.Is(err, engines.ErrUnsettled) {
		t.Errorf("got %v, want ErrUnsettled", err)
	}
}

// timers logs in numeric order if timers are fired as they must be.
const timers = `
const at = (delay, f) => promisebenchTimer(f, delay);
const show = (text) => () => log(text + '@' + promisebenchClock());
at(20, show('6'));
at(10, () => {
  log('2@' + promisebenchClock());
  at(0, () => { log('5@' + promisebenchClock()); at(15, show('8')); }); // this instant, behind its other timers
  Promise.resolve().then(show('3')).then(() => at(10, show('7'))); // jobs: before the next timer of the instant
});
at(10, show('4'));
Promise.resolve().then(show('1'));
`

func (k kit) timerOrder(t *testing.T) {
	r := k.open(t, engines.Options{})
	lines, err := r.Probe(deadline(t, generous), "timers.js", timers)
	const want = "[1@0 2@10 3@10 4@10 5@10 6@20 7@20 8@25]"
	if got := fmt.Sprint(lines); err != nil || got != want {
		t.Errorf("got %s (%v), want %s", got, err, want)
	}
}

// sleeps has operations of two waits in a row, of 5 and 7 units, with a chain
// of promises between and a timer that nobody waits for. They yield how long it
// took.
const sleeps = `
const sleep = (delay) => new Promise((resolve) => promisebenchTimer(resolve, delay));
function operation(i) {
  const start = promisebenchClock();
  promisebenchTimer(() => {}, 6);
  promisebenchTimer(() => {}, 1000);
  return sleep(5).then(() => {}).then(() => sleep(7)).then(() => promisebenchClock() - start);
}`

func (k kit) timerBatch(t *testing.T) {
	r := k.open(t, engines.Options{}, sleeps)
	for _, window := range []int{1, 7, 60} {
		if _, err := r.Run(deadline(t, generous), engines.Batch{Ops: 50, Window: window, Checksum: 50 * 12}); err != nil {
			t.Errorf("window %d: %v", window, err)
		}
	}
}

func (k kit) timerThrows(t *testing.T) {
	r := k.open(t, engines.Options{}, `function operation(i, done) {
		promisebenchTimer(() => { done(null, 1); throw new Error('too late'); }, 1);
	}`)
	_, err := r.Run(deadline(t, generous), engines.Batch{Ops: 2, Window: 2, Checksum: 2})
	wantError(t, err, k.Name(), "a timer threw", "too late")
}

// By hand: none to the first timer. From its firing, a tick to the first link of
// the chain and one to the second, which sets the other timer. From that
// firing, one tick resolves what the link has returned: the link's promise,
// waiting since the job that took that over, is resolved in the first tick, its
// reaction runs in the second, and the counting one in the third.
func (k kit) timerTicks(t *testing.T) {
	r := k.open(t, engines.Options{}, sleeps)
	got, err := engines.Ticks(deadline(t, generous), r, 3)
	if err != nil || fmt.Sprint(got) != "[5 5 5]" {
		t.Errorf("got %v ticks (%v), want 5", got, err)
	}
}

// iteration awaits within an async generator and takes from it by for await,
// first to its end and then up to a break.
const iteration = `
async function* items() {
  yield await Promise.resolve(1);
  yield 2;
  await null;
}
async function operation() {
  let sum = 0;
  for await (const item of items()) sum += item;
  for await (const item of items()) {
    sum += item;
    break;
  }
  return sum;
}`

// By hand: the await of a settled promise takes 1 tick, or 3 in legacy mode; a
// yield awaits its value, which is no promise, in 1; the loop awaits a promise
// that is pending, in 1 or 2. Behind its last await, 1, the generator ends within
// the same tick, or where it is lowered in one more, and the loop waits again. A
// break makes the generator await what it returns, 1, and the loop that, 1 or 2.
// The operation's own reaction is the last tick.
//
//	optimized          1+1+1, 1+1,   1+1; 1+1+1, 1+1; 1
//	optimized, lowered 1+1+1, 1+1, 1+1+1; 1+1+1, 1+1; 1
//	legacy             3+1+2, 1+2,   1+2; 3+1+2, 1+2; 1
//	legacy, lowered    3+1+2, 1+2, 1+1+2; 3+1+2, 1+2; 1
func (k kit) asyncIteration(t *testing.T) {
	count := func(t *testing.T, what string, opts engines.Options, want int) (same bool) {
		got, err := engines.Ticks(deadline(t, generous), k.open(t, opts, iteration), 1)
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		return got[0] == want
	}
	differs := false
	for mode, want := range map[engines.AwaitMode]struct{ own, lowered int }{engines.Optimized: {13, 14}, engines.Legacy: {22, 23}} {
		t.Run(string(mode), func(t *testing.T) {
			opts := engines.Options{Await: mode, Lower: []engines.Feature{engines.AsyncGenerators, engines.ForAwait}}
			// A native legacy await has no part in generators that are lowered,
			// and no engine that has it needs that.
			if !count(t, "lowered", opts, want.lowered) && k.Await(engines.Optimized) != engines.SkipsTicks && k.Await(engines.Legacy) == engines.Emulated {
				t.Errorf("lowered: not %d ticks", want.lowered)
			}
			if k.Await(mode) != engines.Native || !k.Supports(engines.AsyncGenerators) || !k.Supports(engines.ForAwait) {
				return
			}
			opts.Lower = nil
			if count(t, "the engine's own", opts, want.own) {
				return
			}
			differs = true
			if k.deviations() == "" {
				t.Errorf("the engine's own: not %d ticks", want.own)
			}
		})
	}
	if k.deviations() != "" && !differs {
		t.Errorf("said to deviate, but does not: %s", k.deviations())
	}
}

// deviations is what the engine says of its async iteration.
func (k kit) deviations() string {
	return engines.Deviation(k.Engine, engines.AsyncGenerators) + engines.Deviation(k.Engine, engines.ForAwait)
}

// builtins takes what some engines give other ticks, and holds it to what they are said
// to deviate in.
func (k kit) builtins(t *testing.T) {
	for _, c := range engines.Conducts() {
		t.Run(string(c.Feature), func(t *testing.T) {
			// Adopting takes other ticks there to begin with.
			if k.Await(engines.Optimized) == engines.SkipsTicks {
				t.Skip("it skips ticks")
			}
			if !k.Supports(c.Feature) && c.Has == "" {
				t.Skip("it lacks the syntax")
			}
			mode := engines.Optimized
			if k.Await(mode) == engines.Unavailable {
				mode = engines.Legacy
			}
			got, has, err := c.Count(deadline(t, generous), k.open(t, engines.Options{Await: mode}, ""))
			if err != nil {
				t.Fatal(err)
			}
			if !has {
				t.Skip("it has none")
			}
			if said := engines.Deviation(k.Engine, c.Feature); (got != c.Ticks) != (said != "") {
				t.Errorf("%s takes %d ticks, by hand it is %d, and the engine is said to deviate: %q", c.Program, got, c.Ticks, said)
			}
		})
	}
}

func (k kit) endlessTimers(t *testing.T) {
	k.endless(t, "function operation() { promisebenchTimer(operation, 1); return Promise.resolve(); }")
}

func (k kit) endlessMicrotasks(t *testing.T) {
	k.endless(t, "function operation() { return Promise.resolve().then(operation); }")
}

func (k kit) endlessLoop(t *testing.T) {
	k.endless(t, "function operation() { for (;;); }")
}

// endless checks that a deadline ends a batch of the given operation and that
// the error says that it was a deadline.
func (k kit) endless(t *testing.T, script string) {
	r := k.open(t, engines.Options{}, script)
	done := make(chan error, 1)
	go func() {
		_, err := r.Run(deadline(t, 100*time.Millisecond), engines.Batch{Ops: 1, Window: 1})
		done <- err
	}()
	select {
	case err := <-done:
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want the deadline", err)
		}
	case <-time.After(generous):
		t.Fatal("still running long after its deadline")
	}
}

func (k kit) endlessLoad(t *testing.T) {
	r := k.open(t, engines.Options{})
	if err := r.Load(deadline(t, 200*time.Millisecond), "endless.js", "for (;;);"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want the deadline", err)
	}
}

func (k kit) endedContext(t *testing.T) {
	r := k.open(t, engines.Options{}, chain)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := r.Run(ctx, engines.Batch{Ops: 1, Window: 1, Checksum: 50}); !errors.Is(err, context.Canceled) {
		t.Errorf("Run: %v", err)
	}
	if _, err := r.Probe(ctx, "p.js", "log(1)"); !errors.Is(err, context.Canceled) {
		t.Errorf("Probe: %v", err)
	}
	if _, err := k.Open(ctx, engines.Options{Await: engines.Optimized}); !errors.Is(err, context.Canceled) {
		t.Errorf("Open: %v", err)
	}
}

func (k kit) rejections(t *testing.T) {
	r := k.open(t, engines.Options{})
	tracker, ok := r.(engines.RejectionTracker)
	if !ok {
		t.Skip("the engine does not tell its host")
	}
	err := r.Load(t.Context(), "r.js", `
		Promise.reject(new Error('nobody cares'));
		var late = Promise.reject(new Error('late'));
		Promise.resolve().then(function () { late.catch(function () {}); });`)
	if got := fmt.Sprint(tracker.Unhandled()); err != nil || got != "[Error: nobody cares]" {
		t.Errorf("got %s, %v", got, err)
	}
}

func (k kit) close(t *testing.T) {
	r := k.open(t, engines.Options{}, chain)
	for range 2 {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
	if err := r.Load(t.Context(), "a.js", "1"); err == nil {
		t.Error("Load works after Close")
	}
	if _, err := r.Run(t.Context(), engines.Batch{Ops: 1, Window: 1, Checksum: 50}); err == nil {
		t.Error("Run works after Close")
	}
}
