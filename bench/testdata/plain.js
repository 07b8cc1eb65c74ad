// A driver with nothing of promisebench in it, to compare promisebench with. script,
// a constant before it, defines the operation.
//
// For each "OPS WINDOW" that it reads it runs OPS operations, WINDOW of them in
// flight, and prints the nanoseconds that they took together and the sum of their
// results.

// As a script on all engines: what belongs to a module runs at another speed on some.
(typeof require === 'function' ? require('vm') : process.getBuiltinModule('vm')).runInThisContext(script);

process.stdin.on('data', function (line) {
  var [ops, window] = line.toString().split(' ').map(Number);
  var started = 0;
  var settled = 0;
  var sum = 0;
  function start() { operation(started++).then(done); }
  function done(value) {
    sum = (sum + value) | 0;
    settled++;
    if (started < ops) start();
    if (settled < ops) return;
    var t = process.hrtime(begin);
    console.log(t[0] * 1e9 + t[1] + ' ' + sum);
  }
  var begin = process.hrtime();
  while (started < window) start();
});
