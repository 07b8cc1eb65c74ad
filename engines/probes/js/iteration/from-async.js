// Array.fromAsync awaits elements one by one, and what its mapping function returns.
// Section: sec-array.fromasync
// Has: Array.fromAsync

const asyncIterable = {
  [Symbol.asyncIterator]() { let n = 0; return { next: () => Promise.resolve({ value: n, done: n++ === 2 }) }; },
};
const show = name => [v => log(name + ' ' + v.join()), e => log(name + ' rejected ' + e.message)];
const runs = [
  () => Array.fromAsync([Promise.resolve(1), 2, { then(f) { f(3); } }]).then(...show('sync')),
  () => Array.fromAsync(asyncIterable).then(...show('async')),
  () => Array.fromAsync({ length: 2, 0: Promise.resolve('a'), 1: 'b' }).then(...show('array-like')),
  () => Array.fromAsync([1, 2], (v, i) => Promise.resolve(v * 10 + i)).then(...show('mapped')),
  () => Array.fromAsync([Promise.reject(new Error('reason'))]).then(...show('rejecting')),
  () => Array.fromAsync(null).then(() => log('never'), e => log(e instanceof TypeError)),
];
runs.reduce((before, run) => before.then(run), Promise.resolve());

// Output:
// sync 1,2,3
// async 0,1
// array-like a,b
// mapped 10,21
// rejecting rejected reason
// true
