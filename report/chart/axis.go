package chart

import (
	"math"

	"golang.org/x/image/font"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"promisebench/report/text"
	"promisebench/report/theme"
)

// Span returns the smallest and largest value to be shown, ends of whiskers
// included; +Inf and 0 of nothing.
func Span(shown []Mark) (lo, hi float64) {
	lo, hi = math.Inf(1), 0
	for _, m := range shown {
		if m.N == 0 {
			continue
		}
		lo, hi = min(lo, m.Center), max(hi, m.Center)
		if m.Bounded() {
			lo, hi = min(lo, m.Lo), max(hi, m.Hi)
		}
	}
	return lo, hi
}

// Reach widens the range lo to hi of what is to be shown to the samples, but to no
// more than twice its ends: a sample that is ten times as slow as all others would
// make a line of all that there is to be compared. Samples outside are marked at the
// edge and counted in the caption.
func Reach(shown []Mark, lo, hi float64) (float64, float64) {
	least, most := lo, hi
	for _, m := range shown {
		if m.Spread() {
			least, most = min(least, m.Values[0]), max(most, m.Values[len(m.Values)-1])
		}
	}
	return max(least, lo/2), min(most, hi*2)
}

// TimeAxis fits an axis to times per operation in seconds. It begins at zero, for bars,
// unless the times differ by a factor of ten or more: there small bars would all look
// the same, and the axis is logarithmic.
func TimeAxis(shown []Mark) Axis {
	lo, hi := Span(shown)
	if hi/lo >= 10 {
		a := LogAxis(Reach(shown, lo, hi))
		a.Label = "time per operation (log scale)"
		a.Tick = text.Time
		return a
	}
	_, hi = Reach(shown, lo, hi)
	scale, name := text.TimeUnit(hi)
	return Axis{
		Label: "time per operation in " + name,
		Max:   hi * 1.03,
		Scale: scale,
		Tick:  func(v float64) string { return text.Number(v / scale) },
	}
}

// RatioAxis fits an axis to ratios, with a line at 1. It begins at zero, or is
// logarithmic beyond a factor of ten.
func RatioAxis(label string, shown []Mark) Axis {
	lo, hi := Span(shown)
	lo, hi = min(lo, 1), max(hi, 1)
	a := Axis{Label: label, Scale: 1}
	if hi/lo >= 10 {
		a = LogAxis(Reach(shown, lo, hi))
		a.Label = label + " (log scale)"
	} else {
		_, hi = Reach(shown, lo, hi)
		a.Max = max(hi*1.03, 1.1)
	}
	a.Tick, a.Say = text.Number, text.ThreeDigits
	a.Line = 1
	return a
}

// LogAxis is a logarithmic axis with some room beyond lo and hi, both positive.
func LogAxis(lo, hi float64) Axis {
	room := math.Pow(hi/lo, 0.03)
	return Axis{Log: true, Min: lo / room, Max: hi * room}
}

// set makes a gonum axis look like ours.
func (a Axis) set(to *plot.Axis) {
	line := draw.LineStyle{Color: theme.Grey(), Width: 0.8}
	to.Min, to.Max = a.Min, a.Max
	to.Padding = 0
	to.Label.Text = a.Label
	to.Label.Padding = 4
	to.Label.TextStyle.Color = theme.Faint()
	to.Label.TextStyle.Font = softPen().Face.Font
	to.LineStyle = line
	to.Tick.Length = 4
	to.Tick.LineStyle = line
	to.Tick.Label.Color = theme.Faint()
	to.Tick.Label.Font = tickPen().Face.Font
	to.Tick.Marker = plot.TickerFunc(func(lo, hi float64) []plot.Tick { return a.ticks(lo, hi) })
	if a.Log {
		to.Scale = plot.LogScale{}
	}
}

func tickPen() theme.Pen { return theme.NewPen(smallSize+0.5, font.WeightNormal, theme.Faint()) }

func (a Axis) ticks(lo, hi float64) []plot.Tick {
	label := a.Tick
	if label == nil {
		label = text.Number
	}
	switch {
	case a.Ticks != nil:
		var ticks []plot.Tick
		for _, v := range a.Ticks {
			ticks = append(ticks, plot.Tick{Value: v, Label: label(v)})
		}
		return ticks
	case a.Log:
		return logTicks(lo, hi, label)
	case a.Scale == 0:
		return linearTicks(lo, hi, 1, label)
	}
	return linearTicks(lo, hi, a.Scale, label)
}

// linearTicks returns about five round ticks from lo to hi, where round means so
// after division by scale.
func linearTicks(lo, hi, scale float64, label func(float64) string) []plot.Tick {
	rough := (hi - lo) / scale / 5
	power := math.Pow(10, math.Floor(math.Log10(rough)))
	step := 10 * power
	for _, m := range []float64{1, 2, 2.5, 5} {
		if m*power >= rough*0.9 {
			step = m * power
			break
		}
	}
	var ticks []plot.Tick
	first := math.Ceil(lo / scale / step)
	for i := range 20 {
		v := (first + float64(i)) * step * scale
		if v > hi {
			break
		}
		ticks = append(ticks, plot.Tick{Value: v, Label: label(v)})
	}
	return ticks
}

// logTicks returns ticks at 1, 2, 5, 10 …, fewer of them the wider the range.
func logTicks(lo, hi float64, label func(float64) string) []plot.Tick {
	decades := math.Log10(hi / lo)
	labelled := func(digit, exp int) bool {
		switch {
		case decades <= 3.2:
			return digit == 1 || digit == 2 || digit == 5
		case decades <= 8:
			return digit == 1
		}
		return digit == 1 && exp%3 == 0
	}
	var ticks []plot.Tick
	for exp := int(math.Floor(math.Log10(lo))); exp <= int(math.Ceil(math.Log10(hi))); exp++ {
		for digit := 1; digit <= 9; digit++ {
			v := float64(digit) * math.Pow(10, float64(exp))
			if v < lo || v > hi {
				continue
			}
			t := plot.Tick{Value: v}
			if labelled(digit, exp) {
				t.Label = label(v)
			}
			ticks = append(ticks, t)
		}
	}
	return ticks
}

// axisHeight asks gonum how much room the axis takes below the data.
func axisHeight(p *plot.Plot) vg.Length {
	probe := draw.NewCanvas(theme.NewCanvas(Width, 500), Width, 500)
	return p.DataCanvas(probe).Min.Y - probe.Min.Y
}
