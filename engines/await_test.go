package engines_test

import (
	"context"
	"strings"
	"testing"

	"promisebench/engines"
)

// A parrot is a realm that logs the same whatever it is asked.
type parrot struct {
	engines.Realm
	lines []string
}

func (p parrot) Probe(context.Context, string, string) ([]string, error) { return p.lines, nil }

// A program that logs something else than an answer is an error in words.
func TestUnexpectedLines(t *testing.T) {
	r := parrot{lines: []string{"true", "false"}}
	_, err := engines.ProbeAsyncStack(t.Context(), r)
	if err == nil || !strings.Contains(err.Error(), `["true" "false"], want one line`) || strings.Contains(err.Error(), "%!") {
		t.Errorf("async stack: %v", err)
	}
	if _, err := engines.ProbeAdoption(t.Context(), r); err == nil || !strings.Contains(err.Error(), `["true" "false"], want a line`) {
		t.Errorf("adoption: %v", err)
	}
}
