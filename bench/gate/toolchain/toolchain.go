// Package toolchain builds promisebench as it was at another commit, or as it is
// with another version of an engine's module, so that the two can be measured
// against each other.
//
// All binaries are built with the same flags, without paths of this machine
// and without stamps of version control: the same content gives the same
// bytes, however it was asked for. Where functions lie in memory shifts what a
// benchmark shows, by more than what it looks for, and any change to code moves
// those behind it. So a [Source] can be linked again and again with its functions
// in another random order: over many such layouts that luck averages out.
package toolchain

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// A Builder prepares promisebench's source code to be built. Several processes may
// build into one cache at the same time.
type Builder struct {
	Root string // root of promisebench's source tree: the folder of its go.mod
	// Packages are the main packages that are built, as "./folder". All of
	// them stand for what is measured when it is asked what a module is used for.
	Packages []string
	// Cache is a folder for the binaries, made if need be. A binary's name is
	// a hash of everything that it depends on; any may be deleted.
	Cache string
	// Log, if not nil, gets a line before the first build of a package, which
	// may take a minute, and none for what is in the cache already.
	Log io.Writer

	randomize string // the linker's flag for random layouts, if not Go's; for tests
}

// The program and the file names that all source trees of it have.
const (
	program = "promisebench"
	modName = "go.mod"
	sumName = "go.sum"
)

// Commit prepares a revision of the repository that Root belongs to. The
// repository is only read: the files are laid out in the cache until the source is
// closed, with an index of their own, so that there is no worktree to take back if
// this process dies.
func (b Builder) Commit(ctx context.Context, ref string) (*Source, error) {
	return b.prepare(ctx, func(s *Source) error {
		r, err := find(ctx, s.Root, ref)
		if err != nil {
			return err
		}
		s.Text = r.String()
		s.key, s.next = digest("commit", r.commit, r.prefix), "Choose a commit at which it does."
		s.layOut = func(ctx context.Context) error { return s.checkOut(ctx, r) }
		return nil
	})
}

// A revision is a commit of a repository.
type revision struct {
	ref, commit string // as it was named, and its hash
	top, prefix string // the repository's root, and the way from there to the folder that was named, with a slash at its end
}

func (r revision) String() string {
	if strings.HasPrefix(r.commit, r.ref) {
		return "commit " + short(r.commit)
	}
	return "commit " + short(r.commit) + " (" + r.ref + ")"
}

// find finds a revision of the repository that a folder belongs to.
func find(ctx context.Context, dir, ref string) (r revision, err error) {
	if err := checkArgument("revision", ref); err != nil {
		return r, err
	}
	place, err := run(ctx, dir, nil, "git", "rev-parse", "--show-toplevel", "--show-prefix")
	if err != nil {
		return r, withAdvice(err, fmt.Sprintf("%s can't be built at %s: it is in no git repository", dir, ref),
			"Commits can be built in a clone only; versions of modules and folders can be built here too.")
	}
	r.ref = ref
	r.top, r.prefix, _ = strings.Cut(place, "\n")
	if r.commit, err = run(ctx, r.top, nil, "git", "rev-parse", "--verify", "--end-of-options", ref+"^{commit}"); err != nil {
		next := "See 'git log' and 'git branch -a' for what there is; what is only on a server must be fetched first."
		if shallow, _ := run(ctx, r.top, nil, "git", "rev-parse", "--is-shallow-repository"); shallow == "true" {
			next = "This clone is shallow: 'git fetch --unshallow' gets the other commits (in GitHub Actions: fetch-depth: 0)."
		}
		return r, withAdvice(err, fmt.Sprintf("%s has no revision %q", r.top, ref), next)
	}
	return r, nil
}

// A Commit is one of a repository.
type Commit struct {
	Hash, Title string
	Time        time.Time // of the commit, not of its author
}

// Short is as much of the hash as error messages and names have.
func (c Commit) Short() string { return short(c.Hash) }

// Commits returns the commits of the repository that a folder belongs to, from one to
// another, both included, oldest first. Of a merge only its first parent is followed:
// what it merged is one point. It is an error if the first is no ancestor of the last.
func Commits(ctx context.Context, dir, from, to string) ([]Commit, error) {
	old, err := find(ctx, dir, from)
	if err != nil {
		return nil, err
	}
	last, err := find(ctx, dir, to)
	if err != nil {
		return nil, err
	}
	ancestor := func(a, b revision) bool {
		_, err := run(ctx, a.top, nil, "git", "merge-base", "--is-ancestor", a.commit, b.commit)
		return err == nil
	}
	switch {
	case old.commit == last.commit:
		return nil, fmt.Errorf("%s and %s are the same commit", from, to)
	case ancestor(last, old):
		return nil, fmt.Errorf("%s is newer than %s: the older one comes first", from, to)
	case !ancestor(old, last):
		return nil, fmt.Errorf("%s is no ancestor of %s: 'git merge-base %s %s' says where they part", from, to, from, to)
	}
	before, err := log(ctx, old, "-1")
	if err != nil {
		return nil, err
	}
	rest, err := log(ctx, last, "--first-parent", "--reverse", "^"+old.commit)
	return append(before, rest...), err
}

// Versions returns the published versions of a module, oldest first, as the main module in
// a folder can have them: without those that were retracted. Many modules have none: their
// versions are commits.
func Versions(ctx context.Context, dir, module string) ([]string, error) {
	text, err := run(ctx, dir, nil, "go", "list", "-m", "-mod=readonly", "-versions", "-f", `{{join .Versions " "}}`, module)
	if err != nil {
		return nil, withAdvice(err, "the versions of "+module+" are not known", "They come from the module proxy: is there a network?")
	}
	return strings.Fields(text), nil
}

// Since returns the commits that lead to a revision of the repository that a folder
// belongs to, along first parents, oldest first; those after a date only, if one is given
// in any form that git knows. It is an error if there are none.
func Since(ctx context.Context, dir, to, date string) ([]Commit, error) {
	last, err := find(ctx, dir, to)
	if err != nil {
		return nil, err
	}
	args := []string{"--first-parent", "--reverse"}
	if date != "" {
		args = append(args, "--since="+date)
	}
	list, err := log(ctx, last, args...)
	if err == nil && len(list) == 0 {
		err = fmt.Errorf("%s has no commit since %s up to %s", dir, date, to)
	}
	return list, err
}

// log lists commits from a revision on, as git does by the given arguments.
func log(ctx context.Context, r revision, args ...string) (list []Commit, err error) {
	text, err := run(ctx, r.top, nil, "git", append(append([]string{"log", "--format=%H %ct %s"}, args...), r.commit)...)
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(text) {
		var c Commit
		var seconds int64
		if _, err := fmt.Sscanf(line, "%s %d", &c.Hash, &seconds); err != nil {
			continue
		}
		c.Time = time.Unix(seconds, 0)
		if fields := strings.SplitN(strings.TrimSpace(line), " ", 3); len(fields) == 3 {
			c.Title = fields[2]
		}
		list = append(list, c)
	}
	return list, nil
}

// lay lays the files of a revision out in a folder of the source, and returns where
// those of the folder that was named are.
func (s *Source) lay(ctx context.Context, r revision, name string) (string, error) {
	index, tree := "GIT_INDEX_FILE="+filepath.Join(s.dir, name+".index"), filepath.Join(s.dir, name)
	_, err := run(ctx, r.top, []string{index}, "git", "read-tree", r.commit)
	if err == nil {
		_, err = run(ctx, r.top, []string{index}, "git", "checkout-index", "--all", "--prefix="+tree+string(filepath.Separator))
	}
	if err != nil {
		return "", withAdvice(err, "the files of "+s.Text+" can't be laid out in "+s.dir, "Is the disk full, or the clone a partial one without network?")
	}
	return filepath.Join(tree, filepath.FromSlash(r.prefix)), nil
}

// checkOut lays out the files of a commit.
func (s *Source) checkOut(ctx context.Context, r revision) (err error) {
	if s.tree, err = s.lay(ctx, r, "tree"); err != nil {
		return err
	}
	if s.modfile, err = s.copyModfile(filepath.Join(s.tree, modName)); err != nil {
		return fmt.Errorf("%s has no source tree of %s in %q: choose another commit: %w", s.Text, program, "./"+r.prefix, err)
	}
	for _, pkg := range s.Packages {
		if _, err := os.Stat(filepath.Join(s.tree, filepath.FromSlash(pkg))); err != nil {
			return fmt.Errorf("%s has no %s, which is what would be measured: choose a later commit", s.Text, pkg)
		}
	}
	return nil
}

// Clone prepares the source tree as it is, but with a module as it is at a revision of
// a clone in a folder of this machine. The clone is only read.
func (b Builder) Clone(ctx context.Context, module, dir, ref string) (*Source, error) {
	if err := checkArgument("module", module); err != nil {
		return nil, err
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	return b.prepare(ctx, func(s *Source) error {
		r, err := find(ctx, dir, ref)
		if err != nil {
			return err
		}
		s.Text = fmt.Sprintf("%s from %s at %v", module, dir, r)
		s.next = "Choose a commit at which it does."
		at, err := s.lay(ctx, r, "clone")
		if err != nil {
			return err
		}
		_, err = s.standIn(ctx, module, at)
		return err
	})
}

// Version prepares the source tree as it is, but with another version of a
// module, which may be any version query of Go: v1.2.3, latest, a
// branch, a commit hash. Requirements that the version has of other modules
// are met, as "go get" does.
func (b Builder) Version(ctx context.Context, module, query string) (*Source, error) {
	if err := errors.Join(checkArgument("module", module), checkArgument("version", query)); err != nil {
		return nil, err
	}
	if query == "none" {
		return nil, fmt.Errorf("%s can't be built without %s: give a version", program, module)
	}
	return b.prepare(ctx, func(s *Source) error {
		if err := s.edit(ctx, b.modfile(), module); err != nil {
			return withAdvice(err, fmt.Sprintf("%q can't be a module's path", module), "Give it as it stands in "+modName+".")
		}
		if _, err := run(ctx, s.tree, nil, "go", "get", "-modfile="+s.modfile, module+"@"+query); err != nil {
			return withAdvice(err, fmt.Sprintf("%s has no version %q that Go can get", module, query),
				fmt.Sprintf("'go list -m -versions %s' lists the tagged versions and 'go list -m %s@latest' the newest; for a fork, give the folder of a clone.", module, module))
		}
		s.Text = module + "@" + query
		s.next = fmt.Sprintf("This source tree and that version do not fit: choose another version, or a commit of %s that was made for it.", program)
		in, err := s.read(ctx, "mod")
		if err != nil {
			return err
		}
		m, err := in.uses(module)
		if err != nil {
			return err
		}
		s.Text = module + " " + m.Version
		return nil
	})
}

// Directory prepares the source tree as it is, but with a module that is in a
// folder of this machine.
func (b Builder) Directory(ctx context.Context, module, dir string) (*Source, error) {
	if err := checkArgument("module", module); err != nil {
		return nil, err
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	return b.prepare(ctx, func(s *Source) error {
		s.Text = module + " from " + dir
		s.next = "Does it compile by itself, and still have what " + program + " uses of it?"
		in, err := s.standIn(ctx, module, dir)
		if err != nil {
			return err
		}
		s.Text += state(ctx, dir, in.local[module])
		return nil
	})
}

// standIn has a folder stand in for a module, and reads what is built then.
func (s *Source) standIn(ctx context.Context, module, dir string) (*inputs, error) {
	declared, err := moduleOf(ctx, dir)
	if err != nil {
		return nil, fmt.Errorf("%s can't be built with %s, which has no usable %s: give the root folder of the module: %w", program, s.Text, modName, err)
	}
	if declared != module {
		return nil, fmt.Errorf("%s is module %s, not %s: a fork that has a path of its own imports its packages by it, so that it can't stand in for the original; write 'module %s' into its %s and the same path into its imports",
			dir, declared, module, module, modName)
	}
	if err := s.replace(ctx, s.Builder.modfile(), module, dir); err != nil {
		return nil, err
	}
	in, err := s.read(ctx, "mod")
	if err != nil {
		return nil, err
	}
	_, err = in.uses(module)
	return in, err
}

// Tree prepares the source tree as it is.
func (b Builder) Tree(ctx context.Context) (*Source, error) {
	return b.prepare(ctx, func(s *Source) (err error) {
		// A copy, so that flags in the environment can't have it changed.
		if s.modfile, err = s.copyModfile(b.modfile()); err != nil {
			return err
		}
		s.Text, s.next = "working tree", "Make it compile first."
		in, err := s.read(ctx, "readonly")
		if err != nil {
			return err
		}
		s.Text += state(ctx, s.tree, in.local[in.main])
		return nil
	})
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
