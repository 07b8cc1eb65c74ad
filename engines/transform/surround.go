package transform

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/dop251/goja/ast"
)

// An Await is an await expression of a script.
type Await struct {
	Line, Column int // of its keyword, from 1
	// Operand is the source text of what is awaited, in one line.
	Operand string
	// Rest is the source text behind it up to the end of its function: where
	// what it leads to must be written.
	Rest string
}

// A Surround is what to put around the await expressions of a script.
type Surround struct {
	// Before and After stand around the whole expression; Before must begin
	// with an identifier, so that a line that ended before the await still
	// ends there.
	Before, After string
	// Call is the callee of a call that has the operand as its argument.
	Call string
}

// SurroundAwaits rewrites every "await x" to Before "await" Call "( x)" After,
// with what around returns for it; awaits count from 0 in source order. Lines
// stay where they were. Errors are those of [LegacyAwait].
func SurroundAwaits(name, source string, around func(i int) Surround) (string, []Await, error) {
	// First a call around each operand: its parentheses, unlike those of the
	// operand itself, are in the tree, so that its end is known for certain.
	c, err := callOperands(name, source)
	if err != nil {
		return "", nil, err
	}
	functions := findFunctions(c.original)
	var edits []edit
	var found []Await
	for i, a := range c.changed {
		call, ok := a.Argument.(*ast.CallExpression)
		if !ok { // callOperands has seen one
			return "", nil, fmt.Errorf("%s: can't rewrite its awaits", name)
		}
		s := around(i)
		callee := offset(c.tree, call.Callee.Idx0())
		edits = append(edits,
			edit{offset(c.tree, a.Await), 0, s.Before},
			edit{callee, len(identity), s.Call},
			edit{offset(c.tree, call.RightParenthesis) + 1, 0, s.After})

		at := c.original.File.Position(offset(c.original, c.awaits[i].Await))
		start := offset(c.original, c.awaits[i].Await) + len("await")
		end := c.before(offset(c.tree, call.RightParenthesis))
		operand := strings.Join(strings.Fields(source[start:end]), " ")
		rest := ""
		for _, f := range functions { // inner ones end first
			if f[0] < start && end <= f[1] {
				rest = source[end:f[1]]
				break
			}
		}
		found = append(found, Await{at.Line, at.Column, operand, rest})
	}
	return apply(c.text, edits), found, nil
}

// findFunctions returns where functions start and end, by their end.
func findFunctions(program *ast.Program) [][2]int {
	var found [][2]int
	walk(program, func(n any) {
		switch n := n.(type) {
		case *ast.FunctionLiteral:
			found = append(found, [2]int{offset(program, n.Idx0()), offset(program, n.Idx1())})
		case *ast.ArrowFunctionLiteral:
			found = append(found, [2]int{offset(program, n.Idx0()), offset(program, n.Idx1())})
		}
	})
	slices.SortFunc(found, func(a, b [2]int) int { return cmp.Or(a[1]-b[1], b[0]-a[0]) })
	return found
}

// before returns the offset in the script of the end of an operand whose call
// ends at an offset of text. One of the ")" put in up to there is the call's;
// the others took the places of the script's own or end calls inside.
func (c calls) before(end int) int {
	added := 0
	for _, e := range c.edits { // in order since they were applied
		if e.offset+added > end {
			break
		}
		added += len(e.text)
	}
	return end - (added - len(")"))
}
