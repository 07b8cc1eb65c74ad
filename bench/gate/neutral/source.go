package neutral

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A source is a file of the package that gets functions.
type source struct {
	name  string
	text  []byte
	spots []int            // offsets at which declarations can be added, at least one
	added map[int][]string // declarations by their spot, each with its last newline
}

// parse reads the files of the package in folder dir that are built on this platform,
// but for those with cgo, which rewrites them.
func parse(dir string) ([]*source, error) {
	ctxt := build.Default
	ctxt.ReadDir = withoutTests
	pkg, err := ctxt.ImportDir(dir, 0)
	if err != nil {
		return nil, err
	}
	if len(pkg.GoFiles) == 0 {
		return nil, fmt.Errorf("%s has no Go files without cgo", dir)
	}
	if pkg.IsCommand() {
		return nil, fmt.Errorf("%s is a program, not a package that others import", filepath.Join(dir, pkg.GoFiles[0]))
	}
	var sources []*source
	for _, name := range pkg.GoFiles {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return nil, err
		}
		if !bytes.HasSuffix(text, []byte("\n")) {
			text = append(text, '\n')
		}
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, filepath.Join(dir, name), text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		sources = append(sources, &source{name, text, spots(files.File(file.Package), file, text), map[int][]string{}})
	}
	return sources, nil
}

// withoutTests lists a folder without the files that a copy lacks and that may be broken.
func withoutTests(dir string) ([]fs.FileInfo, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var infos []fs.FileInfo
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		info, err := e.Info()
		if err != nil {
			return nil, err
		}
		infos = append(infos, info)
	}
	return infos, nil
}

// spots returns where declarations can be added: at the file's end, and where a blank
// line follows a declaration. Between lines without a blank one gofmt aligns comments,
// and would have to be run.
func spots(lines *token.File, file *ast.File, text []byte) []int {
	spots := []int{len(text)}
	for _, d := range file.Decls {
		if d, ok := d.(*ast.GenDecl); ok && d.Tok == token.IMPORT {
			continue
		}
		end := lines.Offset(d.End())
		spot := end + bytes.IndexByte(text[end:], '\n') + 1
		if spot < len(text) && text[spot] == '\n' && !within(file, lines.Pos(spot)) {
			spots = append(spots, spot)
		}
	}
	return spots
}

// within reports whether a declaration or comment goes on at pos, the start of a line:
// one may begin on the line on which another ends.
func within(file *ast.File, pos token.Pos) bool {
	return slices.ContainsFunc(file.Decls, func(d ast.Decl) bool { return d.Pos() < pos && pos < d.End() }) ||
		slices.ContainsFunc(file.Comments, func(c *ast.CommentGroup) bool { return c.Pos() < pos && pos < c.End() })
}

// withAdded returns the text with all that was added.
func (s *source) withAdded() []byte {
	var text []byte
	from := 0
	for _, spot := range slices.Sorted(maps.Keys(s.added)) {
		text = append(text, s.text[from:spot]...)
		for _, declaration := range s.added[spot] {
			text = append(text, "\n"+declaration...)
		}
		from = spot
	}
	return append(text, s.text[from:]...)
}
