// Resolving with a thenable gets its then at once and calls it in a job.
// Section: sec-promise-resolve-functions

const thenable = { get then() { log('get then'); return resolve => { log('call then'); resolve('value'); }; } };
const p = new Promise(resolve => { resolve(thenable); log('resolved'); });
p.then(v => log(v));
Promise.resolve().then(() => log('tick 1')).then(() => log('tick 2'));
log('script');

// Output:
// get then
// resolved
// script
// call then
// tick 1
// value
// tick 2
