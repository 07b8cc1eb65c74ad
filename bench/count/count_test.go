package count_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/perf/benchfmt"

	"promisebench/bench"
	"promisebench/bench/count"
	"promisebench/engines"
	"promisebench/engines/enginetest"
	"promisebench/engines/goja"
	"promisebench/engines/worker"
	"promisebench/workloads"
)

// cell returns a cell whose engine is a worker that the command starts.
func cell(t testing.TB, name string, command worker.Command) bench.Cell {
	t.Helper()
	cat := bench.Catalog{Workloads: workloads.All(), Engines: []engines.Engine{worker.Isolated(goja.New(), command)}}
	cells, err := cat.Cells(bench.Filter{}, bench.Setup{Window: 100})
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(cells, func(c bench.Cell) bool { return c.Name() == name+"/engine=goja" })
	if at < 0 {
		t.Fatal("no cell", name)
	}
	return cells[at]
}

const (
	doxbeeAsync   = "Doxbee/style=async/await=optimized"
	parallelAsync = "Parallel/style=async/await=optimized"
)

// build builds an engine's worker. The test's own binary is not for valgrind if it
// has the race detector.
func build(t testing.TB, engine string, flags ...string) worker.Command {
	t.Helper()
	binary := filepath.Join(t.TempDir(), engine)
	args := slices.Concat([]string{"build", "-trimpath", "-o", binary}, flags, []string{"promisebench/engines/worker/" + engine})
	if out, err := exec.CommandContext(t.Context(), "go", args...).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return worker.Command{Path: binary}
}

// valgrind returns the counter that is it.
func valgrind(t testing.TB) *count.Counter {
	t.Helper()
	_, err := exec.LookPath("valgrind")
	if errors.Is(err, exec.ErrNotFound) {
		err = fmt.Errorf("valgrind: %w", os.ErrNotExist)
	}
	enginetest.Installed(t, err)
	c, err := count.FindValgrind(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// sampled counts a cell with so many operations between the two processes.
func sampled(ctx context.Context, c *count.Counter, cell bench.Cell, ops int) (float64, error) {
	e, _ := engines.As[worker.Wrapper](cell.Engine)
	return count.Sampled(c, ctx, cell, e, ops, 0)
}

// Two counts of one build agree, however busy the machine is, and a benchmark whose
// operations do more has more.
func TestValgrind(t *testing.T) {
	c := valgrind(t)
	if !strings.HasPrefix(c.How(), "valgrind 3.") {
		t.Error(c.How())
	}
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	command := build(t, "goja")
	var base, head, more float64
	var errs [3]error
	var both sync.WaitGroup
	// Less than PerOp would take, for the sake of time.
	both.Go(func() { base, errs[0] = sampled(t.Context(), c, cell(t, parallelAsync, command), 200) })
	both.Go(func() { head, errs[1] = sampled(t.Context(), c, cell(t, parallelAsync, command), 200) })
	both.Wait()
	more, errs[2] = sampled(t.Context(), c, cell(t, doxbeeAsync, command), 200)
	if err := errors.Join(errs[:]...); err != nil {
		t.Fatal(err)
	}
	// Ten times the standard deviation that README.md has.
	if apart := math.Abs(head/base - 1); apart > 0.01 || base < 1e5 || base < 2*more {
		t.Errorf("base %.0f, head %.0f, another benchmark %.0f", base, head, more)
	}
	empty(t, temporary)
}

func empty(t *testing.T, dir string) {
	t.Helper()
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// fake puts a script in valgrind's place, and nothing else but a program "true" on
// the PATH. It sees its version asked for, a try, and then workers; log is the file
// that it is to write, and the program's command what is left of its arguments.
func fake(t *testing.T, script string) {
	t.Helper()
	dir := t.TempDir()
	const head = "#!/bin/sh\n" +
		`case "$1" in --version) version;; esac` + "\n" +
		`while :; do case "$1" in --log-file=*) log=${1#--log-file=};; --*) ;; *) break;; esac; shift; done` + "\n"
	const defaults = "version() { echo valgrind-3.24.0.GIT; exit; }\n" +
		"right() { echo '==1== I refs:  1,234,567' >>\"$log\"; }\n" +
		"try() { right; }\nwork() { \"$@\"; right; }\n"
	text := "#!/bin/sh\n" + defaults + script + "\n" + strings.TrimPrefix(head, "#!/bin/sh\n") + `case "$1" in true) try;; *) work "$@";; esac` + "\n"
	for name, text := range map[string]string{"valgrind": text, "true": "#!/bin/sh\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir)
}

// What keeps valgrind from being used is told.
func TestUnusable(t *testing.T) {
	for _, test := range []struct{ name, script, want string }{
		{"too old", "version() { echo valgrind-3.15.0; exit; }", "valgrind 3.15.0 is older than 3.19"},
		{"no version", "version() { echo welcome; exit; }", "tells no version; it says:\nwelcome"},
		{"version fails", "version() { echo no such library >&2; exit 127; }", "tells no version: exit status 127; it says:\nno such library"},
		{"silent", "try() { echo 'nothing to tell' >&2; }", "does not work: no line with \"I refs\" in its log; it says:\nnothing to tell"},
		{"killed", "try() { echo 'unhandled instruction' >&2; kill -9 $$; }", "does not work: signal: killed; it says:\nunhandled instruction"},
	} {
		t.Run(test.name, func(t *testing.T) {
			fake(t, test.script)
			_, err := count.FindValgrind(t.Context())
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
	t.Run("missing", func(t *testing.T) {
		t.Setenv("PATH", t.TempDir())
		c, err := count.Find(t.Context(), worker.Command{})
		if count.Probe(count.Instructions) == nil {
			if err != nil || c.How() != "processor" {
				t.Error(c, err)
			}
			return
		}
		if !errors.Is(err, errors.ErrUnsupported) || !strings.Contains(err.Error(), "apt-get install valgrind") || !strings.Contains(err.Error(), "the processor's counters: ") {
			t.Error(err)
		}
	})
}

// A valgrind that fails with a worker gives an error that says how, and neither a
// process nor a file stays.
func TestFaults(t *testing.T) {
	command := build(t, "goja")
	for _, test := range []struct{ name, script, want string }{
		{"no line", `work() { "$@"; echo 'out of registers' >>"$log"; }`, "no line with \"I refs\" in its log; it says:\nout of registers"},
		{"no log", `work() { "$@"; }`, "it left no count behind"},
		{"killed", `work() { echo 'the last words' >>"$log"; kill -9 $$; }`, "worker: ended: signal: killed; it says:\nthe last words"},
		{"no worker", `work() { exit 3; }`, "worker: ended: exit status 3"},
		{"no more for more", "", "counted 1234567 instructions for 100 operations and 1234567 for 48700"},
		{"hangs", `work() { while :; do /bin/sleep 1; done; }`, "interrupted: enough"},
	} {
		t.Run(test.name, func(t *testing.T) {
			fake(t, test.script)
			temporary := t.TempDir()
			t.Setenv("TMPDIR", temporary)
			c, err := count.FindValgrind(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancelCause(t.Context())
			if test.name == "hangs" {
				time.AfterFunc(200*time.Millisecond, func() { cancel(errors.New("enough")) })
			}
			defer cancel(nil)
			_, err = c.PerOp(ctx, cell(t, doxbeeAsync, command), 0)
			if err == nil || errors.Is(err, errors.ErrUnsupported) || !strings.HasPrefix(err.Error(), "goja: ") || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %s", err, test.want)
			}
			empty(t, temporary)
		})
	}
}

// What PerOp makes of two counts: the number of operations, from the first count ever, and
// their difference. A run's lines have it beside their other numbers.
func TestPerOp(t *testing.T) {
	command := build(t, "goja")
	// Each process takes 1e9 instructions more than the one before. The first one is
	// FindValgrind's, so the next has 2e9 for 100 operations, of which 200 more are the least.
	fake(t, `right() { n=1; while [ -e "$0.$n" ]; do n=$((n+1)); done; : >"$0.$n"; echo "==1== I   refs:      $n,000,000,000" >>"$log"; }`)
	c, err := count.FindValgrind(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if n, err := c.PerOp(t.Context(), cell(t, doxbeeAsync, command), 0); err != nil || n != 1e9/200 {
			t.Errorf("%v, %v", n, err)
		}
	}
	if count.Probe(count.Instructions) == nil {
		return // or else Open takes the processor
	}
	beside, err := count.Open(t.Context(), func() (string, error) { return command.Path, nil }, time.Minute, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if got := beside.Conditions(); len(got) != 1 || got[0] != (bench.Condition{Key: "instructions", Value: "valgrind 3.24.0.GIT"}) {
		t.Errorf("%q", got)
	}
	m := &bench.Meter{Time: time.Millisecond, Timeout: time.Minute, Random: rand.New(rand.NewPCG(1, 2))}
	for r := range beside.Sample(m.Sample)(t.Context(), []bench.Cell{cell(t, doxbeeAsync, command)}) {
		if r.Err != nil || r.Values[0].Unit != "ns/op" || r.Values[len(r.Values)-1] != (benchfmt.Value{Value: 1e9 / 200, Unit: bench.Instructions}) {
			t.Errorf("%+v", r)
		}
	}
}

// compiler is an engine that compiles while it runs.
type compiler struct{ engines.Engine }

func (c compiler) Unwrap() engines.Engine   { return c.Engine }
func (c compiler) CompilesJustInTime() bool { return true }

// What can't be counted is a reason to skip.
func TestUnsupported(t *testing.T) {
	fake(t, "")
	c, err := count.FindValgrind(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	whole := cell(t, doxbeeAsync, worker.Command{Path: "/nonexistent"})
	compiles, inProcess := whole, whole
	compiles.Engine = compiler{whole.Engine}
	inProcess.Engine = goja.New()
	for want, cell := range map[string]bench.Cell{"valgrind 3.24.0.GIT would count": compiles, "a process of its own": inProcess} {
		if _, err := c.PerOp(t.Context(), cell, 0); !errors.Is(err, errors.ErrUnsupported) || !strings.Contains(engines.Reason(err), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	// Other numbers of such a cell stay, and why it has none is said once.
	var notes strings.Builder
	beside, err := count.Open(t.Context(), func() (string, error) { return "/nonexistent", nil }, time.Minute, &notes)
	if err != nil {
		t.Fatal(err)
	}
	sample := beside.Sample(func(context.Context, []bench.Cell) iter.Seq[bench.Record] {
		return slices.Values([]bench.Record{{Iters: 1, Values: []benchfmt.Value{{Value: 1, Unit: "ns/op"}}}, {Err: errors.New("broken")}})
	})
	for range 2 {
		if got := slices.Collect(sample(t.Context(), []bench.Cell{inProcess, inProcess})); len(got) != 2 || len(got[0].Values) != 1 || got[0].Err != nil {
			t.Errorf("%+v", got)
		}
	}
	if want := "goja: no instructions/op: only what runs in a process of its own can be counted\n"; notes.String() != want {
		t.Errorf("%q, want %q", notes.String(), want)
	}
}
