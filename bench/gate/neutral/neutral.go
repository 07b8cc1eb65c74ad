// Package neutral copies a Go module and adds functions that are linked and never
// called.
//
// Such a copy executes the same instructions as the original, but for one store at its
// start. They lie elsewhere in memory, though, and its times differ by a percent or
// more: which cache lines, pages and entries of the branch predictor a loop shares
// depends on its address. Mytkowicz, Diwan, Hauswirth and Sweeney ("Producing Wrong Data
// Without Doing Anything Obviously Wrong!", ASPLOS 2009) show it for the order of
// linking; in golang/go#67858 Go's own developers measure with random orders. The same
// happens to a user whose change does not touch what is measured. How often a gate
// takes that for a regression can't be derived, for the effect is each machine's and
// each program's own. It can be counted, with many neutral copies.
//
// What is added comes from a seed, so that a finding can be repeated.
package neutral

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
)

// Copy copies the module in folder src to folder dst, which must not exist, and adds
// functions to the package in its root folder: to files that are built on this platform
// without build tags. The same seed gives the same bytes. It returns what it added, in
// words for a report ("33 functions in 5 files, 41 kB of source, seed 7").
//
// The copy can be written to and deleted, whatever the modes in src. It lacks what
// building the package does not need: .git, tests, and links to folders or to nowhere,
// which Go does not follow either. A link to a file becomes a file. An error names the
// file, and leaves nothing behind.
func Copy(dst, src string, seed uint64) (string, error) {
	names, err := list(src)
	if err != nil {
		return "", err
	}
	sources, err := parse(src)
	if err != nil {
		return "", err
	}
	functions := add(rand.New(rand.NewPCG(seed, 0)), sources)
	size, changed := 0, map[string][]byte{}
	for _, s := range sources {
		if len(s.added) > 0 {
			changed[s.name] = s.withAdded()
			size += len(changed[s.name]) - len(s.text)
		}
	}
	if err := os.Mkdir(dst, 0o777); err != nil {
		return "", err
	}
	if err := write(dst, src, names, changed); err != nil {
		return "", errors.Join(err, os.RemoveAll(dst))
	}
	plural := "s"
	if len(changed) == 1 {
		plural = ""
	}
	return fmt.Sprintf("%d functions in %d file%s, %d kB of source, seed %d", functions, len(changed), plural, (size+999)/1000, seed), nil
}

// list returns the names of the files to copy, before there is a dst, which may lie
// within src.
func list(src string) ([]string, error) {
	var names []string
	err := filepath.WalkDir(filepath.Clean(src)+string(filepath.Separator), func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.Name() == ".git" && d.IsDir():
			return fs.SkipDir
		case d.Name() == ".git", d.IsDir(), strings.HasSuffix(name, "_test.go"):
			return nil
		case d.Type()&fs.ModeSymlink != 0:
			if info, err := os.Stat(name); err != nil || !info.Mode().IsRegular() {
				return nil
			}
		case !d.Type().IsRegular():
			return nil
		}
		name, err = filepath.Rel(src, name)
		names = append(names, name)
		return err
	})
	return names, err
}

// write writes the files named, with the text of src or the changed one.
func write(dst, src string, names []string, changed map[string][]byte) error {
	for _, name := range names {
		text, ok := changed[name]
		if !ok {
			var err error
			if text, err = os.ReadFile(filepath.Join(src, name)); err != nil {
				return err
			}
		}
		to := filepath.Join(dst, name)
		if err := os.MkdirAll(filepath.Dir(to), 0o777); err != nil {
			return err
		}
		if err := os.WriteFile(to, text, 0o666); err != nil {
			return err
		}
	}
	return nil
}
