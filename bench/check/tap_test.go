package check

import "testing"

func TestTAPEscape(t *testing.T) {
	for in, want := range map[string]string{
		"plain":             "plain",
		"a # TODO b":        `a \# TODO b`,
		`a \# b`:            `a \\\# b`,
		"two\nlines\r\n\t.": "two lines   .",
		"\x1b[1mé\x00":      "\ufffd[1mé\ufffd",
		" \xff ":            "\ufffd",
	} {
		if got := tapEscape(in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}
