// An async generator queues requests: they are answered in order, the body runs once at a time.
// Section: sec-asyncgenerator-prototype-next
// Needs: async-generator

async function* g() {
  log('start');
  try { yield 'a'; yield 'b'; yield 'never'; } finally { log('cleanup'); }
}
const it = g();
const show = n => r => log(n + ' ' + r.value + ' ' + r.done);
it.next().then(show(1));
it.next().then(show(2));
it.return('c').then(show(3));
it.next().then(show(4));
it.throw(new Error('too late')).catch(e => log(e.message));
log('queued');

// Output:
// start
// queued
// 1 a false
// 2 b false
// cleanup
// 3 c true
// 4 undefined true
// too late
