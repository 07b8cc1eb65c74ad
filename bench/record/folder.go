// Package record keeps what was measured: each run has a folder with its text,
// which grows record by record, survives a kill and is completed later, and with
// what is drawn of it.
//
// [Open] opens a run to be written, [OpenText] a recorded one to be read, and
// [WriteFiles] puts a report beside it. The text is Go benchmark format; what it
// means is the business of package report, which this package does without.
package record

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/google/renameio/v2"
)

// Root holds recorded runs, one folder each.
const Root = "results"

// Files of a run's folder.
const (
	Text  = "bench.txt" // of a run
	Base  = "base.txt"  // of a gate: both sides
	Head  = "head.txt"
	Pairs = "pairs.txt"  // of a bisection or a ladder
	Page  = "index.html" // of a report or a comparison
)

// Folder returns a folder for what is made now, such as results/run-20261121-140000
// for the kind "run".
func Folder(kind string, now time.Time) string {
	return filepath.Join(Root, kind+"-"+now.Format("20060102-150405"))
}

// Latest returns the run without a name of its own whose text was written last.
// Runs that somebody gave a name to keep are left alone.
func Latest() (dir string, err error) {
	texts, err := filepath.Glob(filepath.Join(Root, "run-*", Text))
	if err != nil || len(texts) == 0 {
		return "", fmt.Errorf("no results in %s: 'promisebench run' (or 'make report') measures and records some", Root)
	}
	written := func(name string) int64 {
		info, err := os.Stat(name)
		if err != nil {
			return 0
		}
		return info.ModTime().UnixNano()
	}
	latest := slices.MaxFunc(texts, func(x, y string) int { return cmp.Compare(written(x), written(y)) })
	return filepath.Dir(latest), nil
}

// IsGate reports whether a folder has what a gate measured, and is no run that
// such files were put into.
func IsGate(dir string) bool {
	return has(dir, Base) && has(dir, Head) && !has(dir, Text)
}

// IsPairs reports whether a folder has the pairs of many versions, and is no run.
func IsPairs(dir string) bool { return has(dir, Pairs) && !has(dir, Text) }

func has(dir, name string) bool {
	_, err := os.Stat(filepath.Join(dir, name))
	return err == nil
}

// IsResults reports whether a text that a user gave is the path of a file, or of a folder
// with results in it; "." is none, which stands for the working tree.
func IsResults(text string) bool {
	info, err := os.Stat(text)
	if err != nil || text == "." {
		return false
	}
	_, err = os.Stat(filepath.Join(text, Text))
	return !info.IsDir() || err == nil
}

// OpenText opens benchmark text to be read: that of a run's folder, a file, or
// stdin if name is "-". path says which it is. It is an error if name is the folder of
// a gate, which has two texts, or does not exist.
func OpenText(name string, stdin io.Reader) (path string, text io.ReadCloser, err error) {
	if name == "-" {
		return "standard input", io.NopCloser(stdin), nil
	}
	path = name
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		if IsGate(name) {
			return path, nil, fmt.Errorf("%s is the folder of a gate, which has two sides: name %s or %s in it", name, Base, Head)
		}
		path = filepath.Join(name, Text)
	}
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return path, nil, fmt.Errorf("%w; 'promisebench run --out %s' measures and records results there", err, name)
	}
	return path, file, err
}

// CreateSides creates the files of what a gate measures, in its folder. It is an error
// if there are some already, which says what to do.
func CreateSides(dir string) (base, head *os.File, err error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, nil, err
	}
	create := func(name string) (*os.File, error) {
		name = filepath.Join(dir, name)
		file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		if errors.Is(err, fs.ErrExist) {
			err = fmt.Errorf("%s is there already: choose another --out, or judge it again with 'promisebench gate merge %s'", name, dir)
		}
		return file, err
	}
	if base, err = create(Base); err != nil {
		return nil, nil, err
	}
	if head, err = create(Head); err != nil {
		base.Close()
		return nil, nil, err
	}
	return base, head, nil
}

// A File is a file to be written.
type File struct {
	Name  string // in its folder
	Write func(io.Writer) error
}

// WriteFiles writes files into a folder, one after the other, up to the first
// that fails, and makes the folder if need be.
func WriteFiles(dir string, files []File) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	for _, f := range files {
		if err := WriteFile(filepath.Join(dir, f.Name), f.Write); err != nil {
			return err
		}
	}
	return nil
}

// WriteFile writes a file whole or not at all. The error is write's, or the system's.
func WriteFile(name string, write func(io.Writer) error) error {
	// In the same folder: one for temporary files may be on another disk.
	file, err := renameio.NewPendingFile(name, renameio.WithTempDir(filepath.Dir(name)), renameio.WithStaticPermissions(0o644))
	if err != nil {
		return err
	}
	defer file.Cleanup() // of what is not there any more when all went well
	if err := write(file); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return file.CloseAtomicallyReplace()
}
