package hosts

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"promisebench/engines"
	"promisebench/engines/worker"
)

// Installed is a host as it is on this machine.
type Installed struct {
	Host
	// Path is the program's, and Version what it prints when asked for it.
	Path, Version string
	// Err is why it is not usable, and nil if it is. It wraps [fs.ErrNotExist]
	// where the host is not installed.
	Err error
}

// Find looks for a host and starts it to ask for its version. dir holds the
// node_modules that "make engines" fills.
func Find(ctx context.Context, h Host, dir string) Installed {
	i := locate(h, dir)
	if i.Err == nil {
		i.Version, i.Err = i.version(ctx)
	}
	return i
}

// locate looks for a host without starting it.
func locate(h Host, dir string) Installed {
	i := Installed{Host: h}
	var err error
	if h.Package != "" {
		i.Path = filepath.Join(dir, "node_modules", h.Package, filepath.FromSlash(h.Binary))
		_, err = os.Stat(i.Path)
	} else {
		i.Path, err = exec.LookPath(h.Binary)
	}
	if err != nil {
		i.Err = fmt.Errorf("not installed: %w", fs.ErrNotExist)
	}
	return i
}

func (i Installed) version(ctx context.Context) (string, error) {
	kind, ok := Kinds()[i.Kind]
	if !ok {
		return "", fmt.Errorf("unknown kind %q: there are %s", i.Kind, strings.Join(slices.Sorted(maps.Keys(Kinds())), ", "))
	}
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	args := slices.Clone(kind.Version)
	for n, arg := range args {
		args[n] = strings.ReplaceAll(arg, "{}", i.Path)
	}
	out, err := exec.CommandContext(ctx, args[0], args[1:]...).Output()
	line, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	if err != nil || line == "" {
		return "", fmt.Errorf("%s prints no version: %w", i.Path, errors.Join(err, errors.ErrUnsupported))
	}
	return line, nil
}

// Parse returns a user's own engine, defined as "NAME=PATH,kind=KIND,flags=--a
// --b", and starts it to find out what it can do. The kind may be left out
// where the program's file name begins with one.
func Parse(ctx context.Context, text string) (engines.Engine, error) {
	i, err := parse(text)
	if err != nil {
		return nil, err
	}
	return i.examine(ctx)
}

// legalName is what [engines.Engine] demands of names.
var legalName = regexp.MustCompile(`^[a-z0-9.]+$`)

// parse reads a definition and starts nothing.
func parse(text string) (Installed, error) {
	fields := strings.Split(text, ",")
	name, path, ok := strings.Cut(fields[0], "=")
	if !ok || !legalName.MatchString(name) {
		return Installed{}, fmt.Errorf("engine %q: want NAME=PATH,kind=KIND,flags=FLAGS with a NAME of a-z, 0-9 and dots", text)
	}
	i := Installed{Host: Host{Name: name}, Path: path}
	for kind := range Kinds() {
		if strings.HasPrefix(filepath.Base(path), kind) {
			i.Kind = kind
		}
	}
	for _, field := range fields[1:] {
		switch key, value, _ := strings.Cut(field, "="); key {
		case "kind":
			i.Kind = value
		case "flags":
			i.Flags = strings.Fields(value)
		default:
			return Installed{}, fmt.Errorf("engine %s: unknown field %q: there are kind and flags", name, key)
		}
	}
	return i, nil
}

// examine finds out by experiment what a program of unknown version can do.
func (i Installed) examine(ctx context.Context) (engines.Engine, error) {
	given := i.Path
	var err error
	if i.Path, err = exec.LookPath(given); err != nil {
		return nil, fmt.Errorf("engine %s: %w", i.Name, err)
	}
	if i.Version, err = i.version(ctx); err != nil {
		return nil, fmt.Errorf("engine %s: %w", i.Name, err)
	}
	if err := i.discover(ctx); err != nil {
		return nil, fmt.Errorf("engine %s: %s with these flags does not work as a %s: %w", i.Name, given, i.Kind, err)
	}
	return i.Engine(), nil
}

// discover notes the syntax that a host parses and what its await is.
func (i *Installed) discover(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	await := i.Await
	i.Await = map[engines.AwaitMode]engines.AwaitSource{engines.Legacy: engines.Native, engines.Optimized: engines.Native}
	i.Lacks = nil
	for feature, program := range engines.Features() {
		if err := i.try(ctx, engines.Optimized, func(r engines.Realm) error { return r.Load(ctx, "feature.js", program) }); err != nil {
			if errors.As(err, new(*worker.Fault)) {
				return err
			}
			i.Lacks = append(i.Lacks, feature)
		}
	}
	err := i.try(ctx, engines.Optimized, func(r engines.Realm) error {
		source, err := engines.DetectAwait(ctx, r)
		i.Await = source
		if i.AwaitFlags != nil {
			i.Await = await // which flags change; every realm proves that
		}
		return err
	})
	if err != nil || i.Await[engines.Optimized] == engines.SkipsTicks {
		return err // and counting tells nothing of functions
	}
	return i.deviations(ctx)
}

// deviations notes in what a host has other ticks than the specification. What is known
// of its release line is how that is said.
func (i *Installed) deviations(ctx context.Context) error {
	known := i.Deviates
	i.Deviates = map[engines.Feature]string{}
	mode, _ := engines.OwnAwait(i.Engine())
	for _, c := range engines.Conducts() {
		if c.Has == "" && slices.Contains(i.Lacks, c.Feature) {
			continue
		}
		err := i.try(ctx, mode, func(r engines.Realm) error {
			got, has, err := c.Count(ctx, r)
			if err == nil && has && got != c.Ticks {
				i.Deviates[c.Feature] = cmp.Or(known[c.Feature], fmt.Sprintf("%s takes %d ticks in place of %d", c.Program, got, c.Ticks))
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (i *Installed) try(ctx context.Context, mode engines.AwaitMode, use func(engines.Realm) error) error {
	r, err := i.Engine().Open(ctx, engines.Options{Await: mode})
	if err != nil {
		return err
	}
	defer r.Close()
	return use(r)
}
