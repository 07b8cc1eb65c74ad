package theme

// A Canvas records a drawing.
type Canvas struct{}

// A Sheet collects the styles of drawings that are elements of one page. The zero
// value is empty.
type Sheet struct{ styles []string }

// CSS returns the rules of the classes of all drawings written so far.
func (s *Sheet) CSS() string { panic("not yet") }
