package chart_test

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/image/font"
	"gonum.org/v1/plot/vg"

	"promisebench/report/chart"
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
				if attr["transform"] != "" {
					t.Errorf("a text is transformed by %q", attr["transform"])
				}
				size, weight = number(strings.TrimSuffix(attr["font-size"], "px")), font.WeightNormal
				if attr["font-weight"] == "bold" {
					weight = font.WeightBold
				}
				y := number(attr["y"])
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
func checkLabels(t *testing.T, c *chart.Chart) {
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
			const touch = 0.1 // of a point: places are rounded to tenths
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
func labelsOf(c *chart.Chart) [][]string {
	var all [][]string
	switch b := c.Body.(type) {
	case chart.Rows:
		for _, g := range b.Groups {
			var labels []string
			for _, r := range g.Rows {
				labels = append(labels, r.Label)
			}
			all = append(all, labels)
		}
	case chart.Columns:
		for _, g := range b.Groups {
			var labels []string
			for _, col := range g.Columns {
				labels = append(labels, col.Labels[0])
			}
			all = append(all, labels)
		}
	case chart.Lines:
		for _, p := range b.Panels {
			var labels []string
			for _, l := range p.Lines {
				labels = append(labels, l.Label)
			}
			all = append(all, labels)
		}
	case chart.Trend:
		for _, g := range b.Groups {
			for _, p := range g.Panels {
				all = append(all, p.Label)
			}
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

// Labels never overlap, however many engines there are and whatever their names.
func TestLabels(t *testing.T) {
	for _, n := range []int{1, 2, 3, 5, 8, 12, 16} {
		for _, length := range []int{1, 9, 40} {
			t.Run(fmt.Sprintf("%d names of %d", n, length), func(t *testing.T) {
				for _, k := range []kind{
					{samples: 6, spread: 1},   // bars
					{samples: 3, spread: 3e7}, // wide log axis, no intervals
					{samples: 45, spread: 12}, // log axis, heaps
				} {
					k.names, k.words = namesOf(n, length), "W/"+strings.Repeat("x", length)
					list := []*chart.Chart{k.rows(false), k.rows(true), k.lines(), k.trend(1), k.trend(24)}
					if length == 1 { // the labels of columns are numbers
						list = append(list, k.columns(), k.trend(170))
					}
					for _, c := range list {
						checkLabels(t, c)
					}
				}
			})
		}
	}
}

// Labels of several parts keep all of them, and their ends.
func TestLabelsOfManyParts(t *testing.T) {
	k := typical()
	k.names = nil
	for _, name := range namesOf(8, 40) {
		k.names = append(k.names, "async-transpiled · "+name+" · legacy")
	}
	for _, c := range []*chart.Chart{k.rows(false), k.rows(true), k.lines(), k.trend(24)} {
		checkLabels(t, c)
	}
}
