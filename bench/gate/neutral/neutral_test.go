package neutral

import (
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// files writes a folder's files, given as names and contents by turns.
func files(t *testing.T, dir string, pairs ...string) {
	t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		path := filepath.Join(dir, pairs[i])
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(pairs[i+1]), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// tree returns the texts of a folder's files by their names.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	texts := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		texts[name] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return texts
}

// crowded has all places where nothing can be added, and no newline at its end.
const crowded = `package small

import ( // nothing

)

var x = 1   // aligned
var yyy = 2 // with this

/* one

two */ var neutral int; func one() { _ = x

	_ = yyy
} /* three

four */

func two() {}; func three() {

	one()
}

// A loose comment.

//go:noinline
func four() { neutralise := neutral; _ = neutralise }
// The end.`

// small writes a module with what a copy lacks and what it leaves as it is. It returns
// the folder, and what a copy without functions would have.
func small(t *testing.T) (dir string, want map[string]string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "small")
	files(t, dir, "go.mod", "module example.com/small\n\ngo 1.16\n",
		"a.go", "package small\n\ntype A int\n\nfunc (a A) B() A {\n\treturn a + 1\n} // B\n\nconst c = 1\n",
		"crowded.go", crowded, "doc.go", "// Package small is small.\npackage small\n",
		"b_zos.go", "package small\n\nvar b = B()\n", "cgo.go", "package small\n\nimport \"C\"\n",
		"constrained.go", "//go:build !"+runtime.GOOS+"\n\npackage small\n\nvar c = C()\n",
		"generator.go", "//go:build ignore\n\npackage main\n\nfunc main() {}\n", "_hidden.go", "package small\n",
		"data/note", "a note", "asm.s", "// Nothing.\n", "sub/sub.go", "package sub\n", "sub/.gitignore", "x\n")
	want = tree(t, dir)
	files(t, dir, "a_test.go", "package small broken", "b_test.go", "package small_test\n", "sub/sub_test.go", "package sub\n",
		".git/HEAD", "ref: x\n", "data/.git", "gitdir: ../.git/modules/data\n")
	outside := t.TempDir()
	want["linked.go"] = "package small\n\nvar linked = 1\n"
	files(t, outside, "linked.go", want["linked.go"])
	for name, to := range map[string]string{"linked.go": filepath.Join(outside, "linked.go"), "folder": outside, "loop": ".", "nowhere": "void"} {
		if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	for name, mode := range map[string]fs.FileMode{"a.go": 0o444, "data/note": 0o444, "data": 0o555} {
		if err := os.Chmod(filepath.Join(dir, name), mode); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { os.Chmod(filepath.Join(dir, "data"), 0o777) })
	return dir, want
}

var (
	keeper    = regexp.MustCompile(`\n// (neutralX*)First has .*\nvar neutralX*First func\(\[\]int, int, int\) int\n\nfunc init\(\) { neutralX*First = neutralX*1 }\n`)
	functions = regexp.MustCompile(`(?s)\n//go:noinline\nfunc (neutralX*)(\d+)\(s \[\]int, a, b int\) int {\n.*?\n}\n`)
)

// addedTo checks that a copy is the original with functions that only they call, and
// that gofmt has nothing to say that it did not say before. It returns their names.
func addedTo(t *testing.T, original, copied map[string]string) map[string]bool {
	t.Helper()
	added := map[int]string{}
	prefix, first := "", 0
	for name, text := range copied {
		if before, ok := original[name]; ok && text == before {
			continue
		}
		bare := text
		if m := keeper.FindStringSubmatch(text); m != nil {
			prefix, first = m[1], first+1
			bare = strings.Replace(text, m[0], "", 1)
		}
		for _, m := range functions.FindAllStringSubmatch(bare, -1) {
			number, _ := strconv.Atoi(m[2])
			added[number] = m[0]
		}
		bare = functions.ReplaceAllString(bare, "")
		if bare != original[name] && bare != original[name]+"\n" {
			t.Errorf("%s is not the original with functions added", name)
		}
		if formatted(original[name]) && !formatted(text) {
			t.Errorf("%s is no longer as gofmt has it", name)
		}
	}
	for name, text := range original {
		if _, ok := copied[name]; !ok || prefix == "" || filepath.Dir(name) == "." && strings.Contains(text, prefix) {
			t.Errorf("%s is missing in the copy, or has prefix %q", name, prefix)
		}
	}
	if first != 1 || len(added) < minFunctions || len(added) > maxFunctions {
		t.Errorf("%d functions are added and %d times kept", len(added), first)
	}
	names := map[string]bool{}
	call := regexp.MustCompile(prefix + `(\d+)\(s,`)
	for number, text := range added {
		names[prefix+strconv.Itoa(number)] = true
		var called []int
		for _, m := range call.FindAllStringSubmatch(text, -1) {
			n, _ := strconv.Atoi(m[1])
			called = append(called, n)
		}
		if number < len(added) && (!slices.Contains(called, number+1) || slices.Min(called) <= number) || number == len(added) && called != nil {
			t.Errorf("function %d of %d calls %v", number, len(added), called)
		}
	}
	return names
}

// formatted reports whether a file is as gofmt has it.
func formatted(text string) bool {
	clean, err := format.Source([]byte(text))
	return err == nil && string(clean) == text
}

func TestCopy(t *testing.T) {
	src, want := small(t)
	changed := map[string]bool{}
	numbers, sizes := map[int]bool{}, map[int]bool{}
	for seed := range uint64(12) {
		dir := t.TempDir()
		said, err := Copy(filepath.Join(dir, "one"), src, seed)
		if err != nil {
			t.Fatal(err)
		}
		got := tree(t, filepath.Join(dir, "one"))
		if !maps.EqualFunc(got, want, func(string, string) bool { return true }) {
			t.Fatalf("copied %v", slices.Sorted(maps.Keys(got)))
		}
		names := addedTo(t, want, got)
		if !names["neutralX1"] {
			t.Errorf("names collide, or must not be what they are: %v", names)
		}
		typecheck(t, got)
		files, size := 0, 0
		for name, text := range got {
			if text != want[name] {
				changed[name] = true
				files, size = files+1, size+len(text)-len(want[name])
			}
		}
		plural := "s"
		if files == 1 {
			plural = ""
		}
		if said != fmt.Sprintf("%d functions in %d file%s, %d kB of source, seed %d", len(names), files, plural, (size+999)/1000, seed) {
			t.Errorf("says %q of %d functions in %d files, %d bytes", said, len(names), files, size)
		}
		numbers[len(names)], sizes[size] = true, true
		if again, err := Copy(filepath.Join(dir, "two"), src, seed); err != nil || again != said || !maps.Equal(got, tree(t, filepath.Join(dir, "two"))) {
			t.Errorf("seed %d gives different copies: %s, %s, %v", seed, said, again, err)
		}
	}
	if got := slices.Sorted(maps.Keys(changed)); !slices.Equal(got, []string{"a.go", "crowded.go", "doc.go", "linked.go"}) {
		t.Errorf("functions are added to %v", got)
	}
	if len(sizes) != 12 || len(numbers) < 8 {
		t.Errorf("12 seeds give %d numbers of functions and %d sizes", len(numbers), len(sizes))
	}
}

// typecheck checks the package's files that are built here, with the version of the
// language that go.mod has.
func typecheck(t *testing.T, texts map[string]string) {
	t.Helper()
	fset := token.NewFileSet()
	var parsed []*ast.File
	for _, name := range []string{"a.go", "crowded.go", "doc.go", "linked.go"} {
		file, err := parser.ParseFile(fset, name, texts[name], 0)
		if err != nil {
			t.Fatal(err)
		}
		parsed = append(parsed, file)
	}
	if _, err := (&types.Config{GoVersion: "go1.16"}).Check("example.com/small", fset, parsed, nil); err != nil {
		t.Error(err)
	}
}

// What is read-only can be copied, and the copy written to and deleted; a copy may lie
// within the original, and is not part of another.
func TestCopyInside(t *testing.T) {
	src, want := small(t)
	dst := filepath.Join(src, "copy")
	if _, err := Copy(dst, src, 1); err != nil {
		t.Fatal(err)
	}
	if got := tree(t, dst); len(got) != len(want) {
		t.Errorf("copied %v", slices.Sorted(maps.Keys(got)))
	}
	for _, name := range []string{"a.go", "data/note", "data"} {
		if info, err := os.Stat(filepath.Join(dst, name)); err != nil || info.Mode()&0o200 == 0 {
			t.Errorf("%s: %v, %v", name, info.Mode(), err)
		}
	}
}

func TestFaults(t *testing.T) {
	dir := t.TempDir()
	files(t, dir, "empty/go.mod", "module x\n", "tests/a_test.go", "package x\n", "elsewhere/a_zos.go", "package x\n",
		"header/a.go", "package x\n", "header/b.go", "package\n", "body/a.go", "package x\n\nfunc f() {\n\treturn 1 +\n}\n",
		"mixed/a.go", "package x\n", "mixed/b.go", "package y\n", "program/a.go", "package main\n",
		"cgo/a.go", "package x\n\nimport \"C\"\n", "good/a.go", "package x\n", "exists/a", "", "file", "")
	for _, c := range []struct{ dst, src, want string }{
		{"new", "void", "void"},
		{"new", "file", "file"},
		{"new", "empty", "no buildable Go source files in " + filepath.Join(dir, "empty")},
		{"new", "tests", "no buildable Go source files in " + filepath.Join(dir, "tests")},
		{"new", "elsewhere", filepath.Join(dir, "elsewhere")},
		{"new", "header", filepath.Join(dir, "header", "b.go") + ":1:"},
		{"new", "body", filepath.Join(dir, "body", "a.go") + ":5:1: expected operand"},
		{"new", "mixed", "found packages x (a.go) and y (b.go) in " + filepath.Join(dir, "mixed")},
		{"new", "program", filepath.Join(dir, "program", "a.go") + " is a program"},
		{"new", "cgo", filepath.Join(dir, "cgo")},
		{"exists", "good", filepath.Join(dir, "exists") + ": file exists"},
		{"void/new", "good", filepath.Join(dir, "void", "new")},
	} {
		said, err := Copy(filepath.Join(dir, c.dst), filepath.Join(dir, c.src), 1)
		if err == nil || said != "" || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %q, %v, want %q", c.src, said, err, c.want)
		}
		if _, err := os.Stat(filepath.Join(dir, "new")); err == nil {
			t.Fatalf("%s: there is a copy", c.src)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "exists", "a")); err != nil {
		t.Errorf("what was there is gone: %v", err)
	}
}

// A file that can't be read takes the rest of the copy with it. This one has no bytes
// where others begin, not even for the superuser.
func TestUnreadable(t *testing.T) {
	const unreadable = "/proc/self/mem"
	if _, err := os.Stat(unreadable); err != nil {
		t.Skip(err)
	}
	src, dst := t.TempDir(), filepath.Join(t.TempDir(), "copy")
	files(t, src, "a.go", "package x\n")
	if err := os.Symlink(unreadable, filepath.Join(src, "data")); err != nil {
		t.Fatal(err)
	}
	if said, err := Copy(dst, src, 1); err == nil || said != "" || !strings.Contains(err.Error(), filepath.Join(src, "data")) {
		t.Errorf("%q, %v", said, err)
	}
	if _, err := os.Stat(dst); err == nil {
		t.Error("half a copy is left")
	}
}
