//go:build race

package changepoint

// raced says that the race detector is on, which makes arithmetic ten times slower.
const raced = true
