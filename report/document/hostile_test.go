package document_test

import (
	"regexp"
	"strings"
	"testing"
	"unicode"

	"promisebench/report/chart"
	"promisebench/report/document"
	"promisebench/report/document/documenttest"
	"promisebench/report/text"
)

// hostile returns texts that strangers may have put into names and reasons.
func hostile() []string {
	return []string{
		`<script>alert(1)</script>`, `a|b`, "`code`", "``<b>`<i>``", `</text></svg>`, `"quoted'&amp;`, `[x](javascript:y)`, `![x](y)`, "[`<b>`](https://x.y/<b>)",
		"[x](https://x.y/\"onclick=alert(1))", "b`](javascript:y/<`)", "\u202eevil\u202c", "\x00\x01\x1b[31mred\x7f", "\xff\xfe", "\ufeff", "\uffff", "\u2028", `../../etc/passwd`, "javascript:alert(1)", "//evil.example/x",
		`style="font-family:Liberation`, "日本語のエンジン", "e\u0301\u0301\u0301", `\`, "\\`<b>\\`", `-->`, `]]>`, `&#0;`, `$x$`, `@everyone`,
		strings.Repeat("x", 2_000), strings.Repeat("W", 300), "%d%s%!", `#`, `*_~`, "- a\n- b\n\n    c\n# d\n```\n<b>", "{{.}}", "\t\t\ta", "\r\n",
	}
}

// hostileDocument is a document with h wherever a text can be.
func hostileDocument(h string) *document.Document {
	table := func() *document.Table {
		t := &document.Table{Title: h, Columns: document.Cols(h, ">"+h, "key"), Notes: []string{h}, Key: 1}
		t.Columns[1].Wrap = true
		t.Add(document.Cell{Text: h, Class: document.Class(h), Link: h, Value: 1, Sortable: true, Marks: []int{t.Mark(h)}},
			document.Cell{Text: h, Link: text.RelativeLink(h)}, document.Text("key"))
		return t
	}
	drawn := timesChart("times", h)
	drawn.Subtitle, drawn.Intro, drawn.Caption = h, h, h
	rows := drawn.Body.(chart.Rows)
	rows.Groups[0].Title, rows.Groups[0].Rows[0].Label, rows.Groups[0].Rows[0].Marks[0].Name = h, h, h
	return &document.Document{
		Title: h, Lead: h, Warning: h, Markdown: h, Facts: []document.Fact{{h, h}}, Limits: document.Limits{TableCells: 1},
		Findings: []document.Finding{{Question: h, Hint: h, Answer: h + ".", Details: []string{h, h}, Table: table(), Chapter: h, Link: h}, {Question: h, Answer: "A", Chapter: "chapter", Link: h}},
		Chapters: []document.Chapter{{ID: "chapter", Title: h, Text: []string{h, h}, Tables: []*document.Table{table(), table()}, Charts: []*chart.Chart{drawn}}},
		Method:   document.Method{Title: h, Paragraphs: []document.Paragraph{{h, h}}, Biases: []string{h}},
	}
}

// harmless checks that a document does nothing but being read, whatever is in it.
func harmless(t testing.TB, d *document.Document) {
	t.Helper()
	documenttest.Page(t, d)
	for _, columns := range []int{40, 99} {
		written := textOf(t, d, columns)
		narrow(t, written, columns)
		printable(t, written)
	}
	markdown := markdownOf(t, d)
	printable(t, markdown)
	withoutCode := regexp.MustCompile("\\\\.|`[^`]+`").ReplaceAllString(markdown, "")
	if at := strings.IndexAny(strings.ReplaceAll(withoutCode, "<br>", ""), "<"); at >= 0 {
		t.Errorf("markup in Markdown: %.100q", withoutCode[at:])
	}
	if link := regexp.MustCompile(`\]\(([^)]*)\)`).FindAllStringSubmatch(withoutCode, -1); link != nil {
		for _, l := range link {
			if !strings.HasPrefix(l[1], "https://") && text.RelativeLink(l[1]) != l[1] && !strings.Contains(l[1], "%") {
				t.Errorf("a link in Markdown to %q", l[1])
			}
		}
	}
}

// printable checks that a terminal obeys nothing in a text.
func printable(t testing.TB, s string) {
	t.Helper()
	for _, c := range s {
		if c != '\n' && !unicode.IsPrint(c) {
			t.Errorf("%q in %.200q", c, s)
			return
		}
	}
}

func TestHostileIsText(t *testing.T) {
	page := documenttest.Page(t, hostileDocument(hostile()[0]))
	if !strings.Contains(page, "&lt;script&gt;alert(1)&lt;/script&gt;") {
		t.Error("the hostile name does not stand in the page as text")
	}
}

// Only what text.RelativeLink makes is a link.
func TestOwnLinks(t *testing.T) {
	for _, test := range []struct {
		link string
		ok   bool
	}{
		{"../2026-11-20-core/bench.txt", true}, {text.RelativeLink("javascript:alert(1)"), true}, {"a%20b/c", true},
		{"", false}, {"javascript:alert(1)", false}, {"//evil.example", false}, {"/etc/passwd", false}, {"https://evil.example", false}, {"a b", false}, {`a"b`, false}, {"a?b", false}, {"a#b", false},
	} {
		table := &document.Table{Columns: document.Cols("a")}
		table.Add(document.Cell{Text: "there", Link: test.link})
		d := &document.Document{Chapters: []document.Chapter{{ID: "c", Title: "C", Tables: []*document.Table{table}}}}
		page, markdown := documenttest.Page(t, d), markdownOf(t, d)
		if got := strings.Contains(page, ">there</a>"); got != test.ok {
			t.Errorf("%q is a link on the page: %v, want %v", test.link, got, test.ok)
		}
		if got := strings.Contains(markdown, "[there]("); got != test.ok {
			t.Errorf("%q is a link in Markdown: %v, want %v", test.link, got, test.ok)
		}
	}
}

// Code and links in paragraphs stay live, and nothing else does.
func TestInline(t *testing.T) {
	for _, test := range []struct{ text, html, markdown, plain string }{
		{"a `b` c", "a <code>b</code> c", "a `b` c", "a `b` c"},
		{"[a](https://b.c/d_e)", `<a href="https://b.c/d_e">a</a>`, "[a](https://b.c/d_e)", "a (https://b.c/d_e)"},
		{"[a](http://b.c) `d", "[a](http://b.c) `d", "\\[a\\](http://b.c) \\`d", "[a](http://b.c) `d"},
		{"*a* <b> `<i>`", "*a* &lt;b&gt; <code>&lt;i&gt;</code>", `\*a\* &lt;b&gt; ` + "`<i>`", "*a* <b> `<i>`"},
		{"[0.967, 1.01] (record)", "[0.967, 1.01] (record)", `\[0.967, 1.01\] (record)`, "[0.967, 1.01] (record)"},
	} {
		d := &document.Document{Chapters: []document.Chapter{{ID: "c", Title: "C", Text: []string{test.text}}}}
		if page := documenttest.Page(t, d); !strings.Contains(page, `<p class="text">`+test.html+"</p>") {
			t.Errorf("%q: the page lacks %q", test.text, test.html)
		}
		if got, want := markdownOf(t, d), "# \n\n## C\n\n"+test.markdown+"\n"; got != want {
			t.Errorf("%q: got %q, want %q", test.text, got, want)
		}
		if got, want := textOf(t, d, 80), "C\n\n"+test.plain+"\n"; got != want {
			t.Errorf("%q: got %q, want %q", test.text, got, want)
		}
	}
}

// FuzzDocument checks that whatever stands in a document gives a page that runs
// nothing but our script, Markdown without markup, and a text for any terminal.
func FuzzDocument(f *testing.F) {
	for _, h := range hostile() {
		f.Add(h)
	}
	f.Fuzz(func(t *testing.T, h string) { harmless(t, hostileDocument(h)) })
}
