package hosts_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"promisebench/engines"
	"promisebench/engines/enginetest"
	"promisebench/engines/hosts"
	"promisebench/engines/probes"
	"promisebench/engines/worker"
)

// slow leaves out the host that takes a third of a second for each realm, unless in CI.
func slow(t *testing.T, h hosts.Host) {
	if h.Kind == "firefox" {
		enginetest.Slow(t)
	}
}

// Every host passes the kit.
func TestConformance(t *testing.T) {
	for _, h := range hosts.Known() {
		t.Run(h.Name, func(t *testing.T) {
			slow(t, h)
			e, end := engines.Share(enginetest.Host(t, "npm", h.Name))
			defer end()
			enginetest.Run(t, e)
		})
	}
}

// Which hosts tell what they allocate, in the versions that package.json pins: a
// number that Node.js has since 25.2 and Deno 2.9. Bun's of the same name is another.
func TestHeap(t *testing.T) {
	for _, h := range hosts.Known() {
		t.Run(h.Name, func(t *testing.T) {
			t.Parallel()
			mode, _ := engines.OwnAwait(enginetest.Host(t, "npm", h.Name))
			r, err := enginetest.Host(t, "npm", h.Name).Open(t.Context(), engines.Options{Await: mode})
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			if err := r.Load(t.Context(), "op.js", "function operation() { return Promise.resolve(1); }"); err != nil {
				t.Fatal(err)
			}
			s, err := r.Run(t.Context(), engines.Batch{Ops: 10, Window: 1, Checksum: 10})
			if err != nil {
				t.Fatal(err)
			}
			if want := h.Name == "deno"; (s.Heap != nil) != want {
				t.Errorf("heap %+v, want one: %v", s.Heap, want)
			}
			if s.Heap != nil && s.Heap.Objects != nil {
				t.Errorf("V8 counts no objects, but there are %d", *s.Heap.Objects)
			}
		})
	}
}

// Node.js 11 has the optimized await behind a flag; all others have one mode, or a flag
// that does nothing.
func TestDefaultAwait(t *testing.T) {
	for _, h := range hosts.Known() {
		e := enginetest.Host(t, "npm", h.Name)
		want, _ := engines.OwnAwait(e)
		if h.Name == "node11" {
			want = engines.Legacy
		}
		if mode, ok := engines.DefaultAwait(e); mode != want || !ok {
			t.Errorf("%s: %s, %v; want %s", h.Name, mode, ok, want)
		}
	}
}

// The list of defects is exact for the hosts in the versions that package.json
// pins.
func TestProbes(t *testing.T) {
	list, err := probes.All()
	if err != nil {
		t.Fatal(err)
	}
	r := probes.Runner{Known: probes.Defects(), Timeout: time.Minute}
	for _, h := range hosts.Known() {
		t.Run(h.Name, func(t *testing.T) {
			t.Parallel()
			slow(t, h)
			e, end := engines.Share(enginetest.Host(t, "npm", h.Name))
			defer end()
			for _, p := range list {
				result, err := r.Run(t.Context(), e, p)
				if err != nil {
					t.Fatal(err)
				}
				if result.Verdict == probes.Wrong || result.Verdict == probes.Fixed {
					t.Errorf("%s: %s (%s): logged %q, want %q; %v", p.Name, result.Verdict, result.Why, result.Got, p.Want, result.Err)
				}
			}
		})
	}
}

// A host's command can be put behind another one's, whatever flags a realm needs.
func TestWrapped(t *testing.T) {
	e, ok := engines.As[worker.Wrapper](enginetest.Host(t, "npm", "node24"))
	if !ok {
		t.Fatal("it is no Wrapper")
	}
	var path string
	wrapped := e.Wrapped(func(c worker.Command) worker.Command {
		path = c.Path
		return worker.Command{Path: "/bin/sh", Args: append([]string{"-c", `exec "$@"`, "sh", c.Path}, c.Args...), Env: c.Env}
	})
	r, err := wrapped.Open(t.Context(), engines.Options{Await: engines.Optimized})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if lines, err := r.Probe(t.Context(), "x.js", "log(1 + 1);"); err != nil || len(lines) != 1 || lines[0] != "2" || path == "" {
		t.Errorf("%q, %v, path %q", lines, err, path)
	}
}

// An AsyncLocalStorage is made of what was asked for, and an operation keeps what is in it
// behind each await; what has none says so.
func TestContext(t *testing.T) {
	all := []engines.Context{engines.Storage, engines.OnFrames, engines.OnHooks}
	for name, contexts := range map[string][]engines.Context{
		"node10": nil, "node12": {engines.Storage}, "bun": {engines.Storage}, "deno": {engines.Storage}, "jsc": nil,
		"node22": all, "node24": all,
	} {
		for _, c := range all {
			t.Run(name+"/"+string(c), func(t *testing.T) {
				t.Parallel()
				e := enginetest.Host(t, "npm", name)
				mode, _ := engines.OwnAwait(e)
				r, err := e.Open(t.Context(), engines.Options{Await: mode, Context: c})
				if !slices.Contains(contexts, c) {
					if !errors.Is(err, errors.ErrUnsupported) {
						t.Errorf("%v, want that it is unsupported", err)
					}
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				defer r.Close()
				if err := engines.ProveAwait(t.Context(), r, mode); err != nil {
					t.Error(err)
				}
				for _, load := range []string{"async function operation(i) { return await i; }", "operation = promisebenchEnter(operation);"} {
					if err := r.Load(t.Context(), "op.js", load); err != nil {
						t.Fatal(err)
					}
				}
				if _, err := r.Run(t.Context(), engines.Batch{Ops: 100, Window: 10, Checksum: 4950}); err != nil {
					t.Error(err)
				}
				// Outside of it, the look behind an await sees nothing.
				if err := r.Load(t.Context(), "lost.js", "operation = async function (i) { return await i; };"); err != nil {
					t.Fatal(err)
				}
				if _, err := r.Run(t.Context(), engines.Batch{Ops: 100, Window: 10, Checksum: 4950}); err == nil || !strings.Contains(err.Error(), "lost its context") {
					t.Errorf("%v, want that the context is lost", err)
				}
			})
		}
	}
}
