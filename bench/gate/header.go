package gate

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"promisebench/bench"
)

// Paired is the value of [bench.KeyRounds] of results that were measured in pairs
// with those of the other side.
const Paired = "pairs"

// Keys of conditions of results that were measured in pairs.
const (
	KeyPairing = "pairing" // the same on both sides, and on no others
	KeyPairs   = "pairs"   // the largest number of one benchmark
	KeySide    = "side"    // what was measured, in words
	KeyShard   = "shard"   // "i/n": which part of the benchmarks this is
	KeyFamily  = "family"  // number of benchmarks in all parts together
	KeyMetrics = "metrics" // what is to be compared, separated by commas
	KeyInject  = "inject"  // a known slowdown of head
	// KeyLayouts is how many layouts there are of each side: sample i of a
	// benchmark is of layout i modulo that. It is left out of what was not built
	// here.
	KeyLayouts = "layouts"
)

// header adds what the plan has on a side.
func (p *Plan) header(h bench.Header, side Side) bench.Header {
	build := p.Builds[side]
	h.Host = slices.Clone(h.Host)
	for i, c := range h.Host {
		// Those of the workers, if they are written in Go.
		switch {
		case build.Go == "":
		case c.Key == bench.KeyGOMAXPROCS:
			h.Host[i].Value = "1"
		case c.Key == bench.KeyGOGC:
			h.Host[i].Value = p.GOGC
		}
	}
	if p.Injected != "" {
		h.Host = append(h.Host, bench.Condition{Key: KeyInject, Value: p.Injected + " into head"})
	}
	h.Own = []bench.Condition{
		{Key: bench.KeyWindow, Value: strconv.Itoa(p.Benchmarks[0][side].Window)},
		{Key: bench.KeySample, Value: fmt.Sprintf("process: mean of the fastest %.0f %% of batches of %v in %v behind %d", 100*kept, p.Meter.Time, p.Meter.Life, p.Meter.Warmup)},
		{Key: bench.KeyRounds, Value: Paired},
		{Key: KeyPairing, Value: fmt.Sprintf("%s seed %d", h.Date.UTC().Format(time.RFC3339Nano), p.Seed)},
		{Key: KeyPairs, Value: strconv.Itoa(p.Pairs)},
		{Key: KeyFamily, Value: strconv.Itoa(p.Family)},
		{Key: KeyShard, Value: p.Shard.String()},
		{Key: KeyMetrics, Value: strings.Join(p.Metrics, ",")},
		{Key: KeySide, Value: build.Source},
	}
	if build.Go != "" {
		h.Own = append(h.Own, bench.Condition{Key: KeyLayouts, Value: strconv.Itoa(max(1, p.Layouts))})
	}
	if p.Counter != nil {
		h.Own = append(h.Own, bench.Condition{Key: bench.KeyInstructions, Value: p.Counter.How()})
	}
	h.Own = append(h.Own, p.Custom...)
	h.Engines = build.Engines
	return h
}
