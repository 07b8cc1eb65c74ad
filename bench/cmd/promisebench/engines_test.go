package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"promisebench/bench/cmd/promisebench/app"
)

// A command starts no engine but those that it was asked for.
func TestOnlyChosenEnginesAreStarted(t *testing.T) {
	dir := t.TempDir()
	node := filepath.Join(dir, "node_modules", "node24", "bin", "node")
	if err := os.MkdirAll(filepath.Dir(node), 0o777); err != nil {
		t.Fatal(err)
	}
	mark := filepath.Join(dir, "started")
	if err := os.WriteFile(node, []byte("#!/bin/sh\necho >'"+mark+"'\nexit 1\n"), 0o777); err != nil {
		t.Fatal(err)
	}
	t.Setenv(app.EnginesDirVariable, dir)
	for _, c := range []struct {
		line    string
		code    int
		started bool
	}{
		{"check --engine goja --probe order/1-*", app.ExitOK, false},
		{"trace --engine goja -e 1", app.ExitOK, false},
		{"run --engine goja --workload parallel --style promise --rounds 1 --time 1ms --window 1 --out " + t.TempDir() + "/run", app.ExitOK, false},
		{"trace --engine node24 -e 1", app.ExitMisuse, true},
	} {
		code, _, stderr := call(t, strings.Fields(c.line)...)
		if code != c.code {
			t.Errorf("%s: exit code %d: %s", c.line, code, stderr)
		}
		if err := os.Remove(mark); (err == nil) != c.started {
			t.Errorf("%s: node24 was started: %v, want %v", c.line, err == nil, c.started)
		}
	}
}
