package neutral

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
)

// What is added. All three are drawn uniformly from the logarithms, as small changes
// are more frequent than large ones.
const (
	minFunctions, maxFunctions   = 5, 120
	maxFiles                     = 12
	minStatements, maxStatements = 3, 300 // of one function, roughly
)

// between returns a number from lo to hi.
func between(rng *rand.Rand, lo, hi int) int {
	l, h := math.Log(float64(lo)), math.Log(float64(hi+1))
	return min(hi, int(math.Exp(l+rng.Float64()*(h-l))))
}

// add adds functions to some of the files and returns their number. Each calls the next
// one, and a variable holds the first: the linker leaves out what nothing refers to. It
// is set when the program starts, for a variable with a constant value that nobody
// reads would be left out too.
func add(rng *rand.Rand, sources []*source) int {
	functions := between(rng, minFunctions, maxFunctions)
	order := rng.Perm(len(sources))[:between(rng, 1, min(maxFiles, functions, len(sources)))]
	place := func(declaration string, file int) {
		s := sources[file]
		spot := s.spots[rng.IntN(len(s.spots))]
		s.added[spot] = append(s.added[spot], declaration)
	}
	prefix := unused(sources)
	for i := range functions {
		// Each file gets one, so that the number of files is what was drawn.
		file := order[rng.IntN(len(order))]
		if i < len(order) {
			file = order[i]
		}
		f := function{rng: rng, prefix: prefix, number: i + 1, last: functions, left: between(rng, minStatements, maxStatements)}
		place(f.declaration(), file)
	}
	place(fmt.Sprintf(`// %[1]sFirst has the linker keep functions that are never called.
var %[1]sFirst func([]int, int, int) int

func init() { %[1]sFirst = %[1]s1 }
`, prefix), order[0])
	return functions
}

// unused returns a prefix for names that occurs nowhere in the package.
func unused(sources []*source) string {
	prefix := "neutral"
	for i := 0; i < len(sources); i++ {
		if bytes.Contains(sources[i].text, []byte(prefix)) {
			prefix += "X"
			i = -1
		}
	}
	return prefix
}

// A function is one that is being written, in the Go of 2012, so that it suits whatever
// version go.mod has. It has parameters s []int and a, b int, and calls only
// functions with higher numbers, so that none would run forever.
type function struct {
	rng          *rand.Rand
	prefix       string
	number, last int
	left         int // statements
	text         strings.Builder
}

// declaration writes it. The compiler must not inline it, as nothing would remain of
// it to be linked.
func (f *function) declaration() string {
	f.line(0, "//go:noinline")
	f.line(0, "func %s%d(s []int, a, b int) int {", f.prefix, f.number)
	f.line(1, "if len(s) == 0 {")
	f.line(2, "return a")
	f.line(1, "}")
	for f.left > 0 {
		f.statement(1)
	}
	if f.number < f.last {
		f.line(1, "a ^= %s%d(s, b, a)", f.prefix, f.number+1)
	}
	f.line(1, "return a ^ b")
	f.line(0, "}")
	return f.text.String()
}

func (f *function) line(depth int, format string, args ...any) {
	f.text.WriteString(strings.Repeat("\t", depth))
	fmt.Fprintf(&f.text, format, args...)
	f.text.WriteByte('\n')
}

// block writes a few statements.
func (f *function) block(depth int) {
	for range 1 + f.rng.IntN(4) {
		f.statement(depth)
	}
}

// statement writes one and, with those in it, counts it.
func (f *function) statement(depth int) {
	const simple, all, deepest = 6, 10, 4
	f.left--
	kinds := all
	if depth == deepest {
		kinds = simple
	}
	n := 1 + f.rng.IntN(1000)
	switch f.rng.IntN(kinds) {
	case 0:
		f.line(depth, "a = a*%d + b", n)
	case 1:
		f.line(depth, "b ^= a >> %d", n%16)
	case 2:
		f.line(depth, "s[uint(a)%%uint(len(s))] += b")
	case 3:
		f.line(depth, "b += s[uint(b)%%uint(len(s))] - %d", n)
	case 4:
		f.line(depth, "s = append(s, a-b)")
	case 5:
		if f.number == f.last {
			f.line(depth, "a -= %d", n)
			break
		}
		f.line(depth, "b += %s%d(s, a, %d)", f.prefix, f.number+1+f.rng.IntN(f.last-f.number), n)
	case 6:
		f.line(depth, "if a < b+%d {", n)
		f.block(depth + 1)
		f.line(depth, "} else {")
		f.block(depth + 1)
		f.line(depth, "}")
	case 7:
		f.line(depth, "for i := range s {")
		f.line(depth+1, "a += s[i] & %d", n)
		f.block(depth + 1)
		f.line(depth, "}")
	case 8:
		f.line(depth, "for i := 0; i < %d; i++ {", n)
		f.line(depth+1, "b ^= i")
		f.block(depth + 1)
		f.line(depth, "}")
	case 9:
		f.line(depth, "switch a & 3 {")
		for value := range 3 {
			f.line(depth, "case %d:", value)
			f.block(depth + 1)
		}
		f.line(depth, "}")
	}
}
