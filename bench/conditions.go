package bench

import (
	"bufio"
	_ "embed"
	"fmt"
	"io/fs"
	"runtime"
	"runtime/metrics"
	"slices"
	"strconv"
	"strings"
	"time"

	"promisebench/bench/quiet"
	"promisebench/engines"
)

// A Condition is a fact about a run that stands in the header of its results.
// Keys are those of Go benchmark format: lower case, no spaces.
type Condition struct{ Key, Value string }

// Keys of conditions. Package report has rules for what a difference in each
// means; one that it does not know sets results apart.
const (
	// The machine, and the Go runtime that promisebench and embedded engines
	// run in.
	KeyGOOS       = "goos"
	KeyGOARCH     = "goarch"
	KeyCPU        = "cpu"   // the processor's name
	KeyCores      = "cores" // logical processors
	KeyOS         = "os"    // name and version of the distribution
	KeyGo         = "go"
	KeyGOMAXPROCS = "gomaxprocs"
	KeyGOGC       = "gogc"

	// What was measured.
	KeyCommit = "commit" // of promisebench
	// KeyEngine, KeyAwait, KeyFramework and KeyResults are followed by a name.
	KeyEngine    = "engine-"    // its version
	KeyAwait     = "await-"     // where each of the engine's await modes comes from
	KeyFramework = "framework-" // the version of a web framework
	KeyResults   = "results-"   // how the results of a user's own workload are known
	// KeyEmulationError is the error of the numbers with an emulated await.
	KeyEmulationError = "emulation-error"

	// How.
	KeyWindow   = "window" // operations in flight
	KeySample   = "sample" // what one is, in words
	KeySeed     = "seed"   // of the order within rounds
	KeyRounds   = "rounds" // how samples of different benchmarks take turns
	KeyUntil    = "until"  // how well benchmarks were to be known
	KeyEmbedded = "embedded"
	KeyPlace    = "place" // on which CPUs this process and the measured one are
	// KeyInstructions is how instructions were counted, if they were.
	KeyInstructions = "instructions"
	// Of HTTP servers. KeyPinned is yes if load and servers had CPUs of their
	// own, else no; KeyPinning is the same in words, and which CPUs.
	KeyPinned     = "pinned"
	KeyPinning    = "pinning"
	KeyClosedLoop = "closed-loop"
	KeyOpenLoop   = "open-loop"
	KeySoak       = "soak"

	// The run itself. Results of one run may differ in these two, if it was
	// resumed.
	KeyDate    = "date" // RFC 3339
	KeyCommand = "command"
)

// Interleaved is the value of [KeyRounds] that package plan makes true.
const Interleaved = "interleaved"

// A Header is what stands above all results. What is empty is left out.
type Header struct {
	Host   []Condition // see [Host]
	Commit string      // of promisebench
	// Own are the command's conditions: how it measures.
	Own []Condition
	// Engines are those that are measured; one may be there more than once.
	Engines []engines.Engine
	// Native says that no await is emulated, whatever the engines lack.
	Native  bool
	Date    time.Time
	Command []string // arguments, without the program's name
}

// Conditions returns the header's conditions in order, and each once.
func (h Header) Conditions() []Condition {
	list := slices.Clone(h.Host)
	add := func(key, value string) {
		if c := (Condition{key, value}); value != "" && !slices.Contains(list, c) {
			list = append(list, c)
		}
	}
	add(KeyCommit, h.Commit)
	for _, c := range h.Own {
		add(c.Key, c.Value)
	}
	emulated := false
	for _, e := range h.Engines {
		// Once here rather than in every name, where versions would keep
		// benchstat from pairing results.
		add(KeyEngine+e.Name(), e.Version())
		var modes []string
		for _, mode := range engines.AwaitModes() {
			modes = append(modes, fmt.Sprintf("%s=%s", mode, e.Await(mode)))
			emulated = emulated || e.Await(mode) == engines.Emulated
		}
		add(KeyAwait+e.Name(), strings.Join(modes, " "))
	}
	if emulated && !h.Native {
		record, text := EmulationError()
		add(KeyEmulationError, fmt.Sprintf("%s (%s)", text, record))
	}
	if !h.Date.IsZero() {
		add(KeyDate, h.Date.UTC().Format(time.RFC3339))
	}
	if len(h.Command) > 0 {
		add(KeyCommand, "promisebench "+strings.Join(h.Command, " "))
	}
	return list
}

// Conditions says how the meter measures cells.
func (m *Meter) Conditions(cells []Cell) []Condition {
	// One sentence for all engines of a run, whose header must be the same.
	sample := fmt.Sprintf("fastest %.0f%% of %d batches of %v in a process (compilers: of the steady state of %d; on Go's heap: without the collector)",
		100*kept, interpreted-warmupBatches, m.Time, compiled)
	if m.Batches > 0 {
		sample = fmt.Sprintf("first %d batches of %d operations", m.Batches, m.BatchOps)
	}
	var windows []string
	for _, c := range cells {
		if text := strconv.Itoa(c.Window); !slices.Contains(windows, text) {
			windows = append(windows, text)
		}
	}
	window := strings.Join(windows, ", ")
	if len(windows) > 1 {
		window += fmt.Sprintf(" (%d where the name has none)", DefaultWindow)
	}
	return []Condition{{KeyWindow, window}, {KeySample, sample}, {KeyPlace, quiet.Place()}}
}

// Host returns the conditions that the machine and the Go runtime set. root is
// the root of the file system, read for the names of processor and system.
func Host(root fs.FS) []Condition {
	return []Condition{
		{KeyGOOS, runtime.GOOS},
		{KeyGOARCH, runtime.GOARCH},
		{KeyCPU, firstField(root, "proc/cpuinfo", "model name", ":")},
		{KeyCores, strconv.Itoa(runtime.NumCPU())},
		{KeyOS, strings.Trim(firstField(root, "etc/os-release", "PRETTY_NAME", "="), `"`)},
		{KeyGo, runtime.Version()},
		{KeyGOMAXPROCS, strconv.Itoa(runtime.GOMAXPROCS(0))},
		{KeyGOGC, gogc()},
	}
}

// emulation is two lines: a recorded run, and what report says of the error of
// its emulation. TestEmulationErrorIsRecorded of the command compares and writes it:
//
//go:generate go test ./cmd/promisebench -run TestEmulationErrorIsRecorded -update
//go:embed emulation.txt
var emulation string

// EmulationError says in a sentence how much the emulated legacy await differs in
// time from the native one, emulated/native with 95% intervals, on the engine
// that has both: the article's flag in Node.js 11. record is the folder of the run
// that it is from.
func EmulationError() (record, text string) {
	record, text, _ = strings.Cut(strings.TrimSpace(emulation), "\n")
	return record, text
}

// firstField returns the value of the first line "key SEPARATOR value" of a file.
func firstField(root fs.FS, name, key, separator string) string {
	f, err := root.Open(name)
	if err != nil {
		return "unknown"
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		k, v, ok := strings.Cut(lines.Text(), separator)
		if ok && strings.TrimSpace(k) == key {
			return strings.TrimSpace(v)
		}
	}
	return "unknown"
}

func gogc() string {
	sample := []metrics.Sample{{Name: "/gc/gogc:percent"}}
	metrics.Read(sample)
	if sample[0].Value.Kind() != metrics.KindUint64 {
		return "unknown"
	}
	percent := sample[0].Value.Uint64()
	if percent > 1<<31 { // the runtime's way to say that it is off
		return "off"
	}
	return strconv.FormatUint(percent, 10)
}
