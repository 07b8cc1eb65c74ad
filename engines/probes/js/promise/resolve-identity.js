// Promise.resolve returns a promise of the same constructor as it is, and wraps every other.
// Section: sec-promise.resolve

class Sub extends Promise {}
const p = Promise.resolve(1);
const s = Sub.resolve(1);
log(Promise.resolve(p) === p);
log(Sub.resolve(s) === s);
log(Promise.resolve(s) === s);
log(Sub.resolve(p) === p);
log(Sub.resolve(p) instanceof Sub);
log(new Promise(resolve => resolve(p)) === p);

// Output:
// true
// true
// false
// false
// true
// false
