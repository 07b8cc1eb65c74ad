// A for-await loop does not call return on an iterator whose next rejects or throws, and not on one that has ended.
// Section: sec-runtime-semantics-forin-div-ofbodyevaluation-lhs-stmt-iterator-lhs-kind-labelset
// Needs: for-await

const iterable = next => ({ [Symbol.asyncIterator]: () => ({ next, return() { log('return'); return {}; } }) });
(async () => {
  try { for await (const x of iterable(() => Promise.reject(new Error('rejects')))) log(x); } catch (e) { log(e.message); }
  try { for await (const x of iterable(() => { throw new Error('throws'); })) log(x); } catch (e) { log(e.message); }
  for await (const x of iterable(() => ({ done: true }))) log(x);
  log('ended');
  try { for await (const x of iterable(() => ({ done: false }))) throw new Error('body'); } catch (e) { log(e.message); }
})();

// Output:
// rejects
// throws
// ended
// return
// body
