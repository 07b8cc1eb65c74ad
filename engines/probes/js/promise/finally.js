// finally keeps value and reason, waits for what its callback returns, and only an exception or rejection of it takes over.
// Section: sec-promise.prototype.finally
// Has: Promise.prototype.finally

const show = [v => log('fulfilled ' + v), e => log('rejected ' + e.message)];
(function next(list) {
  if (list.length > 0) list[0]().then(...show).then(() => next(list.slice(1)));
})([
  () => Promise.resolve('value').finally((...args) => { log(args.length + ' arguments'); return 'ignored'; }),
  () => Promise.reject(new Error('reason')).finally(() => 'ignored'),
  () => Promise.resolve('value').finally(() => { throw new Error('thrown'); }),
  () => Promise.reject(new Error('reason')).finally(() => Promise.reject(new Error('other reason'))),
  () => Promise.resolve('late').finally(() => new Promise(resolve => setTimeout(() => { log('waited'); resolve(); }, 10))),
  () => Promise.resolve('through').finally(1),
]);

// Output:
// 0 arguments
// fulfilled value
// rejected reason
// rejected thrown
// rejected other reason
// waited
// fulfilled late
// fulfilled through
