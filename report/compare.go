package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"promisebench/report/gate"
)

// This file says in words what a [Judgement] found: what stands first on its
// page, why each row has its verdict, and how the conditions of the two sides
// differ. Nothing is decided here.

// worst returns the rows with a verdict by metric, time first, and of each the
// largest change first.
func (j *Judgement) worst(v gate.Verdict) []JudgedRow {
	return j.byMetric(mostChanged(slices.DeleteFunc(slices.Clone(j.Rows), func(r JudgedRow) bool { return r.Verdict != v })))
}

// byMetric sorts rows by metric. Within one they stay as they are, which is by
// workload, style, await mode and engine in [Judgement.Rows].
func (j *Judgement) byMetric(rows []JudgedRow) []JudgedRow {
	rows = slices.Clone(rows)
	slices.SortStableFunc(rows, func(a, b JudgedRow) int {
		return slices.Index(j.metrics, a.Unit) - slices.Index(j.metrics, b.Unit)
	})
	return rows
}

// rule writes a threshold as somebody set it, such as "0.5 %".
func rule(v float64) string {
	return strings.TrimSuffix(gate.Percent(v).String(), "%") + " %"
}

// reason says why a row has its verdict, with the numbers of the test.
func (j *Judgement) reason(r JudgedRow) string {
	switch {
	case r.Why != "":
		return r.Why
	case r.Kind == gate.Exact:
		return j.why(r)
	case r.Kind == gate.Paired:
		return fmt.Sprintf("%s (p %s, %s)", j.why(r), pValue(r.P), count(r.N, "pair"))
	}
	return fmt.Sprintf("%s (p %s, %s)", j.why(r), pValue(r.P), count(r.N, "sample"))
}

// why is reason without the numbers.
func (j *Judgement) why(r JudgedRow) string {
	bound := rule(r.Rules.Equivalence)
	if r.Rules.Allowance > 0 {
		bound += " beyond the allowance of " + rule(r.Rules.Allowance)
	}
	inside := r.Lo <= 1 && r.Hi >= 1
	switch {
	case r.Kind == gate.Exact && r.Ratio == 1:
		return "exactly the same"
	case r.Kind == gate.Exact && r.Verdict == gate.Unchanged:
		return "differs by less than the tolerance of " + rule(r.Rules.Tolerance)
	case r.Kind == gate.Exact:
		return "exact: does not vary, so any change counts"
	case r.Verdict == gate.Unchanged:
		return "the whole interval is within " + bound
	case r.Verdict != gate.Inconclusive && r.Rules.Allowance > 0:
		return "certain beyond the allowance of " + rule(r.Rules.Allowance)
	case r.Verdict != gate.Inconclusive:
		return "certain, and at least " + rule(r.Rules.MinEffect)
	case r.P <= j.Plan.Alpha && r.Rules.Allowance > 0:
		return fmt.Sprintf("certain, but less than the threshold of %s beyond the allowance of %s", rule(r.Rules.MinEffect), rule(r.Rules.Allowance))
	case r.P <= j.Plan.Alpha:
		return fmt.Sprintf("certain, but less than the threshold of %s, and the interval reaches beyond %s", rule(r.Rules.MinEffect), bound)
	case inside:
		return "the interval contains no change, and reaches beyond " + bound
	case r.Rules.Allowance > 0:
		return "not certainly beyond the allowance of " + rule(r.Rules.Allowance)
	}
	return "not certain enough: p must be at most " + rule(j.Plan.Alpha)
}

// answers returns what the first screen says.
func (j *Judgement) answers() []answer {
	list := []answer{j.worseAnswer(), j.betterAnswer()}
	if len(j.Failures) > 0 {
		list = append(list, j.missingAnswer())
	}
	return append(list, j.nextAnswer(), j.sureAnswer())
}

// sayYes counts rows and names the first of them.
func (j *Judgement) sayYes(rows []JudgedRow) string {
	text := fmt.Sprintf("Yes, in %d of %s", len(rows), count(len(j.Rows), "comparison"))
	if len(rows) > 1 {
		text += ", foremost"
	}
	return fmt.Sprintf("%s: %s of %s by %s.", text, clip(rows[0].Unit, 40), rows[0].full(), rows[0].interval())
}

// verdictTable shows the first few of some rows. Its first heading says what they are.
func (j *Judgement) verdictTable(rows []JudgedRow) *Table {
	if len(rows) == 0 {
		return nil
	}
	t := &Table{
		Header: []string{string(rows[0].Verdict), "metric", j.changeHead()},
		Align:  []Align{Left, Left, Right},
	}
	for _, r := range rows[:min(mostRows, len(rows))] {
		t.Rows = append(t.Rows, []string{r.full(), r.metric(), r.interval()})
	}
	if more := len(rows) - mostRows; more > 0 {
		t.Notes = append(t.Notes, fmt.Sprintf("and %d more, below", more))
	}
	return t
}

// changeHead is the heading of changes with intervals.
func (j *Judgement) changeHead() string {
	return fmt.Sprintf("change [%v]", gate.Percent(j.Plan.Confidence))
}

// worseAnswer says what became worse, or may have.
func (j *Judgement) worseAnswer() answer {
	a := answer{Question: "Did anything get slower, or worse otherwise?", More: "rows", Link: "All comparisons"}
	regressed, open := j.worst(gate.Regressed), j.worst(gate.Inconclusive)
	total := count(len(j.Rows), "comparison")
	switch {
	case len(j.Rows) == 0:
		a.First, a.More = "That cannot be told: nothing could be compared.", ""
		return a
	case len(regressed) > 0:
		a.First = j.sayYes(regressed)
	case len(open) > 0:
		verb := "are"
		if len(open) == 1 {
			verb = "is"
		}
		a.First = fmt.Sprintf("Nothing regressed for sure, but %d of %s %s undecided.", len(open), total, verb)
	case len(j.Failures) > 0:
		a.First = fmt.Sprintf("Not in what could be compared: of %s none regressed. But not all could be.", total)
	default:
		a.First = fmt.Sprintf("No: of %s none regressed, and none is undecided.", total)
	}
	for unit := range slices.Values(j.metrics) {
		if text := j.tally(unit); text != "" {
			a.Rest = append(a.Rest, clip(unit, 40)+": "+text+".")
		}
	}
	a.Table = j.verdictTable(regressed)
	if len(open) == 0 {
		return a
	}
	// How bad can it be? The end of an interval on the worse side says it.
	without := 0
	var room *JudgedRow
	for i, r := range open {
		switch {
		case math.IsNaN(r.Lo) || math.IsNaN(r.Hi) || r.Kind == gate.Exact:
			without++
		case room == nil || r.worstCase() > room.worstCase():
			room = &open[i]
		}
	}
	text := ""
	if room != nil {
		end := room.Hi
		if room.HigherIsBetter {
			end = room.Lo
		}
		text = fmt.Sprintf("The intervals of those undecided reach up to %s (%s of %s).", fine(end), clip(room.Unit, 40), room.full())
	}
	if without > 0 {
		text += fmt.Sprintf(" %s no interval.", has(without, "undecided one"))
	}
	a.Rest = append(a.Rest, strings.TrimSpace(text))
	return a
}

// worstCase is how much worse head may be, as a logarithm.
func (r JudgedRow) worstCase() float64 {
	if r.HigherIsBetter {
		return -math.Log(r.Lo)
	}
	return math.Log(r.Hi)
}

// tally counts the verdicts in a metric; "" if it has none.
func (j *Judgement) tally(unit string) string {
	var parts []string
	for _, v := range gate.Verdicts() {
		n := 0
		for _, r := range j.Rows {
			if r.Unit == unit && r.Verdict == v {
				n++
			}
		}
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, string(v)))
		}
	}
	return strings.Join(parts, ", ")
}

// betterAnswer says what became better.
func (j *Judgement) betterAnswer() answer {
	a := answer{Question: "Did anything get faster, or better otherwise?"}
	improved := j.worst(gate.Improved)
	switch {
	case len(j.Rows) == 0:
		a.First = "That cannot be told: nothing could be compared."
	case len(improved) == 0:
		a.First = "Nothing improved for sure."
	default:
		a.First = j.sayYes(improved)
		a.Table = j.verdictTable(improved)
		a.More, a.Link = "changes", "Charts"
	}
	return a
}

// missingAnswer says what could not be compared.
func (j *Judgement) missingAnswer() answer {
	a := answer{Question: "What could not be compared?"}
	only := map[string]int{}
	kinds := map[FaultKind]int{}
	var failed []string
	for _, f := range j.Failures {
		kinds[f.Kind]++
		if f.Kind == OneSided {
			only[f.has]++
		} else {
			failed = append(failed, clip(f.Text, 300))
		}
	}
	var parts []string
	if n := kinds[Broken]; n > 0 {
		parts = append(parts, count(n, "fault")+" of the input")
	}
	if n := kinds[Failed]; n > 0 {
		parts = append(parts, count(n, "failure"))
	}
	if len(failed) > 0 {
		a.More, a.Link = "faults", "Failures"
	}
	for _, side := range []string{"base", "head"} {
		if n := only[side]; n > 0 {
			parts = append(parts, fmt.Sprintf("%s that only %s has", count(n, "result"), side))
			a.More, a.Link = "missing", "What is on one side only"
		}
	}
	a.First = enumerate(parts) + "."
	const most = 4
	a.Rest = failed[:min(most, len(failed))]
	if more := len(failed) - most; more > 0 {
		a.Rest = append(a.Rest, fmt.Sprintf("And %d more, below.", more))
	}
	return a
}

// nextAnswer says what to do now, the most urgent first.
func (j *Judgement) nextAnswer() answer {
	a := answer{Question: "What to do now?"}
	var todo []string
	regressed, ticks := j.Count(gate.Regressed), 0
	for _, r := range j.Rows {
		if r.Unit == "ticks/op" && r.Ratio != 1 && !math.IsNaN(r.Ratio) {
			ticks++
		}
	}
	kinds := map[FaultKind]bool{}
	for _, f := range j.Failures {
		kinds[f.Kind] = true
	}
	if kinds[Broken] {
		todo = append(todo, "Mend or complete the input: what is said here is from a part of it.")
	}
	if ticks > 0 {
		todo = append(todo, fmt.Sprintf("Look at ticks/op first: they changed in %s. That is a change of behaviour, not of speed; "+
			"promisebench trace shows what a snippet does to the queue, promisebench check whether the order is still right.", count(ticks, "benchmark")))
	}
	switch {
	case regressed > 0 && j.Paired:
		todo = append(todo, "Look for the cause of what regressed in the change from base to head: chance alone would call any of these "+
			fmt.Sprintf("comparisons changed in at most %s of runs.", rule(j.Plan.Alpha)))
	case regressed > 0:
		todo = append(todo, "Measure what regressed again in pairs, with promisebench gate, before looking for its cause: "+
			"these two sides were measured apart, and anything else that differed between them looks the same.")
	}
	if open := j.Count(gate.Inconclusive); open > 0 {
		if j.Paired {
			todo = append(todo, fmt.Sprintf("Measure %s again with more pairs (promisebench gate --pairs, --filter), or on a quieter machine.", count(open, "undecided comparison")))
		} else {
			todo = append(todo, fmt.Sprintf("Decide %s with promisebench gate BASE HEAD, which measures in pairs and so needs no allowance.", count(open, "undecided comparison")))
		}
	}
	if kinds[Failed] {
		todo = append(todo, "Find out why benchmarks failed: what fails is not compared.")
	}
	if kinds[OneSided] {
		todo = append(todo, "Measure on both sides what only one has, if it matters.")
	}
	if len(todo) == 0 {
		todo = append(todo, "Nothing: head is as good as base in all that was compared, or better.")
	}
	if j.Count(gate.Improved) > 0 {
		todo = append(todo, "Quote an improvement with its interval only.")
	}
	a.First, a.Rest = todo[0], todo[1:]
	return a
}

// sureAnswer says how far all this can be trusted.
func (j *Judgement) sureAnswer() answer {
	a := answer{Question: "How sure are we?", More: "method", Link: "How base and head are compared"}
	few, many, tested, exact := math.MaxInt, 0, 0, 0
	allowance, bound := 0.0, 0.0
	for _, r := range j.Rows {
		if r.Kind == gate.Exact {
			exact++
			continue
		}
		tested++
		few, many = min(few, r.N), max(many, r.N)
		allowance, bound = max(allowance, r.Rules.Allowance), max(bound, r.Rules.Equivalence)
	}
	n := fmt.Sprint(few)
	if few != many {
		n = fmt.Sprintf("%d to %d", few, many)
	}
	switch {
	case len(j.Rows) == 0:
		a.First = "There is nothing to be sure of."
	case tested == 0:
		a.First = "As sure as one can be: all that was compared is exact and does not vary."
	case j.Paired:
		a.First = fmt.Sprintf("Base and head were measured in pairs: %s of fresh processes for each benchmark, side by side, in random order.", plural(n, "pair"))
	default:
		a.First = fmt.Sprintf("Less than it looks: base and head were not measured side by side, so only what is beyond an allowance of %s counts. "+
			"There are %s a side.", rule(allowance), plural(n, "sample"))
	}
	if tested > 0 {
		a.Rest = append(a.Rest, fmt.Sprintf("If nothing had changed, the probability of any verdict of a change would be at most %s, over all %s together%s.",
			rule(j.Plan.Alpha), count(tested, "tested comparison"), map[bool]string{true: " and however early it stopped", false: ", as long as the allowance is large enough"}[j.Paired]))
		a.Rest = append(a.Rest, fmt.Sprintf("“Unchanged” is a statement, too: the whole interval is within %s%s. “Undecided” is not.", rule(bound),
			map[bool]string{true: " beyond the allowance"}[allowance > 0]))
	}
	if exact > 0 {
		a.Rest = append(a.Rest, fmt.Sprintf("%s exact: such metrics do not vary, so any change in them is real.", are(exact, "comparison")))
	}
	for _, note := range j.explained() {
		if strings.HasPrefix(note, "in this noise") {
			a.Rest = append(a.Rest, strings.ToUpper(note[:1])+note[1:]+".")
		}
	}
	if j.Paired && tested > 0 {
		a.Rest = append(a.Rest, "All of this is about these two builds on this machine. The layout of a build in memory, which is the same in all its processes, and another machine can change times by as much as a small verdict.")
	}
	if text := j.oneWay(); text != "" {
		a.Rest = append(a.Rest, text)
	}
	said := []string{j.apart()} // and different conditions stand above all answers
	for _, d := range j.differences() {
		said = append(said, d.String())
	}
	for _, w := range j.Warnings {
		if !slices.Contains(said, w) {
			a.Rest = append(a.Rest, "Warning: "+w+".")
		}
	}
	return a
}

// oneWay says so if nearly all times of results that are no pairs changed in the
// same direction, as they do when the machine did.
func (j *Judgement) oneWay() string {
	total, faster := 0, 0
	for _, r := range j.Rows {
		if r.Kind == gate.Unpaired && r.Unit == "sec/op" && r.Ratio != 1 && !math.IsNaN(r.Ratio) {
			total++
			if r.Ratio < 1 {
				faster++
			}
		}
	}
	most, direction := faster, "faster"
	if faster < total-faster {
		most, direction = total-faster, "slower"
	}
	if total < 10 || float64(most) < 0.9*float64(total) {
		return ""
	}
	return fmt.Sprintf("%d of the %d times are %s in head, if by no more than noise. So many in one direction look like a machine that was %[3]s as a whole, "+
		"rather than like changes of single benchmarks.", most, total, direction)
}

// plural puts a noun behind a number in words.
func plural(n, noun string) string {
	if n == "1" {
		return n + " " + noun
	}
	return n + " " + noun + "s"
}

// are says how many there are of what.
func are(n int, noun string) string {
	if n == 1 {
		return "1 " + noun + " is"
	}
	return count(n, noun) + " are"
}

// A difference is a condition that is not the same on both sides.
type difference struct {
	key        string
	base, head string // "" if a side does not say
	// matters is false for what one expects to differ, such as the version.
	matters bool
}

func (d difference) String() string {
	return fmt.Sprintf("%s differs: base %q, head %q", clip(d.key, 40), clip(d.base, 60), clip(d.head, 60))
}

// sideConditions returns the conditions of base and head by key, keys in the order of
// the texts. Shards may have several values.
func (j *Judgement) sideConditions() (keys []string, values [2]map[string]string) {
	values = [2]map[string]string{make(map[string]string), make(map[string]string)}
	for _, m := range j.matches {
		for i, side := range m.sides() {
			for _, c := range side.config {
				if !slices.Contains(keys, c.Key) {
					keys = append(keys, c.Key)
				}
				switch have, ok := values[i][c.Key]; {
				case !ok:
					values[i][c.Key] = c.Value
				case !slices.Contains(strings.Split(have, "\n"), c.Value):
					values[i][c.Key] = have + "\n" + c.Value
				}
			}
		}
	}
	return keys, values
}

// differences returns the conditions in which the sides differ.
func (j *Judgement) differences() []difference {
	keys, values := j.sideConditions()
	var list []difference
	for _, key := range keys {
		d := difference{key: key, base: values[0][key], head: values[1][key]}
		if d.base == d.head {
			continue
		}
		// What says where it ran matters even if one side keeps silent.
		host := slices.Contains([]string{"cpu", "cores", "go", "gomaxprocs", "gogc", "os"}, key)
		expected := strings.HasPrefix(key, "engine-") ||
			slices.Contains([]string{"commit", "date", "command", "pkg", "seed", "emulation-error", Side, Pairing, Shard}, key)
		d.matters = !expected && (host || d.base != "" && d.head != "")
		list = append(list, d)
	}
	return list
}

// conditionTable sets the conditions side by side.
func (j *Judgement) conditionTable() Table {
	t := Table{Title: "Conditions", Header: []string{"condition", "base", "head", "difference"}, Key: 1}
	marks := make(map[string]string)
	for _, d := range j.differences() {
		marks[d.key] = "differs"
		if d.matters {
			marks[d.key] = "differs, and may matter"
		}
	}
	keys, values := j.sideConditions()
	for _, key := range keys {
		if key != "command" { // these stand by themselves
			t.Rows = append(t.Rows, []string{clip(key, 40), clip(values[0][key], 300), clip(values[1][key], 300), marks[key]})
		}
	}
	return t
}

// rowTable shows all rows.
func (j *Judgement) rowTable() Table {
	t := Table{
		Title:  "All comparisons",
		Header: []string{"benchmark", "metric", "base", "head", j.changeHead(), "verdict", "why"},
		Align:  []Align{Left, Left, Right, Right, Right, Left, Left},
		Key:    1,
	}
	for _, r := range j.byMetric(j.Rows) {
		t.Rows = append(t.Rows, []string{r.full(), r.metric(), r.center(r.Base), r.center(r.Head), r.interval(), string(r.Verdict), j.reason(r)})
	}
	t.Notes = j.explained()
	return t
}

// exactTable shows what changed of that which does not vary.
func (j *Judgement) exactTable() Table {
	t := Table{
		Title:  "Exact changes",
		Header: []string{"benchmark", "metric", "base", "head", "change", "verdict"},
		Align:  []Align{Left, Left, Right, Right, Right, Left},
		Key:    1,
	}
	same := make(map[string]int)
	for _, r := range j.byMetric(j.Rows) {
		switch {
		case r.Kind != gate.Exact, math.IsNaN(r.Ratio): // what varies after all is not exact
		case r.Verdict == gate.Unchanged:
			same[r.Unit]++
		default:
			t.Rows = append(t.Rows, []string{r.full(), r.metric(), r.center(r.Base), r.center(r.Head), r.interval(), string(r.Verdict)})
		}
	}
	for _, unit := range j.metrics {
		if n := same[unit]; n > 0 {
			t.Notes = append(t.Notes, fmt.Sprintf("%s: the same on both sides in %s", clip(unit, 40), count(n, "benchmark")))
		}
	}
	return t
}

// missingTable lists what is on one side only.
func (j *Judgement) missingTable() Table {
	t := Table{Title: "On one side only", Header: []string{"benchmark", "what", "only in", "first at"}, Key: 1}
	for _, f := range j.Failures {
		if f.Kind == OneSided {
			t.Rows = append(t.Rows, []string{f.name, cmp.Or(f.unit, "all of it"), f.has, f.at.String()})
		}
	}
	return t
}

// faultTable lists all other failures, and what neither side can run.
func (j *Judgement) faultTable() Table {
	t := Table{Title: "Failures and skips", Header: []string{"kind", "what"}}
	for _, f := range j.Failures {
		if f.Kind != OneSided {
			t.Rows = append(t.Rows, []string{map[FaultKind]string{Failed: "failure", Broken: "input"}[f.Kind], f.Text})
		}
	}
	for _, text := range j.Skips {
		t.Rows = append(t.Rows, []string{"skip", text})
	}
	return t
}

// problemTables lists what is wrong with the lines of each side.
func (j *Judgement) problemTables() []Table {
	var tables []Table
	for _, m := range j.matches {
		for _, side := range m.sides() {
			if t := side.problemTable(); len(t.Rows) > 0 {
				t.Title = "Problems in " + side.name
				tables = append(tables, t)
			}
		}
	}
	return tables
}
