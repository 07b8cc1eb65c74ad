// What a constructor getter throws can be caught in a function that has waited before, too, and the function settles.
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
