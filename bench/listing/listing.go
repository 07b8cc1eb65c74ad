// Package listing says what there is to choose from, as tables for people: engines,
// workloads, styles, and the hosts that are installed.
package listing

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"time"

	"promisebench/engines"
	"promisebench/engines/hosts"
	"promisebench/report/document"
	"promisebench/workloads"
)

// Engines has a line for each engine. What takes many words is below it.
func Engines(list []engines.Engine) *document.Table {
	t := &document.Table{
		Title:   "Engines",
		Columns: document.Cols("engine", "legacy await", "optimized await", "lacks"),
	}
	features := slices.Sorted(maps.Keys(engines.Features()))
	for _, e := range list {
		var lacks []string
		for _, f := range features {
			if !e.Supports(f) {
				lacks = append(lacks, string(f))
			}
		}
		t.Add(document.Texts(e.Name(), string(e.Await(engines.Legacy)), string(e.Await(engines.Optimized)), strings.Join(lacks, ", "))...)
		for _, f := range append(slices.Clone(features), engines.Builtins()...) {
			if how := engines.Deviation(e, f); how != "" {
				t.Note(fmt.Sprintf("%s deviates in %s: %s", e.Name(), f, how))
			}
		}
	}
	t.Note("promisebench engines: versions, and how to install others")
	return t
}

// Workloads has a line for each name that --workload takes, of one group.
func Workloads(list []workloads.Workload, group workloads.Group) *document.Table {
	t := &document.Table{
		Title:   fmt.Sprintf("Workloads of group %s", group),
		Columns: document.Cols("--workload", "what it does"),
	}
	for _, w := range list {
		if w.Group != group {
			continue
		}
		var styles []string
		for _, s := range workloads.Styles() {
			if w.Has(s) {
				styles = append(styles, s.Name)
			}
		}
		in := "\nin " + strings.Join(styles, ", ")
		if w.Variants[0].Name != "" {
			t.Add(document.Texts(w.Name, w.About+in)...)
		}
		for _, v := range w.Variants {
			name, about := w.Name+"/"+v.Name, v.About
			if v.Name == "" {
				name, about = w.Name, w.About
				if v.About != "" {
					about += "; " + v.About
				}
			}
			if v.Optional {
				about += " (only if named)"
			}
			if v.Name == "" {
				about += in
			}
			t.Add(document.Texts(name, about)...)
		}
	}
	return t
}

// Styles has a line for each style.
func Styles() *document.Table {
	t := &document.Table{
		Title:   "Styles",
		Columns: document.Cols("--style", "what it is", "await", "needs"),
		Notes:   []string{"await: legacy and optimized are measured where a style awaits; elsewhere there is nothing to compare"},
	}
	for _, s := range workloads.Styles() {
		awaits := "no"
		if s.Awaits {
			awaits = "yes"
		}
		t.Add(document.Texts(s.Name, s.About, awaits, strings.Join(s.Needs, ", "))...)
	}
	return t
}

// Installed has a line for each engine that is embedded and each host, with the clock
// that times it, for which it is started. missing is the number of hosts that are not
// usable.
func Installed(ctx context.Context, embedded []engines.Engine, found []hosts.Installed) (t *document.Table, missing int) {
	t = &document.Table{Columns: document.Cols("engine", "version", "clock", ">step", "where"), Key: 1}
	for _, e := range embedded {
		t.Add(document.Texts(e.Name(), e.Version(), "Go time.Now", "", "embedded")...)
	}
	for _, h := range found {
		where, clock, step := h.Path, "", ""
		if h.Err == nil {
			clock, step, h.Err = clockOf(ctx, h.Engine())
		}
		if h.Err != nil {
			missing++
			where = h.Err.Error()
			if errors.Is(h.Err, fs.ErrNotExist) {
				install := "make engines"
				if h.Debian != "" {
					install = "apt-get install " + h.Debian
				}
				where += "; " + install
			}
		}
		t.Add(document.Texts(h.Name, h.Version, clock, step, where)...)
	}
	return t, missing
}

// clockOf starts an engine to learn the clock that times its batches, and its step.
func clockOf(ctx context.Context, e engines.Engine) (name, step string, err error) {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	mode, _ := engines.OwnAwait(e)
	r, err := e.Open(ctx, engines.Options{Await: mode})
	if err != nil {
		return "", "", err
	}
	defer r.Close()
	clocked, ok := r.(engines.Clocked)
	if !ok {
		return "", "", nil
	}
	name, resolution := clocked.Clock()
	return name, resolution.String(), nil
}
