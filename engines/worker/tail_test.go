package worker

import (
	"strings"
	"testing"
)

// What a process says first and last is kept, whatever the size of its writes.
func TestTail(t *testing.T) {
	long := strings.Repeat("x", 3*keptStderr)
	for _, c := range []struct {
		writes []string
		want   string
	}{
		{nil, ""},
		{[]string{"short\n"}, "short"},
		{[]string{"one ", "two ", "three"}, "one two three"},
		{[]string{"panic: out of order\n" + long + "\nexit status 2\n"}, ""},
		{[]string{"panic: out of order\n", long, "\nexit", " status 2\n"}, ""},
	} {
		var kept tail
		all := 0
		for _, w := range c.writes {
			n, err := kept.Write([]byte(w))
			if n != len(w) || err != nil {
				t.Fatal(n, err)
			}
			all += n
		}
		got := kept.String()
		if c.want == "" && all > 0 {
			if !strings.HasPrefix(got, "panic: out of order\nxxx") || !strings.HasSuffix(got, "xxx\nexit status 2") ||
				!strings.Contains(got, " bytes left out]") || len(got) > keptStderr+40 {
				t.Errorf("%d bytes kept of %d: %q", len(got), all, got)
			}
		} else if got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}
