package quickjs_test

import (
	"testing"

	"promisebench/engines/enginetest"
	"promisebench/engines/quickjs"
)

func TestConformance(t *testing.T) { enginetest.Run(t, quickjs.New()) }
