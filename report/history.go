package report

import (
	"cmp"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"path"
	"slices"
	"strings"
	"time"

	"golang.org/x/perf/benchfmt"
	"golang.org/x/perf/benchmath"

	"promisebench/report/changepoint"
)

// A History is recorded runs in the order of their dates, as lines that changes
// are looked for in. Make one with [ReadHistory].
//
// # What is a line
//
// A line is one benchmark, measured in one way on hosts of one kind: runs that
// differ in anything that the history is not meant to show the effect of are
// never joined. What it is meant to show is
//
//   - the engine: its version (condition engine-NAME) and what a gate says of the
//     side (side)
//   - the toolchain and us: the version of Go (go), the commit of promisebench
//     (commit), versions of web frameworks (framework-NAME)
//
// and at a change it is told which of these changed there. Some conditions say
// nothing about how a number came about: when and by which command it was
// measured, in which random order, and what a gate needs to know of its pairs.
// All others separate: those of the host (cpu, cores, os, goos, goarch, and
// gomaxprocs and gogc, which decide what the host gives to Go) and those of the
// way of measuring (window, sample, rounds, embedded, pinning …). So does every
// condition that nobody thought of when this was written: to join what must not
// be joined is worse than to split what could be joined. Whether an await mode is
// an engine's own or emulated separates the lines of that engine and mode.
//
// # Order
//
// Points stand in the order of the condition "date". Those of one second stand by
// the names of their folders and files. A run without a date has no place and is
// a [Problem].
//
// Base and head of a gate, or whatever else has the same date, were measured at
// the same time and share its luck. Both are points, but the changes are looked for
// in the last of them only: a search that took them for two would find the luck.
//
// # What is not followed
//
// Lines are of times (sec/op) and of requests per second, and with them of the
// counts in units that are declared exact. Nothing else is: no memory, no
// percentiles.
type History struct {
	lines []*historyLine
	kinds []*runKind
	runs  []*recordedRun
	// common is what is said of all kinds, if there are several.
	common []string
	// unfollowed are the benchmarks that have nothing that lines are made of.
	unfollowed map[cellKey]bool
	// found has what was wrong with the runs, and what failed in them, of all of
	// them in reading order.
	found *Results
	to    string
	plan  changepoint.Plan
}

// A recordedRun is one file of results.
type recordedRun struct {
	file string // within the folder of all runs
	date time.Time
	kind *runKind
	// known are its conditions.
	known map[string]string
}

// folder is what a run is called.
func (r *recordedRun) folder() string {
	if dir := path.Dir(r.file); path.Base(r.file) == "bench.txt" && dir != "." {
		return dir
	}
	return r.file
}

// A runKind is the hosts and ways of measuring that may share a line.
type runKind struct {
	name      string   // a letter for the host and a number for the way: A1
	host, way []string // in words
	runs      int
	known     map[string]string // the conditions of its first run
}

// special returns what is said of this kind and not of all others, or everything
// if there is no other.
func (h *History) special(k *runKind) []string {
	all := slices.Concat(k.host, k.way)
	if len(h.kinds) == 1 {
		return all
	}
	return slices.DeleteFunc(all, func(word string) bool { return slices.Contains(h.common, word) })
}

// A historyLine is one benchmark in runs of one kind.
type historyLine struct {
	cellKey
	label  string // of the workload
	mode   string // how the await mode is had, if that must be said
	unit   string
	higher bool // more is better
	kind   *runKind
	points []historyPoint
	// searched are the points that changes are looked for in; see [History].
	searched         []int
	changepoint.Line // whose changes are at points
	// counts has the values of exact units, by unit, as long as the points; NaN
	// where a run has none.
	counts map[string][]float64
}

// A historyPoint is what one run says of a benchmark.
type historyPoint struct {
	run *recordedRun
	summary
}

// historyPlan is how sure a change must be: of the lines that are said to have
// changed no more than one in twenty is expected to be wrong.
func historyPlan() changepoint.Plan {
	return changepoint.Plan{FDR: 0.05, Confidence: confidence, Seed: 1}
}

// maxRunFolders is how many folders deep a run may lie: in a run's folder may be
// that of a part of it.
const maxRunFolders = 3

// ReadHistory reads every run in a folder: in its folders, and in theirs, the files
// bench.txt, and base.txt and head.txt of gates. to is the path from where the
// page will be to that folder, with slashes, for links. What is no run or is
// broken is a [Problem]; the error, if any, is from reading the folder itself.
func ReadHistory(runs fs.FS, to string) (*History, error) {
	h := &History{found: NewResults(), to: to, plan: historyPlan(), unfollowed: make(map[cellKey]bool)}
	reader := historyReader{History: h, kinds: make(map[string]*runKind), lines: make(map[lineKey]*historyLine)}
	texts, err := h.texts(runs)
	if err != nil {
		return nil, err
	}
	// Runs first, so that every line is built in order.
	var read []readRun
	for _, file := range texts {
		if r, ok := reader.read(runs, file); ok {
			read = append(read, r)
		}
	}
	slices.SortStableFunc(read, func(a, b readRun) int {
		return cmp.Or(a.date.Compare(b.date), strings.Compare(a.file, b.file))
	})
	reader.nameKinds(read)
	for i, r := range read {
		h.runs = append(h.runs, r.recordedRun)
		r.kind.runs++
		reader.add(r)
		read[i].Results = nil // its samples are not needed any more
	}
	h.order(reader.lines)
	h.search()
	return h, nil
}

// Problems returns what was wrong with the runs, in reading order.
func (h *History) Problems() []Problem { return h.found.problems }

// Outcomes returns the failures and skips in all runs, in reading order.
func (h *History) Outcomes() []Outcome { return h.found.outcomes }

// Empty reports whether there is not one point.
func (h *History) Empty() bool { return len(h.lines) == 0 }

func (h *History) problem(file, format string, args ...any) {
	h.found.problem(file, 0, format, args...)
}

// texts finds the files of results, in the order of their names.
func (h *History) texts(runs fs.FS) ([]string, error) {
	var texts []string
	var search func(dir string, depth int) (found bool, err error)
	search = func(dir string, depth int) (bool, error) {
		entries, err := fs.ReadDir(runs, dir)
		if err != nil {
			return false, err
		}
		has := func(name string) bool {
			return slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == name && !e.IsDir() })
		}
		found := false
		for _, name := range []string{"base.txt", "bench.txt", "head.txt"} {
			// base.txt without head.txt may be anything.
			if has(name) && (name == "bench.txt" || has("base.txt") && has("head.txt")) {
				texts = append(texts, path.Join(dir, name))
				found = true
			}
		}
		for _, e := range entries {
			if !e.IsDir() || depth == maxRunFolders {
				continue
			}
			below := path.Join(dir, e.Name())
			inside, err := search(below, depth+1)
			if err != nil {
				h.problem(below, "not read: %v", err)
				continue
			}
			found = found || inside
			if !inside && depth == 0 && !pageOnly(runs, below) {
				h.problem(below, "no run: there is no bench.txt in it, nor base.txt and head.txt")
			}
		}
		return found, nil
	}
	_, err := search(".", 0)
	return texts, err
}

// pageOnly reports whether a folder is one that a history or a comparison was
// written to, without results of its own.
func pageOnly(runs fs.FS, dir string) bool {
	has := func(name string) bool {
		_, err := fs.Stat(runs, path.Join(dir, name))
		return err == nil
	}
	return has(HistoryMarkdown) || has("index.html") && has("report.md")
}

// HistoryMarkdown is the file that [History.WriteMarkdown] is meant for.
const HistoryMarkdown = "history.md"

// A readRun is a run that has been read.
type readRun struct {
	*recordedRun
	*Results
	host, way []string // in words
}

type lineKey struct {
	cellKey
	unit, mode string
	kind       *runKind
}

// A historyReader has what is needed until all is read.
type historyReader struct {
	*History
	kinds map[string]*runKind
	lines map[lineKey]*historyLine
}

// read reads one file; ok is false if it is of no use.
func (h *historyReader) read(runs fs.FS, file string) (run readRun, ok bool) {
	f, err := runs.Open(file)
	if err != nil {
		h.problem(file, "not read: %v", err)
		return run, false
	}
	defer f.Close()
	r := NewResults()
	if err := r.Add(file, f); err != nil {
		h.problem(file, "not read to its end, what was read is not used: %v", err)
		return run, false
	}
	h.found.problems = append(h.found.problems, r.problems...)
	h.found.outcomes = append(h.found.outcomes, r.outcomes...)
	run = readRun{recordedRun: &recordedRun{file: file, known: r.known}, Results: r}
	date, err := time.Parse(time.RFC3339, r.known["date"])
	switch {
	case r.Empty():
		h.problem(file, "no results in it")
		return run, false
	case r.known["date"] == "":
		h.problem(file, "left out: there is no line \"date: …\" in it, so its place is not known; add one, such as \"date: 2026-11-20T16:46:08Z\"")
		return run, false
	case err != nil:
		h.problem(file, "left out: its date is %q, want one such as 2026-11-20T16:46:08Z", clip(r.known["date"], 40))
		return run, false
	case r.known["inject"] != "" && path.Base(file) == "head.txt":
		h.problem(file, "left out: it was slowed down on purpose (inject: %s)", clip(r.known["inject"], 40))
		return run, false
	}
	for c := range r.seen {
		if separates(c.Key) && c.Value != r.known[c.Key] {
			h.problem(file, "left out: it joins runs that differ in %s, so it is of no one kind", clip(c.Key, 40))
			return run, false
		}
	}
	if err := r.unfinished(); err != nil {
		h.problem(file, "used as far as it goes: %v", err)
	}
	run.date = date
	run.host, run.way = kindWords(r.known)
	return run, true
}

// separates reports whether runs with different values of a condition never
// share a line; see [History].
func separates(key string) bool {
	switch key {
	case "date", "command", "pkg", "seed", "emulation-error", "inject", Pairing, Pairs, Family, Shard, Metrics: // say nothing about a number
		return false
	}
	return !strings.HasPrefix(key, "await-") && !strings.HasPrefix(key, "results-") && !shown(key)
}

// shown reports whether the effect of a condition is what a history is about.
func shown(key string) bool {
	return key == "go" || key == "commit" || key == Side || strings.HasPrefix(key, "engine-") || strings.HasPrefix(key, "framework-")
}

// hostConditions are the conditions that describe a host, and how to say them.
func hostConditions() []Config {
	return []Config{{"cpu", "%s"}, {"cores", "%s cores"}, {"os", "%s"}, {"goos", "%s"}, {"goarch", "%s"}, {"gomaxprocs", "GOMAXPROCS=%s"}, {"gogc", "GOGC=%s"}}
}

// kindWords says on what host and in what way a run was measured, whole: these are
// compared.
func kindWords(known map[string]string) (hosts, ways []string) {
	taken := make(map[string]bool)
	for _, c := range hostConditions() {
		taken[c.Key] = true
		if v := known[c.Key]; v != "" {
			hosts = append(hosts, fmt.Sprintf(c.Value, v))
		} else {
			hosts = append(hosts, "no "+c.Key+" said")
		}
	}
	for _, key := range slices.Sorted(maps.Keys(known)) {
		if separates(key) && !taken[key] {
			ways = append(ways, key+" "+known[key])
		}
	}
	if len(ways) == 0 {
		ways = []string{"no way of measuring said"}
	}
	return hosts, ways
}

// nameKinds gives the kinds of runs names, in the order in which they were first
// met.
func (h *historyReader) nameKinds(read []readRun) {
	hosts, ways := make(map[string]string), make(map[string]string)
	for _, r := range read {
		host, way := fmt.Sprintf("%q", r.host), fmt.Sprintf("%q", r.way)
		if hosts[host] == "" {
			hosts[host] = letters(len(hosts))
		}
		if ways[way] == "" {
			ways[way] = fmt.Sprint(len(ways) + 1)
		}
		name := hosts[host] + ways[way]
		kind := h.kinds[name]
		if kind == nil {
			kind = &runKind{name: name, host: r.host, way: r.way, known: r.recordedRun.known}
			h.kinds[name] = kind
			h.History.kinds = append(h.History.kinds, kind)
		}
		r.kind = kind
	}
	h.sayMissing()
	if all := h.History.kinds; len(all) > 1 {
		h.common = slices.DeleteFunc(slices.Concat(all[0].host, all[0].way), func(word string) bool {
			return slices.ContainsFunc(all, func(k *runKind) bool { return !slices.Contains(k.host, word) && !slices.Contains(k.way, word) })
		})
	}
}

// sayMissing says of each kind what it does not say and another of its host does:
// that may be all in which they differ.
func (h *historyReader) sayMissing() {
	keys := make(map[string]map[string]bool) // by host
	host := func(k *runKind) string { return fmt.Sprintf("%q", k.host) }
	for _, k := range h.History.kinds {
		for key := range k.known {
			if keys[host(k)] == nil {
				keys[host(k)] = make(map[string]bool)
			}
			keys[host(k)][key] = separates(key)
		}
	}
	for _, c := range hostConditions() {
		for _, of := range keys {
			delete(of, c.Key)
		}
	}
	for _, k := range h.History.kinds {
		for _, key := range slices.Sorted(maps.Keys(keys[host(k)])) {
			if keys[host(k)][key] && k.known[key] == "" {
				k.way = append(k.way, "no "+key+" said")
			}
		}
	}
}

// letters counts A, B … Z, AA, AB …
func letters(n int) string {
	if n < 26 {
		return string(rune('A' + n))
	}
	return letters(n/26-1) + letters(n%26)
}

// add adds the points of a run to their lines.
func (h *historyReader) add(r readRun) {
	inOrder := slices.SortedFunc(maps.Values(r.cells), func(a, b *cell) int { return strings.Compare(a.name, b.name) })
	for _, c := range inOrder {
		key, label := c.cellKey, c.label
		if s, ok := parseServer(benchfmt.Name(c.name)); ok {
			key, label = s.key() // so that engines have their versions, and a framework has one chart
			if _, parts := benchfmt.Name(c.name).Parts(); len(parts) > 0 && parts[len(parts)-1][0] == '-' {
				key.procs = string(parts[len(parts)-1])
			}
		}
		if len(c.values) > 0 && c.values["sec/op"] == nil && c.values[requests] == nil {
			h.unfollowed[key] = true
		}
		for _, unit := range []string{"sec/op", requests} {
			values := c.values[unit]
			if values == nil {
				continue
			}
			s := r.summarize(values, unit)
			s.values = nil // a history has no use for samples, and there may be many
			at := lineKey{cellKey: key, unit: unit, kind: r.kind}
			if word := r.modeIs(key.engine, key.await); word != native {
				at.mode = word
			}
			line := h.lines[at]
			if line == nil {
				line = &historyLine{cellKey: key, label: label, mode: clip(at.mode, 40), unit: unit, higher: unit == requests, kind: r.kind, counts: make(map[string][]float64)}
				h.lines[at] = line
			}
			for exact, values := range c.values {
				if r.reader.Units().GetAssumption(exact) == benchmath.AssumeExact {
					line.count(exact, r.summarize(values, exact).Center)
				}
			}
			line.points = append(line.points, historyPoint{r.recordedRun, s})
		}
	}
}

// count notes an exact value of the next point.
func (l *historyLine) count(unit string, value float64) {
	counts := l.counts[unit]
	for len(counts) < len(l.points) {
		counts = append(counts, math.NaN())
	}
	l.counts[unit] = append(counts, value)
}

// order puts the lines into the order of tables.
func (h *History) order(lines map[lineKey]*historyLine) {
	h.lines = slices.SortedFunc(maps.Values(lines), func(a, b *historyLine) int {
		return cmp.Or(
			compareRows(row{a.workload, a.label, a.style, a.await}, row{b.workload, b.label, b.style, b.await}),
			cmp.Compare(a.engine, b.engine), cmp.Compare(a.mode, b.mode), cmp.Compare(a.procs, b.procs), cmp.Compare(a.unit, b.unit),
			cmp.Compare(len(a.kind.name), len(b.kind.name)), cmp.Compare(a.kind.name, b.kind.name))
	})
}

// search looks for changes.
func (h *History) search() {
	logs := make([][]float64, len(h.lines))
	for i, l := range h.lines {
		for k, p := range l.points {
			if k+1 < len(l.points) && p.run.atTimeOf(l.points[k+1].run) {
				continue
			}
			l.searched = append(l.searched, k)
			logs[i] = append(logs[i], math.Log(p.Center))
		}
	}
	for i, found := range changepoint.Find(logs, h.plan) {
		l := h.lines[i]
		for k := range found.Changes {
			c := &found.Changes[k]
			c.At, c.From, c.To = l.searched[c.At], l.searched[c.From], l.searched[c.To]
		}
		l.Line = found
	}
}

// atTimeOf reports whether two runs were measured side by side.
func (r *recordedRun) atTimeOf(other *recordedRun) bool {
	return r.date.Equal(other.date) || r.known[Pairing] != "" && r.known[Pairing] == other.known[Pairing]
}

// A historyChange is a change with its line.
type historyChange struct {
	*historyLine
	changepoint.Change
}

// changes returns all changes, the latest first.
func (h *History) changes() []historyChange {
	var list []historyChange
	for _, l := range h.lines {
		for _, c := range l.Changes {
			list = append(list, historyChange{l, c})
		}
	}
	slices.SortStableFunc(list, func(a, b historyChange) int {
		return b.points[b.At].run.date.Compare(a.points[a.At].run.date)
	})
	return list
}

// what says what kind of change it is, as a look. The search sees scatter and shape
// as well as level: if the interval of the shift contains 0, or there is no shift,
// the level is not what can be told to have changed.
func (c historyChange) what() look {
	switch {
	case c.Shift == 0, c.bounded() && c.Lo <= 0 && 0 <= c.Hi:
		return lookScatterHere
	case c.Shift > 0 != c.higher:
		return lookWorseHere
	}
	return lookBetterHere
}

// word is what in a table.
func (c historyChange) word() string {
	switch c.what() {
	case lookScatterHere:
		return scatterWords
	case lookWorseHere:
		return "worse"
	}
	return "better"
}

const scatterWords = "scatter or shape, not level"

// bounded reports whether the change has an interval.
func (c historyChange) bounded() bool { return !math.IsInf(c.Lo, 0) && !math.IsInf(c.Hi, 0) }

// size says how large the change is.
func (c historyChange) size() string {
	if !c.bounded() {
		return signed(math.Exp(c.Shift)) + " (too few runs for an interval)"
	}
	return fmt.Sprintf("%s [%s, %s]", signed(math.Exp(c.Shift)), signed(math.Exp(c.Lo)), signed(math.Exp(c.Hi)))
}

// where says between which runs the change is, and where it may be.
func (c historyChange) where() (between, maybe string) {
	say := func(at int) string { return c.points[at].run.when() }
	between = say(c.before(c.At)) + " → " + say(c.At)
	if c.From == c.To {
		return between, "only there"
	}
	return between, say(c.before(c.From)) + " → " + say(c.To)
}

// before returns the point that was searched before another.
func (l *historyLine) before(at int) int {
	i, _ := slices.BinarySearch(l.searched, at)
	return l.searched[max(0, i-1)]
}

// when says when a run was.
func (r *recordedRun) when() string { return r.date.UTC().Format("2006-01-02 15:04") }

// causes says what changed at the same time, of what a history is about.
func (c historyChange) causes() string {
	here := c.differs(c.before(c.At), c.At)
	if c.From == c.To {
		return cmp.Or(here, "nothing that is recorded")
	}
	if around := c.differs(c.before(c.From), c.To); around != here {
		return fmt.Sprintf("%s; where it may be: %s", cmp.Or(here, "nothing that is recorded"), cmp.Or(around, "nothing in all"))
	}
	return cmp.Or(here, "nothing that is recorded")
}

// differs says in what the runs of two points differ.
func (l *historyLine) differs(before, after int) string {
	old, new := l.points[before].run.known, l.points[after].run.known
	var said []string
	keys := make(map[string]string)
	maps.Copy(keys, old)
	maps.Copy(keys, new)
	for _, key := range slices.Sorted(maps.Keys(keys)) { // also those that are in one only
		switch ofEngine, isEngine := strings.CutPrefix(key, "engine-"); {
		case !shown(key) || old[key] == new[key]:
		case isEngine && ofEngine != l.engine && l.engine != "":
		case key == Side && old["engine-"+l.engine] != new["engine-"+l.engine]: // said by the engine's version
		case isEngine:
			said = append(said, fmt.Sprintf("%s %s → %s", clip(ofEngine, 40), versionText(old[key]), versionText(new[key])))
		case key == "go":
			said = append(said, fmt.Sprintf("%s → %s", cmp.Or(clip(old[key], 40), "?"), cmp.Or(clip(new[key], 40), "?")))
		case key == "commit":
			said = append(said, fmt.Sprintf("promisebench %s → %s", versionText(old[key]), versionText(new[key])))
		default:
			said = append(said, fmt.Sprintf("%s %s → %s", clip(key, 40), versionText(old[key]), versionText(new[key])))
		}
	}
	return strings.Join(said, "; ")
}

func versionText(v string) string {
	words := strings.Fields(clip(v, 300))
	for i, w := range words {
		words[i] = pseudoVersion.ReplaceAllString(w, "$1-$2-$3 $4")
	}
	return clip(cmp.Or(strings.Join(words, " "), "?"), 80)
}

// version is that of the engine at a point.
func (l *historyLine) version(at int) string { return l.points[at].run.known["engine-"+l.engine] }

// names says what a line is: workload, style, await and engine.
func (l *historyLine) names() []string {
	label := l.label
	if l.procs != "" && "-"+l.points[0].run.known["gomaxprocs"] != l.procs {
		label += " [gomaxprocs" + strings.Replace(l.procs, "-", "=", 1) + "]"
	}
	if l.unit != "sec/op" {
		label += ", " + l.unit
	}
	await := clip(l.await, 40)
	if hasNoAwait(l.style) {
		await = ""
	}
	if l.mode != "" && await != "" {
		await += " (" + l.mode + ")"
	}
	return []string{label, clip(l.style, 40), await, clip(l.engine, 40)}
}

// full is names in one line.
func (l *historyLine) full() string {
	return strings.Join(slices.DeleteFunc(l.names(), func(s string) bool { return s == "" }), " · ")
}

// linkTo returns the address of a run's file relative to the page.
func (h *History) linkTo(r *recordedRun) string { return relativeLink(path.Join(h.to, r.file)) }

// relativeLink makes an address of a path with slashes. Nothing but letters,
// digits, "-", "_", "." and "~" stays as it is, so that no name can be a scheme, a
// query or a fragment, or end an attribute.
func relativeLink(name string) string {
	var b strings.Builder
	for i := range len(name) {
		switch c := name[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte("-_.~/", c) >= 0:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}
