// Package middleware has the data of web servers in the small: a table of users,
// a mix of twenty requests, what each must be answered, and the trace of the ten
// layers that it passes. The workload middleware serves them within a realm,
// package served over HTTP, each in JavaScript of its own: there what is measured
// is how layers hand over, here the sockets and the framework, so that they agree
// on data and on nothing else.
package middleware

import (
	"encoding/json"
	"fmt"
	"strconv"
)

// Layers is how many there are around a handler.
const Layers = 10

// A User is a row of the table behind the handlers.
type User struct {
	ID   int    `json:"id"`
	Name string `json:"name"`
	Plan string `json:"plan"`
}

// Users returns the table: twenty, with IDs from 1.
func Users() []User {
	var list []User
	for id := 1; id <= 20; id++ {
		plan := "free"
		if id%4 == 0 {
			plan = "premium"
		}
		list = append(list, User{ID: id, Name: "user" + strconv.Itoa(id), Plan: plan})
	}
	return list
}

// An Order is what clients post.
type Order struct {
	ID    int    `json:"id"` // the user's
	Items []Item `json:"items"`
}

// An Item is a line of an order.
type Item struct {
	SKU   string `json:"sku"`
	Count int    `json:"count"`
}

// OrderOf returns the order that a user posts.
func OrderOf(userID int) Order {
	return Order{ID: userID, Items: []Item{{SKU: "tea", Count: 2}, {SKU: "cup", Count: 1}}}
}

// A Kind is what a request asks for.
type Kind int

const (
	Lookup    Kind = iota // a user
	Post                  // an order
	Malformed             // a user whose ID is no positive integer
	Astray                // a path that nobody serves
	Down                  // a service that is down
)

// Mix returns the kinds of twenty requests in their order: 13 look up a user, 4
// post an order, and one each is malformed, goes astray, and meets a service
// that is down.
func Mix() []Kind {
	var list []Kind
	for range 13 {
		list = append(list, Lookup)
	}
	for range 4 {
		list = append(list, Post)
	}
	return append(list, Malformed, Astray, Down)
}

// Answer returns the status and the body, as JSON.stringify writes it, that a
// request must get. user counts for [Lookup] only and order for [Post].
func (k Kind) Answer(user User, order Order) (status int, body string, err error) {
	var result any
	switch k {
	case Lookup:
		status, result = 200, struct {
			User User `json:"user"`
		}{user}
	case Post:
		status, result = 200, struct {
			User     int    `json:"user"`
			Items    []Item `json:"items"`
			Accepted bool   `json:"accepted"`
		}{order.ID, order.Items, true}
	default:
		type failure struct {
			Error string `json:"error"`
		}
		switch k {
		case Malformed:
			status, result = 400, failure{"id must be a positive integer"}
		case Astray:
			status, result = 404, failure{"no such route"}
		case Down:
			status, result = 503, failure{"service down"}
		default:
			return 0, "", fmt.Errorf("unknown kind of request %d", k)
		}
	}
	text, err := json.Marshal(result)
	return status, string(text), err
}

// A Trace is what the layers make of a request's number: each mixes its own into
// it on the way in and out, so that one that is left out, or left too early,
// shows in the result.
type Trace int32

// Mix mixes a number in, as the scripts' function of that name does.
func (t Trace) Mix(n int) Trace { return Trace(int64(t)*31 + int64(n)) }

// Enter passes all layers on the way in.
func (t Trace) Enter() Trace {
	for n := range Layers {
		t = t.Mix(n + 1)
	}
	return t
}

// Leave passes the layers from the given one, counted from 0, on the way out.
func (t Trace) Leave(layer int) Trace {
	for n := layer; n >= 0; n-- {
		t = t.Mix(n + 101)
	}
	return t
}
