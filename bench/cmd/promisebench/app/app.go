// Package app is what the commands of promisebench share: what they need from outside,
// how they end, and how results become files.
package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/term"

	"promisebench/bench"
	"promisebench/bench/count"
	"promisebench/bench/gate"
	"promisebench/bench/record"
	"promisebench/engines"
	"promisebench/engines/hosts"
	"promisebench/engines/hosts/releases"
	"promisebench/engines/worker"
	"promisebench/report/bisect"
	"promisebench/report/compare"
	"promisebench/report/dataset"
	"promisebench/report/document"
	"promisebench/report/text"
)

// Exit codes. An interrupted command ends with 130, as shells expect.
const (
	ExitOK          = 0
	ExitFailed      = 1 // something was measured or checked and is wrong
	ExitMisuse      = 2 // nothing was done: bad flags, input or output; or a gate could not compare everything
	ExitUndecided   = 3 // a gate is inconclusive, a bisection not sure
	ExitInterrupted = 130
)

// Misuse is an error that came before anything was done.
type Misuse struct{ Err error }

func (m Misuse) Error() string { return m.Err.Error() }
func (m Misuse) Unwrap() error { return m.Err }

// Failed says that the command did its work and found failures.
type Failed struct{ Err error }

func (f Failed) Error() string { return f.Err.Error() }

// ExitCode is the one that an error of a command ends the process with.
func ExitCode(err error) int {
	switch {
	case err == nil:
		return ExitOK
	case errors.Is(err, context.Canceled):
		return ExitInterrupted
	case errors.As(err, new(Failed)), errors.Is(err, compare.ErrRegressed), errors.Is(err, bisect.ErrRegressed):
		return ExitFailed
	case errors.Is(err, compare.ErrInconclusive), errors.Is(err, bisect.ErrUndecided):
		return ExitUndecided
	default:
		return ExitMisuse
	}
}

// An App is everything a command needs from outside.
type App struct {
	Ctx            context.Context
	Stdout, Stderr io.Writer
	Catalog        bench.Catalog // without engines: each command chooses its own
	Embedded       []engines.Engine
	Root           fs.FS // of the machine, for facts about it
	Now            func() time.Time
	Args           []string // as given, for the record
	Hosts          []string // the user's own, see package hosts
}

// Header returns what stands above the results: own are the command's conditions.
func (a *App) Header(own []bench.Condition, list []engines.Engine) bench.Header {
	return bench.Header{Host: bench.Host(a.Root), Commit: bench.Commit(), Own: own, Engines: list, Date: a.Now(), Command: a.Args}
}

// EnginesDirVariable is the environment variable for [EnginesDir].
const EnginesDirVariable = "PROMISEBENCH_ENGINES"

// EnginesDir is where "make engines" installs engines to, unless the user says otherwise.
func EnginesDir() string {
	return Installed(EnginesDirVariable, "engines", "hosts", "npm")
}

// Installed returns the folder that an environment variable names, or else one of the
// source.
func Installed(variable string, folder ...string) string {
	if dir := os.Getenv(variable); dir != "" {
		return dir
	}
	_, source, _, ok := runtime.Caller(0)
	if !ok {
		return "."
	}
	return filepath.Join(append([]string{filepath.Dir(source), "..", "..", "..", ".."}, folder...)...)
}

// Locator finds engines for all commands.
func (a *App) Locator() hosts.Locator {
	return hosts.Locator{Embedded: a.Embedded, Dir: EnginesDir(), Own: a.Hosts, Releases: a.Releases()}
}

// Releases has published versions of engines, in the user's folder for caches.
func (a *App) Releases() *releases.Store {
	s := &releases.Store{Limit: releasesLimit, Log: a.Stderr}
	if text := os.Getenv(releases.LimitVariable); text != "" {
		if n, err := strconv.ParseInt(text, 10, 64); err == nil && n >= 0 {
			s.Limit = n
		} else {
			fmt.Fprintf(a.Stderr, "promisebench: warning: %s=%s is no number of bytes: it is %d\n", releases.LimitVariable, text, s.Limit)
		}
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = os.TempDir()
	}
	s.Dir = filepath.Join(cache, "promisebench", "engines")
	return s
}

// releasesLimit is how many bytes published versions may have: fifty of Node.js.
const releasesLimit = 6 << 30

// Engines returns the chosen engines; without a choice all that are installed,
// or only the embedded ones.
func (a *App) Engines(choice []string, installed bool) ([]engines.Engine, error) {
	if len(choice) == 0 && !installed {
		return a.Embedded, nil
	}
	return a.Locator().Select(a.Ctx, choice...)
}

// Finder finds builds of all that may be named.
func (a *App) Finder(gogc string) gate.Finder {
	return gate.Finder{Locator: a.Locator(), IsResults: record.IsResults, Source: ".", Cache: os.UserCacheDir, GOGC: gogc, Log: a.Stderr}
}

// Counter returns what counts the instructions of engines. Where there is nothing that
// does, it is nil, and the user is told why.
func (a *App) Counter(list []engines.Engine) (gate.Counter, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	counter, err := count.Find(a.Ctx, worker.Command{Path: self, Args: []string{"count"}})
	if err == nil {
		err = counter.Counts(list...)
	}
	switch {
	case errors.Is(err, errors.ErrUnsupported):
		fmt.Fprintln(a.Stderr, "no instructions/op:", engines.Reason(err))
		return nil, nil
	case err != nil:
		return nil, err
	}
	return counter, nil
}

// Workloads adds the user's own workloads among the chosen ones to the catalog and
// returns the names of all, and how the results of the former are known.
func (a *App) Workloads(chosen []string, catalog *bench.Catalog) (names []string, custom []bench.Condition, err error) {
	judges := bench.Judges(a.Embedded)
	for _, text := range chosen {
		if filepath.Ext(text) != ".js" && !strings.HasPrefix(text, ".") && !filepath.IsAbs(text) {
			names = append(names, text)
			continue
		}
		full, err := filepath.Abs(text)
		if err != nil {
			return nil, nil, err
		}
		own, results, err := catalog.Own(a.Ctx, os.DirFS(filepath.Dir(full)), filepath.Base(full), judges)
		if err != nil {
			return nil, nil, fmt.Errorf("--workload %s: %w", text, err)
		}
		for i, w := range own {
			fmt.Fprintf(a.Stderr, "%s: results %s\n", w.Name, results[i].Value)
			names = append(names, w.Name)
		}
		catalog.Workloads = slices.Concat(catalog.Workloads, own)
		custom = append(custom, results...)
	}
	return names, custom, nil
}

// Show prints a document, and says where the rest of it is.
func (a *App) Show(d *document.Document, dir string) error {
	if err := d.WriteText(a.Stdout, a.Columns()); err != nil {
		return err
	}
	_, err := fmt.Fprintf(a.Stdout, "\n%s to look at and send; %s and %s beside it\n", filepath.Join(dir, record.Page), d.MarkdownFile(), text.Count(len(d.Charts()), "chart"))
	return err
}

// Columns is how wide the terminal is, or what is good to read in a file.
func (a *App) Columns() int {
	const file, most = 100, 160
	if f, ok := a.Stdout.(*os.File); ok {
		if wide, _, err := term.GetSize(int(f.Fd())); err == nil && wide > 0 {
			return min(wide, most)
		}
	}
	if wide, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && wide > 0 {
		return min(wide, most)
	}
	return file
}

// Warn prints what was wrong with an input.
func (a *App) Warn(problems []dataset.Problem) {
	for _, problem := range problems {
		fmt.Fprintln(a.Stderr, "promisebench: warning:", problem)
	}
}
