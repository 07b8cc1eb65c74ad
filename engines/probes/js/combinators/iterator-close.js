// A combinator closes its iterator when resolve throws, and does not when next does.
// Section: sec-promise.all

class Broken extends Promise { static resolve() { throw new Error('no resolve'); } }
const iterable = next => ({
  [Symbol.iterator]: () => ({ next, return() { log('return'); return {}; } }),
});
Broken.all(iterable(() => { log('next'); return { value: 1, done: false }; })).catch(e => log(e.message));
Broken.race(iterable(() => { log('next throws'); throw new Error('no next'); })).catch(e => log(e.message));

// Output:
// next
// return
// next throws
// no resolve
// no next
