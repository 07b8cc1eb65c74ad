// Package cpus says on which CPUs processes run. Only Linux can be told; elsewhere all
// errors wrap [errors.ErrUnsupported].
package cpus

import (
	"errors"
	"fmt"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// Allowed returns the CPUs on which the calling thread may run, in ascending order.
func Allowed() ([]int, error) {
	var set unix.CPUSet
	if err := unix.SchedGetaffinity(0, &set); err != nil {
		return nil, fmt.Errorf("CPUs of this process: %w", err)
	}
	var list []int
	for cpu := range 64 * len(set) {
		if set.IsSet(cpu) {
			list = append(list, cpu)
		}
	}
	return list, nil
}

// Confine keeps all threads of a process on some CPUs. Threads that come later have
// those of the one that starts them.
func Confine(pid int, to ...int) error {
	set := setOf(to)
	// Twice: one may have come between reading the list and its turn.
	for range 2 {
		threads, err := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
		if err != nil {
			return fmt.Errorf("CPUs of process %d: %w", pid, err)
		}
		for _, thread := range threads {
			id, err := strconv.Atoi(thread.Name())
			if err != nil {
				return fmt.Errorf("CPUs of process %d: thread %q: %w", pid, thread.Name(), err)
			}
			if err := confine(id, set); err != nil {
				return err
			}
		}
	}
	return nil
}

// ConfineThread keeps one thread on some CPUs. A process's main thread has its number,
// and 0 is the calling thread.
func ConfineThread(id int, to ...int) error { return confine(id, setOf(to)) }

// confine is no error if there is no such thread any more.
func confine(id int, set *unix.CPUSet) error {
	if err := unix.SchedSetaffinity(id, set); err != nil && !errors.Is(err, unix.ESRCH) {
		return fmt.Errorf("CPUs of thread %d: %w", id, err)
	}
	return nil
}

func setOf(cpus []int) *unix.CPUSet {
	var set unix.CPUSet
	for _, cpu := range cpus {
		set.Set(cpu)
	}
	return &set
}
