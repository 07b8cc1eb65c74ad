// What is no function passes through then; a handler's result or exception settles what then returned.
// Section: sec-performpromisethen

Promise.resolve('value').then(null, undefined).then('text').then(v => log(v));
Promise.reject(new Error('reason')).then(() => log('never')).catch(e => log(e.message));
Promise.resolve().then(() => { throw new Error('thrown'); }).catch(e => { log(e.message); return 'caught'; }).then(v => log(v));

// Output:
// reason
// thrown
// value
// caught
