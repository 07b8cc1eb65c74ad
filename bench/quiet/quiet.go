// Package quiet finds the CPU on which a measurement is disturbed least, and keeps it
// there.
//
// A CPU of a virtual machine is mostly one of two hardware threads of a core, and the
// other one is somebody else's. While that one works, ours gets through what it has to
// do 1.3 to 1.8 times as slowly; it does so for milliseconds to minutes, nothing within
// the machine shows it, and it falls on the one of two benchmarks and not on the other.
// A loop with as many instructions at once as the core can take is slowed most, so that
// 50 µs of it tell. (A loop in which each step waits for the one before takes as long as
// ever: it is not the clock that is slower.) On a machine of one's own the same shows who
// else uses it.
//
// Besides, a CPU that has been idle is given another place by the host when it wakes.
// So whoever measures and who is measured have one CPU together: one of the two is
// always at work.
//
// Taken in turns within the same four minutes (2 shared cores, goja, sobek and QuickJS,
// 96 and 159 pairs of processes), the standard deviation of ratios of pairs was 6.5% where
// the system placed the processes and 2.9% with this, that of times 8.7 and 3.3%.
package quiet

import (
	"errors"
	"math/rand/v2"
	"os"
	"runtime"
	"sync"
	"time"

	"promisebench/engines/worker/cpus"
)

const (
	// steps is what a probe does: 50 µs on a core with 3 GHz.
	steps = 30_000
	// slow is how much longer than the fastest one a probe takes if somebody is in
	// the way: half of those in between were seen below 1.01, and those on a core that
	// is shared above 1.2.
	slow = 1.08
	// memory is how long the fastest probe counts, at least: a core may get slower for
	// good, as those of laptops do when they are warm. All cores of a machine were seen
	// to be shared for seconds.
	memory = time.Minute
	// patience is how long to wait for a quiet core, and stay how long on one before
	// the next one is tried. Of the waits 25% took more than 3 ms, 5% more than 5 ms.
	patience = 10 * time.Millisecond
	stay     = time.Millisecond
)

// A CPU is where this process is, alone or with one that it measures. It is not safe
// for concurrent use.
type CPU struct {
	at    int
	home  []int // where it may go
	probe func() time.Duration
	best  *fastest
	procs int
}

// fastest are the fastest probes of the last two stretches of memory, the last one
// first.
type fastest struct {
	probes [2]time.Duration
	since  time.Time
}

// seen is what has been seen by all that took a CPU, one after the other.
var seen fastest

// home is where this process may be when it measures nothing, found before it is first
// moved. It is an error if the system has no call for that, or does not let it be used.
var home = sync.OnceValues(func() ([]int, error) {
	list, err := cpus.Allowed()
	if err == nil {
		err = cpus.Confine(os.Getpid(), list...) // where it is
	}
	return list, err
})

var taken sync.Mutex

// Take moves this process to one CPU, until Leave. It returns nil, on which Leave does
// nothing, where the system can't do that or does not allow it, or where somebody has
// taken one already: two measurements at a time disturb each other anyway.
func Take() (*CPU, error) {
	list, err := home()
	if err != nil || !taken.TryLock() {
		return nil, nil
	}
	c := &CPU{home: list, probe: probe, best: &seen, procs: runtime.GOMAXPROCS(0)}
	if err := c.move(list[rand.IntN(len(list))]); err != nil {
		return nil, errors.Join(err, c.Leave())
	}
	// More would take turns on the one CPU, and look for work there.
	runtime.GOMAXPROCS(1)
	return c, nil
}

// Place says in a few words where processes are measured on this system.
func Place() string {
	if _, err := home(); err != nil {
		return "left to the system"
	}
	return "one CPU for promisebench and the process that has its turn, away from cores that others use"
}

// Leave gives this process its CPUs back.
func (c *CPU) Leave() error {
	if c == nil {
		return nil
	}
	defer taken.Unlock()
	runtime.GOMAXPROCS(c.procs)
	return cpus.Confine(os.Getpid(), c.home...)
}

// Settle waits until the CPU has its core for itself, for 10 ms at most, and moves this
// process to another one if that takes long. It returns which one it is then.
func (c *CPU) Settle() (cpu int, err error) {
	start := time.Now()
	for came := start; !c.twiceFast(); {
		now := time.Now()
		if now.Sub(start) >= patience {
			break
		}
		if now.Sub(came) >= stay && len(c.home) > 1 {
			if err := c.move(c.next()); err != nil {
				return c.at, err
			}
			came = now
		}
	}
	return c.at, nil
}

// next returns another CPU.
func (c *CPU) next() int {
	for {
		if cpu := c.home[rand.IntN(len(c.home))]; cpu != c.at {
			return cpu
		}
	}
}

func (c *CPU) move(to int) error {
	c.at = to
	return cpus.Confine(os.Getpid(), to)
}

// twiceFast is fast two times: one probe may have fallen between two pieces of other work.
func (c *CPU) twiceFast() bool {
	for range 2 {
		if !c.fast() {
			return false
		}
	}
	return true
}

// fast probes the CPU and reports whether it was about as fast as it ever is.
func (c *CPU) fast() bool {
	took := c.probe()
	return float64(took) <= slow*float64(c.best.with(took))
}

// with returns the fastest probe, this one included.
func (f *fastest) with(took time.Duration) time.Duration {
	if now := time.Now(); now.Sub(f.since) >= memory {
		f.probes, f.since = [2]time.Duration{took, f.probes[0]}, now
	}
	f.probes[0] = min(f.probes[0], took)
	if f.probes[1] == 0 {
		return f.probes[0]
	}
	return min(f.probes[0], f.probes[1])
}

// Bring moves a process that is to be measured to a CPU: all its threads, or the main
// one only, if the others are to help it on other CPUs.
func Bring(pid, cpu int, all bool) error {
	if all {
		return cpus.Confine(pid, cpu)
	}
	return cpus.ConfineThread(pid, cpu)
}

var sink uint64 // so that the compiler leaves the loop alone

// probe is eight sums that wait for each other as little as possible.
func probe() time.Duration {
	a, b, c, d, e, f, g, h := sink, sink+1, sink+2, sink+3, sink+4, sink+5, sink+6, sink+7
	start := time.Now()
	for i := range uint64(steps) {
		a += b ^ 3
		b += c ^ 5
		c += d ^ 7
		d += e ^ 9
		e += f ^ 11
		f += g ^ 13
		g += h ^ 15
		h += a ^ i
	}
	took := time.Since(start)
	sink = a ^ b ^ c ^ d ^ e ^ f ^ g ^ h
	return took
}
