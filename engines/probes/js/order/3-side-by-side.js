// Two async functions take turns at a literal and at a step of a second: a promise, a thenable.
// Section: await
// Needs: async-await

const later = (value) => new Promise(resolve => setTimeout(() => resolve(value), 1000));
class Sleep {
  constructor(value) { this.value = value; }
  then(resolve) { setTimeout(() => resolve(this.value), 1000); }
}
async function foo() {
  log('[2] foo running');
  log('[7] foo got its ' + await 'literal');
  log('[9] foo got its ' + await later('timed value'));
}
async function bar() {
  log('[5] bar running');
  log('[8] bar got its ' + await 'literal');
  log('[11] bar got its ' + await new Sleep('timed value'));
}
log('[1] before foo');
foo().then(() => log('[10] then of foo'));
log('[3] after foo');
log('[4] before bar');
bar().then(() => log('[12] then of bar'));
log('[6] after bar');

// Output:
// [1] before foo
// [2] foo running
// [3] after foo
// [4] before bar
// [5] bar running
// [6] after bar
// [7] foo got its literal
// [8] bar got its literal
// [9] foo got its timed value
// [10] then of foo
// [11] bar got its timed value
// [12] then of bar
