package httpload

import (
	"context"
	"os"
	"time"

	"promisebench/bench"
	"promisebench/engines/worker"
	"promisebench/workloads/served"
)

// StartForTest starts a server and returns where it listens, its process's
// number, and what ends it.
func StartForTest(ctx context.Context, c worker.Command) (address string, pid int, end func() error, err error) {
	s, err := start(ctx, c)
	if err != nil {
		return "", 0, nil, err
	}
	return s.address, s.process.PID(), s.process.Close, nil
}

// RecordForTest returns a sample as it is written.
func RecordForTest(s Sample) bench.Record { return s.record("") }

// CPUTimeForTest returns the CPU time of a process so far.
func CPUTimeForTest(pid int) (time.Duration, error) { return cpuTime(pid) }

// ClosedForTest loads a server that runs already with the closed loop. The
// sample has no CPU time of the server.
func (l Load) ClosedForTest(ctx context.Context, address string, list []served.Exchange) (s ClosedSample, err error) {
	clients, err := l.dial(ctx, address, encode(list))
	if err != nil {
		return s, err
	}
	defer closeAll(clients)
	cpu := func() (server, load time.Duration, err error) {
		load, err = cpuTime(os.Getpid())
		return 0, load, err
	}
	err = l.closed(ctx, clients, cpu, func(one ClosedSample) (more bool, err error) {
		s = one
		return false, nil
	})
	return s, err
}
