package transform_test

import (
	"strings"
	"testing"

	"github.com/dop251/goja/parser"

	"promisebench/engines"
	"promisebench/engines/transform"
)

func TestLegacyAwait(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"await x", "await $legacyAwait( x)"},
		{"await(x)", "await $legacyAwait((x))"},
		{"await (a, b)", "await $legacyAwait( (a, b))"},
		{"await ((x))", "await $legacyAwait( ((x)))"},
		{"await (x) + 1", "await $legacyAwait( (x)) + 1"},
		{"await (async () => { await y })()", "await $legacyAwait( (async () => { await $legacyAwait( y) })())"},
		{"await await x", "await $legacyAwait( await $legacyAwait( x))"},
		{"await a.b[c](d, await e).f", "await $legacyAwait( a.b[c](d, await $legacyAwait( e)).f)"},
		{"await a?.b?.(c)", "await $legacyAwait( a?.b?.(c))"},
		{"await new Foo", "await $legacyAwait( new Foo)"},
		{"await new Foo(1)", "await $legacyAwait( new Foo(1))"},
		{"await [a, await b]", "await $legacyAwait( [a, await $legacyAwait( b)])"},
		{"await { a, b: [1] }.a", "await $legacyAwait( { a, b: [1] }.a)"},
		{"await `t${await x}t`", "await $legacyAwait( `t${await $legacyAwait( x)}t`)"},
		{"await tag`t${x}`", "await $legacyAwait( tag`t${x}`)"},
		{"await -x", "await $legacyAwait( -x)"},
		{"await !x", "await $legacyAwait( !x)"},
		{"await x++", "await $legacyAwait( x++)"},
		{"await typeof x", "await $legacyAwait( typeof x)"},
		{"await 1", "await $legacyAwait( 1)"},
		{"await 'await x'", "await $legacyAwait( 'await x')"},
		{"await /await x/g", "await $legacyAwait( /await x/g)"},
		{"await (a, -/x/)", "await $legacyAwait( (a, -/x/))"},
		{"await /* await */ x", "await $legacyAwait( /* await */ x)"},
		{"await // await\n x", "await $legacyAwait( // await\n x)"},
		{"await (x /* ) */)", "await $legacyAwait( (x) /* ) */)"},
		{"await x ? await y : await z", "await $legacyAwait( x) ? await $legacyAwait( y) : await $legacyAwait( z)"},
		{"await function () {}", "await $legacyAwait( function () {})"},
		{"await class { m() {} }", "await $legacyAwait( class { m() {} })"},
		{"await this", "await $legacyAwait( this)"},
		{"await null, await x", "await $legacyAwait( null), await $legacyAwait( x)"},
		{"o = { await: 1 }, o.await", "o = { await: 1 }, o.await"},
		{"é = 'ü𝒳', await ('é', x)", "é = 'ü𝒳', await $legacyAwait( ('é', x))"},
	} {
		in, want := "async function f() { "+c.in+" }", "async function f() { "+c.want+" }"
		got, err := transform.LegacyAwait("t.js", in)
		if err != nil || got != want {
			t.Errorf("%s\n got %s (%v)\nwant %s", in, got, err, want)
		}
	}
}

func TestErrorsNameThePlace(t *testing.T) {
	const broken = "let a;\nasync function f() { await ; }"
	_, err := transform.LegacyAwait("f.js", broken)
	if err == nil || !strings.HasPrefix(err.Error(), "f.js:2:28: ") {
		t.Errorf("LegacyAwait: %v", err)
	}
	_, err = transform.Lower("f.js", broken, []engines.Feature{engines.AsyncFunctions})
	if err == nil || !strings.HasPrefix(err.Error(), "f.js:2:28: ") {
		t.Errorf("Lower: %v", err)
	}
	_, err = transform.LegacyAwait("f.js", "var $legacyAwait;")
	if err == nil || !strings.Contains(err.Error(), "reserved") {
		t.Errorf("reserved name: %v", err)
	}
}

// Operands whose end the parser tells wrongly must be refused, not guessed.
func TestRefusesWhatItWouldChange(t *testing.T) {
	for _, body := range []string{"g(await é ,-y)", "x = await x ++", "await (x)++"} {
		got, err := transform.LegacyAwait("f.js", "async function f() { "+body+" }")
		if err == nil {
			t.Errorf("%s became %s", body, got)
		}
	}
}

func TestLowerTouchesOnlyWhatItIsTold(t *testing.T) {
	const script = "async function f(x) { return (await x) ?? 1 }\nasync function* g() { yield 1 }"
	got, err := transform.Lower("f.js", script, []engines.Feature{engines.AsyncFunctions, engines.AsyncGenerators})
	if err != nil || strings.Contains(got, "await x") || strings.Contains(got, "async function") {
		t.Errorf("async functions are left: %v\n%s", err, got)
	}
	if !strings.Contains(got, "??") {
		t.Errorf("?? was lowered as well:\n%s", got)
	}
	got, err = transform.Lower("f.js", script, []engines.Feature{engines.AsyncGenerators})
	if err != nil || !strings.Contains(got, "async function f") || strings.Contains(got, "async function*") {
		t.Errorf("want async generators lowered and async functions kept: %v\n%s", err, got)
	}
}

// What is put around an await belongs to that await, whatever else is awaited
// inside, and the operand is told as it was written.
func TestSurroundAwaits(t *testing.T) {
	around := func(i int) transform.Surround {
		n := string(rune('0' + i))
		return transform.Surround{Before: "a" + n + "([b = c(", Call: "d()", After: ")] = e(" + n + "))"}
	}
	for _, c := range []struct{ in, want, operands string }{
		{"await x", "a0([b = c(await d()( x))] = e(0))", "x"},
		{"await (a, b)", "a0([b = c(await d()( (a, b)))] = e(0))", "(a, b)"},
		{"(await ((x)))", "(a0([b = c(await d()( ((x))))] = e(0)))", "((x))"},
		{"await await x", "a0([b = c(await d()( a1([b = c(await d()( x))] = e(1))))] = e(0))", "await x|x"},
		{"await f(await (x), 1).y", "a0([b = c(await d()( f(a1([b = c(await d()( (x)))] = e(1)), 1).y))] = e(0))", "f(await (x), 1).y|(x)"},
		{"await (f(await (x)))", "a0([b = c(await d()( (f(a1([b = c(await d()( (x)))] = e(1))))))] = e(0))", "(f(await (x)))|(x)"},
		{"await x; await y", "a0([b = c(await d()( x))] = e(0)); a1([b = c(await d()( y))] = e(1))", "x|y"},
		{"await f(\n  1)", "a0([b = c(await d()( f(\n  1)))] = e(0))", "f( 1)"},
	} {
		in, want := "async function f() { "+c.in+" }", "async function f() { "+c.want+" }"
		got, awaits, err := transform.SurroundAwaits("t.js", in, around)
		var operands []string
		for _, a := range awaits {
			operands = append(operands, a.Operand)
		}
		if err != nil || got != want || strings.Join(operands, "|") != c.operands {
			t.Errorf("%s\n got %s (%v)\nwant %s\nawaits %+v, want %s", in, got, err, want, awaits, c.operands)
		}
	}
}

// FuzzLegacyAwait: whatever parses must either be rewritten into something
// that parses, with every await wrapped, or be refused with an error.
func FuzzLegacyAwait(f *testing.F) {
	for _, seed := range []string{
		"async () => await x", "await (a, b)", "async function f() { for (const x of await y) await z(await x) }",
		"async x => { await `${await (x)}` }", "class C { async m() { await super.m() } static { } }",
		"async()=>{ await (await (async () => 1)()) }", "label: async () => await\nx", "var await = 1; await (2)",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, source string) {
		out, err := transform.LegacyAwait("fuzz.js", source)
		if err != nil {
			return
		}
		if _, err := parser.ParseFile(nil, "out.js", out, 0, parser.WithDisableSourceMaps); err != nil {
			t.Errorf("%q became %q, which does not parse: %v", source, out, err)
		}
		removed := strings.ReplaceAll(out, " $legacyAwait(", "")
		if strings.ReplaceAll(removed, ")", "") != strings.ReplaceAll(source, ")", "") {
			t.Errorf("%q became %q: more than the awaits changed", source, out)
		}
	})
}
