package await

import (
	"fmt"
	"strings"

	"promisebench/report/chart"
	"promisebench/report/dataset"
	"promisebench/report/document"
	"promisebench/report/method"
	"promisebench/report/provenance"
	"promisebench/report/stats"
	"promisebench/report/text"
	"promisebench/report/unit"
)

// Chapter is what the await optimization changes.
func (m *Modes) Chapter() document.Chapter {
	c := document.Chapter{ID: "await", Title: "What the await optimization changes", Tables: []*document.Table{m.table(), m.ErrorTable()}}
	if s := m.summary(); s != "" {
		c.Text = []string{s}
	}
	if ratios := m.chart(); ratios != nil {
		c.Charts = []*chart.Chart{ratios}
	}
	return c
}

// summary counts the comparisons by what they found; "" if there are none.
func (m *Modes) summary() string {
	if len(m.Comparisons) == 0 {
		return ""
	}
	number := directions(m.Comparisons)
	said := fmt.Sprintf("In %s of legacy and optimized await, optimized is faster in %d, slower in %d, and %d %s inconclusive. "+
		"Faster or slower means that the whole 95%% interval of the ratio lies on one side of 1.", text.Count(len(m.Comparisons), "comparison"),
		number[stats.Faster], number[stats.Slower], number[stats.Inconclusive], text.Verb(number[stats.Inconclusive], "is", "are"))
	if m.AnyEmulated() {
		said += " Part of these modes is emulated: see the notes of the tables."
	}
	return said
}

// directions counts comparisons by direction.
func directions(list []Comparison) (number [3]int) {
	for _, c := range list {
		number[c.Ratio.Direction()]++
	}
	return number
}

// inSomeMode keeps what comparisons of await modes are about.
func inSomeMode(p dataset.Place) bool {
	return !dataset.HasNoAwait(p.Style) && (p.Await == dataset.Legacy || p.Await == dataset.Optimized)
}

// table compares the await modes.
func (m *Modes) table() *document.Table {
	t := &document.Table{
		Title:   "Await optimization: legacy vs optimized",
		Columns: document.Cols("workload", "style", "engine", ">"+dataset.Legacy, ">"+dataset.Optimized, ">ratio [95%]", ">delta", ">p, n"),
		Key:     3,
	}
	for _, c := range m.Comparisons {
		was := c.Place
		was.Await = dataset.Legacy
		ratio := document.Number(c.Ratio.Center, c.Ratio.String())
		if c.Ratio.Unequal {
			ratio.Marks = []int{t.Mark(fmt.Sprintf("not every sample has a partner: %d legacy, %d optimized, ratio over %s",
				c.legacy.N, c.optimized.N, text.Count(c.Ratio.N, "pair")))}
		}
		t.Add(document.Text(c.Label), document.Text(text.Clip(c.Style, 40)), document.Text(text.Clip(c.Engine, 40)),
			document.Number(c.legacy.Center, c.legacy.String(), t.Mark(m.Note(was))),
			document.Number(c.optimized.Center, c.optimized.String(), t.Mark(m.Note(c.Place))),
			ratio, document.Text(c.delta), document.Text(c.test, t.MarkErrors(c.warnings)...))
	}
	t.Note("ratio: median of optimized / legacy over "+provenance.Pairs(m.results)+", with its 95% interval; below 1 = optimized is faster",
		m.matrix.UnusedNote(unit.Time, inSomeMode))
	return t
}

// ErrorTable shows the error of the emulation, where it was measured.
func (m *Modes) ErrorTable() *document.Table {
	t := &document.Table{
		Title:   "Emulation error: emulated legacy over native legacy",
		Columns: document.Cols("workload", "style", "engine", ">native", ">emulated", ">n", ">ratio [95%]"),
		Key:     3,
	}
	for _, e := range m.errors {
		t.Add(document.Text(e.Label), document.Text(text.Clip(e.Style, 40)), document.Text(text.Clip(e.Engine, 40)),
			document.Number(e.Native.Center, e.Native.String()), document.Number(e.Emulated.Center, e.Emulated.String()),
			document.Int(e.Ratio.N), document.Number(e.Ratio.Center, e.Ratio.String()))
	}
	t.Note("ratio: median of emulated / native over "+provenance.Pairs(m.results)+", with its 95% interval; 1 = no error",
		m.matrix.UnusedNote(unit.Time, func(p dataset.Place) bool { return p.Await == dataset.Legacy }))
	return t
}

// chart shows the ratio of optimized to legacy wherever both were measured: a group
// for each workload, a row for each style and engine; nil if nowhere.
func (m *Modes) chart() *chart.Chart {
	var groups []chart.Group
	var shown []chart.Mark
	workload := ""
	for _, c := range m.Comparisons {
		if c.Ratio.N == 0 {
			continue
		}
		if len(groups) == 0 || c.Workload != workload {
			workload = c.Workload
			groups = append(groups, chart.Group{Title: c.Label})
		}
		style, engine := text.Clip(c.Style, 60), text.Clip(c.Engine, 60)
		mark := chart.Mark{Summary: c.Ratio.Summary, Text: c.Ratio.String(), Name: fmt.Sprintf("%s, %s, %s", c.Label, style, engine),
			Look: [...]chart.Look{stats.Inconclusive: inconclusiveLook(), stats.Faster: fasterLook(), stats.Slower: slowerLook()}[c.Ratio.Direction()]}
		g := &groups[len(groups)-1]
		g.Rows = append(g.Rows, chart.Row{Label: style + " · " + engine, Marks: []chart.Mark{mark}})
		shown = append(shown, mark)
	}
	if len(shown) == 0 {
		return nil
	}
	r := m.results
	notes := append(text.NotEmpty(m.matrix.UnusedNote(unit.Time, inSomeMode)), m.Notes()...)
	return &chart.Chart{
		ID:       "await-optimization",
		Title:    "What the await optimization changes",
		Subtitle: "time with optimized await / time with legacy await; lower is better, 1 = no difference",
		Intro:    "Ratio of the time with optimized await to the time with legacy await; below 1, optimized is faster.",
		Caption:  provenance.Caption(r, m.matrix.Engines, "pseudomedian of the ratios of "+provenance.Pairs(r), shown, notes),
		Looks:    []chart.Look{fasterLook(), slowerLook(), inconclusiveLook()},
		Dots:     "each dot: one pair of samples",
		Body:     chart.Rows{Axis: chart.RatioAxis("ratio optimized / legacy", shown), Groups: groups},
	}
}

// ProofChapter says which await was measured, and what shows it.
func (m *Modes) ProofChapter() document.Chapter {
	c := document.Chapter{ID: "proof", Title: "Which await was measured", Tables: []*document.Table{m.proofTable()}, Only: document.Markdown | document.Page}
	if len(c.Tables[0].Rows) == 0 {
		return c
	}
	term := method.Stated
	if m.results.Ours() {
		term = method.Proof
	}
	for _, p := range method.Paragraphs(term) {
		c.Text = append(c.Text, p.Text)
	}
	return c
}

// proofTable says for each engine and await mode where the mode comes from, and
// what shows it.
func (m *Modes) proofTable() *document.Table {
	t := &document.Table{
		Title:   "Await modes",
		Columns: document.Cols("engine", "version", "await", "source", "emulation error", "order", "ticks/op of async functions"),
		Key:     1,
	}
	for _, e := range m.matrix.Engines {
		for _, mode := range []string{dataset.Legacy, dataset.Optimized} {
			word, measured := m.Word(e, mode), m.measuredIn(mode, e)
			if word == "" && !measured {
				continue
			}
			source := word
			switch word {
			case "":
				source = "not said"
			case SkipsTicks:
				source = "native, skips ticks (the Node 8 bug)"
			}
			order, ticks, off := "not measured", "", document.Text("")
			if measured {
				order, ticks = "after:await tick:a tick:b", m.asyncTicks(e, mode)
				if mode == dataset.Legacy {
					order = "tick:a tick:b after:await"
				}
			}
			if word == emulated && measured {
				off = document.Text("not stated")
				if known := m.ErrorText(); known != "" {
					off = document.Text("see ", t.Mark(known))
				}
			}
			t.Add(document.Text(text.Clip(e, 40)), document.Text(text.Clip(provenance.Version(m.results.Version(e)), 60)), document.Text(mode),
				document.Text(text.Clip(source, 60)), off, document.Text(order), document.Text(ticks))
		}
	}
	return t
}

// asyncTicks lists the ticks of async functions in an await mode on an engine.
func (m *Modes) asyncTicks(engine, mode string) string {
	var said []string
	for _, row := range m.matrix.Rows {
		if _, forced := withoutForced(row.Workload); forced || row.Style != "async" || row.Await != mode {
			continue
		}
		s := m.matrix.Summary(dataset.Place{Row: row, Engine: engine}, unit.Ticks)
		switch {
		case s.N == 0:
		case s.Exact || s.Center == 0:
			said = append(said, row.Label+" "+text.Number(s.Center))
		default:
			said = append(said, row.Label+" "+text.ThreeDigits(s.Center))
		}
	}
	return strings.TrimSpace(text.List(said))
}

// Method explains what these results need of await modes.
func (m *Modes) Method() []document.Paragraph {
	if !m.measured() {
		return nil
	}
	list := method.Paragraphs(method.AwaitModes, method.OwnAwait)
	if m.AnyEmulated() {
		p := method.Paragraphs(method.Emulated)[0]
		if known := m.ErrorText(); known != "" {
			p.Text += " Where an engine has the mode as well, that was measured: " + document.Literal(known) + "."
		}
		list = append(list, p)
	}
	if m.AnySkipsTicks() {
		list = append(list, method.Paragraphs(method.SkippedTicks)...)
	}
	return list
}
