// await of a promise of a subclass makes a new native promise, which calls the subclass's then: three ticks.
// Section: sec-promise-resolve
// Needs: async-await

class Sub extends Promise {
  then(a, b) { log('then of the subclass'); return super.then(a, b); }
}
ticks('subclass', async end => { await Sub.resolve(1); end(); });

// Output:
// then of the subclass
// subclass 3
