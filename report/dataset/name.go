package dataset

import (
	"cmp"
	"slices"
	"strings"

	"golang.org/x/perf/benchfmt"

	"promisebench/report/text"
)

// A Key says which samples belong together. Two names that say the same in
// a different order have the same key.
type Key struct {
	Workload             string // base name and all keys but those below, as written
	Style, Await, Engine string
	Procs                string // "-2", "" if the name does not end so
}

// ParseName takes a benchmark name (without "Benchmark") apart. label is the
// workload's name for readers. If the name has no style or no engine, it is not of
// the matrix, and all of it is the workload.
func ParseName(name string) (key Key, label string, inMatrix bool) {
	base, parts := benchfmt.Name(name).Parts()
	raw := []string{string(base)}
	var extra []string
	for _, part := range parts {
		part := string(part)
		if strings.HasPrefix(part, "-") {
			key.Procs = part
			continue
		}
		k, v, _ := strings.Cut(strings.TrimPrefix(part, "/"), "=")
		switch {
		case k == "style" && key.Style == "":
			key.Style = v
		case k == "await" && key.Await == "":
			key.Await = v
		case k == "engine" && key.Engine == "":
			key.Engine = v
		default:
			raw = append(raw, part)
			if k == "variant" {
				extra = append(extra, v)
			} else {
				extra = append(extra, strings.TrimPrefix(part, "/"))
			}
		}
	}
	key.Workload = strings.Join(raw, "")
	if key.Style == "" || key.Engine == "" {
		return Key{Workload: name}, text.Clip(name, 100), false
	}
	label = text.Kebab(string(base))
	if len(extra) > 0 {
		label += " (" + strings.Join(extra, ", ") + ")"
	}
	return key, text.Clip(label, 80), true
}

// WithProcs adds GOMAXPROCS to a label.
func (k Key) WithProcs(label string) string {
	return label + " [gomaxprocs" + strings.Replace(k.Procs, "-", "=", 1) + "]"
}

// styleOrder is the order in which the styles came into the language, which is
// also the order in which readers want to compare them.
func styleOrder(style string) int {
	order := []string{"callback", "events", "thunk", "promise", "generator", "async", "async-transpiled", "for-await"}
	if i := slices.Index(order, style); i >= 0 {
		return i
	}
	return len(order)
}

// HasNoAwait reports whether programs of this style contain no await, so that
// an await mode means nothing to them.
func HasNoAwait(style string) bool {
	return slices.Contains([]string{"callback", "events", "thunk", "promise", "generator"}, style)
}

// TranspiledAway reports whether programs of this style had await and lost it
// before an engine saw them.
func TranspiledAway(style string) bool { return style == "async-transpiled" }

// Await modes. Default is what each version has without a flag.
const (
	Default   = "default"
	Legacy    = "legacy"
	Optimized = "optimized"
)

// awaitOrder puts the older mode first: it is the baseline.
func awaitOrder(mode string) int {
	switch mode {
	case Legacy:
		return 0
	case Optimized:
		return 1
	}
	return 2
}

// A Row is what one row of a table or chart is about: a cell without its engine.
type Row struct {
	Workload, Label, Style, Await string
}

// CompareRows sorts rows by label, style and await mode.
func CompareRows(a, b Row) int {
	return cmp.Or(
		cmp.Compare(a.Label, b.Label),
		cmp.Compare(a.Workload, b.Workload),
		cmp.Compare(styleOrder(a.Style), styleOrder(b.Style)),
		cmp.Compare(a.Style, b.Style),
		cmp.Compare(awaitOrder(a.Await), awaitOrder(b.Await)),
		cmp.Compare(a.Await, b.Await))
}

// A Place is where a cell stands in a table.
type Place struct {
	Row
	Engine string
}
