// Promise.any fulfills with the first element that does, and rejects with an AggregateError of all reasons, in order.
// Section: sec-promise.any
// Has: Promise.any

const fails = (ms, text) => new Promise((_, reject) => setTimeout(() => reject(new Error(text)), ms));
Promise.any([fails(10, 'a'), new Promise(f => setTimeout(() => f('b'), 20)), 'c']).then(v => log(v));
Promise.any([fails(20, 'second'), fails(10, 'first')]).catch(e => {
  log((e instanceof AggregateError) + ' ' + (e instanceof Error) + ' ' + e.name);
  log(e.errors.map(x => x.message).join());
  log(Object.getOwnPropertyDescriptor(e, 'errors').enumerable);
});
Promise.any([]).catch(e => log('empty ' + (e instanceof AggregateError) + ' ' + e.errors.length));

// Output:
// empty true 0
// c
// true true AggregateError
// second,first
// false
