// Package progress shows how far a run has come: a bar on a terminal, a line now and
// then elsewhere.
package progress

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"promisebench/bench/plan"
)

// plainEvery is how often a line is printed where there is no terminal.
const plainEvery = 10 * time.Second

// A Line is the progress of one run. Failures and skips are printed as they come. It
// is not safe for concurrent use.
type Line struct {
	w    io.Writer
	now  func() time.Time
	what string                   // is counted
	bar  *progressbar.ProgressBar // nil without a terminal
	last time.Time
}

// New returns the line of a run that counts so many of something, in the plural. It
// writes to w, standard error in most cases, by a clock.
func New(w io.Writer, now func() time.Time, what string, total int) *Line {
	l := &Line{w: w, now: now, what: what, last: now()}
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		l.bar = progressbar.NewOptions(total,
			progressbar.OptionSetWriter(w),
			progressbar.OptionShowCount(),
			progressbar.OptionSetPredictTime(false), // plan.Progress has a better one
			progressbar.OptionSetElapsedTime(false),
			progressbar.OptionSetWidth(30),
			progressbar.OptionClearOnFinish(),
		)
	}
	return l
}

// Show says what is known after a sample.
func (l *Line) Show(now plan.Progress) {
	if now.Err != nil {
		l.Tell("", now.Name, now.Err)
	}
	more := fmt.Sprintf("about %s left", now.Left.Round(time.Second))
	if now.Goal == nil {
		more = fmt.Sprintf("%6s left", now.Left.Round(time.Second))
	}
	for _, v := range now.Values {
		if v.Unit == "RSS-bytes" { // of a soak test, whose point it is
			more += fmt.Sprintf(", %s: %.0f MB", now.Name, v.Value/1e6)
		}
	}
	l.Set(now.Finished, now.Total, more)
}

// Tell prints that something failed or was skipped, and on which side of a
// comparison.
func (l *Line) Tell(side, name string, err error) {
	word := "FAIL"
	if errors.Is(err, errors.ErrUnsupported) {
		word = "SKIP"
	}
	if l.bar != nil {
		l.bar.Clear()
	}
	if side != "" {
		word += " " + side
	}
	fmt.Fprintf(l.w, "%s %s: %s\n", word, name, strings.TrimSpace(err.Error()))
}

// Set says how many of all there are, and what more there is to say.
func (l *Line) Set(finished, total int, more string) {
	if l.bar != nil {
		l.bar.ChangeMax(total)
		l.bar.Describe(more)
		l.bar.Set(finished)
		return
	}
	if at := l.now(); at.Sub(l.last) >= plainEvery {
		l.last = at
		fmt.Fprintf(l.w, "%d of %d %s, %s\n", finished, total, l.what, strings.TrimSpace(more))
	}
}

// End leaves the terminal as it was.
func (l *Line) End() {
	if l.bar != nil {
		l.bar.Clear()
	}
}
