package gate

import (
	"fmt"
	"io"
	"time"

	"gonum.org/v1/gonum/stat/distuv"
)

// A Trial is what one run of a gate came to.
type Trial struct {
	Verdicts []string // of its benchmarks
	Broken   bool     // whether something could not be compared
}

// A Calibration counts the verdicts of gates whose right answer is known: the
// same on both sides, or a known slowdown of head.
type Calibration struct {
	// Verdicts are all that there are, in the order to print. Alarm is the one
	// that a slower head gets.
	Verdicts []string
	Alarm    string
	// Injected is the slowdown of head, in words, and empty if there is none.
	Injected string

	// Trials were run, in Alarms of which there was an alarm. Broken were broken.
	Trials, Alarms, Broken int

	benchmarks int
	count      map[string]int // of benchmarks, by verdict
}

// Add counts a trial.
func (c *Calibration) Add(t Trial) {
	if c.count == nil {
		c.count = map[string]int{}
	}
	alarm := false
	for _, v := range t.Verdicts {
		c.benchmarks++
		c.count[v]++
		alarm = alarm || v == c.Alarm
	}
	c.Trials++
	if alarm {
		c.Alarms++
	}
	if t.Broken {
		c.Broken++
	}
}

// Write writes the rates. The trials took the given time together.
func (c *Calibration) Write(w io.Writer, took time.Duration) error {
	what := "false alarms (gate runs that called something regressed, with the same on both sides)"
	if c.Injected != "" {
		what = fmt.Sprintf("gate runs that found the %s that head was slowed down by", c.Injected)
	}
	text := fmt.Sprintf("%s: %s\n", what, rate(c.Alarms, c.Trials))
	if c.Injected != "" {
		text += fmt.Sprintf("benchmarks in which it was found: %s\n", rate(c.count[c.Alarm], c.benchmarks))
	}
	for _, v := range c.Verdicts {
		text += fmt.Sprintf("  %-9s  %4d of %d benchmarks\n", v, c.count[v], c.benchmarks)
	}
	each := took / time.Duration(max(1, c.benchmarks))
	_, err := fmt.Fprintf(w, "%s%v for each benchmark\n", text, each.Round(100*time.Millisecond))
	return err
}

// rate writes a proportion with its 95% interval (C. J. Clopper and E. S.
// Pearson, "The use of confidence or fiducial limits illustrated in the case of
// the binomial", Biometrika 26, 1934).
func rate(k, n int) string {
	lo, hi := 0.0, 1.0
	if k > 0 {
		lo = distuv.Beta{Alpha: float64(k), Beta: float64(n - k + 1)}.Quantile(0.025)
	}
	if k < n {
		hi = distuv.Beta{Alpha: float64(k + 1), Beta: float64(n - k)}.Quantile(0.975)
	}
	return fmt.Sprintf("%d of %d (95%% interval %.1f%% to %.1f%%)", k, n, 100*lo, 100*hi)
}
