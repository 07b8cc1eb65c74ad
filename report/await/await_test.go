package await_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"promisebench/report/await"
	"promisebench/report/dataset"
	"promisebench/report/reporttest"
)

// sixPairs returns results of two await modes with these ratios, in rounds.
func sixPairs(ratios ...float64) string {
	var b strings.Builder
	b.WriteString("rounds: interleaved\n")
	for _, ratio := range ratios {
		fmt.Fprintf(&b, "BenchmarkDoxbee/style=async/await=legacy/engine=goja 1 1000 ns/op\nBenchmarkDoxbee/style=async/await=optimized/engine=goja 1 %.0f ns/op\n", 1000*ratio)
	}
	return b.String()
}

// A finding is claimed only if the interval supports it.
func TestFinding(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"saves", sixPairs(.72, .73, .73, .73, .74, .74), "On goja, the await optimization saves 27% of doxbee's time [26%, 28%]."},
		{"costs", sixPairs(1.1, 1.1, 1.1, 1.2, 1.2, 1.2), "On goja, the await optimization adds 15% to doxbee's time [10.0%, 20%]."},
		{"inconclusive", sixPairs(.7, .8, .9, 1, 1.1, 1.2), "it is inconclusive whether the await optimization changes doxbee's time: the interval is -30% to +20%."},
		{"touches 1", sixPairs(.7, .8, .9, .9, .9, 1), "it is inconclusive whether"},
		{"too few", sixPairs(.5, .5, .5), "it is inconclusive whether the await optimization changes doxbee's time: 3 sample pairs, and an interval needs 6."},
		{"emulated", "await-goja: legacy=emulated optimized=native\n" + sixPairs(.72, .73, .73, .73, .74, .74),
			"[26%, 28%] (one of the modes is emulated)."},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := await.Of(reporttest.Read(t, test.text)).Finding()
			if said := strings.Join(f.Details, "\n"); !strings.Contains(said, test.want) {
				t.Errorf("got %q\nwant %q", said, test.want)
			}
		})
	}
}

func TestComparisons(t *testing.T) {
	const round = "BenchmarkX/style=async/await=legacy/engine=e 1 %d ns/op\nBenchmarkX/style=async/await=optimized/engine=e 1 %s ns/op\n"
	for _, test := range []struct {
		name      string
		optimized []string // legacy is 100, 200, 300 …
		want      string
		n         int
		unequal   bool
	}{
		{"half", []string{"50", "100", "150", "200", "250", "300"}, "0.500 [0.500, 0.500]", 6, false},
		// The samples' order counts: sorted, the ratios would all be 1/2.
		{"order", []string{"300", "250", "200", "150", "100", "50"}, "0.500 [0.0833, 3.00]", 6, false},
		{"a bad time keeps its place", []string{"50", "NaN", "150", "200", "250", "300", "350"}, "0.500 [0.500, 0.500]", 6, true},
		{"a broken line keeps its place", []string{"50", "?", "150", "200", "250", "300", "350"}, "0.500 [0.500, 0.500]", 6, true},
		{"too few", []string{"50", "100", "150", "200", "250"}, "n too small", 5, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			var b strings.Builder
			for i, o := range test.optimized {
				fmt.Fprintf(&b, round, 100*(i+1), o)
			}
			list := await.Of(reporttest.Read(t, b.String())).Comparisons
			if len(list) != 1 {
				t.Fatalf("got %d comparisons, want 1", len(list))
			}
			if r := list[0].Ratio; r.String() != test.want || r.N != test.n || r.Unequal != test.unequal {
				t.Errorf("got %s n=%d unequal=%v, want %s n=%d unequal=%v", r, r.N, r.Unequal, test.want, test.n, test.unequal)
			}
		})
	}
}

// Samples of two texts are never partners, even if their numbers fit.
func TestTextsDoNotPair(t *testing.T) {
	line := func(mode string, ns int) string {
		return fmt.Sprintf("BenchmarkD/style=async/await=%s/engine=e 1 %d ns/op\n", mode, ns)
	}
	r := dataset.New()
	// In each text the ratio is 0.5; across them it would be 4.5.
	for _, text := range []string{
		strings.Repeat(line("legacy", 1000), 6) + line("optimized", 500),
		line("legacy", 9000) + strings.Repeat(line("optimized", 4500), 6),
	} {
		if err := r.Add("in.txt", strings.NewReader(text)); err != nil {
			t.Fatal(err)
		}
	}
	list := await.Of(r).Comparisons
	if len(list) != 1 || list[0].Ratio.N != 2 || list[0].Ratio.Center != 0.5 {
		t.Errorf("got %+v", list)
	}
}

// What an emulated mode's numbers are must stand wherever they do.
func TestEmulationIsSaid(t *testing.T) {
	c := await.Of(reporttest.Read(t, reporttest.Typical().Text())).Chapter()
	const note = "await=legacy is emulated on goja, sobek, quickjs"
	if got := reporttest.Tables(t, c.Tables[0]); !strings.Contains(got, note) {
		t.Errorf("the table does not say it:\n%s", got)
	}
	if !strings.Contains(c.Charts[0].Caption, note) {
		t.Errorf("the chart does not say it: %s", c.Charts[0].Caption)
	}
}

// Whatever the conditions say of a mode is a note, if they say more than that it is
// native, and if it was measured.
func TestNotes(t *testing.T) {
	text := "await-node7: optimized=skips-ticks\nawait-node8: optimized=skips-ticks\nawait-a: optimized=native\nawait-b: optimized=guessed\nawait-c: legacy=emulated\n"
	for _, e := range []string{"node7", "node8", "a", "b", "c"} {
		text += fmt.Sprintf("BenchmarkX/style=async/await=optimized/engine=%s 1 5 ns/op\n", e)
	}
	text += "BenchmarkX/style=async/await=legacy/engine=a 1 9 ns/op\n"
	want := []string{
		"await=optimized on b: guessed",
		"await=optimized on node7, node8 skips ticks (the Node 8 bug): shorter than the specification allows",
	}
	if got := await.Of(reporttest.Read(t, text)).Notes(); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// The error of an emulation is measured beside the mode itself, or quoted.
func TestErrorText(t *testing.T) {
	const both = "BenchmarkDoxbee/style=async/await=legacy/engine=node11 1 1000 ns/op\nBenchmarkDoxbee/emulated=yes/style=async/await=legacy/engine=node11 1 1050 ns/op\n"
	for _, test := range []struct{ name, text, want string }{
		{"measured", "emulation-error: quoted\n" + strings.Repeat(both, 6), "emulation error on node11: doxbee async 1.05 [1.05, 1.05]"},
		{"too few", "emulation-error: quoted\n" + both, "quoted"},
		{"of another key", "emulation-error: quoted\n" + strings.Repeat(strings.ReplaceAll(both, "emulated=yes", "emulated=yesterday"), 6), "quoted"},
		{"with more keys", strings.ReplaceAll(strings.Repeat(both, 6), "Doxbee/", "Doxbee/hooks/"), "emulation error on node11: doxbee (hooks) async 1.05 [1.05, 1.05]"},
		{"both emulated", "await-node11: legacy=emulated\n" + strings.Repeat(both, 6), ""},
	} {
		m := await.Of(reporttest.Read(t, test.text))
		if got := m.ErrorText(); got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

// The engine's own modes come from the conditions, and V8 changed its own in 7.3.
func TestOwn(t *testing.T) {
	line := func(engine, mode string) string {
		return fmt.Sprintf("BenchmarkDoxbee/style=async/await=%s/engine=%s 1 5 ns/op\n", mode, engine)
	}
	for _, test := range []struct{ text, want string }{
		{"await-e: legacy=native optimized=native\nengine-e: v11 (V8 7.0.276.38)\n" + line("e", "legacy"), "[legacy optimized]"},
		{"await-e: legacy=native optimized=native\nengine-e: v12 (V8 7.4.288)\n" + line("e", "legacy"), "[optimized legacy]"},
		{"await-e: legacy=emulated optimized=native\n" + line("e", "legacy"), "[optimized]"},
		{"await-e: legacy=unavailable optimized=skips-ticks\n" + line("e", "optimized"), "[optimized]"},
		{line("e", "legacy"), "[legacy]"},
		{line("e", "legacy") + line("e", "optimized"), "[]"},
	} {
		if got := fmt.Sprint(await.Of(reporttest.Read(t, test.text)).Own("e")); got != test.want {
			t.Errorf("%q: got %s, want %s", test.text, got, test.want)
		}
	}
}
