package compare_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"golang.org/x/perf/benchmath"
	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"

	"promisebench/report/compare"
	"promisebench/report/dataset"
	"promisebench/report/document"
	"promisebench/report/gate"
	"promisebench/report/reporttest"
)

// Simulated gate runs a line of the table in bench/gate/README.md. Every test run replays the
// first few of them, which must give the counts that were recorded of as many; all of
// them are replayed with -update, with -replays 2000, and by CI.
const (
	fewReplays = 100
	allReplays = 2000
)

var replays = flag.Int("replays", 0, "simulated gate runs a line in TestReplay; 0 is 100, or 2000 with -update")

// recorded is what "promisebench gate X X --full" recorded:
// testdata/replay/FOLDER/base.txt.gz and head.txt.gz. See the header in them.
const recorded = "testdata/replay"

// sources are the folders of recordings, and what they are of in words: pairs of the same
// code on both sides, of one build a side or each of a random layout of its own.
func sources() []struct{ folder, words string } {
	return []struct{ folder, words string }{
		{"goja.identical", "goja, identical builds"},
		{"goja", "goja, random layouts"},
		{"node", "node, identical builds"},
	}
}

// A recording is the A/A pairs of one benchmark: pair i of the row has processes i.
type recording struct {
	gate.Row
	// processes are every batch of every process, base's and head's.
	processes [2][][]float64
}

// recordings are read once, by folder.
var recordings = sync.OnceValues(func() (map[string][]recording, error) {
	all := make(map[string][]recording)
	for _, source := range sources() {
		list, err := readRecordings(source.folder)
		if err != nil {
			return nil, err
		}
		all[source.folder] = list
	}
	return all, nil
})

func recordingsOf(t *testing.T, folder string) []recording {
	t.Helper()
	all, err := recordings()
	if err != nil {
		t.Fatal(err)
	}
	return all[folder]
}

// readRecordings reads the pairs recorded in a folder.
func readRecordings(folder string) ([]recording, error) {
	pair := compare.Pair{Base: dataset.New(), Head: dataset.New()}
	processes := make(map[string]*[2][][]float64)
	for i, side := range []struct {
		file string
		to   *dataset.Results
	}{{"base", pair.Base}, {"head", pair.Head}} {
		file, err := os.Open(filepath.Join(recorded, folder, side.file+".txt.gz"))
		if err != nil {
			return nil, err
		}
		defer file.Close()
		unzipped, err := gzip.NewReader(file)
		if err != nil {
			return nil, err
		}
		text, err := io.ReadAll(unzipped)
		if err != nil {
			return nil, err
		}
		if err := side.to.Add(file.Name(), bytes.NewReader(text)); err != nil {
			return nil, err
		}
		if err := readProcesses(text, i, processes); err != nil {
			return nil, err
		}
	}
	config, err := gate.Config{Metrics: []string{"sec/op"}}.Complete()
	if err != nil {
		return nil, err
	}
	c, err := compare.New([]compare.Pair{pair}, config)
	if err != nil {
		return nil, err
	}
	var list []recording
	for _, r := range c.Rows {
		list = append(list, recording{r.Row, *processes[r.Name]})
	}
	return list, nil
}

var processLine = regexp.MustCompile(`^# life of Benchmark(\S+), ns/op, (\d+) left out:((?: \d+)+)$`)

// readProcesses reads the batches that count of every process.
func readProcesses(text []byte, side int, processes map[string]*[2][][]float64) error {
	lines := bufio.NewScanner(bytes.NewReader(text))
	for lines.Scan() {
		match := processLine.FindStringSubmatch(lines.Text())
		if match == nil {
			continue
		}
		warmup, err := strconv.Atoi(match[2])
		if err != nil {
			return err
		}
		var batches []float64
		for _, field := range strings.Fields(match[3])[warmup:] {
			v, err := strconv.ParseFloat(field, 64)
			if err != nil {
				return err
			}
			batches = append(batches, v)
		}
		if processes[match[1]] == nil {
			processes[match[1]] = new([2][][]float64)
		}
		processes[match[1]][side] = append(processes[match[1]][side], batches)
	}
	return lines.Err()
}

// An outcome says what came of looking at a suite whose row 0 has a change.
type outcome struct {
	alarm        bool // some row is called slower
	found        bool // row 0 is
	inconclusive int  // rows
	pairs        int  // taken, of all rows together
}

const suiteRows = 12

// A recipe is a way to find out whether one of twelve benchmarks became slower.
type recipe struct {
	key, how string
	run      func(random *rand.Rand, rows []recording, change float64) outcome
}

func recipes() []recipe {
	return []recipe{{"gate", "the gate", ours}, {"usual", "10+10 samples, one process each, U-test at 5%", usual}}
}

// ours is the gate on as many pairs as it takes by default: drawn from a
// recording, each with base and head as they were or swapped. (That there is no
// bias to either side shows in the recording itself: see TestRecordings.) Rules and
// layouts are those of the recording: if each of its pairs has a layout of its own, so
// has each that is drawn.
func ours(random *rand.Rand, rows []recording, change float64) (o outcome) {
	plan := gate.Plan{Alpha: gate.DefaultAlpha, Confidence: gate.DefaultConfidence, Pairs: gate.DefaultPairs}
	if rows[0].Layouts > 1 {
		plan.Pairs = gate.DefaultLayoutPairs
	}
	list := make([]gate.Row, len(rows))
	for i, r := range rows {
		list[i].Rules, list[i].Layouts = r.Rules, r.Layouts
		for _, at := range random.Perm(len(r.Base))[:plan.Pairs] {
			base, head := r.Base[at], r.Head[at]
			if random.IntN(2) == 0 {
				base, head = head, base
			}
			list[i].Base, list[i].Head = append(list[i].Base, base), append(list[i].Head, head)
		}
	}
	for i := range list[0].Head {
		list[0].Head[i] *= 1 + change
	}
	for i, d := range decideBySteps(list, plan) {
		o.pairs += d.N
		switch d.Verdict {
		case gate.Regressed:
			o.alarm = true
			o.found = o.found || i == 0
		case gate.Inconclusive:
			o.inconclusive++
		}
	}
	return o
}

// decideBySteps stops each row where the gate would.
func decideBySteps(rows []gate.Row, plan gate.Plan) []gate.Decision {
	sofar := slices.Clone(rows)
	open := slices.Repeat([]bool{true}, len(rows))
	var decisions []gate.Decision
	for _, look := range plan.Looks() {
		if !slices.Contains(open, true) {
			break // nobody looks again
		}
		for i := range rows {
			if open[i] {
				sofar[i].Base, sofar[i].Head = rows[i].Base[:look.Pairs], rows[i].Head[:look.Pairs]
			}
		}
		decisions = gate.Decide(sofar, plan, 0)
		for i, d := range decisions {
			open[i] = d.Verdict == gate.Inconclusive
		}
	}
	return decisions
}

// usual is what most people do: ten samples in a process of base, then ten in one of
// head, and benchstat's test at 5%.
func usual(random *rand.Rand, rows []recording, change float64) (o outcome) {
	const samples = 10
	for i, r := range rows {
		at := random.IntN(len(r.processes[0]) - 1)
		first, second := random.IntN(2), random.IntN(2)
		base, head := samplesOf(r.processes[first][at], samples), samplesOf(r.processes[second][at+1], samples)
		if i == 0 {
			for j := range head {
				head[j] *= 1 + change
			}
		}
		sample := func(values []float64) *benchmath.Sample {
			return benchmath.NewSample(slices.Clone(values), &benchmath.DefaultThresholds)
		}
		test := benchmath.AssumeNothing.Compare(sample(base), sample(head))
		slower := test.P < 0.05 && stat.Mean(head, nil) > stat.Mean(base, nil)
		o.alarm = o.alarm || slower
		o.found = o.found || slower && i == 0
		if change > 0 {
			break // the other rows have no part in whether row 0 is found
		}
	}
	return o
}

// samplesOf makes n samples of a process's batches, each the mean of some in a row.
func samplesOf(batches []float64, n int) []float64 {
	each := len(batches) / n
	list := make([]float64, n)
	for i := range list {
		list[i] = stat.Mean(batches[i*each:(i+1)*each], nil)
	}
	return list
}

// changes are those of row 0 that are looked for.
func changes() []float64 { return []float64{0.01, 0.02, 0.03, 0.05} }

// counts are what came of so many runs.
type counts struct {
	runs, alarms, inconclusive, pairs int    // of no change
	found                             [4]int // of [changes]
}

// replay runs a recipe on suites that are drawn anew for each run, and are the same
// for each change.
func replay(run recipe, list []recording, runs int) counts {
	n := counts{runs: runs}
	for i, change := range append([]float64{0}, changes()...) {
		random := rand.New(rand.NewPCG(1, 2))
		for range runs {
			rows := make([]recording, suiteRows)
			for i := range rows {
				rows[i] = list[random.IntN(len(list))]
			}
			o := run.run(random, rows, change)
			switch {
			case i > 0 && o.found:
				n.found[i-1]++
			case i == 0:
				n.inconclusive += o.inconclusive
				n.pairs += o.pairs
				if o.alarm {
					n.alarms++
				}
			}
		}
	}
	return n
}

// line is the counts as they are recorded.
func (n counts) line(folder, key string) string {
	found := strings.Trim(fmt.Sprint(n.found), "[]")
	return fmt.Sprintf("%s %s %d %d %d %d %s\n", folder, key, n.runs, n.alarms, n.inconclusive, n.pairs, found)
}

// row is the counts as a row of the table.
func (n counts) row(source, how string) []document.Cell {
	lo, hi := binomial(n.alarms, n.runs)
	share := func(k, n int) string { return fmt.Sprintf("%.1f%%", 100*float64(k)/float64(n)) }
	cells := []string{source, how, fmt.Sprintf("%.2f%% [%.2f, %.2f]", 100*float64(n.alarms)/float64(n.runs), 100*lo, 100*hi)}
	for _, k := range n.found {
		cells = append(cells, share(k, n.runs))
	}
	if n.pairs == 0 {
		return document.Texts(append(cells, "–", "–")...)
	}
	return document.Texts(append(cells, share(n.inconclusive, n.runs*suiteRows), fmt.Sprintf("%.1f", float64(n.pairs)/float64(n.runs*suiteRows)))...)
}

const (
	countsFile   = "replay.counts"
	countsHeader = "folder recipe runs alarms inconclusive pairs +1% +2% +3% +5%\n"
)

// readCounts reads what was recorded of so many runs.
func readCounts(t *testing.T, folder, key string, runs int) (n counts) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", countsFile))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		rest, ok := strings.CutPrefix(line, fmt.Sprintf("%s %s %d ", folder, key, runs))
		if !ok {
			continue
		}
		n.runs = runs
		if _, err := fmt.Sscan(rest, &n.alarms, &n.inconclusive, &n.pairs, &n.found[0], &n.found[1], &n.found[2], &n.found[3]); err != nil {
			t.Fatalf("%s: %q: %v", countsFile, line, err)
		}
		return n
	}
	t.Fatalf("%s has no %d runs of %s on %s (go test -update makes them)", countsFile, runs, key, folder)
	return n
}

// TestReplay replays recorded A/A pairs as gate runs over suites of twelve benchmarks:
// the verdicts of the gate and of the usual recipe side by side. The table is the one
// in bench/gate/README.md.
func TestReplay(t *testing.T) {
	updating := reporttest.Updating()
	runs := *replays
	switch {
	case runs != 0:
	case updating:
		runs = allReplays
	default:
		runs = fewReplays
	}
	var mutex sync.Mutex
	found := make(map[string]string) // lines of the file, by folder and recipe
	t.Run("lines", func(t *testing.T) {
		for _, source := range sources() {
			folder := source.folder
			list := recordingsOf(t, folder)
			for _, r := range recipes() {
				t.Run(folder+" "+r.key, func(t *testing.T) {
					t.Parallel()
					n := replay(r, list, runs)
					if r.key == "gate" && n.alarms > max(1, runs/100) {
						t.Errorf("%d false alarms in %d gate runs", n.alarms, runs)
					}
					switch {
					case updating:
						mutex.Lock()
						defer mutex.Unlock()
						found[folder+r.key] = replay(r, list, fewReplays).line(folder, r.key) + n.line(folder, r.key)
					case runs != fewReplays && runs != allReplays:
						t.Log(n.line(folder, r.key))
					case n != readCounts(t, folder, r.key, runs):
						t.Errorf("got %+v, recorded are %+v", n, readCounts(t, folder, r.key, runs))
					}
				})
			}
		}
	})
	if updating {
		text := countsHeader
		for _, source := range sources() {
			for _, r := range recipes() {
				text += found[source.folder+r.key]
			}
		}
		reporttest.Golden(t, countsFile, text)
	}
	checkTable(t)
}

// checkTable holds the table in bench/gate/README.md to the counts.
func checkTable(t *testing.T) {
	t.Helper()
	table := &document.Table{Columns: document.Cols("12 benchmarks as on", "how", ">false alarms a run [95%]", ">+1% found", ">+2% found", ">+3% found", ">+5% found",
		">inconclusive benchmarks", ">pairs a benchmark")}
	for _, source := range sources() {
		for _, r := range recipes() {
			table.Add(readCounts(t, source.folder, r.key, allReplays).row(source.words, r.how)...)
		}
	}
	var text strings.Builder
	if err := table.WriteMarkdown(&text); err != nil {
		t.Fatal(err)
	}
	reporttest.Golden(t, "replay.md", text.String())
	readme, err := os.ReadFile("../../bench/gate/README.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(figures(string(readme)), figures(text.String())) {
		t.Errorf("bench/gate/README.md does not have this table:\n%s", &text)
	}
}

// figures is Markdown without what may differ between bench/gate/README.md and what is computed:
// the widths of columns, and words that have changed since.
func figures(markdown string) string {
	padding := regexp.MustCompile(` +|-{2,}`)
	return padding.ReplaceAllString(strings.NewReplacer(" %", "%", "undecided", "inconclusive").Replace(markdown), " ")
}

// What was recorded of the same code is unchanged as a whole: neither side is favoured.
func TestRecordings(t *testing.T) {
	for _, source := range sources() {
		pairs := 0
		list := recordingsOf(t, source.folder)
		for _, r := range list {
			pairs += len(r.Base)
			plan := gate.Plan{Alpha: gate.DefaultAlpha, Confidence: gate.DefaultConfidence, Pairs: len(r.Base)}
			d := gate.Decide([]gate.Row{r.Row}, plan, 0)[0]
			if d.Verdict != gate.Unchanged || d.Lo > 1 || d.Hi < 1 {
				t.Errorf("%s: %+v", r.Name, d)
			}
			t.Logf("%s: %d pairs, %+.2f%% [%+.2f%%, %+.2f%%], SD %.2f%%", r.Name, d.N, 100*(d.Ratio-1), 100*(d.Lo-1), 100*(d.Hi-1), 100*d.SD)
		}
		if len(list) != 2 || pairs < 300 {
			t.Errorf("%s: %d pairs of %d benchmarks", source.folder, pairs, len(list))
		}
	}
}

// binomial returns the 95% interval of Clopper and Pearson.
func binomial(k, n int) (lo, hi float64) {
	hi = 1
	if k > 0 {
		lo = distuv.Beta{Alpha: float64(k), Beta: float64(n - k + 1)}.Quantile(0.025)
	}
	if k < n {
		hi = distuv.Beta{Alpha: float64(k + 1), Beta: float64(n - k)}.Quantile(0.975)
	}
	return lo, hi
}
