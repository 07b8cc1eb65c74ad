// Promise.all keeps the order of its elements, whichever settles first, and rejects with the first reason.
// Section: sec-promise.all

const later = (ms, value) => new Promise(resolve => setTimeout(() => { log('settles ' + value); resolve(value); }, ms));
Promise.all([later(30, 'a'), 'b', later(10, 'c'), { then(f) { f('d'); } }]).then(v => log(v.join()));
Promise.all([Promise.resolve(1), Promise.reject(new Error('first')), Promise.reject(new Error('second'))]).catch(e => log(e.message));
Promise.all([]).then(v => log('empty ' + v.length));
Promise.all(1).catch(e => log(e instanceof TypeError));

// Output:
// empty 0
// true
// first
// settles c
// settles a
// a,b,c,d
