package bench

import (
	"testing"
	"time"
)

// A batch is as long as it should be, and never too short for the clock: not even where
// operations take a hundred times as long in larger batches than in small ones.
func TestBatchSize(t *testing.T) {
	for _, test := range []struct {
		name   string
		speeds []speed
		want   int
	}{
		{"by time", []speed{{10 * time.Microsecond, 10 * time.Microsecond, time.Millisecond}}, 2000},
		{"a coarse clock", []speed{{10 * time.Microsecond, 8 * time.Microsecond, 40 * time.Millisecond}}, 5000},
		{"slow in large batches", []speed{{260 * time.Microsecond, 1600 * time.Nanosecond, 1600 * time.Microsecond}}, 1000},
		{"the slower of two", []speed{{10 * time.Microsecond, 10 * time.Microsecond, 0}, {40 * time.Microsecond, 40 * time.Microsecond, 0}}, 500},
		{"a window", []speed{{time.Millisecond, time.Millisecond, 0}}, 100},
	} {
		m := &Meter{Time: 20 * time.Millisecond}
		if got := m.batchSize(100, 1, test.speeds); got.Ops != test.want {
			t.Errorf("%s: %d operations, want %d", test.name, got.Ops, test.want)
		}
	}
}
