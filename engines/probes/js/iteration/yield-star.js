// yield* in an async generator takes values of a synchronous iterable, awaited, and passes return on to it.
// Section: sec-generator-function-definitions-runtime-semantics-evaluation
// Needs: async-generator

const iterable = {
  [Symbol.iterator]() {
    let n = 0;
    return {
      next() { return { value: Promise.resolve('value ' + ++n), done: false }; },
      return(v) { log('return ' + v); return { value: v, done: true }; },
    };
  },
};
async function* g() { try { yield* iterable; } finally { log('finally'); } }
const it = g();
const show = r => log(r.value + ' ' + r.done);
it.next().then(show);
it.next().then(show);
it.return('early').then(show);

// Output:
// value 1 false
// value 2 false
// return early
// finally
// early true
