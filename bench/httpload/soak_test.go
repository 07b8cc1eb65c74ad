package httpload_test

import (
	"iter"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"promisebench/bench"
	"promisebench/bench/httpload"
	"promisebench/engines/all"
	"promisebench/engines/worker"
	"promisebench/workloads/served"
)

// soaking loads a server for 300 ms in intervals of 50.
func soaking(t *testing.T, command func() (worker.Command, error)) iter.Seq[bench.Record] {
	t.Helper()
	m := meter(t)
	m.Load.Time = 50 * time.Millisecond
	c := httpload.Cell{
		Framework: served.Framework{Name: served.Plain}, Engine: all.Engines()[0],
		Connections: 4, Pipeline: 3, Command: command, Soak: 300 * time.Millisecond,
	}
	if want := "HTTPSoak/framework=plain/engine=goja/connections=4/pipeline=3"; c.Name() != want {
		t.Errorf("name %s, want %s", c.Name(), want)
	}
	return m.Soak(t.Context(), []httpload.Cell{c})
}

// A soak is intervals of one server's life, one after the other, each with what
// was answered in it and the memory at its end.
func TestSoak(t *testing.T) {
	list := slices.Collect(soaking(t, self("goja")))
	nothingLeft(t, "")
	if len(list) == 1 && list[0].Skipped() {
		t.Skip(list[0].Err)
	}
	// Six, or fewer where the machine is late.
	if n := len(list); n < 1 || n > 6 {
		t.Errorf("%d intervals of 50 ms in 300 ms", n)
	}
	sum := 0.0
	for i, r := range list {
		if r.Err != nil {
			t.Fatal(r.Err)
		}
		values := map[string]float64{}
		units := make([]string, len(r.Values))
		for i, v := range r.Values {
			units[i], values[v.Unit] = v.Unit, v.Value
		}
		if want := []string{"req/s", "elapsed-sec", "RSS-bytes", "cpu-ns/req", "load-cpu-ns/req"}; !slices.Equal(units, want) {
			t.Fatalf("units %v, want %v", units, want)
		}
		sum += float64(r.Iters) / values["req/s"]
		if at := values["elapsed-sec"]; math.Abs(sum-at) > 0.005 { // both are rounded
			t.Errorf("interval %d ends at %v s, want %v", i, at, sum)
		}
		if r.Iters < 1 || values["RSS-bytes"] < 1<<20 || values["cpu-ns/req"] <= 0 {
			t.Errorf("interval %d: %+v", i, r)
		}
	}
}

// A server that goes wrong in the middle is a failure, behind what came before it.
func TestSoakFaults(t *testing.T) {
	for name, want := range map[string]string{
		"exits":      "server: ended: exit status 3",
		"wrong-body": "wrong body of ",
	} {
		list := slices.Collect(soaking(t, self(name)))
		nothingLeft(t, "")
		if err := list[len(list)-1].Err; err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", name, err, want)
		}
	}
}

// Whoever wants no more of it ends it, and the server with it.
func TestSoakStops(t *testing.T) {
	for range soaking(t, self("goja")) {
		break
	}
	nothingLeft(t, "")
}
