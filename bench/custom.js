// Tells what operations 0 to COUNT-1 of a custom workload yield, one after the
// other, a line each: "fulfilled 7", "rejected -8" for a rejection on purpose,
// or "wrong …", with which it ends. Where the workload has a function expected,
// lines "expected 7" come first.
(function (count) {
  var i = 0;

  function describe(value) {
    if (value === undefined) return 'undefined';
    return value instanceof Error ? value.name + ': ' + value.message : typeof value + ' ' + String(value);
  }

  function fulfilled(value) {
    if ((value | 0) !== value) log('wrong operation ' + i + ' yielded ' + describe(value) + ' where a 32-bit integer is due; is a return missing?');
    else next('fulfilled ' + value);
  }

  function rejected(reason) {
    if (reason !== null && typeof reason === 'object' && typeof reason.checksum === 'number') next('rejected ' + ~reason.checksum);
    else log('wrong operation ' + i + ' rejected: ' + describe(reason) + '; one that rejects on purpose needs a number as property checksum');
  }

  function next(line) {
    log(line);
    i++;
    one();
  }

  function one() {
    if (i === count) return;
    try {
      if (operation.length > 1) {
        // Behind a promise, so that callbacks that come at once do not pile up.
        new Promise(function (resolve, reject) {
          operation(i, function (error, value) { if (error) reject(error); else resolve(value); });
        }).then(fulfilled, rejected);
      } else {
        var promise = operation(i);
        if (!promise || typeof promise.then !== 'function') log('wrong operation ' + i + ' returned ' + describe(promise) + ' instead of a promise; is a return missing?');
        else promise.then(fulfilled, rejected);
      }
    } catch (error) {
      log('wrong operation ' + i + ' threw ' + describe(error));
    }
  }

  if (typeof operation !== 'function') {
    log('wrong it defines no function operation');
    return;
  }
  if (typeof expected === 'function') {
    for (var k = 0; k < count; k++) log('expected ' + (expected(k) | 0));
  }
  one();
})
