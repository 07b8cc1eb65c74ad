package document

import (
	"regexp"
	"strings"

	"promisebench/report/text"
)

// A span is a part of the text of a paragraph: code, a link, or plain text.
type span struct {
	Text string
	Link string // begins with https://
	Code bool
}

type spans []span

// markup is all that texts of paragraphs may hold. Everything else is literal.
var markup = regexp.MustCompile("`([^`]+)`" + `|\[([^\[\]]+)\]\((https://[^\s()<>"\\]+)\)`)

// inline finds code and links in the text of a paragraph.
func inline(s string) spans {
	s = strings.Join(strings.Fields(text.Clean(s)), " ")
	var list spans
	end := 0
	for _, at := range markup.FindAllStringSubmatchIndex(s, -1) {
		list = append(list, span{Text: s[end:at[0]]})
		if at[2] >= 0 {
			list = append(list, span{Text: s[at[2]:at[3]], Code: true})
		} else {
			list = append(list, span{Text: s[at[4]:at[5]], Link: s[at[6]:at[7]]})
		}
		end = at[1]
	}
	return append(list, span{Text: s[end:]})
}

// markdown writes the spans with all that is not theirs escaped.
func (list spans) markdown() string {
	var b strings.Builder
	for _, s := range list {
		switch {
		case s.Code:
			b.WriteString("`" + s.Text + "`")
		case s.Link != "":
			b.WriteString("[" + escape(s.Text) + "](" + s.Link + ")")
		default:
			b.WriteString(escape(s.Text))
		}
	}
	return b.String()
}

// plain writes the text of a paragraph for a terminal.
func plain(s string) string {
	var b strings.Builder
	for _, s := range inline(s) {
		switch {
		case s.Code:
			b.WriteString("`" + s.Text + "`")
		case s.Link != "":
			b.WriteString(s.Text + " (" + s.Link + ")")
		default:
			b.WriteString(s.Text)
		}
	}
	return b.String()
}

// Literal takes the markup from text that becomes part of a paragraph and is a
// stranger's: it makes neither code nor a link.
func Literal(s string) string {
	return strings.NewReplacer("`", "'", "](", "] (").Replace(s)
}
