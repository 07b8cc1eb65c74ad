package toolchain

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"
)

const (
	grace       = 5 * time.Second // for a command to clean up after itself
	stderrLines = 20              // lines of a failed command that are shown
)

// A commandError is a command that ran and failed.
type commandError struct {
	name   string
	stderr []string // its last lines
	err    error
}

func (f *commandError) Error() string {
	if len(f.stderr) == 0 {
		return f.name + ": " + f.err.Error()
	}
	return f.name + " failed; stderr:\n\t" + strings.Join(f.stderr, "\n\t")
}

func (f *commandError) Unwrap() error { return f.err }

// withAdvice adds to a command's failure what was tried and what to do next. An interruption has neither, and stays what it is.
func withAdvice(err error, what, next string) error {
	if !errors.As(err, new(*commandError)) {
		return err
	}
	return fmt.Errorf("%s: %w\n%s", what, err, next)
}

// run runs git or go in a folder and returns what it prints, without the last
// newline.
func run(ctx context.Context, dir string, env []string, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	// Git sets these for its hooks, where they would lead all git commands to
	// the hook's repository and index, whatever folder they run in.
	cmd.Env = slices.DeleteFunc(cmd.Environ(), func(v string) bool {
		return strings.HasPrefix(v, "GIT_DIR=") || strings.HasPrefix(v, "GIT_WORK_TREE=") || strings.HasPrefix(v, "GIT_INDEX_FILE=")
	})
	cmd.Env = append(cmd.Env, "GOWORK=off")
	cmd.Env = append(cmd.Env, env...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	// A group of its own, so that a compiler ends with the "go" that started
	// it. An interrupt lets git remove its lock files.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGINT) }
	cmd.WaitDelay = grace
	err := cmd.Run()
	if ctx.Err() != nil {
		if cmd.Process != nil {
			syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		}
		return "", fmt.Errorf("interrupted: %w", ctx.Err())
	}
	if errors.As(err, new(*exec.ExitError)) {
		return "", &commandError{name + " " + args[0], lastLines(stderr.String(), stderrLines), err}
	}
	if err != nil {
		return "", err // it could not be started
	}
	return strings.TrimSuffix(stdout.String(), "\n"), nil
}

// lastLines returns the end of what a command printed, without what it prints
// every time.
func lastLines(text string, n int) []string {
	var lines []string
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		if line != "" && !strings.HasPrefix(line, "go: downloading ") {
			lines = append(lines, line)
		}
	}
	return lines[max(0, len(lines)-n):]
}
