package toolchain

import (
	"cmp"
	"context"
	"debug/buildinfo"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"promisebench/bench/gate/neutral"
)

// A Source is promisebench's code in one state, ready to be built. It must be
// closed. What it makes lies in a folder of its own, on the same disk as the cache,
// so that a finished binary is moved in at once and never seen half-finished. It is
// safe for concurrent use.
type Source struct {
	Builder
	// Text is what exactly it is, in words for a report.
	Text string

	dir         string
	exe         string // ending of a program's file name
	fingerprint string // of everything but source code that determines a binary
	key         string // of the source code
	next        string // what a user can do if it does not compile
	// passing is true of what nobody will ask for again: it is not cached.
	passing bool

	// tree and modfile are what is built. They are there once layOut, if it is
	// not nil, has been called.
	tree, modfile string
	layOut        func(context.Context) error

	mutex sync.Mutex
	told  map[string]bool // packages that the log has
}

// A Binary is a built program.
type Binary struct {
	Path string
	// Go is the version of Go that built it. A commit or a module can demand
	// another one than the source tree does.
	Go string
}

// settings are the variables of "go env" that change what Go builds. The first
// one is for the file name.
func settings() []string {
	return []string{
		"GOEXE",
		"GOVERSION", "GOFLAGS", "GOEXPERIMENT", "GOFIPS140", "GOOS", "GOARCH",
		"GO386", "GOAMD64", "GOARM", "GOARM64", "GOMIPS", "GOMIPS64", "GOPPC64", "GORISCV64", "GOWASM",
		"CGO_ENABLED", "CGO_CFLAGS", "CGO_CPPFLAGS", "CGO_CXXFLAGS", "CGO_FFLAGS", "CGO_LDFLAGS", "CC", "CXX", "AR",
	}
}

// logging is held while something is written to a log: both sides of a gate are linked at
// the same time, and have one.
var logging sync.Mutex

// buildFlags are those of every build. Without its tables for debuggers a binary
// is a quarter smaller, and sooner linked.
func (b Builder) buildFlags(layout uint64) []string {
	link := "-s -w"
	if layout != 0 {
		link += " " + b.layoutFlag(layout)
	}
	return []string{"-mod=readonly", "-trimpath", "-buildvcs=false", "-ldflags=" + link}
}

// layoutFlag is the linker's flag for functions in a random order, by a seed. It
// takes integers with a sign, of which 0 is no random order.
func (b Builder) layoutFlag(seed uint64) string {
	return cmp.Or(b.randomize, "-randlayout") + "=" + strconv.FormatUint(max(1, seed&math.MaxInt64), 10)
}

// prepare returns a source that a function fills in.
func (b Builder) prepare(ctx context.Context, fill func(*Source) error) (*Source, error) {
	s := &Source{Builder: b, told: map[string]bool{}}
	if s.Log == nil {
		s.Log = io.Discard
	}
	var err error
	if s.Root, err = filepath.Abs(b.Root); err != nil {
		return nil, err
	}
	s.tree = s.Root
	if s.Cache, err = filepath.Abs(b.Cache); err != nil {
		return nil, err
	}
	values, err := run(ctx, s.tree, nil, "go", append([]string{"env"}, settings()...)...)
	if err != nil {
		return nil, fmt.Errorf("%s can't be built: %w", program, err)
	}
	s.exe, _, _ = strings.Cut(values, "\n")
	s.fingerprint = digest(values)
	if err := os.MkdirAll(s.Cache, 0o777); err != nil {
		return nil, err
	}
	if s.dir, err = os.MkdirTemp(s.Cache, "building-"); err != nil {
		return nil, err
	}
	if err := fill(s); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Close removes all but what is in the cache. Binaries in random layouts are gone
// then.
func (s *Source) Close() error { return os.RemoveAll(s.dir) }

// modfile is the source tree's.
func (b Builder) modfile() string { return filepath.Join(b.Root, modName) }

// copyModfile copies a go.mod and its go.sum, for changes and against changes, and
// returns the copy's path.
func (s *Source) copyModfile(from string) (string, error) {
	for _, name := range []string{modName, sumName} {
		path := from
		if name == sumName {
			path = strings.TrimSuffix(from, ".mod") + ".sum"
		}
		data, err := os.ReadFile(path)
		if name == sumName && errors.Is(err, fs.ErrNotExist) {
			continue // a module may require none
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(s.dir, name), data, 0o666)
		}
		if err != nil {
			return "", err
		}
	}
	return filepath.Join(s.dir, modName), nil
}

// edit copies a go.mod and takes from it what stands in for a module: that would
// stand in for every version.
func (s *Source) edit(ctx context.Context, from, module string) (err error) {
	if s.modfile, err = s.copyModfile(from); err != nil {
		return err
	}
	_, err = run(ctx, s.tree, nil, "go", "mod", "edit", "-dropreplace="+module, s.modfile)
	return err
}

// replace copies a go.mod and has a folder stand in for a module.
func (s *Source) replace(ctx context.Context, from, module, dir string) error {
	if err := s.edit(ctx, from, module); err != nil {
		return fmt.Errorf("%s: %w", module, err)
	}
	// "go mod edit -replace" would read what follows an "@" in the folder's
	// name as a version.
	return appendTo(s.modfile, fmt.Sprintf("\nreplace %s => %s\n", module, strconv.Quote(dir)))
}

func appendTo(file, text string) error {
	f, err := os.OpenFile(file, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}

// read lists what the source is made of, and takes its key from that.
func (s *Source) read(ctx context.Context, mode string) (*inputs, error) {
	in, err := s.inputs(ctx, mode)
	if err == nil {
		s.key = digest("tree", in.digest)
	}
	return in, err
}

// Unchanged returns an error if files were changed since the source was prepared:
// what was built meanwhile may be from either state.
func (s *Source) Unchanged(ctx context.Context) error {
	if s.layOut != nil {
		return nil // its files are its own
	}
	again, err := s.inputs(ctx, "readonly")
	if err == nil && digest("tree", again.digest) != s.key {
		err = fmt.Errorf("%s: files changed while it was being built: try again", s.Text)
	}
	return err
}

// RandomLayouts reports whether its version of Go can link it in random layouts.
func (s *Source) RandomLayouts(ctx context.Context) bool {
	_, err := run(ctx, s.Root, nil, "go", "tool", "link", s.layoutFlag(1), "-V")
	return err == nil
}

// Binary builds a main package of the source. A layout other than 0 is the seed of
// the order of its functions in memory; 0 is the linker's own order, and cached.
// Others are there until the source is closed.
func (s *Source) Binary(ctx context.Context, pkg string, layout uint64) (Binary, error) {
	flags := s.buildFlags(layout)
	name := program + "-" + digest(s.key, s.fingerprint, pkg, strings.Join(flags, " "))[:16] + s.exe
	cache := filepath.Join(s.Cache, name)
	if layout == 0 && !s.passing {
		if found, err := binary(cache); err == nil {
			now := time.Now() // of its last use
			return found, os.Chtimes(cache, now, now)
		}
	}
	if err := s.ready(ctx, pkg); err != nil {
		return Binary{}, err
	}
	path := filepath.Join(s.dir, name)
	args := append([]string{"build", "-modfile=" + s.modfile, "-o", path}, flags...)
	// An interrupted "go build" may leave its temporary files, so that they
	// go where all is removed.
	temp := []string{"GOTMPDIR=" + s.dir}
	if _, err := run(ctx, s.tree, temp, "go", append(args, pkg)...); err != nil {
		return Binary{}, withAdvice(err, fmt.Sprintf("%s does not compile: %s", pkg, s.Text), s.next)
	}
	if layout == 0 && !s.passing {
		// Somebody may have saved a file meanwhile. The cache would hold the
		// wrong binary for good.
		if err := s.Unchanged(ctx); err != nil {
			return Binary{}, err
		}
		// A process that runs the binary which was there before keeps its file.
		if err := os.Rename(path, cache); err != nil {
			return Binary{}, err
		}
		path = cache
		if err := s.trim(); err != nil {
			return Binary{}, err
		}
	}
	b, err := binary(path)
	if err != nil {
		return b, fmt.Errorf("%s is no program built by Go: does GOFLAGS change what is built? %w", path, err)
	}
	return b, nil
}

// cached is how many binaries are kept, of some 16 MB each.
const cached = 64

// trim removes from the cache what was not used for longest.
func (s *Source) trim() error {
	list, err := filepath.Glob(filepath.Join(s.Cache, program+"-*"))
	if err != nil || len(list) <= cached {
		return err
	}
	used := map[string]time.Time{}
	for _, path := range list {
		if info, err := os.Stat(path); err == nil { // another process may have removed it
			used[path] = info.ModTime()
		}
	}
	slices.SortFunc(list, func(a, b string) int { return used[b].Compare(used[a]) })
	for _, path := range list[cached:] {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// layOutOnce lays the source out if it is not there yet.
func (s *Source) layOutOnce(ctx context.Context) error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.layOut == nil || s.modfile != "" {
		return nil
	}
	return s.layOut(ctx)
}

// ready lays the source out and announces the first build of a package.
func (s *Source) ready(ctx context.Context, pkg string) error {
	if err := s.layOutOnce(ctx); err != nil {
		return err
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if !s.told[pkg] {
		s.told[pkg] = true
		logging.Lock()
		fmt.Fprintf(s.Log, "building %s: %s\n", pkg, s.Text)
		logging.Unlock()
	}
	return nil
}

// binary returns a usable binary.
func binary(path string) (Binary, error) {
	info, err := buildinfo.ReadFile(path)
	if err != nil {
		return Binary{}, err
	}
	return Binary{Path: path, Go: info.GoVersion}, nil
}

// Neutral prepares the same source with code added to some modules that never runs
// while measuring, by a seed: see package neutral. s must stay open for as long.
func (s *Source) Neutral(ctx context.Context, modules []string, seed uint64) (*Source, error) {
	if err := s.layOutOnce(ctx); err != nil {
		return nil, err
	}
	return s.prepare(ctx, func(n *Source) error {
		n.tree, n.modfile, n.passing = s.tree, s.modfile, true
		n.Text, n.next = s.Text, "Does "+s.Text+" compile?"
		for i, module := range modules {
			from, err := run(ctx, n.tree, nil, "go", "list", "-m", "-modfile="+n.modfile, "-f", "{{.Dir}}", module)
			if err != nil {
				return fmt.Errorf("%s: %w", module, err)
			}
			dir := filepath.Join(n.dir, "neutral-"+strconv.Itoa(i))
			added, err := neutral.Copy(dir, from, seed)
			if err != nil {
				return fmt.Errorf("%s: %w", module, err)
			}
			n.Text += ", with " + added + " that never run"
			if err := n.replace(ctx, n.modfile, module, dir); err != nil {
				return err
			}
		}
		_, err := n.read(ctx, "mod")
		return err
	})
}

// short is as much of a hash as Go's versions show of it.
func short(hash string) string { return hash[:12] }
