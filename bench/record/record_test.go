package record_test

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/perf/benchfmt"

	"promisebench/bench"
	"promisebench/bench/record"
)

// holdVariable names a folder whose run this process is to hold open.
const holdVariable = "PROMISEBENCH_HOLD_RUN"

func TestMain(m *testing.M) {
	if dir := os.Getenv(holdVariable); dir != "" {
		if _, err := record.Open(record.Options{Dir: dir, Header: header("1")}); err != nil {
			panic(err)
		}
		os.Stdout.WriteString("open\n")
		io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func header(seed string) []bench.Condition {
	return []bench.Condition{{Key: "goos", Value: "linux"}, {Key: "seed", Value: seed}, {Key: "date", Value: time.Now().String()}}
}

type named string

func (n named) Name() string { return string(n) }

func write(t *testing.T, r *record.Run, records ...bench.Record) {
	t.Helper()
	for _, one := range records {
		if err := r.Log.Record(one); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
}

func sample(name string) bench.Record {
	return bench.Record{Name: name, Iters: 10, Values: []benchfmt.Value{{Value: 5, Unit: "ns/op"}}}
}

func content(t *testing.T, dir string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, record.Text))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// What an earlier run has written is counted, and what it has left unfinished is
// cut off.
func TestResume(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "run")
	r, err := record.Open(record.Options{Dir: dir, Header: header("1"), Units: "Unit ns/op better=lower\n"})
	if err != nil {
		t.Fatal(err)
	}
	write(t, r, sample("A/x=1"), sample("B"), sample("A/x=1"),
		bench.Record{Name: "C", Err: errors.New("no such luck:\nBenchmarkB 1 5 ns/op")},
		bench.Record{Name: "D", Err: errors.ErrUnsupported})
	before := content(t, dir)
	file, err := os.OpenFile(filepath.Join(dir, record.Text), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(file, "BenchmarkB 1 x ns/op\nBenchmarkB 1 5")
	file.Close()

	if _, err := record.Open(record.Options{Dir: dir, Header: header("1")}); err == nil || !strings.Contains(err.Error(), "has results already: complete them with --resume") {
		t.Errorf("opened anew: %v", err)
	}
	if _, err := record.Open(record.Options{Dir: dir, Header: header("2"), Resume: true}); err == nil || !strings.Contains(err.Error(), `measured with seed "1", and now it is "2"`) {
		t.Errorf("opened with another seed: %v", err)
	}
	r, err = record.Open(record.Options{Dir: dir, Header: header("1"), Resume: true})
	if err != nil {
		t.Fatal(err)
	}
	done, ended, failures := record.Earlier(r, []named{"A/x=1", "B", "C", "D", "E"}, "ns/op")
	if len(done["A/x=1"]) != 2 || !slices.Equal(done["B"], []float64{5}) || len(done["E"]) != 0 || failures != 1 || !ended["C"] || !ended["D"] || ended["A/x=1"] {
		t.Errorf("done %v, ended %v, %d failures", done, ended, failures)
	}
	if len(r.Warnings) != 1 || !strings.Contains(r.Warnings[0].Error(), record.Text+":") {
		t.Errorf("warnings %v", r.Warnings)
	}
	write(t, r, sample("E"))
	rest, ok := strings.CutPrefix(content(t, dir), before+"BenchmarkB 1 x ns/op\n")
	if !ok || !strings.HasPrefix(rest, "BenchmarkE") || strings.Count(rest, "\n") != 1 {
		t.Errorf("got %q behind %q", rest, before)
	}
}

// A run that was killed within its header starts anew; what is no run is kept.
func TestResumeWithoutResults(t *testing.T) {
	for text, want := range map[string]string{
		"":                                "",
		"go":                              "",
		"goos: linux\nseed: 7\nUn":        "",
		"my diary":                        "something else in it",
		"goos: linux\nBenchmarkX":         "",
		"goos: linux\nBenchmarkX 1 y z\n": "something else in it",
		"goos: linux\nBenchmarks are\n":   "something else in it",
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, record.Text), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		r, err := record.Open(record.Options{Dir: dir, Header: header("1"), Resume: true})
		if want != "" {
			if err == nil || !strings.Contains(err.Error(), want) || content(t, dir) != text {
				t.Errorf("%q: %v, now %q", text, err, content(t, dir))
			}
			continue
		}
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		write(t, r)
		if got := content(t, dir); !strings.HasPrefix(got, "goos: linux\nseed: 1\ndate: ") {
			t.Errorf("%q became %q", text, got)
		}
	}
}

// Two processes never write to one text.
func TestLock(t *testing.T) {
	dir := t.TempDir()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), holdVariable+"="+dir)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(stdout, make([]byte, len("open\n"))); err != nil {
		t.Fatal(err)
	}
	if _, err := record.Open(record.Options{Dir: dir, Header: header("1"), Resume: true}); err == nil || !strings.Contains(err.Error(), "is being written by another process") {
		t.Errorf("got %v", err)
	}
	stdin.Close()
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	r, err := record.Open(record.Options{Dir: dir, Header: header("1"), Resume: true})
	if err != nil {
		t.Fatal(err)
	}
	r.Close()
}

func TestFolders(t *testing.T) {
	t.Chdir(t.TempDir())
	at := time.Date(2026, 11, 21, 14, 5, 6, 0, time.UTC)
	if _, err := record.Latest(); err == nil {
		t.Error("a latest run of none")
	}
	put := func(name string, age time.Duration) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(name), 0o666); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(name, at, at.Add(-age)); err != nil {
			t.Fatal(err)
		}
	}
	run := record.Folder("run", at)
	put("results/run-a/bench.txt", 2*time.Hour)
	put(filepath.Join(run, record.Text), time.Hour)
	put("results/named/bench.txt", 0)
	put("results/gate-1/base.txt", 0)
	put("results/gate-1/head.txt", 0)
	if dir, err := record.Latest(); err != nil || dir != run || dir != "results/run-20261121-140506" {
		t.Errorf("got %s, %v", dir, err)
	}
	if !record.IsGate("results/gate-1") || record.IsGate(run) {
		t.Error("which is the gate?")
	}
	for name, want := range map[string]string{
		run:                       run + "/bench.txt",
		"results/gate-1/head.txt": "results/gate-1/head.txt",
		"-":                       "from a pipe",
		"results/gate-1":          "name base.txt or head.txt in it",
		"missing":                 "promisebench run --out missing",
	} {
		_, text, err := record.OpenText(name, strings.NewReader("from a pipe"))
		got := ""
		if err != nil {
			got = err.Error()
		} else {
			data, _ := io.ReadAll(text)
			text.Close()
			got = string(data)
		}
		if !strings.Contains(got, want) {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

// What a gate has measured is never written over.
func TestCreateSides(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "gate")
	base, head, err := record.CreateSides(dir)
	if err != nil {
		t.Fatal(err)
	}
	base.Close()
	head.Close()
	if !record.IsGate(dir) {
		t.Error("these are not the files of a gate")
	}
	if _, _, err := record.CreateSides(dir); err == nil || !strings.Contains(err.Error(), "base.txt is there already: choose another --out") {
		t.Errorf("a second time: %v", err)
	}
}

// Files appear whole, in their order, and none behind one that fails.
func TestWriteFiles(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "report")
	full := errors.New("disk full")
	var order []string
	file := func(name string, err error) record.File {
		return record.File{Name: name, Write: func(w io.Writer) error {
			order = append(order, name)
			io.WriteString(w, "half")
			return err
		}}
	}
	err := record.WriteFiles(dir, []record.File{file("b", nil), file("a", nil), file("c", full), file("d", nil)})
	if !errors.Is(err, full) || !strings.Contains(err.Error(), filepath.Join(dir, "c")) || !slices.Equal(order, []string{"b", "a", "c"}) {
		t.Errorf("%v, order %v", err, order)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if !slices.Equal(names, []string{"a", "b"}) {
		t.Errorf("left: %v", names)
	}
}
