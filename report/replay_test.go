package report

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
	"testing"

	"golang.org/x/perf/benchmath"
	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"

	"promisebench/report/gate"
)

var replays = flag.Int("replays", 2000, "simulated gate runs a line of the table in TestReplay")

// recorded is what "promisebench gate X X --full" recorded of identical builds:
// testdata/replay/ENGINE/base.txt.gz and head.txt.gz. See the header in them.
const recorded = "testdata/replay"

// A recording is the A/A pairs of one benchmark.
type recording struct {
	name       string
	base, head []float64
	// lives are every batch of every process, base's and head's.
	lives [2][][]float64
}

// readRecordings reads the pairs recorded for an engine.
func readRecordings(t *testing.T, engine string) []recording {
	t.Helper()
	var m Match
	lives := make(map[string]*[2][][]float64)
	for i, side := range []struct {
		file string
		to   **Results
	}{{"base", &m.Base}, {"head", &m.Head}} {
		file, err := os.Open(filepath.Join(recorded, engine, side.file+".txt.gz"))
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		unzipped, err := gzip.NewReader(file)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(unzipped)
		if err != nil {
			t.Fatal(err)
		}
		*side.to = NewResults()
		if err := (*side.to).Add(file.Name(), bytes.NewReader(text)); err != nil {
			t.Fatal(err)
		}
		readLives(t, text, i, lives)
	}
	config, err := gate.Config{Metrics: []string{"sec/op"}}.Complete()
	if err != nil {
		t.Fatal(err)
	}
	j, err := Judge([]Match{m}, config)
	if err != nil {
		t.Fatal(err)
	}
	var list []recording
	for _, r := range j.Rows {
		list = append(list, recording{r.Name, r.Base, r.Head, *lives[r.Name]})
	}
	return list
}

var lifeLine = regexp.MustCompile(`^# life of Benchmark(\S+), ns/op, (\d+) left out:((?: \d+)+)$`)

// readLives reads the batches that count of every process.
func readLives(t *testing.T, text []byte, side int, lives map[string]*[2][][]float64) {
	lines := bufio.NewScanner(bytes.NewReader(text))
	for lines.Scan() {
		match := lifeLine.FindStringSubmatch(lines.Text())
		if match == nil {
			continue
		}
		warmup, _ := strconv.Atoi(match[2])
		var life []float64
		for _, field := range strings.Fields(match[3])[warmup:] {
			v, err := strconv.ParseFloat(field, 64)
			if err != nil {
				t.Fatal(err)
			}
			life = append(life, v)
		}
		if lives[match[1]] == nil {
			lives[match[1]] = new([2][][]float64)
		}
		lives[match[1]][side] = append(lives[match[1]][side], life)
	}
}

// A recipe is a way to find out whether one of twelve benchmarks became slower.
type recipe struct {
	name string
	run  func(random *rand.Rand, rows []recording, change float64) outcome
}

// An outcome says what came of looking at a suite whose row 0 has a change.
type outcome struct {
	alarm     bool // some row is called slower
	found     bool // row 0 is
	undecided int  // rows without a verdict
	pairs     int  // taken, of all rows together
}

const suiteRows = 12

// ours is the gate on as many pairs as it takes by default: drawn from a
// recording, each with base and head as they were or swapped. (That there is no
// bias to either side shows in the recording itself: see TestRecordings.)
func ours(random *rand.Rand, rows []recording, change float64) (o outcome) {
	plan := gate.Plan{Alpha: gate.DefaultAlpha, Confidence: gate.DefaultConfidence, Pairs: gate.DefaultPairs}
	list := make([]gate.Row, len(rows))
	for i, r := range rows {
		list[i].Rules = gate.Rules{MinEffect: gate.DefaultMinEffect, Equivalence: gate.DefaultEquivalence}
		for _, at := range random.Perm(len(r.base))[:plan.Pairs] {
			base, head := r.base[at], r.head[at]
			if random.IntN(2) == 0 {
				base, head = head, base
			}
			list[i].Base, list[i].Head = append(list[i].Base, base), append(list[i].Head, head)
		}
	}
	for i := range list[0].Head {
		list[0].Head[i] *= 1 + change
	}
	for i, d := range judgeBySteps(list, plan) {
		o.pairs += d.N
		switch d.Verdict {
		case gate.Regressed:
			o.alarm = true
			o.found = o.found || i == 0
		case gate.Inconclusive:
			o.undecided++
		}
	}
	return o
}

// judgeBySteps stops each row where the gate would.
func judgeBySteps(rows []gate.Row, plan gate.Plan) []gate.Decision {
	sofar := slices.Clone(rows)
	open := make([]bool, len(rows))
	for i := range open {
		open[i] = true
	}
	var decisions []gate.Decision
	for _, look := range plan.Looks() {
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

// usual is what most people do: ten samples in a process of base, then ten in one of head, and
// benchstat's test at 5 %.
func usual(random *rand.Rand, rows []recording, change float64) (o outcome) {
	const samples = 10
	for i, r := range rows {
		at := random.IntN(len(r.lives[0]) - 1)
		first, second := random.IntN(2), random.IntN(2)
		base, head := samplesOf(r.lives[first][at], samples), samplesOf(r.lives[second][at+1], samples)
		if i == 0 {
			for j := range head {
				head[j] *= 1 + change
			}
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
func samplesOf(life []float64, n int) []float64 {
	each := len(life) / n
	list := make([]float64, n)
	for i := range list {
		list[i] = stat.Mean(life[i*each:(i+1)*each], nil)
	}
	return list
}

// TestReplay replays recorded A/A pairs as gate runs over suites of twelve benchmarks: the
// verdicts of the gate and of the usual recipe side by side. The table is the
// one in README.md.
func TestReplay(t *testing.T) {
	table := Table{
		Header: []string{"12 benchmarks as on", "how", "false alarms a run [95 %]", "+1 % found", "+2 % found", "+5 % found", "undecided benchmarks", "pairs a benchmark"},
		Align:  []Align{Left, Left, Right, Right, Right, Right, Right, Right},
	}
	for _, engine := range []string{"goja", "node"} {
		recordings := readRecordings(t, engine)
		pairs := 0
		for _, r := range recordings {
			pairs += len(r.base)
		}
		if len(recordings) != 2 || pairs < 300 {
			t.Errorf("%s: %d pairs of %d benchmarks", engine, pairs, len(recordings))
		}
		for _, m := range []recipe{{"the gate", ours}, {"10+10 samples, one process each, U-test at 5 %", usual}} {
			// One generator for all changes: the same suites, slowed down.
			row := []string{engine, m.name}
			var rest []string // columns that are about no change
			for _, change := range []float64{0, 0.01, 0.02, 0.05} {
				random := rand.New(rand.NewPCG(1, 2))
				alarms, found, undecided, pairs := 0, 0, 0, 0
				for range *replays {
					rows := make([]recording, suiteRows)
					for i := range rows {
						rows[i] = recordings[random.IntN(len(recordings))]
					}
					o := m.run(random, rows, change)
					undecided += o.undecided
					pairs += o.pairs
					if o.alarm {
						alarms++
					}
					if o.found {
						found++
					}
				}
				if change > 0 {
					row = append(row, fmt.Sprintf("%.1f %%", 100*float64(found)/float64(*replays)))
					continue
				}
				if rest = []string{"–", "–"}; pairs > 0 {
					all := float64(*replays * suiteRows)
					rest = []string{fmt.Sprintf("%.1f %%", 100*float64(undecided)/all), fmt.Sprintf("%.1f", float64(pairs)/all)}
				}
				lo, hi := binomial(alarms, *replays)
				row = append(row, fmt.Sprintf("%.2f %% [%.2f, %.2f]", 100*float64(alarms)/float64(*replays), 100*lo, 100*hi))
				if m.name == "the gate" && alarms > *replays/100 {
					t.Errorf("%s: %d false alarms in %d gate runs", engine, alarms, *replays)
				}
			}
			table.Rows = append(table.Rows, append(row, rest...))
		}
	}
	if *replays != 2000 {
		if err := table.Write(os.Stdout, Text); err != nil {
			t.Error(err)
		}
		return
	}
	var text bytes.Buffer
	if err := table.Write(&text, Markdown); err != nil {
		t.Fatal(err)
	}
	golden(t, "replay.md", text.String())
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(readme, text.Bytes()) {
		t.Errorf("README.md has not this table:\n%s", &text)
	}
}

// What was recorded of identical builds is unchanged as a whole: neither side is
// favoured.
func TestRecordings(t *testing.T) {
	for _, engine := range []string{"goja", "node"} {
		for _, r := range readRecordings(t, engine) {
			plan := gate.Plan{Alpha: gate.DefaultAlpha, Confidence: gate.DefaultConfidence, Pairs: len(r.base)}
			d := gate.Decide([]gate.Row{{Base: r.base, Head: r.head, Rules: gate.Rules{MinEffect: gate.DefaultMinEffect, Equivalence: gate.DefaultEquivalence}}}, plan, 0)[0]
			if d.Verdict != gate.Unchanged || d.Lo > 1 || d.Hi < 1 {
				t.Errorf("%s: %+v", r.name, d)
			}
			t.Logf("%s: %d pairs, %+.2f %% [%+.2f %%, %+.2f %%], SD %.2f %%", r.name, d.N, 100*(d.Ratio-1), 100*(d.Lo-1), 100*(d.Hi-1), 100*d.SD)
		}
	}
}

// binomial returns the 95 % interval of Clopper and Pearson.
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
