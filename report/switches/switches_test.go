package switches_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"promisebench/report/reporttest"
	"promisebench/report/switches"
)

// Each benchmark with a switch stands beside the one without, and nothing else does.
func TestChapter(t *testing.T) {
	var text strings.Builder
	for round := range 8 {
		for _, line := range []struct {
			name string
			ns   float64
		}{
			{"Doxbee/style=async/await=optimized/engine=node24", 1000},
			{"Doxbee/style=async/await=optimized/engine=node24/context=als", 1500},
			{"Doxbee/style=async/await=optimized/engine=node24/hooks=on", 4000},
			{"Doxbee/style=async/await=optimized/engine=bun", 500},
			{"Doxbee/style=async/await=optimized/engine=bun/context=als", 500},
			// Of these there is nothing to compare with, or it is no switch.
			{"Stream/style=async/await=optimized/engine=bun/context=als", 500},
			{"Doxbee/style=async/await=legacy/engine=node24/context=als", 1700},
			{"Doxbee/style=async/await=optimized/engine=bun/impl=lowered", 700},
			{"Doxbee/style=async/await=optimized/engine=bun/window=10", 700},
		} {
			fmt.Fprintf(&text, "Benchmark%s 1 %v ns/op\n", line.name, line.ns*(1+float64(round%3)/100))
		}
	}
	c := switches.New(reporttest.Read(t, text.String())).Chapters()[0]
	if len(c.Tables) != 1 || len(c.Charts) != 1 {
		t.Fatalf("%d tables, %d charts", len(c.Tables), len(c.Charts))
	}
	var got []string
	for _, row := range c.Tables[0].Rows {
		got = append(got, fmt.Sprintf("%s %s %s", row[2].Text, row[3].Text, row[6].Text))
	}
	want := "context als bun 1.00 [1.00, 1.00]; context als node24 1.50 [1.50, 1.50]; hooks on node24 4.00 [4.00, 4.00]"
	if strings.Join(got, "; ") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, "; "), want)
	}
	var svg bytes.Buffer
	if err := c.Charts[0].WriteSVG(&svg); err != nil || !strings.Contains(svg.String(), "costs time") {
		t.Errorf("%v", err)
	}
	for _, c := range switches.New(reporttest.Read(t, "BenchmarkDoxbee/style=async/await=optimized/engine=e 1 5 ns/op\n")).Chapters() {
		if len(c.Tables) != 0 || len(c.Text) != 0 {
			t.Errorf("nothing was switched, but there is %+v", c)
		}
	}
}

// What takes a multiple of the time with more in flight is said in words.
func TestGrowth(t *testing.T) {
	var text strings.Builder
	for round := range 8 {
		noise := 1 + float64(round%3)/100
		for _, engine := range []struct {
			name string
			ns   [3]float64 // with 10, 1000 and 100000 in flight
		}{{"deno", [3]float64{500, 3400, 400000}}, {"node24", [3]float64{800, 700, 1500}}} {
			for i, variant := range []string{"ten/window=10", "thousand/window=1000", "hundred-thousand/window=100000"} {
				name, window, _ := strings.Cut(variant, "/")
				fmt.Fprintf(&text, "BenchmarkRejections/variant=%s/style=async/await=optimized/engine=%s/%s 1 %v ns/op\n", name, engine.name, window, noise*engine.ns[i])
			}
		}
		fmt.Fprintf(&text, "BenchmarkDoxbee/style=async/await=optimized/engine=deno 1 5 ns/op\nBenchmarkDoxbee/style=async/await=optimized/engine=deno/window=7 1 50 ns/op\n")
	}
	c := switches.New(reporttest.Read(t, text.String())).Chapters()[1]
	const want = "It grows with their number on deno (rejections (ten, window=10), async, 100000 in flight: 800 [800, 800]), " +
		"on deno (rejections (ten, window=10), async, 1000 in flight: 6.80 [6.80, 6.80])."
	if len(c.Text) != 1 || !strings.HasSuffix(c.Text[0], want) || len(c.Tables) != 1 || len(c.Tables[0].Rows) != 4 {
		t.Errorf("got %q, %d tables; want %q", c.Text, len(c.Tables), want)
	}
}
