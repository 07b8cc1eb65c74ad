package document_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"golang.org/x/perf/benchmath"

	"promisebench/report/chart"
	"promisebench/report/document"
	"promisebench/report/document/documenttest"
	"promisebench/report/stats"
	"promisebench/report/text"
	"promisebench/report/theme"
)

// A browser shows pages, and remembers what they did that they must not do.
type browser struct {
	t   *testing.T
	ctx context.Context

	mu     sync.Mutex
	events []string // console messages, requests, dialogs, errors
}

// openBrowser starts a browser for a test. Where there is none, the test is
// skipped, but not in CI, where .ci/run installs one.
func openBrowser(t *testing.T) *browser {
	t.Helper()
	var path string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		const why = "no chromium on the PATH; on Debian: apt-get install -y --no-install-recommends chromium"
		if os.Getenv("CI") == "true" {
			t.Fatal(why)
		}
		t.Skip(why)
	}
	if testing.Short() {
		t.Skip("a browser takes seconds")
	}
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]),
		chromedp.ExecPath(path), chromedp.DisableGPU, chromedp.Flag("hide-scrollbars", true))
	if os.Geteuid() == 0 {
		// Chromium refuses to run as root with its sandbox. What it opens here are our own files.
		options = append(options, chromedp.NoSandbox)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	b := &browser{t: t, ctx: ctx}
	if err := chromedp.Listen(ctx, b.heard); err != nil {
		t.Fatal(err)
	}
	b.do(chromedp.EmulateViewport(1280, 900))
	return b
}

// call makes an action of a command of the protocol.
func call[P, R any](command cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, command, params)
		return err
	})
}

func (b *browser) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.t.Fatal(err)
	}
}

// run runs statements in the page.
func (b *browser) run(script string) {
	b.t.Helper()
	if _, err := chromedp.Run(b.ctx, chromedp.Evaluate[any](script+"; undefined")); err != nil {
		b.t.Fatalf("%s: %v", script, err)
	}
}

// eval returns what an expression in the page says.
func eval[T any](b *browser, expression string) T {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		b.t.Fatalf("%s: %v", expression, err)
	}
	return v
}

// heard notes what the page does.
func (b *browser) heard(event any) {
	said := ""
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		if strings.HasPrefix(e.Request.URL, "data:") || strings.HasSuffix(e.Request.URL, "/index.html") && strings.HasPrefix(e.Request.URL, "file://") {
			return
		}
		said = "request for " + e.Request.URL
	case *runtime.EventConsoleAPICalled:
		args, _ := json.Marshal(e.Args)
		said = fmt.Sprintf("console.%s(%s)", e.Type, args)
	case *runtime.EventExceptionThrown:
		details, _ := json.Marshal(e.ExceptionDetails)
		said = "exception: " + string(details)
	case *log.EventEntryAdded:
		said = fmt.Sprintf("%s: %s: %s", e.Entry.Source, e.Entry.Level, e.Entry.Text)
	case *cdppage.EventJavascriptDialogOpening:
		said = "dialog: " + e.Message
	default:
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.events = append(b.events, said)
}

// silent fails the test if the page did something that it must not do.
func (b *browser) silent() {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, e := range b.events {
		b.t.Errorf("the page: %.500s", e)
	}
}

// open shows the page of d.
func (b *browser) open(d *document.Document) {
	b.t.Helper()
	b.show(documenttest.Page(b.t, d))
}

// show writes a page to a file and opens it from there, as readers do.
func (b *browser) show(page string) {
	b.t.Helper()
	file := filepath.Join(b.t.TempDir(), "index.html")
	if err := os.WriteFile(file, []byte(page), 0o666); err != nil {
		b.t.Fatal(err)
	}
	b.do(chromedp.Navigate("file://" + file))
}

// column returns what the visible rows of a table say in a column.
func (b *browser) column(table string, column int) []string {
	b.t.Helper()
	return eval[[]string](b, fmt.Sprintf(
		`[...document.querySelectorAll('#%s tbody tr')].filter(r => !r.hidden).map(r => r.cells[%d].textContent)`, table, column))
}

// tableOf returns the id of the table with a caption.
func (b *browser) tableOf(caption string) string {
	b.t.Helper()
	return eval[string](b, fmt.Sprintf(`[...document.querySelectorAll('caption')].find(c => c.textContent === %q).parentElement.id`, caption))
}

// shown is everything, with more charts of which the last has links.
func shown() *document.Document {
	d := everything()
	run := chart.Look{Legend: "run", Stroke: theme.Blue(), Fill: theme.PaleBlue()}
	var points []chart.TrendPoint
	for i := range 12 {
		s := stats.Summarize([]float64{4e-5, 4.1e-5, 4.2e-5, 4.3e-5, 4.4e-5, 4.5e-5 + 1e-6*float64(i)}, "sec/op", benchmath.AssumeNothing)
		points = append(points, chart.TrendPoint{Slot: i, Summary: s, Href: text.RelativeLink(fmt.Sprintf("../run %d/bench.txt", i)), Text: fmt.Sprintf("run %d", i)})
	}
	trend := &chart.Chart{ID: "trend", Title: "Run after run", Intro: "Medians of 12 runs.", Looks: []chart.Look{run}, Body: chart.Trend{Run: run, Groups: []chart.TrendGroup{
		{Title: "A1", Runs: 12, Noun: "run", Starts: make([]string, 12), Panels: []chart.TrendPanel{{Label: []string{"doxbee"}, Points: points, Last: []string{"44µs"}, Words: "doxbee: 12 runs"}}},
	}}}
	d.Chapters[0].Charts = append(d.Chapters[0].Charts, timesChart("time-parallel", "Time of parallel"), trend)
	return d
}

// sortTable has numbers that do not sort as their texts do, and a cell without one.
func sortTable() *document.Table {
	table := &document.Table{Title: "Sizes", Columns: document.Cols("name", ">time"), Key: 1}
	for i, v := range []float64{1.2e-3, 45.01e-6, 2.5, 800e-9, 9.1e-6} {
		table.Add(document.Text(fmt.Sprintf("w%d", i)), document.Number(v, []string{"1.200ms", "45.01µs", "2.500s", "800.0ns", "9.100µs"}[i]))
	}
	table.Add(document.Text("w10"), document.Text("skip"))
	return table
}

func TestPageInBrowser(t *testing.T) {
	b := openBrowser(t)
	for _, test := range []struct {
		name string
		run  func(*testing.T, *browser)
	}{
		{"sorts by size, not by letter", sortsBySize},
		{"filters", filters},
		{"verdicts", verdicts},
		{"keyboard", keyboard},
		{"narrow", isNarrow},
		{"first screen", firstScreen},
		{"without script", withoutScript},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, b) })
	}
	b.silent()
}

func sortsBySize(t *testing.T, b *browser) {
	b.open(&document.Document{Title: "T", Chapters: []document.Chapter{{ID: "c", Title: "C", Tables: []*document.Table{sortTable()}}}})
	table := b.tableOf("Sizes")
	for column, orders := range map[int][][]string{
		1: {{"w0", "w1", "w2", "w3", "w4", "w10"}, {"w10", "w4", "w3", "w2", "w1", "w0"}, {"w0", "w1", "w2", "w3", "w4", "w10"}},
		2: {{"w3", "w4", "w1", "w0", "w2", "w10"}, {"w2", "w0", "w1", "w4", "w3", "w10"}, {"w0", "w1", "w2", "w3", "w4", "w10"}},
	} {
		head := fmt.Sprintf("#%s thead th:nth-child(%d)", table, column)
		for i, want := range orders {
			b.do(chromedp.Click(chromedp.CSS(head + " button")))
			if got := b.column(table, 0); !slices.Equal(got, want) {
				t.Errorf("column %d, press %d: got %q, want %q", column, i+1, got, want)
			}
			if got, want := eval[string](b, fmt.Sprintf(`document.querySelector('%s').getAttribute('aria-sort') ?? ''`, head)), []string{"ascending", "descending", ""}[i]; got != want {
				t.Errorf("aria-sort is %q, want %q", got, want)
			}
		}
	}
}

func filters(t *testing.T, b *browser) {
	b.open(shown())
	table := b.tableOf("Time per operation")
	all := len(b.column(table, 0))
	input := fmt.Sprintf(`document.getElementById('%s').parentElement.previousElementSibling.querySelector('input')`, table)
	b.run(input + ".focus()")
	b.do(chromedp.KeyEvent("DOXBEE  180µs"))
	labels := b.column(table, 0)
	if want := []string{"doxbee", "doxbee-errors"}; !slices.Equal(labels, want) {
		t.Errorf("left is %q, want %q", labels, want)
	}
	status := eval[string](b, input+`.closest('p').querySelector('[role=status]').textContent`)
	if want := fmt.Sprintf("%d of %d rows", len(labels), all); status != want {
		t.Errorf("the status is %q, want %q", status, want)
	}
	label := eval[string](b, input+`.labels[0].textContent`)
	if !strings.Contains(label, "Filter rows of Time per operation") {
		t.Errorf("the label is %q", label)
	}
	b.do(chromedp.KeyEvent(strings.Repeat(kb.Backspace, 20)))
	if got := len(b.column(table, 0)); got != all {
		t.Errorf("with an empty filter %d of %d rows", got, all)
	}
}

func verdicts(t *testing.T, b *browser) {
	// What is only drawn for the eye is not read aloud or copied, and is there.
	for class, want := range map[string]string{"regressed": "■", "improved": "▲", "unchanged": "●", "inconclusive": "○"} {
		if shape := eval[string](b, fmt.Sprintf(`getComputedStyle(document.querySelector('main .%s'), '::before').content`, class)); !strings.Contains(shape, want) {
			t.Errorf("%s is marked with %q, want %s", class, shape, want)
		}
	}
	if controls := eval[int](b, `document.querySelectorAll('.finding button, .finding input').length`); controls > 0 {
		t.Errorf("tables of findings have %d controls", controls)
	}
}

func keyboard(t *testing.T, b *browser) {
	b.open(shown())
	want := eval[int](b, `document.querySelectorAll('a[href]:not(svg a), button, input').length`)
	reached := make(map[string]int)
	total := 0
	for range want + 50 {
		b.do(chromedp.KeyEvent(kb.Tab))
		at := eval[string](b, `(e => e === document.body ? '' : e.localName + (e.dataset.reached ? ' again' : (e.dataset.reached = 'yes', '')))(document.activeElement)`)
		if total == 0 {
			if first := eval[string](b, `document.activeElement.textContent`); first != "Skip to the findings" {
				t.Errorf("Tab first reaches %q", first)
			}
		}
		if strings.HasSuffix(at, " again") || at == "" && total > 0 {
			break
		}
		reached[at]++
		total++
	}
	if got := reached["a"] + reached["button"] + reached["input"]; got != want {
		t.Errorf("Tab reaches %d of %d links, buttons and inputs: %v", got, want, reached)
	}
	// Enter and the space bar on a button do what a click does.
	table := b.tableOf("Time per operation")
	button := fmt.Sprintf(`document.querySelector('#%s thead th:nth-child(4) button')`, table)
	b.run(button + ".focus()")
	for _, press := range []struct{ key, want string }{{kb.Enter, "ascending"}, {" ", "descending"}} {
		b.do(chromedp.KeyEvent(press.key))
		if got := eval[string](b, button+`.closest('th').getAttribute('aria-sort')`); got != press.want {
			t.Errorf("after %q aria-sort is %q, want %s", press.key, got, press.want)
		}
	}
}

func isNarrow(t *testing.T, b *browser) {
	b.do(chromedp.EmulateViewport(360, 740))
	if wide := eval[int](b, `document.documentElement.scrollWidth`); wide > 360 {
		t.Errorf("the page is %d wide on a screen of 360: %s", wide, eval[string](b,
			`[...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > 361 && !e.closest('.scroll, .chart, pre, .aside')).map(e => e.outerHTML.slice(0, 80)).slice(0, 5).join('\n')`))
	}
	b.do(chromedp.EmulateViewport(1280, 900))
}

// The first screen has its words and numbers whole, on a small window of a desktop:
// labels are not broken, and no number is behind a scroll bar.
func firstScreen(t *testing.T, b *browser) {
	changes := &document.Table{Columns: document.Cols("regressed", "metric", ">change [95%]")}
	changes.Add(document.Texts("parallel (window=100) · async · optimized · node22.vs.node24", "sec/op", "+8.95% [+3.99%, +14.14%]")...)
	engines := &document.Table{Columns: document.Cols("workload", ">goja", ">sobek", ">quickjs")}
	engines.Add(document.Texts("doxbee (present)", "-54% [-63, -45]", "-55% [-62, -42]", "-6.2% [-19, +3.3]")...)
	b.open(&document.Document{
		Title:    "First screen",
		Facts:    []document.Fact{{"Versions", strings.Repeat("node10 v10.24.1 (V8 6.8.275.32-node.59), ", 8)}, {"Machine", "2 cores"}},
		Findings: []document.Finding{{Question: "Slower?", Answer: "Yes.", Table: changes}, {Question: "How much?", Answer: "A lot.", Table: engines}, {Question: "Sure?", Answer: "Yes."}},
	})
	b.do(chromedp.EmulateViewport(1000, 900))
	if broken := eval[[]string](b, `[...document.querySelectorAll('.facts dt')].filter(e => { const text = document.createRange(); text.selectNodeContents(e); return text.getClientRects().length !== 1 }).map(e => e.textContent)`); len(broken) > 0 {
		t.Errorf("labels on more than a line: %q", broken)
	}
	if cut := eval[[]string](b, `[...document.querySelectorAll('.finding .scroll')].filter(e => e.scrollWidth > e.clientWidth).map(e => e.querySelector('thead').textContent)`); len(cut) > 0 {
		t.Errorf("tables of findings with a scroll bar: %q", cut)
	}
	b.do(chromedp.EmulateViewport(1280, 900))
}

func withoutScript(t *testing.T, b *browser) {
	off := func(value bool) chromedp.Action[chromedp.Void] {
		return call(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: value})
	}
	b.do(off(true))
	b.open(shown())
	main, err := chromedp.Run(b.ctx, chromedp.OuterHTML(chromedp.CSS("main")))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(main, "<button") || strings.Contains(main, "<input") || strings.Count(main, "<tr>") < 10 {
		t.Error("without a script the page lacks its tables, or has controls that do nothing")
	}
	b.do(off(false))
}

// media makes the page believe in a medium ("" or "print") and features, given as
// name and value in turn.
func media(medium string, features ...string) chromedp.Action[chromedp.Void] {
	var list []*emulation.MediaFeature
	for i := 0; i < len(features); i += 2 {
		list = append(list, &emulation.MediaFeature{Name: features[i], Value: features[i+1]})
	}
	return call(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: medium, Features: list})
}

// poorContrasts is a script that returns what text on the page does not stand
// out from what is behind it as WCAG 2 AA asks for: by 4.5, or by 3 if it is
// large. Behind a text of a chart is the last shape that was drawn there.
const poorContrasts = `(() => {
	const rgba = text => {
		const m = /^rgba?\(([\d.]+), ([\d.]+), ([\d.]+)(?:, ([\d.]+))?\)$/.exec(text);
		if (!m) throw new Error('colour ' + text);
		return [m[1], m[2], m[3], m[4] ?? 1].map(Number);
	};
	const luminance = c => [0.2126, 0.7152, 0.0722].reduce((sum, weight, i) => {
		const v = c[i] / 255;
		return sum + weight * (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
	}, 0);
	const paper = element => {
		for (let e = element; e; e = e.parentElement) {
			const c = rgba(getComputedStyle(e).backgroundColor);
			if (c[3] === 1) return c;
			if (c[3] > 0) throw new Error('half transparent: ' + e.className);
		}
		// What the browser itself paints.
		return matchMedia('(prefers-color-scheme: dark)').matches && !matchMedia('print').matches ? [0, 0, 0, 1] : [255, 255, 255, 1];
	};
	const shapes = new Map();
	for (const svg of document.querySelectorAll('svg')) {
		shapes.set(svg, [...svg.querySelectorAll('path')].filter(p => getComputedStyle(p).fill !== 'none').map(p => [p, p.getBoundingClientRect()]));
	}
	const behind = text => {
		const box = text.getBoundingClientRect(), x = box.left + box.width / 2, y = box.top + box.height / 2;
		let found = null;
		for (const [p, b] of shapes.get(text.ownerSVGElement)) {
			if (!(p.compareDocumentPosition(text) & Node.DOCUMENT_POSITION_FOLLOWING)) break;
			if (b.left <= x && x <= b.right && b.top <= y && y <= b.bottom) found = p;
		}
		return found ? rgba(getComputedStyle(found).fill) : paper(text);
	};
	const poor = [];
	let seen = 0, drawn = 0;
	const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	for (let node; node = walker.nextNode();) {
		const e = node.parentElement;
		if (!node.data.trim() || ['SCRIPT', 'title', 'desc'].includes(e.tagName) || e.closest('.aside, .skip') || e.getClientRects().length === 0) continue;
		const style = getComputedStyle(e), inChart = e.tagName === 'text';
		const ink = luminance(rgba(inChart ? style.fill : style.color)), ground = luminance(inChart ? behind(e) : paper(e));
		const contrast = (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05);
		const size = parseFloat(style.fontSize), large = size >= 24 || size >= 18.66 && style.fontWeight >= 700;
		if (contrast < (large ? 3 : 4.5)) poor.push(contrast.toFixed(2) + ': ' + node.data.trim().slice(0, 60));
		seen++;
		if (inChart) drawn++;
	}
	if (seen < 100 || drawn < 20) poor.push('only ' + seen + ' texts were looked at, ' + drawn + ' of them in charts');
	return poor.slice(0, 10);
})()`

// unlabelled is a script that returns the tables, headings of tables, charts and
// controls that those who do not see the page are not told enough about.
const unlabelled = `(() => {
	const wrong = [];
	const check = (ok, what, e) => { if (!ok) wrong.push(what + ': ' + e.outerHTML.slice(0, 120)); };
	for (const t of document.querySelectorAll('table')) {
		check(t.caption?.textContent.trim(), 'no caption', t);
		check(t.querySelector('tbody th[scope=row]'), 'no row headings', t);
		for (const th of t.querySelectorAll('th')) {
			check(th.scope === (th.closest('thead') ? 'col' : 'row'), 'scope', th);
			check(th.textContent.trim() || !th.closest('thead'), 'empty heading', th);
		}
	}
	for (const s of document.querySelectorAll('svg')) {
		check(s.getAttribute('role') === 'img', 'no image', s);
		const said = s.getAttribute('aria-labelledby').split(' ').map(id => document.getElementById(id)?.textContent ?? '');
		check(said.length === 2 && said[0] && /\d/.test(said[1]), 'no title, or no numbers', s);
		check(![...s.querySelectorAll('text')].some(t => t.closest('a, button')), 'controls in a chart', s);
	}
	for (const e of document.querySelectorAll('button, input, a')) check((e.labels?.[0] ?? e).textContent.trim(), 'no name', e);
	for (const e of document.querySelectorAll('[tabindex]:not(svg a)')) check(e.tabIndex === 0 && e.getAttribute('aria-label'), 'focus without a name', e);
	let level = 0;
	for (const h of document.querySelectorAll('h1, h2, h3')) {
		check(h.tagName[1] - level <= 1, 'a level of headings is left out', h);
		level = Number(h.tagName[1]);
	}
	return wrong.slice(0, 10);
})()`

// Whoever reads the page with other eyes, hands or paper reads all of it.
func TestAccessiblePage(t *testing.T) {
	b := openBrowser(t)
	for name, d := range map[string]*document.Document{"everything": shown()} {
		b.do(chromedp.EmulateViewport(1280, 900))
		b.open(d)
		if wrong := eval[[]string](b, unlabelled); len(wrong) > 0 {
			t.Errorf("%s: %s", name, strings.Join(wrong, "\n"))
		}
		for _, look := range []struct {
			medium   string
			features []string
		}{
			{"", []string{"prefers-color-scheme", "light"}},
			{"", []string{"prefers-color-scheme", "dark"}},
			{"print", []string{"prefers-color-scheme", "dark"}},
			{"", []string{"forced-colors", "active", "prefers-color-scheme", "dark"}},
			{"", []string{"forced-colors", "active", "prefers-color-scheme", "light"}},
		} {
			b.do(media(look.medium, look.features...))
			if poor := eval[[]string](b, poorContrasts); len(poor) > 0 {
				t.Errorf("%s, %s %v: text has too little contrast: %s", name, look.medium, look.features, strings.Join(poor, "; "))
			}
		}
		b.do(media(""))
		if moving := eval[int](b, `document.getAnimations().length + [...document.querySelectorAll('*')].filter(e => getComputedStyle(e).transitionDuration !== '0s').length`); moving > 0 {
			t.Errorf("%s: %d things move, which prefers-reduced-motion would have to stop", name, moving)
		}
		for _, width := range []int64{360, 320} {
			b.do(chromedp.EmulateViewport(width, 740))
			if wide := eval[int64](b, `document.documentElement.scrollWidth`); wide > width {
				t.Errorf("%s: the page is %d wide on a screen of %d", name, wide, width)
			}
			// What does not fit scrolls in its own box, which the keyboard reaches
			// (the event would come with the next frame).
			b.run(`dispatchEvent(new Event('resize'))`)
			if stuck := eval[[]string](b, `[...document.querySelectorAll('.scroll, .chart')].filter(e => e.scrollWidth > e.clientWidth && e.tabIndex !== 0).map(e => e.outerHTML.slice(0, 100))`); len(stuck) > 0 {
				t.Errorf("%s: at %d the keyboard does not scroll %q", name, width, stuck)
			}
		}
		b.do(chromedp.EmulateViewport(760, 1000), media("print"))
		if cut := eval[[]string](b, `[...document.querySelectorAll('table, svg, pre')].filter(e => e.getBoundingClientRect().right > 761).map(e => e.outerHTML.slice(0, 100))`); len(cut) > 0 {
			t.Errorf("%s: on paper this is cut off at the right: %q", name, cut)
		}
		if shown := eval[int](b, `[...document.querySelectorAll('nav, .filter, .skip')].filter(e => e.getClientRects().length > 0).length`); shown > 0 {
			t.Errorf("%s: %d things that paper cannot do are printed", name, shown)
		}
		b.do(media(""))
	}
	b.silent()
}

func TestHostilePageInBrowser(t *testing.T) {
	b := openBrowser(t)
	var short string
	texts := []string{hostile()[0]}
	for _, h := range hostile() {
		if len(h) < 100 {
			short += h + " "
		} else {
			texts = append(texts, h)
		}
	}
	for i, h := range append(texts, short) {
		b.open(hostileDocument(h))
		b.run(`document.querySelectorAll('th button').forEach(b => b.click())`)
		if scripts := eval[int](b, `document.scripts.length`); scripts != 1 {
			t.Errorf("%d: %d scripts", i, scripts)
		}
		if wide := eval[int](b, `document.documentElement.scrollWidth`); wide > 1280 {
			t.Errorf("%d: the page is %d wide on a screen of 1280", i, wide)
		}
	}
	b.silent()
}

// hostileFolders returns names of folders that are something else in an address.
func hostileFolders() []string {
	return []string{"javascript:alert(1)", "data:text,html", "a#b", "a?b=c", "a%2e%2e%2fb", "100%", "a b", "a&amp;b", `a"onclick="alert(1)`, "a'b", "<script>alert(1)<",
		"a)b](c", "a|b", `a\b`, "a\nb", "a\x1b[31mb", "a\u202eb", "\u00e4\u00f6\u00fc", "...", "~", "-rf", "https:", "a`b", "a*b_c"}
}

// Links lead to what is beside the page, by mouse and by keyboard, whatever its
// folders are called, and run nothing of theirs.
func TestLinksInBrowser(t *testing.T) {
	b := openBrowser(t)
	dir := t.TempDir()
	write := func(file, data string) {
		file = filepath.Join(dir, filepath.FromSlash(file))
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(data), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	d := shown()
	table := &document.Table{Title: "Folders", Columns: document.Cols("n", "results")}
	for i, name := range hostileFolders() {
		write(name+"/bench.txt", "x")
		table.Add(document.Int(i), document.Cell{Text: name, Link: text.RelativeLink("../" + name + "/bench.txt")})
	}
	for i := range 12 {
		write(fmt.Sprintf("run %d/bench.txt", i), "x")
	}
	write("2026-11-20-core/bench.txt", "x")
	d.Chapters[0].Tables = append(d.Chapters[0].Tables, table)
	write("page/index.html", documenttest.Page(t, d))
	b.do(chromedp.Navigate("file://" + dir + "/page/index.html"))

	// What the browser makes of the links is what is on the disk.
	hrefs := eval[[]string](b, `[...document.querySelectorAll('table a')].map(a => a.href)`)
	hrefs = append(hrefs, eval[[]string](b, `[...document.querySelectorAll('svg a')].map(a => new URL(a.getAttribute('href'), location.href).href)`)...)
	reached := make(map[string]bool)
	for _, href := range hrefs {
		u, err := url.Parse(href)
		if err != nil || u.Scheme != "file" || u.RawQuery != "" || u.Fragment != "" {
			t.Fatalf("a link to %q: %v", href, err)
		}
		if _, err := os.Stat(u.Path); err != nil {
			t.Errorf("a link to nothing: %q", href)
		}
		reached[u.Path] = true
	}
	if want := len(hostileFolders()) + 12 + 1; len(reached) != want {
		t.Errorf("links lead to %d files, want %d", len(reached), want)
	}
	// A dot can be clicked, and Tab goes from link to link in tables only.
	if tabs := eval[int](b, `[...document.querySelectorAll('svg a')].filter(a => a.tabIndex !== -1).length`); tabs > 0 {
		t.Errorf("%d dots are on the way of Tab", tabs)
	}
	under := eval[string](b, `(() => { const dot = document.querySelector('svg a').lastElementChild; dot.scrollIntoView({block: 'center'});
		const box = dot.getBoundingClientRect();
		return document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2).closest('a')?.getAttribute('href') ?? 'nothing'; })()`)
	if !strings.HasPrefix(under, "../run%20") {
		t.Errorf("under the pointer at a dot is %q", under)
	}
	b.silent()
	b.run(`document.querySelector('table a[href*="javascript"]').click()`)
	var at string
	for range 1000 {
		// While the browser is on its way there is nobody to ask.
		if at, _ = chromedp.Run(b.ctx, chromedp.Evaluate[string](`location.href`)); strings.HasSuffix(at, "/bench.txt") {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	if want := "/javascript%3Aalert%281%29/bench.txt"; !strings.HasSuffix(at, want) && !strings.HasSuffix(at, "/javascript:alert(1)/bench.txt") {
		t.Errorf("a click leads to %q, want …%s", at, want)
	}
}

// TestScreenshots writes pictures to look at into the folder that
// PROMISEBENCH_SCREENSHOTS names: light, dark, narrow and as printed.
func TestScreenshots(t *testing.T) {
	dir := os.Getenv("PROMISEBENCH_SCREENSHOTS")
	if dir == "" {
		t.Skip("PROMISEBENCH_SCREENSHOTS is not set")
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	b := openBrowser(t)
	save := func(file, begins string, take chromedp.Action[[]byte]) {
		data, err := chromedp.Run(b.ctx, take)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.HasPrefix(data, []byte(begins)) || len(data) < 1000 {
			t.Errorf("%s: %d bytes are not what they should be", file, len(data))
		}
		if err := os.WriteFile(filepath.Join(dir, file), data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for name, d := range map[string]*document.Document{"everything": shown(), "hostile": hostileDocument(hostile()[0])} {
		b.do(chromedp.EmulateViewport(1280, 900))
		b.open(d)
		light, dark := []string{"prefers-color-scheme", "light"}, []string{"prefers-color-scheme", "dark"}
		for _, shot := range []struct {
			name          string
			width, height int64
			features      []string
			full          bool
		}{
			{"first-screen", 1280, 900, light, false},
			{"light", 1280, 900, light, true},
			{"dark-first-screen", 1280, 900, dark, false},
			{"dark", 1280, 900, dark, true},
			{"forced-colours", 1280, 900, append(slices.Clone(dark), "forced-colors", "active"), true},
			{"narrow", 360, 740, light, true},
			{"narrow-first-screen", 360, 740, dark, false},
		} {
			b.do(chromedp.EmulateViewport(shot.width, shot.height), media("", shot.features...))
			take := chromedp.CaptureScreenshot()
			if shot.full {
				take = chromedp.FullScreenshot(100)
			}
			save(name+"-"+shot.name+".png", "\x89PNG", take)
		}
		b.do(media("", dark...))
		save(name+"-print.pdf", "%PDF", func(ctx context.Context, t *chromedp.Target) ([]byte, error) {
			result, err := cdp.Call(ctx, t, cdppage.PrintToPDF, cdppage.PrintToPDFParams{})
			return result.Data, err
		})
	}
	b.silent()
}
