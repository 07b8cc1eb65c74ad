package document

import (
	"io"
	"strconv"

	"promisebench/report/chart"
)

// To be written by the document helper; here so that other rooms compile.

func itoa(n int) string { return strconv.Itoa(n) }

// WriteText writes the chapters for a terminal of so many columns (at least 40), or
// for a pipe.
func (d *Document) WriteText(w io.Writer, columns int) error { panic("not yet") }

// WriteMarkdown writes GitHub Flavored Markdown. Its charts are images named ID.svg
// beside it.
func (d *Document) WriteMarkdown(w io.Writer) error { panic("not yet") }

// WriteHTML writes one page.
func (d *Document) WriteHTML(w io.Writer) error { panic("not yet") }

// WriteText writes the table alone for a terminal.
func (t *Table) WriteText(w io.Writer, columns int) error { panic("not yet") }

// WriteMarkdown writes the table alone.
func (t *Table) WriteMarkdown(w io.Writer) error { panic("not yet") }

// Charts returns the charts of all chapters, each once.
func (d *Document) Charts() []*chart.Chart { panic("not yet") }
