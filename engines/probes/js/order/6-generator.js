// A generator runs only while next is called, and ends with what it returns.
// Section: sec-generator-objects

function* generator() {
  log('first');
  yield 1;
  log('second');
  yield 2;
  log('third');
  yield 3;
  log('last');
  return 4;
}
const it = generator();
log('made');
for (let i = 1; i <= 5; i++) {
  const result = it.next();
  log('next ' + i + ': ' + result.value + ' ' + result.done);
}

// Output:
// made
// first
// next 1: 1 false
// second
// next 2: 2 false
// third
// next 3: 3 false
// last
// next 4: 4 true
// next 5: undefined true
