package bench_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"promisebench/bench"
	"promisebench/bench/plan"
	"promisebench/engines"
	"promisebench/engines/goja"
	"promisebench/workloads"
)

func meter() *bench.Meter {
	return &bench.Meter{Time: time.Millisecond, Timeout: time.Minute, Random: rand.New(rand.NewPCG(1, 2))}
}

func cells(t testing.TB, cat bench.Catalog, f bench.Filter, window int) []bench.Cell {
	t.Helper()
	list, err := cat.Cells(f, bench.Setup{Window: window})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// Every cell there is gives its checksum, for every size of the window, and
// takes the ticks that were worked out by hand and that the oracle counts.
func TestEveryCell(t *testing.T) {
	agreed := map[string][]int{}
	table := oracleTicks(t)
	for _, c := range cells(t, catalog(), bench.Filter{Workloads: everything()}, bench.DefaultWindow) {
		if racing && c.Group() != workloads.Core && c.Engine.Name() != "goja" {
			continue // scripts have no data races: one engine is enough for the Go around them
		}
		key := ofNoEngine(c)
		t.Run(c.Name(), func(t *testing.T) {
			realm, err := c.Open(t.Context())
			if errors.Is(err, errors.ErrUnsupported) && c.Variant.Requires != "" {
				t.Skip(err)
			}
			if err != nil {
				t.Fatal(err)
			}
			defer realm.Close()
			for _, window := range []int{1, 7, 40, 60} {
				c.Window = window
				if _, err := realm.Run(t.Context(), c.Batch(60)); err != nil {
					t.Errorf("window %d: %v", window, err)
				}
			}
			ticks, err := engines.Ticks(t.Context(), realm, bench.TickOps)
			if err != nil {
				t.Fatal(err)
			}
			want, known := c.WantTicks()
			if known && ticks[0] != want {
				t.Errorf("operation 0 took %d ticks, by hand it is %d", ticks[0], want)
			}
			for _, f := range slices.Concat(c.Style.Needs, c.Variant.Uses) {
				if !known && engines.Deviation(c.Engine, engines.Feature(f)) != "" {
					return // known to be different, as the kit checks
				}
			}
			// The same for all but those engines for which it had to be lowered, which the
			// oracle needs for nothing but the legacy await.
			got := strings.Trim(fmt.Sprint(ticks[:oracleOps]), "[]")
			if want, ok := table[key]; ok && got != want {
				t.Errorf("the first operations take %s ticks, by the specification %s", got, want)
			} else if !ok && len(c.Style.Needs) == 0 {
				t.Errorf("%s lacks %s: go test ./bench -run Oracle -update", ticksFile, key)
			}
			if agreed[key] == nil {
				agreed[key] = ticks
			}
			if fmt.Sprint(ticks) != fmt.Sprint(agreed[key]) {
				t.Errorf("ticks %v, on another engine %v", ticks, agreed[key])
			}
		})
	}
}

// What the issue tracker calls "breaking a workload on purpose": each break
// must turn into a failure that names the cell and says what is wrong.
func TestBrokenWorkloadsFail(t *testing.T) {
	type broken struct{ workload, style, old, new, want string }
	cases := []broken{
		{"doxbee", "promise", "return putStream", "putStream", "operation 0 threw or returned no promise"},
		{"doxbee", "async", "return await commit(tx, row);", "await commit(tx, row);", "an operation yielded undefined"},
		{"doxbee", "callback", "done(null, receipt)", "receipt", "never settled: 0 of 200"},
		{"doxbee", "callback", "done(null, receipt)", "done(null, receipt); done(null, receipt)", "settled more than once"},
		{"doxbee-errors", "async", "error.checksum = await rollback(tx);", "", "an operation rejected: Error: step"},
		{"doxbee-errors", "promise", "throw error;", "", "an operation yielded undefined"},
		{"doxbee-errors", "generator", "throw error;", "return 0;", "wrong checksum"},
		{"parallel", "promise", "Promise.all(queries)", "Promise.all(queries.slice(1))", "wrong checksum"},
		{"parallel", "async", "await Promise.all(queries)", "Promise.all(queries)", "wrong checksum"},
		{"parallel/rollback", "async", "error.checksum = await rollback(tx);", "", "an operation rejected: Error: query 12"},
		{"parallel/rollback", "promise", "throw error;", "return error.checksum;", "wrong checksum"},
		{"parallel/rollback", "callback", "done(error);", "done(null, error.checksum);", "wrong checksum"},
		{"parallel/rollback", "generator", "throw error;", "", "an operation yielded undefined"},
		{"doxbee-errors", "async", "throw error;", "return error.checksum;", "wrong checksum"},
		{"middleware", "async", "await next();\n    layer.leave", "next();\n    layer.leave", "wrong checksum"},
		{"middleware", "callback", "layer.enter(ctx);", "", "wrong checksum"},
		{"doxbee-errors", "thunk", "throw error;", "", "an operation yielded undefined"},
		{"parallel", "thunk", "queries[k] = ask(tx, k)", "queries[params.queries - 1 - k] = ask(tx, k)", "wrong checksum"},
		{"stream", "events", "this.emit('end');", "", "never settled: 0 of 200"},
		{"stream", "async", "await source.read()", "source.read()", "out of order"},
		{"stream", "promise", "return pump(source, response);", "", "an operation yielded undefined"},
		{"stream", "for-await", "if (chunk === null) return;", "if (chunk.offset === 7) return;", "wrong checksum"},
		{"combinators/all", "async", "await Promise", "Promise", "wrong checksum"},
		{"combinators/all-rejected", "async", "await Promise", "Promise", "wrong checksum"},
		{"combinators/all-settled", "promise", "Promise[params.kind]", "Promise.all", "an operation rejected: TypeError"},
		{"combinators/all-settled-rejected", "promise", "Promise[params.kind]", "Promise.all", "wrong checksum"},
		{"combinators/race", "promise", "Promise[params.kind](items(i))", "Promise.race(items(i).reverse())", "wrong checksum"},
		{"combinators/race-rejected", "promise", "Promise[params.kind]", "Promise.any", "wrong checksum"},
		{"combinators/any", "promise", "Promise[params.kind]", "Promise.race", "an operation rejected: Error: item 0"},
		{"combinators/any-rejected", "async", "return rejected(error);", "return 0;", "wrong checksum"},
		// Waiting too little or too much shows in the time that it took.
		{"schedule/sequential", "async", "value = await job(tx, k, value)", "value = job(tx, k, value)", "wrong checksum"},
		{"schedule/sequential", "callback", "next(k + 1, result)", "next(k + 1, value)", "wrong checksum"},
		{"schedule/parallel", "async", "await Promise.all(params.delays.map((_, k) => job(tx, k, tx.operation)))",
			"[await job(tx, 0, tx.operation), await job(tx, 1, tx.operation), await job(tx, 2, tx.operation), await job(tx, 3, tx.operation), await job(tx, 4, tx.operation)]", "wrong checksum"},
		{"schedule/mixed", "promise", "[left, right]", "[left, left]", "wrong checksum"},
		{"schedule/mixed", "async", "[pair(0), pair(2)]", "[await pair(0), pair(2)]", "wrong checksum"},
		{"schedule/pool", "async", "if (running.size === params.limit) await Promise.race(running);", "", "wrong checksum"},
		{"schedule/pool", "generator", "running.size === params.limit", "running.size === 2", "wrong checksum"},
		{"schedule/pool", "callback", "running < params.limit", "running < 4", "wrong checksum"},
		{"async-iteration/pages", "promise", "take(answer.next)", "sum", "wrong checksum"},
		{"async-iteration/pages", "for-await", "page = answer.next;", "page = null;", "wrong checksum"},
		{"async-iteration/fibonacci", "async", "await add(a, b)", "a", "wrong checksum"},
		{"async-iteration/fibonacci", "for-await", "if (++taken === params.terms) break;", "if (taken++ === params.terms) break;", "wrong checksum"},
		{"errors/try-catch", "async", "await call(tx, 2, first)", "call(tx, 2, first)", "wrong checksum"},
		{"errors/catch-per-call", "promise", ".catch(reserve)", "", "an operation rejected: Error: call 1 failed"},
		{"errors/to", "async", "if (outcome[0])", "if (false)", "wrong checksum"},
		{"errors/retry", "callback", "n === 3", "n === 2", "wrong checksum"},
		{"animations", "promise", ".catch(stopped)", "", "an operation rejected: Error: animation"},
		{"animations", "async", "await animate(tx, k)", "animate(tx, k)", "wrong checksum"},
		{"log-in-order", "promise", "chain.then(() => text)", "text", "wrong checksum"},
		{"log-in-order", "callback", "show(tx, texts[shown++])", "show(tx, texts[shown++] = text)", "wrong checksum"},
		{"events", "events", "tx.button.off('click', clicked)", "counted = 0", "wrong checksum"},
		{"pubsub", "callback", "answers[k] = answer", "answers[0] = answer", "wrong checksum"},
		{"pubsub", "async", "await publish(tx, n)", "[]", "wrong checksum"},
		{"stack", "async", "return caught(error)", "return 0", "wrong checksum"},
		{"chains/deep", "async", "await fifth(v)", "fifth(v)", "wrong checksum"},
		{"chains/wide", "promise", ".then(e)", "", "wrong checksum"},
		{"rejections/ten", "async", "return error.result", "return 0", "wrong checksum"},
		{"rejections/thousand", "promise", ".catch((error) => error.result)", "", "an operation rejected"},
		{"await-value", "async", "k < params.awaits", "k < 9", "wrong checksum"},
		{"await-promise", "async", "await operand(k)", "operand(k)", "wrong checksum"},
		{"await-thenable", "async", "await operand(k)", "operand(k)", "wrong checksum"},
		{"await-thenable/sleep", "async", "await operand(k)", "operand(k)", "wrong checksum"},
		{"promise-try/throws", "promise", ".catch(valueOf)", "", "an operation rejected: Error: on purpose"},
		{"promise-try/promise", "promise", "Promise.resolve(next(value))", "Promise.resolve(value)", "wrong checksum"},
		{"promise-try", "promise", "Promise.try(() => next(value))", "Promise.try(() => value)", "wrong checksum"},
		{"finally", "promise", "finally(cleanUp)", "then(cleanUp)", "an operation yielded"},
		{"finally/rejected", "promise", "finally(cleanUp).catch(valueOf)", "finally(cleanUp)", "an operation rejected: Error: on purpose"},
		{"thenable-assimilation", "promise", "resolve(next(value));", "", "never settled: 0 of 200"},
		{"promise-resolve-promise", "promise", "resolve(Promise.resolve(next(value)))", "resolve(next(value))", "by the specification it is 11"},
	}
	tried := map[string]bool{}
	for _, b := range cases {
		tried[b.workload] = true
	}
	for _, w := range workloads.All() {
		for _, v := range w.Variants {
			// These differ from others in data only.
			name := strings.TrimSuffix(w.Name+"/"+v.Name, "/")
			if !tried[name] && name != "doxbee/present" && name != "stack/read" && name != "schedule/real-timers" && name != "rejections/hundred-thousand" {
				t.Errorf("%s is not broken on purpose", name)
			}
		}
	}
	// And every single await of doxbee: without the one before commit the
	// upload still succeeds, but a failing commit is not rolled back.
	source := script(t, "doxbee-errors", "async")
	for n := range strings.Count(source, "await ") {
		at := 0
		for range n {
			at += strings.Index(source[at:], "await ") + len("await ")
		}
		at += strings.Index(source[at:], "await ")
		// Enough of the text behind it to be found only once.
		end := at + strings.Index(source[at:], ";")
		cases = append(cases, broken{"doxbee-errors", "async", source[at:end], source[at+len("await ") : end], ""})
	}
	for _, b := range cases {
		t.Run(b.workload+"/"+b.style+"/"+b.old, func(t *testing.T) {
			text := script(t, b.workload, b.style)
			if strings.Count(text, b.old) == 0 {
				t.Fatalf("%q is not in the script", b.old)
			}
			cat := bench.Catalog{
				Workloads: []workloads.Workload{rewritten(t, b.workload, b.style, strings.Replace(text, b.old, b.new, 1))},
				Engines:   catalog().Engines,
			}
			if racing {
				cat.Engines = cat.Engines[:1]
			}
			m := meter()
			for _, c := range cells(t, cat, bench.Filter{Styles: []string{b.style}}, 1000) {
				o := m.Measure(t.Context(), c)[0]
				if o.Skipped() && c.Variant.Requires != "" {
					continue
				}
				if o.Err == nil {
					t.Fatalf("%s: %q instead of %q goes unnoticed", c.Name(), b.new, b.old)
				}
				var out strings.Builder
				if err := bench.NewLog(&out, 1).Record(o.Record()); err != nil {
					t.Fatal(err)
				}
				for _, want := range []string{"--- FAIL: Benchmark" + c.Name() + "\n    ", c.Engine.Name() + ": ", b.want} {
					if !strings.Contains(out.String(), want) {
						t.Errorf("%q lacks %q", out.String(), want)
					}
				}
			}
		})
	}
}

// Every row of what the project's sources describe has something that runs it:
// a workload, a style, or what is listed here.
func TestEveryRowIsServed(t *testing.T) {
	served := map[string][]string{
		"S4":  {"the await modes, proven by engines.ProveAwait"},
		"S5":  {"engines.ProbeAdoption, in promisebench check"},
		"S6":  {"promisebench run --hooks off,on"},
		"S8":  {"engines.ProbeAsyncStack, in promisebench check; run --traces"},
		"S16": {"the probe of module loading, in promisebench check"},
		"S19": {"the programs of promisebench check"},
		"S22": {"promisebench figures"},
	}
	for _, w := range workloads.All() {
		if len(w.Rows) == 0 {
			t.Errorf("workload %s stands for no row", w.Name)
		}
		for _, row := range w.Rows {
			served[row] = append(served[row], "workload "+w.Name)
		}
	}
	for _, s := range workloads.Styles() {
		if !slices.ContainsFunc(workloads.All(), func(w workloads.Workload) bool { return w.Has(s) }) {
			t.Errorf("no workload has style %s", s.Name)
		}
		for _, row := range s.Rows {
			served[row] = append(served[row], "style "+s.Name)
		}
	}
	for n := 1; n <= 22; n++ {
		row := fmt.Sprintf("S%d", n)
		if len(served[row]) == 0 {
			t.Errorf("nothing serves row %s", row)
		}
		t.Logf("%s: %s", row, strings.Join(served[row], ", "))
		delete(served, row)
	}
	for row, by := range served {
		t.Errorf("there is no row %s, which %s stands for", row, by)
	}
}

// A feature that a realm lacks is a reason to skip, which names it; one that
// only looks like it is no reason to go on.
func TestRequiredFeatures(t *testing.T) {
	w := workloads.New("toy", "a toy", fstest.MapFS{
		"common.js":  {},
		"promise.js": {Data: []byte("function operation(i) { return Promise.resolve(i); }")},
	})
	for requires, want := range map[string]string{
		`typeof Promise.resolve === "function"`: "",
		`typeof Promise.nothing === "function"`: `it needs that typeof Promise.nothing === "function": unsupported`,
		`"anything but true"`:                   "unsupported",
		`missing.name`:                          "missing",
	} {
		w.Variants = []workloads.Variant{{Requires: requires, Result: func(i int) int32 { return int32(i) }}}
		cat := catalog()
		cat.Workloads = []workloads.Workload{w}
		for _, c := range cells(t, cat, bench.Filter{}, 10) {
			o := meter().Measure(t.Context(), c)[0]
			if want == "" && o.Err == nil {
				continue
			}
			if o.Err == nil || want == "" || !strings.Contains(o.Err.Error(), want) || o.Skipped() != strings.Contains(want, "unsupported") {
				t.Errorf("%s: %q: %v", c.Name(), requires, o.Err)
			}
		}
	}
}

// script returns a workload's own script in a style.
func script(t *testing.T, workload, style string) string {
	t.Helper()
	c := find(t, workload, style)
	sources, err := c.Workload.Sources(c.Variant, c.Style)
	if err != nil {
		t.Fatal(err)
	}
	return sources[len(sources)-1].Text
}

func find(t *testing.T, workload, style string) bench.Cell {
	t.Helper()
	for _, c := range cells(t, catalog(), bench.Filter{Workloads: []string{workload}, Styles: []string{style}}, 1) {
		if strings.TrimSuffix(c.Workload.Name+"/"+c.Variant.Name, "/") == workload {
			return c
		}
	}
	t.Fatalf("no %s in style %s", workload, style)
	return bench.Cell{}
}

// rewritten returns a workload with another script in one style.
func rewritten(t *testing.T, workload, style, text string) workloads.Workload {
	t.Helper()
	c := find(t, workload, style)
	sources, err := c.Workload.Sources(c.Variant, c.Style)
	if err != nil {
		t.Fatal(err)
	}
	common := sources[len(sources)-2].Text
	c.Variant.Name, c.Variant.Optional = "", false // the only one is the default
	return workloads.New(c.Workload.Name, c.Workload.About, fstest.MapFS{
		"common.js":   {Data: []byte(common)},
		style + ".js": {Data: []byte(text)},
	}, c.Variant)
}

// toy is an engine of another name: what an adapter adds is its own business.
type toy struct{ engines.Engine }

func (toy) Name() string { return "toy" }

// What one more costs: one more entry in each list, and everything else
// follows. The toy workload comes with no expected ticks.
func TestOneMoreEngineAndWorkload(t *testing.T) {
	text := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	promise := text("function operation(i) { return settle(null, params.factor * i); }")
	cat := catalog()
	cat.Engines = append(cat.Engines, toy{goja.New()})
	cat.Workloads = append(cat.Workloads, workloads.New("multiply", "a toy", fstest.MapFS{
		"common.js":    text(""),
		"callback.js":  text("function operation(i, done) { settle(null, params.factor * i, done); }"),
		"promise.js":   promise,
		"generator.js": text("function operation(i) { return spawn(function* () { return yield settle(null, params.factor * i); }); }"),
		"async.js":     text("async function operation(i) { return await settle(null, params.factor * i); }"),
	}, workloads.Variant{
		Params: map[string]int{"factor": 3},
		Result: func(i int) int32 { return int32(3 * i) },
	}))

	var out strings.Builder
	run := plan.Plan[bench.Cell]{
		Cells:  cells(t, cat, bench.Filter{Workloads: []string{"multiply"}}, 10),
		Rounds: 1,
		Sample: meter().Sample,
	}
	sum, err := run.Do(t.Context(), bench.NewLog(&out, 1).Record)
	// Three styles, and two in two await modes.
	if want := (plan.Summary{Samples: 7 * len(cat.Engines)}); err != nil || sum != want {
		t.Errorf("got %+v, %v, want %+v\n%s", sum, err, want, out.String())
	}
	for _, want := range []string{
		"BenchmarkMultiply/style=callback/await=optimized/engine=toy/window=10",
		"BenchmarkMultiply/style=async-transpiled/await=legacy/engine=toy/window=10",
		"BenchmarkMultiply/style=async/await=legacy/engine=quickjs/window=10",
	} {
		if !strings.Contains(out.String(), want+" ") {
			t.Errorf("%s was not measured:\n%s", want, out.String())
		}
	}
	cat.Engines = cat.Engines[len(cat.Engines)-1:]
	sum, err = (&plan.Plan[bench.Cell]{
		Cells:  cells(t, cat, bench.Filter{Workloads: []string{"doxbee"}}, 10),
		Rounds: 1,
		Sample: meter().Sample,
	}).Do(t.Context(), bench.NewLog(&out, 1).Record)
	if err != nil || sum.Failures != 0 || sum.Samples != 2*8 {
		t.Errorf("the toy engine on doxbee: %+v, %v", sum, err)
	}
}

// A broken engine is what the proof is there for.
type wrongMode struct{ engines.Engine }

func (e wrongMode) Await(engines.AwaitMode) engines.AwaitSource { return engines.Native }

func (e wrongMode) Open(ctx context.Context, o engines.Options) (engines.Realm, error) {
	o.Await = engines.Optimized // a flag without effect, as in Node.js 12.0.0
	return e.Engine.Open(ctx, o)
}

func TestModeIsProvenNotTrusted(t *testing.T) {
	cat := catalog()
	cat.Engines = []engines.Engine{wrongMode{goja.New()}}
	for _, c := range cells(t, cat, bench.Filter{Workloads: []string{"parallel"}, Styles: []string{"async"}}, 10) {
		o := meter().Measure(t.Context(), c)[0]
		if c.Await == engines.Optimized && o.Err != nil {
			t.Errorf("optimized: %v", o.Err)
		}
		if c.Await == engines.Legacy && (o.Err == nil || !strings.Contains(o.Err.Error(), "await=legacy does not hold")) {
			t.Errorf("legacy: %v", o.Err)
		}
	}
}

// An engine that can't offer what is asked is skipped, with its reason.
type lacking struct{ engines.Engine }

func (e lacking) Open(ctx context.Context, o engines.Options) (engines.Realm, error) {
	if o.Await == engines.Legacy {
		return nil, fmt.Errorf("lacking: await skips ticks: %w", errors.ErrUnsupported)
	}
	return e.Engine.Open(ctx, o)
}

func TestSkipTravels(t *testing.T) {
	cat := catalog()
	cat.Engines = []engines.Engine{lacking{goja.New()}}
	run := plan.Plan[bench.Cell]{
		Cells:  cells(t, cat, bench.Filter{Workloads: []string{"parallel"}, Styles: []string{"async"}}, 10),
		Rounds: 3,
		Sample: meter().Sample,
	}
	var out strings.Builder
	sum, err := run.Do(t.Context(), bench.NewLog(&out, 4).Record)
	if want := (plan.Summary{Samples: 3, Skips: 1}); err != nil || sum != want {
		t.Errorf("got %+v, %v, want %+v", sum, err, want)
	}
	const want = "--- SKIP: BenchmarkParallel/style=async/await=legacy/engine=goja/window=10-4\n    lacking: await skips ticks: "
	if !strings.Contains(out.String(), want) {
		t.Errorf("no skip in\n%s", out.String())
	}
}

// Not waiting for the last step leaves the result right: the ticks show it.
func TestTicksShowWhatResultsDoNot(t *testing.T) {
	const old = "return await commit(tx, total"
	text := script(t, "parallel", "async")
	if !strings.Contains(text, old) {
		t.Fatalf("%q is not in the script", old)
	}
	cat := catalog()
	cat.Workloads = []workloads.Workload{rewritten(t, "parallel", "async", strings.Replace(text, old, "return commit(tx, total", 1))}
	for _, c := range cells(t, cat, bench.Filter{Styles: []string{"async"}}, 100) {
		o := meter().Measure(t.Context(), c)[0]
		if o.Err == nil || !strings.Contains(o.Err.Error(), "by the specification it is") {
			t.Errorf("%s: %v", c.Name(), o.Err)
		}
	}
}
