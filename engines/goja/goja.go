// Package goja measures github.com/dop251/goja, a JavaScript engine written
// in Go.
package goja

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/dop251/goja"
	"github.com/dop251/goja/parser"

	"promisebench/engines"
	"promisebench/engines/embedded"
)

// New returns the engine.
func New() engines.Engine {
	return embedded.New(embedded.Config{
		Name:    "goja",
		Version: embedded.ModuleVersion(goja.New),
		Module:  "github.com/dop251/goja",
		NewVM:   newVM,
		Lacks:   []engines.Feature{engines.AsyncGenerators, engines.ForAwait},
		GoHeap:  true,
	})
}

type vm struct {
	runtime *goja.Runtime
	// unhandled numbers the promises that were rejected without a handler.
	unhandled map[*goja.Promise]int
}

func newVM() (embedded.VM, error) {
	v := vm{goja.New(), map[*goja.Promise]int{}}
	rejections := 0
	v.runtime.SetPromiseRejectionTracker(func(p *goja.Promise, operation goja.PromiseRejectionOperation) {
		switch operation {
		case goja.PromiseRejectionReject:
			rejections++
			v.unhandled[p] = rejections
		case goja.PromiseRejectionHandle: // late, but handled
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
	compiled, err := goja.CompileAST(program, false)
	if err != nil {
		return err
	}
	// goja drains its job queue before the outermost call returns.
	_, err = v.runtime.RunProgram(compiled)
	return err
}

func (v vm) Call(function string, args ...any) (string, error) {
	call, ok := goja.AssertFunction(v.runtime.Get(function))
	if !ok {
		return "", fmt.Errorf("%s is not a function", function)
	}
	values := make([]goja.Value, len(args))
	for i, arg := range args {
		values[i] = v.runtime.ToValue(arg)
	}
	result, err := call(goja.Undefined(), values...)
	if err != nil {
		return "", err
	}
	return result.String(), nil
}

func (v vm) Interrupt() { v.runtime.Interrupt("interrupted") }

// Unhandled implements engines.RejectionTracker.
func (v vm) Unhandled() []string {
	var reasons []string
	for _, p := range slices.SortedFunc(maps.Keys(v.unhandled), func(a, b *goja.Promise) int { return v.unhandled[a] - v.unhandled[b] }) {
		reasons = append(reasons, p.Result().String())
	}
	clear(v.unhandled)
	return reasons
}

func (v vm) Close() error { return nil }
