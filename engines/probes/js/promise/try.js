// Promise.try calls at once with its arguments and makes a promise of result or exception, of the receiver's class, unless the result is one.
// Section: sec-promise.try
// Has: Promise.try

const show = name => [v => log(name + ' fulfilled ' + v), e => log(name + ' rejected ' + e.message)];
Promise.try((a, b) => { log('called'); return a + b; }, 1, 2).then(...show('sum'));
log('returned');
Promise.try(() => { throw new Error('thrown'); }).then(...show('exception'));
Promise.try(function () { 'use strict'; return this; }).then(...show('this'));
Promise.try(1).catch(e => log('no function ' + (e instanceof TypeError)));
class Sub extends Promise {}
log(Sub.try(() => 1) instanceof Sub);
const p = Promise.resolve(1);
log(Promise.try(() => p) === p);
try { Promise.try.call(undefined, () => 1); log('no exception'); } catch (e) { log(e instanceof TypeError); }

// Output:
// called
// returned
// true
// true
// true
// sum fulfilled 3
// exception rejected thrown
// this fulfilled undefined
// no function true
