package report

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// This file says in sentences what the results of HTTP servers mean.

// serverAnswers returns the answers for the first screen of a page that has
// servers and nothing else.
func (f figures) serverAnswers() []answer {
	return slices.DeleteFunc([]answer{f.mostRequestsAnswer(), f.newerAnswer(), f.soakAnswer(), f.serversSureAnswer()}, func(a answer) bool { return a.First == "" })
}

// serverContests compares the servers with the usual load that same names alike,
// each by what tells it from the others.
func (f figures) serverContests(same, name func(server) string) []contest {
	groups := make(map[string][]contender)
	var order []string
	for _, s := range f.m.servers {
		if modes := f.modes(s.engine); s.load != "" || s.await != "" && (len(modes) == 0 || modes[0] != s.await) {
			continue
		}
		key := same(s.server)
		if groups[key] == nil {
			order = append(order, key)
		}
		// The time between two answers, so that less is better, as elsewhere.
		seconds := make([]float64, len(s.values[requests]))
		for i, v := range s.values[requests] {
			seconds[i] = 1 / v
		}
		if time := f.summarize(seconds, "sec/op"); time.n > 0 {
			groups[key] = append(groups[key], contender{name: name(s.server), seconds: seconds, time: time})
		}
	}
	var list []contest
	for _, key := range order {
		if len(groups[key]) > 1 {
			list = append(list, judge(row{label: clip(key, 40)}, groups[key]))
		}
	}
	return list
}

func byEngine(s server) string { return s.engine }

func byName(s server) string { return s.framework }

// mostRequestsAnswer says who answers most requests.
func (f figures) mostRequestsAnswer() answer {
	a := answer{Question: "Who answers the most requests?", More: "servers", Link: "Every server"}
	engines, frameworks := f.serverContests(byName, byEngine), f.serverContests(byEngine, byName)
	switch {
	case len(engines) > 0:
		a.First = "Of the engines, " + tally(engines, "framework") + "."
		a.Table = f.firstTable(a.Question, "framework", "most requests", engines)
		if len(frameworks) > 0 {
			a.Rest = []string{"Of the frameworks, " + tally(frameworks, "engine") + "."}
		}
	case len(frameworks) > 0:
		a.First = "Of the frameworks, " + tally(frameworks, "engine") + "."
		a.Table = f.firstTable(a.Question, "engine", "most requests", frameworks)
	case len(f.m.servers) > 0:
		a.First = "That cannot be told: no two servers that share a framework or an engine have requests per second with the usual load."
	}
	return a
}

// newerAnswer says what the article's versions of Node.js brought.
func (f figures) newerAnswer() answer {
	a := answer{Question: fmt.Sprintf("What did Node.js %d bring over %d?", newest, oldest), More: "article", Link: "The article's figure"}
	var least, most ratio
	var leastAt, mostAt string
	for _, s := range articleServers() {
		old, _ := f.on(s.framework, fmt.Sprintf("node%d", oldest))
		new, _ := f.on(s.framework, fmt.Sprintf("node%d", newest))
		if r := ratioOf(old, new); r.bounded() {
			if least.n == 0 || r.Center < least.Center {
				least, leastAt = r, s.framework
			}
			if most.n == 0 || r.Center > most.Center {
				most, mostAt = r, s.framework
			}
			a.Rest = append(a.Rest, fmt.Sprintf("%s: %s times as many requests; %s in the article.", s.framework, r.String(), threeDigits(s.node[newest-oldest]/s.node[0])))
		}
	}
	switch {
	case len(a.Rest) == 0:
	case leastAt == mostAt:
		a.First = fmt.Sprintf("%s times as many requests, with %s.", threeDigits(most.Center), mostAt)
	default:
		a.First = fmt.Sprintf("From %s (%s) to %s (%s) times as many requests.", threeDigits(least.Center), leastAt, threeDigits(most.Center), mostAt)
	}
	return a
}

// soakAnswer says whether a long time under load made servers grow.
func (f figures) soakAnswer() answer {
	a := answer{Question: "Does memory grow under load?", More: "servers", Link: "Memory over time"}
	grew, told := 0, 0
	list := f.soaks()
	for _, k := range list {
		what := fmt.Sprintf("%s on %s, %s minutes: ", clip(k.framework, 40), k.name, k.minutes())
		verdict := "which cannot be told from none"
		switch {
		case !k.drift.told():
			a.Rest = append(a.Rest, what+"too few readings.")
			continue
		case k.drift.grew():
			verdict = "so it grew while it was watched, by " + percent(k.drift.growth)
			grew++
		case k.drift.lo > 0:
			verdict = "which is less than 1 % in all"
		case k.drift.hi < 0:
			verdict = "so it shrank"
		}
		told++
		a.Rest = append(a.Rest, what+fmt.Sprintf("memory drifted by %s, %s.", k.drift, verdict))
	}
	switch {
	case len(list) == 0:
		return a
	case told == 0:
		a.First = "That cannot be told: there are too few readings."
	case grew == 0:
		a.First = fmt.Sprintf("Not that it could be told, in %s.", count(told, "server"))
	default:
		a.First = fmt.Sprintf("It did in %d of %s, while these were watched.", grew, count(told, "server"))
	}
	a.Rest = append(a.Rest, "A heap may grow for longer than it was watched, and then stop. The interval is too narrow where memory moves slowly.")
	return a
}

// serversSureAnswer says how far the numbers of servers can be trusted.
func (f figures) serversSureAnswer() answer {
	a := answer{Question: "How sure are we?", More: "conditions", Link: "Conditions"}
	var widths []float64
	unbounded, fewest := 0, math.MaxInt
	for _, s := range f.m.servers {
		sum := f.cellSummary(f.m, s.cell, requests)
		if sum.n == 0 {
			continue
		}
		if sum.bounded() {
			fewest = min(fewest, sum.n)
			widths = append(widths, max(sum.Hi/sum.Center, sum.Center/sum.Lo)-1)
		} else {
			unbounded++
		}
	}
	if len(widths)+unbounded == 0 {
		return a
	}
	slices.Sort(widths)
	if len(widths) > 0 {
		a.First = fmt.Sprintf("The 95 %% interval of a number of requests is ±%s wide in the middle case, ±%s in the worst, from %s or more of each.",
			percent(widths[len(widths)/2]), percent(widths[len(widths)-1]), count(fewest, "sample"))
	} else {
		a.First = "Not at all: an interval needs 6 samples, and no server has as many."
	}
	if unbounded > 0 && len(widths) > 0 {
		a.Rest = append(a.Rest, fmt.Sprintf("%s fewer than 6 samples, so no interval.", has(unbounded, "server")))
	}
	moving := 0
	for _, s := range f.m.servers {
		if sum := f.cellSummary(f.m, s.cell, "unsettled"); sum.n > 0 && sum.Center > 0.5 {
			moving++
		}
	}
	if moving > 0 {
		a.Rest = append(a.Rest, fmt.Sprintf("%s still getting faster or slower while measured (unsettled), in most samples; where it is faster, a longer --warmup is wanted.", were(moving, "server")))
	}
	if f.method(f.m).Ours {
		a.Rest = append(a.Rest, "Every answer was checked, byte by byte; a wrong one would be a failure, and no number.")
	}
	if text := f.limitText(); text != "" {
		a.Rest = append(a.Rest, text)
	}
	return a
}

// limitText says what kept servers from answering more, as far as CPU times tell
// it; "" if they do not.
func (f figures) limitText() string {
	least, busiest, leastAt := math.Inf(1), 0.0, ""
	for _, s := range f.m.servers {
		rate := f.cellSummary(f.m, s.cell, requests)
		cpu, load := f.cellSummary(f.m, s.cell, "cpu-sec/req"), f.cellSummary(f.m, s.cell, "load-cpu-sec/req")
		if rate.n == 0 || cpu.n == 0 || load.n == 0 {
			continue
		}
		busiest = max(busiest, rate.Center*load.Center)
		if share := rate.Center * cpu.Center; share < least {
			least, leastAt = share, clip(s.framework, 40)+" on "+s.where()
		}
	}
	// Else load and server shared their CPUs.
	apart := strings.HasPrefix(f.known["pinning"], "load on CPU")
	const busy = 0.95
	switch {
	case leastAt == "" || !apart:
		return ""
	case least >= busy:
		return fmt.Sprintf("Each server kept its CPU busy, and the load needed at most %s of its own, so it was the servers that could do no more.", percent(busiest))
	}
	return fmt.Sprintf("Not every server kept its CPU busy: %s only for %s of the time. There something else was the limit, such as the round trip, "+
		"the load (which needed at most %s of its CPU), or other work on the machine.", leastAt, percent(least), percent(busiest))
}
