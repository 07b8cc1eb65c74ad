package transform

import (
	"fmt"
	"strings"

	"github.com/dop251/goja/ast"
)

// An Await is an await expression of a script.
type Await struct {
	Line, Column int // of its keyword, from 1
	// Operand is the source text of what is awaited, in one line.
	Operand string
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
		operand := source[start:c.before(offset(c.tree, call.RightParenthesis))]
		found = append(found, Await{at.Line, at.Column, strings.Join(strings.Fields(operand), " ")})
	}
	return apply(c.text, edits), found, nil
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
