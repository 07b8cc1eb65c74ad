package bench

import (
	"math"
	"math/rand/v2"
	"testing"
)

// life is n batches of a steady time with noise, behind a warm-up of the given
// length in which the time falls from slow times that to it.
func life(random *rand.Rand, n, warmup int, slow, noise float64) Iterations {
	l := make(Iterations, n)
	for i := range l {
		l[i] = 100 * (1 + noise*random.NormFloat64())
		if i < warmup {
			l[i] *= 1 + (slow-1)*math.Pow(float64(warmup-i)/float64(warmup), 2)
		}
	}
	return l
}

// Over many lives: the mean of what is kept is close to the steady time, while
// the mean of all is not, and a life that slows down or speeds up to its end is
// called not steady far more often than a steady one.
func TestSteady(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	const lives = 500
	for _, c := range []struct {
		name        string
		warmup      int
		slow        float64
		bias        float64 // most that the mean of means may be off
		least, most float64 // share of lives that settle
	}{
		{"no warm-up", 0, 1, 0.005, 0.85, 1},
		{"one slow batch", 1, 4, 0.005, 0.85, 1},
		{"a third of the life", 10, 3, 0.02, 0.7, 1},
		{"all of the life", 30, 5, 1, 0, 0.1},
	} {
		var kept, all float64
		settled := 0
		for range lives {
			l := life(random, 30, c.warmup, c.slow, 0.03)
			d, ok := l.SteadyState()
			if d < 0 || d > len(l)/2 {
				t.Fatalf("%s: leaves out %d of %d", c.name, d, len(l))
			}
			if ok {
				settled++
			}
			kept += l.Mean(d) / lives
			all += l.Mean(0) / lives
		}
		if off := math.Abs(kept/100 - 1); off > c.bias {
			t.Errorf("%s: the mean of what is kept is off by %.1f %%, that of all by %.1f %%", c.name, 100*off, math.Abs(all-100))
		}
		if share := float64(settled) / lives; share < c.least || share > c.most {
			t.Errorf("%s: %.2f of the lives settle, want %.2f to %.2f", c.name, share, c.least, c.most)
		}
	}
}

func TestSteadyOfShortLives(t *testing.T) {
	for n := range 4 {
		if d, ok := make(Iterations, n).SteadyState(); d != 0 || ok {
			t.Errorf("%d batches: %d, %v", n, d, ok)
		}
	}
	if d, ok := (Iterations{5, 5, 5, 5, 5}).SteadyState(); d != 0 || !ok {
		t.Errorf("constant: %d, %v", d, ok)
	}
	if d, ok := (Iterations{50, 5, 5, 5, 5, 5, 5, 5}).SteadyState(); d != 1 || !ok {
		t.Errorf("one slow batch: %d, %v", d, ok)
	}
}

func TestTrimmedMean(t *testing.T) {
	for _, c := range []struct {
		life Iterations
		part float64
		want float64
	}{
		{Iterations{5, 1, 9, 2, 7}, 0.4, 1.5},
		{Iterations{5, 1, 9, 2, 7}, 1, 4.8},
		{Iterations{5}, 0.4, 5},
	} {
		if got := c.life.TrimmedMean(c.part); got != c.want {
			t.Errorf("%v: the mean of the fastest %v is %v, want %v", c.life, c.part, got, c.want)
		}
	}
}
