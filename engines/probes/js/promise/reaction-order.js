// Reactions run in the order in which they were added or their promises settled, all of one turn before the next.
// Section: sec-triggerpromisereactions

let open;
const pending = new Promise(resolve => { open = resolve; });
pending.then(() => log('a1')).then(() => log('a2'));
pending.then(() => log('b1')).then(() => log('b2'));
Promise.resolve().then(() => log('c1')).then(() => log('c2'));
open();
Promise.reject(new Error('d')).catch(() => log('d1')).then(() => log('d2'));
log('script');

// Output:
// script
// c1
// a1
// b1
// d1
// c2
// a2
// b2
// d2
