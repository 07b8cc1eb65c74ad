package bench

import (
	"context"
	"errors"
	"math"
	"slices"

	"promisebench/engines"
)

const (
	// heapOps is how many operations a batch has whose allocations are counted:
	// few, so that the collector of garbage, whose copies V8 counts too, leaves
	// most batches alone, and the same on every machine, because a batch has some
	// kilobytes of its own.
	heapOps = 1000
	// heapBatches is how many batches there are. In the first half of them engines
	// compile what allocates less then.
	heapBatches = 100
	// heapProcesses is how many processes there are: one may still compile
	// something else, so their median stands.
	heapProcesses = 3
)

// CountHeap replaces what an engine that compiles while it runs has allocated in the
// batches of o.Sample, if it can tell that, by a count in processes of its own, which
// varies a hundred times less; bench/gate/README.md has the figures. Batches have at
// most as many operations as those whose time counts. Objects, which no such engine
// counts, are left out.
func (o *Outcome) CountHeap(ctx context.Context, most int) error {
	if o.Sample.Heap == nil || !engines.Compiles(o.Cell.Engine) {
		return nil
	}
	var counts []float64
	for range heapProcesses {
		perOp, err := o.Cell.bytesPerOp(ctx, max(o.Cell.Window, min(most, heapOps)))
		if err != nil {
			return err
		}
		counts = append(counts, perOp)
	}
	slices.Sort(counts)
	o.Sample.Heap = &engines.Heap{Bytes: uint64(math.Round(counts[len(counts)/2] * float64(o.Sample.Ops)))}
	return nil
}

// bytesPerOp returns what an operation allocates in batches of ops of them: the
// median, which has no part of what was collected or compiled in some.
func (c Cell) bytesPerOp(ctx context.Context, ops int) (perOp float64, err error) {
	opts := c.options()
	opts.Counting = true
	realm, err := c.open(ctx, opts, false)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, realm.Close()) }()
	var counts []uint64
	for batch := range heapBatches {
		s, err := c.Run(ctx, realm, ops)
		switch {
		case err != nil:
			return 0, err
		case s.Heap == nil:
			return 0, errors.New(c.Engine.Name() + ": a process told what it allocated, the next one did not")
		case batch >= heapBatches/2:
			counts = append(counts, s.Heap.Bytes)
		}
	}
	slices.Sort(counts)
	return float64(counts[len(counts)/2]) / float64(ops), nil
}
