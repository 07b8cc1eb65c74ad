// await of a native promise takes one tick: what follows it runs before the reactions of a chain beside it.
// Section: await
// Needs: async-await
// Await: optimized

var p = Promise.resolve(); // var: a realm may be asked twice
(async () => { await p; log('after:await'); })();
p.then(() => log('tick:a')).then(() => log('tick:b'));

// Output:
// after:await
// tick:a
// tick:b
