package chart_test

import (
	"strings"
	"testing"

	"promisebench/report/chart"
	"promisebench/report/stats"
	"promisebench/report/text"
	"promisebench/report/unit"
)

// What is read aloud has all numbers, each with its interval, and says why one is
// missing.
func TestDescription(t *testing.T) {
	nine := stats.Median([]float64{1e-5, 2e-5, 3e-5, 4e-5, 5e-5, 6e-5, 7e-5, 8e-5, 9e-5}, unit.Time)
	marks := []chart.Mark{
		{Name: "async, goja", Summary: nine},
		{Name: "async, sobek", Summary: stats.Median([]float64{1e-3, 2e-3}, unit.Time)},
		{Summary: nine, Text: "not read"},
		{Name: "async, node8", Text: "timed out"},
		{Name: "async, node10", Summary: nine, Words: "ratio 0.4 (95% interval 0.3 to 0.5)"},
		{Name: "async, node7", Summary: nine, Reference: 3e-4},
		{Name: "async, node9", Text: "–", Words: "not measured", Reference: 3e-4, Summary: stats.Summary{Unit: unit.Time}},
	}
	said := []string{
		"async, goja: 50.00µs (95% interval 20.00µs to 80.00µs)", "async, sobek: 1.500ms", "async, node8: timed out",
		"async, node10: ratio 0.4 (95% interval 0.3 to 0.5)",
		"async, node7: 50.00µs (95% interval 20.00µs to 80.00µs), article 300.0µs", "async, node9: not measured, article 300.0µs",
	}
	ms := strings.NewReplacer("50.00µs", "50.0 µs", "20.00µs", "20.0 µs", "80.00µs", "80.0 µs", "1.500ms", "1500 µs", "300.0µs", "300 µs")
	say := func(v float64) string { return text.ThreeDigits(v*1e6) + " µs" }
	rows := func(say func(float64) string) chart.Body {
		return chart.Rows{Axis: chart.Axis{Max: 1, Say: say}, Groups: []chart.Group{{Rows: []chart.Row{{Marks: marks[:2]}, {Marks: marks[2:]}}}}}
	}
	columns := func(say func(float64) string) chart.Body {
		g := chart.ColumnGroup{}
		for _, m := range marks {
			g.Columns = append(g.Columns, chart.Column{Mark: m})
		}
		return chart.Columns{Say: say, Groups: []chart.ColumnGroup{g}}
	}
	plain := "Times. " + strings.Join(said, "; ") + "."
	for name, test := range map[string]struct {
		body chart.Body
		want string
	}{
		"rows":                    {rows(nil), plain},
		"rows that say":           {rows(say), strings.ReplaceAll(ms.Replace(plain), "1500 µs", text.ThreeDigits(1500)+" µs")},
		"columns":                 {columns(nil), plain},
		"columns that say":        {columns(say), ms.Replace(plain)},
		"lines":                   {chart.Lines{Panels: []chart.Panel{{Lines: []chart.Line{{Words: "one", Points: make([]chart.Point, 1)}, {}, {Words: "no points"}}}}}, "Times. one."},
		"trend":                   {chart.Trend{Groups: []chart.TrendGroup{{Panels: []chart.TrendPanel{{Words: "one"}, {}, {Words: "two"}}}}}, "Times. one; two."},
		"nothing that has a name": {chart.Rows{}, "Times."},
	} {
		c := &chart.Chart{Intro: "Times.", Reference: "article (2018, its machine)", Body: test.body}
		if got := c.Description(); got != test.want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, test.want)
		}
	}
}

// A hundred numbers are more than anybody listens to, and what has no room in the
// drawing is among them.
func TestDescriptionIsBounded(t *testing.T) {
	k := kind{samples: 1, spread: 1, words: "many"}
	for i := range 200 {
		k.names = append(k.names, "e"+strings.Repeat("x", i%7))
	}
	c := k.columns()
	words := c.Description()
	if !strings.HasSuffix(words, ". And 300 more, in the tables.") || strings.Count(words, ";") != 99 {
		t.Errorf("%d items, ending with %q", 1+strings.Count(words, ";"), words[len(words)-60:])
	}
}

// Who cannot see a chart is told its numbers: those that stand beside the marks are
// in the description.
func TestDescriptionsHoldTheNumbers(t *testing.T) {
	for _, c := range []*chart.Chart{typical().rows(false), typical().columns()} {
		var marks []chart.Mark
		switch b := c.Body.(type) {
		case chart.Rows:
			for _, g := range b.Groups {
				for _, r := range g.Rows {
					marks = append(marks, r.Marks...)
				}
			}
		case chart.Columns:
			for _, g := range b.Groups {
				for _, col := range g.Columns {
					marks = append(marks, col.Mark)
				}
			}
		}
		for _, m := range marks {
			if number, _, _ := strings.Cut(m.Text, " "); m.N > 0 && !strings.Contains(c.Description(), number) {
				t.Errorf("%s: no %s in the description", c.ID, number)
			}
		}
	}
}
