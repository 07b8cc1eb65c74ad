package served_test

import (
	"strings"
	"testing"

	"promisebench/workloads/served"
)

// Two requests never have the same answer: else one that got another's would go
// unnoticed. All kinds of answers are among every twenty.
func TestAnswersDiffer(t *testing.T) {
	const n = 2000
	list, err := served.Exchanges(n)
	if err != nil || len(list) != n {
		t.Fatal(len(list), err)
	}
	seen := map[string]int{}
	statuses := map[int]int{}
	for i, x := range list {
		if j, ok := seen[x.Answer.Body]; ok {
			t.Fatalf("requests %d and %d have the same answer %s", j, i, x.Answer.Body)
		}
		seen[x.Answer.Body] = i
		statuses[x.Status]++
	}
	for status, want := range map[int]int{200: n * 17 / 20, 400: n / 20, 404: n / 20, 503: n / 20} {
		if statuses[status] != want {
			t.Errorf("%d answers with status %d, want %d", statuses[status], status, want)
		}
	}
}

// Every server has a script; those of frameworks have an exact version.
func TestFrameworks(t *testing.T) {
	list, err := served.Frameworks()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range list {
		text, err := f.Script()
		if err != nil || !strings.HasPrefix(text, "'use strict';\n") || !strings.Contains(text, "listening(") {
			t.Errorf("%s: %v: %.40q", f.Name, err, text)
		}
		if (f.Name == served.Plain) != (f.Version == "") || strings.ContainsAny(f.Version, "^~*<>") {
			t.Errorf("%s has version %q", f.Name, f.Version)
		}
	}
	if text, err := served.Embedded(); err != nil || !strings.Contains(text, "function promisebenchServe(") {
		t.Errorf("embedded: %v", err)
	}
}
