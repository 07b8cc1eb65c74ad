package main

import (
	"bytes"
	"flag"
	"fmt"
	"html"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"promisebench/bench/cmd/promisebench/app"
	"promisebench/bench/record"
)

var otherPromisebench = flag.String("other-promisebench", "", "compare all numbers in the reports of recorded runs with those that this executable writes")

// TestSameNumbers is for those who rebuild package report: the numbers in every
// table and chart of every recorded run must be those of another promisebench, such
// as one built from the commit before.
//
//	git worktree add /tmp/before main && (cd /tmp/before && go build -o /tmp/promisebench ./bench/cmd/promisebench)
//	go test ./bench/cmd/promisebench -run SameNumbers -other-promisebench /tmp/promisebench
//
// Rows of tables are compared as the numbers that stand in them, and charts by the
// numbers in their labels. There may be more of them than before, and words may be
// others.
func TestSameNumbers(t *testing.T) {
	if *otherPromisebench == "" {
		t.Skip("-other-promisebench names none")
	}
	records, err := filepath.Glob("../../../results/*")
	if err != nil || len(records) == 0 {
		t.Fatalf("no recorded runs: %v", err)
	}
	arguments := map[string][]string{"history": {"--history", "../../../results"}}
	for _, dir := range records {
		if _, err := os.Stat(filepath.Join(dir, "bench.txt")); err == nil || record.IsGate(dir) {
			arguments[filepath.Base(dir)] = []string{dir}
		}
	}
	for name, args := range arguments {
		t.Run(name, func(t *testing.T) {
			before, now := t.TempDir(), t.TempDir()
			old, err := exec.Command(*otherPromisebench, append([]string{"report", "--out", before}, args...)...).Output()
			if err != nil {
				t.Fatalf("%s: %v", *otherPromisebench, err)
			}
			var stdout bytes.Buffer
			a := &app.App{Ctx: t.Context(), Stdout: &stdout, Stderr: new(bytes.Buffer), Now: time.Now}
			start := time.Now()
			if err := run(a, append([]string{"report", "--out", now}, args...)); err != nil {
				t.Fatal(err)
			}
			t.Logf("written in %v", time.Since(start))
			// How often a number is there depends on how tables are split.
			distinct := slices.Compact(slices.Sorted(slices.Values(words(withoutFolder(string(old), before)))))
			compareNumbers(t, "the terminal", distinct, words(withoutFolder(stdout.String(), now)))
			files, err := fs.Glob(os.DirFS(before), "*")
			if err != nil || len(files) == 0 {
				t.Fatalf("nothing was written: %v", err)
			}
			for _, file := range files {
				a, errA := os.ReadFile(filepath.Join(before, file))
				b, errB := os.ReadFile(filepath.Join(now, file))
				if errA != nil || errB != nil {
					t.Errorf("%s: %v, %v", file, errA, errB)
					continue
				}
				compareNumbers(t, file, rowsOf(file, string(a)), rowsOf(file, string(b)))
			}
		})
	}
}

// compareNumbers reports what is in old and not in new, as often as it is there.
func compareNumbers(t *testing.T, where string, old, new []string) {
	t.Helper()
	have := make(map[string]int)
	for _, row := range new {
		have[row]++
	}
	var lost []string
	for _, row := range old {
		if have[row]--; have[row] < 0 {
			lost = append(lost, row)
		}
	}
	slices.Sort(lost)
	if len(lost) > 0 {
		t.Errorf("%s: %d of %d are missing, such as %q", where, len(lost), len(old), lost[:min(5, len(lost))])
	}
}

var (
	number    = regexp.MustCompile(`\d[\d.,]*(?:e[+-]?\d+)?[µnmkMGTKi]*`)
	tableRow  = regexp.MustCompile(`(?s)<tr>.*?</tr>`)
	svgText   = regexp.MustCompile(`(?s)<(?:text|desc)[^>]*>(.*?)</(?:text|desc)>`)
	tag       = regexp.MustCompile(`<[^>]*>`)
	footnotes = strings.NewReplacer("¹", "", "²", "", "³", "", "⁴", "", "⁵", "", "⁶", "", "⁷", "", "⁸", "", "⁹", "", "⁰", "")
)

// rowsOf returns the numbers of a file, a row of a table or a label of a chart each.
func rowsOf(file, content string) []string {
	var rows []string
	switch filepath.Ext(file) {
	case ".svg":
		for _, match := range svgText.FindAllStringSubmatch(content, -1) {
			rows = append(rows, words(html.UnescapeString(match[1]))...) // captions are broken into lines
		}
	case ".html":
		for _, row := range tableRow.FindAllString(content, -1) {
			rows = append(rows, numbersOf(html.UnescapeString(tag.ReplaceAllString(row, " "))))
		}
	default:
		for line := range strings.Lines(content) {
			if strings.HasPrefix(line, "|") {
				rows = append(rows, numbersOf(line))
			}
		}
	}
	return slices.DeleteFunc(rows, func(row string) bool { return row == "[]" })
}

// withoutFolder takes the name of the folder with the output from what was printed.
func withoutFolder(printed, dir string) string { return strings.ReplaceAll(printed, dir, "DIR") }

// words returns the numbers of a text for a terminal, whose rows may be broken.
func words(content string) []string {
	list := number.FindAllString(footnotes.Replace(content), -1)
	for i, n := range list {
		list[i] = strings.TrimRight(n, ".,") // the end of a sentence
	}
	return list
}

func numbersOf(row string) string {
	list := words(row)
	slices.Sort(list) // columns may change places
	return fmt.Sprint(list)
}
