package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"promisebench/bench/cmd/promisebench/app"
)

// commit commits all that is in a folder.
func commit(t *testing.T, dir, title string) {
	t.Helper()
	for _, args := range [][]string{{"add", "."}, {"-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-qm", title}} {
		cmd := exec.Command("git", args...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
}

// The commit of a real engine that makes await wait longer is found by ticks.
func TestBisectFindsATick(t *testing.T) {
	if testing.Short() {
		t.Skip("builds changed gojas")
	}
	dir := gojaCopy(t)
	if out, err := exec.Command("git", "-C", dir, "init", "-q").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	commit(t, dir, "as it is")
	note := filepath.Join(dir, "note.go")
	for _, title := range []string{"a note", "wait longer", "another note"} {
		if title == "wait longer" {
			change(t, filepath.Join(dir, "func.go"), awaitInGoja, oneTickMore)
		}
		if err := os.WriteFile(note, []byte("package goja\n\n// "+title+"\n"), 0o666); err != nil {
			t.Fatal(err)
		}
		commit(t, dir, title)
	}
	out := filepath.Join(t.TempDir(), "found")
	args := []string{"bisect", "goja=" + dir + "@HEAD~3", "goja=" + dir + "@HEAD", "--workload", "doxbee", "--style", "async", "--metric", "ticks/op", "--out", out}
	code, stdout, stderr := call(t, args...)
	if code != app.ExitFailed || !strings.Contains(stdout, "9 → 17 ticks/op") || !strings.Contains(stderr, "something got slower") {
		t.Errorf("exit code %d\n%s%s", code, stdout, stderr)
	}
	var found struct {
		Series []struct {
			Unit  string
			Steps []struct {
				First, Last, Title string
				Before, After      float64
			}
		}
	}
	text, err := os.ReadFile(filepath.Join(out, "bisect.json"))
	if err != nil || json.Unmarshal(text, &found) != nil || len(found.Series) != 2 || len(found.Series[0].Steps) != 1 {
		t.Fatalf("%v: %s", err, text)
	}
	if s := found.Series[0].Steps[0]; s.First != s.Last || s.Title != "wait longer" || s.After <= s.Before {
		t.Errorf("%+v", s)
	}
	for _, name := range []string{"pairs.txt", "report.md", "index.html", "versions.svg"} {
		if _, err := os.Stat(filepath.Join(out, name)); err != nil {
			t.Error(err)
		}
	}
	// All that it asks for is there already.
	before, err := os.ReadFile(filepath.Join(out, "pairs.txt"))
	if err != nil {
		t.Fatal(err)
	}
	code, stdout, stderr = call(t, append(args, "--resume")...)
	after, err := os.ReadFile(filepath.Join(out, "pairs.txt"))
	if err != nil || code != app.ExitFailed || !strings.Contains(stdout, "9 → 17 ticks/op") || string(before) != string(after) {
		t.Errorf("resumed: exit code %d, %v\n%s%s\n%s", code, err, stdout, stderr, after)
	}

	// The same commits as rungs.
	out = filepath.Join(t.TempDir(), "ladder")
	code, stdout, stderr = call(t, "ladder", "goja="+dir, "--every", "commit", "--workload", "doxbee", "--style", "async", "--rounds", "1", "--life", "20ms", "--out", out)
	if code != app.ExitOK || !strings.Contains(stdout, "0 changes") || !strings.Contains(stderr, "4 versions, 2 benchmarks") {
		t.Errorf("exit code %d\n%s%s", code, stdout, stderr)
	}
	drawn, err := os.ReadFile(filepath.Join(out, "report.md"))
	if err != nil || strings.Count(string(drawn), "wait longer") == 0 {
		t.Errorf("%v: %s", err, drawn)
	}
	// Its text alone is enough to draw it again.
	again := t.TempDir()
	code, _, stderr = call(t, "report", out, "--out", again)
	if text, err := os.ReadFile(filepath.Join(again, "report.md")); err != nil || code != app.ExitOK || string(text) != string(drawn) {
		t.Errorf("drawn again: exit code %d, %v: %s\n%s", code, err, text, stderr)
	}
}

func TestLadderErrors(t *testing.T) {
	for want, args := range map[string][]string{
		"goja@v1 is nothing that has versions": {"goja@v1"},
		"github.com/dop251/goja":               {"goja"}, // it has none, and offline nobody knows
		"is in no git repository":              {"goja=" + t.TempDir()},
		"--rounds 0":                           {"node", "--rounds", "0"},
		"must be one of":                       {"node", "--every", "now"},
		"--only or --every, not both":          {"node", "--every", "minor", "--only", "12"},
		"99.9 is none of the versions from":    {"node", "--only", "12,99.9"},
		"--await or --default-await":           {"node", "--await", "legacy", "--default-await"},
		"expected \"<what>\"":                  {},
	} {
		code, stdout, stderr := call(t, append([]string{"ladder"}, args...)...)
		if code != app.ExitMisuse || !strings.Contains(stderr, want) || stdout != "" {
			t.Errorf("%v: exit code %d, want %q\n%s%s", args, code, want, stdout, stderr)
		}
	}
}

func TestBisectErrors(t *testing.T) {
	dir := t.TempDir()
	if out, err := exec.Command("git", "-C", dir, "init", "-q").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, title := range []string{"one", "two"} {
		if err := os.WriteFile(filepath.Join(dir, "file"), []byte(title), 0o666); err != nil {
			t.Fatal(err)
		}
		commit(t, dir, title)
	}
	old, new := "goja="+dir+"@HEAD~1", "goja="+dir+"@HEAD"
	for want, args := range map[string][]string{
		"are the same commit":         {new, new},
		"is newer than":               {new, old},
		"there is nothing between":    {old, new},
		"both must be of a kind":      {"node@12.0.0", new},
		"--sure 100%":                 {old, new, "--sure", "100%"},
		"--resume needs --out":        {old, new, "--resume"},
		"--budget 0s":                 {old, new, "--budget", "0s"},
		"want 0 < --time":             {old, new, "--life", "1ms"},
		"--gogc ten":                  {old, new, "--gogc", "ten"},
		"must be one of":              {old, new, "--metric", "luck/op"},
		"goja names no version":       {"goja@latest", "goja"},
		"two releases of one program": {"node@12", "bun@1"},
		"has no revision":             {old, "goja=" + dir + "@nothing"},
		"expected \"<old> <new>\"":    {},
	} {
		code, stdout, stderr := call(t, append([]string{"bisect"}, args...)...)
		if code != app.ExitMisuse || !strings.Contains(stderr, want) || stdout != "" {
			t.Errorf("%v: exit code %d, want %q\n%s%s", args, code, want, stdout, stderr)
		}
	}
}
