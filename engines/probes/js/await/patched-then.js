// await and async functions never call a replaced Promise.prototype.then for native promises.
// Section: await
// Needs: async-await
// Await: optimized

const then = Promise.prototype.then;
const p = Promise.resolve(1);
Promise.prototype.then = function (a, b) { log('then called'); return then.call(this, a, b); };
(async () => {
  await p;
  await 2;
  log('done');
})();

// Output:
// done
