// The same in a function that has waited before: what a constructor getter throws is caught there, and the function settles.
// Section: await
// Needs: async-await
// Await: optimized

const p = Promise.resolve('value');
Object.defineProperty(p, 'constructor', { get() { throw new Error('no constructor'); } });
(async () => {
  await null;
  try { log(await p); } catch (e) { log('caught ' + e.message); }
})().then(() => log('fulfilled'), e => log('rejected ' + e.message));

// Output:
// caught no constructor
// fulfilled
