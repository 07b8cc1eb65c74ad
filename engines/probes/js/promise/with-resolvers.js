// Promise.withResolvers returns a promise of the receiver's class with the functions that settle it.
// Section: sec-promise.withResolvers
// Has: Promise.withResolvers

const { promise, resolve, reject } = Promise.withResolvers();
log(Object.keys(Promise.withResolvers()).join());
promise.then(v => log(v));
resolve('first');
reject(new Error('too late'));
class Sub extends Promise {}
log(Sub.withResolvers().promise instanceof Sub);
try { Promise.withResolvers.call(undefined); log('no exception'); } catch (e) { log(e instanceof TypeError); }
const other = Promise.withResolvers();
other.promise.catch(e => log(e.message));
other.reject(new Error('reason'));

// Output:
// promise,resolve,reject
// true
// true
// first
// reason
