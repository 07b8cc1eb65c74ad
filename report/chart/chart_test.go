package chart_test

import (
	"fmt"
	"image/color"
	"io"
	"math"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/plot/vg"

	"promisebench/report/chart"
	"promisebench/report/reporttest"
	"promisebench/report/stats"
	"promisebench/report/text"
	"promisebench/report/theme"
	"promisebench/report/unit"
)

// Looks of the charts of these tests.
func legacyLook() chart.Look {
	return chart.Look{Legend: "legacy await", Stroke: theme.Orange(), Fill: theme.PaleOrange()}
}
func optimizedLook() chart.Look {
	return chart.Look{Legend: "optimized await", Stroke: theme.Blue(), Fill: theme.Blue()}
}
func otherLook() chart.Look {
	return chart.Look{Legend: "inconclusive", Shape: chart.Triangle, Stroke: theme.Faint(), Fill: color.White}
}
func worseLook() chart.Look {
	return chart.Look{Legend: "worse from here on", Shape: chart.Square, Stroke: theme.Vermilion(), Fill: theme.Vermilion()}
}
func betterLook() chart.Look {
	return chart.Look{Legend: "better from here on", Stroke: theme.Green(), Fill: theme.Green(), Dashes: []vg.Length{3, 2}}
}

// samples returns the summary of n invented samples around a time in seconds.
func samples(rng *rand.Rand, n int, around float64) stats.Summary {
	values := make([]float64, n)
	for i := range values {
		values[i] = around * (1 + 0.03*rng.NormFloat64())
	}
	return stats.Median(values, unit.Time)
}

// A kind is a chart to invent.
type kind struct {
	names   []string // of engines
	samples int      // of a mark
	spread  float64  // factor between the fastest and the slowest
	words   string   // title, groups and whatever else is said
}

func (k kind) chart(id string, body chart.Body) *chart.Chart {
	return &chart.Chart{
		ID: id, Title: k.words + ": time per operation", Subtitle: "lower is better", Intro: "Median time, lower is better.",
		Caption: text.Joined("Mark: median", k.words), Reference: "article (2018, its machine)",
		Looks: []chart.Look{legacyLook(), optimizedLook(), otherLook(), worseLook(), betterLook()},
		Body:  body,
	}
}

// rows returns a chart with the axis of times, or of ratios.
func (k kind) rows(ratios bool) *chart.Chart {
	rng := rand.New(rand.NewPCG(1, 2))
	var body chart.Rows
	var shown []chart.Mark
	for i, style := range []string{"callback", k.words, "async"} {
		g := chart.Group{Title: style}
		for j, name := range k.names {
			row := chart.Row{Label: name}
			for mode, look := range []chart.Look{legacyLook(), optimizedLook()} {
				around := 45e-6 * math.Pow(k.spread, float64(i)/2) * float64(2-mode) * (1 + float64(j)/30)
				if ratios {
					around /= 50e-6
				}
				m := chart.Mark{Look: look, Summary: samples(rng, k.samples, around), Name: style + ", " + name + ", " + look.Legend}
				m.Text = m.String()
				if i == 2 && mode == 0 && j > 0 {
					m = chart.Mark{Look: look, Text: "legacy: timed out", Name: m.Name}
				} else if mode == 1 && !ratios {
					m.Reference = around * 1.2
				}
				row.Marks = append(row.Marks, m)
				if m.N > 0 {
					shown = append(shown, m)
				}
			}
			g.Rows = append(g.Rows, row)
		}
		body.Groups = append(body.Groups, g)
	}
	body.Axis = chart.TimeAxis(shown)
	if ratios {
		body.Axis = chart.RatioAxis("ratio optimized / legacy", shown)
		body.Axis.Band = &[2]float64{0.9, 1.1}
		body.Axis.Say = func(v float64) string { return "ratio " + text.ThreeDigits(v) }
	}
	return k.chart("rows", body)
}

func (k kind) columns() *chart.Chart {
	rng := rand.New(rand.NewPCG(3, 4))
	body := chart.Columns{AxisTitle: "ms per 10,000 operations", Scale: 1e-7, Heads: []string{"Node.js", "V8"},
		Say: func(v float64) string { return text.ThreeDigits(v/1e-7) + " ms" }}
	for _, style := range []string{"promise", k.words} {
		g := chart.ColumnGroup{Title: style}
		for i, name := range k.names {
			var col chart.Column
			col.Summary = samples(rng, k.samples, 1e-5*(1+k.spread*float64(i)/float64(len(k.names))))
			col.Text, col.Look, col.Reference = text.ThreeDigits(col.Center/1e-7), optimizedLook(), 1.1e-5
			if i == 1 {
				col.Mark = chart.Mark{Text: "–", Words: "not measured"}
			}
			col.Name = style + ", Node.js " + name
			col.Labels = []string{name, "8." + fmt.Sprint(i)}
			g.Columns = append(g.Columns, col)
		}
		body.Groups = append(body.Groups, g)
	}
	return k.chart("columns", body)
}

func (k kind) lines() *chart.Chart {
	rng := rand.New(rand.NewPCG(5, 6))
	var body chart.Lines
	for _, title := range []string{"hapi", k.words, "koa"} {
		p := chart.Panel{
			Title: title,
			X:     chart.Axis{Label: "requests that took no longer", Min: 1, Max: 3, Ticks: []float64{1, 2, 3}, Tick: func(v float64) string { return fmt.Sprint(100-math.Pow(10, 2-v), "%") }},
			Y:     chart.Axis{Log: true, Min: 5e-6, Max: 5e-3 * k.spread, Tick: text.Time},
		}
		for i, name := range k.names {
			l := chart.Line{Label: name, Kind: i, Words: title + ", " + name + ": 99% 1.2ms"}
			for x := 1.0; x <= 3; x++ {
				if x < 3 || i != 1 { // one ends before the others
					l.Points = append(l.Points, chart.Point{X: x, Summary: samples(rng, k.samples, 1e-5*x*x*x*(1+rng.Float64()))})
				}
			}
			p.Lines = append(p.Lines, l)
		}
		body.Panels = append(body.Panels, p)
	}
	return k.chart("lines", body)
}

// trend returns a chart of so many runs.
func (k kind) trend(runs int) *chart.Chart {
	rng := rand.New(rand.NewPCG(7, 8))
	body := chart.Trend{
		Run:   chart.Look{Legend: "median of a run", Stroke: theme.Blue(), Fill: theme.Blue()},
		Maybe: chart.Look{Legend: "where the change may be (95%)", Stroke: theme.PaleOrange(), Fill: theme.PaleOrange()},
		Flag:  chart.Look{Legend: "another version of the engine", Shape: chart.Triangle, Stroke: theme.Faint(), Fill: theme.Faint()},
	}
	for _, host := range []string{"A1: Xeon", k.words} {
		g := chart.TrendGroup{Title: host, Runs: runs, Noun: "run"}
		for i := range runs {
			g.Starts = append(g.Starts, fmt.Sprintf("2026-%02d-%02d", 1+i/28%12, 1+i%28))
		}
		for j, name := range k.names {
			p := chart.TrendPanel{Label: []string{name, "legacy"}, Words: fmt.Sprintf("%s on %s: %d runs", name, host, runs)}
			for i := range runs {
				around := 45e-6
				if i >= runs/2 {
					around *= 1.1
				}
				p.Points = append(p.Points, chart.TrendPoint{Slot: i, Summary: samples(rng, k.samples, around), Flag: i == runs/2 && i > 0,
					Href: "../2026-01-" + fmt.Sprint(i) + "/index.html", Text: k.words})
			}
			last := p.Points[runs-1]
			p.Last = []string{last.String()}
			if runs > 3 {
				look := []chart.Look{worseLook(), betterLook()}[j%2]
				p.Changes = []chart.Change{{At: runs / 2, From: runs/2 - 1, To: runs/2 + 1, Text: "+10% [+8%, +12%]", Look: look}}
				p.Levels = []chart.Level{{From: 0, To: runs / 2, Value: 45e-6}, {From: runs / 2, To: runs, Value: 49.5e-6}}
			}
			g.Panels = append(g.Panels, p)
		}
		body.Groups = append(body.Groups, g)
	}
	return k.chart("trend", body)
}

// charts returns a chart of each kind.
func (k kind) charts() []*chart.Chart {
	list := []*chart.Chart{k.rows(false), k.rows(true), k.columns(), k.lines(), k.trend(1), k.trend(24)}
	chart.UniqueIDs(list)
	return list
}

func typical() kind {
	return kind{names: []string{"goja", "sobek", "node10"}, samples: 9, spread: 1.5, words: "Doxbee"}
}

// texts returns what is written in a drawing.
func texts(svg string) []string {
	var list []string
	for _, match := range regexp.MustCompile(`<text [^>]*>([^<]*)</text>`).FindAllStringSubmatch(svg, -1) {
		list = append(list, match[1])
	}
	return list
}

func TestGolden(t *testing.T) {
	k := typical()
	for _, c := range []*chart.Chart{k.rows(false), k.columns(), k.lines(), k.trend(24)} {
		reporttest.Golden(t, c.ID+".svg", reporttest.SVG(t, c))
	}
}

// Who cannot see a chart is told its title and what it shows, as file and in a page.
func TestAccessibility(t *testing.T) {
	for _, c := range typical().charts() {
		var page strings.Builder
		if err := c.WriteInline(&page, new(theme.Sheet)); err != nil {
			t.Fatal(err)
		}
		for _, drawn := range []string{reporttest.SVG(t, c), page.String()} {
			for _, want := range []string{
				`role="img"`, fmt.Sprintf(`aria-labelledby="%s_title %[1]s_desc"`, c.ID),
				fmt.Sprintf(`<title id="%s_title">%s</title>`, c.ID, c.Title), fmt.Sprintf(`<desc id="%s_desc">%s</desc>`, c.ID, c.Description()),
			} {
				if !strings.Contains(drawn, want) {
					t.Errorf("%s: no %s", c.ID, want)
				}
			}
		}
	}
}

// An element of a page says the same as the file, at the same places, with classes
// that the sheet has, without anything that a strict policy forbids, and is smaller.
func TestInline(t *testing.T) {
	var sheet theme.Sheet
	place := regexp.MustCompile(` (?:x|y|d|cx|cy|r|href)="[^"]*"`)
	for _, c := range typical().charts() {
		var page strings.Builder
		if err := c.WriteInline(&page, &sheet); err != nil {
			t.Fatal(err)
		}
		file := reporttest.SVG(t, c)
		if page.Len() >= len(file) {
			t.Errorf("%s: %d bytes in a page, %d as a file", c.ID, page.Len(), len(file))
		}
		if !slices.Equal(texts(page.String()), texts(file)) || !slices.Equal(place.FindAllString(page.String(), -1), place.FindAllString(file, -1)) {
			t.Errorf("%s: the page shows something else than the file", c.ID)
		}
		for _, class := range regexp.MustCompile(` class="([^"]*)"`).FindAllStringSubmatch(page.String(), -1) {
			if !strings.Contains(sheet.CSS(), "."+class[1]+"{") {
				t.Errorf("%s: no class %s", c.ID, class[1])
			}
		}
		if found := regexp.MustCompile(` (style|xmlns|on\w+|fill|stroke|font-[a-z]+|width|height|transform)=`).FindString(page.String()); found != "" {
			t.Errorf("%s: %s in an element of a page", c.ID, found)
		}
	}
	rule := regexp.MustCompile(`^\.s\d+\{(((fill|stroke):(none|var\(--c[0-9A-F]{6},#[0-9A-F]{6}\))|[a-z-]+:[a-z0-9.,]+);)+\}$`)
	for line := range strings.Lines(sheet.CSS()) {
		if !rule.MatchString(strings.TrimSpace(line)) {
			t.Errorf("a rule is %q", line)
		}
	}
}

// Names from a stranger's file are text, wherever they stand.
func TestHostileNames(t *testing.T) {
	for _, name := range []string{
		"</text><script>alert(1)</script>", `"><a href="javascript:alert(1)">`, "]]>&amp;&lt;", "a\x00b\x1b[31m\u202ec", "\xff\xfe", strings.Repeat("W", 5000), "", " · · · ", "%s%d%!",
	} {
		k := typical()
		k.words, k.names = name, []string{name, name + "x"}
		for _, c := range k.charts() {
			drawn := reporttest.SVG(t, c)
			var page strings.Builder
			if err := c.WriteInline(&page, new(theme.Sheet)); err != nil {
				t.Fatal(err)
			}
			for _, bad := range []string{"<script", "javascript:alert(1)\">", "\x00", "\x1b", "\u202e"} {
				if strings.Contains(drawn+page.String(), bad) {
					t.Errorf("%s: %q is in the drawing of %.30q", c.ID, bad, name)
				}
			}
		}
	}
}

func TestLinksAreRelative(t *testing.T) {
	for href, ok := range map[string]bool{
		"../a/index.html": true, "a%20b/": true, "": true,
		"javascript:alert(1)": false, "//evil.example": false, "https://evil.example": false, "a b": false, `"`: false, "?q": false, "#f": false, "/etc": false,
	} {
		c := typical().trend(3)
		c.Body.(chart.Trend).Groups[0].Panels[0].Points[1].Href = href
		if err := c.WriteSVG(io.Discard); (err == nil) != ok {
			t.Errorf("%q: %v", href, err)
		}
	}
}

// A chart has a bound, whatever there is, and says what it leaves out.
func TestBounds(t *testing.T) {
	many := kind{samples: 1, spread: 1, words: "many"}
	for i := range 300 {
		many.names = append(many.names, fmt.Sprint("e", i))
	}
	few := typical()
	for _, test := range []struct {
		c    *chart.Chart
		says string
	}{
		{many.rows(false), "500 more rows are not shown, see the tables"},
		{many.columns(), "528 more columns are not shown, see the tables"},
		{many.lines(), "849 more lines are not shown, see the tables"},
		{many.trend(3), "560 more series not shown, see the tables"},
		{few.trend(170), "40 older runs not shown"},
	} {
		drawn := reporttest.SVG(t, test.c)
		if got := strings.Join(texts(drawn), " "); !strings.Contains(got, test.says) {
			t.Errorf("%s: no %q in %.200q", test.c.ID, test.says, got[len(got)-min(len(got), 200):])
		}
		if len(drawn) > 400_000 {
			t.Errorf("%s: %d bytes", test.c.ID, len(drawn))
		}
	}
}

func TestUniqueIDs(t *testing.T) {
	var list []*chart.Chart
	for _, id := range []string{"a", "a", "a-2", "a", "b"} {
		list = append(list, &chart.Chart{ID: id})
	}
	chart.UniqueIDs(list)
	var got []string
	for _, c := range list {
		got = append(got, c.ID)
	}
	if want := []string{"a", "a-2", "a-2-2", "a-3", "b"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestEmpty(t *testing.T) {
	reason := chart.Mark{Text: "timed out"}
	for _, body := range []chart.Body{
		chart.Rows{Axis: chart.Axis{Max: 1}, Groups: []chart.Group{{Title: "g", Rows: []chart.Row{{Label: "r", Marks: []chart.Mark{reason}}}}}},
		chart.Columns{Groups: []chart.ColumnGroup{{Columns: []chart.Column{{Mark: reason}}}}},
		chart.Columns{}, chart.Lines{Panels: []chart.Panel{{X: chart.Axis{Max: 1}, Y: chart.Axis{Max: 1}}}}, chart.Lines{}, chart.Trend{},
		chart.Trend{Groups: []chart.TrendGroup{{Runs: 3, Panels: []chart.TrendPanel{{Label: []string{"x"}}}}}},
	} {
		c := &chart.Chart{ID: "empty", Body: body}
		if !c.Empty() {
			t.Errorf("%T is not empty", body)
		}
		reporttest.SVG(t, c)
	}
	for _, c := range typical().charts() {
		if c.Empty() {
			t.Errorf("%s is empty", c.ID)
		}
	}
}
