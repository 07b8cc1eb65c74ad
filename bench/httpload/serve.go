package httpload

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"

	"promisebench/engines"
	"promisebench/workloads/served"
)

// mostAtOnce is how many requests one call into the engine takes at most: the
// answers of all of them leave only when the call returns.
const mostAtOnce = 64

// Serve is a server whose requests an engine answers that is part of this
// program. It prints the line of all servers to out and ends with in.
//
// Go's goroutines own the sockets. One goroutine, the event loop, owns the realm
// and is handed the requests over a channel. It takes all that wait there into
// one call, in which their promises interleave, so nobody holds a lock while he
// reads or writes a socket, and sockets are read and written while scripts run.
func Serve(ctx context.Context, e engines.Engine, in io.Reader, out io.Writer) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	script, err := served.Embedded()
	if err != nil {
		return err
	}
	realm, err := e.Open(ctx, engines.Options{Await: engines.Optimized})
	if err != nil {
		return err
	}
	defer realm.Close()
	caller, ok := realm.(engines.Caller)
	if !ok {
		return fmt.Errorf("%s: its realms can't be called from Go: %w", e.Name(), errors.ErrUnsupported)
	}
	if err := realm.Load(ctx, "server.js", script); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	loop := &eventLoop{realm: caller, requests: make(chan *pending)}
	server := &http.Server{Handler: loop.handler(ctx)}
	looped := make(chan error, 1)
	go func() {
		err := loop.run(ctx)
		cancel(err)
		server.Close()
		looped <- err
	}()
	go func() { // the parent is gone, or wants us to be
		io.Copy(io.Discard, in)
		cancel(io.EOF)
		server.Close()
	}()
	hello := map[string]any{"listening": listener.Addr().(*net.TCPAddr).Port, "version": e.Name() + " " + e.Version()}
	if err := json.NewEncoder(out).Encode(hello); err != nil {
		return err
	}
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	cancel(nil)
	if err := <-looped; err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// A pending request waits for its answer.
type pending struct {
	method, url, body string
	answer            chan answer // takes one without waiting
}

// An answer is what embedded.js says of a request.
type answer struct {
	ID      int               `json:"id"`
	Status  int               `json:"status"`
	Headers map[string]string `json:"headers"`
	Body    string            `json:"body"`
	Error   string            `json:"error"`
}

type eventLoop struct {
	realm    engines.Caller
	requests chan *pending
}

// handler hands requests to the loop and writes the answers.
func (l *eventLoop) handler(ctx context.Context) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxAnswer))
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		p := &pending{r.Method, r.URL.RequestURI(), string(body), make(chan answer, 1)}
		select {
		case l.requests <- p:
		case <-ctx.Done():
			return
		}
		select {
		case a := <-p.answer:
			for name, value := range a.Headers {
				w.Header().Set(name, value)
			}
			w.WriteHeader(a.Status)
			io.WriteString(w, a.Body) // a client that has gone is no business of ours
		case <-ctx.Done():
		}
	}
}

// run is the event loop. It returns an error when a request has none.
func (l *eventLoop) run(ctx context.Context) error {
	waiting := map[int]*pending{}
	id := 0
	for {
		var args []any
		take := func(p *pending) {
			id++
			waiting[id] = p
			args = append(args, id, p.method, p.url, p.body)
		}
		select {
		case p := <-l.requests:
			take(p)
		case <-ctx.Done():
			return nil
		}
		// On one CPU nobody else has run since: let those who have a request
		// say so, as an event loop asks all its sockets.
		runtime.Gosched()
		for more := true; more && len(args) < 4*mostAtOnce; {
			select {
			case p := <-l.requests:
				take(p)
			default:
				more = false
			}
		}
		if _, err := l.realm.Call(ctx, "promisebenchServe", args...); err != nil {
			return err
		}
		text, err := l.realm.Call(ctx, "promisebenchAnswers")
		if err != nil {
			return err
		}
		var answers []answer
		if err := json.Unmarshal([]byte(text), &answers); err != nil {
			return fmt.Errorf("answers of the engine: %w", err)
		}
		for _, a := range answers {
			p := waiting[a.ID]
			if p == nil || a.Error != "" {
				return fmt.Errorf("request %d: %q", a.ID, a.Error)
			}
			delete(waiting, a.ID)
			p.answer <- a
		}
		// Nothing in our script waits for anything but jobs, which have run.
		for id, p := range waiting {
			return fmt.Errorf("request %d, %s %s, never settled", id, p.method, p.url)
		}
	}
}
