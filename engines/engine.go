// Package engines says WHERE a workload runs: it defines what promisebench
// asks of a JavaScript engine and holds one adapter package per engine.
//
// An [Engine] opens isolated [Realm]s. A realm loads scripts, runs small
// programs and tells what they logged, and runs timed batches of operations.
// The scripts themselves come from elsewhere: this package and the packages
// below it import nothing else of promisebench.
//
// README.md in this folder says how to add an engine.
//
// # What a realm runs
//
// The loaded scripts define one global function, operation. Called with the
// number of the operation (0, 1, 2 …) it returns a promise for a 32-bit
// integer; or, when it declares a second parameter, it calls that one back
// with (error, integer). The sum of all the integers is the batch's checksum.
// An operation that fails on purpose rejects with an Error that has a numeric
// property checksum, the bitwise complement of which is counted.
//
// An operation that waits sets a timer with promisebenchTimer(callback, delay),
// on a clock of the realm's own that promisebenchClock() tells: it stands still
// while there are jobs to run and jumps to the next timer when there are none.
// Timers fire one at a time, as in HTML, and the jobs of each run before the
// next one. So waiting takes no time and comes out the same everywhere.
package engines

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"path"
	"strings"
	"time"
)

// Driver is the script that every realm loads first. It keeps the in-flight
// window full, adds up the checksum, counts ticks and collects logged lines.
// It is one script for all engines, so that no engine is measured with a
// cheaper harness than another.
//
//go:embed driver.js
var Driver string

// An AwaitMode is one of the two meanings that "await p" of a native promise
// has had in the specification.
type AwaitMode string

const (
	// Legacy is await as specified in 2017: it wraps every operand in a new
	// promise and costs three ticks for a native promise.
	Legacy AwaitMode = "legacy"
	// Optimized is await since ECMAScript 2019 (tc39/ecma262 pull request
	// 1250, the "await optimization"): a native promise is used as it is,
	// which costs one tick.
	Optimized AwaitMode = "optimized"
)

// AwaitModes lists the modes, the base of comparisons first.
func AwaitModes() []AwaitMode { return []AwaitMode{Legacy, Optimized} }

// An AwaitSource says where an await mode of an engine comes from.
type AwaitSource string

const (
	// Native is the engine's own, by itself or by a flag.
	Native AwaitSource = "native"
	// Emulated is obtained by rewriting what is loaded.
	Emulated AwaitSource = "emulated"
	// SkipsTicks is the engine's own and a bug: await, and the adoption of
	// one promise by another, take fewer ticks than any edition of the
	// specification allows. V8 had it in Node.js 7 to 9; the order program
	// can't tell it from Optimized, ticks can.
	SkipsTicks AwaitSource = "skips-ticks"
	// InertFlag means that the engine has a flag for the mode that does
	// nothing, as Node.js 12.0.0 has.
	InertFlag AwaitSource = "inert-flag"
	// Unavailable is not available: Open says why.
	Unavailable AwaitSource = "unavailable"
)

// Own reports whether the mode is the engine's own, by itself or by a flag,
// rather than a rewrite of what is loaded. [SkipsTicks] is: a bug, but its own.
func (s AwaitSource) Own() bool { return s == Native || s == SkipsTicks }

// OwnAwait returns the mode of e's own await: optimized where it has both, and
// "", false where it has neither.
func OwnAwait(e Engine) (mode AwaitMode, ok bool) {
	for _, mode := range []AwaitMode{Optimized, Legacy} {
		if e.Await(mode).Own() {
			return mode, true
		}
	}
	return "", false
}

// DefaultAwait returns the mode of e's own await without any flag.
func DefaultAwait(e Engine) (mode AwaitMode, ok bool) {
	if f, flagged := As[Flagged](e); flagged {
		return f.DefaultAwait()
	}
	return OwnAwait(e)
}

// A Feature is a piece of syntax that not every engine parses.
type Feature string

const (
	AsyncFunctions  Feature = "async-await"
	AsyncGenerators Feature = "async-generator"
	ForAwait        Feature = "for-await"
)

// Features lists every feature with a script that parses only where the
// feature is there. The conformance kit tries it in both directions.
func Features() map[Feature]string {
	return map[Feature]string{
		AsyncFunctions:  "(async function () { await 0; });",
		AsyncGenerators: "(async function* () { yield 0; });",
		ForAwait:        "(async function (xs) { for await (const x of xs); });",
	}
}

// Functions of the language's library that engines are known to give other
// ticks than the specification: see [Deviant].
const (
	Finally    Feature = "finally"
	PromiseTry Feature = "promise-try"
)

// Builtins lists those functions.
func Builtins() []Feature { return []Feature{Finally, PromiseTry} }

// An Engine opens realms. It is safe for concurrent use.
type Engine interface {
	// Name stands in result names. It matches [a-z0-9.]+ and has no
	// "-DIGITS" ending, which benchmark tools would take for GOMAXPROCS.
	Name() string
	// Version names the exact code that runs, as its author versions it.
	Version() string
	// Supports reports whether the engine itself parses f.
	Supports(f Feature) bool
	// Await states where mode comes from in this engine.
	Await(mode AwaitMode) AwaitSource
	// Open returns a realm of its own: no global of another realm shows in
	// it. The error wraps [errors.ErrUnsupported] where this engine can't
	// offer what opts asks for, which is a reason to skip and not a failure.
	Open(ctx context.Context, opts Options) (Realm, error)
}

// A Switch is on, off, or empty: left as it is.
type Switch string

const (
	On  Switch = "on"
	Off Switch = "off"
)

// Match returns for each pattern, as [path.Match] has them, the indexes of the
// engine names that it matches. It is an error if these are none.
func Match(patterns, names []string) ([][]int, error) {
	matches := make([][]int, len(patterns))
	for p, pattern := range patterns {
		for i, name := range names {
			ok, err := path.Match(pattern, name)
			if err != nil {
				return nil, fmt.Errorf("engine %q: %w", pattern, err)
			}
			if ok {
				matches[p] = append(matches[p], i)
			}
		}
		if len(matches[p]) == 0 {
			return nil, fmt.Errorf("unknown engine %q: there are %s", pattern, strings.Join(names, ", "))
		}
	}
	return matches, nil
}

// As returns e as a T, an interface such as [Deviant] that an engine may
// implement besides. If e does not, but wraps another engine, which its method
// Unwrap() Engine returns, that one is asked: so a wrapper hides nothing of what
// it wraps, as [errors.As] has it.
func As[T any](e Engine) (T, bool) {
	for e != nil {
		if t, ok := e.(T); ok {
			return t, true
		}
		wrapper, ok := e.(interface{ Unwrap() Engine })
		if !ok {
			break
		}
		e = wrapper.Unwrap()
	}
	var none T
	return none, false
}

// JustInTime is what an engine may implement besides: it compiles while it
// runs, so that its speed has phases.
type JustInTime interface{ CompilesJustInTime() bool }

// Compiles reports whether e is an engine that compiles while it runs.
func Compiles(e Engine) bool {
	jit, ok := As[JustInTime](e)
	return ok && jit.CompilesJustInTime()
}

// A Context is what an AsyncLocalStorage is made of.
type Context string

const (
	// Storage is the host's own choice.
	Storage Context = "als"
	// OnFrames is the one on V8's AsyncContextFrame, which Node.js has since 22.7, and
	// OnHooks the one before, on a hook of every promise.
	OnFrames Context = "als-frame"
	OnHooks  Context = "als-hooks"
)

// Sharer is what an engine may implement besides: what its realms live in takes so long to
// start that those of which no time is taken had better share one.
type Sharer interface {
	// Shared returns the engine with all its realms in one process, which starts with the
	// first of them. close ends it.
	Shared() (shared Engine, close func() error)
}

// Share returns e with its realms in one process if it is a [Sharer], and else as it is.
func Share(e Engine) (shared Engine, close func() error) {
	if s, ok := e.(Sharer); ok {
		return s.Shared()
	}
	return e, func() error { return nil }
}

// GoHeap is what an engine may implement besides: its JavaScript objects are Go
// objects, so that Go's collector of garbage works for it.
type GoHeap interface{ OnGoHeap() bool }

// Uncollecting is what an engine may implement besides: it can do without Go's
// collector of garbage while a batch runs.
type Uncollecting interface {
	// WithoutCollector returns the engine such that garbage is collected between
	// batches only, off the clock; false if that makes no difference.
	WithoutCollector() (Engine, bool)
}

// Module is what an engine may implement besides: it is a Go module that is
// compiled into this program.
type Module interface {
	// Module returns the module's path, such as github.com/dop251/goja.
	Module() string
}

// Deviant is what an engine may implement besides: it has syntax or functions
// that take other ticks than the specification gives them. The conformance kit
// finds out whether that is so, both ways.
type Deviant interface {
	// Deviation says in what f, of [Features] or [Builtins], differs; empty if
	// in nothing.
	Deviation(f Feature) string
}

// Deviation says in what f differs in e; empty if in nothing that is known.
func Deviation(e Engine, f Feature) string {
	if d, ok := As[Deviant](e); ok {
		return d.Deviation(f)
	}
	return ""
}

// Flagged is what an engine may implement besides: a flag switches its await mode.
// Node.js 11 has the optimized one, and the legacy one without the flag.
type Flagged interface {
	// DefaultAwait is as [DefaultAwait].
	DefaultAwait() (mode AwaitMode, ok bool)
}

// Options says what kind of realm to open.
type Options struct {
	// Await is the meaning of await in everything that is loaded.
	Await AwaitMode
	// Emulate asks to emulate the mode even where the engine has it, which
	// shows how good the emulation is. Engines for which that would change
	// nothing refuse.
	Emulate bool
	// Hooks asks for asynchronous hooks with a hook that does nothing, as
	// tracing tools use them.
	Hooks bool
	// Context asks for operations that run in an AsyncLocalStorage each, with a look into it
	// behind each await, as servers keep what belongs to a request. Empty is none.
	Context Context
	// Traces switches async stack traces. Empty is the engine's default.
	Traces Switch
	// Counting asks for a realm whose allocations are counted: they depend on
	// what runs, and not on when other threads have compiled it or on where the
	// collector of garbage moves it. Its times mean nothing. An engine with
	// nothing of that sort has no other realms.
	Counting bool
	// Lower names the syntax to translate away before the engine sees it.
	// Lowering AsyncFunctions gives generators and a helper, which is what
	// the article's "async, transpiled" bars show.
	Lower []Feature
}

// A Realm is one global object and its job queue. It is not safe for
// concurrent use. A realm whose context ended during a call is good for
// nothing but Close.
type Realm interface {
	// Load runs a script. Errors begin with the engine's name and, for
	// syntax errors, "name:line:column".
	Load(ctx context.Context, name, source string) error
	// Probe runs a program until no job and no timer is left and returns what it logged
	// with the global function log, one string a call.
	Probe(ctx context.Context, name, source string) ([]string, error)
	// Run runs one batch of the loaded operation. The clock covers the
	// operations and nothing else. A sample is returned only if every
	// operation settled and the checksum is the expected one.
	Run(ctx context.Context, b Batch) (Sample, error)
	// Close frees the realm. Closing twice is no error.
	Close() error
}

// Clocked is what a realm may implement besides: it tells by which clock its
// batches are timed and the smallest step that this clock was seen to take, 0
// if nobody looked.
type Clocked interface {
	Clock() (name string, step time.Duration)
}

// A Child is what a realm may be besides: one that is a process of its own.
type Child interface {
	// PID is the process's number.
	PID() int
}

// A Caller is what a realm may be besides: one whose global functions can be
// called from Go, with ints and strings.
type Caller interface {
	// Call calls a function, runs every job in the queue, and returns the
	// function's result as a string.
	Call(ctx context.Context, function string, args ...any) (string, error)
}

// A RejectionTracker is what a realm may be besides: one that can tell of
// promises that were rejected and never got a handler.
type RejectionTracker interface {
	// Unhandled returns the reasons, in order, of those that have none by now
	// and were rejected since it was last called.
	Unhandled() []string
}

// A Batch is a number of operations that are timed together.
type Batch struct {
	// Ops is the number of operations, 1 or more: operation(0) to
	// operation(Ops-1).
	Ops int
	// Window is how many of them are in flight at once, 1 or more. Each one
	// that settles starts the next.
	Window int
	// Checksum is what they must add up to, with 32-bit wrap-around.
	Checksum int32
	// Rejects says that some of them reject on purpose. Only then has each a
	// handler for that, and for what it throws when it is started, which costs an
	// interpreter up to one and a half percent of doxbee's time; without, one that
	// rejects or throws counts as one that never settled.
	Rejects bool
}

// A Sample is the measurement of one correct batch.
type Sample struct {
	// Ops is the number of operations in the batch.
	Ops int
	// Elapsed is the wall time of the whole batch.
	Elapsed time.Duration
	// Resolution is the smallest step of the clock that took it, or 0 if that
	// is a few nanoseconds.
	Resolution time.Duration
	// Heap is what the batch allocated, or nil where the engine can't tell.
	Heap *Heap
}

// Plus returns the measurement of the batches of both samples. The zero Sample is of
// no batch. What one of the samples can't tell of its heap, the sum can't.
func (s Sample) Plus(other Sample) Sample {
	switch {
	case s.Ops == 0:
		return other
	case other.Ops == 0:
		return s
	}
	sum := Sample{Ops: s.Ops + other.Ops, Elapsed: s.Elapsed + other.Elapsed, Resolution: max(s.Resolution, other.Resolution)}
	if s.Heap == nil || other.Heap == nil {
		return sum
	}
	sum.Heap = &Heap{Bytes: s.Heap.Bytes + other.Heap.Bytes}
	if a, b := s.Heap.Objects, other.Heap.Objects; a != nil && b != nil {
		objects := *a + *b
		sum.Heap.Objects = &objects
	}
	return sum
}

// Heap is what was allocated, whether or not it was collected since.
type Heap struct {
	Bytes uint64
	// Objects is how many allocations that were, or nil where only bytes are
	// counted, as V8 does.
	Objects *uint64 `json:",omitempty"`
}

// ErrUnsettled is wrapped by the error of a batch whose jobs ran out before
// all its operations had settled.
var ErrUnsettled = errors.New("operations never settled")

// ErrChecksum is wrapped by the error of a batch that settled with a wrong sum.
var ErrChecksum = errors.New("wrong checksum")

// An Outcome is the state of a batch as the driver reports it, in JSON.
type Outcome struct {
	Settled int    `json:"settled"`
	Sum     int32  `json:"sum"`
	Failure string `json:"failure"`
}

// An OutcomeError is the error of a batch with a wrong outcome. It wraps
// [ErrUnsettled] or [ErrChecksum] where that is what is wrong.
type OutcomeError struct {
	Outcome Outcome
	err     error
}

func (e *OutcomeError) Error() string { return e.err.Error() }
func (e *OutcomeError) Unwrap() error { return e.err }

// Check returns nil if o is the outcome that b must have, and else an
// *OutcomeError.
func (o Outcome) Check(b Batch) error {
	var err error
	switch {
	case o.Failure != "":
		err = errors.New(o.Failure)
	case o.Settled > b.Ops:
		err = fmt.Errorf("operations settled more than once: %d results of %d", o.Settled, b.Ops)
	case o.Settled < b.Ops:
		err = fmt.Errorf("%w: %d of %d settled", ErrUnsettled, o.Settled, b.Ops)
	case o.Sum != b.Checksum:
		err = fmt.Errorf("%w: %d operations gave %d, want %d", ErrChecksum, b.Ops, o.Sum, b.Checksum)
	default:
		return nil
	}
	return &OutcomeError{o, err}
}
