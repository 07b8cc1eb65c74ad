// for await over a synchronous iterable of promises and values waits for each in turn.
// Section: sec-async-from-sync-iterator-objects
// Needs: for-await

const later = (ms, value) => new Promise(resolve => setTimeout(() => { log('settles ' + value); resolve(value); }, ms));
(async () => {
  for await (const x of [later(20, 'a'), 'b', later(10, 'c'), { then(f) { f('d'); } }]) log(x);
  log('end');
})();

// Output:
// settles c
// settles a
// a
// b
// c
// d
// end
