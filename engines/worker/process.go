package worker

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"

	"promisebench/engines"
)

const (
	// maxLine is the longest line that a worker may print. Honest answers
	// are a thousandth of it.
	maxLine = 4 << 20
	// keptStderr is how much of standard error is kept, half of it from the end.
	keptStderr = 2 << 10
	// grace is how long a worker whose input has ended may take to exit.
	grace = 2 * time.Second
)

// padding is a variable in the environment of each process, of random length. It
// moves the stack, and where the stack lies can change times by a few percent
// (Mytkowicz et al., "Producing wrong data without doing anything obviously wrong!",
// ASPLOS 2009). So that is not the same in all processes of a user or a folder, and
// averages out.
const padding = "PROMISEBENCH_PADDING"

// A Command says how to start a process.
type Command struct {
	Path string
	Args []string
	Env  []string // added to the parent's
	// Page, if not nil, says that it is a browser.
	Page *Page
	// In, if not nil, is a browser to start a worker in, whose own process this command
	// is the one of.
	In *Browser
	// CPU, if not nil, is the one that the process is to stay on. Only Linux
	// can do that.
	CPU *int
}

// A Wrapper is what an engine may implement besides: one whose realms are
// processes, and whose command can be put behind another one's.
type Wrapper interface {
	// Wrapped returns the engine with every command that it starts replaced by
	// what wrap makes of it. That must do the same, and may do more.
	Wrapped(wrap func(Command) Command) engines.Engine
}

// A Fault is what went wrong with a child process, as opposed to an error
// that a working one reports. The process is dead after it.
type Fault struct {
	// Who is what the process was, such as "worker".
	Who string
	// What happened, such as "exit status 3" or "signal: killed".
	What string
	// Stderr is the end of what the process said on standard error.
	Stderr string
	// Cause is the context's cause if its end is why the process was killed.
	Cause error
}

func (f *Fault) Error() string {
	text := f.Who + ": " + f.What
	if f.Stderr != "" {
		text += "; stderr:\n" + f.Stderr
	}
	return text
}

func (f *Fault) Unwrap() error { return f.Cause }

// A Process is a child that talks in lines on standard input and output. It is
// in a group of its own, so that what it starts dies with it, and dies with this
// process where the system can do that. It is not safe for concurrent use.
type Process struct {
	who    string
	cmd    *exec.Cmd // nil for a worker in a browser that is somebody else's
	stdin  io.WriteCloser
	lines  chan []byte   // closed when standard output ends
	broken error         // why standard output could not be read on; set before lines is closed
	gone   chan struct{} // closed when nobody reads lines any more
	stderr tail
	fault  error // once set, what every call returns
	closed bool
	page   *pageServer // of a browser that is this process, or nil
}

// StartProcess starts a process. who is what its faults call it.
func StartProcess(ctx context.Context, who string, c Command) (*Process, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	switch {
	case c.In != nil:
		return c.In.start(ctx, who, c)
	case c.Page != nil:
		p, err := startPage(ctx, who, c)
		if err != nil {
			return nil, err
		}
		t, err := p.page.start(ctx)
		if err != nil {
			return nil, p.Fail(context.Cause(ctx), "%v", err)
		}
		p.stdin = t
		go p.read(t)
		return p, nil
	}
	p := newProcess(who, c)
	var err error
	if p.stdin, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	stdout, err := p.start(c)
	if err != nil {
		return nil, errors.Join(err, p.stdin.Close())
	}
	go p.read(stdout)
	return p, nil
}

// startPage starts a browser and waits for its page.
func startPage(ctx context.Context, who string, c Command) (*Process, error) {
	page, err := c.Page.open()
	if err != nil {
		return nil, err
	}
	c.Args = page.arguments(c.Args)
	p := newProcess(who, c)
	p.page = page
	p.stdin, err = p.cmd.StdinPipe()
	var stdout io.Reader
	if err == nil {
		stdout, err = p.start(c)
	}
	if err != nil {
		page.Close()
		page.remove()
		return nil, err
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		io.Copy(io.Discard, stdout) // nobody reads it, and it must not fill up
	}()
	if err := page.connect(ctx, ended); err != nil {
		return nil, p.Fail(context.Cause(ctx), "%v", err)
	}
	return p, nil
}

// newProcess returns a process that has not been started.
func newProcess(who string, c Command) *Process {
	cmd := exec.Command(c.Path, c.Args...)
	cmd.Env = append(os.Environ(), c.Env...)
	cmd.Env = append(cmd.Env, padding+"="+strings.Repeat("x", rand.IntN(4<<10)))
	cmd.SysProcAttr = ownGroup()
	p := &Process{who: who, cmd: cmd, lines: make(chan []byte), gone: make(chan struct{})}
	cmd.Stderr = &p.stderr
	// Else a grandchild that keeps standard error open could hold up Wait.
	cmd.WaitDelay = grace
	return p
}

// start starts it and returns its standard output.
func (p *Process) start(c Command) (io.Reader, error) {
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if c.CPU != nil {
		err = startOn(*c.CPU, p.cmd)
	} else {
		err = p.cmd.Start()
	}
	if err != nil {
		return nil, &Fault{Who: p.who, What: "can't start: " + err.Error()}
	}
	return stdout, nil
}

// PID is the process's number; 0 if it is a worker in a [Browser].
func (p *Process) PID() int {
	if p.cmd == nil {
		return 0
	}
	return p.cmd.Process.Pid
}

// read passes the process's lines on until its output ends.
func (p *Process) read(stdout io.Reader) {
	defer close(p.lines)
	scanner := bufio.NewScanner(stdout)
	scanner.Buffer(nil, maxLine)
	for scanner.Scan() {
		select {
		case p.lines <- bytes.Clone(scanner.Bytes()):
		case <-p.gone:
			return
		}
	}
	p.broken = scanner.Err()
}

// usable returns why the process can't be talked to, or nil.
func (p *Process) usable(ctx context.Context) error {
	switch {
	case p.closed:
		return errors.New("the realm is closed")
	case p.fault != nil:
		return p.fault
	case ctx.Err() != nil:
		return p.ended(ctx)
	}
	return nil
}

// write writes to standard input. A process that does not read must not hold us
// up: killing it when ctx ends also ends Write.
func (p *Process) write(ctx context.Context, text []byte) error {
	stop := context.AfterFunc(ctx, p.kill)
	defer stop()
	_, err := p.stdin.Write(text)
	return err
}

// Line waits for the next line. All errors are faults.
func (p *Process) Line(ctx context.Context) ([]byte, error) {
	select {
	case line, ok := <-p.lines:
		if ok {
			return line, nil
		}
		if ctx.Err() != nil {
			return nil, p.ended(ctx)
		}
		if p.broken != nil {
			return nil, p.Fail(nil, "standard output: %v", p.broken)
		}
		return nil, p.Fail(nil, "")
	case <-ctx.Done():
		return nil, p.ended(ctx)
	}
}

// ended kills the process because the context has ended.
func (p *Process) ended(ctx context.Context) error {
	return p.Fail(context.Cause(ctx), "interrupted: %v", context.Cause(ctx))
}

// Fail kills the process and returns the fault, which it also keeps. Without a
// format it is what the process's end tells.
func (p *Process) Fail(cause error, format string, args ...any) error {
	if p.fault == nil {
		what := fmt.Sprintf(format, args...)
		if what == "" && (p.page != nil || p.cmd == nil) {
			what = "its page was closed, or crashed" // the browser itself goes on
		}
		if what != "" {
			p.kill()
		}
		status := p.reap()
		if what == "" {
			what = "ended: " + status
		}
		p.fault = &Fault{Who: p.who, What: what, Stderr: p.stderr.String(), Cause: cause}
	}
	return p.fault
}

// reap waits for the process's end, kills what is left of its group, and says
// how it ended.
func (p *Process) reap() string {
	close(p.gone)
	if p.cmd == nil {
		p.stdin.Close()
		return "ended"
	}
	timer := time.AfterFunc(grace, p.kill)
	err := p.cmd.Wait()
	timer.Stop()
	p.kill()
	if p.page != nil {
		p.page.Close()
		p.page.remove()
	}
	if err != nil {
		return err.Error()
	}
	return "exit status 0"
}

// kill kills the process and everything in its group.
func (p *Process) kill() {
	if p.cmd == nil {
		p.stdin.Close()
		return
	}
	syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
}

// Close ends the process and everything it has started. Closing twice is no
// error.
func (p *Process) Close() error {
	if p.closed {
		return nil
	}
	p.closed = true
	p.stdin.Close()
	if p.page != nil {
		p.kill() // a browser without a page goes on
	}
	if p.fault == nil {
		p.reap()
	}
	return nil
}

// A tail keeps the end of what is written to it, and as much of the beginning:
// some programs say at last what is wrong, and others, such as Go's when they
// panic, at first.
type tail struct {
	mu         sync.Mutex
	first, end []byte
	lost       int // bytes between them
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := min(len(p), keptStderr/2-len(t.first))
	t.first = append(t.first, p[:n]...)
	t.end = append(t.end, p[n:]...)
	if extra := len(t.end) - keptStderr/2; extra > 0 {
		t.end = append(t.end[:0], t.end[extra:]...)
		t.lost += extra
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	text := string(t.first)
	if t.lost > 0 {
		text += fmt.Sprintf("\n[%d bytes left out]\n", t.lost)
	}
	return strings.ToValidUTF8(strings.TrimSpace(text+string(t.end)), "�")
}
