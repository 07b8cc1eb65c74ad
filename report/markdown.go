package report

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
)

// WriteMarkdown writes the whole report as one page. Its charts are images
// named ID.svg beside it, to be written with [Chart.WriteSVG]. The error is w's.
func (r *Results) WriteMarkdown(w io.Writer) error {
	m := r.matrix()
	var b bytes.Buffer
	fmt.Fprintf(&b, "# Benchmark report\n\n%s\n", escape(r.measuredText(m)))
	if f := r.findings(m); f != "" {
		fmt.Fprintf(&b, "\n%s\n", escape(f))
	}
	if text := r.troubleText(); text != "" {
		fmt.Fprintf(&b, "\n**%s**\n", escape(text))
	}

	charts := r.Charts()
	section(&b, "Await optimization", []Table{r.awaitTable(m), r.emulationTable(m)}, withTopic(charts, topicAwait))
	var unitTables []Table
	for _, unit := range m.units() {
		unitTables = append(unitTables, r.unitTable(m, unit))
	}
	section(&b, "Results", unitTables, withTopic(charts, topicTimes))
	f := figures{Results: r, m: m}
	section(&b, "HTTP servers", []Table{f.serverTable(), f.soakTable()}, withTopic(charts, topicServers))
	section(&b, "Other benchmarks", []Table{r.otherTable(m)}, nil)
	section(&b, "Conditions", []Table{r.conditionTable()}, nil)
	section(&b, "Failures and skips", []Table{r.outcomeTable()}, nil)
	section(&b, "Problems in the input", []Table{r.problemTable()}, nil)
	if !r.Empty() {
		fmt.Fprintf(&b, "\n## How to read this\n\n%s", howToRead(r, m))
	}
	_, err := w.Write(b.Bytes())
	return err
}

// WriteFigures writes a page with the article's figures, reproduced, and the
// ratios they are about. Its charts are images named ID.svg beside it, to be
// written with [Chart.WriteSVG]. The error is w's.
func (r *Results) WriteFigures(w io.Writer) error {
	f := r.figures()
	charts := r.Figures()
	var b bytes.Buffer
	b.WriteString("# The article's figures, measured again\n\n" +
		"[Faster async functions and promises](https://v8.dev/blog/fast-async) (V8 blog, November 2018) shows how " +
		"promises and async functions became faster from Node.js 7 to 10, and what `--harmony-await-optimization` adds. " +
		"Here are its figures from measurements of this project, with workloads written afresh after its description.")
	if len(f.m.servers) == 0 {
		b.WriteString(" Its figure of HTTP servers is not among them.")
	}
	b.WriteString("\n")
	fmt.Fprintf(&b, "\n%s\n", escape(r.measuredText(f.m)))
	if text := r.troubleText(); text != "" {
		fmt.Fprintf(&b, "\n**%s**\n", escape(text))
	}
	if len(charts) == 0 {
		b.WriteString("\nNone of the figures can be drawn: they need the workloads doxbee or parallel on versions of Node.js " +
			"(engines named node7, node8 and so on).\n")
	}
	section(&b, "Versions of Node.js", []Table{f.versionsTable()}, withTopic(charts, topicTimes))
	section(&b, "The await optimization", []Table{f.flagTable()}, withTopic(charts, topicAwait))
	section(&b, "Async functions against promises", []Table{f.stylesTable()}, nil)
	section(&b, "HTTP servers", []Table{f.serversTable(), f.serverTable()}, withTopic(charts, topicServers))
	section(&b, "Error of the emulation", []Table{r.emulationTable(f.m)}, nil)
	section(&b, "Other benchmarks", []Table{r.otherTable(f.m)}, nil)
	section(&b, "Conditions", []Table{r.conditionTable()}, nil)
	section(&b, "Failures and skips", []Table{r.outcomeTable()}, nil)
	section(&b, "Problems in the input", []Table{r.problemTable()}, nil)
	fmt.Fprintf(&b, "\n## How to read this\n\n%s", f.howToRead())
	_, err := w.Write(b.Bytes())
	return err
}

// howToRead explains the figures.
func (f figures) howToRead() string {
	columns := "the median time, as in the article for 10,000 operations"
	switch {
	case len(f.m.rows) == 0:
		columns = "the median number of requests per second"
	case len(f.m.servers) > 0:
		columns += ", or number of requests per second"
	}
	lines := []string{
		"**Columns** are " + columns + ", with its 95 % interval. **Diamonds** are what " +
			"the article shows, measured in 2018 on its authors' machine and read off its bars. Machines differ, so a " +
			"diamond above or below its column says little; what can be compared is how they change from column to column.",
		"**Ratios** are what the article is about: " + f.pairsExplained() + " shown are the median and its 95 % interval. " +
			"It needs at least 6 pairs. The article gives no intervals.",
		"Each version is shown **with the await it comes with**: Node.js 10 and 11 with the await of 2017 (legacy), " +
			"Node.js 12 and later with that of 2019 (optimized). Only Node.js 11 has both, by its flag. " +
			"The article's V8 7.2 is in no release of Node.js: V8 7.0 of Node.js 11 stands in for it.",
	}
	skipping, emulating := false, false
	for _, e := range f.m.engines {
		for _, mode := range []string{legacy, optimized} {
			if f.m.measuredIn(mode, e) {
				skipping = skipping || f.modeIs(e, mode) == skipsTicks
				emulating = emulating || f.modeIs(e, mode) == emulated
			}
		}
	}
	skipping = skipping || f.serversSkipTicks()
	if skipping {
		lines = append(lines, "**Skips ticks**: in V8 of Node.js 7 to 9, await takes fewer turns of the microtask queue than the "+
			"specification allows, in any edition. It was a bug (the article calls it the Node 8 bug), and the time that it saves is not "+
			"to be had by the rules: a step from 9 to 10 that looks like a loss is the bug's correction.")
	}
	said := "No **emulated** await stands in these figures, only what each engine does by itself."
	if emulating {
		said += " The input has some, which the full report shows and marks."
	}
	if known := f.m.errorText(); known != "" {
		said += " Where an engine has the mode as well, the error of the emulation was measured: " + escape(known) + "."
	} else if emulating {
		said += " Emulation is an exact rewrite of every await, see README."
	}
	return "- " + strings.Join(append(lines, said), "\n- ") + "\n"
}

// section writes charts and tables under a heading, nothing if there are none.
func section(b *bytes.Buffer, title string, tables []Table, charts []Chart) {
	tables = slices.DeleteFunc(tables, func(t Table) bool { return len(t.Rows) == 0 })
	if len(tables)+len(charts) == 0 {
		return
	}
	fmt.Fprintf(b, "\n## %s\n", escape(title))
	for _, c := range charts {
		// The ID is a slug, so it needs no escaping.
		fmt.Fprintf(b, "\n![%s](%s.svg)\n", escape(c.Title+"; "+c.subtitle), c.ID)
	}
	for _, t := range tables {
		if len(tables) == 1 {
			t.Title = "" // the heading says it
		}
		b.WriteString("\n")
		t.Write(b, Markdown) // a bytes.Buffer gives no error
	}
}

// count says a number with its noun.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// measuredText says what was measured.
func (r *Results) measuredText(m *matrix) string {
	if r.Empty() {
		return "No results: not one usable sample was found in the input."
	}
	text := count(r.samples, "sample") + " of " + count(len(r.Counts()), "benchmark")
	if len(m.rows) > 0 {
		names, styles, engines := m.names()
		text += fmt.Sprintf(": %s (%s) in %s (%s) on %s (%s)",
			count(len(names), "workload"), enumerate(names),
			count(len(styles), "style"), enumerate(styles),
			count(len(engines), "engine"), enumerate(engines))
	}
	if frameworks, engines := m.served(); len(engines) > 0 {
		text += fmt.Sprintf("; HTTP servers of %s (%s) on %s (%s)",
			count(len(frameworks), "framework"), enumerate(frameworks), count(len(engines), "engine"), enumerate(engines))
	}
	return text + "."
}

// names returns the workloads, styles and engines of the matrix, as they are shown.
func (m *matrix) names() (labels, styles, engines []string) {
	for _, row := range m.rows {
		if !slices.Contains(labels, row.label) {
			labels = append(labels, row.label)
		}
		if style := clip(row.style, 40); !slices.Contains(styles, style) {
			styles = append(styles, style)
		}
	}
	for _, e := range m.engines {
		engines = append(engines, clip(e, 40))
	}
	return labels, styles, engines
}

// enumerate joins names, but not more than a reader will read.
func enumerate(names []string) string {
	const most = 12
	if len(names) > most {
		return strings.Join(names[:most], ", ") + fmt.Sprintf(" and %d more", len(names)-most)
	}
	return strings.Join(names, ", ")
}

// findings sums up the comparison of the await modes.
func (r *Results) findings(m *matrix) string {
	list := r.comparisons(m)
	if len(list) == 0 {
		return ""
	}
	var number [3]int
	emulated := false
	for _, c := range list {
		number[c.verdict()]++
		emulated = emulated || r.emulated(c.engine, legacy) || r.emulated(c.engine, optimized)
	}
	text := fmt.Sprintf("In %s of legacy and optimized await, optimized is faster in %d, slower in %d, "+
		"and undecided in %d. Faster or slower means that the whole 95 %% interval of the ratio lies on one side of 1.",
		count(len(list), "comparison"), number[faster], number[slower], number[undecided])
	if emulated {
		text += " Part of these modes is emulated: see the notes of the tables."
	}
	return text
}

// troubleText says that something went wrong, so that nobody has to scroll to
// find out.
func (r *Results) troubleText() string {
	kinds := make(map[Kind]int)
	for _, o := range r.outcomes {
		kinds[o.Kind]++
	}
	var parts []string
	if n := kinds[Failure]; n > 0 {
		parts = append(parts, count(n, "failure"))
	}
	if n := kinds[Skip]; n > 0 {
		parts = append(parts, count(n, "skip"))
	}
	if n := len(r.problems); n > 0 {
		parts = append(parts, count(n, "problem")+" in the input")
	}
	switch {
	case len(parts) == 0:
		return ""
	case kinds[Failure]+len(r.problems) == 0: // nothing went wrong: these can't be had
		return "Not all could be measured: " + parts[0] + ", listed below with the reasons."
	}
	return "Not all went well: " + strings.Join(parts, ", ") + ", listed below."
}

// howToRead explains the numbers to someone who sees such a report for the
// first time.
func howToRead(r *Results, m *matrix) string {
	lines := []string{
		"**Median ± %**: half of the samples are below the median. The percentage is the distance to the farther end of " +
			"the 95 % interval of the median, which is taken from the order of the samples and assumes nothing about " +
			"their distribution. It needs at least 6 samples; `∞` means that there were fewer.",
		"**delta, p, n**: as [benchstat](https://pkg.go.dev/golang.org/x/perf/cmd/benchstat) prints them. `~` means that " +
			"the Mann–Whitney U test finds no difference at the 5 % level. With many rows, some of them will differ by chance.",
		"**ratio [lo, hi]**: " + r.pairsExplained() + " shown are the median of these ratios and its 95 % interval. " +
			"Quote a ratio with its interval only.",
		"Intervals tell about the noise within this run. What all its rounds share, such as the machine, the version of " +
			"an engine, or the layout of memory in a process, can differ from yours by more.",
	}
	if slices.Contains(m.units(), "ticks/op") {
		lines = append(lines, "**Ticks** are turns of the microtask queue until an operation is done: exact, and the same on every "+
			"engine that follows the specification.")
	}
	for _, e := range m.engines {
		if r.emulated(e, legacy) || r.emulated(e, optimized) {
			lines = append(lines, "**Emulated** await modes are had by an exact rewrite of the program, not by a switch of the "+
				"engine: the order of events and the ticks are right, the time includes what the rewrite costs.")
			break
		}
	}
	return "- " + strings.Join(lines, "\n- ") + "\n"
}
