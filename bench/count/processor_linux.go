package count

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// probe returns why an event can't be counted, or nil.
func probe(e Event) error {
	fd, err := open(e)
	if err != nil {
		return err
	}
	return unix.Close(fd)
}

// open opens a counter of the calling thread's children: of what they execute in
// user mode, and of what their children do, from their exec on.
func open(e Event) (fd int, err error) {
	attr := unix.PerfEventAttr{
		Type: e.Type, Config: uint64(e.Config), Size: uint32(unsafe.Sizeof(unix.PerfEventAttr{})),
		Read_format: unix.PERF_FORMAT_TOTAL_TIME_ENABLED | unix.PERF_FORMAT_TOTAL_TIME_RUNNING,
		Bits:        unix.PerfBitDisabled | unix.PerfBitInherit | unix.PerfBitExcludeKernel | unix.PerfBitExcludeHv | unix.PerfBitEnableOnExec,
	}
	fd, err = unix.PerfEventOpen(&attr, 0, -1, -1, unix.PERF_FLAG_FD_CLOEXEC)
	switch {
	case errors.Is(err, unix.ENOENT), errors.Is(err, unix.EOPNOTSUPP):
		return 0, errors.New("the kernel has none, as in most virtual machines")
	case errors.Is(err, unix.EACCES), errors.Is(err, unix.EPERM):
		return 0, fmt.Errorf("not allowed (%w): /proc/sys/kernel/perf_event_paranoid must be 2 or less, and a container's seccomp profile must allow perf_event_open", err)
	case err != nil:
		return 0, fmt.Errorf("perf_event_open: %w", err)
	}
	return fd, nil
}

// value reads a counter. One that had to share the processor's registers with
// others has an estimate, which is none.
func value(fd int) (uint64, error) {
	var b [24]byte // count, time enabled, time running
	n, err := unix.Read(fd, b[:])
	if err == nil && n != len(b) {
		err = fmt.Errorf("%d bytes instead of %d", n, len(b))
	}
	if err != nil {
		return 0, fmt.Errorf("reading the counter: %w", err)
	}
	field := func(i int) uint64 { return binary.NativeEndian.Uint64(b[8*i:]) }
	if field(1) != field(2) {
		return 0, fmt.Errorf("counted for %d of %d ns only: somebody else uses the processor's counters", field(2), field(1))
	}
	return field(0), nil
}

// execute runs a program, and counts.
func execute(e Event, args []string) (status int, err error) {
	if len(args) < 2 {
		return 2, errors.New("want FILE PROGRAM [ARGUMENT ...]")
	}
	// The counter is of this thread's children, and the kernel kills the program
	// when the thread that started it ends. So it stays to the end.
	runtime.LockOSThread()
	fd, err := open(e)
	if err != nil {
		return 1, errors.Join(err, os.WriteFile(args[0], []byte(err.Error()+"\n"), 0o600))
	}
	defer unix.Close(fd)
	status, err = child(args[1:])
	if err != nil {
		return status, err
	}
	n, err := value(fd)
	text := written(n)
	if err != nil {
		text = err.Error() + "\n"
	}
	return status, errors.Join(err, os.WriteFile(args[0], []byte(text), 0o600))
}

// child runs a program to its end.
func child(args []string) (status int, err error) {
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	// From before the start on, so that none is lost and none ends this process.
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT)
	defer signal.Stop(signals)
	if err := cmd.Start(); err != nil {
		return 127, err
	}
	ended := make(chan struct{})
	defer close(ended)
	go func() {
		for {
			select {
			case s := <-signals:
				cmd.Process.Signal(s) // one that has ended needs none
			case <-ended:
				return
			}
		}
	}()
	err = cmd.Wait()
	if exit := new(exec.ExitError); err == nil || errors.As(err, &exit) {
		s := cmd.ProcessState.Sys().(syscall.WaitStatus)
		if s.Signaled() {
			return 128 + int(s.Signal()), nil
		}
		return s.ExitStatus(), nil
	}
	return 1, err
}
