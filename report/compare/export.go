package compare

import (
	"encoding/json"
	"encoding/xml"
	"io"
	"math"

	"promisebench/report/dataset"
	"promisebench/report/gate"
	"promisebench/report/text"
)

// This file writes for programs. Keys, classes and verdicts do not change with the
// words that readers see.

// WriteJSON writes all that was decided. The error is w's.
func (c *Comparison) WriteJSON(w io.Writer) error {
	type jsonRow struct {
		Name             string     `json:"name"`
		Unit             string     `json:"unit"`
		Verdict          string     `json:"verdict"`
		Ratio            *float64   `json:"ratio"`
		Lo               *float64   `json:"lo"`
		Hi               *float64   `json:"hi"`
		P                float64    `json:"p"`
		N                int        `json:"n"`
		SD               float64    `json:"sd"`
		DetectableEffect *float64   `json:"holds"`
		Rules            gate.Rules `json:"rules"`
		Why              string     `json:"why,omitempty"`
	}
	number := func(v float64) *float64 {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil
		}
		return &v
	}
	rows := []jsonRow{}
	for _, r := range c.Rows {
		rows = append(rows, jsonRow{r.Name, r.Unit, string(r.Verdict), number(r.Ratio), number(r.Lo), number(r.Hi),
			r.P, r.N, r.SD, number(r.DetectableEffect), r.Rules, r.Why})
	}
	list := func(lines []string) []string { return append([]string{}, lines...) } // [], not null
	verdict := "pass"
	if err := c.Err(); err != nil {
		verdict = err.Error()
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(struct {
		Verdict  string    `json:"verdict"`
		Base     string    `json:"base"`
		Head     string    `json:"head"`
		Plan     gate.Plan `json:"plan"`
		Paired   bool      `json:"paired"`
		Layouts  int       `json:"layouts,omitempty"`      // a side
		Counted  string    `json:"instructions,omitempty"` // how
		Rows     []jsonRow `json:"rows"`
		Failures []string  `json:"failures"`
		Skips    []string  `json:"skips"`
		Warnings []string  `json:"warnings"`
	}{verdict, c.pairs[0].Base.Condition(dataset.Side), c.pairs[0].Head.Condition(dataset.Side), c.Plan, c.paired, c.layouts, c.pairs[0].Head.Condition(dataset.Instructions),
		rows, list(c.problemTexts()), list(c.skips), list(c.Warnings())})
}

// The elements of JUnit XML. (github.com/jstemmer/go-junit-report/v2/junit has them,
// too, but its suites always say id="0" and time="", which is no number of seconds.)
type (
	junitMessage struct {
		Message string `xml:"message,attr"`
	}
	junitCase struct {
		Class   string        `xml:"classname,attr"`
		Name    string        `xml:"name,attr"`
		Failure *junitMessage `xml:"failure"`
		Error   *junitMessage `xml:"error"`
		Skipped *junitMessage `xml:"skipped"`
	}
	junitSuite struct {
		XMLName  xml.Name    `xml:"testsuite"`
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Errors   int         `xml:"errors,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
)

func (s *junitSuite) add(c junitCase) {
	s.Cases = append(s.Cases, c)
	s.Tests++
	switch {
	case c.Failure != nil:
		s.Failures++
	case c.Error != nil:
		s.Errors++
	case c.Skipped != nil:
		s.Skipped++
	}
}

// WriteJUnit writes the verdicts as JUnit XML, which CI services show: a test case
// for each benchmark and metric. The error is w's.
func (c *Comparison) WriteJUnit(w io.Writer) error {
	message := func(s string) *junitMessage { return &junitMessage{text.Clean(s)} }
	suite := junitSuite{Name: "promisebench gate"}
	for _, r := range c.Rows {
		test := junitCase{Class: "promisebench." + text.Clean(r.Unit), Name: text.Clean(r.Name)}
		said := string(r.Verdict) + ": " + r.Change()
		switch {
		case r.Verdict == gate.Regressed:
			test.Failure = message(said)
		case r.Verdict == gate.Inconclusive && c.excused(r):
			test.Skipped = message(said)
		case r.Verdict == gate.Inconclusive:
			test.Error = message(said)
		}
		suite.add(test)
	}
	for _, p := range c.Problems {
		suite.add(junitCase{Class: "promisebench", Name: text.Clean(p.Text), Error: message(p.Text)})
	}
	for _, s := range c.skips {
		suite.add(junitCase{Class: "promisebench", Name: text.Clean(s), Skipped: message(s)})
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(suite); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}
