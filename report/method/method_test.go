package method_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"promisebench/report/gate"
	"promisebench/report/method"
	"promisebench/report/text"
)

// constants returns the values of the package's constants of a type.
func constants(t *testing.T, typed string) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "method.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var values []string
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if ok && len(spec.Values) == 1 && fmt.Sprint(spec.Type) == typed {
			value, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			values = append(values, value)
		}
		return true
	})
	return values
}

// headings returns the slugs of a file's headings of the third level.
func headings(t *testing.T, file string) []string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var slugs []string
	for _, m := range regexp.MustCompile(`(?m)^### (.*)$`).FindAllStringSubmatch(string(data), -1) {
		slugs = append(slugs, text.Slug(m[1]))
	}
	return slugs
}

// Every constant has its heading and every heading its constant, in the same
// order, so that none is forgotten in either file.
func TestTermsAreHeadings(t *testing.T) {
	for _, test := range []struct{ typed, file string }{{"Term", "METHODOLOGY.md"}, {"Bias", "BIAS.md"}} {
		have, want := strings.Join(constants(t, test.typed), "\n"), strings.Join(headings(t, test.file), "\n")
		if have != want || have == "" {
			t.Errorf("constants of type %s:\n%s\n\nheadings of %s:\n%s", test.typed, have, test.file, want)
		}
	}
}

// What is quoted is one paragraph of plain text, code and links that work from
// any page.
func TestParagraphs(t *testing.T) {
	seen := make(map[string]string)
	check := func(id, said string) {
		t.Helper()
		rest := regexp.MustCompile("`[^`]+`").ReplaceAllString(said, "code")
		rest = regexp.MustCompile(`\[([^\]]+)\]\(https://[^\s()]+\)`).ReplaceAllString(rest, "$1")
		if len(said) < 30 || !strings.HasSuffix(said, ".") || regexp.MustCompile("`|\\*\\*|\\]\\(|\n|[0-9] %").MatchString(rest) {
			t.Errorf("%s: %q", id, said)
		}
		if other, ok := seen[said]; ok {
			t.Errorf("%s says what %s says", id, other)
		}
		seen[said] = id
	}
	for _, id := range constants(t, "Term") {
		list := method.Paragraphs(method.Term(id))
		if len(list) != 1 || text.Slug(list[0].Term) != id {
			t.Errorf("%s: got %v", id, list)
			continue
		}
		check(id, list[0].Text)
	}
	for _, id := range constants(t, "Bias") {
		list := method.Biases(method.Bias(id))
		if len(list) != 1 {
			t.Errorf("%s: got %v", id, list)
			continue
		}
		check(id, list[0])
	}
}

// What the files link to within the repository is there.
func TestLinks(t *testing.T) {
	for _, file := range []string{"METHODOLOGY.md", "BIAS.md"} {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`\]\(([^)]+)\)`).FindAllStringSubmatch(string(data), -1) {
			if strings.HasPrefix(m[1], "https://") {
				continue
			}
			if _, err := os.Stat(m[1]); err != nil {
				t.Errorf("%s: %v", file, err)
			}
		}
	}
}

// The numbers in the text are the gate's defaults.
func TestDefaults(t *testing.T) {
	percent := func(v float64) string { return gate.Percent(v).String() }
	for _, test := range []struct {
		term method.Term
		want []string
	}{
		{method.Change, []string{percent(gate.DefaultConfidence) + " interval"}},
		{method.Verdicts, []string{"with " + percent(gate.DefaultAlpha) + " of error", "minimum effect (" + percent(gate.DefaultMinEffect) + " unless",
			"equivalence margin (±" + percent(gate.DefaultEquivalence) + ", or ±" + percent(gate.DefaultLayoutEquivalence) + " across"}},
		{method.Unpaired, []string{"allowance (" + percent(gate.DefaultAllowance) + " unless"}},
		{method.Exact, []string{"allocations " + percent(gate.DefaultTolerance) + " and bytes " + percent(gate.DefaultBytesTolerance) + " unless"}},
		{method.Instructions, []string{"tolerance (" + percent(gate.DefaultInstructionTolerance) + " unless"}},
	} {
		said := method.Paragraphs(test.term)[0].Text
		for _, want := range test.want {
			if !strings.Contains(said, want) {
				t.Errorf("%s: %q lacks %q", test.term, said, want)
			}
		}
	}
}
