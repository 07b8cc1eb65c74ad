package matrix

import (
	"slices"
	"strings"

	"promisebench/report/dataset"
	"promisebench/report/document"
	"promisebench/report/method"
	"promisebench/report/unit"
)

// Method explains how these results were measured, as far as they say that
// promisebench did.
func (r *Room) Method() []document.Paragraph {
	var terms []method.Term
	if r.results.Ours() {
		terms = append(terms, method.Styles, method.Samples)
		if strings.HasPrefix(r.results.Condition(dataset.Embedded), "a process each") {
			terms = append(terms, method.Collections)
		}
		if r.results.Condition(dataset.Placing) != "" {
			terms = append(terms, method.Quiet)
		}
		terms = append(terms, method.Window)
		if slices.Contains(r.matrix.Units(), unit.NotSteady) {
			terms = append(terms, method.Steady)
		}
	}
	if slices.Contains(r.matrix.Units(), unit.Ticks) {
		terms = append(terms, method.Ticks)
	}
	return method.Paragraphs(terms...)
}

// Biases are what to be careful about in these results.
func (r *Room) Biases() []method.Bias {
	list := []method.Bias{method.SettledSteps, method.CallbackQueue, method.InFlight, method.GoHeap}
	if r.modes.AnyEmulated() {
		list = append(list, method.EmulationV8)
	}
	return append(list, method.Driver)
}
