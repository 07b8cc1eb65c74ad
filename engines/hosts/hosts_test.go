package hosts_test

import (
	"errors"
	"io/fs"
	"os"
	"testing"

	"promisebench/engines/enginetest"
	"promisebench/engines/hosts"
)

// Every host that is installed passes the kit. One that is missing is a reason
// to skip for a user and a failure in CI, which installs all.
func TestConformance(t *testing.T) {
	for _, h := range hosts.Known() {
		t.Run(h.Name, func(t *testing.T) {
			f := hosts.Find(t.Context(), h, "npm")
			if errors.Is(f.Err, fs.ErrNotExist) && os.Getenv("CI") == "" {
				t.Skip(f.Err, "(make engines installs it)")
			}
			if f.Err != nil {
				t.Fatal(f.Err)
			}
			enginetest.Run(t, f.Engine())
		})
	}
}
