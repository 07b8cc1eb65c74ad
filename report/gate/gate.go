// Package gate decides from pairs of samples whether head is slower than base.
// It knows neither engines nor files: numbers go in, verdicts come out, and the
// same numbers give the same verdicts, live or replayed from a recorded run.
//
// # How a verdict is reached
//
// A sample is the result of one process, and a pair is one process of each
// side, measured at the same time. What is analysed is the logarithm of
// head/base in each pair: processes differ by luck, batches within one share
// it, so the number of pairs is the sample size and nothing else is.
//
// Each benchmark is looked at several times, when certain numbers of pairs are
// there (see [Plan]). At each look a t-test asks whether the mean differs from
// 0. A test that is repeated until it says yes will say yes, so the looks share
// the error: look k may spend the part w(k) of it, where the w(k) are fixed
// before and add up to 1. This is error spending (Lan and DeMets, "Discrete
// sequential boundaries for clinical trials", Biometrika 70(3), 1983) with the
// power family of Kim and DeMets (Biometrika 74(1), 1987). The looks are added
// up by the union bound instead of their joint normal distribution: that costs
// a few percent of power and assumes nothing about how they hang together. So
//
//	p = min over looks k so far of p(k)/w(k)
//
// is a p-value whenever one stops, before the last look or at it. Over the
// benchmarks these are adjusted by Holm's method (Scandinavian Journal of
// Statistics 6(2), 1979), which stays valid with sequential p-values (Ye, Li,
// Liu, Yao, "A group sequential Holm procedure with multiple primary
// endpoints", Statistics in Medicine 32(7), 2013). Half of the family-wise error
// is for each direction.
//
// # Random layouts
//
// Where functions lie in a build changes its speed by several percent, the same in
// all its processes (Mytkowicz, Diwan, Hauswirth, Sweeney, "Producing wrong data
// without doing anything obviously wrong!", ASPLOS 2009). So pairs of the same two
// builds say how fast these are, not how fast the code is, however many there are.
// If each side was built several times, with its functions in another random order
// each time ([Row.Layouts]), the build is a random effect: pair i has layout i of
// base and of head, and the pair of layouts is what is replicated, not the pair of
// processes (T. Kalibera and R. Jones, "Rigorous benchmarking in reasonable time",
// ISMM 2013). What is analysed are the means of the pairs of each pair of layouts,
// as many values as there are of these.
//
// At some looks one layout has a pair more than another, so its mean varies less.
// The t-test of means that are all weighted alike does not mind: its variance is
// estimated without bias, and with unequal variances it errs less often than it
// says, at all levels up to 8% (N. K. Bakirov and G. J. Székely, "Student's t-test
// for Gaussian scale mixtures", Journal of Mathematical Sciences 139(3), 2006; as a
// method: R. Ibragimov and U. K. Müller, "t-statistic based correlation and
// heterogeneity robust inference", Journal of Business & Economic Statistics 28(4),
// 2010). Looks spend less.
//
// # Intervals
//
// The interval of a ratio is that of the t-distribution at the level that the
// same spending leaves to the look (a repeated confidence interval: Jennison
// and Turnbull, "Interim analyses: the repeated confidence interval approach",
// Journal of the Royal Statistical Society B 51(3), 1989). It covers the truth
// at all looks at once.
package gate

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// A Verdict is what the gate says of a benchmark.
type Verdict string

const (
	// Regressed is worse with family-wise confidence, and by the minimum effect or
	// more as best estimate.
	Regressed Verdict = "regressed"
	// Improved is its mirror image.
	Improved Verdict = "improved"
	// Unchanged is a statement: the whole interval lies within the equivalence
	// margin.
	Unchanged Verdict = "unchanged"
	// Inconclusive is everything else. Files and flags call it undecided, as they
	// did before it had this name.
	Inconclusive Verdict = "undecided"
)

// String is the verdict for readers; string(v) is the one for files.
func (v Verdict) String() string {
	if v == Inconclusive {
		return "inconclusive"
	}
	return string(v)
}

// Verdicts lists them, the worst news first.
func Verdicts() []Verdict { return []Verdict{Regressed, Inconclusive, Improved, Unchanged} }

// A Plan says how the error is spent. The same plan must hold for all of a run.
type Plan struct {
	// Alpha is the probability that any of all benchmarks is called regressed or
	// improved although nothing has changed.
	Alpha float64
	// Confidence is the level of the intervals, for each benchmark by itself.
	Confidence float64
	// Pairs is how many pairs there will be at most, 8 or more.
	Pairs int
}

// minPairs is the least number of pairs of a verdict: below it the interval of
// a t-distribution is so wide that looking is a waste of error.
const minPairs = 8

// minSamples is the least number of samples a side where they are not paired.
const minSamples = 8

// fractions of all pairs at which it is looked, as far as there are minPairs.
var fractions = [...]float64{0.2, 0.3, 0.4, 0.5, 0.65, 0.8, 1}

// spending is the exponent of the power family: at a fraction t of the pairs
// t^spending of the error may have been spent. With 2 most of it is left for
// the end, where small changes are found, and large ones still end early.
const spending = 2

// A Look is one of the times at which it is looked.
type Look struct {
	Pairs  int     // when so many pairs are there
	Weight float64 // the part of the error that may be spent then
}

// Looks returns the plan's looks, whose weights add up to 1.
func (p Plan) Looks() []Look {
	var looks []Look
	spent := 0.0
	for _, f := range fractions {
		n := int(math.Round(f * float64(p.Pairs)))
		if n < minPairs || len(looks) > 0 && looks[len(looks)-1].Pairs == n {
			continue
		}
		upTo := math.Pow(float64(n)/float64(p.Pairs), spending)
		looks = append(looks, Look{n, upTo - spent})
		spent = upTo
	}
	return looks
}

// Validate returns an error that says what is wrong with the plan.
func (p Plan) Validate() error {
	switch {
	case !(p.Alpha > 0 && p.Alpha < 0.5):
		return fmt.Errorf("alpha %v: the family-wise error must lie between 0 and 0.5", p.Alpha)
	case !(p.Confidence > 0.5 && p.Confidence < 1):
		return fmt.Errorf("confidence %v: the level of intervals must lie between 0.5 and 1", p.Confidence)
	case p.Pairs < minPairs:
		return fmt.Errorf("%d pairs: there is no verdict from fewer than %d", p.Pairs, minPairs)
	}
	return nil
}

// Rules say what change matters. Each is a part of base's value: 0.01 is 1%.
type Rules struct {
	// MinEffect is the least change, as best estimate, that is worth a verdict.
	MinEffect float64 `json:"threshold"`
	// Equivalence is the equivalence margin: how far the whole interval may lie
	// from no change for the benchmark to be called unchanged.
	Equivalence float64 `json:"bound"`
	// Allowance is how much the two sides may differ for reasons that the
	// samples can't show. It is for samples that were not taken in pairs.
	Allowance float64 `json:"allowance,omitempty"`
	// Tolerance, for exact and counted metrics, is what does not count as a difference.
	Tolerance float64 `json:"tolerance,omitempty"`
}

// A Kind says how the two sides of a row are compared.
type Kind int

const (
	Paired   Kind = iota // sample i of base and of head are a pair
	Unpaired             // two samples that were taken apart
	Exact                // values that do not vary, such as ticks
	Counted              // values that vary a little from process to process, such as executed instructions
)

// Tested reports whether rows of the kind share the error of the plan: verdicts about
// them may be wrong by chance, and have a p-value.
func (k Kind) Tested() bool { return k == Paired || k == Unpaired }

// A Row is a benchmark in one metric. All values are more than 0, except of
// [Exact] metrics.
type Row struct {
	Name, Unit string
	Kind       Kind
	// HigherIsBetter is true of metrics such as req/s.
	HigherIsBetter bool
	Base, Head     []float64
	// Layouts, of pairs, is how many builds with a random layout each side has:
	// pair i is of layout i modulo Layouts. With 0 or 1 there is one build a side, and
	// what is said is about these two.
	Layouts int
	Rules   Rules
}

// replicates is how many independent values so many pairs have: pairs of layouts, or
// pairs if there are fewer, or if all have the same two builds.
func (r Row) replicates(pairs int) int {
	if r.Layouts > 1 {
		return min(r.Layouts, pairs)
	}
	return pairs
}

// A Decision is what is known of a row.
type Decision struct {
	Verdict Verdict
	// Ratio is head/base, the best estimate, between Lo and Hi. Without enough
	// samples they are NaN.
	Ratio, Lo, Hi float64
	// P is the sequential p-value of no change, adjusted for all rows; 1 if
	// nothing could be tested.
	P float64
	// N is the number of pairs, or of values of the smaller side, that this is from.
	N int
	// SD is the standard deviation of the logarithm of the ratio between pairs or, of
	// several layouts, between the means of the pairs of layouts.
	SD float64
	// DetectableEffect is the minimum detectable effect: the smallest change, as a
	// share of base, that is found with 95% power in such noise when all planned
	// pairs are there; of several layouts, at most that, as their means will be of more
	// pairs then. It is NaN where that has no meaning.
	DetectableEffect float64
	// Final says that more pairs would not be looked at.
	Final bool
	// Why says what keeps the row from a verdict, if that is not the noise.
	Why string
}

// power is that of [Decision.DetectableEffect].
const power = 0.95

// Decide decides over all rows. family is the number of rows that the error is
// shared by, if that is more than there are: those that other machines measure.
func Decide(rows []Row, plan Plan, family int) []Decision {
	list := make([]Decision, len(rows))
	table := quantiles{}
	var tested []int
	for i, r := range rows {
		switch r.Kind {
		case Exact:
			list[i] = exact(r)
		case Counted:
			list[i] = counted(r, plan, table)
		case Paired:
			list[i] = paired(r, plan, table)
			tested = append(tested, i)
		case Unpaired:
			list[i] = unpaired(r, plan, table)
			tested = append(tested, i)
		}
	}
	holm(list, tested, max(family, len(tested)))
	for _, i := range tested {
		d := &list[i]
		d.Verdict = verdict(*d, rows[i], plan)
		if rows[i].Kind == Paired && d.SD > 0 {
			d.DetectableEffect = detectable(d.SD, rows[i].replicates(plan.Pairs), plan, max(family, len(tested)), table)
		}
	}
	return list
}

// paired does all of the tests of a row's pairs but the adjustment of P.
func paired(r Row, plan Plan, table quantiles) Decision {
	d := Decision{P: 1, Ratio: math.NaN(), Lo: math.NaN(), Hi: math.NaN(), DetectableEffect: math.NaN()}
	logs := make([]float64, min(len(r.Base), len(r.Head)))
	for i := range logs {
		logs[i] = math.Log(r.Head[i] / r.Base[i])
	}
	looks := plan.Looks()
	for i, look := range looks {
		if look.Pairs > len(logs) {
			break
		}
		e := estimateMean(means(logs[:look.Pairs], r.replicates(look.Pairs)))
		d.P = min(d.P, e.p(0)/look.Weight)
		if i == len(looks)-1 || looks[i+1].Pairs > len(logs) { // the last one so far
			d.describe(e, 1-(1-plan.Confidence)*look.Weight, table)
			d.N, d.SD = look.Pairs, e.se*math.Sqrt(e.dof+1)
			d.Final = i == len(looks)-1
		}
	}
	if d.N == 0 {
		d.N = len(logs)
		d.Why = fmt.Sprintf("%d of the %d pairs of the first look", len(logs), looks[0].Pairs)
	}
	return d
}

// means returns those of n clusters: value i is of cluster i modulo n.
func means(values []float64, n int) []float64 {
	clusters := make([]float64, n)
	for i, v := range values {
		size := (len(values)-1-i%n)/n + 1
		clusters[i%n] += v / float64(size)
	}
	return clusters
}

// unpaired compares the means of two samples, which differ by the allowance
// without that meaning anything.
func unpaired(r Row, plan Plan, table quantiles) Decision {
	d := Decision{P: 1, Ratio: math.NaN(), Lo: math.NaN(), Hi: math.NaN(), DetectableEffect: math.NaN(), Final: true}
	d.N = min(len(r.Base), len(r.Head))
	if d.N < minSamples {
		d.Why = fmt.Sprintf("%d samples, and %d are needed", d.N, minSamples)
		return d
	}
	e := estimateDifference(logarithms(r.Head), logarithms(r.Base))
	d.P = e.p(math.Log1p(r.Rules.Allowance))
	d.describe(e, plan.Confidence, table)
	return d
}

func logarithms(values []float64) []float64 {
	logs := make([]float64, len(values))
	for i, v := range values {
		logs[i] = math.Log(v)
	}
	return logs
}

// describe sets the ratio and its interval at a level.
func (d *Decision) describe(e estimate, level float64, table quantiles) {
	half := table.at(e.dof, (1+level)/2) * e.se
	d.Ratio, d.Lo, d.Hi = math.Exp(e.mean), math.Exp(e.mean-half), math.Exp(e.mean+half)
}

// verdict is that of a tested row whose P is adjusted.
func verdict(d Decision, r Row, plan Plan) Verdict {
	if math.IsNaN(d.Ratio) {
		return Inconclusive
	}
	r.Rules.Equivalence = (1+r.Rules.Equivalence)*(1+r.Rules.Allowance) - 1
	r.Rules.MinEffect = (1+r.Rules.MinEffect)*(1+r.Rules.Allowance) - 1
	// Changes are counted in logarithms, so that base and head can change
	// places: 1% slower is the mirror image of 1/1.01.
	worse := math.Log(d.Ratio)
	if r.HigherIsBetter {
		worse = -worse
	}
	certain := d.P <= plan.Alpha
	enough := math.Abs(worse) >= math.Log1p(r.Rules.MinEffect)
	margin := math.Log1p(r.Rules.Equivalence)
	switch {
	case certain && enough && worse > 0:
		return Regressed
	case certain && enough:
		return Improved
	case math.Log(d.Hi) <= margin && math.Log(d.Lo) >= -margin:
		return Unchanged
	}
	return Inconclusive
}

// holm adjusts the p-values of the decisions at the given places for a family
// of so many. If others measure some of the family, their p-values are taken for
// larger than all of these, which can only make the adjustment larger.
func holm(list []Decision, at []int, family int) {
	slices.SortStableFunc(at, func(i, j int) int { return cmp.Compare(list[i].P, list[j].P) })
	last := 0.0
	for rank, i := range at {
		last = max(last, min(1, list[i].P*float64(family-rank)))
		list[i].P = last
	}
}

// detectable returns the change that a t-test of n values at the plan's last look finds
// with [power] if they have the standard deviation sd and nothing else is certain:
// the normal approximation of the noncentral t-distribution (N. L. Johnson and
// B. L. Welch, "Applications of the non-central t-distribution", Biometrika
// 31, 1940).
func detectable(sd float64, n int, plan Plan, family int, table quantiles) float64 {
	looks := plan.Looks()
	dof := float64(n - 1)
	critical := table.at(dof, 1-plan.Alpha*looks[len(looks)-1].Weight/2/float64(family))
	above := distuv.UnitNormal.Quantile(power) * math.Sqrt(1+critical*critical/(2*dof))
	return math.Expm1((critical + above) * sd / math.Sqrt(float64(n)))
}

// An estimate is a mean with its standard error, and the t-distribution's degrees of
// freedom.
type estimate struct{ mean, se, dof float64 }

func estimateMean(x []float64) estimate {
	mean, sd := stat.MeanStdDev(x, nil)
	n := float64(len(x))
	return estimate{mean, stat.StdErr(sd, n), n - 1}
}

// estimateDifference is that of the means of x and y by B. L. Welch ("The
// generalization of 'Student's' problem when several different population
// variances are involved", Biometrika 34, 1947).
func estimateDifference(x, y []float64) estimate {
	a, b := estimateMean(x), estimateMean(y)
	u, v := a.se*a.se, b.se*b.se
	dof := a.dof + b.dof
	if u+v > 0 {
		dof = (u + v) * (u + v) / (u*u/a.dof + v*v/b.dof)
	}
	return estimate{a.mean - b.mean, math.Sqrt(u + v), dof}
}

// estimatePooled is that of the means of x and y, which share a variance.
func estimatePooled(x, y []float64) estimate {
	a, b := estimateMean(x), estimateMean(y)
	m, n := float64(len(x)), float64(len(y))
	squares := a.se*a.se*m*a.dof + b.se*b.se*n*b.dof
	dof := a.dof + b.dof
	return estimate{a.mean - b.mean, math.Sqrt(squares / dof * (1/m + 1/n)), dof}
}

// p is the two-sided p-value of a mean that is no more than margin away from 0.
func (e estimate) p(margin float64) float64 {
	beyond := math.Abs(e.mean) - margin
	switch {
	case beyond <= 0 && margin > 0, e.mean == 0:
		return 1
	case e.se == 0:
		return 0
	}
	return min(1, 2*distuv.StudentsT{Mu: 0, Sigma: 1, Nu: e.dof}.Survival(beyond/e.se))
}

// quantiles are those of t-distributions, by degrees of freedom and probability.
// The rows of a run share them, and finding one takes longer than all the rest.
type quantiles map[[2]float64]float64

func (q quantiles) at(dof, p float64) float64 {
	key := [2]float64{dof, p}
	t, ok := q[key]
	if !ok {
		t = distuv.StudentsT{Mu: 0, Sigma: 1, Nu: dof}.Quantile(p)
		q[key] = t
	}
	return t
}
