package view

import (
	"fmt"
	"slices"
	"strings"

	"promisebench/bench/trace"
	"promisebench/engines"
	"promisebench/report/text"
)

// describe says what kind of value was awaited.
func describe(v trace.Value) string {
	switch v {
	case trace.Promise:
		return "native promise"
	case trace.Subclass:
		return "promise of a subclass"
	case trace.Thenable:
		return "foreign thenable"
	}
	return "plain value"
}

// promises counts them in words.
func promises(c trace.Cost) string {
	switch len(c.Promises) {
	case 0:
		return "no extra promise"
	case 1:
		return "1 extra promise (" + c.Promises[0] + ")"
	}
	return fmt.Sprintf("%d extra promises (%s)", len(c.Promises), strings.Join(c.Promises, ", "))
}

// cost says what one or more evaluations of one await took.
func (t timeline) cost(times []*trace.Await) string {
	if len(times) == 0 {
		return "not reached"
	}
	var parts []string
	for _, a := range times {
		parts = append(parts, t.ticks(a))
	}
	parts = slices.Compact(parts)
	const most = 4
	if len(parts) > most {
		parts = append(parts[:most], "…")
	}
	said := strings.Join(parts, "; ")
	first := times[0]
	if len(times) > 1 {
		said = fmt.Sprintf("%d times: %s", len(times), said)
	}
	if t.Source == engines.SkipsTicks && first.Value == trace.Promise {
		return said + ". The Node 8 bug: its specification, that of 2017, has " + text.Count(trace.Specified(engines.Legacy, first.Value).Ticks, "tick")
	}
	said += ", " + promises(trace.Specified(t.Mode, first.Value))
	if len(times) > 1 {
		said += " each"
	}
	return said
}

// ticks says what one evaluation took.
func (t timeline) ticks(a *trace.Await) string {
	least := trace.Specified(t.Mode, a.Value).Ticks
	n := a.Ticks()
	said := text.Count(n, "tick")
	switch {
	case n < 0:
		return "never goes on: nothing settled it before the queue was empty"
	case n < least:
		said += fmt.Sprintf(" where the specification has %d", least)
	case n > least:
		said += fmt.Sprintf(", %d more than if it had settled already", n-least)
	}
	if a.Threw {
		said += ", then throws"
	}
	return said
}
