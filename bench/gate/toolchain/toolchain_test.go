package toolchain

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

const engine = "example.com/engine"

// files writes a folder's files, given as names and contents by turns.
func files(t *testing.T, dir string, pairs ...string) {
	t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		path := filepath.Join(dir, filepath.FromSlash(pairs[i]))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(pairs[i+1]), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// output runs a program and returns what it prints.
func output(t *testing.T, dir, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

func git(t *testing.T, dir string, args ...string) string {
	t.Helper()
	return output(t, dir, "git", append([]string{"-c", "user.name=t", "-c", "user.email=t@example.com"}, args...)...)
}

// proxy serves three versions of an engine from a folder, and makes a module
// cache of the test's own. Version 1.2.0 requires one more module and lacks
// what the program uses.
func proxy(t *testing.T) {
	t.Helper()
	dir := t.TempDir()
	add := func(path, version, mod, source string) {
		versions := filepath.Join(dir, filepath.FromSlash(path), "@v")
		var archive bytes.Buffer
		z := zip.NewWriter(&archive)
		for _, f := range [][2]string{{"go.mod", mod}, {"it.go", source}} {
			w, err := z.Create(path + "@" + version + "/" + f[0])
			if err == nil {
				_, err = io.WriteString(w, f[1])
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		list, _ := os.ReadFile(filepath.Join(versions, "list"))
		files(t, versions, "list", string(list)+version+"\n",
			version+".info", `{"Version":"`+version+`"}`, version+".mod", mod, version+".zip", archive.String())
	}
	const mod = "module " + engine + "\n\ngo 1.26\n"
	add(engine, "v1.0.0", mod, "package engine\n\nconst Version = \"one\"\n")
	add(engine, "v1.1.0", mod+"\nrequire example.com/extra v1.0.0\n", "package engine\n\nimport \"example.com/extra\"\n\nconst Version = extra.Text\n")
	add(engine, "v1.2.0", mod, "package engine\n\nconst Renamed = \"three\"\n")
	add("example.com/extra", "v1.0.0", "module example.com/extra\n\ngo 1.26\n", "package extra\n\nconst Text = \"two\"\n")
	t.Setenv("GOPROXY", "file://"+filepath.ToSlash(dir))
	t.Setenv("GOSUMDB", "off")
	t.Setenv("GOMODCACHE", t.TempDir())
	t.Setenv("GOFLAGS", "-modcacherw")
}

const (
	mainMod    = "module promisebench\n\ngo 1.26\n\nrequire " + engine + " v1.0.0\n"
	mainSource = "package main\n\nimport (\n\t_ \"embed\"\n\n\t\"" + engine + "\"\n)\n\n//go:embed data/note\nvar note string\n\nfunc main() { println(engine.Version + note) }\n"
)

// fake makes a repository with a small program in its subfolder "sub" and
// three commits: one that compiles, tagged "good", one that does not, tagged
// "bad", and again one that does.
func fake(t *testing.T) Builder {
	t.Helper()
	proxy(t)
	top := t.TempDir()
	source := filepath.Join(top, "sub")
	files(t, source, "go.mod", mainMod, "cmd/main.go", mainSource, "cmd/data/note", "")
	output(t, source, "go", "mod", "tidy")
	git(t, top, "init", "-q")
	commit := func(tag string) {
		git(t, top, "add", ".")
		git(t, top, "commit", "-qm", tag)
		git(t, top, "tag", tag)
	}
	commit("good")
	files(t, source, "cmd/main.go", "package main\n\nfunc main() { undefined() }\n")
	commit("bad")
	files(t, source, "cmd/main.go", mainSource, "cmd/data/note", "!")
	commit("last")
	return Builder{Root: source, Packages: []string{"./cmd"}, Cache: filepath.Join(t.TempDir(), "cache")}
}

// built is the binary of a source, in the linker's own layout, with its text.
type built struct {
	Binary
	text string
}

// build returns a function that builds the first package of what a [Builder] returns.
func build(ctx context.Context) func(*Source, error) (built, error) {
	return func(s *Source, err error) (built, error) {
		if err != nil {
			return built{}, err
		}
		defer s.Close()
		bin, err := s.Binary(ctx, s.Packages[0], 0)
		return built{bin, s.Text}, err
	}
}

// logged is a Builder's log.
type logged struct{ bytes.Buffer }

func (l *logged) take() string {
	defer l.Reset()
	return l.String()
}

func TestBuild(t *testing.T) {
	b := fake(t)
	ctx := t.Context()
	var log logged
	b.Log = &log
	good, last := git(t, b.Root, "rev-parse", "good")[:12], git(t, b.Root, "rev-parse", "last")[:12]
	dir := filepath.Join(t.TempDir(), "engine@home") // "@" means a version elsewhere
	files(t, dir, "go.mod", "module "+engine+"\n\ngo 1.26\n\nrequire example.com/extra v1.0.0\n",
		"it.go", "package engine\n\nimport \"example.com/extra\"\n\nconst Version = \"my \" + extra.Text\n")
	cases := []struct {
		name   string
		build  func() (built, error)
		prints string
		source string
	}{
		{"commit", func() (built, error) { return build(ctx)(b.Commit(ctx, "good")) }, "one", "commit " + good + " (good)"},
		{"same commit", func() (built, error) { return build(ctx)(b.Commit(ctx, last)) }, "one!", "commit " + last},
		{"tree", func() (built, error) { return build(ctx)(b.Tree(ctx)) }, "one!", "working tree at " + last},
		{"version", func() (built, error) { return build(ctx)(b.Version(ctx, engine, "v1.1.0")) }, "two!", engine + " v1.1.0"},
		{"query", func() (built, error) { return build(ctx)(b.Version(ctx, engine, "<v1.1.0")) }, "one!", engine + " v1.0.0"},
		{"directory", func() (built, error) { return build(ctx)(b.Directory(ctx, engine, dir)) }, "my two!", engine + " from " + dir + " (content "},
	}
	before := git(t, b.Root, "status", "--porcelain")
	all := map[string]built{}
	for _, c := range cases {
		bin, err := c.build()
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		all[c.name] = bin
		// A tree and the version that it has anyway are one binary.
		if said := log.take(); (said == "") != (c.name == "query") {
			t.Errorf("%s: log says %q", c.name, said)
		}
		if got := output(t, "", bin.Path); got != c.prints {
			t.Errorf("%s prints %q, want %q", c.name, got, c.prints)
		}
		if !strings.HasPrefix(bin.text, c.source) || !strings.HasPrefix(bin.Go, "go1.") {
			t.Errorf("%s: source %q, Go %q, want %q", c.name, bin.text, bin.Go, c.source)
		}
		again, err := c.build()
		if err != nil || again != bin || log.take() != "" {
			t.Errorf("%s is built again: %+v, %v", c.name, again, err)
		}
	}
	if all["tree"].Path != all["query"].Path {
		t.Errorf("the same content is built twice: %v", all)
	}
	// The way to a binary leaves no trace in it.
	commit, err := os.ReadFile(all["same commit"].Path)
	if err != nil {
		t.Fatal(err)
	}
	tree, err := os.ReadFile(all["tree"].Path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(commit, tree) {
		t.Error("a commit and a clean tree at it differ")
	}
	if after := git(t, b.Root, "status", "--porcelain"); after != before {
		t.Errorf("the source tree was changed: %s", after)
	}
	idle(t, b)
}

// idle tells if a builder left anything behind but binaries.
func idle(t *testing.T, b Builder) {
	t.Helper()
	if left, _ := filepath.Glob(filepath.Join(b.Cache, "building-*")); len(left) > 0 {
		t.Errorf("left in the cache: %v", left)
	}
	if list := git(t, b.Root, "worktree", "list"); strings.Contains(list, "\n") {
		t.Errorf("left worktrees: %s", list)
	}
}

func TestTreeStates(t *testing.T) {
	b := fake(t)
	seen := map[string]string{} // paths by what they were built from
	tree := func(what string, fresh bool) {
		t.Helper()
		bin, err := build(t.Context())(b.Tree(t.Context()))
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		known := false
		for _, path := range seen {
			known = known || path == bin.Path
		}
		if _, said := seen[bin.text]; said || known == fresh {
			t.Errorf("%s: %s, %s, after %v", what, bin.text, bin.Path, seen)
		}
		seen[bin.text] = bin.Path
	}
	tree("clean", true)
	files(t, b.Root, "cmd/data/note", "?")
	tree("embedded file", true)
	files(t, b.Root, "cmd/data/note", "??")
	tree("embedded file again", true)
	git(t, b.Root, "stash", "-q")
	files(t, b.Root, "README", "Nothing that is compiled.")
	tree("untracked file", false)
	// A copy that is ignored by the repository around it.
	inner := filepath.Join(b.Root, "inner")
	files(t, b.Root, ".gitignore", "inner\n")
	outer := b.Root
	b.Root = filepath.Join(t.TempDir(), "inner")
	if err := os.CopyFS(b.Root, os.DirFS(outer)); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(b.Root, inner); err != nil {
		t.Fatal(err)
	}
	b.Root = inner
	tree("without git", false)
}

// A layout is another binary of the same program, its seed's alone, which is not cached
// and ends with the source. Files that change meanwhile are noticed.
func TestLayouts(t *testing.T) {
	b := fake(t)
	ctx := t.Context()
	s, err := b.Tree(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if !s.RandomLayouts(ctx) {
		t.Fatal("this Go has no random layouts")
	}
	contents := map[string]uint64{}
	var path string
	for _, layout := range []uint64{0, 4, 6} {
		bin, err := s.Binary(ctx, "./cmd", layout)
		if err != nil {
			t.Fatal(err)
		}
		if got := output(t, "", bin.Path); got != "one!" {
			t.Errorf("layout %d prints %q", layout, got)
		}
		content, err := os.ReadFile(bin.Path)
		if err != nil {
			t.Fatal(err)
		}
		if other, seen := contents[string(content)]; seen {
			t.Errorf("layouts %d and %d are the same", layout, other)
		}
		contents[string(content)] = layout
		path = bin.Path
	}
	if list, err := filepath.Glob(filepath.Join(b.Cache, program+"-*")); err != nil || len(list) != 1 {
		t.Errorf("cache holds %v, %v", list, err)
	}
	if err := s.Unchanged(ctx); err != nil {
		t.Error(err)
	}
	files(t, b.Root, "cmd/data/note", "?")
	if err := s.Unchanged(ctx); err == nil || !strings.Contains(err.Error(), "files changed") {
		t.Errorf("a changed file: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("a binary is left of a closed source")
	}

	b.randomize = "-shuffle"
	older, err := b.Tree(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer older.Close()
	if older.RandomLayouts(ctx) {
		t.Error("the linker has no flag -shuffle")
	}
	if _, err := older.Binary(ctx, "./cmd", 4); err == nil || !strings.Contains(err.Error(), "go build failed") {
		t.Errorf("a flag that the linker lacks: %v", err)
	}
}

// A neutral copy prints the same and is another program; it leaves nothing.
func TestNeutral(t *testing.T) {
	b := fake(t)
	ctx := t.Context()
	for name, s := range map[string]func() (*Source, error){
		"commit":  func() (*Source, error) { return b.Commit(ctx, "good") },
		"version": func() (*Source, error) { return b.Version(ctx, engine, "v1.0.0") },
	} {
		source, err := s()
		if err != nil {
			t.Fatal(err)
		}
		for seed := range uint64(2) {
			bin, err := build(ctx)(source.Neutral(ctx, []string{engine}, seed))
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if !strings.HasPrefix(bin.text, source.Text+", with ") {
				t.Errorf("%s: it is called %q", name, bin.text)
			}
		}
		if err := source.Close(); err != nil {
			t.Error(err)
		}
	}
	idle(t, b)
}

func TestEnvironment(t *testing.T) {
	b := fake(t)
	if err := os.Remove(filepath.Join(b.Root, "go.sum")); err != nil {
		t.Fatal(err)
	}
	t.Setenv("GOFLAGS", "-modcacherw -mod=mod")
	// As in a git hook of another repository, below another go.work.
	t.Setenv("GIT_DIR", filepath.Join(t.TempDir(), ".git"))
	files(t, filepath.Dir(b.Root), "go.work", "go 1.26\n")
	if _, err := build(t.Context())(b.Version(t.Context(), engine, "v1.1.0")); err != nil {
		t.Error(err)
	}
	if _, err := build(t.Context())(b.Commit(t.Context(), "good")); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(b.Root, "go.sum")); err == nil {
		t.Error("go.sum was written into the source tree")
	}
}

func TestAtOnce(t *testing.T) {
	b := fake(t)
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			if _, err := build(t.Context())(b.Commit(t.Context(), "good")); err != nil {
				t.Error(err)
			}
			if _, err := build(t.Context())(b.Tree(t.Context())); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if list, err := os.ReadDir(b.Cache); err != nil || len(list) != 2 {
		t.Errorf("cache holds %v, %v", list, err)
	}
}

// The cache keeps what was used last, and does not grow without end.
func TestTrim(t *testing.T) {
	b := fake(t)
	bin, err := build(t.Context())(b.Tree(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	long := time.Now().Add(-time.Hour)
	for i := range 2 * cached {
		path := filepath.Join(b.Cache, program+"-"+strconv.Itoa(i))
		files(t, b.Cache, filepath.Base(path), "")
		if err := os.Chtimes(path, long, long); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chtimes(bin.Path, long.Add(-time.Hour), long.Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
	if again, err := build(t.Context())(b.Tree(t.Context())); err != nil || again != bin { // used again
		t.Fatal(again, err)
	}
	if _, err := build(t.Context())(b.Commit(t.Context(), "good")); err != nil {
		t.Fatal(err)
	}
	list, err := os.ReadDir(b.Cache)
	if err != nil || len(list) != cached {
		t.Errorf("%d binaries, want %d: %v", len(list), cached, err)
	}
	if _, err := os.Stat(bin.Path); err != nil {
		t.Errorf("what was used last is gone: %v", err)
	}
}

func TestFaults(t *testing.T) {
	b := fake(t)
	ctx := t.Context()
	dirs := t.TempDir()
	files(t, dirs, "nothing/x.go", "package x\n",
		"fork/go.mod", "module example.com/fork\n",
		"broken/go.mod", "module "+engine+"\n", "broken/it.go", "package engine\n\nconst Version = 1 +\n")
	outside := b
	outside.Root = filepath.Join(t.TempDir(), "outside")
	if err := os.CopyFS(outside.Root, os.DirFS(b.Root)); err != nil {
		t.Fatal(err)
	}
	git(t, b.Root, "checkout", "-q", "--orphan", "empty")
	git(t, b.Root, "rm", "-rqf", "--cached", "..")
	git(t, b.Root, "commit", "-q", "--allow-empty", "-m", "no program")
	git(t, b.Root, "tag", "strange")
	commit := func(b Builder, ref string) func() (built, error) {
		return func() (built, error) { return build(ctx)(b.Commit(ctx, ref)) }
	}
	version := func(module, query string) func() (built, error) {
		return func() (built, error) { return build(ctx)(b.Version(ctx, module, query)) }
	}
	directory := func(module, dir string) func() (built, error) {
		return func() (built, error) { return build(ctx)(b.Directory(ctx, module, filepath.Join(dirs, dir))) }
	}
	for _, c := range []struct {
		name  string
		build func() (built, error)
		want  []string
	}{
		{"unknown revision", commit(b, "v9"), []string{`no revision "v9"`, "fetched first", "Needed a single revision"}},
		{"a tree", commit(b, "good^{tree}"), []string{"no revision"}},
		{"a flag for a revision", commit(b, "--all"), []string{`"--all" can't be a revision`}},
		{"no repository", commit(outside, "good"), []string{"in no git repository", "clone"}},
		{"commit does not compile", commit(b, "bad"), []string{"./cmd does not compile: commit ", "(bad)", "undefined: undefined", "Choose a commit"}},
		{"commit without the program", commit(b, "strange"), []string{"no source tree", "choose another commit"}},
		{"no such version", version(engine, "v1.9.0"), []string{engine + ` has no version "v1.9.0"`, "v1.9.0.info", "go list -m -versions"}},
		{"no such module", version("example.com/none", "latest"), []string{`example.com/none has no version "latest"`}},
		{"a flag for a version", version(engine, "-x"), []string{`"-x" can't be a version`}},
		{"a flag for a module", version("-x", "latest"), []string{`"-x" can't be a module`}},
		{"no version", version(engine, "none"), []string{"give a version"}},
		{"module that is not used", version("example.com/extra", "v1.0.0"), []string{"not built with a module example.com/extra", "its modules are " + engine}},
		{"the program's own module", version("promisebench", "latest"), []string{"promisebench"}},
		{"version does not compile", version(engine, "v1.2.0"), []string{"does not compile: " + engine + " v1.2.0", "undefined: engine.Version", "choose another version"}},
		{"folder without go.mod", directory(engine, "nothing"), []string{"no usable go.mod", "root folder"}},
		{"no folder", directory(engine, "void"), []string{"no usable go.mod"}},
		{"folder of another module", directory(engine, "fork"), []string{"is module example.com/fork, not " + engine, "write 'module " + engine + "'"}},
		{"unused folder", directory("example.com/fork", "fork"), []string{"not built with a module example.com/fork"}},
		{"folder does not compile", directory(engine, "broken"), []string{"does not compile: " + engine + " from ", "it.go:", "by itself"}},
	} {
		bin, err := c.build()
		if err == nil {
			t.Errorf("%s: built %+v", c.name, bin)
			continue
		}
		for _, want := range c.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: lacks %q: %v", c.name, want, err)
			}
		}
	}
	if list, err := os.ReadDir(b.Cache); err != nil || len(list) != 0 {
		t.Errorf("cache holds %v, %v", list, err)
	}
	idle(t, b)
}

func TestLongStderr(t *testing.T) {
	_, err := run(t.Context(), t.TempDir(), nil, "sh", "-c", "echo go: downloading x >&2; seq 100 >&2; exit 3")
	if f := new(commandError); !errors.As(err, &f) || len(f.stderr) != stderrLines || f.stderr[stderrLines-1] != "100" {
		t.Errorf("got %v", err)
	}
}

// A build that is interrupted while the compiler runs ends soon, compiler and
// all, and leaves nothing.
func TestCancel(t *testing.T) {
	b := fake(t)
	tools := t.TempDir()
	mark, slow := filepath.Join(tools, "mark"), filepath.Join(tools, "slow")
	files(t, tools, "slow", "#!/bin/sh\ncase \"$*\" in *-V=full*) exec \"$@\";; esac\necho $$ >"+mark+"\nexec sleep 600\n")
	if err := os.Chmod(slow, 0o777); err != nil {
		t.Fatal(err)
	}
	t.Setenv("GOFLAGS", "-modcacherw -toolexec="+slow)
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	for name, build := range map[string]func(context.Context) (built, error){
		"commit":  func(ctx context.Context) (built, error) { return build(ctx)(b.Commit(ctx, "good")) },
		"version": func(ctx context.Context) (built, error) { return build(ctx)(b.Version(ctx, engine, "v1.1.0")) },
	} {
		os.Remove(mark)
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() {
			_, err := build(ctx)
			ended <- err
		}()
		for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
			if _, err := os.Stat(mark); err == nil {
				break
			}
		}
		cancel()
		select {
		case err := <-ended:
			if !errors.Is(err, context.Canceled) || strings.Contains(err.Error(), "compile") {
				t.Errorf("%s: %v", name, err)
			}
		case <-time.After(2 * grace):
			t.Fatalf("%s: does not end", name)
		}
		if pid, err := os.ReadFile(mark); err != nil {
			t.Errorf("%s: the compiler was never started", name)
		} else if alive(strings.TrimSpace(string(pid))) {
			t.Errorf("%s: the compiler runs on", name)
		}
		if left, err := os.ReadDir(temp); err != nil || len(left) > 0 {
			t.Errorf("%s: temporary files are left: %v, %v", name, left, err)
		}
		idle(t, b)
	}
}

// alive tells if a process goes on for longer than a signal takes. A zombie
// does not count.
func alive(pid string) bool {
	for range 100 {
		state, err := exec.Command("ps", "-o", "stat=", "-p", pid).Output()
		if err != nil || strings.HasPrefix(string(state), "Z") {
			return false
		}
		time.Sleep(10 * time.Millisecond)
	}
	return true
}

func TestRoot(t *testing.T) {
	b := fake(t)
	want, err := filepath.EvalSymlinks(b.Root)
	if err != nil {
		t.Fatal(err)
	}
	other := t.TempDir()
	files(t, other, "mod/go.mod", "module example.com/other\n", "none/x", "")
	for _, c := range []struct{ dir, want string }{
		{b.Root, want},
		{filepath.Join(b.Root, "cmd", "data"), want},
		{filepath.Join(other, "mod"), ""},
		{filepath.Join(other, "none"), ""},
	} {
		got, err := Root(t.Context(), c.dir)
		if c.want == "" && (err == nil || !strings.Contains(err.Error(), "run this in a clone")) || c.want != "" && err != nil || got != c.want {
			t.Errorf("%s: %q, %v", c.dir, got, err)
		}
	}
}

// The real program with a real older version of an engine.
func TestPromisebench(t *testing.T) {
	if testing.Short() {
		t.Skip("builds promisebench twice: a minute where Go's build cache is cold")
	}
	source, err := Root(t.Context(), ".")
	if err != nil {
		t.Fatal(err)
	}
	var log logged
	b := Builder{Root: source, Packages: []string{"./engines/worker/goja"}, Cache: t.TempDir(), Log: &log}
	const goja, older = "github.com/dop251/goja", "v0.0.0-20251103141225-af2ceb9156d7"
	start := time.Now()
	bin, err := build(t.Context())(b.Version(t.Context(), goja, older))
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%s in %v", bin.text, time.Since(start))
	if bin.text != goja+" "+older {
		t.Errorf("source %q", bin.text)
	}
	if got := output(t, "", "go", "version", "-m", bin.Path); !strings.Contains(got, older) {
		t.Errorf("built with another version:\n%s", got)
	}
	if hello := output(t, t.TempDir(), bin.Path); !strings.Contains(hello, older) {
		t.Errorf("the worker says %s", hello)
	}
	start = time.Now()
	log.Reset()
	if again, err := build(t.Context())(b.Version(t.Context(), goja, older)); err != nil || again != bin || log.String() != "" {
		t.Errorf("built again: %+v, %v", again, err)
	}
	t.Logf("again in %v", time.Since(start))
}
