package gate_test

import (
	"strings"
	"testing"
	"time"

	"promisebench/bench/gate"
)

// The intervals are those of binom.test in R.
func TestCalibration(t *testing.T) {
	for _, c := range []struct{ injected, want string }{
		{"", `false alarms (gate runs that called something regressed, with the same on both sides): 1 of 4 (95% interval 0.6% to 80.6%)
  regressed     2 of 6 benchmarks
  unchanged     4 of 6 benchmarks
1.5s for each benchmark
`},
		{"2%", `gate runs that found the 2% that head was slowed down by: 1 of 4 (95% interval 0.6% to 80.6%)
benchmarks in which it was found: 2 of 6 (95% interval 4.3% to 77.7%)
  regressed     2 of 6 benchmarks
  unchanged     4 of 6 benchmarks
1.5s for each benchmark
`},
	} {
		cal := gate.Calibration{Verdicts: []string{"regressed", "unchanged"}, Alarm: "regressed", Injected: c.injected}
		for _, trial := range []string{"unchanged unchanged", "regressed regressed", "unchanged unchanged", ""} {
			cal.Add(gate.Trial{Verdicts: strings.Fields(trial), Broken: trial == ""})
		}
		var text strings.Builder
		if err := cal.Write(&text, 9*time.Second); err != nil || text.String() != c.want {
			t.Errorf("%v, got\n%s\nwant\n%s", err, &text, c.want)
		}
		if cal.Trials != 4 || cal.Alarms != 1 || cal.Broken != 1 {
			t.Errorf("%+v", cal)
		}
	}
}
