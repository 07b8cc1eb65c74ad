package report

import (
	"bytes"
	"cmp"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/perf/benchmath"

	"promisebench/report/gate"
	"promisebench/report/theme"
)

// Tables returns what was decided as tables: the verdicts, and failures and skips
// if there are any. Exact metrics in which nothing has changed are a footnote.
func (j *Judgement) Tables() []Table {
	t := Table{
		Title:  "base → head: " + cmp.Or(j.Summary(), "nothing compared"),
		Header: []string{"benchmark", "metric", "base", "head", fmt.Sprintf("change [%v]", gate.Percent(j.Plan.Confidence)), "p", "n", "verdict"},
		Align:  []Align{Left, Left, Right, Right, Right, Right, Right, Left},
	}
	same := make(map[string]int)
	var sameUnits []string
	for _, r := range j.Rows {
		if r.Kind == gate.Exact && r.Verdict == gate.Unchanged {
			if same[r.Unit]++; same[r.Unit] == 1 {
				sameUnits = append(sameUnits, r.Unit)
			}
			continue
		}
		p := ""
		if r.Kind != gate.Exact {
			p = pValue(r.P)
		}
		t.Rows = append(t.Rows, []string{r.full(), r.Unit, r.center(r.Base), r.center(r.Head), r.interval(), p, strconv.Itoa(r.N), string(r.Verdict)})
	}
	for _, unit := range sameUnits {
		t.Notes = append(t.Notes, fmt.Sprintf("%s: the same on both sides in %d benchmarks", unit, same[unit]))
	}
	t.Notes = append(t.Notes, j.explained()...)
	for _, w := range j.Warnings {
		t.Notes = append(t.Notes, "warning: "+w)
	}
	tables := []Table{t}
	for _, part := range []struct {
		title string
		lines []string
	}{{"Failures", j.faults()}, {"Skipped on both sides", j.Skips}} {
		if len(part.lines) > 0 {
			more := Table{Title: part.title, Header: []string{"what"}}
			for _, line := range part.lines {
				more.Rows = append(more.Rows, []string{line})
			}
			tables = append(tables, more)
		}
	}
	return tables
}

// faults returns the texts of the failures.
func (j *Judgement) faults() []string {
	var list []string
	for _, f := range j.Failures {
		list = append(list, f.Text)
	}
	return list
}

// explained says what the numbers are, in sentences; in none if nothing was
// tested.
func (j *Judgement) explained() []string {
	least, most, tested := math.Inf(1), 0.0, false
	for _, r := range j.Rows {
		tested = tested || r.Kind != gate.Exact
		if r.Holds > 0 {
			least, most = min(least, r.Holds), max(most, r.Holds)
		}
	}
	if !tested {
		return nil
	}
	what, early, adjusted := "geometric mean of head/base over the pairs of processes", ", which holds however early the gate stopped", "all benchmarks and looks"
	if !j.Paired {
		what, early, adjusted = "ratio of the geometric means", "", "all rows"
	}
	notes := []string{fmt.Sprintf("change: %s, with its %v interval%s; p: of no change, adjusted for %s; "+
		"a change counts from p <= %v on, if it is as large as the threshold", what, gate.Percent(j.Plan.Confidence), early, adjusted, j.Plan.Alpha)}
	if most > 0 && most < 10 {
		of := percent(most)
		if percent(least) != of {
			of = percent(least) + " to " + of + ", depending on the benchmark,"
		}
		notes = append(notes, fmt.Sprintf("in this noise %d pairs find a change of %s with 95 %% power", j.Plan.Pairs, of))
	}
	return notes
}

func pValue(p float64) string {
	switch {
	case p < 1e-4:
		return "<0.0001"
	case p == 1:
		return "1"
	}
	return strconv.FormatFloat(p, 'f', 4, 64)
}

// center writes the middle of a side's values.
func (r JudgedRow) center(values []float64) string {
	if r.Kind == gate.Exact {
		return strconv.FormatFloat(benchmath.AssumeNothing.Summary(sample(values), confidence).Center, 'f', -1, 64)
	}
	return format(benchmath.AssumeNothing.Summary(sample(values), confidence).Center, r.Unit)
}

// Most rows of one chart with all benchmarks in it. If there are more, each
// workload has its own, behind one of those that changed most.
const (
	mostInOne     = 48
	mostInSummary = 30
)

// Charts draws the changes with their intervals. The first is the summary.
func (j *Judgement) Charts() []Chart {
	title := "base → head: " + cmp.Or(j.Summary(), "nothing compared")
	drawn := slices.DeleteFunc(slices.Clone(j.Rows), func(r JudgedRow) bool { return r.Kind == gate.Exact && r.Verdict == gate.Unchanged })
	if len(drawn) <= mostInOne {
		return []Chart{j.chart("gate", title, "", drawn, false)}
	}
	most := slices.DeleteFunc(slices.Clone(drawn), func(r JudgedRow) bool { return r.Verdict == gate.Unchanged })
	selection := fmt.Sprintf("the %d that changed or are undecided, of %d; ", len(most), len(drawn))
	if len(most) == 0 || len(most) > mostInSummary {
		most = mostChanged(drawn)[:mostInSummary]
		selection = fmt.Sprintf("the %d that changed most, of %d; ", len(most), len(drawn))
	}
	charts := []Chart{j.chart("gate", title, selection, most, false)}
	for len(drawn) > 0 { // rows come by workload
		end := slices.IndexFunc(drawn, func(r JudgedRow) bool { return r.workload != drawn[0].workload })
		if end < 0 {
			end = len(drawn)
		}
		name := drawn[0].workload
		charts = append(charts, j.chart("gate-"+slug(name), name+": base → head", "", drawn[:end], true))
		drawn = drawn[end:]
	}
	uniqueIDs(charts)
	return charts
}

// mostChanged sorts rows: those with a change for sure first, and then by how
// large it is.
func mostChanged(rows []JudgedRow) []JudgedRow {
	sure := func(r JudgedRow) int {
		if r.Verdict == gate.Regressed || r.Verdict == gate.Improved {
			return 0
		}
		return 1
	}
	sorted := slices.Clone(rows)
	slices.SortStableFunc(sorted, func(a, b JudgedRow) int {
		return cmp.Or(sure(a)-sure(b), cmp.Compare(b.size(), a.size()))
	})
	return sorted
}

// size is how far a row's change is from none, in either direction.
func (r JudgedRow) size() float64 {
	if math.IsNaN(r.Ratio) {
		return 0
	}
	return math.Abs(math.Log(r.Ratio))
}

// chart draws the changes of rows. If they are of one workload, its name is left
// out of their labels.
func (j *Judgement) chart(id, title, selection string, rows []JudgedRow, oneWorkload bool) Chart {
	c := Chart{
		ID:       id,
		Title:    title,
		subtitle: selection + "change of head against base; left of the line is less. " + j.sides(),
	}
	// Where all rows have one engine it would only push other words out of the
	// labels: it is in the subtitle and the description.
	oneEngine := !slices.ContainsFunc(j.Rows, func(r JudgedRow) bool { return r.engine != j.Rows[0].engine })
	body := rowsBody{}
	var said []string
	lo, hi := 1.0, 1.0
	bound := 0.0
	for _, r := range rows {
		m := mark{text: r.interval() + " " + string(r.Verdict)}
		m.look = map[gate.Verdict]look{
			gate.Regressed: lookRegressed, gate.Improved: lookImproved, gate.Unchanged: lookUnchanged, gate.Undecided: lookNoVerdict,
		}[r.Verdict]
		if drawable(r.Ratio) && drawable(r.Lo) && drawable(r.Hi) {
			m.summary = summary{Summary: benchmath.Summary{Center: r.Ratio, Lo: r.Lo, Hi: r.Hi}, n: r.N}
			lo, hi = min(lo, r.Lo), max(hi, r.Hi)
		}
		if r.Kind != gate.Exact {
			bound = max(bound, r.bound())
		}
		group := j.group(&body, r.metric())
		label := r.full()
		switch {
		case oneWorkload:
			label = cmp.Or(joined(r.variant, r.engine), r.workload)
		case oneEngine:
			label = r.label()
		}
		group.rows = append(group.rows, chartRow{label, []mark{m}})
		said = append(said, fmt.Sprintf("%s, %s: %s", r.full(), clip(r.Unit, 40), m.text))
	}
	lo, hi = min(lo, 1-1.3*bound), max(hi, 1+1.3*bound)
	room := 0.04 * (hi - lo)
	body.axis = axis{
		label: "change of head against base",
		min:   lo - room, max: hi + room, scale: 1, line: 1,
		tick: signedTick,
		band: &[2]float64{1 / (1 + bound), 1 + bound},
	}
	if hi/max(lo, 1e-3) >= 10 { // a change by a factor would push all others onto the line
		wide := logAxis(max(lo, 1e-3), hi)
		body.axis.log, body.axis.min, body.axis.max = true, wide.min, wide.max
		body.axis.label += " (log scale)"
	}
	c.body = body
	c.Description = "Change of head against base in percent. " + sentences(said)
	notes := append(j.explained(), "shaded: the bound of unchanged, "+gate.Percent(bound).String())
	notes = append(notes, j.Warnings...)
	for _, key := range []string{"cpu", "cores", "date"} {
		if v := j.matches[0].Head.known[key]; v != "" {
			notes = append(notes, key+" "+clip(v, 60))
		}
	}
	c.caption = strings.Join(notes, " · ")
	return c
}

// group returns the group of a body that has a title. Rows come by benchmark; in
// charts they stand by metric.
func (j *Judgement) group(body *rowsBody, title string) *group {
	at := slices.IndexFunc(body.groups, func(g group) bool { return g.title == title })
	if at < 0 {
		at = len(body.groups)
		body.groups = append(body.groups, group{title: title})
	}
	return &body.groups[at]
}

// metric is the unit, with the direction that is better if it is the unusual one.
func (r JudgedRow) metric() string {
	if r.HigherIsBetter {
		return clip(r.Unit, 40) + " (more is better)"
	}
	return clip(r.Unit, 40)
}

// bound is how far the interval may reach for the row to be unchanged: the rule's
// bound on top of the allowance.
func (r JudgedRow) bound() float64 { return (1+r.Rules.Bound)*(1+r.Rules.Allowance) - 1 }

// drawable reports whether a ratio has a place in a chart.
func drawable(v float64) bool { return v > 1e-3 && v < 1e3 }

func signedTick(v float64) string {
	change := 100 * (v - 1)
	if math.Abs(change) < 1e-9 {
		return "0"
	}
	return fmt.Sprintf("%+.4g %%", change)
}

// sides says what was compared.
func (j *Judgement) sides() string {
	return "base: " + j.sideName(0) + "; head: " + j.sideName(1)
}

// sideName says what base (0) or head (1) is: what the results say of
// themselves, or else the name of the file or folder that they are from.
func (j *Judgement) sideName(i int) string {
	side := j.matches[0].sides()[i]
	if said := side.known[Side]; said != "" {
		words := strings.Fields(clip(said, 300))
		for i, w := range words {
			words[i] = pseudoVersion.ReplaceAllString(w, "$1-$2-$3 $4")
		}
		return clip(strings.Join(words, " "), 100)
	}
	// The last part of the path is enough, unless both sides have the same.
	short, other := "", ""
	for k, s := range j.matches[0].sides() {
		name := strings.TrimSuffix(strings.Join(s.texts[:min(1, len(s.texts))], ""), "/bench.txt")
		if k == i {
			short = name
		} else {
			other = name
		}
	}
	if path.Base(short) != path.Base(other) {
		short = path.Base(short)
	}
	return clip(short, 100)
}

// WriteMarkdown writes a summary that fits a comment on a pull request. The
// chart is an image named gate.svg beside it. The error is w's.
func (j *Judgement) WriteMarkdown(w io.Writer) error {
	var b bytes.Buffer
	icon, word := "✅", "passes"
	switch {
	case j.Count(gate.Regressed) > 0:
		icon, word = "❌", "regressed"
	case len(j.Failures) > 0:
		icon, word = "❌", "broken"
	case j.Count(gate.Undecided) > 0:
		icon, word = "❔", "undecided"
	}
	// The first line lets a bot find its comment again.
	fmt.Fprintf(&b, "<!-- promisebench-gate -->\n## %s promisebench gate: %s\n\n", icon, word)
	fmt.Fprintf(&b, "%s\n\n", escape(j.sides()))
	for i, t := range j.Tables() {
		if i > 0 {
			b.WriteString("\n")
		}
		if err := t.Write(&b, Markdown); err != nil {
			return err
		}
	}
	_, err := w.Write(b.Bytes())
	return err
}

// WriteJSON writes all that was decided, for programs. The error is w's.
func (j *Judgement) WriteJSON(w io.Writer) error {
	type jsonRow struct {
		Name    string     `json:"name"`
		Unit    string     `json:"unit"`
		Verdict string     `json:"verdict"`
		Ratio   *float64   `json:"ratio"`
		Lo      *float64   `json:"lo"`
		Hi      *float64   `json:"hi"`
		P       float64    `json:"p"`
		N       int        `json:"n"`
		SD      float64    `json:"sd"`
		Holds   *float64   `json:"holds"`
		Rules   gate.Rules `json:"rules"`
		Why     string     `json:"why,omitempty"`
	}
	number := func(v float64) *float64 {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil
		}
		return &v
	}
	rows := []jsonRow{}
	for _, r := range j.Rows {
		rows = append(rows, jsonRow{r.Name, r.Unit, string(r.Verdict), number(r.Ratio), number(r.Lo), number(r.Hi),
			r.P, r.N, r.SD, number(r.Holds), r.Rules, r.Why})
	}
	list := func(lines []string) []string { return append([]string{}, lines...) }
	verdict := "pass"
	if err := j.Err(); err != nil {
		verdict = err.Error()
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(struct {
		Verdict  string    `json:"verdict"`
		Base     string    `json:"base"`
		Head     string    `json:"head"`
		Plan     gate.Plan `json:"plan"`
		Paired   bool      `json:"paired"`
		Rows     []jsonRow `json:"rows"`
		Failures []string  `json:"failures"`
		Skips    []string  `json:"skips"`
		Warnings []string  `json:"warnings"`
	}{verdict, j.matches[0].Base.known[Side], j.matches[0].Head.known[Side], j.Plan, j.Paired, rows, list(j.faults()), list(j.Skips), list(j.Warnings)})
}

// WriteJUnit writes the verdicts as JUnit XML, which CI services show: a test
// case for each benchmark and metric. The error is w's.
func (j *Judgement) WriteJUnit(w io.Writer) error {
	type message struct {
		Message string `xml:"message,attr"`
	}
	type testCase struct {
		Class   string   `xml:"classname,attr"`
		Name    string   `xml:"name,attr"`
		Failure *message `xml:"failure"`
		Error   *message `xml:"error"`
		Skipped *message `xml:"skipped"`
	}
	type suite struct {
		XMLName  xml.Name   `xml:"testsuite"`
		Name     string     `xml:"name,attr"`
		Tests    int        `xml:"tests,attr"`
		Failures int        `xml:"failures,attr"`
		Errors   int        `xml:"errors,attr"`
		Skipped  int        `xml:"skipped,attr"`
		Cases    []testCase `xml:"testcase"`
	}
	s := suite{Name: "promisebench gate"}
	for _, r := range j.Rows {
		c := testCase{Class: "promisebench." + theme.Clean(r.Unit), Name: theme.Clean(r.Name)}
		text := theme.Clean(string(r.Verdict) + ": " + r.interval())
		switch r.Verdict {
		case gate.Regressed:
			c.Failure = &message{text}
			s.Failures++
		case gate.Undecided:
			if j.undecided == "pass" {
				c.Skipped = &message{text}
				s.Skipped++
			} else {
				c.Error = &message{text}
				s.Errors++
			}
		}
		s.Cases = append(s.Cases, c)
	}
	for _, line := range j.faults() {
		s.Cases = append(s.Cases, testCase{Class: "promisebench", Name: theme.Clean(line), Error: &message{theme.Clean(line)}})
		s.Errors++
	}
	for _, line := range j.Skips {
		s.Cases = append(s.Cases, testCase{Class: "promisebench", Name: theme.Clean(line), Skipped: &message{theme.Clean(line)}})
		s.Skipped++
	}
	s.Tests = len(s.Cases)
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(s); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}
