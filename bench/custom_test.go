package bench_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"promisebench/bench"
	"promisebench/engines"
	"promisebench/engines/goja"
	"promisebench/engines/quickjs"
)

func judges() [2]engines.Engine { return bench.Judges([]engines.Engine{quickjs.New(), goja.New()}) }

// What can be wrong with a stranger's workload: each is an error that says
// what, before anything is measured, and nothing hangs.
func TestBrokenCustomWorkloads(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"forgotten return", "async function step(i) { return i; }\nasync function operation(i) { await step(i); }",
			"forgotten-return.js: goja: operation 0 yielded undefined where a 32-bit integer is due; is a return missing?"},
		{"no promise", "function operation(i) { Promise.resolve(i); }", "returned undefined instead of a promise; is a return missing?"},
		{"endless microtasks", "function operation() { return Promise.resolve().then(operation); }", "no end after"},
		{"endless loop", "function operation() { for (;;); }", "no end after"},
		{"endless load", "for (;;);", "no end after"},
		{"syntax error", "function operation(i) {\n  let a = ;\n}", "syntax-error.js:2:11: "},
		{"wrong checksum", "function expected(i) { return 5; }\nasync function operation(i) { return 4; }", "wrong checksum: operation 0 yields 4, and expected(0) says 5"},
		{"unhandled rejection", "async function operation(i) { Promise.reject(new Error('lost')); return 1; }", "rejected and nobody handled it, for one: Error: lost"},
		{"rejection", "async function operation(i) { throw new Error('no luck'); }", "operation 0 rejected: Error: no luck"},
		{"throws", "function operation(i) { throw new Error('no luck'); }", "operation 0 threw Error: no luck"},
		{"load error", "null.x;\nfunction operation(i) {}", "TypeError: Cannot read property 'x' of undefined at load-error.js:1:6"},
		{"never settles", "function operation(i) { return new Promise(() => {}); }", "operation 0: operations never settled"},
		{"no operation", "let x = 1;", "it defines no function operation"},
		{"state", "let n = 0; async function operation(i) { return n++; }", "operation 0 yields 0 and operation 100 100: results may depend on i % 100 only"},
		{"index", "async function operation(i) { return i; }", "operation 100 100"},
		{"logs", "async function operation(i) { log('hello'); return 1; }", `it logs lines of its own: "hello"`},
		{"no integer", "async function operation(i) { return 0.5; }", "operation 0 yielded number 0.5"},
		{"Name", "", "rename it"},
		{"node-22", "", "rename it"},
		{"x.asink", "", `no style "asink", only callback, events`},
	} {
		t.Run(test.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeoutCause(t.Context(), 3*time.Second, context.DeadlineExceeded)
			if strings.HasPrefix(test.name, "endless") {
				cancel()
				ctx, cancel = context.WithTimeoutCause(t.Context(), 300*time.Millisecond, errNoEnd)
			}
			defer cancel()
			name := strings.ReplaceAll(test.name, " ", "-") + ".js"
			_, _, err := bench.Catalog{}.Own(ctx, fstest.MapFS{name: {Data: []byte(test.text)}}, name, judges())
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

type noEnd struct{}

func (noEnd) Error() string { return "no end after a moment" }

var errNoEnd noEnd

// Whatever a script's style, it is measured against what two engines agree on
// or what it says itself.
func TestCustomWorkloads(t *testing.T) {
	files := fstest.MapFS{
		"w/sum.async.js":   {Data: []byte("async function operation(i) { return (await i % 10) + 1; }")},
		"w/sum.promise.js": {Data: []byte("function operation(i) { return Promise.resolve(i % 10).then(a => a + 1); }")},
		"w/told.js":        {Data: []byte("function expected(i) { return 7; }\nfunction operation(i, done) { done(null, 7); }")},
		"w/fails.js": {Data: []byte("function operation(i) { return i % 2 ? Promise.resolve(i % 10) :\n" +
			"  Promise.reject(Object.assign(new Error('on purpose'), { checksum: 3 })); }")},
		"w/pages.js": {Data: []byte("async function* pages(i) { yield i % 5; yield 1; }\n" +
			"async function operation(i) { let n = 0; for await (const p of pages(i)) n += p; return n; }")},
		// One of two styles says what both must yield, and a rejection's is its checksum.
		"w/one.callback.js": {Data: []byte("function operation(i, done) { done({ checksum: 6 }); }")},
		"w/one.async.js":    {Data: []byte("function expected(i) { return 6; }\nasync function operation(i) { throw { checksum: await 6 }; }")},
		"w/README":          {Data: []byte("not a script")},
	}
	cat := catalog()
	if _, _, err := cat.Own(t.Context(), fstest.MapFS{"doxbee.js": files["w/told.js"]}, "doxbee.js", judges()); err == nil || !strings.Contains(err.Error(), "a workload doxbee already") {
		t.Errorf("a name twice: %v", err)
	}
	cat.Workloads = nil
	own, results, err := cat.Own(t.Context(), files, "w", judges())
	if err != nil {
		t.Fatal(err)
	}
	cat.Workloads = own
	var names, all []string
	for i, w := range own {
		names = append(names, w.Name+": "+results[i].Value)
		if results[i].Key != bench.KeyResults+w.Name {
			t.Errorf("condition %v of %s", results[i], w.Name)
		}
	}
	want := []string{
		"fails: learned by agreement of goja and quickjs",
		"one: given by the function expected",
		"pages: learned by agreement of goja and quickjs",
		"sum: learned by agreement of goja and quickjs",
		"told: given by the function expected",
	}
	if !slices.Equal(names, want) {
		t.Errorf("got %q, want %q", names, want)
	}
	for _, c := range cells(t, cat, bench.Filter{}, 50) {
		if o := meter().Measure(t.Context(), c)[0]; o.Err != nil {
			t.Errorf("%s: %v", c.Name(), o.Err)
		}
		all = append(all, c.Name())
	}
	// callback twice, promise twice, and in two await modes async, async-transpiled
	// and for-await; async and async-transpiled twice.
	if want := len(cat.Engines) * (2 + 2 + 2*5); len(all) != want {
		t.Errorf("%d cells, want %d: %q", len(all), want, all)
	}
}

// Two styles, and two engines, must yield the same.
func TestCustomDisagreement(t *testing.T) {
	files := fstest.MapFS{
		"a/a.async.js":    {Data: []byte("async function operation(i) { return 1; }")},
		"a/a.promise.js":  {Data: []byte("function operation(i) { return Promise.resolve(2); }")},
		"b.js":            {Data: []byte("function operation(i) { return Promise.resolve(typeof Map === 'function' ? 1 : 0); }")},
		"c/c.js":          {Data: []byte("function operation(i, done) { done(null, 1); }")},
		"c/c.callback.js": {Data: []byte("function operation(i, done) { done(null, 1); }")},
	}
	_, _, err := bench.Catalog{}.Own(t.Context(), files, "a", judges())
	if err == nil || !strings.Contains(err.Error(), "operation 0 yields 2 on goja, and 1 by a.async.js") {
		t.Errorf("styles: %v", err)
	}
	other := judges()
	other[1] = without{other[1]}
	_, _, err = bench.Catalog{}.Own(t.Context(), files, "b.js", other)
	if err == nil || !strings.Contains(err.Error(), "operation 0 yields 0 on quickjs, and 1 by goja") {
		t.Errorf("engines: %v", err)
	}
	_, _, err = bench.Catalog{}.Own(t.Context(), files, "c", judges())
	if err == nil || !strings.Contains(err.Error(), "both in the style callback") {
		t.Errorf("twice: %v", err)
	}
	if _, _, err := (bench.Catalog{}).Own(t.Context(), fstest.MapFS{"w/x.txt": {}}, "w", judges()); err == nil {
		t.Error("a folder without scripts is taken")
	}
}

// without is an engine that has no Map.
type without struct{ engines.Engine }

func (e without) Open(ctx context.Context, o engines.Options) (engines.Realm, error) {
	r, err := e.Engine.Open(ctx, o)
	if err != nil {
		return nil, err
	}
	return r, r.Load(ctx, "without.js", "Map = undefined;")
}
