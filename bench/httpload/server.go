package httpload

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"syscall"
	"time"

	"promisebench/engines/worker"
)

// A server is a running child that serves HTTP.
type server struct {
	process *worker.Process
	address string
	version string
}

// start starts a server and waits until it listens.
func start(ctx context.Context, c worker.Command) (*server, error) {
	process, err := worker.StartProcess(ctx, "server", c)
	if err != nil {
		return nil, err
	}
	line, err := process.Line(ctx)
	if err != nil {
		process.Close()
		return nil, fmt.Errorf("server did not start listening: %w", err)
	}
	var hello struct {
		Listening int
		Version   string
	}
	if err := json.Unmarshal(line, &hello); err != nil || hello.Listening < 1 || hello.Listening > 65535 {
		return nil, process.Fail(nil, "said %s instead of where it listens", worker.Quote(line))
	}
	return &server{process, net.JoinHostPort("127.0.0.1", strconv.Itoa(hello.Listening)), hello.Version}, nil
}

// cpu tells the CPU times of the server and of this process so far, or zeroes
// where the system does not.
func (s *server) cpu() (server, load time.Duration, err error) {
	if server, err = cpuTime(s.process.PID()); err == nil {
		load, err = cpuTime(os.Getpid())
	}
	if errors.Is(err, errors.ErrUnsupported) {
		err = nil
	}
	return server, load, err
}

// endTime is how long a server that has closed its connections is given to end.
const endTime = 2 * time.Second

// fault adds to an error under load what became of the server meanwhile: if it
// has ended, how, and in any case the end of its standard error. The server is
// dead then.
func (s *server) fault(err error) error {
	if !connectionLost(err) {
		return s.process.Fail(err, "%v", err)
	}
	// It may be about to end: its exit status says more than the connections
	// that went with it.
	ctx, cancel := context.WithTimeoutCause(context.Background(), endTime, err)
	defer cancel()
	_, end := s.process.Line(ctx)
	var fault *worker.Fault
	switch {
	case end == nil: // it printed something else
		return s.process.Fail(err, "%v", err)
	case errors.As(end, &fault) && fault.Cause == nil: // it has ended by itself
		return fmt.Errorf("%w: %w", err, end)
	}
	return &worker.Fault{Who: "server", What: err.Error(), Stderr: fault.Stderr, Cause: err}
}

// connectionLost reports whether an error is what the end of a server's process
// looks like from outside.
func connectionLost(err error) bool {
	for _, sign := range []error{io.EOF, io.ErrUnexpectedEOF, syscall.ECONNRESET, syscall.EPIPE, syscall.ECONNREFUSED} {
		if errors.Is(err, sign) {
			return true
		}
	}
	return false
}
