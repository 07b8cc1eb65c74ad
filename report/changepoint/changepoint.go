// Package changepoint finds where short, noisy series change their level. It
// knows neither runs nor files: numbers go in, changes come out, and the same
// numbers give the same changes.
//
// # What a point is
//
// A point is what one run found, as the logarithm of its median time. Runs
// differ by more than their own intervals say: two identical processes have
// different luck with the layout of their memory, machines have neighbours. So
// nothing is taken from within a run; what noise is, is seen from the scatter of
// the points, of which no shape is assumed.
//
// # How changes are found
//
// By E-divisive (Matteson and James, "A nonparametric approach for multiple
// change point analysis of multivariate data", Journal of the American
// Statistical Association 109(505), 2014), which Daly, Brown, Ingo, O'Leary and
// Bradford brought to performance tests ("The use of change point detection to
// identify software performance regressions in a continuous integration
// system", ICPE 2020). Over all boundaries, and all ends of the part behind the
// boundary, the energy distance between the points before and behind is made as
// large as it gets, and compared with what it would be if the points stood in
// another order. That is a permutation test: it is exact if the points of an
// unchanged series are exchangeable, whatever their distribution, and wrong by as
// much as they are not: slow drift of a machine looks like changes to it. Where
// there is a change, the parts before and behind are searched again. They share
// the level by their lengths.
//
// The exponent of the energy distance is 1, as in the paper. Tried against it on
// normal, heavy-tailed and contaminated noise: squared distances (differences of
// means) found less wherever there were outliers; ranks found slightly more of a
// single step and far less of a step and its return.
//
// Series longer than 100 points are searched in windows that overlap by half, as
// Fleming, Kołaczkowski, Kumar, Das, McCarthy, Pattabhiraman and Ingo do it
// ("Hunter: using change point detection to hunt for performance regressions",
// ICPE 2023). A change is taken from the window in whose middle it lies.
//
// # Many series
//
// The windows of all series are one family. Those in which anything has changed
// are chosen by the method of Benjamini and Hochberg (Journal of the Royal
// Statistical Society B 57(1), 1995), so that of the series that are said to have
// changed no more than [Plan.FDR] are expected to be wrong, and within those R of
// m further changes are searched at the level FDR·R/m (Benjamini and Bogomolov,
// "Selective inference on multiple families of hypotheses", same journal 76(1),
// 2014). The series of one run share its luck, which is the kind of dependence
// that the method bears (Benjamini and Yekutieli, Annals of Statistics 29(4),
// 2001).
//
// # How large a change is, and where
//
// The size is the shift of Hodges and Lehmann between the points on both sides,
// as far as the next changes, with the interval that belongs to the
// Mann–Whitney test (Hodges and Lehmann, Annals of Mathematical Statistics
// 34(2), 1963; Moses, in Walker and Lev, "Statistical Inference", 1953). It
// assumes that both sides have noise of one shape.
//
// Where: a boundary belongs to the set if a test at level 5% cannot tell it from
// the true one, as Worsley made sets (Biometrika 73(1), 1986). The test asks
// whether another boundary fits better than it would by luck, in rank sums; its
// null distribution are the permutations on either side of the boundary, so that
// it is exact as well.
package changepoint

import (
	"cmp"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"sort"
	"sync"

	"github.com/aclements/go-moremath/stats"
	"gonum.org/v1/gonum/stat/distuv"
)

const (
	// minSegment is the least number of points between two changes: fewer are
	// outliers.
	minSegment = 3
	// mostPoints is how many points are searched at once. Work grows with its square.
	mostPoints = 100
	// near is the most points of a side that its level is estimated from. What is
	// farther away has drifted.
	near = 50
)

// A Plan says how sure a change must be. The same plan must hold for all series
// that are shown together.
type Plan struct {
	// FDR is the share of wrong ones that is allowed among the series that are
	// said to have changed, above 0 and below 1.
	FDR float64
	// Confidence is the level of intervals and sets, such as 0.95.
	Confidence float64
	// Seed is of the permutations.
	Seed uint64
}

// A Change is where a series got another level.
type Change struct {
	// At is the first point of the new level.
	At int
	// From and To are the ends of the set of points that may be the first one.
	From, To int
	// P is the p-value of the test that found it, for this series by itself.
	P float64
	// Shift is the difference of the levels, and Lo and Hi are the ends of its
	// interval, infinite if there are too few points for one.
	Shift, Lo, Hi float64
	// Before and After are the numbers of points that the shift is estimated from.
	Before, After int
}

// Bounded reports whether the shift has an interval.
func (c Change) Bounded() bool { return !math.IsInf(c.Lo, 0) && !math.IsInf(c.Hi, 0) }

// A Series is what was found in one.
type Series struct {
	Changes []Change // from first to last
	// P is the least p-value of its windows, 1 if it is too short.
	P float64
	// SD is the standard deviation of points around their levels.
	SD float64
	// Detectable is the size of a step in the middle of the series (or of its last
	// 100 points) that would have been found four times out of five if no
	// other series had one; 0 if that is none.
	Detectable float64
}

// MinPoints returns how many points a series needs so that a change in it can be
// found at a level: of all orders of fewer points, too many look as changed as
// the most changed one.
func MinPoints(level float64) int {
	n, share := 2*minSegment, 2.0
	for ; ; n++ {
		share = 2 / binomial(n, n/2)
		if share <= level || n > 200 {
			return n
		}
	}
}

func binomial(n, k int) float64 {
	v := 1.0
	for i := range k {
		v = v * float64(n-i) / float64(i+1)
	}
	return v
}

// level returns the level at which a change is found in one of a number of
// windows if it is the only one in all of them.
func (p Plan) level(windows int) float64 { return p.FDR / float64(max(1, windows)) }

// A window is points from start to end, responsible for changes from first on
// and before last.
type window struct{ start, end, first, last int }

func windows(n int) []window {
	if n < 2*minSegment {
		return nil
	}
	if n <= mostPoints {
		return []window{{0, n, 0, n}}
	}
	many := (n-mostPoints+mostPoints/2-1)/(mostPoints/2) + 1
	list := make([]window, many)
	for i := range list {
		start := i * (n - mostPoints) / (many - 1)
		list[i] = window{start, start + mostPoints, 0, n}
		if i > 0 {
			middle := (list[i-1].end + start) / 2
			list[i-1].last, list[i].first = middle, middle
		}
	}
	return list
}

// most and least are the bounds of the number of permutations.
const (
	least = 1_000
	most  = 100_000
	// first is how many are tried before it is known whether more are needed.
	first = 5_000
	// enough is how often other orders must look as changed as the true one for
	// the test to end before its time: the p-value is valid then, and no change is
	// near (Besag and Clifford, "Sequential Monte Carlo p-values", Biometrika 78(2),
	// 1991).
	enough = 20
)

// permutations is how many orders are tried: as many as can tell the only change
// of all windows from luck, if that is not too much work.
func (p Plan) permutations(windows int) int {
	return ordersFor(p.level(windows))
}

func ordersFor(level float64) int {
	return int(min(most, max(least, math.Ceil(2/level))))
}

// A part is a window of a series, and the clearest change in it.
type part struct {
	series int
	window
	at int     // where the change is
	p  float64 // as of split
}

// Find searches all series. Those with fewer points than [MinPoints] are left out,
// and are no burden to the others: with so few points, whether the most changed of
// all orders passes is luck of the permutations.
func Find(series [][]float64, plan Plan) []Series {
	shortest := MinPoints(plan.FDR)
	var parts []part
	for i, x := range series {
		if len(x) < shortest {
			continue
		}
		for _, w := range windows(len(x)) {
			parts = append(parts, part{series: i, window: w})
		}
	}
	chosen := plan.choose(series, parts)
	only := plan.level(len(parts))
	level := only * float64(len(chosen))
	changes := make([][]Change, len(parts))
	each(len(chosen), func(i int) {
		w := parts[chosen[i]]
		for _, c := range plan.divide(series[w.series][w.start:w.end], w.at, w.p, level) {
			c.At += w.start
			if c.At >= w.first && c.At < w.last {
				changes[chosen[i]] = append(changes[chosen[i]], c)
			}
		}
	})
	found := make([]Series, len(series))
	for i := range found {
		found[i].P = 1
	}
	for i, w := range parts {
		s := &found[w.series]
		s.P = min(s.P, w.p)
		s.append(changes[i], w.window)
	}
	each(len(series), func(i int) {
		plan.measure(series[i], &found[i])
		if n := min(mostPoints, len(series[i])); n >= shortest && 1/float64(plan.permutations(len(parts))+1) <= only {
			found[i].Detectable = detectable(n, found[i].SD, only)
		}
	})
	return found
}

// choose looks for the clearest change in each part, and returns the parts in which
// anything has changed, by Benjamini and Hochberg's method: their indexes, from the
// least p-value on.
func (p Plan) choose(series [][]float64, parts []part) []int {
	byP := make([]int, len(parts))
	for i := range byP {
		byP[i] = i
	}
	chosen, tried, all := 0, 0, p.permutations(len(parts))
	for tried < all {
		// All orders are tried only if fewer leave a window out that looked more
		// changed than any of them. The rest have ended before their time, or go on
		// with the orders after those that they had.
		before, orders := tried, min(all, first)
		if before > 0 {
			orders = all
		}
		each(len(parts), func(i int) {
			w := &parts[i]
			if before == 0 || w.p < float64(enough)/float64(before) {
				w.at, w.p = p.split(series[w.series][w.start:w.end], orders)
			}
		})
		slices.SortFunc(byP, func(a, b int) int { return cmp.Or(cmp.Compare(parts[a].p, parts[b].p), cmp.Compare(a, b)) })
		chosen = 0
		for i, at := range byP {
			if parts[at].p <= p.level(len(parts))*float64(i+1) {
				chosen = i + 1
			}
		}
		tried = orders
		if chosen == len(parts) || parts[byP[chosen]].p > 1/float64(orders+1) {
			break
		}
	}
	return byP[:chosen]
}

// append adds the changes of a window that begins where the last one ended. Both may
// have found one change, on either side of the boundary of what they are responsible
// for: the clearer one is kept.
func (s *Series) append(changes []Change, w window) {
	for _, c := range changes {
		last := len(s.Changes) - 1
		if last < 0 || w.first == 0 || c.At-s.Changes[last].At >= 2*minSegment || c.At-w.first >= 2*minSegment {
			s.Changes = append(s.Changes, c)
		} else if c.P < s.Changes[last].P {
			s.Changes[last] = c
		}
	}
}

// each calls f for every number below n, on all processors.
func each(n int, f func(int)) {
	var wg sync.WaitGroup
	next := make(chan int)
	for range min(n, runtime.GOMAXPROCS(0)) {
		wg.Go(func() {
			for i := range next {
				f(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wg.Wait()
}

// divide returns the changes of a segment whose most likely one is at a point,
// with its p-value.
func (p Plan) divide(x []float64, at int, value, level float64) []Change {
	if value > level {
		return nil
	}
	side := func(x []float64, share float64) []Change {
		if len(x) < 2*minSegment {
			return nil
		}
		at, value := p.split(x, ordersFor(level*share))
		return p.divide(x, at, value, level*share)
	}
	share := float64(at) / float64(len(x))
	list := append(side(x[:at], share), Change{At: at, P: value})
	for _, c := range side(x[at:], 1-share) {
		c.At += at
		list = append(list, c)
	}
	return list
}

// split returns the most likely place of a change in a segment, and the
// probability that one as clear is seen where there is none.
func (p Plan) split(x []float64, orders int) (at int, value float64) {
	e := newEnergy(len(x))
	best, at := e.largest(x)
	if best <= 0 {
		return at, 1 // all points are the same
	}
	best *= 1 - 1e-12 // the same sums in another order of addition are no less
	rng := rand.New(rand.NewPCG(p.Seed, uint64(len(x))))
	y := slices.Clone(x)
	as := 0
	for tried := 1; tried <= orders; tried++ {
		rng.Shuffle(len(y), func(i, j int) { y[i], y[j] = y[j], y[i] })
		if q, _ := e.largest(y); q >= best {
			if as++; as == enough {
				return at, float64(enough) / float64(tried)
			}
		}
	}
	return at, float64(as+1) / float64(orders+1)
}

// An energy computes energy distances within series of one length.
type energy struct {
	n       int
	inverse []float64
	// sums has in row t and column k the sum of distances from point k to the
	// points before t, for t <= k. own is its diagonal.
	sums, own []float64
}

func newEnergy(n int) *energy {
	e := &energy{n: n, inverse: make([]float64, n+1), sums: make([]float64, (n+1)*n), own: make([]float64, n)}
	for i := 1; i <= n; i++ {
		e.inverse[i] = 1 / float64(i)
	}
	return e
}

// largest returns half of the largest Q of the paper's equation 7, and where the
// part behind begins. The part before begins with the series, that behind may end
// anywhere, so that a step that is taken back is seen as well.
func (e *energy) largest(x []float64) (best float64, at int) {
	n := e.n
	for t := range n - 1 {
		row, next := e.sums[t*n:t*n+n], e.sums[(t+1)*n:(t+1)*n+n]
		for k := t + 1; k < n; k++ {
			next[k] = row[k] + math.Abs(x[k]-x[t])
		}
		e.own[t+1] = next[t+1]
	}
	within := 0.0 // the part before
	for k := range minSegment {
		within += e.own[k]
	}
	for t := minSegment; t+minSegment <= n; t++ {
		before := float64(t)
		ofBefore := within * e.inverse[t-1]
		across, behind := 0.0, 0.0
		row := e.sums[t*n : t*n+n]
		for k := t; k < n; k++ {
			across += row[k]
			behind += e.own[k] - row[k]
			if r := k + 1 - t; r >= minSegment {
				q := e.inverse[t+r] * (across - ofBefore*float64(r) - behind*before*e.inverse[r-1])
				if q > best {
					best, at = q, t
				}
			}
		}
		within += row[t]
	}
	return best, at
}

// measure estimates sizes and places of the changes of a series, and its noise.
func (p Plan) measure(x []float64, s *Series) {
	ends := []int{0}
	for _, c := range s.Changes {
		ends = append(ends, c.At)
	}
	ends = append(ends, len(x))
	squares, free := 0.0, 0
	for i := range len(ends) - 1 {
		part := x[ends[i]:ends[i+1]]
		mean := 0.0
		for _, v := range part {
			mean += v / float64(len(part))
		}
		for _, v := range part {
			squares += (v - mean) * (v - mean)
		}
		free += len(part) - 1
	}
	if free > 0 {
		s.SD = math.Sqrt(squares / float64(free))
	}
	for i := range s.Changes {
		c := &s.Changes[i]
		start, end := max(ends[i], c.At-near), min(ends[i+2], c.At+near)
		c.Before, c.After = c.At-start, end-c.At
		c.Shift, c.Lo, c.Hi = shift(x[start:c.At], x[c.At:end], p.Confidence)
		from, to := p.place(x[start:end], c.At-start)
		c.From, c.To = start+from, start+to
	}
}

// shift returns by how much the second sample is larger than the first, with its
// interval.
func shift(before, after []float64, confidence float64) (center, lo, hi float64) {
	var differences []float64
	for _, a := range after {
		for _, b := range before {
			differences = append(differences, a-b)
		}
	}
	slices.Sort(differences)
	n := len(differences)
	center = (differences[(n-1)/2] + differences[n/2]) / 2
	k := rankSumQuantile(len(before), len(after), (1-confidence)/2)
	if k == 0 {
		return center, math.Inf(-1), math.Inf(1)
	}
	return center, differences[k-1], differences[n-k]
}

// rankSumQuantile returns the largest k for which the Mann–Whitney statistic of
// two samples is below k with no more than a probability: exactly for up to 20 points
// a side, beyond by the normal distribution.
func rankSumQuantile(m, n int, probability float64) int {
	if m > 20 || n > 20 {
		mean := float64(m*n) / 2
		sd := math.Sqrt(float64(m*n*(m+n+1)) / 12)
		return max(0, int(math.Floor(mean+sd*distuv.UnitNormal.Quantile(probability))))
	}
	u := stats.UDist{N1: m, N2: n}
	return sort.Search(m*n+1, func(k int) bool { return u.CDF(float64(k)) > probability*(1+1e-12) })
}

// placeOrders is how many orders are tried for each place.
const placeOrders = 399

// place returns the ends of the set of places where the one change of a segment
// may be.
func (p Plan) place(x []float64, at int) (from, to int) {
	n := len(x)
	ranks := make([]float64, n)
	sorted := slices.Sorted(slices.Values(x))
	for i, v := range x {
		first, _ := slices.BinarySearch(sorted, v)
		last := first
		for last < n && sorted[last] == v {
			last++
		}
		ranks[i] = float64(first+last-1)/2 - float64(n-1)/2 // their sum is 0
	}
	// lag is by how much the best place fits better than this one.
	lag := func(ranks []float64, place int) float64 {
		sum, here, best := 0.0, 0.0, 0.0
		for t := 1; t < n; t++ {
			sum += ranks[t-1]
			if t < minSegment || t > n-minSegment {
				continue
			}
			fit := sum * sum / float64(t*(n-t))
			if best = max(best, fit); t == place {
				here = fit
			}
		}
		return best - here
	}
	from, to = at, at
	rng := rand.New(rand.NewPCG(p.Seed, uint64(n)))
	tolerated := int((1 - p.Confidence) * (placeOrders + 1))
	y := make([]float64, n)
	for t := minSegment; t <= n-minSegment; t++ {
		if t >= from && t <= to {
			continue // at itself
		}
		seen := lag(ranks, t) * (1 - 1e-12)
		as := 0
		copy(y, ranks)
		for range placeOrders {
			shuffle(rng, y[:t])
			shuffle(rng, y[t:])
			if lag(y, t) >= seen {
				if as++; as >= tolerated {
					break
				}
			}
		}
		if as >= tolerated {
			from, to = min(from, t), max(to, t)
		}
	}
	return from, to
}

func shuffle(rng *rand.Rand, x []float64) {
	rng.Shuffle(len(x), func(i, j int) { x[i], x[j] = x[j], x[i] })
}

// detectable returns the size of a step in the middle of n points that is found at a
// level about four times out of five; 0 if none is. It is a two-sample t-test's,
// and looking everywhere costs as much as an addend: found by simulation on
// normal noise, to which a test holds it.
func detectable(n int, sd, level float64) float64 {
	const looking = 2.4
	if 2/binomial(n, n/2) > level/2 {
		return 0 // too many orders look like the step
	}
	t := distuv.StudentsT{Sigma: 1, Nu: float64(n - 2)}.Quantile(1 - level/2)
	return (t + looking) * sd * 2 / math.Sqrt(float64(n))
}
