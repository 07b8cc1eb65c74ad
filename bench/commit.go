package bench

import (
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
)

// Commit returns the commit that the program was built from: as the build
// recorded it, or, under "go run", which builds on the spot and records
// nothing, as git has it in the source's folder; "unknown" where neither tells.
func Commit() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		settings := map[string]string{}
		for _, s := range info.Settings {
			settings[s.Key] = s.Value
		}
		if revision := settings["vcs.revision"]; revision != "" {
			revision = revision[:min(12, len(revision))]
			if settings["vcs.modified"] == "true" {
				revision += "-dirty"
			}
			return revision
		}
	}
	_, source, _, ok := runtime.Caller(0)
	if !ok {
		return "unknown"
	}
	out, err := exec.Command("git", "-C", filepath.Dir(source), "describe", "--always", "--dirty", "--abbrev=12").Output()
	if err != nil {
		return "unknown"
	}
	return strings.TrimSpace(string(out))
}
