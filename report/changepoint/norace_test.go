//go:build !race

package changepoint

const raced = false
