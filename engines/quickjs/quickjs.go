// Package quickjs measures modernc.org/quickjs, Fabrice Bellard's QuickJS
// translated from C to Go.
package quickjs

import (
	"errors"
	"fmt"
	"strings"
	"sync/atomic"

	"modernc.org/quickjs"

	"promisebench/engines"
	"promisebench/engines/embedded"
)

// New returns the engine.
func New() engines.Engine {
	return embedded.New(embedded.Config{
		Name:    "quickjs",
		Version: fmt.Sprintf("%s (modernc.org/quickjs %s)", quickjs.Version(), embedded.ModuleVersion(quickjs.NewVM)),
		Module:  "modernc.org/quickjs",
		NewVM: func() (embedded.VM, error) {
			runtime, err := quickjs.NewVM()
			if err != nil {
				return nil, err
			}
			return &vm{runtime: runtime}, nil
		},
		Deviates: map[engines.Feature]string{engines.ForAwait: "a break does not await the iterator's return", engines.PromiseTry: engines.TryAdopts},
		// It manages memory of its own beside the Go heap, so GoHeap stays
		// false: Go's counts would say that its scripts allocate nothing.
	})
}

type vm struct {
	runtime *quickjs.VM
	// interrupted stays set: the library forgets an interrupt when the call
	// into JavaScript returns, and draining may take more than one call.
	interrupted atomic.Bool
}

var errInterrupted = errors.New("interrupted")

func (v *vm) Eval(name, source string) error {
	value, err := v.runtime.EvalValue(source, quickjs.EvalGlobal)
	if err != nil {
		return located(name, err)
	}
	value.Free()
	return v.drain()
}

// EvalModule implements [embedded.ModuleVM]. What is thrown after the first
// top-level await shows only in what is missing then.
func (v *vm) EvalModule(entry string, files map[string]string) error {
	v.runtime.SetModuleLoader(func(_ *quickjs.VM, name string) (string, error) {
		source, ok := files[strings.TrimPrefix(name, "./")]
		if !ok {
			return "", fmt.Errorf("no module %q", name)
		}
		return source, nil
	}, nil)
	value, err := v.runtime.EvalValue(files[entry], quickjs.EvalModule)
	if err != nil {
		return located(entry, err)
	}
	value.Free()
	return v.drain()
}

// located gives a syntax error its position. The library knows no file names.
func located(name string, err error) error {
	var e *quickjs.Error
	if errors.As(err, &e) && e.LineNumber > 0 {
		return fmt.Errorf("%s:%d:%d: %s", name, e.LineNumber, e.ColumnNumber, e.Message)
	}
	return fmt.Errorf("%s: %w", name, err)
}

func (v *vm) Call(function string, args ...any) (string, error) {
	result, err := v.runtime.Call(function, args...)
	if err != nil {
		return "", err
	}
	return fmt.Sprint(result), v.drain()
}

// drain empties the job queue, which this library leaves to its host.
func (v *vm) drain() error {
	for !v.interrupted.Load() {
		jobs, err := v.runtime.ExecutePendingJobs()
		var thrown *quickjs.Error
		if err == nil || errors.As(err, &thrown) || jobs < 1<<20 {
			return err
		}
		// It stops after 2^20 jobs, which a large batch exceeds: go on.
	}
	return errInterrupted
}

func (v *vm) Interrupt() {
	v.interrupted.Store(true)
	v.runtime.Interrupt()
}

func (v *vm) Close() error { return v.runtime.Close() }
