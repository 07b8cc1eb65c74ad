package toolchain

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// clone makes a repository of the engine with a commit for each version that it prints.
func clone(t *testing.T, versions ...string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "clone")
	files(t, dir, "go.mod", "module "+engine+"\n\ngo 1.26\n")
	git(t, dir, "init", "-q", "-b", "main")
	for _, v := range versions {
		files(t, dir, "it.go", fmt.Sprintf("package engine\n\nconst Version = %q\n", v))
		git(t, dir, "add", ".")
		git(t, dir, "commit", "-qm", "say "+v)
	}
	return dir
}

// An engine is built as it is at a commit of its clone, which nothing is done to.
func TestClone(t *testing.T) {
	b := fake(t)
	ctx := t.Context()
	dir := clone(t, "a", "b", "c")
	for ref, want := range map[string]string{"main": "c!", "HEAD~1": "b!", "HEAD~2": "a!"} {
		bin, err := build(ctx)(b.Clone(ctx, engine, dir, ref))
		if err != nil {
			t.Fatalf("%s: %v", ref, err)
		}
		if got := output(t, "", bin.Path); got != want {
			t.Errorf("%s prints %q, want %q", ref, got, want)
		}
		hash := git(t, dir, "rev-parse", ref)[:12]
		if !strings.Contains(bin.text, engine+" from "+dir+" at commit "+hash) {
			t.Errorf("%s: source %q", ref, bin.text)
		}
		again, err := build(ctx)(b.Clone(ctx, engine, dir, ref))
		if err != nil || again.Path != bin.Path {
			t.Errorf("%s is built again: %s and %s, %v", ref, bin.Path, again.Path, err)
		}
	}
	if state := git(t, dir, "status", "--porcelain"); state != "" {
		t.Errorf("the clone was changed: %s", state)
	}
	idle(t, b)
	for ref, want := range map[string]string{"no-such": "has no revision", "--help": "revision"} {
		if s, err := b.Clone(ctx, engine, dir, ref); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v %v", ref, s, err)
		}
	}
	if _, err := b.Clone(ctx, engine, t.TempDir(), "HEAD"); err == nil || !strings.Contains(err.Error(), "no git repository") {
		t.Error(err)
	}
}

func TestVersions(t *testing.T) {
	b := fake(t)
	list, err := Versions(t.Context(), b.Root, engine)
	if got := strings.Join(list, " "); got != "v1.0.0 v1.1.0 v1.2.0" || err != nil {
		t.Errorf("%s, %v", got, err)
	}
	if list, err := Versions(t.Context(), b.Root, "example.com/no-such"); err == nil || !strings.Contains(err.Error(), "the versions of example.com/no-such are not known") {
		t.Errorf("%v, %v", list, err)
	}
}

func TestCommits(t *testing.T) {
	dir := clone(t, "a", "b", "c")
	git(t, dir, "checkout", "-qb", "side", "HEAD~1")
	files(t, dir, "side.go", "package engine\n")
	git(t, dir, "add", ".")
	git(t, dir, "commit", "-qm", "aside")
	git(t, dir, "checkout", "-q", "main")
	git(t, dir, "merge", "-q", "--no-ff", "-m", "merge the side", "side")
	list, err := Commits(t.Context(), dir, "HEAD~2", "main")
	var titles []string
	for _, c := range list {
		titles = append(titles, c.Title)
		if got := git(t, dir, "log", "-1", "--format=%s", c.Short()); got != c.Title {
			t.Errorf("%s is %q, not %q", c.Hash, got, c.Title)
		}
	}
	// What was merged is one point.
	if got := strings.Join(titles, ", "); err != nil || got != "say b, say c, merge the side" {
		t.Errorf("%s, %v", got, err)
	}
	for ends, want := range map[[2]string]string{
		{"main", "HEAD"}:    "are the same commit",
		{"main", "HEAD~1"}:  "main is newer than HEAD~1",
		{"main~1", "side"}:  "is no ancestor of side",
		{"nothing", "HEAD"}: "has no revision",
	} {
		if _, err := Commits(t.Context(), dir, ends[0], ends[1]); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v, want %q", ends, err, want)
		}
	}
}
