package check_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"promisebench/bench"
	"promisebench/bench/check"
	"promisebench/bench/check/checktest"
	"promisebench/engines"
	"promisebench/engines/all"
	"promisebench/engines/probes"
	"promisebench/workloads"
)

var update = flag.Bool("update", false, "rewrite the golden files in testdata")

func TestGolden(t *testing.T) {
	for name, write := range map[string]func(io.Writer, check.Results) error{
		"check.json": check.WriteJSON,
		"check.tap":  check.WriteTAP,
		"check.txt":  func(w io.Writer, r check.Results) error { return r.Document().WriteText(w, 80) },
		"check.md":   func(w io.Writer, r check.Results) error { return r.Document().WriteMarkdown(w) },
	} {
		t.Run(name, func(t *testing.T) {
			var got bytes.Buffer
			if err := write(&got, checktest.Example()); err != nil {
				t.Fatal(err)
			}
			// Whatever engines say: no control characters, no rows of their own.
			if bad := regexp.MustCompile(`[\x00-\x09\x0b-\x1f\x7f\x{2028}]`).Find(got.Bytes()); bad != nil {
				t.Errorf("%q is in the output", bad)
			}
			file := filepath.Join("testdata", name)
			if *update {
				if err := os.WriteFile(file, got.Bytes(), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatalf("%v (make it with go test ./bench/check -update)", err)
			}
			if got.String() != string(want) {
				t.Errorf("%s differs; go test ./bench/check -update shows what has changed. Got:\n%s", file, got.String())
			}
		})
	}
}

func TestWrongCountsOnlyWrong(t *testing.T) {
	wrong, all := checktest.Example().Count()
	if wrong != 2 || all != 10 {
		t.Errorf("%d of %d, want 2 of 10", wrong, all)
	}
}

// The numbers of a TAP stream must be its plan's, whatever is in the texts.
func TestTAPIsWellFormed(t *testing.T) {
	var b bytes.Buffer
	if err := check.WriteTAP(&b, checktest.Example()); err != nil {
		t.Fatal(err)
	}
	point := regexp.MustCompile(`^(not )?ok (\d+) - ((?:[^#\\]|\\[#\\])+)( # (SKIP|TODO) (?:[^#\\]|\\[#\\])+)?$`)
	n, within := 0, false
	for i, line := range strings.Split(strings.TrimSpace(b.String()), "\n") {
		switch {
		case i == 0 && line == "TAP version 14", i == 1 && line == "1..10", strings.HasPrefix(line, "# "):
		case line == "  ---" || line == "  ...":
			within = line == "  ---"
		case within && regexp.MustCompile(`^  [a-z]+: (\[.*\]|".*")$`).MatchString(line):
		default:
			n++
			if m := point.FindStringSubmatch(line); m == nil || m[2] != fmt.Sprint(n) {
				t.Errorf("line %d: %q is no test point %d", i+1, line, n)
			}
		}
	}
	if n != 10 {
		t.Errorf("%d test points, want 10", n)
	}
}

func checker() check.Checker {
	return check.Checker{Catalog: bench.Catalog{Workloads: workloads.All(), Engines: all.Engines()}, Timeout: time.Minute}
}

// A pretender is an engine whose legacy mode has no effect.
type pretender struct{ engines.Engine }

func (p pretender) Await(engines.AwaitMode) engines.AwaitSource { return engines.Native }

func (p pretender) Open(ctx context.Context, o engines.Options) (engines.Realm, error) {
	o.Await = engines.Optimized
	return p.Engine.Open(ctx, o)
}

func TestMode(t *testing.T) {
	c := checker()
	want := map[engines.AwaitMode][]int{engines.Legacy: {25, 7}, engines.Optimized: {9, 4}}
	for _, e := range c.Catalog.Engines {
		for mode, ticks := range want {
			m := c.Mode(t.Context(), e, mode)
			if m.Err != nil || m.Verdict != check.OK || m.Order != engines.AwaitOrder(mode) {
				t.Errorf("%s %s: %s, order %q, %v", e.Name(), mode, m.Verdict, m.Order, m.Err)
			}
			got := map[string]int{}
			for _, tick := range m.Ticks {
				got[tick.Workload] = tick.Got
			}
			if got["doxbee"] != ticks[0] || got["parallel"] != ticks[1] {
				t.Errorf("%s %s: ticks %v", e.Name(), mode, got)
			}
		}
	}
	if m := c.Mode(t.Context(), pretender{c.Catalog.Engines[0]}, engines.Legacy); m.Verdict != check.Wrong || m.Err == nil {
		t.Errorf("an engine whose legacy mode has no effect: %s, %v", m.Verdict, m.Err)
	}
}

func TestSelect(t *testing.T) {
	list := checktest.Example().Probes
	for _, c := range []struct {
		patterns []string
		want     string // names, or the error
	}{
		{nil, "[promise/right promise/odd module/two]"},
		{[]string{"promise/odd", "*/o*"}, "[promise/odd]"},
		{[]string{"module/*", "promise/r*"}, "[promise/right module/two]"},
		{[]string{"promise/*", "lost"}, `unknown probe "lost": names look like promise/right`},
		{[]string{"["}, "[: syntax error in pattern"},
	} {
		chosen, err := check.Select(list, c.patterns)
		var names []string
		for _, p := range chosen {
			names = append(names, p.Name)
		}
		if got := fmt.Sprint(names); err == nil && got != c.want || err != nil && err.Error() != c.want {
			t.Errorf("%q: %s, %v; want %s", c.patterns, got, err, c.want)
		}
	}
}

// Results come in the order of the engines, with a result for each probe; when
// the context ends, that is the error.
func TestRun(t *testing.T) {
	all, err := probes.All()
	if err != nil {
		t.Fatal(err)
	}
	c := checker()
	c.Known = probes.Defects()
	if c.Probes, err = check.Select(all, []string{"order/*"}); err != nil {
		t.Fatal(err)
	}
	found, err := c.Run(t.Context())
	if err != nil || len(found.Engines) != len(c.Catalog.Engines) {
		t.Fatalf("%d engines, %v", len(found.Engines), err)
	}
	for i, e := range found.Engines {
		if e.Engine.Name() != c.Catalog.Engines[i].Name() || len(e.Modes) != 2 || len(e.Results) != len(c.Probes) {
			t.Errorf("engine %d is %s with %d modes and %d results", i, e.Engine.Name(), len(e.Modes), len(e.Results))
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Run(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
