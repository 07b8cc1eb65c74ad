// Package embedded turns a JavaScript engine that is a Go library into an
// [engines.Engine]. What such engines have in common is here: loading through
// the transformations, the clock, the checks, cancelling. An adapter adds the
// four methods of [VM].
package embedded

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"time"

	"promisebench/engines"
	"promisebench/engines/transform"
)

// A VM is the least that a JavaScript engine must offer to be measured. It may
// be an [engines.RejectionTracker] besides.
type VM interface {
	// Eval runs source as a script in the global scope and then every job it
	// leaves in the queue. Syntax errors read "name:line:column: message".
	Eval(name, source string) error
	// Call calls a global function with ints and strings and then runs every
	// job in the queue. It returns the function's result as a string.
	Call(function string, args ...any) (string, error)
	// Interrupt makes a running Eval or Call return an error soon, also from
	// an endless chain of jobs. It is called from another goroutine and may
	// come when nothing runs, or after Close.
	Interrupt()
	// Close frees the engine's memory. It is called once.
	Close() error
}

// A ModuleVM is a [VM] that can load modules; it is found by type assertion.
type ModuleVM interface {
	// EvalModule evaluates files[entry] as a module and then runs every job in
	// the queue. Specifiers are "./" and the name of another file. What the
	// module throws at its top level is an error if it is known by then.
	EvalModule(entry string, files map[string]string) error
}

// A Config describes an engine to [New].
type Config struct {
	Name    string // as in [engines.Engine]
	Version string
	Module  string // as in [engines.Module]
	// NewVM returns an engine with a fresh global object.
	NewVM func() (VM, error)
	// Lacks lists the features of [engines.Features] that it doesn't parse.
	Lacks []engines.Feature
	// Deviates is as in [engines.Deviant].
	Deviates map[engines.Feature]string
	// GoHeap says that its JavaScript objects are Go objects, so that the Go
	// runtime's allocation counts are the script's.
	GoHeap bool
}

// New returns the engine that c describes. Its own await is the optimized
// one; the legacy one is emulated.
func New(c Config) engines.Engine { return engine{c} }

type engine struct{ Config }

func (e engine) Name() string                    { return e.Config.Name }
func (e engine) Version() string                 { return e.Config.Version }
func (e engine) Module() string                  { return e.Config.Module }
func (e engine) Supports(f engines.Feature) bool { return !slices.Contains(e.Lacks, f) }

// OnGoHeap implements [engines.GoHeap].
func (e engine) OnGoHeap() bool { return e.GoHeap }

func (e engine) Deviation(f engines.Feature) string { return e.Deviates[f] }

func (e engine) Await(mode engines.AwaitMode) engines.AwaitSource {
	if mode == engines.Optimized {
		return engines.Native
	}
	return engines.Emulated
}

func (e engine) Open(ctx context.Context, opts engines.Options) (engines.Realm, error) {
	if opts.Hooks || opts.Context != "" || opts.Traces != "" {
		return nil, e.wrap(engines.Unsupported{Why: "it has neither async hooks nor an AsyncLocalStorage nor a switch for async stack traces"})
	}
	loader, err := transform.LoaderFor(e, opts)
	if err != nil {
		return nil, e.wrap(err)
	}
	preludes, err := loader.Preludes()
	if err != nil {
		return nil, e.wrap(err)
	}
	vm, err := e.NewVM()
	if err != nil {
		return nil, e.wrap(err)
	}
	r := &realm{engine: e, vm: vm, loader: loader}
	err = r.withInterrupt(ctx, func() error {
		for _, p := range preludes {
			if err := vm.Eval(p.Name, p.Text); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, errors.Join(err, r.Close())
	}
	if tracker, ok := vm.(engines.RejectionTracker); ok {
		return trackingRealm{r, tracker}, nil
	}
	return r, nil
}

// A trackingRealm is a realm of an engine that is an [engines.RejectionTracker].
type trackingRealm struct {
	*realm
	engines.RejectionTracker
}

type realm struct {
	engine engine
	vm     VM // nil once closed
	loader transform.Loader
}

// wrap puts the engine's name in front of an error.
func (e engine) wrap(err error) error {
	if err == nil {
		return nil
	}
	return &engines.Error{Engine: e.Name(), Err: err}
}

func (r *realm) wrap(err error) error { return r.engine.wrap(err) }

func (r *realm) Load(ctx context.Context, name, source string) error {
	return r.withInterrupt(ctx, func() error { return r.eval(name, source) })
}

func (r *realm) eval(name, source string) error {
	source, err := r.loader.Source(name, source)
	if err != nil {
		return err
	}
	return r.vm.Eval(name, source)
}

var errClosed = errors.New("the realm is closed")

// withInterrupt calls f and interrupts the engine when ctx ends before f returns.
func (r *realm) withInterrupt(ctx context.Context, f func() error) error {
	if r.vm == nil {
		return r.wrap(errClosed)
	}
	if ctx.Err() == nil {
		stop := context.AfterFunc(ctx, r.vm.Interrupt)
		err := f()
		if stop() {
			return r.wrap(err)
		}
	}
	return r.wrap(fmt.Errorf("interrupted: %w", context.Cause(ctx)))
}

func (r *realm) Probe(ctx context.Context, name, source string) ([]string, error) {
	return r.logged(ctx, func() error { return r.eval(name, source) })
}

// ProbeModules implements [engines.ModuleRealm]. Modules are not changed by the
// loader: nobody asks for one in the legacy mode.
func (r *realm) ProbeModules(ctx context.Context, entry string, files map[string]string) ([]string, error) {
	vm, ok := r.vm.(ModuleVM)
	if !ok {
		return nil, r.wrap(engines.Unsupported{Why: "it has no modules"})
	}
	return r.logged(ctx, func() error { return vm.EvalModule(entry, files) })
}

// advance fires the driver's timers until none is left. Without any it costs
// a batch one call.
func (r *realm) advance() error {
	for {
		fired, err := r.vm.Call("promisebenchAdvance")
		if err != nil || fired == "" {
			return err
		}
	}
}

// logged calls f and returns what scripts have logged.
func (r *realm) logged(ctx context.Context, f func() error) (lines []string, err error) {
	err = r.withInterrupt(ctx, func() error {
		if err := f(); err != nil {
			return err
		}
		if err := r.advance(); err != nil {
			return err
		}
		text, err := r.vm.Call("promisebenchLines")
		if err != nil {
			return err
		}
		return json.Unmarshal([]byte(text), &lines)
	})
	return lines, err
}

func (r *realm) Run(ctx context.Context, b engines.Batch) (engines.Sample, error) {
	sample := engines.Sample{Ops: b.Ops}
	err := r.withInterrupt(ctx, func() error {
		rejects := 0
		if b.Rejects {
			rejects = 1
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		start := time.Now()
		_, err := r.vm.Call("promisebenchStart", b.Ops, b.Window, rejects)
		if err == nil {
			err = r.advance()
		}
		sample.Elapsed = time.Since(start)
		runtime.ReadMemStats(&after)
		if err != nil {
			return err
		}
		if r.engine.GoHeap {
			objects := after.Mallocs - before.Mallocs
			sample.Heap = &engines.Heap{Bytes: after.TotalAlloc - before.TotalAlloc, Objects: &objects}
		}
		report, err := r.vm.Call("promisebenchReport")
		if err != nil {
			return err
		}
		var outcome engines.Outcome
		if err := json.Unmarshal([]byte(report), &outcome); err != nil {
			return fmt.Errorf("driver's report %q: %w", report, err)
		}
		err = outcome.Check(b)
		if t, ok := r.vm.(engines.RejectionTracker); ok {
			// Where operations are missing their number is what counts.
			if reasons := t.Unhandled(); err == nil && len(reasons) > 0 {
				err = fmt.Errorf("%d promises were rejected and nobody handled it, for one: %s", len(reasons), reasons[0])
			}
		}
		return err
	})
	if err != nil {
		return engines.Sample{}, err
	}
	return sample, nil
}

// Call implements [engines.Caller].
func (r *realm) Call(ctx context.Context, function string, args ...any) (result string, err error) {
	err = r.withInterrupt(ctx, func() error {
		result, err = r.vm.Call(function, args...)
		return err
	})
	return result, err
}

func (r *realm) Close() error {
	if r.vm == nil {
		return nil
	}
	vm := r.vm
	r.vm = nil
	return r.wrap(vm.Close())
}

// ModuleVersion returns the version of the module that a function of an engine
// was compiled from, or the folder of its source where that is not a versioned
// module: a local replacement. The file names in the program's symbol table
// tell it in test binaries too, which carry no module list in their build info.
func ModuleVersion(function any) string {
	f := runtime.FuncForPC(reflect.ValueOf(function).Pointer())
	if f == nil {
		return "unknown"
	}
	file, _ := f.FileLine(f.Entry())
	if _, versioned, ok := strings.Cut(file, "@"); ok {
		version, _, _ := strings.Cut(versioned, "/")
		return version
	}
	return path.Dir(file)
}
