package text_test

import (
	"slices"
	"strings"
	"testing"

	"promisebench/report/text"
)

func TestNumbers(t *testing.T) {
	for _, test := range []struct{ got, want string }{
		{text.ThreeDigits(0.409), "0.409"}, {text.ThreeDigits(1), "1.00"}, {text.ThreeDigits(0.9996), "1.000"}, {text.ThreeDigits(12.34), "12.3"},
		{text.ThreeDigits(123.4), "123"}, {text.ThreeDigits(1234), "1234"}, {text.ThreeDigits(0.01234), "0.0123"}, {text.ThreeDigits(1e-9), "1e-09"}, {text.ThreeDigits(2e7), "2e+07"},
		{text.Percent(-0.26), "26%"}, {text.Percent(0.026), "2.6%"}, {text.Percent(0.0026), "0.26%"}, {text.Percent(0), "0%"}, {text.Percent(0.00001), "0.001%"},
		{text.Change(0.73), "-27%"}, {text.Change(1.5), "+50%"}, {text.ShortChange(1.5), "+50"},
		{text.ChangeTenths(0.74), "-26.0%"}, {text.ChangeHundredths(1.0102), "+1.02%"}, {text.ChangeHundredths(0.99999), "0.00%"},
		{text.PValue(1), "1"}, {text.PValue(0.00001), "<0.0001"}, {text.PValue(0.0123), "0.0123"},
		{text.Time(20e-6), "20 µs"}, {text.Time(1e-3), "1 ms"},
		{text.Version("v0.0.0-20260917113740-793a2a65c13b", 40), "2026-09-17 793a2a6"},
		{text.Version("github.com/dop251/goja v0.0.0-20260917113740-793a2a65c13b", 80), "github.com/dop251/goja 2026-09-17 793a2a6"},
		{text.Version("v1.2.3-0.20260917113740-793a2a65c13b", 40), "2026-09-17 793a2a6"},
		{text.Version("v24.21.0 (V8 13.6.233.17)", 40), "v24.21.0 (V8 13.6.233.17)"},
		{text.Letters(0), "A"}, {text.Letters(25), "Z"}, {text.Letters(26), "AA"}, {text.Letters(701), "ZZ"},
		{text.Count(1, "sample"), "1 sample"}, {text.Count(0, "sample"), "0 samples"}, {text.Range(6, 9), "6 to 9"}, {text.Range(9, 9), "9"},
		{text.Kebab("HTTPServer2Go"), "http-server2-go"}, {text.Slug("Doxbee (present, window=1)"), "doxbee-present-window-1"}, {text.Slug("日本"), "x"},
		{text.Clip("a\x1b[31m\u202eb", 10), "a\ufffd[31m\ufffdb"}, {text.Clip(strings.Repeat("x", 1000), 5), "xxxx…"},
		{text.RelativeLink("a b/../javascript:x?y#z"), "a%20b/../javascript%3Ax%3Fy%23z"},
	} {
		if test.got != test.want {
			t.Errorf("got %q, want %q", test.got, test.want)
		}
	}
}

func TestWrap(t *testing.T) {
	for _, test := range []struct {
		text  string
		width int
		want  []string
	}{
		{"", 10, []string{""}},
		{"one two  three", 7, []string{"one two", "three"}},
		{"one\ntwo", 7, []string{"one", "two"}},
		{"abcdefghij kl", 4, []string{"abcd", "efgh", "ij", "kl"}},
		{"a abcdefgh", 4, []string{"a", "abcd", "efgh"}},
		{"\u0301 abc def", 4, []string{"\u0301 abc", "def"}},
		{"日本語のエンジン", 6, []string{"日本語", "のエン", "ジン"}},
	} {
		if got := text.Wrap(test.text, test.width); !slices.Equal(got, test.want) {
			t.Errorf("%q at %d: got %q, want %q", test.text, test.width, got, test.want)
		}
	}
}

// Whatever is wrapped, no line is too wide and nothing but space is lost.
func FuzzWrap(f *testing.F) {
	f.Add("one two three", 5)
	f.Add("日本語 e\u0301\u0301", 1)
	f.Fuzz(func(t *testing.T, s string, width int) {
		s, width = text.Clean(s), 2+(width&63) // some characters are two columns wide
		lines := text.Wrap(s, width)
		for _, line := range lines {
			if text.Width(line) > width {
				t.Errorf("%q is wider than %d", line, width)
			}
		}
		squeeze := func(s string) string { return strings.Join(strings.Fields(s), "") }
		if got, want := squeeze(strings.Join(lines, " ")), squeeze(s); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}
