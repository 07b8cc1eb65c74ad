// Leaving a for-await loop calls the iterator's return and waits for what that promises, also for a rejection.
// Section: sec-asynciteratorclose
// Needs: for-await

const iterable = close => ({
  [Symbol.asyncIterator]: () => ({
    next: () => Promise.resolve({ value: 'value', done: false }),
    return() { log('return'); return close(); },
  }),
});
const slowly = () => new Promise(resolve => setTimeout(() => { log('returned'); resolve({}); }, 10));
const inVain = () => Promise.reject(new Error('from return'));
(async () => {
  for await (const x of iterable(slowly)) { log(x); break; }
  log('after the loop');
  try { for await (const x of iterable(inVain)) break; } catch (e) { log('caught ' + e.message); }
})();

// Output:
// value
// return
// returned
// after the loop
// return
// caught from return
