package gate_test

import (
	"io"
	"strings"
	"testing"

	"promisebench/bench/gate"
	"promisebench/engines/all"
	"promisebench/engines/hosts"
)

func finder() gate.Finder {
	return gate.Finder{
		Locator:   hosts.Locator{Embedded: all.Engines(), Own: []string{"mine=/bin/node,kind=node"}},
		IsResults: func(text string) bool { return strings.HasSuffix(text, ".txt") },
		Log:       io.Discard,
	}
}

func TestSpecs(t *testing.T) {
	for _, c := range []struct {
		base, head string
		want       gate.Kind
		texts      string // of both
		err        string
	}{
		{"main", "", gate.Commit, "main .", ""},
		{"v1", "HEAD~3", gate.Commit, "v1 HEAD~3", ""},
		{"goja@latest", "", gate.GoEngine, "goja@latest goja", ""},
		{"goja", "goja=../it", gate.GoEngine, "goja goja=../it", ""},
		{"quickjs@v1", "quickjs", gate.GoEngine, "quickjs@v1 quickjs", ""},
		{"node22", "node24", gate.Program, "node22 node24", ""},
		{"node@12.0.0", "node@14", gate.Program, "node@12.0.0 node@14", ""},
		{"goja=../it@v1", "goja", gate.GoEngine, "goja=../it@v1 goja", ""},
		{"node=/a", "node=/b", gate.Program, "node=/a node=/b", ""},
		{"mine", "node24", gate.Program, "mine=/bin/node,kind=node node24", ""},
		{"a.txt", "b.txt", gate.Results, "a.txt b.txt", ""},
		{"goja", "sobek", 0, "", "goja and sobek are different engines"},
		{"goja", "main", 0, "", "goja is a Go engine and main is a commit: both must be of a kind"},
		{"a.txt", "", 0, "", "a.txt is results and HEAD is nothing: both must be of a kind"},
		{"node22", "", 0, "", "node22 is a program and HEAD is nothing: both must be of a kind"},
	} {
		specs, err := finder().Specs(c.base, c.head)
		if err != nil || c.err != "" {
			if c.err == "" || err == nil || !strings.HasPrefix(err.Error(), c.err) {
				t.Errorf("%s %s: %v, want %q", c.base, c.head, err, c.err)
			}
			continue
		}
		b, h := specs[gate.Base], specs[gate.Head]
		if b.Kind != c.want || h.Kind != c.want || b.Text+" "+h.Text != c.texts {
			t.Errorf("%s %s: %+v", c.base, c.head, specs)
		}
	}
}

// What can't be found is an error of its side.
func TestBuildsErrors(t *testing.T) {
	for _, c := range []struct{ base, head, want string }{
		{"node=/no/such", "node=/no/such/either", "base: engine node: "},
		{"node22", "node24", "base: node22: not installed"},
	} {
		f := finder()
		f.Locator.Dir = t.TempDir()
		specs, err := f.Specs(c.base, c.head)
		if err != nil {
			t.Fatal(err)
		}
		if builds, err := f.Builds(t.Context(), specs, nil); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s %s: %v, %v", c.base, c.head, builds, err)
		}
	}
}

// Of what may be named, little has versions in between.
func TestLineErrors(t *testing.T) {
	for _, c := range []struct{ old, new, want string }{
		{"node22", "node24", "two releases of one program are wanted"},
		{"node@12", "bun@1", "two releases of one program are wanted"},
		{"goja@v1", "goja=x@latest", "names no commit of a clone"},
		{"goja@v1", "goja", "goja names no version"},
		{"goja@v1", "goja@v2", "github.com/dop251/goja"}, // which has none, and offline nobody knows
		{"goja=../a@v1", "goja=../b@v2", "are different clones"},
		{"goja@v1", "sobek@v2", "are different engines"},
		{"a.txt", "b.txt", "results has no versions in between"},
		{"HEAD~3", ".", "the working tree is no commit"},
		{"HEAD", "HEAD", "are the same commit"},
	} {
		f := finder()
		f.Source = "."
		if list, err := f.Line(t.Context(), c.old, c.new); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s %s: %v, %v, want %q", c.old, c.new, list, err, c.want)
		}
	}
}
