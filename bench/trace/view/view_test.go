package view_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/clipperhouse/displaywidth"

	"promisebench/bench/trace"
	"promisebench/bench/trace/view"
	"promisebench/engines"
	"promisebench/engines/all"
	"promisebench/engines/enginetest"
)

var update = flag.Bool("update", false, "rewrite the golden files in testdata")

const npm = "../../../engines/hosts/npm"

func parse(t *testing.T, name, source string) trace.Snippet {
	t.Helper()
	s, err := trace.Parse(name, source)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func file(t *testing.T, name string) trace.Snippet {
	t.Helper()
	source, err := os.ReadFile(filepath.Join("..", "testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return parse(t, name, string(source))
}

// run traces a snippet in the modes that e has.
func run(t *testing.T, s trace.Snippet, e engines.Engine) []trace.Timeline {
	t.Helper()
	var list []trace.Timeline
	for _, mode := range engines.AwaitModes() {
		line, err := s.Run(t.Context(), e, mode)
		if errors.Is(err, errors.ErrUnsupported) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, line)
	}
	return list
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (make it with go test ./bench/trace/view -update)", err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs (go test ./bench/trace/view -update, then look at git diff); got\n%s", path, got)
	}
}

// The programs that are worth explaining, as they are shown.
func TestGolden(t *testing.T) {
	goja := all.Engines()[0]
	for _, c := range []struct {
		file, engine string
		svg          bool
	}{
		{"order.js", "goja", true}, // of the article
		{"order.js", "node8", true},
		{"order.js", "node11", false}, // native in both modes
		{"return.js", "goja", true},   // return p, return await p, return 42
		{"return.js", "node8", false},
		{"values.js", "goja", true}, // a plain value, a promise, thenables
		{"rejected.js", "goja", false},
		{"hostile.js", "goja", false}, // large: looked at, and checked for being XML
	} {
		t.Run(c.file+"/"+c.engine, func(t *testing.T) {
			e := goja
			if c.engine != "goja" {
				e = enginetest.Host(t, npm, c.engine)
			}
			lines := run(t, file(t, c.file), e)
			for i := range lines {
				lines[i].Version = "VERSION" // the files outlive one
			}
			name := strings.TrimSuffix(c.file, ".js") + "." + c.engine
			var text, again, svg bytes.Buffer
			if err := errors.Join(view.WriteText(&text, 80, lines...), view.WriteText(&again, 80, lines...), view.WriteSVG(&svg, lines...)); err != nil {
				t.Fatal(err)
			}
			if text.String() != again.String() {
				t.Error("the same timelines give other text")
			}
			for line := range strings.Lines(text.String()) {
				if w := displaywidth.String(strings.TrimSuffix(line, "\n")); w > 80 {
					t.Errorf("%d columns: %s", w, line)
				}
			}
			golden(t, name+".txt", text.Bytes())
			wellFormed(t, svg.Bytes())
			if c.svg {
				golden(t, name+".svg", svg.Bytes())
			}
		})
	}
}

// wellFormed checks that an SVG is XML with nothing in it but a drawing, and
// speaks to those who can't see it.
func wellFormed(t *testing.T, svg []byte) {
	t.Helper()
	seen := map[string]int{}
	for d := xml.NewDecoder(bytes.NewReader(svg)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("not XML: %v", err)
		}
		if start, ok := token.(xml.StartElement); ok {
			seen[start.Name.Local]++
		}
	}
	if seen["title"] != 1 || seen["desc"] != 1 || seen["script"] > 0 || !bytes.Contains(svg, []byte(`role="img"`)) {
		t.Errorf("elements %v", seen)
	}
}

// Too much is cut off, and said to be.
func TestLimits(t *testing.T) {
	lines := run(t, parse(t, "l.js", "for (let i = 0; i < 20000; i++) mark(i);"), all.Engines()[0])
	var text, svg bytes.Buffer
	if err := errors.Join(view.WriteText(&text, 80, lines...), view.WriteSVG(&svg, lines...)); err != nil {
		t.Fatal(err)
	}
	if !lines[0].Cut || !strings.Contains(text.String(), "more events") || !strings.Contains(svg.String(), "more events") || svg.Len() > 1<<20 {
		t.Errorf("%d bytes of SVG, cut %v", svg.Len(), lines[0].Cut)
	}
	if err := errors.Join(view.WriteText(&text, 80), view.WriteSVG(&svg)); err != nil {
		t.Errorf("nothing to show: %v", err)
	}
}
