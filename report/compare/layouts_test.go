package compare_test

import (
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"promisebench/report/compare"
	"promisebench/report/gate"
	"promisebench/report/reporttest"
)

// A built invents a gate whose sides were linked several times, and whose instructions
// were counted.
type built struct {
	layouts         string  // the condition, "" for none
	between, within float64 // SD of a side's builds and of processes
	change          float64 // of head's time
	pairs           int
	counts          [2]string // instructions/op of base and head, separated by blanks
	allocs          [2]float64
}

// typicalBuilt is a gate in which nothing but the layouts has changed.
func typicalBuilt() built {
	return built{"12", 0.02, 0.004, 0, 24, [2]string{"52345 52350 52340", "52351 52344 52346"}, [2]float64{370.2, 370.2}}
}

// sides returns the texts of both sides, with one benchmark.
func (b built) sides() (base, head string) {
	const name = "BenchmarkDoxbee/style=async/await=optimized/engine=goja/window=100"
	random := rand.New(rand.NewPCG(1, 7))
	var effects [2][12]float64
	for side := range effects {
		for i := range effects[side] {
			effects[side][i] = b.between * random.NormFloat64()
		}
	}
	var lines [2][]string
	for i := range b.pairs {
		for side, change := range []float64{0, b.change} {
			time := 45000 * math.Exp(effects[side][i%12]+b.within*random.NormFloat64()) * (1 + change)
			lines[side] = append(lines[side], fmt.Sprintf("%s 400 %.3f ns/op %v allocs/op 9 ticks/op\n", name, time, b.allocs[side]))
		}
	}
	var texts [2]string
	for side := range texts {
		for _, count := range strings.Fields(b.counts[side]) {
			lines[side] = append(lines[side], name+" 1 "+count+" instructions/op\n")
		}
		texts[side] = gateText{"x", "1/1", lines[side]}.String()
		if b.layouts != "" {
			texts[side] = "layouts: " + b.layouts + "\n" + texts[side]
		}
		if b.counts[side] != "" {
			texts[side] = "instructions: valgrind 3.19.0\nUnit instructions/op better=lower\n" + texts[side]
		}
	}
	return texts[0], texts[1]
}

// gate reads them.
func (b built) gate(t *testing.T) compare.Pair {
	t.Helper()
	base, head := b.sides()
	return pair(t, base, head)
}

// What differs from layout to layout is no change of the code; taken for two builds, the
// same samples would be one.
func TestLayouts(t *testing.T) {
	b := typicalBuilt()
	c := compared(t, b.gate(t))
	row := c.Rows[0]
	if row.Layouts != 12 || row.Rules.Equivalence != gate.DefaultLayoutEquivalence || row.Rules.MinEffect != gate.DefaultMinEffect || row.N != 24 {
		t.Errorf("%+v", row)
	}
	b.layouts = "1"
	if one := compared(t, b.gate(t)).Rows[0]; one.Layouts != 1 || one.Rules.Equivalence != gate.DefaultEquivalence || one.Hi-one.Lo >= row.Hi-row.Lo {
		t.Errorf("of layouts %+v, without them %+v", row, one)
	}
	reporttest.Golden(t, "layouts-comment.md", written(t, c.WriteComment))
	reporttest.Golden(t, "layouts.md", written(t, c.Document().WriteMarkdown))
	page(t, c)
	b = typicalBuilt()
	b.change = 0.2
	if c := compared(t, b.gate(t)); c.Rows[0].Verdict != gate.Regressed {
		t.Errorf("+20%%: %+v", c.Rows[0].Decision)
	}
}

// Page and comment say which null their verdicts are about.
func TestWhichNull(t *testing.T) {
	const (
		random = "Each side was linked 12 times with its functions in random order, so a change of layout alone is within the error"
		builds = "These are two builds: where functions lie is the same in all processes of a build, and can move times by several percent"
		draws  = "Each version is one build: one draw of layout each, so differences of a few percent may be where its code lies"
	)
	for layouts, want := range map[string]string{"12": random, "1": builds, "": draws} {
		b := typicalBuilt()
		b.layouts = layouts
		c := compared(t, b.gate(t))
		terminal := written(t, func(w io.Writer) error { return c.Verdicts().WriteText(w, 1000) })
		for name, said := range map[string]string{"comment": written(t, c.WriteComment), "page": page(t, c), "terminal": terminal} {
			for _, sentence := range []string{random, builds, draws} {
				if strings.Contains(said, sentence) != (sentence == want) {
					t.Errorf("layouts %q: %s: %q is wrongly said or not said", layouts, name, sentence)
				}
			}
		}
	}
	// Results that are no pairs have an allowance for that.
	c := compared(t, typicalRuns(t))
	if said := page(t, c); strings.Contains(said, draws) {
		t.Errorf("unpaired results say %q", draws)
	}
}

// No more pairs are wanted where they would not help and instructions tell enough.
func TestHopeless(t *testing.T) {
	noisy := typicalBuilt()
	noisy.within, noisy.layouts, noisy.pairs = 0.1, "40", 20
	quiet, none, changed := noisy, noisy, noisy
	quiet.between, quiet.within, quiet.change = 0.03, 0.02, 0.015
	none.counts = [2]string{}
	changed.change = 0.1
	for _, test := range []struct {
		name      string
		built     built
		undecided string
		all, want bool
	}{
		{"noisy", noisy, "", false, false},
		{"a change may be in sight", changed, "", false, true},
		{"there is hope", quiet, "", false, true},
		{"nothing else tells", none, "", false, true},
		{"a verdict is wanted", noisy, gate.Fail, false, true},
		{"all pairs are wanted", noisy, "", true, true},
	} {
		c, err := try(t, gate.Config{Undecided: test.undecided}, test.built.gate(t))
		if err != nil {
			t.Fatal(err)
		}
		if got := len(c.Open(test.all)) > 0; got != test.want {
			t.Errorf("%s: open is %v: %+v", test.name, got, c.Rows[0].Decision)
		}
	}
}

// Noise that time drowns in is no failure where instructions are decided.
func TestUndecided(t *testing.T) {
	noisy := typicalBuilt()
	noisy.within, noisy.layouts = 0.1, "24"
	varies, more, less, few, none, allocs := noisy, noisy, noisy, noisy, noisy, noisy
	varies.counts[1] = "52345 53345 51345"
	more.counts[1] = "52845 52840 52843"
	less.counts[1] = "50845 50840 50843"
	few.pairs = 7
	none.counts = [2]string{}
	allocs.allocs[1] = 371
	for _, test := range []struct {
		name              string
		built             built
		excused           bool // the time, by its instructions
		fail, pass, exact error
	}{
		{"time drowns in noise", noisy, true, compare.ErrInconclusive, nil, nil},
		{"fewer instructions", less, true, compare.ErrInconclusive, nil, nil},
		{"more instructions", more, false, compare.ErrRegressed, compare.ErrRegressed, compare.ErrRegressed},
		{"more allocations", allocs, true, compare.ErrRegressed, compare.ErrRegressed, compare.ErrRegressed},
		{"instructions vary", varies, false, compare.ErrInconclusive, nil, compare.ErrInconclusive},
		{"no instructions", none, false, compare.ErrInconclusive, nil, compare.ErrInconclusive},
		{"too few pairs to look", few, false, compare.ErrInconclusive, nil, compare.ErrInconclusive},
	} {
		for policy, want := range map[string]error{gate.Fail: test.fail, gate.Pass: test.pass, gate.ByExact: test.exact, "": test.exact} {
			c, err := try(t, gate.Config{Undecided: policy}, test.built.gate(t))
			if err != nil {
				t.Fatal(err)
			}
			if c.Rows[0].Verdict != gate.Inconclusive {
				t.Fatalf("%s: the time is %v: the test shows nothing", test.name, c.Rows[0].Verdict)
			}
			if err := c.Err(); !errors.Is(err, want) {
				t.Errorf("%s: undecided %q: %v, want %v", test.name, policy, err, want)
			}
			sentence := ""
			switch {
			case policy == gate.Pass:
				sentence = "remained inconclusive, which is no failure, as configured"
			case policy != gate.Fail && test.excused:
				sentence = "which is no failure: the instructions that it executes are decided and not more"
			}
			for name, said := range map[string]string{"comment": written(t, c.WriteComment), "page": page(t, c)} {
				if !strings.Contains(said, sentence) || sentence == "" && strings.Contains(said, "no failure") {
					t.Errorf("%s: undecided %q: the %s lacks %q", test.name, policy, name, sentence)
				}
			}
			comment := written(t, c.WriteComment)
			if passes := strings.Contains(comment, "✅ promisebench gate: passes"); passes != (want == nil) {
				t.Errorf("%s: undecided %q: the comment begins with %.80s", test.name, policy, comment)
			}
			if file := written(t, c.WriteJUnit); want == nil && strings.Contains(file, "<error") {
				t.Errorf("%s: undecided %q: JUnit has an error:\n%s", test.name, policy, file)
			}
		}
	}
}

// Sides that were built or counted in different ways are no gate, or a warning.
func TestOtherBuilds(t *testing.T) {
	base, head := typicalBuilt().sides()
	for _, test := range []struct{ base, head, want string }{
		{base, strings.Replace(head, "layouts: 12", "layouts: 6", 1), "these results are not of one gate: layouts is 12 and 6"},
		{base, strings.Replace(head, "layouts: 12\n", "", 1), "these results are not of one gate: layouts is 12 and 1"},
		{strings.Replace(base, "layouts: 12", "layouts: many", 1), head, `condition layouts is "many"`},
	} {
		if _, err := try(t, gate.Config{}, pair(t, test.base, test.head)); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("got %v, want %s", err, test.want)
		}
	}
	c := compared(t, pair(t, base, strings.Replace(head, "valgrind 3.19.0", "the processor", 1)))
	if said := strings.Join(c.Warnings(), "\n"); !strings.Contains(said, `instructions differs: base "valgrind 3.19.0", head "the processor"`) {
		t.Errorf("warnings: %s", said)
	}
	c = compared(t, pair(t, base, strings.Join(strings.SplitAfter(head, "\n")[:30], "")))
	if err := c.Err(); !errors.Is(err, compare.ErrBroken) {
		t.Errorf("without head's instructions: %v", err)
	}
	// Two layouts a side say nothing about times, and the warning says that.
	b := typicalBuilt()
	b.layouts, b.counts = "2", [2]string{}
	if said := strings.Join(compared(t, b.gate(t)).Warnings(), "\n"); !strings.Contains(said, "2 layouts a side are too few for a verdict about times") {
		t.Errorf("warnings: %s", said)
	}
}
