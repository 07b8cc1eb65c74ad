package toolchain

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A module is one that a binary is built from, as "go list" prints it.
type module struct {
	Path, Version, Dir, GoMod string
	Main                      bool
	Replace                   *module
}

// inputs are what a binary is built from.
type inputs struct {
	main string             // the main module's path
	used map[string]*module // by path
	// local are the digests of modules whose source code is in a folder of
	// this machine, and may change; by path.
	local  map[string]string
	digest string
}

// uses returns a module that the binary is built from.
func (in *inputs) uses(path string) (*module, error) {
	m, ok := in.used[path]
	if !ok || m.Main {
		others := slices.DeleteFunc(slices.Sorted(maps.Keys(in.used)), func(p string) bool { return p == in.main })
		return nil, fmt.Errorf("%s is not built with a module %s, so that no version of it makes a difference: its modules are %s", program, path, strings.Join(others, ", "))
	}
	return m, nil
}

// A goPackage is one that a binary is built from, as "go list" prints it.
type goPackage struct {
	ImportPath, Dir string
	Standard        bool
	Module          *module
	EmbedFiles      []string
}

// inputs lists the packages and hashes those that can change: a module
// version never does. mode "mod" lets Go add to the modfile what is lacking.
func (s *Source) inputs(ctx context.Context, mode string) (*inputs, error) {
	args := []string{"list", "-modfile=" + s.modfile, "-mod=" + mode, "-deps", "-json=ImportPath,Dir,Standard,Module,EmbedFiles"}
	out, err := run(ctx, s.tree, nil, "go", append(args, s.Packages...)...)
	if err != nil {
		return nil, withAdvice(err, fmt.Sprintf("%s can't be built: %s", program, s.Text), s.next)
	}
	in := &inputs{used: map[string]*module{}, local: map[string]string{}}
	sums := map[string]hash.Hash{}
	for list := json.NewDecoder(strings.NewReader(out)); ; {
		var p goPackage
		if err := list.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, fmt.Errorf("go list: %w", err)
		}
		if err := in.add(p, sums); err != nil {
			return nil, err
		}
	}
	// The modfile has the versions of all the other modules.
	data, err := os.ReadFile(s.modfile)
	if err != nil {
		return nil, err
	}
	// What lies in a folder for this run only is another one every time.
	all := []string{strings.ReplaceAll(string(data), s.dir, "")}
	for _, path := range slices.Sorted(maps.Keys(sums)) {
		in.local[path] = hex.EncodeToString(sums[path].Sum(nil))
		all = append(all, path, in.local[path])
	}
	in.digest = digest(all...)
	return in, nil
}

// add notes a package's module and, if its source code may change, adds it to
// the hash of that module.
func (in *inputs) add(p goPackage, sums map[string]hash.Hash) error {
	if p.Standard || p.Module == nil {
		return nil
	}
	in.used[p.Module.Path] = p.Module
	if p.Module.Main {
		in.main = p.Module.Path
	}
	from := p.Module
	if from.Replace != nil {
		from = from.Replace
	}
	if from.Version != "" {
		return nil
	}
	sum := sums[p.Module.Path]
	if sum == nil {
		sum = sha256.New()
		sums[p.Module.Path] = sum
		// It has the version of the language. The main module's is the modfile, which
		// is in the hash of all.
		if !p.Module.Main {
			if err := addFile(sum, modName, from.GoMod); err != nil {
				return err
			}
		}
	}
	return addPackage(sum, p.ImportPath, p.Dir, p.EmbedFiles)
}

// addPackage adds a package's folder to a hash. All files are taken, not only
// those that Go lists, for C code and profiles count as well.
func addPackage(sum hash.Hash, name, dir string, embedded []string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	var files []string
	for _, e := range entries {
		if e.Type()&fs.ModeType == 0 || e.Type()&fs.ModeSymlink != 0 {
			files = append(files, e.Name())
		}
	}
	for _, f := range embedded {
		if strings.Contains(f, "/") {
			files = append(files, f)
		}
	}
	for _, f := range files {
		path := filepath.Join(dir, filepath.FromSlash(f))
		if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
			continue // a link to nowhere or to a folder, which Go ignores too
		}
		if err := addFile(sum, name+"/"+f, path); err != nil {
			return err
		}
	}
	return nil
}

func addFile(sum hash.Hash, name, path string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	_, err = io.WriteString(sum, digest(name, string(data)))
	return err
}

// digest hashes some texts such that no others have the same hash.
func digest(texts ...string) string {
	sum := sha256.New()
	for _, t := range texts {
		fmt.Fprintf(sum, "%d %s\n", len(t), t)
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// state names the state of a folder that was built: the commit, where git has
// it, and a hash of the content where the commit alone does not determine it.
func state(ctx context.Context, dir, content string) string {
	content = " (content " + short(content) + ")"
	commit, err := run(ctx, dir, nil, "git", "rev-parse", "--verify", "HEAD")
	if err != nil {
		return content
	}
	// A copy that lies in somebody else's repository is none of git's.
	if _, err := run(ctx, dir, nil, "git", "ls-files", "--error-unmatch", modName); err != nil {
		return content
	}
	changes, err := run(ctx, dir, nil, "git", "--no-optional-locks", "status", "--porcelain", "--", ".")
	if err != nil {
		return content
	}
	if changes != "" {
		return " at " + short(commit) + "-dirty" + content
	}
	return " at " + short(commit)
}
