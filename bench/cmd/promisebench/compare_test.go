package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"promisebench/bench/cmd/promisebench/app"
	"promisebench/bench/record"
)

const recordedRuns = "../../../results/2026-11-20-"

// copyTo copies a file into a new folder under a name.
func copyTo(t *testing.T, dir, name, from string) string {
	t.Helper()
	text, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	name = filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, text, 0o666); err != nil {
		t.Fatal(err)
	}
	return name
}

// Each form of the arguments gives the page that it promises.
func TestReportCompares(t *testing.T) {
	gateDir := filepath.Join(t.TempDir(), "gate")
	copyTo(t, gateDir, record.Base, recordedRuns+"gate-goja/base.txt")
	copyTo(t, gateDir, record.Head, recordedRuns+"gate-goja/head.txt")
	for _, c := range []struct {
		name, args string
		stdin      string
		want       []string // in the page
		out        string   // where it is, if not where --out says
	}{
		{name: "folders", args: recordedRuns + "embedded/ " + recordedRuns + "core/",
			want: []string{"99 inconclusive, 251 unchanged", "<dd>2026-11-20-embedded</dd>", "not measured in pairs", "id=\"method\""}},
		{name: "files", args: recordedRuns + "gate-goja/base.txt " + recordedRuns + "gate-goja/head.txt",
			want: []string{"7 improved, 9 unchanged", "Pairs of processes."}},
		{name: "a gate's folder", args: gateDir, want: []string{"7 improved, 9 unchanged", "Pairs of processes."}, out: gateDir},
		{name: "standard input", args: recordedRuns + "core/bench.txt -", stdin: recordedRuns + "embedded/bench.txt", want: []string{"<dd>standard input</dd>"}},
		{name: "merged", args: "--merge " + recordedRuns + "core " + recordedRuns + "emulation", want: []string{"Who is fastest at what?"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.stdin != "" {
				file, err := os.Open(c.stdin)
				if err != nil {
					t.Fatal(err)
				}
				defer file.Close()
				defer func(before *os.File) { os.Stdin = before }(os.Stdin)
				os.Stdin = file
			}
			out := filepath.Join(t.TempDir(), "out")
			args := append([]string{"report"}, strings.Fields(c.args)...)
			if c.out == "" {
				args = append(args, "--out", out)
			} else {
				out = c.out
			}
			code, stdout, stderr := call(t, args...)
			if code != app.ExitOK || !strings.Contains(stdout, filepath.Join(out, record.Page)+" to look at") {
				t.Fatalf("exit %d: %.500s%s", code, stdout, stderr)
			}
			page, err := os.ReadFile(filepath.Join(out, record.Page))
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range c.want {
				if !bytes.Contains(page, []byte(want)) {
					t.Errorf("the page lacks %q", want)
				}
			}
			// What report.md shows is there.
			text, err := os.ReadFile(filepath.Join(out, "report.md"))
			if err != nil {
				t.Fatal(err)
			}
			links := regexp.MustCompile(`\]\(([a-z0-9-]+\.svg)\)`).FindAllSubmatch(text, -1)
			if len(links) == 0 {
				t.Error("no charts in report.md")
			}
			for _, link := range links {
				if _, err := os.Stat(filepath.Join(out, string(link[1]))); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// Without --out a comparison has a folder of its own: it must not take the place
// of either side's report.
func TestReportCompareOut(t *testing.T) {
	core, err := filepath.Abs(recordedRuns + "core/bench.txt")
	if err != nil {
		t.Fatal(err)
	}
	embedded, err := filepath.Abs(recordedRuns + "embedded/bench.txt")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	copyTo(t, "base", record.Text, embedded)
	copyTo(t, "head", record.Text, core)
	code, stdout, stderr := call(t, "report", "base/", "head/")
	pages, err := filepath.Glob(record.Root + "/compare-*/" + record.Page)
	if code != app.ExitOK || err != nil || len(pages) != 1 || !strings.Contains(stdout, pages[0]) {
		t.Errorf("exit %d, %v, %q: %.300s%s", code, err, pages, stdout, stderr)
	}
	if files, _ := os.ReadDir("head"); len(files) != 1 {
		t.Errorf("head/ has %d files", len(files))
	}
	// Broken lines are no obstacle, but said, and an error with --strict.
	file, err := os.OpenFile("head/"+record.Text, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	file.WriteString("BenchmarkBroken 1 NaN ns/op\n")
	file.Close()
	for flag, want := range map[string]int{"": app.ExitOK, "--strict": app.ExitFailed} {
		code, stdout, stderr := call(t, strings.Fields("report --out broken base head "+flag)...)
		if code != want || !strings.Contains(stdout, "broken input") || !strings.Contains(stderr, "NaN ns/op is not a possible measurement") {
			t.Errorf("%s: exit %d, want %d: %.300s%s", flag, code, want, stdout, stderr)
		}
	}
	// A rule of the gate's that is about other benchmarks is no error here.
	if err := os.WriteFile(configFile, []byte(`{"gate": {"allowance": "50%", "rules": [{"match": "Nothing/"}]}}`), 0o666); err != nil {
		t.Fatal(err)
	}
	code, stdout, stderr = call(t, "report", "--out", "rules", embedded, core)
	if code != app.ExitOK || !strings.Contains(stderr, `rule 1 (match "Nothing/", metric "") matches none`) || !strings.Contains(stdout, "350 unchanged") {
		t.Errorf("with a configuration: exit %d: %.300s%s", code, stdout, stderr)
	}
}

func TestReportCompareMisuse(t *testing.T) {
	t.Chdir(t.TempDir())
	write := func(name, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	write("a.txt", "BenchmarkX 1 5 ns/op\n")
	write("b.txt", "BenchmarkX 1 5 ns/op\n")
	write("empty.txt", "")
	write("other.txt", "BenchmarkY 1 5 beans\n")
	write("down.txt", "Unit req/s better=lower\nBenchmarkX 1 5 req/s\n")
	write("up.txt", "\nUnit req/s better=higher\nBenchmarkX 1 5 req/s\n")
	write("gate/base.txt", "BenchmarkX 1 5 ns/op\n")
	write("gate/head.txt", "BenchmarkX 1 5 ns/op\n")
	write("folder/notes.md", "")
	for _, c := range []struct{ args, want string }{
		{"a.txt a.txt", "base a.txt and head a.txt are the same text: measure the other side, or name its file"},
		{"a.txt b.txt", "base a.txt and head b.txt are the same text"},
		{"empty.txt a.txt", "base: empty.txt: no benchmark results in it; 'promisebench run' makes some"},
		{"a.txt folder", "head: open folder/bench.txt: no such file or directory; 'promisebench run --out folder' measures"},
		{"a.txt gate", "head: gate is the folder of a gate, which has two sides: name base.txt or head.txt in it"},
		{"gate", "gate/head.txt are the same text"},
		{"- -", "standard input can be base or head, but not both"},
		{"a.txt b.txt other.txt", "3 inputs: two are compared; --merge makes one report of all"},
		{"--merge a.txt gate --out x", "gate is the folder of a gate"},
		{"down.txt up.txt", "down.txt, up.txt: req/s is declared better=lower in down.txt:1 and better=higher in up.txt:2"},
	} {
		code, stdout, stderr := call(t, append([]string{"report"}, strings.Fields(c.args)...)...)
		if code != app.ExitMisuse || !strings.Contains(stderr, c.want) || stdout != "" {
			t.Errorf("%s: exit %d, want %d and %q: %s%s", c.args, code, app.ExitMisuse, c.want, stdout, stderr)
		}
		if _, err := os.Stat(record.Root); err == nil {
			t.Errorf("%s: made %s", c.args, record.Root)
		}
	}
}
