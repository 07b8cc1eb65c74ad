package bisect

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"promisebench/report/dataset"
	"promisebench/report/document"
	"promisebench/report/text"
	"promisebench/report/unit"
)

// A Point is a version.
type Point struct {
	Name  string // short
	Title string // of a commit
	What  string // as commands take it: node@12.22.1
}

// A Series is a figure of a benchmark, and what was found of it.
type Series struct {
	Benchmark string
	Unit      string
	// Exact says that the figure does not vary: what was found is certain, and its Rest, if
	// it has any, has no step.
	Exact bool
	Story
	Levels []Level
	// Answers are what probes have said, by points, in the place of levels.
	Answers map[int]string
}

// A Report is what a search has found.
type Report struct {
	Points  []Point
	Series  []Series
	Skipped map[int]error // points that can't be measured
	Sure    float64       // the probability that was asked for
	Spent   time.Duration
	Stopped bool // it was interrupted
	// Facts are conditions, and Command is what was called.
	Facts   []document.Fact
	Command string
}

// Errors of [Report.Err].
var (
	ErrRegressed = errors.New("something got slower, or more")
	ErrUndecided = errors.New("not all is sure")
)

// Err says in an error what follows for a build: nothing if all is sure and nothing got
// worse. Improvements are no error.
func (r *Report) Err() error {
	for _, s := range r.Series {
		if slices.ContainsFunc(s.Steps, Step.worse) {
			return fmt.Errorf("%w: %s", ErrRegressed, r.Title())
		}
	}
	if !r.sure() {
		return fmt.Errorf("%w: allow more time with --budget, and go on with --resume", ErrUndecided)
	}
	return nil
}

func (r *Report) sure() bool {
	return !slices.ContainsFunc(r.Series, func(s Series) bool { return !s.Sure(r.Sure) })
}

// worse reports whether there is more behind a step: all figures are better if they are
// lower, and 0 is the right answer.
func (s Step) worse() bool { return s.Ratio > 1 }

// class is how tables show a step.
func (s Step) class() document.Class {
	switch {
	case s.worse():
		return document.Regressed
	case s.Ratio == 1:
		return document.Differs
	}
	return document.Improved
}

// steps returns all steps with their series, the worst one first.
func (r *Report) steps() (list []found) {
	for i := range r.Series {
		for _, s := range r.Series[i].Steps {
			list = append(list, found{&r.Series[i], s})
		}
	}
	slices.SortStableFunc(list, func(a, b found) int { return cmp.Compare(b.Ratio, a.Ratio) })
	return list
}

type found struct {
	*Series
	Step
}

// Title is the result in a line.
func (r *Report) Title() string {
	first, last := text.Clip(r.Points[0].Name, 40), text.Clip(r.Points[len(r.Points)-1].Name, 40)
	way := first + " … " + last + ": "
	steps := r.steps()
	switch {
	case len(steps) > 0:
		worst := steps[0]
		more := ""
		if n := len(steps) - 1; n > 0 {
			more = fmt.Sprintf(", and %s more", text.Count(n, "change"))
		}
		return way + worst.change() + " at " + r.where(worst.Range) + more
	case r.sure():
		return way + "nothing changed"
	}
	return way + "not sure yet"
}

// change says how large a step is: "+8.1% [+7.2%, +9.0%]", or "3 → 4 ticks".
func (f found) change() string {
	if f.Answers != nil {
		return text.Clip(f.Answers[f.First-1], 60) + " → " + text.Clip(f.Answers[f.Last], 60)
	}
	if f.Exact {
		return fmt.Sprintf("%s → %s %s", text.Number(f.Before), text.Number(f.After), f.Unit)
	}
	return text.Interval(text.ChangeTenths, f.Ratio, f.Lo, f.Hi)
}

// where names a point, or the ends of a range.
func (r *Report) where(in Range) string {
	first, last := text.Clip(r.Points[in.First].Name, 40), text.Clip(r.Points[in.Last].Name, 40)
	if in.First == in.Last {
		return first
	}
	return fmt.Sprintf("one of %s … %s", first, last)
}

// Document is all there is to say.
func (r *Report) Document() *document.Document {
	lead := fmt.Sprintf("%s from %s to %s, %d of them measured, in pairs; how sure: %.4g%%.", text.Count(len(r.Points), "version"),
		r.Points[0].What, r.Points[len(r.Points)-1].What, r.measured(), 100*r.Sure)
	return &document.Document{
		Title:   r.Title(),
		Lead:    lead,
		Warning: r.warning(),
		Facts:   r.Facts,
		Findings: []document.Finding{
			{Question: "Where did something change?", Answer: r.answer(), Details: r.details(), Chapter: "changes", Link: "All changes"},
			{Question: "What next?", Answer: r.next()},
		},
		Chapters: []document.Chapter{
			{ID: "result", Title: r.Title(), Text: []string{document.Literal(lead)}, Only: document.Terminal},
			{ID: "changes", Title: "Changes", Tables: []*document.Table{r.changes()}, Charts: r.levelCharts()},
			{ID: "where", Title: "Where the steps may be", Text: []string{whereText}, Charts: r.beliefCharts(), Only: document.Page | document.Markdown},
			{ID: "skipped", Title: "Versions that can't be measured", Tables: []*document.Table{r.skipped()}},
			{ID: "versions", Title: "Versions", Tables: []*document.Table{r.versions()}, Only: document.Page | document.Markdown},
			{ID: "command", Title: "Command", Code: []document.Code{{Label: "This search", Text: r.Command}}, Only: document.Page | document.Markdown},
		},
		Method: method(),
	}
}

const whereText = "The probability, given all pairs, that a version is the first one with a step. What lies between two versions that were measured looks alike, and shares."

// method explains the search.
func method() document.Method {
	return document.Method{Paragraphs: []document.Paragraph{
		{Term: "Pairs", Text: "Two versions are measured as in a gate: fresh processes side by side that take turns batch by batch. What counts is the ratio of their times, pair by pair."},
		{Term: "Belief", Text: "No answer is final. Each pair moves a probability distribution over all places where the step may be, over more than one step, and over its not being there at all, which has half of the probability at the beginning. Steps are thought to be at least 1% large, up or down; smaller ones are none."},
		{Term: "Next", Text: "What is measured next is what is expected to tell most a second, with the building of what is not built yet. A version is named when its probability is as large as was asked for, and it was measured against its predecessor, and its successor is at its level: a step, and no spike."},
		{Term: "Both sides", Text: "Where a step was found, both sides of it are searched for more."},
		{Term: "Exact figures", Text: "Ticks, allocations and instructions do not vary, so that one run of a version tells all: a plain binary search. So it is with the answers of probes, small programs with one right output each. A figure that changes, and changes back between two versions that were looked at, is not noticed."},
	}}
}

// measured is how many versions were.
func (r *Report) measured() int {
	seen := map[int]bool{}
	for _, s := range r.Series {
		for _, l := range s.Levels {
			seen[l.Point] = true
		}
		for p := range s.Answers {
			seen[p] = true
		}
	}
	return len(seen)
}

func (r *Report) warning() string {
	switch {
	case r.Stopped:
		return "The search was interrupted: this is what was known by then."
	case len(r.Skipped) > 0:
		return fmt.Sprintf("%s can't be measured. Where that is next to a step, the answer is a range.", text.Count(len(r.Skipped), "version"))
	}
	return ""
}

func (r *Report) answer() string {
	steps := r.steps()
	switch {
	case len(steps) == 1:
		return "In one place: " + r.say(steps[0])
	case len(steps) > 1:
		return fmt.Sprintf("There are %s, the worst one: %s", text.Count(len(steps), "change"), r.say(steps[0]))
	case r.sure():
		return fmt.Sprintf("Nowhere: that nothing changed by 1%% or more is %.4g%% sure.", 100*r.Sure)
	}
	return "That is not sure yet."
}

// say is a step in a sentence, fit for an issue.
func (r *Report) say(f found) string {
	sure := "exact"
	if !f.Exact {
		sure = fmt.Sprintf("%s, %.4g%% sure", text.Count(f.Pairs, "pair"), 100*r.Sure)
	}
	title := r.Points[f.Last].Title
	if f.First != f.Last {
		title = ""
	}
	return document.Literal(fmt.Sprintf("%s %s at %s%s (%s).", r.label(f.Series), f.change(), r.where(f.Range), text.InParentheses(text.Clip(title, 80)), sure))
}

// details are the other steps.
func (r *Report) details() (list []string) {
	steps := r.steps()
	for _, f := range steps[min(1, len(steps)):] {
		list = append(list, r.say(f))
	}
	return list[:min(len(list), 12)]
}

// next names the command that looks closer at the worst step, or what is missing.
func (r *Report) next() string {
	steps := r.steps()
	switch {
	case len(steps) == 0 && r.sure():
		return ""
	case len(steps) == 0 || !steps[0].Exact && steps[0].First != steps[0].Last:
		return "More time: --resume goes on, and --budget says for how long."
	}
	before, at := r.Points[steps[0].First-1], r.Points[steps[0].Last]
	return document.Literal("The gate looks closely at these two: promisebench gate " + before.What + " " + at.What)
}

// changes is the table of all that was found.
func (r *Report) changes() *document.Table {
	t := &document.Table{Columns: document.Cols("benchmark", "metric", "change", "at", ">pairs", "sure")}
	for i := range r.Series {
		s := &r.Series[i]
		for _, step := range s.Steps {
			f := found{s, step}
			where := r.where(step.Range)
			if step.First == step.Last {
				where = text.Joined(where, text.Clip(r.Points[step.First].Title, 60))
			}
			t.Add(document.Text(r.label(s)), document.Text(s.metric()), document.Cell{Text: f.change(), Class: step.class()},
				document.Text(where), document.Int(s.Pairs), document.Text(r.certainty(s)))
		}
		if len(s.Steps) == 0 {
			nothing := document.Cell{Text: "none", Class: document.Unchanged}
			if !s.Sure(r.Sure) {
				nothing = document.Cell{Text: "not sure", Class: document.Inconclusive}
			}
			t.Add(document.Text(r.label(s)), document.Text(s.metric()), nothing, document.Text(""), document.Int(s.Pairs), document.Text(r.certainty(s)))
		}
		for _, rest := range s.Rest {
			if len(s.Steps) > 0 && rest.None < r.Sure {
				t.Note(fmt.Sprintf("%s, %s: between %s and %s there may be more: none with %s", r.label(s), s.metric(),
					r.Points[rest.First].Name, r.Points[rest.Last].Name, text.Percent(rest.None)))
			}
		}
	}
	return t
}

// label is the benchmark's name for readers: as much of it as tells it from the others.
func (r *Report) label(s *Series) string {
	key, label, ok := dataset.ParseName(s.Benchmark)
	if !ok {
		return text.Clip(s.Benchmark, 80)
	}
	if dataset.HasNoAwait(key.Style) || key.Await == dataset.Default {
		key.Await = ""
	}
	if r.oneEngine() {
		key.Engine = ""
	}
	return text.Joined(label, text.Clip(key.Style, 40), text.Clip(key.Await, 40), text.Clip(key.Engine, 40))
}

// oneEngine reports whether all series are of one engine.
func (r *Report) oneEngine() bool {
	engines := map[string]bool{}
	for _, s := range r.Series {
		if key, _, ok := dataset.ParseName(s.Benchmark); ok {
			engines[key.Engine] = true
		}
	}
	return len(engines) < 2
}

func (s *Series) metric() string { return unit.Title(s.Unit) }

// certainty says how sure a row is.
func (r *Report) certainty(s *Series) string {
	if s.Exact {
		return "exact"
	}
	sure := r.Sure
	if len(s.Steps) == 0 {
		sure = 1
		for _, rest := range s.Rest {
			sure = min(sure, rest.None)
		}
		if sure < r.Sure {
			return "none: " + text.Percent(sure)
		}
	}
	return fmt.Sprintf("%.4g%%", 100*min(sure, r.Sure))
}

// skipped lists what can't be measured.
func (r *Report) skipped() *document.Table {
	t := &document.Table{Columns: document.Cols("version", "why")}
	for _, p := range slices.Sorted(maps.Keys(r.Skipped)) {
		t.Add(document.Text(r.Points[p].Name), document.Text(text.Clip(r.Skipped[p].Error(), 400)))
	}
	return t
}

// versions lists all levels.
func (r *Report) versions() *document.Table {
	t := &document.Table{Columns: document.Cols("benchmark", "metric", "version", ">to the oldest", "95% interval", ">pairs"), Key: 3}
	for i := range r.Series {
		s := &r.Series[i]
		for _, l := range s.Levels {
			interval := "exact"
			if !s.Exact {
				interval = fmt.Sprintf("%s … %s", text.ChangeTenths(l.Lo), text.ChangeTenths(l.Hi))
			}
			p := r.Points[l.Point]
			t.Add(document.Text(r.label(s)), document.Text(s.metric()), document.Text(text.Joined(p.Name, text.Clip(p.Title, 60))),
				document.Number(l.Ratio, text.ChangeTenths(l.Ratio)), document.Text(interval), document.Int(l.Pairs))
		}
		for _, at := range slices.Sorted(maps.Keys(s.Answers)) {
			p := r.Points[at]
			t.Add(document.Text(r.label(s)), document.Text(s.metric()), document.Text(text.Joined(p.Name, text.Clip(p.Title, 60))),
				document.Text(text.Clip(s.Answers[at], 60)), document.Text("exact"), document.Int(1))
		}
	}
	return t
}

// WriteJSON writes what was found for programs. The error is w's.
func (r *Report) WriteJSON(w io.Writer) error {
	type step struct {
		First  string   `json:"first"`
		Last   string   `json:"last"`
		Title  string   `json:"title,omitempty"`
		Ratio  *float64 `json:"ratio"` // null behind 0
		Lo     *float64 `json:"lo"`
		Hi     *float64 `json:"hi"`
		Before float64  `json:"before,omitempty"`
		After  float64  `json:"after,omitempty"`
		Was    string   `json:"was,omitempty"` // the answer of a probe
		Is     string   `json:"is,omitempty"`
	}
	type rest struct {
		First string  `json:"first"`
		Last  string  `json:"last"`
		None  float64 `json:"none"`
	}
	type series struct {
		Benchmark string `json:"benchmark"`
		Unit      string `json:"unit"`
		Exact     bool   `json:"exact"`
		Sure      bool   `json:"sure"`
		Pairs     int    `json:"pairs"`
		Steps     []step `json:"steps"`
		Rest      []rest `json:"rest"`
	}
	out := struct {
		Old     string            `json:"old"`
		New     string            `json:"new"`
		Points  int               `json:"points"`
		Sure    float64           `json:"confidence"`
		Stopped bool              `json:"interrupted"`
		Seconds float64           `json:"seconds"`
		Series  []series          `json:"series"`
		Skipped map[string]string `json:"skipped"`
	}{r.Points[0].What, r.Points[len(r.Points)-1].What, len(r.Points), r.Sure, r.Stopped, r.Spent.Seconds(), []series{}, map[string]string{}}
	for _, s := range r.Series {
		one := series{s.Benchmark, s.Unit, s.Exact, s.Sure(r.Sure), s.Pairs, []step{}, []rest{}}
		for _, st := range s.Steps {
			title := ""
			if st.First == st.Last {
				title = r.Points[st.First].Title
			}
			one.Steps = append(one.Steps, step{r.Points[st.First].What, r.Points[st.Last].What, title, finite(st.Ratio), finite(st.Lo), finite(st.Hi), st.Before, st.After, s.Answers[st.First-1], s.Answers[st.Last]})
		}
		for _, x := range s.Rest {
			one.Rest = append(one.Rest, rest{r.Points[x.First].What, r.Points[x.Last].What, x.None})
		}
		out.Series = append(out.Series, one)
	}
	for p, err := range r.Skipped {
		out.Skipped[r.Points[p].What] = err.Error()
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(out)
}

// finite returns nil for what JSON can't write.
func finite(v float64) *float64 {
	if math.IsInf(v, 0) || math.IsNaN(v) {
		return nil
	}
	return &v
}

// Progress is how far a search has come.
type Progress struct {
	Doing  string // what is looked at: a unit, or "times"
	Part   *Part  // what is believed, of times
	Pairs  int
	Spent  time.Duration
	Budget time.Duration
}

// Say says it in a line, with the names of points.
func (p Progress) Say(points []Point) string {
	said := []string{text.Count(p.Pairs, "pair"), p.Doing}
	if p.Part != nil {
		open := 0
		for _, r := range p.Part.Results {
			if !r.Decided {
				open++
			}
		}
		said = append(said, fmt.Sprintf("%d of %d open", open, len(p.Part.Results)))
		if r, ok := p.Part.open(); ok {
			said = append(said, fmt.Sprintf("no step %s", text.Percent(r.None)))
			if in, ok := r.Range(0.8); ok {
				said = append(said, fmt.Sprintf("80%% in %s … %s", points[in.First+p.Part.First].Name, points[in.Last+p.Part.First].Name))
			}
		}
	}
	return strings.Join(said, ", ")
}

// open returns the result of the first series that is not decided.
func (p *Part) open() (Result, bool) {
	for _, r := range p.Results {
		if !r.Decided {
			return r, true
		}
	}
	return Result{}, false
}
