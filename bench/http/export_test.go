package httpload

import (
	"context"

	"promisebench/engines/worker"
)

// StartForTest starts a server and returns where it listens and what ends it.
func StartForTest(ctx context.Context, c worker.Command) (address string, end func() error, err error) {
	s, err := start(ctx, c)
	if err != nil {
		return "", nil, err
	}
	return s.address, s.process.Close, nil
}
