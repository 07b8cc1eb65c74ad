package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"promisebench/bench/cmd/promisebench/app"
)

// consoles matches what documents show of a terminal.
var consoles = regexp.MustCompile("(?s)```console\n(.*?)```")

// The commands in README.md are there, and print the lines that stand below them, in
// this order; others may stand between. A command with no line below it measures, and
// is only asked for its help.
func TestREADMECommands(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join("..", "..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(filepath.Join("..", "..", ".."))
	t.Setenv("COLUMNS", "100")
	commands := 0
	for _, console := range consoles.FindAllStringSubmatch(string(readme), -1) {
		for _, part := range strings.Split("\n"+console[1], "\n$ ")[1:] {
			line, output, _ := strings.Cut(strings.TrimRight(part, "\n"), "\n")
			for _, command := range strings.Split(line, " && ") {
				args := strings.Fields(strings.ReplaceAll(strings.TrimPrefix(command, "promisebench "), "'", ""))
				commands++
				if output == "" {
					if code, _, stderr := call(t, append(args, "--help")...); code != app.ExitOK {
						t.Errorf("%s --help: exit %d: %s", command, code, stderr)
					}
					continue
				}
				if args[0] == "report" {
					args = append(args, "--out", t.TempDir())
				}
				code, stdout, stderr := call(t, args...)
				if code != app.ExitOK {
					t.Errorf("%s: exit %d: %s", command, code, stderr)
				}
				rest := stdout
				for want := range strings.SplitSeq(output, "\n") {
					_, after, ok := strings.Cut(rest, want+"\n")
					if !ok {
						t.Errorf("%s does not print %q where README.md has it, but\n%s", command, want, stdout)
						break
					}
					rest = after
				}
			}
		}
	}
	if commands < 5 {
		t.Errorf("README.md shows %d commands", commands)
	}
}
