// Package provenance says where numbers come from, as every report owes it: under
// which conditions they were measured, by which commands, on which versions, what
// failed, and what was wrong with the input.
package provenance

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"promisebench/report/chart"
	"promisebench/report/dataset"
	"promisebench/report/document"
	"promisebench/report/text"
)

// Version shortens a version to what identifies it.
func Version(v string) string { return text.Version(v, 40) }

// Facts are the conditions that readers ask for first.
func Facts(r *dataset.Results) []document.Fact {
	m := r.Matrix()
	var versions []string
	_, servers := m.Served()
	for _, e := range slices.Concat(m.Engines, servers) {
		if v := r.Version(e); v != "" && !slices.Contains(versions, text.Clip(e, 40)+" "+Version(v)) {
			versions = append(versions, text.Clip(e, 40)+" "+Version(v))
		}
	}
	machine := []string{}
	for _, key := range []struct{ name, format string }{{"cpu", "%s"}, {"cores", "%s cores"}, {"os", "%s"}} {
		if v := r.Condition(key.name); v != "" {
			machine = append(machine, fmt.Sprintf(key.format, text.Clip(v, 80)))
		}
	}
	facts := []document.Fact{
		{Name: "Versions", Value: text.List(versions)},
		{Name: "Machine", Value: strings.Join(machine, ", ")},
		{Name: "Date", Value: text.Clip(r.Condition(dataset.Date), 40)},
		{Name: "Commit", Value: text.Clip(r.Condition(dataset.Commit), 60)},
	}
	return slices.DeleteFunc(facts, func(f document.Fact) bool { return f.Value == "" })
}

// Commands returns the commands that measured these results.
func Commands(r *dataset.Results) []document.Code {
	const most = 20 // of a merged report; they are alike
	var list []document.Code
	for _, command := range r.Values(dataset.Command) {
		if len(list) < most {
			list = append(list, document.Code{Text: text.Clip(command, 2000)})
		}
	}
	return list
}

// Measured says in a sentence what was measured.
func Measured(r *dataset.Results) string {
	if r.Empty() {
		return "No results: not one usable sample was found in the input."
	}
	m := r.Matrix()
	said := text.Count(r.Samples(), "sample") + " of " + text.Count(len(r.Counts()), "benchmark")
	if len(m.Rows) > 0 {
		names, styles, engines := m.Names()
		said += fmt.Sprintf(": %s (%s) in %s (%s) on %s (%s)",
			text.Count(len(names), "workload"), text.List(names),
			text.Count(len(styles), "style"), text.List(styles),
			text.Count(len(engines), "engine"), text.List(engines))
	}
	if frameworks, engines := m.Served(); len(engines) > 0 {
		said += fmt.Sprintf("; HTTP servers of %s (%s) on %s (%s)",
			text.Count(len(frameworks), "framework"), text.List(frameworks), text.Count(len(engines), "engine"), text.List(engines))
	}
	return said + "."
}

// Warning says that something went wrong, so that nobody has to scroll to find out;
// "" if nothing did.
func Warning(r *dataset.Results) string { return WarningOf(r.Outcomes(), r.Problems()) }

// WarningOf is Warning for outcomes and problems of several results.
func WarningOf(outcomes []dataset.Outcome, problems []dataset.Problem) string {
	kinds := make(map[dataset.Kind]int)
	for _, o := range outcomes {
		kinds[o.Kind]++
	}
	var parts []string
	if n := kinds[dataset.Failure]; n > 0 {
		parts = append(parts, text.Count(n, "failure"))
	}
	if n := kinds[dataset.Skip]; n > 0 {
		parts = append(parts, text.Count(n, "skip"))
	}
	if n := len(problems); n > 0 {
		parts = append(parts, text.Count(n, "problem")+" in the input")
	}
	switch {
	case len(parts) == 0:
		return ""
	case kinds[dataset.Failure]+len(problems) == 0: // nothing went wrong: it is not available here
		return "Not everything could be measured: " + parts[0] + ", listed below with the reasons."
	case kinds[dataset.Failure] == 0:
		return "The input has problems: " + strings.Join(parts, ", ") + ", listed below."
	}
	return "Some benchmarks failed: " + strings.Join(parts, ", ") + ", listed below."
}

// Chapters returns the chapters about what failed, what is wrong with the input, and
// the conditions.
func Chapters(r *dataset.Results) []document.Chapter {
	conditions := document.Chapter{ID: "conditions", Title: "Conditions", Tables: []*document.Table{conditionTable(r)}}
	commands := document.Chapter{ID: "commands", Title: "Commands", Code: Commands(r), Only: document.Markdown | document.Page}
	if len(commands.Code) > 0 {
		commands.Text = []string{"What they measured is text, bench.txt. All of this report comes from that text alone, and 'promisebench report' makes it again at any time."}
	}
	return []document.Chapter{
		{ID: "outcomes", Title: "Failures and skips", Tables: []*document.Table{Outcomes(r.Outcomes())}},
		{ID: "problems", Title: "Problems in the input", Tables: []*document.Table{Problems(r.Problems())}},
		conditions, commands,
	}
}

// conditionTable is the table of the conditions under which all of it was measured.
func conditionTable(r *dataset.Results) *document.Table {
	t := &document.Table{Title: "Conditions", Columns: document.Cols("condition", "value")}
	for _, c := range r.Conditions() {
		t.Add(document.Texts(text.Clip(c.Key, 40), text.Clip(c.Value, 500))...)
	}
	return t
}

// Outcomes is the table of what gave no result and why, the same once only.
func Outcomes(outcomes []dataset.Outcome) *document.Table {
	t := &document.Table{Title: "Failures and skips", Columns: document.Cols("what", ">times", "benchmark and reason")}
	type what struct {
		kind         dataset.Kind
		name, reason string
	}
	times := make(map[what]int)
	var order []what
	for _, o := range outcomes {
		w := what{o.Kind, o.Name, o.Reason}
		if times[w] == 0 {
			order = append(order, w)
		}
		times[w]++
	}
	slices.SortStableFunc(order, func(a, b what) int { return int(b.kind) - int(a.kind) }) // failures first
	for _, w := range order {
		said := text.Clip(w.name, 200)
		for i, line := range strings.Split(w.reason, "\n") {
			if i == 20 {
				said += "\n  …"
				break
			}
			if line != "" {
				said += "\n  " + text.Clip(line, 200)
			}
		}
		t.Add(document.Text(w.kind.String()), document.Int(times[w]), document.Text(said))
	}
	return t
}

// ReasonNote says below a table why a number is not there; "" if nobody said.
func ReasonNote(kind dataset.Kind, reason string) string {
	if reason == "" {
		return ""
	}
	return kind.String() + ": " + reason
}

// Problems is the table of what was wrong with the input.
func Problems(problems []dataset.Problem) *document.Table {
	t := &document.Table{Title: "Problems in the input", Columns: document.Cols("where", "what")}
	const most = 200
	for i, p := range problems {
		if i == most {
			t.Note(fmt.Sprintf("and %d more", len(problems)-most))
			break
		}
		t.Add(document.Texts(text.Clip(p.Where(), 100), text.Clip(p.Message, 400))...)
	}
	return t
}

// Pairs names the pairs that ratios are made of; see stats.RatioOf.
func Pairs(r *dataset.Results) string {
	if r.Interleaved() {
		return "pairs of the same round"
	}
	return "pairs in the order of the text, which were not taken side by side"
}

// Caption says what the marks of a chart are and under which conditions they were
// measured. center is what a mark is, such as "median"; engines are those whose
// versions are told.
func Caption(r *dataset.Results, engines []string, center string, shown []chart.Mark, notes []string) string {
	return strings.Join(text.NotEmpty(slices.Concat([]string{markNote(center, shown)}, notes, Circumstances(r, engines))...), " · ")
}

// markNote is the beginning of a caption: what a mark is, such as "median", of how
// many samples, and where there are whiskers, of the marks shown that have a value.
func markNote(center string, shown []chart.Mark) string {
	few, many := math.MaxInt, 0
	bounded, unbounded := false, false
	for _, m := range shown {
		if m.N == 0 {
			continue
		}
		few, many = min(few, m.N), max(many, m.N)
		bounded = bounded || m.Bounded()
		unbounded = unbounded || !m.Bounded()
	}
	if many == 0 {
		return ""
	}
	parts := []string{"Mark: " + center + ", n=" + text.Range(few, many)}
	if bounded {
		parts = append(parts, "whiskers: its 95% interval")
	}
	if unbounded {
		parts = append(parts, "no whiskers where n < 6: too few samples for an interval")
	}
	return strings.Join(parts, " · ")
}

// Circumstances lists the conditions and versions that captions tell.
func Circumstances(r *dataset.Results, engines []string) (parts []string) {
	for _, c := range []struct{ key, format string }{
		{"sample", "sample: %s"}, {dataset.Window, "window %s"}, {dataset.Instructions, "instructions: %s"}, {"closed-loop", "closed loop: %s"}, {"soak", "%s"}, {dataset.Pinning, "%s"},
		{"cpu", "%s"}, {"cores", "%s cores"}, {dataset.GoMaxProcs, "GOMAXPROCS=%s"}, {"gogc", "GOGC=%s"}, {"go", "%s"}, {dataset.Date, "%.10s"}, {dataset.Commit, "commit %.12s"},
	} {
		if v := r.Condition(c.key); v != "" {
			parts = append(parts, fmt.Sprintf(c.format, text.Clip(v, 60)))
		}
	}
	for _, e := range engines {
		if v := r.Version(e); v != "" {
			parts = append(parts, text.Clip(e, 40)+" "+Version(v))
		}
	}
	return parts
}
