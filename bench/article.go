package bench

import (
	"slices"

	"promisebench/engines"
)

// ArticleWindow is the number of operations in flight, and in a batch, in the
// article "Faster async functions and promises".
const ArticleWindow = 10000

// Article returns the bars of the article's figures on the catalog's engines, each
// with the awaits that it comes with, and async functions with fewer operations in
// flight.
func (cat Catalog) Article() ([]Cell, error) {
	filter := Filter{Workloads: []string{"doxbee", "parallel"}, Styles: []string{"promise", "async", "async-transpiled"}}
	var cells []Cell
	for _, window := range []int{ArticleWindow, DefaultWindow} {
		if window != ArticleWindow {
			// The figures are of the article's window; this one is for ratios of
			// the versions and of the flag, and time is short.
			filter.Styles = []string{"async"}
		}
		own, err := cat.Cells(filter, Setup{Window: window})
		if err != nil {
			return nil, err
		}
		cells = append(cells, own...)
	}
	return slices.DeleteFunc(cells, func(c Cell) bool {
		source := c.AwaitSource()
		return c.Variant.Name != "" || source != engines.Native && source != engines.SkipsTicks
	}), nil
}
