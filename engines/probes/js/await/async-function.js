// An async function returns a new promise, rejects with what it throws, at whatever place, and runs finally blocks.
// Section: sec-async-function-definitions
// Needs: async-await

const p = Promise.resolve();
const returned = (async () => p)();
log(returned instanceof Promise && returned !== p);
async function throwsAtOnce() { throw new Error('at once'); }
async function throwsLate() { await null; throw new Error('late'); }
async function throwsInDefault(x = (() => { throw new Error('in a default'); })()) {}
async function cleansUp() {
  try { await Promise.reject(new Error('cleaned up')); } finally { await null; log('finally'); }
}
(async () => {
  for (const f of [throwsAtOnce, throwsLate, throwsInDefault, cleansUp]) {
    try { await f(); } catch (e) { log('rejected: ' + e.message); }
  }
})();

// Output:
// true
// rejected: at once
// rejected: late
// rejected: in a default
// finally
// rejected: cleaned up
