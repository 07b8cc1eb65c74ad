// Package trace shows what a snippet of JavaScript does to the microtask queue:
// which of its continuations run in which tick, how many ticks each await takes,
// and which promises and jobs the specification makes for it.
//
// [Parse] makes a snippet traceable, [Snippet.Run] runs it on an engine in one
// await mode, and package view shows one or more of the [Timeline]s that come out.
//
// # What is measured, and what is worked out
//
// Ticks are counted by a chain of promise reactions beside the snippet, as
// [engines.Ticks] does. Marks and awaits are recorded by code that runs within the
// snippet's own jobs and adds none to them (see trace.js): a traced snippet takes
// as many ticks as an untraced one, which a test holds. What no script can observe
// is taken from the steps of ECMA-262 for the kind of value that was awaited, see
// [Specified], and is shown apart from what was seen.
//
// The chain keeps the queue from being empty while the snippet runs. An engine
// that skips an await when nothing else waits does not do so here.
package trace

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"promisebench/engines"
	"promisebench/engines/transform"
	"promisebench/report/text"
)

//go:embed trace.js
var prelude string

// ErrSyntax is wrapped by the error of a snippet that can't be traced as it is
// written.
var ErrSyntax = errors.New("can't be traced")

// A Snippet is a script that is ready to be traced.
type Snippet struct {
	Name, Source string
	sites        []transform.Await
	text         string // what runs
	opaque       error  // see [Snippet.Opaque]
}

// Sites are the snippet's await expressions in source order.
func (s Snippet) Sites() []transform.Await { return s.sites }

// Opaque says why awaits are not followed, and is nil if they are.
func (s Snippet) Opaque() error { return s.opaque }

// foreign says what is wrong with right JavaScript that can't be rewritten, and
// advice what to do about it.
const (
	foreign = `awaits are followed by rewriting, which knows no "for await", no async generators and no await outside of functions`
	advice  = `put an outer await into (async () => { … })(), or say mark('name') where you want to look and choose an engine that has the syntax and the mode: --engine node24 --await optimized`
)

var (
	// marks finds a call of what trace.js defines for snippets.
	marks = regexp.MustCompile(`\b(?:mark|log|print)\s*\(`)
	// prologue is what must stay in front: a directive.
	prologue = regexp.MustCompile(`^(?:\s|//[^\n]*\n|/\*(?s:.*?)\*/)*(?:'use strict'|"use strict")`)
)

// Parse makes a snippet traceable. Errors wrap [ErrSyntax] and begin with
// "name:line:column".
func Parse(name, source string) (Snippet, error) {
	s := Snippet{Name: name, Source: source}
	text, sites, err := transform.SurroundAwaits(name, source, around)
	switch {
	case err == nil:
		s.sites = sites
	case s.foreign():
		s.opaque = fmt.Errorf("%w: %s", err, foreign)
		if !marks.MatchString(source) {
			return Snippet{}, fmt.Errorf("%w (%w): %s", s.opaque, ErrSyntax, advice)
		}
		text = source
	default:
		return Snippet{}, fmt.Errorf("%w (%w)", err, ErrSyntax)
	}
	// On the first line, so that lines stay where they are.
	at := len(prologue.FindString(text))
	s.text = text[:at] + ";$traceBegin();" + text[at:]
	return s, nil
}

// foreign reports whether the snippet is right for a parser that knows all of
// today's JavaScript.
func (s Snippet) foreign() bool {
	_, err := transform.Lower(s.Name, s.Source, nil)
	return err == nil
}

// around puts the calls of trace.js around an await.
func around(i int) transform.Surround {
	return transform.Surround{
		Before: "$traceEnd([$traceSlot.value = $traceTake(",
		Call:   "$traceStart()",
		After:  ")] = $traceAwait(" + strconv.Itoa(i) + "))",
	}
}

// A Timeline is what a snippet did on one engine in one await mode.
type Timeline struct {
	Snippet         Snippet
	Engine, Version string
	Mode            engines.AwaitMode
	Source          engines.AwaitSource
	// Events are in the order in which they happened.
	Events []Event
	// Awaits are in the order in which they started.
	Awaits []*Await
	// Unhandled are the reasons of rejections that nobody handled. Not every
	// engine tells: QuickJS and js102 don't.
	Unhandled []string
	// Cut says that events are missing because there were too many, or because
	// they came after so many ticks that nobody counted any more.
	Cut bool
}

// A Kind is what happened in an event.
type Kind string

const (
	Mark   Kind = "mark"   // the snippet called mark
	Start  Kind = "start"  // an await suspended its function
	Resume Kind = "resume" // an await went on with a value
	Throw  Kind = "throw"  // an await threw
)

// An Event is a point in a timeline.
type Event struct {
	Kind Kind
	// Tick counts the turns of the microtask queue; in tick 0 the script runs.
	Tick int
	// Name is a mark's, as the snippet gave it: not fit for a terminal.
	Name string
	// Await is that of all other events.
	Await *Await
}

// A Value is the kind of value that was awaited, as far as the specification
// tells them apart.
type Value string

const (
	Promise  Value = "promise"  // a native promise
	Subclass Value = "subclass" // a native promise with another constructor
	Thenable Value = "thenable" // any other object that has a method then
	Plain    Value = "plain"    // everything else
)

// An Await is one time that an await expression was evaluated.
type Await struct {
	// Site counts the await expressions of the snippet in source order, and
	// Time how often this one was evaluated, both from 1; Times is how often
	// in all.
	Site, Time, Times int
	Line              int
	Operand           string // its source text
	Value             Value
	// Start and End are ticks. End is -1 if it never went on.
	Start, End int
	// Threw says that it went on with an exception.
	Threw bool
}

// Label is "#1", or "#1.2" for the second of several times.
func (a *Await) Label() string {
	if a.Times == 1 {
		return fmt.Sprintf("#%d", a.Site)
	}
	return fmt.Sprintf("#%d.%d", a.Site, a.Time)
}

// Ticks is how long it took, or -1 if it never went on.
func (a *Await) Ticks() int {
	if a.End < 0 {
		return -1
	}
	return a.End - a.Start
}

// Ticks is the last tick of which anything is known.
func (t Timeline) Ticks() int {
	last := 0
	for _, e := range t.Events {
		last = max(last, e.Tick)
	}
	for tick := range t.Steps() {
		last = max(last, tick)
	}
	return last
}

// Marked reports whether the snippet has marks of its own.
func (t Timeline) Marked() bool {
	for _, e := range t.Events {
		if e.Kind == Mark {
			return true
		}
	}
	return false
}

// Names reports whether a mark, right behind an await that went on in the same
// tick, is one of the function that did. No script can see where a job ends and
// the next begins; but the mark must be written behind the await.
func (t Timeline) Names(mark, e Event) bool {
	if e.Kind != Resume && e.Kind != Throw || mark.Kind != Mark || mark.Tick != e.Tick {
		return false
	}
	rest := t.Snippet.sites[e.Await.Site-1].Rest
	written := func(text string) bool {
		return strings.Contains(text, "'"+mark.Name+"'") || strings.Contains(text, `"`+mark.Name+`"`) || strings.Contains(text, "`"+mark.Name+"`")
	}
	// A name that is put together is nowhere as it is.
	return written(rest) || marks.MatchString(rest) && !written(t.Snippet.Source)
}

// Run runs the snippet until no job is left. Timers and input are not waited
// for. The error wraps [errors.ErrUnsupported] if e can't offer the mode. After
// an exception, or a rejection that nobody handled, there are both an error and
// the timeline up to then.
func (s Snippet) Run(ctx context.Context, e engines.Engine, mode engines.AwaitMode) (Timeline, error) {
	t := Timeline{Snippet: s, Engine: e.Name(), Version: e.Version(), Mode: mode, Source: e.Await(mode)}
	if err := s.offered(e, mode); err != nil {
		return t, fmt.Errorf("%s: %w: %w", e.Name(), err, errors.ErrUnsupported)
	}
	if err := prove(ctx, e, mode); err != nil {
		return t, err
	}
	realm, err := e.Open(ctx, engines.Options{Await: mode})
	if err != nil {
		return t, err
	}
	defer realm.Close()
	if err := realm.Load(ctx, "trace.js", prelude); err != nil {
		return t, err
	}
	lines, err := realm.Probe(ctx, s.Name, s.text)
	switch {
	case ctx.Err() != nil:
		return t, fmt.Errorf("%s: %s did not end in time (%w): is there an endless loop, or an endless chain of microtasks?", e.Name(), s.Name, context.Cause(ctx))
	case err != nil:
		err = s.located(err)
		// What had been recorded is still there.
		if lines, _ = realm.Probe(ctx, "rest.js", ""); lines == nil {
			return t, err
		}
	}
	if err := t.add(lines); err != nil {
		return t, fmt.Errorf("%s: %w", e.Name(), err)
	}
	if tracker, ok := realm.(engines.RejectionTracker); ok {
		t.Unhandled = append(t.Unhandled, tracker.Unhandled()...)
	}
	if err == nil && len(t.Unhandled) > 0 {
		err = fmt.Errorf("%s: %s: %s without a handler, the first: %s", e.Name(), s.Name, text.Count(len(t.Unhandled), "rejection"), t.Unhandled[0])
	}
	return t, err
}

// RunModes runs the snippet in each of some modes, legacy first, for at most timeout
// each. missing says which modes are not available and why, err what went wrong in
// those that are. A mode that does not end is the last one: nor would the other.
func (s Snippet) RunModes(ctx context.Context, e engines.Engine, modes []engines.AwaitMode, timeout time.Duration) (list []Timeline, missing []error, err error) {
	for _, mode := range engines.AwaitModes() {
		if !slices.Contains(modes, mode) {
			continue
		}
		within, cancel := context.WithTimeout(ctx, timeout)
		t, wrong := s.Run(within, e, mode)
		cancel()
		if errors.Is(wrong, errors.ErrUnsupported) {
			if len(missing) == 0 || missing[len(missing)-1].Error() != wrong.Error() {
				missing = append(missing, wrong)
			}
			continue
		}
		if wrong != nil {
			err = errors.Join(err, fmt.Errorf("await=%s: %w", mode, wrong))
		}
		if wrong == nil || len(t.Events) > 0 {
			list = append(list, t)
		}
		if errors.Is(wrong, context.DeadlineExceeded) {
			break
		}
	}
	return list, missing, err
}

// offered returns nil unless the snippet has syntax that e lacks, or that the
// emulation of the mode can't rewrite.
func (s Snippet) offered(e engines.Engine, mode engines.AwaitMode) error {
	switch {
	case s.opaque == nil:
		return nil
	case !e.Supports(engines.ForAwait) || !e.Supports(engines.AsyncGenerators):
		return fmt.Errorf("the engine lacks syntax: %w; %s", s.opaque, advice)
	case e.Await(mode) == engines.Emulated:
		return fmt.Errorf("await=%s is obtained by rewriting only: %w", mode, s.opaque)
	}
	return nil
}

// located takes the columns from what an engine says of the snippet: they are
// those of the rewritten lines. The lines are right.
func (s Snippet) located(err error) error {
	place := regexp.MustCompile(`(` + regexp.QuoteMeta(s.Name) + `:\d+):\d+(?:\(\d+\))?`)
	return errors.New(place.ReplaceAllString(err.Error(), "$1"))
}

// prove proves the await mode, in a realm of its own: the order program
// leaves variables behind.
func prove(ctx context.Context, e engines.Engine, mode engines.AwaitMode) error {
	realm, err := e.Open(ctx, engines.Options{Await: mode})
	if err != nil {
		return err
	}
	defer realm.Close()
	return engines.ProveAwait(ctx, realm, mode)
}

// add reads what trace.js recorded, one JSON object a line.
func (t *Timeline) add(lines []string) error {
	byID := map[int]*Await{}
	times := map[int]int{}
	for _, line := range lines {
		var r struct {
			Kind     Kind
			Tick     int
			Name     string
			Site, ID int
			Value    Value
		}
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			return fmt.Errorf("trace.js recorded %q: %w", line, err)
		}
		switch r.Kind {
		case "full":
			t.Cut = true
			continue
		case "unhandled":
			t.Unhandled = append(t.Unhandled, r.Name)
			continue
		case Start:
			if r.Site >= len(t.Snippet.sites) {
				return fmt.Errorf("trace.js recorded %q, and there are %d awaits", line, len(t.Snippet.sites))
			}
			site := t.Snippet.sites[r.Site]
			times[r.Site]++
			a := &Await{Site: r.Site + 1, Time: times[r.Site], Line: site.Line, Operand: site.Operand, Value: r.Value, Start: r.Tick, End: -1}
			byID[r.ID] = a
			t.Awaits = append(t.Awaits, a)
		case Resume, Throw:
			a := byID[r.ID]
			if a == nil {
				continue // its start was cut off
			}
			a.End, a.Threw = r.Tick, r.Kind == Throw
		}
		t.Events = append(t.Events, Event{r.Kind, r.Tick, r.Name, byID[r.ID]})
		if r.Kind == Mark {
			t.Events[len(t.Events)-1].Await = nil
		}
	}
	for _, a := range t.Awaits {
		a.Times = times[a.Site-1]
	}
	return nil
}
