// Ticks of await: 1 for a plain value and for a native promise, 2 for a thenable, whose then is called by a job.
// Section: await
// Needs: async-await
// Await: optimized

ticks('value', async end => { await 42; end(); });
ticks('native promise', async end => { await Promise.resolve(42); end(); });
ticks('thenable', async end => { await { then(resolve) { resolve(42); } }; end(); });

// Output:
// value 1
// native promise 1
// thenable 2
