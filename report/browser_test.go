package report

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image/png"
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

// open writes the page of r to a file and opens it from there, as readers do.
func (b *browser) open(r *Results) {
	b.t.Helper()
	file := filepath.Join(b.t.TempDir(), "index.html")
	if err := os.WriteFile(file, []byte(pageOf(b.t, r)), 0o666); err != nil {
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
		// Enter on a button does what a click does.
		table := b.tableOf("Time per operation")
		button := fmt.Sprintf(`document.querySelector('#%s thead th:nth-child(4) button')`, table)
		b.run(button + ".focus()")
		b.do(chromedp.KeyEvent(kb.Enter))
		if got := eval[string](b, button+`.closest('th').getAttribute('aria-sort')`); got != "ascending" {
			t.Errorf("after Enter aria-sort is %q", got)
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
	scheme := func(media, value string) chromedp.Action[chromedp.Void] {
		return call(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: media,
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: value}}})
	}
	for name, r := range pages {
		b.do(chromedp.EmulateViewport(1280, 900))
		b.open(r)
		for _, shot := range []struct {
			name          string
			width, height int64
			media, scheme string
			full          bool
		}{
			{"first-screen", 1280, 900, "", "light", false},
			{"light", 1280, 900, "", "light", true},
			{"dark-first-screen", 1280, 900, "", "dark", false},
			{"dark", 1280, 900, "", "dark", true},
			{"narrow", 360, 740, "", "light", true},
			{"narrow-first-screen", 360, 740, "", "dark", false},
			{"print", 760, 1000, "print", "dark", true},
		} {
			b.do(chromedp.EmulateViewport(shot.width, shot.height), scheme(shot.media, shot.scheme))
			take := chromedp.CaptureScreenshot()
			if shot.full {
				take = chromedp.FullScreenshot(100)
			}
			picture, err := chromedp.Run(b.ctx, take)
			if err != nil {
				t.Fatal(err)
			}
			if size, err := png.DecodeConfig(bytes.NewReader(picture)); err != nil || size.Width < 300 {
				t.Errorf("%s %s: no picture: %v", name, shot.name, err)
			}
			if err := os.WriteFile(filepath.Join(dir, name+"-"+shot.name+".png"), picture, 0o666); err != nil {
				t.Fatal(err)
			}
		}
	}
	b.silent()
}
