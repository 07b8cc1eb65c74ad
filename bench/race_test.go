//go:build race

package bench_test

// racing: the race detector is on, which slows an interpreter tenfold.
const racing = true
