package bench

import (
	"bufio"
	"fmt"
	"io/fs"
	"runtime"
	"runtime/metrics"
	"strconv"
	"strings"

	"promisebench/engines"
)

// A Condition is a fact about a run that stands in the header of its results.
// Keys are those of Go benchmark format: lower case, no spaces.
type Condition struct{ Key, Value string }

// Host returns the conditions that the machine and the Go runtime set. root is
// the root of the file system, read for the names of processor and system.
func Host(root fs.FS) []Condition {
	return []Condition{
		{"goos", runtime.GOOS},
		{"goarch", runtime.GOARCH},
		{"cpu", firstField(root, "proc/cpuinfo", "model name", ":")},
		{"cores", strconv.Itoa(runtime.NumCPU())},
		{"os", strings.Trim(firstField(root, "etc/os-release", "PRETTY_NAME", "="), `"`)},
		{"go", runtime.Version()},
		{"gomaxprocs", strconv.Itoa(runtime.GOMAXPROCS(0))},
		{"gogc", gogc()},
	}
}

// EmulationRecord is the recorded run that [EmulationError] is from.
const EmulationRecord = "2026-11-20-emulation"

// EmulationError is how much the emulated legacy await differs in time from the
// native one, emulated/native, on the engine that has both: the article's flag
// in Node.js 11. It stands in the header of all results that have emulated
// numbers. A test holds it to the record.
const EmulationError = "emulation error on node11: doxbee async 1.000 [0.967, 1.01], doxbee (present) async 1.000 [0.991, 1.04], " +
	"doxbee-errors async 1.19 [1.06, 1.25], middleware async 1.12 [1.09, 1.15], parallel async 0.994 [0.982, 1.01], stack async 1.09 [1.07, 1.12]"

// EngineConditions tells for each engine its version and which await modes are
// its own and which are emulated, and how large the error of the emulation is.
// They stand once in the header rather than in every name, where they would keep
// benchstat from pairing results.
func EngineConditions(list []engines.Engine) []Condition {
	var conditions []Condition
	emulated := false
	for _, e := range list {
		conditions = append(conditions, Condition{"engine-" + e.Name(), e.Version()})
		var modes []string
		for _, mode := range engines.AwaitModes() {
			modes = append(modes, fmt.Sprintf("%s=%s", mode, e.Await(mode)))
			emulated = emulated || e.Await(mode) == engines.Emulated
		}
		conditions = append(conditions, Condition{"await-" + e.Name(), strings.Join(modes, " ")})
	}
	if emulated {
		conditions = append(conditions, Condition{"emulation-error", EmulationError + " (results/" + EmulationRecord + ")"})
	}
	return conditions
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
