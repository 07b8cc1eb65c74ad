package bench_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// The arrows of the house: which of our own folders the packages of a folder
// may import. What runs and where (workloads, engines) knows nobody, measuring
// knows these two, and the report knows only text. The command, where the
// halves meet, may import everything. An adapter is known only to the list of
// engines and to tests. Probes are programs for any engine and know none. Both
// halves draw, in one style: that package knows nothing but colours and
// letters, and is a leaf. Measuring servers, bench/httpload, starts them as
// engines/worker starts processes; a gate starts builds and installed hosts.
//
// A folder stands for all below it, but among the rooms of one house for itself
// only, unless "/..." follows.
func TestImportArrows(t *testing.T) {
	allowed := map[string][]string{
		"workloads":              {"workloads/middleware"},
		"workloads/middleware":   {},
		"engines":                {"engines/..."},
		"report":                 {"report/theme", "report/gate", "report/changepoint"},
		"report/changepoint":     {},
		"report/gate":            {},
		"report/stats":           {"report/text", "report/unit"},
		"report/text":            {},
		"report/theme":           {},
		"report/unit":            {"report/text"},
		"bench":                  {"workloads", "engines"},
		"bench/check":            {"bench", "bench/check/checktest", "workloads", "engines"},
		"bench/check/checktest":  {"bench", "bench/check", "engines"},
		"bench/gate":             {"bench", "bench/gate/toolchain", "workloads", "engines"},
		"bench/gate/toolchain":   {},
		"bench/httpload":         {"bench", "workloads", "engines"},
		"bench/record":           {"bench"},
		"bench/trace":            {"engines"},
		"bench/trace/view":       {"bench/trace", "engines", "report/text", "report/theme"},
		"bench/cmd/promisebench": {"bench/...", "workloads", "engines", "report"},
	}
	root := os.DirFS("..")
	seen := map[string]int{}
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) != ".go" {
			return err
		}
		dir := path.Dir(name)
		top, _, _ := strings.Cut(dir, "/")
		rule, ok := allowed[dir]
		if !ok {
			if rule, ok = allowed[top]; !ok {
				t.Errorf("%s: no rule for folder %s", name, top)
			}
			dir = top
		}
		seen[dir]++
		source, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, source, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range file.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			ours, ok := strings.CutPrefix(imported, "promisebench/")
			if !ok {
				continue
			}
			to, rest, _ := strings.Cut(ours, "/")
			own := strings.HasSuffix(name, "_test.go") && imported == "promisebench/"+path.Dir(name)
			all := slices.Contains(rule, to+"/...") || to != top && slices.Contains(rule, to)
			if !all && !slices.Contains(rule, ours) && !own {
				t.Errorf("%s imports %s", name, imported)
			}
			if path.Dir(name) == "engines/probes" && imported != "promisebench/engines" && !strings.HasSuffix(name, "_test.go") {
				t.Errorf("%s imports %s: probes know no adapter", name, imported)
			}
			known := []string{"", "transform"}
			if dir == "bench/gate" {
				known = []string{"", "hosts", "worker"}
			}
			if slices.Contains([]string{"bench", "bench/trace", "bench/gate"}, dir) && to == "engines" && !slices.Contains(known, rest) && !strings.HasSuffix(name, "_test.go") {
				t.Errorf("%s imports %s: adapters are known to the command and their lists only", name, imported)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for dir := range allowed {
		if seen[dir] == 0 {
			t.Errorf("no package in %s: the rule for it guards nothing", dir)
		}
	}
}
