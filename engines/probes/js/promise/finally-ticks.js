// finally takes four ticks, because its callback's result is awaited by a promise that is adopted: then would take two.
// Section: sec-promise.prototype.finally
// Has: Promise.prototype.finally

ticks('fulfilled', end => { Promise.resolve(1).finally(() => 0).then(end); });
ticks('rejected', end => { Promise.reject(1).finally(() => 0).then(null, end); });

// Output:
// fulfilled 4
// rejected 4
