//go:build !linux

package cpus

import (
	"errors"
	"fmt"
)

var errElsewhere = fmt.Errorf("CPUs of processes: %w on this system", errors.ErrUnsupported)

// Allowed would return the CPUs on which the calling thread may run.
func Allowed() ([]int, error) { return nil, errElsewhere }

// Confine would keep all threads of a process on some CPUs.
func Confine(int, ...int) error { return errElsewhere }

// ConfineThread would keep one thread on some CPUs.
func ConfineThread(int, ...int) error { return errElsewhere }
