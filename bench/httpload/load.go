package httpload

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"net"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
	"github.com/valyala/fasthttp"

	"promisebench/workloads/served"
)

// A Load is how a server is loaded. All of it is bounded: a phase ends when its
// time is over or its count reached, and a server that does not answer for
// IdleTimeout has failed.
type Load struct {
	// Connections are kept open, and on each of them Pipeline requests are
	// under way at any time; both are 1 or more.
	Connections, Pipeline int
	// Warmup and Time are how long the closed loop runs uncounted and counted.
	Warmup, Time time.Duration
	// MaxAnswers, 1 or more, ends a Time early, when about that many answers were
	// counted in it.
	MaxAnswers int64
	// Rate is the open loop's, in requests a second, which LatencyTime bounds.
	Rate        float64
	LatencyTime time.Duration
	// IdleTimeout is how long the server may be silent, at least three quarters
	// of it: looking at the clock for each answer would cost too much.
	IdleTimeout time.Duration
}

// A ClosedSample is what the closed loop counted.
type ClosedSample struct {
	Answers int64
	Elapsed time.Duration
	// CPU is the CPU time of the server, LoadCPU that of this process: where it
	// comes near to Elapsed, the load is what was measured.
	CPU, LoadCPU time.Duration
}

func (s ClosedSample) perSecond() float64 { return float64(s.Answers) / s.Elapsed.Seconds() }

// add adds what came next.
func (s *ClosedSample) add(next ClosedSample) {
	s.Answers += next.Answers
	s.Elapsed += next.Elapsed
	s.CPU += next.CPU
	s.LoadCPU += next.LoadCPU
}

// A Latency is what the open loop measured.
type Latency struct {
	Answers     int64
	Percentiles []Percentile // lowest first
}

// A Percentile is a share of the answers, in percent, and the time that none of
// them took longer than.
type Percentile struct {
	Percent float64
	Time    time.Duration
}

// percentiles returns the percentiles that so many answers can tell. Beyond the
// last of them there should be some.
func percentiles(answers int64) []float64 {
	list := []float64{50, 75, 90, 95, 99}
	if answers >= 10_000 {
		list = append(list, 99.9)
	}
	return list
}

// wire is an exchange as it goes over the connection.
type wire struct {
	request []byte
	want    served.Exchange
}

// encode writes the requests as HTTP, once, so that the load has little to do
// while it measures.
func encode(list []served.Exchange) []wire {
	out := make([]wire, len(list))
	for i, x := range list {
		var b bytes.Buffer
		fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\n", x.Method, x.Path)
		if x.Request.Body != "" {
			fmt.Fprintf(&b, "Content-Type: application/json\r\nContent-Length: %d\r\n", len(x.Request.Body))
		}
		b.WriteString("\r\n" + x.Request.Body)
		out[i] = wire{b.Bytes(), x}
	}
	return out
}

// A client is one connection. fasthttp reads the responses; what is under way
// when is decided here and not by its pipelining client, which tries requests
// again behind the caller's back: here every closed connection is to be seen.
type client struct {
	load     Load
	conn     net.Conn
	reader   *bufio.Reader
	writer   *bufio.Writer
	response fasthttp.Response
	list     []wire
	sent     int // index of the next request in list
	read     int // index of the next answer in list
	deadline time.Time
	answers  atomic.Int64
}

// maxAnswer bounds what is read of an answer's body.
const maxAnswer = 1 << 20

// dial opens all connections. They begin at different places of the list.
func (l Load) dial(ctx context.Context, address string, list []wire) ([]*client, error) {
	var clients []*client
	dialer := net.Dialer{Timeout: l.IdleTimeout}
	for i := range l.Connections {
		conn, err := dialer.DialContext(ctx, "tcp", address)
		if err != nil {
			closeAll(clients)
			if errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) {
				err = fmt.Errorf("%w: raise the limit (ulimit -n) or take fewer connections", err)
			}
			return nil, fmt.Errorf("connection %d of %d: %w", i+1, l.Connections, err)
		}
		at := i * len(list) / l.Connections
		clients = append(clients, &client{
			load: l, conn: conn, list: list, sent: at, read: at,
			reader: bufio.NewReaderSize(conn, 16<<10), writer: bufio.NewWriterSize(conn, 16<<10),
		})
	}
	return clients, nil
}

func closeAll(clients []*client) {
	for _, c := range clients {
		c.conn.Close()
	}
}

// send puts the next request into the buffer.
func (c *client) send() error {
	_, err := c.writer.Write(c.list[c.sent].request)
	c.sent = (c.sent + 1) % len(c.list)
	return err
}

// extend moves the deadline for the server's next byte.
func (c *client) extend() error {
	now := time.Now()
	if c.deadline.Sub(now) > c.load.IdleTimeout*3/4 {
		return nil
	}
	c.deadline = now.Add(c.load.IdleTimeout)
	return c.conn.SetDeadline(c.deadline)
}

// receive reads the next answer and checks it.
func (c *client) receive() error {
	want := c.list[c.read].want
	c.read = (c.read + 1) % len(c.list)
	if c.reader.Buffered() == 0 {
		if err := c.extend(); err != nil {
			return err
		}
	}
	what := func(err error) error { return fmt.Errorf("%s %s: %w", want.Method, want.Path, err) }
	if err := c.response.ReadLimitBody(c.reader, maxAnswer); err != nil {
		return what(c.explain("no HTTP answer", err))
	}
	if got := c.response.StatusCode(); got != want.Status {
		return what(fmt.Errorf("status %d, want %d; the body is %s", got, want.Status, clip(c.response.Body())))
	}
	if got := c.response.Body(); string(got) != want.Answer.Body {
		return what(fmt.Errorf("wrong body of %d bytes, want %d: %s, want %s", len(got), len(want.Answer.Body), clip(got), clip([]byte(want.Answer.Body))))
	}
	if length := c.response.Header.Peek(fasthttp.HeaderContentLength); len(length) > 0 && string(length) != strconv.Itoa(len(want.Answer.Body)) {
		return what(fmt.Errorf("content-length %q of %d bytes", length, len(want.Answer.Body)))
	}
	if c.response.ConnectionClose() {
		return what(errors.New("the server announced that it closes the connection"))
	}
	return nil
}

// clip shows the beginning of a body, which may be anything.
func clip(body []byte) string {
	const most = 200
	if len(body) > most {
		return fmt.Sprintf("%q…", body[:most])
	}
	return fmt.Sprintf("%q", body)
}

// closed sends a request for each answer until stop, and then waits for the
// answers that are still due.
func (c *client) closed(stop *atomic.Bool) error {
	due := 0
	for ; due < c.load.Pipeline; due++ {
		if err := c.send(); err != nil {
			return err
		}
	}
	for due > 0 {
		// What was read at once is answered at once: a write for each read, as
		// event loops do it. Whoever has to wait sends first.
		if c.reader.Buffered() == 0 {
			if err := c.flush(); err != nil {
				return err
			}
		}
		if err := c.receive(); err != nil {
			return err
		}
		due--
		c.answers.Add(1)
		if !stop.Load() {
			if err := c.send(); err != nil {
				return err
			}
			due++
		}
	}
	return nil
}

func (c *client) flush() error {
	if err := c.extend(); err != nil {
		return err
	}
	if err := c.writer.Flush(); err != nil {
		return c.explain("the server reads no more", err)
	}
	return nil
}

// explain names what an error of the connection means, or else says what.
func (c *client) explain(what string, err error) error {
	switch {
	case errors.Is(err, fasthttp.ErrTimeout), errors.Is(err, os.ErrDeadlineExceeded):
		return fmt.Errorf("no answer in %v", c.load.IdleTimeout)
	case connectionLost(err):
		return fmt.Errorf("the server closed the connection: %w", err)
	}
	return fmt.Errorf("%s: %w", what, err)
}

// each runs f for every client at once and returns the first error, at which
// the context that f has ends and all connections are closed, so that the others
// end too. ctx's end is one.
func each(ctx context.Context, clients []*client, f func(context.Context, int, *client) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	stop := context.AfterFunc(ctx, func() { closeAll(clients) })
	defer stop()
	var all sync.WaitGroup
	for i, c := range clients {
		all.Go(func() {
			if err := f(ctx, i, c); err != nil {
				cancel(err) // the first one stays
			}
		})
	}
	all.Wait()
	return context.Cause(ctx)
}

// closed runs the closed loop: each answer is followed by a request, so that
// the server always has Connections × Pipeline to do. What came in each Time
// goes to interval, without a pause between them, until that wants no more. cpu
// tells the CPU times of the server and of this process so far.
func (l Load) closed(ctx context.Context, clients []*client, cpu func() (server, load time.Duration, err error), interval func(ClosedSample) (more bool, err error)) error {
	var stop atomic.Bool
	count := func() (n int64) {
		for _, c := range clients {
			n += c.answers.Load()
		}
		return n
	}
	ended := make(chan error, 1)
	go func() {
		ended <- each(ctx, clients, func(_ context.Context, _ int, c *client) error { return c.closed(&stop) })
	}()
	// phase waits for d, but not longer than there are errors or too many
	// answers.
	phase := func(d time.Duration, enough int64) error {
		end := time.NewTimer(d)
		defer end.Stop()
		look := time.NewTicker(10 * time.Millisecond)
		defer look.Stop()
		for {
			select {
			case err := <-ended: // before its time, so there is one
				return err
			case <-end.C:
				return nil
			case <-look.C:
				if count() >= enough {
					return nil
				}
			}
		}
	}
	if err := phase(l.Warmup, math.MaxInt64); err != nil {
		return err
	}
	before, start := count(), time.Now()
	serverBefore, loadBefore, err := cpu()
	for more := true; more && err == nil; {
		if failure := phase(l.Time, before+l.MaxAnswers); failure != nil {
			return failure
		}
		now, at := count(), time.Now()
		var server, load time.Duration
		if server, load, err = cpu(); err != nil {
			break
		}
		s := ClosedSample{Answers: now - before, Elapsed: at.Sub(start), CPU: server - serverBefore, LoadCPU: load - loadBefore}
		more, err = interval(s)
		before, start, serverBefore, loadBefore = now, at, server, load
	}
	stop.Store(true)
	if failure := <-ended; failure != nil {
		return failure
	}
	return err
}

// Bounds of what the histogram tells apart: three digits up to a minute.
const (
	longestLatency = time.Minute
	digits         = 3
)

// open runs the open loop: requests are due at a fixed rate, whatever the server
// does, and a request that could not be sent in time, because its connection
// still waited for an answer, has waited since it was due. Leaving that wait out
// is "coordinated omission": a server that stands still for a second would be
// asked nothing in that second and look fast. How late the load's own timer is,
// on a connection that was free, is not the server's and does not count.
func (l Load) open(ctx context.Context, clients []*client) (Latency, error) {
	histogram := hdrhistogram.New(1, longestLatency.Nanoseconds(), digits)
	var mu sync.Mutex
	gap := time.Duration(float64(time.Second) / l.Rate) // between two requests
	start := time.Now()
	end := start.Add(l.LatencyTime)
	err := each(ctx, clients, func(ctx context.Context, i int, c *client) error {
		step := gap * time.Duration(len(clients))
		for due := start.Add(gap * time.Duration(i)); due.Before(end); due = due.Add(step) {
			since := due
			if wait := time.Until(due); wait > 0 {
				select {
				case <-time.After(wait):
				case <-ctx.Done():
					return context.Cause(ctx)
				}
				since = time.Now()
			}
			// All that was due is sent, so that what the server is too slow for
			// counts; but not forever.
			if late := time.Since(due); late > l.IdleTimeout {
				return fmt.Errorf("%v behind a rate of %v requests a second, which the server can't keep up with: take a lower --rate", late.Round(time.Millisecond), l.Rate)
			}
			if err := c.send(); err != nil {
				return err
			}
			if err := c.flush(); err != nil {
				return err
			}
			if err := c.receive(); err != nil {
				return err
			}
			took := time.Since(since)
			mu.Lock()
			err := histogram.RecordValue(took.Nanoseconds())
			mu.Unlock()
			if err != nil {
				return fmt.Errorf("an answer took %v: %w", took, err)
			}
		}
		return nil
	})
	latency := Latency{Answers: histogram.TotalCount()}
	for _, percent := range percentiles(latency.Answers) {
		latency.Percentiles = append(latency.Percentiles, Percentile{percent, time.Duration(histogram.ValueAtQuantile(percent))})
	}
	if err == nil && latency.Answers == 0 {
		err = errors.New("no request was due: take a higher --rate or a longer --latency-time")
	}
	return latency, err
}
