package sobek_test

import (
	"testing"

	"promisebench/engines/enginetest"
	"promisebench/engines/sobek"
)

func TestConformance(t *testing.T) { enginetest.Run(t, sobek.New()) }
