package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"promisebench/bench"
	"promisebench/engines"
	"promisebench/engines/probes"
)

var update = flag.Bool("update", false, "rewrite the golden files in testdata")

// paper is an engine that is only a name.
type paper struct {
	name, version string
	legacy        engines.AwaitSource
}

func (p paper) Name() string                { return p.name }
func (p paper) Version() string             { return p.version }
func (paper) Supports(engines.Feature) bool { return true }
func (p paper) Await(mode engines.AwaitMode) engines.AwaitSource {
	if mode == engines.Legacy {
		return p.legacy
	}
	return engines.Native
}

func (p paper) Open(context.Context, engines.Options) (engines.Realm, error) {
	return nil, errors.ErrUnsupported
}

// example has every verdict, and an engine that would upset a terminal, a
// table, a page and a stream of tests if it could.
func example() findings {
	hostile := "v1 | <b>\x1b[31m`x`\nok 99 - # SKIP \u2028\\#"
	list := []probes.Probe{
		{Name: "promise/right", Title: "One is one.", Section: "sec-one", Program: "log(1);\n", Want: []string{"1"}},
		{Name: "promise/odd", Title: "Odd # lines \\ arrive.", Section: "https://example.com/odd", Program: "log('```');\n", Want: []string{"a", ""}},
		{
			Name: "module/two", Title: "Two modules.", Section: "sec-two", Want: []string{"a", "b"},
			Entry: "b.mjs", Modules: map[string]string{"b.mjs": "import './a.mjs';\nlog('b');\n", "a.mjs": "log('a');\n"},
		},
	}
	good := paper{"good", "1.0", engines.Emulated}
	bad := paper{"bad", hostile, engines.Unavailable}
	mode := func(e engines.Engine, mode engines.AwaitMode, err error) modeFindings {
		c := bench.Check{Engine: e, Await: mode, Err: err}
		if err == nil {
			c.Order, c.AsyncStack = engines.AwaitOrder(mode), true
			c.Ticks = []bench.TickCheck{{Workload: "doxbee", Got: 9, Want: 9}}
		}
		return modeFinding(c)
	}
	result := func(i int, v probes.Verdict, why string, err error, got ...string) probes.Result {
		return probes.Result{Probe: list[i], Verdict: v, Why: why, Err: err, Got: got}
	}
	return findings{
		Conditions: []bench.Condition{{Key: "date", Value: "2026-11-20"}, {Key: "command", Value: "promisebench check"}},
		Workloads:  []string{"doxbee"},
		Probes:     list,
		Engines: []engineFindings{
			{good, []modeFindings{mode(good, engines.Legacy, nil), mode(good, engines.Optimized, nil)}, []probes.Result{
				result(0, probes.OK, "", nil, "1"), result(1, probes.Fixed, "was odd", nil, "a", ""), result(2, probes.Absent, "it has no modules", nil),
			}},
			{bad, []modeFindings{
				mode(bad, engines.Legacy, fmt.Errorf("bad: await=legacy can't be had: %w", errors.ErrUnsupported)),
				mode(bad, engines.Optimized, errors.New("bad: doxbee took 8 ticks, want 9")),
			}, []probes.Result{
				result(0, probes.NotApplicable, "its await is the legacy one", nil),
				result(1, probes.Wrong, "", errors.New("bad: worker: ended: signal: killed; its last words:\nnot ok 7 # TODO\x07"), "a", "```\x1b[2J", "· \x00\xff"),
				result(2, probes.Known, "order # of | modules", nil, "b", "a"),
			}},
		},
	}
}

func TestCheckGolden(t *testing.T) {
	for name, write := range map[string]func(findings, *bytes.Buffer) error{
		"check.txt":  func(f findings, b *bytes.Buffer) error { return f.writeText(b) },
		"check.json": func(f findings, b *bytes.Buffer) error { return f.writeJSON(b) },
		"check.tap":  func(f findings, b *bytes.Buffer) error { return f.writeTAP(b) },
		"check.md":   func(f findings, b *bytes.Buffer) error { return f.writeMarkdown(b) },
	} {
		t.Run(name, func(t *testing.T) {
			var got bytes.Buffer
			if err := write(example(), &got); err != nil {
				t.Fatal(err)
			}
			// Whatever engines say: no control characters, no rows of their own.
			if bad := regexp.MustCompile(`[\x00-\x09\x0b-\x1f\x7f\x{2028}]`).Find(got.Bytes()); bad != nil {
				t.Errorf("%q is in the output", bad)
			}
			file := filepath.Join("testdata", name)
			if *update {
				if err := os.WriteFile(file, got.Bytes(), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatalf("%v (make it with go test ./bench/cmd/promisebench -update)", err)
			}
			if got.String() != string(want) {
				t.Errorf("%s differs; go test ./bench/cmd/promisebench -update shows what has changed. Got:\n%s", file, got.String())
			}
		})
	}
}

func TestWrongCountsOnlyWrong(t *testing.T) {
	wrong, all := example().wrong()
	if wrong != 2 || all != 10 {
		t.Errorf("%d of %d, want 2 of 10", wrong, all)
	}
}

// The numbers of a TAP stream must be its plan's, whatever is in the texts.
func TestTAPIsWellFormed(t *testing.T) {
	var b bytes.Buffer
	if err := example().writeTAP(&b); err != nil {
		t.Fatal(err)
	}
	point := regexp.MustCompile(`^(not )?ok (\d+) - ((?:[^#\\]|\\[#\\])+)( # (SKIP|TODO) (?:[^#\\]|\\[#\\])+)?$`)
	n, within := 0, false
	for i, line := range strings.Split(strings.TrimSpace(b.String()), "\n") {
		switch {
		case i == 0 && line == "TAP version 14", i == 1 && line == "1..10", strings.HasPrefix(line, "# "):
		case line == "  ---" || line == "  ...":
			within = line == "  ---"
		case within && regexp.MustCompile(`^  [a-z]+: (\[.*\]|".*")$`).MatchString(line):
		default:
			n++
			if m := point.FindStringSubmatch(line); m == nil || m[2] != fmt.Sprint(n) {
				t.Errorf("line %d: %q is no test point %d", i+1, line, n)
			}
		}
	}
	if n != 10 {
		t.Errorf("%d test points, want 10", n)
	}
}

func TestTAPEscape(t *testing.T) {
	for in, want := range map[string]string{
		"plain":             "plain",
		"a # TODO b":        `a \# TODO b`,
		`a \# b`:            `a \\\# b`,
		"two\nlines\r\n\t.": "two lines   .",
		"\x1b[1mé\x00":      "\ufffd[1mé\ufffd",
		" \xff ":            "\ufffd",
	} {
		if got := tapEscape(in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}

// The three machine-readable formats, of real engines, whose list of defects is
// exact.
func TestCheckFormats(t *testing.T) {
	code, stdout, stderr := call(t, "check", "--engine", "goja,sobek,quickjs", "--format", "json")
	var found struct {
		Conditions map[string]string
		Wrong      int
		Engines    []struct {
			Engine, Version string
			Modes           []struct{ Await, Verdict string }
			Probes          []struct {
				Name, Verdict string
				Expected, Got []string
			}
		}
	}
	if err := json.Unmarshal([]byte(stdout), &found); err != nil || code != exitOK {
		t.Fatalf("exit %d, %v: %s%s", code, err, stdout, stderr)
	}
	if found.Wrong != 0 || len(found.Engines) != 3 || found.Engines[2].Engine != "quickjs" || len(found.Engines[0].Modes) != 2 || found.Conditions["command"] == "" {
		t.Errorf("found %+v", found)
	}
	for _, e := range found.Engines {
		for _, p := range e.Probes {
			if p.Verdict == "WRONG" || p.Verdict == "fixed" || len(p.Expected) == 0 {
				t.Errorf("%s %+v", e.Engine, p)
			}
		}
	}
	code, stdout, stderr = call(t, "check", "--engine", "goja", "--probe", "order/1-timer,order/2-*", "--format", "tap")
	if code != exitOK || !strings.HasPrefix(stdout, "TAP version 14\n1..4\n# goja v") || !strings.Contains(stdout, "\nok 4 - goja order/2-await-value: ") {
		t.Errorf("exit %d: %s%s", code, stdout, stderr)
	}
	code, stdout, stderr = call(t, "check", "--engine", "goja", "--probe", "await/constructor-throws", "--format", "markdown")
	for _, want := range []string{"| await/constructor-throws | known |", "```js\nconst p = Promise.resolve('value');", "([source](https://tc39.es/ecma262/#await))"} {
		if code != exitOK || !strings.Contains(stdout, want) {
			t.Errorf("exit %d, lacks %s: %s%s", code, want, stdout, stderr)
		}
	}
}
