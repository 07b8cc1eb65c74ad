package gate

import (
	"cmp"
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"promisebench/bench"
	"promisebench/bench/gate/toolchain"
	"promisebench/engines"
	"promisebench/engines/worker"
)

// A Build is what is measured on one side. It must be closed.
type Build struct {
	// Source is what exactly it is: a commit, the version of a module or of a
	// program.
	Source string
	// Go is the version of Go that built it, and empty if this program did not
	// have it built.
	Go string
	// Engines are those to measure, under the names that they have on the other
	// side. If they were built here, this is the linker's own layout of them.
	Engines []engines.Engine

	source   *toolchain.Source // nil if it was not built here
	embedded []engines.Engine  // as this program has them
	gogc     string
}

// workerPackage is the package that is an engine's worker and no more.
func workerPackage(engine string) string { return "./engines/worker/" + engine }

// link builds all engines in a layout, 0 for the linker's own.
func (b *Build) link(ctx context.Context, layout uint64) (list []engines.Engine, err error) {
	for _, e := range b.embedded {
		binary, err := b.source.Binary(ctx, workerPackage(e.Name()), layout)
		if err != nil {
			return nil, err
		}
		b.Go = binary.Go
		// Why these is in RATIONALE.md of package report/gate. The limit is for
		// batches that were made very long.
		command := worker.Command{Path: binary.Path, Env: []string{"GOMAXPROCS=1", "GOGC=" + b.gogc, "GOMEMLIMIT=2GiB"}}
		list = append(list, versioned{worker.Isolated(e, command), b.Source})
	}
	return list, nil
}

// versioned is an engine of another version than the one that is built in.
type versioned struct {
	engines.Engine
	version string
}

func (v versioned) Version() string        { return v.version }
func (v versioned) Unwrap() engines.Engine { return v.Engine }

// RandomLayouts reports whether the build can be linked in random layouts: it was
// built here, by a version of Go that can.
func (b *Build) RandomLayouts(ctx context.Context) bool {
	return b.source != nil && b.source.RandomLayouts(ctx)
}

// Unchanged returns an error if files that it is built from have changed meanwhile.
func (b *Build) Unchanged(ctx context.Context) error {
	if b.source == nil {
		return nil
	}
	return b.source.Unchanged(ctx)
}

// Close removes what was built for this run only. Closing twice is no error.
func (b *Build) Close() error {
	if b.source == nil {
		return nil
	}
	return b.source.Close()
}

// Neutral builds the same with code added to the engines that never runs while
// measuring, by a seed. It is an error for what is not built here. The build that
// it comes from must stay open for as long.
func (b *Build) Neutral(ctx context.Context, seed uint64) (n Build, err error) {
	if b.source == nil {
		return n, errors.New("nothing can be added to what is not built here: --neutral needs a Go engine or a commit")
	}
	var modules []string
	for _, e := range b.embedded {
		if m, ok := engines.As[engines.Module](e); ok {
			modules = append(modules, m.Module())
		}
	}
	n = Build{embedded: b.embedded, gogc: b.gogc}
	if n.source, err = b.source.Neutral(ctx, modules, seed); err != nil {
		return n, err
	}
	n.Source = n.source.Text
	if n.Engines, err = n.link(ctx, 0); err != nil {
		return n, errors.Join(err, n.Close())
	}
	return n, nil
}

// Counts is how many times the instructions of each side are counted.
const Counts = 3

// How many pairs there are at most, with one layout a side and with many.
const (
	Pairs       = 56
	LayoutPairs = 28
)

// ChooseLayouts sets the number of layouts of each side to what was asked for, or, if
// that is 0, to one for each pair, and then pairs and life to what was asked for, or to
// what suits. With one layout, what there is to average out is the luck of processes.
// With many, another layout moves times more than another process does, linking takes
// its time, and small changes are told by instructions: so there are half as many
// processes, half as long.
//
// Where there can be no more than one, that is an error if more were asked for, and else
// a warning if it is Go's fault.
func (p *Plan) ChooseLayouts(ctx context.Context, asked, pairs int, life time.Duration) (warning string, err error) {
	able, built := true, true
	for _, side := range Sides() {
		able = able && asked != 1 && p.Builds[side].RandomLayouts(ctx)
		built = built && p.Builds[side].source != nil
	}
	switch {
	case able:
		p.Pairs, p.Meter.Life = cmp.Or(pairs, LayoutPairs), cmp.Or(life, 260*time.Millisecond)
		p.Layouts = cmp.Or(asked, p.Pairs)
		return "", nil
	case asked > 1 && !built:
		return "", errors.New("only Go engines and commits are built here")
	case asked != 1 && built:
		warning = p.Builds[Base].Go + " can't link functions in random order: each side is one build, and where its functions lie moves times by several percent"
	}
	p.Layouts, p.Pairs, p.Meter.Life = 1, cmp.Or(pairs, Pairs), cmp.Or(life, 520*time.Millisecond)
	return warning, nil
}

// Layouts links both sides anew, again and again: pair i of each benchmark is
// measured in layout i of both sides, or, if there are fewer, begins again at the
// first. It is not safe for concurrent use.
type Layouts struct {
	builds *[2]Build
	most   int // on a side; 1 is the linker's own
	seeds  [2]*rand.Rand
	linked [2][][]engines.Engine
	took   time.Duration
}

// NewLayouts returns layouts of two builds, at most so many of a side; with 1 it is the
// linker's own.
func NewLayouts(builds *[2]Build, most int, seed uint64) *Layouts {
	l := &Layouts{builds: builds, most: most}
	for _, side := range Sides() {
		l.seeds[side] = rand.New(rand.NewPCG(seed, 1+uint64(side)))
	}
	return l
}

// Of returns a benchmark for its pair i, after linking what is not linked yet.
func (l *Layouts) Of(ctx context.Context, b Benchmark, i int) (Benchmark, error) {
	if l.most < 2 {
		return b, nil
	}
	i %= l.most
	for len(l.linked[Base]) <= i {
		if err := l.link(ctx); err != nil {
			return b, err
		}
	}
	for _, side := range Sides() {
		b[side].Engine = sameEngine(l.linked[side][i], b[side].Engine)
	}
	return b, nil
}

// sameEngine returns the engine of a build that has the name of another build's.
func sameEngine(list []engines.Engine, other engines.Engine) engines.Engine {
	return list[slices.IndexFunc(list, func(e engines.Engine) bool { return e.Name() == other.Name() })]
}

// link links both sides in one layout more, at the same time: nothing is being
// measured.
func (l *Layouts) link(ctx context.Context) error {
	start := time.Now()
	defer func() { l.took += time.Since(start) }()
	var both sync.WaitGroup
	var linked [2][]engines.Engine
	var failed [2]error
	for _, side := range Sides() {
		seed := l.seeds[side].Uint64()
		both.Go(func() { linked[side], failed[side] = l.builds[side].link(ctx, seed) })
	}
	both.Wait()
	for _, side := range Sides() {
		l.linked[side] = append(l.linked[side], linked[side])
	}
	return errors.Join(failed[:]...)
}

// A Counter counts the instructions that operations execute.
type Counter interface {
	// How says how it does that, for the record.
	How() string
	// PerOp counts those of one operation of a cell, on the mean. slowdown, from 0
	// to 1, is how many operations more are run than are counted. It is safe for
	// concurrent use. The error wraps [errors.ErrUnsupported] where an engine's
	// can't be counted.
	PerOp(ctx context.Context, c bench.Cell, slowdown float64) (float64, error)
}
