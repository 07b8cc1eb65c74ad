package history

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"promisebench/report/changepoint"
	"promisebench/report/dataset"
	"promisebench/report/text"
)

// A direction is what a change means.
type direction int

const (
	worse direction = iota
	better
	// shapeOnly says that the median is not what changed, as far as its interval
	// tells.
	shapeOnly
)

// String returns what tables say.
func (d direction) String() string {
	return [...]string{"worse", "better", "variance or shape changed, median did not"}[d]
}

// A change is one with its series.
type change struct {
	*series
	changepoint.Change
}

// changes returns all changes, the latest first.
func (h *History) changes() []change {
	var list []change
	for _, s := range h.series {
		for _, c := range s.Changes {
			list = append(list, change{s, c})
		}
	}
	slices.SortStableFunc(list, func(a, b change) int {
		return b.runs[b.At].date.Compare(a.runs[a.At].date)
	})
	return list
}

// direction says what the change means. The search sees variance and shape as well as
// the level: if the interval of the shift contains 0, or there is no shift, it is not
// the level that can be said to have changed.
func (c change) direction() direction {
	switch {
	case c.Shift == 0, c.Bounded() && c.Lo <= 0 && 0 <= c.Hi:
		return shapeOnly
	case c.Shift > 0 != c.higher():
		return worse
	}
	return better
}

// size says how large the change is, with its interval.
func (c change) size() string {
	if !c.Bounded() {
		return text.Change(math.Exp(c.Shift)) + " (too few runs for an interval)"
	}
	return text.Interval(text.Change, math.Exp(c.Shift), math.Exp(c.Lo), math.Exp(c.Hi))
}

// where says between which runs the change is.
func (c change) where() string { return c.between(c.before(c.At), c.At) }

// set says in which range of runs the change is with 95% confidence.
func (c change) set() string {
	if c.From == c.To {
		return "only there"
	}
	return c.between(c.before(c.From), c.To)
}

func (s *series) between(from, to int) string {
	return s.runs[from].when() + " → " + s.runs[to].when()
}

// nothingElse says that conditions do not tell a cause.
const nothingElse = "nothing recorded"

// causes says what else changed there, of what a history is about.
func (c change) causes() string {
	here := c.differs(c.before(c.At), c.At)
	if c.From < c.To {
		if around := c.differs(c.before(c.From), c.To); around != here {
			return fmt.Sprintf("%s; within the 95%% set: %s", cmp.Or(here, nothingElse), cmp.Or(around, "nothing overall"))
		}
	}
	return cmp.Or(here, nothingElse)
}

// differs says in what two runs differ, of what a history is about; "" if in nothing.
func (s *series) differs(before, after int) string {
	old, new := s.runs[before].known, s.runs[after].known
	keys := maps.Clone(old)
	if keys == nil {
		keys = make(map[string]string)
	}
	maps.Copy(keys, new) // also those that are in one only
	engine := dataset.EnginePrefix + s.Engine
	var said []string
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		name := text.Clip(key, 40)
		of, isEngine := strings.CutPrefix(key, dataset.EnginePrefix)
		switch {
		case dataset.RoleOf(key) != dataset.Subject || old[key] == new[key]:
			continue
		case isEngine && key != engine && s.Engine != "":
			continue
		case key == dataset.Side && old[engine] != new[engine]: // said by the engine's version
			continue
		case isEngine:
			name = text.Clip(of, 40)
		case key == "go": // whose versions say it
			said = append(said, fmt.Sprintf("%s → %s", versionText(old[key]), versionText(new[key])))
			continue
		case key == dataset.Commit:
			name = "promisebench"
		}
		said = append(said, fmt.Sprintf("%s %s → %s", name, versionText(old[key]), versionText(new[key])))
	}
	return strings.Join(said, "; ")
}
