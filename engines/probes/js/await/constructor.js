// await of a native promise asks for its constructor, once, and not for its then.
// Section: sec-promise-resolve
// Needs: async-await
// Await: optimized

const p = Promise.resolve('value');
Object.defineProperty(p, 'constructor', { get() { log('get constructor'); return Promise; } });
Object.defineProperty(p, 'then', { get() { log('get then'); return Promise.prototype.then; } });
(async () => { log(await p); })();
log('after the call');

// Output:
// get constructor
// after the call
// value
