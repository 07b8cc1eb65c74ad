package servers

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"promisebench/report/dataset"
	"promisebench/report/document"
	"promisebench/report/stats"
	"promisebench/report/text"
	"promisebench/report/unit"
)

// A soak is the intervals of one server's life in a soak test: when each ended, how
// much memory there was then, and the requests per second in it. There are two at
// least.
type soak struct {
	dataset.Server
	name                 string // of the server and, if it had several, its life
	seconds, bytes, rate []float64
	failed               bool // it ended by a failure, before its time
	drift                drift
}

// A drift is how memory changed after compilers and heaps had found their size.
type drift struct {
	slope, lo, hi float64 // bytes a second; the interval is NaN if there are too few readings
	bytes, rate   stats.Summary
	growth        float64 // in all, as a share of the median
}

// soaksOf returns the soak tests in the order of servers.
func soaksOf(r *dataset.Results) []soak {
	failed := make(map[dataset.Server]bool)
	for _, o := range r.Outcomes() {
		if s, ok := dataset.ParseServer(strings.TrimPrefix(o.Name, "Benchmark")); ok && o.Kind == dataset.Failure {
			failed[s] = true
		}
	}
	var list []soak
	for _, s := range r.Matrix().Soaks {
		lives := livesOf(s)
		for i, k := range lives {
			k.failed = failed[s.Server]
			k.name = k.Where() + text.InParentheses(text.Clip(k.Load, 60))
			if len(lives) > 1 {
				k.name += fmt.Sprintf(" #%d", i+1)
			}
			if len(k.seconds) > 1 {
				k.drift = driftOf(r, k)
				list = append(list, k)
			}
		}
	}
	return list
}

// livesOf splits the readings of a server where time begins anew, since there the
// server did as well.
func livesOf(s dataset.ServedCell) []soak {
	var lives []soak
	at, bytes, rate := s.Values[unit.Elapsed], s.Values[unit.RSS], s.Values[unit.Requests]
	for i := range min(len(at), len(bytes), len(rate)) {
		if math.IsNaN(at[i] + bytes[i] + rate[i]) {
			continue
		}
		if n := len(lives) - 1; n < 0 || at[i] <= lives[n].length() {
			lives = append(lives, soak{Server: s.Server})
		}
		k := &lives[len(lives)-1]
		k.seconds, k.bytes, k.rate = append(k.seconds, at[i]), append(k.bytes, bytes[i]), append(k.rate, rate[i])
	}
	return lives
}

const (
	// leadIn is the share of a soak test that is left out of its drift: compilers and
	// heaps take their time.
	leadIn = 0.2
	// blocks is the number of parts from whose medians the drift comes. Readings
	// that follow each other are alike, because heaps grow and shrink in steps;
	// the medians of minutes are less so, and of days of readings they are few.
	blocks = 40
	// leastGrowth is the least growth that is called one, as a share of the
	// median: nobody minds less, and hardly any heap keeps its size more exactly.
	leastGrowth = 0.01

	minute = 60
)

// driftOf returns the drift of a soak test.
func driftOf(r *dataset.Results, k soak) drift {
	end := k.length()
	i := slices.IndexFunc(k.seconds, func(s float64) bool { return s >= leadIn*end })
	seconds, bytes := k.seconds[i:], k.bytes[i:]
	d := drift{bytes: r.Summarize(bytes, unit.RSS), rate: r.Summarize(k.rate[i:], unit.Requests)}
	size := (len(seconds) + blocks - 1) / blocks
	var x, y []float64
	for from := 0; from < len(seconds); from += size {
		to := min(from+size, len(seconds))
		x = append(x, r.Summarize(seconds[from:to], unit.Elapsed).Center)
		y = append(y, r.Summarize(bytes[from:to], unit.RSS).Center)
	}
	d.slope, d.lo, d.hi = stats.TheilSen(x, y)
	d.growth = d.slope * (end - seconds[0]) / d.bytes.Center
	return d
}

// bounded reports whether there are enough readings for an interval.
func (d drift) bounded() bool { return !math.IsNaN(d.lo) }

func (d drift) grew() bool { return d.lo > 0 && d.growth >= leastGrowth }

// String writes the drift with its interval.
func (d drift) String() string {
	if !d.bounded() {
		return "n too small"
	}
	perMinute := func(v float64) float64 { return v * minute / unit.Mebibyte }
	return fmt.Sprintf("%+.2f MiB/min [%+.2f, %+.2f]", perMinute(d.slope), perMinute(d.lo), perMinute(d.hi))
}

// length is how long the soak test took, in seconds.
func (k soak) length() float64 { return k.seconds[len(k.seconds)-1] }

// minutes says how long the soak test took, and if it ended by a failure.
func (k soak) minutes() string {
	said := text.ThreeDigits(k.length() / minute)
	if k.failed {
		said += ", then a failure"
	}
	return said
}

// soakTable says what soak tests did to servers.
func (s *Room) soakTable() *document.Table {
	t := &document.Table{
		Title:   "Soak test",
		Columns: document.Cols("framework", "engine", ">minutes", ">req/s, median", ">memory, median", ">drift of memory [95%]", ">n"),
		Key:     2,
	}
	for _, k := range s.soaks {
		d := k.drift
		cell := document.Text(d.String())
		if d.bounded() {
			cell = document.Number(d.slope, d.String())
		}
		t.Add(document.Text(text.Clip(k.Framework, 60)), document.Text(k.name), document.Number(k.length(), k.minutes()),
			document.Number(d.rate.Center, unit.Format(d.rate.Center, unit.Requests)),
			document.Number(d.bytes.Center, unit.Format(d.bytes.Center, unit.RSS)), cell, document.Int(d.bytes.N))
	}
	t.Note(fmt.Sprintf("medians and drift leave out the first %.0f%% of the time; n readings are left; "+
		"drift: the median slope of all pairs of medians of up to %d parts, with its 95%% interval (Theil 1950, Sen 1968), "+
		"which takes these to be independent of each other. Heaps that grow and shrink slowly are not, and there the true interval is wider",
		100*leadIn, blocks))
	return t
}
