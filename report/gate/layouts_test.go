package gate

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// simulateBuilds makes a row of pairs whose sides were built several times. between is
// the standard deviation of a side's builds, within that of its processes, as logarithms.
func simulateBuilds(random *rand.Rand, pairs, layouts int, between, within float64) Row {
	r := Row{Unit: "sec/op", Layouts: layouts, Rules: Rules{MinEffect: DefaultMinEffect, Equivalence: DefaultLayoutEquivalence}}
	builds := make([][2]float64, layouts)
	for i := range builds {
		builds[i] = [2]float64{between * random.NormFloat64(), between * random.NormFloat64()}
	}
	for i := range pairs {
		shared := 0.1 * random.NormFloat64()
		build := builds[i%layouts]
		r.Base = append(r.Base, math.Exp(shared+build[0]+within*random.NormFloat64()))
		r.Head = append(r.Head, math.Exp(shared+build[1]+within*random.NormFloat64()))
	}
	return r
}

// slower returns the row with another head.
func (r Row) slower(change float64) Row {
	r.Head = slices.Clone(r.Head)
	for i := range r.Head {
		r.Head[i] *= 1 + change
	}
	return r
}

// A change of layout alone is within the error, at every look, however many builds there
// are and whether they differ or not; and the intervals cover the truth at all looks.
func TestRandomLayouts(t *testing.T) {
	const runs, within, change = 2000, 0.01, 0.02
	looks := plan.Looks()
	for i, layouts := range []int{2, 6, 28, 160} {
		for j, between := range []float64{0, 0.01, 0.025} {
			t.Run(fmt.Sprintf("%d builds, SD %v", layouts, between), func(t *testing.T) {
				t.Parallel()
				random := rand.New(rand.NewPCG(uint64(i), uint64(j)))
				table := quantiles{}
				var below [4]float64
				levels := [4]float64{0.1, 0.05, plan.Alpha, 0.001}
				missed, missedNow := 0.0, make([]float64, len(looks))
				for range runs {
					r := simulateBuilds(random, plan.Pairs, layouts, between, within)
					d := paired(r, plan, table)
					for i, level := range levels {
						if d.P <= level {
							below[i]++
						}
					}
					r = r.slower(change)
					ever := false
					for i, look := range looks {
						sofar := r
						sofar.Base, sofar.Head = r.Base[:look.Pairs], r.Head[:look.Pairs]
						if d := paired(sofar, plan, table); d.Lo > 1+change || d.Hi < 1+change {
							missedNow[i]++
							ever = true
						}
					}
					if ever {
						missed++
					}
				}
				// Three standard errors above what is allowed.
				most := func(level float64) float64 { return runs*level + 3*math.Sqrt(runs*level) }
				for i, level := range levels {
					if below[i] > most(level) {
						t.Errorf("%.0f of %d p-values are below %v, at most %.0f should be", below[i], runs, level, most(level))
					}
				}
				if missed > most(1-plan.Confidence) {
					t.Errorf("%.0f of %d intervals missed the truth at some look", missed, runs)
				}
				for i, look := range looks {
					if m := most((1 - plan.Confidence) * look.Weight); missedNow[i] > m {
						t.Errorf("with %d pairs %.0f of %d intervals missed the truth, at most %.0f should", look.Pairs, missedNow[i], runs, m)
					}
				}
			})
		}
	}
}

// Pairs that were taken for independent of each other would call differences of layout
// changes of the code: what the test above forbids can happen.
func TestLayoutsIgnored(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	const runs = 200
	alarms, table := 0, quantiles{}
	for range runs {
		r := simulateBuilds(random, plan.Pairs, 2, 0.02, 0.01)
		r.Layouts = 1
		if paired(r, plan, table).P <= plan.Alpha {
			alarms++
		}
	}
	if alarms < runs/2 {
		t.Errorf("%d of %d: the simulation shows nothing", alarms, runs)
	}
}

// What 28 builds a side that differ by 2% find, and that the detectable effect is what is
// found.
func TestLayoutPower(t *testing.T) {
	const runs, layouts, between, within, family = 1000, 28, 0.02, 0.01, 12
	sd := math.Sqrt(2*between*between + 2*within*within*layouts/float64(plan.Pairs))
	effect := detectable(sd, layouts, plan, family, quantiles{})
	if effect > 0.04 {
		t.Errorf("%d layouts detect +%.2f%%, want 4%% or less", layouts, 100*effect)
	}
	for _, c := range []struct{ change, least, most float64 }{
		{0, 0, 0.001},
		{0.01, 0, 0.2},
		{0.02, 0.2, 0.8},
		{effect, power, 1},
		{0.05, 0.99, 1},
	} {
		random := rand.New(rand.NewPCG(3, 4))
		found := 0.0
		for range runs {
			row := simulateBuilds(random, plan.Pairs, layouts, between, within).slower(c.change)
			if Decide([]Row{row}, plan, family)[0].Verdict == Regressed {
				found++
			}
		}
		t.Logf("+%.2f%% found in %.1f%%", 100*c.change, 100*found/runs)
		if share, slack := found/runs, 3*math.Sqrt(0.05*0.95/runs); share < c.least-slack || share > c.most+slack {
			t.Errorf("+%.2f%% was found in %.0f of %d", 100*c.change, found, runs)
		}
	}
}

// With fewer pairs than layouts, and with one layout or none, all is as it was without
// them.
func TestLayoutsLikePairs(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	for _, layouts := range []int{0, 1, 40, 41, 1000} {
		r := simulateBuilds(random, 40, 1000, 0.01, 0.01).slower(0.006)
		one := r
		r.Layouts, one.Layouts = layouts, 1
		if got, want := paired(r, plan, quantiles{}), paired(one, plan, quantiles{}); got.Ratio != want.Ratio || got.P != want.P || got.Lo != want.Lo || got.SD != want.SD {
			t.Errorf("%d layouts: %+v, want %+v", layouts, got, want)
		}
	}
	// Seven pairs of three layouts.
	if got, want := means([]float64{1, 2, 3, 5, 8, 13, 21}, 3), []float64{9, 5, 8}; !slices.Equal(got, want) {
		t.Errorf("means %v, want %v", got, want)
	}
}

// counts is a row of counted values.
func counts(base, head []float64) Row {
	return Row{Kind: Counted, Unit: "instructions/op", Base: base, Head: head, Rules: Rules{Tolerance: DefaultInstructionTolerance}}
}

// simulateCounts makes counts that vary between processes.
func simulateCounts(random *rand.Rand, n int, sd, change float64) Row {
	var base, head []float64
	for range n {
		base = append(base, 50000*math.Exp(sd*random.NormFloat64()))
		head = append(head, 50000*math.Exp(sd*random.NormFloat64()+change))
	}
	return counts(base, head)
}

// What few counted values find, in the noise of valgrind's counts.
func TestCountedPower(t *testing.T) {
	const runs = 2000
	for _, c := range []struct {
		n                  int
		sd, change         float64
		verdict            Verdict
		leastFound, atMost float64
	}{
		{3, 0.001, 0, Regressed, 0, 0.005}, // false verdicts, of one direction
		{5, 0.001, 0, Regressed, 0, 0.001},
		{5, 0.001, 0, Unchanged, 0.95, 1},
		{5, 0.0005, 0.005, Regressed, 0.99, 1},
		{5, 0.001, 0.005, Regressed, 0.95, 1},
		{3, 0.0005, 0.005, Regressed, 0.95, 1},
		{3, 0.0005, 0, Unchanged, 0.95, 1},
	} {
		random := rand.New(rand.NewPCG(7, 8))
		found := 0.0
		for range runs {
			if Decide([]Row{simulateCounts(random, c.n, c.sd, c.change)}, plan, 0)[0].Verdict == c.verdict {
				found++
			}
		}
		t.Logf("%d a side, SD %.2f%%, %+.1f%%: %s in %.2f%%", c.n, 100*c.sd, 100*c.change, c.verdict, 100*found/runs)
		if share := found / runs; share < c.leastFound || share > c.atMost {
			t.Errorf("%d a side, SD %v, change %v: %s in %.1f%%", c.n, c.sd, c.change, c.verdict, 100*share)
		}
	}
}
