package hosts_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"promisebench/engines"
	"promisebench/engines/hosts"
)

// embedded is an engine that has nothing but a name.
type embedded struct {
	engines.Engine
	name string
}

func (e embedded) Name() string { return e.name }

// program writes a shell script, which notes each start in the file of its name
// with the ending .started.
func program(t *testing.T, path, body string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("#!/bin/sh\necho start >>'"+path+".started'\n"+body+"\n"), 0o777); err != nil {
		t.Fatal(err)
	}
}

// machine is one on which node22 and node24 are installed, node12 is broken, the
// user has an engine that is none, and nothing else is there.
func machine(t *testing.T) (l hosts.Locator, started func() []string) {
	t.Helper()
	dir := t.TempDir()
	paths := map[string]string{"mine": filepath.Join(dir, "node-mine")}
	for _, name := range []string{"node12", "node22", "node24"} {
		paths[name] = filepath.Join(dir, "node_modules", name, "bin", "node")
		program(t, paths[name], "echo "+name)
	}
	program(t, paths["node12"], "exit 1")
	program(t, paths["mine"], "exit 1")
	t.Setenv("PATH", dir) // without jsc and js102
	started = func() []string {
		var names []string
		for name, path := range paths {
			if err := os.Remove(path + ".started"); err == nil {
				names = append(names, name)
			}
		}
		slices.Sort(names)
		return names
	}
	return hosts.Locator{
		Embedded: []engines.Engine{embedded{name: "goja"}, embedded{name: "quickjs"}},
		Dir:      dir, Own: []string{"mine=" + paths["mine"]},
	}, started
}

// Only those engines are started that are asked for: a version takes a moment of
// each, and a broken one must not be in the way of the others.
func TestSelect(t *testing.T) {
	l, started := machine(t)
	for _, c := range []struct {
		name, texts string // separated by spaces
		want        string
		started     string
		err         string
	}{
		{"embedded", "goja", "goja", "", ""},
		{"one host", "node24", "node24", "node24", ""},
		{"in the order of the lists", "node24,quickjs node22", "quickjs node22 node24", "node22 node24", ""},
		{"twice", "node24 node2*", "node22 node24", "node22 node24", ""},
		{"a broken one is left out of several", "node*", "node22 node24", "node12 node22 node24", ""},
		{"a broken one alone", "node12", "", "node12", "engine node12: "},
		{"the user's own", "mine", "", "mine", "engine mine: "},
		{"without a choice all, the user's own too", "", "", "mine node12 node22 node24", "engine mine: "},
		{"unknown", "goja v9", "", "", `unknown engine "v9": there are goja, quickjs, node12, node22, node24, mine; 'make engines' installs node7, `},
		{"not installed", "node11", "", "", `unknown engine "node11": there are goja, `},
		{"bad pattern", "[", "", "", `engine "[": syntax error in pattern`},
		{"a definition", "x=/no/such", "", "", "engine x: "},
		{"a definition with a name that is taken", "node24=/no/such", "", "", "engine node24: there is one of that name already"},
		{"no definition", "X=/no/such", "", "", `engine "X=/no/such": want NAME=PATH`},
	} {
		list, err := l.Select(t.Context(), strings.Fields(c.texts)...)
		var names []string
		for _, e := range list {
			names = append(names, e.Name())
		}
		if got := strings.Join(names, " "); got != c.want || (err == nil) != (c.err == "") || err != nil && !strings.HasPrefix(err.Error(), c.err) {
			t.Errorf("%s: %q, %v", c.name, got, err)
		}
		if got := strings.Join(started(), " "); got != c.started {
			t.Errorf("%s: started %q, want %q", c.name, got, c.started)
		}
	}
}

// The hosts are listed with what is wrong with them.
func TestLocatorHosts(t *testing.T) {
	l, started := machine(t)
	for i, h := range l.Hosts(t.Context()) {
		present := slices.Contains([]string{"node22", "node24"}, h.Name)
		if h.Name != hosts.Known()[i].Name || (h.Err == nil) != present || present && h.Version != h.Name {
			t.Errorf("%+v", h)
		}
	}
	if got := strings.Join(started(), " "); got != "node12 node22 node24" {
		t.Errorf("started %q", got)
	}
	if h, ok := l.Host(t.Context(), "node24"); !ok || h.Err != nil || h.Engine().Version() != "node24" {
		t.Errorf("%+v, %v", h, ok)
	}
	if _, ok := l.Host(context.Background(), "mine"); ok {
		t.Error("the user's own is taken for a known host")
	}
}
