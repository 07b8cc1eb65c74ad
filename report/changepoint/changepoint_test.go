package changepoint

import (
	"math"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strconv"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
)

// simulated is how many series a simulation invents for each case. More of them, for
// the numbers in README: PROMISEBENCH_CALIBRATE=2000 go test -v -run 'Null|Power'.
func simulated(t *testing.T) int {
	if text := os.Getenv("PROMISEBENCH_CALIBRATE"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if raced {
		return 20
	}
	return 120
}

func plan() Plan { return Plan{FDR: 0.05, Confidence: 0.95, Seed: 1} }

// noises are shapes of noise with a standard deviation of about 1.
func noises(rng *rand.Rand) map[string]func() float64 {
	return map[string]func() float64{
		"white": rng.NormFloat64,
		"heavy": func() float64 { // Student's t with 3 degrees of freedom
			sum := 0.0
			for range 3 {
				v := rng.NormFloat64()
				sum += v * v
			}
			return rng.NormFloat64() / math.Sqrt(sum)
		},
		"outliers": func() float64 { // a neighbour on the machine
			if rng.Float64() < 0.05 {
				return 15 * rng.Float64()
			}
			return rng.NormFloat64()
		},
	}
}

// series returns n points of noise, with a step by size between from and to.
func series(n, from, to int, size float64, noise func() float64) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = noise()
		if i >= from && i < to {
			x[i] += size
		}
	}
	return x
}

// atMost fails if a number of hits can't be explained by luck, one time in
// 10,000, if the rate is as it should be.
func atMost(t *testing.T, hits, of int, rate float64) {
	t.Helper()
	if luck := 1 - (distuv.Binomial{N: float64(of), P: rate}).CDF(float64(hits)-1); luck < 1e-4 {
		t.Errorf("%d of %d, want no more than %v of them", hits, of, rate)
	}
}

// TestNull holds the rate of false alarms: for a series by itself, and for any in a
// family of series.
func TestNull(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for name, noise := range noises(rng) {
		for _, n := range []int{3, 5, 6, 7, 8, 10, 14, 20, 30, 60} {
			reps := simulated(t)
			hits := 0
			for range reps {
				if len(Find([][]float64{series(n, 0, 0, 0, noise)}, plan())[0].Changes) > 0 {
					hits++
				}
			}
			t.Logf("%s, %d points: %.2f%% false alarms", name, n, 100*float64(hits)/float64(reps))
			atMost(t, hits, reps, 0.05)
			if n < MinPoints(0.05) && hits > 0 {
				t.Errorf("%d points: MinPoints says that nothing can be found", n)
			}
		}
		reps, hits := simulated(t)/4, 0
		for range reps {
			family := make([][]float64, 20)
			for i := range family {
				family[i] = series(15, 0, 0, 0, noise)
			}
			any := false
			for _, s := range Find(family, plan()) {
				any = any || len(s.Changes) > 0
			}
			if any {
				hits++
			}
		}
		t.Logf("%s, 20 series of 15 points: %.1f%% of families with a false alarm", name, 100*float64(hits)/float64(reps))
		atMost(t, hits, reps, 0.05)
	}
}

// TestPower says how many true steps are found, in the noise that identical
// processes of goja have, and holds the coverage of sizes and places.
func TestPower(t *testing.T) {
	if raced {
		t.Skip("rates have no races, and take long with the detector")
	}
	const sd = 0.027
	rng := rand.New(rand.NewPCG(3, 4))
	noise := noises(rng)["white"]
	for _, c := range []struct {
		n, from, to int
		percent     float64
		least       float64 // share that must be found
	}{
		{10, 5, 10, 5, 0.15}, {10, 5, 10, 10, 0.8},
		{20, 10, 20, 5, 0.5}, {20, 10, 20, 10, 0.98}, {20, 16, 20, 10, 0.8},
		{40, 20, 40, 5, 0.9}, {40, 36, 40, 5, 0.15},
		{30, 12, 18, 10, 0.9}, // and back
	} {
		reps := simulated(t)
		found, covered, placed, extra := 0, 0, 0, 0
		size := math.Log(1 + c.percent/100)
		for range reps {
			s := Find([][]float64{series(c.n, c.from, c.to, size/sd, noise)}, plan())[0]
			if len(s.Changes) == 0 {
				continue
			}
			found++
			at := slices.IndexFunc(s.Changes, func(x Change) bool { return x.From <= c.from && c.from <= x.To })
			if at >= 0 {
				placed++
				if x := s.Changes[at]; x.Lo <= size/sd && size/sd <= x.Hi {
					covered++
				}
			}
			want := 1
			if c.to < c.n {
				want = 2
			}
			if len(s.Changes) > want {
				extra++
			}
		}
		t.Logf("%d points, +%v%% from %d to %d: %.1f%% found; of these the set holds the place in %.1f%%, with the interval the size in %.1f%%; more changes than there are in %.1f%%",
			c.n, c.percent, c.from, c.to, 100*float64(found)/float64(reps), 100*float64(placed)/float64(found), 100*float64(covered)/float64(found), 100*float64(extra)/float64(found))
		if float64(found) < c.least*float64(reps) {
			t.Errorf("%d of %d found", found, reps)
		}
		// The choice of what is shown bends intervals; by how much is above.
		atMost(t, found-placed, found, 0.08)
		atMost(t, found-covered, found, 0.16)
		atMost(t, extra, found, 0.06)
	}
}

// TestDetectable checks that the step that is said to be found is found about four
// times out of five.
func TestDetectable(t *testing.T) {
	if raced {
		t.Skip("rates have no races, and take long with the detector")
	}
	rng := rand.New(rand.NewPCG(5, 6))
	noise := noises(rng)["white"]
	for _, c := range []struct{ n, family int }{{10, 1}, {14, 5}, {20, 1}, {20, 50}, {60, 1}} {
		p := plan()
		p.FDR = p.level(c.family) // what the only change of a family must reach
		size := detectable(c.n, 1, p.FDR)
		reps, hits := 150, 0
		for range reps {
			if _, value := p.split(series(c.n, c.n/2, c.n, size, noise), p.permutations(1)); value <= p.FDR {
				hits++
			}
		}
		t.Logf("%d points, %d series: %.2f standard deviations, found %.0f%%", c.n, c.family, size, 100*float64(hits)/float64(reps))
		if rate := float64(hits) / float64(reps); rate < 0.68 || rate > 0.93 {
			t.Errorf("%d points, level %v: a step of %.2f is found in %.0f%%", c.n, p.FDR, size, 100*rate)
		}
	}
	if size := detectable(9, 1, 0.001); size != 0 {
		t.Errorf("9 points hold a step of %v at a level that they cannot reach", size)
	}
}

// TestSlowDrift tells what the method does where its assumption fails: neighbours
// in time that are alike. There is no right number; it is logged, and it is why
// the package's comment and the page say that drift looks like changes.
func TestSlowDrift(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	for _, like := range []float64{0.2, 0.5} {
		reps, hits := simulated(t), 0
		for range reps {
			last := 0.0
			x := series(20, 0, 0, 0, func() float64 {
				last = like*last + rng.NormFloat64()
				return last
			})
			if len(Find([][]float64{x}, plan())[0].Changes) > 0 {
				hits++
			}
		}
		t.Logf("20 points, each like the one before by %v: %.1f%% false alarms", like, 100*float64(hits)/float64(reps))
	}
}

// TestLongSeries finds changes in series of several windows, each once.
func TestLongSeries(t *testing.T) {
	if raced {
		t.Skip("rates have no races, and take long with the detector")
	}
	rng := rand.New(rand.NewPCG(9, 10))
	want := []int{75, 130, 400, 500, 612}
	x := make([]float64, 700)
	level := 0.0
	for i := range x {
		if slices.Contains(want, i) {
			level += 3
		}
		x[i] = level + rng.NormFloat64()
	}
	quiet := series(300, 0, 0, 0, rng.NormFloat64)
	found := Find([][]float64{x, quiet, nil}, plan())
	for _, place := range want {
		if !slices.ContainsFunc(found[0].Changes, func(c Change) bool {
			return c.At >= place-2 && c.At <= place+2 && c.From <= c.At && c.To >= c.At && c.Lo > 0
		}) {
			t.Errorf("the change at %d is not found: %+v", place, found[0].Changes)
		}
	}
	// Each of 13 windows may have one too many with 5%.
	if extra := len(found[0].Changes) - len(want); extra > 2 {
		t.Errorf("%d changes too many: %+v", extra, found[0].Changes)
	}
	if len(found[1].Changes)+len(found[2].Changes) > 0 {
		t.Errorf("changes in series without one: %v", found[1:])
	}
}

// Every point is in the care of exactly one window.
func TestWindows(t *testing.T) {
	for n := range 1200 {
		list := windows(n)
		if n < 2*minSegment {
			if list != nil {
				t.Errorf("%d points: %v", n, list)
			}
			continue
		}
		next := 0
		for _, w := range list {
			if w.first != next || w.last <= w.first || w.start > w.first || w.end < w.last || w.start < 0 || w.end > n || w.end-w.start > mostPoints {
				t.Fatalf("%d points: %v", n, list)
			}
			next = w.last
		}
		if next != n {
			t.Fatalf("%d points: %v", n, list)
		}
	}
}

// The same numbers give the same changes, whatever else is in the family as long
// as it is as large, and numbers without any noise are no trouble.
func TestSameAgain(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 12))
	step := series(20, 10, 20, 5, rng.NormFloat64)
	a := Find([][]float64{step, series(20, 0, 0, 0, rng.NormFloat64)}, plan())
	b := Find([][]float64{series(30, 0, 0, 0, rng.NormFloat64), step}, plan())
	if !reflect.DeepEqual(a[0], b[1]) || len(a[0].Changes) != 1 {
		t.Errorf("%+v\n%+v", a[0], b[1])
	}
	flat := make([]float64, 40)
	if s := Find([][]float64{flat}, plan())[0]; len(s.Changes) > 0 || s.SD != 0 || s.Detectable != 0 || s.P != 1 {
		t.Errorf("all the same: %+v", s)
	}
	for i := range flat[20:] {
		flat[20+i] = 1
	}
	s := Find([][]float64{flat}, plan())[0]
	if len(s.Changes) != 1 || s.Changes[0].At != 20 || s.Changes[0].Shift != 1 || s.Changes[0].Lo != 1 || s.Changes[0].From < 19 || s.Changes[0].To > 21 {
		t.Errorf("a step without noise: %+v", s)
	}
}

// Series with too few points are not searched, and no burden to the others.
func TestShortSeries(t *testing.T) {
	short := []float64{1, 1.1, 1.2, 1.3, 9, 9.1, 9.2}
	long := append(make([]float64, 0, 8), 1, 1.1, 1.2, 1.3, 9, 9.1, 9.2, 9.3)
	family := [][]float64{long}
	for range 50 {
		family = append(family, short)
	}
	found := Find(family, plan())
	if s := found[1]; len(s.Changes) > 0 || s.P != 1 || s.Detectable != 0 {
		t.Errorf("7 points: %+v", s)
	}
	if len(found[0].Changes) != 1 {
		t.Errorf("8 points among shorter series: %+v", found[0])
	}
}

// The only change of many windows is found, as the size that is promised says, and
// nothing is promised that no number of permutations can show.
func TestOnlyChangeOfMany(t *testing.T) {
	rng := rand.New(rand.NewPCG(13, 14))
	family := make([][]float64, 400)
	for i := range family {
		family[i] = series(20, 0, 0, 0, rng.NormFloat64)
	}
	family[7] = series(20, 10, 20, 8, rng.NormFloat64)
	found := Find(family, plan())
	if len(found[7].Changes) != 1 || found[7].Detectable == 0 || found[7].Detectable > 8 {
		t.Errorf("a step of 8 standard deviations: %+v", found[7])
	}
	many := make([][]float64, 6000)
	for i := range many {
		many[i] = make([]float64, 20) // all the same: no work
	}
	many[0] = family[0]
	if s := Find(many, plan())[0]; s.Detectable != 0 {
		t.Errorf("of 6,000 series one must reach a level that %d permutations cannot, but %v is promised", most, s.Detectable)
	}
}

// TestShift compares quantiles with the tables of the Mann–Whitney test: the
// largest k so that P(U < k) <= 0.025.
func TestShift(t *testing.T) {
	for _, c := range []struct{ m, n, want int }{
		{3, 3, 0}, {3, 4, 0}, {3, 5, 1}, {4, 4, 1}, {5, 5, 3}, {6, 6, 6}, {8, 8, 14}, {10, 10, 24}, {20, 20, 128}, {5, 10, 9},
	} {
		if got := rankSumQuantile(c.m, c.n, 0.025); got != c.want {
			t.Errorf("%d and %d: %d, want %d", c.m, c.n, got, c.want)
		}
	}
	center, lo, hi := shift([]float64{1, 2, 3, 4}, []float64{11, 12, 13, 14}, 0.95)
	if center != 10 || lo != 7 || hi != 13 {
		t.Errorf("%v [%v, %v], want 10 [7, 13]", center, lo, hi)
	}
	if _, lo, hi := shift([]float64{1, 2, 3}, []float64{2, 3, 4}, 0.95); !math.IsInf(lo, -1) || !math.IsInf(hi, 1) {
		t.Errorf("3 and 3 points have an interval [%v, %v]", lo, hi)
	}
}

func TestMinPoints(t *testing.T) {
	for level, want := range map[float64]int{0.05: 8, 0.01: 10, 0.001: 14} {
		if got := MinPoints(level); got != want {
			t.Errorf("level %v: %d points, want %d", level, got, want)
		}
	}
}
