package httpload_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/perf/benchfmt"

	"promisebench/bench/httpload"
	"promisebench/engines/all"
	"promisebench/engines/worker"
	"promisebench/workloads/served"
)

// soaking loads a server for 300 ms in stretches of 50.
func soaking(t *testing.T, command func() (worker.Command, error), stretch func(httpload.Stretch) error) error {
	t.Helper()
	m := meter(t)
	m.Load.Time = 50 * time.Millisecond
	c := httpload.Cell{
		Framework: served.Framework{Name: served.Plain}, Engine: all.Engines()[0],
		Connections: 4, Pipeline: 3, Command: command, Soak: true,
	}
	if want := "HTTPSoak/framework=plain/engine=goja/connections=4/pipeline=3"; c.Name() != want {
		t.Errorf("name %s, want %s", c.Name(), want)
	}
	err := m.Soak(t.Context(), c, 300*time.Millisecond, stretch)
	nothingLeft(t, "")
	return err
}

// A soak is stretches of one server's life, one after the other, each with what
// was answered in it and the memory at its end.
func TestSoak(t *testing.T) {
	var list []httpload.Stretch
	err := soaking(t, self("goja"), func(s httpload.Stretch) error {
		list = append(list, s)
		return nil
	})
	if errors.Is(err, errors.ErrUnsupported) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	// Six, or fewer where the machine is late.
	if n := len(list); n < 2 || n > 6 {
		t.Errorf("%d stretches of 50 ms in 300 ms", n)
	}
	var sum time.Duration
	for i, s := range list {
		if sum += s.Elapsed; s.At != sum {
			t.Errorf("stretch %d ends at %v, want %v", i, s.At, sum)
		}
		if s.Answers < 1 || s.RSS < 1<<20 || s.CPU <= 0 {
			t.Errorf("stretch %d: %+v", i, s)
		}
		n, values := s.Values()
		units := make([]string, len(values))
		for i, v := range values {
			units[i] = v.Unit
		}
		if want := []string{"req/s", "elapsed-sec", "RSS-bytes", "cpu-ns/req", "load-cpu-ns/req"}; n != int(s.Answers) || !slices.Equal(units, want) {
			t.Errorf("%d, %v", n, values)
		}
		if !slices.ContainsFunc(values, func(v benchfmt.Value) bool { return v.Unit == "RSS-bytes" && v.Value == float64(s.RSS) }) {
			t.Errorf("%v lacks %d", values, s.RSS)
		}
	}
}

// A server that goes wrong in the middle is a failure; what came before it was
// told.
func TestSoakFaults(t *testing.T) {
	for name, want := range map[string]string{
		"exits":      "server: ended: exit status 3",
		"wrong-body": "wrong body of ",
	} {
		if err := soaking(t, self(name), func(httpload.Stretch) error { return nil }); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", name, err, want)
		}
	}
	full := errors.New("disk full")
	if err := soaking(t, self("goja"), func(httpload.Stretch) error { return full }); !errors.Is(err, full) {
		t.Errorf("got %v", err)
	}
}
