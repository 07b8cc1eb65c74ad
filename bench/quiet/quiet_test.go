package quiet

import (
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"promisebench/engines/worker/cpus"
)

// take takes a CPU until the test ends, where the system can do that.
func take(t *testing.T) *CPU {
	t.Helper()
	c, err := Take()
	if err != nil {
		t.Fatal(err)
	}
	if c == nil {
		t.Skip("this system leaves no choice of CPUs")
	}
	t.Cleanup(func() {
		if err := c.Leave(); err != nil {
			t.Error(err)
		}
	})
	return c
}

// allowed returns where a thread of this process may run that knows nothing of it.
func allowed(t *testing.T) []int {
	t.Helper()
	list, err := cpus.Allowed()
	if err != nil {
		t.Skip(err)
	}
	return list
}

// This process has one CPU and one thread that runs Go code while it has taken one, and
// everything that it had afterwards.
func TestTake(t *testing.T) {
	before, procs := allowed(t), runtime.GOMAXPROCS(0)
	t.Run("taken", func(t *testing.T) {
		c := take(t)
		if now := allowed(t); !slices.Equal(now, []int{c.at}) || runtime.GOMAXPROCS(0) != 1 {
			t.Errorf("on CPU %d: may run on %v with GOMAXPROCS=%d", c.at, now, runtime.GOMAXPROCS(0))
		}
		if second, err := Take(); second != nil || err != nil || second.Leave() != nil {
			t.Errorf("taken twice: %v, %v", second, err)
		}
	})
	if now := allowed(t); !slices.Equal(now, before) || runtime.GOMAXPROCS(0) != procs {
		t.Errorf("left: may run on %v with GOMAXPROCS=%d, before on %v with %d", now, runtime.GOMAXPROCS(0), before, procs)
	}
}

// It stays where two probes in a row are fast, goes where they are when they are not,
// and gives up where none are.
func TestSettle(t *testing.T) {
	c := take(t)
	c.best = &fastest{}
	fast := func(int) bool { return true }
	c.probe = func() time.Duration {
		time.Sleep(50 * time.Microsecond)
		if fast(c.at) {
			return 50 * time.Microsecond
		}
		return 75 * time.Microsecond
	}
	settle := func() int {
		t.Helper()
		cpu, err := c.Settle()
		if err != nil || cpu != c.at || !slices.Equal(allowed(t), []int{cpu}) {
			t.Fatalf("on CPU %d, said %d: %v", c.at, cpu, err)
		}
		return cpu
	}
	first := settle()
	if again := settle(); again != first {
		t.Errorf("left CPU %d, which is fast, for %d", first, again)
	}
	if len(c.home) > 1 {
		fast = func(cpu int) bool { return cpu != first }
		if settle() == first {
			t.Errorf("stayed on CPU %d, which is slow", first)
		}
	}
	// Where it is never fast twice in a row, it ends all the same.
	probes := 0
	fast = func(int) bool { probes++; return probes%2 == 0 }
	settle()
}

// What is slow for good is what the CPU can do.
func TestForgets(t *testing.T) {
	took := 50 * time.Microsecond
	c := &CPU{probe: func() time.Duration { return took }, best: &fastest{}}
	for _, step := range []struct {
		took time.Duration
		past bool // the stretch
		want bool
	}{
		{50, false, true}, {53, false, true}, {70, false, false},
		{70, true, false}, {70, false, false}, // 50 was in the stretch before
		{70, true, true}, {75, false, true}, {60, false, true}, {70, false, false},
	} {
		took = step.took * time.Microsecond
		if step.past {
			c.best.since = time.Now().Add(-2 * memory)
		}
		if got := c.fast(); got != step.want {
			t.Errorf("%+v: fast is %v, best %v", step, got, c.best)
		}
	}
}

// A process is brought with all its threads, or with its main one.
func TestBring(t *testing.T) {
	c := take(t)
	cmd := exec.Command("sleep", "60")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Wait()
	defer cmd.Process.Kill()
	for _, all := range []bool{false, true} {
		for _, cpu := range c.home {
			if err := Bring(cmd.Process.Pid, cpu, all); err != nil {
				t.Fatal(err)
			}
			status, err := os.ReadFile("/proc/" + strconv.Itoa(cmd.Process.Pid) + "/status")
			if err != nil {
				t.Fatal(err)
			}
			if want := "Cpus_allowed_list:\t" + strconv.Itoa(cpu) + "\n"; !strings.Contains(string(status), want) {
				t.Errorf("want %q in\n%s", want, status)
			}
		}
	}
	if err := Bring(1<<30, c.at, true); err == nil {
		t.Error("brought a process that does not exist")
	}
}

// The probe takes time, and the compiler has not removed it.
func TestProbe(t *testing.T) {
	if took := probe(); took < steps/100*time.Nanosecond {
		t.Errorf("%d steps in %v", steps, took)
	}
}
