// The command goja is a worker with no other engine in it: it is linked in a
// quarter of the time that promisebench takes, and a gate links it many times.
package main

import (
	"promisebench/engines/goja"
	"promisebench/engines/worker"
)

func main() { worker.Main(goja.New()) }
