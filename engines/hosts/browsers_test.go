package hosts_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"promisebench/engines"
	"promisebench/engines/enginetest"
	"promisebench/engines/hosts"
	"promisebench/engines/worker"
)

var browsers = []string{"chromium", "firefox"}

// marked returns a browser whose processes can be told by an argument, and the argument.
func marked(t *testing.T, name string) (engines.Engine, string) {
	t.Helper()
	mark := "--promisebench-test=" + rand.Text()
	e := enginetest.Host(t, "npm", name).(worker.Wrapper)
	return e.Wrapped(func(c worker.Command) worker.Command {
		c.Args = append([]string{mark}, c.Args...)
		return c
	}), mark
}

// running returns the processes that have an argument and have not ended.
func running(t *testing.T, mark string) (pids []int) {
	t.Helper()
	list, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil || list == nil {
		t.Skip("no /proc")
	}
	for _, name := range list {
		if text, err := os.ReadFile(name); err == nil && bytes.Contains(text, []byte(mark)) {
			pid, err := strconv.Atoi(filepath.Base(filepath.Dir(name)))
			if err != nil {
				t.Fatal(err)
			}
			pids = append(pids, pid)
		}
	}
	return pids
}

// crash kills the processes that have an argument, a little later.
func crash(t *testing.T, mark string) {
	t.Helper()
	pids := running(t, mark)
	time.AfterFunc(100*time.Millisecond, func() {
		for _, pid := range pids {
			syscall.Kill(pid, syscall.SIGKILL)
		}
	})
}

// gone waits until no process has an argument any more.
func gone(t *testing.T, mark string) {
	t.Helper()
	for range 300 {
		if len(running(t, mark)) == 0 {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Errorf("still running: %v", running(t, mark))
}

// A realm is a browser of its own, which runs batches with a clock that is fine enough, and
// leaves nothing behind: neither a process nor its profile.
func TestBrowser(t *testing.T) {
	for _, name := range browsers {
		t.Run(name, func(t *testing.T) {
			t.Setenv("TMPDIR", t.TempDir())
			e, mark := marked(t, name)
			r, err := e.Open(t.Context(), engines.Options{Await: engines.Optimized})
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			if clock, step := r.(engines.Clocked).Clock(); clock != "performance.now" || step > 10*time.Microsecond {
				t.Errorf("%s in steps of %v: the page is not isolated", clock, step)
			}
			if err := r.Load(t.Context(), "op.js", "async function operation(i) { return await i; }"); err != nil {
				t.Fatal(err)
			}
			if s, err := r.Run(t.Context(), engines.Batch{Ops: 100, Window: 10, Checksum: 4950}); err != nil || s.Elapsed <= 0 {
				t.Errorf("%+v, %v", s, err)
			}
			if len(running(t, mark)) == 0 {
				t.Error("no process has its mark")
			}
			r.Close()
			gone(t, mark)
			if left, _ := filepath.Glob(filepath.Join(os.Getenv("TMPDIR"), "promisebench-profile-*")); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

// A browser that crashes in the middle of a batch is a fault that says so.
func TestBrowserCrashes(t *testing.T) {
	for _, name := range browsers {
		t.Run(name, func(t *testing.T) {
			e, mark := marked(t, name)
			r, err := e.Open(t.Context(), engines.Options{Await: engines.Optimized})
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			if err := r.Load(t.Context(), "op.js", "function operation() { for (;;) ; }"); err != nil {
				t.Fatal(err)
			}
			crash(t, mark)
			_, err = r.Run(t.Context(), engines.Batch{Ops: 1, Window: 1})
			if !errors.As(err, new(*worker.Fault)) {
				t.Errorf("%v, want a fault", err)
			}
		})
	}
}

// Realms that share a browser are apart, one that hangs holds up no other, and the browser
// starts again when it has crashed.
func TestSharedBrowser(t *testing.T) {
	for _, name := range browsers {
		t.Run(name, func(t *testing.T) {
			marked, mark := marked(t, name)
			e, end := engines.Share(marked)
			defer end()
			open := func() engines.Realm {
				r, err := e.Open(t.Context(), engines.Options{Await: engines.Optimized})
				if err != nil {
					t.Fatal(err)
				}
				return r
			}
			alive := func(r engines.Realm, what string) {
				t.Helper()
				lines, err := r.Probe(t.Context(), "x.js", "log(typeof mine);")
				if err != nil || len(lines) != 1 || lines[0] != "undefined" {
					t.Errorf("%s: %q, %v", what, lines, err)
				}
			}
			hung, other := open(), open()
			ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
			defer cancel()
			if err := hung.Load(ctx, "hang.js", "globalThis.mine = 1; for (;;) ;"); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%v, want the deadline", err)
			}
			alive(other, "beside one that hung")
			crash(t, mark)
			if err := other.Load(t.Context(), "hang.js", "for (;;) ;"); !errors.As(err, new(*worker.Fault)) {
				t.Errorf("of a browser that is gone: %v, want a fault", err)
			}
			alive(open(), "after a crash")
			if err := end(); err != nil {
				t.Error(err)
			}
			gone(t, mark)
		})
	}
}

// What is no browser, or one that can't start, is told at once.
func TestNoBrowser(t *testing.T) {
	_, err := hosts.Parse(t.Context(), "mine=/bin/true,kind=browser")
	if err == nil || !strings.Contains(err.Error(), "/bin/true") {
		t.Errorf("%v", err)
	}
	e := enginetest.Host(t, "npm", "chromium").(worker.Wrapper)
	_, err = e.Wrapped(func(c worker.Command) worker.Command {
		c.Path, c.Args = "/bin/sh", []string{"-c", "echo no display >&2; exit 3"}
		return c
	}).Open(t.Context(), engines.Options{Await: engines.Optimized})
	if err == nil || !strings.Contains(err.Error(), "ended before it opened its page") || !strings.Contains(err.Error(), "no display") {
		t.Errorf("%v", err)
	}
}
