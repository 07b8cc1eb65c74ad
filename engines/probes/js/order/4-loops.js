// forEach starts async callbacks all at once; for-of with await, and reduce that awaits the last one, go one by one.
// Section: await
// Needs: async-await

const wait = (ms) => new Promise(resolve => setTimeout(resolve, ms));
async function step(ms) {
  log('start ' + ms);
  await wait(ms);
  log('end ' + ms);
}
async function main() {
  log('forEach');
  [30, 10, 20].forEach(async ms => { await step(ms); });
  await wait(100);
  log('for-of');
  for (const ms of [30, 10, 20]) await step(ms);
  log('reduce');
  await [30, 10, 20].reduce(async (_, ms) => { await _; await step(ms); }, undefined);
  log('done');
}
main();

// Output:
// forEach
// start 30
// start 10
// start 20
// end 10
// end 20
// end 30
// for-of
// start 30
// end 30
// start 10
// end 10
// start 20
// end 20
// reduce
// start 30
// end 30
// start 10
// end 10
// start 20
// end 20
// done
