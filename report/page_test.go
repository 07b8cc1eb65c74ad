package report

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// pageOf returns r's page after checking all that must hold for every page.
func pageOf(t testing.TB, r *Results) string {
	t.Helper()
	var b bytes.Buffer
	if err := r.WritePage(&b); err != nil {
		t.Fatal(err)
	}
	checkPage(t, b.String())
	return b.String()
}

// chartRules matches what charts may add to the style sheet.
var chartRules = regexp.MustCompile(`^(\.s\d+\{([a-z-]+:([A-Za-z0-9., -]+|var\(--c([0-9A-F]{6}),#[0-9A-F]{6}\));)+\}\n)*$`)

// checkPage checks that a page is HTML that runs our script only and fetches
// nothing, and that what it refers to is there.
func checkPage(t testing.TB, page string) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	ids := make(map[string]bool)
	var wanted []string
	policy, sheet, scripts, styles := "", "", 0, 0
	for n := range root.Descendants() {
		if n.Type == html.CommentNode {
			t.Errorf("a comment: %.100q", n.Data)
		}
		if n.Type != html.ElementNode {
			continue
		}
		attr := make(map[string]string)
		for _, a := range n.Attr {
			attr[a.Key] = a.Val
			switch key := strings.ToLower(a.Key); {
			case strings.HasPrefix(key, "on"), key == "style", key == "srcdoc", key == "action", key == "formaction", key == "xlink:href", key == "src":
				t.Errorf("<%s> has an attribute %s", n.Data, a.Key)
			case key == "id":
				if ids[a.Val] {
					t.Errorf("two elements have the id %q", a.Val)
				}
				ids[a.Val] = true
			case key == "href":
				known := strings.HasPrefix(a.Val, "#") || n.Data == "a" && (strings.HasPrefix(a.Val, "https://") || ownLink.MatchString(a.Val)) || a.Val == "data:,"
				if !known {
					t.Errorf("<%s> refers to %.100q", n.Data, a.Val)
				}
				if id, ok := strings.CutPrefix(a.Val, "#"); ok {
					wanted = append(wanted, id)
				}
			case key == "aria-labelledby":
				wanted = append(wanted, strings.Fields(a.Val)...)
			}
		}
		switch n.Data {
		case "script":
			scripts++
			if n.FirstChild == nil || n.FirstChild.Data != pageScript {
				t.Errorf("a script that is not ours: %.100q", n.FirstChild.Data)
			}
		case "style":
			styles++
			if n.FirstChild != nil {
				sheet = n.FirstChild.Data
			}
			if rules, ok := strings.CutPrefix(sheet, pageStyle); !ok || !chartRules.MatchString(rules) {
				t.Errorf("a style sheet that is not ours: %.300q", rules)
			}
		case "iframe", "object", "embed", "img", "image", "form", "base", "foreignobject", "foreignObject", "use", "animate", "set", "video", "audio":
			t.Errorf("a <%s>", n.Data)
		case "meta":
			if strings.EqualFold(attr["http-equiv"], "Content-Security-Policy") {
				policy = attr["content"]
			} else if attr["http-equiv"] != "" {
				t.Errorf("<meta http-equiv=%q>", attr["http-equiv"])
			}
		case "th":
			if attr["scope"] == "" {
				t.Error("a <th> without scope")
			}
		case "svg":
			if attr["role"] != "img" || attr["aria-labelledby"] == "" {
				t.Error("a chart without role or name")
			}
		case "html":
			if attr["lang"] != "en" {
				t.Error("no language")
			}
		}
	}
	for _, id := range wanted {
		if !ids[id] {
			t.Errorf("something refers to %q, which is not there", id)
		}
	}
	if scripts != 1 || styles != 1 {
		t.Errorf("%d scripts and %d style sheets, want one of each", scripts, styles)
	}
	hash := func(s string) string {
		sum := sha256.Sum256([]byte(s))
		return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
	}
	want := fmt.Sprintf("default-src 'none'; style-src '%s'; script-src '%s'; img-src data:; base-uri 'none'; form-action 'none'",
		hash(sheet), hash(pageScript))
	if policy != want {
		t.Errorf("policy is %q\nwant %q", policy, want)
	}
	for _, bad := range []string{"\x00", "\x1b", "\u202e", "\ufeff", "\u2028", "\xff", "ZgotmplZ", "NaN</", "Inf</"} {
		if strings.Contains(page, bad) {
			t.Errorf("the page contains %q", bad)
		}
	}
}

// withoutLooks cuts from a page what is not data: style sheet, script, policy
// and the drawings, of which title and description stay.
func withoutLooks(page string) string {
	for _, cut := range []struct{ from, to string }{
		{`(?s)<style>.*?</style>`, "<style>…</style>"},
		{`(?s)<script>.*?</script>`, "<script>…</script>"},
		{`content="default-src[^"]*"`, `content="…"`},
		{`(?s)</desc>.*?</svg>`, "</desc>…</svg>"},
	} {
		page = regexp.MustCompile(cut.from).ReplaceAllLiteralString(page, cut.to)
	}
	return page
}

func TestPageGolden(t *testing.T) {
	for _, name := range []string{"typical", "broken", "gotest", "figures"} {
		t.Run(name, func(t *testing.T) {
			r := readFile(t, name+".txt")
			page := pageOf(t, r)
			golden(t, name+".page.html", withoutLooks(page))
			if again := pageOf(t, r); again != page {
				t.Error("writing the page twice gives different bytes")
			}
		})
	}
}

// hostileResults is results in which every name is an attack.
func hostileResults() string {
	var b strings.Builder
	b.WriteString("Unit <b>/op assume=exact\ncommand: promisebench </code></pre><script>alert(1)</script>\ncpu: <img src=x onerror=alert(1)>\n")
	for i, h := range hostile() {
		fmt.Fprintf(&b, "engine-%s: %s\nawait-%s: legacy=emulated optimized=%s\n", strings.ToLower(h), h, strings.ToLower(h), h)
		for _, await := range []string{"legacy", "optimized", h} {
			for range 6 {
				fmt.Fprintf(&b, "BenchmarkX%s/style=async/await=%s/engine=%s 1 %d ns/op 5 %s/op 6 <b>/op\n", h, await, h, i+1, h)
				fmt.Fprintf(&b, "BenchmarkDoxbee/style=%s/await=%s/engine=%s 1 %d ns/op\n", h, await, h, i+1)
			}
		}
		fmt.Fprintf(&b, "Benchmark%s 1 5 ns/op\n--- FAIL: Benchmark%s/style=%s/engine=%s\n    %s\n", h, h, h, h, h)
	}
	return b.String()
}

func TestHostilePage(t *testing.T) {
	page := pageOf(t, read(t, hostileResults()))
	if !strings.Contains(page, "&lt;script&gt;alert(1)&lt;/script&gt;") {
		t.Error("the hostile name does not stand in the page as text")
	}
	if len(page) > 2_000_000 {
		t.Errorf("the page has %d bytes", len(page))
	}
}

// TestPageSize holds the page of the full matrix to a size that can be sent, and
// one of eight workloads to having all its charts.
func TestPageSize(t *testing.T) {
	full := fixture{styles: []string{"callback", "thunk", "promise", "generator", "async", "async-transpiled", "events", "for-await"}, rounds: 9, header: true}
	for i := range 16 {
		full.engines = append(full.engines, fmt.Sprintf("engine-with-a-name-of-forty-letters-%03dx", i))
	}
	for i := range 21 {
		full.workloads = append(full.workloads, fmt.Sprintf("Doxbee/variant=number%d", i))
		if len(full.workloads) != 8 && len(full.workloads) != 21 {
			continue
		}
		page := pageOf(t, read(t, full.text()))
		left := strings.Count(page, "beside this page, which would be too large")
		t.Logf("%d workloads: the page has %d bytes and %d charts, %d are left out", len(full.workloads), len(page), strings.Count(page, "<svg "), left)
		if len(page) > 2_000_000 {
			t.Errorf("the page has %d bytes, more than 2 MB", len(page))
		}
		if len(full.workloads) == 8 && left > 0 {
			t.Errorf("%d charts of 8 workloads are not in the page", left)
		}
	}
}

func TestInline(t *testing.T) {
	for _, test := range []struct{ file, want string }{
		{`<svg><script>alert(1)</script></svg>`, "<script>"},
		{`<svg><image href="x"/></svg>`, "<image>"},
		{`<svg><path d="M0,0" onclick="alert(1)"/></svg>`, "attribute onclick"},
		{`<svg><path d="M0,0" style="fill:url(http://x)"/></svg>`, "no colour"},
		{`<svg><path d="M0,0" style="behavior:x"/></svg>`, `no style "behavior"`},
		{`<svg><g xmlns:x="y" x:href="z"></g></svg>`, "attribute"},
		{`<svg><path`, "EOF"},
	} {
		if got, err := new(inliner).inline([]byte(test.file)); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %q, error %v, want one with %q", test.file, got, err, test.want)
		}
	}
	var in inliner
	got, err := in.inline([]byte(`<svg viewBox="0 0 1 1"><title id="a&quot;b">&lt;b&gt;</title>` +
		`<path d="M0,0L1,1" style="fill:none;stroke:#111111" />` + "\n" + `<path d="M2,2L3,3" style="fill:none;stroke:#111111" /><text x="1" transform="scale(1, -1)" style="fill:#222222">a &amp; b</text></svg>`))
	const want = `<svg viewBox="0 0 1 1"><title id="a&#34;b">&lt;b&gt;</title><path class="s0" d="M0,0l1,1M2,2l1,1"/><text class="s1" x="1">a &amp; b</text></svg>`
	if err != nil || string(got) != want {
		t.Errorf("got %s, %v\nwant %s", got, err, want)
	}
	if got, want := in.sheet(), ".s0{fill:none;stroke:var(--c111111,#111111);}\n.s1{fill:var(--c222222,#222222);}\n"; got != want {
		t.Errorf("got the rules %q, want %q", got, want)
	}
}

// sixPairs returns results of two await modes with these ratios, in rounds.
func sixPairs(ratios ...float64) string {
	var b strings.Builder
	b.WriteString("rounds: interleaved\n")
	for _, ratio := range ratios {
		fmt.Fprintf(&b, "BenchmarkDoxbee/style=async/await=legacy/engine=goja 1 1000 ns/op\nBenchmarkDoxbee/style=async/await=optimized/engine=goja 1 %.0f ns/op\n", 1000*ratio)
	}
	return b.String()
}

// A finding is claimed only if the interval supports it.
func TestFindings(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"saves", sixPairs(.72, .73, .73, .73, .74, .74), "On goja, the await optimization saves 27 % of doxbee’s time [26 %, 28 %]."},
		{"costs", sixPairs(1.1, 1.1, 1.1, 1.2, 1.2, 1.2), "On goja, the await optimization adds 15 % to doxbee’s time [10.0 %, 20 %]."},
		{"undecided", sixPairs(.7, .8, .9, 1, 1.1, 1.2), "cannot be told whether the await optimization changes doxbee’s time: the interval is -30 % to +20 %."},
		{"touches 1", sixPairs(.7, .8, .9, .9, .9, 1), "cannot be told whether"},
		{"too few", sixPairs(.5, .5, .5), "cannot be told whether the await optimization changes doxbee’s time: 3 sample pairs, and an interval needs 6."},
		{"emulated", "await-goja: legacy=emulated optimized=native\n" + sixPairs(.72, .73, .73, .73, .74, .74),
			"[26 %, 28 %].¹"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := read(t, test.text)
			a := r.awaitAnswer(r.matrix())
			if said := strings.Join(a.Rest, "\n"); !strings.Contains(said, test.want) {
				t.Errorf("got %q\nwant %q", said, test.want)
			}
			pageOf(t, r)
		})
	}
}

// contestText returns results of engines whose times in ns are given by round.
func contestText(style, await string, engines map[string][]int) string {
	var b strings.Builder
	b.WriteString("rounds: interleaved\nawait-skipping: optimized=skips-ticks\nawait-emulating: legacy=native optimized=emulated\n")
	for engine, times := range engines {
		for _, ns := range times {
			fmt.Fprintf(&b, "BenchmarkDoxbee/style=%s/await=%s/engine=%s 1 %d ns/op\n", style, await, engine, ns)
		}
	}
	return b.String()
}

func TestWhoIsFastest(t *testing.T) {
	slow, fast := []int{200, 202, 204, 206, 208, 210}, []int{100, 101, 102, 103, 104, 105}
	mixed := []int{90, 110, 95, 108, 99, 107}
	for _, test := range []struct {
		name    string
		style   string
		engines map[string][]int
		want    string
	}{
		{"clear", "async", map[string][]int{"a": slow, "b": fast}, "In async functions, b is fastest at 1 of 1 workload."},
		{"tie", "async", map[string][]int{"a": mixed, "b": fast}, "In async functions, it cannot be told who is fastest at any of 1 workload."},
		{"too few", "async", map[string][]int{"a": slow[:3], "b": fast[:3]}, "it cannot be told who"},
		{"other style", "promise", map[string][]int{"a": slow, "b": fast}, "In style promise, b is fastest"},
		{"alone", "async", map[string][]int{"a": slow}, "Only a was measured"},
		{"not by the rules", "async", map[string][]int{"a": slow, "skipping": fast}, "no two engines did the same work"},
		{"not its own", "async", map[string][]int{"a": slow, "emulating": fast}, "no two engines did the same work"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := read(t, contestText(test.style, "optimized", test.engines))
			f := r.figures()
			a := r.fastestAnswer(f.m, r.engineContests(f), r.styleContests(f))
			if !strings.Contains(a.First, test.want) {
				t.Errorf("got %q, want %q", a.First, test.want)
			}
			pageOf(t, r)
		})
	}
}

func TestSkipsAreFootnotes(t *testing.T) {
	r := read(t, legacyLine+"--- SKIP: BenchmarkDoxbee/style=for-await/await=legacy/engine=goja\n    it lacks async generators\n")
	page := pageOf(t, r)
	for _, want := range []string{`<td>skip[¹²]</td>`, `[¹²] skip: it lacks async generators`} {
		if !regexp.MustCompile(want).MatchString(page) {
			t.Errorf("the page lacks %s", want)
		}
	}
}

// The pages of the recorded runs are what people will see first.
func TestRecordedPages(t *testing.T) {
	texts, err := filepath.Glob("../results/*/bench.txt")
	if err != nil || len(texts) == 0 {
		t.Fatalf("no recorded runs: %v", err)
	}
	for _, name := range texts {
		t.Run(filepath.Base(filepath.Dir(name)), func(t *testing.T) {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			page := pageOf(t, read(t, string(text)))
			t.Logf("%d bytes", len(page))
			if len(page) > 2_000_000 {
				t.Errorf("the page has %d bytes, more than 2 MB", len(page))
			}
			for _, id := range []string{"conditions", "method", "biases"} {
				if !strings.Contains(page, `id="`+id+`"`) {
					t.Errorf("the page lacks the section %s", id)
				}
			}
		})
	}
}

// TestContrast holds the page's colours to WCAG 2 AA: text has a contrast of at
// least 4.5 to what is behind it, and marks one of 3.
func TestContrast(t *testing.T) {
	luminance := func(colour string) float64 {
		var rgb [3]uint8
		if _, err := fmt.Sscanf(colour, "#%02x%02x%02x", &rgb[0], &rgb[1], &rgb[2]); err != nil {
			t.Fatalf("%s: %v", colour, err)
		}
		sum := 0.0
		for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
			v := float64(rgb[i]) / 255
			if v <= 0.04045 {
				v /= 12.92
			} else {
				v = math.Pow((v+0.055)/1.055, 2.4)
			}
			sum += weight * v
		}
		return sum
	}
	schemes := regexp.MustCompile(`--paper: #.{6};[^}]*`).FindAllString(strings.ReplaceAll(pageStyle, "\n", " "), -1)
	if len(schemes) != 2 {
		t.Fatalf("found %d colour schemes, want light and dark", len(schemes))
	}
	for _, scheme := range schemes {
		colour := make(map[string]string)
		for _, match := range regexp.MustCompile(`--([a-zA-F0-9-]+): (#[0-9a-f]{6});`).FindAllStringSubmatch(scheme, -1) {
			colour[match[1]] = match[2]
		}
		if _, dark := colour["cFFFFFF"]; !dark { // the charts' own colours
			colour["cFFFFFF"], colour["c222222"], colour["c5C5C5C"], colour["cF6F6F6"] = "#ffffff", "#222222", "#5c5c5c", "#f6f6f6"
		}
		for _, pair := range [][2]string{
			{"c222222", "cFFFFFF"}, {"c222222", "cF6F6F6"}, {"c5C5C5C", "cFFFFFF"},
			{"ink", "paper"}, {"ink", "card"}, {"ink", "warn-card"}, {"faint", "paper"}, {"faint", "card"}, {"link", "paper"}, {"link", "card"},
		} {
			x, y := luminance(colour[pair[0]]), luminance(colour[pair[1]])
			if contrast := (max(x, y) + 0.05) / (min(x, y) + 0.05); contrast < 4.5 {
				t.Errorf("%s %s on %s %s has a contrast of %.2f, want 4.5", pair[0], colour[pair[0]], pair[1], colour[pair[1]], contrast)
			}
		}
		for l := range lookHeap + 1 {
			_, edge, _ := l.drawing()
			r, g, b, _ := edge.RGBA()
			name := fmt.Sprintf("c%02X%02X%02X", r>>8, g>>8, b>>8)
			drawn := colour[name]
			if drawn == "" { // the same in both schemes
				drawn = "#" + strings.ToLower(name[1:])
			}
			x, y := luminance(drawn), luminance(colour["cFFFFFF"])
			if contrast := (max(x, y) + 0.05) / (min(x, y) + 0.05); contrast < 3 {
				t.Errorf("%s, %s on %s, has a contrast of %.2f, want 3", l.legend(), drawn, colour["cFFFFFF"], contrast)
			}
		}
	}
}

// FuzzPage checks that whatever can be read gives a page that runs nothing but
// our script.
func FuzzPage(f *testing.F) {
	for _, name := range []string{"testdata/broken.txt", "testdata/gotest.txt"} {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(data))
	}
	for _, h := range slices.Concat(hostile(), []string{"", "x"}) {
		f.Add("engine-x: " + h + "\ncommand: " + h + "\nBenchmark" + h + "/style=async/await=" + h + "/engine=x-2 1 5 ns/op 1e300 x/op\n--- SKIP: Benchmark" + h + "\n  " + h + "\n")
	}
	f.Add("--- SKIP: BenchmarkX/style=async/await=legacy/engine=e\n    all of it\n") // names and no sample
	f.Add(sixPairs(.7, .8, .9, 1, 1.1, 1.2))
	f.Fuzz(func(t *testing.T, text string) {
		pageOf(t, read(t, text))
	})
}
