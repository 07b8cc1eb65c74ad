// Package method explains how numbers come about and what to be careful about.
// What people read on GitHub is what reports quote: METHODOLOGY.md and BIAS.md are
// the only source. A [Term] is a heading there; its explanation is the first
// paragraph below it, and what follows that (numbers, commands, links within the
// repository) is for readers of the file only.
//
// Rooms of the report name the terms that their results need:
//
//	d.Method.Paragraphs = method.Paragraphs(method.Styles, method.Samples)
//	d.Method.Biases = method.Biases(method.SettledSteps)
//
// What depends on the results stands in paragraphs of its own ([Rounds] or
// [NoRounds]), or is appended to a paragraph by the room that knows it, such as
// the measured error of the emulation to [Emulated].
package method

import (
	_ "embed"
	"strings"

	"promisebench/report/document"
	"promisebench/report/text"
)

// A Term is a heading of METHODOLOGY.md, as text.Slug writes it.
type Term string

const (
	// What is measured.
	Styles      Term = "styles-and-operations"  // style, operation; settled steps: machinery, not I/O
	Samples     Term = "samples"                // a process's batches, checked
	Collections Term = "collections-of-garbage" // in the time, and none forced
	Quiet       Term = "a-quiet-core"           // where processes are measured, and why
	Window      Term = "operations-in-flight"   // the condition window
	Steady      Term = "steady-state"           // Node.js and other programs: processes, warm-up, not-steady
	Rounds      Term = "rounds"                 // interleaved, in random order
	NoRounds    Term = "no-rounds"              // not known to be side by side
	Ticks       Term = "ticks"                  // turns of the microtask queue, exact
	Input       Term = "input"                  // the format; what is not used
	Reproducing Term = "reproducing-this-page"  // this page comes from bench.txt alone

	// Await.
	AwaitModes   Term = "legacy-and-optimized-await" // three turns or one
	OwnAwait     Term = "the-engine-s-own-await"     // each engine as it comes
	Emulated     Term = "emulated-await"             // the rewrite; rooms append its measured error
	NoEmulation  Term = "no-emulation"               // nothing here is emulated
	SkippedTicks Term = "skipped-ticks"              // the Node 8 bug
	Proof        Term = "proof-of-the-await-mode"    // the order program
	Stated       Term = "await-modes-as-stated"      // not measured by promisebench

	// Servers.
	Servers  Term = "servers"             // process, layers, checked answers, CPUs
	Requests Term = "requests-per-second" // closed loop
	Latency  Term = "latency"             // open loop

	// Numbers.
	Medians     Term = "median-and-interval"            // 95% by order statistics, from 6 samples on
	PlusMinus   Term = "and-whiskers"                   // ± and whiskers
	Dots        Term = "dots"                           // samples in charts
	Ratios      Term = "ratios"                         // pseudomedian of ratios; faster, slower, inconclusive
	RoundPairs  Term = "pairs-of-samples"               // of ratios: pairs of one round
	TextPairs   Term = "pairs-in-the-order-of-the-text" // of ratios: drift does not cancel
	DeltaAndP   Term = "delta-and-p"                    // as benchstat prints them
	NoiseOfARun Term = "noise-within-a-run"             // intervals are about one run
	Columns     Term = "columns"                        // the article's figures
	Diamonds    Term = "diamonds"                       // the article's own values
	ArticleV8   Term = "versions-of-v8"                 // Node.js 11 stands in for V8 7.2

	// Base and head.
	Change       Term = "change"               // head against base, with interval
	Verdicts     Term = "four-verdicts"        // regressed, improved, unchanged, inconclusive
	ProcessPairs Term = "pairs-of-processes"   // paired measuring and its test
	Stopping     Term = "early-stopping"       // error spending, Holm, repeated intervals
	Unpaired     Term = "unpaired-results"     // the allowance
	Exact        Term = "exact-metrics"        // ticks and allocations
	Instructions Term = "instructions"         // counted; what they see
	Nulls        Term = "three-nulls"          // identical binaries, neutral changes, another day
	Rates        Term = "recorded-error-rates" // of the gate, on its own machine
	Layouts      Term = "random-layouts"       // the pair of layouts is what is replicated
	Builds       Term = "one-build-a-side"     // layout of a build, other machines
	NotCompared  Term = "not-compared"         // one side only, failures, exit codes

	// History.
	Points       Term = "points"           // medians; scatter between runs
	ChangePoints Term = "change-points"    // E-divisive
	ManySeries   Term = "many-series"      // false discovery rate
	ChangeSize   Term = "size-of-a-change" // Hodges-Lehmann, power
	GateRuns     Term = "runs-of-a-gate"   // heads and bases, windows of 100 runs

	// Checks.
	Probes Term = "probes" // small programs with one right output
)

// A Bias is a heading of BIAS.md, as text.Slug writes it.
type Bias string

const (
	// Workloads.
	SettledSteps  Bias = "settled-steps"
	CallbackQueue Bias = "callback-queue"
	Middleware    Bias = "middleware"
	Bluebird      Bias = "bluebird"
	InFlight      Bias = "in-flight"
	Authors       Bias = "authors"

	// Engines.
	Defaults    Bias = "defaults"
	GoHeap      Bias = "go-heap"
	EmulationV8 Bias = "emulation"

	// Processes.
	MemoryLayout  Bias = "memory-layout"
	SharedProcess Bias = "shared-process"
	Driver        Bias = "driver"

	// Servers.
	Routers      Bias = "routers-and-parsers"
	OneCPU       Bias = "one-cpu"
	GoHTTPServer Bias = "go-s-http-server"
)

//go:embed METHODOLOGY.md
var methodology string

//go:embed BIAS.md
var bias string

// Paragraphs returns the explanations of terms, in this order.
func Paragraphs(terms ...Term) []document.Paragraph {
	explained := parse(methodology)
	var list []document.Paragraph
	for _, t := range terms {
		if p, ok := explained[string(t)]; ok {
			list = append(list, p)
		}
	}
	return list
}

// Biases returns what there is to say about biases, in this order.
func Biases(biases ...Bias) []string {
	known := parse(bias)
	var list []string
	for _, b := range biases {
		if p, ok := known[string(b)]; ok {
			list = append(list, p.Text)
		}
	}
	return list
}

// parse returns the first paragraphs below headings of the third level, by the
// slugs of these.
func parse(markdown string) map[string]document.Paragraph {
	found := make(map[string]document.Paragraph)
	term := ""
	for block := range strings.SplitSeq(markdown, "\n\n") {
		if strings.HasPrefix(block, "#") {
			term, _ = strings.CutPrefix(block, "### ")
			if strings.HasPrefix(term, "#") {
				term = "" // of another level
			}
			continue
		}
		if term != "" {
			found[text.Slug(term)] = document.Paragraph{Term: term, Text: strings.Join(strings.Fields(block), " ")}
			term = ""
		}
	}
	return found
}
