// A driver with nothing of promisebench in it, to compare promisebench with:
//
//   node plain.js OPS BATCHES < scripts
//
// It runs batches of OPS operations, all in flight at once, and prints the
// nanoseconds that one operation of each batch took, as JSON.
const ops = Number(process.argv[2]);
let left = Number(process.argv[3]);
const times = [];

require('vm').runInThisContext(require('fs').readFileSync(0, 'utf8'));

function batch() {
  if (left-- === 0) {
    console.log(JSON.stringify(times));
    return;
  }
  let open = ops;
  const start = process.hrtime();
  function done() {
    if (--open > 0) return;
    const t = process.hrtime(start);
    times.push((t[0] * 1e9 + t[1]) / ops);
    setImmediate(batch);
  }
  for (let i = 0; i < ops; i++) operation(i).then(done);
}
setImmediate(batch);
