package history

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

	"promisebench/report/await"
	"promisebench/report/dataset"
	"promisebench/report/text"
	"promisebench/report/unit"
)

// Files of results, and the one that a history itself is written to.
const (
	benchFile    = "bench.txt"
	baseFile     = "base.txt"
	headFile     = "head.txt"
	markdownFile = "history.md"
)

// maxDepth is how many folders deep a run may lie: in a run's folder may be that of a
// part of it.
const maxDepth = 3

// Read reads every run in a folder: in its folders, and in theirs, the files
// bench.txt, and base.txt and head.txt of gates. to is the path from where the page
// will be to that folder, with slashes, for links. What is no run or is broken is a
// [dataset.Problem]; the error, if any, is from reading the folder itself.
func Read(runs fs.FS, to string) (*History, error) {
	h := &History{to: to, plan: plan(), untracked: make(map[dataset.Key]bool)}
	texts, err := h.texts(runs)
	if err != nil {
		return nil, err
	}
	// Runs first, so that every series is built in order.
	var read []readRun
	for _, file := range texts {
		if r, ok := h.read(runs, file); ok {
			read = append(read, r)
		}
	}
	slices.SortStableFunc(read, func(a, b readRun) int {
		return cmp.Or(a.date.Compare(b.date), strings.Compare(a.file, b.file))
	})
	h.nameEnvironments(read)
	list := make(map[seriesKey]*series)
	for i, r := range read {
		h.runs = append(h.runs, r.run)
		r.env.runs++
		h.add(list, r)
		read[i].results = nil // its samples are not needed any more
	}
	h.sort(list)
	h.search()
	return h, nil
}

// A readRun is a run that has been read.
type readRun struct {
	*run
	results        *dataset.Results
	host, settings []string // in words
}

func (h *History) problem(file, format string, args ...any) {
	h.problems = append(h.problems, dataset.Problem{File: file, Message: fmt.Sprintf(format, args...)})
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
		found := false
		for _, name := range resultsIn(entries) {
			texts = append(texts, path.Join(dir, name))
			found = true
		}
		for _, e := range entries {
			if !e.IsDir() || depth == maxDepth {
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
				h.problem(below, "no run: there is no %s in it, nor %s and %s", benchFile, baseFile, headFile)
			}
		}
		return found, nil
	}
	_, err := search(".", 0)
	return texts, err
}

// resultsIn returns the files of results in a folder. A base.txt without head.txt may
// be anything.
func resultsIn(entries []fs.DirEntry) (names []string) {
	for _, e := range entries { // which are sorted
		if name := e.Name(); !e.IsDir() && (name == baseFile || name == benchFile || name == headFile) {
			names = append(names, name)
		}
	}
	if gate := slices.Contains(names, baseFile) && slices.Contains(names, headFile); !gate {
		names = slices.DeleteFunc(names, func(name string) bool { return name != benchFile })
	}
	return names
}

// pageOnly reports whether a folder is one that a history or a comparison was written
// to, without results of its own.
func pageOnly(runs fs.FS, dir string) bool {
	has := func(name string) bool {
		_, err := fs.Stat(runs, path.Join(dir, name))
		return err == nil
	}
	return has(markdownFile) || has("index.html") && has("report.md")
}

// read reads one file; ok is false if it is of no use.
func (h *History) read(runs fs.FS, file string) (r readRun, ok bool) {
	f, err := runs.Open(file)
	if err != nil {
		h.problem(file, "not read: %v", err)
		return r, false
	}
	defer f.Close()
	results := dataset.New()
	if err := results.Add(file, f); err != nil {
		h.problem(file, "not read to its end, what was read is not used: %v", err)
		return r, false
	}
	h.problems = append(h.problems, results.Problems()...)
	h.outcomes = append(h.outcomes, results.Outcomes()...)
	if why := unfit(results, path.Base(file) == headFile); why != "" {
		h.problem(file, "%s", why)
		return r, false
	}
	date, err := time.Parse(time.RFC3339, results.Condition(dataset.Date))
	if err != nil {
		h.problem(file, "left out: its date is %q, want one such as 2026-11-20T16:46:08Z", text.Clip(results.Condition(dataset.Date), 40))
		return r, false
	}
	if err := results.Unfinished(); err != nil {
		h.problem(file, "used as far as it goes: %v", err)
	}
	known := make(map[string]string)
	for _, c := range results.Conditions() {
		known[c.Key] = c.Value
	}
	r = readRun{run: &run{file: file, date: date, known: known}, results: results}
	r.host, r.settings = environmentWords(known)
	return r, true
}

// unfit says why results have no place in a history, "" if they may have.
func unfit(results *dataset.Results, head bool) string {
	inject := results.Condition(dataset.Inject)
	switch {
	case results.Empty():
		return "no results in it"
	case results.Condition(dataset.Date) == "":
		return "left out: there is no line \"date: …\" in it, so its place is not known; add one, such as \"date: 2026-11-20T16:46:08Z\""
	case inject != "" && head:
		return fmt.Sprintf("left out: it was slowed down on purpose (inject: %s)", text.Clip(inject, 40))
	}
	for _, c := range results.Conditions() {
		if separates(c.Key) && len(results.Values(c.Key)) > 1 {
			return fmt.Sprintf("left out: it joins runs that differ in %s, so it is of no one environment", text.Clip(c.Key, 40))
		}
	}
	return ""
}

type seriesKey struct {
	dataset.Key
	unit, mode string
	env        *environment
}

// add adds what a run says to its series.
func (h *History) add(list map[seriesKey]*series, r readRun) {
	cells := slices.SortedFunc(maps.Values(r.results.Cells()), func(a, b *dataset.Cell) int { return strings.Compare(a.Name, b.Name) })
	for _, c := range cells {
		key, label := keyOf(c)
		tracked := false
		for _, name := range []string{unit.Time, unit.Requests} {
			values := c.Values[name]
			if values == nil {
				continue
			}
			tracked = true
			at := seriesKey{Key: key, unit: name, env: r.env}
			if word := await.Word(r.results, key.Engine, key.Await); word != await.Native {
				at.mode = word
			}
			s := list[at]
			if s == nil {
				s = &series{Key: key, label: label, mode: text.Clip(at.mode, 40), unit: name, env: r.env, counts: make(map[string][]float64)}
				list[at] = s
			}
			for exact, values := range c.Values {
				if r.results.Exact(exact) {
					s.count(exact, r.results.Summarize(values, exact).Center)
				}
			}
			summary := r.results.Summarize(values, name)
			summary.Values = nil // a history has no use for samples, and there may be many
			s.runs = append(s.runs, result{r.run, summary})
		}
		if c.Measured() && !tracked {
			h.untracked[key] = true
		}
	}
}

// keyOf returns the key of a cell and its label. Those of servers are such that
// engines have their versions, and a framework has one chart.
func keyOf(c *dataset.Cell) (dataset.Key, string) {
	s, ok := dataset.ParseServer(c.Name)
	if !ok {
		return c.Key, c.Label
	}
	key, label := s.Key()
	if _, parts := benchfmt.Name(c.Name).Parts(); len(parts) > 0 && parts[len(parts)-1][0] == '-' {
		key.Procs = string(parts[len(parts)-1])
	}
	return key, label
}

// count notes an exact value of the next run.
func (s *series) count(name string, value float64) {
	counts := s.counts[name]
	for len(counts) < len(s.runs) {
		counts = append(counts, math.NaN())
	}
	s.counts[name] = append(counts, value)
}
