package history

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"promisebench/report/dataset"
	"promisebench/report/text"
)

// An environment is a host and the settings of a measurement: only runs that agree in
// both share a series.
type environment struct {
	name           string   // a letter for the host and a number for the settings: A1
	host, settings []string // in words
	runs           int
	known          map[string]string // the conditions of its first run
}

// separates reports whether runs with different values of a condition never share a
// series.
func separates(key string) bool {
	role := dataset.RoleOf(key)
	return role == dataset.Host || role == dataset.Way
}

// environmentWords says on what host and with which settings a run was measured,
// whole: these are compared.
func environmentWords(known map[string]string) (host, settings []string) {
	for _, c := range dataset.HostKeys() {
		if v := known[c.Key]; v != "" {
			host = append(host, fmt.Sprintf(c.Value, v))
		} else {
			host = append(host, notStated(c.Key))
		}
	}
	for _, key := range slices.Sorted(maps.Keys(known)) {
		if dataset.RoleOf(key) == dataset.Way {
			settings = append(settings, key+" "+known[key])
		}
	}
	if len(settings) == 0 {
		settings = []string{notStated("settings")}
	}
	return host, settings
}

func notStated(what string) string { return what + " not stated" }

// nameEnvironments gives runs their environments, named in the order in which they
// were first met.
func (h *History) nameEnvironments(read []readRun) {
	hosts, settings := make(map[string]string), make(map[string]string)
	byName := make(map[string]*environment)
	for _, r := range read {
		host, setting := identity(r.host), identity(r.settings)
		if hosts[host] == "" {
			hosts[host] = text.Letters(len(hosts))
		}
		if settings[setting] == "" {
			settings[setting] = fmt.Sprint(len(settings) + 1)
		}
		name := hosts[host] + settings[setting]
		env := byName[name]
		if env == nil {
			env = &environment{name: name, host: r.host, settings: r.settings, known: r.known}
			byName[name] = env
			h.environments = append(h.environments, env)
		}
		r.env = env
	}
	h.stateMissing()
	if all := h.environments; len(all) > 1 {
		h.common = slices.DeleteFunc(slices.Concat(all[0].host, all[0].settings), func(word string) bool {
			return slices.ContainsFunc(all, func(e *environment) bool { return !slices.Contains(e.host, word) && !slices.Contains(e.settings, word) })
		})
	}
}

// identity joins words so that others give something else.
func identity(words []string) string { return fmt.Sprintf("%q", words) }

// stateMissing says of each environment which settings it does not state and another
// of its host does: that may be all in which they differ.
func (h *History) stateMissing() {
	stated := make(map[string]map[string]bool) // by host
	for _, e := range h.environments {
		host := identity(e.host)
		for key := range e.known {
			if dataset.RoleOf(key) != dataset.Way {
				continue
			}
			if stated[host] == nil {
				stated[host] = make(map[string]bool)
			}
			stated[host][key] = true
		}
	}
	for _, e := range h.environments {
		for _, key := range slices.Sorted(maps.Keys(stated[identity(e.host)])) {
			if e.known[key] == "" {
				e.settings = append(e.settings, notStated(key))
			}
		}
	}
}

// special returns what is said of an environment and not of all others, or everything
// if there is no other.
func (h *History) special(e *environment) string {
	words := slices.Concat(e.host, e.settings)
	if len(h.environments) > 1 {
		words = slices.DeleteFunc(words, func(word string) bool { return slices.Contains(h.common, word) })
	}
	return strings.Join(words, ", ")
}
