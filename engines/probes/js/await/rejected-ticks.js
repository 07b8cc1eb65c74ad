// await of a rejected promise throws after one tick, as await of a fulfilled one returns.
// Section: await
// Needs: async-await
// Await: optimized

ticks('caught', async end => {
  try { await Promise.reject(new Error('no luck')); } catch (e) { end(); }
});

// Output:
// caught 1
