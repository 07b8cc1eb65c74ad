package gate

import (
	"strings"
	"testing"
)

func TestReadConfig(t *testing.T) {
	c, err := ReadConfig(strings.NewReader(`{
  "host": ["mynode=/path"],
  "gate": {
    "alpha": "2%", "pairs": 60, "threshold": 0.02,
    "rules": [
      {"match": "^Parallel/", "metric": "sec/op", "bound": "4%"},
      {"match": "engine=sobek", "metric": "allocs/op", "ignore": true}
    ]
  }
}`))
	if err != nil {
		t.Fatal(err)
	}
	if c, err = c.Complete(); err != nil {
		t.Fatal(err)
	}
	if p := c.Plan(); p != (Plan{0.02, DefaultConfidence, 60}) {
		t.Errorf("plan %+v", p)
	}
	if err := c.Unused(); err == nil || !strings.Contains(err.Error(), `rule 1 (match "^Parallel/"`) {
		t.Errorf("unused rules: %v", err)
	}
	for _, f := range []struct {
		name, metric string
		kind         Kind
		layouts      int
		want         Rules
		compared     bool
	}{
		{"Doxbee/engine=goja", "sec/op", Paired, 1, Rules{MinEffect: 0.02, Equivalence: DefaultEquivalence}, true},
		{"Parallel/engine=goja", "sec/op", Paired, 1, Rules{MinEffect: 0.02, Equivalence: 0.04}, true},
		{"Parallel/engine=goja", "sec/op", Unpaired, 1, Rules{MinEffect: 0.02, Equivalence: 0.04, Allowance: DefaultAllowance}, true},
		{"Parallel/engine=sobek", "allocs/op", Exact, 1, Rules{MinEffect: 0.02, Equivalence: DefaultEquivalence, Tolerance: DefaultTolerance}, false},
		{"Doxbee/engine=goja", "sec/op", Paired, 28, Rules{MinEffect: 0.02, Equivalence: DefaultLayoutEquivalence}, true},
		{"Doxbee/engine=goja", "sec/op", Unpaired, 28, Rules{MinEffect: 0.02, Equivalence: DefaultEquivalence, Allowance: DefaultAllowance}, true},
		{"Parallel/engine=goja", "sec/op", Paired, 28, Rules{MinEffect: 0.02, Equivalence: 0.04}, true},
		{"Parallel/engine=goja", "B/op", Exact, 28, Rules{MinEffect: 0.02, Equivalence: DefaultEquivalence, Tolerance: DefaultBytesTolerance}, true},
		{"Parallel/engine=goja", "instructions/op", Counted, 28, Rules{MinEffect: 0.02, Equivalence: DefaultEquivalence, Tolerance: DefaultInstructionTolerance}, true},
		{"Parallel/engine=goja", "ticks/op", Exact, 1, Rules{MinEffect: 0.02, Equivalence: DefaultEquivalence}, true},
	} {
		if got, compared := c.For(f.name, f.metric, f.kind, f.layouts); got != f.want || compared != f.compared {
			t.Errorf("%s %s: %+v %v, want %+v %v", f.name, f.metric, got, compared, f.want, f.compared)
		}
	}
	if err := c.Unused(); err != nil {
		t.Error(err)
	}
}

func TestConfigErrors(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"{\n\"gate\": {\n\"treshold\": \"1%\"}}", `line 3: json: unknown field "treshold"`},
		{"{\n\"gate\": {\"rules\": [\n{\"match\": \"x\",\n\"metrc\": \"y\"}]}}", `line 4: json: unknown field "metrc"`},
		{"{\n\"gate\": {\n\"alpha\": \"many\"}}", `"many": want a percentage`},
		{"{\n\"gate\": {\n\"alpha\": \"-1%\"}}", `want a percentage`},
		{"{\n\"gate\": {\n\"pairs\": \"x\"}}", `line 3: json: cannot unmarshal string`},
		{"{\n\"gate\":\n{", `line 3: unexpected end`},
		{"{\n\"gate\": {\"rules\": [\n{\"match\": \"a(\"}]}}", "line 3: error parsing regexp"},
		{`{"gate": {"alpha": "60%"}}`, "alpha 0.6: the family-wise error must lie between 0 and 0.5"},
		{`{"gate": {"confidence": 1}}`, "confidence 1: the level"},
		{`{"gate": {"pairs": 5}}`, "5 pairs: there is no verdict from fewer than 8"},
		{`{"gate": {"undecided": "maybe"}}`, `undecided: "maybe", want fail, pass or exact`},
		{`{"gate": {"rules": [{"metric": "sec"}]}}`, `rule 1: the metric "sec" is not compared: there are sec/op`},
	} {
		config, err := ReadConfig(strings.NewReader(c.text))
		if err == nil {
			_, err = config.Complete()
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", c.text, err, c.want)
		}
	}
}

func FuzzReadConfig(f *testing.F) {
	f.Add(`{"gate": {"alpha": "1%", "rules": [{"match": "a", "ignore": true}]}}`)
	f.Add(`{"gate": {"rules": [{"match": "("}]}}`)
	f.Add(`{"gate": null}`)
	f.Fuzz(func(t *testing.T, text string) {
		c, err := ReadConfig(strings.NewReader(text))
		if err == nil {
			c, err = c.Complete()
		}
		if err != nil {
			return
		}
		if rules, _ := c.For("Doxbee", "sec/op", Paired, 1); rules.MinEffect < 0 {
			t.Errorf("a negative minimum effect: %+v", rules)
		}
	})
}
