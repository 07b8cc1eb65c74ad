// Promise.try settles at once with a value, and returns a promise that it gets as it is (tc39/ecma262#3883).
// Section: sec-promise.try
// Has: Promise.try

const p = Promise.resolve(1);
ticks('value', end => { Promise.try(() => 1).then(end); });
ticks('promise', end => { Promise.try(() => p).then(end); });

// Output:
// value 1
// promise 1
