// finally calls the receiver's then with two functions, or twice with what is no function.
// Section: sec-promise.prototype.finally
// Has: Promise.prototype.finally

const receiver = { constructor: Promise, then(a, b) { log(typeof a + ' ' + typeof b + ' ' + (a === b)); return 'result'; } };
log(Promise.prototype.finally.call(receiver, () => 0));
log(Promise.prototype.finally.call(receiver, 'text'));
try { Promise.prototype.finally.call(1, () => 0); } catch (e) { log(e instanceof TypeError); }

// Output:
// function function false
// result
// string string true
// result
// true
