package versions

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"promisebench/bench"
	"promisebench/bench/gate"
	search "promisebench/report/bisect"
)

// Every says which of many versions are rungs.
type Every string

// What rungs may be.
const (
	Major Every = "major" // the newest one of each
	Minor Every = "minor"
	Patch Every = "patch" // all of them
	Month Every = "month" // the first commit of each
	Week  Every = "week"
	All   Every = "commit" // all of them
)

// Thin returns the points that are rungs, oldest first: by their names for releases, by
// their times for commits. Neither first nor last is left out.
func Thin(all []gate.Point, every Every) (list []gate.Point, err error) {
	key := func(p gate.Point) string { return p.Name }
	numbers := func(n int) func(gate.Point) string {
		return func(p gate.Point) string { return strings.Join(strings.Split(p.Name, ".")[:n], ".") }
	}
	commits := len(all) > 0 && !all[0].Time.IsZero()
	switch {
	case every == Major && !commits:
		key = numbers(1)
	case every == Minor && !commits:
		key = numbers(2)
	case every == Month && commits:
		key = func(p gate.Point) string { return p.Time.UTC().Format("2006-01") }
	case every == Week && commits:
		key = func(p gate.Point) string { year, week := p.Time.UTC().ISOWeek(); return fmt.Sprint(year, week) }
	case every == Patch && !commits, every == All && commits:
	case commits:
		return nil, fmt.Errorf("commits have no %s: there are month, week, commit", every)
	default:
		return nil, fmt.Errorf("releases have no %s: there are major, minor, patch", every)
	}
	for i, p := range all {
		first := i == 0 || key(all[i-1]) != key(p)
		last := i == len(all)-1 || key(all[i+1]) != key(p)
		if commits && first || !commits && last || i == 0 || i == len(all)-1 {
			list = append(list, p)
		}
	}
	return list, nil
}

// Only returns the points of which a name is the beginning, oldest first: 12.4 is the
// newest 12.4.x. It is an error if one is none's.
func Only(all []gate.Point, names []string) (list []gate.Point, err error) {
	chosen := map[int]bool{}
	for _, name := range names {
		newest := -1
		for i, p := range all {
			if strings.HasPrefix(p.Name+".", strings.TrimSuffix(name, ".")+".") || !p.Time.IsZero() && strings.HasPrefix(name, p.Name) {
				newest = i
			}
		}
		if newest < 0 {
			return nil, fmt.Errorf("%s is none of the versions from %s to %s", name, all[0].Text, all[len(all)-1].Text)
		}
		chosen[newest] = true
	}
	for i, p := range all {
		if chosen[i] {
			list = append(list, p)
		}
	}
	return list, nil
}

// Conditions returns what the text of a ladder begins with, from which package
// report/ladder makes its report: what it is of, the reference, and the versions in their
// order, with titles of commits.
func (l *Ladder) Conditions(what string) []bench.Condition {
	var names []string
	var titles []bench.Condition
	for _, p := range l.Points {
		names = append(names, p.Name)
		if p.Title != "" {
			titles = append(titles, bench.Condition{Key: "title-" + p.Name, Value: p.Title})
		}
	}
	return append([]bench.Condition{
		{Key: "ladder", Value: what},
		{Key: "reference", Value: l.Points[l.Reference].Name},
		{Key: "versions", Value: strings.Join(names, " ")},
	}, titles...)
}

// A Ladder measures many versions, each in pairs with one that is the same for all: so
// that rungs that were measured on different days share a chart.
type Ladder struct {
	*Bench
	// Reference is the point that all others are measured against.
	Reference int
	// Rounds is how many pairs each of them gets, and Budget how long that may take.
	Rounds int
	Budget time.Duration
	// Skipped are points that can't be measured.
	Skipped map[int]error
}

// Climb takes a pair of each version in turn, in random order, those first that have
// fewer, until all have as many as are wanted, time is up, or ctx ends. told, if not nil,
// is called after each pair with how many there are, and will be, and after a version was
// left out with the reason.
func (l *Ladder) Climb(ctx context.Context, told func(taken, all int, leftOut error)) error {
	l.Skipped = map[int]error{}
	// If the reference lacks something, no version is to blame.
	ends := search.Candidate{Old: 0, New: l.Reference}
	if l.Reference == 0 {
		ends.New = len(l.Points) - 1
	}
	builds, err := l.build(ctx, ends.Old, ends.New)
	if err == nil {
		_, err = l.benchmarks(ends, builds)
	}
	if err != nil {
		return fmt.Errorf("the reference, %s: %w", l.Points[l.Reference].Text, err)
	}
	start := time.Now()
	for round := range l.Rounds {
		for _, p := range l.Random.Perm(len(l.Points)) {
			if p == l.Reference || l.Skipped[p] != nil || l.pairs(p) > round {
				continue
			}
			if ctx.Err() != nil || time.Since(start) > l.Budget {
				return nil
			}
			if err := l.climb(ctx, p); err != nil {
				return err
			}
			if told != nil {
				told(l.allPairs(), l.Rounds*(len(l.Points)-1-len(l.Skipped)), l.Skipped[p])
			}
		}
	}
	return nil
}

// climb takes one pair of a version.
func (l *Ladder) climb(ctx context.Context, p int) error {
	c := search.Candidate{Old: min(p, l.Reference), New: max(p, l.Reference), Pairs: 1}
	taken, err := l.Measure(ctx, c)
	var skip search.Skip
	switch {
	case ctx.Err() != nil:
		return nil
	case errors.As(err, &skip) && skip.Point != l.Reference:
		l.Skipped[p] = skip.Err
		return l.Log.Record(bench.Record{Name: l.label(l.names[0], p), Err: skip.Err})
	case err != nil:
		return err
	}
	l.keep([2]int{c.Old, c.New}, taken.Logs)
	return nil
}

// keep adds pairs of two points.
func (b *Bench) keep(points [2]int, logs [][]float64) {
	if b.taken[points] == nil {
		b.taken[points] = make([][]float64, len(b.names))
	}
	for i, list := range logs {
		b.taken[points][i] = append(b.taken[points][i], list...)
	}
}

// pairs is how many pairs a version has, of the benchmark that has the fewest.
func (l *Ladder) pairs(p int) int {
	logs := l.taken[[2]int{min(p, l.Reference), max(p, l.Reference)}]
	if logs == nil {
		return 0
	}
	return len(slices.MinFunc(logs, func(a, b []float64) int { return len(a) - len(b) }))
}

// allPairs is how many pairs there are of all versions.
func (l *Ladder) allPairs() (n int) {
	for p := range l.Points {
		if p != l.Reference {
			n += min(l.Rounds, l.pairs(p))
		}
	}
	return n
}
