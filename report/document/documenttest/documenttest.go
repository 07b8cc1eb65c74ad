// Package documenttest checks the pages that package document writes: whatever a
// room of the report puts into a document, its page must run our script only, fetch
// nothing, and tell those who do not see it what it shows.
package documenttest

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"promisebench/report/document"
)

// Page returns d's page after checking all that must hold for every page.
func Page(t testing.TB, d *document.Document) string {
	t.Helper()
	var b bytes.Buffer
	if err := d.WriteHTML(&b); err != nil {
		t.Fatal(err)
	}
	CheckPage(t, b.String())
	return b.String()
}

// CheckPage checks that a page is HTML that runs nothing but what its policy names,
// and fetches nothing, and that what it refers to is there.
func CheckPage(t testing.TB, page string) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	c := checker{TB: t, ids: make(map[string]bool), texts: make(map[string][]string)}
	for n := range root.Descendants() {
		switch n.Type {
		case html.CommentNode:
			t.Errorf("a comment: %.100q", n.Data)
		case html.ElementNode:
			c.element(n)
		}
	}
	for _, id := range c.wanted {
		if !c.ids[id] {
			t.Errorf("something refers to %q, which is not there", id)
		}
	}
	if len(c.texts["script"]) != 1 || len(c.texts["style"]) != 1 {
		t.Fatalf("%d scripts and %d style sheets, want one of each", len(c.texts["script"]), len(c.texts["style"]))
	}
	want := "default-src 'none'; style-src " + hash(c.texts["style"][0]) + "; script-src " + hash(c.texts["script"][0]) +
		"; img-src data:; base-uri 'none'; form-action 'none'"
	if c.policy != want {
		t.Errorf("policy is %q\nwant %q", c.policy, want)
	}
	for _, bad := range []string{"\x00", "\x1b", "\u202e", "\ufeff", "\u2028", "\xff", "ZgotmplZ", "NaN</", "Inf</"} {
		if strings.Contains(page, bad) {
			t.Errorf("the page contains %q", bad)
		}
	}
}

func hash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// A checker remembers what it has seen of a page.
type checker struct {
	testing.TB
	ids    map[string]bool
	wanted []string            // ids that something refers to
	texts  map[string][]string // of scripts and style sheets
	policy string
}

// relative matches a path from where the page is, which cannot be a scheme, another
// host, or a script.
var relative = regexp.MustCompile(`^[A-Za-z0-9%._~-][A-Za-z0-9%._~/-]*$`)

func (c *checker) element(n *html.Node) {
	attr := make(map[string]string)
	for _, a := range n.Attr {
		attr[a.Key] = a.Val
		c.attribute(n, a)
	}
	switch n.Data {
	case "script", "style":
		text := ""
		if n.FirstChild != nil {
			text = n.FirstChild.Data
		}
		c.texts[n.Data] = append(c.texts[n.Data], text)
	case "iframe", "object", "embed", "img", "image", "form", "base", "foreignobject", "foreignObject", "use", "animate", "set", "video", "audio":
		c.Errorf("a <%s>", n.Data)
	case "meta":
		if strings.EqualFold(attr["http-equiv"], "Content-Security-Policy") {
			c.policy = attr["content"]
		} else if attr["http-equiv"] != "" {
			c.Errorf("<meta http-equiv=%q>", attr["http-equiv"])
		}
	case "th":
		if attr["scope"] == "" {
			c.Error("a <th> without scope")
		}
	case "svg":
		if attr["role"] != "img" || attr["aria-labelledby"] == "" {
			c.Error("a chart without role or name")
		}
	case "html":
		if attr["lang"] != "en" {
			c.Error("no language")
		}
	}
}

func (c *checker) attribute(n *html.Node, a html.Attribute) {
	switch key := strings.ToLower(a.Key); {
	case strings.HasPrefix(key, "on"), key == "style", key == "srcdoc", key == "action", key == "formaction", key == "xlink:href", key == "src":
		c.Errorf("<%s> has an attribute %s", n.Data, a.Key)
	case key == "id":
		if c.ids[a.Val] {
			c.Errorf("two elements have the id %q", a.Val)
		}
		c.ids[a.Val] = true
	case key == "href":
		known := strings.HasPrefix(a.Val, "#") || n.Data == "a" && (strings.HasPrefix(a.Val, "https://") || relative.MatchString(a.Val)) || a.Val == "data:,"
		if !known {
			c.Errorf("<%s> refers to %.100q", n.Data, a.Val)
		}
		if id, ok := strings.CutPrefix(a.Val, "#"); ok {
			c.wanted = append(c.wanted, id)
		}
	case key == "aria-labelledby":
		c.wanted = append(c.wanted, strings.Fields(a.Val)...)
	}
}

// WithoutLooks cuts from a page what is not data: style sheet, script, policy and the
// drawings, of which title and description stay. It is for golden files.
func WithoutLooks(page string) string {
	for _, cut := range []struct{ from, to string }{
		{`(?s)<style>.*?</style>`, "<style>…</style>"},
		{`(?s)<script>.*?</script>`, "<script>…</script>"},
		{`content="default-src[^"]*"`, `content="…"`},
		{`(?s)</desc>.*?</svg>`, "</desc>…</svg>"},
	} {
		page = regexp.MustCompile(cut.from).ReplaceAllLiteralString(page, cut.to)
	}
	return page
}
