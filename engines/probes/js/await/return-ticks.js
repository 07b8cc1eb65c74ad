// Ticks until the reaction of an async function's promise: "return p" takes two more than "return value", "return await p" one.
// Section: sec-promise-resolve-functions
// Needs: async-await
// Await: optimized

const p = Promise.resolve(1);
ticks('return value', end => { (async () => 1)().then(end); });
ticks('return thenable', end => { (async () => ({ then(resolve) { resolve(1); } }))().then(end); });
ticks('return await promise', end => { (async () => await p)().then(end); });
ticks('return promise', end => { (async () => p)().then(end); });

// Output:
// return value 1
// return thenable 2
// return await promise 2
// return promise 3
