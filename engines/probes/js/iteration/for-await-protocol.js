// for await takes Symbol.asyncIterator before Symbol.iterator, does not await values of an async iterator, and demands objects.
// Section: sec-getiterator
// Needs: for-await

const p = Promise.resolve(1);
const both = {
  [Symbol.iterator]() { log('never'); },
  [Symbol.asyncIterator]() { let n = 0; return { next: () => ({ value: p, done: n++ > 0 }) }; },
};
const broken = { [Symbol.asyncIterator]: () => ({ next: () => 1 }) };
(async () => {
  for await (const x of both) log(x === p);
  try { for await (const x of broken) log('never'); } catch (e) { log(e instanceof TypeError); }
  try { for await (const x of {}) log('never'); } catch (e) { log(e instanceof TypeError); }
})();

// Output:
// true
// true
// true
