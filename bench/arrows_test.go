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

// The arrows of the house: which of our own packages those of a folder may import.
// A name with "/..." stands for a folder and all below it.
//
// What runs and where (workloads, engines) knows nobody, measuring knows these two,
// and the report knows only text. The command, where the halves meet, may import
// everything. An adapter is known only to the list of engines and to tests.
//
// The rooms of the report stand floor on floor: each imports lower ones only, and
// none of its own floor. Both halves draw, with one theme, which is a leaf.
func arrows() map[string]string {
	const numbers = " report/stats report/text report/unit"
	const model = " report/chart report/dataset report/document" + numbers
	const room = " report/await report/method report/provenance report/theme" + model
	return map[string]string{
		"workloads/...": "workloads/...",
		"engines/...":   "engines/...",

		"report/text":        "",
		"report/theme":       "report/text",
		"report/gate":        "",
		"report/bisect":      model,
		"report/ladder":      "report/changepoint" + model,
		"report/changepoint": "",
		"report/unit":        "report/text",
		"report/stats":       "report/text report/unit",
		"report/chart":       "report/theme" + numbers,
		"report/dataset":     numbers,
		"report/document":    "report/chart report/text report/theme",
		"report/method":      "report/document report/text",
		"report/provenance":  model,
		"report/ranking":     model,
		"report/await":       "report/method report/provenance report/theme" + model,
		"report/matrix":      "report/ranking" + room,
		"report/switches":    "report/provenance" + model,
		"report/servers":     "report/ranking" + room,
		"report/history":     "report/changepoint" + room,
		"report/change":      "report/gate report/theme" + model,
		"report/compare":     "report/change report/gate report/method report/provenance" + model,
		"report/article":     "report/servers" + room,
		"report":             "report/article report/await report/matrix report/method report/provenance report/servers report/switches" + model,
		// These two are for tests only.
		"report/reporttest":            model,
		"report/document/documenttest": "report/document",

		"bench":                      "bench/quiet workloads engines engines/transform",
		"bench/versions":             "bench bench/gate engines engines/probes workloads report/bisect",
		"bench/check/...":            "bench bench/check workloads engines engines/probes engines/transform report/document report/text",
		"bench/count":                "bench workloads engines engines/worker",
		"bench/plan":                 "bench report/stats",
		"bench/gate":                 "bench workloads engines bench/gate/toolchain engines/hosts engines/hosts/releases engines/worker",
		"bench/gate/neutral":         "",
		"bench/gate/toolchain":       "bench/gate/neutral",
		"bench/httpload":             "bench workloads/... engines/...",
		"bench/listing":              "workloads engines engines/hosts report/document",
		"bench/progress":             "bench/plan",
		"bench/quiet":                "engines/worker/cpus",
		"bench/record":               "bench",
		"bench/trace/...":            "bench/trace engines engines/transform report/theme report/text",
		"bench/cmd/promisebench/...": "bench/... workloads/... engines/... report/...",
	}
}

func TestImportArrows(t *testing.T) {
	allowed := arrows()
	root := os.DirFS("..")
	seen := map[string]bool{}
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) != ".go" {
			return err
		}
		dir := path.Dir(name)
		rule, ok := ruleFor(allowed, dir)
		if !ok {
			t.Errorf("%s: no rule for folder %s", name, dir)
			return nil
		}
		seen[rule] = true
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
			to, ours := strings.CutPrefix(imported, "promisebench/")
			test := strings.HasSuffix(name, "_test.go")
			if ours && !may(allowed[rule], to) && !(test && forTests(dir, to)) {
				t.Errorf("%s imports %s", name, imported)
			}
			if dir == "engines/probes" && ours && to != "engines" && !test {
				t.Errorf("%s imports %s: probes know no adapter", name, imported)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for rule := range allowed {
		if !seen[rule] {
			t.Errorf("no package in %s: the rule for it guards nothing", rule)
		}
	}
}

// ruleFor returns the rule for a folder: its own, or that of one above it.
func ruleFor(allowed map[string]string, dir string) (rule string, ok bool) {
	if _, ok := allowed[dir]; ok {
		return dir, true
	}
	for ; dir != "."; dir = path.Dir(dir) {
		if _, ok := allowed[dir+"/..."]; ok {
			return dir + "/...", true
		}
	}
	return "", false
}

// may reports whether a rule has a package.
func may(rule, to string) bool {
	return slices.ContainsFunc(strings.Fields(rule), func(allowed string) bool {
		tree, below := strings.CutSuffix(allowed, "/...")
		return to == tree || below && strings.HasPrefix(to, tree+"/")
	})
}

// forTests reports whether tests of a folder may import a package that its rule does
// not have: their own, and what only tests use.
func forTests(dir, to string) bool {
	switch {
	case to == dir, strings.HasPrefix(to, dir+"/"):
		return true
	case strings.HasPrefix(dir, "report"):
		return to == "report/reporttest" || to == "report/document/documenttest" || strings.HasPrefix(to, "report/")
	}
	return strings.HasPrefix(dir, "bench") && strings.HasPrefix(to, "engines")
}
