package enginetest

import (
	"errors"
	"io/fs"
	"os"
	"testing"

	"promisebench/engines"
	"promisebench/engines/hosts"
)

// Installed ends a test for err, if it is one. What is not installed is a reason to
// skip for a user, and a failure in CI, which installs everything.
func Installed(t testing.TB, err error) {
	t.Helper()
	if errors.Is(err, fs.ErrNotExist) && os.Getenv("CI") == "" {
		t.Skip(err, "(make engines installs it)")
	}
	if err != nil {
		t.Fatal(err)
	}
}

// Slow is for tests that take half a minute: they run in CI, and are skipped for a user.
func Slow(t testing.TB) {
	t.Helper()
	if os.Getenv("CI") == "" {
		t.Skip("it takes half a minute: set CI=true to run it")
	}
}

// Host returns one of the programs of [hosts.Known], if it is [Installed]. npm is the
// folder engines/hosts/npm as seen from the test.
func Host(t testing.TB, npm, name string) engines.Engine {
	t.Helper()
	for _, h := range hosts.Known() {
		if h.Name == name {
			found := hosts.Find(t.Context(), h, npm)
			Installed(t, found.Err)
			return found.Engine()
		}
	}
	t.Fatalf("no host %s", name)
	return nil
}
