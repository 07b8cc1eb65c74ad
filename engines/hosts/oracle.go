package hosts

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"promisebench/engines"
)

//go:embed oracle.js
var oracleScript string

// Oracle returns engine262, which executes the specification as it is written, in Node.js.
// What it does with promises is what all others are held to; it takes a thousand times as
// long as an interpreter, so it is no engine to be timed and not among those that are
// [Known]. dir holds the node_modules that "make engines" fills.
//
// The error wraps [fs.ErrNotExist] where it is not installed.
func Oracle(ctx context.Context, dir string) (engines.Engine, error) {
	at := slices.IndexFunc(Known(), func(h Host) bool { return h.Name == "node24" })
	i := Find(ctx, Known()[at], dir)
	if i.Err != nil {
		return nil, fmt.Errorf("engine262 runs in node24: %w", i.Err)
	}
	modules, err := filepath.Abs(filepath.Join(dir, "node_modules"))
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(filepath.Join(modules, "@engine262", "engine262", "package.json"))
	if err != nil {
		return nil, fmt.Errorf("engine262: not installed: %w", err)
	}
	var described struct{ Version string }
	if err := json.Unmarshal(text, &described); err != nil {
		return nil, fmt.Errorf("engine262: %w", err)
	}
	kind := Kind{Eval: []string{"-e"}, Env: []string{"NODE_PATH=" + modules}, Before: oracleScript}
	host := Host{Name: "engine262", Await: i.Await}
	return engine{Installed: Installed{Host: host, Path: i.Path, Version: described.Version}, kind: kind}, nil
}
