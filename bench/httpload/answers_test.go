package httpload_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"promisebench/bench"
	"promisebench/bench/httpload"
	"promisebench/engines/all"
	"promisebench/engines/enginetest"
	"promisebench/engines/hosts"
	"promisebench/engines/worker"
	"promisebench/workloads/served"
)

// The test binary plays the servers that are no programs of their own: its role
// is named in the environment.
const role = "PROMISEBENCH_SERVER_TEST"

func TestMain(m *testing.M) {
	if name := os.Getenv(role); name != "" {
		for _, e := range all.Engines() {
			if e.Name() == name {
				if err := httpload.Serve(context.Background(), e, os.Stdin, os.Stdout); err != nil {
					os.Stderr.WriteString(err.Error() + "\n")
					os.Exit(1)
				}
				os.Exit(0)
			}
		}
		play(name)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// self starts this binary in a role.
func self(name string) func() (worker.Command, error) {
	return func() (worker.Command, error) {
		return worker.Command{Path: os.Args[0], Env: []string{role + "=" + name}}, nil
	}
}

// enginesDir and serversDir are where "make engines" installs to.
func enginesDir() string {
	if dir := os.Getenv("PROMISEBENCH_ENGINES"); dir != "" {
		return dir
	}
	return filepath.Join("..", "..", "engines", "hosts", "npm")
}

func modules(t testing.TB) string {
	t.Helper()
	dir, err := filepath.Abs(filepath.Join("..", "..", "workloads", "served", "npm", "node_modules"))
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func exchanges(t testing.TB, n int) []served.Exchange {
	t.Helper()
	list, err := served.Exchanges(n)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// quick is a load that takes little time and is patient with slow machines.
func quick() httpload.Load {
	return httpload.Load{
		Warmup: 20 * time.Millisecond, Time: 100 * time.Millisecond, MaxAnswers: 1e6,
		Rate: 500, LatencyTime: 100 * time.Millisecond, IdleTimeout: 20 * time.Second,
	}
}

func meter(t *testing.T) *httpload.Meter {
	return &httpload.Meter{Load: quick(), Exchanges: exchanges(t, 1000), StartTime: 20 * time.Second, Timeout: time.Minute}
}

// Every host has its plain server, and the oldest Node.js has every framework's,
// under load. TestSameBytes has those of the newest, .ci/run all of them.
func TestServers(t *testing.T) {
	frameworks, err := served.Frameworks()
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range hosts.Known() {
		if !slices.Contains([]string{"node", "bun", "deno"}, h.Kind) {
			continue
		}
		for _, f := range frameworks {
			if f.Package != "" && h.Name != "node7" {
				continue
			}
			t.Run(h.Name+"/"+f.Name, func(t *testing.T) {
				command := serverOf(t, f, h)
				measure(t, httpload.Cell{
					Framework: f, Engine: all.Engines()[0], // whose name alone counts here
					Command: func() (worker.Command, error) { return command, nil },
				})
			})
		}
	}
}

func TestEmbeddedServers(t *testing.T) {
	for _, e := range all.Engines() {
		t.Run(e.Name(), func(t *testing.T) {
			measure(t, httpload.Cell{Framework: served.Framework{Name: served.Plain}, Engine: e, Command: self(e.Name())})
		})
	}
}

// measure takes a sample of a cell and looks whether it has everything.
func measure(t *testing.T, c httpload.Cell) {
	t.Helper()
	c.Connections, c.Pipeline = 20, 5
	s, err := meter(t).Measure(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	r := httpload.RecordForTest(s)
	var units []string
	for _, v := range r.Values {
		units = append(units, v.Unit)
		if !(v.Value > 0) && v.Unit != "not-steady" {
			t.Errorf("%v %s", v.Value, v.Unit)
		}
	}
	t.Log(r.Iters, r.Values)
	want := []string{"req/s", "not-steady", "p50-ns", "p75-ns", "p90-ns", "p95-ns", "p99-ns", "cpu-ns/req", "load-cpu-ns/req", "peak-RSS-bytes"}
	if runtime.GOOS != "linux" {
		want = want[:7]
	}
	if r.Iters < 1 || !slices.Equal(units, want) {
		t.Errorf("%d answers, units %v, want %v", r.Iters, units, want)
	}
	if len(s.Rates) < 10 {
		t.Errorf("rates of %d parts, want 10", len(s.Rates))
	}
}

// get sends a request and returns what a reader of the answer can tell.
func get(t *testing.T, client *http.Client, address string, r served.Request) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), r.Method, "http://"+address+r.Path, strings.NewReader(r.Body))
	if err != nil {
		t.Fatal(err)
	}
	if r.Body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%d\n", response.StatusCode)
	// What the layers set; a host adds others.
	for _, name := range []string{"X-Request-Id", "Access-Control-Allow-Origin", "X-Content-Type-Options", "Cache-Control", "Content-Type"} {
		fmt.Fprintf(&b, "%s: %s\n", name, strings.ToLower(response.Header.Get(name)))
	}
	return b.String() + string(body)
}

// The embedded engines and all servers on Node.js answer the same thousand
// requests with the same bytes.
func TestSameBytes(t *testing.T) {
	list := exchanges(t, 1000)
	var want []string // the first server's answers
	ask := func(t *testing.T, c worker.Command) {
		t.Helper()
		address, _, end, err := httpload.StartForTest(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		defer end()
		client := &http.Client{Transport: &http.Transport{}}
		defer client.CloseIdleConnections()
		var got []string
		for i, x := range list {
			got = append(got, get(t, client, address, x.Request))
			_, body, _ := strings.Cut(got[i], "application/json; charset=utf-8\n")
			if body != x.Answer.Body || !strings.HasPrefix(got[i], fmt.Sprint(x.Status, "\n")) {
				t.Fatalf("%s %s: got %s\nwant %d %s", x.Method, x.Path, got[i], x.Status, x.Answer.Body)
			}
		}
		if want == nil {
			want = got
		}
		for i := range got {
			if got[i] != want[i] {
				t.Fatalf("%s %s: got %s\nand elsewhere %s", list[i].Method, list[i].Path, got[i], want[i])
			}
		}
	}
	for _, e := range all.Engines() {
		t.Run(e.Name(), func(t *testing.T) {
			c, err := self(e.Name())()
			if err != nil {
				t.Fatal(err)
			}
			ask(t, c)
		})
	}
	frameworks, err := served.Frameworks()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range frameworks {
		for _, h := range hosts.Known() {
			if h.Name == "node24" || f.Package == "" && (h.Kind == "bun" || h.Kind == "deno") {
				t.Run(f.Name+"/"+h.Name, func(t *testing.T) { ask(t, serverOf(t, f, h)) })
			}
		}
	}
}

// serverOf returns how to start a framework's server on a host.
func serverOf(t testing.TB, f served.Framework, h hosts.Host) worker.Command {
	t.Helper()
	found := hosts.Find(t.Context(), h, enginesDir())
	enginetest.Installed(t, found.Err)
	needs := ""
	if f.Package != "" {
		needs = modules(t)
		_, err := os.Stat(filepath.Join(needs, f.Package, "package.json"))
		enginetest.Installed(t, err)
	}
	script, err := f.Script()
	if err != nil {
		t.Fatal(err)
	}
	command, err := found.Engine().(hosts.Server).Server("", script, needs)
	if err != nil {
		t.Fatal(err)
	}
	return command
}

var _ bench.Named = httpload.Cell{}
