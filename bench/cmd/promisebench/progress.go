package main

import (
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
// then elsewhere. Failures and skips are told as they come.
type progress struct {
	app  *app
	bar  *progressbar.ProgressBar // nil without a terminal
	last time.Time
}

func newProgress(a *app, total int) *progress {
	p := &progress{app: a, last: a.now()}
	if f, ok := a.stderr.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		p.bar = progressbar.NewOptions(total,
			progressbar.OptionSetWriter(a.stderr),
			progressbar.OptionShowCount(),
			progressbar.OptionSetPredictTime(false), // Progress knows better
			progressbar.OptionSetElapsedTime(false),
			progressbar.OptionSetWidth(30),
			progressbar.OptionClearOnFinish(),
		)
	}
	return p
}

func (p *progress) show(now bench.Progress) {
	if err := now.Err; err != nil {
		word := "FAIL"
		if now.Skipped() {
			word = "SKIP"
		}
		if p.bar != nil {
			p.bar.Clear()
		}
		fmt.Fprintf(p.app.stderr, "%s %s: %s\n", word, now.Name, strings.TrimSpace(err.Error()))
	}
	left := now.Left.Round(time.Second)
	if p.bar != nil {
		p.bar.Describe(fmt.Sprintf("%6s left", left))
		p.bar.Set(now.Finished)
		return
	}
	if at := p.app.now(); at.Sub(p.last) >= plainEvery {
		p.last = at
		fmt.Fprintf(p.app.stderr, "%d of %d samples, %s left\n", now.Finished, now.Total, left)
	}
}

// end leaves the terminal as it was.
func (p *progress) end() {
	if p.bar != nil {
		p.bar.Clear()
	}
}
