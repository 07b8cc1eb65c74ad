package report

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"promisebench/report/gate"
)

// A gateText invents the samples of one side of a gate.
type gateText struct {
	pairing, shard string
	lines          []string
}

func (g gateText) String() string {
	return "goos: linux\ncpu: Intel(R) Xeon(R) Processor\ncores: 2\nrounds: pairs\npairing: " + g.pairing +
		"\npairs: 24\nfamily: 4\nshard: " + g.shard + "\nside: goja v1\ndate: 2026-11-20T11:30:00Z\n" +
		"Unit ticks/op better=lower assume=exact\n" + strings.Join(g.lines, "")
}

// pairsOf invents 24 pairs of a benchmark that changed.
func pairsOf(seed uint64, name string, change float64, baseTicks, headTicks int) (base, head []string) {
	random := rand.New(rand.NewPCG(seed, 1))
	for range 24 {
		shared := 45000 * math.Exp(0.05*random.NormFloat64())
		line := func(factor float64, ticks int) string {
			return fmt.Sprintf("Benchmark%s 400 %.3f ns/op 370.2 allocs/op %d ticks/op\n",
				name, shared*factor*math.Exp(0.004*random.NormFloat64()), ticks)
		}
		base = append(base, line(1, baseTicks))
		head = append(head, line(1+change, headTicks))
	}
	return base, head
}

const (
	doxbeeName   = "Doxbee/style=async/await=optimized/engine=goja/window=100"
	parallelName = "Parallel/style=async/await=optimized/engine=goja/window=100"
)

// match reads two texts.
func match(t testing.TB, base, head string) Match {
	t.Helper()
	m := Match{NewResults(), NewResults()}
	if err := errors.Join(m.Base.Add("base.txt", strings.NewReader(base)), m.Head.Add("head.txt", strings.NewReader(head))); err != nil {
		t.Fatal(err)
	}
	return m
}

func judged(t testing.TB, config gate.Config, matches ...Match) (*Judgement, error) {
	t.Helper()
	config, err := config.Complete()
	if err != nil {
		t.Fatal(err)
	}
	return Judge(matches, config)
}

// typicalGate is a gate run in which one benchmark became slower, one faster, and
// one takes a tick more.
func typicalGate(t testing.TB) Match {
	var base, head []string
	for i, c := range []struct {
		name   string
		change float64
		ticks  int
	}{{doxbeeName, 0.02, 9}, {parallelName, -0.03, 4}, {strings.Replace(parallelName, "async", "promise", 1), 0, 4},
		{strings.Replace(doxbeeName, "async", "promise", 1), 0, 24}} {
		ticks := c.ticks
		if c.ticks == 24 {
			c.ticks = 23
		}
		b, h := pairsOf(uint64(i), c.name, c.change, c.ticks, ticks)
		base, head = append(base, b...), append(head, h...)
	}
	return match(t, gateText{"x", "1/1", base}.String(), gateText{"x", "1/1", head}.String())
}

func TestJudgementOutputs(t *testing.T) {
	j, err := judged(t, gate.Config{}, typicalGate(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Err(); !errors.Is(err, ErrRegressed) {
		t.Errorf("got %v", err)
	}
	if got, want := j.Summary(), "2 regressed, 1 improved, 9 unchanged"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	for name, write := range map[string]func(io.Writer) error{
		"gate.md": j.WriteMarkdown, "gate.json": j.WriteJSON, "gate-junit.xml": j.WriteJUnit, "gate.svg": j.Charts()[0].WriteSVG,
		"gate.tables": func(w io.Writer) error {
			for _, t := range j.Tables() {
				if err := t.Write(w, Text); err != nil {
					return err
				}
			}
			return nil
		},
	} {
		var b strings.Builder
		if err := write(&b); err != nil {
			t.Fatal(err)
		}
		golden(t, name, b.String())
	}
}

// What keeps a gate from good news, and what it says then.
func TestJudgementFaults(t *testing.T) {
	b, h := pairsOf(1, doxbeeName, 0, 9, 9)
	b2, h2 := pairsOf(2, parallelName, 0, 4, 4)
	text := func(lines ...string) string { return gateText{"x", "1/1", lines}.String() }
	all := func(lists ...[]string) []string {
		var list []string
		for _, l := range lists {
			list = append(list, l...)
		}
		return list
	}
	fail := "--- FAIL: Benchmark" + parallelName + "\n    worker: ended: signal: killed\n"
	skip := "--- SKIP: Benchmark" + parallelName + "\n    no such thing\n"
	for _, c := range []struct {
		name       string
		base, head string
		config     gate.Config
		want       error  // of the judgement, or nil for a pass
		says       string // in the error of either kind
	}{
		{name: "nothing wrong", base: text(all(b, b2)...), head: text(all(h, h2)...)},
		{"head lacks a workload", text(all(b, b2)...), text(h...), gate.Config{}, ErrBroken, "head has no result of " + parallelName},
		{"base lacks a workload", text(b...), text(all(h, h2)...), gate.Config{}, ErrBroken, "base has no result of " + parallelName},
		{"head crashed half-way", text(all(b, b2[:9])...), text(append(all(h, h2[:9]), fail)...), gate.Config{}, ErrBroken, "head failed in " + parallelName + ": worker: ended: signal: killed"},
		{"base failed", text(append(b, fail)...), text(h...), gate.Config{}, ErrBroken, "base failed in " + parallelName},
		{"one side skips", text(append(b, skip)...), text(all(h, h2)...), gate.Config{}, ErrBroken, "base skipped " + parallelName + ": no such thing"},
		{name: "both sides skip", base: text(append(b, skip)...), head: text(append(h, skip)...)},
		{"a line is cut off", text(b...), strings.TrimSuffix(text(h...), " ticks/op\n"), gate.Config{}, nil, "head: the results are broken: head.txt:35: line is cut off"},
		{"the last line is missing", text(b...), text(h[:23]...), gate.Config{}, nil, "base has 24 samples of it and head 23, but they come in pairs"},
		{"not of one gate", text(b...), strings.Replace(text(h...), "family: 4", "family: 5", 1), gate.Config{}, nil, `these results are not of one gate: family is "4" and "5"`},
		{"half a shard name", strings.Replace(text(b...), "1/1", "1", 1), strings.Replace(text(h...), "1/1", "1", 1), gate.Config{}, nil, `condition shard is "1", want i/n`},
		{"a metric is missing", text(b...), strings.ReplaceAll(text(h...), "370.2 allocs/op", ""), gate.Config{}, ErrBroken, "head has no allocs/op of " + doxbeeName},
		{"no such metric", text(b...), text(h...), gate.Config{Metrics: []string{"m/s²"}}, nil, "nothing to compare: no benchmark has results on both sides in m/s²"},
		{"which way is up", strings.ReplaceAll(text(b...), "allocs/op", "beans"), strings.ReplaceAll(text(h...), "allocs/op", "beans"),
			gate.Config{Metrics: []string{"beans"}}, nil, "which direction of beans is better?"},
		{"zero", strings.ReplaceAll(text(b...), "370.2 allocs/op", "0 rows/s"), strings.ReplaceAll(text(h...), "370.2 allocs/op", "7 rows/s"),
			gate.Config{Metrics: []string{"rows/s"}}, ErrBroken, "a value of rows/s is 0: there is no ratio"},
		{"other units", "BenchmarkX 1 5 ns/op\nBenchmarkY 1 5 ns/op\n", "BenchmarkY 1 5 ns/op\n\nBenchmarkX 1 5 req/s\n", gate.Config{}, ErrBroken,
			"X can't be compared: base has sec/op (base.txt:1) and head req/s (head.txt:3); measure both alike"},
		{"up and down", "Unit x/op better=lower\nBenchmarkX 1 5 x/op\n", "\nUnit x/op better=higher\nBenchmarkX 1 5 x/op\n", gate.Config{Metrics: []string{"x/op"}}, nil,
			"x/op is declared better=lower in base.txt:1 and better=higher in head.txt:2"},
		{"exact or not", "Unit ticks/op assume=exact better=lower\nBenchmarkX 1 5 ticks/op\n", "Unit ticks/op assume=nothing\nBenchmarkX 1 5 ticks/op\n", gate.Config{}, nil,
			"ticks/op is declared assume=exact in base.txt:1 and assume=nothing in head.txt:1"},
		{"only head declares it", "BenchmarkX 1 5 x/op\n", "Unit x/op better=higher assume=exact\nBenchmarkX 1 4 x/op\n", gate.Config{Metrics: []string{"x/op"}}, ErrRegressed, "1 regressed"},
		{"a metric that only head has", "BenchmarkX 1 5 ns/op\n", "BenchmarkX 1 5 ns/op 3 allocs/op\n", gate.Config{}, ErrBroken, "base has no allocs/op of X"},
		{"NaN", "BenchmarkX 1 5 ns/op\n", "BenchmarkX 1 NaN ns/op\nBenchmarkX 1 -5 ns/op\nBenchmarkX 1 6 ns/op\n", gate.Config{}, ErrBroken,
			"head: the results are broken: head.txt:1: NaN ns/op is not a possible measurement, line not used: \"BenchmarkX\" (and 1 more)"},
		{"one side is empty", text(b...), "", gate.Config{}, ErrBroken, "head has no result of " + doxbeeName},
		{"head fails at once", text(), text(fail), gate.Config{}, ErrBroken, "head failed in " + parallelName},
		{"both are empty", "", "", gate.Config{}, nil, "nothing to compare"},
		{"fewer pairs than a look", text(b[:7]...), text(h[:7]...), gate.Config{}, ErrUndecided, "1 undecided"},
		{name: "fewer, and that is well", base: text(b[:7]...), head: text(h[:7]...), config: gate.Config{Undecided: "pass"}},
	} {
		m := match(t, c.base, c.head)
		j, err := judged(t, c.config, m)
		if err == nil {
			err = j.Err()
		} else if c.want != nil {
			t.Errorf("%s: no judgement: %v", c.name, err)
			continue
		}
		switch {
		case c.says == "" && err != nil:
			t.Errorf("%s: %v", c.name, err)
		case c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)):
			t.Errorf("%s: %v, want %s", c.name, err, c.says)
		case c.want != nil && !errors.Is(err, c.want):
			t.Errorf("%s: %v is no %v", c.name, err, c.want)
		}
	}
}

// Results of two runs are no pairs: 3 % mean nothing, and the warning says so.
func TestUnpaired(t *testing.T) {
	for _, c := range []struct {
		change float64
		want   gate.Verdict
	}{{0, gate.Unchanged}, {0.03, gate.Unchanged}, {-0.03, gate.Unchanged}, {0.2, gate.Regressed}, {-0.2, gate.Improved}} {
		base, head := pairsOf(3, doxbeeName, c.change, 9, 9)
		plain := func(lines []string) string {
			return "cpu: this\nrounds: interleaved\nUnit ticks/op better=lower assume=exact\n" + strings.Join(lines, "")
		}
		j, err := judged(t, gate.Config{}, match(t, plain(base), strings.Replace(plain(head), "this", "that", 1)))
		if err != nil {
			t.Fatal(err)
		}
		if got := j.Rows[0].Verdict; got != c.want {
			t.Errorf("%+v: %s, want %s (%s)", c.change, got, c.want, j.Rows[0].interval())
		}
		if warned := strings.Join(j.Warnings, "\n"); !strings.Contains(warned, "were not measured in pairs") || !strings.Contains(warned, `cpu differs: base "this", head "that"`) {
			t.Errorf("warnings: %s", warned)
		}
	}
}

// More requests a second are better.
func TestDirection(t *testing.T) {
	m := typicalGate(t)
	turn := func(r *Results) {
		for _, c := range r.cells {
			c.values = map[string][]float64{"req/s": c.values["sec/op"]}
		}
	}
	turn(m.Base)
	turn(m.Head)
	j, err := judged(t, gate.Config{}, m)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := j.Summary(), "1 regressed, 1 improved, 2 unchanged"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	for _, r := range j.Rows {
		if strings.HasPrefix(r.Name, "Doxbee/style=async") && r.Verdict != gate.Improved {
			t.Errorf("2 %% more requests: %s", r.Verdict)
		}
	}
}

// The shards of a gate have one verdict, and none may be missing.
func TestShards(t *testing.T) {
	shard := func(seed uint64, name, pairing, shard string, change float64) Match {
		b, h := pairsOf(seed, name, change, 9, 9)
		return match(t, gateText{pairing, shard, b}.String(), gateText{pairing, shard, h}.String())
	}
	one, two := shard(1, doxbeeName, "x", "1/2", 0), shard(2, parallelName, "y", "2/2", 0.03)
	j, err := judged(t, gate.Config{}, one, two)
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Err(); !errors.Is(err, ErrRegressed) || len(j.Rows) != 6 {
		t.Errorf("%d rows: %v", len(j.Rows), err)
	}
	if j, err = judged(t, gate.Config{}, one); err != nil || j.Err() != nil {
		t.Errorf("one shard by itself: %v", err)
	}
	three := shard(3, doxbeeName, "z", "1/3", 0)
	if j, err = judged(t, gate.Config{}, three, shard(2, parallelName, "y", "3/3", 0)); err != nil || !errors.Is(j.Err(), ErrBroken) ||
		!strings.Contains(j.Err().Error(), "shard 2/3 is missing") {
		t.Errorf("without shard 2: %v, %v", err, j)
	}
	if _, err = judged(t, gate.Config{}, one, one); err == nil || !strings.Contains(err.Error(), "shard 1/2 is there twice") {
		t.Errorf("a shard twice: %v", err)
	}
	plain := match(t, "BenchmarkX 1 1 ns/op\n", "BenchmarkX 1 1 ns/op\n")
	if _, err = judged(t, gate.Config{}, plain, plain); err == nil {
		t.Error("plain results were merged")
	}
}

// Names from strangers do no harm in any of the outputs.
func TestHostileJudgement(t *testing.T) {
	name := "X/a=<script>alert(1)</script>|`@all`\x1b[31m\u202e&\"]]>/style=a/engine=b"
	b, h := pairsOf(1, name, 0.05, 1, 2)
	m := match(t, gateText{"x", "1/1", b}.String(), gateText{"x", "1/1", h}.String()+"--- FAIL: BenchmarkY<b>\n    <img src=x onerror=alert(1)>\n")
	j, err := judged(t, gate.Config{}, m)
	if err != nil {
		t.Fatal(err)
	}
	for name, write := range map[string]func(io.Writer) error{
		"markdown": j.WriteMarkdown, "JUnit": j.WriteJUnit, "SVG": j.Charts()[0].WriteSVG,
	} {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			t.Fatal(err)
		}
		for _, bad := range []string{"<script>", "<img", "\x1b", "\u202e", "@all"} {
			if bytes.Contains(b.Bytes(), []byte(bad)) && (bad != "@all" || name == "markdown") {
				t.Errorf("%s contains %q", name, bad)
			}
		}
		if name != "markdown" {
			for d := xml.NewDecoder(&b); ; {
				if _, err := d.Token(); err == io.EOF {
					break
				} else if err != nil {
					t.Errorf("%s: %v", name, err)
					break
				}
			}
		}
	}
	var text bytes.Buffer
	if err := j.WriteJSON(&text); err != nil || !json.Valid(text.Bytes()) {
		t.Errorf("JSON: %v", err)
	}
}

// FuzzJudge lets strangers write both sides.
func FuzzJudge(f *testing.F) {
	b, h := pairsOf(1, doxbeeName, 0.05, 9, 9)
	f.Add(gateText{"x", "1/1", b}.String(), gateText{"x", "1/1", h}.String())
	f.Add("BenchmarkX 1 1 ns/op\n", "BenchmarkX 1 2 ns/op 0 req/s\n--- SKIP: BenchmarkX\n")
	f.Add("side: </title><script>alert(1)</script>\nBenchmarkX<b> 1 0 allocs/op 1 B/op\n", "cpu: \x1b\nUnit allocs/op assume=exact\nBenchmarkX<b> 1 1e308 allocs/op NaN ns/op\n")
	f.Add(sidesApart(1, goHeader, false, twin{"X", "ns/op", 5, 1e9}), sidesApart(2, goHeader, true, twin{"X", "ns/op", 5, 1e9}))
	f.Fuzz(func(t *testing.T, base, head string) {
		m := Match{NewResults(), NewResults()}
		if m.Base.Add("base", strings.NewReader(base)) != nil || m.Head.Add("head", strings.NewReader(head)) != nil {
			return
		}
		j, err := judged(t, gate.Config{}, m)
		if err != nil {
			return
		}
		if len(j.Rows) == 0 && j.Err() == nil {
			t.Error("a pass without any comparison")
		}
		comparisonPage(t, j)
		for _, write := range []func(io.Writer) error{j.WriteMarkdown, j.WriteJSON, j.WriteJUnit, j.WriteReport, j.Charts()[0].WriteSVG} {
			if err := write(io.Discard); err != nil {
				t.Error(err)
			}
		}
	})
}
