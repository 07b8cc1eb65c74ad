package plan

import (
	"fmt"
	"strconv"
	"time"

	"promisebench/bench"
	"promisebench/report/gate"
)

// Precision says how often to measure, as options of a command line.
type Precision struct {
	Until     gate.Percent  `group:"How to measure" help:"How well ratios of await modes are to be known: half the width of their 95% interval (default: 2%)." placeholder:"PERCENT"`
	UntilTime gate.Percent  `group:"How to measure" help:"The same for benchmarks that have no other await mode, for their time, or requests per second (default: twice --until)." placeholder:"PERCENT"`
	Budget    time.Duration `group:"How to measure" help:"How long to measure, at most; but at least 9 samples of each benchmark are taken (default: 4m)." placeholder:"TIME"`
	Rounds    *int          `group:"How to measure" help:"Take so many samples of each benchmark instead, however well they tell. A 95% interval needs 6." placeholder:"N"`
	Seed      uint64        `group:"How to measure" help:"Seed of the order of everything." default:"1"`
}

// WithDefaults fills in what the user did not choose. It is an error if he chose what
// can't be.
func (p Precision) WithDefaults(until float64, budget time.Duration) (Precision, error) {
	if p.Until == 0 {
		p.Until = gate.Percent(until)
	}
	if p.UntilTime == 0 {
		p.UntilTime = 2 * p.Until
	}
	if p.Budget == 0 {
		p.Budget = budget
	}
	switch {
	case p.Rounds != nil && *p.Rounds < 1:
		return p, fmt.Errorf("--rounds %d: at least one is needed", *p.Rounds)
	case p.Budget < 0:
		return p, fmt.Errorf("--budget %v: more than 0 is needed", p.Budget)
	}
	return p, nil
}

// Aim returns how well benchmarks are to be known, or nil and how many samples are
// to be taken of them.
func (p Precision) Aim() (goal *Goal, rounds int) {
	if p.Rounds != nil {
		return nil, *p.Rounds
	}
	return &Goal{Ratio: float64(p.Until), Time: float64(p.UntilTime), Budget: p.Budget}, 0
}

// Conditions says so in the header of results.
func (p Precision) Conditions() []bench.Condition {
	list := []bench.Condition{{Key: bench.KeySeed, Value: strconv.FormatUint(p.Seed, 10)}, {Key: bench.KeyRounds, Value: bench.Interleaved}}
	if p.Rounds == nil {
		list = append(list, bench.Condition{Key: bench.KeyUntil, Value: fmt.Sprintf("±%v (ratios), ±%v (others)", p.Until, p.UntilTime)})
	}
	return list
}
