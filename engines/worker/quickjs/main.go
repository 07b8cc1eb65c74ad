// The command quickjs is a worker with no other engine in it: it is linked in a
// quarter of the time that promisebench takes, and a gate links it many times.
package main

import (
	"promisebench/engines/quickjs"
	"promisebench/engines/worker"
)

func main() { worker.Main(quickjs.New()) }
