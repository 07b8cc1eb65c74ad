package report

import (
	"cmp"
	"fmt"
	"iter"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A Chart is a picture of some of the results.
type Chart struct {
	ID          string // [a-z0-9-]+, unique among the charts, fit for a file name
	Title       string
	Description string // what is to be seen, in words and numbers

	subtitle string
	about    topic
	body     body
	caption  string
}

// A topic is what charts that stand together are about.
type topic int

const (
	topicTimes   topic = iota // of one workload
	topicAwait                // await modes over all workloads
	topicServers              // HTTP
)

// withTopic returns the charts of a topic.
func withTopic(charts []Chart, t topic) []Chart {
	return slices.DeleteFunc(slices.Clone(charts), func(c Chart) bool { return c.about != t })
}

// A body is what stands in a chart between its legend and its caption. It is
// laid out over the chart's whole width.
type body interface {
	// fitting returns what of the body can be shown, and says what cannot.
	fitting() (shown body, omitted string)
	// looks returns the looks that occur, in any order, each once.
	looks() []look
	// key draws what a look is like, between x and x+14 around the height y.
	key(c draw.Canvas, l look, x, y vg.Length)
	// height is the room that draw needs below top.
	height() vg.Length
	draw(c draw.Canvas, top vg.Length)
}

// A rowsBody is rows of marks above an axis.
type rowsBody struct {
	groups []group
	axis   axis
}

// A group is rows under a heading.
type group struct {
	title string
	rows  []chartRow
}

// A chartRow is a label and its marks, one below the other.
type chartRow struct {
	label string
	marks []mark
}

// A mark is one value in a chart. Without a value (n = 0) only its text stands
// there, to say why.
type mark struct {
	look look
	summary
	text    string  // in the column at the right
	article float64 // the article's value, a mark beside this one; 0: none
}

// An axis of a chart.
type axis struct {
	label    string
	log      bool
	min, max float64
	tick     func(float64) string // a tick's label
	scale    float64              // linear ticks are at round multiples of this
	ticks    []float64            // where ticks are, if not at round values
	line     float64              // a line to compare with, if not 0
	band     *[2]float64          // a range to compare with
}

// maxRows is the most rows of a chart. Beyond it a picture is no help, and
// names from a stranger's file must not make one a kilometre high.
const maxRows = 400

// Charts returns the charts: what the await optimization changes, if it was
// measured, the times of each workload, and the servers.
func (r *Results) Charts() []Chart {
	m := r.matrix()
	var charts []Chart
	if c, ok := r.ratioChart(m); ok {
		charts = append(charts, c)
	}
	for rows := range workloads(m.rows) {
		if c, ok := r.timeChart(m, rows); ok {
			charts = append(charts, c)
		}
	}
	charts = append(charts, figures{Results: r, m: m}.serverCharts()...)
	uniqueIDs(charts)
	return charts
}

// workloads yields the rows of each workload.
func workloads(rows []row) iter.Seq[[]row] {
	return func(yield func([]row) bool) {
		for len(rows) > 0 {
			end := slices.IndexFunc(rows, func(r row) bool { return r.workload != rows[0].workload })
			if end < 0 {
				end = len(rows)
			}
			if !yield(rows[:end]) {
				return
			}
			rows = rows[end:]
		}
	}
}

// timeChart shows the times of one workload, given its rows: a group for each
// style, a row for each engine, and in it the await modes one below the other.
func (r *Results) timeChart(m *matrix, rows []row) (Chart, bool) {
	label, workload := rows[0].label, rows[0].workload
	c := Chart{
		ID:       "time-" + slug(label),
		Title:    label + ": time per operation",
		subtitle: "lower is better",
	}
	var body rowsBody
	var said []string
	var shown []summary
	for len(rows) > 0 {
		modes := 1
		for modes < len(rows) && rows[modes].style == rows[0].style {
			modes++
		}
		g := group{title: clip(rows[0].style, 60)}
		for _, engine := range m.engines {
			cr := chartRow{label: clip(engine, 60)}
			for _, row := range rows[:modes] {
				p := place{row, engine}
				mk := mark{look: timeLook(row), summary: r.summary(m, p, "sec/op")}
				name := clip(row.style, 60) + ", " + cr.label
				if mk.look != lookNoAwait {
					name += ", " + clip(row.await, 40)
				}
				switch kind, ok := m.outcomes[p]; {
				case mk.n > 0:
					mk.text = mk.summary.String()
					if !mk.bounded() {
						mk.text = format(mk.Center, mk.unit)
					}
					shown = append(shown, mk.summary)
					said = append(said, name+" "+inWords(mk.summary))
				case ok:
					mk.text = kind.String()
					if mk.look != lookNoAwait {
						mk.text = clip(row.await, 12) + ": " + mk.text
					}
					said = append(said, name+" "+kind.String())
				default:
					continue
				}
				if mk.look == lookOtherMode && mk.n > 0 {
					mk.text = clip(row.await, 12) + ": " + mk.text
				}
				cr.marks = append(cr.marks, mk)
			}
			if len(cr.marks) > 0 {
				g.rows = append(g.rows, cr)
			}
		}
		if len(g.rows) > 0 {
			body.groups = append(body.groups, g)
		}
		rows = rows[modes:]
	}
	if len(shown) == 0 {
		return Chart{}, false
	}
	body.axis = timeAxis(shown)
	c.body = body
	c.Description = "Median time per operation, lower is better. " + sentences(said)
	ofThis := func(p place) bool { return p.workload == workload }
	c.caption = r.caption(m.engines, "median", shown, append(notEmpty(m.unusedNote("sec/op", ofThis)), r.modeTexts(m)...))
	return c, true
}

// timeLook says how the times of a row are drawn. A style without await gets
// its own look, so that nobody looks for its legacy mark.
func timeLook(row row) look {
	switch {
	case row.await == legacy:
		return lookLegacy
	case hasNoAwait(row.style) && (row.await == optimized || row.await == ""):
		return lookNoAwait
	case row.await == optimized:
		return lookOptimized
	}
	return lookOtherMode
}

// timeAxis fits an axis to times. Bars, which begin at zero, are shown if all
// of them can be told apart so; beyond a factor of ten the small ones cannot.
func timeAxis(shown []summary) axis {
	lo, hi := span(shown)
	if hi/lo >= 10 {
		a := logAxis(reach(shown, lo, hi))
		a.label = "time per operation (log scale)"
		a.tick = timeText
		return a
	}
	_, hi = reach(shown, lo, hi)
	scale, name := timeUnit(hi)
	return axis{
		label: "time per operation in " + name,
		max:   hi * 1.03,
		scale: scale,
		tick:  func(v float64) string { return number(v / scale) },
	}
}

// ratioChart shows the ratio of optimized to legacy wherever both were
// measured: a group for each workload, a row for each style and engine.
func (r *Results) ratioChart(m *matrix) (Chart, bool) {
	c := Chart{
		ID:       "await-optimization",
		Title:    "What the await optimization changes",
		subtitle: "time with optimized await / time with legacy await; lower is better, 1 = no difference",
		about:    topicAwait,
	}
	var body rowsBody
	var said []string
	var shown []summary
	workload := ""
	for _, cmp := range r.comparisons(m) {
		if cmp.ratio.n == 0 {
			continue
		}
		if len(body.groups) == 0 || cmp.workload != workload {
			workload = cmp.workload
			body.groups = append(body.groups, group{title: cmp.label})
		}
		mk := mark{summary: cmp.ratio.summary, text: cmp.ratio.String()}
		mk.look = [...]look{undecided: lookUndecided, faster: lookFaster, slower: lookSlower}[cmp.verdict()]
		g := &body.groups[len(body.groups)-1]
		label := clip(cmp.style, 60) + " · " + clip(cmp.engine, 60)
		g.rows = append(g.rows, chartRow{label, []mark{mk}})
		shown = append(shown, cmp.ratio.summary)
		words := "ratio " + threeDigits(cmp.ratio.Center) + ", too few samples for an interval"
		if cmp.ratio.bounded() {
			words = fmt.Sprintf("ratio %s (95 %% interval %s to %s)", threeDigits(cmp.ratio.Center),
				threeDigits(cmp.ratio.Lo), threeDigits(cmp.ratio.Hi))
		}
		said = append(said, fmt.Sprintf("%s, %s, %s %s", cmp.label, clip(cmp.style, 60), clip(cmp.engine, 60), words))
	}
	if len(shown) == 0 {
		return Chart{}, false
	}
	lo, hi := span(shown)
	lo, hi = min(lo, 1), max(hi, 1)
	if hi/lo >= 10 {
		body.axis = logAxis(reach(shown, lo, hi))
		body.axis.label = "ratio optimized / legacy (log scale)"
	} else {
		_, hi = reach(shown, lo, hi)
		body.axis = axis{label: "ratio optimized / legacy", max: max(hi*1.03, 1.1), scale: 1}
	}
	body.axis.tick = number
	body.axis.line = 1
	c.body = body
	c.Description = "Ratio of the time with optimized await to the time with legacy await; below 1, optimized is faster. " + sentences(said)
	c.caption = r.caption(m.engines, "median of the ratios of "+r.pairs(), shown, append(notEmpty(m.unusedNote("sec/op", inSomeMode)), r.modeTexts(m)...))
	return c, true
}

// span returns the smallest and largest value to be shown, ends of whiskers
// included.
func span(shown []summary) (lo, hi float64) {
	lo, hi = math.Inf(1), 0
	for _, s := range shown {
		lo, hi = min(lo, s.Center), max(hi, s.Center)
		if s.bounded() {
			lo, hi = min(lo, s.Lo), max(hi, s.Hi)
		}
	}
	return lo, hi
}

func logAxis(lo, hi float64) axis {
	room := math.Pow(hi/lo, 0.03)
	return axis{log: true, min: lo / room, max: hi * room}
}

// timeUnit returns the unit of time for values up to hi seconds.
func timeUnit(hi float64) (scale float64, name string) {
	switch {
	case hi >= 1:
		return 1, "s"
	case hi >= 1e-3:
		return 1e-3, "ms"
	case hi >= 1e-6:
		return 1e-6, "µs"
	}
	return 1e-9, "ns"
}

// timeText writes a round number of seconds, such as "20 µs".
func timeText(v float64) string {
	scale, name := timeUnit(v * 1.0001) // 1e-3 may come out as 0.00099999…
	return number(v/scale) + " " + name
}

// number writes a tick's value without the noise of binary fractions.
func number(v float64) string {
	return strconv.FormatFloat(v, 'g', 6, 64)
}

// inWords says a time and its interval.
func inWords(s summary) string {
	if !s.bounded() {
		return format(s.Center, s.unit)
	}
	return fmt.Sprintf("%s (95 %% interval %s to %s)", format(s.Center, s.unit), format(s.Lo, s.unit), format(s.Hi, s.unit))
}

// sentences joins what a chart says. A description is read aloud: 100 numbers
// are more than anybody listens to.
func sentences(said []string) string {
	more := ""
	if len(said) > 100 {
		more = fmt.Sprintf(" And %d more, in the tables.", len(said)-100)
		said = said[:100]
	}
	return strings.Join(said, "; ") + "." + more
}

// caption says under which conditions a chart's numbers were measured.
func (r *Results) caption(engines []string, center string, shown []summary, notes []string) string {
	few, many := math.MaxInt, 0
	bounded, unbounded := false, false
	for _, s := range shown {
		few, many = min(few, s.n), max(many, s.n)
		bounded = bounded || s.bounded()
		unbounded = unbounded || !s.bounded()
	}
	parts := []string{fmt.Sprintf("Mark: %s, n=%d", center, few)}
	if many > few {
		parts[0] += fmt.Sprintf(" to %d", many)
	}
	if bounded {
		parts = append(parts, "whiskers: 95 % interval of the median")
	}
	if unbounded {
		parts = append(parts, "no whiskers where n < 6: too few samples for an interval")
	}
	return strings.Join(slices.Concat(parts, notes, r.underWhich(engines)), " · ")
}

// underWhich lists the conditions and versions that captions tell.
func (r *Results) underWhich(engines []string) (parts []string) {
	for _, c := range []struct{ key, format string }{
		{"sample", "sample: %s"}, {"window", "window %s"}, {"closed-loop", "closed loop: %s"}, {"soak", "%s"}, {"pinning", "%s"}, {"cpu", "%s"}, {"cores", "%s cores"}, {"gomaxprocs", "GOMAXPROCS=%s"},
		{"gogc", "GOGC=%s"}, {"go", "%s"}, {"date", "%.10s"}, {"commit", "commit %.12s"},
	} {
		if v := r.known[c.key]; v != "" {
			parts = append(parts, fmt.Sprintf(c.format, clip(v, 60)))
		}
	}
	for _, e := range engines {
		if v := r.known["engine-"+e]; v != "" {
			parts = append(parts, clip(e, 40)+" "+shortVersion(v))
		}
	}
	return parts
}

var pseudoVersion = regexp.MustCompile(`^v[\d.]+-(?:.*\.)?(\d{4})(\d\d)(\d\d)\d{6}-([0-9a-f]{7})[0-9a-f]*$`)

// shortVersion shortens a version to what identifies it: of a Go pseudo-version
// the date and the commit.
func shortVersion(v string) string {
	return clip(pseudoVersion.ReplaceAllString(v, "$1-$2-$3 $4"), 40)
}

// slug makes part of a file name of any text.
func slug(s string) string {
	var b strings.Builder
	for _, c := range strings.ToLower(s) {
		switch {
		case b.Len() >= 60:
		case 'a' <= c && c <= 'z' || '0' <= c && c <= '9':
			b.WriteRune(c)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	return cmp.Or(strings.Trim(b.String(), "-"), "x")
}

// uniqueIDs numbers the IDs that several charts would have.
func uniqueIDs(charts []Chart) {
	taken := make(map[string]bool)
	next := make(map[string]int)
	for i := range charts {
		id := charts[i].ID
		for n := max(2, next[id]); taken[charts[i].ID]; n++ {
			charts[i].ID = fmt.Sprintf("%s-%d", id, n)
			next[id] = n + 1
		}
		taken[charts[i].ID] = true
	}
}
