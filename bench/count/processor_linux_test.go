package count_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"promisebench/bench/count"
	"promisebench/engines/worker"
)

// clock is an event that every Linux has: the CPU time of a task, in nanoseconds.
var clock = count.Event{Type: unix.PERF_TYPE_SOFTWARE, Config: unix.PERF_COUNT_SW_TASK_CLOCK}

// role makes the test binary the command "promisebench count", of that event.
const role = "PROMISEBENCH_COUNT_TEST"

func TestMain(m *testing.M) {
	if os.Getenv(role) != "" {
		os.Unsetenv(role)
		count.MainOf(clock, os.Args[1:])
	}
	os.Exit(m.Run())
}

// counting is such a command.
func counting(args ...string) worker.Command {
	return worker.Command{Path: os.Args[0], Args: args, Env: []string{role + "=1"}}
}

// counted runs a script below it.
func counted(t *testing.T, script string) (n float64, err error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "count")
	c := counting(file, "/bin/sh", "-c", script)
	cmd := exec.CommandContext(t.Context(), c.Path, c.Args...)
	cmd.Env = append(os.Environ(), c.Env...)
	out, failure := cmd.CombinedOutput()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	n, err = count.ReadCount(string(text))
	if err != nil {
		t.Fatalf("%v: %q, %s", err, text, out)
	}
	return n, failure
}

func available(t *testing.T) {
	t.Helper()
	if err := count.Probe(clock); err != nil {
		t.Skip("no perf events at all:", err)
	}
}

// A program that works sixteen times as long counts more, and so does one whose
// children do.
func TestCounting(t *testing.T) {
	available(t)
	loop := func(n int) string { return "i=0; while [ $i -lt " + strconv.Itoa(n) + " ]; do i=$((i+1)); done" }
	few, err := counted(t, loop(5_000))
	if err != nil {
		t.Fatal(err)
	}
	for _, script := range []string{loop(80_000), "(" + loop(80_000) + ") & wait"} {
		if many, err := counted(t, script); err != nil || many < 2*few {
			t.Errorf("%s: %.0f, %v; a sixteenth of it %.0f", script, many, err, few)
		}
	}
}

// How a program ends, and the signals on the way, are passed on.
func TestPassedOn(t *testing.T) {
	available(t)
	for script, want := range map[string]int{
		"exit 7":     7,
		"kill -9 $$": 128 + 9,
		"trap 'exit 5' TERM; kill -TERM $PPID; while :; do sleep .01; done": 5,
	} {
		_, err := counted(t, script)
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != want {
			t.Errorf("%s: %v, want %d", script, err, want)
		}
	}
}

// A program that is not there is an error, and leaves no count.
func TestNoProgram(t *testing.T) {
	available(t)
	file := filepath.Join(t.TempDir(), "count")
	for _, args := range [][]string{{file, "/nonexistent"}, {file}, nil} {
		if status, err := count.Execute(clock, args); err == nil || status == 0 {
			t.Errorf("%q: %d, %v", args, status, err)
		}
		if _, err := os.Stat(file); err == nil {
			t.Error("there is a count")
		}
	}
}

// The program dies with who counts.
func TestKilled(t *testing.T) {
	available(t)
	c := counting(filepath.Join(t.TempDir(), "count"), "/bin/sh", "-c", "echo $$; while :; do sleep .01; done")
	p, err := worker.StartProcess(t.Context(), "counter", c)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	line, err := p.Line(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	child, err := strconv.Atoi(string(line))
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(p.PID(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	// Its output ends when the last process that has it is gone.
	if _, err := p.Line(t.Context()); err == nil || !strings.Contains(err.Error(), "signal: killed") {
		t.Error(err)
	}
	// A signal takes its time on a busy machine.
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		state, err := os.ReadFile("/proc/" + strconv.Itoa(child) + "/stat")
		if err != nil || strings.Contains(string(state), ") Z ") {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d lives: %s", child, state)
		}
	}
}

// A worker is counted through the same code as instructions would be.
func TestWorkerBelowProcessor(t *testing.T) {
	available(t)
	temporary := t.TempDir()
	command := build(t, "goja")
	t.Setenv("TMPDIR", temporary)
	c := count.Processor(counting())
	if n, err := sampled(t.Context(), c, cell(t, doxbeeAsync, command), 1000); err != nil || n <= 0 {
		t.Errorf("%v, %v", n, err)
	}
	empty(t, temporary)
}

// The processor's counters work, or there is a reason.
func TestInstructions(t *testing.T) {
	if err := count.Probe(count.Instructions); err != nil {
		t.Log(err)
		file := filepath.Join(t.TempDir(), "count")
		if status, again := count.Execute(count.Instructions, []string{file, "/bin/true"}); status == 0 || again == nil || again.Error() != err.Error() {
			t.Errorf("status %d, %v", status, again)
		}
		if text, err := os.ReadFile(file); err != nil || len(text) == 0 {
			t.Errorf("%q, %v", text, err)
		}
		return
	}
	file := filepath.Join(t.TempDir(), "count")
	if status, err := count.Execute(count.Instructions, []string{file, "/bin/true"}); status != 0 || err != nil {
		t.Fatal(status, err)
	}
	text, _ := os.ReadFile(file)
	if n, err := count.ReadCount(string(text)); err != nil || n < 1000 {
		t.Errorf("%q: %v", text, err)
	}
}
