package worker

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"
)

const (
	// maxLine is the longest line that a worker may print. Honest answers
	// are a thousandth of it.
	maxLine = 4 << 20
	// keptStderr is how much of the end of standard error is kept.
	keptStderr = 2 << 10
	// grace is how long a worker whose input has ended may take to exit.
	grace = 2 * time.Second
)

// A Command says how to start a worker.
type Command struct {
	Path string
	Args []string
	Env  []string // added to the parent's
}

// A Fault is what went wrong with a worker process, as opposed to an error
// that a working one reports. The worker is dead after it.
type Fault struct {
	// What happened, such as "exit status 3" or "signal: killed".
	What string
	// Stderr is the end of what the process said on standard error.
	Stderr string
	// Cause is the context's cause if its end is why the worker was killed.
	Cause error
}

func (f *Fault) Error() string {
	text := "worker: " + f.What
	if f.Stderr != "" {
		text += "; its last words:\n" + f.Stderr
	}
	return text
}

func (f *Fault) Unwrap() error { return f.Cause }

// A Conn is a running worker. It is not safe for concurrent use.
type Conn struct {
	Hello Hello

	cmd    *exec.Cmd
	stdin  io.WriteCloser
	lines  chan []byte   // closed when standard output ends
	broken error         // why standard output could not be read on; set before lines is closed
	gone   chan struct{} // closed when nobody reads lines any more
	stderr tail
	id     int
	fault  error // once set, what every call returns
	closed bool
}

// Start starts a worker and waits for its hello. The process is in a group of
// its own, so that what it starts dies with it, and dies with this process
// where the system can do that.
func Start(ctx context.Context, c Command) (*Conn, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	cmd := exec.Command(c.Path, c.Args...)
	cmd.Env = append(os.Environ(), c.Env...)
	cmd.SysProcAttr = ownGroup()
	conn := &Conn{cmd: cmd, lines: make(chan []byte), gone: make(chan struct{})}
	cmd.Stderr = &conn.stderr
	// Else a grandchild that keeps standard error open could hold up Wait.
	cmd.WaitDelay = grace
	var err error
	if conn.stdin, err = cmd.StdinPipe(); err != nil {
		return nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, &Fault{What: "can't start: " + err.Error()}
	}
	go conn.read(stdout)
	if err := conn.hello(ctx); err != nil {
		conn.Close()
		return nil, err
	}
	return conn, nil
}

// read passes the worker's lines on until its output ends.
func (c *Conn) read(stdout io.Reader) {
	defer close(c.lines)
	scanner := bufio.NewScanner(stdout)
	scanner.Buffer(nil, maxLine)
	for scanner.Scan() {
		select {
		case c.lines <- bytes.Clone(scanner.Bytes()):
		case <-c.gone:
			return
		}
	}
	c.broken = scanner.Err()
}

func (c *Conn) hello(ctx context.Context) error {
	line, err := c.receive(ctx)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(line, &c.Hello); err != nil || c.Hello.Protocol == 0 {
		return c.fail(nil, "said %s instead of hello", quote(line))
	}
	if c.Hello.Protocol != Protocol {
		return c.fail(nil, "speaks version %d of the protocol, and this is %d", c.Hello.Protocol, Protocol)
	}
	return nil
}

// Call sends a request and waits for its response. An error that the worker
// reports is returned as such; everything else is a *Fault.
func (c *Conn) Call(ctx context.Context, r Request) (Response, error) {
	if c.closed {
		return Response{}, errors.New("the realm is closed")
	}
	if c.fault != nil {
		return Response{}, c.fault
	}
	if ctx.Err() != nil {
		return Response{}, c.ended(ctx)
	}
	c.id++
	r.ID = c.id
	text, err := json.Marshal(r)
	if err != nil {
		return Response{}, err
	}
	// A worker that does not read must not hold us up: killing it ends Write.
	stop := context.AfterFunc(ctx, c.kill)
	_, err = c.stdin.Write(append(text, '\n'))
	stop()
	if err != nil && ctx.Err() == nil {
		// It has ended; its output and exit status tell more than EPIPE.
		if line, err := c.receive(ctx); err != nil {
			return Response{}, err
		} else {
			return Response{}, c.fail(nil, "said %s and stopped listening", quote(line))
		}
	}
	line, err := c.receive(ctx)
	if err != nil {
		return Response{}, err
	}
	var answer Response
	if err := json.Unmarshal(line, &answer); err != nil || answer.ID != r.ID {
		return Response{}, c.fail(nil, "said %s instead of an answer", quote(line))
	}
	if answer.Error != "" && answer.Unsupported {
		return Response{}, fmt.Errorf("%s: %w", answer.Error, errors.ErrUnsupported)
	}
	if answer.Error != "" {
		return Response{}, errors.New(answer.Error)
	}
	return answer, nil
}

// receive waits for the next line.
func (c *Conn) receive(ctx context.Context) ([]byte, error) {
	select {
	case line, ok := <-c.lines:
		if ok {
			return line, nil
		}
		if ctx.Err() != nil {
			return nil, c.ended(ctx)
		}
		if c.broken != nil {
			return nil, c.fail(nil, "standard output: %v", c.broken)
		}
		return nil, c.fail(nil, "")
	case <-ctx.Done():
		return nil, c.ended(ctx)
	}
}

// ended kills the worker because the context has ended.
func (c *Conn) ended(ctx context.Context) error {
	return c.fail(context.Cause(ctx), "interrupted: %v", context.Cause(ctx))
}

// fail kills the worker and returns the fault, which it also keeps. Without a
// format it is what the process's end tells.
func (c *Conn) fail(cause error, format string, args ...any) error {
	if c.fault == nil {
		what := fmt.Sprintf(format, args...)
		if what != "" {
			c.kill()
		}
		status := c.reap()
		if what == "" {
			what = "ended: " + status
		}
		c.fault = &Fault{What: what, Stderr: c.stderr.String(), Cause: cause}
	}
	return c.fault
}

// reap waits for the process's end, kills what is left of its group, and says
// how it ended.
func (c *Conn) reap() string {
	close(c.gone)
	timer := time.AfterFunc(grace, c.kill)
	err := c.cmd.Wait()
	timer.Stop()
	c.kill()
	if err != nil {
		return err.Error()
	}
	return "exit status 0"
}

// kill kills the process and everything in its group.
func (c *Conn) kill() { syscall.Kill(-c.cmd.Process.Pid, syscall.SIGKILL) }

// Close ends the worker and everything it has started. Closing twice is no
// error.
func (c *Conn) Close() error {
	if c.closed {
		return nil
	}
	c.closed = true
	c.stdin.Close()
	if c.fault == nil {
		c.reap()
	}
	return nil
}

// quote shows a line from a worker, which may be anything, in an error.
func quote(line []byte) string {
	const most = 200
	if len(line) > most {
		return fmt.Sprintf("%q…", line[:most])
	}
	return fmt.Sprintf("%q", line)
}

// A tail keeps the end of what is written to it.
type tail struct {
	mu   sync.Mutex
	kept []byte
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kept = append(t.kept, p...)
	if extra := len(t.kept) - keptStderr; extra > 0 {
		t.kept = append(t.kept[:0], t.kept[extra:]...)
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.ToValidUTF8(strings.TrimSpace(string(t.kept)), "�")
}
