// Package toolchain builds promisebench as it was at another commit, or as it is
// with another version of an engine's module, so that the two can be measured
// against each other.
//
// All binaries are built with the same flags, without paths of this machine
// and without stamps of version control: the same content gives the same
// bytes, however it was asked for. Where code lies in memory shifts what a
// benchmark shows, so that base and head should differ in nothing but what is
// compared.
package toolchain

import (
	"context"
	"debug/buildinfo"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// A Builder builds promisebench from its source tree. Several processes may
// build into one cache at the same time.
type Builder struct {
	Source string // root of promisebench's source tree: the folder of its go.mod
	// Cache is a folder for the binaries, made if need be. A binary's name is
	// a hash of everything that it depends on; any may be deleted.
	Cache string
	// Log, if not nil, gets a line for each build, which may take a minute, and
	// none for what is in the cache already.
	Log io.Writer

	pkg string // what to build, if not the command; for tests
}

// A Binary is a built promisebench.
type Binary struct {
	Path   string
	Source string // what it was built from, exactly, in words for a report
	// Go is the version of Go that built it. A commit or a module can demand
	// another one than the source tree does.
	Go string
}

// The program and the file names that all source trees of it have.
const (
	program = "promisebench"
	command = "./bench/cmd/promisebench"
	modName = "go.mod"
	sumName = "go.sum"
)

// Commit builds a revision of the repository that Source belongs to. The
// repository is only read: the files are laid out in the cache for as long as
// the build takes, with an index of their own, so that there is no worktree to
// take back if this process dies.
func (b Builder) Commit(ctx context.Context, ref string) (Binary, error) {
	if err := checkArgument("revision", ref); err != nil {
		return Binary{}, err
	}
	j, err := b.start(ctx)
	if err != nil {
		return Binary{}, err
	}
	defer j.close()
	place, err := run(ctx, j.Source, nil, "git", "rev-parse", "--show-toplevel", "--show-prefix")
	if err != nil {
		return Binary{}, withAdvice(err, fmt.Sprintf("%s can't be built at %s: it is in no git repository", j.Source, ref),
			"Commits can be built in a clone only; versions of modules and folders can be built here too.")
	}
	top, prefix, _ := strings.Cut(place, "\n")
	commit, err := run(ctx, top, nil, "git", "rev-parse", "--verify", "--end-of-options", ref+"^{commit}")
	if err != nil {
		next := "See 'git log' and 'git branch -a' for what there is; what is only on a server must be fetched first."
		if shallow, _ := run(ctx, top, nil, "git", "rev-parse", "--is-shallow-repository"); shallow == "true" {
			next = "This clone is shallow: 'git fetch --unshallow' gets the other commits (in GitHub Actions: fetch-depth: 0)."
		}
		return Binary{}, withAdvice(err, fmt.Sprintf("%s has no revision %q", top, ref), next)
	}
	text := "commit " + short(commit)
	if !strings.HasPrefix(commit, ref) {
		text += " (" + ref + ")"
	}
	key := digest("commit", commit, prefix, j.fingerprint)
	if found, ok := j.cached(key, text); ok {
		return found, nil
	}

	index, tree := "GIT_INDEX_FILE="+filepath.Join(j.dir, "index"), filepath.Join(j.dir, "tree")
	_, err = run(ctx, top, []string{index}, "git", "read-tree", commit)
	if err == nil {
		_, err = run(ctx, top, []string{index}, "git", "checkout-index", "--all", "--prefix="+tree+string(filepath.Separator))
	}
	if err != nil {
		return Binary{}, withAdvice(err, "the files of "+text+" can't be laid out in "+j.dir, "Is the disk full, or the clone a partial one without network?")
	}
	source := filepath.Join(tree, filepath.FromSlash(prefix))
	modfile, err := j.modfile(source)
	if err != nil {
		return Binary{}, fmt.Errorf("%s has no source tree of %s in %q: choose another commit: %w", text, program, "./"+prefix, err)
	}
	if err := j.compile(ctx, text, source, modfile, "Choose a commit at which it does."); err != nil {
		return Binary{}, err
	}
	return j.store(key, text)
}

// Version builds the source tree as it is, but with another version of a
// module, which may be any version query of Go: v1.2.3, latest, a
// branch, a commit hash. Requirements that the version has of other modules
// are met, as "go get" does.
func (b Builder) Version(ctx context.Context, module, query string) (Binary, error) {
	if err := errors.Join(checkArgument("module", module), checkArgument("version", query)); err != nil {
		return Binary{}, err
	}
	if query == "none" {
		return Binary{}, fmt.Errorf("%s can't be built without %s: give a version", program, module)
	}
	j, err := b.start(ctx)
	if err != nil {
		return Binary{}, err
	}
	defer j.close()
	modfile, err := j.modfile(j.Source)
	if err != nil {
		return Binary{}, err
	}
	// A replacement would stand in for every version.
	if _, err := run(ctx, j.Source, nil, "go", "mod", "edit", "-dropreplace="+module, modfile); err != nil {
		return Binary{}, withAdvice(err, fmt.Sprintf("%q can't be a module's path", module), "Give it as it stands in "+modName+".")
	}
	if _, err := run(ctx, j.Source, nil, "go", "get", "-modfile="+modfile, module+"@"+query); err != nil {
		return Binary{}, withAdvice(err, fmt.Sprintf("%s has no version %q that Go can get", module, query),
			fmt.Sprintf("'go list -m -versions %s' lists the tagged versions and 'go list -m %s@latest' the newest; for a fork, give the folder of a clone.", module, module))
	}
	next := fmt.Sprintf("This source tree and that version do not fit: choose another version, or a commit of %s that was made for it.", program)
	in, err := j.inputs(ctx, modfile, "mod", module+"@"+query, next)
	if err != nil {
		return Binary{}, err
	}
	m, err := in.uses(module)
	if err != nil {
		return Binary{}, err
	}
	return j.build(ctx, module+" "+m.Version, modfile, in, next)
}

// Directory builds the source tree as it is, but with a module that is in a
// folder of this machine.
func (b Builder) Directory(ctx context.Context, module, dir string) (Binary, error) {
	if err := checkArgument("module", module); err != nil {
		return Binary{}, err
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return Binary{}, err
	}
	j, err := b.start(ctx)
	if err != nil {
		return Binary{}, err
	}
	defer j.close()
	declared, err := moduleOf(ctx, dir)
	if err != nil {
		return Binary{}, fmt.Errorf("%s can't be built with %s from %s, which has no usable %s: give the root folder of the module: %w", program, module, dir, modName, err)
	}
	if declared != module {
		return Binary{}, fmt.Errorf("%s is module %s, not %s: a fork that has a path of its own imports its packages by it, so that it can't stand in for the original; write 'module %s' into its %s and the same path into its imports",
			dir, declared, module, module, modName)
	}
	modfile, err := j.modfile(j.Source)
	if err != nil {
		return Binary{}, err
	}
	if _, err := run(ctx, j.Source, nil, "go", "mod", "edit", "-dropreplace="+module, modfile); err != nil {
		return Binary{}, fmt.Errorf("%s: %w", module, err)
	}
	// "go mod edit -replace" would read what follows an "@" in the folder's
	// name as a version.
	if err := appendTo(modfile, fmt.Sprintf("\nreplace %s => %s\n", module, strconv.Quote(dir))); err != nil {
		return Binary{}, err
	}
	text := module + " from " + dir
	next := "Does it compile by itself, and still have what " + program + " uses of it?"
	in, err := j.inputs(ctx, modfile, "mod", text, next)
	if err != nil {
		return Binary{}, err
	}
	if _, err := in.uses(module); err != nil {
		return Binary{}, err
	}
	return j.build(ctx, text+state(ctx, dir, in.local[module]), modfile, in, next)
}

// Tree builds the source tree as it is.
func (b Builder) Tree(ctx context.Context) (Binary, error) {
	j, err := b.start(ctx)
	if err != nil {
		return Binary{}, err
	}
	defer j.close()
	// A copy, so that flags in the environment can't have it changed.
	modfile, err := j.modfile(j.Source)
	if err != nil {
		return Binary{}, err
	}
	const text, next = "working tree", "Make it compile first."
	in, err := j.inputs(ctx, modfile, "readonly", text, next)
	if err != nil {
		return Binary{}, err
	}
	return j.build(ctx, text+state(ctx, j.Source, in.local[in.main]), modfile, in, next)
}

// Root returns the root of promisebench's source tree that dir is in.
func Root(ctx context.Context, dir string) (string, error) {
	return root(ctx, dir, program)
}

func root(ctx context.Context, dir, module string) (string, error) {
	file, err := run(ctx, dir, nil, "go", "env", "GOMOD")
	if err != nil {
		return "", err
	}
	declared := ""
	// The null device is what Go prints outside of any module.
	if file != "" && file != os.DevNull {
		if declared, err = moduleOf(ctx, filepath.Dir(file)); err != nil {
			return "", err
		}
	}
	if declared != module {
		if abs, err := filepath.Abs(dir); err == nil {
			dir = abs
		}
		return "", fmt.Errorf("%s is not in the source tree of %s, which is needed to build it: run this in a clone", dir, module)
	}
	return filepath.Dir(file), nil
}

// moduleOf returns the module path that a folder's go.mod declares.
func moduleOf(ctx context.Context, dir string) (string, error) {
	file := filepath.Join(dir, modName)
	if _, err := os.Stat(file); err != nil {
		return "", err
	}
	out, err := run(ctx, dir, nil, "go", "mod", "edit", "-json", file)
	if err != nil {
		return "", err
	}
	var mod struct{ Module struct{ Path string } }
	if err := json.Unmarshal([]byte(out), &mod); err != nil {
		return "", fmt.Errorf("%s: %w", file, err)
	}
	return mod.Module.Path, nil
}

// checkArgument refuses what a command could take for a flag or for several words.
func checkArgument(what, text string) error {
	if text == "" || strings.HasPrefix(text, "-") || strings.ContainsAny(text, "\n\x00") ||
		what != "revision" && strings.ContainsAny(text, " @=") {
		return fmt.Errorf("%q can't be a %s", text, what)
	}
	return nil
}

// A job is one build in progress. What it makes lies in a folder of its own,
// on the same disk as the cache, so that a finished binary is moved in at once
// and never seen half-finished.
type job struct {
	Builder
	dir         string
	exe         string // ending of a program's file name
	fingerprint string // of everything but source code that determines a binary
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

// buildFlags are those of every build.
func buildFlags() []string { return []string{"-mod=readonly", "-trimpath", "-buildvcs=false"} }

func (b Builder) start(ctx context.Context) (*job, error) {
	j := &job{Builder: b}
	if j.pkg == "" {
		j.pkg = command
	}
	if j.Log == nil {
		j.Log = io.Discard
	}
	var err error
	if j.Source, err = filepath.Abs(b.Source); err != nil {
		return nil, err
	}
	if j.Cache, err = filepath.Abs(b.Cache); err != nil {
		return nil, err
	}
	values, err := run(ctx, j.Source, nil, "go", append([]string{"env"}, settings()...)...)
	if err != nil {
		return nil, fmt.Errorf("%s can't be built: %w", program, err)
	}
	j.exe, _, _ = strings.Cut(values, "\n")
	j.fingerprint = digest(values, j.pkg, strings.Join(buildFlags(), " "))
	if err := os.MkdirAll(j.Cache, 0o777); err != nil {
		return nil, err
	}
	j.dir, err = os.MkdirTemp(j.Cache, "building-")
	return j, err
}

func (j *job) close() { os.RemoveAll(j.dir) }

// modfile copies a source tree's go.mod and go.sum, for changes and against
// changes, and returns the copy's path.
func (j *job) modfile(source string) (string, error) {
	for _, name := range []string{modName, sumName} {
		data, err := os.ReadFile(filepath.Join(source, name))
		if name == sumName && errors.Is(err, fs.ErrNotExist) {
			continue // a module may require none
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(j.dir, name), data, 0o666)
		}
		if err != nil {
			return "", err
		}
	}
	return filepath.Join(j.dir, modName), nil
}

func appendTo(file, text string) error {
	f, err := os.OpenFile(file, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}

// compile builds into the job's own folder. The text states from what, and next
// what a user can do if it does not compile.
func (j *job) compile(ctx context.Context, text, source, modfile, next string) error {
	fmt.Fprintf(j.Log, "building %s: %s\n", program, text)
	args := append([]string{"build", "-modfile=" + modfile, "-o", filepath.Join(j.dir, program)}, buildFlags()...)
	// An interrupted "go build" may leave its temporary files, so that they
	// go where all is removed.
	temp := []string{"GOTMPDIR=" + j.dir}
	if _, err := run(ctx, source, temp, "go", append(args, j.pkg)...); err != nil {
		return withAdvice(err, fmt.Sprintf("%s does not compile: %s", program, text), next)
	}
	return nil
}

// build returns the binary of certain inputs.
func (j *job) build(ctx context.Context, text, modfile string, in *inputs, next string) (Binary, error) {
	key := digest("tree", in.digest, j.fingerprint)
	if found, ok := j.cached(key, text); ok {
		return found, nil
	}
	if err := j.compile(ctx, text, j.Source, modfile, next); err != nil {
		return Binary{}, err
	}
	// Somebody may have saved a file meanwhile. The cache would hold the
	// wrong binary for good.
	again, err := j.inputs(ctx, modfile, "readonly", text, next)
	if err != nil {
		return Binary{}, err
	}
	if again.digest != in.digest {
		return Binary{}, fmt.Errorf("%s: files changed while it was being built: try again", text)
	}
	return j.store(key, text)
}

// cached returns the binary of a key if there is a usable one.
func (j *job) cached(key, text string) (Binary, bool) {
	path := filepath.Join(j.Cache, program+"-"+key[:16]+j.exe)
	info, err := buildinfo.ReadFile(path)
	if err != nil {
		return Binary{}, false
	}
	return Binary{Path: path, Source: text, Go: info.GoVersion}, true
}

// store moves what was compiled into the cache. A process that runs the binary
// which was there before keeps its file.
func (j *job) store(key, text string) (Binary, error) {
	path := filepath.Join(j.Cache, program+"-"+key[:16]+j.exe)
	if err := os.Rename(filepath.Join(j.dir, program), path); err != nil {
		return Binary{}, err
	}
	b, ok := j.cached(key, text)
	if !ok {
		return Binary{}, fmt.Errorf("%s is no program built by Go: does GOFLAGS change what is built?", path)
	}
	return b, nil
}

// short is as much of a hash as Go's versions show of it.
func short(hash string) string { return hash[:12] }
