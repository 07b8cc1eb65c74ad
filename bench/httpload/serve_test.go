package httpload

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"
)

// A recorder is a realm that answers everything and records how many requests
// came at once.
type recorder struct {
	waiting []int
	calls   []int
	fail    string
}

func (r *recorder) Call(_ context.Context, function string, args ...any) (string, error) {
	if function == "promisebenchServe" {
		time.Sleep(5 * time.Millisecond) // the script runs; clients go on
		r.calls = append(r.calls, len(args)/4)
		for i := 0; i < len(args); i += 4 {
			r.waiting = append(r.waiting, args[i].(int))
		}
		return "", nil
	}
	if r.fail != "" {
		return r.fail, nil
	}
	var list []string
	for _, id := range r.waiting {
		list = append(list, fmt.Sprintf(`{"id":%d,"status":200,"body":"x"}`, id))
	}
	r.waiting = nil
	return "[" + strings.Join(list, ",") + "]", nil
}

// Requests that come while the script runs go into it together, so that their
// promises interleave, but not more than a call is to take.
func TestRequestsInFlight(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	r := &recorder{}
	loop := &eventLoop{realm: r, requests: make(chan *pending)}
	ended := make(chan error)
	go func() { ended <- loop.run(ctx) }()
	const clients, each = 2 * mostAtOnce, 5
	done := make(chan bool)
	for range clients {
		go func() {
			for range each {
				p := &pending{"GET", "/", "", make(chan answer, 1)}
				loop.requests <- p
				<-p.answer
			}
			done <- true
		}()
	}
	for range clients {
		<-done
	}
	cancel()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	most, sum := 0, 0
	for _, n := range r.calls {
		most, sum = max(most, n), sum+n
	}
	if sum != clients*each || most < 2 || most > mostAtOnce {
		t.Errorf("%d requests in calls of %v, want %d", sum, r.calls, clients*each)
	}
}

// A request without a right answer ends the loop, and so the server, with what
// the script said.
func TestLostRequests(t *testing.T) {
	for _, c := range []struct{ says, want string }{
		{`[]`, "request 1, GET /x, never settled"},
		{`[{"id":1,"error":"TypeError: x is undefined"}]`, `request 1: "TypeError: x is undefined"`},
		{`[{"id":7,"status":200}]`, "request 7: "},
		{`undefined`, "answers of the engine: "},
	} {
		loop := &eventLoop{realm: &recorder{fail: c.says}, requests: make(chan *pending)}
		go func() { loop.requests <- &pending{"GET", "/x", "", make(chan answer, 1)} }()
		if err := loop.run(t.Context()); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %s", c.says, err, c.want)
		}
	}
}
