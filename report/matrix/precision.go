package matrix

import (
	"fmt"
	"math"
	"slices"

	"promisebench/report/dataset"
	"promisebench/report/document"
	"promisebench/report/stats"
	"promisebench/report/text"
	"promisebench/report/unit"
)

// precision is how well numbers are known.
type precision struct {
	few, many     int       // samples of a time
	unbounded     int       // times without an interval
	times, ratios []float64 // widths of intervals, sorted; see stats.Summary.Width
	at            string    // where the widest of times is
}

func (r *Room) precision() precision {
	p := precision{few: math.MaxInt}
	widest := 0.0
	for _, row := range r.matrix.Rows {
		for _, e := range r.matrix.Engines {
			s := r.matrix.Summary(dataset.Place{Row: row, Engine: e}, unit.Time)
			if s.N == 0 {
				continue
			}
			p.few, p.many = min(p.few, s.N), max(p.many, s.N)
			if !s.Bounded() {
				p.unbounded++
				continue
			}
			w := s.Width()
			if p.times = append(p.times, w); w > widest {
				widest, p.at = w, fmt.Sprintf("%s, %s, on %s", row.Label, text.Clip(row.Style, 40), text.Clip(e, 40))
			}
		}
	}
	for _, c := range r.modes.Comparisons {
		if c.Ratio.Bounded() {
			p.ratios = append(p.ratios, c.Ratio.Width())
		}
	}
	slices.Sort(p.times)
	slices.Sort(p.ratios)
	return p
}

// within returns the width that a share of sorted widths does not exceed.
func within(widths []float64, share float64) string {
	return "±" + text.Percent(widths[int(math.Ceil(share*float64(len(widths))))-1])
}

// trust says how far all this can be trusted.
func (r *Room) trust() document.Finding {
	f := document.Finding{Question: "How sure are we?", Chapter: "method", Link: "How this was measured"}
	p := r.precision()
	switch {
	case p.many == 0:
		f.Answer = "There are no times."
	case len(p.times) == 0:
		f.Answer = fmt.Sprintf("Not at all: an interval needs %d samples, and no time has as many.", stats.MinBounded)
	default:
		f.Answer = fmt.Sprintf("Half of the times are known to %s or better, the worst to %s", within(p.times, 0.5), within(p.times, 1))
		f.Answer += text.InParentheses(p.at) + "."
		f.Hint = "±: to the farther end of the 95% interval."
	}
	if len(p.ratios) > 0 {
		f.Answer = fmt.Sprintf("Half of the ratios of await modes are known to %s or better, 95%% of them to %s. ", within(p.ratios, 0.5), within(p.ratios, 0.95)) + f.Answer
	}
	f.Details = append(f.Details, text.NotEmpty(r.goal(p), r.collector())...)
	if p.many > 0 {
		how := "; the results do not say that they were taken side by side, so drift of the machine may look like a difference."
		if r.results.Interleaved() {
			how = ", taken in rounds of random order, so that drift of the machine affects all alike."
		}
		f.Details = append(f.Details, text.Range(p.few, p.many)+" samples of each time"+how)
	}
	if n := p.unbounded; n > 0 {
		f.Details = append(f.Details, fmt.Sprintf("%s %s fewer than %d samples, so no interval.", text.Count(n, "time"), text.Verb(n, "has", "have"), stats.MinBounded))
	}
	f.Details = append(f.Details, r.doubts()...)
	return f
}

// goal says how many ratios are known as well as they were to be, if that was said.
func (r *Room) goal(p precision) string {
	var ratios, others float64
	said := r.results.Condition(dataset.Until)
	if n, err := fmt.Sscanf(said, "±%g%% (ratios), ±%g%% (others)", &ratios, &others); n < 2 || err != nil || len(p.ratios) == 0 {
		return ""
	}
	known := 0
	for _, w := range p.ratios {
		if w <= ratios/100 {
			known++
		}
	}
	if known == len(p.ratios) {
		return fmt.Sprintf("It was measured until all ratios were known to ±%g%%.", ratios)
	}
	return fmt.Sprintf("It was measured until ratios are known to ±%g%%, or time is up: %d of %d are. 'promisebench run --resume --budget 10m' goes on.", ratios, known, len(p.ratios))
}

// collector says what Go's collector of garbage adds to times, if that was measured.
func (r *Room) collector() string {
	var added []float64
	var engines []string
	for _, e := range r.matrix.Engines {
		before := len(added)
		for _, row := range r.matrix.Rows {
			p := dataset.Place{Row: row, Engine: e}
			with, without := r.matrix.Summary(p, unit.WithGC), r.matrix.Summary(p, unit.Time)
			if with.N > 0 && without.N > 0 {
				added = append(added, with.Center/without.Center-1)
			}
		}
		if len(added) > before {
			engines = append(engines, text.Clip(e, 40))
		}
	}
	if len(added) == 0 {
		return ""
	}
	slices.Sort(added)
	return fmt.Sprintf("Times and ratios of %s are without Go's garbage collector, whose work would blur them; it adds %s to %s, half of the times %s or more, and rankings are with it.",
		text.List(engines), text.Percent(added[0]), text.Percent(added[len(added)-1]), text.Percent(added[len(added)/2]))
}
