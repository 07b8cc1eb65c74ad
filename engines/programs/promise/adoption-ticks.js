// A promise that resolves to a promise takes two ticks more than one that resolves to a value.
// Section: sec-newpromiseresolvethenablejob

var p = Promise.resolve(1);
ticks('resolve(value)', end => { new Promise(resolve => resolve(1)).then(end); });
ticks('then returns a value', end => { p.then(() => 1).then(end); });
ticks('resolve(promise)', end => { new Promise(resolve => resolve(p)).then(end); });
ticks('then returns a promise', end => { p.then(() => p).then(end); });

// Output:
// resolve(value) 1
// then returns a value 2
// resolve(promise) 3
// then returns a promise 4
