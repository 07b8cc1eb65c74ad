package httpload_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"promisebench/bench/httpload"
	"promisebench/engines/all"
	"promisebench/engines/worker"
	"promisebench/workloads/served"
)

// portFile names, in the environment, the file to which a server that plays a
// role writes its port.
const portFile = "PROMISEBENCH_SERVER_PORT"

// honest is how many answers a server gives before it misbehaves.
const honest = 50

// play is a server that does what name says.
func play(name string) {
	wait := func() { io.Copy(io.Discard, os.Stdin) }
	switch name {
	case "exits-at-start":
		fmt.Fprintln(os.Stderr, "Error: Cannot find module 'koa'")
		os.Exit(1)
	case "never-ends":
		time.Sleep(time.Hour)
	case "never-listens":
		fmt.Fprintln(os.Stderr, "waiting for the database")
		wait()
		return
	case "no-json":
		fmt.Println("Listening on port 3000")
		wait()
		return
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	port := listener.Addr().(*net.TCPAddr).Port
	if file := os.Getenv(portFile); file != "" {
		if err := os.WriteFile(file, fmt.Append(nil, port), 0o666); err != nil {
			panic(err)
		}
	}
	if name == "falls-silent" || name == "with-child" {
		// Now: later, a slow machine might be taken for a silent server before.
		fmt.Fprintln(os.Stderr, "still thinking")
	}
	if name == "refuses" {
		listener.Close()
	}
	if name == "with-child" {
		// It inherits the socket, as a careless server's children do.
		file, err := listener.(*net.TCPListener).File()
		if err != nil {
			panic(err)
		}
		child := exec.Command(os.Args[0])
		child.Env = append(os.Environ(), role+"=never-ends")
		child.ExtraFiles = []*os.File{file}
		if err := child.Start(); err != nil {
			panic(err)
		}
	}
	fmt.Printf(`{"listening":%d,"version":"x"}`+"\n", port)
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go misbehave(name, conn)
		}
	}()
	wait()
}

var (
	answers atomic.Int64
	first   atomic.Int64 // when the first request came, in Unix nanoseconds
)

// misbehave answers rightly for a while and then does what name says.
func misbehave(name string, conn net.Conn) {
	defer conn.Close()
	list, err := served.Exchanges(1000)
	if err != nil {
		panic(err)
	}
	numbers := map[string]int{}
	for i, x := range list {
		numbers[x.Path] = i
	}
	in := bufio.NewReader(conn)
	for {
		r, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		io.Copy(io.Discard, r.Body)
		first.CompareAndSwap(0, time.Now().UnixNano())
		a := list[numbers[r.URL.RequestURI()]].Answer
		headers, length := "", len(a.Body)
		switch {
		case name == "plods":
			time.Sleep(20 * time.Millisecond)
		case name == "hiccups":
			// Stands still from 0.5 to 2 s after the first request.
			since := time.Since(time.Unix(0, first.Load()))
			if since > 500*time.Millisecond && since < 2*time.Second {
				time.Sleep(2*time.Second - since)
			}
		case answers.Add(1) <= honest:
		case name == "exits":
			fmt.Fprintln(os.Stderr, "RangeError: out of ideas")
			os.Exit(3)
		case name == "is-killed":
			fmt.Fprintln(os.Stderr, "Fatal error in , line 0")
			syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {}
		case name == "falls-silent", name == "with-child":
			time.Sleep(time.Hour)
		case name == "closes":
			return
		case name == "announces":
			headers = "Connection: close\r\n"
		case name == "garbage":
			io.WriteString(conn, "\x00\xff<html>\r\n\r\n")
			io.Copy(io.Discard, in) // else what was not read would reset the connection
			return
		case name == "floods":
			for {
				if _, err := io.WriteString(conn, strings.Repeat("x", 1<<16)); err != nil {
					return
				}
			}
		case name == "endless-body":
			length = 1 << 40
		case name == "short-body":
			io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{")
			return
		case name == "wrong-body":
			a.Body = strings.Replace(a.Body, "trace", "trice", 1)
		case name == "wrong-length":
			a.Body += " "
			length++
		case name == "wrong-status":
			a.Status++
		case name == "others-answer":
			a = list[(numbers[r.URL.RequestURI()]+20)%len(list)].Answer
			length = len(a.Body)
		}
		if _, err := fmt.Fprintf(conn, "HTTP/1.1 %d X\r\n%sContent-Length: %d\r\n\r\n%s", a.Status, headers, length, a.Body); err != nil {
			return
		}
	}
}

// impatient measures a server that plays a role, in little time.
func impatient(t *testing.T, name string, change func(*httpload.Meter, *httpload.Cell)) (httpload.Sample, error) {
	t.Helper()
	m := meter(t)
	m.Load.Time = 20 * time.Second // which the fault ends
	c := httpload.Cell{
		Framework: served.Framework{Name: name}, Engine: all.Engines()[0],
		Connections: 4, Pipeline: 3, Command: self(name),
	}
	if change != nil {
		change(m, &c)
	}
	return m.Measure(t.Context(), c)
}

// Each fault becomes an error that says what happened, with the server's last
// words, soon, and leaves no process and no port behind.
func TestFaults(t *testing.T) {
	for _, c := range []struct{ name, want, words string }{
		{"exits-at-start", "server did not start listening: server: ended: exit status 1", "Cannot find module 'koa'"},
		{"never-listens", "server did not start listening: server: interrupted: timed out after 3s", "waiting for the database"},
		{"no-json", `server: said "Listening on port 3000" instead of where it listens`, ""},
		{"refuses", "connection 1 of 4: ", ""},
		{"exits", "server: ended: exit status 3", "RangeError: out of ideas"},
		{"is-killed", "server: ended: signal: killed", "Fatal error in , line 0"},
		{"falls-silent", "no answer in 500ms", "still thinking"},
		{"with-child", "no answer in 500ms", "still thinking"},
		{"closes", "the server closed the connection", ""},
		{"announces", "the server announced that it closes the connection", ""},
		{"garbage", "no HTTP answer: ", ""},
		{"floods", "no HTTP answer: ", ""},
		{"endless-body", "no HTTP answer: ", ""},
		{"short-body", "the server closed the connection", ""},
		{"wrong-body", `wrong body of `, ""},
		{"wrong-length", `wrong body of `, ""},
		{"wrong-status", "status ", ""},
		{"others-answer", "wrong body of ", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "port")
			_, err := impatient(t, c.name, func(m *httpload.Meter, cell *httpload.Cell) {
				// Only what must time out here may.
				if strings.HasPrefix(c.want, "no answer in") {
					m.Load.IdleTimeout = 500 * time.Millisecond
				}
				if c.name == "never-listens" {
					m.StartTime = 3 * time.Second // it must have started by then
				}
				cell.Command = func() (worker.Command, error) {
					return worker.Command{Path: os.Args[0], Env: []string{role + "=" + c.name, portFile + "=" + file}}, nil
				}
			})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("got %v, want %s", err, c.want)
			}
			if words := "stderr:\n" + c.words; c.words != "" && !strings.Contains(err.Error(), "stderr:\n") || !strings.Contains(err.Error(), c.words) {
				t.Errorf("%v lacks %q", err, words)
			}
			if len(err.Error()) > 4<<10 {
				t.Errorf("the error has %d bytes", len(err.Error()))
			}
			nothingLeft(t, file)
		})
	}
}

// nothingLeft looks for processes that play a role, and for somebody at the port
// that a server had.
func nothingLeft(t *testing.T, file string) {
	t.Helper()
	var left []string
	for range 100 { // what was killed may take a moment
		if left = remains(t, file); len(left) == 0 {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Errorf("left behind: %v", left)
}

func remains(t *testing.T, file string) (left []string) {
	if port, err := os.ReadFile(file); err == nil {
		if conn, err := net.Dial("tcp", "127.0.0.1:"+string(port)); err == nil {
			conn.Close()
			left = append(left, "port "+string(port))
		}
	}
	if runtime.GOOS != "linux" {
		return left
	}
	files, err := filepath.Glob("/proc/[0-9]*/environ")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if env, err := os.ReadFile(name); err == nil && strings.Contains(string(env), role+"=") {
			left = append(left, name)
		}
	}
	return left
}

func TestInterruption(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	m := meter(t)
	m.Load.Time = 20 * time.Second
	c := httpload.Cell{Framework: served.Framework{Name: "right"}, Engine: all.Engines()[0], Connections: 4, Pipeline: 3, Command: self("right")}
	if _, err := m.Measure(ctx, c); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	nothingLeft(t, "")
}

func TestTimeout(t *testing.T) {
	_, err := impatient(t, "right", func(m *httpload.Meter, _ *httpload.Cell) { m.Timeout = 300 * time.Millisecond })
	if err == nil || !strings.Contains(err.Error(), "timed out after 300ms") {
		t.Errorf("got %v", err)
	}
	nothingLeft(t, "")
}

// The closed loop ends at its count, too.
func TestMaxAnswers(t *testing.T) {
	s, err := impatient(t, "right", func(m *httpload.Meter, _ *httpload.Cell) { m.Load.MaxAnswers = 100 })
	if err != nil || s.Closed.Answers < 100 || s.Closed.Elapsed > 20*time.Second {
		t.Errorf("%+v, %v", s, err)
	}
}

// A server that is still warming up while it is measured is told from one that
// has.
func TestNotSteady(t *testing.T) {
	for _, c := range []struct {
		rates []float64
		want  float64
	}{
		{[]float64{100, 101, 99, 100, 102, 98, 100, 101, 99, 100}, 0},
		{[]float64{40, 41, 39, 42, 40, 100, 101, 99, 100, 102}, 1},
		{[]float64{100, 90, 80, 70, 60, 50, 40, 30, 20, 10}, 1},
	} {
		values := httpload.RecordForTest(httpload.Sample{Rates: c.rates}).Values
		if v := values[1]; v.Unit != "not-steady" || v.Value != c.want {
			t.Errorf("%v: got %v, want %v", c.rates, values, c.want)
		}
	}
}

// A server that is slower than the time that was given for it has a rate all the
// same: how long it may be silent is the IdleTimeout's business.
func TestSlowServer(t *testing.T) {
	s, err := impatient(t, "plods", func(m *httpload.Meter, _ *httpload.Cell) {
		m.Load.Warmup, m.Load.Time, m.Load.Rate = 0, 10*time.Microsecond, 0
	})
	if err != nil || s.Closed.Answers < 1 {
		t.Errorf("%+v, %v", s, err)
	}
}

// A server that stands still has kept all waiting that would have come
// meanwhile, whether they could be sent or not.
func TestNoCoordinatedOmission(t *testing.T) {
	s, err := impatient(t, "hiccups", func(m *httpload.Meter, c *httpload.Cell) {
		m.Load.Time, m.Load.LatencyTime, m.Load.Rate = 50*time.Millisecond, 2*time.Second, 200
		c.Connections, c.Pipeline = 2, 1
	})
	if err != nil {
		t.Fatal(err)
	}
	// About 300 of 400 requests were due in those one and a half seconds, or fewer
	// if the open loop was late. Of those that were sent only two waited.
	if p90 := s.Latency.Percentiles[2]; p90.Percent != 90 || p90.Time < 100*time.Millisecond {
		t.Errorf("p90 is %v", p90)
	}
	if s.Latency.Answers != 400 {
		t.Errorf("%d requests were due, want 400", s.Latency.Answers)
	}
}

func TestRateTooHigh(t *testing.T) {
	_, err := impatient(t, "plods", func(m *httpload.Meter, c *httpload.Cell) {
		m.Load.Time, m.Load.LatencyTime, m.Load.Rate, m.Load.IdleTimeout = 50*time.Millisecond, 20*time.Second, 1000, time.Second
		c.Connections, c.Pipeline = 2, 1
	})
	if err == nil || !strings.Contains(err.Error(), "the server can't keep up with: take a lower --rate") {
		t.Errorf("got %v", err)
	}
}

func TestTooFewDescriptors(t *testing.T) {
	var before syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &before); err != nil {
		t.Fatal(err)
	}
	probe, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	next := uint64(probe.Fd()) // about how many are open
	probe.Close()
	few := before
	few.Cur = next + 40
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &few); err != nil {
		t.Fatal(err)
	}
	defer syscall.Setrlimit(syscall.RLIMIT_NOFILE, &before)
	_, err = impatient(t, "right", func(_ *httpload.Meter, c *httpload.Cell) { c.Connections = 200 })
	if err == nil || !strings.Contains(err.Error(), "too many open files: raise the limit (ulimit -n) or take fewer connections") {
		t.Errorf("got %v", err)
	}
	nothingLeft(t, "")
}
