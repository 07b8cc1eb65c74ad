// Package sobek measures github.com/grafana/sobek, Grafana k6's fork of goja. It
// is the sibling of package goja: the two libraries have the same methods but
// share no type.
package sobek

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/grafana/sobek"
	"github.com/grafana/sobek/parser"

	"promisebench/engines"
	"promisebench/engines/embedded"
)

// New returns the engine.
func New() engines.Engine {
	return embedded.New(embedded.Config{
		Name:    "sobek",
		Version: embedded.ModuleVersion(sobek.New),
		Module:  "github.com/grafana/sobek",
		NewVM:   newVM,
		Lacks:   []engines.Feature{engines.AsyncGenerators, engines.ForAwait},
		GoHeap:  true,
	})
}

type vm struct {
	runtime *sobek.Runtime
	// unhandled numbers the promises that were rejected without a handler.
	unhandled map[*sobek.Promise]int
}

func newVM() (embedded.VM, error) {
	v := vm{sobek.New(), map[*sobek.Promise]int{}}
	rejections := 0
	v.runtime.SetPromiseRejectionTracker(func(p *sobek.Promise, operation sobek.PromiseRejectionOperation) {
		switch operation {
		case sobek.PromiseRejectionReject:
			rejections++
			v.unhandled[p] = rejections
		case sobek.PromiseRejectionHandle: // late, but handled
			delete(v.unhandled, p)
		}
	})
	return v, nil
}

func (v vm) Eval(name, source string) error {
	// Parsed by itself, because only the parser's own error tells the line
	// and column as numbers.
	program, err := parser.ParseFile(nil, name, source, 0, parser.WithDisableSourceMaps)
	var list parser.ErrorList
	if errors.As(err, &list) && len(list) > 0 {
		p := list[0].Position
		return fmt.Errorf("%s:%d:%d: %s", name, p.Line, p.Column, list[0].Message)
	}
	if err != nil {
		return err
	}
	compiled, err := sobek.CompileAST(program, false)
	if err != nil {
		return err
	}
	// sobek drains its job queue before the outermost call returns.
	_, err = v.runtime.RunProgram(compiled)
	return err
}

// EvalModule implements [embedded.ModuleVM].
func (v vm) EvalModule(entry string, files map[string]string) error {
	records := map[string]*sobek.SourceTextModuleRecord{} // a module is evaluated once
	var resolve sobek.HostResolveImportedModuleFunc
	resolve = func(_ any, specifier string) (sobek.ModuleRecord, error) {
		name := strings.TrimPrefix(specifier, "./")
		if records[name] != nil {
			return records[name], nil
		}
		source, ok := files[name]
		if !ok {
			return nil, fmt.Errorf("no module %q", specifier)
		}
		record, err := sobek.ParseModule(name, source, resolve, parser.WithDisableSourceMaps)
		if err != nil {
			return nil, err
		}
		records[name] = record
		return record, nil
	}
	module, err := resolve(nil, entry)
	if err != nil {
		return err
	}
	if err := module.Link(); err != nil {
		return err
	}
	// From within a script: the job queue is drained when the outermost call
	// returns, which must not be that of the first of several modules.
	var promise *sobek.Promise
	const evaluate = "promisebenchEvaluate"
	err = v.runtime.Set(evaluate, func() { promise = module.Evaluate(v.runtime) })
	if err == nil {
		_, err = v.runtime.RunString(evaluate + "()")
	}
	if err == nil && promise.State() == sobek.PromiseStateRejected {
		err = fmt.Errorf("%s: %v", entry, promise.Result())
	}
	return err
}

func (v vm) Call(function string, args ...any) (string, error) {
	call, ok := sobek.AssertFunction(v.runtime.Get(function))
	if !ok {
		return "", fmt.Errorf("%s is not a function", function)
	}
	values := make([]sobek.Value, len(args))
	for i, arg := range args {
		values[i] = v.runtime.ToValue(arg)
	}
	result, err := call(sobek.Undefined(), values...)
	if err != nil {
		return "", err
	}
	return result.String(), nil
}

func (v vm) Interrupt() { v.runtime.Interrupt("interrupted") }

// Unhandled implements engines.RejectionTracker.
func (v vm) Unhandled() []string {
	var reasons []string
	for _, p := range slices.SortedFunc(maps.Keys(v.unhandled), func(a, b *sobek.Promise) int { return v.unhandled[a] - v.unhandled[b] }) {
		reasons = append(reasons, p.Result().String())
	}
	clear(v.unhandled)
	return reasons
}

func (v vm) Close() error { return nil }
