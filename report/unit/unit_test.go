package unit_test

import (
	"math"
	"slices"
	"testing"

	"promisebench/report/unit"
)

func TestSort(t *testing.T) {
	set := map[string]bool{"zz": true, "allocs/op": true, "aa": true, "sec/op": true, "ticks/op": true}
	if got, want := unit.Sort(set), []string{"sec/op", "ticks/op", "allocs/op", "aa", "zz"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if len(set) != 5 {
		t.Error("the set was changed")
	}
}

func TestUnits(t *testing.T) {
	for _, test := range []struct {
		v           float64
		name        string
		title, text string
		possible    bool
	}{
		{45.01e-6, unit.Time, "Time per operation", "45.01µs", true},
		{0, unit.Time, "Time per operation", "0.000s", false},
		{0, unit.Allocs, "Allocations per operation", "0.000", true},
		{-4, unit.Allocs, "Allocations per operation", "-4.000", false},
		{0, unit.Requests, "req/s", "0.000", false},
		{0, "p99.9-sec", "p99.9-sec", "0.000s", false},
		{1536, unit.Bytes, "Bytes allocated per operation", "1.500KiB", true},
		{1536, unit.RSS, "RSS-bytes", "1.500KiB", true},
		{1e300, "x/op", "x/op", "1e+288T", false},
		{math.NaN(), "x/op", "x/op", "NaN", false},
	} {
		if got := unit.Title(test.name); got != test.title {
			t.Errorf("%s: title %q, want %q", test.name, got, test.title)
		}
		if got := unit.Format(test.v, test.name); got != test.text && !math.IsNaN(test.v) && test.v < 1e100 {
			t.Errorf("%v %s: %q, want %q", test.v, test.name, got, test.text)
		}
		if got := unit.Possible(test.v, test.name); got != test.possible {
			t.Errorf("%v %s: possible %v", test.v, test.name, got)
		}
	}
	if digits, ok := unit.Percentile("p99.9-sec"); !ok || digits != "99.9" {
		t.Errorf("got %q, %v", digits, ok)
	}
}
