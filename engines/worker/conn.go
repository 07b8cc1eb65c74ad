package worker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"promisebench/engines"
)

// A Conn is a running worker. It is not safe for concurrent use.
type Conn struct {
	Hello Hello

	process *Process
	id      int
}

// Start starts a worker and waits for its hello.
func Start(ctx context.Context, c Command) (*Conn, error) {
	process, err := StartProcess(ctx, "worker", c)
	if err != nil {
		return nil, err
	}
	conn := &Conn{process: process}
	if err := conn.hello(ctx); err != nil {
		conn.Close()
		return nil, err
	}
	return conn, nil
}

func (c *Conn) hello(ctx context.Context) error {
	line, err := c.process.Line(ctx)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(line, &c.Hello); err != nil || c.Hello.Protocol == 0 {
		return c.fail("said %s instead of hello", Quote(line))
	}
	if c.Hello.Protocol != Protocol {
		return c.fail("protocol version mismatch: it speaks version %d, this is %d", c.Hello.Protocol, Protocol)
	}
	return nil
}

// Call sends a request and waits for its response. An error that the worker
// reports is returned as such; everything else is a *Fault.
func (c *Conn) Call(ctx context.Context, r Request) (Response, error) {
	if err := c.process.usable(ctx); err != nil {
		return Response{}, err
	}
	c.id++
	r.ID = c.id
	text, err := json.Marshal(r)
	if err != nil {
		return Response{}, err
	}
	err = c.process.write(ctx, append(text, '\n'))
	if err != nil && ctx.Err() == nil {
		// It has ended; its output and exit status tell more than EPIPE.
		if line, err := c.process.Line(ctx); err != nil {
			return Response{}, err
		} else {
			return Response{}, c.fail("said %s and stopped listening", Quote(line))
		}
	}
	line, err := c.process.Line(ctx)
	if err != nil {
		return Response{}, err
	}
	var answer Response
	if err := json.Unmarshal(line, &answer); err != nil || answer.ID != r.ID {
		return Response{}, c.fail("said %s instead of an answer", Quote(line))
	}
	switch {
	case answer.Error == nil:
		return answer, nil
	case answer.Error.Unsupported:
		return Response{}, engines.Unsupported{Why: answer.Error.Message}
	}
	return Response{}, errors.New(answer.Error.Message)
}

// fail kills the worker and returns the fault.
func (c *Conn) fail(format string, args ...any) error { return c.process.Fail(nil, format, args...) }

// Close ends the worker and everything it has started. Closing twice is no
// error.
func (c *Conn) Close() error { return c.process.Close() }

// Quote shows a line from a child, which may be anything, in an error.
func Quote(line []byte) string {
	const most = 200
	if len(line) > most {
		return fmt.Sprintf("%q…", line[:most])
	}
	return fmt.Sprintf("%q", line)
}
