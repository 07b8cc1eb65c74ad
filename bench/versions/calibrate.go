package versions

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	search "promisebench/report/bisect"
)

// Planted is a known slowdown from a point on: there head really does so much more work
// than is counted. At 0 there is none.
type Planted struct {
	At   int
	Size float64 // 0.03 for 3%
}

// between reports whether it lies between two points. A nil one does not.
func (p *Planted) between(c search.Candidate) bool {
	return p != nil && p.At > 0 && c.Old < p.At && p.At <= c.New
}

// before is how much slower a point is than the first.
func (p *Planted) before(point int) float64 {
	if p.between(search.Candidate{New: point}) {
		return p.Size
	}
	return 0
}

// Trials are searches with a known answer.
type Trials struct {
	Planted  float64 // size
	Right    int     // the point, or that there is none, as sure as was asked for
	Open     int     // not sure, but not wrong
	Wrong    int
	Pairs    int // of all
	Searches int
	Took     time.Duration
}

// Calibrate searches for a slowdown of a size that was planted at a random point, so many
// times, or for nothing where the size is 0. All points are the oldest version, really
// measured. Each benchmark counts as a search. progress, if not nil, is told how far a
// trial is, and told is called after each. If ctx ends, the trials that were made are
// returned.
func (b *Bench) Calibrate(ctx context.Context, g Goal, size float64, trials int, progress func(search.Progress), told func(Planted, *search.Report)) (sum Trials, err error) {
	sum.Planted = size
	for range trials {
		b.planted = &Planted{Size: size}
		if size > 0 {
			b.planted.At = 1 + b.Random.IntN(len(b.Points)-1)
		}
		b.taken, b.values, b.pair = nil, map[metric]map[int]float64{}, 0
		r, err := b.Search(ctx, g, progress)
		if err != nil || r.Stopped {
			return sum, err
		}
		sum.add(r, b.planted.At)
		sum.Took += r.Spent
		if told != nil {
			told(*b.planted, r)
		}
	}
	return sum, nil
}

func (t *Trials) add(r *search.Report, at int) {
	for _, s := range r.Series {
		t.Searches++
		t.Pairs += s.Pairs
		missed := at > 0
		wrong := false
		for _, step := range s.Steps {
			if at == 0 || at < step.First || at > step.Last {
				wrong = true // whatever else was found
				continue
			}
			missed = false
		}
		// Nothing, where there is something, is wrong only if it is said to be sure.
		missed = missed && !slices.ContainsFunc(s.Rest, func(rest search.Rest) bool { return rest.None < r.Sure })
		switch {
		case wrong || missed:
			t.Wrong++
		case s.Sure(r.Sure):
			t.Right++
		default:
			t.Open++
		}
	}
}

// Write writes the trials in a line. The error is w's.
func (t Trials) Write(w io.Writer) error {
	what := "nothing planted"
	if t.Planted > 0 {
		what = fmt.Sprintf("%+.1f%% planted", 100*t.Planted)
	}
	n := max(1, t.Searches)
	_, err := fmt.Fprintf(w, "%s: %d of %d right, %d open, %d wrong; %.0f pairs and %v each\n",
		what, t.Right, t.Searches, t.Open, t.Wrong, float64(t.Pairs)/float64(n), (t.Took / time.Duration(n)).Round(time.Second))
	return err
}
