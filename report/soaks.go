package report

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// This file shows what a long time under load did to HTTP servers.

// A soak is the stretches of a server's long time under load: when each ended,
// how much memory there was then, and the requests per second in it.
type soak struct {
	server
	name                 string
	seconds, bytes, rate []float64
	// failed says that it ended by a failure, before its time.
	failed bool
	drift  drift
}

// A drift is how memory changed after it had settled.
type drift struct {
	slope, lo, hi float64 // bytes a second; the interval is NaN if there are too few readings
	bytes, rate   summary
	growth        float64 // in all, as a share of the median
}

// soaks returns what there is of them, in the order of serverOrder.
func (f figures) soaks() []soak {
	failed := make(map[server]bool)
	for _, o := range f.outcomes {
		if s, ok := parseServer([]byte(strings.TrimPrefix(o.Name, "Benchmark"))); ok && o.Kind == Failure {
			failed[s] = true
		}
	}
	var list []soak
	for _, s := range f.m.soaks {
		var lives []soak
		at, bytes, rate := s.values[elapsed], s.values[residents], s.values[requests]
		for i := range min(len(at), len(bytes), len(rate)) {
			if math.IsNaN(at[i] + bytes[i] + rate[i]) {
				continue
			}
			// Where time begins anew, so did the server.
			if n := len(lives) - 1; n < 0 || at[i] <= lives[n].seconds[len(lives[n].seconds)-1] {
				lives = append(lives, soak{server: s.server, failed: failed[s.server]})
			}
			k := &lives[len(lives)-1]
			k.seconds, k.bytes, k.rate = append(k.seconds, at[i]), append(k.bytes, bytes[i]), append(k.rate, rate[i])
		}
		for i, k := range lives {
			k.name = k.where() + inBrackets(clip(k.load, 60))
			if len(lives) > 1 {
				k.name += fmt.Sprintf(" #%d", i+1)
			}
			if len(k.seconds) > 1 {
				k.drift = f.driftOf(k)
				list = append(list, k)
			}
		}
	}
	return list
}

const (
	// settling is the share of a soak that is left out when its drift is told:
	// compilers and heaps take their time.
	settling = 0.2
	// blocks is the number of parts whose medians the drift is told from. Readings
	// that follow each other are alike, because heaps grow and shrink in steps;
	// the medians of minutes are less so, and of days of readings they are few.
	blocks = 40
	// leastGrowth is the least growth that is called one, as a share of the
	// median: nobody minds less, and hardly any heap keeps its size more exactly.
	leastGrowth = 0.01
)

// driftOf tells the drift of a soak.
func (f figures) driftOf(k soak) drift {
	end := k.seconds[len(k.seconds)-1]
	i := slices.IndexFunc(k.seconds, func(s float64) bool { return s >= settling*end })
	seconds, bytes := k.seconds[i:], k.bytes[i:]
	d := drift{bytes: f.summarize(bytes, residents), rate: f.summarize(k.rate[i:], requests)}
	size := (len(seconds) + blocks - 1) / blocks
	var x, y []float64
	for from := 0; from < len(seconds); from += size {
		to := min(from+size, len(seconds))
		x = append(x, f.summarize(seconds[from:to], elapsed).Center)
		y = append(y, f.summarize(bytes[from:to], residents).Center)
	}
	d.slope, d.lo, d.hi = theilSen(x, y)
	d.growth = d.slope * (end - seconds[0]) / d.bytes.Center
	return d
}

// told reports whether there are enough readings.
func (d drift) told() bool { return !math.IsNaN(d.lo) }

func (d drift) grew() bool { return d.lo > 0 && d.growth >= leastGrowth }

// String writes the drift with its interval.
func (d drift) String() string {
	if !d.told() {
		return "n too small"
	}
	perMinute := func(v float64) float64 { return 60 * v / mega }
	return fmt.Sprintf("%+.2f MiB a minute [%+.2f, %+.2f]", perMinute(d.slope), perMinute(d.lo), perMinute(d.hi))
}

// mega is what memory is counted in, as in the tables.
const mega = 1 << 20

// minutes says how long a soak was, and if it ended by a failure.
func (k soak) minutes() string {
	text := threeDigits(k.seconds[len(k.seconds)-1] / 60)
	if k.failed {
		text += ", then a failure"
	}
	return text
}

// soakChart shows memory and requests per second over time.
func (f figures) soakChart() (Chart, bool) {
	list := f.soaks()
	if len(list) == 0 {
		return Chart{}, false
	}
	c := Chart{
		ID:       "http-soak",
		about:    topicServers,
		Title:    "HTTP servers: a long time under load",
		subtitle: "the same server, without a pause; memory that grows and does not stop is a leak",
	}
	memory := panel{title: "memory in use (RSS), MiB"}
	rate := panel{title: "thousand requests per second"}
	var said, engines []string
	longest, most, fastest := 0.0, 0.0, 0.0
	for i, k := range list {
		label := clip(k.framework, 40) + " · " + k.name
		bytes, rates := line{label: label, kind: i}, line{label: label, kind: i}
		for j, s := range k.seconds {
			single := func(v float64) point {
				p := point{x: s}
				p.n, p.Center, p.Lo, p.Hi = 1, v, math.Inf(-1), math.Inf(1)
				return p
			}
			bytes.points = append(bytes.points, single(k.bytes[j]))
			rates.points = append(rates.points, single(k.rate[j]))
		}
		memory.lines, rate.lines = append(memory.lines, bytes), append(rate.lines, rates)
		longest = max(longest, k.seconds[len(k.seconds)-1])
		most, fastest = max(most, slices.Max(k.bytes)), max(fastest, slices.Max(k.rate))
		said = append(said, fmt.Sprintf("%s: from %s MiB to %s MiB in %s minutes", label, threeDigits(k.bytes[0]/mega), threeDigits(k.bytes[len(k.bytes)-1]/mega), k.minutes()))
		if !slices.Contains(engines, k.engine) {
			engines = append(engines, k.engine)
		}
	}
	minutes := axis{label: "minutes", max: longest, scale: 60, tick: func(v float64) string { return number(v / 60) }}
	memory.x, rate.x = minutes, minutes
	memory.y = axis{max: most * 1.05, scale: mega, tick: func(v float64) string { return number(v / mega) }}
	rate.y = axis{max: fastest * 1.05, scale: thousand, tick: func(v float64) string { return number(v / thousand) }}
	c.body = linesBody{panels: []panel{memory, rate}}
	c.Description = "Memory in use over time. " + sentences(said)
	c.caption = strings.Join(append([]string{"A reading at the end of each stretch"}, f.underWhich(engines)...), " · ")
	return c, true
}

// soakTable says what a long time under load did.
func (f figures) soakTable() Table {
	t := Table{
		Title:  "A long time under load",
		Header: []string{"framework", "engine", "minutes", "req/s, median", "memory, median", "its drift [95 %]", "n"},
		Align:  []Align{Left, Left, Right, Right, Right, Right, Right},
		Key:    2,
	}
	for _, k := range f.soaks() {
		t.Rows = append(t.Rows, []string{clip(k.framework, 60), k.name, k.minutes(), format(k.drift.rate.Center, requests),
			format(k.drift.bytes.Center, residents), k.drift.String(), strconv.Itoa(k.drift.bytes.n)})
	}
	t.Notes = []string{fmt.Sprintf("medians and drift are of what comes after the first %.0f %% of the time, n readings; ", 100*settling) + driftNote}
	return t
}

// driftNote explains the drift.
const driftNote = "drift: the median slope of all pairs of medians of up to 40 parts, with its 95 % interval (Theil 1950, Sen 1968), " +
	"which takes these to be independent of each other. Heaps that grow and shrink slowly are not, and there the true interval is wider"
