package chart

import (
	"io"

	"promisebench/report/theme"
)

// To be written by the chart helper; here so that other rooms compile.

type drawing struct{}

// Layout implements Body.
func (Rows) Layout(*Chart) Layout { panic("not yet") }

// Layout implements Body.
func (Columns) Layout(*Chart) Layout { panic("not yet") }

// Layout implements Body.
func (Lines) Layout(*Chart) Layout { panic("not yet") }

// Layout implements Body.
func (Trend) Layout(*Chart) Layout { panic("not yet") }


// WriteSVG draws the chart as a file. The same chart gives the same bytes. The error
// is w's.
func (c *Chart) WriteSVG(w io.Writer) error { panic("not yet") }

// WriteInline draws the chart as an element of an HTML page: an <svg> without style
// attributes, whose classes stand in s.CSS() once all charts are written. It scales to
// the width that it is given; its texts need no transformation. IDs in it are the
// chart's with "_title" and "_desc", which no chart can have. The error is w's, or
// that of a link that is no relative path.
func (c *Chart) WriteInline(w io.Writer, s *theme.Sheet) error { panic("not yet") }

// Description is what is to be seen, in words and numbers: Intro and what the body
// shows, 100 items at most.
func (c *Chart) Description() string { panic("not yet") }

// Empty reports whether the body shows no value at all.
func (c *Chart) Empty() bool { panic("not yet") }

// UniqueIDs numbers the IDs that several charts would have.
func UniqueIDs(charts []*Chart) { panic("not yet") }

// TimeAxis fits an axis to times per operation: from zero, or logarithmic beyond a
// factor of ten.
func TimeAxis(shown []Mark) Axis { panic("not yet") }

// RatioAxis fits an axis to ratios, with a line at 1.
func RatioAxis(label string, shown []Mark) Axis { panic("not yet") }

// LogAxis is a logarithmic axis with some room beyond lo and hi.
func LogAxis(lo, hi float64) Axis { panic("not yet") }

// Span returns the smallest and largest value to be shown, ends of whiskers
// included; +Inf and 0 of nothing.
func Span(shown []Mark) (lo, hi float64) { panic("not yet") }

// Reach widens the range lo to hi of what is to be shown to the samples, but to no
// more than twice its ends.
func Reach(shown []Mark, lo, hi float64) (float64, float64) { panic("not yet") }

// Conditions joins the parts of a caption. marks says what a mark is, such as
// "median"; shown are the marks, of which the number of samples is told and whether
// all have an interval.
func MarkNote(center string, shown []Mark) string { panic("not yet") }
