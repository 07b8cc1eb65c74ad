package worker

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"runtime"
	"runtime/metrics"
	"slices"

	"promisebench/engines"
	"promisebench/engines/transform"
)

// Serve is the worker's half for an engine that is part of this program. It
// answers requests from in until that ends, and returns nil then.
//
// Scripts arrive as they are to be loaded, driver and all: the parent has
// rewritten them for the await mode. So the realm here is opened without a
// mode of its own.
func Serve(ctx context.Context, e engines.Engine, in io.Reader, out io.Writer) error {
	realm, err := e.Open(ctx, engines.Options{Await: engines.Optimized})
	if err != nil {
		return err
	}
	defer realm.Close()
	encoder := json.NewEncoder(out)
	if err := encoder.Encode(Hello{Protocol: Protocol, Version: e.Version(), Clock: "Go time.Now"}); err != nil {
		return err
	}
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, maxLine)
	for lines.Scan() {
		var r Request
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			return fmt.Errorf("request: %w", err)
		}
		answer, err := serve(ctx, realm, r)
		answer.ID = r.ID
		if err != nil {
			// The parent puts the name in front itself.
			answer.Error = &Error{Message: engines.Reason(err), Unsupported: errors.Is(err, errors.ErrUnsupported)}
		}
		if err := encoder.Encode(answer); err != nil {
			return err
		}
	}
	return lines.Err()
}

// Main is the main function of a worker: [Serve] on standard input and output. It
// exits with 1, and the error on standard error, if that fails.
func Main(e engines.Engine) {
	if err := Serve(context.Background(), e, os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "worker:", err)
		os.Exit(1)
	}
}

func serve(ctx context.Context, realm engines.Realm, r Request) (a Response, err error) {
	switch r.Do {
	case doLoad:
		return a, realm.Load(ctx, r.Name, r.Source)
	case doProbe:
		a.Lines, err = realm.Probe(ctx, r.Name, r.Source)
		return a, err
	case doModule:
		files := map[string]string{}
		for _, m := range r.Modules {
			files[m.Name] = m.Source
		}
		modules, ok := realm.(engines.ModuleRealm)
		if !ok {
			return a, engines.Unsupported{Why: "it has no modules"}
		}
		a.Lines, err = modules.ProbeModules(ctx, r.Name, files)
		return a, err
	case doRun:
		b := engines.Batch{Ops: r.Ops, Window: r.Window, Checksum: r.Checksum, Rejects: r.Rejects}
		if uncollected() {
			// Else the heap would grow without end.
			runtime.GC()
		}
		s, err := realm.Run(ctx, b)
		var wrong *engines.OutcomeError
		if errors.As(err, &wrong) {
			a.Outcome = &wrong.Outcome // for the parent to judge
			return a, nil
		}
		if err != nil {
			return a, err
		}
		// A sample means that all settled with that sum.
		a.Outcome = &engines.Outcome{Settled: b.Ops, Sum: b.Checksum}
		a.Nanoseconds, a.Heap = float64(s.Elapsed.Nanoseconds()), s.Heap
		return a, nil
	}
	return a, fmt.Errorf("unknown request %q", r.Do)
}

// uncollected reports whether the collector is off (GOGC=off), so that somebody has
// to call it. Where it is on, garbage is collected when it is due, as in any program,
// and a batch may pay for that of the one before.
func uncollected() bool {
	sample := []metrics.Sample{{Name: "/gc/gogc:percent"}}
	metrics.Read(sample)
	return sample[0].Value.Kind() == metrics.KindUint64 && sample[0].Value.Uint64() == math.MaxUint64
}

// Isolated returns an engine that is e in a process of its own for each realm.
// command starts a process that calls [Serve] for e.
func Isolated(e engines.Engine, command Command) engines.Engine { return isolated{e, command} }

// Isolation is what [IsolateEmbedded] does, in words for the header of results. Why so
// stands in METHODOLOGY.md of package report/method.
const Isolation = "a process each, GOMAXPROCS=1"

// IsolateEmbedded returns engines with each realm of those that are part of this program
// in a process of its own: this program with some arguments and the engine's name, with
// which it must call [Serve]. The others are as they were.
func IsolateEmbedded(list []engines.Engine, args ...string) ([]engines.Engine, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	out := slices.Clone(list)
	for i, e := range list {
		if _, embedded := engines.As[engines.Module](e); embedded {
			out[i] = Isolated(e, Command{Path: self, Args: append(slices.Clone(args), e.Name()), Env: []string{"GOMAXPROCS=1"}})
		}
	}
	return out, nil
}

type isolated struct {
	engines.Engine
	command Command
}

// Wrapped implements [Wrapper].
func (i isolated) Wrapped(wrap func(Command) Command) engines.Engine {
	return isolated{i.Engine, wrap(i.command)}
}

func (i isolated) Unwrap() engines.Engine { return i.Engine }

// WithoutCollector implements [engines.Uncollecting]. The limit is for batches that
// were made very long.
func (i isolated) WithoutCollector() (engines.Engine, bool) {
	heap, ok := engines.As[engines.GoHeap](i.Engine)
	if !ok || !heap.OnGoHeap() {
		return nil, false
	}
	command := i.command
	command.Env = append(slices.Clone(command.Env), "GOGC=off", "GOMEMLIMIT=2GiB")
	return isolated{i.Engine, command}, true
}

func (i isolated) Open(ctx context.Context, opts engines.Options) (engines.Realm, error) {
	if opts.Hooks || opts.Context != "" || opts.Traces != "" {
		return nil, &engines.Error{Engine: i.Name(), Err: engines.Unsupported{Why: "no hooks, contexts or traces to switch"}}
	}
	loader, err := transform.LoaderFor(i.Engine, opts)
	if err != nil {
		return nil, &engines.Error{Engine: i.Name(), Err: err}
	}
	return Open(ctx, i.Name(), i.command, loader)
}
