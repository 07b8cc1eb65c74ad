package report

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"promisebench/report/changepoint"
)

// This file writes what a history says: tables, and the page.

// fewest is the number of runs below which no change can be found in a line,
// whatever its size.
func (h *History) fewest() int { return changepoint.MinPoints(h.plan.FDR) }

// Tables returns the tables for a terminal: changes, counts that changed, lines,
// kinds of runs, failures and skips, problems. Points stand on the page and in
// Markdown. A table without rows is left out.
func (h *History) Tables() []Table {
	list := []Table{h.changeTable(), h.countTable(), h.lineTable(), h.kindTable(), h.found.outcomeTable(), h.found.problemTable()}
	return slices.DeleteFunc(list, func(t Table) bool { return len(t.Rows) == 0 })
}

// lineHeader begins the header of tables whose rows are about lines; cells begins
// such a row.
func lineHeader(more ...string) []string {
	return append([]string{"benchmark", "kind"}, more...)
}

func (l *historyLine) cells(more ...string) []string {
	return append([]string{l.full(), l.kind.name}, more...)
}

// changeTable lists the changes, the latest first.
func (h *History) changeTable() Table {
	t := Table{
		Title:  "Changes",
		Header: lineHeader("change [95 %]", "which is", "between", "may be between", "what else changed there", "results after"),
		Align:  []Align{Left, Left, Right},
		Key:    2,
	}
	unbounded := false
	for _, c := range h.changes() {
		between, maybe := c.where()
		unbounded = unbounded || !c.bounded()
		after := c.points[c.At].run
		t.Rows = append(t.Rows, c.cells(c.size(), c.word(), between, maybe, c.causes(), clip(after.folder(), 100)))
		t.Links = append(t.Links, h.linkTo(after))
	}
	t.Notes = []string{"change: of the level of up to 50 runs behind against up to 50 before, as far as the next changes (Hodges–Lehmann), with its 95 % interval; " +
		scatterWords + ": the points stand otherwise, but the interval of their level contains 0; " +
		"may be between: no other place can be told from the true one at the 5 % level; what else changed there is no proof of a cause"}
	if unbounded {
		t.Notes = append(t.Notes, "an interval needs at least 4 runs on both sides, or 3 and 5")
	}
	return t
}

// countTable lists the changes of units that are exact.
func (h *History) countTable() Table {
	t := Table{
		Title:  "Counts that changed",
		Header: lineHeader("unit", "before", "after", "between", "what else changed there", "results after"),
		Align:  []Align{Left, Left, Left, Right, Right},
		Key:    2,
		Notes:  []string{"these units are declared exact, so that any difference is a change"},
	}
	for _, l := range h.lines {
		found := make(map[string]bool)
		for unit := range l.counts {
			found[unit] = true
		}
		for _, unit := range sortUnits(found) {
			last := -1
			for _, i := range l.searched { // a base beside each head would bring every change back
				if i >= len(l.counts[unit]) || math.IsNaN(l.counts[unit][i]) {
					continue
				}
				v := l.counts[unit][i]
				if last >= 0 && l.counts[unit][last] != v {
					before, after := l.points[last].run, l.points[i].run
					other := l.differs(last, i)
					if other == "" {
						other = "nothing that is recorded"
					}
					t.Rows = append(t.Rows, l.cells(clip(unit, 40), number(l.counts[unit][last]), number(v), before.when()+" → "+after.when(), other, clip(after.folder(), 100)))
					t.Links = append(t.Links, h.linkTo(after))
				}
				last = i
			}
		}
	}
	return t
}

// lineTable lists the lines.
func (h *History) lineTable() Table {
	t := Table{
		Title:  "Lines",
		Header: lineHeader("n", "first run", "last run", "last median", "between runs", "changes", "a step is found from"),
		Align:  []Align{Left, Left, Right, Left, Left, Right, Right, Right, Right},
		Key:    2,
		Notes: []string{
			"kind: of host and way of measuring, see their table; n: number of runs, of which those at the same time count once in the search; between runs: standard deviation of their medians around the line's levels",
			fmt.Sprintf("a step is found from: the size of a step in the middle of the line that would be found four times out of five if no other line had one; "+
				"below %d runs nothing can be found", h.fewest()),
			"followed are " + h.followed(),
		},
	}
	for _, l := range h.lines {
		first, last := l.points[0].run, l.points[len(l.points)-1]
		between, step := "", "too few runs"
		if len(l.searched) > 2 {
			between = percent(math.Expm1(l.SD))
		}
		switch {
		case l.Holds > 0:
			step = percent(math.Expm1(l.Holds))
		case len(l.searched) >= h.fewest():
			step = "only with other lines"
		}
		t.Rows = append(t.Rows, l.cells(strconv.Itoa(len(l.points)), first.when(), last.run.when(), last.summary.String(), between, strconv.Itoa(len(l.Changes)), step))
	}
	return t
}

// kindTable says what the names of kinds mean.
func (h *History) kindTable() Table {
	t := Table{
		Title:  "Kinds of runs",
		Header: []string{"kind", "runs", "host", "way of measuring"},
		Align:  []Align{Left, Right, Left, Left},
		Notes: []string{"the letter stands for the host, the number for the way of measuring; runs that differ in either are never joined into a line. " +
			"Versions of engines, of Go and of promisebench may differ within a line: to show their effect is what a history is for"},
	}
	for _, k := range h.kinds {
		t.Rows = append(t.Rows, []string{k.name, strconv.Itoa(k.runs), clip(strings.Join(k.host, ", "), 500), clip(strings.Join(k.way, ", "), 500)})
	}
	return t
}

// pointTable lists the points of the latest runs, the latest first, but no more
// than so many.
func (h *History) pointTable(most int) Table {
	t := Table{
		Title:  "Points",
		Header: []string{"run", "benchmark", "kind", "median", "95 % interval", "n", "version of the engine", "results"},
		Align:  []Align{Left, Left, Left, Right, Right, Right},
		Key:    1,
	}
	type place struct {
		line  *historyLine
		point int
	}
	byRun := make(map[*recordedRun][]place)
	for _, l := range h.lines {
		for i, p := range l.points {
			byRun[p.run] = append(byRun[p.run], place{l, i})
		}
	}
	left := 0
	for _, run := range slices.Backward(h.runs) {
		for _, at := range byRun[run] {
			if len(t.Rows) == most {
				left++
				continue
			}
			p := at.line.points[at.point]
			interval := "n too small"
			if p.bounded() {
				interval = "[" + format(p.Lo, p.unit) + ", " + format(p.Hi, p.unit) + "]"
			}
			t.Rows = append(t.Rows, slices.Concat([]string{run.when()}, at.line.cells(format(p.Center, p.unit), interval,
				strconv.Itoa(p.n), versionText(at.line.version(at.point)), clip(run.folder(), 100))))
			t.Links = append(t.Links, h.linkTo(run))
		}
	}
	if left > 0 {
		t.Notes = []string{count(left, "point") + " of older runs left out"}
	}
	return t
}

// Bounds of the table of points: what a reader scrolls through.
const (
	maxPagePoints     = 1000
	maxMarkdownPoints = 2000
)

// answers says first what readers came for.
func (h *History) answers() []answer {
	if h.Empty() {
		return nil
	}
	return []answer{h.changedAnswer(), h.foundAnswer(), h.kindsAnswer()}
}

func (h *History) changedAnswer() answer {
	a := answer{Question: "What changed?"}
	list := h.changes()
	lines := count(len(h.lines), "line")
	searched := 0
	for _, l := range h.lines {
		if len(l.searched) >= h.fewest() {
			searched++
		}
	}
	switch {
	case searched == 0:
		a.First = fmt.Sprintf("That cannot be told yet: a change needs %d runs of one kind to be found, and none of %s has as many.", h.fewest(), lines)
	case len(list) == 0:
		a.First = fmt.Sprintf("No change was found in any of the %s with enough runs.", count(searched, "line"))
	default:
		changed := 0
		of := make(map[look]int)
		for _, c := range list {
			of[c.what()]++
		}
		for _, l := range h.lines {
			if len(l.Changes) > 0 {
				changed++
			}
		}
		a.First = fmt.Sprintf("%s in %d of the %s with enough runs: %d for the worse, %d for the better",
			count(len(list), "change"), changed, count(searched, "line"), of[lookWorseHere], of[lookBetterHere])
		if n := of[lookScatterHere]; n > 0 {
			a.First += fmt.Sprintf(", %d of %s", n, scatterWords)
		}
		a.First += "."
		a.More, a.Link = "changes", "Every change"
	}
	a.Rest = changedTogether(list)
	if n := len(h.countTable().Rows); n > 0 {
		a.Rest = append(a.Rest, fmt.Sprintf("Counts that are exact, such as ticks, changed %s: below.", count(n, "time")))
	}
	return a
}

// changedTogether says for the latest places what changed there: many lines often
// change at once.
func changedTogether(list []historyChange) []string {
	type place struct {
		kind         *runKind
		run          *recordedRun
		engine, unit string // causes and sizes are those of one
	}
	var places []place
	at := make(map[place][]historyChange)
	for _, c := range list {
		p := place{c.kind, c.points[c.At].run, c.engine, c.unit}
		if at[p] == nil {
			places = append(places, p)
		}
		at[p] = append(at[p], c)
	}
	var said []string
	for _, p := range places[:min(5, len(places))] {
		most := slices.MaxFunc(at[p], func(a, b historyChange) int { return cmp.Compare(math.Abs(a.Shift), math.Abs(b.Shift)) })
		between, _ := most.where()
		text := fmt.Sprintf("Between %s (%s): %s %s", between, p.kind.name, most.full(), most.size())
		if most.what() == lookScatterHere {
			text += ", " + scatterWords
		}
		if more := len(at[p]) - 1; more > 0 {
			lo, hi := math.Inf(1), math.Inf(-1)
			for _, c := range at[p] {
				lo, hi = min(lo, math.Exp(c.Shift)), max(hi, math.Exp(c.Shift))
			}
			text += fmt.Sprintf(", and %s; all from %s to %s", count(more, "more line"), signed(lo), signed(hi))
		}
		said = append(said, fmt.Sprintf("%s. What else changed there: %s.", text, most.causes()))
	}
	if more := len(places) - 5; more > 0 {
		said = append(said, fmt.Sprintf("And %s.", count(more, "more place")))
	}
	return said
}

func (h *History) foundAnswer() answer {
	a := answer{Question: "What would have been found?", More: "lines", Link: "Every line"}
	var steps []float64
	short, weak, single := 0, 0, 0
	for _, l := range h.lines {
		switch n := len(l.searched); {
		case n == 1:
			single++
		case n < h.fewest():
			short++
		case l.Holds > 0:
			steps = append(steps, math.Expm1(l.Holds))
		default:
			weak++
		}
	}
	slices.Sort(steps)
	if len(steps) > 0 {
		a.First = fmt.Sprintf("In the middle line, a step of %s halfway, four times out of five; in others from %s to %s.",
			percent(steps[len(steps)/2]), percent(steps[0]), percent(steps[len(steps)-1]))
		a.Rest = append(a.Rest, "That is what the scatter of the runs allows, if no other line changes: a change that many lines have is found sooner.")
	} else {
		a.First = "Nothing that one line alone has: there are too few runs."
	}
	if single > 0 {
		a.Rest = append(a.Rest, fmt.Sprintf("%s only a single run.", has(single, "line")))
	}
	if short > 0 {
		a.Rest = append(a.Rest, fmt.Sprintf("%s fewer than %d runs: whatever their order, it might be chance.", has(short, "line"), h.fewest()))
	}
	if weak > 0 {
		a.Rest = append(a.Rest, fmt.Sprintf("%s enough runs only for changes that other lines have as well.", has(weak, "line")))
	}
	return a
}

func (h *History) kindsAnswer() answer {
	a := answer{Question: "What is compared with what?", More: "kinds", Link: "Every kind"}
	a.First = fmt.Sprintf("%s of %s, which are never joined.", count(len(h.runs), "run"), count(len(h.kinds), "kind"))
	if len(h.kinds) == 1 {
		a.First = fmt.Sprintf("%s, all of one kind.", count(len(h.runs), "run"))
	}
	for _, k := range h.kinds[:min(4, len(h.kinds))] {
		a.Rest = append(a.Rest, fmt.Sprintf("%s (%s): %s", k.name, count(k.runs, "run"), clip(strings.Join(h.special(k), ", "), 400)))
	}
	if common := h.common; len(common) > 0 {
		a.Rest = append(a.Rest, "All: "+clip(strings.Join(common, ", "), 400))
	}
	if more := len(h.kinds) - 4; more > 0 {
		a.Rest = append(a.Rest, fmt.Sprintf("And %s, below.", count(more, "more kind")))
	}
	return a
}

// method explains how changes are found, and what that leaves open.
func (h *History) method() []string {
	return []string{
		"A point is the median of one run with its 95 % interval, which is about the noise within the run. Runs differ by more than that: two identical " +
			"processes have different luck with the layout of their memory. So changes are judged by the scatter of the points alone.",
		"Changes are found by E-divisive (Matteson and James, JASA 109, 2014; for performance tests: Daly et al., ICPE 2020) on the logarithms of the medians. " +
			"A permutation test asks whether the points would look as changed in another order. It assumes no distribution, but that an unchanged line has no memory: " +
			"a machine that drifts, or that is busy for some runs in a row, looks like changes. If points are like those before them (autocorrelation 0.2, 0.5), about 15 % (39 %) of unchanged lines of 20 runs " +
			"show a change in simulations, in place of 5 %.",
		fmt.Sprintf("There are many lines. By the method of Benjamini and Hochberg, of the lines that are said to have changed no more than %.0f %% are expected to be wrong.", 100*h.plan.FDR),
		"The size of a change is the Hodges–Lehmann shift with the interval of the Mann–Whitney test. In simulations with noise of 2.7 % between runs, a true step of 5 % (10 %) in the middle of 20 runs " +
			"is found in 76 % (100 %) of cases, and the interval holds the true size in 92 % (95 %): a small change is shown only if it looks large enough, which bends its interval a little. " +
			"The search sees a change of scatter or shape as well: where the interval contains 0, it is called that, and neither worse nor better.",
		"Base and head of a gate were measured side by side and share the luck of that time: both are points, but changes are looked for in heads only, in counts as well, and levels are those of heads. " +
			"Lines of more than 100 runs are searched in windows of 100 that overlap by half. Charts show the latest 150 runs of a kind.",
	}
}

// sections returns what follows the first screen, on the page and in Markdown,
// with no more points than so many.
func (h *History) sections(points int) []chapter {
	list := []chapter{
		{"changes", "Changes", nil, nil, []Table{h.changeTable()}},
		{"counts", "Counts that changed", nil, nil, []Table{h.countTable()}},
		{"trends", "Run after run", nil, h.Charts(), nil},
		{"lines", "Lines", nil, nil, []Table{h.lineTable()}},
		{"kinds", "Kinds of runs", nil, nil, []Table{h.kindTable()}},
		{"points", "Points", nil, nil, []Table{h.pointTable(points)}},
		{"outcomes", "Failures and skips", nil, nil, []Table{h.found.outcomeTable()}},
		{"problems", "Problems in the input", nil, nil, []Table{h.found.problemTable()}},
		{"method", "How changes are found", h.method(), nil, nil},
	}
	for i, s := range list {
		list[i].tables = slices.DeleteFunc(s.tables, func(t Table) bool { return len(t.Rows) == 0 })
	}
	return slices.DeleteFunc(list, func(s chapter) bool { return len(s.text)+len(s.charts)+len(s.tables) == 0 })
}

// facts are what readers ask for first.
func (h *History) facts() []Config {
	if len(h.runs) == 0 {
		return nil
	}
	return []Config{{"Runs", strconv.Itoa(len(h.runs))}, {"First", h.runs[0].when()}, {"Last", h.runs[len(h.runs)-1].when()}}
}

// measured says in a sentence what there is.
func (h *History) measured() string {
	if h.Empty() {
		return "No results: not one usable run was found."
	}
	points := 0
	for _, l := range h.lines {
		points += len(l.points)
	}
	return fmt.Sprintf("%s in %s of %s: one for each benchmark, host and way of measuring. ", count(points, "point"), count(len(h.lines), "line"), count(len(h.runs), "run")) +
		"Followed are " + h.followed() + "."
}

// followed says what lines are made of, and how much has nothing of it.
func (h *History) followed() string {
	text := "times (sec/op), requests per second, and counts in exact units that stand beside these; nothing else, such as memory or percentiles"
	if n := len(h.unfollowed); n > 0 {
		text += fmt.Sprintf(", so that %s neither time nor requests and no line", has(n, "benchmark"))
	}
	return text
}

// WritePage writes the history as one HTML page, whose only links are to the
// files of results. The error is w's, or says which chart cannot be shown.
func (h *History) WritePage(w io.Writer) error {
	p := &page{
		Title:    "History of " + count(len(h.runs), "run"),
		Compared: h.measured(),
		Facts:    h.facts(),
		Trouble:  h.found.troubleText(),
		Empty:    true, // the explanations of a single run don't belong here
	}
	maker := &pageMaker{markdown: HistoryMarkdown}
	p.Answers = maker.answers(h.answers())
	for _, s := range h.sections(maxPagePoints) {
		section, err := maker.section(s)
		if err != nil {
			return err
		}
		p.Sections = append(p.Sections, section)
	}
	p.dress(&maker.charts)
	return p.write(w)
}

// WriteMarkdown writes the history as Markdown. Its charts are images named ID.svg
// beside it, to be written with [Chart.WriteSVG]. The error is w's.
func (h *History) WriteMarkdown(w io.Writer) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# History of %s\n\n%s\n", count(len(h.runs), "run"), escape(h.measured()))
	if text := h.found.troubleText(); text != "" {
		fmt.Fprintf(&b, "\n**%s**\n", escape(text))
	}
	for _, a := range h.answers() {
		fmt.Fprintf(&b, "\n**%s** %s\n", escape(a.Question), escape(a.First))
		for i, text := range a.Rest {
			if i == 0 {
				b.WriteString("\n")
			}
			fmt.Fprintf(&b, "- %s\n", escape(text))
		}
	}
	for _, s := range h.sections(maxMarkdownPoints) {
		if len(s.text) > 0 {
			fmt.Fprintf(&b, "\n## %s\n\n- %s\n", escape(s.title), escape(strings.Join(s.text, "\n- ")))
			continue
		}
		section(&b, s.title, s.tables, s.charts)
	}
	_, err := w.Write(b.Bytes())
	return err
}
