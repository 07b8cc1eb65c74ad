package await

import (
	"image/color"

	"promisebench/report/chart"
	"promisebench/report/dataset"
	"promisebench/report/theme"
)

// Looks of times, by the await they were measured with.
func legacyLook() chart.Look {
	return chart.Look{Legend: "legacy await", Stroke: theme.Orange(), Fill: theme.PaleOrange()}
}

func optimizedLook() chart.Look {
	return chart.Look{Legend: "optimized await", Stroke: theme.Blue(), Fill: theme.Blue()}
}

// NoAwaitLook is that of a style without await, so that nobody looks for its legacy
// mark.
func NoAwaitLook() chart.Look {
	return chart.Look{Legend: "no await in this style", Shape: chart.Square, Stroke: theme.Grey(), Fill: theme.Grey()}
}

func otherLook() chart.Look {
	return chart.Look{Legend: "other await mode", Shape: chart.Triangle, Stroke: theme.Green(), Fill: theme.Green()}
}

func skipsTicksLook() chart.Look {
	return chart.Look{Legend: "await that skips ticks (the Node 8 bug)", Shape: chart.Triangle, Stroke: theme.Green(), Fill: theme.PaleGreen()}
}

// TimeLooks are all of these in the order of legends.
func TimeLooks() []chart.Look {
	return []chart.Look{legacyLook(), optimizedLook(), NoAwaitLook(), otherLook(), skipsTicksLook()}
}

// TimeLook says how the times of a style in an await mode are drawn.
func TimeLook(style, mode string) chart.Look {
	switch {
	case mode == dataset.Legacy:
		return legacyLook()
	case dataset.HasNoAwait(style) && (mode == dataset.Optimized || mode == ""):
		return NoAwaitLook()
	case mode == dataset.Optimized:
		return optimizedLook()
	}
	return otherLook()
}

// Look is [TimeLook] of an engine, of which it is known whether its await skips ticks.
func (m *Modes) Look(style, engine, mode string) chart.Look {
	if m.Word(engine, mode) == SkipsTicks {
		return skipsTicksLook()
	}
	return TimeLook(style, mode)
}

// IsOther reports whether a look is that of a mode that is neither legacy nor
// optimized, so that it must be named.
func IsOther(l chart.Look) bool { return l.Legend == otherLook().Legend }

// Looks of ratios.
func fasterLook() chart.Look {
	return chart.Look{Legend: "optimized is faster", Stroke: theme.Blue(), Fill: theme.Blue()}
}

func slowerLook() chart.Look {
	return chart.Look{Legend: "optimized is slower", Shape: chart.Square, Stroke: theme.Vermilion(), Fill: theme.Vermilion()}
}

func inconclusiveLook() chart.Look {
	return chart.Look{Legend: "inconclusive: the interval contains 1, or there is none", Stroke: theme.Faint(), Fill: color.White}
}
