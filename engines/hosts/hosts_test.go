package hosts_test

import (
	"testing"
	"time"

	"promisebench/engines"
	"promisebench/engines/enginetest"
	"promisebench/engines/hosts"
	"promisebench/engines/probes"
	"promisebench/engines/worker"
)

// Every host passes the kit.
func TestConformance(t *testing.T) {
	for _, h := range hosts.Known() {
		t.Run(h.Name, func(t *testing.T) {
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
