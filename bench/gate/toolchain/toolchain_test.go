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
	return Builder{Source: source, Cache: filepath.Join(t.TempDir(), "cache"), pkg: "./cmd"}
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
	good, last := git(t, b.Source, "rev-parse", "good")[:12], git(t, b.Source, "rev-parse", "last")[:12]
	dir := filepath.Join(t.TempDir(), "engine@home") // "@" means a version elsewhere
	files(t, dir, "go.mod", "module "+engine+"\n\ngo 1.26\n\nrequire example.com/extra v1.0.0\n",
		"it.go", "package engine\n\nimport \"example.com/extra\"\n\nconst Version = \"my \" + extra.Text\n")
	cases := []struct {
		name   string
		build  func() (Binary, error)
		prints string
		source string
	}{
		{"commit", func() (Binary, error) { return b.Commit(ctx, "good") }, "one", "commit " + good + " (good)"},
		{"same commit", func() (Binary, error) { return b.Commit(ctx, last) }, "one!", "commit " + last},
		{"tree", func() (Binary, error) { return b.Tree(ctx) }, "one!", "working tree at " + last},
		{"version", func() (Binary, error) { return b.Version(ctx, engine, "v1.1.0") }, "two!", engine + " v1.1.0"},
		{"query", func() (Binary, error) { return b.Version(ctx, engine, "<v1.1.0") }, "one!", engine + " v1.0.0"},
		{"directory", func() (Binary, error) { return b.Directory(ctx, engine, dir) }, "my two!", engine + " from " + dir + " (content "},
	}
	before := git(t, b.Source, "status", "--porcelain")
	built := map[string]Binary{}
	for _, c := range cases {
		bin, err := c.build()
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		built[c.name] = bin
		// A tree and the version that it has anyway are one binary.
		if said := log.take(); (said == "") != (c.name == "query") {
			t.Errorf("%s: log says %q", c.name, said)
		}
		if got := output(t, "", bin.Path); got != c.prints {
			t.Errorf("%s prints %q, want %q", c.name, got, c.prints)
		}
		if !strings.HasPrefix(bin.Source, c.source) || !strings.HasPrefix(bin.Go, "go1.") {
			t.Errorf("%s: source %q, Go %q, want %q", c.name, bin.Source, bin.Go, c.source)
		}
		again, err := c.build()
		if err != nil || again != bin || log.take() != "" {
			t.Errorf("%s is built again: %+v, %v", c.name, again, err)
		}
	}
	if built["tree"].Path != built["query"].Path {
		t.Errorf("the same content is built twice: %v", built)
	}
	// The way to a binary leaves no trace in it.
	commit, err := os.ReadFile(built["same commit"].Path)
	if err != nil {
		t.Fatal(err)
	}
	tree, err := os.ReadFile(built["tree"].Path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(commit, tree) {
		t.Error("a commit and a clean tree at it differ")
	}
	if after := git(t, b.Source, "status", "--porcelain"); after != before {
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
	if list := git(t, b.Source, "worktree", "list"); strings.Contains(list, "\n") {
		t.Errorf("left worktrees: %s", list)
	}
}

func TestTreeStates(t *testing.T) {
	b := fake(t)
	seen := map[string]string{} // paths by what they were built from
	tree := func(what string, fresh bool) {
		t.Helper()
		bin, err := b.Tree(t.Context())
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		known := false
		for _, path := range seen {
			known = known || path == bin.Path
		}
		if _, said := seen[bin.Source]; said || known == fresh {
			t.Errorf("%s: %s, %s, after %v", what, bin.Source, bin.Path, seen)
		}
		seen[bin.Source] = bin.Path
	}
	tree("clean", true)
	files(t, b.Source, "cmd/data/note", "?")
	tree("embedded file", true)
	files(t, b.Source, "cmd/data/note", "??")
	tree("embedded file again", true)
	git(t, b.Source, "stash", "-q")
	files(t, b.Source, "README", "Nothing that is compiled.")
	tree("untracked file", false)
	// A copy that is ignored by the repository around it.
	inner := filepath.Join(b.Source, "inner")
	files(t, b.Source, ".gitignore", "inner\n")
	outer := b.Source
	b.Source = filepath.Join(t.TempDir(), "inner")
	if err := os.CopyFS(b.Source, os.DirFS(outer)); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(b.Source, inner); err != nil {
		t.Fatal(err)
	}
	b.Source = inner
	tree("without git", false)
}

func TestEnvironment(t *testing.T) {
	b := fake(t)
	if err := os.Remove(filepath.Join(b.Source, "go.sum")); err != nil {
		t.Fatal(err)
	}
	t.Setenv("GOFLAGS", "-modcacherw -mod=mod")
	// As in a git hook of another repository, below another go.work.
	t.Setenv("GIT_DIR", filepath.Join(t.TempDir(), ".git"))
	files(t, filepath.Dir(b.Source), "go.work", "go 1.26\n")
	if _, err := b.Version(t.Context(), engine, "v1.1.0"); err != nil {
		t.Error(err)
	}
	if _, err := b.Commit(t.Context(), "good"); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(b.Source, "go.sum")); err == nil {
		t.Error("go.sum was written into the source tree")
	}
}

func TestAtOnce(t *testing.T) {
	b := fake(t)
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			if _, err := b.Commit(t.Context(), "good"); err != nil {
				t.Error(err)
			}
			if _, err := b.Tree(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if list, err := os.ReadDir(b.Cache); err != nil || len(list) != 2 {
		t.Errorf("cache holds %v, %v", list, err)
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
	outside.Source = filepath.Join(t.TempDir(), "outside")
	if err := os.CopyFS(outside.Source, os.DirFS(b.Source)); err != nil {
		t.Fatal(err)
	}
	git(t, b.Source, "checkout", "-q", "--orphan", "empty")
	git(t, b.Source, "rm", "-rqf", "--cached", "..")
	git(t, b.Source, "commit", "-q", "--allow-empty", "-m", "no program")
	git(t, b.Source, "tag", "strange")
	commit := func(b Builder, ref string) func() (Binary, error) {
		return func() (Binary, error) { return b.Commit(ctx, ref) }
	}
	version := func(module, query string) func() (Binary, error) {
		return func() (Binary, error) { return b.Version(ctx, module, query) }
	}
	directory := func(module, dir string) func() (Binary, error) {
		return func() (Binary, error) { return b.Directory(ctx, module, filepath.Join(dirs, dir)) }
	}
	for _, c := range []struct {
		name  string
		build func() (Binary, error)
		want  []string
	}{
		{"unknown revision", commit(b, "v9"), []string{`no revision "v9"`, "fetched first", "Needed a single revision"}},
		{"a tree", commit(b, "good^{tree}"), []string{"no revision"}},
		{"a flag for a revision", commit(b, "--all"), []string{`"--all" can't be a revision`}},
		{"no repository", commit(outside, "good"), []string{"in no git repository", "clone"}},
		{"commit does not compile", commit(b, "bad"), []string{"does not compile: commit ", "(bad)", "undefined: undefined", "Choose a commit"}},
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
	for name, build := range map[string]func(context.Context) (Binary, error){
		"commit":  func(ctx context.Context) (Binary, error) { return b.Commit(ctx, "good") },
		"version": func(ctx context.Context) (Binary, error) { return b.Version(ctx, engine, "v1.1.0") },
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
	want, err := filepath.EvalSymlinks(b.Source)
	if err != nil {
		t.Fatal(err)
	}
	other := t.TempDir()
	files(t, other, "mod/go.mod", "module example.com/other\n", "none/x", "")
	for _, c := range []struct{ dir, want string }{
		{b.Source, want},
		{filepath.Join(b.Source, "cmd", "data"), want},
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
	b := Builder{Source: source, Cache: t.TempDir(), Log: &log}
	const goja, older = "github.com/dop251/goja", "v0.0.0-20251103141225-af2ceb9156d7"
	start := time.Now()
	bin, err := b.Version(t.Context(), goja, older)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%s in %v", bin.Source, time.Since(start))
	if bin.Source != goja+" "+older {
		t.Errorf("source %q", bin.Source)
	}
	output(t, t.TempDir(), bin.Path, "list", "--help")
	if got := output(t, "", "go", "version", "-m", bin.Path); !strings.Contains(got, older) {
		t.Errorf("built with another version:\n%s", got)
	}
	start = time.Now()
	log.Reset()
	if again, err := b.Version(t.Context(), goja, older); err != nil || again != bin || log.String() != "" {
		t.Errorf("built again: %+v, %v", again, err)
	}
	t.Logf("again in %v", time.Since(start))
}
