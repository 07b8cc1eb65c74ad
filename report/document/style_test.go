package document_test

import (
	"fmt"
	"image/color"
	"math"
	"os"
	"regexp"
	"strings"
	"testing"

	"promisebench/report/document/documenttest"
	"promisebench/report/theme"
)

// luminance is the relative luminance of a colour such as "#0072b2", as WCAG 2 has it.
func luminance(t *testing.T, colour string) float64 {
	t.Helper()
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

func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	x, y := luminance(t, a), luminance(t, b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// schemes returns the colours of the style sheet, light and dark. Those of charts that
// a scheme does not redefine are what they are in files.
func schemes(t *testing.T) []map[string]string {
	t.Helper()
	css, err := os.ReadFile("page.css")
	if err != nil {
		t.Fatal(err)
	}
	var list []map[string]string
	for _, scheme := range regexp.MustCompile(`--paper: #.{6};[^}]*`).FindAllString(string(css), -1) {
		colours := map[string]string{"cFFFFFF": "#ffffff", "c222222": "#222222", "c5C5C5C": "#5c5c5c", "cF6F6F6": "#f6f6f6"}
		for _, match := range regexp.MustCompile(`--([a-zA-F0-9-]+): (#[0-9a-f]{6});`).FindAllStringSubmatch(scheme, -1) {
			colours[match[1]] = match[2]
		}
		list = append(list, colours)
	}
	if len(list) != 2 {
		t.Fatalf("found %d colour schemes, want light and dark", len(list))
	}
	return list
}

// TestContrast holds the page's colours to WCAG 2 AA: text has a contrast of at least
// 4.5 to what is behind it, and marks one of 3.
func TestContrast(t *testing.T) {
	for _, colour := range schemes(t) {
		for _, pair := range [][2]string{
			{"c222222", "cFFFFFF"}, {"c222222", "cF6F6F6"}, {"c5C5C5C", "cFFFFFF"},
			{"ink", "paper"}, {"ink", "card"}, {"ink", "warn-card"}, {"faint", "paper"}, {"faint", "card"}, {"link", "paper"}, {"link", "card"},
		} {
			if c := contrast(t, colour[pair[0]], colour[pair[1]]); c < 4.5 {
				t.Errorf("%s %s on %s %s has a contrast of %.2f, want 4.5", pair[0], colour[pair[0]], pair[1], colour[pair[1]], c)
			}
		}
		for _, mark := range []color.Color{theme.Ink(), theme.Blue(), theme.Orange(), theme.Vermilion(), theme.Grey(), theme.Green()} {
			r, g, b, _ := mark.RGBA()
			name := fmt.Sprintf("c%02X%02X%02X", r>>8, g>>8, b>>8)
			drawn := colour[name]
			if drawn == "" { // the same in both schemes
				drawn = "#" + strings.ToLower(name[1:])
			}
			if c := contrast(t, drawn, colour["cFFFFFF"]); c < 3 {
				t.Errorf("%s on %s has a contrast of %.2f, want 3", drawn, colour["cFFFFFF"], c)
			}
		}
	}
}

// The style sheet and the script of a page are ours, but for the classes of charts.
func TestOnlyOurStyleAndScript(t *testing.T) {
	page := documenttest.Page(t, everything())
	css, err := os.ReadFile("page.css")
	if err != nil {
		t.Fatal(err)
	}
	script, err := os.ReadFile("page.js")
	if err != nil {
		t.Fatal(err)
	}
	_, rules, ok := strings.Cut(page, "<style>"+string(css))
	rules, _, _ = strings.Cut(rules, "</style>")
	if !ok || !regexp.MustCompile(`^(\.s\d+\{([a-z-]+:([A-Za-z0-9., -]+|var\(--c([0-9A-F]{6}),#[0-9A-F]{6}\));)+\}\n)*$`).MatchString(rules) {
		t.Errorf("a style sheet that is not ours: %.300q", rules)
	}
	if !strings.Contains(page, "<script>"+string(script)+"</script>") {
		t.Error("a script that is not ours")
	}
}

// Every class that a table may have has a rule, and so does every class in the
// template, or it says nothing.
func TestClassesHaveRules(t *testing.T) {
	css, err := os.ReadFile("page.css")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`class="([a-z ]+)"`).FindAllStringSubmatch(documenttest.WithoutLooks(documenttest.Page(t, everything())), -1) {
		for class := range strings.FieldsSeq(m[1]) {
			if class != "data" && !strings.Contains(string(css), "."+class) { // data is for the script
				t.Errorf("no rule for class %s", class)
			}
		}
	}
}
