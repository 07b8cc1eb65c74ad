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
		{"", `false alarms (gate runs that called something regressed, with the same on both sides): 2 of 4 (95% interval 6.8% to 93.2%)
  sec/op           2 regressed, 4 unchanged of 6 benchmarks
  instructions/op  1 regressed, 1 unchanged of 2 benchmarks
3.5s for each benchmark: 500ms linking, 1s counting instructions, 2s measuring
`},
		{"2%", `gate runs that found the 2% that head was slowed down by, with the same on both sides: 2 of 4 (95% interval 6.8% to 93.2%)
benchmarks in which it was found: 3 of 6 (95% interval 11.8% to 88.2%)
  sec/op           2 regressed, 4 unchanged of 6 benchmarks
  instructions/op  1 regressed, 1 unchanged of 2 benchmarks
3.5s for each benchmark: 500ms linking, 1s counting instructions, 2s measuring
`},
	} {
		cal := gate.Calibration{Verdicts: []string{"regressed", "unchanged"}, Alarm: "regressed", Injected: c.injected, Head: "the same on both sides"}
		for _, trial := range []gate.Trial{
			{Rows: []gate.Judged{{"a", "sec/op", "unchanged"}, {"b", "sec/op", "unchanged"}}},
			{Rows: []gate.Judged{{"a", "sec/op", "regressed"}, {"b", "sec/op", "regressed"}}},
			{Rows: []gate.Judged{{"a", "sec/op", "unchanged"}, {"b", "sec/op", "unchanged"}, {"a", "instructions/op", "regressed"}, {"b", "instructions/op", "unchanged"}}},
			{Broken: true},
		} {
			cal.Add(trial)
		}
		var text strings.Builder
		took := gate.Spent{Linking: 3 * time.Second, Counting: 6 * time.Second, Measuring: 12 * time.Second}
		if err := cal.Write(&text, took); err != nil || text.String() != c.want {
			t.Errorf("%v, got\n%s\nwant\n%s", err, &text, c.want)
		}
		if cal.Trials != 4 || cal.Alarms != 2 || cal.Broken != 1 {
			t.Errorf("%+v", cal)
		}
	}
}
