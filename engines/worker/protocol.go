// Package worker runs realms in child processes.
//
// Parent and child exchange JSON objects, one a line, over the child's
// standard input and output. The child begins with a [Hello]; then it answers
// each [Request] with one [Response] of the same number, in order. It ends when
// its input does. Whatever else it prints on standard output breaks the
// protocol and is a [Fault]; standard error is kept for messages of faults.
//
// A child that talks otherwise, such as a server, is started as a [Process].
//
// The same protocol serves command-line hosts, whose half is a script
// (package hosts), and embedded engines, whose half is [Serve].
//
// # Versions of the protocol
//
//   - 4: [Serve] collects garbage before a batch only where the collector is off.
//   - 3: an error is an object, [Error], instead of a text with a flag beside it.
//     The driver's timers fire one at a time, each with its jobs.
//   - 2: [Serve] collects garbage before each batch.
//   - 1: the first.
package worker

import (
	"promisebench/engines"
)

// Protocol is the version of the protocol, which both sides must share. It also
// stands for how batches are run: workers of one version can be compared with
// each other. The package's documentation tells the versions apart.
const Protocol = 4

// A Hello is the first line of a worker.
type Hello struct {
	Protocol int `json:"protocol"`
	// Version is what runs, as the engine itself tells it.
	Version string `json:"version"`
	// Clock names the clock that times batches.
	Clock string `json:"clock"`
	// Resolution is the smallest step of that clock that the worker has seen,
	// in nanoseconds.
	Resolution float64 `json:"resolution"`
}

// The requests.
const (
	doLoad   = "load"   // Name, Source
	doProbe  = "probe"  // Name, Source → Lines
	doModule = "module" // Name, Modules → Lines
	doRun    = "run"    // Ops, Window, Checksum, Rejects → Nanoseconds, Outcome, Heap
)

// A Request asks a worker for one thing.
type Request struct {
	ID     int    `json:"id"`
	Do     string `json:"do"`
	Name   string `json:"name,omitempty"`
	Source string `json:"source"` // may be empty
	// Modules are the module called Name and, before it, what it imports.
	Modules  []Module `json:"modules,omitempty"`
	Ops      int      `json:"ops,omitempty"`
	Window   int      `json:"window,omitempty"`
	Checksum int32    `json:"checksum,omitempty"`
	Rejects  bool     `json:"rejects,omitempty"`
}

// A Module is a file of its own.
type Module struct {
	Name   string `json:"name"`
	Source string `json:"source"`
}

// An Error is what went wrong in a worker that works.
type Error struct {
	// Message is the text, without the engine's name.
	Message string `json:"message"`
	// Unsupported says that Message is about something that the engine does not
	// have, as in [engines.Unsupported].
	Unsupported bool `json:"unsupported,omitempty"`
}

// A Response answers the request of the same ID.
type Response struct {
	ID int `json:"id"`
	// Error says what went wrong, or is nil; the rest is empty with it.
	Error       *Error           `json:"error,omitempty"`
	Lines       []string         `json:"lines,omitempty"`
	Nanoseconds float64          `json:"nanoseconds,omitempty"`
	Outcome     *engines.Outcome `json:"outcome,omitempty"`
	Heap        *engines.Heap    `json:"heap,omitempty"`
}
