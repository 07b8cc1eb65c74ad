package main

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"promisebench/bench"
	"promisebench/bench/cmd/promisebench/app"
	"promisebench/bench/gate"
	"promisebench/bench/record"
	"promisebench/engines/enginetest"
	"promisebench/report/dataset"
	verdict "promisebench/report/gate"
	"promisebench/report/unit"
)

// What a gate writes above its samples is what package report looks for: the two
// do not know each other.
func TestGateKeys(t *testing.T) {
	for _, c := range [][2]string{
		{gate.Paired, dataset.PairedRounds}, {gate.KeyPairing, dataset.Pairing}, {gate.KeyPairs, dataset.Pairs}, {gate.KeySide, dataset.Side},
		{gate.KeyShard, dataset.Shard}, {gate.KeyFamily, dataset.Family}, {gate.KeyMetrics, dataset.Metrics},
		{gate.KeyLayouts, dataset.Layouts}, {bench.KeyInstructions, dataset.Instructions}, {bench.Instructions, unit.Instructions},
	} {
		if c[0] != c[1] {
			t.Errorf("a gate writes %s, and %s is read", c[0], c[1])
		}
	}
	if gate.Pairs != verdict.DefaultPairs || gate.LayoutPairs != verdict.DefaultLayoutPairs {
		t.Errorf("a gate takes %d pairs and %d, and %d and %d are judged", gate.Pairs, gate.LayoutPairs, verdict.DefaultPairs, verdict.DefaultLayoutPairs)
	}
}

// gojaCopy copies the module of goja into a folder.
func gojaCopy(t *testing.T) (dir string) {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/dop251/goja").Output()
	if err != nil {
		t.Fatal(err)
	}
	dir = filepath.Join(t.TempDir(), "goja")
	if err := os.CopyFS(dir, os.DirFS(strings.TrimSpace(string(out)))); err != nil {
		t.Fatal(err)
	}
	return dir
}

// gojaWith copies the module of goja into a folder and changes its source.
func gojaWith(t *testing.T, file, from, to string) string {
	t.Helper()
	dir := gojaCopy(t)
	change(t, filepath.Join(dir, filepath.FromSlash(file)), from, to)
	return dir
}

// change replaces a text in a file of goja.
func change(t *testing.T, name, from, to string) {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	changed := bytes.Replace(text, []byte(from), []byte(to), 1)
	if bytes.Equal(changed, text) {
		t.Fatalf("goja's %s has no %q any more: change this test", name, from)
	}
	// What comes from the module cache is read-only.
	if err := os.Chmod(name, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, changed, 0o666); err != nil {
		t.Fatal(err)
	}
}

const awaitInGoja = "	promise := r.promiseResolve(r.getPromise(), res)\n"

// oneTickMore makes await wait for a promise that follows the awaited one.
const oneTickMore = awaitInGoja + `	extra := r.newPromiseCapability(r.getPromise())
	promise.self.(*Promise).addReactions(
		&promiseReaction{typ: promiseReactionFulfill, capability: extra},
		&promiseReaction{typ: promiseReactionReject, capability: extra})
	promise = extra.promise
`

// A changed await is found by its ticks alone, in the real engine.
func TestGateFindsATick(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the command with a changed goja")
	}
	changed := "goja=" + gojaWith(t, "func.go", awaitInGoja, oneTickMore)
	dir := t.TempDir()
	start := time.Now()
	code, stdout, stderr := call(t, "gate", "goja", changed, "--exact", "--metric", "ticks/op,allocs/op,B/op", "--out", filepath.Join(dir, "worse"))
	t.Logf("%v, builds and all", time.Since(start))
	if code != app.ExitFailed || !strings.Contains(stdout, "regressed") || !strings.Contains(stderr, "head is slower than base") {
		t.Errorf("exit code %d\n%s%s", code, stdout, stderr)
	}
	for line := range strings.Lines(stdout) {
		if strings.Contains(line, " doxbee · async ") && strings.Contains(line, "ticks/op") && !strings.Contains(line, " 9  ") {
			t.Errorf("doxbee took 9 ticks before: %s", line)
		}
		if strings.Contains(line, "· promise ·") && strings.Contains(line, "regressed") {
			t.Errorf("there is no await in promises: %s", line)
		}
	}
	var written struct {
		Verdict string
		Rows    []struct{ Name, Unit, Verdict string }
	}
	text, err := os.ReadFile(filepath.Join(dir, "worse", "gate.json"))
	if err != nil || json.Unmarshal(text, &written) != nil || !strings.HasPrefix(written.Verdict, "head is slower") {
		t.Errorf("gate.json: %v: %s", err, text)
	}
	text, err = os.ReadFile(filepath.Join(dir, "worse", "junit.xml"))
	var suite struct {
		Failures int `xml:"failures,attr"`
	}
	if err != nil || xml.Unmarshal(text, &suite) != nil || suite.Failures == 0 {
		t.Errorf("junit.xml: %v: %s", err, text)
	}

	// The other way round it is an improvement, which passes.
	code, stdout, stderr = call(t, "gate", changed, "goja", "--exact", "--metric", "ticks/op,allocs/op,B/op", "--out", filepath.Join(dir, "better"))
	if code != app.ExitOK || !strings.Contains(stdout, "improved") {
		t.Errorf("exit code %d\n%s%s", code, stdout, stderr)
	}
}

// crashing ends the process with words to remember.
const crashing = `package goja

import "os"

var started int

func crash() {
	println("out of order")
	os.Exit(3)
}
`

// A head that crashes half-way is no pass, and what it said is told.
func TestGateCrash(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the command with a changed goja")
	}
	const crash = `	if started++; started == 3000 {
		crash()
	}
` + awaitInGoja
	changed := gojaWith(t, "func.go", awaitInGoja, crash)
	more := filepath.Join(changed, "started.go")
	if err := os.WriteFile(more, []byte(crashing), 0o666); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "out")
	code, stdout, stderr := call(t, "gate", "goja", "goja="+changed, "--workload", "doxbee", "--pairs", "8", "--life", "60ms", "--layouts", "1", "--metric", "sec/op", "--out", dir)
	if code != app.ExitMisuse || !strings.Contains(stdout, "head failed in Doxbee/style=async") || !strings.Contains(stdout, "out of order") ||
		!strings.Contains(stderr, "FAIL head Doxbee/style=async") {
		t.Errorf("exit code %d\n%s%s", code, stdout, stderr)
	}
	if strings.Contains(stdout, "head failed in Doxbee/style=promise") {
		t.Errorf("promises don't await:\n%s", stdout)
	}
}

// What does not build says whose build it was and why.
func TestGateBuildFailure(t *testing.T) {
	broken := gojaWith(t, "func.go", awaitInGoja, "	this is no Go\n")
	for _, c := range []struct {
		base, head string
		want       []string
	}{
		{"goja=" + broken, "goja", []string{"base: ", "func.go:"}},
		{"goja", "goja=" + broken, []string{"head: ", "func.go:"}},
		{"goja", "goja=" + t.TempDir(), []string{"head: ", "go.mod"}},
		{"no-such-ref", "", []string{"base: ", "no-such-ref"}},
		{"goja@v0.0.0-nonsense", "", []string{"base: ", "nonsense"}},
		{"node=/no/such/file", "node=/no/such/file2", []string{"base: ", "/no/such/file"}},
	} {
		args := []string{"gate", c.base}
		if c.head != "" {
			args = append(args, c.head)
		}
		code, stdout, stderr := call(t, append(args, "--out", filepath.Join(t.TempDir(), "out"))...)
		if code != app.ExitMisuse {
			t.Errorf("%v: exit code %d\n%s%s", args, code, stdout, stderr)
		}
		for _, want := range c.want {
			if !strings.Contains(stderr, want) {
				t.Errorf("%v: no %q in %s", args, want, stderr)
			}
		}
	}
}

func TestGateMisuse(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		return name
	}
	config := write("config.json", "{\n\"gate\": {\n\"treshold\": 1}}")
	unused := write("unused.json", `{"gate": {"rules": [{"match": "Doxbe/"}]}}`)
	recorded := "../../../results/2026-11-20-core/bench.txt"
	text, err := os.ReadFile(recorded)
	if err != nil {
		t.Fatal(err)
	}
	cut := write("cut.txt", string(text[:len(text)*2/3-3]))
	atLine := write("line.txt", string(text[:bytes.LastIndexByte(text[:len(text)*2/3], '\n')+1]))
	lacking := write("lacking.txt", strings.ReplaceAll(string(text), "BenchmarkParallel/style=async/", "# "))
	out := filepath.Join(dir, "taken")
	if err := os.Mkdir(out, 0o777); err != nil {
		t.Fatal(err)
	}
	write("taken/base.txt", "")
	for _, c := range []struct{ args, want string }{
		{"gate", `expected "<base>"`},
		{"gate goja sobek", "goja and sobek are different engines"},
		{"gate goja node22", "goja is a Go engine and node22 is a program: both must be of a kind"},
		{"gate " + recorded, "is results and HEAD is nothing: both must be of a kind"},
		{"gate goja@", "a version must follow the @"},
		{"gate goja --shard 3/2", "--shard 3/2: want i/n with i from 1 to n"},
		{"gate goja --shard 99/100", "--shard 99/100: there are only "},
		{"gate goja --config nothing.json", "nothing.json: no such file"},
		{"gate goja --config " + config, config + `: line 3: json: unknown field "treshold"`},
		{"gate goja --alpha much", "want a percentage"},
		{"gate goja --pairs 3", "3 pairs: there is no verdict from fewer than 8"},
		{"gate goja --life 1ms", "want 0 < --time <= --life < --timeout"},
		{"gate goja --workload x", `unknown workload "x"`},
		{"gate goja --filter (", "--filter: error parsing regexp"},
		{"gate goja --engine v9 --out " + out, "base.txt is there already: choose another --out"},
		{"gate HEAD --engine v9", `"v9" is not an embedded engine`},
		{"gate " + recorded + " " + cut, "head: the results are broken: " + cut},
		{"gate " + recorded + " " + atLine, "head: the run was not finished, or its file is cut off: "},
		{"gate " + recorded + " " + lacking, "not all benchmarks could be compared: head has no result of Parallel/style=async/"},
		{"gate " + recorded + " " + recorded + " --config " + unused, `rule 1 (match "Doxbe/", metric "") matches none`},
		{"gate merge " + dir, "base.txt: no such file"},
	} {
		code, stdout, stderr := call(t, strings.Fields(c.args)...)
		if code != app.ExitMisuse || !strings.Contains(stderr, c.want) {
			t.Errorf("%s: exit code %d, want %q in\n%s%s", c.args, code, c.want, stdout, stderr)
		}
	}
}

// Results that were recorded before can be compared, with a warning.
func TestGateFiles(t *testing.T) {
	recorded := "../../../results/2026-11-20-core"
	out := filepath.Join(t.TempDir(), "out")
	// Nine samples of some are too few to call them unchanged.
	code, stdout, stderr := call(t, "gate", recorded, filepath.Join(recorded, record.Text), "--undecided", "pass", "--out", out)
	if code != app.ExitOK || !strings.Contains(stdout, "were not measured in pairs") {
		t.Errorf("exit code %d\n%s%s", code, stdout, stderr)
	}
	if code, stdout, stderr = call(t, "gate", recorded, recorded); code != app.ExitUndecided {
		t.Errorf("without a verdict on all: exit code %d\n%s%s", code, stdout, stderr)
	}
	for _, name := range []string{record.Page, "report.md", "gate.svg", "summary.md", "gate.json", "junit.xml"} {
		if info, err := os.Stat(filepath.Join(out, name)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The parts of a gate together are the whole.
func TestGateShards(t *testing.T) {
	dir := t.TempDir()
	args := []string{"gate", "goja", "--exact", "--metric", "ticks/op,allocs/op,B/op", "--workload", "doxbee,parallel"}
	part := func(shard string) string {
		out := filepath.Join(dir, strings.ReplaceAll(shard, "/", "of"))
		code, stdout, stderr := call(t, append(args, "--shard", shard, "--out", out)...)
		if code != app.ExitOK {
			t.Fatalf("%s: exit code %d\n%s%s", shard, code, stdout, stderr)
		}
		return out
	}
	one, two := part("1/2"), part("2/2")
	code, stdout, stderr := call(t, "gate", "merge", one, two)
	if code != app.ExitOK || !strings.Contains(stdout, "18 unchanged") {
		t.Errorf("merged: exit code %d\n%s%s", code, stdout, stderr)
	}
	code, stdout, stderr = call(t, "gate", "merge", one, one)
	if code != app.ExitMisuse || !strings.Contains(stderr, "shard 1/2 is there twice") {
		t.Errorf("twice: exit code %d\n%s%s", code, stdout, stderr)
	}
}

// A script of one's own is compared like any other workload, in all the styles that it has.
func TestGateOwnWorkload(t *testing.T) {
	dir := t.TempDir()
	script := filepath.Join(dir, "mine.async.js")
	if err := os.WriteFile(script, []byte("async function operation(i) { return await Promise.resolve(i % 10); }\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, "out")
	code, stdout, stderr := call(t, "gate", "goja", "--workload", script+",nonsense", "--exact", "--metric", "ticks/op", "--out", out)
	if code != app.ExitMisuse || !strings.Contains(stderr, `unknown workload "nonsense"`) {
		t.Errorf("an unknown one beside it: exit code %d\n%s%s", code, stdout, stderr)
	}
	code, stdout, stderr = call(t, "gate", "goja", "--workload", script, "--exact", "--metric", "ticks/op", "--out", out)
	if code != app.ExitOK || !strings.Contains(stdout, " unchanged") {
		t.Errorf("exit code %d\n%s%s", code, stdout, stderr)
	}
	text, err := os.ReadFile(filepath.Join(out, record.Head))
	if err != nil || !strings.Contains(string(text), "\nBenchmarkMine/style=async/") || !strings.Contains(string(text), "\nresults-mine: ") {
		t.Errorf("%v\n%s", err, text)
	}
}

// Ctrl-C judges what there is and keeps it.
func TestGateInterrupt(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	cmd := command(ctx, "gate", "goja", "--workload", "doxbee", "--metric", "sec/op", "--out", dir)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for { // until there are some pairs
		text, _ := os.ReadFile(filepath.Join(dir, record.Head))
		if bytes.Count(text, []byte("\nBenchmark")) > 3 {
			break
		}
		if ctx.Err() != nil {
			t.Fatalf("no pairs: %s", &stderr)
		}
		time.Sleep(20 * time.Millisecond)
	}
	cmd.Process.Signal(syscall.SIGINT)
	cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != app.ExitInterrupted || !strings.Contains(stdout.String(), "inconclusive") ||
		!strings.Contains(stderr.String(), "what was measured so far") {
		t.Errorf("exit code %d\n%s%s", code, &stdout, &stderr)
	}
	code, out, errs := call(t, "gate", "merge", dir, "--undecided", "pass")
	if code != app.ExitOK || !strings.Contains(out, "inconclusive") {
		t.Errorf("judged again: exit code %d\n%s%s", code, out, errs)
	}
}

// The gate can be tried on itself.
func TestGateCalibration(t *testing.T) {
	enginetest.Slow(t)
	args := []string{"gate", "goja", "--aa", "2", "--pairs", "8", "--life", "30ms", "--time", "5ms", "--workload", "doxbee", "--style", "async", "--filter", "^Doxbee/style", "--metric", "sec/op,ticks/op"}
	code, stdout, stderr := call(t, append(slices.Clone(args), "--neutral", "--layouts", "2", "--out", filepath.Join(t.TempDir(), "aa"))...)
	if !slices.Contains([]int{app.ExitOK, app.ExitFailed}, code) || !strings.Contains(stdout, "false alarms (gate runs that called something regressed, with code added to head that never runs)") ||
		!strings.Contains(stdout, " of 2 (95% interval") || !strings.Contains(stderr, " that never run") {
		t.Errorf("exit code %d\n%s%s", code, stdout, stderr)
	}
	code, stdout, stderr = call(t, append(args, "--inject", "100%", "--layouts", "1", "--out", filepath.Join(t.TempDir(), "power"))...)
	if code != app.ExitOK || !strings.Contains(stdout, "the 100% that head was slowed down by, with the same on both sides: ") {
		t.Errorf("exit code %d\n%s%s", code, stdout, stderr)
	}
}
