package count

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
)

// An Event is what the kernel counts, as perf_event_open(2) numbers it.
type Event struct{ Type, Config uint32 }

// Instructions are those that the processor has executed (retired):
// PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS.
var Instructions = Event{0, 1}

// Main runs a program, args[1:], counts its instructions with the processor's
// counters, and writes their number to the file args[0], or why there is none. The
// program has this one's input and output, and signals are passed on to it. Main
// exits with its exit status, or as shells do with 128 and the number of the signal
// that killed it; with an error on standard error if it can't count.
func Main(args []string) { mainOf(Instructions, args) }

// mainOf is [Main] for any event.
func mainOf(e Event, args []string) {
	status, err := execute(e, args)
	if err != nil {
		fmt.Fprintln(os.Stderr, "count:", err)
		status = max(1, status)
	}
	os.Exit(status)
}

// written is the text that Main writes.
func written(n uint64) string { return fmt.Sprintf("count: %d\n", n) }

// readCount reads it.
func readCount(text string) (float64, error) {
	digits, ok := strings.CutPrefix(strings.TrimSpace(text), "count: ")
	if !ok {
		return 0, fmt.Errorf("no count: %w", io.ErrUnexpectedEOF)
	}
	return strconv.ParseFloat(digits, 64)
}
