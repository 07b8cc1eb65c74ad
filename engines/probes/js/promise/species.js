// then makes its promise by the species of the receiver's constructor; so do catch and finally, which call then.
// Section: sec-promise.prototype.then
// Has: Promise.prototype.finally

class Sub extends Promise {}
class Plain extends Promise { static get [Symbol.species]() { return Promise; } }
const s = Sub.resolve(1), p = Plain.resolve(1);
for (const name of ['then', 'catch', 'finally']) {
  log(name + ' ' + (s[name](() => 0) instanceof Sub) + ' ' + (p[name](() => 0) instanceof Plain));
}
const odd = Promise.resolve(1);
odd.constructor = { [Symbol.species]: Sub };
log('own constructor ' + (odd.then() instanceof Sub));
odd.constructor = 1;
try { odd.then(); } catch (e) { log(e instanceof TypeError); }

// Output:
// then true false
// catch true false
// finally true false
// own constructor true
// true
