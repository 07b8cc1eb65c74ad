package main

import (
	"encoding/json"
	"strings"
	"testing"

	"promisebench/bench/cmd/promisebench/app"
)

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
	if err := json.Unmarshal([]byte(stdout), &found); err != nil || code != app.ExitOK {
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
	if code != app.ExitOK || !strings.HasPrefix(stdout, "TAP version 14\n1..4\n# goja v") || !strings.Contains(stdout, "\nok 4 - goja order/2-await-value: ") {
		t.Errorf("exit %d: %s%s", code, stdout, stderr)
	}
	code, stdout, stderr = call(t, "check", "--engine", "goja", "--probe", "await/constructor-throws", "--format", "markdown")
	for _, want := range []string{"| await/constructor-throws | known |", "```js\nconst p = Promise.resolve('value');", "([source](https://tc39.es/ecma262/#await))"} {
		if code != app.ExitOK || !strings.Contains(stdout, want) {
			t.Errorf("exit %d, lacks %s: %s%s", code, want, stdout, stderr)
		}
	}
}
