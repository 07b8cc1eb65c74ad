package report

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"html"
	"html/template"
	"io"
	"regexp"
	"slices"
	"strings"
)

// inlineSVG turns a chart's SVG file into an element of a page. It knows the
// elements and attributes that our charts are made of and refuses all others,
// so whatever names the chart holds, no script, link or style gets into the
// page with it. A style attribute, which the page's policy forbids, becomes the
// presentation attributes that mean the same; lines that follow each other in
// one style become one path, which makes a chart a fifth smaller.
func inlineSVG(file []byte) (template.HTML, error) {
	var b strings.Builder
	// A path of lines that has not been written yet, because the next may join it.
	var lines, linesStyle string
	flush := func() {
		if lines != "" {
			fmt.Fprintf(&b, `<path d="%s"%s/>`, html.EscapeString(lines), linesStyle)
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
			attributes, data := "", ""
			for _, a := range token.Attr {
				switch {
				case a.Name.Space == "" && a.Name.Local == "style":
					style, err := presentation(name, a.Value)
					if err != nil {
						return "", err
					}
					attributes += style
				case a.Name.Space == "" && name == "path" && a.Name.Local == "d":
					data = a.Value
				case a.Name.Space == "" && slices.Contains(known, a.Name.Local):
					attributes += fmt.Sprintf(` %s="%s"`, a.Name.Local, html.EscapeString(a.Value))
				case name == "svg": // its size, font and name space are the page's
				default:
					return "", fmt.Errorf("the page knows no attribute %s of <%s> in a chart; if it is harmless, add it to svgAttributes", a.Name.Local, name)
				}
			}
			open = append(open, name)
			if name == "path" {
				if attributes != linesStyle || !strings.Contains(attributes, ` fill="none"`) || strings.Contains(attributes, "opacity") {
					flush()
				}
				lines, linesStyle = lines+data, attributes
				continue
			}
			flush()
			fmt.Fprintf(&b, "<%s%s>", name, attributes)
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
		return []string{"x", "y", "transform"}, true
	}
	return nil, false
}

// svgValue matches the values of the styles of our charts: colours, numbers and
// names of fonts, and nothing that could fetch or run something.
var svgValue = regexp.MustCompile(`^[#A-Za-z0-9., -]+$`)

// presentation turns the content of a style attribute into attributes.
func presentation(element, style string) (string, error) {
	if element == "svg" {
		return "", nil // how wide it may be is said by the page
	}
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
			fmt.Fprintf(&b, ` %s="%s"`, name, value)
		default:
			return "", fmt.Errorf("the page knows no style %q in a chart; if it is harmless, add it to presentation", name)
		}
	}
	return b.String(), nil
}
