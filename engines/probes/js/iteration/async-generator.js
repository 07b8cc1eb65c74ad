// An async generator awaits what it yields and returns; what is awaited in vain is thrown at the yield.
// Section: sec-asyncgeneratoryield
// Needs: async-generator

async function* g() {
  yield Promise.resolve('awaited');
  try { yield Promise.reject(new Error('in vain')); } catch (e) { yield 'caught ' + e.message; }
  return Promise.resolve('result');
}
const it = g();
(function next() {
  it.next().then(r => { log(r.value + ' ' + r.done); if (!r.done) next(); });
})();

// Output:
// awaited false
// caught in vain false
// result true
