//go:build unix && !linux

package worker

import (
	"errors"
	"os/exec"
	"syscall"
)

// ownGroup puts a child into a process group of its own. When its parent is
// killed, it still ends with its standard input, unless it is in a loop.
func ownGroup() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

// startOn would start a command on one CPU.
func startOn(int, *exec.Cmd) error { return errors.ErrUnsupported }
