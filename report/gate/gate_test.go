package gate

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/stat"
)

var plan = Plan{Alpha: DefaultAlpha, Confidence: DefaultConfidence, Pairs: DefaultPairs}

// simulate makes a row of pairs that share the machine's noise and have some of
// their own. change is that of head, as a logarithm.
func simulate(random *rand.Rand, pairs int, sd, change float64) Row {
	r := Row{Unit: "sec/op", Rules: Rules{MinEffect: DefaultMinEffect, Equivalence: DefaultEquivalence}}
	for range pairs {
		shared := math.Log(1e-5) + 0.1*random.NormFloat64()
		r.Base = append(r.Base, math.Exp(shared+sd/math.Sqrt2*random.NormFloat64()))
		r.Head = append(r.Head, math.Exp(shared+sd/math.Sqrt2*random.NormFloat64()+change))
	}
	return r
}

// suite makes rows of all sorts.
func suite(random *rand.Rand) []Row {
	var rows []Row
	for i, change := range []float64{0, 0, 0.003, -0.003, 0.01, -0.01, 0.02, -0.02, 0.1, -0.1} {
		r := simulate(random, []int{40, 40, 26, 12, 40, 40, 20, 33, 8, 7}[i], 0.008, change)
		r.HigherIsBetter = i%3 == 0
		if i == 2 {
			r.Kind = Unpaired
			r.Rules.Allowance = 0.02
		}
		rows = append(rows, r)
	}
	return append(rows,
		Row{Kind: Exact, Base: []float64{9, 9}, Head: []float64{10, 10}},
		Row{Kind: Exact, Base: []float64{9, 9}, Head: []float64{9, 9}},
		Row{Kind: Exact, Base: []float64{9, 10}, Head: []float64{9, 9}},
		simulateBuilds(random, 40, 12, 0.02, 0.01),
		simulateCounts(random, 3, 0.0005, 0),
		simulateCounts(random, 2, 0.0005, 0.005))
}

func near(a, b float64) bool {
	return math.IsNaN(a) && math.IsNaN(b) || math.Abs(a-b) <= 1e-9*math.Abs(b)
}

// What is asked of any judge: which side is called base, the unit of time, and
// the order of the rows must not matter.
func TestSymmetry(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	mirror := map[Verdict]Verdict{Regressed: Improved, Improved: Regressed, Unchanged: Unchanged, Inconclusive: Inconclusive}
	seen := map[Verdict]int{}
	for range 50 {
		rows := suite(random)
		decisions := Decide(rows, plan, 0)
		var swapped, scaled []Row
		for _, r := range rows {
			s := r
			s.Base, s.Head = r.Head, r.Base
			swapped = append(swapped, s)
			s = r
			s.Base, s.Head = nil, nil
			for i := range r.Base {
				s.Base = append(s.Base, 1000*r.Base[i])
				s.Head = append(s.Head, 1000*r.Head[i])
			}
			scaled = append(scaled, s)
		}
		order := random.Perm(len(rows))
		var permuted []Row
		for _, i := range order {
			permuted = append(permuted, rows[i])
		}
		ofSwapped, ofScaled, ofPermuted := Decide(swapped, plan, 0), Decide(scaled, plan, 0), Decide(permuted, plan, 0)
		for i, d := range decisions {
			seen[d.Verdict]++
			if m := ofSwapped[i]; m.Verdict != mirror[d.Verdict] || !near(m.Ratio, 1/d.Ratio) || !near(m.Lo, 1/d.Hi) || !near(m.P, d.P) {
				t.Errorf("row %d: %+v, and with the sides swapped %+v", i, d, m)
			}
			if s := ofScaled[i]; s.Verdict != d.Verdict || math.Abs(s.P-d.P) > 1e-6 || math.Abs(s.Ratio-d.Ratio) > 1e-9 {
				t.Errorf("row %d: %+v, and scaled %+v", i, d, s)
			}
			if p := ofPermuted[slices.Index(order, i)]; p.Verdict != d.Verdict || !near(p.P, d.P) || !near(p.Lo, d.Lo) {
				t.Errorf("row %d: %+v, and in another order %+v", i, d, p)
			}
		}
	}
	for _, v := range Verdicts() {
		if seen[v] == 0 {
			t.Errorf("no row was %s: the test shows nothing", v)
		}
	}
}

// Under the null the p-value of one look is uniform, and that of all looks
// together is never too small.
func TestNullPValues(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	const runs = 20000
	var single, sequential, uniform []float64
	for i := range runs {
		r := simulate(random, plan.Pairs, 0.01, 0)
		logs := make([]float64, plan.Pairs)
		for i := range logs {
			logs[i] = math.Log(r.Head[i] / r.Base[i])
		}
		single = append(single, estimateMean(logs).p(0))
		sequential = append(sequential, paired(r, plan, quantiles{}).P)
		uniform = append(uniform, (float64(i)+0.5)/runs)
	}
	slices.Sort(single)
	// The 1% critical value of the distance of Kolmogorov and Smirnov.
	if distance := stat.KolmogorovSmirnov(single, nil, uniform, nil); distance > 1.63/math.Sqrt(runs) {
		t.Errorf("the p-values of a look are not uniform: distance %.4f", distance)
	}
	for _, level := range []float64{0.1, 0.05, 0.01, 0.001} {
		n := 0.0
		for _, p := range sequential {
			if p <= level {
				n++
			}
		}
		// Three standard errors above the level.
		if most := runs*level + 3*math.Sqrt(runs*level); n > most {
			t.Errorf("%.0f of %d sequential p-values are below %v, at most %.0f should be", n, runs, level, most)
		}
		if n < runs*level/3 {
			t.Errorf("only %.0f of %d sequential p-values are below %v: error is wasted", n, runs, level)
		}
	}
}

// The interval holds at all looks at once, so that stopping at any of them does
// no harm.
func TestCoverage(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	const runs, change = 4000, 0.02
	missed, table := 0.0, quantiles{}
	for range runs {
		r := simulate(random, plan.Pairs, 0.01, change)
		for _, look := range plan.Looks() {
			sofar := Row{Base: r.Base[:look.Pairs], Head: r.Head[:look.Pairs]}
			if d := paired(sofar, plan, table); math.Log(d.Lo) > change || math.Log(d.Hi) < change {
				missed++
				break
			}
		}
	}
	if most := runs*0.05 + 3*math.Sqrt(runs*0.05); missed > most {
		t.Errorf("%.0f of %d intervals missed the truth at some look", missed, runs)
	}
	if missed < runs*0.05/3 {
		t.Errorf("only %.0f of %d intervals missed the truth: they are too wide", missed, runs)
	}
}

func TestFamilyWiseError(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	const runs = 3000
	alarms := 0.0
	for range runs {
		rows := make([]Row, 12)
		for i := range rows {
			rows[i] = simulate(random, plan.Pairs, 0.02, 0)
			rows[i].Rules.MinEffect = 0
		}
		for _, d := range Decide(rows, plan, 0) {
			if d.Verdict == Regressed || d.Verdict == Improved {
				alarms++
				break
			}
		}
	}
	if most := runs*plan.Alpha + 3*math.Sqrt(runs*plan.Alpha); alarms > most {
		t.Errorf("%.0f of %d suites had a false verdict, at most %.0f should", alarms, runs, most)
	}
}

func TestLooks(t *testing.T) {
	for pairs := minPairs; pairs < 400; pairs++ {
		looks := Plan{Pairs: pairs}.Looks()
		sum := 0.0
		for i, l := range looks {
			sum += l.Weight
			if l.Pairs < minPairs || l.Weight <= 0 || i > 0 && l.Pairs <= looks[i-1].Pairs {
				t.Errorf("%d pairs: look %d is %+v", pairs, i, l)
			}
		}
		if math.Abs(sum-1) > 1e-12 || looks[len(looks)-1].Pairs != pairs {
			t.Errorf("%d pairs: looks %v", pairs, looks)
		}
	}
}

func TestVerdicts(t *testing.T) {
	random := rand.New(rand.NewPCG(9, 10))
	constant := func(n int, v float64) []float64 { return slices.Repeat([]float64{v}, n) }
	few := simulate(random, minPairs-1, 0.001, 0.5)
	rules := Rules{MinEffect: 0.005, Equivalence: 0.01, Allowance: 0.06}
	far := simulate(random, 20, 0.01, math.Log(1.2))
	for _, c := range []struct {
		name string
		row  Row
		want Verdict
	}{
		{"too few pairs, however clear", few, Inconclusive},
		{"slower", simulate(random, 40, 0.005, 0.02), Regressed},
		{"faster", simulate(random, 40, 0.005, -0.02), Improved},
		{"within the margin", simulate(random, 40, 0.005, 0), Unchanged},
		{"certain, but below the minimum effect", simulate(random, 40, 0.0005, 0.004), Unchanged},
		{"noise", simulate(random, 40, 0.2, 0), Inconclusive},
		{"no spread and no change", Row{Base: constant(40, 2), Head: constant(40, 2), Rules: rules}, Unchanged},
		{"no spread and a change", Row{Base: constant(40, 2), Head: constant(40, 3), Rules: rules}, Regressed},
		{"unpaired, too few", Row{Kind: Unpaired, Base: far.Base[:minSamples-1], Head: far.Head, Rules: rules}, Inconclusive},
		{"unpaired, within the allowance", Row{Kind: Unpaired, Base: constant(10, 1), Head: constant(10, 1.05), Rules: rules}, Unchanged},
		{"unpaired, beyond it", Row{Kind: Unpaired, Base: constant(10, 1), Head: constant(10, 1.2), Rules: rules}, Regressed},
		{"a tick more", Row{Kind: Exact, Base: []float64{9}, Head: []float64{10}}, Regressed},
		{"a tick fewer", Row{Kind: Exact, Base: []float64{10}, Head: []float64{9}}, Improved},
		{"a request more", Row{Kind: Exact, Base: []float64{9}, Head: []float64{10}, HigherIsBetter: true}, Improved},
		{"rounding", Row{Kind: Exact, Base: []float64{1000}, Head: []float64{1000.1}, Rules: Rules{Tolerance: 0.0002}}, Unchanged},
		{"from nothing", Row{Kind: Exact, Base: []float64{0}, Head: []float64{1}}, Regressed},
		{"nothing on either side", Row{Kind: Exact, Base: []float64{0}, Head: []float64{0}}, Unchanged},
		{"exact, and yet it varies", Row{Kind: Exact, Base: []float64{9, 9}, Head: []float64{9, 10}}, Inconclusive},
		{"exact, without samples", Row{Kind: Exact}, Inconclusive},
		{"counted, the same", counts([]float64{1000, 1001}, []float64{1001, 1000}), Unchanged},
		{"counted, no spread at all", counts([]float64{1000, 1000}, []float64{1000, 1000}), Unchanged},
		{"counted, no spread and a change", counts([]float64{1000, 1000}, []float64{1004, 1004}), Regressed},
		{"counted, more", counts([]float64{1000, 1001, 1000}, []float64{1005, 1004, 1005}), Regressed},
		{"counted, less", counts([]float64{1005, 1004, 1005}, []float64{1000, 1001, 1000}), Improved},
		{"counted, certain, but within the tolerance", counts([]float64{1000, 1000}, []float64{1002, 1002}), Unchanged},
		{"counted, within the tolerance, and who knows", counts([]float64{1000, 1010}, []float64{1011, 1000}), Inconclusive},
		{"counted, beyond the tolerance, and who knows", counts([]float64{1000, 1010}, []float64{1000, 1020}), Inconclusive},
		{"counted once", counts([]float64{1000}, []float64{1100, 1100}), Inconclusive},
	} {
		d := Decide([]Row{c.row}, plan, 0)[0]
		if d.Verdict != c.want {
			t.Errorf("%s: %+v, want %s", c.name, d, c.want)
		}
		if d.Verdict == Inconclusive && d.Why == "" && c.name != "noise" {
			t.Errorf("%s: inconclusive, and it does not say why", c.name)
		}
	}
}

// The more benchmarks share the error, the more each must show, also if others
// measure them.
func TestFamily(t *testing.T) {
	random := rand.New(rand.NewPCG(11, 12))
	row := simulate(random, 40, 0.01, 0.006)
	alone, shared := Decide([]Row{row}, plan, 0)[0], Decide([]Row{row}, plan, 30)[0]
	if want := min(1, 30*alone.P); !near(shared.P, want) {
		t.Errorf("alone p = %v, in a family of 30%v, want %v", alone.P, shared.P, want)
	}
	// Judged in two parts of one family, a row is never more certain than judged
	// with all of it.
	rows := suite(random)
	whole := Decide(rows, plan, 0)
	half := len(rows) / 2
	parts := append(Decide(rows[:half], plan, len(rows)), Decide(rows[half:], plan, len(rows))...)
	for i := range rows {
		if parts[i].P < whole[i].P {
			t.Errorf("row %d: p = %v in a part, %v in the whole", i, parts[i].P, whole[i].P)
		}
	}
}

// The detectable effect is found as often as promised.
func TestDetectableEffect(t *testing.T) {
	random := rand.New(rand.NewPCG(13, 14))
	const runs, sd = 2000, 0.01
	change := math.Log1p(detectable(sd, plan.Pairs, plan, 12, quantiles{}))
	found := 0.0
	for range runs {
		row := simulate(random, plan.Pairs, sd, change)
		if Decide([]Row{row}, plan, 12)[0].Verdict == Regressed {
			found++
		}
	}
	if found < runs*power-3*math.Sqrt(runs*power*(1-power)) {
		t.Errorf("+%.2f%% was found in %.0f of %d", 100*change, found, runs)
	}
}
