// Package text writes words and numbers for readers: counts with their nouns,
// lists, ratios, percentages, and whatever a stranger named, made harmless.
//
// Everything that a report says passes through here, so that one thing is written
// in one way: "95%" without a space, three significant digits of a ratio, a "…"
// where something was cut.
package text

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/olekukonko/tablewriter/pkg/twwidth"
)

// Clean makes text from a stranger harmless to look at: control characters,
// which a terminal would obey and XML forbids, and invisible ones, such as
// those that turn the writing direction, are made visible as U+FFFD. Newlines
// stay.
func Clean(s string) string {
	return strings.Map(func(c rune) rune {
		switch {
		case c == '\n' || unicode.IsPrint(c):
			return c
		case unicode.IsSpace(c):
			return ' '
		}
		return unicode.ReplacementChar
	}, s)
}

// Clip cleans s and shortens it to at most n characters, n > 0.
func Clip(s string, n int) string {
	if len(s) > 4*n {
		s = s[:4*n] + " " // more than n characters anyway: spare cleaning all of it
	}
	runes := []rune(Clean(s))
	if len(runes) <= n {
		return string(runes)
	}
	return string(runes[:n-1]) + "…"
}

// Kebab turns CamelCase into kebab-case: DoxbeeErrors becomes doxbee-errors.
func Kebab(s string) string {
	var b strings.Builder
	runes := []rune(s)
	for i, c := range runes {
		if unicode.IsUpper(c) && i > 0 {
			prev := runes[i-1]
			// A new word begins after a small letter or digit, and at the last
			// capital of a run of them: HTTPServer is http-server.
			begins := unicode.IsLower(prev) || unicode.IsDigit(prev) ||
				unicode.IsUpper(prev) && i+1 < len(runes) && unicode.IsLower(runes[i+1])
			if begins {
				b.WriteByte('-')
			}
		}
		b.WriteRune(unicode.ToLower(c))
	}
	return b.String()
}

// Slug makes part of a file name or identifier of any text: [a-z0-9-]+, at most 60
// characters.
func Slug(s string) string {
	var b strings.Builder
	for _, c := range strings.ToLower(s) {
		switch {
		case b.Len() >= 60:
		case 'a' <= c && c <= 'z' || '0' <= c && c <= '9':
			b.WriteRune(c)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	if slug := strings.Trim(b.String(), "-"); slug != "" {
		return slug
	}
	return "x"
}

// RelativeLink makes an address of a path with slashes. Nothing but letters,
// digits, "-", "_", "." and "~" stays as it is, so that no name can be a scheme, a
// query or a fragment, or end an attribute.
func RelativeLink(name string) string {
	var b strings.Builder
	for i := range len(name) {
		switch c := name[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte("-_.~/", c) >= 0:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

var relativeLink = regexp.MustCompile(`^[A-Za-z0-9%._~-][A-Za-z0-9%._~/-]*$`)

// IsRelativeLink reports whether an address is one that RelativeLink makes of a path
// without a slash in front: one from where the page is, which cannot be a scheme,
// another host, or a script.
func IsRelativeLink(address string) bool { return relativeLink.MatchString(address) }

// Count writes n with its noun in the plural where that is right: "1 sample",
// "2 samples".
func Count(n int, noun string) string { return fmt.Sprintf("%d %s", n, Plural(n, noun)) }

// Plural returns the noun as it stands behind n. Series are series.
func Plural(n int, noun string) string {
	if n == 1 || strings.HasSuffix(noun, "series") {
		return noun
	}
	return noun + "s"
}

// Verb returns the first form if n is 1 and the second otherwise, such as "is" and
// "are".
func Verb(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// Range writes the range from least to most of something counted: "9", "6 to 9".
func Range(least, most int) string {
	if least == most {
		return fmt.Sprint(least)
	}
	return fmt.Sprintf("%d to %d", least, most)
}

// List joins names with commas, but not more of them than a reader will read.
func List(names []string) string {
	const most = 12
	if len(names) > most {
		return strings.Join(names[:most], ", ") + fmt.Sprintf(" and %d more", len(names)-most)
	}
	return strings.Join(names, ", ")
}

// Sentences joins what is to be read aloud: 100 numbers are more than anybody
// listens to.
func Sentences(said []string) string {
	more := ""
	if len(said) > 100 {
		more = fmt.Sprintf(" And %d more, in the tables.", len(said)-100)
		said = said[:100]
	}
	return strings.Join(said, "; ") + "." + more
}

// Joined joins the parts of a label that are not empty with " · ".
func Joined(parts ...string) string { return strings.Join(NotEmpty(parts...), " · ") }

// NotEmpty leaves out the empty ones of texts, in a new slice.
func NotEmpty(texts ...string) []string {
	return slices.DeleteFunc(slices.Clone(texts), func(s string) bool { return s == "" })
}

// InParentheses puts text behind a space into parentheses; nothing if it is empty.
func InParentheses(text string) string {
	if text == "" {
		return ""
	}
	return " (" + text + ")"
}

// Letters counts A, B … Z, AA, AB …, from n = 0.
func Letters(n int) string {
	if n < 26 {
		return string(rune('A' + n))
	}
	return Letters(n/26-1) + Letters(n%26)
}

// Width is the number of columns that s takes on a terminal. It does not depend on
// the locale of whoever runs this: the same results give the same bytes.
func Width(s string) int { return twwidth.WidthWithOptions(s, twwidth.Options{}) }

// Wrap breaks s into lines of at most width columns at spaces where it can, and
// within words that are wider than a line. Newlines in s stay; runs of other
// space become one. There is at least one line.
func Wrap(s string, width int) []string {
	var lines []string
	for part := range strings.SplitSeq(s, "\n") {
		lines = append(lines, wrapLine(part, max(1, width))...)
	}
	return lines
}

// wrapLine wraps a text without newlines. (muesli/reflow's wordwrap leaves words
// that are too wide as they are, and these come from strangers.)
func wrapLine(s string, width int) []string {
	lines := []string{""}
	column := 0
	for word := range strings.FieldsSeq(s) {
		w := Width(word)
		// A line may hold text that takes no column: combining characters only.
		if lines[len(lines)-1] != "" {
			if column+1+w <= width {
				lines[len(lines)-1] += " " + word
				column += 1 + w
				continue
			}
			lines = append(lines, "")
		}
		for w > width {
			head, tail := cut(word, width)
			lines[len(lines)-1] = head
			lines = append(lines, "")
			word, w = tail, Width(tail)
		}
		lines[len(lines)-1] = word
		column = w
	}
	return lines
}

// cut cuts a word after as many characters as fit a width, one at least.
func cut(word string, width int) (head, tail string) {
	column := 0
	for i, c := range word {
		w := Width(string(c))
		if i > 0 && column+w > width {
			return word[:i], word[i:]
		}
		column += w
	}
	return word, ""
}
