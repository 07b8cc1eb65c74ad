package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"promisebench/bench"
	"promisebench/bench/cmd/promisebench/app"
	"promisebench/bench/record"
	"promisebench/engines/all"
	"promisebench/engines/enginetest"
	"promisebench/report/await"
	"promisebench/report/dataset"
	"promisebench/workloads"
)

var update = flag.Bool("update", false, "rewrite files that tests compare with")

// TestMain lets the test binary be the command, so that tests can start and
// kill real processes without building one, and so that it is its own worker.
func TestMain(m *testing.M) {
	const command = "PROMISEBENCH_BE_THE_COMMAND"
	if os.Getenv(command) != "" {
		main()
	}
	os.Setenv(command, "1")
	// The width of who runs the tests is not theirs.
	os.Unsetenv("COLUMNS")
	os.Exit(m.Run())
}

// call runs a command line within the test.
func call(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	a := &app.App{
		Ctx:      t.Context(),
		Stdout:   &out,
		Stderr:   &errs,
		Catalog:  bench.Catalog{Workloads: workloads.All()},
		Embedded: all.Engines(),
		Root:     fstest.MapFS{},
		Now:      time.Now,
	}
	err := run(a, args)
	if err != nil {
		fmt.Fprintln(&errs, err)
	}
	return app.ExitCode(err), out.String(), errs.String()
}

// command returns the command as a process of its own.
func command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, os.Args[0], args...)
	cmd.Env = os.Environ()
	return cmd
}

// small are flags for a run of six benchmarks that takes little time.
func small(dir string, more ...string) []string {
	return append([]string{"run", "--out", dir, "--filter", "Parallel/style=(async|promise)/",
		"--engine", "goja,sobek", "--time", "1ms", "--window", "20", "--rounds", "6"}, more...)
}

func TestMisuse(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("file", nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir("empty", 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("nothing.txt", []byte("goos: linux\nno results\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ args, want string }{
		{"", "expected one of"},
		{"walk", "unexpected argument walk"},
		{"run --speed 3", "unknown flag --speed"},
		{"run --engine v9", `unknown engine "v9": there are goja, sobek, quickjs`},
		{"check --engine goja --probe x/*", `unknown probe "x/*": names look like order/1-timer`},
		{"check --engine goja --probe [", `[: syntax error in pattern`},
		{"check --engine goja --format xml", `must be one of "text","json","tap","markdown"`},
		{"check --engine v9", `unknown engine "v9": there are goja`},
		{"run --workload x", `unknown workload "x": there are doxbee`},
		{"run --group x", `unknown group "x": there are core, patterns, micro, all`},
		{"list --group x", `unknown group "x": there are core, patterns, micro, all`},
		{"run --style x", `unknown style "x": there are callback`},
		{"run --await x", `unknown await mode "x": there are legacy, optimized`},
		{"run --filter x=y", "nothing matches in group core (--group all has more); names look like Doxbee/"},
		{"run --filter (", "--filter: error parsing regexp"},
		{"run --window 0", "window 0"},
		{"run --rounds 0", "--rounds 0"},
		{"run --time 0s", "must be more than 0"},
		{"run --time 2s --timeout 1s", "--timeout more than that"},
		{"run --engine=", `unknown engine ""`},
		{"run --engine e=/nonexistent,kind=node", "engine e: "},
		{"run --engine e=/bin/true,kind=walrus", `unknown kind "walrus": there are browser, bun, chromium, deno`},
		{"run --engine e=/bin/true,kind=node", "engine e: /bin/true prints no version"},
		{"run --engine e=/bin/echo,kind=node", "engine e: /bin/echo with these flags does not work as a node: e: worker: said"},
		{"report a b", "base: open a: no such file or directory; 'promisebench run --out a'"},
		{"run --out file/run", "folder for the results"},
		{"run --resume", "'promisebench run' (or 'make report') measures"},
		{"report", "'promisebench run' (or 'make report') measures"},
		{"report missing", "promisebench run --out missing"},
		{"report empty", "promisebench run --out empty"},
		{"report nothing.txt", "nothing.txt: no benchmark results in it"},
	} {
		t.Run(c.args, func(t *testing.T) {
			code, stdout, stderr := call(t, strings.Fields(c.args)...)
			if code != app.ExitMisuse || !strings.Contains(stderr, c.want) {
				t.Errorf("exit %d, want %d, stderr %q lacks %q", code, app.ExitMisuse, stderr, c.want)
			}
			if stdout != "" {
				t.Errorf("stdout %q", stdout)
			}
		})
	}
}

func TestHelp(t *testing.T) {
	for _, args := range []string{"--help", "run --help", "report --help", "check --help", "list --help", "trace --help"} {
		code, stdout, _ := call(t, strings.Fields(args)...)
		if code != app.ExitOK || !strings.Contains(stdout, "Usage: promisebench") {
			t.Errorf("%s: exit %d, %q", args, code, stdout)
		}
	}
}

func TestListAndCheck(t *testing.T) {
	code, stdout, _ := call(t, "list")
	for _, want := range []string{"goja", "sobek", "quickjs", "doxbee-errors", "async-transpiled", "emulated"} {
		if code != app.ExitOK || !strings.Contains(stdout, want) {
			t.Errorf("list, exit %d, lacks %q:\n%s", code, want, stdout)
		}
	}
	code, stdout, _ = call(t, "list", "--names")
	if code != app.ExitOK || !strings.Contains(stdout, "Doxbee/style=async/await=legacy/engine=goja\n") {
		t.Errorf("list --names, exit %d:\n%s", code, stdout)
	}
	code, stdout, _ = call(t, "list", "--group", "micro")
	if code != app.ExitOK || !regexp.MustCompile(`(?m)^ await-thenable/sleep +they wait first`).MatchString(stdout) || strings.Contains(stdout, "doxbee") {
		t.Errorf("list --group micro, exit %d:\n%s", code, stdout)
	}
	// All probes on all engines are the tests' of packages probes and hosts.
	code, stdout, stderr := call(t, "check", "--probe", "order/*")
	for _, want := range []string{
		`goja +legacy +emulated +a b await +ok`,
		`quickjs +optimized +native +await a b +no +ok`,
		`goja +legacy +25 +25 +7 +32\n`,
		`order/3-side-by-side +ok +ok +ok`,
		`it has no modules +goja +order/5-top-level-await`,
	} {
		if code != app.ExitOK || !regexp.MustCompile(want).MatchString(stdout) {
			t.Errorf("check, exit %d, lacks %s:\n%s%s", code, want, stdout, stderr)
		}
	}
}

// read reads a run's text as report would.
func read(t *testing.T, dir string) *dataset.Results {
	t.Helper()
	file, err := os.Open(filepath.Join(dir, record.Text))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	r := dataset.New()
	if err := r.Add(file.Name(), file); err != nil {
		t.Fatal(err)
	}
	return r
}

func wantSamples(t *testing.T, r *dataset.Results, cells, each int) {
	t.Helper()
	if len(r.Counts()) != cells {
		t.Errorf("%d benchmarks, want %d", len(r.Counts()), cells)
	}
	for name, n := range r.Counts() {
		if n != each {
			t.Errorf("%s: %d samples, want %d", name, n, each)
		}
	}
}

func TestRunThenReport(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "run")
	code, stdout, stderr := call(t, small(dir)...)
	if code != app.ExitOK || !strings.Contains(stdout, "36 samples, 0 skips, 0 failures") {
		t.Fatalf("exit %d: %s%s", code, stdout, stderr)
	}
	wantSamples(t, read(t, dir), 6, 6)
	if code, _, stderr := call(t, small(dir)...); code != app.ExitMisuse || !strings.Contains(stderr, "--resume") {
		t.Errorf("a second run into the same folder: exit %d, %s", code, stderr)
	}
	code, stdout, stderr = call(t, "report", "--strict", dir)
	if code != app.ExitOK || !strings.Contains(stdout, "report.md") || !strings.Contains(stdout, "parallel") {
		t.Errorf("report: exit %d: %s%s", code, stdout, stderr)
	}
	page, err := os.ReadFile(filepath.Join(dir, "report.md"))
	if err != nil {
		t.Fatal(err)
	}
	web, err := os.ReadFile(filepath.Join(dir, "index.html"))
	if err != nil || !bytes.Contains(web, []byte("<svg ")) || !strings.Contains(stdout, filepath.Join(dir, "index.html")) {
		t.Errorf("no page to look at, or no word of it: %v, %d bytes", err, len(web))
	}
	links := regexp.MustCompile(`\]\(([a-z0-9-]+\.svg)\)`).FindAllSubmatch(page, -1)
	if len(links) < 2 {
		t.Errorf("%d charts in the page:\n%s", len(links), page)
	}
	for _, link := range links {
		if _, err := os.Stat(filepath.Join(dir, string(link[1]))); err != nil {
			t.Error(err)
		}
	}
	left, err := filepath.Glob(filepath.Join(dir, ".*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

// A workload of the user's own is a script or a folder of scripts.
func TestRunOwnWorkloads(t *testing.T) {
	t.Chdir(t.TempDir())
	const script = "async function operation(i) { return await i % 10; }\n"
	if err := os.WriteFile("my.js", []byte(script), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"my.js", "./my.js", "."} {
		out := t.TempDir()
		code, stdout, stderr := call(t, "run", "--workload", name, "--engine", "goja", "--await", "optimized", "--style", "async", "--rounds", "1", "--time", "1ms", "--window", "5", "--out", out)
		if code != app.ExitOK || !strings.Contains(stdout, ": 1 samples") || !strings.Contains(stderr, "my: results learned by agreement of goja and quickjs") {
			t.Errorf("%s: exit %d: %s%s", name, code, stdout, stderr)
		}
		wantSamples(t, read(t, out), 1, 1)
	}
	code, _, stderr := call(t, "run", "--workload", "./your.js")
	if code != app.ExitMisuse || !strings.Contains(stderr, "--workload ./your.js: ") || !strings.Contains(stderr, "your.js: no such file") {
		t.Errorf("exit %d: %s", code, stderr)
	}
}

// Other conditions must not slip into the same file.
// Instructions are counted where that is possible. Where it is not, why is said once
// and nothing else changes. Package count tests counting.
func TestRunInstructions(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	dir := t.TempDir()
	code, _, stderr := call(t, "run", "--out", dir, "--filter", "Parallel/style=promise/", "--time", "1ms", "--window", "20", "--rounds", "1", "--engine", "goja", "--metric", "instructions/op")
	text, err := os.ReadFile(filepath.Join(dir, record.Text))
	if code != app.ExitOK || err != nil {
		t.Fatal(code, stderr, err)
	}
	_, how, counted := strings.Cut(string(text), "\ninstructions: processor\n")
	switch {
	case counted && !regexp.MustCompile(`BenchmarkParallel.* \d+ instructions/op\n`).MatchString(how):
		t.Errorf("%s", text)
	case !counted && strings.Count(stderr, "no instructions/op: instructions can't be counted: ") != 1:
		t.Errorf("%s", stderr)
	}
}

func TestResumeRefusesOtherConditions(t *testing.T) {
	dir := t.TempDir()
	if code, _, stderr := call(t, small(dir)...); code != app.ExitOK {
		t.Fatal(stderr)
	}
	code, _, stderr := call(t, small(dir, "--resume", "--seed", "7")...)
	if code != app.ExitMisuse || !strings.Contains(stderr, `seed "1", and now it is "7"`) {
		t.Errorf("exit %d: %s", code, stderr)
	}
	// More rounds of the same are no other conditions.
	code, stdout, stderr := call(t, small(dir, "--resume", "--rounds", "7")...)
	if code != app.ExitOK || !strings.Contains(stdout, ": 6 samples") {
		t.Errorf("exit %d: %s%s", code, stdout, stderr)
	}
	wantSamples(t, read(t, dir), 6, 7)
}

func TestReportNamesBrokenLines(t *testing.T) {
	dir := t.TempDir()
	if code, _, stderr := call(t, small(dir)...); code != app.ExitOK {
		t.Fatal(stderr)
	}
	file, err := os.OpenFile(filepath.Join(dir, record.Text), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(file, "BenchmarkBroken 12 x ns/op\n--- FAIL: BenchmarkX/style=async/await=legacy/engine=goja\n    no such luck\n")
	file.Close()
	for flag, want := range map[string]int{"": app.ExitOK, "--strict": app.ExitFailed} {
		code, stdout, stderr := call(t, strings.Fields("report "+flag+" "+dir)...)
		if code != want || !regexp.MustCompile(`bench\.txt:\d+: `).MatchString(stderr) {
			t.Errorf("report %s: exit %d, want %d: %s", flag, code, want, stderr)
		}
		if !strings.Contains(stdout, "no such luck") || !strings.Contains(stdout, "optimized") {
			t.Errorf("report %s does not show failure and numbers:\n%s", flag, stdout)
		}
	}
}

// Texts that mean different things by a unit, or measured in different ones, are
// refused with the place, and --strict makes that an exit code.
func TestReportRefusesMixedUnits(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		return path
	}
	const line = "BenchmarkX/style=async/await=optimized/engine=goja 1 5 "
	times := write("times.txt", "Unit ticks/op better=lower\n"+line+"ns/op 9 ticks/op\n")
	for _, c := range []struct{ text, want string }{
		{"Unit ticks/op better=higher\n" + line + "ns/op 9 ticks/op\n", "other.txt:1: unit ticks/op is declared better=higher here and better=lower at " + times + ":1"},
		{line + "req/s\n", "other.txt:1: nothing was measured in sec/op or ticks/op, as at " + times + ":2, but in req/s"},
	} {
		other := write("other.txt", c.text)
		for flag, want := range map[string]int{"--out": app.ExitOK, "--strict --out": app.ExitFailed} {
			code, stdout, stderr := call(t, append(append([]string{"report", "--merge", times, other}, strings.Fields(flag)...), dir)...)
			if code != want || !strings.Contains(stderr, c.want) || !strings.Contains(stdout, "left out: 1 measurement that could not be used") {
				t.Errorf("report %s: exit %d, want %d and %q: %s%s", flag, code, want, c.want, stderr, stdout)
			}
		}
	}
}

func TestInterrupt(t *testing.T) {
	dir := t.TempDir()
	cmd := command(t.Context(), small(dir, "--rounds", "100000")...)
	var stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = io.Discard, &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	waitForResults(t, dir, 10)
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != app.ExitInterrupted {
		t.Errorf("exit %d, want %d", code, app.ExitInterrupted)
	}
	if !strings.Contains(stderr.String(), "promisebench run --resume --out "+dir) {
		t.Errorf("no word on how to go on: %s", stderr.String())
	}
	if r := read(t, dir); r.Empty() || len(r.Problems()) > 0 || len(r.Outcomes()) > 0 {
		t.Errorf("after an interrupt: %v, %v", r.Problems(), r.Outcomes())
	}
}

// waitForResults waits until a run has written that many lines of results.
func waitForResults(t *testing.T, dir string, lines int) {
	t.Helper()
	for range 6000 {
		text, err := os.ReadFile(filepath.Join(dir, record.Text))
		if err == nil && bytes.Count(text, []byte("\nBenchmark")) >= lines {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("the run writes nothing")
}

// Killed at any moment, again and again, a run that is resumed ends with
// exactly what one run would have had.
func TestKillAndResume(t *testing.T) {
	enginetest.Slow(t)
	dir := t.TempDir()
	kills := 0
	for pause := time.Duration(0); ; pause += 60 * time.Millisecond {
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
		cmd := command(ctx, small(dir, "--resume")...)
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		killer := time.AfterFunc(50*time.Millisecond+pause, func() { cmd.Process.Signal(syscall.SIGKILL) })
		err := cmd.Wait()
		killer.Stop()
		cancel()
		if err == nil {
			break
		}
		if cmd.ProcessState.ExitCode() != -1 {
			t.Fatalf("not killed but failed: %v: %s", err, stderr.String())
		}
		kills++
		if kills > 200 {
			t.Fatal("the run gets no further")
		}
		if _, err := os.Stat(filepath.Join(dir, record.Text)); err == nil {
			read(t, dir)
			// Now and then the kill hits in the middle of a line; make sure
			// that this is among the moments.
			if kills%2 == 0 {
				cutLine(t, dir)
			}
		}
	}
	t.Logf("killed %d times", kills)
	r := read(t, dir)
	wantSamples(t, r, 6, 6)
	if len(r.Problems()) > 0 {
		t.Errorf("problems: %v", r.Problems())
	}
}

// cutLine takes away the last few bytes of a run's text.
func cutLine(t *testing.T, dir string) {
	t.Helper()
	name := filepath.Join(dir, record.Text)
	info, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(name, max(0, info.Size()-5)); err != nil {
		t.Fatal(err)
	}
}

// Whatever ends a run that has workers, none of them outlives it.
func TestNoWorkerOutlivesItsRun(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("reads /proc")
	}
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGKILL} {
		t.Run(signal.String(), func(t *testing.T) {
			dir := t.TempDir()
			marker := "PROMISEBENCH_TEST_RUN=" + dir
			cmd := command(t.Context(), small(dir, "--rounds", "100000")...)
			cmd.Env = append(cmd.Env, marker)
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			waitForResults(t, dir, 5)
			if err := cmd.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			cmd.Wait()
			var left []string
			for range 100 {
				if left = processesWith(t, marker); len(left) == 0 {
					return
				}
				time.Sleep(50 * time.Millisecond)
			}
			t.Errorf("still running: %v", left)
		})
	}
}

// processesWith lists the processes that have a variable in their environment.
func processesWith(t *testing.T, variable string) []string {
	t.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/environ")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, name := range files {
		env, err := os.ReadFile(name)
		if err == nil && bytes.Contains(env, []byte(variable)) {
			found = append(found, filepath.Base(filepath.Dir(name)))
		}
	}
	return found
}

// Engines of the user's own come from flags and from a file of settings.
func TestOwnEngines(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil && os.Getenv("CI") == "" {
		t.Skip("no node on the PATH")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	own := "mynode=" + node + ",kind=node,flags=--no-opt"
	want := regexp.MustCompile(`mynode +optimized +native +await a b +yes +ok`)
	code, stdout, stderr := call(t, "check", "--engine", own, "--probe", "order/1-*")
	if code != app.ExitOK || !want.MatchString(stdout) {
		t.Errorf("by --engine: exit %d: %s%s", code, stdout, stderr)
	}
	if err := os.WriteFile(configFile, fmt.Appendf(nil, `{"host": [%q]}`, own), 0o666); err != nil {
		t.Fatal(err)
	}
	code, stdout, stderr = call(t, "check", "--engine", "my*", "--probe", "order/1-*")
	if code != app.ExitOK || !want.MatchString(stdout) {
		t.Errorf("by %s: exit %d: %s%s", configFile, code, stdout, stderr)
	}
	code, _, stderr = call(t, "check", "--engine", "bad="+node+",flags=--no-such-flag")
	if code != app.ExitMisuse || !strings.Contains(stderr, "bad option: --no-such-flag") {
		t.Errorf("a rejected flag: exit %d: %s", code, stderr)
	}
	code, _, stderr = call(t, "check", "--engine", "goja="+node)
	if code != app.ExitMisuse || !strings.Contains(stderr, "one of that name already") {
		t.Errorf("a name twice: exit %d: %s", code, stderr)
	}
}

// What every report says of the emulation's error is what was recorded.
func TestEmulationErrorIsRecorded(t *testing.T) {
	root := filepath.Join("..", "..", "..")
	dir, said := bench.EmulationError()
	recorded := await.Of(read(t, filepath.Join(root, filepath.FromSlash(dir)))).ErrorText()
	if *update {
		if err := os.WriteFile(filepath.Join(root, "bench", "emulation.txt"), []byte(dir+"\n"+recorded+"\n"), 0o666); err != nil {
			t.Fatal(err)
		}
	} else if recorded != said {
		t.Errorf("recorded %q\n   here %q (go generate ./bench writes it)", recorded, said)
	}
}

// TestHistory shows runs of two folders, and where the page and its links are.
func TestHistory(t *testing.T) {
	t.Chdir(t.TempDir())
	text := "date: 2026-01-0%dT00:00:00Z\ncpu: X\nengine-e: v%[1]d\nBenchmarkDoxbee/style=async/await=optimized/engine=e 1 %[1]d000 ns/op\n"
	for i, dir := range []string{"runs/a#1", "runs/b", "elsewhere"} {
		if err := os.MkdirAll(dir, 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, record.Text), fmt.Appendf(nil, text, i+1), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	read := func(name string) string {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	code, stdout, stderr := call(t, "report", "--history", "runs", "--strict")
	if code != app.ExitOK || !strings.Contains(stdout, "doxbee · async · optimized · e") || !strings.Contains(stdout, filepath.Join("runs", "history", "index.html")) {
		t.Errorf("exit %d: %s%s", code, stdout, stderr)
	}
	for _, file := range []string{"index.html", "history.md"} {
		if text := read(filepath.Join("runs", "history", file)); !strings.Contains(text, "../a%231/bench.txt") {
			t.Errorf("%s has no link to the results", file)
		}
	}
	before := read(filepath.Join("runs", "history", "index.html"))
	// The page itself is no run, and nothing to warn of.
	if code, _, stderr := call(t, "report", "--history", "runs", "--strict"); code != app.ExitOK || stderr != "" {
		t.Errorf("again: exit %d: %s", code, stderr)
	}
	if read(filepath.Join("runs", "history", "index.html")) != before {
		t.Error("the second time the page is another one")
	}
	if code, _, stderr := call(t, "report", "--history", "runs", "--out", "elsewhere/page"); code != app.ExitOK {
		t.Errorf("exit %d: %s", code, stderr)
	}
	if !strings.Contains(read("elsewhere/page/index.html"), `"../../runs/a%231/bench.txt"`) {
		t.Error("from elsewhere the links lead elsewhere")
	}
	if err := os.Mkdir("runs/notes", 0o777); err != nil {
		t.Fatal(err)
	}
	if code, _, stderr := call(t, "report", "--history", "runs", "--strict"); code != app.ExitFailed || !strings.Contains(stderr, "notes: no run") {
		t.Errorf("a folder without a run: exit %d: %s", code, stderr)
	}
	for args, want := range map[string]string{
		"report --history missing":          "promisebench run --out " + filepath.Join("missing", "NAME"),
		"report --history runs more":        "no other input",
		"report --history runs/notes":       "no run of any use",
		"report --history runs/b/bench.txt": "is a file",
	} {
		if code, _, stderr := call(t, strings.Fields(args)...); code != app.ExitMisuse || !strings.Contains(stderr, want) {
			t.Errorf("%s: exit %d, want %d, stderr %q lacks %q", args, code, app.ExitMisuse, stderr, want)
		}
	}
}
