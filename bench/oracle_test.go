package bench_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"promisebench/bench"
	"promisebench/engines"
	"promisebench/engines/enginetest"
	"promisebench/engines/hosts"
	"promisebench/workloads"
)

var update = flag.Bool("update", false, "rewrite testdata/ticks.txt with what the oracle counts")

// oracleOps is how many operations of each benchmark the oracle runs.
const oracleOps = 3

const ticksFile = "testdata/ticks.txt"

// oracleTicks returns what is committed of the oracle's counts, by the benchmark's name
// without the engine.
func oracleTicks(t testing.TB) map[string]string {
	t.Helper()
	text, err := os.ReadFile(ticksFile)
	if err != nil {
		t.Fatal(err)
	}
	table := map[string]string{}
	for line := range strings.Lines(string(text)) {
		if name, ticks, ok := strings.Cut(strings.TrimSpace(line), " "); ok && !strings.HasPrefix(line, "#") {
			table[name] = ticks
		}
	}
	return table
}

// ofNoEngine is a benchmark's name without the engine.
func ofNoEngine(c bench.Cell) string {
	return strings.Replace(c.Name(), "/engine="+c.Engine.Name(), "", 1)
}

// everything names all variants, optional ones too.
func everything() (list []string) {
	for _, w := range workloads.All() {
		for _, v := range w.Variants {
			list = append(list, strings.TrimSuffix(w.Name+"/"+v.Name, "/"))
		}
	}
	return list
}

// The specification's own text takes as many ticks as the table says with which engines
// are compared, and as were worked out by hand.
func TestOracleTicks(t *testing.T) {
	if !*update {
		enginetest.Slow(t)
	}
	oracle, err := hosts.Oracle(t.Context(), filepath.Join("..", "engines", "hosts", "npm"))
	enginetest.Installed(t, err)
	var made sync.Map
	list := cells(t, bench.Catalog{Workloads: workloads.All(), Engines: []engines.Engine{oracle}}, bench.Filter{Workloads: everything()}, bench.DefaultWindow)
	t.Run("cells", func(t *testing.T) {
		for _, c := range list {
			t.Run(c.Name(), func(t *testing.T) {
				t.Parallel()
				realm, err := c.OpenUnproven(t.Context())
				if errors.Is(err, errors.ErrUnsupported) {
					t.Skip(err)
				}
				if err != nil {
					t.Fatal(err)
				}
				defer realm.Close()
				ticks, err := engines.Ticks(t.Context(), realm, oracleOps)
				if err != nil {
					t.Fatal(err)
				}
				if want, known := c.WantTicks(); known && ticks[0] != want {
					t.Errorf("operation 0 takes %d ticks, by hand it is %d", ticks[0], want)
				}
				made.Store(ofNoEngine(c), strings.Trim(fmt.Sprint(ticks), "[]"))
			})
		}
	})
	var lines []string
	made.Range(func(name, ticks any) bool {
		lines = append(lines, fmt.Sprintf("%s %s\n", name, ticks))
		return true
	})
	slices.Sort(lines)
	text := fmt.Sprintf("# Ticks of operations 0 to %d, each alone, by the specification: go test ./bench -run Oracle -update\n# engine262 %s\n%s",
		oracleOps-1, oracle.Version(), strings.Join(lines, ""))
	if *update {
		if err := os.WriteFile(ticksFile, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if have, err := os.ReadFile(ticksFile); err != nil || string(have) != text {
		t.Errorf("%s is not what the oracle counts (%v); -update writes it", ticksFile, err)
	}
}
