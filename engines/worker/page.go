package worker

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"
)

// A Page is how to talk to a browser, which has no standard input and output for its
// scripts: it opens a page of a server in this process, which starts workers, and each
// worker's lines are messages of a WebSocket.
//
// A process for each realm is what measurements want. A browser takes a second or two to
// start, though; what is not timed can have many realms in one: see [Browser].
type Page struct {
	// Script is the worker's half of the protocol.
	Script string
	// Preferences are files of the browser's profile, which is made anew for each
	// process: texts by names.
	Preferences map[string]string
}

// Texts in [Command.Args] that stand for what is not known before.
const (
	PageURL     = "{url}"     // the address of the page
	ProfilePath = "{profile}" // a new folder
)

// connecting is how long a browser may take to open its page, and a page a worker. That is
// for hangs: a busy machine may need seconds.
const connecting = time.Minute

// What the page is told to do.
const pageScript = `'use strict';
const workers = new Map();
const control = new WebSocket(location.href.replace(/^http/, 'ws') + 'control');
control.onmessage = function (event) {
  const request = JSON.parse(event.data);
  if (request.open) workers.set(request.open, new Worker('worker.js?' + request.open));
  else workers.get(request.end).terminate();
};
`

// A pageRequest is a line to the page: the number of a worker to start or to end.
type pageRequest struct {
	Open string `json:"open,omitempty"`
	End  string `json:"end,omitempty"`
}

// A pageServer serves one page to one browser.
type pageServer struct {
	Page
	token    string // in the address, so that no other page of this machine can get in
	profile  string
	listener net.Listener
	server   *http.Server
	joined   chan struct{} // closed when the page is there
	lost     chan struct{} // closed when it is no more

	mu      sync.Mutex
	control *websocket.Conn
	waiting map[string]chan *websocket.Conn // for workers, by number
	started int
}

// open starts serving a page.
func (p Page) open() (*pageServer, error) {
	s := &pageServer{Page: p, token: rand.Text(), joined: make(chan struct{}), lost: make(chan struct{}), waiting: map[string]chan *websocket.Conn{}}
	var err error
	if s.profile, err = os.MkdirTemp("", "promisebench-profile-"); err != nil {
		return nil, err
	}
	for name, text := range p.Preferences {
		err = errors.Join(err, os.WriteFile(filepath.Join(s.profile, name), []byte(text), 0o666))
	}
	if err == nil {
		s.listener, err = net.Listen("tcp", "127.0.0.1:0")
	}
	if err != nil {
		s.remove()
		return nil, err
	}
	routes := http.NewServeMux()
	at := "GET /" + s.token + "/"
	routes.HandleFunc(at+"{$}", document("text/html", `<!doctype html><title>promisebench</title><script src="page.js"></script>`))
	routes.HandleFunc(at+"page.js", document("text/javascript", pageScript))
	routes.HandleFunc(at+"worker.js", document("text/javascript", p.Script))
	routes.HandleFunc(at+"control", s.join)
	routes.HandleFunc(at+"lines", s.line)
	s.server = &http.Server{Handler: routes, ReadHeaderTimeout: connecting}
	go s.server.Serve(s.listener)
	return s, nil
}

// document serves a text. The headers isolate the page from other origins, without which
// browsers make their clocks coarse.
func document(kind, text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind+"; charset=utf-8")
		w.Header().Set("Cross-Origin-Opener-Policy", "same-origin")
		w.Header().Set("Cross-Origin-Embedder-Policy", "require-corp")
		io.WriteString(w, text)
	}
}

// join takes the page's own WebSocket, and notices when it closes.
func (s *pageServer) join(w http.ResponseWriter, r *http.Request) {
	conn, err := websocket.Accept(w, r, nil)
	if err != nil {
		return // the page is told
	}
	s.mu.Lock()
	again := s.control != nil
	if !again {
		s.control = conn
	}
	s.mu.Unlock()
	if again {
		conn.Close(websocket.StatusPolicyViolation, "there is a page already")
		return
	}
	close(s.joined)
	conn.Read(context.Background()) // it says nothing
	close(s.lost)
}

// line takes the WebSocket of a worker.
func (s *pageServer) line(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	wanted, ok := s.waiting[r.URL.RawQuery]
	delete(s.waiting, r.URL.RawQuery)
	s.mu.Unlock()
	if !ok {
		http.NotFound(w, r)
		return
	}
	if conn, err := websocket.Accept(w, r, nil); err == nil {
		conn.SetReadLimit(maxLine)
		wanted <- conn // it has room
	}
}

// arguments fills in what stands for the page.
func (s *pageServer) arguments(args []string) (filled []string) {
	url := "http://" + s.listener.Addr().String() + "/" + s.token + "/"
	for _, a := range args {
		filled = append(filled, strings.NewReplacer(PageURL, url, ProfilePath, s.profile).Replace(a))
	}
	return filled
}

// connect waits for the page, while the browser has not gone.
func (s *pageServer) connect(ctx context.Context, gone <-chan struct{}) error {
	select {
	case <-s.joined:
		return nil
	case <-gone:
		return errors.New("the browser ended before it opened its page")
	case <-time.After(connecting):
		return fmt.Errorf("the browser did not open its page within %v", connecting)
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// tell sends the page a request.
func (s *pageServer) tell(ctx context.Context, r pageRequest) error {
	text, err := json.Marshal(r)
	if err != nil {
		return err
	}
	return s.control.Write(ctx, websocket.MessageText, text)
}

// start starts a worker in the page.
func (s *pageServer) start(ctx context.Context) (*tab, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, connecting, fmt.Errorf("the page started no worker within %v", connecting))
	defer cancel()
	joined := make(chan *websocket.Conn, 1)
	s.mu.Lock()
	s.started++
	number := fmt.Sprint(s.started)
	s.waiting[number] = joined
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		delete(s.waiting, number)
		s.mu.Unlock()
	}()
	if err := s.tell(ctx, pageRequest{Open: number}); err != nil {
		return nil, fmt.Errorf("the page does not listen: %w", err)
	}
	select {
	case conn := <-joined:
		return &tab{page: s, number: number, conn: conn}, nil
	case <-s.lost:
		return nil, errors.New("the page was closed, or crashed")
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// Close ends the server.
func (s *pageServer) Close() error { return s.server.Close() }

// remove removes the profile, once the browser has ended.
func (s *pageServer) remove() { os.RemoveAll(s.profile) }

// A tab is a worker in the page.
type tab struct {
	page   *pageServer
	number string
	conn   *websocket.Conn
	rest   io.Reader // of a message
	once   sync.Once
}

// Write sends lines as a message.
func (t *tab) Write(text []byte) (int, error) {
	if err := t.conn.Write(context.Background(), websocket.MessageText, text); err != nil {
		return 0, err
	}
	return len(text), nil
}

// Read reads what the worker says, message after message, each of which ends with a line.
func (t *tab) Read(into []byte) (int, error) {
	for {
		if t.rest == nil {
			_, message, err := t.conn.Reader(context.Background())
			if err != nil {
				return 0, io.EOF // closed, by either side
			}
			t.rest = message
		}
		n, err := t.rest.Read(into)
		if err != nil {
			t.rest = nil
		}
		if err == io.EOF {
			err = nil
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
}

// Close ends the worker, whatever it does. Closing twice is no error.
func (t *tab) Close() error {
	t.once.Do(func() {
		ctx, cancel := context.WithTimeout(context.Background(), grace)
		defer cancel()
		t.page.tell(ctx, pageRequest{End: t.number}) // in vain if the page is gone
		t.conn.CloseNow()
	})
	return nil
}

// A Browser is a process for many realms, each in a worker of its own, in place of one for
// each: see [Command.In]. It starts with the first of them, and again if it has crashed.
// The zero value is ready. It may be used by several goroutines, and must be closed.
type Browser struct {
	mu      sync.Mutex
	process *Process
}

// start starts a worker in the browser, and the browser where there is none.
func (b *Browser) start(ctx context.Context, who string, c Command) (*Process, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	t, err := b.tab(ctx, who, c)
	if err != nil && b.process == nil && ctx.Err() == nil {
		t, err = b.tab(ctx, who, c) // the old one had gone
	}
	if err != nil {
		return nil, err
	}
	p := &Process{who: who, stdin: t, lines: make(chan []byte), gone: make(chan struct{})}
	go p.read(t)
	return p, nil
}

// tab starts a worker. All errors are faults; if the browser is to blame, it is ended.
func (b *Browser) tab(ctx context.Context, who string, c Command) (t *tab, err error) {
	if b.process == nil {
		if b.process, err = startPage(ctx, who, c); err != nil {
			b.process = nil
			return nil, err
		}
	}
	t, err = b.process.page.start(ctx)
	switch {
	case err == nil:
		return t, nil
	case ctx.Err() != nil:
		return nil, &Fault{Who: who, What: "interrupted: " + err.Error(), Cause: context.Cause(ctx)}
	}
	err = b.process.Fail(nil, "%v", err)
	b.process = nil
	return nil, err
}

// Close ends the browser, and all realms with it.
func (b *Browser) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.process == nil {
		return nil
	}
	return b.process.Close()
}
