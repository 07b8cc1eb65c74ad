package worker

import (
	"errors"
	"os/exec"
	"runtime"
	"syscall"

	"promisebench/engines/worker/cpus"
)

// ownGroup puts a child into a process group of its own and has the kernel
// kill it when its parent is killed.
func ownGroup() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// startOn starts a command on one CPU. A child inherits the set of CPUs of the
// thread that starts it, so that there is no moment, and no thread of the
// child's, without it.
func startOn(cpu int, cmd *exec.Cmd) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	before, err := cpus.Allowed()
	if err != nil {
		return err
	}
	if err := cpus.ConfineThread(0, cpu); err != nil {
		return err
	}
	err = cmd.Start()
	back := cpus.ConfineThread(0, before...)
	if err == nil && back != nil { // nothing known, but then nobody may have the child
		cmd.Process.Kill()
		cmd.Wait()
	}
	return errors.Join(err, back)
}
