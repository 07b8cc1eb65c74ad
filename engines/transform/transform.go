// Package transform changes scripts before an engine sees them: it emulates
// the await of 2017 and lowers syntax that an engine lacks.
package transform

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/file"
	"github.com/dop251/goja/parser"
	"github.com/evanw/esbuild/pkg/api"

	"promisebench/engines"
)

// identity is the name of the function that [LegacyPrelude] defines.
const identity = "$legacyAwait"

// LegacyPrelude must be loaded before any script that [LegacyAwait] returned.
//
// Returning v from an async function makes, inside the engine, the wrapper
// promise and the PromiseResolveThenableJob that the await of 2017 made for v;
// awaiting the result then adds the third tick. A value that is no promise
// still costs one. Measured on Node.js 11, whose V8 has both semantics behind
// a flag, the time is within noise of the native one; the other emulations
// tried (new Promise(r => r(v)), v.then(x => x).then(x => x), a wrapping
// thenable) have the right ticks and cost up to 50% too much.
const LegacyPrelude = "var " + identity + " = async function (v) { return v; };\n"

// LegacyAwait rewrites every "await x" to "await $legacyAwait(x)" and changes
// nothing else, so lines stay where they were. Syntax errors are returned as
// "name:line:column: message".
//
// The parser knows neither "for await" nor async generators, and tells the
// wrong end for a few rare operands (x ++ with a space, identifiers with
// escapes): such scripts are refused with an error, never rewritten wrongly.
func LegacyAwait(name, source string) (string, error) {
	c, err := callOperands(name, source)
	return c.text, err
}

// calls is a script whose awaits have become "await $legacyAwait(x)".
type calls struct {
	text            string
	original, tree  *ast.Program // of the script and of text
	awaits, changed []*ast.AwaitExpression
	edits           []edit // what text has more than the script
}

// An edit puts text at an offset, in place of some bytes or of none.
type edit struct {
	offset, remove int
	text           string
}

func apply(source string, edits []edit) string {
	slices.SortStableFunc(edits, func(a, b edit) int { return a.offset - b.offset })
	var out strings.Builder
	at := 0
	for _, e := range edits {
		out.WriteString(source[at:e.offset])
		out.WriteString(e.text)
		at = e.offset + e.remove
	}
	out.WriteString(source[at:])
	return out.String()
}

// callOperands makes the operand of every await the argument of a call, and
// proves that this is all that changed.
func callOperands(name, source string) (calls, error) {
	// From some broken texts goja's parser does not come back; esbuild's does.
	if _, err := Lower(name, source, nil); err != nil {
		return calls{}, err
	}
	program, err := parse(name, source)
	if err != nil {
		return calls{}, err
	}
	if strings.Contains(source, identity) {
		return calls{}, fmt.Errorf("%s: uses the reserved name %s", name, identity)
	}
	c := calls{original: program, awaits: findAwaits(program)}
	for _, a := range c.awaits {
		// The tree drops parentheses, so the operand's own range may start
		// and end inside some: "(" goes right behind the keyword instead of
		// before the operand, and ")" right behind the operand, where it
		// takes the place of a closing parenthesis that moves one out.
		// No ")" and "(" ever meet at one offset: a keyword lies between them.
		open := offset(program, a.Await) + len("await")
		c.edits = append(c.edits, edit{open, 0, " " + identity + "("}, edit{offset(program, a.Argument.Idx1()), 0, ")"})
	}
	c.text = apply(source, c.edits)

	// The positions come from a parser whose ranges nobody else relies on
	// this closely (it is wrong about identifiers beyond ASCII, for one):
	// prove the result rather than trust them.
	if c.tree, err = parse(name, c.text); err != nil {
		return calls{}, fmt.Errorf("rewriting await broke the script: %w", err)
	}
	c.changed = findAwaits(c.tree)
	var wrapped []ast.Expression
	for _, a := range c.changed {
		wrapped = append(wrapped, a.Argument)
		if !unwrap(a) {
			return calls{}, fmt.Errorf("%s: can't rewrite the await at %s", name, c.tree.File.Position(offset(c.tree, a.Await)))
		}
	}
	if !sameTree(reflect.ValueOf(program.Body), reflect.ValueOf(c.tree.Body)) {
		return calls{}, fmt.Errorf("%s: can't rewrite its awaits: the script would mean something else", name)
	}
	for i, a := range c.changed {
		a.Argument = wrapped[i]
	}
	return c, nil
}

// unwrap turns "await $legacyAwait(x)" back into "await x" in the tree, and
// reports whether that is what it was.
func unwrap(a *ast.AwaitExpression) bool {
	call, ok := a.Argument.(*ast.CallExpression)
	if !ok || len(call.ArgumentList) != 1 {
		return false
	}
	callee, ok := call.Callee.(*ast.Identifier)
	if !ok || callee.Name != identity {
		return false
	}
	a.Argument = call.ArgumentList[0]
	return true
}

// sameTree reports whether two trees differ in nothing but positions and the
// source text that functions keep.
func sameTree(a, b reflect.Value) bool {
	if a.Kind() != b.Kind() {
		return false
	}
	switch a.Kind() {
	case reflect.Interface, reflect.Pointer:
		if a.IsNil() || b.IsNil() {
			return a.IsNil() && b.IsNil()
		}
		return sameTree(a.Elem(), b.Elem())
	case reflect.Struct:
		if a.Type() != b.Type() {
			return false
		}
		for i := range a.NumField() {
			field := a.Type().Field(i)
			if !field.IsExported() || field.Name == "Source" || field.Type == reflect.TypeFor[file.Idx]() {
				continue
			}
			if !sameTree(a.Field(i), b.Field(i)) {
				return false
			}
		}
		return true
	case reflect.Slice:
		if a.Len() != b.Len() {
			return false
		}
		for i := range a.Len() {
			if !sameTree(a.Index(i), b.Index(i)) {
				return false
			}
		}
		return true
	}
	return a.Equal(b)
}

func parse(name, source string) (*ast.Program, error) {
	program, err := parser.ParseFile(nil, name, source, 0, parser.WithDisableSourceMaps)
	var list parser.ErrorList
	if errors.As(err, &list) && len(list) > 0 {
		p := list[0].Position
		return nil, fmt.Errorf("%s:%d:%d: %s", name, p.Line, p.Column, list[0].Message)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return program, nil
}

func offset(p *ast.Program, idx file.Idx) int { return int(idx) - p.File.Base() }

// findAwaits returns the await expressions of a program in source order.
func findAwaits(program *ast.Program) []*ast.AwaitExpression {
	var found []*ast.AwaitExpression
	walk(program, func(n any) {
		switch n := n.(type) {
		case *ast.AwaitExpression:
			found = append(found, n)
		case *ast.RegExpLiteral:
			// The parser counts one character too many behind flags, and the
			// end of an operand is computed from this.
			n.Literal = "/" + n.Pattern + "/" + n.Flags
		}
	})
	slices.SortFunc(found, func(a, b *ast.AwaitExpression) int { return int(a.Await - b.Await) })
	return found
}

// walk visits every node of a program that is a pointer, once. The ast package
// has no walker, and a reflective one can't forget a node type.
func walk(program *ast.Program, visit func(node any)) {
	seen := map[uintptr]bool{} // declarations are listed twice in the tree
	var walk func(v reflect.Value)
	walk = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.Interface:
			walk(v.Elem())
		case reflect.Pointer:
			if v.IsNil() || seen[v.Pointer()] || v.Type() == reflect.TypeFor[*file.File]() {
				return
			}
			seen[v.Pointer()] = true
			visit(v.Interface())
			walk(v.Elem())
		case reflect.Struct:
			for i := range v.NumField() {
				if v.Type().Field(i).IsExported() {
					walk(v.Field(i))
				}
			}
		case reflect.Slice:
			for i := range v.Len() {
				walk(v.Index(i))
			}
		}
	}
	walk(reflect.ValueOf(program))
}

// Lower translates the given syntax away with esbuild and leaves all other
// syntax alone. Syntax errors are returned as "name:line:column: message".
func Lower(name, source string, features []engines.Feature) (string, error) {
	supported := map[string]bool{}
	for _, f := range features {
		supported[string(f)] = false // our names of features are esbuild's
	}
	result := api.Transform(source, api.TransformOptions{
		Sourcefile: name,
		Loader:     api.LoaderJS,
		Target:     api.ESNext,
		Supported:  supported,
		// Scripts of a realm find one another's functions through the
		// global scope, whose names must stay.
		TreeShaking: api.TreeShakingFalse,
		LogLevel:    api.LogLevelSilent,
	})
	if len(result.Errors) > 0 {
		e := result.Errors[0]
		if e.Location == nil {
			return "", fmt.Errorf("%s: %s", name, e.Text)
		}
		return "", fmt.Errorf("%s:%d:%d: %s", name, e.Location.Line, e.Location.Column+1, e.Text)
	}
	return string(result.Code), nil
}
