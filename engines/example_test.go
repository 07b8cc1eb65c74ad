package engines_test

import (
	"context"
	"fmt"

	"promisebench/engines"
	"promisebench/engines/goja"
)

// A realm is one global object and its job queue: programs are run in it, and batches
// of operations are timed.
func Example() {
	ctx := context.Background()
	realm, err := goja.New().Open(ctx, engines.Options{Await: engines.Optimized})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer realm.Close()
	if err := engines.ProveAwait(ctx, realm, engines.Optimized); err != nil {
		fmt.Println(err)
	}
	if err := realm.Load(ctx, "workload.js", `async function operation(i) { await Promise.resolve(); return i + 1 }`); err != nil {
		fmt.Println(err)
	}
	ticks, err := engines.Ticks(ctx, realm, 1)
	fmt.Println(ticks, err)
	sample, err := realm.Run(ctx, engines.Batch{Ops: 4, Window: 2, Checksum: 1 + 2 + 3 + 4})
	fmt.Println(sample.Ops, "operations settled with the right sum:", err)
	// Output:
	// [2] <nil>
	// 4 operations settled with the right sum: <nil>
}
