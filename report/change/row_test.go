package change

import (
	"math"
	"strings"
	"testing"

	"promisebench/report/gate"
)

// Each verdict has its reason, and what is claimed is what the numbers say.
func TestReasons(t *testing.T) {
	paired, unpaired := gate.Rules{MinEffect: 0.005, Equivalence: 0.01}, gate.Rules{Equivalence: 0.01, Allowance: 0.06}
	for _, test := range []struct {
		r    Row
		want string
	}{
		{Row{Row: gate.Row{Kind: gate.Exact}, Decision: gate.Decision{Ratio: 1, Verdict: gate.Unchanged}}, "exactly the same"},
		{Row{Row: gate.Row{Kind: gate.Exact, Rules: gate.Rules{Tolerance: 0.0002}}, Decision: gate.Decision{Ratio: 1.0001, Verdict: gate.Unchanged}},
			"differs by less than the tolerance of 0.02%"},
		{Row{Row: gate.Row{Kind: gate.Exact}, Decision: gate.Decision{Ratio: 1.1, Verdict: gate.Regressed}}, "exact: does not vary"},
		{Row{Row: gate.Row{Rules: paired}, Decision: gate.Decision{Ratio: 1.02, Lo: 1.01, Hi: 1.03, N: 22, P: 0.0002, Verdict: gate.Regressed}},
			"significant, and at least 0.5% (p 0.0002, 22 pairs)"},
		{Row{Row: gate.Row{Rules: paired}, Decision: gate.Decision{Ratio: 1.004, Lo: 1.001, Hi: 1.012, N: 56, P: 0.001, Verdict: gate.Inconclusive}},
			"significant, but less than the minimum effect of 0.5%, and the interval reaches beyond ±1%"},
		{Row{Row: gate.Row{Rules: paired}, Decision: gate.Decision{Ratio: 1.02, Lo: 1.001, Hi: 1.04, N: 22, P: 0.03, Verdict: gate.Inconclusive}},
			"not significant: p must be at most 1% (p 0.0300, 22 pairs)"},
		{Row{Row: gate.Row{Rules: paired}, Decision: gate.Decision{Ratio: 1.02, Lo: 0.98, Hi: 1.04, N: 22, P: 0.5, Verdict: gate.Inconclusive}},
			"the interval contains no change, and reaches beyond ±1%"},
		{Row{Row: gate.Row{Kind: gate.Unpaired, Rules: unpaired}, Decision: gate.Decision{Ratio: 1.08, Lo: 1.05, Hi: 1.11, N: 9, P: 1, Verdict: gate.Inconclusive}},
			"not significantly beyond the allowance of 6% (p 1, 9 samples)"},
		{Row{Row: gate.Row{Kind: gate.Unpaired, Rules: unpaired}, Decision: gate.Decision{Ratio: 1.2, N: 9, Verdict: gate.Regressed}},
			"significant beyond the allowance of 6%"},
		{Row{Row: gate.Row{Rules: paired, Layouts: 28}, Decision: gate.Decision{Ratio: 1.02, Lo: 1.01, Hi: 1.03, N: 22, P: 0.0002, Verdict: gate.Regressed}},
			"significant, and at least 0.5% (p 0.0002, 22 pairs of 22 layouts a side)"},
		{Row{Row: gate.Row{Kind: gate.Counted, Rules: gate.Rules{Tolerance: 0.003}}, Decision: gate.Decision{Ratio: 1.004, Lo: 1.002, Hi: 1.006, N: 3, Verdict: gate.Regressed}},
			"beyond the tolerance of 0.3%, and the interval excludes no change (counted 3 times a side)"},
		{Row{Row: gate.Row{Kind: gate.Counted, Rules: gate.Rules{Tolerance: 0.003}}, Decision: gate.Decision{Ratio: 1.001, Lo: 0.999, Hi: 1.003, N: 2, Verdict: gate.Unchanged}},
			"within the tolerance of 0.3% (counted 2 times a side)"},
		{Row{Decision: gate.Decision{Ratio: math.NaN(), Why: "3 of the 11 pairs of the first look"}}, "3 of the 11 pairs of the first look"},
	} {
		if got := test.r.reason(0.01); !strings.HasPrefix(got, test.want) {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}
