package theme

import (
	"math"
	"strconv"

	"gonum.org/v1/plot/vg"
)

// A path is the data of an SVG path, written as it grows: from point to point in
// tenths, so that errors of rounding don't add up.
type path struct {
	data           []byte
	x, y           int // where it is
	startX, startY int // of its current part
}

// add appends a path of gonum's, whose y goes upwards, to one whose y goes down from
// height.
func (p *path) add(from vg.Path, height vg.Length) {
	place := func(at vg.Point) (x, y int) { return tenths(at.X), tenths(height - at.Y) }
	for _, comp := range from {
		switch comp.Type {
		case vg.MoveComp:
			p.move(place(comp.Pos))
		case vg.LineComp:
			p.line(place(comp.Pos))
		case vg.ArcComp:
			p.arc(comp, place)
		case vg.CurveComp:
			p.curve(comp, place)
		case vg.CloseComp:
			p.step('Z')
			p.x, p.y = p.startX, p.startY
		}
	}
}

// step appends a command and its numbers, in tenths.
func (p *path) step(command byte, numbers ...int) {
	p.data = append(p.data, command)
	for i, v := range numbers {
		if i > 0 && v >= 0 {
			p.data = append(p.data, ' ') // before a minus it can be done without
		}
		p.data = append(p.data, decimal(v)...)
	}
}

func (p *path) move(x, y int) {
	if len(p.data) == 0 {
		p.step('M', x, y)
	} else {
		p.step('m', x-p.x, y-p.y)
	}
	p.x, p.y, p.startX, p.startY = x, y, x, y
}

func (p *path) line(x, y int) {
	switch {
	case y == p.y:
		p.step('h', x-p.x)
	case x == p.x:
		p.step('v', y-p.y)
	default:
		p.step('l', x-p.x, y-p.y)
	}
	p.x, p.y = x, y
}

// arc appends an arc, with a line to its beginning, in parts of less than a whole
// circle: SVG knows no arc that ends where it began.
func (p *path) arc(comp vg.PathComp, place func(vg.Point) (x, y int)) {
	at := func(angle float64) (x, y int) {
		sin, cos := math.Sincos(angle)
		return place(vg.Point{X: comp.Pos.X + comp.Radius*vg.Length(cos), Y: comp.Pos.Y + comp.Radius*vg.Length(sin)})
	}
	if x, y := at(comp.Start); len(p.data) == 0 {
		p.move(x, y)
	} else if x != p.x || y != p.y {
		p.line(x, y)
	}
	parts := math.Ceil(math.Abs(comp.Angle)/math.Pi - 1e-9)
	sweep := 10 // in tenths, as all numbers
	if comp.Angle > 0 {
		sweep = 0 // against the clock, where y goes upwards
	}
	r := tenths(comp.Radius)
	for i := 1.0; i <= parts; i++ {
		x, y := at(comp.Start + comp.Angle*i/parts)
		p.step('a', r, r, 0, 0, sweep, x-p.x, y-p.y)
		p.x, p.y = x, y
	}
}

func (p *path) curve(comp vg.PathComp, place func(vg.Point) (x, y int)) {
	var numbers []int
	add := func(x, y int) { numbers = append(numbers, x-p.x, y-p.y) }
	for _, control := range comp.Control {
		add(place(control))
	}
	add(place(comp.Pos))
	if len(comp.Control) == 1 {
		p.step('q', numbers...)
	} else {
		p.step('c', numbers...)
	}
	p.x, p.y = place(comp.Pos)
}

// tenths returns a length in tenths of a point. What is far outside of a drawing is
// a million points away.
func tenths(l vg.Length) int {
	const far = 1e6
	return int(math.Round(min(max(l.Points(), -far), far) * 10))
}

// decimal writes tenths in as few characters as SVG wants.
func decimal(v int) string {
	s := strconv.FormatFloat(float64(v)/10, 'f', -1, 64)
	switch {
	case v > 0 && v < 10:
		return s[1:]
	case v < 0 && v > -10:
		return "-" + s[2:]
	}
	return s
}

// short writes a length in points, in thousandths.
func short(l vg.Length) string {
	return strconv.FormatFloat(math.Round(l.Points()*1000)/1000, 'f', -1, 64)
}
