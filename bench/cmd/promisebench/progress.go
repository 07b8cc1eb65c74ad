package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"promisebench/bench"
)

// plainEvery is how often a line is printed where there is no terminal.
const plainEvery = 10 * time.Second

// progress shows how far a run has come: a bar on a terminal, a line now and
// then elsewhere. Failures and skips are printed as they come.
type progress struct {
	app  *app
	what string                   // is counted
	bar  *progressbar.ProgressBar // nil without a terminal
	last time.Time
}

func newProgress(a *app, what string, total int) *progress {
	p := &progress{app: a, what: what, last: a.now()}
	if f, ok := a.stderr.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		p.bar = progressbar.NewOptions(total,
			progressbar.OptionSetWriter(a.stderr),
			progressbar.OptionShowCount(),
			progressbar.OptionSetPredictTime(false), // bench.Progress has a better one
			progressbar.OptionSetElapsedTime(false),
			progressbar.OptionSetWidth(30),
			progressbar.OptionClearOnFinish(),
		)
	}
	return p
}

func (p *progress) show(now bench.Progress) {
	if now.Err != nil {
		p.tell("", now.Name, now.Err)
	}
	more := fmt.Sprintf("%6s left", now.Left.Round(time.Second))
	for _, v := range now.Values {
		if v.Unit == "RSS-bytes" { // of a soak test, whose point it is
			more += fmt.Sprintf(", %s: %.0f MB", now.Name, v.Value/1e6)
		}
	}
	p.set(now.Finished, now.Total, more)
}

// tell prints that something failed or was skipped, and on which side of a
// comparison.
func (p *progress) tell(side, name string, err error) {
	word := "FAIL"
	if errors.Is(err, errors.ErrUnsupported) {
		word = "SKIP"
	}
	if p.bar != nil {
		p.bar.Clear()
	}
	if side != "" {
		word += " " + side
	}
	fmt.Fprintf(p.app.stderr, "%s %s: %s\n", word, name, strings.TrimSpace(err.Error()))
}

// set says how many of all there are, and what more there is to say.
func (p *progress) set(finished, total int, more string) {
	if p.bar != nil {
		p.bar.ChangeMax(total)
		p.bar.Describe(more)
		p.bar.Set(finished)
		return
	}
	if at := p.app.now(); at.Sub(p.last) >= plainEvery {
		p.last = at
		fmt.Fprintf(p.app.stderr, "%d of %d %s, %s\n", finished, total, p.what, strings.TrimSpace(more))
	}
}

// end leaves the terminal as it was.
func (p *progress) end() {
	if p.bar != nil {
		p.bar.Clear()
	}
}
