package probes

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"promisebench/engines/all"
)

// The programs in the README do what it says, so that nobody reports a defect
// that has been gone for long.
func TestReadmePrograms(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```js\n// ([a-z, ]+)\n(.*?)// specified: ([^\n]*)\n// logged: ([^\n]*)\n```").FindAllStringSubmatch(string(text), -1)
	if len(blocks) != strings.Count(string(text), "```js\n") || len(blocks) == 0 {
		t.Errorf("%d of %d programs say which engine logs what", len(blocks), strings.Count(string(text), "```js\n"))
	}
	for _, block := range blocks {
		for name := range strings.SplitSeq(block[1], ", ") {
			found := false
			for _, e := range all.Engines() {
				if e.Name() != name {
					continue
				}
				found = true
				p := Probe{Name: "readme/x", Program: block[2], Want: strings.Split(block[4], ", ")}
				result, err := Runner{Timeout: time.Minute}.Run(t.Context(), e, p)
				asSaid := result.Verdict == OK
				if block[4] == "nothing, and the script ends with the exception" {
					asSaid = len(result.Got) == 0 && result.Err != nil && strings.Contains(result.Err.Error(), "Error at get")
				}
				if err != nil || !asSaid || block[3] == block[4] {
					t.Errorf("%s logs %q (%v), want %q:\n%s", name, result.Got, result.Err, p.Want, p.Program)
				}
			}
			if !found {
				t.Errorf("unknown engine %q", name)
			}
		}
	}
}
