// Package all lists the engines that promisebench measures. It is apart from
// package engines because the adapters import that one.
package all

import (
	"promisebench/engines"
	"promisebench/engines/goja"
	"promisebench/engines/quickjs"
	"promisebench/engines/sobek"
)

// Engines returns every engine, in the order in which tables show them. A new
// engine takes one line here.
func Engines() []engines.Engine {
	return []engines.Engine{
		goja.New(),
		sobek.New(),
		quickjs.New(),
	}
}
