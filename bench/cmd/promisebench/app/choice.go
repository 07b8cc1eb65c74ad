package app

import (
	"regexp"

	"promisebench/bench"
	"promisebench/workloads"
)

// Choice are the flags for what is compared of builds.
type Choice struct {
	Engine   []string       `group:"What to measure" help:"With commits: the embedded engines to measure (default: goja)." default:"goja" placeholder:"NAME"`
	Workload []string       `group:"What to measure" help:"Workloads, or one variant as WORKLOAD/VARIANT, or a script of your own or a folder of them, such as ./my.js (default: doxbee, doxbee-errors, parallel, middleware)." placeholder:"NAME"`
	Style    []string       `group:"What to measure" help:"Styles (default: promise, async; with --workload, all that these have of them, or any if they are your own)." placeholder:"NAME"`
	Await    []string       `group:"What to measure" help:"Await modes (default: those that are native on both sides)." placeholder:"MODE"`
	Filter   *regexp.Regexp `group:"What to measure" help:"Only benchmarks whose name matches this regular expression." placeholder:"REGEXP"`
	Window   int            `group:"What to measure" help:"Operations in flight." default:"100"`
}

// Filtered returns the workloads that there are, with the user's own, which of them are
// chosen, and how the results of his own are known.
func (c *Choice) Filtered(a *App) (list []workloads.Workload, filter bench.Filter, custom []bench.Condition, err error) {
	catalog := a.Catalog
	filter = bench.Filter{Styles: c.Style, Awaits: c.Await, Match: c.Filter}
	if filter.Workloads, custom, err = a.Workloads(c.Workload, &catalog); err != nil {
		return nil, filter, nil, err
	}
	if len(filter.Workloads) == 0 {
		filter.Workloads = []string{"doxbee", "doxbee-errors", "parallel", "middleware"}
	}
	if len(filter.Styles) == 0 && len(custom) == 0 {
		filter.Styles = []string{"promise", "async"}
	}
	return catalog.Workloads, filter, custom, nil
}

// IsGOGC reports whether a text may be the value of that variable here.
func IsGOGC(text string) bool {
	return text == "off" || regexp.MustCompile(`^[1-9][0-9]{0,5}$`).MatchString(text)
}
