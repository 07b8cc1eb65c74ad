package trace_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"promisebench/bench/trace"
	"promisebench/engines"
	"promisebench/engines/all"
	"promisebench/engines/enginetest"
)

const npm = "../../engines/hosts/npm"

func parse(t *testing.T, name, source string) trace.Snippet {
	t.Helper()
	s, err := trace.Parse(name, source)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func file(t *testing.T, name string) trace.Snippet {
	t.Helper()
	source, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return parse(t, name, string(source))
}

// run traces a snippet in the modes that e has.
func run(t *testing.T, s trace.Snippet, e engines.Engine) []trace.Timeline {
	t.Helper()
	var list []trace.Timeline
	for _, mode := range engines.AwaitModes() {
		line, err := s.Run(t.Context(), e, mode)
		if errors.Is(err, errors.ErrUnsupported) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, line)
	}
	return list
}

// What the article says: three ticks, then one.
func TestOrderProgram(t *testing.T) {
	for _, e := range all.Engines() {
		lines := run(t, file(t, "order.js"), e)
		for i, want := range []int{3, 1} {
			if got := lines[i].Awaits[0].Ticks(); got != want {
				t.Errorf("%s await=%s: %d ticks, want %d", e.Name(), lines[i].Mode, got, want)
			}
		}
	}
}

// bodies are operations whose ticks tracing must not change.
var bodies = []string{
	"await 1",
	"return await Promise.resolve(1)",
	"return Promise.resolve(1)",
	"await { then(f) { f(1); } }",
	"await { get then() { return f => f(1); } }",
	"await (class extends Promise {}).resolve(1)",
	"const p = Promise.resolve(1); await p; await p; return p",
	"await (await (async () => await 1)(), Promise.resolve(2))",
	"for (const x of [1, Promise.resolve(2), await 3]) await x",
	"try { await Promise.reject(new Error('x')) } catch (e) { await e } finally { await null }",
	"await Promise.all([1, 2, 3].map(async x => { await x; return await x }))",
	"await Promise.race([new Promise(() => {}), (async () => { await 1 })()])",
	"return await Promise.resolve(1).then(() => Promise.resolve(2)).finally(() => 3)",
	"const f = async n => n === 0 ? 0 : 1 + await f(n - 1)\nawait f(5)",
	"try { await (() => { throw new Error('never awaited') })() } catch (e) { await 1 }",
	"const { a = await 1, b: [c] = [await 2] } = {}; return `${await a}${c}`",
}

// A traced operation takes the ticks of an untraced one, and each await those
// that the specification has for its value.
func TestTracingAddsNoTicks(t *testing.T) {
	list := all.Engines()
	for _, name := range []string{"node8", "node10", "node11", "node24", "jsc", "js102"} {
		t.Run(name, func(t *testing.T) { addsNoTicks(t, enginetest.Host(t, npm, name)) })
	}
	for _, e := range list {
		t.Run(e.Name(), func(t *testing.T) { addsNoTicks(t, e) })
	}
}

func addsNoTicks(t *testing.T, e engines.Engine) {
	var script strings.Builder
	script.WriteString("const bodies = [")
	for _, body := range bodies {
		fmt.Fprintf(&script, "async () => { %s },\n", body)
	}
	script.WriteString("];\nfunction operation(i) { return bodies[i](); }\n")
	// All at once: they don't see one another.
	const start = "for (let i = 0; i < bodies.length; i++) operation(i).then(() => mark(i), () => mark(i));"
	for _, mode := range engines.AwaitModes() {
		realm, err := e.Open(t.Context(), engines.Options{Await: mode})
		if errors.Is(err, errors.ErrUnsupported) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		defer realm.Close()
		if err := realm.Load(t.Context(), "operation.js", script.String()); err != nil {
			t.Fatal(err)
		}
		want, err := engines.Ticks(t.Context(), realm, len(bodies))
		if err != nil {
			t.Fatal(err)
		}
		line, err := parse(t, "o.js", script.String()+start).Run(t.Context(), e, mode)
		if err != nil {
			t.Fatal(err)
		}
		marks := 0
		for _, event := range line.Events {
			if event.Kind != trace.Mark {
				continue
			}
			marks++
			i, err := strconv.Atoi(event.Name)
			if err != nil || event.Tick != want[i] {
				t.Errorf("await=%s: %q takes %d ticks traced, %d untraced (%v)", mode, bodies[i], event.Tick, want[i], err)
			}
		}
		if marks != len(bodies) {
			t.Errorf("await=%s: %d of %d settled", mode, marks, len(bodies))
		}
		for _, a := range line.Awaits {
			if least := trace.Specified(mode, a.Value).Ticks; a.End >= 0 && a.Ticks() < least && line.Source != engines.SkipsTicks {
				t.Errorf("await=%s: await %s took %d ticks, the specification has %d", mode, a.Operand, a.Ticks(), least)
			}
		}
	}
}

// Each kind of value costs what the specification's steps say, on each engine.
func TestCostsAreThoseSpecified(t *testing.T) {
	for _, e := range all.Engines() {
		for _, line := range run(t, file(t, "values.js"), e) {
			var kinds []trace.Value
			for _, a := range line.Awaits {
				kinds = append(kinds, a.Value)
				if want := trace.Specified(line.Mode, a.Value).Ticks; a.Ticks() != want {
					t.Errorf("%s await=%s: %s took %d ticks, want %d", e.Name(), line.Mode, a.Value, a.Ticks(), want)
				}
			}
			if fmt.Sprint(kinds) != "[plain promise thenable subclass]" {
				t.Errorf("%s: kinds %v", e.Name(), kinds)
			}
		}
	}
}

// The thenable's getter is the await's to call, once.
func TestTracingCallsNoGetter(t *testing.T) {
	s := parse(t, "getter.js", "(async () => { await { get then() { mark('got'); } }; })()")
	for _, line := range run(t, s, all.Engines()[0]) {
		marks := 0
		for _, e := range line.Events {
			if e.Kind == trace.Mark {
				marks++
			}
		}
		if marks != 1 {
			t.Errorf("await=%s: then was got %d times", line.Mode, marks)
		}
	}
}

func TestSyntaxThatCannotBeTraced(t *testing.T) {
	for _, c := range []struct{ source, want string }{
		{"let a = 1;\n let b = ;", "s.js:2:10: "},
		{"await 1", "s.js:1:7: Unexpected number: awaits are followed by rewriting"},
		{"async () => { for await (const x of y); }", "--engine node24 --await optimized"},
	} {
		_, err := trace.Parse("s.js", c.source)
		if !errors.Is(err, trace.ErrSyntax) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", c.source, err, c.want)
		}
	}
}

// With marks it is for the engine to decide.
func TestSyntaxOfNewerEngines(t *testing.T) {
	s := parse(t, "s.js", "(async () => { for await (const x of [1]) mark(x); })()")
	if _, err := s.Run(t.Context(), all.Engines()[0], engines.Optimized); !errors.Is(err, errors.ErrUnsupported) || !strings.Contains(err.Error(), "lacks syntax") {
		t.Errorf("on goja: %v", err)
	}
	lines := run(t, s, enginetest.Host(t, npm, "node24"))
	if len(lines) != 1 || len(lines[0].Events) != 1 || lines[0].Events[0].Tick != 2 {
		t.Errorf("on node24: %+v", lines)
	}
}

func TestFailuresOfSnippets(t *testing.T) {
	goja := all.Engines()[0]
	for _, c := range []struct{ source, want string }{
		{"mark('a');\nthrow new TypeError('early')", "early at f.js:2"},
		{"mark('a'); (async () => { await 1; throw new Error('late') })()", "1 rejection without a handler, the first: Error: late"},
		{"mark('a'); nothing.at.all", "ReferenceError"},
	} {
		line, err := parse(t, "f.js", c.source).Run(t.Context(), goja, engines.Optimized)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", c.source, err, c.want)
		}
		if len(line.Events) == 0 || line.Events[0].Name != "a" {
			t.Errorf("%s: what came before is lost: %+v", c.source, line.Events)
		}
	}
	for _, endless := range []string{"for (;;);", "(function f() { Promise.resolve().then(f); })()"} {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		_, err := parse(t, "f.js", endless).Run(ctx, goja, engines.Optimized)
		cancel()
		if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "endless") {
			t.Errorf("%s: %v", endless, err)
		}
	}
}

// Too much is cut off, and said to be.
func TestLimits(t *testing.T) {
	lines := run(t, parse(t, "l.js", "for (let i = 0; i < 20000; i++) mark(i);"), all.Engines()[0])
	if !lines[0].Cut {
		t.Error("not said to be cut off")
	}
	late := run(t, parse(t, "l.js", "let p = Promise.resolve(); for (let i = 0; i < 10100; i++) p = p.then(() => {}); p.then(() => mark('late'));"), all.Engines()[0])
	if !late[0].Cut || len(late[0].Events) > 0 {
		t.Errorf("after too many ticks: %+v", late[0])
	}
}

// A directive stays one, and lines stay where they were.
func TestDirectiveStays(t *testing.T) {
	s := parse(t, "d.js", "// first\n'use strict'\n(function () { mark(this === undefined); })()")
	if e := run(t, s, all.Engines()[0])[0].Events; len(e) != 1 || e[0].Name != "true" {
		t.Errorf("%+v", e)
	}
}
