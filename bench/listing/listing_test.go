package listing_test

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"unicode/utf8"

	"promisebench/bench/listing"
	"promisebench/engines/all"
	"promisebench/engines/hosts"
	"promisebench/report/document"
	"promisebench/workloads"
)

// What is listed fits a terminal of 80 columns, and has every name.
func TestTables(t *testing.T) {
	tables := []*document.Table{listing.Engines(all.Engines()), listing.Styles()}
	var names []string
	for _, group := range workloads.Groups() {
		tables = append(tables, listing.Workloads(workloads.All(), group))
	}
	for _, w := range workloads.All() {
		names = append(names, w.Name)
	}
	for _, s := range workloads.Styles() {
		names = append(names, s.Name)
	}
	for _, e := range all.Engines() {
		names = append(names, e.Name())
	}
	var b strings.Builder
	for _, table := range tables {
		if err := table.WriteText(&b, 80); err != nil {
			t.Fatal(err)
		}
	}
	for line := range strings.Lines(b.String()) {
		if line = strings.TrimSuffix(line, "\n"); utf8.RuneCountInString(line) > 80 {
			t.Errorf("too wide: %q", line)
		}
	}
	for _, name := range names {
		if !strings.Contains(b.String(), "\n "+name+" ") {
			t.Errorf("no line for %s", name)
		}
	}
}

// A host that is missing says how to get it, one that is broken why.
func TestInstalled(t *testing.T) {
	table, missing := listing.Installed(t.Context(), all.Engines()[:1], []hosts.Installed{
		{Host: hosts.Host{Name: "npm", Package: "npm"}, Err: fmt.Errorf("not installed: %w", fs.ErrNotExist)},
		{Host: hosts.Host{Name: "shell", Debian: "libshell"}, Err: fmt.Errorf("not installed: %w", fs.ErrNotExist)},
		{Host: hosts.Host{Name: "broken", Debian: "x"}, Path: "/bin/x", Err: errors.New("prints no version")},
	})
	if missing != 3 {
		t.Errorf("%d are missing", missing)
	}
	for i, want := range []string{"embedded", "; make engines", "; apt-get install libshell", "prints no version"} {
		if where := table.Rows[i][4].Text; !strings.HasSuffix(where, want) {
			t.Errorf("%s: %q, want %q", table.Rows[i][0].Text, where, want)
		}
	}
}
