// The executor runs at once; what it throws rejects, unless it has resolved before.
// Section: sec-promise-executor

new Promise(() => { log('executor'); throw new Error('thrown'); }).catch(e => log(e.message));
new Promise(resolve => { resolve('resolved'); throw new Error('too late'); }).then(v => log(v));
new Promise((resolve, reject) => { reject(new Error('rejected')); resolve('too late'); }).catch(e => log(e.message));
for (const call of [() => Promise(() => 0), () => new Promise(), () => Promise.resolve.call(undefined, 1)]) {
  try { call(); } catch (e) { log(e instanceof TypeError); }
}

// Output:
// executor
// true
// true
// true
// thrown
// resolved
// rejected
