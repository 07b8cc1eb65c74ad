package gate

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A Config says what is compared and what change matters, as it stands in a
// configuration file under the key "gate". The zero value of a field means its
// default.
type Config struct {
	// Alpha, Confidence and Pairs are as in [Plan].
	Alpha      Percent `json:"alpha"`
	Confidence Percent `json:"confidence"`
	Pairs      int     `json:"pairs"`
	// Metrics are the units that are compared; others are left alone.
	Metrics []string `json:"metrics"`
	// Undecided is [Fail], [Pass] or [ByExact]: how inconclusive benchmarks count.
	Undecided string `json:"undecided"`
	// Settings say what change matters, for all benchmarks and metrics.
	Settings
	// Rules are exceptions, of which all that match apply, in their order.
	Rules []Rule `json:"rules"`
}

// Settings are those of [Rules] that a user may give. Nil is not given. Their keys
// in files are older than their names.
type Settings struct {
	MinEffect   *Percent `json:"threshold"`
	Equivalence *Percent `json:"bound"`
	Allowance   *Percent `json:"allowance"`
	Tolerance   *Percent `json:"tolerance"`
}

// A Rule applies to some benchmarks and metrics.
type Rule struct {
	// Match is a regular expression for names, without "Benchmark"; empty
	// matches all.
	Match string `json:"match"`
	// Metric is a unit; empty matches all.
	Metric string `json:"metric"`
	// Ignore takes what matches out of the comparison.
	Ignore bool `json:"ignore"`
	Settings

	match *regexp.Regexp
	used  bool
}

// The defaults.
const (
	DefaultAlpha       = 0.01
	DefaultConfidence  = 0.95
	DefaultPairs       = 56
	DefaultLayoutPairs = 28 // where each pair has a layout of its own
	DefaultMinEffect   = 0.005
	DefaultEquivalence = 0.01
	// DefaultAllowance is for samples that were not taken in pairs: the results
	// of two identical processes have been seen to differ by 6%, and no
	// number of samples from one of them shows it.
	DefaultAllowance = 0.06
	// DefaultLayoutEquivalence is the equivalence margin of times across random
	// layouts: what so many pairs of layouts can tell where these have a standard
	// deviation of 3%, as on the recorded machine.
	DefaultLayoutEquivalence = 0.03
	// DefaultTolerance is for allocations, which the runtime adds a few to. Ticks
	// have none.
	DefaultTolerance = 0.0002
	// DefaultBytesTolerance is for bytes: V8 counts by allocation buffers, and one more
	// or less in a batch is below this.
	DefaultBytesTolerance = 0.001
	// DefaultInstructionTolerance is for executed instructions, which layouts and
	// hashing change a little: 96 means of three counts of code that does the same
	// were up to 0.14% off (results/2026-11-21-gate-neutral).
	DefaultInstructionTolerance = 0.003
)

// Values of [Config.Undecided].
const (
	Fail = "fail" // any inconclusive row fails the gate
	Pass = "pass" // none does
	// ByExact, the default, lets an inconclusive time pass where the same benchmark's
	// executed instructions are decided and not more. Any other inconclusive row fails.
	ByExact = "exact"
)

// defaultMetrics are compared if nothing else is said.
func defaultMetrics() []string {
	return []string{"sec/op", "instructions/op", "ticks/op", "allocs/op", "B/op", "req/s"}
}

// A Percent is a part of something. In files and flags it is written as "1%" or
// 0.01.
type Percent float64

// UnmarshalText implements [encoding.TextUnmarshaler].
func (p *Percent) UnmarshalText(text []byte) error {
	number, percent := strings.CutSuffix(strings.TrimSpace(string(text)), "%")
	v, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if percent {
		v /= 100
	}
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) || v < 0 {
		return fmt.Errorf("%q: want a percentage such as 1%% or 0.01", text)
	}
	*p = Percent(v)
	return nil
}

// UnmarshalJSON implements [json.Unmarshaler] for numbers as well.
func (p *Percent) UnmarshalJSON(text []byte) error {
	return p.UnmarshalText(bytes.Trim(text, `"`))
}

// String returns it as a percentage, such as "0.5%".
func (p Percent) String() string {
	return strconv.FormatFloat(100*float64(p), 'g', 4, 64) + "%"
}

// ReadConfig reads the member "gate" of a configuration file in JSON. A key that
// it does not know and a broken regular expression are errors with their line.
func ReadConfig(in io.Reader) (Config, error) {
	var c Config
	text, err := io.ReadAll(in)
	if err != nil {
		return c, err
	}
	var file struct {
		Gate json.RawMessage `json:"gate"`
	}
	if err := json.Unmarshal(text, &file); err != nil {
		return c, at(text, 0, err)
	}
	if file.Gate == nil {
		return c, nil
	}
	start := bytes.Index(text, file.Gate)
	decoder := json.NewDecoder(bytes.NewReader(file.Gate))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&c); err != nil {
		return c, at(text, start, err)
	}
	for _, r := range c.Rules {
		if _, err := regexp.Compile(r.Match); err != nil {
			quoted, _ := json.Marshal(r.Match)
			return c, at(text, max(0, bytes.Index(text, quoted)), err)
		}
	}
	return c, nil
}

// at puts the line before an error about the part of text that begins at offset.
func at(text []byte, offset int, err error) error {
	var syntax *json.SyntaxError
	var mistyped *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		offset += int(syntax.Offset)
	case errors.As(err, &mistyped):
		offset += int(mistyped.Offset)
	default:
		// The decoder tells no place of an unknown key, but names it.
		if _, key, ok := strings.Cut(err.Error(), "unknown field "); ok {
			offset += max(0, bytes.Index(text[offset:], []byte(key)))
		}
	}
	line := 1 + bytes.Count(text[:min(offset, len(text))], []byte("\n"))
	return fmt.Errorf("line %d: %w", line, err)
}

// Complete returns c with the defaults in the place of what is not given, or an error
// that says what is wrong with it.
func (c Config) Complete() (Config, error) {
	or := func(p *Percent, value float64) {
		if *p == 0 {
			*p = Percent(value)
		}
	}
	or(&c.Alpha, DefaultAlpha)
	or(&c.Confidence, DefaultConfidence)
	if c.Pairs == 0 {
		c.Pairs = DefaultPairs
	}
	if len(c.Metrics) == 0 {
		c.Metrics = defaultMetrics()
	}
	if c.Undecided == "" {
		c.Undecided = ByExact
	}
	if !slices.Contains([]string{Fail, Pass, ByExact}, c.Undecided) {
		return c, fmt.Errorf("undecided: %q, want fail, pass or exact", c.Undecided)
	}
	c.Rules = slices.Clone(c.Rules)
	for i := range c.Rules {
		r := &c.Rules[i]
		var err error
		if r.match, err = regexp.Compile(r.Match); err != nil {
			return c, fmt.Errorf("rule %d: %w", i+1, err)
		}
		if r.Metric != "" && !slices.Contains(c.Metrics, r.Metric) {
			return c, fmt.Errorf("rule %d: the metric %q is not compared: there are %s", i+1, r.Metric, strings.Join(c.Metrics, ", "))
		}
	}
	return c, c.Plan().Validate()
}

// Plan is the part of c that says how the error is spent. It is valid if c is complete.
func (c Config) Plan() Plan {
	return Plan{float64(c.Alpha), float64(c.Confidence), c.Pairs}
}

// For returns the rules for a benchmark in a metric, and false if it is to be
// ignored. The defaults are those for the kind of comparison and the number of layouts
// a side.
func (c Config) For(name, metric string, kind Kind, layouts int) (Rules, bool) {
	rules := Rules{MinEffect: DefaultMinEffect, Equivalence: DefaultEquivalence}
	switch {
	case kind == Paired && layouts > 1:
		rules.Equivalence = DefaultLayoutEquivalence
	case kind == Unpaired:
		rules.Allowance = DefaultAllowance
	case kind == Counted:
		rules.Tolerance = DefaultInstructionTolerance
	case kind == Exact && metric == "B/op":
		rules.Tolerance = DefaultBytesTolerance
	case kind == Exact && metric != "ticks/op":
		rules.Tolerance = DefaultTolerance
	}
	c.Settings.apply(&rules)
	compared := true
	for i := range c.Rules {
		r := &c.Rules[i]
		if (r.Metric == "" || r.Metric == metric) && r.match.MatchString(name) {
			r.used = true
			r.Settings.apply(&rules)
			compared = compared && !r.Ignore
		}
	}
	if kind == Paired {
		rules.Allowance = 0 // pairs need none
	}
	return rules, compared
}

// apply puts what is given into rules.
func (s Settings) apply(rules *Rules) {
	for _, f := range []struct {
		given *Percent
		to    *float64
	}{{s.MinEffect, &rules.MinEffect}, {s.Equivalence, &rules.Equivalence}, {s.Allowance, &rules.Allowance}, {s.Tolerance, &rules.Tolerance}} {
		if f.given != nil {
			*f.to = float64(*f.given)
		}
	}
}

// Unused returns an error if a rule has matched nothing so far: it is a typing
// error more often than not, and then a margin that somebody relies on.
func (c Config) Unused() error {
	for i, r := range c.Rules {
		if !r.used {
			return fmt.Errorf("rule %d (match %q, metric %q) matches none of the benchmarks", i+1, r.Match, r.Metric)
		}
	}
	return nil
}
