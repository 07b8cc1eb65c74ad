package worker

import (
	"context"
	"fmt"
	"regexp"
	"time"

	"promisebench/engines"
	"promisebench/engines/transform"
)

// Open starts a worker and returns a realm in it, which changes what it loads
// as loader says. name is the engine's.
func Open(ctx context.Context, name string, c Command, loader transform.Loader) (engines.Realm, error) {
	conn, err := Start(ctx, c)
	if err != nil {
		return nil, &engines.Error{Engine: name, Err: err}
	}
	r := &realm{name: name, conn: conn, loader: loader}
	preludes, err := loader.Preludes()
	for _, p := range preludes {
		if err == nil {
			err = r.send(ctx, p.Name, p.Text)
		}
	}
	if err != nil {
		conn.Close()
		return nil, r.wrap(err)
	}
	return r, nil
}

type realm struct {
	name   string
	conn   *Conn
	loader transform.Loader
}

func (r *realm) wrap(err error) error {
	if err == nil {
		return nil
	}
	return &engines.Error{Engine: r.name, Err: err}
}

// send loads a script as it is.
func (r *realm) send(ctx context.Context, name, source string) error {
	_, err := r.conn.Call(ctx, Request{Do: doLoad, Name: name, Source: source})
	return err
}

func (r *realm) Load(ctx context.Context, name, source string) error {
	changed, err := r.loader.Source(name, source)
	if err == nil {
		if err = r.send(ctx, name, changed); err != nil {
			// Not every host tells line and column of a syntax error.
			err = transform.Locate(name, source, err)
		}
	}
	return r.wrap(err)
}

func (r *realm) Probe(ctx context.Context, name, source string) ([]string, error) {
	source, err := r.loader.Source(name, source)
	if err != nil {
		return nil, r.wrap(err)
	}
	answer, err := r.conn.Call(ctx, Request{Do: doProbe, Name: name, Source: source})
	return answer.Lines, r.wrap(err)
}

// ProbeModules implements [engines.ModuleRealm]. Modules are not changed by the
// loader: nobody asks for one in the legacy mode.
func (r *realm) ProbeModules(ctx context.Context, entry string, files map[string]string) ([]string, error) {
	list, err := sortModules(entry, files)
	if err != nil {
		return nil, r.wrap(err)
	}
	answer, err := r.conn.Call(ctx, Request{Do: doModule, Name: entry, Modules: list})
	return answer.Lines, r.wrap(err)
}

// importing matches the specifier of what a module imports.
var importing = regexp.MustCompile(`(?m)^import (?:[^'"\n]* from )?'\./([^'\n]+)'`)

// sortModules returns the modules that entry needs and, last, itself: each
// after those that it imports. Hosts that know modules by addresses which hold
// their text can't do with another order, nor with a cycle.
func sortModules(entry string, files map[string]string) ([]Module, error) {
	var list []Module
	state := map[string]int{} // 1 while its imports are visited, 2 when it is in the list
	var visit func(name string) error
	visit = func(name string) error {
		source, ok := files[name]
		switch {
		case state[name] == 2:
			return nil
		case state[name] == 1:
			return engines.Unsupported{Why: "module " + name + " imports itself"}
		case !ok:
			return fmt.Errorf("no module %q", name)
		}
		state[name] = 1
		for _, m := range importing.FindAllStringSubmatch(source, -1) {
			if err := visit(m[1]); err != nil {
				return err
			}
		}
		state[name] = 2
		list = append(list, Module{name, source})
		return nil
	}
	err := visit(entry)
	return list, err
}

func (r *realm) Run(ctx context.Context, b engines.Batch) (engines.Sample, error) {
	answer, err := r.conn.Call(ctx, Request{Do: doRun, Ops: b.Ops, Window: b.Window, Checksum: b.Checksum, Rejects: b.Rejects})
	if err == nil && answer.Outcome == nil {
		err = r.conn.fail("answered without an outcome")
	}
	if err == nil {
		err = answer.Outcome.Check(b)
	}
	if err != nil {
		return engines.Sample{}, r.wrap(err)
	}
	return engines.Sample{
		Ops:        b.Ops,
		Elapsed:    time.Duration(answer.Nanoseconds),
		Resolution: time.Duration(r.conn.Hello.Resolution),
		Heap:       answer.Heap,
	}, nil
}

func (r *realm) Clock() (name string, step time.Duration) {
	return r.conn.Hello.Clock, time.Duration(r.conn.Hello.Resolution)
}

// PID implements [engines.Child].
func (r *realm) PID() int { return r.conn.process.PID() }

func (r *realm) Close() error { return r.wrap(r.conn.Close()) }
