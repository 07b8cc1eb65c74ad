package build

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

// A module is one that a binary is built from, as "go list" tells.
type module struct {
	Path, Version, Dir, GoMod string
	Main                      bool
	Replace                   *module
}

// contents is what a binary is built from.
type contents struct {
	main string             // the main module's path
	used map[string]*module // by path
	// local are the digests of modules whose source code is in a folder of
	// this machine, and may change; by path.
	local  map[string]string
	digest string
}

// uses returns a module that the binary is built from.
func (c *contents) uses(path string) (*module, error) {
	m, ok := c.used[path]
	if !ok || m.Main {
		others := slices.DeleteFunc(slices.Sorted(maps.Keys(c.used)), func(p string) bool { return p == c.main })
		return nil, fmt.Errorf("%s is not built with a module %s, so that no version of it makes a difference: its modules are %s", program, path, strings.Join(others, ", "))
	}
	return m, nil
}

// contents lists the packages and hashes those that can change: a module
// version never does. mode "mod" lets Go add to the modfile what is lacking.
func (w *work) contents(ctx context.Context, modfile, mode, text, next string) (*contents, error) {
	out, err := run(ctx, w.Source, nil, "go", "list", "-modfile="+modfile, "-mod="+mode, "-deps",
		"-json=ImportPath,Dir,Standard,Module,EmbedFiles", w.pkg)
	if err != nil {
		return nil, explain(err, fmt.Sprintf("%s can't be built: %s", program, text), next)
	}
	c := &contents{used: map[string]*module{}, local: map[string]string{}}
	sums := map[string]hash.Hash{}
	for list := json.NewDecoder(strings.NewReader(out)); ; {
		var p struct {
			ImportPath, Dir string
			Standard        bool
			Module          *module
			EmbedFiles      []string
		}
		if err := list.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, fmt.Errorf("go list: %w", err)
		}
		if p.Standard || p.Module == nil {
			continue
		}
		c.used[p.Module.Path] = p.Module
		if p.Module.Main {
			c.main = p.Module.Path
		}
		from := p.Module
		if from.Replace != nil {
			from = from.Replace
		}
		if from.Version != "" {
			continue
		}
		sum := sums[p.Module.Path]
		if sum == nil {
			sum = sha256.New()
			sums[p.Module.Path] = sum
			// It has the version of the language.
			if err := addFile(sum, modName, from.GoMod); err != nil {
				return nil, err
			}
		}
		if err := addPackage(sum, p.ImportPath, p.Dir, p.EmbedFiles); err != nil {
			return nil, err
		}
	}
	// The modfile tells the versions of all the other modules.
	data, err := os.ReadFile(modfile)
	if err != nil {
		return nil, err
	}
	all := []string{string(data)}
	for _, path := range slices.Sorted(maps.Keys(sums)) {
		c.local[path] = hex.EncodeToString(sums[path].Sum(nil))
		all = append(all, path, c.local[path])
	}
	c.digest = digest(all...)
	return c, nil
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

// state says which state of a folder was built: the commit, where git has it,
// and a hash of the content where the commit does not tell it.
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
