package report

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/image/font"
	"gonum.org/v1/plot/vg"

	"promisebench/report/gate"
	"promisebench/report/theme"
)

// A textBox is where a text of a chart is drawn, in points from the top left.
type textBox struct {
	text           string
	x0, y0, x1, y1 float64
}

// textBoxes measures the texts of a chart with the metrics that they were
// placed with, which are those of Arial and Helvetica as well.
func textBoxes(t testing.TB, svg string) (boxes []textBox, width, height float64) {
	t.Helper()
	number := func(s string) float64 {
		v, err := strconv.ParseFloat(s, 64)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	var current *textBox
	size, weight := 0.0, font.WeightNormal
	for d := xml.NewDecoder(strings.NewReader(svg)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return boxes, width, height
		}
		if err != nil {
			t.Fatal(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			attr := make(map[string]string)
			for _, a := range token.Attr {
				attr[a.Name.Local] = a.Value
			}
			switch token.Name.Local {
			case "svg":
				width, height = number(attr["width"]), number(attr["height"])
			case "text":
				if attr["transform"] != flipped {
					t.Errorf("a text is transformed by %q", attr["transform"])
				}
				size, weight = 0, font.WeightNormal
				for property := range strings.SplitSeq(attr["style"], ";") {
					name, value, _ := strings.Cut(property, ":")
					switch {
					case name == "font-size":
						size = number(strings.TrimSuffix(value, "px"))
					case name == "font-weight" && value == "bold":
						weight = font.WeightBold
					}
				}
				y := height + number(attr["y"])
				current = &textBox{x0: number(attr["x"]), y0: y - 0.72*size, y1: y + 0.21*size}
			}
		case xml.CharData:
			if current != nil {
				current.text += string(token)
			}
		case xml.EndElement:
			if current != nil {
				pen := theme.NewPen(vg.Length(size), weight, theme.Ink())
				current.x1 = current.x0 + pen.Face.Width(current.text).Points()
				boxes = append(boxes, *current)
				current = nil
			}
		}
	}
}

// checkLabels checks that the texts of a chart can be read: none overlaps
// another or leaves the chart, and each row or column has its label, whole or
// shortened by an ellipsis so that it is still told from those beside it.
func checkLabels(t *testing.T, c Chart) {
	t.Helper()
	var drawn strings.Builder
	if err := c.WriteSVG(&drawn); err != nil {
		t.Fatal(err)
	}
	boxes, width, height := textBoxes(t, drawn.String())
	for i, a := range boxes {
		if a.x0 < 0 || a.y0 < 0 || a.x1 > width || a.y1 > height {
			t.Errorf("%s: %q leaves the chart of %.0f x %.0f: %+v", c.ID, a.text, width, height, a)
		}
		for _, b := range boxes[:i] {
			const touch = 0.05 // of a point, by rounding
			if a.x0 < b.x1-touch && b.x0 < a.x1-touch && a.y0 < b.y1-touch && b.y0 < a.y1-touch {
				t.Errorf("%s: %q lies over %q: %+v, %+v", c.ID, a.text, b.text, a, b)
			}
		}
	}
	for _, group := range labelsOf(c) {
		said := make(map[string]string) // by text, the label that it stands for
		for _, label := range group {
			shown := ""
			for _, b := range boxes {
				if b.text == label || said[b.text] == "" && shortens(b.text, label) {
					shown = b.text
				}
			}
			if shown == "" {
				t.Errorf("%s: %q is not there, or cannot be told from another", c.ID, label)
			}
			said[shown] = label
		}
	}
	if t.Failed() {
		t.FailNow() // one chart is enough to see
	}
}

// shortens reports whether ellipses stand in text for parts of a label, and not
// for most of it.
func shortens(text, label string) bool {
	pieces := strings.Split(text, "…")
	if len(pieces) == 1 || len(text) < len(label)/2 || !strings.HasSuffix(label, pieces[len(pieces)-1]) {
		return false
	}
	for i, piece := range pieces {
		at := strings.Index(label, piece)
		if at < 0 || i == 0 && at > 0 {
			return false
		}
		label = label[at+len(piece):]
		if i == len(pieces)-2 {
			return strings.HasSuffix(label, pieces[i+1])
		}
	}
	return false
}

// labelsOf returns what the rows or columns of a chart are called, by group.
func labelsOf(c Chart) [][]string {
	var all [][]string
	body, _ := c.body.fitting()
	switch b := body.(type) {
	case rowsBody:
		for _, g := range b.groups {
			var labels []string
			for _, r := range g.rows {
				labels = append(labels, r.label)
			}
			all = append(all, labels)
		}
	case historyBody:
		for _, g := range b.groups {
			for _, p := range g.panels {
				all = append(all, p.label)
			}
		}
	case linesBody:
		for _, p := range b.panels {
			var labels []string
			for _, l := range p.lines {
				labels = append(labels, l.label)
			}
			all = append(all, labels)
		}
	case columnsBody:
		for _, g := range b.groups {
			var labels []string
			for _, c := range g.columns {
				labels = append(labels, c.labels[0])
			}
			all = append(all, labels)
		}
	}
	return all
}

// namesOf returns n names of a length, which differ at their ends, as versions do.
func namesOf(n, length int) []string {
	var names []string
	for i := range n {
		number := strconv.Itoa(i)
		if length < len(number) {
			number = string(rune('a' + i))
		}
		names = append(names, strings.Repeat("engine.of.a.name.that.is.rather.long.and.x", 2)[:length-len(number)]+number)
	}
	return names
}

func TestLabels(t *testing.T) {
	for _, n := range []int{1, 2, 3, 5, 8, 12, 16} {
		for _, length := range []int{1, 9, 40} {
			names := namesOf(n, length)
			t.Run(fmt.Sprintf("%d names of %d", n, length), func(t *testing.T) {
				for _, kind := range []fixture{
					{rounds: 6, spread: 1},   // bars
					{rounds: 3, spread: 3e7}, // wide log axis, no intervals
					{rounds: 45, spread: 12}, // log axis, heaps
				} {
					kind.engines, kind.workloads, kind.styles = names, []string{"Doxbee", "W/" + strings.Repeat("x", length)}, allStyles
					kind.header = length%2 == 0
					if n > 3 {
						kind.rounds = 1
					}
					text := kind.text()
					text += "--- FAIL: BenchmarkDoxbee/style=promise/await=optimized/engine=" + names[0] + "x-2\n    why\n"
					text += "BenchmarkDoxbee/style=" + names[0] + "/await=" + names[0] + "/engine=" + names[0] + "-2 1 45000 ns/op\n"
					for _, c := range read(t, text).Charts() {
						checkLabels(t, c)
					}
				}
			})
			t.Run(fmt.Sprintf("%d servers of %d", n, length), func(t *testing.T) {
				var b strings.Builder
				for i := range 6 {
					for j, name := range names {
						for _, await := range []string{"", "/await=legacy", "/await=optimized"} {
							fmt.Fprintf(&b, "BenchmarkHTTP/framework=%s%s/engine=%s 1 %d req/s %d p50-ns %d p95-ns %d p99-ns\n", names[0], await, name,
								12000+1000*j+50*i, 100000+j, 150000+100*j, 200000+1000*j*j)
							fmt.Fprintf(&b, "BenchmarkHTTPSoak/framework=%s%s/engine=%s 1 %d req/s %d RSS-bytes %d elapsed-sec\n", names[0], await, name, 1200+i, 4<<20+100*j, 10*(i+1))
						}
					}
				}
				for _, c := range read(t, b.String()).Charts() {
					checkLabels(t, c)
				}
			})
			t.Run(fmt.Sprintf("gate of %d names of %d", n, length), func(t *testing.T) {
				var base, head []string
				for i, name := range names {
					b, h := pairsOf(uint64(i), strings.Replace(doxbeeName, "goja", name, 1), 0.02*float64(i%5), 9, 9+i%2)
					base, head = append(base, b...), append(head, h...)
				}
				j, err := judged(t, gate.Config{}, match(t, gateText{"x", "1/1", base}.String(), gateText{"x", "1/1", head}.String()))
				if err != nil {
					t.Fatal(err)
				}
				for _, c := range j.Charts() {
					checkLabels(t, c)
				}
			})
		}
		t.Run(fmt.Sprintf("figures of %d versions", n), func(t *testing.T) {
			rng := rand.New(rand.NewPCG(1, 2))
			for _, scale := range []float64{1, 1000, 1e6} {
				var b strings.Builder
				for v := 7; v < 7+n; v++ {
					fmt.Fprintf(&b, "engine-node%d: v%d.1.1 (V8 %d.%d.1)\n", v, v, v+5, v%10)
				}
				for range 6 {
					for v := 7; v < 7+n; v++ {
						for _, a := range article() {
							for _, await := range []string{legacy, optimized} {
								fmt.Fprintf(&b, "Benchmark%s/style=%s/await=%s/engine=node%d/window=10000 1 %f ns/op\n", a.workload, a.style, await, v,
									100*scale*(50+300*rng.Float64()))
							}
						}
						for _, a := range articleServers() {
							fmt.Fprintf(&b, "BenchmarkHTTP/framework=%s/engine=node%d 1 %f req/s\n", a.framework, v, scale*(5000+20000*rng.Float64()))
						}
					}
				}
				for _, c := range read(t, b.String()).Figures() {
					checkLabels(t, c)
				}
			}
		})
	}
}

// Who cannot see a chart is told its numbers: those that stand beside the marks
// are in the description.
func TestDescriptionsHoldTheNumbers(t *testing.T) {
	for _, r := range []*Results{readFile(t, "typical.txt"), readFile(t, "figures.txt"), read(t, httpText(8))} {
		for _, c := range append(r.Charts(), r.Figures()...) {
			var marks []mark
			switch b := c.body.(type) {
			case rowsBody:
				for m := range b.marks() {
					marks = append(marks, m)
				}
			case columnsBody:
				for _, g := range b.groups {
					for _, col := range g.columns {
						marks = append(marks, col.mark)
					}
				}
			}
			if len(marks) == 0 || len(marks) > 100 {
				t.Errorf("%s: %d marks", c.ID, len(marks))
			}
			for _, m := range marks {
				if number, _, _ := strings.Cut(m.text, " "); m.n > 0 && !strings.Contains(c.Description, number) {
					t.Errorf("%s: no %s in the description", c.ID, number)
				}
			}
		}
	}
}
