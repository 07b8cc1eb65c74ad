package count

import (
	"context"
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"time"

	"promisebench/engines/worker"
)

// least is the oldest version of valgrind that this was tried with: major, minor.
var least = [2]int{3, 19}

// patience is how long valgrind may take to start a program that does nothing.
const patience = 30 * time.Second

const install = "'apt-get install valgrind' (or 'make engines') installs it"

var (
	version = regexp.MustCompile(`^valgrind-((\d+)\.(\d+)[^\s]*)\s*$`)
	refs    = regexp.MustCompile(`(?m)^==\d+== I +refs: +([\d,]+)$`)
)

// findValgrind finds out whether valgrind is there and works.
func findValgrind(ctx context.Context) (*Counter, error) {
	path, err := exec.LookPath("valgrind")
	if err != nil {
		return nil, fmt.Errorf("valgrind: not installed; %s", install)
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	out, err := output(ctx, path, "--version")
	m := version.FindStringSubmatch(out)
	if err != nil || m == nil {
		return nil, broken(path+" tells no version", out, err)
	}
	// The expression lets only digits through; a number that is too large is new.
	major, _ := strconv.Atoi(m[2])
	minor, _ := strconv.Atoi(m[3])
	if major < least[0] || major == least[0] && minor < least[1] {
		return nil, fmt.Errorf("valgrind %s is older than %d.%d, the oldest that is known to work", m[1], least[0], least[1])
	}
	out, err = output(ctx, path, append(cachegrind("/dev/stderr"), "true")...)
	if err == nil {
		_, err = readRefs(out)
	}
	if err != nil {
		return nil, broken(path+" does not work", out, err)
	}
	return &Counter{how: "valgrind " + m[1], read: readRefs, wrap: func(c worker.Command, file string) worker.Command {
		c.Args = append(append(cachegrind(file), c.Path), c.Args...)
		c.Path = path
		return c
	}}, nil
}

// cachegrind returns the arguments of valgrind that stand in front of a program's.
// Only the log is written: no profile, and no pipes for a debugger, which would be
// left behind by a valgrind that is killed.
func cachegrind(log string) []string {
	return []string{"--command-line-only=yes", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null", "--vgdb=no", "--log-file=" + log}
}

// readRefs finds the number of instructions in cachegrind's log.
func readRefs(log string) (float64, error) {
	m := refs.FindStringSubmatch(log)
	if m == nil {
		return 0, fmt.Errorf("no line with \"I refs\" in its log")
	}
	return strconv.ParseFloat(strings.ReplaceAll(m[1], ",", ""), 64)
}

// output runs a command and returns all that it prints.
func output(ctx context.Context, path string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.WaitDelay = time.Second // else a child that keeps its output open holds us up
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func broken(what, out string, err error) error {
	if err != nil {
		what += ": " + err.Error()
	}
	if said := lastLines(out); said != "" {
		what += "; it says:\n" + said
	}
	return fmt.Errorf("%s", what)
}
