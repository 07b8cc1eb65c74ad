package ladder

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"

	"golang.org/x/perf/benchfmt"

	"promisebench/report/dataset"
	"promisebench/report/document"
	"promisebench/report/text"
)

// Conditions in front of a ladder's text.
const (
	keyLadder    = "ladder"
	keyReference = "reference"
	keyVersions  = "versions" // their names, oldest first
	keyTitle     = "title-"   // and a version's name
)

// Read makes a report of the text of a ladder. name is for the places of problems. It is
// an error if the text says of no ladder that it is one.
func Read(name string, in io.Reader) (*Report, error) {
	whole, err := io.ReadAll(in)
	if err != nil {
		return nil, err
	}
	all := dataset.New()
	if err := all.Add(name, bytes.NewReader(whole)); err != nil {
		return nil, err
	}
	r := &Report{What: all.Condition(keyLadder), Skipped: map[int]string{}, Command: all.Condition(dataset.Command), Problems: all.Problems()}
	for _, v := range strings.Fields(all.Condition(keyVersions)) {
		r.Versions = append(r.Versions, Version{Name: v, Title: all.Condition(keyTitle + v)})
	}
	reference := all.Condition(keyReference)
	r.Reference = slices.IndexFunc(r.Versions, func(v Version) bool { return v.Name == reference })
	if r.What == "" || r.Reference < 0 {
		return nil, fmt.Errorf("%s is the text of no ladder: it lacks the conditions %s, %s and %s (a bisection is drawn by its own command, with --resume)", name, keyLadder, keyReference, keyVersions)
	}
	for _, c := range all.Conditions() {
		if c.Key == dataset.GoMaxProcs || c.Key == "gogc" {
			continue // of the process that measured, and nothing of what was measured
		}
		if dataset.RoleOf(c.Key) == dataset.Host || c.Key == dataset.Date || c.Key == dataset.Commit {
			r.Facts = append(r.Facts, document.Fact{Name: c.Key, Value: text.Clip(c.Value, 200)})
		}
	}
	if err := r.readPairs(name, bytes.NewReader(whole)); err != nil {
		return nil, err
	}
	for _, o := range all.Outcomes() {
		_, v, ok := r.parse(strings.TrimPrefix(o.Name, "Benchmark"))
		if ok && !slices.ContainsFunc(r.series, func(s series) bool { return slices.Contains(s.at, v) }) {
			r.Skipped[v] = o.Reason
		}
	}
	return r, nil
}

// parse takes the name of a benchmark of a version apart: engine=node12.22.1 is version
// 12.22.1 of engine=node.
func (r *Report) parse(name string) (benchmark string, version int, ok bool) {
	key, _, ok := dataset.ParseName(name)
	version = -1
	for i, v := range r.Versions {
		// 12.2.0 is the end of 2.2.0's name, too.
		if strings.HasSuffix(key.Engine, v.Name) && (version < 0 || len(v.Name) > len(r.Versions[version].Name)) {
			version = i
		}
	}
	if !ok || version < 0 {
		return "", 0, false
	}
	engine := strings.TrimSuffix(strings.TrimSuffix(key.Engine, r.Versions[version].Name), ".") // of commits
	name = strings.Replace(name, "/engine="+key.Engine, "/engine="+engine, 1)
	return strings.TrimSuffix(name, key.Procs), version, true
}

// readPairs reads pairs of samples and finds out what is in them. A half is no pair: a
// ladder was interrupted there.
func (r *Report) readPairs(name string, in io.Reader) error {
	type pair struct{ number, benchmark string }
	halves := map[pair]map[int]float64{} // times by version
	logs := map[string][][]float64{}
	lines := benchfmt.NewReader(in, name)
	for lines.Scan() {
		line, isResult := lines.Result().(*benchfmt.Result)
		if !isResult {
			continue // a problem that is known
		}
		benchmark, version, ok := r.parse(line.Name.String())
		seconds, timed := line.Value("sec/op")
		if !ok || !timed || !(seconds > 0) || math.IsInf(seconds, 0) {
			continue
		}
		if logs[benchmark] == nil {
			logs[benchmark] = make([][]float64, len(r.Versions))
			logs[benchmark][r.Reference] = []float64{0}
		}
		key := pair{line.GetConfig(dataset.Pair), benchmark}
		if halves[key] == nil {
			halves[key] = map[int]float64{}
		}
		halves[key][version] = seconds
		if reference, both := halves[key][r.Reference]; both && len(halves[key]) == 2 {
			for v, seconds := range halves[key] {
				if v != r.Reference {
					logs[benchmark][v] = append(logs[benchmark][v], math.Log(seconds/reference))
				}
			}
			delete(halves, key)
		}
	}
	if err := lines.Err(); err != nil {
		return err
	}
	names := slices.SortedFunc(maps.Keys(logs), func(a, b string) int { return dataset.CompareRows(row(a), row(b)) })
	var list [][][]float64
	for _, n := range names {
		list = append(list, logs[n])
	}
	r.find(names, list)
	return nil
}

// row is the place of a benchmark in tables.
func row(name string) dataset.Row {
	key, label, _ := dataset.ParseName(name)
	return dataset.Row{Workload: key.Workload, Label: label, Style: key.Style, Await: key.Await}
}
