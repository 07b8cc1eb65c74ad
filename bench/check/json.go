package check

import (
	"encoding/json"
	"io"

	"promisebench/engines"
	"promisebench/engines/probes"
)

// What is written as JSON. The names are a promise to programs that read it.
type (
	jsonResults struct {
		Conditions map[string]string `json:"conditions"`
		Wrong      int               `json:"wrong"`
		Checks     int               `json:"checks"`
		Engines    []jsonEngine      `json:"engines"`
	}
	jsonEngine struct {
		Engine  string       `json:"engine"`
		Version string       `json:"version"`
		Modes   []jsonMode   `json:"modes"`
		Probes  []jsonResult `json:"probes"`
	}
	jsonMode struct {
		Await      engines.AwaitMode   `json:"await"`
		Source     engines.AwaitSource `json:"source"`
		Verdict    Verdict             `json:"verdict"`
		Order      string              `json:"order,omitempty"`
		SkipsTicks bool                `json:"skipsTicks"`
		AsyncStack bool                `json:"asyncStack"`
		Ticks      []jsonTicks         `json:"ticks,omitempty"`
		Error      string              `json:"error,omitempty"`
	}
	jsonTicks struct {
		Workload string `json:"workload"`
		Got      int    `json:"got"`
		Want     int    `json:"expected"`
	}
	jsonResult struct {
		Name    string         `json:"name"`
		Title   string         `json:"title"`
		Section string         `json:"section"`
		Verdict probes.Verdict `json:"verdict"`
		Why     string         `json:"why,omitempty"`
		Want    []string       `json:"expected"`
		Got     []string       `json:"got"`
		Error   string         `json:"error,omitempty"`
	}
)

// message is an error's text, or empty.
func message(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// WriteJSON writes r as one JSON object. The error is w's.
func WriteJSON(w io.Writer, r Results) error {
	out := jsonResults{Conditions: map[string]string{}}
	for _, c := range r.Conditions {
		out.Conditions[c.Key] = c.Value
	}
	out.Wrong, out.Checks = r.Count()
	for _, e := range r.Engines {
		je := jsonEngine{Engine: e.Engine.Name(), Version: e.Engine.Version()}
		for _, m := range e.Modes {
			jm := jsonMode{
				Await: m.Await, Source: m.Source, Verdict: m.Verdict,
				Order: m.Order, SkipsTicks: m.SkipsTicks, AsyncStack: m.AsyncStack, Error: message(m.Err),
			}
			for _, t := range m.Ticks {
				jm.Ticks = append(jm.Ticks, jsonTicks(t))
			}
			je.Modes = append(je.Modes, jm)
		}
		for _, p := range e.Results {
			je.Probes = append(je.Probes, jsonResult{
				Name: p.Probe.Name, Title: p.Probe.Title, Section: p.Probe.URL(),
				Verdict: p.Verdict, Why: p.Why, Want: p.Probe.Want, Got: append([]string{}, p.Got...), Error: message(p.Err),
			})
		}
		out.Engines = append(out.Engines, je)
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(out)
}
