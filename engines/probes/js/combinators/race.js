// Promise.race settles as its first settled element does, by order among those settled; without elements it stays pending.
// Section: sec-promise.race

const later = (ms, value) => new Promise(resolve => setTimeout(() => resolve(value), ms));
Promise.race([later(20, 'slow'), later(10, 'fast')]).then(v => log(v));
Promise.race([later(1, 'timer'), Promise.reject(new Error('settled')), 'value']).then(v => log(v), e => log(e.message));
Promise.race([]).then(() => log('never'), () => log('never'));

// Output:
// settled
// fast
