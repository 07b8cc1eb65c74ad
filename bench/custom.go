package bench

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"promisebench/engines"
	"promisebench/engines/transform"
	"promisebench/workloads"
)

// customPeriod is how many results of a custom workload are known: operation i
// must yield the same as operation i % customPeriod.
const customPeriod = 100

// customTime is how long a custom workload is given to show its results.
const customTime = 20 * time.Second

//go:embed custom.js
var learn string

// customName is what a custom workload may be called: without digits at the
// end, which benchmark tools would take for GOMAXPROCS.
var customName = regexp.MustCompile(`^[a-z]([a-z0-9-]*[a-z])?$`)

// Own reads workloads of a user's own: one from the script of that name in fsys, or
// all that are in the folder of that name. Scripts of a folder that have the same name
// up to its first dot, "upload.async.js" and "upload.promise.js", are one workload in
// several styles and must yield the same. Without a style in its name, a script is taken for for-await if it has that or async generators, for
// async if it awaits, for callback if operation has two parameters, and else for
// promise.
//
// # The contract
//
// A script stands alone and defines a global function operation. Either
// operation(i) returns a promise of a 32-bit integer, or operation(i, done)
// calls done(error, value) once. What it yields may depend on i modulo 100. An
// operation that rejects on purpose does so with an object whose property
// checksum is a number. It should keep nothing between operations and do its
// waiting by promises only.
//
// What the results must be (a rejection's checksum, where it rejects) is said by
// a global function expected(i), or else learned: both judges run the operations and
// must agree. The conditions say which of the two it was, one for each workload. It is
// an error if the catalog has a workload of the same name.
func (cat Catalog) Own(ctx context.Context, fsys fs.FS, name string, judges [2]engines.Engine) ([]workloads.Workload, []Condition, error) {
	info, err := fs.Stat(fsys, name)
	if err != nil {
		return nil, nil, err
	}
	groups := [][]string{{name}}
	if info.IsDir() {
		if fsys, err = fs.Sub(fsys, name); err == nil {
			groups, err = customFiles(fsys)
		}
		if err != nil {
			return nil, nil, err
		}
	}
	var own []workloads.Workload
	var results []Condition
	for _, files := range groups {
		w, said, err := custom(ctx, fsys, files, judges)
		if err != nil {
			return nil, nil, err
		}
		if slices.ContainsFunc(cat.Workloads, func(other workloads.Workload) bool { return other.Name == w.Name }) {
			return nil, nil, fmt.Errorf("there is a workload %s already: rename the file", w.Name)
		}
		own, results = append(own, w), append(results, Condition{KeyResults + w.Name, said})
	}
	return own, results, nil
}

// Judges returns the engines of a list that must agree on the results of a user's
// workload: goja and quickjs have nothing in common but the specification. Both must
// be in it.
func Judges(list []engines.Engine) (judges [2]engines.Engine) {
	for _, e := range list {
		switch e.Name() {
		case "goja":
			judges[0] = e
		case "quickjs":
			judges[1] = e
		}
	}
	return judges
}

// custom reads a workload from its scripts, and says how its results are known.
func custom(ctx context.Context, fsys fs.FS, names []string, judges [2]engines.Engine) (workloads.Workload, string, error) {
	var w workloads.Workload
	scripts := map[string]workloads.Source{}
	var results []result
	said := fmt.Sprintf("learned by agreement of %s and %s", judges[0].Name(), judges[1].Name())
	base, _, _ := strings.Cut(path.Base(names[0]), ".")
	if !customName.MatchString(base) {
		return w, "", fmt.Errorf("%s: a workload's name has small letters, digits and dashes, and ends with a letter: rename it", names[0])
	}
	for _, name := range names {
		text, err := fs.ReadFile(fsys, name)
		if err != nil {
			return w, "", err
		}
		source := workloads.Source{Name: path.Base(name), Text: string(text)}
		style, err := customStyle(source)
		if err != nil {
			return w, "", err
		}
		if other, twice := scripts[style.Name]; twice {
			return w, "", fmt.Errorf("%s and %s are both in the style %s", other.Name, source.Name, style.Name)
		}
		scripts[style.Name] = source
		for i, judge := range judges {
			found, given, err := learnResults(ctx, judge, style, source)
			if err != nil {
				return w, "", err
			}
			if given { // by one script for all, which must agree with it
				said = "given by the function expected"
			}
			if results == nil {
				results = found
			}
			if k := firstDifference(results, found); k >= 0 {
				first := judges[0].Name()
				if i == 0 {
					first = names[0]
				}
				return w, "", fmt.Errorf("%s: operation %d yields %v on %s, and %v by %s: results must not depend on engine or style",
					source.Name, k, found[k], judge.Name(), results[k], first)
			}
		}
	}
	v := workloads.Variant{
		Result:  func(i int) int32 { return results[i%customPeriod].value },
		Rejects: slices.ContainsFunc(results, func(r result) bool { return r.rejected }),
	}
	return workloads.Custom(base, "your own, from "+strings.Join(names, ", "), v, scripts), said, nil
}

// customStyle tells a script's style.
func customStyle(s workloads.Source) (workloads.Style, error) {
	styles := workloads.Styles()
	called := func(name string) (workloads.Style, error) {
		i := slices.IndexFunc(styles, func(s workloads.Style) bool { return s.Name == name })
		if i < 0 {
			known := names(styles, func(s workloads.Style) string { return s.Name })
			return workloads.Style{}, fmt.Errorf("%s: there is no style %q, only %s", s.Name, name, strings.Join(known, ", "))
		}
		return styles[i], nil
	}
	if parts := strings.Split(s.Name, "."); len(parts) > 2 {
		return called(parts[len(parts)-2])
	}
	whole, err := transform.Lower(s.Name, s.Text, nil)
	if err != nil {
		return workloads.Style{}, err
	}
	if lowered, err := transform.Lower(s.Name, s.Text, []engines.Feature{engines.AsyncGenerators, engines.ForAwait}); err != nil || lowered != whole {
		return called("for-await")
	}
	rewritten, err := transform.LegacyAwait(s.Name, s.Text)
	switch {
	case err != nil:
		return workloads.Style{}, err
	case rewritten != s.Text:
		return called("async")
	case operationTakesDone.MatchString(s.Text):
		return called("callback")
	}
	return called("promise")
}

// operationTakesDone is only for the name of a style; what counts is the
// function's length, which the driver asks for.
var operationTakesDone = regexp.MustCompile(`function\s+operation\s*\([^,)]*,`)

// A result is what an operation yields, in the driver's way of counting.
type result struct {
	rejected bool
	value    int32
}

// yield is the integer in the workload's own words: a rejection's checksum.
func (r result) yield() int32 {
	if r.rejected {
		return ^r.value
	}
	return r.value
}

func (r result) String() string {
	if r.rejected {
		return fmt.Sprintf("a rejection with the checksum %d", r.yield())
	}
	return strconv.Itoa(int(r.value))
}

func firstDifference(a, b []result) int {
	for i := range a {
		if a[i] != b[i] {
			return i
		}
	}
	return -1
}

// learnResults runs the operations of a script one after the other on an engine and
// returns the results of a period, and whether the script says itself what they
// must be.
func learnResults(ctx context.Context, e engines.Engine, style workloads.Style, s workloads.Source) (results []result, given bool, err error) {
	const count = customPeriod + 8
	ctx, cancel := context.WithTimeoutCause(ctx, customTime, fmt.Errorf("no end after %v: an endless loop, or an endless chain of promises?", customTime))
	defer cancel()
	w := workloads.Custom("learnt", "", workloads.Variant{}, map[string]workloads.Source{style.Name: s})
	cell := Cell{Workload: w, Variant: w.Variants[0], Style: style, Await: engines.Optimized, Engine: e, Setup: Setup{Window: DefaultWindow}}
	realm, err := cell.Open(ctx)
	if err != nil {
		return nil, false, err
	}
	defer realm.Close()
	lines, err := realm.Probe(ctx, "custom.js", fmt.Sprintf("%s(%d);", strings.TrimSpace(learn), count))
	if err != nil {
		return nil, false, fmt.Errorf("%s: %w", s.Name, err)
	}
	var expected []int32
	for _, line := range lines {
		kind, rest, _ := strings.Cut(line, " ")
		if kind == "wrong" {
			return nil, false, fmt.Errorf("%s: %s: %s", s.Name, e.Name(), rest)
		}
		n, err := strconv.ParseInt(rest, 10, 32)
		if err != nil {
			return nil, false, fmt.Errorf("%s: %s: it logs lines of its own: %q", s.Name, e.Name(), line)
		}
		if kind == "expected" {
			expected = append(expected, int32(n))
		} else {
			results = append(results, result{kind == "rejected", int32(n)})
		}
	}
	if len(results) < count {
		return nil, false, fmt.Errorf("%s: %s: operation %d: %w", s.Name, e.Name(), len(results), engines.ErrUnsettled)
	}
	for i, r := range results {
		if expected != nil && r.yield() != expected[i] {
			return nil, false, fmt.Errorf("%s: %s: %w: operation %d yields %v, and expected(%d) says %d", s.Name, e.Name(), engines.ErrChecksum, i, r, i, expected[i])
		}
		if want := results[i%customPeriod]; r != want {
			return nil, false, fmt.Errorf("%s: %s: operation %d yields %v and operation %d %v: results may depend on i %% %d only",
				s.Name, e.Name(), i%customPeriod, want, i, r, customPeriod)
		}
	}
	// All at once, in a batch, which also notices rejections that nobody handled.
	b := engines.Batch{Ops: customPeriod, Window: customPeriod, Rejects: true}
	for _, r := range results[:customPeriod] {
		b.Checksum += r.value
	}
	if _, err := realm.Run(ctx, b); err != nil {
		return nil, false, fmt.Errorf("%s: %d operations at once: %w", s.Name, b.Ops, err)
	}
	return results[:customPeriod], expected != nil, nil
}

// customFiles groups the scripts of a folder into workloads.
func customFiles(folder fs.FS) ([][]string, error) {
	entries, err := fs.ReadDir(folder, ".")
	if err != nil {
		return nil, err
	}
	var groups [][]string
	for _, e := range entries { // sorted by name
		if e.IsDir() || path.Ext(e.Name()) != ".js" {
			continue
		}
		base, _, _ := strings.Cut(e.Name(), ".")
		if n := len(groups); n > 0 {
			if last, _, _ := strings.Cut(groups[n-1][0], "."); last == base {
				groups[n-1] = append(groups[n-1], e.Name())
				continue
			}
		}
		groups = append(groups, []string{e.Name()})
	}
	if len(groups) == 0 {
		return nil, errors.New("no .js files in it")
	}
	return groups, nil
}
