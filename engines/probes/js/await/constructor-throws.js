// A constructor getter that throws makes await throw, into the function, where it can be caught.
// Section: await
// Needs: async-await
// Await: optimized

const p = Promise.resolve('value');
Object.defineProperty(p, 'constructor', { get() { throw new Error('no constructor'); } });
(async () => {
  try { log(await p); } catch (e) { log('caught ' + e.message); }
})();
log('after the call');

// Output:
// caught no constructor
// after the call
