// Package chart draws charts as SVG, as files that need nothing else and as elements
// of a page: rows of marks, columns, lines and trends. It knows nothing of
// benchmarks: a chart is titles, looks and numbers that somebody put together, so a
// new kind of figure is data and no drawing.
//
//	c := &chart.Chart{
//		ID: "time", Title: "Time per operation", Intro: "Median time, lower is better.",
//		Looks: []chart.Look{legacy, optimized},
//		Body: chart.Rows{Axis: chart.TimeAxis(shown), Groups: groups},
//	}
//	err := c.WriteSVG(file)
//
// A chart is drawn once, whoever asks for it: as a file ([Chart.WriteSVG]) and as an
// element of a page ([Chart.WriteInline]). A new kind of chart is a new [Body]; the
// test of this package has one in 25 lines.
package chart

import (
	"image/color"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"promisebench/report/stats"
	"promisebench/report/theme"
)

// A Chart is a picture of numbers. It must not be changed once it was written.
type Chart struct {
	ID       string // [a-z0-9-]+, unique among the charts of a report, fit for a file name
	Title    string
	Subtitle string
	// Intro begins the description, which is read aloud and goes on with what the
	// body shows; see [Chart.Description].
	Intro   string
	Caption string // what marks are, and the conditions
	// Looks are what occurs in the body, in the order of the legend; those that do not
	// occur are left out of it.
	Looks []Look
	// Reference is the legend of reference marks, such as "article (2018, its machine)",
	// and begins with what their values are called where they are read aloud.
	Reference string
	// Dots is the legend of the samples beside marks, "each dot: one sample" if empty.
	Dots string
	Body Body

	// drawn is the drawing once there is one.
	drawn *drawing
}

// A Body is what stands between the legend of a chart and its caption: [Rows],
// [Columns], [Lines], [Trend], or a new kind of chart, which needs no more than this.
type Body interface {
	// Layout measures the body for a chart, of which it may use all but the body. It
	// is called once for each drawing and changes nothing.
	Layout(c *Chart) Layout
}

// Measures of all charts, in points. Charts have one width, that of a page's column,
// and grow downwards, so that their letters have the same size in all.
const (
	Width  = 760
	Margin = 18 // left and right of a body
)

// A Layout is all that a chart has to know of its body.
type Layout struct {
	Height vg.Length
	// Draw draws the body below top, from Margin to Width-Margin.
	Draw    func(c *theme.Canvas, top vg.Length)
	Keys    []Key    // what occurs
	Words   []string // what there is to be seen, for those who listen: an item for each value
	Omitted string   // what is not shown for want of room, for the caption
	Empty   bool     // there is no value at all
}

// A Key explains in the legend how something looks. Keys of the chart's looks stand
// in their order, all others behind them.
type Key struct {
	Legend string
	Draw   func(c draw.Canvas, x, y vg.Length) // between x and x+14 around the height y
}

// A Shape is what a mark looks like, so that looks differ without colours.
type Shape int

const (
	Circle Shape = iota
	Square
	Triangle
	Diamond
)

// A Look is what kind of thing a mark stands for. Each room declares its own, with
// colours of package theme. Looks with the same legend are the same.
type Look struct {
	Legend       string
	Shape        Shape
	Stroke, Fill color.Color
	Dashes       []vg.Length // of lines; nil is solid
}

// A Mark is one value. Without a value (N = 0) only its text stands there, to say
// why.
type Mark struct {
	Look Look
	stats.Summary
	Text      string  // the value, or why there is none, for readers
	Reference float64 // a value to compare with, marked beside this one; 0 is none
	// ReferenceText is read for the reference value instead of what its axis says.
	ReferenceText string
	// Name says what the value is of, to be read aloud: "async, goja, legacy". Marks
	// without a name are not read.
	Name string
	// Words is read for the value instead of what its axis says.
	Words string
}

// An Axis of a chart.
type Axis struct {
	Label    string
	Log      bool
	Min, Max float64
	Tick     func(float64) string // a tick's label
	Scale    float64              // linear ticks are at round multiples of this; 0 is 1
	Ticks    []float64            // where ticks are, if not at round values
	Line     float64              // a line to compare with, if not 0
	Band     *[2]float64          // a range to compare with
	// Say writes a value to be read aloud, with its unit; nil writes it in the unit of
	// its summary.
	Say func(float64) string
}

// Rows is rows of marks above a horizontal axis. Marks are bars where the axis
// begins at zero and has no line to compare with, and dots otherwise.
type Rows struct {
	Axis   Axis
	Groups []Group
}

// A Group is rows under a heading.
type Group struct {
	Title string
	Rows  []Row
}

// A Row is a label and its marks, one below the other.
type Row struct {
	Label string
	Marks []Mark
}

// Columns is groups of columns side by side on one vertical axis, which begins at
// zero.
type Columns struct {
	AxisTitle string
	Scale     float64              // of the axis, see [Axis]
	Say       func(float64) string // see [Axis]
	Heads     []string             // say what the lines of labels below the columns are
	Groups    []ColumnGroup
}

// A ColumnGroup is columns under a heading.
type ColumnGroup struct {
	Title   string
	Columns []Column
}

// A Column is one value. Without a value its text stands in its place, to say why;
// otherwise above it.
type Column struct {
	Mark
	Labels []string // below it, as many as there are heads
}

// Lines is panels of lines, two of them side by side if the names of all lines
// leave room for that.
type Lines struct{ Panels []Panel }

// A Panel is lines on two axes.
type Panel struct {
	Title string // with the unit of Y, which has no room of its own
	X, Y  Axis
	Lines []Line
}

// A Line is named at its right end: with more than a few of them nobody can
// match colours to a legend.
type Line struct {
	Label  string
	Kind   int // lines of the same kind look alike, in all panels
	Points []Point
	Words  string // what it shows, to be read aloud
}

// A Point is at X, and as high as its summary.
type Point struct {
	X float64
	stats.Summary
}

// Trend is panels of points, one after the other in time, in groups whose panels
// share the horizontal axis. Equal heights are equal ratios.
type Trend struct {
	Groups      []TrendGroup
	Run         Look      // a point
	Flag        Look      // points that are flagged: a small triangle before them, on the axis
	Maybe       Look      // where a change may be
	PanelHeight vg.Length // 0 is that of many short panels
}

// A TrendGroup is panels that share their runs.
type TrendGroup struct {
	Title string
	Runs  int    // places on the axis, of which points take Slot 0 to Runs-1
	Noun  string // what a place is, to count them below; "run" if empty
	// Starts has what to write below each place, of which the first and last are shown.
	Starts []string
	Panels []TrendPanel
}

// A TrendPanel is one series.
type TrendPanel struct {
	Label   []string // one or two lines
	Points  []TrendPoint
	Changes []Change
	Levels  []Level
	Last    []string // the latest value in a line or two, at the right
	Words   string   // what it shows, to be read aloud
}

// A TrendPoint is the summary at a place.
type TrendPoint struct {
	Slot int
	stats.Summary
	Href, Text string // where it leads, and what is said of it; no Href is no link
	Flag       bool   // see [Trend]
}

// A Change is where a series changes: between the points At-1 and At, or anywhere
// from From to To.
type Change struct {
	At, From, To int // indexes of points, From <= At <= To
	Text         string
	Look         Look
}

// A Level is the middle of the points from index From up to but without To.
type Level struct {
	From, To int
	Value    float64
}
