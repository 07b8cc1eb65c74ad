package main

import (
	"bytes"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"promisebench/bench/cmd/promisebench/app"
	"promisebench/bench/httpload"
	"promisebench/bench/record"
	"promisebench/report/dataset"
)

// smallHTTP are flags for a run of two benchmarks that takes little time, but
// enough for an answer on a busy machine with the race detector.
func smallHTTP(dir string, more ...string) []string {
	return append([]string{"http", "--out", dir, "--engine", "goja,quickjs", "--connections", "5", "--pipeline", "2",
		"--warmup", "10ms", "--time", "300ms", "--latency-time", "50ms", "--rounds", "3"}, more...)
}

func TestHTTPMisuse(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"--framework x", `unknown framework "x": there are plain, express, fastify, hapi, koa, trek`},
		{"--engine v9", `unknown engine "v9": there are goja`},
		{"--pipeline 0", "pipeline [0]: from 1 to 100"},
		{"--pipeline 10,101", "pipeline [10 101]: from 1 to 100"},
		{"--connections 0", "0 connections: at least one"},
		{"--rounds 0", "--rounds 0"},
		{"--time 0s", "--time, --latency-time and --patience must be more than 0"},
		{"--time 2m", "--timeout must be more than"},
		{"--filter (", "--filter: error parsing regexp"},
		{"--engine goja --framework koa", "nothing matches; 'promisebench http list' prints all names"},
	} {
		code, stdout, stderr := call(t, append([]string{"http"}, strings.Fields(c.args)...)...)
		if code != app.ExitMisuse || !strings.Contains(stderr, c.want) || stdout != "" {
			t.Errorf("%s: exit %d, stderr %q lacks %q, stdout %q", c.args, code, stderr, c.want, stdout)
		}
	}
	if code, _, stderr := call(t, "serve", "v9"); code != app.ExitMisuse || !strings.Contains(stderr, `"v9" is not an embedded engine`) {
		t.Errorf("serve: exit %d: %s", code, stderr)
	}
}

func TestHTTPList(t *testing.T) {
	code, stdout, stderr := call(t, "http", "list", "--engine", "goja,sobek", "--pipeline", "10,1")
	want := "HTTP/framework=plain/engine=goja\nHTTP/framework=plain/engine=sobek\n" +
		"HTTP/framework=plain/engine=goja/pipeline=1\nHTTP/framework=plain/engine=sobek/pipeline=1\n"
	if code != app.ExitOK || stdout != want {
		t.Errorf("exit %d: %s\n%s", code, stdout, stderr)
	}
}

// A run writes what benchmark tools read, and resuming one adds only what is
// missing.
func TestHTTPRun(t *testing.T) {
	procs := runtime.GOMAXPROCS(0)
	dir := t.TempDir()
	if code, stdout, stderr := call(t, smallHTTP(dir, "--rounds", "1")...); code != app.ExitOK || !strings.Contains(stdout, "2 samples, 0 skips, 0 failures") {
		t.Fatalf("exit %d: %s%s", code, stdout, stderr)
	}
	if code, _, stderr := call(t, smallHTTP(dir)...); code != app.ExitMisuse || !strings.Contains(stderr, "has results already") {
		t.Errorf("a second run: exit %d: %s", code, stderr)
	}
	if code, stdout, stderr := call(t, smallHTTP(dir, "--resume")...); code != app.ExitOK || !strings.Contains(stdout, "4 samples, 0 skips, 0 failures") {
		t.Errorf("resumed: exit %d: %s%s", code, stdout, stderr)
	}
	r := read(t, dir)
	wantSamples(t, r, 2, 3)
	if len(r.Problems()) > 0 || len(r.Outcomes()) > 0 {
		t.Errorf("%v, %v", r.Problems(), r.Outcomes())
	}
	text, err := os.ReadFile(dir + "/" + record.Text)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{httpload.Units, "\npinned: ", "\npinning: ", "\nengine-goja: ", "\nclosed-loop: 300ms after 10ms of warm-up\n",
		"BenchmarkHTTP/framework=plain/engine=quickjs/connections=5/pipeline=2", " req/s ", " p99-ns"} {
		if !bytes.Contains(text, []byte(want)) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if code, _, stderr := call(t, smallHTTP(dir, "--resume", "--time", "60ms")...); code != app.ExitMisuse || !strings.Contains(stderr, "closed-loop") {
		t.Errorf("resumed with another time: exit %d: %s", code, stderr)
	}
	if now := runtime.GOMAXPROCS(0); now != procs {
		t.Errorf("GOMAXPROCS is %d afterwards, was %d", now, procs)
	}
}

// What is not installed, and what has no sockets, is a skip with its reason.
func TestHTTPSkips(t *testing.T) {
	t.Setenv("PROMISEBENCH_SERVERS", t.TempDir())
	_, names, _ := call(t, "http", "list", "--framework", "koa", "--engine", "node*")
	if !strings.Contains(names, "engine=node24") {
		if os.Getenv("CI") != "" {
			t.Fatal("no node24")
		}
		t.Skip("no node24 ('make engines' installs it)")
	}
	dir := t.TempDir()
	code, stdout, stderr := call(t, "http", "--out", dir, "--framework", "koa", "--engine", "node24")
	if code != app.ExitOK || !strings.Contains(stdout, "0 samples, 0 of 1 benchmarks known to ±4%, 1 skips, 0 failures") || !strings.Contains(stderr, "koa is not installed ('make engines' installs it)") {
		t.Errorf("exit %d: %s%s", code, stdout, stderr)
	}
	if o := read(t, dir).Outcomes(); len(o) != 1 || o[0].Kind != dataset.Skip || !strings.Contains(o[0].Reason, "make engines") {
		t.Errorf("%v", o)
	}
}

// An engine with both meanings of await has a server of each.
func TestHTTPAwaitModes(t *testing.T) {
	_, names, _ := call(t, "http", "list", "--framework", "koa", "--engine", "node*")
	got := slices.DeleteFunc(strings.Split(names, "\n"), func(s string) bool { return !strings.HasSuffix(s, "=node11") })
	if len(got) == 0 && os.Getenv("CI") == "" {
		t.Skip("no node11 ('make engines' installs it)")
	}
	if want := []string{"HTTP/framework=koa/await=legacy/engine=node11", "HTTP/framework=koa/await=optimized/engine=node11"}; !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
}

// Whatever ends a run, no server outlives it, and nothing that was measured is
// lost.
func TestHTTPInterrupt(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("reads /proc")
	}
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGKILL} {
		t.Run(signal.String(), func(t *testing.T) {
			dir := t.TempDir()
			marker := "PROMISEBENCH_TEST_RUN=" + dir
			cmd := command(t.Context(), smallHTTP(dir, "--rounds", "100000")...)
			cmd.Env = append(cmd.Env, marker)
			var stderr bytes.Buffer
			cmd.Stderr = &stderr
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			waitForResults(t, dir, 2)
			if err := cmd.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			cmd.Wait()
			if signal == syscall.SIGINT && (cmd.ProcessState.ExitCode() != app.ExitInterrupted || !strings.Contains(stderr.String(), "promisebench http --resume --out "+dir)) {
				t.Errorf("exit %d: %s", cmd.ProcessState.ExitCode(), stderr.String())
			}
			if r := read(t, dir); r.Empty() || len(r.Outcomes()) > 0 {
				t.Errorf("after it: %v", r.Outcomes())
			}
			var left []string
			for range 100 {
				if left = processesWith(t, marker); len(left) == 0 {
					return
				}
				time.Sleep(50 * time.Millisecond)
			}
			t.Errorf("still running: %v", left)
		})
	}
}

// A soak writes a line for each stretch as it ends, which report draws; and it is
// no benchmark that a run could go on with.
func TestHTTPSoak(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the memory of a running server is not available here")
	}
	dir := t.TempDir()
	soak := func(more ...string) []string {
		return append([]string{"http", "soak", "--out", dir, "--engine", "goja,quickjs", "--connections", "5", "--pipeline", "2",
			"--warmup", "10ms", "--time", "200ms", "--stretch", "50ms"}, more...)
	}
	code, stdout, stderr := call(t, soak()...)
	if code != app.ExitOK || !strings.Contains(stdout, " intervals, 0 skips, 0 failures") {
		t.Fatalf("exit %d: %s%s", code, stdout, stderr)
	}
	if code, stdout, stderr = call(t, "report", dir); code != app.ExitOK || !strings.Contains(stdout, "Soak test") {
		t.Errorf("exit %d: %s%s", code, stdout, stderr)
	}
	if _, err := os.Stat(dir + "/http-soak.svg"); err != nil {
		t.Error(err)
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{soak(), "has results already"},
		{soak("--stretch", "0s"), "--stretch and --patience must be more than 0"},
		{soak("--time", "10ms"), "--time no less than --stretch"},
		{soak("--framework", "koa"), "nothing matches"},
	} {
		if code, _, stderr := call(t, c.args...); code != app.ExitMisuse || !strings.Contains(stderr, c.want) {
			t.Errorf("%v: exit %d: %s lacks %s", c.args, code, stderr, c.want)
		}
	}
}

// A build of one's own is loaded as the others are.
func TestHTTPOwnEngine(t *testing.T) {
	path, err := exec.LookPath("node")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	dir := t.TempDir()
	code, stdout, stderr := call(t, smallHTTP(dir, "--engine", "mine="+path+",kind=node", "--engine", "quickjs", "--framework", "plain", "--rounds", "1")...)
	if code != app.ExitOK || !strings.Contains(stdout, "samples, 0 skips, 0 failures") {
		t.Fatalf("exit %d: %s%s", code, stdout, stderr)
	}
	if text, err := os.ReadFile(dir + "/" + record.Text); err != nil || !bytes.Contains(text, []byte("BenchmarkHTTP/framework=plain/engine=mine/connections=5/pipeline=2")) {
		t.Errorf("%v\n%s", err, text)
	}
}
