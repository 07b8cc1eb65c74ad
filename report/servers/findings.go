package servers

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"promisebench/report/dataset"
	"promisebench/report/document"
	"promisebench/report/ranking"
	"promisebench/report/stats"
	"promisebench/report/text"
	"promisebench/report/unit"
)

// Findings are for the first screen of a page that has servers and nothing else: which
// answer the most requests, what others found out about that, whether memory grows,
// and how far the numbers can be trusted. Those with nothing to say have no answer.
func (s *Room) Findings(others ...document.Finding) []document.Finding {
	return slices.Concat([]document.Finding{s.fastest()}, others, []document.Finding{s.memory(), s.trust()})
}

// rankings compares the servers with the default load that same names alike, each by
// what tells it from the others. Engines take part with the await they come with.
func (s *Room) rankings(same, name func(dataset.Server) string) []ranking.Ranking {
	groups := make(map[string][]ranking.Entry)
	var order []string
	for _, c := range s.matrix.Servers {
		if c.Load != "" || c.Await != "" && c.Await != s.modes.Default(c.Engine) {
			continue
		}
		key := same(c.Server)
		if groups[key] == nil {
			order = append(order, key)
		}
		// The time between two answers, so that less is better, as in all rankings.
		seconds := make([]float64, len(c.Values[unit.Requests]))
		for i, v := range c.Values[unit.Requests] {
			seconds[i] = 1 / v
		}
		if time := s.results.Summarize(seconds, unit.Time); time.N > 0 {
			groups[key] = append(groups[key], ranking.Entry{Name: name(c.Server), Seconds: seconds, Time: time})
		}
	}
	var list []ranking.Ranking
	for _, key := range order {
		if len(groups[key]) > 1 {
			list = append(list, ranking.Of(dataset.Row{Label: text.Clip(key, 40)}, groups[key]))
		}
	}
	return list
}

func engineOf(s dataset.Server) string { return s.Engine }

func frameworkOf(s dataset.Server) string { return s.Framework }

// fastest says which engines and frameworks answer the most requests.
func (s *Room) fastest() document.Finding {
	f := document.Finding{Question: "Which servers answer the most requests?", Chapter: "servers", Link: "Every server"}
	engines, frameworks := s.rankings(frameworkOf, engineOf), s.rankings(engineOf, frameworkOf)
	switch {
	case len(engines) > 0:
		f.Answer = "Of the engines, " + ranking.Tally(engines, "framework") + "."
		f.Table = ranking.Table(f.Question, "framework", "most requests", engines)
		if len(frameworks) > 0 {
			f.Details = []string{"Of the frameworks, " + ranking.Tally(frameworks, "engine") + "."}
		}
	case len(frameworks) > 0:
		f.Answer = "Of the frameworks, " + ranking.Tally(frameworks, "engine") + "."
		f.Table = ranking.Table(f.Question, "engine", "most requests", frameworks)
	case len(s.matrix.Servers) > 0:
		f.Answer = "Nothing to compare: no two servers that share a framework or an engine have requests per second with the default load."
	}
	return f
}

// memory says whether the memory of servers grew in soak tests.
func (s *Room) memory() document.Finding {
	f := document.Finding{Question: "Does memory grow under load?", Chapter: "servers", Link: "Memory over time"}
	if len(s.soaks) == 0 {
		return f
	}
	grew, bounded := 0, 0
	for _, k := range s.soaks {
		what := fmt.Sprintf("%s on %s, %s minutes: ", text.Clip(k.Framework, 40), k.name, k.minutes())
		if !k.drift.bounded() {
			f.Details = append(f.Details, what+"too few readings.")
			continue
		}
		bounded++
		if k.drift.grew() {
			grew++
		}
		f.Details = append(f.Details, what+fmt.Sprintf("memory drifted by %s, %s.", k.drift, k.drift.verdict()))
	}
	switch {
	case bounded == 0:
		f.Answer = "Inconclusive: there are too few readings."
	case grew == 0:
		f.Answer = fmt.Sprintf("No growth was found in %s.", text.Count(bounded, "server"))
	default:
		f.Answer = fmt.Sprintf("Yes, in %d of %s, as long as the test lasted.", grew, text.Count(bounded, "server"))
	}
	f.Details = append(f.Details, "A heap may grow throughout a test and stop later. The interval is too narrow where memory moves slowly.")
	return f
}

// verdict says in words what a bounded drift means.
func (d drift) verdict() string {
	switch {
	case d.grew():
		return "so it grew, by " + text.Percent(d.growth) + " in all"
	case d.lo > 0:
		return "which is less than 1% in all"
	case d.hi < 0:
		return "so it shrank"
	}
	return "which is not distinguishable from none at 95%"
}

// trust says how far the numbers of servers can be trusted.
func (s *Room) trust() document.Finding {
	f := document.Finding{Question: "How sure are we?", Chapter: "conditions", Link: "Conditions"}
	var widths []float64
	unbounded, fewest, moving := 0, math.MaxInt, 0
	for _, c := range s.matrix.Servers {
		switch sum := s.matrix.CellSummary(c.Cell, unit.Requests); {
		case sum.N == 0:
		case sum.Bounded():
			fewest = min(fewest, sum.N)
			widths = append(widths, sum.Width())
		default:
			unbounded++
		}
		if sum := s.matrix.CellSummary(c.Cell, unit.NotSteady); sum.N > 0 && sum.Center > 0.5 {
			moving++
		}
	}
	switch {
	case len(widths)+unbounded == 0:
		return f
	case len(widths) == 0:
		f.Answer = fmt.Sprintf("Not at all: an interval needs %d samples, and no server has as many.", stats.MinBounded)
	default:
		slices.Sort(widths)
		f.Answer = fmt.Sprintf("The 95%% interval of requests per second is ±%s in the median case and ±%s in the worst, from %s or more each.",
			text.Percent(widths[len(widths)/2]), text.Percent(widths[len(widths)-1]), text.Count(fewest, "sample"))
		if unbounded > 0 {
			f.Details = append(f.Details, fmt.Sprintf("%s %s fewer than %d samples, so no interval.", text.Count(unbounded, "server"), text.Verb(unbounded, "has", "have"), stats.MinBounded))
		}
	}
	if moving > 0 {
		f.Details = append(f.Details, fmt.Sprintf("%s %s still getting faster or slower while measured (not steady), in most samples; a longer --warmup helps those that get faster.",
			text.Count(moving, "server"), text.Verb(moving, "was", "were")))
	}
	if s.results.Ours() {
		f.Details = append(f.Details, "Every answer was checked, byte by byte; a wrong one would be a failure, and no number.")
	}
	f.Details = append(f.Details, text.NotEmpty(s.bottleneck())...)
	return f
}

// bottleneck says what kept servers from answering more, as far as CPU times tell
// it; "" if they do not.
func (s *Room) bottleneck() string {
	least, busiest, leastAt := math.Inf(1), 0.0, ""
	for _, c := range s.matrix.Servers {
		rate := s.matrix.CellSummary(c.Cell, unit.Requests)
		cpu, load := s.matrix.CellSummary(c.Cell, unit.CPU), s.matrix.CellSummary(c.Cell, unit.LoadCPU)
		if rate.N == 0 || cpu.N == 0 || load.N == 0 {
			continue
		}
		busiest = max(busiest, rate.Center*load.Center)
		if share := rate.Center * cpu.Center; share < least {
			least, leastAt = share, text.Clip(c.Framework, 40)+" on "+c.Where()
		}
	}
	const busy = 0.95
	switch {
	case leastAt == "" || !pinned(s.results):
		return ""
	case least >= busy:
		return fmt.Sprintf("Each server kept its CPU busy, and the load needed at most %s of its own: the servers were the bottleneck.", text.Percent(busiest))
	}
	return fmt.Sprintf("Not every server kept its CPU busy: %s only for %s of the time. The bottleneck there was something else, such as the round trip, "+
		"the load (which needed at most %s of its CPU), or other work on the machine.", leastAt, text.Percent(least), text.Percent(busiest))
}

// pinned reports whether load and servers had CPUs of their own, so that their CPU
// times say how busy these were.
func pinned(r *dataset.Results) bool {
	if said := r.Condition(dataset.Pinned); said != "" {
		return said == "yes"
	}
	// Records from before 2026-11-21 say it in words only.
	return strings.HasPrefix(r.Condition(dataset.Pinning), "load on CPU")
}
