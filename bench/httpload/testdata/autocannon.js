'use strict';
// Loads a server with autocannon, once to warm up and then for a sample of each
// line on standard input, whose text does not matter. The arguments are the
// server's address, connections, requests under way on each, seconds, and a file
// of the requests as JSON.
const [address, connections, pipelining, duration, file] = process.argv.slice(2);
const autocannon = require('autocannon');
const requests = JSON.parse(require('fs').readFileSync(file, 'utf8'));
const fire = seconds => autocannon({
  url: 'http://' + address, connections: +connections, pipelining: +pipelining, duration: seconds, requests,
});
(async () => {
  const say = value => process.stdout.write(JSON.stringify(value) + '\n');
  await fire(1);
  say({});
  for await (const line of require('readline').createInterface({ input: process.stdin })) {
    const before = process.cpuUsage();
    const result = await fire(+duration);
    const cpu = process.cpuUsage(before);
    say({
      answers: result.requests.total, errors: result.errors + result.timeouts + result.mismatches,
      seconds: result.duration, cpuMicros: cpu.user + cpu.system,
    });
  }
})();
