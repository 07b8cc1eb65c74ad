package goja_test

import (
	"testing"

	"promisebench/engines/enginetest"
	"promisebench/engines/goja"
)

func TestConformance(t *testing.T) { enginetest.Run(t, goja.New()) }
