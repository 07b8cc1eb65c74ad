package gate

import (
	"strings"
	"testing"
)

func TestPart(t *testing.T) {
	all := []string{"v0.1.0", "v0.2.0", "v0.10.0"}
	for _, c := range []struct{ from, to, want string }{
		{"", "", "v0.1.0 v0.2.0 v0.10.0"},
		{"v0.2.0", "", "v0.2.0 v0.10.0"},
		{"v0.1.0", "v0.2.0", "v0.1.0 v0.2.0"},
		{"v0.2.0", "v0.2.0", "are the same version"},
		{"v0.10.0", "v0.2.0", "v0.10.0 is newer than v0.2.0"},
		{"v0.3.0", "", "v0.3.0 is no published version: there are v0.1.0, "},
		{"", "v0.1.0", "are the same version"},
	} {
		list, err := part(all, c.from, c.to)
		if got := strings.Join(list, " "); err == nil && got != c.want || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q to %q: %s, %v; want %s", c.from, c.to, got, err, c.want)
		}
	}
}
