package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"promisebench/bench/cmd/promisebench/app"
	"promisebench/bench/trace"
	"promisebench/engines"
	"promisebench/engines/all"
	"promisebench/workloads"
)

func TestTrace(t *testing.T) {
	t.Chdir(t.TempDir())
	const order = `const p = Promise.resolve();
(async () => { await p; mark('after:await'); })();
p.then(() => mark('tick:a')).then(() => mark('tick:b'));
`
	if err := os.WriteFile("order.js", []byte(order), 0o666); err != nil {
		t.Fatal(err)
	}
	code, stdout, stderr := call(t, "trace", "order.js", "--svg", "order.svg")
	for _, want := range []string{
		"await=legacy (emulated)", "await=optimized (native)",
		"   3 │ ● await #1 resumes                 │",
		"#1 line 2: await p (native promise)\n  legacy     3 ticks, 2 extra promises (wrapper, throwaway)\n  optimized  1 tick, no extra promise\n",
		"legacy is emulated here",
	} {
		if code != app.ExitOK || stderr != "" || !strings.Contains(stdout, want) {
			t.Errorf("exit %d, %s, lacks %q:\n%s", code, stderr, want, stdout)
		}
	}
	if svg, err := os.ReadFile("order.svg"); err != nil || !strings.HasSuffix(string(svg), "</svg>\n") {
		t.Errorf("order.svg: %v, %d bytes", err, len(svg))
	}
	code, stdout, _ = call(t, "trace", "--await", "optimized", "--engine", "quickjs", "-e", "(async () => { await 42 })()")
	if code != app.ExitOK || strings.Contains(stdout, "legacy") || !strings.Contains(stdout, "1 tick, 1 extra promise (wrapper)") {
		t.Errorf("-e: exit %d:\n%s", code, stdout)
	}
}

func TestTraceFails(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{nil, app.ExitMisuse, "one snippet is needed"},
		{[]string{"a.js", "-e", "1"}, app.ExitMisuse, "one snippet is needed"},
		{[]string{"a.js"}, app.ExitMisuse, "open a.js"},
		{[]string{"-e", "let a = ;"}, app.ExitMisuse, "snippet.js:1:9: "},
		{[]string{"-e", "await 1"}, app.ExitMisuse, "put an outer await into"},
		{[]string{"-e", "(async () => { for await (const x of [1]) mark(x) })()"}, app.ExitMisuse, "--engine node24"},
		{[]string{"-e", "1", "--engine", "v9"}, app.ExitMisuse, `unknown engine "v9"`},
		{[]string{"-e", "1", "--engine", "goja,sobek"}, app.ExitMisuse, "a trace has one engine"},
		{[]string{"-e", "1", "--await", "eager"}, app.ExitMisuse, "--await must be one of"},
		{[]string{"-e", "1", "--timeout", "0s"}, app.ExitMisuse, "--timeout must be more than 0"},
		{[]string{"-e", "1", "--svg", filepath.Join("no", "such.svg")}, app.ExitMisuse, "--svg: "},
		{[]string{"-e", "\nthrow new Error('boom')"}, app.ExitFailed, "Error: boom at snippet.js:2"},
		{[]string{"-e", "(async () => { throw new Error('boom') })()"}, app.ExitFailed, "1 rejection without a handler, the first: Error: boom"},
		{[]string{"-e", "for (;;);", "--timeout", "300ms"}, app.ExitFailed, "endless chain of microtasks? (--timeout 300ms)"},
	} {
		t.Run(strings.Join(c.args, " "), func(t *testing.T) {
			code, _, stderr := call(t, append([]string{"trace"}, c.args...)...)
			if code != c.code || !strings.Contains(stderr, c.want) {
				t.Errorf("exit %d, want %d: stderr %q lacks %q", code, c.code, stderr, c.want)
			}
		})
	}
}

// The ticks of whole workloads, worked out by hand, are those of their traces.
// It is tested here because package trace knows no workloads.
func TestTraceOfWorkloads(t *testing.T) {
	waiting := []string{"schedule", "animations", "log-in-order", "events"}
	for _, w := range workloads.All() {
		for _, s := range workloads.Styles() {
			// These wait for timers, which a trace does not follow.
			if s.Name != "async" || !w.Has(s) || slices.Contains(waiting, w.Name) {
				continue
			}
			sources, err := w.Sources(w.Variants[0], s)
			if err != nil {
				t.Fatal(err)
			}
			var script strings.Builder
			for _, source := range sources {
				script.WriteString(source.Text + "\n")
			}
			script.WriteString("operation(0).then(() => mark('settled'), () => mark('settled'));")
			snippet, err := trace.Parse(w.Name+".js", script.String())
			if err != nil {
				t.Fatal(err)
			}
			for _, mode := range engines.AwaitModes() {
				want, ok := w.Variants[0].Ticks[workloads.TickCase{Style: "async", Await: string(mode)}]
				if !ok {
					continue
				}
				line, err := snippet.Run(t.Context(), all.Engines()[0], mode)
				if err != nil {
					t.Fatal(err)
				}
				last := line.Events[len(line.Events)-1]
				if last.Name != "settled" || last.Tick != want {
					t.Errorf("%s await=%s: %q in tick %d, want %d", w.Name, mode, last.Name, last.Tick, want)
				}
				t.Logf("%s await=%s: %d ticks, %d awaits", w.Name, mode, last.Tick, len(line.Awaits))
			}
		}
	}
}
