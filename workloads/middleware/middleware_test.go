package middleware_test

import (
	"testing"

	"promisebench/workloads/middleware"
)

func TestAnswer(t *testing.T) {
	user := middleware.Users()[3]
	for _, c := range []struct {
		kind   middleware.Kind
		status int
		body   string
	}{
		{middleware.Lookup, 200, `{"user":{"id":4,"name":"user4","plan":"premium"}}`},
		{middleware.Post, 200, `{"user":7,"items":[{"sku":"tea","count":2},{"sku":"cup","count":1}],"accepted":true}`},
		{middleware.Malformed, 400, `{"error":"id must be a positive integer"}`},
		{middleware.Astray, 404, `{"error":"no such route"}`},
		{middleware.Down, 503, `{"error":"service down"}`},
	} {
		status, body, err := c.kind.Answer(user, middleware.OrderOf(7))
		if status != c.status || body != c.body || err != nil {
			t.Errorf("kind %d: %d %s, %v; want %d %s", c.kind, status, body, err, c.status, c.body)
		}
	}
	if _, _, err := middleware.Kind(99).Answer(user, middleware.Order{}); err == nil {
		t.Error("an unknown kind has an answer")
	}
}

func TestMix(t *testing.T) {
	count := map[middleware.Kind]int{}
	for _, k := range middleware.Mix() {
		count[k]++
	}
	if count[middleware.Lookup] != 13 || count[middleware.Post] != 4 || len(count) != 5 || len(middleware.Mix()) != 20 {
		t.Errorf("got %v", count)
	}
}

// Left out, exchanged or repeated layers give another trace.
func TestTrace(t *testing.T) {
	whole := middleware.Trace(5).Enter().Leave(middleware.Layers - 1)
	if whole == middleware.Trace(5).Enter().Leave(middleware.Layers-2) || whole == middleware.Trace(5).Leave(middleware.Layers-1).Enter() ||
		whole == middleware.Trace(6).Enter().Leave(middleware.Layers-1) {
		t.Error("two traces are the same")
	}
}
