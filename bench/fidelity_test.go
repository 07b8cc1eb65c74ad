package bench_test

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"golang.org/x/perf/benchmath"

	"promisebench/bench"
	"promisebench/bench/quiet"
	"promisebench/engines"
	"promisebench/engines/hosts"
	"promisebench/engines/worker"
)

var (
	fidelity = flag.Bool("fidelity", false, "run BenchmarkFidelity, which takes its own time")
	pairs    = flag.Int("pairs", 0, "pairs of processes that BenchmarkFidelity and BenchmarkOverhead compare (0: 30 and 100)")
)

// BenchmarkFidelity compares our workers with testdata/plain.js, a driver of a few
// lines that the same program runs without us, in pairs of processes. It prints a line
// for each engine and workload, in 15 minutes together; -bench Fidelity/node8/doxbee
// chooses.
//
//	go test ./bench -run '^$' -bench Fidelity -fidelity -benchtime 1x -timeout 1h
func BenchmarkFidelity(b *testing.B) {
	if !*fidelity {
		b.Skip("opt in with -fidelity")
	}
	for _, name := range []string{"node8", "node10", "node12", "node22", "node24", "bun", "deno"} {
		b.Run(name, func(b *testing.B) {
			host, _ := hosts.Locator{Dir: "../engines/hosts/npm"}.Host(b.Context(), name)
			if host.Err != nil {
				b.Skipf("%v (make engines installs it)", host.Err)
			}
			cat := catalog()
			cat.Engines = []engines.Engine{host.Engine()}
			filter := bench.Filter{Workloads: []string{"doxbee", "parallel", "middleware"}, Styles: []string{"async"}}
			for _, c := range cells(b, cat, filter, bench.DefaultWindow) {
				if c.AwaitSource().Own() && c.Variant.Name == "" {
					b.Run(c.Workload.Name, func(b *testing.B) { compareDrivers(b, c) })
				}
			}
		})
	}
}

// compareDrivers compares both drivers of a cell.
func compareDrivers(b *testing.B, c bench.Cell) {
	driver, err := os.ReadFile("testdata/plain.js")
	if err != nil {
		b.Fatal(err)
	}
	text, err := json.Marshal(operationOf(b, c))
	if err != nil {
		b.Fatal(err)
	}
	command, err := c.Engine.(hosts.Server).Server("", fmt.Sprintf("const script = %s;\n%s", text, driver), "")
	if err != nil {
		b.Fatal(err)
	}
	m := bench.Meter{Time: 10 * time.Millisecond, Timeout: time.Minute}
	size, err := m.BatchSize(b.Context(), c, 1)
	if err != nil {
		b.Fatal(err)
	}
	compare(b, c, cmp.Or(*pairs, 30), life{ops: size.Ops, warm: 20, counted: 30}, c.Open, startPlain(command))
}

// operationOf returns what defines the operation of a cell, in one text.
func operationOf(t testing.TB, c bench.Cell) string {
	sources, err := c.Workload.Sources(c.Variant, c.Style)
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for _, s := range sources {
		text.WriteString(s.Text + "\n")
	}
	return text.String()
}

// A life is what one process does: batches of some operations, of which the first
// ones don't count.
type life struct{ ops, warm, counted int }

// compare prints the median ratio of two drivers of a cell, the first to the second, with
// its 95% interval, of pairs of processes that live at the same time and take turns as
// all that is compared.
func compare(b *testing.B, c bench.Cell, pairs int, l life, drivers ...func(context.Context) (engines.Realm, error)) {
	random := rand.New(rand.NewPCG(1, 2))
	cpu, err := quiet.Take()
	if err != nil {
		b.Fatal(err)
	}
	defer cpu.Leave()
	var ratios []float64
	for range pairs {
		list := make([]*bench.Execution, len(drivers))
		for _, i := range random.Perm(len(list)) {
			list[i] = &bench.Execution{Outcome: bench.Outcome{Cell: c}, Ops: l.ops, Counted: l.ops, Most: l.warm + l.counted, Timeout: time.Minute}
			list[i].Open(b.Context(), drivers[i])
			defer list[i].Close()
		}
		bench.TakeTurns(b.Context(), list, random, cpu)
		var times [2]float64
		for i, e := range list {
			if e.Err != nil {
				b.Fatal(e.Err)
			}
			times[i] = e.Batches[l.warm:].TrimmedMean(0.5)
			e.Close()
		}
		ratios = append(ratios, times[0]/times[1])
	}
	ratio := benchmath.AssumeNothing.Summary(benchmath.NewSample(ratios, &benchmath.DefaultThresholds), 0.95)
	fmt.Printf("%s %s %s: %.4f [%.4f, %.4f], %d pairs of processes, batches of %d operations\n",
		c.Engine.Name(), c.Workload.Name, c.Style.Name, ratio.Center, ratio.Lo, ratio.Hi, pairs, l.ops)
	b.ReportMetric(0, "ns/op") // the batches are the measurement
	b.ReportMetric(ratio.Center, "ratio")
}

// A plain is a realm that is a process with a driver of its own: one that answers "OPS
// WINDOW" by the nanoseconds which that batch took and the sum of its results.
type plain struct {
	engines.Realm // nil: it can do nothing else
	cmd           *exec.Cmd
	answers       *bufio.Reader
	ask           func(ops, window int) error
	kill          context.CancelFunc
}

// startPlain returns a function that starts such a process.
func startPlain(command worker.Command) func(context.Context) (engines.Realm, error) {
	return func(ctx context.Context) (engines.Realm, error) {
		ctx, kill := context.WithCancel(context.WithoutCancel(ctx))
		cmd := exec.CommandContext(ctx, command.Path, command.Args...)
		// Our workers have such a variable, too, so that their stacks lie elsewhere
		// each time.
		padding := "PADDING=" + strings.Repeat("x", rand.IntN(4<<10))
		cmd.Env = append(append(os.Environ(), command.Env...), padding)
		cmd.Stderr = os.Stderr
		in, inErr := cmd.StdinPipe()
		out, outErr := cmd.StdoutPipe()
		if err := errors.Join(inErr, outErr, cmd.Start()); err != nil {
			kill()
			return nil, err
		}
		ask := func(ops, window int) error {
			_, err := fmt.Fprintln(in, ops, window)
			return err
		}
		return &plain{cmd: cmd, answers: bufio.NewReader(out), ask: ask, kill: kill}, nil
	}
}

func (p *plain) PID() int { return p.cmd.Process.Pid }

func (p *plain) Run(_ context.Context, batch engines.Batch) (engines.Sample, error) {
	if err := p.ask(batch.Ops, batch.Window); err != nil {
		return engines.Sample{}, err
	}
	var ns float64
	var sum int32
	if _, err := fmt.Fscan(p.answers, &ns, &sum); err != nil || sum != batch.Checksum {
		return engines.Sample{}, fmt.Errorf("%s: sum %d, want %d: %v", p.cmd.Path, sum, batch.Checksum, err)
	}
	return engines.Sample{Ops: batch.Ops, Elapsed: time.Duration(ns)}, nil
}

func (p *plain) Close() error {
	p.kill()
	p.cmd.Wait()
	return nil
}
