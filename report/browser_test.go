package report

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
	"testing/fstest"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
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

// open shows the page of r.
func (b *browser) open(r *Results) {
	b.t.Helper()
	b.show(pageOf(b.t, r))
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

func TestPageInBrowser(t *testing.T) {
	b := openBrowser(t)
	b.open(readFile(t, "typical.txt"))

	t.Run("sorts", func(t *testing.T) {
		table := b.tableOf("Await optimization: legacy vs optimized")
		before := b.column(table, 2)
		head := "#" + table + " thead th:nth-child(8)"
		press := chromedp.Click(chromedp.CSS(head + " button"))
		for _, want := range []string{"ascending", "descending"} {
			b.do(press)
			if got := eval[string](b, fmt.Sprintf(`document.querySelector('%s').getAttribute('aria-sort')`, head)); got != want {
				t.Errorf("aria-sort is %q, want %q", got, want)
			}
			ratios := b.column(table, 7)
			if want == "descending" {
				slices.Reverse(ratios)
			}
			for i, text := range ratios {
				ratios[i], _, _ = strings.Cut(text, " ") // all are 0. and three digits, so the text sorts as the number does
			}
			if !slices.IsSorted(ratios) || len(ratios) != len(before) {
				t.Errorf("%s: %q", want, ratios)
			}
		}
		b.do(press)
		if got := b.column(table, 2); !slices.Equal(got, before) {
			t.Errorf("after the third press: %q, want the report's order %q", got, before)
		}
	})

	t.Run("sorts by size, not by letter", func(t *testing.T) {
		var text strings.Builder
		for i, ns := range []string{"1200000", "45010", "2500000000", "800", "9100"} {
			for range 1 + i { // intervals for none of them
				fmt.Fprintf(&text, "BenchmarkW%d/style=async/await=optimized/engine=e 1 %s ns/op\n", i, ns)
			}
		}
		text.WriteString("--- SKIP: BenchmarkW7/style=async/await=optimized/engine=e\n    not today\n")
		b.open(read(t, text.String()))
		table := b.tableOf("Time per operation")
		for _, want := range [][]string{{"w3", "w4", "w1", "w0", "w2", "w7"}, {"w2", "w0", "w1", "w4", "w3", "w7"}} {
			b.do(chromedp.Click(chromedp.CSS("#" + table + " thead th:nth-child(4) button")))
			if got := b.column(table, 0); !slices.Equal(got, want) {
				t.Errorf("got %q (%q), want %q", got, b.column(table, 3), want)
			}
		}
		b.open(readFile(t, "typical.txt"))
	})

	t.Run("filters", func(t *testing.T) {
		table := b.tableOf("Time per operation")
		all := len(b.column(table, 0))
		input := fmt.Sprintf(`document.getElementById('%s').parentElement.previousElementSibling.querySelector('input')`, table)
		b.run(input + ".focus()")
		b.do(chromedp.KeyEvent("ERRORS  legacy"))
		labels, modes := b.column(table, 0), b.column(table, 2)
		if len(labels) == 0 || len(labels) == all {
			t.Errorf("%d of %d rows are left", len(labels), all)
		}
		for i := range labels {
			if labels[i] != "doxbee-errors" || modes[i] != "legacy" {
				t.Errorf("left is %s %s", labels[i], modes[i])
			}
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
	})

	t.Run("keyboard", func(t *testing.T) {
		b.open(readFile(t, "typical.txt"))
		want := eval[int](b, `document.querySelectorAll('a[href], button, input').length`)
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
	})

	t.Run("narrow", func(t *testing.T) {
		b.do(chromedp.EmulateViewport(360, 740))
		if wide := eval[int](b, `document.documentElement.scrollWidth`); wide > 360 {
			t.Errorf("the page is %d wide on a screen of 360: %s", wide, eval[string](b,
				`[...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > 361 && !e.closest('.scroll, .chart, pre, .aside')).map(e => e.outerHTML.slice(0, 80)).slice(0, 5).join('\n')`))
		}
		b.do(chromedp.EmulateViewport(1280, 900))
	})

	t.Run("without script", func(t *testing.T) {
		off := func(value bool) chromedp.Action[chromedp.Void] {
			return call(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: value})
		}
		b.do(off(true))
		b.open(readFile(t, "typical.txt"))
		text, err := chromedp.Run(b.ctx, chromedp.OuterHTML(chromedp.CSS("main")))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(text, "<button") || strings.Contains(text, "<input") || strings.Count(text, "<tr>") < 50 {
			t.Error("without a script the page lacks its tables, or has controls that do nothing")
		}
		b.do(off(false))
	})
	b.silent()
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
	for name, r := range map[string]*Results{
		"typical": readFile(t, "typical.txt"),
		"figures": readFile(t, "figures.txt"),
		"broken":  read(t, typical().text()+"\nBenchmarkDoxbee/style=async/await=legacy/engine=goja 1 NaN ns/op\n--- FAIL: BenchmarkX\n    why\n"),
	} {
		b.do(chromedp.EmulateViewport(1280, 900))
		b.open(r)
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
	b.open(read(t, hostileResults()))
	b.run(`document.querySelectorAll('th button').forEach(b => b.click())`)
	if scripts := eval[int](b, `document.scripts.length`); scripts != 1 {
		t.Errorf("%d scripts", scripts)
	}
	if wide := eval[int](b, `document.documentElement.scrollWidth`); wide > 1280 {
		t.Errorf("the page is %d wide on a screen of 1280", wide)
	}
	b.silent()
}

// The page of a history leads to the results, by mouse and by keyboard, whatever
// their folders are called, and runs nothing of theirs.
func TestHistoryInBrowser(t *testing.T) {
	b := openBrowser(t)
	dir := t.TempDir()
	write := func(file string, data []byte) {
		file = filepath.Join(dir, filepath.FromSlash(file))
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	runs := fictionalRuns(24)
	for i, name := range hostileFolders() {
		runs[name+"/bench.txt"] = &fstest.MapFile{Data: fictionalRun{date: fmt.Sprintf("2026-05-%02dT00:00:00Z", i+1), goja: name, cpu: name, factor: 1, ticks: 9}.text(1)}
	}
	for file, content := range runs {
		write(file, content.Data)
	}
	h := readHistory(t, runs, "..")
	write("history/index.html", []byte(historyPageOf(t, h, runs)))
	page := "file://" + dir + "/history/index.html"
	b.do(chromedp.Navigate(page))

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
	if len(reached) != len(runs) {
		t.Errorf("links lead to %d files, want %d", len(reached), len(runs))
	}
	// A dot can be clicked, and Tab goes from link to link in tables only.
	if tabs := eval[int](b, `[...document.querySelectorAll('svg a')].filter(a => a.tabIndex !== -1).length`); tabs > 0 {
		t.Errorf("%d dots are on the way of Tab", tabs)
	}
	under := eval[string](b, `(() => { const dot = document.querySelector('svg a circle'); dot.scrollIntoView({block: 'center'});
		const box = dot.getBoundingClientRect();
		return document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2).closest('a')?.getAttribute('href') ?? 'nothing'; })()`)
	if !ownLink.MatchString(under) {
		t.Errorf("under the pointer at a dot is %q", under)
	}
	table := b.tableOf("Changes")
	b.do(chromedp.Click(chromedp.CSS("#" + table + " thead th:nth-child(3) button")))
	if sizes := b.column(table, 2); len(sizes) != 3 || !slices.IsSortedFunc(sizes, func(x, y string) int { return strings.Compare(x[:4], y[:4]) }) && !strings.HasPrefix(sizes[0], "+9") {
		t.Errorf("sorted by size: %q", sizes)
	}
	if wrong := eval[[]string](b, unlabelled); len(wrong) > 0 {
		t.Error(strings.Join(wrong, "\n"))
	}
	for _, scheme := range []string{"light", "dark"} {
		b.do(media("", "prefers-color-scheme", scheme))
		if poor := eval[[]string](b, poorContrasts); len(poor) > 0 {
			t.Errorf("%s: text has too little contrast: %s", scheme, strings.Join(poor, "; "))
		}
	}
	for _, width := range []int64{360, 1280} {
		b.do(chromedp.EmulateViewport(width, 740))
		if wide := eval[int64](b, `document.documentElement.scrollWidth`); wide > width {
			t.Errorf("the page is %d wide on a screen of %d", wide, width)
		}
	}
	b.silent()
	b.run(`document.querySelector('table a[href*="javascript"]').click()`)
	var at string
	for range 100 {
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
// PROMISEBENCH_SCREENSHOTS names: of the recorded runs, light, dark, narrow and
// as printed.
func TestScreenshots(t *testing.T) {
	dir := os.Getenv("PROMISEBENCH_SCREENSHOTS")
	if dir == "" {
		t.Skip("PROMISEBENCH_SCREENSHOTS is not set")
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	pages := map[string]*Results{"hostile": read(t, hostileResults())}
	for _, run := range []string{"2026-11-20-core", "2026-11-20-figures-2"} {
		text, err := os.ReadFile(filepath.Join("..", "results", run, "bench.txt"))
		if err != nil {
			t.Fatal(err)
		}
		pages[run] = read(t, string(text))
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
	for name, r := range pages {
		b.do(chromedp.EmulateViewport(1280, 900))
		b.open(r)
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
