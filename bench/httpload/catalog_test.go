package httpload_test

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"promisebench/bench/httpload"
	"promisebench/engines"
	"promisebench/engines/all"
	"promisebench/engines/worker"
)

// host is an engine with servers, of which it has those with packages only if it
// can run them.
type host struct {
	engines.Engine
	name     string
	packages bool
	both     bool
}

func (h host) Name() string { return h.name }

func (h host) Await(engines.AwaitMode) engines.AwaitSource {
	if h.both {
		return engines.Native
	}
	return engines.Emulated
}

func (h host) Server(mode engines.AwaitMode, _, modules string) (worker.Command, error) {
	if modules != "" && !h.packages {
		return worker.Command{}, errors.ErrUnsupported
	}
	return worker.Command{Path: "/" + h.name + string(mode), Args: []string{modules}}, nil
}

func TestCatalog(t *testing.T) {
	goja := all.Engines()[0]
	cat := httpload.Catalog{
		Engines: []engines.Engine{goja, host{goja, "bun", false, false}, host{goja, "node", true, true}},
		Self:    "/self", Modules: "/modules",
		Installed: fstest.MapFS{"koa/package.json": {}},
	}
	filter := httpload.Filter{Frameworks: []string{"plain", "koa", "hapi"}, Connections: 100, Pipeline: []int{10}}
	cells, err := cat.Cells(filter)
	if err != nil {
		t.Fatal(err)
	}
	started := map[string]string{
		"HTTP/framework=plain/engine=goja":                 "/self serve goja",
		"HTTP/framework=plain/engine=bun":                  "/bun ",
		"HTTP/framework=plain/await=legacy/engine=node":    "/nodelegacy ",
		"HTTP/framework=plain/await=optimized/engine=node": "/nodeoptimized ",
		"HTTP/framework=koa/await=legacy/engine=node":      "/nodelegacy /modules",
		"HTTP/framework=koa/await=optimized/engine=node":   "/nodeoptimized /modules",
		"HTTP/framework=hapi/await=legacy/engine=node":     "", // not installed
		"HTTP/framework=hapi/await=optimized/engine=node":  "",
	}
	if len(cells) != len(started) {
		t.Errorf("%d cells, want %d", len(cells), len(started))
	}
	for _, c := range cells {
		want, ok := started[c.Name()]
		command, err := c.Command()
		got := command.Path + " " + strings.Join(command.Args, " ")
		switch {
		case !ok:
			t.Errorf("%s: not wanted", c.Name())
		case want == "" && (!errors.Is(err, errors.ErrUnsupported) || !strings.Contains(err.Error(), "'make engines' installs it")):
			t.Errorf("%s: %v", c.Name(), err)
		case want != "" && (err != nil || got != want):
			t.Errorf("%s: %s, %v, want %s", c.Name(), got, err, want)
		}
	}
	filter.Pipeline = []int{10, 1}
	filter.Match = regexp.MustCompile("plain/engine=bun")
	cells, err = cat.Cells(filter)
	var names []string
	for _, c := range cells {
		names = append(names, c.Name())
	}
	if want := []string{"HTTP/framework=plain/engine=bun", "HTTP/framework=plain/engine=bun/pipeline=1"}; err != nil || !slices.Equal(names, want) {
		t.Errorf("%v, %v, want %v", names, err, want)
	}
	for want, wrong := range map[string]httpload.Filter{
		"0 connections":       {Pipeline: []int{1}},
		"pipeline [0]: from":  {Connections: 1, Pipeline: []int{0}},
		"pipeline []: from":   {Connections: 1},
		`unknown framework "`: {Connections: 1, Pipeline: []int{1}, Frameworks: []string{"x"}},
	} {
		if _, err := cat.Cells(wrong); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %s", wrong, err, want)
		}
	}
}
