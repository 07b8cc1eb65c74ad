package neutral

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// output runs a program and returns what it prints.
func output(t *testing.T, dir, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	cmd.Env = append(cmd.Environ(), "GOWORK=off", "GOPROXY=off")
	out, err := cmd.Output()
	if exit, ok := err.(*exec.ExitError); ok {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, exit.Stderr)
	} else if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// The real engines, linked with functions of ours, still run JavaScript.
func TestEngines(t *testing.T) {
	if testing.Short() {
		t.Skip("builds programs with three engines: a minute where Go's build cache is cold")
	}
	const script = "`[3, 1, 2].sort().map(x => x * 2).join()`"
	for _, c := range []struct{ module, body string }{
		{"github.com/dop251/goja", "v, err := engine.New().RunString(" + script + ")"},
		{"github.com/grafana/sobek", "v, err := engine.New().RunString(" + script + ")"},
		{"modernc.org/quickjs", "vm, err := engine.NewVM()\n\tif err != nil {\n\t\tpanic(err)\n\t}\n\tdefer vm.Close()\n\tv, err := vm.Eval(" + script + ", engine.EvalGlobal)"},
	} {
		t.Run(c.module, func(t *testing.T) {
			src := output(t, ".", "go", "list", "-m", "-f", "{{.Dir}}", c.module)
			dir := t.TempDir()
			dst := filepath.Join(dir, "engine")
			said, err := Copy(dst, src, 7)
			if err != nil {
				t.Fatal(err)
			}
			t.Log(said)
			original := tree(t, src)
			for name := range original {
				if strings.HasSuffix(name, "_test.go") {
					delete(original, name)
				}
			}
			names := addedTo(t, original, tree(t, dst))

			program(t, dir, c.module, "package main\n\nimport (\n\t\"fmt\"\n\n\tengine \""+c.module+"\"\n)\n\nfunc main() {\n\t"+
				c.body+"\n\tfmt.Println(v, err)\n}\n")
			if got := output(t, dir, "./program"); got != "2,4,6 <nil>" {
				t.Errorf("prints %q", got)
			}
			linked(t, filepath.Join(dir, "program"), c.module, names)
		})
	}
}

// program builds a program in a folder with the versions of modules that we have, as
// package toolchain builds, but with the engine in folder "engine".
func program(t *testing.T, dir, module, source string) {
	t.Helper()
	const root = "../../../"
	ours, err := os.ReadFile(root + "go.mod")
	if err != nil {
		t.Fatal(err)
	}
	sums, err := os.ReadFile(root + "go.sum")
	if err != nil {
		t.Fatal(err)
	}
	files(t, dir, "go.mod", string(ours)+"\nreplace "+module+" => ./engine\n", "go.sum", string(sums), "main.go", source)
	output(t, dir, "go", "build", "-mod=readonly", "-trimpath", "-buildvcs=false", "-o", "program", ".")
}

// linked checks that a program has all the functions that were added to a module, and
// that some of the module's own lie behind them, where they moved.
func linked(t *testing.T, program, module string, names map[string]bool) {
	t.Helper()
	found, moved := 0, 0
	for line := range strings.Lines(output(t, ".", "go", "tool", "nm", "-n", program)) {
		fields := strings.Fields(line)
		name, ok := strings.CutPrefix(fields[len(fields)-1], module+".")
		switch {
		case !ok || strings.ToUpper(fields[len(fields)-2]) != "T":
		case names[name]:
			found++
		case found > 0:
			moved++
		}
	}
	if found != len(names) || moved == 0 {
		t.Errorf("%d of %d functions are linked, %d of the module's lie behind them", found, len(names), moved)
	}
}
