package workloads

import "maps"

// Custom returns a workload of scripts that stand alone: nothing is loaded
// before them, and they find no params. scripts has one by style; what is
// there in async is there in async-transpiled too.
func Custom(name, about string, v Variant, scripts map[string]Source) Workload {
	scripts = maps.Clone(scripts)
	if s, ok := scripts["async"]; ok {
		if _, ok := scripts["async-transpiled"]; !ok {
			scripts["async-transpiled"] = s
		}
	}
	return Workload{
		Name:     name,
		About:    about,
		Variants: []Variant{v},
		Group:    Patterns,
		alone:    scripts,
	}
}
