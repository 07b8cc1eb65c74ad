package ladder

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"promisebench/report/document/documenttest"
	"promisebench/report/reporttest"
)

// climbed is the report of a simulated ladder: a benchmark that got slower by a tenth at
// the twelfth of thirty versions, and one that did not.
func climbed(name func(string) string) *Report {
	random := rand.New(rand.NewPCG(2, 4))
	var versions []Version
	logs := make([][][]float64, 2)
	for v := range 30 {
		versions = append(versions, Version{Name: name(fmt.Sprintf("7.%d.0", v)), What: name(fmt.Sprintf("node@7.%d.0", v))})
		for i := range logs {
			var list []float64
			for range 5 {
				mean := 0.0
				if i == 0 && v < 12 {
					mean = -math.Log(1.1)
				}
				list = append(list, mean+0.02*random.NormFloat64())
			}
			switch v {
			case 29:
				list = []float64{0}
			case 17:
				list = nil
			}
			logs[i] = append(logs[i], list)
		}
	}
	r := New(versions, 29, []string{name("Doxbee/style=async/engine=node"), name("Parallel/style=async/engine=node")}, logs)
	r.Skipped = map[int]error{17: errors.New(name("it crashes"))}
	r.Command = name("promisebench ladder node")
	return r
}

func TestLadder(t *testing.T) {
	r := climbed(func(s string) string { return s })
	if len(r.series[0].changes.Changes) != 1 || r.series[0].at[r.series[0].changes.Changes[0].At] != 12 || len(r.series[1].changes.Changes) != 0 {
		t.Errorf("%+v", r.series)
	}
	d := r.Document()
	if want := "7.0.0 … 7.29.0: 1 change"; d.Title != want {
		t.Errorf("%s, want %s", d.Title, want)
	}
	all := reporttest.Everything(t, d)
	for _, want := range []string{"7.12.0", "it crashes", "each measured in pairs with node@7.29.0"} {
		if !strings.Contains(all, want) {
			t.Errorf("%q is missing", want)
		}
	}
	reporttest.Golden(t, "changes.tables", reporttest.Tables(t, d.Chapters[1].Tables[0]))
	reporttest.Golden(t, "ladder.svg", reporttest.SVG(t, d.Charts()[0]))
}

func TestHostile(t *testing.T) {
	for _, h := range reporttest.Hostile() {
		documenttest.CheckPage(t, reporttest.Everything(t, climbed(func(s string) string { return h + s }).Document()))
	}
}
