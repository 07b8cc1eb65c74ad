//go:build unix && !linux

package httpload

import (
	"errors"
	"fmt"
	"time"
)

// cpuTime can't be had of a running child here.
func cpuTime(int) (time.Duration, error) { return 0, errors.ErrUnsupported }

// peakRSS can't be had of a running child here.
func peakRSS(int) (int64, error) { return 0, errors.ErrUnsupported }

// rss can't be had of a running child here.
func rss(int) (int64, error) {
	return 0, fmt.Errorf("memory of a running server: %w", errors.ErrUnsupported)
}

// Pin leaves the placing of processes to the system, which has no call for it.
func Pin() (cpu *int, how string, undo func() error, err error) {
	return nil, "none: not on this system", func() error { return nil }, nil
}
