// Promise.all settles in the tick in which its last element does, and at once without elements.
// Section: sec-promise.all-resolve-element-functions

ticks('empty', end => { Promise.all([]).then(end); });
ticks('two settled', end => { Promise.all([Promise.resolve(1), 2]).then(end); });
ticks('a thenable', end => { Promise.all([1, { then(f) { f(1); } }]).then(end); });

// Output:
// empty 1
// two settled 2
// a thenable 3
