// A rejected promise in a synchronous iterable is thrown into the for-await loop and, since ECMAScript 2025, closes the iterator.
// Section: sec-asyncfromsynciteratorcontinuation
// Needs: for-await

function* g() {
  try { yield 'a'; yield Promise.reject(new Error('reason')); yield 'never'; } finally { log('closed'); }
}
(async () => {
  try { for await (const x of g()) log(x); } catch (e) { log('caught ' + e.message); }
})();

// Output:
// a
// closed
// caught reason
