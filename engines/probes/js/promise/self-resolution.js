// A promise that is resolved with itself is rejected with a TypeError, also by its own then.
// Section: sec-promise-resolve-functions

let resolve;
const p = new Promise(f => { resolve = f; });
resolve(p);
p.catch(e => log(e instanceof TypeError));
const q = Promise.resolve().then(() => q);
q.catch(e => log(e instanceof TypeError));

// Output:
// true
// true
