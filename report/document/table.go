package document

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"promisebench/report/text"
)

// An Align says on which side a column's cells are flush. Numbers are on the right.
type Align int

const (
	Left Align = iota
	Right
)

// A Column is the head of a column.
type Column struct {
	Title string
	Align Align
	Wrap  bool  // its cells may be broken into lines on a page
	Marks []int // footnotes, from [Table.Mark]
}

// Cols makes columns of titles; those that begin with ">" are flush right.
func Cols(titles ...string) []Column {
	var columns []Column
	for _, t := range titles {
		c := Column{Title: t}
		if t != "" && t[0] == '>' {
			c = Column{Title: t[1:], Align: Right}
		}
		columns = append(columns, c)
	}
	return columns
}

// A Class marks a cell on a page by what it says: one of those that its style sheet
// knows.
type Class string

const (
	Plain        Class = ""
	Regressed    Class = "regressed"
	Improved     Class = "improved"
	Unchanged    Class = "unchanged"
	Inconclusive Class = "inconclusive"
	Differs      Class = "differs"
)

// A Cell is what stands in one place of a table. A newline begins a new line within
// it.
type Cell struct {
	Text  string
	Marks []int // footnotes, from [Table.Mark]
	Class Class
	Link  string // made by text.RelativeLink
	// Value sorts the cells of a column of numbers; it counts only if Sortable.
	Value    float64
	Sortable bool
}

// Text makes a cell of text.
func Text(s string, marks ...int) Cell { return Cell{Text: s, Marks: marks} }

// Number makes a cell that is sorted by its value.
func Number(v float64, s string, marks ...int) Cell {
	return Cell{Text: s, Marks: marks, Value: v, Sortable: true}
}

// Int makes a cell of a count.
func Int(n int) Cell { return Number(float64(n), strconv.Itoa(n)) }

// Texts makes cells of texts.
func Texts(texts ...string) []Cell {
	cells := make([]Cell, len(texts))
	for i, s := range texts {
		cells[i] = Text(s)
	}
	return cells
}

// A Table is a table to be written. Its cells may hold any text: what would be
// markup or upset a terminal is made harmless in writing.
type Table struct {
	Title   string
	Columns []Column
	Rows    [][]Cell // short rows are filled up with empty cells
	Notes   []string // below the table, behind the footnotes
	// Key is the number of leading columns that say what a row is about. If it
	// is not 0 and the table is too wide for a terminal, they are repeated and the
	// others split over several tables.
	Key int
	// Keep says which rows stay longest where a page has no room for all; nil keeps
	// the first ones.
	Keep func(row []Cell) bool
	// MaxBytes bounds the rows on a page, escaped; 0 is no bound.
	MaxBytes int

	footnotes []string
}

// Mark returns the number of a footnote, adding it if it is new; 0, which marks
// nothing, for no text.
func (t *Table) Mark(text string) int {
	if text == "" {
		return 0
	}
	for i, have := range t.footnotes {
		if have == text {
			return i + 1
		}
	}
	t.footnotes = append(t.footnotes, text)
	return len(t.footnotes)
}

// MarkErrors is Mark for several warnings.
func (t *Table) MarkErrors(warnings []error) []int {
	var marks []int
	for _, w := range warnings {
		marks = append(marks, t.Mark(w.Error()))
	}
	return marks
}

// Add appends a row.
func (t *Table) Add(cells ...Cell) { t.Rows = append(t.Rows, cells) }

// Note appends notes, without those that say nothing.
func (t *Table) Note(notes ...string) {
	for _, n := range notes {
		if n != "" {
			t.Notes = append(t.Notes, n)
		}
	}
}

// notes returns what stands below the table: footnotes with their numbers, and notes.
func (t *Table) notes() []string {
	var list []string
	for i, s := range t.footnotes {
		list = append(list, superscript(i+1)+" "+s)
	}
	return append(list, t.Notes...)
}

// marked appends the numbers of the cell's footnotes to its text, each once. A space
// keeps ¹ ² from being read as 12.
func (c Cell) marked(text string) string {
	marks := slices.Sorted(slices.Values(c.Marks))
	var written []string
	for _, mark := range slices.Compact(marks) {
		if mark > 0 {
			written = append(written, superscript(mark))
		}
	}
	return text + strings.Join(written, " ")
}

func superscript(n int) string {
	digits := []rune("⁰¹²³⁴⁵⁶⁷⁸⁹")
	return strings.Map(func(c rune) rune { return digits[c-'0'] }, strconv.Itoa(n))
}

// link returns where the cell leads to, if that is what text.RelativeLink makes.
func (c Cell) link() string {
	if !text.IsRelativeLink(c.Link) {
		return ""
	}
	return c.Link
}

// ranks returns for each row the places of its cells among those of their columns in
// the order of their values: what a page sorts by, which takes less room than values
// do. Cells that are not to be sorted by a value have none.
func (t *Table) ranks(rows [][]Cell) [][]string {
	ranks := make([][]string, len(rows))
	for i := range ranks {
		ranks[i] = make([]string, len(t.Columns))
	}
	for column := range t.Columns {
		var values []float64
		sortable := func(row []Cell) bool {
			return column < len(row) && row[column].Sortable && !math.IsNaN(row[column].Value)
		}
		for _, row := range rows {
			if sortable(row) {
				values = append(values, row[column].Value)
			}
		}
		slices.Sort(values)
		values = slices.Compact(values)
		for i, row := range rows {
			if sortable(row) {
				rank, _ := slices.BinarySearch(values, row[column].Value)
				ranks[i][column] = strconv.Itoa(rank)
			}
		}
	}
	return ranks
}
