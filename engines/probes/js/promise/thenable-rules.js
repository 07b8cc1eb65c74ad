// Of a thenable's calls the first counts; what it throws counts only before them; a getter that throws rejects.
// Section: sec-createresolvingfunctions

const show = name => [v => log(name + ' fulfilled ' + v), e => log(name + ' rejected ' + e.message)];
Promise.resolve({ then(f, r) { f('first'); f('second'); r(new Error('third')); throw new Error('fourth'); } }).then(...show('a'));
Promise.resolve({ then(f) { throw new Error('thrown'); } }).then(...show('b'));
Promise.resolve({ get then() { throw new Error('getter'); } }).then(...show('c'));
Promise.resolve({ then(f) { f({ then(g) { g('nested'); } }); } }).then(...show('d'));
Promise.resolve({ then: 1, toString() { return 'plain'; } }).then(...show('e'));
Promise.resolve(Object.assign(() => 0, { then(f) { f('function'); } })).then(...show('f'));

// Output:
// c rejected getter
// e fulfilled plain
// a fulfilled first
// b rejected thrown
// f fulfilled function
// d fulfilled nested
