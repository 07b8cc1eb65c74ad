package report

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// This file reproduces the figures of the article "Faster async functions and
// promises" (V8 blog, 2018-11, https://v8.dev/blog/fast-async): which results
// stand where the article had a bar, and what it had there. It is the only part
// of this package that looks for particular workloads and engines by name.

// An articleRow is what the article shows for one workload in one style, in
// milliseconds per 10,000 operations, read off its bars.
type articleRow struct {
	workload string // base name of the benchmark
	style    string
	title    string // the article's name for the style
	// node has the bars of Node.js 7, 8, 9 and 10.
	node [4]float64
	// flag has the bars of the figure about the await optimization: V8 6.8, 7.2
	// and 7.2 with --harmony-await-optimization. Zero: not in that figure.
	flag [3]float64
}

func article() []articleRow {
	const transpiled, async = "async, transpiled", "async, native"
	return []articleRow{
		{"Doxbee", "promise", "promises", [4]float64{289, 73, 68, 32}, [3]float64{28.4, 25.5, 25.5}},
		{"Doxbee", "async-transpiled", transpiled, [4]float64{332, 121, 120, 51}, [3]float64{}},
		{"Doxbee", "async", async, [4]float64{282, 56, 56, 42}, [3]float64{33.8, 27.3, 20.2}},
		{"Parallel", "promise", "promises", [4]float64{762, 234, 223, 99}, [3]float64{86.6, 66.6, 65.9}},
		{"Parallel", "async-transpiled", transpiled, [4]float64{1053, 363, 363, 132}, [3]float64{}},
		{"Parallel", "async", async, [4]float64{945, 283, 283, 105}, [3]float64{90.5, 75.5, 68.4}},
	}
}

// oldest and newest are the Node.js versions that the article compares. The
// flag of its last figure was in V8 7.2, which no Node.js release has; flagged
// is the one that comes with the flag, in V8 7.0.
const (
	oldest  = 7
	newest  = 10
	flagged = "node11"
)

// onNode returns the article's bar for a Node.js version, 0 if it has none.
func (a articleRow) onNode(version int) float64 {
	if version < oldest || version > newest {
		return 0
	}
	return a.node[version-oldest]
}

// barSeconds is the time per operation that one millisecond per 10,000
// operations, the article's unit, stands for.
const barSeconds = 1e-3 / 10_000

// figures is the results as the article's figures need them.
type figures struct {
	*Results
	m *matrix
	// versions has the engines that are a Node.js version, oldest first.
	versions []nodeVersion
}

type nodeVersion struct {
	engine string
	number int
}

var nodeName = regexp.MustCompile(`^node([1-9]\d{0,2})$`)

func (r *Results) figures() figures {
	f := figures{Results: r, m: r.matrix()}
	for _, e := range f.m.engines {
		if match := nodeName.FindStringSubmatch(e); match != nil {
			number, _ := strconv.Atoi(match[1]) // digits, and not many
			f.versions = append(f.versions, nodeVersion{e, number})
		}
	}
	slices.SortFunc(f.versions, func(a, b nodeVersion) int {
		return cmp.Or(cmp.Compare(a.number, b.number), cmp.Compare(a.engine, b.engine))
	})
	return f
}

var v8Version = regexp.MustCompile(`\(V8 (\d{1,3})\.(\d{1,3})[.)]`)

// v8 returns the version of V8 in an engine, from the condition "engine-ENGINE:
// … (V8 7.0.276.38)"; zeroes if it does not say.
func (r *Results) v8(engine string) (major, minor int) {
	if match := v8Version.FindStringSubmatch(r.known["engine-"+engine]); match != nil {
		major, _ = strconv.Atoi(match[1])
		minor, _ = strconv.Atoi(match[2])
	}
	return major, minor
}

// v8Text writes the version of V8 in an engine, "?" if it is not known.
func (r *Results) v8Text(engine string) string {
	major, minor := r.v8(engine)
	if major == 0 {
		return "?"
	}
	return fmt.Sprintf("%d.%d", major, minor)
}

// modes returns the await modes that an engine has by itself, the one it comes
// with first. V8 changed that in 7.3.
func (f figures) modes(engine string) []string {
	var modes []string
	for _, mode := range []string{legacy, optimized} {
		if word := f.modeIs(engine, mode); word != "" && word != emulated && word != unavailable {
			modes = append(modes, mode)
		}
	}
	major, minor := f.v8(engine)
	if major > 7 || major == 7 && minor >= 3 {
		slices.Reverse(modes)
	}
	if f.known["await-"+engine] == "" {
		// Nothing is said about it. If but one mode was measured, that is it.
		for _, mode := range []string{legacy, optimized} {
			if f.m.measuredIn(mode, engine) {
				modes = append(modes, mode)
			}
		}
		if len(modes) > 1 {
			return nil
		}
	}
	return modes
}

// A measuredRow is an article row for one number of operations in flight.
type measuredRow struct {
	articleRow
	workload, label string
}

// rows returns the article's rows about a workload as they were measured, if
// they were: with the article's 10,000 operations in flight first, if the names
// say how many, then those whose names say nothing of it; all without variants.
func (f figures) rows(base string) []measuredRow {
	var rows []measuredRow
	for _, workload := range []string{base + "/window=10000", base} {
		i := slices.IndexFunc(f.m.rows, func(r row) bool { return r.workload == workload })
		if i < 0 {
			continue
		}
		for _, a := range article() {
			if a.workload == base {
				rows = append(rows, measuredRow{a, workload, f.m.rows[i].label})
			}
		}
	}
	return rows
}

// columns is rows for the figures' columns: only the first number of operations
// in flight.
func (f figures) columns(base string) []measuredRow {
	rows := f.rows(base)
	return slices.DeleteFunc(rows, func(a measuredRow) bool { return a.workload != rows[0].workload })
}

// inFlight begins to say how many operations were in flight, if the name does.
// If not, the conditions do, in the caption.
func inFlight(workload string) string {
	if strings.Contains(workload, "/window=10000") {
		return "10,000 operations in flight; "
	}
	return ""
}

// at returns where the results of an article row are that were measured on an
// engine in an await mode. A style without await is in no mode, but it was
// recorded in one: whichever it is, those are its results.
func (f figures) at(a measuredRow, engine, mode string) place {
	p := place{row{a.workload, a.label, a.style, mode}, engine}
	if hasNoAwait(a.style) {
		for _, p.await = range []string{mode, optimized, legacy} {
			if f.m.cells[p] != nil {
				return p
			}
		}
		for _, p.await = range []string{mode, optimized, legacy} {
			if _, happened := f.m.outcomes[p]; happened {
				return p
			}
		}
	}
	p.await = mode
	return p
}

// byDefault is at for the await mode that the engine comes with. In transpiled
// code the engine's own await does not occur: what waits instead does so as the
// optimized await does, and did in the article's time.
func (f figures) byDefault(a measuredRow, engine string) place {
	if transpiledAway(a.style) {
		return f.at(a, engine, optimized)
	}
	modes := f.modes(engine)
	return f.at(a, engine, slices.Concat(modes, []string{""})[0])
}

func (f figures) seconds(p place) []float64 { return f.m.samples(p, "sec/op") }

// column makes a column of the results at a place. article is in the article's
// unit, 0 if it shows nothing there.
func (f figures) column(p place, article float64, labels ...string) column {
	c := column{labels: labels}
	c.article = article * barSeconds
	c.summary = f.summary(f.m, p, "sec/op")
	switch {
	case hasNoAwait(p.style) || transpiledAway(p.style):
		c.look = lookNoAwait // in whichever mode it was recorded
	case f.modeIs(p.engine, p.await) == skipsTicks:
		c.look = lookSkipsTicks
	default:
		c.look = timeLook(p.row)
	}
	kind, happened := f.m.outcomes[p]
	switch {
	case c.n > 0:
		c.text = barText(c.Center)
	case happened:
		c.text = kind.String()
	default:
		c.text = notMeasured
	}
	return c
}

// notMeasured stands where a column would, if nothing was tried.
const notMeasured = "–"

// barText writes a time in ms per 10,000 operations, with three digits at least.
func barText(seconds float64) string {
	ms := seconds / barSeconds
	if ms >= 1000 && ms < 1e6 {
		return strconv.FormatFloat(ms, 'f', 0, 64)
	}
	return threeDigits(ms)
}

// Figures returns the charts of the article's figures that the results allow,
// possibly none. Their IDs are figure-doxbee, figure-parallel,
// figure-await-optimization and figure-http.
func (r *Results) Figures() []Chart {
	f := r.figures()
	var charts []Chart
	for _, base := range []string{"Doxbee", "Parallel"} {
		if c, ok := f.versionsFigure(base); ok {
			charts = append(charts, c)
		}
	}
	if c, ok := f.flagFigure(); ok {
		charts = append(charts, c)
	}
	if c, ok := f.serversFigure(); ok {
		charts = append(charts, c)
	}
	return charts
}

// versionsFigure shows a workload on each Node.js version: a group of columns
// for each style.
func (f figures) versionsFigure(base string) (Chart, bool) {
	rows := f.columns(base)
	if len(rows) == 0 {
		return Chart{}, false
	}
	workload := rows[0].workload
	// Versions on which this workload was not even tried have no columns.
	var versions []nodeVersion
	for _, v := range f.versions {
		tried := func(row row) bool {
			p := place{row, v.engine}
			_, happened := f.m.outcomes[p]
			return row.workload == workload && (happened || f.m.cells[p] != nil)
		}
		if slices.ContainsFunc(f.m.rows, tried) {
			versions = append(versions, v)
		}
	}
	if len(versions) == 0 {
		return Chart{}, false
	}
	body := columnsBody{axisTitle: barTitle, scale: barSeconds, heads: []string{"Node.js", "V8"}}
	for _, a := range rows {
		g := columnGroup{title: a.title}
		for _, v := range versions {
			g.columns = append(g.columns, f.column(f.byDefault(a, v.engine), a.onNode(v.number),
				strconv.Itoa(v.number), f.v8Text(v.engine)))
		}
		body.groups = append(body.groups, g)
	}
	c := Chart{
		ID:       "figure-" + slug(base),
		Title:    fmt.Sprintf("%s on Node.js %d", kebab(base), versions[0].number),
		subtitle: "each version with the await it comes with; " + inFlight(workload) + "lower is better",
	}
	var engines []string
	skipping := ""
	for _, v := range versions {
		engines = append(engines, v.engine)
		if f.modeIs(v.engine, optimized) == skipsTicks {
			skipping = f.modeText(f.m, optimized, skipsTicks)
		}
	}
	notes := notEmpty(f.m.unusedNote("sec/op", func(p place) bool { return p.workload == workload }), skipping)
	if last := versions[len(versions)-1]; len(versions) > 1 {
		c.Title += fmt.Sprintf(" to %d", last.number)
	}
	return f.finish(c, body, barTimes(), engines, notes)
}

// flagFigure shows what the await optimization changes: promises and async
// functions before it, and without and with the flag for it.
func (f figures) flagFigure() (Chart, bool) {
	body := columnsBody{axisTitle: barTitle, scale: barSeconds, heads: []string{"V8", "flag"}}
	var notes []string
	v8 := f.v8Text(flagged)
	workload := ""
	measured := false
	for _, a := range slices.Concat(f.columns("Doxbee"), f.columns("Parallel")) {
		if a.flag == [3]float64{} {
			continue
		}
		workload = a.workload
		style, _, _ := strings.Cut(a.title, ",")
		g := columnGroup{title: kebab(a.articleRow.workload) + " · " + style}
		g.columns = []column{f.column(f.byDefault(a, "node10"), a.flag[0], f.v8Text("node10"), "none")}
		for i, mode := range []string{legacy, optimized} {
			word := f.modeIs(flagged, mode)
			p := f.at(a, flagged, mode)
			if p.await != mode {
				notes = []string{"a program without await is the same in both modes and was measured in one"}
			}
			if word == emulated || p.await != mode {
				p = place{} // the article's mark only
			}
			c := f.column(p, a.flag[1+i], v8, []string{"off", "on"}[i])
			measured = measured || c.n > 0
			g.columns = append(g.columns, c)
		}
		body.groups = append(body.groups, g)
	}
	if !measured {
		return Chart{}, false
	}
	c := Chart{
		ID:    "figure-await-optimization",
		about: topicAwait,
		Title: "The await optimization, without and with its flag",
		subtitle: fmt.Sprintf("V8 %s of Node.js 10, and V8 %s of Node.js 11 with --harmony-await-optimization off and on "+
			"(article: V8 6.8 and 7.2); %slower is better", f.v8Text("node10"), v8, inFlight(workload)),
	}
	return f.finish(c, body, barTimes(), []string{"node10", flagged}, append(notEmpty(f.unusedNote()), notes...))
}

const barTitle = "ms per 10,000 operations"

// A measure is how a figure's values are said.
type measure struct {
	what  string               // begins the description
	unit  string               // behind a value
	scale float64              // what one of that unit is
	text  func(float64) string // a value without its unit
}

// barTimes is the measure of most of the article's figures.
func barTimes() measure {
	return measure{"Median time in milliseconds per 10,000 operations, lower is better.", "ms", barSeconds, barText}
}

// finish puts body into c and says in words what there is to be seen, and under
// which conditions; false if there is nothing.
func (f figures) finish(c Chart, body columnsBody, m measure, engines, notes []string) (Chart, bool) {
	var said []string
	var shown []summary
	gaps := false
	for _, g := range body.groups {
		for _, col := range g.columns {
			name := clip(g.title, 60)
			for i, head := range body.heads {
				name += ", " + head + " " + col.labels[i]
			}
			switch {
			case col.text == notMeasured:
				gaps = true
				name += ": not measured"
			case col.n == 0:
				name += ": " + col.text
			case col.bounded():
				name += fmt.Sprintf(": %s %s (95 %% interval %s to %s)", m.text(col.Center), m.unit, m.text(col.Lo), m.text(col.Hi))
			default:
				name += fmt.Sprintf(": %s %s", m.text(col.Center), m.unit)
			}
			if col.article > 0 {
				name += fmt.Sprintf(", article %s %s", number(col.article/m.scale), m.unit)
			}
			said = append(said, name)
			if col.n > 0 {
				shown = append(shown, col.summary)
			}
		}
	}
	if len(shown) == 0 {
		return Chart{}, false
	}
	if gaps {
		notes = append([]string{notMeasured + " not measured"}, notes...)
	}
	c.body = body
	c.Description = m.what + " " + sentences(said)
	c.caption = f.caption(engines, "median", shown, notes)
	return c, true
}

// FigureTables returns what the article's headlines become here, as ratios,
// because only these can be compared between machines: from Node.js 7 to 10,
// without and with the await optimization, and async functions against
// hand-written promises. A table without rows is left out.
func (r *Results) FigureTables() []Table {
	f := r.figures()
	tables := []Table{f.versionsTable(), f.flagTable(), f.stylesTable(), f.serversTable()}
	return slices.DeleteFunc(tables, func(t Table) bool { return len(t.Rows) == 0 })
}

// ratioCells returns the cells "here" and "n" of a ratio new/old, and whether
// there is one. The format is that of the numbers.
func (f figures) ratioCells(n *notes, old, new place, format func(float64) string) ([]string, bool) {
	r := ratioOf(f.seconds(old), f.seconds(new))
	if r.n == 0 {
		return []string{"not measured", ""}, false
	}
	text := r.text(format)
	if r.unequal {
		text = marked(text, n.mark("not every sample has a partner"))
	}
	return []string{text, strconv.Itoa(r.n)}, true
}

// articleTable makes a table of ratios new/old, a row for each row of the
// article that said has a number for. Rows that were not measured stand there
// for the article's own operations in flight only; without any other, there is
// no table.
func (f figures) articleTable(title, note string, said func(measuredRow) string, places func(measuredRow) (old, new place), format func(float64) string) Table {
	t := Table{
		Title:  "Article vs here: " + title,
		Header: []string{"workload", "style", "article", "here [95 %]", "n"},
		Align:  []Align{Left, Left, Right, Right, Right},
	}
	var n notes
	found := false
	for _, base := range []string{"Doxbee", "Parallel"} {
		rows := f.rows(base)
		for _, a := range rows {
			number := said(a)
			if number == "" {
				continue
			}
			old, new := places(a)
			cells, ok := f.ratioCells(&n, old, new, format)
			found = found || ok
			if ok || a.workload == rows[0].workload {
				t.Rows = append(t.Rows, append([]string{a.label, a.title, number}, cells...))
			}
		}
	}
	if !found {
		return Table{}
	}
	t.Notes = append(n.numbered(), note+", median over "+f.pairs()+", with its 95 % interval", f.windowNote())
	t.Notes = append(t.Notes, notEmpty(f.unusedNote())...)
	return t
}

// unusedNote is [matrix.unusedNote] for what the article's figures are about.
func (f figures) unusedNote() string {
	return f.m.unusedNote("sec/op", func(p place) bool {
		return strings.HasPrefix(p.workload, "Doxbee") || strings.HasPrefix(p.workload, "Parallel")
	})
}

// windowNote says what names without a number of operations in flight mean.
func (f figures) windowNote() string {
	return "operations in flight: " + cmp.Or(clip(f.known["window"], 60), "not said")
}

// versionsTable says how much faster the newest version of the article is than
// its oldest.
func (f figures) versionsTable() Table {
	return f.articleTable("from Node.js 7 to 10",
		"time on Node.js 7 / time on Node.js 10: how many times faster Node.js 10 is",
		func(a measuredRow) string { return threeDigits(a.node[0] / a.node[len(a.node)-1]) },
		func(a measuredRow) (old, new place) {
			// The newer is the base: how many times faster it is.
			return f.byDefault(a, fmt.Sprintf("node%d", newest)), f.byDefault(a, fmt.Sprintf("node%d", oldest))
		}, threeDigits)
}

// flagTable says what the await optimization changes, by the flag alone.
func (f figures) flagTable() Table {
	if f.emulated(flagged, legacy) || f.emulated(flagged, optimized) {
		return Table{}
	}
	return f.articleTable("the await optimization",
		fmt.Sprintf("change of the time by --harmony-await-optimization alone; article: V8 7.2; here: Node.js 11 (V8 %s)", f.v8Text(flagged)),
		func(a measuredRow) string {
			if a.style != "async" {
				return ""
			}
			return change(a.flag[2] / a.flag[1])
		},
		func(a measuredRow) (old, new place) { return f.at(a, flagged, legacy), f.at(a, flagged, optimized) }, change)
}

// stylesTable compares async functions with hand-written promises.
func (f figures) stylesTable() Table {
	t := Table{
		Title:  "Article vs here: async functions against hand-written promises",
		Header: []string{"workload", "engine", "V8", "await", "article", "here [95 %]", "n"},
		Align:  []Align{Left, Left, Right, Left, Right, Right, Right},
	}
	var n notes
	rows := slices.Concat(f.rows("Doxbee"), f.rows("Parallel"))
	for i, async := range rows {
		if async.style != "async" {
			continue
		}
		promise := rows[slices.IndexFunc(rows[:i], func(a measuredRow) bool {
			return a.workload == async.workload && a.style == "promise"
		})]
		for _, e := range f.engineOrder() {
			modes := f.modes(e)
			for _, mode := range modes {
				cells, ok := f.ratioCells(&n, f.at(promise, e, mode), f.at(async, e, mode), threeDigits)
				if !ok {
					continue
				}
				said := ""
				if match := nodeName.FindStringSubmatch(e); match != nil {
					number, _ := strconv.Atoi(match[1])
					if ms := async.onNode(number); ms > 0 && mode == modes[0] {
						said = threeDigits(ms / promise.onNode(number))
					}
				}
				if e == flagged {
					bar := 1
					if mode == optimized {
						bar = 2
					}
					said = marked(threeDigits(async.flag[bar]/promise.flag[bar]),
						n.mark("article: V8 7.2, without and with --harmony-await-optimization"))
				}
				await := marked(mode, n.mark(f.modeNote(f.m, f.at(async, e, mode))))
				t.Rows = append(t.Rows, append([]string{async.label, clip(e, 40), f.v8Text(e), await, said}, cells...))
			}
		}
	}
	t.Notes = append(n.numbered(), "time of async functions / time of promises, median over "+f.pairs()+", with its 95 % interval; "+
		"below 1, async functions are faster; await is what the engine has by itself, the mode it comes with first", f.windowNote())
	t.Notes = append(t.Notes, notEmpty(f.unusedNote())...)
	return t
}

// engineOrder returns the versions of Node.js, then the other engines.
func (f figures) engineOrder() []string {
	var list []string
	for _, v := range f.versions {
		list = append(list, v.engine)
	}
	for _, e := range f.m.engines {
		if !nodeName.MatchString(e) {
			list = append(list, e)
		}
	}
	return list
}
