// Package httpload measures servers: it starts one for each sample, loads it
// over real sockets, checks every answer, and returns requests a second, latency,
// CPU time and memory. A wrong answer, or none, is a failure with the server's
// standard error and never a slower number.
//
// The load is a closed loop for the number of requests, as in the article, and
// then an open loop at a fixed rate for the latency, because a closed loop asks
// a server that is slow less often and so hides that it is. Both go to 127.0.0.1
// only. Where there are two CPUs the load has one and the server another: else
// they would take turns, and a server that compiles or collects garbage on
// other threads would take CPU time from the load.
//
// Embedded engines have no sockets; [Serve] gives them Go's.
package httpload

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"strings"
	"time"

	"golang.org/x/perf/benchfmt"

	"promisebench/bench"
	"promisebench/engines"
	"promisebench/engines/worker"
	"promisebench/workloads/served"
)

// Defaults. Benchmark names omit them.
const (
	DefaultConnections = 100
	DefaultPipeline    = 10
)

// Units declares to benchmark tools which direction of each unit is better.
// load-cpu-ns/req is the load's own CPU time: where it comes near to the time
// itself, the load was the bottleneck. not-steady is 1 for a server that still got
// faster, or slower, while its answers were counted: it wanted a longer warm-up.
const Units = "Unit req/s better=higher\n" +
	"Unit p50-ns better=lower\n" +
	"Unit p75-ns better=lower\n" +
	"Unit p90-ns better=lower\n" +
	"Unit p95-ns better=lower\n" +
	"Unit p99-ns better=lower\n" +
	"Unit p99.9-ns better=lower\n" +
	"Unit cpu-ns/req better=lower\n" +
	"Unit load-cpu-ns/req better=lower\n" +
	"Unit not-steady better=lower\n" +
	"Unit RSS-bytes better=lower\n" +
	"Unit peak-RSS-bytes better=lower\n"

// A Cell is one server on one engine, loaded in one way. It is a
// [promisebench/bench.Named].
type Cell struct {
	Framework served.Framework
	Engine    engines.Engine
	// Await is the meaning of await where the engine has both natively, by a
	// switch; empty elsewhere, where it is the engine's own.
	Await engines.AwaitMode
	// Connections and Pipeline are as in [Load].
	Connections, Pipeline int
	// Soak is how long a soak test takes, for [Meter.Soak]; 0 for a cell that is
	// none. Samples of both are not comparable.
	Soak time.Duration
	// Command says how to start the server. Where that is not available it
	// returns an error that wraps [errors.ErrUnsupported], with the reason.
	Command func() (worker.Command, error)
}

// Name is the cell's benchmark name without "Benchmark" and GOMAXPROCS, like
// "HTTP/framework=koa/engine=node22". Parts that have their default value are
// left out.
func (c Cell) Name() string {
	var b strings.Builder
	b.WriteString("HTTP")
	if c.Soak > 0 {
		b.WriteString("Soak")
	}
	fmt.Fprintf(&b, "/framework=%s", c.Framework.Name)
	if c.Await != "" {
		fmt.Fprintf(&b, "/await=%s", c.Await)
	}
	fmt.Fprintf(&b, "/engine=%s", c.Engine.Name())
	if c.Connections != DefaultConnections {
		fmt.Fprintf(&b, "/connections=%d", c.Connections)
	}
	if c.Pipeline != DefaultPipeline {
		fmt.Fprintf(&b, "/pipeline=%d", c.Pipeline)
	}
	return b.String()
}

// A Meter takes samples. It is not safe for concurrent use.
type Meter struct {
	// Load is how servers are loaded, but for the cell's part of it.
	Load Load
	// Exchanges are what clients send, over and over, and what they must get.
	Exchanges []served.Exchange
	// CPU is where servers run, or nil for anywhere.
	CPU *int
	// StartTime is how long a server may take until it listens, and Timeout
	// bounds everything that a sample takes.
	StartTime, Timeout time.Duration
}

// Conditions says how the meter loads servers for a sample, in the header of results.
func (m *Meter) Conditions() []bench.Condition {
	open := "none"
	if m.Load.Rate > 0 {
		open = fmt.Sprintf("%v requests/s for %v", m.Load.Rate, m.Load.LatencyTime)
	}
	return []bench.Condition{
		{Key: bench.KeyClosedLoop, Value: fmt.Sprintf("%v after %v of warm-up", m.Load.Time, m.Load.Warmup)},
		{Key: bench.KeyOpenLoop, Value: open},
	}
}

// SoakConditions is Conditions for soak tests that take a time.
func (m *Meter) SoakConditions(total time.Duration) []bench.Condition {
	return []bench.Condition{
		{Key: bench.KeySoak, Value: fmt.Sprintf("%v after %v of warm-up, in stretches of %v", total, m.Load.Warmup, m.Load.Time)},
	}
}

// A Placement is which CPUs load and servers have.
type Placement struct {
	// CPU is the servers', for [Meter], or nil if they and the load share all.
	CPU *int
	// Undo gives this process all CPUs back.
	Undo func() error

	how string
}

func unplaced(why string) Placement {
	return Placement{how: "none: " + why, Undo: func() error { return nil }}
}

// Conditions says for the header of results which CPUs load and servers had, and why.
func (p Placement) Conditions() []bench.Condition {
	pinned := "no"
	if p.CPU != nil {
		pinned = "yes"
	}
	return []bench.Condition{{Key: bench.KeyPinned, Value: pinned}, {Key: bench.KeyPinning, Value: p.how}}
}

// parts is into how many parts the counted time of the closed loop is divided,
// to see whether the server got faster in the course of it.
const parts = 10

// A Sample is what came of loading one server.
type Sample struct {
	Closed ClosedSample
	// Rates are the answers a second in each part of the closed loop.
	Rates   []float64
	Latency Latency
	// PeakRSS is in bytes. It is 0, as the CPU time is, where the system does
	// not tell.
	PeakRSS int64
}

// Measure starts a server, loads it and ends it. The error wraps
// [errors.ErrUnsupported] where the cell is not available here.
func (m *Meter) Measure(ctx context.Context, c Cell) (sample Sample, err error) {
	late := fmt.Errorf("timed out after %v (--timeout)", m.Timeout)
	err = m.with(ctx, c, m.Timeout, late, func(ctx context.Context, load Load, s *server) (err error) {
		sample, err = load.run(ctx, s, encode(m.Exchanges))
		return err
	})
	return sample, err
}

// Sample yields a record of each cell, one after the other: it is Measure as package
// plan wants it.
func (m *Meter) Sample(ctx context.Context, block []Cell) iter.Seq[bench.Record] {
	return func(yield func(bench.Record) bool) {
		for _, c := range block {
			sample, err := m.Measure(ctx, c)
			r := sample.record(c.Name())
			if err != nil {
				r = bench.Record{Name: c.Name(), Err: err}
			}
			if !yield(r) {
				return
			}
		}
	}
}

// An interval is a part of a soak test.
type interval struct {
	ClosedSample
	// at is when it ended, counted from the end of the warm-up.
	at time.Duration
	// rss is the memory that the server had in use then, in bytes.
	rss int64
}

// Soak starts a server, loads it with the closed loop for the time c.Soak without
// a pause, and ends it. It yields a record as each interval of Load.Time ends,
// and one more if something goes wrong, with an error as those of
// [Meter.Measure].
func (m *Meter) Soak(ctx context.Context, block []Cell) iter.Seq[bench.Record] {
	return func(yield func(bench.Record) bool) {
		stopped := false
		for _, c := range block {
			err := m.soak(ctx, c, func(i interval) (more bool) {
				stopped = !yield(i.record(c.Name()))
				return !stopped
			})
			if err != nil && !stopped {
				stopped = !yield(bench.Record{Name: c.Name(), Err: err})
			}
			if stopped {
				return
			}
		}
	}
}

func (m *Meter) soak(ctx context.Context, c Cell, each func(interval) (more bool)) error {
	limit := m.StartTime + m.Load.Warmup + c.Soak + m.Load.Time + m.Timeout
	return m.with(ctx, c, limit, fmt.Errorf("timed out after %v", limit), func(ctx context.Context, load Load, s *server) error {
		clients, err := load.dial(ctx, s.address, encode(m.Exchanges))
		if err != nil {
			return err
		}
		defer closeAll(clients)
		var now interval
		return load.closed(ctx, clients, s.cpu, func(sample ClosedSample) (more bool, err error) {
			now.add(sample)
			now.at += sample.Elapsed
			if now.Answers == 0 {
				return true, nil // IdleTimeout says when that is too long
			}
			if now.rss, err = rss(s.process.PID()); err != nil {
				return false, err
			}
			// Each ends a little late, which must not cost the last one.
			more = each(now) && now.at+load.Time/2 <= c.Soak
			now.ClosedSample = ClosedSample{}
			return more, nil
		})
	})
}

// with starts the server of a cell, does something to it and ends it. All of
// that may take so long; late is the error if it does not.
func (m *Meter) with(ctx context.Context, c Cell, timeout time.Duration, late error, do func(context.Context, Load, *server) error) (err error) {
	command, err := c.Command()
	if err != nil {
		return err
	}
	interrupted := ctx.Err // unlike a server that takes too long
	ctx, cancel := context.WithTimeoutCause(ctx, timeout, late)
	defer cancel()
	command.CPU = m.CPU
	starting, started := context.WithTimeoutCause(ctx, m.StartTime, fmt.Errorf("timed out after %v", m.StartTime))
	defer started()
	s, err := start(starting, command)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.process.Close()) }()
	if want := c.version(); want != "" && s.version != want {
		return fmt.Errorf("the server is %q, want %q: 'make engines' installs it", s.version, want)
	}
	load := m.Load
	load.Connections, load.Pipeline = c.Connections, c.Pipeline
	if err = do(ctx, load, s); err != nil && interrupted() == nil {
		err = s.fault(err)
	}
	return err
}

// version is what the server must say of itself, or empty if it may say
// anything.
func (c Cell) version() string {
	if c.Framework.Package == "" {
		return ""
	}
	return c.Framework.Package + " " + c.Framework.Version
}

// run loads a server with both loops, on the same connections.
func (l Load) run(ctx context.Context, s *server, list []wire) (sample Sample, err error) {
	clients, err := l.dial(ctx, s.address, list)
	if err != nil {
		return sample, err
	}
	defer closeAll(clients)
	l.Time /= parts
	l.MaxAnswers = max(1, l.MaxAnswers/parts)
	err = l.closed(ctx, clients, s.cpu, func(part ClosedSample) (more bool, err error) {
		sample.Closed.add(part)
		sample.Rates = append(sample.Rates, part.perSecond())
		// There is no rate without an answer; IdleTimeout says when it is too late.
		return len(sample.Rates) < parts || sample.Closed.Answers == 0, nil
	})
	if err != nil {
		return sample, fmt.Errorf("closed loop: %w", err)
	}
	if l.Rate > 0 {
		if sample.Latency, err = l.open(ctx, clients); err != nil {
			return sample, fmt.Errorf("open loop: %w", err)
		}
	}
	if sample.PeakRSS, err = peakRSS(s.process.PID()); errors.Is(err, errors.ErrUnsupported) {
		err = nil
	}
	return sample, err
}

// record returns the sample in the units of benchmark text.
func (s Sample) record(name string) bench.Record {
	notSteady := 0.0
	if !bench.Iterations(s.Rates).Stationary() {
		notSteady = 1
	}
	list := append(s.Closed.rate(), value(notSteady, "not-steady"))
	for _, p := range s.Latency.Percentiles {
		list = append(list, value(float64(p.Time.Nanoseconds()), fmt.Sprintf("p%v-ns", p.Percent)))
	}
	list = append(list, s.Closed.cpu()...)
	if s.PeakRSS > 0 {
		list = append(list, value(float64(s.PeakRSS), "peak-RSS-bytes"))
	}
	return bench.Record{Name: name, Iters: int(s.Closed.Answers), Values: list}
}

// record is as [Sample.record].
func (i interval) record(name string) bench.Record {
	list := append(i.rate(), benchfmt.Value{Value: math.Round(i.at.Seconds()*1000) / 1000, Unit: "elapsed-sec"}, value(float64(i.rss), "RSS-bytes"))
	return bench.Record{Name: name, Iters: int(i.Answers), Values: append(list, i.cpu()...)}
}

func (s ClosedSample) rate() []benchfmt.Value {
	return []benchfmt.Value{value(s.perSecond(), "req/s")}
}

// cpu is empty where the system does not tell.
func (s ClosedSample) cpu() []benchfmt.Value {
	if s.CPU == 0 {
		return nil
	}
	return []benchfmt.Value{
		value(float64(s.CPU.Nanoseconds())/float64(s.Answers), "cpu-ns/req"),
		value(float64(s.LoadCPU.Nanoseconds())/float64(s.Answers), "load-cpu-ns/req"),
	}
}

// value rounds: digits beyond these are noise in every unit.
func value(v float64, unit string) benchfmt.Value {
	return benchfmt.Value{Value: math.Round(v*10) / 10, Unit: unit}
}
