package text

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
)

// Number writes a value without the noise of binary fractions, in at most six
// significant digits.
func Number(v float64) string { return strconv.FormatFloat(v, 'g', 6, 64) }

// ThreeDigits writes a positive value with three significant digits, and without
// an exponent where one can do without.
func ThreeDigits(v float64) string {
	if v >= 1e6 || v < 1e-6 {
		return strconv.FormatFloat(v, 'g', 3, 64)
	}
	digits := 2 - int(math.Floor(math.Log10(v)))
	return strconv.FormatFloat(v, 'f', max(0, digits), 64)
}

// Percent writes the size of a share, such as "26%" of -0.26, with two
// significant digits or so.
func Percent(share float64) string {
	switch v := 100 * math.Abs(share); {
	case v == 0:
		return "0%"
	case v >= 1e4 || v < 0.01:
		return fmt.Sprintf("%.3g%%", v)
	case v >= 10:
		return fmt.Sprintf("%.0f%%", v)
	case v >= 1:
		return fmt.Sprintf("%.1f%%", v)
	default:
		return fmt.Sprintf("%.2f%%", v)
	}
}

// Change writes a ratio as the change it is, such as "-26%", with two significant
// digits or so.
func Change(ratio float64) string {
	if ratio < 1 {
		return "-" + Percent(ratio-1)
	}
	return "+" + Percent(ratio-1)
}

// ShortChange is Change without the percent sign, for the ends of an interval.
func ShortChange(ratio float64) string { return strings.TrimSuffix(Change(ratio), "%") }

// Interval writes a value with its interval, such as "+8% [+7%, +9%]".
func Interval(write func(float64) string, center, lo, hi float64) string {
	return fmt.Sprintf("%s [%s, %s]", write(center), write(lo), write(hi))
}

// ChangeTenths writes a ratio as a change in tenths of a percent, such as "-26.0%".
func ChangeTenths(ratio float64) string { return fmt.Sprintf("%+.1f%%", 100*(ratio-1)) }

// ChangeHundredths writes a ratio as a change in hundredths of a percent, such as
// "+1.02%".
func ChangeHundredths(ratio float64) string {
	change := 100 * (ratio - 1)
	if math.Abs(change) < 0.005 {
		return "0.00%" // and not "-0.00%"
	}
	return fmt.Sprintf("%+.2f%%", change)
}

// PValue writes a p-value in four decimals.
func PValue(p float64) string {
	switch {
	case p < 1e-4:
		return "<0.0001"
	case p == 1:
		return "1"
	}
	return strconv.FormatFloat(p, 'f', 4, 64)
}

// TimeUnit returns the unit of time for values up to hi seconds, and how many
// seconds it has.
func TimeUnit(hi float64) (seconds float64, name string) {
	switch {
	case hi >= 1:
		return 1, "s"
	case hi >= 1e-3:
		return 1e-3, "ms"
	case hi >= 1e-6:
		return 1e-6, "µs"
	}
	return 1e-9, "ns"
}

// Time writes a round number of seconds, such as "20 µs".
func Time(seconds float64) string {
	scale, name := TimeUnit(seconds * 1.0001) // 1e-3 may come out as 0.00099999…
	return Number(seconds/scale) + " " + name
}

var pseudoVersion = regexp.MustCompile(`\bv[\d.]+-(?:\S*\.)?(\d{4})(\d\d)(\d\d)\d{6}-([0-9a-f]{7})[0-9a-f]*\b`)

// Version shortens a version to what identifies it, in at most n characters: of a
// Go pseudo-version the date and the commit, wherever in it that stands.
func Version(v string, n int) string {
	return Clip(strings.Join(strings.Fields(pseudoVersion.ReplaceAllString(Clip(v, 300), "$1-$2-$3 $4")), " "), n)
}
