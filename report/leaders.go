package report

import (
	"cmp"
	"fmt"
	"slices"
)

// This file finds out who is fastest, as far as the intervals can tell.

// A contender is one of several that did the same work.
type contender struct {
	name    string
	place   place
	seconds []float64
	time    summary
}

// A contest is contenders, fastest median first, and what can be told of them.
type contest struct {
	row        // what they did; of its style or engine, only what all share
	contenders []contender
	// first holds those that may be the fastest: one if the whole interval of
	// each ratio other/first lies above 1, and one more for each of which that
	// cannot be told.
	first []contender
	// lead is the time of the next that is surely slower over that of the first,
	// a ratio above 1; without a value if there is none.
	lead ratio
	next string
}

// judge sorts contenders and compares each with the fastest. Which median is
// lowest is found in the same samples, so with contenders that are equally fast
// the winner is luck, and then its interval holds 1.
func judge(row row, contenders []contender) contest {
	slices.SortStableFunc(contenders, func(a, b contender) int { return cmp.Compare(a.time.Center, b.time.Center) })
	c := contest{row: row, contenders: contenders, first: contenders[:1:1]}
	for _, other := range contenders[1:] {
		r := ratioOf(contenders[0].seconds, other.seconds)
		switch {
		case r.verdict() != slower:
			c.first = append(c.first, other)
		case c.next == "":
			c.lead, c.next = r, other.name
		}
	}
	return c
}

// contender returns what was measured at a place, if anything.
func (r *Results) contender(m *matrix, name string, p place) (contender, bool) {
	s := r.summary(m, p, "sec/op")
	return contender{name, p, m.samples(p, "sec/op"), s}, s.n > 0
}

// own returns the place of a workload in a style on an engine, in the await
// mode that the engine comes with; false if it was not measured so. Modes that
// skip ticks are not the same work, and emulated ones are not the engine's.
func (f figures) own(m *matrix, workload, label, style, engine string) (place, bool) {
	if _, forced := withoutForced(workload); forced {
		return place{}, false
	}
	modes := []string{optimized, legacy, ""}
	if known := f.modes(engine); len(known) > 0 && !hasNoAwait(style) && !transpiledAway(style) {
		modes = known[:1]
	}
	for _, mode := range modes {
		p := place{row{workload, label, style, mode}, engine}
		if len(measured(m.samples(p, "sec/op"))) == 0 {
			continue
		}
		if word := f.modeIs(engine, mode); !hasNoAwait(style) && (word == emulated || word == skipsTicks) {
			continue
		}
		return p, true
	}
	return place{}, false
}

// engineContests returns for each workload and style who of the engines is
// fastest, where there are at least two.
func (r *Results) engineContests(f figures) []contest {
	var list []contest
	for _, row := range withoutModes(f.m.rows) {
		var contenders []contender
		for _, e := range f.m.engines {
			if p, ok := f.own(f.m, row.workload, row.label, row.style, e); ok {
				if c, ok := r.contender(f.m, e, p); ok {
					contenders = append(contenders, c)
				}
			}
		}
		if len(contenders) > 1 {
			list = append(list, judge(row, contenders))
		}
	}
	return list
}

// A styleContest is a contest of styles on one engine.
type styleContest struct {
	contest
	engine string
}

// styleContests returns for each workload and engine which style is fastest.
func (r *Results) styleContests(f figures) []styleContest {
	var list []styleContest
	rows := withoutModes(f.m.rows)
	for group := range workloads(rows) {
		for _, e := range f.m.engines {
			var contenders []contender
			for _, row := range group {
				if p, ok := f.own(f.m, row.workload, row.label, row.style, e); ok {
					if c, ok := r.contender(f.m, row.style, p); ok {
						contenders = append(contenders, c)
					}
				}
			}
			if len(contenders) > 1 {
				list = append(list, styleContest{judge(row{workload: group[0].workload, label: group[0].label}, contenders), e})
			}
		}
	}
	return list
}

// withoutModes returns the rows without their await modes, each once.
func withoutModes(rows []row) []row {
	var list []row
	for _, row := range rows {
		row.await = ""
		if len(list) == 0 || list[len(list)-1] != row {
			list = append(list, row)
		}
	}
	return list
}

// names lists those that may be the fastest.
func (c contest) names() string {
	var names []string
	for _, contender := range c.first {
		names = append(names, clip(contender.name, 40))
	}
	return enumerate(names)
}

// cells returns what the tables say of a contest: the first, its time, and its lead.
func (r *Results) contestCells(c contest) []string {
	names, lead := c.names(), ""
	if len(c.first) > 1 {
		names += " (cannot be told apart)"
	}
	if c.next != "" {
		lead = c.lead.String()
	}
	return []string{names, c.contenders[0].time.String(), clip(c.next, 40), lead, fmt.Sprint(len(c.contenders))}
}

// leaderTable says which engine is fastest at what.
func (r *Results) leaderTable(m *matrix, contests []contest) Table {
	t := Table{
		Title:  "Fastest engine",
		Header: []string{"workload", "style", "fastest", "its time", "next", "next / fastest [95 %]", "engines"},
		Align:  []Align{Left, Left, Left, Right, Left, Right, Right},
		Key:    2,
		Notes: []string{"each engine with the await it comes with, none emulated; next: the fastest of those that are surely slower, " +
			"that is, whose ratio to the fastest has its whole 95 % interval above 1; the ratio is the median over " + r.pairs()},
	}
	for _, c := range contests {
		t.Rows = append(t.Rows, append([]string{c.label, clip(c.style, 40)}, r.contestCells(c)...))
	}
	t.Notes = append(t.Notes, notEmpty(m.unusedNote("sec/op", everywhere))...)
	return t
}

// styleTable says which style is fastest on which engine.
func (r *Results) styleTable(m *matrix, contests []styleContest) Table {
	t := Table{
		Title:  "Fastest style",
		Header: []string{"workload", "engine", "fastest", "its time", "next", "next / fastest [95 %]", "styles"},
		Align:  []Align{Left, Left, Left, Right, Left, Right, Right},
		Key:    2,
		Notes:  []string{"as above, for the styles of a workload on one engine"},
	}
	for _, c := range contests {
		t.Rows = append(t.Rows, append([]string{c.label, clip(c.engine, 40)}, r.contestCells(c.contest)...))
	}
	t.Notes = append(t.Notes, notEmpty(m.unusedNote("sec/op", everywhere))...)
	return t
}
