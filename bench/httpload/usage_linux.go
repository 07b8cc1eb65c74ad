package httpload

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"promisebench/engines/worker/cpus"
)

// cpuTime returns the CPU time of a process, all its threads, so far. Its clock
// is finer than getrusage, which counts a child only once it has ended, with
// start and warm-up; the kernel makes its name from the process's number.
func cpuTime(pid int) (time.Duration, error) {
	const sched = 2 // CPUCLOCK_SCHED: the scheduler's nanoseconds
	var t unix.Timespec
	if err := unix.ClockGettime(int32(^pid<<3|sched), &t); err != nil {
		return 0, fmt.Errorf("CPU time of the server: %w", err)
	}
	return time.Duration(t.Nano()), nil
}

// peakRSS returns the most memory that a process ever had in use, in bytes. The
// maximum that getrusage tells is at least that of the parent at the moment of
// the fork: the kernel carries it over to the program that is started.
func peakRSS(pid int) (int64, error) { return memory(pid, "VmHWM:") }

// rss returns the memory that a process has in use now, in bytes.
func rss(pid int) (int64, error) { return memory(pid, "VmRSS:") }

// memory reads a field of what the kernel tells of a process.
func memory(pid int, field string) (int64, error) {
	file, err := os.Open(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if rest, ok := strings.CutPrefix(lines.Text(), field); ok {
			kilobytes, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
			return kilobytes << 10, err
		}
	}
	return 0, fmt.Errorf("memory of the server: no %s in %s", field, file.Name())
}

// Pin keeps this process on one CPU, where there are two or more, and leaves
// another one to the servers. The error is the system's; all is as before then.
func Pin() (Placement, error) {
	all, err := cpus.Allowed()
	if err != nil {
		return Placement{}, fmt.Errorf("pinning: %w", err)
	}
	if len(all) < 2 {
		return unplaced("there is one CPU"), nil
	}
	own, other := all[0], all[len(all)-1]
	self := os.Getpid()
	if err := cpus.Confine(self, own); err != nil {
		return Placement{}, fmt.Errorf("pinning: %w", errors.Join(err, cpus.Confine(self, all...)))
	}
	// More would take turns on the one CPU.
	procs := runtime.GOMAXPROCS(1)
	return Placement{
		CPU: &other,
		how: fmt.Sprintf("load on CPU %d, servers on CPU %d (sched_setaffinity)", own, other),
		Undo: func() error {
			runtime.GOMAXPROCS(procs)
			return cpus.Confine(self, all...)
		},
	}, nil
}
