package record

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"syscall"

	"golang.org/x/perf/benchfmt"

	"promisebench/bench"
)

// A Run is the text of a run that is being measured. Nobody else writes to it
// meanwhile.
type Run struct {
	// Dir is the run's folder.
	Dir string
	// Log writes to the text.
	Log *bench.Log
	// Warnings are about lines of the text that can't be used.
	Warnings []error

	file    *os.File
	earlier *text // nil if the run is new
}

// Options say which run [Open] opens.
type Options struct {
	// Dir is made if need be.
	Dir string
	// Text is the file's name in it, [Text] if empty.
	Text string
	// Resume says that a text that is there already is to be completed. Without
	// it such a text is an error.
	Resume bool
	// Header and Units are what a new text begins with. All conditions but date,
	// command and goal must be those of the text that is resumed.
	Header []bench.Condition
	Units  string
}

// Open opens a run's text, before anything is measured. A run that was never
// there, or was killed before its first result, begins with the header; behind
// any other the new results follow, for which a last line that was left
// unfinished is cut off. Errors say what to do about them.
func Open(o Options) (run *Run, err error) {
	if err := os.MkdirAll(o.Dir, 0o777); err != nil {
		return nil, fmt.Errorf("folder for the results: %w", err)
	}
	file, err := os.OpenFile(filepath.Join(o.Dir, cmp.Or(o.Text, Text)), os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o666)
	if err != nil {
		return nil, fmt.Errorf("file for the results: %w", err)
	}
	defer func() {
		if err != nil {
			file.Close()
		}
	}()
	// POSIX's lock, which every unix has and which ends with the process. Some
	// network file systems have none: there users must see to it themselves.
	err = syscall.FcntlFlock(file.Fd(), syscall.F_SETLK, &syscall.Flock_t{Type: syscall.F_WRLCK})
	if errors.Is(err, syscall.EAGAIN) || errors.Is(err, syscall.EACCES) {
		return nil, fmt.Errorf("%s is being written by another process: wait for it, or choose another --out", file.Name())
	}
	run = &Run{Dir: o.Dir, Log: bench.NewLog(file, runtime.GOMAXPROCS(0)), file: file}
	if err := run.resume(o); err != nil {
		return nil, err
	}
	if run.earlier == nil {
		if err := run.Log.Header(o.Header, o.Units); err != nil {
			return nil, fmt.Errorf("file for the results: %w", err)
		}
	}
	return run, nil
}

// Name is the name of the text's file.
func (r *Run) Name() string { return r.file.Name() }

// Close closes the text. Closing twice is an error.
func (r *Run) Close() error { return r.file.Close() }

// resume reads what is in the file already.
func (r *Run) resume(o Options) error {
	all, err := io.ReadAll(r.file)
	if err != nil || len(all) == 0 {
		return err
	}
	if !o.Resume {
		return fmt.Errorf("%s has results already: complete them with --resume, or choose another --out", r.Name())
	}
	whole := all[:bytes.LastIndexByte(all, '\n')+1]
	t := readText(whole, r.Name())
	if len(t.samples) == 0 && len(t.failed) == 0 {
		// Killed before the first result, perhaps within the header? Nothing else
		// may be thrown away.
		first := []byte(o.Header[0].Key + ": ")
		if len(t.problems) > 0 || bytes.Contains(whole, []byte("Benchmark")) || !bytes.HasPrefix(all, first) && !bytes.HasPrefix(first, all) {
			return fmt.Errorf("%s has no results but something else in it: choose another --out", r.Name())
		}
		return r.file.Truncate(0)
	}
	for _, now := range o.Header {
		if before := t.conditions[now.Key]; !slices.Contains(mayDiffer(), now.Key) && before != now.Value {
			return fmt.Errorf("%s was measured with %s %q, and now it is %q: results of both can't stand in one file; choose another --out",
				r.Name(), now.Key, before, now.Value)
		}
	}
	r.earlier, r.Warnings = t, t.problems
	return r.file.Truncate(int64(len(whole)))
}

// Samples returns what the text has from an earlier part of this run, those of a benchmark
// in their order.
func (r *Run) Samples() (list []*benchfmt.Result) {
	if r.earlier != nil {
		for _, name := range slices.Sorted(maps.Keys(r.earlier.samples)) {
			list = append(list, r.earlier.samples[name]...)
		}
	}
	return list
}

// Earlier says of benchmarks which samples the text has of each, by their values in a
// unit, NaN where they have none, and which have failed or were skipped, as
// [plan.Plan] wants it. failures counts the former of these.
func Earlier[C bench.Named](r *Run, cells []C, unit string) (done map[string][]float64, ended map[string]bool, failures int) {
	done, ended = map[string][]float64{}, map[string]bool{}
	if r.earlier == nil {
		return done, ended, 0
	}
	for _, c := range cells {
		name := r.Log.Name(c.Name())
		failed, gone := r.earlier.failed[name]
		for _, line := range r.earlier.samples[name] {
			done[c.Name()] = append(done[c.Name()], asWritten(line, unit))
		}
		ended[c.Name()] = gone
		if failed {
			failures++
		}
	}
	return done, ended, failures
}

// asWritten returns the value in a unit as the text has it: benchfmt reads ns/op as
// sec/op. It is NaN if there is none.
func asWritten(line *benchfmt.Result, unit string) float64 {
	for _, v := range line.Values {
		switch unit {
		case v.OrigUnit:
			return v.OrigValue
		case v.Unit:
			return v.Value
		}
	}
	return math.NaN()
}

// mayDiffer returns the keys of conditions that are not the same each time a run is
// resumed: they say nothing of how samples come about.
func mayDiffer() []string { return []string{bench.KeyDate, bench.KeyCommand, bench.KeyUntil} }

// A text is what a run's text has, by names as they are in it.
type text struct {
	conditions map[string]string // in front of the first result
	samples    map[string][]*benchfmt.Result
	failed     map[string]bool // false where the benchmark was skipped
	problems   []error
}

var (
	conditionLine = regexp.MustCompile(`^([a-z][^A-Z\s:]*): *(.*)$`)
	outcomeLine   = regexp.MustCompile(`^--- (FAIL|SKIP): Benchmark(\S+)`)
)

// readText reads whole lines. name is for the places of problems.
func readText(lines []byte, name string) *text {
	t := &text{conditions: map[string]string{}, samples: map[string][]*benchfmt.Result{}, failed: map[string]bool{}}
	// benchfmt passes over what is no result.
	for line := range bytes.Lines(lines) {
		line := string(bytes.TrimRight(line, "\r\n"))
		if m := conditionLine.FindStringSubmatch(line); m != nil && len(t.samples)+len(t.failed) == 0 {
			t.conditions[m[1]] = strings.TrimSpace(m[2])
		}
		if m := outcomeLine.FindStringSubmatch(line); m != nil {
			t.failed[m[2]] = t.failed[m[2]] || m[1] == "FAIL"
		}
	}
	results := benchfmt.NewReader(bytes.NewReader(lines), name)
	for results.Scan() {
		switch r := results.Result().(type) {
		case *benchfmt.Result:
			t.samples[r.Name.String()] = append(t.samples[r.Name.String()], r.Clone())
		case *benchfmt.SyntaxError:
			t.problems = append(t.problems, r)
		}
	}
	if err := results.Err(); err != nil {
		t.problems = append(t.problems, err)
	}
	return t
}
