package check

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"promisebench/engines/probes"
)

// WriteTAP writes r as the Test Anything Protocol, version 14
// (https://testanything.org/tap-version-14-specification.html). What is known
// is a TODO test, so that readers of TAP don't fail for it and show the one
// that is fixed as a bonus; what is absent is skipped. The error is w's.
func WriteTAP(w io.Writer, r Results) error {
	var s tapStream
	_, all := r.Count()
	fmt.Fprintf(&s.Buffer, "TAP version 14\n1..%d\n", all)
	for _, e := range r.Engines {
		fmt.Fprintf(&s.Buffer, "# %s %s\n", e.Engine.Name(), oneLine(e.Engine.Version()))
		for _, m := range e.Modes {
			s.mode(e.Engine.Name(), m)
		}
		for _, p := range e.Results {
			s.probe(e.Engine.Name(), p)
		}
	}
	_, err := w.Write(s.Bytes())
	return err
}

// A tapStream numbers its test points.
type tapStream struct {
	bytes.Buffer
	n int
}

// point writes a test point. directive, if not empty, is SKIP or TODO.
func (s *tapStream) point(ok bool, description, directive, why string, diagnostics map[string]string) {
	s.n++
	status := "ok"
	if !ok {
		status = "not ok"
	}
	line := fmt.Sprintf("%s %d - %s", status, s.n, tapEscape(description))
	if directive != "" {
		line += " # " + directive + " " + tapEscape(why)
	}
	s.WriteString(strings.TrimSpace(line) + "\n")
	if len(diagnostics) == 0 {
		return
	}
	s.WriteString("  ---\n")
	for _, key := range slices.Sorted(maps.Keys(diagnostics)) {
		fmt.Fprintf(s, "  %s: %s\n", key, diagnostics[key])
	}
	s.WriteString("  ...\n")
}

func (s *tapStream) mode(engine string, m Mode) {
	description := fmt.Sprintf("%s await=%s: order and ticks", engine, m.Await)
	switch m.Verdict {
	case OK:
		s.point(true, description, "", "", nil)
	case InertFlag, NotAvailable:
		s.point(true, description, "SKIP", message(m.Err), nil)
	case Wrong:
		s.point(false, description, "", "", map[string]string{"error": yaml(message(m.Err))})
	default:
		s.point(false, description, "TODO", string(m.Verdict), nil)
	}
}

func (s *tapStream) probe(engine string, r probes.Result) {
	description := engine + " " + r.Probe.Name + ": " + r.Probe.Title
	diagnostics := map[string]string{
		"expected": yamlList(r.Probe.Want), "got": yamlList(r.Got), "section": yaml(r.Probe.URL()), "program": yaml(r.Probe.Source()),
	}
	if r.Err != nil {
		diagnostics["error"] = yaml(r.Err.Error())
	}
	switch r.Verdict {
	case probes.OK:
		s.point(true, description, "", "", nil)
	case probes.Absent, probes.NotApplicable:
		s.point(true, description, "SKIP", r.Why, nil)
	case probes.Known:
		s.point(false, description, "TODO", r.Why, diagnostics)
	case probes.Fixed:
		s.point(true, description, "TODO", "fixed: "+r.Why, nil)
	default:
		s.point(false, description, "", "", diagnostics)
	}
}

// tapEscape escapes what would begin a directive in a test's description.
func tapEscape(s string) string {
	return strings.NewReplacer(`\`, `\\`, "#", `\#`).Replace(oneLine(s))
}

// yaml returns a text as a YAML scalar: Go's escapes are among YAML's.
func yaml(s string) string { return strconv.QuoteToASCII(s) }

// yamlList returns texts as a YAML sequence.
func yamlList(texts []string) string {
	var list []string
	for _, s := range texts {
		list = append(list, yaml(s))
	}
	return "[" + strings.Join(list, ", ") + "]"
}

// oneLine makes text, which may come from an engine, one harmless line.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		if !unicode.IsPrint(r) {
			return unicode.ReplacementChar
		}
		return r
	}, s)
	return strings.TrimSpace(s)
}
