package releases

import (
	"archive/tar"
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"crypto/sha1"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/semver"
)

const (
	// patience is how long npm may take to answer a question, and to get a package.
	patience, download = time.Minute, 10 * time.Minute
	// largest is how many bytes a program may have. The largest ones have 150 MB.
	largest = 1 << 30
)

// Versions returns what npm has of a family, oldest first, without previews.
func (s *Store) Versions(ctx context.Context, f Family) ([]string, error) {
	if err := valid(f, "1"); err != nil {
		return nil, err
	}
	out, err := s.run(ctx, patience, "view", f.Package, "versions", "--json")
	if err != nil {
		return nil, err
	}
	var list []string
	if err := json.Unmarshal(out, &list); err != nil {
		var one string // npm's way to print a list of one
		if json.Unmarshal(out, &one) != nil {
			return nil, fmt.Errorf("npm view %s: %w", f.Package, err)
		}
		list = []string{one}
	}
	list = slices.DeleteFunc(list, func(v string) bool { return !semver.IsValid("v"+v) || semver.Prerelease("v"+v) != "" })
	slices.SortFunc(list, Compare)
	return list, nil
}

// dist is what npm says of a package's file.
type dist struct {
	Integrity string // "sha512-" and base64, as W3C's Subresource Integrity has it
	Shasum    string // SHA-1 in hexadecimal digits, where a package is older than that
}

// verify returns an error if a file's content is not what npm says it is.
func (d dist) verify(file string) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	strong, weak := sha512.New(), sha1.New()
	if _, err := io.Copy(io.MultiWriter(strong, weak), f); err != nil {
		return err
	}
	got, want := hex.EncodeToString(weak.Sum(nil)), d.Shasum
	if sum, ok := strings.CutPrefix(d.Integrity, "sha512-"); ok {
		got, want = base64.StdEncoding.EncodeToString(strong.Sum(nil)), sum
	}
	if want == "" {
		return errors.New("npm states no checksum")
	}
	if got != want {
		return fmt.Errorf("its checksum is %s, and npm says %s: it was changed on the way, and is not used", got, want)
	}
	return nil
}

// fetch gets a version into a folder of its own, and moves that to where it belongs
// when all is there.
func (s *Store) fetch(ctx context.Context, f Family, r Release) (err error) {
	if err := os.MkdirAll(s.Dir, 0o777); err != nil {
		return err
	}
	if err := s.sweep(); err != nil {
		return err
	}
	temp, err := os.MkdirTemp(s.Dir, getting)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(temp)) }()
	s.logf("getting %s@%s: %s\n", r.Family, r.Version, f.Package)
	spec := f.Package + "@" + r.Version
	out, err := s.run(ctx, patience, "view", spec, "dist", "--json")
	if err != nil {
		return err
	}
	var d dist
	if err := json.Unmarshal(out, &d); err != nil {
		return fmt.Errorf("npm view %s: %w", spec, err)
	}
	// npm's own cache would have it a second time.
	out, err = s.run(ctx, download, "pack", spec, "--json", "--ignore-scripts", "--pack-destination", temp, "--cache", filepath.Join(temp, "npm"))
	if err != nil {
		return err
	}
	var packed []struct{ Filename string }
	if err := json.Unmarshal(out, &packed); err != nil || len(packed) != 1 {
		return fmt.Errorf("npm pack %s: printed %.100q", spec, out)
	}
	// Older versions of npm print a scope's package with a slash, and write it without.
	file := filepath.Join(temp, path.Base(strings.ReplaceAll(strings.TrimPrefix(packed[0].Filename, "@"), "/", "-")))
	if err := d.verify(file); err != nil {
		return err
	}
	whole := filepath.Join(temp, "whole")
	if err := extract(file, f.Binary, whole); err != nil {
		return err
	}
	if err := os.Rename(whole, s.folder(r)); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil // or another process was faster
}

// getting is what names of folders begin with that are not finished.
const getting = "getting-"

// sweep removes what killed processes have left: folders that are older than a
// download may take.
func (s *Store) sweep() error {
	left, err := filepath.Glob(filepath.Join(s.Dir, getting+"*"))
	if err != nil {
		return err
	}
	for _, dir := range left {
		if info, err := os.Stat(dir); err == nil && time.Since(info.ModTime()) > 2*(patience+download) {
			if err := os.RemoveAll(dir); err != nil {
				return err
			}
		}
	}
	return nil
}

// extract writes one file of a package, which is a program, into a folder at the same
// path.
func extract(file, name, folder string) (err error) {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	unzipped, err := gzip.NewReader(f)
	if err != nil {
		return err
	}
	for list := tar.NewReader(unzipped); ; {
		h, err := list.Next()
		if errors.Is(err, io.EOF) {
			return fmt.Errorf("the package has no %s", name)
		}
		if err != nil {
			return err
		}
		// npm's packages have all their files in one folder, whatever that is called.
		_, in, _ := strings.Cut(path.Clean(h.Name), "/")
		if in != name || h.Typeflag != tar.TypeReg {
			continue
		}
		if h.Size > largest {
			return fmt.Errorf("%s has %d MB", name, h.Size>>20)
		}
		return write(filepath.Join(folder, filepath.FromSlash(name)), list)
	}
}

// write writes a program.
func write(to string, content io.Reader) error {
	if err := os.MkdirAll(filepath.Dir(to), 0o777); err != nil {
		return err
	}
	f, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o777)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, content)
	if err == nil {
		err = f.Sync() // or a loss of power leaves an empty file under its final name
	}
	return errors.Join(err, f.Close())
}

// run runs npm and returns what it prints.
func (s *Store) run(ctx context.Context, limit time.Duration, args ...string) ([]byte, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("no answer in %v", limit))
	defer cancel()
	cmd := exec.CommandContext(ctx, cmp.Or(s.npm, "npm"), append(args, "--no-update-notifier", "--no-audit", "--no-fund", "--fetch-retries=1")...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	cmd.WaitDelay = time.Second // for what it has started
	err := cmd.Run()
	what := "npm " + strings.Join(args[:2], " ")
	switch {
	case err == nil:
		return stdout.Bytes(), nil
	case errors.Is(err, exec.ErrNotFound):
		return nil, errors.New("published versions come from npm, which is not installed: it comes with Node.js")
	case ctx.Err() != nil:
		return nil, fmt.Errorf("%s: %w", what, context.Cause(ctx))
	}
	// With --json npm tells what went wrong on standard output.
	var said struct {
		Error struct{ Code, Summary string }
	}
	if json.Unmarshal(stdout.Bytes(), &said) == nil && said.Error.Summary != "" {
		return nil, fmt.Errorf("%s: %s (%s)", what, said.Error.Summary, said.Error.Code)
	}
	first, _, _ := strings.Cut(strings.TrimSpace(stderr.String()), "\n")
	return nil, fmt.Errorf("%s: %w: %s", what, err, first)
}
