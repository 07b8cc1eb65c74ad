package worker_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"promisebench/engines"
	"promisebench/engines/all"
	"promisebench/engines/enginetest"
	"promisebench/engines/transform"
	"promisebench/engines/worker"
)

// The test binary plays the worker: what it does is named in the environment.
const role = "PROMISEBENCH_WORKER_TEST"

func TestMain(m *testing.M) {
	if name := os.Getenv(role); name != "" {
		play(name)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

const hello = `{"protocol":4,"version":"x","clock":"x","resolution":1}`

// play is a worker that does what name says.
func play(name string) {
	say := func(text string) { fmt.Println(text) }
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 1<<24)
	// serve answers requests until, at the first run, it misbehaves.
	serve := func(misbehave func(id int)) {
		say(hello)
		for id := 1; in.Scan(); id++ {
			if strings.Contains(in.Text(), `"do":"run"`) {
				misbehave(id)
				continue
			}
			say(fmt.Sprintf(`{"id":%d}`, id))
		}
	}
	for _, e := range all.Engines() {
		if name == e.Name() {
			if err := worker.Serve(context.Background(), e, os.Stdin, os.Stdout); err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
		}
	}
	switch name {
	case "wrong-version":
		say(`{"protocol":99}`)
		in.Scan()
	case "no-hello":
		say("Welcome to the interactive shell!")
		in.Scan()
	case "silent":
		in.Scan()
	case "exit-at-start":
		fmt.Fprintln(os.Stderr, "no such option: --fast")
		os.Exit(9)
	case "crash":
		serve(func(int) {
			fmt.Fprintln(os.Stderr, "Fatal error in , line 0")
			syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {}
		})
	case "exit":
		serve(func(int) { fmt.Fprintln(os.Stderr, "bye"); os.Exit(3) })
	case "hang":
		serve(func(int) { time.Sleep(time.Hour) })
	case "hang-with-child":
		serve(func(int) {
			child := exec.Command(os.Args[0])
			child.Env = append(os.Environ(), role+"=silent-forever")
			child.Stderr = os.Stderr // held open by the grandchild
			if err := child.Start(); err != nil {
				panic(err)
			}
			fmt.Fprintf(os.Stderr, "child %d\n", child.Process.Pid)
			time.Sleep(time.Hour)
		})
	case "silent-forever":
		time.Sleep(time.Hour)
	case "garbage":
		serve(func(int) { say("\x00\xff<html>") })
	case "wrong-id":
		serve(func(int) { say(`{"id":77}`) })
	case "no-outcome":
		serve(func(id int) { say(fmt.Sprintf(`{"id":%d,"nanoseconds":5}`, id)) })
	case "partial-line":
		serve(func(id int) { fmt.Printf(`{"id":%d,"nanosec`, id); os.Exit(0) })
	case "flood-line":
		serve(func(int) {
			block := strings.Repeat("x", 1<<16)
			for range 1 << 12 {
				fmt.Print(block)
			}
		})
	case "flood-lines":
		serve(func(int) {
			for range 1 << 20 {
				say("spam")
			}
		})
	case "flood-stderr":
		serve(func(int) {
			for range 1 << 16 {
				fmt.Fprintln(os.Stderr, strings.Repeat("x", 64))
			}
			fmt.Fprintln(os.Stderr, "the end")
			os.Exit(4)
		})
	case "out-of-memory":
		serve(func(int) {
			// As the kernel would do it, but within bounds of our own.
			limit := syscall.Rlimit{Cur: 1 << 30, Max: 1 << 30}
			if err := syscall.Setrlimit(syscall.RLIMIT_AS, &limit); err != nil {
				panic(err)
			}
			var hoard [][]byte
			for len(hoard) < 1<<10 {
				hoard = append(hoard, make([]byte, 1<<26))
			}
			fmt.Fprintln(os.Stderr, len(hoard), "blocks fit")
		})
	}
}

func command(name string) worker.Command {
	return worker.Command{Path: os.Args[0], Env: []string{role + "=" + name}}
}

// Each fault becomes an error that names the engine and what happened, soon,
// and leaves no process behind.
func injectFaults(t *testing.T) {
	for _, c := range []struct{ name, want string }{
		{"wrong-version", "protocol version mismatch: it speaks version 99, this is 4"},
		{"no-hello", `said "Welcome to the interactive shell!" instead of hello`},
		{"silent", "interrupted: context deadline exceeded"},
		{"exit-at-start", "ended: exit status 9; stderr:\nno such option: --fast"},
		{"crash", "ended: signal: killed; stderr:\nFatal error in , line 0"},
		{"exit", "ended: exit status 3; stderr:\nbye"},
		{"hang", "interrupted: context deadline exceeded"},
		{"hang-with-child", "interrupted: context deadline exceeded"},
		{"garbage", `said "\x00\xff<html>" instead of an answer`},
		{"wrong-id", `said "{\"id\":77}" instead of an answer`},
		{"no-outcome", "answered without an outcome"},
		{"partial-line", `instead of an answer`},
		{"flood-line", "standard output: bufio.Scanner: token too long"},
		{"flood-lines", `said "spam" instead of an answer`},
		{"flood-stderr", "ended: exit status 4; stderr:\n"},
		{"out-of-memory", "ended: exit status 2; stderr:\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			wait := 20 * time.Second
			if strings.Contains(c.want, "deadline") {
				wait = 500 * time.Millisecond
			}
			ctx, cancel := context.WithTimeout(t.Context(), wait)
			defer cancel()
			r, err := worker.Open(ctx, "myengine", command(c.name), transform.Loader{})
			if err == nil {
				_, err = r.Run(ctx, engines.Batch{Ops: 1, Window: 1})
				// What comes after says the same, and does not hang.
				if _, again := r.Run(t.Context(), engines.Batch{Ops: 1, Window: 1}); again == nil || again.Error() != err.Error() {
					t.Errorf("the next call says %v", again)
				}
				if err := r.Close(); err != nil {
					t.Error(err)
				}
			}
			if err == nil || !strings.HasPrefix(err.Error(), "myengine: worker: ") || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("got %v, want %s", err, c.want)
			}
			if !errors.As(err, new(*worker.Fault)) {
				t.Errorf("%T is no Fault", err)
			}
			if len(err.Error()) > 4<<10 {
				t.Errorf("the error has %d bytes", len(err.Error()))
			}
			if strings.Contains(c.want, "deadline") && !errors.Is(err, context.DeadlineExceeded) {
				t.Error("the deadline is not in the error's chain")
			}
		})
	}
}

func TestStartFailure(t *testing.T) {
	_, err := worker.Open(t.Context(), "myengine", worker.Command{Path: "/nonexistent/node"}, transform.Loader{})
	if err == nil || !strings.Contains(err.Error(), "myengine: worker: can't start: ") {
		t.Errorf("got %v", err)
	}
}

// children lists the processes that this test's process has started, and
// theirs, by the role in their environment.
func children(t *testing.T) []string {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("reads /proc")
	}
	entries, err := os.ReadDir("/proc")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, e := range entries {
		env, err := os.ReadFile("/proc/" + e.Name() + "/environ")
		if err == nil && strings.Contains(string(env), role+"=") {
			found = append(found, e.Name())
		}
	}
	return found
}

// After all faults, as well as after thirty workers killed in a row, no process
// and no file is left.
func TestNothingIsLeft(t *testing.T) {
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	t.Run("faults", injectFaults)
	for range 30 {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		r, err := worker.Open(ctx, "myengine", command("hang"), transform.Loader{})
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			time.Sleep(5 * time.Millisecond)
			cancel()
		}()
		if _, err := r.Run(ctx, engines.Batch{Ops: 1, Window: 1}); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		r.Close()
	}
	if left := children(t); len(left) > 0 {
		t.Errorf("processes left behind: %v", left)
	}
	if left, err := os.ReadDir(temporary); err != nil || len(left) > 0 {
		t.Errorf("files left behind: %v, %v", left, err)
	}
}

// An embedded engine behaves in a process of its own as it does in this one.
// The protocol is the same for all, so one of them stands for the others.
func TestIsolatedConformance(t *testing.T) {
	e := all.Engines()[0]
	enginetest.Run(t, worker.Isolated(e, command(e.Name())))
}

// Errors cross the process as data: what a script throws is never taken for
// something that the engine lacks, whatever its text says, and modules that an
// engine lacks are no failure.
func TestErrorsAreData(t *testing.T) {
	e := all.Engines()[0] // goja, which has no modules
	r, err := worker.Isolated(e, command(e.Name())).Open(t.Context(), engines.Options{Await: engines.Optimized})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	err = r.Load(t.Context(), "x.js", "throw new Error('x: unsupported operation')")
	if err == nil || errors.Is(err, errors.ErrUnsupported) || !strings.Contains(err.Error(), "x: unsupported operation") {
		t.Errorf("a script's error: %v", err)
	}
	_, err = r.(engines.ModuleRealm).ProbeModules(t.Context(), "x.mjs", map[string]string{"x.mjs": "0;"})
	if !errors.Is(err, errors.ErrUnsupported) || engines.Reason(err) != "it has no modules" || err.Error() != e.Name()+": it has no modules: unsupported operation" {
		t.Errorf("modules: %v", err)
	}
}
