package probes

import (
	"context"
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"promisebench/engines"
	"promisebench/engines/all"
)

func allProbes(t *testing.T) []Probe {
	t.Helper()
	list, err := All()
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestAll(t *testing.T) {
	list := allProbes(t)
	if len(list) < 50 || list[0].Name != "order/1-timer" {
		t.Errorf("%d probes, the first is %s", len(list), list[0].Name)
	}
	names := regexp.MustCompile(`^[a-z]+/[a-z0-9-]+$`)
	for _, p := range list {
		// A name that names what another one begins with could not be chosen
		// alone by a pattern; titles are sentences.
		if !names.MatchString(p.Name) || !strings.HasSuffix(p.Title, ".") {
			t.Errorf("%s: %q", p.Name, p.Title)
		}
		if (p.Program == "") == (p.Modules == nil) || p.Modules != nil && p.Modules[p.Entry] == "" {
			t.Errorf("%s: want a program or modules", p.Name)
		}
	}
}

func TestParse(t *testing.T) {
	p, err := parse("order/x", "// Title.\n// Section: sec-x\n// Needs: for-await, async-generator\n// Has: A.b, c\n// Await: optimized\n\nlog(1);\n\n// Output:\n// 1\n// // 2\n")
	want := Probe{
		Name: "order/x", Title: "Title.", Section: "sec-x", Needs: []engines.Feature{"for-await", "async-generator"},
		Has: []string{"A.b", "c"}, Await: engines.Optimized, Program: "log(1);\n", Want: []string{"1", "// 2"},
	}
	if err != nil || fmt.Sprint(p) != fmt.Sprint(want) {
		t.Errorf("got %+v, %v", p, err)
	}
	p, err = parse("order/x", "// Title.\n// Section: sec-x\n\n// File: z.mjs\nimport './a.mjs';\n\n// File: a.mjs\nlog(1);\n\n// Output:\n// 1\n")
	if err != nil || p.Entry != "z.mjs" || len(p.Modules) != 2 || p.Modules["a.mjs"] != "log(1);\n" || p.Program != "" {
		t.Errorf("got %+v, %v", p, err)
	}
	for text, want := range map[string]string{
		"log(1);\n":                                          "line 1: want a comment",
		"// T.\n// Section: x\n\nlog(1);\n":                  "needs a Section and an Output",
		"// T.\n\nlog(1);\n\n// Output:\n// 1\n":             "needs a Section and an Output",
		"// T.\n// Colour: x\n\nlog(1);\n":                   `unknown field "Colour"`,
		"// T.\n// Needs: x\n\nlog(1);\n":                    `unknown feature "x"`,
		"// T.\n// Section: x\n\nlog(1);\n\n// Output:\n1\n": `"1" is no comment`,
	} {
		if _, err := parse("order/x", text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
	if _, err := read(fstest.MapFS{"js/odd/x.js": {Data: []byte("// T.\n")}}, "js"); err == nil || !strings.Contains(err.Error(), "js/odd/x.js: there are only the folders order") {
		t.Errorf("got %v", err)
	}
}

// Entries that name nothing would never be noticed.
func TestDefectsNameProbes(t *testing.T) {
	list := allProbes(t)
	for _, d := range Defects() {
		if _, err := regexp.Compile(d.Version); err != nil {
			t.Error(err)
		}
		found := slices.ContainsFunc(list, func(p Probe) bool {
			ok, err := path.Match(d.Probe, p.Name)
			return ok && err == nil
		})
		if !found || d.Engine == "" || d.Why == "" {
			t.Errorf("%+v names no probe, no engine or no reason", d)
		}
	}
}

// The list of defects is exact for the embedded engines.
func TestEmbedded(t *testing.T) {
	r := Runner{Known: Defects(), Timeout: time.Minute}
	for _, e := range all.Engines() {
		t.Run(e.Name(), func(t *testing.T) {
			t.Parallel()
			ok := 0
			for _, p := range allProbes(t) {
				result, err := r.Run(t.Context(), e, p)
				if err != nil {
					t.Fatal(err)
				}
				switch result.Verdict {
				case OK:
					ok++
				case Wrong, Fixed:
					t.Errorf("%s: %s (%s): logged %q, want %q; %v", p.Name, result.Verdict, result.Why, result.Got, p.Want, result.Err)
				case Absent, NotApplicable, Known:
					if result.Why == "" {
						t.Errorf("%s: %s without a reason", p.Name, result.Verdict)
					}
				}
			}
			if ok < 30 {
				t.Errorf("%d probes are ok", ok)
			}
		})
	}
}

// fake is an engine whose realms log what Probe says, whatever the program.
type fake struct {
	probe   func(ctx context.Context, name string) ([]string, error)
	modules func() ([]string, error)
	legacy  bool
	open    error
}

func (f fake) Name() string                    { return "fake" }
func (f fake) Version() string                 { return "1.2" }
func (f fake) Supports(x engines.Feature) bool { return x != engines.ForAwait }
func (f fake) Await(mode engines.AwaitMode) engines.AwaitSource {
	if f.legacy == (mode == engines.Legacy) {
		return engines.Native
	}
	return engines.Unavailable
}

func (f fake) Open(context.Context, engines.Options) (engines.Realm, error) {
	if f.modules != nil {
		return moduleRealm{realm{f}}, f.open
	}
	return realm{f}, f.open
}

type realm struct{ fake }

func (realm) Load(context.Context, string, string) error { return nil }
func (realm) Close() error                               { return nil }
func (realm) Run(context.Context, engines.Batch) (engines.Sample, error) {
	return engines.Sample{}, errors.ErrUnsupported
}

func (r realm) Probe(ctx context.Context, name, source string) ([]string, error) {
	switch name {
	case "late.js":
		return []string{"late"}, nil
	case "has.js":
		return []string{fmt.Sprint(strings.Contains(source, "Promise.any "))}, nil
	}
	return r.probe(ctx, name)
}

type moduleRealm struct{ realm }

func (r moduleRealm) ProbeModules(context.Context, string, map[string]string) ([]string, error) {
	return r.modules()
}

func TestRun(t *testing.T) {
	says := func(lines ...string) func(context.Context, string) ([]string, error) {
		return func(context.Context, string) ([]string, error) { return lines, nil }
	}
	crashes := func(context.Context, string) ([]string, error) { return nil, errors.New("fake: ended: signal: killed") }
	hangs := func(ctx context.Context, _ string) ([]string, error) {
		<-ctx.Done()
		return nil, fmt.Errorf("interrupted: %w", context.Cause(ctx))
	}
	simple := Probe{Name: "promise/x", Program: "x", Want: []string{"1", "late"}}
	with := func(change func(*Probe)) Probe {
		p := simple
		change(&p)
		return p
	}
	modular := with(func(p *Probe) { p.Entry, p.Modules = "a.mjs", map[string]string{"a.mjs": "await 0;"} })
	known := []Defect{{"fake", `^1\.`, "promise/*", "the reason"}}
	for _, c := range []struct {
		name    string
		engine  fake
		probe   Probe
		known   []Defect
		verdict Verdict
		why     string // in Why, or in Err
	}{
		{"ok", fake{probe: says("1")}, simple, nil, OK, ""},
		{"wrong", fake{probe: says("2")}, simple, nil, Wrong, ""},
		{"known", fake{probe: says("2")}, simple, known, Known, "the reason"},
		{"fixed", fake{probe: says("1")}, simple, known, Fixed, "the reason"},
		{"known elsewhere", fake{probe: says("2")}, simple, []Defect{{"fake", `^2`, "*/*", "-"}, {"f", "", "*/*", "-"}, {"fake", "", "*/y", "-"}}, Wrong, ""},
		{"broken list", fake{probe: says("2")}, simple, []Defect{{"fake", `(`, "*/*", "-"}, {"[", "", "*/*", "-"}}, Wrong, ""},
		{"crash", fake{probe: crashes}, simple, nil, Wrong, "killed"},
		{"known crash", fake{probe: crashes}, simple, known, Known, "the reason"},
		{"hang", fake{probe: hangs}, simple, nil, Wrong, "deadline exceeded"},
		{"no realm", fake{open: errors.New("can't start")}, simple, nil, Wrong, "can't start"},
		{"no syntax", fake{}, with(func(p *Probe) { p.Needs = []engines.Feature{engines.ForAwait} }), nil, Absent, "no syntax for for-await"},
		{"no function", fake{}, with(func(p *Probe) { p.Has = []string{"Promise.try", "x"} }), nil, Absent, "no Promise.try, no x"},
		{"a function", fake{probe: says("1")}, with(func(p *Probe) { p.Has = []string{"Promise.any"} }), nil, OK, ""},
		{"absent, and yet more", fake{probe: says("absent: reason")}, with(func(p *Probe) { p.Want = []string{"1"} }), nil, Wrong, ""},
		{"other await", fake{legacy: true}, with(func(p *Probe) { p.Await = engines.Optimized }), nil, NotApplicable, "its await is the legacy one"},
		{"no way to modules", fake{}, modular, nil, Absent, "promisebench can't load modules in it"},
		{"no modules", fake{modules: func() ([]string, error) { return nil, &engines.Error{Engine: "fake", Err: engines.Unsupported{Why: "it has none"}} }}, modular, nil, Absent, "it has none"},
		{"no top-level await", fake{probe: says("1"), modules: func() ([]string, error) { return nil, &engines.Error{Engine: "fake", Err: errors.New("SyntaxError")} }}, modular, nil, Absent, "no top-level await: SyntaxError"},
		{"modules crash", fake{probe: crashes, modules: func() ([]string, error) { return nil, errors.New("fake: gone") }}, modular, nil, Wrong, "gone"},
		{"modules", fake{modules: func() ([]string, error) { return []string{"1"}, nil }}, modular, nil, OK, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			result, err := Runner{Known: c.known, Timeout: 50 * time.Millisecond}.Run(t.Context(), c.engine, c.probe)
			why := result.Why
			if result.Err != nil && why == "" {
				why = result.Err.Error()
			}
			if err != nil || result.Verdict != c.verdict || !strings.Contains(why, c.why) || (why == "") != (c.why == "") {
				t.Errorf("%s (%s), %v; want %s (%s)", result.Verdict, why, err, c.verdict, c.why)
			}
			if result.Probe.Name != c.probe.Name {
				t.Errorf("the result names %q", result.Probe.Name)
			}
		})
	}
}

func TestRunEndsWithContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := Runner{Timeout: time.Minute}.Run(ctx, all.Engines()[0], allProbes(t)[0])
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// A program that sets timers for ever ends.
func TestEndlessTimers(t *testing.T) {
	p := Probe{Name: "order/x", Program: "(function again() { setTimeout(again, 1); })();", Want: []string{"x"}}
	result, err := Runner{Timeout: time.Minute}.Run(t.Context(), all.Engines()[0], p)
	if err != nil || result.Verdict != Wrong || fmt.Sprint(result.Got) != "[more than 1000 timers]" {
		t.Errorf("%+v, %v", result, err)
	}
}
