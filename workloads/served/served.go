// Package served says what HTTP servers serve: which requests clients send, the
// answer that each must get, worked out in Go, and the JavaScript of the
// servers, one for each web framework and one for hosts without any. All of
// them give the same answers, byte for byte. It is a leaf, as package workloads
// is.
//
// # What is the same everywhere
//
// A request passes ten layers to a handler of three steps, and the same layers
// on the way out (js/common.js). How a layer hands over to the next is the
// framework's: koa and trek await the next one, express has callbacks, hapi and
// fastify have rows of hooks; where a framework takes promises, it gets them.
// Routes and bodies are looked up and read by the same code everywhere, not by
// routers and parsers of the frameworks, of which not all have any: what differs
// is the machinery around layers. So these are not figures of what a framework
// does best.
//
// # Add a framework
//
// Write js/NAME.js, add NAME in an exact version to npm/package.json, and a line
// to [Frameworks]. Tests hold it to the answers.
package served

import (
	"embed"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"promisebench/workloads/middleware"
)

//go:embed js
var files embed.FS

//go:embed npm/package.json
var manifest []byte

// A Framework is a server in JavaScript.
type Framework struct {
	// Name stands in result names.
	Name string
	// Package is the npm package that it is built upon; empty for plain.
	Package string
	// Version is the package's, as package.json pins it.
	Version string
	files   []string
}

// Plain is the name of the server without a framework, which every host has.
const Plain = "plain"

// Frameworks returns all servers that run on command-line hosts.
func Frameworks() ([]Framework, error) {
	var pinned struct{ Dependencies map[string]string }
	if err := json.Unmarshal(manifest, &pinned); err != nil {
		return nil, fmt.Errorf("workloads/served/npm/package.json: %w", err)
	}
	list := []Framework{
		{Name: Plain, files: []string{"onion.js", "node.js", "plain.js"}},
		{Name: "express", Package: "express"},
		{Name: "fastify", Package: "fastify"},
		{Name: "hapi", Package: "hapi"},
		{Name: "koa", Package: "koa"},
		{Name: "trek", Package: "trek-engine"},
	}
	for i, f := range list {
		if f.Package == "" {
			continue
		}
		list[i].files = []string{"node.js", f.Name + ".js"}
		if list[i].Version = pinned.Dependencies[f.Package]; list[i].Version == "" {
			return nil, fmt.Errorf("workloads/served/npm/package.json has no %s, which the server %s needs", f.Package, f.Name)
		}
	}
	return list, nil
}

// Script returns the server's program. It listens on a free port of 127.0.0.1,
// prints one line, {"listening":PORT,"version":TEXT}, and ends with its standard
// input.
func (f Framework) Script() (string, error) { return script(f.files...) }

// Embedded returns the script for engines that have no sockets: it defines
// promisebenchServe and promisebenchAnswers.
func Embedded() (string, error) { return script("onion.js", "embedded.js") }

// script joins what all servers share and the named files.
func script(names ...string) (string, error) {
	params, err := json.Marshal(map[string]any{"users": middleware.Users()})
	if err != nil {
		return "", err
	}
	var b strings.Builder
	// One script, so that one directive holds for all of it.
	fmt.Fprintf(&b, "'use strict';\nconst params = %s;\n", params)
	for _, name := range append([]string{"common.js"}, names...) {
		text, err := files.ReadFile("js/" + name)
		if err != nil {
			return "", err
		}
		b.Write(text)
	}
	return b.String(), nil
}

// A Request is what a client sends.
type Request struct {
	Method string
	Path   string // with the query
	Body   string // JSON, or empty
}

// An Answer is what it must get.
type Answer struct {
	Status int
	Body   string
}

// An Exchange is a request and its answer.
type Exchange struct {
	Request
	Answer
}

// Exchanges returns the first n exchanges, in the mix of package middleware. Each
// one's number is in its query and, mixed with the layers that it passed, in its
// answer: no two answers are the same, so an answer that goes to somebody else is
// noticed.
func Exchanges(n int) ([]Exchange, error) {
	users, kinds := middleware.Users(), middleware.Mix()
	list := make([]Exchange, n)
	for i := range list {
		k := i % len(kinds)
		user, order := users[i%len(users)], middleware.OrderOf(k)
		x := Exchange{Request: Request{Method: "GET"}}
		switch kinds[k] {
		case middleware.Lookup:
			x.Path = fmt.Sprintf("/users/%d", user.ID)
		case middleware.Post:
			body, err := json.Marshal(order)
			if err != nil {
				return nil, err
			}
			x.Request = Request{"POST", "/orders", string(body)}
		case middleware.Malformed:
			x.Path = "/users/-1"
		case middleware.Astray:
			x.Path = "/nowhere"
		case middleware.Down:
			x.Path = "/reports"
		}
		x.Path += "?n=" + strconv.Itoa(i)
		status, body, err := kinds[k].Answer(user, order)
		if err != nil {
			return nil, err
		}
		// The trace is the last property of the result.
		x.Answer = Answer{status, fmt.Sprintf(`%s,"trace":%d}`, strings.TrimSuffix(body, "}"), trace(i, status))}
		list[i] = x
	}
	return list, nil
}

// trace is what the layers make of request i on the way to a status and back.
// The innermost one sees the status.
func trace(i, status int) middleware.Trace {
	const innermost = middleware.Layers - 1
	return middleware.Trace(i).Enter().Mix(innermost + 101).Mix(status).Leave(innermost - 1)
}
