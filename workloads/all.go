package workloads

import (
	"encoding/json"
	"math/rand/v2"
	"slices"

	"promisebench/workloads/middleware"
)

// All returns every workload, in the order in which tables show them.
func All() []Workload { return slices.Concat(core(), patterns(), micro()) }

func core() []Workload {
	return []Workload{
		{
			Name:  "doxbee",
			About: "an upload of about eight dependent steps in a transaction",
			Group: Core,
			Rows:  []string{"S1", "S4", "S7", "S22"},
			dir:   "doxbee",
			Variants: []Variant{
				doxbee{}.variant("", "the uploaded file is new"),
				doxbee{Present: true}.variant("present", "the file exists already: two steps fewer"),
			},
		},
		{
			Name:     "doxbee-errors",
			About:    "doxbee with one upload in ten failing at some step and rolling back",
			Group:    Core,
			Rows:     []string{"S1"},
			dir:      "doxbee",
			Variants: []Variant{doxbee{Failing: failingSteps()}.variant("", "")}, // operation 0 does not fail
		},
		{
			Name:  "parallel",
			About: "25 queries started at once, joined, and committed",
			Group: Core,
			Rows:  []string{"S2", "S7", "S22"},
			dir:   "parallel",
			Variants: []Variant{
				parallel{Queries: 25, Failing: -1}.variant(),
				parallel{Queries: 25, Failing: 12}.rollback(),
			},
		},
		{
			Name:     "middleware",
			About:    "a request through ten layers to validateParams, dbQuery, serviceCall",
			Group:    Core,
			Rows:     []string{"S3", "S9"},
			dir:      "middleware",
			Variants: []Variant{newOnion().variant()},
		},
	}
}

// mix is the scripts' function of that name: a step's mark on a value.
func mix(value int64, n int64) int32 { return int32(value*31 + n) }

// doxbee holds the parameters of js/doxbee and computes what it yields.
type doxbee struct {
	Present bool  `json:"present"`
	Failing []int `json:"failing"`
}

func (d doxbee) variant(name, about string) Variant {
	waits := 8
	if d.Present {
		waits = 6
	}
	return Variant{Name: name, About: about, Params: d, Result: d.result, Rejects: len(d.Failing) > 0, Ticks: map[TickCase]int{
		// One turn of the run queue a step.
		{Style: "callback", Await: "optimized"}: waits,
		{Style: "thunk", Await: "optimized"}:    waits,
		// A tick for each of the chain's seven thens, and two more for each
		// that returns a promise, which the chain must adopt first: all
		// but the two that pass on plain values when the file is there.
		// Then catch passes the value on, and the counting reaction runs.
		{Style: "promise", Await: "optimized"}: 7 + 2*(waits-1) + 2,
		// A settled promise resumes its waiter in the next tick; the last
		// tick is the counting reaction.
		{Style: "generator", Await: "optimized"}:        waits + 1,
		{Style: "async", Await: "optimized"}:            waits + 1,
		{Style: "async-transpiled", Await: "optimized"}: waits + 1,
		// The wrapper's job, its reaction, and the resumption: three a wait.
		{Style: "async", Await: "legacy"}:            3*waits + 1,
		{Style: "async-transpiled", Await: "legacy"}: 3*waits + 1,
	}}
}

// failingSteps says for each of 1,000 uploads at which of the eight steps it
// fails, or 0: exactly one in every ten. The seed is fixed, because results
// are compared between runs.
func failingSteps() []int {
	random := rand.New(rand.NewPCG(2018, 11))
	steps := make([]int, 1000)
	for block := 0; block < len(steps); block += 10 {
		steps[block+random.IntN(10)] = 1 + random.IntN(8)
	}
	return steps
}

func (d doxbee) result(i int) int32 {
	fails := 0
	if d.Failing != nil {
		fails = d.Failing[i%len(d.Failing)]
	}
	op := int64(i)
	if fails != 0 {
		return ^mix(int64(mix(op, 9)), int64(fails-1)) // a rejection
	}
	blob := int64(mix(op, 1))
	file, previous, steps := int64(0), int64(0), int64(7)
	if d.Present {
		file, previous, steps = int64(mix(op, 2)), 7, 5
	}
	version := int64(mix(blob+previous+op%10, 3))
	if !d.Present {
		file = int64(mix(version, 5))
	}
	link := int64(mix(file+version, 6))
	row := int64(mix(file+link, 7))
	return mix(row+steps, 8)
}

// parallel holds the parameters of js/parallel and computes what it yields.
type parallel struct {
	Queries int `json:"queries"`
	Failing int `json:"failing"`
}

func (p parallel) variant() Variant {
	return Variant{Params: p, Result: p.result, Ticks: map[TickCase]int{
		// All queries answer in the first turn, the commit in the second.
		{Style: "callback", Await: "optimized"}: 2,
		{Style: "thunk", Await: "optimized"}:    2,
		// Promise.all is resolved in tick 1 by the reactions of its settled
		// elements. Tick 2 starts the commit, whose promise the chain adopts
		// in tick 4; catch passes it on in tick 5; 6 is the counting reaction.
		{Style: "promise", Await: "optimized"}: 6,
		// 1 joins, 2 resumes, 3 resumes after the commit, 4 counts.
		{Style: "generator", Await: "optimized"}:        4,
		{Style: "async", Await: "optimized"}:            4,
		{Style: "async-transpiled", Await: "optimized"}: 4,
		// The wrapper of Promise.all's promise is attached in tick 1 too,
		// behind the reactions that resolve it, so that wait costs only one
		// tick more, 3; the commit's costs three, 6; 7 counts.
		{Style: "async", Await: "legacy"}:            7,
		{Style: "async-transpiled", Await: "legacy"}: 7,
	}}
}

func (p parallel) rollback() Variant {
	return Variant{Name: "rollback", About: "query 12 fails and all is rolled back", Optional: true, Params: p, Result: p.result, Rejects: true}
}

func (p parallel) result(i int) int32 {
	if p.Failing >= 0 {
		return int32(i) // the complement, as a rejection, of what rollback yields
	}
	var sum int32
	for k := range p.Queries {
		sum += int32(int64(i)*31+int64(k)) * int32(k+1)
	}
	return mix(int64(sum), int64(p.Queries))
}

// onion holds the parameters of js/middleware and computes what it yields.
type onion struct {
	Users    []middleware.User `json:"users"`
	Requests []request         `json:"requests"`

	kinds  []middleware.Kind // of the requests
	orders []middleware.Order
}

type request struct {
	Method string `json:"method"`
	Path   string `json:"path"`
	ID     int    `json:"id"` // 0: the operation's number picks a user
	Body   string `json:"body"`
}

func newOnion() onion {
	m := onion{Users: middleware.Users(), kinds: middleware.Mix()}
	users := 0 // that have posted an order
	for _, kind := range m.kinds {
		r := request{Method: "GET"}
		var order middleware.Order
		switch kind {
		case middleware.Lookup:
			r.Path = "/users"
		case middleware.Post:
			users++
			order = middleware.OrderOf(users)
			r.Method, r.Path, r.Body = "POST", "/orders", jsonText(order)
		case middleware.Malformed:
			r.Path, r.ID = "/users", -1
		case middleware.Astray:
			r.Path = "/nowhere"
		case middleware.Down:
			r.Path = "/reports"
		}
		m.Requests = append(m.Requests, r)
		m.orders = append(m.orders, order)
	}
	return m
}

// jsonText is what JSON.stringify gives for data of these simple types.
func jsonText(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return "" // no value of this package has a type that can't be marshaled
	}
	return string(text)
}

func (m onion) variant() Variant {
	return Variant{Params: m, Result: m.result, Ticks: map[TickCase]int{
		// The layers hand over within one turn; three steps take one each.
		{Style: "callback", Await: "optimized"}: 3,
		// The handler's three links, two of which return promises to adopt,
		// run in ticks 1, 4 and 7. Ten layers chain their way out, the first
		// one a catch behind it, and the operation its checksum; then the
		// counting reaction.
		{Style: "promise", Await: "optimized"}: 7 + 10 + 1 + 1 + 1,
		// Three steps, then one tick for each of the ten layers and the
		// operation itself on the way out, and the counting reaction.
		{Style: "generator", Await: "optimized"}:        3 + 11 + 1,
		{Style: "async", Await: "optimized"}:            3 + 11 + 1,
		{Style: "async-transpiled", Await: "optimized"}: 3 + 11 + 1,
		// The promise of a layer is pending when it is wrapped, so that the
		// wrapper's job is long done when it settles: two ticks on the way
		// out instead of three.
		{Style: "async", Await: "legacy"}:            3*3 + 2*11 + 1,
		{Style: "async-transpiled", Await: "legacy"}: 3*3 + 2*11 + 1,
	}}
}

func (m onion) result(i int) int32 {
	k := i % len(m.Requests)
	status, body, err := m.kinds[k].Answer(m.Users[i%len(m.Users)], m.orders[k])
	if err != nil {
		return 0 // as in jsonText
	}
	trace := middleware.Trace(i).Enter()
	if status == 200 { // an error skips the ways out
		trace = trace.Leave(middleware.Layers - 1)
	}
	return int32(trace.Mix(status).Mix(len(body)))
}
