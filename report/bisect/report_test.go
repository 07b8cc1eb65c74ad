package bisect

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"promisebench/report/document"
	"promisebench/report/document/documenttest"
	"promisebench/report/reporttest"
)

// searched is the report of a simulated search among commits: a step in one benchmark,
// none in another, and a tick more.
func searched(t *testing.T, name func(string) string) *Report {
	t.Helper()
	random := rand.New(rand.NewPCG(1, 9))
	levels := [][]float64{steps(33, 1.08, 20), steps(33, 1)}
	s := &Search{
		Points: 33, Series: 2, Sure: 0.99, Budget: 200 * time.Second,
		Cost: func(c Candidate) time.Duration { return time.Duration(c.Pairs) * time.Second },
		Measure: func(_ context.Context, c Candidate) (Taken, error) {
			if c.New == 16 {
				return Taken{}, Skip{16, errors.New(name("it does not build"))}
			}
			taken := Taken{Took: time.Duration(c.Pairs) * time.Second}
			for _, l := range levels {
				var logs []float64
				for range c.Pairs {
					logs = append(logs, l[c.New]-l[c.Old]+random.NormFloat64()*0.01)
				}
				taken.Logs = append(taken.Logs, logs)
			}
			return taken, nil
		},
	}
	parts, err := s.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r := &Report{Sure: 0.99, Skipped: s.Skipped(), Spent: s.Spent(), Facts: []document.Fact{{Name: "cpu", Value: name("a CPU")}}, Command: name("promisebench bisect")}
	for i := range s.Points {
		r.Points = append(r.Points, Point{Name: name(fmt.Sprintf("c%03d", i)), Title: name(fmt.Sprintf("change %d", i)), What: name(fmt.Sprintf("goja=../clone@c%03d", i))})
	}
	for i, story := range s.Stories(parts) {
		r.Series = append(r.Series, Series{Benchmark: name([]string{"Doxbee/style=async/engine=goja", "Parallel/style=async/engine=goja"}[i]), Unit: "sec/op", Story: story, Levels: s.Levels(i)})
	}
	ticks := Exact{Points: 33, Values: map[int]float64{}}
	for {
		at, open := ticks.Next(r.Skipped)
		if !open {
			break
		}
		ticks.Values[at] = 3
		if at >= 28 {
			ticks.Values[at] = 4
		}
	}
	series := Series{Benchmark: name("Doxbee/style=async/engine=goja"), Unit: "ticks/op", Exact: true}
	series.Steps = ticks.Steps(r.Skipped)
	for _, at := range slices.Sorted(maps.Keys(ticks.Values)) {
		v := ticks.Values[at]
		series.Levels = append(series.Levels, Level{Point: at, Ratio: v / 3, Lo: v / 3, Hi: v / 3, Pairs: 1})
	}
	r.Series = append(r.Series, series)
	return r
}

func same(s string) string { return s }

func TestReport(t *testing.T) {
	r := searched(t, same)
	d := r.Document()
	if want := "c000 … c032: 3 → 4 ticks/op at c028, and 1 change more"; r.Title() != want {
		t.Errorf("%s, want %s", r.Title(), want)
	}
	if err := r.Err(); !errors.Is(err, ErrRegressed) {
		t.Error(err)
	}
	all := reporttest.Everything(t, d)
	for _, want := range []string{"change 20", "gate goja=../clone@c027 goja=../clone@c028", "it does not build", "99% sure"} {
		if !strings.Contains(all, want) {
			t.Errorf("%q is missing", want)
		}
	}
	reporttest.Golden(t, "bisect.tables", reporttest.Tables(t, d.Chapters[1].Tables[0]))
	for _, c := range d.Charts() {
		reporttest.Golden(t, c.ID+".svg", reporttest.SVG(t, c))
	}
	var b strings.Builder
	if err := r.WriteJSON(&b); err != nil || !json.Valid([]byte(b.String())) {
		t.Errorf("%v: %s", err, b.String())
	}
	reporttest.Golden(t, "bisect.json", b.String())
}

func TestHostile(t *testing.T) {
	for _, h := range reporttest.Hostile() {
		documenttest.CheckPage(t, reporttest.Everything(t, searched(t, func(s string) string { return h + s }).Document()))
	}
}

// What is sure and nothing, and what is not, are different ends.
func TestEnds(t *testing.T) {
	points := []Point{{Name: "a"}, {Name: "b"}, {Name: "c"}}
	for want, s := range map[error]Story{
		nil:          {Rest: []Rest{{0, 2, 0.995}}},
		ErrUndecided: {Rest: []Rest{{0, 2, 0.9}}},
		ErrRegressed: {Steps: []Step{{Range: Range{1, 1}, Ratio: 1.02}}, Rest: []Rest{{1, 2, 0.2}}},
	} {
		r := &Report{Points: points, Sure: 0.99, Series: []Series{{Benchmark: "X", Unit: "sec/op", Story: s}}}
		if err := r.Err(); !errors.Is(err, want) {
			t.Errorf("%+v: %v, want %v", s, err, want)
		}
	}
	better := &Report{Points: points, Sure: 0.99, Series: []Series{{Unit: "sec/op", Story: Story{Steps: []Step{{Range: Range{1, 1}, Ratio: 0.9}}}}}}
	if err := better.Err(); err != nil {
		t.Errorf("an improvement: %v", err)
	}
}

// Both sides of a step are searched: of two steps both are found.
func TestStories(t *testing.T) {
	right := 0
	for seed := range uint64(3) {
		sim := &simulation{levels: steps(64, 1.05, 10, 50), pair: 0.01, random: rand.New(rand.NewPCG(5, seed))}
		s := sim.search(800 * time.Second)
		parts, err := s.Run(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		story := s.Stories(parts)[0]
		var at []Range
		for _, step := range story.Steps {
			at = append(at, step.Range)
			if step.Lo > 1.05 || step.Hi < 1.05 || step.Hi/step.Lo > 1.04 {
				t.Logf("seed %d: step %+v", seed, step)
			}
		}
		if len(at) == 2 && at[0] == (Range{10, 10}) && at[1] == (Range{50, 50}) && story.Sure(0.99) {
			right++
		} else {
			t.Logf("seed %d: %+v %+v, %d pairs, %v", seed, story.Steps, story.Rest, story.Pairs, s.Spent())
		}
	}
	if right < 2 {
		t.Errorf("%d of 3 found both", right)
	}
}

// Levels are what was simulated, within their intervals nineteen times of twenty.
func TestLevels(t *testing.T) {
	in, all := 0, 0
	for seed := range uint64(12) {
		sim := &simulation{levels: steps(64, 1.05, 30), pair: 0.02, random: rand.New(rand.NewPCG(3, seed))}
		s := sim.search(60 * time.Second)
		if _, err := s.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, l := range s.Levels(0)[1:] {
			want := 1.0
			if l.Point >= 30 {
				want = 1.05
			}
			all++
			if l.Lo <= want && want <= l.Hi {
				in++
			}
		}
	}
	if share := float64(in) / float64(all); share < 0.85 {
		t.Errorf("%d of %d levels within their intervals", in, all)
	}
}
