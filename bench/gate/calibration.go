package gate

import (
	"fmt"
	"io"
	"maps"
	"strings"
	"time"

	"gonum.org/v1/gonum/stat/distuv"
)

// A Trial is what one run of a gate came to.
type Trial struct {
	Rows   []Judged
	Broken bool // whether something could not be compared
}

// Judged is a benchmark in one metric, with what the gate said.
type Judged struct{ Name, Unit, Verdict string }

// A Calibration counts the verdicts of gates whose right answer is known: no change
// that runs, or a known slowdown of head.
type Calibration struct {
	// Verdicts are all that there are, in the order to print. Alarm is the one
	// that a slower head gets.
	Verdicts []string
	Alarm    string
	// Head is what head was, in words, such as "the same on both sides".
	Head string
	// Injected is the slowdown of head, in words, and empty if there is none.
	Injected string

	// Trials were run, in Alarms of which there was an alarm. Broken were broken.
	Trials, Alarms, Broken int

	benchmarks, found int // of all trials; found ones have an alarm in some metric
	units             []string
	count             map[string]map[string]int // of benchmarks, by metric and verdict
}

// Add counts a trial.
func (c *Calibration) Add(t Trial) {
	if c.count == nil {
		c.count = map[string]map[string]int{}
	}
	alarms := map[string]bool{} // by benchmark
	for _, r := range t.Rows {
		if c.count[r.Unit] == nil {
			c.count[r.Unit] = map[string]int{}
			c.units = append(c.units, r.Unit)
		}
		c.count[r.Unit][r.Verdict]++
		alarms[r.Name] = alarms[r.Name] || r.Verdict == c.Alarm
	}
	c.benchmarks += len(alarms)
	maps.DeleteFunc(alarms, func(_ string, alarm bool) bool { return !alarm })
	c.found += len(alarms)
	c.Trials++
	if len(alarms) > 0 {
		c.Alarms++
	}
	if t.Broken {
		c.Broken++
	}
}

// Write writes the rates. The trials took so long together.
func (c *Calibration) Write(w io.Writer, took Spent) error {
	var text strings.Builder
	if c.Injected == "" {
		fmt.Fprintf(&text, "false alarms (gate runs that called something regressed, with %s): %s\n", c.Head, rate(c.Alarms, c.Trials))
	} else {
		fmt.Fprintf(&text, "gate runs that found the %s that head was slowed down by, with %s: %s\n", c.Injected, c.Head, rate(c.Alarms, c.Trials))
		fmt.Fprintf(&text, "benchmarks in which it was found: %s\n", rate(c.found, c.benchmarks))
	}
	for _, unit := range c.units {
		var parts []string
		total := 0
		for _, v := range c.Verdicts {
			if n := c.count[unit][v]; n > 0 {
				parts = append(parts, fmt.Sprintf("%d %s", n, v))
				total += n
			}
		}
		fmt.Fprintf(&text, "  %-15s  %s of %d benchmarks\n", unit, strings.Join(parts, ", "), total)
	}
	each := func(d time.Duration) time.Duration {
		return (d / time.Duration(max(1, c.benchmarks))).Round(100 * time.Millisecond)
	}
	fmt.Fprintf(&text, "%v for each benchmark: %v linking, %v counting instructions, %v measuring\n",
		each(took.All()), each(took.Linking), each(took.Counting), each(took.Measuring))
	_, err := io.WriteString(w, text.String())
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
