package releases

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha512"
	"encoding/base64"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// A registry is what a client in npm's place has.
type registry struct {
	versions string // JSON
	content  string // of the program
	sum      string // in place of the right one
	fails    string // code with which all fails
}

// store returns a store whose npm is a script that knows one package.
func store(t *testing.T, r registry) *Store {
	t.Helper()
	dir := t.TempDir()
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	files := tar.NewWriter(z)
	for name, text := range map[string]string{"package/README.md": "read me", "package/bin/node": r.content} {
		if err := files.WriteHeader(&tar.Header{Name: name, Size: int64(len(text)), Mode: 0o644, Typeflag: tar.TypeReg}); err != nil {
			t.Fatal(err)
		}
		if _, err := files.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := files.Close(); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	sum := sha512.Sum512(zipped.Bytes())
	integrity := "sha512-" + base64.StdEncoding.EncodeToString(sum[:])
	if r.sum != "" {
		integrity = r.sum
	}
	for name, text := range map[string]string{
		"package.tgz": zipped.String(), "versions": r.versions, "dist": fmt.Sprintf(`{"integrity": %q}`, integrity),
		"npm": `#!/bin/sh
here=$(dirname "$0")
echo "$@" >> "$here/calls"
if [ -n "` + r.fails + `" ]; then
	echo '{"error": {"code": "` + r.fails + `", "summary": "it does not answer"}}'
	exit 1
fi
case "$1 $3" in
"view versions") cat "$here/versions";;
"view dist") cat "$here/dist";;
"pack --json") cp "$here/package.tgz" "$6/a.tgz"; echo '[{"filename": "a.tgz"}]';;
esac
`} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	return &Store{Dir: filepath.Join(dir, "kept"), Limit: 1 << 30, npm: filepath.Join(dir, "npm")}
}

// node is a family that every machine has, as far as these tests go.
func node() Family { return Family{"node", "node-test", "bin/node"} }

const published = `["0.9.0", "14.2.0", "14.21.3", "14.10.0", "15.0.0-rc.1", "16.0.0"]`

func TestGet(t *testing.T) {
	for version, want := range map[string]string{"14.21.3": "14.21.3", "14": "14.21.3", "14.2": "14.2.0", "16": "16.0.0"} {
		s := store(t, registry{versions: published, content: "a program"})
		r, err := s.Get(t.Context(), node(), version)
		if err != nil || r.Version != want {
			t.Fatalf("%s: %+v %v", version, r, err)
		}
		got, err := os.ReadFile(r.Path)
		if info, _ := os.Stat(r.Path); err != nil || string(got) != "a program" || info.Mode()&0o100 == 0 {
			t.Errorf("%s: %q %v", version, got, err)
		}
		if left, _ := filepath.Glob(filepath.Join(s.Dir, getting+"*")); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
		// The second time nobody is asked.
		if err := os.Remove(s.npm); err != nil {
			t.Fatal(err)
		}
		if r, err := s.Get(t.Context(), node(), want); err != nil || r.Version != want {
			t.Errorf("%s without npm: %v", want, err)
		}
		if r, err := s.Get(t.Context(), node(), version); err != nil || r.Version != want {
			t.Errorf("%s without npm: %v", version, err)
		}
	}
}

func TestGetRefuses(t *testing.T) {
	right := registry{versions: published, content: "a program"}
	for name, c := range map[string]struct {
		version string
		change  func(*registry)
		want    []string
	}{
		"unpublished":   {"14.21.4", nil, []string{"was not published", "node@14.21.3", "node@16.0.0", "promisebench versions node"}},
		"too old":       {"0.1", nil, []string{"node@0.9.0"}},
		"preview":       {"15.0.0-rc.1", nil, []string{"want a version"}},
		"a path":        {"../14", nil, []string{"want a version"}},
		"a flag":        {"--help", nil, []string{"want a version"}},
		"nothing":       {"", nil, []string{"want a version"}},
		"checksum":      {"14", func(r *registry) { r.sum = "sha512-AAAA" }, []string{"node@14.21.3", "checksum", "AAAA", "not used"}},
		"no checksum":   {"14", func(r *registry) { r.sum = "md5-1" }, []string{"no checksum"}},
		"no network":    {"14", func(r *registry) { r.fails = "ENOTFOUND" }, []string{"npm view", "it does not answer", "ENOTFOUND"}},
		"wrong answers": {"14", func(r *registry) { r.versions = "oops" }, []string{"npm view"}},
	} {
		t.Run(name, func(t *testing.T) {
			r := right
			if c.change != nil {
				c.change(&r)
			}
			s := store(t, r)
			_, err := s.Get(t.Context(), node(), c.version)
			for _, want := range c.want {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("%v, want %q", err, want)
				}
			}
			if kept, _ := filepath.Glob(filepath.Join(s.Dir, "*")); len(kept) > 0 {
				t.Errorf("left behind: %v", kept)
			}
		})
	}
}

// Without npm there is advice.
func TestNoNPM(t *testing.T) {
	s := &Store{Dir: t.TempDir(), npm: "no-such-program"}
	if _, err := s.Get(t.Context(), node(), "14"); err == nil || !strings.Contains(err.Error(), "not installed") {
		t.Error(err)
	}
}

// What was not used for longest goes first, and what is in use stays.
func TestPrune(t *testing.T) {
	s := store(t, registry{versions: published, content: strings.Repeat("x", 1000)})
	for i, v := range []string{"14.2.0", "14.10.0", "14.21.3", "16.0.0"} {
		r, err := s.Get(t.Context(), node(), v)
		if err != nil {
			t.Fatal(err)
		}
		when := time.Now().Add(time.Duration(i-10) * time.Hour)
		if err := os.Chtimes(s.folder(r), when, when); err != nil {
			t.Fatal(err)
		}
	}
	if removed, err := s.Prune(0); err == nil || !strings.Contains(err.Error(), LimitVariable) || len(removed) > 0 {
		t.Errorf("%v %v: removed what is in use", removed, err)
	}
	// Another process that holds nothing.
	release(t, s)
	removed, err := s.Prune(2500)
	var names []string
	for _, r := range removed {
		names = append(names, r.Version)
	}
	if err != nil || !slices.Equal(names, []string{"14.2.0", "14.10.0"}) {
		t.Errorf("removed %v: %v", names, err)
	}
	kept, err := s.Kept()
	if err != nil || len(kept) != 2 || kept[0].Version != "14.21.3" || kept[1].Version != "16.0.0" {
		t.Errorf("kept %v: %v", kept, err)
	}
}

// release lets go of all that this process holds in a store.
func release(t *testing.T, s *Store) {
	t.Helper()
	held.Range(func(folder, file any) bool {
		if strings.HasPrefix(folder.(string), s.Dir) {
			held.Delete(folder)
			if err := file.(*os.File).Close(); err != nil {
				t.Error(err)
			}
		}
		return true
	})
}

// Ctrl-C leaves nothing.
func TestInterrupt(t *testing.T) {
	s := store(t, registry{versions: published, content: "a program"})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Get(ctx, node(), "14.21.3"); err == nil {
		t.Error("no error")
	}
	if kept, _ := filepath.Glob(filepath.Join(s.Dir, "*")); len(kept) > 0 {
		t.Errorf("left behind: %v", kept)
	}
}

// The real npm has a real Node.js.
func TestRealNPM(t *testing.T) {
	if _, err := exec.LookPath("npm"); err != nil {
		t.Skip("npm is not installed")
	}
	if testing.Short() {
		t.Skip("it takes the network")
	}
	s := &Store{Dir: t.TempDir(), Limit: 1 << 30}
	family, version, ok := Cut("node@8.17.0")
	if !ok || family.Package == "" {
		t.Skip("npm has none for this machine")
	}
	r, err := s.Get(t.Context(), family, version)
	if err != nil && os.Getenv("CI") == "" {
		t.Skip("the registry can't be reached:", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(r.Path, "--version").Output()
	if err != nil || strings.TrimSpace(string(out)) != "v8.17.0" {
		t.Errorf("%s %v", out, err)
	}
}

func TestBetween(t *testing.T) {
	for _, c := range []struct{ from, to, want, err string }{
		{"14.2.0", "16", "14.2.0 14.10.0 14.21.3 16.0.0", ""},
		{"14.10", "14", "14.10.0 14.21.3", ""},
		{"14", "14.21.3", "", "are the same version"},
		{"16", "14", "", "node@16 is newer than node@14"},
		{"0.1", "14", "", "was not published"},
		{"14", "../16", "", "want a version"},
	} {
		got, err := store(t, registry{versions: published}).Between(t.Context(), node(), c.from, c.to)
		if c.err != "" {
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("%s to %s: %v, want %q", c.from, c.to, err, c.err)
			}
			continue
		}
		if err != nil || strings.Join(got, " ") != c.want {
			t.Errorf("%s to %s: %v, %v", c.from, c.to, got, err)
		}
	}
}
