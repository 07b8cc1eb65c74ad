package report

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"html"
	"html/template"
	"io"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// An inliner turns charts' SVG files into elements of a page.
//
// It knows the elements and attributes that our charts are made of and refuses
// all others, so whatever names a chart holds, no script, link or style gets
// into the page with it. Style attributes, which the page's policy forbids,
// become classes, each of which stands in the page once; lines that follow each
// other in one style become one path, and are written shortly. All this makes a
// chart smaller, by two thirds together.
type inliner struct {
	styles []string // declarations; the class of the first is s0
}

// sheet returns the rules of the classes.
func (in *inliner) sheet() string {
	var b strings.Builder
	for i, s := range in.styles {
		fmt.Fprintf(&b, ".s%d{%s}\n", i, s)
	}
	return b.String()
}

// class returns the class attribute for declarations, of which the inliner
// takes note.
func (in *inliner) class(style string) string {
	if style == "" {
		return ""
	}
	i := slices.Index(in.styles, style)
	if i < 0 {
		i = len(in.styles)
		in.styles = append(in.styles, style)
	}
	return fmt.Sprintf(` class="s%d"`, i)
}

// inline turns one file into an element.
func (in *inliner) inline(file []byte) (template.HTML, error) {
	var b strings.Builder
	// A path of lines that has not been written yet, because the next may join it.
	var lines, linesStyle string
	flush := func() {
		if lines != "" {
			fmt.Fprintf(&b, `<path%s d="%s"/>`, in.class(linesStyle), html.EscapeString(lines))
		}
		lines, linesStyle = "", ""
	}
	var open []string
	d := xml.NewDecoder(bytes.NewReader(file))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return "", err
		}
		switch token := token.(type) {
		case xml.StartElement:
			name := token.Name.Local
			known, ok := svgAttributes(name)
			if !ok {
				return "", fmt.Errorf("the page knows no <%s> in a chart; if it is harmless, add it to svgAttributes", name)
			}
			attributes, style, data := "", "", ""
			for _, a := range token.Attr {
				switch key := a.Name.Local; {
				case name == "svg" && !slices.Contains(known, key): // its size, font and name space are the page's
				case a.Name.Space != "":
					return "", fmt.Errorf("the page knows no attribute %s of another name space in a chart", key)
				case key == "style":
					if style, err = declarations(a.Value); err != nil {
						return "", err
					}
				case name == "path" && key == "d":
					data = shortLines(a.Value)
				case name == "text" && key == "transform" && a.Value == flipped:
				case key == "href" && !ownLink.MatchString(a.Value):
					return "", fmt.Errorf("%.100q in a chart is no link of ours", a.Value)
				case slices.Contains(known, key):
					attributes += fmt.Sprintf(` %s="%s"`, key, html.EscapeString(a.Value))
				default:
					return "", fmt.Errorf("the page knows no attribute %s of <%s> in a chart; if it is harmless, add it to svgAttributes", key, name)
				}
			}
			open = append(open, name)
			if name == "path" {
				if style != linesStyle || !strings.Contains(style, "fill:none;") || strings.Contains(style, "opacity") {
					flush()
				}
				lines, linesStyle = lines+data, style
				continue
			}
			flush()
			fmt.Fprintf(&b, "<%s%s%s>", name, in.class(style), attributes)
		case xml.EndElement:
			open = open[:len(open)-1]
			if token.Name.Local == "path" {
				continue
			}
			flush()
			fmt.Fprintf(&b, "</%s>", token.Name.Local)
		case xml.CharData:
			if len(open) > 0 && slices.Contains([]string{"text", "title", "desc"}, open[len(open)-1]) {
				b.WriteString(html.EscapeString(string(token)))
			}
		}
	}
	return template.HTML(b.String()), nil
}

// shortLines rewrites a path of straight lines with steps from point to point in
// place of the points, in tenths, which is an eighth of a pixel on most screens.
// Other paths stay as they are.
func shortLines(d string) string {
	var short []byte
	step := func(command byte, tenths ...int) {
		short = append(short, command)
		for i, v := range tenths {
			if i > 0 && v >= 0 {
				short = append(short, ',') // before a minus it can be done without
			}
			short = strconv.AppendFloat(short, float64(v)/10, 'f', -1, 64)
		}
	}
	var x, y, startX, startY int
	for rest := d; rest != ""; {
		command := rest[0]
		end := strings.IndexAny(rest[1:], "MLZAQC") + 1
		if end == 0 {
			end = len(rest)
		}
		point := rest[1:end]
		rest = rest[end:]
		if command == 'Z' && point == "" {
			step('Z')
			x, y = startX, startY
			continue
		}
		first, second, _ := strings.Cut(point, ",")
		newX, errX := strconv.ParseFloat(first, 64)
		newY, errY := strconv.ParseFloat(second, 64)
		if errX != nil || errY != nil || math.Abs(newX) > 1e6 || math.Abs(newY) > 1e6 {
			return d
		}
		oldX, oldY := x, y
		x, y = int(math.Round(newX*10)), int(math.Round(newY*10))
		switch {
		case command == 'M':
			startX, startY = x, y
			if len(short) == 0 {
				step('M', x, y) // paths are joined
			} else {
				step('m', x-oldX, y-oldY)
			}
		case command != 'L':
			return d
		case y == oldY:
			step('h', x-oldX)
		case x == oldX:
			step('v', y-oldY)
		default:
			step('l', x-oldX, y-oldY)
		}
	}
	return string(short)
}

// flipped is the transformation of every text in a chart, whose drawing stands
// on its head because gonum counts upwards. The page's style sheet has it, so
// any other is refused.
const flipped = "scale(1, -1)"

// svgAttributes returns the attributes, besides style, of an element of our
// charts that the page takes over.
func svgAttributes(element string) (attributes []string, ok bool) {
	switch element {
	case "svg":
		return []string{"viewBox", "role", "aria-labelledby"}, true
	case "title", "desc":
		return []string{"id"}, true
	case "g":
		return []string{"transform"}, true
	case "path":
		return []string{"d"}, true
	case "text":
		return []string{"x", "y"}, true
	case "a":
		return []string{"href", "tabindex"}, true
	case "circle":
		return []string{"cx", "cy", "r"}, true
	}
	return nil, false
}

// ownLink matches what relativeLink makes: a path from where the page is, which
// cannot be a scheme, another host, or a script.
var ownLink = regexp.MustCompile(`^[A-Za-z0-9%._~-][A-Za-z0-9%._~/-]*$`)

// svgValue matches the values of the styles of our charts: colours, numbers and
// names of fonts, and nothing that could fetch or run something.
var svgValue = regexp.MustCompile(`^[#A-Za-z0-9., -]+$`)

// declarations checks the content of a style attribute and returns it in one
// way of writing.
func declarations(style string) (string, error) {
	var b strings.Builder
	for property := range strings.SplitSeq(style, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(property), ":")
		switch name {
		case "":
		case "fill", "fill-opacity", "stroke", "stroke-opacity", "stroke-width", "stroke-dasharray", "stroke-dashoffset",
			"font-family", "font-size", "font-style", "font-variant", "font-weight":
			value = strings.TrimSpace(value)
			if !svgValue.MatchString(value) {
				return "", fmt.Errorf("%s: %q in a chart is no colour, number or name", name, value)
			}
			if colour, ok := strings.CutPrefix(value, "#"); ok {
				// The style sheet may have another colour for dark screens.
				value = "var(--c" + colour + "," + value + ")"
			}
			b.WriteString(name + ":" + value + ";")
		default:
			return "", fmt.Errorf("the page knows no style %q in a chart; if it is harmless, add it to declarations", name)
		}
	}
	return b.String(), nil
}
