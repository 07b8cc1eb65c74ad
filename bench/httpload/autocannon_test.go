package httpload_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"golang.org/x/perf/benchmath"

	"promisebench/bench/httpload"
	"promisebench/engines/hosts"
	"promisebench/engines/worker"
	"promisebench/workloads/served"
)

var autocannon = flag.Bool("autocannon", false, "run BenchmarkAutocannon, which takes its own time")

// BenchmarkAutocannon compares our closed loop with autocannon, a load generator
// that people know, on the same server, koa on Node.js 22, taking turns: once
// with one request over and over, which is what its command line does, and once
// with our list of a thousand. It prints the requests a second that each finds,
// the ratio of those found side by side with its 95 % interval, the CPU time that
// each load and the server under it need for a request, and how busy the server
// was: where it is not, it was the load that could do no more.
//
//	go test ./bench/httpload -run '^$' -bench Autocannon -autocannon -benchtime 1x
func BenchmarkAutocannon(b *testing.B) {
	if !*autocannon {
		b.Skip("opt in with -autocannon")
	}
	frameworks, err := served.Frameworks()
	if err != nil {
		b.Fatal(err)
	}
	koa := frameworks[slices.IndexFunc(frameworks, func(f served.Framework) bool { return f.Name == "koa" })]
	node22 := hosts.Known()[slices.IndexFunc(hosts.Known(), func(h hosts.Host) bool { return h.Name == "node22" })]
	command := serverOf(b, koa, node22)
	placement, err := httpload.Pin()
	if err != nil {
		b.Fatal(err)
	}
	defer placement.Undo()
	command.CPU = placement.CPU
	fmt.Println(placement.Conditions())
	for _, n := range []int{1, 1000} {
		fmt.Printf("list of requests: %d\n", n)
		besideAutocannon(b, command, exchanges(b, n))
	}
	b.ReportMetric(0, "ns/op") // what is printed above is the measurement
}

// besideAutocannon starts a server and loads it by turns.
func besideAutocannon(b *testing.B, command worker.Command, list []served.Exchange) {
	const turns, seconds = 12, 4
	address, pid, end, err := httpload.StartForTest(b.Context(), command)
	if err != nil {
		b.Fatal(err)
	}
	defer end()
	load := httpload.Load{
		Connections: httpload.DefaultConnections, Pipeline: httpload.DefaultPipeline,
		Time: seconds * time.Second, MaxAnswers: 1e9, IdleTimeout: 20 * time.Second,
	}
	loads := []*rival{
		{name: "promisebench", fire: func() shot {
			s, err := load.ClosedForTest(b.Context(), address, list)
			if err != nil {
				b.Fatal(err)
			}
			return shot{Answers: float64(s.Answers), Seconds: s.Elapsed.Seconds(), CPUMicros: float64(s.LoadCPU.Microseconds())}
		}},
		// It stays where this process is pinned to, as a child.
		{name: "autocannon", fire: startAutocannon(b, command, address, list, seconds)},
	}
	order := slices.Clone(loads)
	for range turns {
		for _, l := range order {
			before, err := httpload.CPUTimeForTest(pid)
			if err != nil {
				b.Fatal(err)
			}
			s := l.fire()
			after, err := httpload.CPUTimeForTest(pid)
			if err != nil {
				b.Fatal(err)
			}
			if s.Errors > 0 || s.Answers == 0 {
				b.Fatalf("%s: %+v", l.name, s)
			}
			l.rate = append(l.rate, s.Answers/s.Seconds)
			l.cpu = append(l.cpu, s.CPUMicros/s.Answers)
			l.server = append(l.server, float64((after-before).Microseconds())/s.Answers)
		}
		slices.Reverse(order)
	}
	var ratios []float64
	for i, rate := range loads[0].rate {
		ratios = append(ratios, rate/loads[1].rate[i])
	}
	median := func(values []float64) benchmath.Summary {
		return benchmath.AssumeNothing.Summary(benchmath.NewSample(values, &benchmath.DefaultThresholds), 0.95)
	}
	for _, l := range loads {
		rate, server := median(l.rate).Center, median(l.server).Center
		fmt.Printf("%s: %.0f req/s, %.1f µs of the load's CPU and %.1f µs of the server's for each, which was busy for %.0f %% of the time\n",
			l.name, rate, median(l.cpu).Center, server, rate*server/1e4)
	}
	ratio := median(ratios)
	fmt.Printf("ratio %.3f [%.3f, %.3f], %d turns of %d s\n", ratio.Center, ratio.Lo, ratio.Hi, turns, seconds)
}

// A rival is a load generator with what it found: requests a second, and
// microseconds of its own CPU time and of the server's for each.
type rival struct {
	name              string
	fire              func() shot
	rate, cpu, server []float64
}

// A shot is a sample, as autocannon.js says it.
type shot struct{ Answers, Errors, Seconds, CPUMicros float64 }

// startAutocannon starts autocannon on the server's Node.js and returns what
// takes a sample with it.
func startAutocannon(b *testing.B, server worker.Command, address string, list []served.Exchange, seconds int) func() shot {
	type request struct {
		Method  string            `json:"method"`
		Path    string            `json:"path"`
		Body    string            `json:"body,omitempty"`
		Headers map[string]string `json:"headers,omitempty"`
	}
	var requests []request
	for _, x := range list {
		r := request{Method: x.Method, Path: x.Path, Body: x.Request.Body}
		if r.Body != "" {
			r.Headers = map[string]string{"content-type": "application/json"}
		}
		requests = append(requests, r)
	}
	text, err := json.Marshal(requests)
	if err != nil {
		b.Fatal(err)
	}
	file := filepath.Join(b.TempDir(), "requests.json")
	if err := os.WriteFile(file, text, 0o666); err != nil {
		b.Fatal(err)
	}
	cmd := exec.Command(server.Path, filepath.Join("testdata", "autocannon.js"), address,
		strconv.Itoa(httpload.DefaultConnections), strconv.Itoa(httpload.DefaultPipeline), strconv.Itoa(seconds), file)
	cmd.Env = append(os.Environ(), server.Env...) // NODE_PATH
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		stdin.Close()
		cmd.Wait()
	})
	answers := json.NewDecoder(stdout)
	next := func() (s shot) {
		if err := answers.Decode(&s); err != nil {
			b.Fatal(err)
		}
		return s
	}
	next() // warm
	return func() shot {
		fmt.Fprintln(stdin)
		return next()
	}
}
