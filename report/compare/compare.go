// Package compare says whether head is slower than base: it pairs the benchmarks of
// two sets of results, has package gate decide about each of them in each metric,
// and reports the verdicts with what limits them.
//
// Results that were measured in pairs ('promisebench gate') are compared as pairs;
// any others get an allowance for what differs between two runs. What is on one side
// only, what failed and what is broken is never counted as a pass: it becomes a
// [Problem].
//
//	c, err := compare.New([]compare.Pair{{Base: base, Head: head}}, config)
//	...
//	err = c.Document().WriteHTML(page)
//	return c.Err()
package compare

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"promisebench/report/change"
	"promisebench/report/dataset"
	"promisebench/report/gate"
	"promisebench/report/text"
)

// A Comparison is what was found of head against base.
type Comparison struct {
	Rows []change.Row // by workload, style, await mode and engine
	// Problems are reasons why there can be no good news.
	Problems []Problem
	// skips are benchmarks that neither side can run, with the reason.
	skips []string
	// paired says that the results state that they were measured in pairs.
	paired bool
	// layouts is how many builds each side has, and stated whether the results say so.
	layouts int
	stated  bool
	Plan    gate.Plan

	pairs      []Pair
	config     gate.Config
	uncompared []string // warnings about benchmarks that have none of the metrics
}

// A Pair is two sets of results to be compared.
type Pair struct{ Base, Head *dataset.Results }

// A Side is one of the two.
type Side int

const (
	Base Side = iota // the baseline
	Head             // the candidate
)

// sides are both, in their order.
func sides() [2]Side { return [2]Side{Base, Head} }

// String returns "base" or "head".
func (s Side) String() string {
	if s == Base {
		return "base"
	}
	return "head"
}

// other is the other side.
func (s Side) other() Side { return Head - s }

// of returns the results of a side.
func (p Pair) of(s Side) *dataset.Results {
	if s == Base {
		return p.Base
	}
	return p.Head
}

// A Problem is something that keeps benchmarks from being compared, or what was
// compared from being all there is.
type Problem struct {
	kind kind
	Text string

	// What of one-sided problems there is, and where.
	name, unit string // no unit: none of them is on the other side
	has        Side
	at         dataset.Position
}

// A kind says what is to be done about a problem.
type kind int

const (
	failed   kind = iota // a benchmark failed, or its numbers can't be compared
	oneSided             // a benchmark or metric is on one side only
	broken               // an input is broken, not finished, or missing
)

// New compares base and head as a complete configuration says. Several pairs are the
// shards of one gate: all of them must be there, and share the family-wise error.
// Broken and unfinished results are compared as far as they go, and are a [Problem].
// It is an error if there is nothing to compare, or if base and head do not mean the
// same by a unit.
func New(pairs []Pair, config gate.Config) (*Comparison, error) {
	c := &Comparison{Plan: config.Plan(), config: config, pairs: pairs}
	for _, p := range pairs {
		for _, s := range sides() {
			c.addBroken(s, p.of(s))
		}
	}
	family, err := c.design()
	if err != nil {
		return nil, err
	}
	for _, p := range pairs {
		if err := c.addPair(p); err != nil {
			return nil, err
		}
	}
	if len(c.Rows) == 0 && len(c.Problems) == 0 {
		return nil, fmt.Errorf("nothing to compare: no benchmark has results on both sides in %s", strings.Join(config.Metrics, ", "))
	}
	// Shards deal a workload's benchmarks out.
	slices.SortStableFunc(c.Rows, func(a, b change.Row) int { return cmp.Compare(a.Workload, b.Workload) })
	rows := make([]gate.Row, len(c.Rows))
	for i, r := range c.Rows {
		rows[i] = r.Row
	}
	for i, d := range gate.Decide(rows, c.Plan, family) {
		c.Rows[i].Decision = d
	}
	return c, nil
}

func (c *Comparison) addProblem(kind kind, format string, args ...any) {
	c.Problems = append(c.Problems, Problem{kind: kind, Text: fmt.Sprintf(format, args...)})
}

// addBroken files what is wrong with the results of a side as a whole.
func (c *Comparison) addBroken(s Side, r *dataset.Results) {
	if problems := r.Problems(); len(problems) > 0 {
		more := ""
		if n := len(problems) - 1; n > 0 {
			more = fmt.Sprintf(" (and %d more)", n)
		}
		c.addProblem(broken, "%v: the results are broken: %v%s", s, problems[0], more)
	}
	if err := r.Unfinished(); err != nil {
		c.addProblem(broken, "%v: %v", s, err)
	}
}

// design checks that all pairs belong together, and finds out how they were measured
// and how many benchmarks share the error, which is 0 if they don't say it.
func (c *Comparison) design() (family int, err error) {
	first := c.pairs[0].Base.Condition
	paired := 0
	shards := make(map[string]bool)
	for _, p := range c.pairs {
		base, head := p.Base.Condition, p.Head.Condition
		if base(dataset.Rounds) != dataset.PairedRounds || head(dataset.Rounds) != dataset.PairedRounds ||
			base(dataset.Pairing) != head(dataset.Pairing) {
			continue
		}
		paired++
		for _, key := range []string{dataset.Pairs, dataset.Family} {
			if base(key) != first(key) || head(key) != base(key) {
				return 0, fmt.Errorf("these results are not of one gate: %s is %q and %q", key, text.Clip(first(key), 60), text.Clip(cmp.Or(head(key), base(key)), 60))
			}
		}
		if err := c.addLayouts(p); err != nil {
			return 0, err
		}
		shard := base(dataset.Shard)
		if shards[shard] {
			return 0, fmt.Errorf("shard %s is there twice", text.Clip(shard, 60))
		}
		shards[shard] = true
	}
	if c.paired = paired == len(c.pairs); !c.paired {
		if len(c.pairs) > 1 {
			return 0, errors.New("only results of 'promisebench gate' can be merged")
		}
		return 0, nil
	}
	if c.Plan.Pairs, err = strconv.Atoi(first(dataset.Pairs)); err != nil {
		return 0, fmt.Errorf("condition %s: %w", dataset.Pairs, err)
	}
	if family, err = strconv.Atoi(first(dataset.Family)); err != nil {
		return 0, fmt.Errorf("condition %s: %w", dataset.Family, err)
	}
	if err := c.addMissingShards(first(dataset.Shard), shards); err != nil {
		return 0, err
	}
	return family, c.Plan.Validate()
}

// addLayouts finds out how many builds each side has: the same number on both, in all
// shards.
func (c *Comparison) addLayouts(p Pair) error {
	for _, s := range sides() {
		n, stated, err := p.of(s).Layouts()
		switch {
		case err != nil:
			return err
		case c.layouts != 0 && n != c.layouts:
			return fmt.Errorf("these results are not of one gate: %s is %d and %d", dataset.Layouts, c.layouts, n)
		}
		c.layouts, c.stated = n, stated
	}
	return nil
}

// addMissingShards files those that are not there. One by itself has a verdict of
// its own.
func (c *Comparison) addMissingShards(first string, there map[string]bool) error {
	_, of, _ := strings.Cut(first, "/")
	n, err := strconv.Atoi(of)
	if err != nil || n < 1 || n > 10000 {
		return fmt.Errorf("condition %s is %q, want i/n", dataset.Shard, text.Clip(first, 60))
	}
	for i := 1; i <= n && len(c.pairs) > 1; i++ {
		if name := fmt.Sprintf("%d/%d", i, n); !there[name] {
			c.addProblem(broken, "shard %s is missing", name)
		}
	}
	return nil
}
