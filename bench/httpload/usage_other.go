//go:build unix && !linux

package httpload

import (
	"errors"
	"fmt"
	"time"
)

// cpuTime is not available of a running child here.
func cpuTime(int) (time.Duration, error) { return 0, errors.ErrUnsupported }

// peakRSS is not available of a running child here.
func peakRSS(int) (int64, error) { return 0, errors.ErrUnsupported }

// rss is not available of a running child here.
func rss(int) (int64, error) {
	return 0, fmt.Errorf("memory of a running server: %w", errors.ErrUnsupported)
}

// Pin leaves the placing of processes to the system, which has no call for it.
func Pin() (Placement, error) { return unplaced("not on this system"), nil }
