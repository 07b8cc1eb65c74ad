// Promise.all gets resolve once, then for each element calls it and the result's then before it takes the next one.
// Section: sec-performpromiseall

const resolve = Promise.resolve;
Object.defineProperty(Promise, 'resolve', {
  get() {
    log('get resolve');
    return function (value) {
      log('resolve ' + value);
      const p = resolve.call(this, value);
      p.then = function (a, b) { log('then ' + value); return Promise.prototype.then.call(this, a, b); };
      return p;
    };
  },
});
function* elements() { log('next'); yield 1; log('next'); yield 2; log('last'); }
Promise.all(elements()).then(v => log('all ' + v.join()));
log('script');

// Output:
// get resolve
// next
// resolve 1
// then 1
// next
// resolve 2
// then 2
// last
// script
// all 1,2
